/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * iftable - the interfaces by name and the hns by MAC, and who changes
 * either. Looking up costs the same with one pair and with 64.
 */
#ifndef SIM_MACHINE_IFTABLE_H
#define SIM_MACHINE_IFTABLE_H

#include <sys/queue.h>

#include "sim/machine/ifnet.h"

#define IFTABLE_SLOTS 256

struct iftable {
	LIST_HEAD(iftable_slot, ifnet) names[IFTABLE_SLOTS];
	struct iftable_slot macs[IFTABLE_SLOTS]; /* of hns only */
};

void iftable_enter(struct iftable *t, struct ifnet *ifp);
void iftable_leave(struct iftable *t, struct ifnet *ifp);

/* The hn with this MAC; of several, the one with the lowest index. */
struct ifnet *ifnet_find_hn(const struct machine *m, const uint8_t mac[6]);

/* The vlans that have it as parent follow. */
void ifnet_set_mac(struct ifnet *ifp, const uint8_t mac[6]);

/* 0, SIM_EEXIST or SIM_EINVAL. No record; on the routing socket it departs
 * and arrives. An hn loses its VF by it, lagg and vlan do not (FACTS.md
 * B.10, FREEBSD.md d_rename). */
int ifnet_rename(struct ifnet *ifp, const char *name);

#endif
