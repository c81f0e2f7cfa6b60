/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * native_parts - what the files of the planner share, and nobody else.
 *
 * native.c: the loop over the pairs, notes, operations that failed.
 * native_lagg.c: the aggregate itself, the hn's flags and capabilities.
 * native_config.c: addresses, routes, DHCP, IPv6, VLANs, moved to it.
 * native_unrouted.c: routes to their networks.
 * native_vf.c: the VF.
 */
#ifndef FAILOVER_NATIVE_PARTS_H
#define FAILOVER_NATIVE_PARTS_H

#include "failover/native.h"

#define NATIVE_HOLDS 8 /* and more while none has ended */

struct hold { /* an operation that was tried, and when it may be again */
	struct operation op;
	int64_t until_ns;
	int64_t step_ns; /* 0: it went well */
	int64_t done_ns;
	unsigned repeats; /* went well so often in a row, to no effect */
};

/* Told once, and again when it had ended meanwhile. */
enum told {
	TOLD_FOREIGN = 1,
	TOLD_REFUSED = 2,
	TOLD_NOT_VF = 4,
	TOLD_UNPAIRED = 8,
	TOLD_OTHER_MAC = 16,
	TOLD_MANY = 32,
};

struct vf_care {
	char name[IFNAME_MAX];
	uint32_t index; /* tells a returned VF from the one before; 0: none */
	bool replaced;	/* a record says so: one like it is another one */
	bool seen_up;	/* was up when last looked at */
	bool set_down;	/* by us, because it did not carry */
	bool left_down; /* by somebody else: not ours to change */
	int64_t theirs_ns;   /* before this a down is our forerunner's */
	int64_t all_down_ns; /* before this it is of who sets all down */
	int64_t tell_ns;     /* when that is worth a word; NATIVE_NEVER: not */
	bool carried;	     /* has been the active port since it was upped */
	int64_t since_ns;    /* carried: from when on */
	int64_t due_ns;	     /* not upped before this */
	int64_t idle_ns;     /* up without carrying since; NATIVE_NEVER: no */
	int64_t grace_ns;    /* how long its link may take to come */
	int64_t retry_ns;    /* the next wait after a lost link */
	int64_t loose_ns;    /* it and the hn differ: until; 0: they do not */
	int64_t stray_ns;    /* a port the hn does not know: until; 0: none */
	int64_t unpaired_ns; /* a NIC like it: told from then on; 0: none */
	int64_t missed_ns;   /* gone: told then; 0: not; NATIVE_NEVER: was */
};

struct vlan_care { /* a child of the hn, or of its aggregate by now */
	char name[IFNAME_MAX];
	uint32_t index, tag;
	uint32_t mtu; /* its own, less than the hn's; 0: the hn's, or given */
};

struct config_care {
	struct ipaddr stale[RC_ADDRS];	/* put there once, wanted no more */
	struct ipaddr former[RC_ADDRS]; /* rc.conf had it since our start */
	size_t n_stale, n_former, n_rerouted, n_vlans, cap_vlans;
	struct ipaddr old_gateway, old_gateway6;
	struct ipaddr borrowed; /* the hn's lease, until there is another */
	struct ipaddr learned;	/* the gateway that came with a lease */
	struct ipaddr remade;	/* a duplicate taken away, not yet back */
	struct ipaddr rerouted[SNAP_ADDRS]; /* made again for a route */
	bool drop_client, drop_rtadv;	    /* rc.conf asks for them no more */
	bool new_mtu, asked_route;
	int64_t client_ns, client_step_ns; /* no client before; next wait */
	int64_t bare_ns, bare_step_ns; /* no lease: not beyond; 0: has one */
	int64_t route_ns; /* the client's turn to set the route ends; 0: no */
	int64_t rtsol_ns;
	int64_t odd_mtu_ns; /* a port's is set then; 0: none is odd */
	uint32_t odd_mtu;   /* the aggregate's, as ports were given it */
	unsigned odd_tries;
	int64_t unrouted_ns; /* a route is made then; 0: none is missing */
	unsigned solicited;
	struct vlan_care *vlans; /* owned */
};

struct pair {
	uint32_t index; /* of the hn: its name may change */
	int unit;
	char hn[IFNAME_MAX];
	char lagg[IFNAME_MAX];
	char descr[64];	     /* our mark on it: the unit stays at a rename */
	uint8_t mac[6];	     /* the hn's when it was met */
	bool managed, is_hn; /* its driver calls it hn, and its unit */
	struct rc_net net;
	struct config_care config;
	struct vf_care vf;
	uint32_t caps, lost; /* of the hn alone; of them, by a VF's joining */
	bool has_joined, just_joined; /* a VF; by us since the last look */
	unsigned told;		      /* enum told */
	struct hold *holds;	      /* owned */
	size_t n_holds, cap_holds;
	size_t at_hn, at_lagg, at_vf; /* places in the last snapshot */
	bool dirty; /* something of it has changed since it was looked at */
	int64_t seen_ns, wake_ns;
};

/* What one look at one pair works with. */
struct look {
	struct native *n;
	struct pair *p;
	const struct native_config *config;
	const struct snapshot *s;
	const struct snap_if *hn, *lagg, *vf;
	bool has_vlans; /* the system, any */
	int64_t now_ns;
	int64_t fresh_ns; /* what was due before this is looked at again */
	int64_t *wake_ns;
	struct operation *op;
};

/* native.c */
void native_tell(struct look *l, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void native_tell_once(struct look *l, enum told what, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void native_begin(struct look *l, enum op_kind kind, const char *ifname,
    const char *why, ...) __attribute__((format(printf, 4, 5)));
/* True when l->op may be carried out now; false arms the wake-up. */
bool native_may_try(struct look *l);
/* The last time that l->op was tried it failed. */
bool native_has_failed(const struct look *l);
/* l->op has failed, and has not been tried for long yet. */
bool native_failed_lately(const struct look *l);
/* at_ns has come; false arms the wake-up. */
bool native_is_due(struct look *l, int64_t at_ns);
/* By its name; *at is where it was before, and then where it is. */
const struct snap_if *native_find(const struct look *l, const char *name,
    size_t *at);

#endif
