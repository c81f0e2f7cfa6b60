/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * netpath - what would happen to a packet at this moment (FACTS.md C.4, D.2;
 * errnos of FREEBSD-HN.md). Pure look at the machine, nothing changes.
 */
#ifndef SIM_MACHINE_NETPATH_H
#define SIM_MACHINE_NETPATH_H

#include "sim/machine/machine.h"

enum path {
	PATH_OK,
	/* the sender is refused, with a FreeBSD errno */
	PATH_NO_ROUTE,		 /* ENETUNREACH */
	PATH_ROUTE_LINK_DOWN,	 /* EHOSTUNREACH */
	PATH_PORT_HAS_NO_OUTPUT, /* ENETDOWN: an address left on a lagg port */
	PATH_IF_DOWN,		 /* ENETDOWN */
	PATH_NO_PORTS,		 /* ENXIO */
	PATH_NO_ACTIVE_PORT,	 /* ENETDOWN */
	/* lost without a word */
	PATH_NIC_STOPPED,
	PATH_VF_GONE,
	PATH_NO_CARRIER,
	PATH_HOST_DROPS_VF,
	PATH_VNIC_UNPLUGGED,
	PATH_FILTER_CLOSED,
	PATH_REWRITE_TO_STOPPED_VF,
	PATH_IF_NOT_UP,
	PATH_LAGG_INPUT_RULE,
	PATH_NO_ADDRESS,
	PATH_VM_FROZEN,
	PATH_VM_PANICKED,
	PATH_HN_SUSPENDED,
	PATH_ELSEWHERE,
	PATH_KINDS
};

bool path_is_refusal(enum path p);
const char *path_text(enum path p); /* for a person */

/* From the guest to an address; to the guest's own address. */
enum path netpath_out(const struct machine *m, const struct ipaddr *to);
/* The same by the route's interface; NULL: there is no route. */
enum path netpath_out_of(const struct machine *m, const struct ifnet *ifp);
enum path netpath_in(const struct machine *m, const struct ifnet *hn,
    const struct ipaddr *guest);

/* The same in a guest without an hn, whose NICs are all on one segment with
 * the peer: a frame for the MAC of who has the address is seen by each NIC of
 * that MAC with a carrier, and one that takes it is enough. */
enum path netpath_in_by_any(const struct machine *m,
    const struct ipaddr *guest);

/* The hn on whose network the interface hangs: the one of its MAC; of a VLAN,
 * its parent's. NULL when there is none. */
const struct ifnet *netpath_nic(const struct machine *m,
    const struct ifnet *ifp);

/* The bond's slave that frames for the hn's MAC come to in a Linux guest: its
 * gratuitous ARP has told the switches (FACTS.md G.4 8), and no host steers.
 * NULL: the hn is in no bond that has one, or the guest is another. */
const struct ifnet *netpath_slave(const struct ifnet *hn);

/* A frame of no address: as it is sent past the interface's own output (which
 * a lagg's port refuses everything else), and as one for its MAC is seen on
 * it. raw: by BPF, which sees what lagg then drops. */
enum path netpath_frame_out(const struct ifnet *ifp);
enum path netpath_frame_in(const struct ifnet *ifp, bool raw);

#endif
