/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * inet - addresses and routes, as the FreeBSD kernel moves them: a connected
 * prefix has one route, which stays with the interface that had it first, and
 * goes over to another one with an address in it when its own loses the
 * address; a default route dies with the address that its gateway was reached
 * by (FACTS.md E.5 H1, FREEBSD-HN.md g, h). Link-local prefixes are each
 * interface's own. The routing socket tells it all but a default route's
 * death, as measured.
 */
#ifndef SIM_MACHINE_INET_H
#define SIM_MACHINE_INET_H

#include "sim/machine/machine.h"

/* 0 or a SIM_E…. An address that the interface has already is deleted and
 * added again, as SIOCAIFADDR does. The caller sets IFF_UP. */
int inet_add(struct ifnet *ifp, const struct ipaddr *addr);
int inet_add_flagged(struct ifnet *ifp, const struct ipaddr *addr,
    uint8_t flags); /* SNAP_ADDR_* */
int inet_del(struct ifnet *ifp, const struct ipaddr *addr);
void inet_purge(struct ifnet *ifp); /* the interface goes */

/* It is set down and up again: its connected IPv4 routes go to another
 * interface that is up and has an address in them, or away, and come back
 * (b_lagg.rt); static ones stay. */
void inet_down(struct ifnet *ifp);
void inet_up(struct ifnet *ifp);

/* The number of the interface's address of this host, or -1. */
int inet_find(const struct ifnet *ifp, const struct ipaddr *host);

/* on says which link a link-local gateway is of; else it may be NULL. */
int inet_default_add(struct machine *m, const struct ipaddr *gateway,
    struct ifnet *on);
int inet_default_del(struct machine *m, uint8_t family);

/* Longest prefix; NULL when there is no route. */
const struct route *inet_lookup(const struct machine *m,
    const struct ipaddr *to);
const struct route *inet_default(const struct machine *m); /* IPv4; or NULL */
const struct route *inet_default6(const struct machine *m);

/* An address of an interface that is up, and usable: neither tentative nor a
 * duplicate. */
bool inet_is_mine(const struct machine *m, const struct ipaddr *addr);
/* The same of one that a packet comes in on: it is looked for there first. */
bool inet_takes(const struct ifnet *on, const struct ipaddr *addr);
bool inet_is_link_local(const struct ipaddr *addr);
void inet_fini(struct machine *m);

#endif
