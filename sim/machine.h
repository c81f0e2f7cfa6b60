/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * machine - a FreeBSD guest on Hyper-V, in virtual time: its interfaces and
 * their drivers, devctl(4), the link task, routes, and the host around it.
 *
 * This header is the machine's inside, shared by the files that model one
 * part each; who only runs a machine needs sim/simstage.h. One thread, one
 * seed, no system call: the same scenario and seed give the same history.
 *
 * Facts: FACTS.md A (devctl), C (hn), D (lagg), B.5 (eject); FREEBSD.md and
 * FREEBSD-HN.md where they measured otherwise.
 */
#ifndef SIM_MACHINE_H
#define SIM_MACHINE_H

#include <sys/queue.h>

#include "db/trace.h"
#include "failover/operation.h"
#include "failover/snapshot.h"
#include "sim/profile.h"
#include "sim/vclock.h"

/* FreeBSD's errno values, which are not the host's. */
enum {
	SIM_ENOENT = 2,
	SIM_ENXIO = 6,
	SIM_EBUSY = 16,
	SIM_EEXIST = 17,
	SIM_EINVAL = 22,
	SIM_ENOSPC = 28,
	SIM_EPROTONOSUPPORT = 43,
	SIM_EADDRNOTAVAIL = 49,
	SIM_ENETDOWN = 50,
	SIM_ENETUNREACH = 51,
	SIM_EHOSTUNREACH = 65,
};

enum ifkind { KIND_HN, KIND_VF, KIND_LAGG };

struct hn {		       /* C.1; NT unless transparent */
	struct ifnet *vf;      /* dev.hn.N.vf */
	struct ifnet *rewrite; /* receives in the name of this VF */
	struct ktask *holder;  /* HN_LOCK */
	struct vevent link_query;
	struct vevent netchange;
	struct vevent xt_ready;
	bool rxvf;
	bool host_connected; /* what the host says of the vNIC's link */
	bool host_path_vf;   /* where the host sends this MAC's frames */
	bool managed;	     /* link management runs (not suspended) */
	bool netchg;	     /* a fake outage is pending */
	bool promiscuous, filter_open;
	bool xen; /* transparent path to the VF is on */
};

struct vf {
	char driver[16];
	bool carrier;	/* what the physical function offers */
	bool surprised; /* the hardware is gone already */
};

struct lagg {
	struct ifnet *ports[SNAP_PORTS]; /* sorted by index (D.1) */
	size_t n_ports;
	struct ifnet *primary;
};

struct ifnet {
	TAILQ_ENTRY(ifnet) entry; /* machine's list, by index */
	struct machine *m;
	enum ifkind kind;
	char name[IFNAME_MAX];
	char descr[64];
	uint32_t index;
	int unit;
	uint8_t mac[6];
	uint8_t own_mac[6]; /* to be restored when it leaves a lagg */
	uint32_t mtu;
	bool up, running;
	enum link_state link;
	bool link_pending;  /* a link task is queued */
	bool cap_linkstate; /* routes over it follow its link */
	bool dying;	    /* ioctls fail with ENXIO */
	bool attached;	    /* between if_attach and if_detach */
	bool dirty;	    /* the trace has not seen its newest state */
	struct ifnet *member_of;
	struct ipaddr addrs[SNAP_ADDRS];
	size_t n_addrs;
	struct hn hn;
	struct vf vf;
	struct lagg lagg;
};

struct route { /* a connected prefix, or the default route */
	TAILQ_ENTRY(route) entry;
	struct ipaddr net; /* prefix 0: default */
	struct ipaddr gateway;
	struct ifnet *ifp;
};

/* A kernel thread's work: step() returns the time until it wants to go on, or
 * KTASK_DONE. */
#define KTASK_DONE (-1)
struct ktask {
	TAILQ_ENTRY(ktask) entry;
	struct vevent event;
	struct machine *m;
	int64_t (*step)(struct machine *m, struct ktask *k);
	void (*done)(struct ktask *k); /* may be NULL */
	void *ctx;
	void *owned; /* freed with the task */
	int pc, sub, sub2;
	int result;
	struct operation op;
	struct ifnet *ifp, *other;
	uint32_t id;
	int32_t row;
};

struct queued_record {
	STAILQ_ENTRY(queued_record) entry;
	int32_t row; /* in the trace */
};

struct machine {
	struct vclock clock;
	struct profile *profile; /* borrowed */
	struct trace *trace;	 /* borrowed */
	TAILQ_HEAD(, ifnet) ifs;
	TAILQ_HEAD(, ifnet) gone; /* detached, still pointed at by tasks */
	TAILQ_HEAD(, route) routes;
	TAILQ_HEAD(, ktask) tasks;
	struct ktask *bus_owner; /* the one vmbusdev thread */

	STAILQ_HEAD(, queued_record) devctl;
	size_t devctl_queued, devctl_limit;

	struct ifnet *swi[256]; /* link tasks in their order */
	size_t n_swi;
	struct vevent swi_event;

	bool transparent;    /* hw.hn.vf_transparent */
	int failover_rx_all; /* net.link.lagg.failover_rx_all */
	bool following;	     /* states come from a recording, see facts.h */
	bool dirty;
	bool path_changed; /* packets may fare differently now */

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
void machine_changed(struct machine *m, struct ifnet *ifp); /* ifp or NULL */
void machine_settle(struct machine *m); /* bring the trace up to date */
void machine_hint(struct machine *m);	/* the routing socket speaks */
void machine_kernel_note(struct machine *m, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void machine_observe(struct machine *m, struct snapshot *out);
int64_t machine_delay(struct machine *m, const char *name);

/* ktask.c */
struct ktask *ktask_start(struct machine *m,
    int64_t (*step)(struct machine *, struct ktask *), int64_t delay_ns);
void ktask_forget_all(struct machine *m);

/* ifnet.c */
struct ifnet *ifnet_new(struct machine *m, enum ifkind kind, const char *name,
    const uint8_t mac[6]);
struct ifnet *ifnet_find(struct machine *m, const char *name);
void ifnet_attach_record(struct ifnet *ifp);  /* IFNET ATTACH */
void ifnet_ether_attached(struct ifnet *ifp); /* ETHERNET IFATTACH */
void ifnet_set_link(struct ifnet *ifp, enum link_state link);
void ifnet_set_up(struct ifnet *ifp, bool up); /* the flag alone */
void ifnet_drain_link(struct ifnet *ifp);
void ifnet_remove(struct ifnet *ifp); /* departure; IFNET DETACH */

/* devctl.c */
void devctl_emit(struct machine *m, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void devctl_inject(struct machine *m, const char *raw, size_t bytes);
bool devctl_pop(struct machine *m, int32_t *row);
void devctl_set_limit(struct machine *m, size_t records);
void devctl_fini(struct machine *m);

#endif
