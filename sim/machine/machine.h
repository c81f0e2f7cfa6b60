/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * machine - a FreeBSD guest on Hyper-V, in virtual time: its interfaces and
 * their drivers, devctl(4), the link task, routes, and the host around it.
 *
 * This header is the machine's inside, shared by the files that model one
 * part each; who only runs a machine needs sim/stage/simstage.h. One thread,
 * one seed, no system call: the same scenario and seed give the same history.
 *
 * Facts: FACTS.md A (devctl), C (hn), D (lagg), B.5 (eject); FREEBSD.md and
 * FREEBSD-HN.md where they measured otherwise.
 */
#ifndef SIM_MACHINE_MACHINE_H
#define SIM_MACHINE_MACHINE_H

#include <sys/queue.h>

#include "db/trace.h"
#include "failover/operation.h"
#include "failover/snapshot.h"
#include "sim/machine/iftable.h"
#include "sim/machine/ktask.h"
#include "sim/machine/profile.h"
#include "sim/machine/vclock.h"

struct route { /* a connected prefix, or the default route */
	TAILQ_ENTRY(route) entry;
	struct ipaddr net; /* prefix 0: default */
	struct ipaddr gateway;
	struct ifnet *ifp;
};

struct queued_record {
	STAILQ_ENTRY(queued_record) entry;
	int32_t row; /* in the trace */
};

#define MACHINE_AT_END 4

struct machine {
	struct vclock clock;
	uint64_t reached;	 /* reach_bit() of each place */
	struct profile *profile; /* borrowed */
	struct trace *trace;	 /* borrowed */
	TAILQ_HEAD(, ifnet) ifs;
	uint32_t n_born;	  /* interfaces there ever were */
	TAILQ_HEAD(, ifnet) gone; /* detached, still pointed at by tasks */
	TAILQ_HEAD(, ifnet) jailed;
	struct iftable table;
	size_t n_vlans;
	uint32_t departures;
	uint64_t versions;	  /* given out, see struct snap_if */
	struct ifnet **dirty_ifs; /* those with dirty set, in no order */
	size_t n_dirty, cap_dirty;
	TAILQ_HEAD(, route) routes;
	TAILQ_HEAD(, ktask) tasks;
	struct ktask *bus_owner;		  /* the one vmbusdev thread */
	TAILQ_HEAD(ktask_queue, ktask) bus_queue; /* who waits for it */
	struct ktask_queue bus_unnamed; /* and who for a name besides */

	STAILQ_HEAD(, queued_record) devctl;
	size_t devctl_queued, devctl_limit;

	TAILQ_HEAD(, ifnet) swi; /* link tasks in their order */
	struct vevent swi_event;

	struct rcvars *rc;   /* borrowed: /etc/rc.conf and its company */
	struct dhcp *dhcp;   /* sim/machine/dhcp.h: server and clients */
	struct inet6 *inet6; /* sim/machine/inet6.h: the router on the link */
	TAILQ_HEAD(, netif_run) netif_runs; /* sim/guest/netif.h */
	/* Who keeps programs in the machine is told before it goes. */
	void (*at_end[MACHINE_AT_END])(struct machine *m);
	size_t n_at_end;
	struct guests *guests;	  /* sim/guest/guest.h: programs that run */
	struct shellguest *shell; /* borrowed: real shells, or NULL */

	enum snap_os os;     /* of the guest */
	bool transparent;    /* hw.hn.vf_transparent */
	bool old_kernel;     /* flag hn.old_kernel of the profile */
	bool hn_thread;	     /* its hn.async or hn.association */
	int failover_rx_all; /* net.link.lagg.failover_rx_all */
	bool following;	     /* states come from a recording, see facts.h */
	bool panicked;	     /* nothing in the guest runs any more */
	bool dirty;
	bool path_changed; /* packets may fare differently now: by way of */
	bool path_all;	   /* any interface, not the ones in dirty_ifs alone */

	/* The engine's side: told, after the kernel's own delay, that records
	 * wait, and that the routing socket spoke. */
	void (*on_record)(void *ctx);
	void (*on_hint)(void *ctx);
	void *engine_ctx;
	struct vevent record_event, hint_event;
};

/* machine.c */
struct machine *machine_new(struct profile *profile, struct trace *trace);
void machine_free(struct machine *m);
/* leave is called once, first of all, by machine_free(). */
void machine_at_end(struct machine *m, void (*leave)(struct machine *m));
void machine_changed(struct machine *m, struct ifnet *ifp); /* ifp or NULL */
/* The newest change, if it is of this one, is not shown in the trace. */
void machine_overlook(struct machine *m, struct ifnet *newest);
void machine_renamed(struct machine *m, struct ifnet *ifp); /* will be */
void machine_settle(struct machine *m); /* bring the trace up to date */
void machine_hint(struct machine *m);	/* the routing socket speaks */
/* The same with its message, which the trace keeps. Forms, as route(4):
 * "IFINFO IF up|down link-up|link-down|link-unknown", "ANNOUNCE IF arrival|
 * departure", "NEWADDR|DELADDR IF ADDR/BITS", "ADD|DELETE DST/BITS IF" (DST
 * "default" or "default6"). Multicast memberships, cloned host routes and
 * misses are not told. */
void machine_rt(struct machine *m, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* The run came through a place of the model, see sim/scenario/reach.h. */
void machine_reach(struct machine *m, const char *name);
void machine_kernel_note(struct machine *m, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* The guest's end: from now on none of its events fires. */
void machine_panic(struct machine *m, const char *why);
void machine_observe(struct machine *m, struct snapshot *out);
int64_t machine_delay(struct machine *m, const char *name);
bool machine_flag(const struct machine *m, const char *name); /* "hn.rings" */

/* devctl.c */
void devctl_emit(struct machine *m, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void devctl_inject(struct machine *m, const char *raw, size_t bytes);
bool devctl_pop(struct machine *m, int32_t *row);
/* What waits was told while nobody listened, and is lost: Linux. */
void devctl_forget(struct machine *m);
void devctl_set_limit(struct machine *m, size_t records);
void devctl_fini(struct machine *m);

#endif
