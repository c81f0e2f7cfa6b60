/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * adopt - a configuration found instead of written: what an interface has now
 * as the variables of rc.conf(5) that would give it that. Pure.
 *
 * For a system that has no rc.conf: whatever its own tools have put on the
 * synthetic NIC is to be carried over to the aggregate. When there is one
 * already, from a life before, what is on it counts too.
 *
 * An address that is leased means DHCP, one from a router means to accept its
 * advertisements; the default routes over the interface are kept, those that
 * come with a lease or an advertisement are not written down.
 */
#ifndef FAILOVER_ADOPT_H
#define FAILOVER_ADOPT_H

#include "failover/rcvars.h"
#include "failover/snapshot.h"

/* Appends for every hn of s; gives how many have anything to carry over. */
size_t adopt_all(const struct snapshot *s, struct rcvars *out);

#endif
