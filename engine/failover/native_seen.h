/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * native_seen - which pairs a look concerns at all. By the versions of the
 * interfaces (struct snap_if), so that with many pairs a look costs what has
 * changed; without versions every pair is concerned at every look.
 */
#ifndef FAILOVER_NATIVE_SEEN_H
#define FAILOVER_NATIVE_SEEN_H

#include "failover/native_parts.h"

#define SEEN_NOBODY SIZE_MAX

struct seen_row { /* one interface of the last snapshot */
	uint64_t version;
	uint32_t index;
	enum if_class class;
	size_t owner; /* number of its pair, or SEEN_NOBODY */
};

struct seen {
	struct seen_row *rows, *next; /* owned */
	size_t n_rows, cap_rows, n_next, cap_next;
	bool has_vlans;
	int failover_rx_all;
	struct ipaddr gateway, gateway6;
	char default_if[IFNAME_MAX], default_if6[IFNAME_MAX];
};

void seen_fini(struct seen *z);

/* Compares with the last snapshot and marks the pairs that are concerned as
 * dirty. False: all are, and the interfaces may be others. */
bool seen_update(struct seen *z, const struct snapshot *s, struct pair *pairs);

/* Interface number at of the snapshot is pair's. */
void seen_own(struct seen *z, size_t at, size_t pair);

#endif
