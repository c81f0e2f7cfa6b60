/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bond - what the aggregate of a Linux guest does otherwise than lagg(4): an
 * active-backup bond (FACTS.md G.4). The active slave is a state, changed
 * when a slave is added or goes, and by a poll of the links (miimon).
 *
 * sim/machine/lagg.c keeps the ports of both and asks here when the guest is
 * Linux.
 */
#ifndef SIM_MACHINE_BOND_H
#define SIM_MACHINE_BOND_H

#include "sim/machine/machine.h"

bool bond_guest(const struct machine *m); /* the guest is Linux */

/* miimon_ns 0: links are never looked at, as the kernel's own default for
 * this mode (G.4 6). SIM_EOPNOTSUPP where the kernel has no bonding. */
int bond_create(struct machine *m, const char *name, int64_t miimon_ns);

/* Why it cannot be enslaved, besides what lagg refuses too; 0 or an errno.
 * A device that is up is refused (G.4 1). */
int bond_why_not(const struct ifnet *port);

/* The bond opens its slave; a part of a longer task, see sim/machine/hn.h. */
int64_t bond_open_step(struct ktask *k, struct ifnet *bond, struct ifnet *port,
    int *pc);
void bond_slave_gone(struct ifnet *bond, struct ifnet *port);
void bond_close(struct ifnet *port); /* it was released, and is told at once */
void bond_slave_link(struct ifnet *bond); /* seen by the next poll only */

/* The slave of this name is the primary, now and whenever one of this name
 * is enslaved again (G.4 4). */
int bond_set_primary(struct ifnet *bond, const char *name);
/* "none" while no slave has the name that is to be primary, which the bond
 * remembers. */
const char *bond_primary_name(const struct ifnet *bond);
bool bond_is_primary(const struct ifnet *bond, const struct ifnet *port);

struct ifnet *bond_active(const struct ifnet *bond); /* NULL if none */

/* Frames on a backup slave are dropped, unless all_slaves_active (G.4 9). */
bool bond_accepts(const struct ifnet *bond, const struct ifnet *port);

void bond_forget(struct ifnet *bond); /* it is destroyed */

#endif
