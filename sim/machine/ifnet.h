/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ifnet - an interface as the simulated kernel keeps it, of whatever kind,
 * and the one thread that tells the world of link changes.
 *
 * Facts: FACTS.md A.7 (link task), C.1 (hn), D.1 (lagg).
 */
#ifndef SIM_MACHINE_IFNET_H
#define SIM_MACHINE_IFNET_H

#include <sys/queue.h>

#include "failover/snapshot.h"
#include "sim/machine/ifkinds.h"

struct machine;

/* FreeBSD's errno values, which are not the host's. */
enum {
	SIM_EPERM = 1,
	SIM_ENOENT = 2,
	SIM_EINTR = 4,
	SIM_ENXIO = 6,
	SIM_ENOMEM = 12,
	SIM_EBUSY = 16,
	SIM_EEXIST = 17,
	SIM_EINVAL = 22,
	SIM_ENOSPC = 28,
	SIM_EAGAIN = 35,
	SIM_EPROTONOSUPPORT = 43,
	SIM_EOPNOTSUPP = 45,
	SIM_EADDRNOTAVAIL = 49,
	SIM_ENETDOWN = 50,
	SIM_ENETUNREACH = 51,
	SIM_EHOSTUNREACH = 65,
};

enum ifkind {
	KIND_HN,
	KIND_VF, /* a NIC on a bus: a VF when an hn has its MAC */
	KIND_LAGG,
	KIND_VLAN,
	KIND_LOOP,
	KIND_TAP,
	KIND_TUN,
	KIND_EPAIR,
	KIND_BRIDGE,
};

/* net/if.h: IFCAP_*, as ifconfig shows them. */
enum {
	CAP_RXCSUM = 0x1,
	CAP_TXCSUM = 0x2,
	CAP_VLAN_MTU = 0x8,
	CAP_VLAN_HWTAGGING = 0x10,
	CAP_JUMBO_MTU = 0x20,
	CAP_VLAN_HWCSUM = 0x80,
	CAP_TSO4 = 0x100,
	CAP_TSO6 = 0x200,
	CAP_LRO = 0x400,
	CAP_VLAN_HWTSO = 0x40000,
	CAP_LINKSTATE = 0x80000,
	CAP_RXCSUM_IPV6 = 0x200000,
	CAP_TXCSUM_IPV6 = 0x400000,
};

struct ifnet {
	TAILQ_ENTRY(ifnet) entry;	/* machine's list, by index */
	TAILQ_ENTRY(ifnet) swi;		/* link_pending: the link tasks */
	LIST_ENTRY(ifnet) named, maced; /* see sim/machine/iftable.h */
	struct machine *m;
	enum ifkind kind;
	char name[IFNAME_MAX];
	char descr[64];
	uint32_t index;
	int unit;
	uint8_t mac[6];
	uint8_t own_mac[6]; /* to be restored when it leaves a lagg */
	uint8_t hw_mac[6];  /* the hardware's, never changed */
	uint32_t mtu;
	bool up, running;
	enum link_state link;
	bool link_pending;  /* a link task is queued */
	bool cap_linkstate; /* routes over it follow its link */
	bool dying;	    /* ioctls fail with ENXIO */
	bool attached;	    /* between if_attach and if_detach */
	bool dirty;	    /* the trace has not seen its newest state */
	uint64_t version;   /* see struct snap_if */
	uint32_t departed;  /* when gone: the how manieth to go */
	struct ifnet *member_of;
	struct ipaddr addrs[SNAP_ADDRS];
	uint8_t addr_flags[SNAP_ADDRS]; /* SNAP_ADDR_* */
	size_t n_addrs;
	bool accept_rtadv, no_dad, ifdisabled; /* nd6 options */
	bool promisc;
	char groups[48]; /* " one two ": those a user put it in */
	uint32_t born;	 /* the how-manyth: the kernel lists them so */
	bool in_jail;	 /* moved into a vnet: the host sees it no more */
	uint32_t caps, capenable; /* CAP_*; ifnet_set_caps() */
	uint32_t shown_caps;	  /* what the trace has seen of capenable */
	uint32_t own_capenable;	  /* to be restored when it leaves a lagg */
	struct ifnet *peer;	  /* of an epair's half */
	struct hn hn;
	struct vf vf;
	struct lagg lagg;
	struct vlan vlan;
	struct bond bond;
};

struct ifnet *ifnet_new(struct machine *m, enum ifkind kind, const char *name,
    const uint8_t mac[6]);
struct ifnet *ifnet_find(struct machine *m, const char *name); /* or NULL */
void ifnet_attach_record(struct ifnet *ifp);  /* IFNET ATTACH */
void ifnet_ether_attached(struct ifnet *ifp); /* ETHERNET IFATTACH */
void ifnet_set_link(struct ifnet *ifp, enum link_state link);
void ifnet_set_up(struct ifnet *ifp, bool up); /* the flag, and IFINFO */
void ifnet_flags_told(struct ifnet *ifp);      /* IFINFO: flags, link or MTU */
void ifnet_set_caps(struct ifnet *ifp, uint32_t caps, uint32_t capenable);
void ifnet_set_mtu(struct ifnet *ifp, uint32_t mtu);
void ifnet_drain_link(struct ifnet *ifp);
void ifnet_remove(struct ifnet *ifp);	/* departure; the record is not ours */
void ifnet_detached(struct ifnet *ifp); /* IFNET DETACH */

/* Into a vnet jail and back (FREEBSD.md, p_vnet): the host sees a departure,
 * and an arrival without IFATTACH. SIM_EINVAL when it is there already. */
int ifnet_to_jail(struct ifnet *ifp);
int ifnet_from_jail(struct machine *m, const char *name);

#endif
