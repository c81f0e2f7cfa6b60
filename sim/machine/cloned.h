/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cloned - interfaces that nobody plugs in: lo, tap, tun, epair, bridge and
 * vlan, with the records the FreeBSD kernel writes of them (FREEBSD.md's
 * table). A lagg is cloned too, and is lagg's.
 */
#ifndef SIM_MACHINE_CLONED_H
#define SIM_MACHINE_CLONED_H

#include "sim/machine/machine.h"

/* Creates "tap0", "em0.20" (a vlan that has its parent already), "epair17"
 * (two: epair17a and b), or the first free of a kind: "tap". The name it got,
 * of an epair the a half's, goes to made. 0, SIM_EEXIST or SIM_EINVAL. */
int cloned_create(struct machine *m, const char *name, char made[IFNAME_MAX]);

/* lo0, which a guest has from its boot on: the trace has nothing of it before
 * something of it changes. */
void cloned_loopback(struct machine *m);

/* Its end; a part of a longer task, see sim/machine/hn.h. A NIC is SIM_EINVAL.
 */
int64_t cloned_destroy_step(struct ktask *k, struct ifnet *ifp, int *pc);

/* The cdev of a tap or tun is opened or closed by a program. */
void cloned_open(struct ifnet *ifp);
void cloned_close(struct ifnet *ifp);

/* Gives a vlan a parent and a tag: 0 or an errno; and takes them away. The
 * parent's driver may start anew for either (DRIVER.vlan_restarts). */
int vlan_config(struct ifnet *vlan, struct ifnet *parent, unsigned tag);
void vlan_unconfig(struct ifnet *vlan);
bool vlan_is_on(const struct ifnet *parent); /* whether it has any */

/* IFF_UP of such an interface has changed to up. */
void cloned_flags(struct ifnet *ifp, bool up);

#endif
