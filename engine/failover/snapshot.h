/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * snapshot - everything the controller decides on, read at one moment.
 *
 * A world fills it (getifaddrs, SIOCGLAGG, sysctl hw.hn.* and dev.hn.N.*,
 * the routing table; or the simulated machine's own state); the planners only
 * read it. All arrays are owned by the snapshot.
 */
#ifndef FAILOVER_SNAPSHOT_H
#define FAILOVER_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ipaddr.h"

#define IFNAME_MAX 16 /* IFNAMSIZ, with its NUL */
#define SNAP_ADDRS 32 /* as many as that: there may be more */
#define SNAP_PORTS 32 /* LAGG_MAX_PORTS */

enum link_state { /* net/if.h: LINK_STATE_UNKNOWN, _DOWN, _UP */
	LINK_UNKNOWN,
	LINK_DOWN,
	LINK_UP,
};

enum if_class {
	IF_OTHER, /* a NIC or anything we do not know */
	IF_HN,
	IF_LAGG,
	IF_VLAN,
};

/* What is said of an address besides (netinet6/in6_var.h IN6_IFF_*). */
enum {
	SNAP_ADDR_TENTATIVE = 1,  /* duplicate detection runs: not usable yet */
	SNAP_ADDR_DUPLICATED = 2, /* it found one: not usable at all */
	SNAP_ADDR_AUTOCONF = 4,	  /* from a router's advertisement */
	SNAP_ADDR_LEASED = 8,	  /* a DHCP client put it there */
	/* Of an aggregate, IPv4, FreeBSD: no route leads to its network. A down
	 * takes it, and an address that sets the interface up gives back only
	 * its own (netinet/in.c: in_ifnet_event, ether_ioctl). Never of one
	 * that is alone on its link. */
	SNAP_ADDR_UNROUTED = 16,
};

enum snap_paired {	    /* who says which VF is a synthetic NIC's */
	PAIRED_BY_HN,	    /* its driver or its bus */
	PAIRED_AS_DECLARED, /* somebody: it is a stand-in for one */
	PAIRED_JOINED,	    /* its driver, which has joined them already */
};

struct snap_port {
	char name[IFNAME_MAX];
	bool master; /* LAGG_PORT_MASTER: the primary, not who carries; of a
		      * bond: IFLA_BOND_PRIMARY */
	bool active; /* LAGG_PORT_ACTIVE: carries the traffic now */
};

struct snap_if {
	char name[IFNAME_MAX];
	uint32_t index; /* reused by the kernel after a detach */
	/* Another number whenever anything here may be another, of no other
	 * interface ever; 0: the world does not know. */
	uint64_t version;
	enum if_class class;
	uint8_t mac[6];
	uint32_t mtu;
	bool up; /* IFF_UP */
	bool running;
	enum link_state link;
	char parent[32]; /* bus device it hangs on ("pci1"); "" when cloned */
	char descr[64];
	char lagg[IFNAME_MAX]; /* the lagg it is a port of; "" if none */
	struct ipaddr addrs[SNAP_ADDRS];
	uint8_t addr_flags[SNAP_ADDRS]; /* SNAP_ADDR_* */
	size_t n_addrs;
	bool accept_rtadv; /* takes addresses from a router's advertisement */
	bool no_dad;
	bool dhclient; /* a DHCP client runs for it (its pid file) */
	/* net/if.h IFCAP_*: what it could do, and what is on */
	uint32_t caps, capenable;
	/* of a vlan */
	char vlan_parent[IFNAME_MAX]; /* "" if it has none any more */
	unsigned vlan_tag;
	/* of a lagg */
	struct snap_port ports[SNAP_PORTS];
	size_t n_ports;
	/* of an hn */
	int unit;	     /* newbus unit: dev.hn.UNIT */
	char vf[IFNAME_MAX]; /* dev.hn.UNIT.vf; "" if none */
	bool rxvf;	     /* dev.hn.UNIT.rxvf is not empty */
	enum snap_paired paired;
	bool custom_vfup; /* the administrator's hyperv_vfup.NAME exists */
};

enum snap_os { SNAP_FREEBSD, SNAP_LINUX };

struct snapshot {
	enum snap_os os;     /* its aggregate: lagg(4), or bonding */
	bool no_bonding;     /* Linux: the kernel has none */
	int vf_transparent;  /* hw.hn.vf_transparent; -1: no such sysctl */
	int failover_rx_all; /* net.link.lagg.failover_rx_all; -1: none */
	struct snap_if *ifs; /* by index, ascending */
	size_t n_ifs, cap_ifs;
	size_t n_filled; /* so many were filled once, see snapshot_keep() */
	struct ipaddr default_gateway; /* family 0: no default route */
	char default_if[IFNAME_MAX];
	struct ipaddr default_gateway6; /* the same for IPv6 */
	char default_if6[IFNAME_MAX];
	bool other_daemon; /* devd carries out Hyper-V rules of its own */
};

void snapshot_fini(struct snapshot *s);
void snapshot_reset(struct snapshot *s);
struct snap_if *snapshot_add(struct snapshot *s); /* zeroed, at the end */
/* True: the next interface is the one with this version, left as it was in
 * the snapshot before. False: snapshot_add() it. */
bool snapshot_keep(struct snapshot *s, uint64_t version);
const struct snap_if *snapshot_find(const struct snapshot *s,
    const char *name); /* NULL if absent */
const struct snap_port *snap_port_find(const struct snap_if *lagg,
    const char *port);
bool snap_if_has_addr(const struct snap_if *i, const struct ipaddr *a);

#endif
