/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * inet6 - what the kernel does by itself for IPv6: a link-local address when
 * an interface goes up, duplicate address detection, addresses and default
 * route from a router's advertisements; and that router, one on each NIC's
 * network.
 *
 * The NIC with unit N hangs on the prefix 2001:db8:(2+N)::/64, its router is
 * fe80::1. Facts: FACTS.md D.3, D.6, E.5 H2; FREEBSD.md (a VF that is up
 * outside the lagg finds its own address taken).
 */
#ifndef SIM_MACHINE_INET6_H
#define SIM_MACHINE_INET6_H

#include "sim/machine/machine.h"

struct inet6 {		 /* machine.inet6; made when first asked for */
	bool silent;	 /* the router says nothing */
	bool rtsold;	 /* a daemon solicits whenever a link comes */
	bool advertises; /* its timer has been started */
};

void inet6_free(struct machine *m);

/* The router answers solicitations and advertises now and then, or neither. */
void inet6_set_silent(struct machine *m, bool silent);
void inet6_set_rtsold(struct machine *m, bool on);

/* What the router on the interface's network announces. False: no NIC. */
bool inet6_network(struct machine *m, const struct ifnet *ifp,
    struct ipaddr *prefix, struct ipaddr *router);

/* nd6 options of an interface. */
void inet6_set_disabled(struct ifnet *ifp, bool disabled);
/* As inet6_set_disabled(ifp, false), which the kernel leaves undone while the
 * link-local address is a duplicate (RFC 4862, 5.4.5). */
void inet6_enable(struct ifnet *ifp);
void inet6_set_rtadv(struct ifnet *ifp, bool accept);
void inet6_set_no_dad(struct ifnet *ifp, bool on);

/* A router solicitation goes out of it. */
void inet6_solicit(struct ifnet *ifp);

/* An address set by hand: as inet_add(), and it is tried first unless no_dad
 * is set. */
int inet6_add(struct ifnet *ifp, const struct ipaddr *addr, uint8_t flags);

/* IFF_UP has been set by somebody's call: the interface gets its link-local
 * address, and what is tentative is tried. */
void inet6_interface_up(struct ifnet *ifp);

/* What the routing socket says, in machine_rt()'s words: rtsold solicits on an
 * interface whose link is up. */
void inet6_hear(struct machine *m, const char *message);
bool inet6_listens(const struct machine *m); /* somebody does */

/* All IPv6 addresses and what hangs on them go, as when the interface joins a
 * lagg (D.3). True when there were any. */
bool inet6_wipe(struct ifnet *ifp);

#endif
