/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ifops - the operations on an interface as such: its life, name, MAC, MTU,
 * capabilities and vlan. Steps of a longer task, see sim/machine/hn.h; the
 * errno goes to k->result. k->ifp is the interface but for OP_CLONE.
 */
#ifndef SIM_MACHINE_IFOPS_H
#define SIM_MACHINE_IFOPS_H

#include "sim/machine/machine.h"

/* The kinds OP_CLONE, OP_DESTROY, OP_VLAN, OP_RENAME, OP_ETHER, OP_MTU and
 * OP_CAPS; false for any other, which is not begun. After OP_CLONE the name
 * that was made is in k->op.ifname. */
bool ifops_knows(enum op_kind kind);
int64_t ifops_step(struct ktask *k);

/* SIOCSIFMTU of one interface that is no lagg (FACTS.md C.8, D.3). */
int64_t ifops_mtu_step(struct ktask *k, struct ifnet *ifp, uint32_t mtu,
    int *pc);

#endif
