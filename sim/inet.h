/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * inet - static IPv4 addresses and routes, as the FreeBSD kernel moves them:
 * a connected prefix has one route, which goes over to another interface with
 * an address in it when its own loses the address; the default route dies
 * with the address of its interface (FACTS.md E.5 H1, FREEBSD-HN.md g, h).
 */
#ifndef SIM_INET_H
#define SIM_INET_H

#include "sim/machine.h"

/* 0 or a SIM_E…; adding sets IFF_UP, as SIOCAIFADDR does. */
int inet_add(struct ifnet *ifp, const struct ipaddr *addr);
int inet_del(struct ifnet *ifp, const struct ipaddr *addr);
void inet_purge(struct ifnet *ifp); /* the interface goes */

int inet_default_add(struct machine *m, const struct ipaddr *gateway);
int inet_default_del(struct machine *m);

/* Longest prefix; NULL when there is no route. */
const struct route *inet_lookup(const struct machine *m,
    const struct ipaddr *to);
const struct route *inet_default(const struct machine *m); /* or NULL */
bool inet_is_mine(const struct machine *m, const struct ipaddr *addr);
void inet_fini(struct machine *m);

#endif
