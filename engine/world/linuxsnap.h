/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * linuxsnap - a look at a Linux system as the snapshot that the controller
 * decides on (failover/snapshot.h). Pure.
 *
 * Only an active-backup bond is an aggregate (IF_LAGG); one of another mode is
 * a stranger. A VLAN is one too, because Linux cannot move it to another
 * parent. An address that ends is leased (IPv4) or from a router (IPv6).
 */
#ifndef WORLD_LINUXSNAP_H
#define WORLD_LINUXSNAP_H

#include "failover/snapshot.h"
#include "world/nicpair.h"

/* What routing messages do not tell of an interface. */
struct linuxsnap_more {
	bool accept_rtadv, no_dad, dhclient;
};

struct linuxsnap {		      /* zeroed is empty */
	struct snap_if *before, *now; /* owned */
	size_t n_before, cap_before, n_now, cap_now;
	uint64_t versions;
};

bool linuxsnap_is_aggregate(const struct ifevent *e);

void linuxsnap_fini(struct linuxsnap *s);

/* Fills a reset snapshot. An interface that is what it was in the last one
 * keeps its version. more() is asked of synthetic NICs, VFs and bonds only,
 * with all else filled in. */
void linuxsnap_fill(struct linuxsnap *s, const struct linklook *l,
    const struct nicpairs *pairs,
    void (
	*more)(void *ctx, const struct snap_if *i, struct linuxsnap_more *out),
    void *ctx, struct snapshot *out);

#endif
