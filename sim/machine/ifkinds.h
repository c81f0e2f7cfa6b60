/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ifkinds - what an interface of one kind has beside what all have. Each
 * struct is kept by the file of its kind; the rest of the machine reads it.
 */
#ifndef SIM_MACHINE_IFKINDS_H
#define SIM_MACHINE_IFKINDS_H

#include <sys/queue.h>

#include "failover/snapshot.h"
#include "sim/machine/vclock.h"

struct ifnet;
struct ktask;

struct hn {			 /* FACTS.md C.1; NT unless transparent */
	char device[IFNAME_MAX]; /* the driver's unit; a rename leaves it */
	struct ifnet *vf;	 /* dev.hn.N.vf */
	struct ifnet *rewrite;	 /* receives in the name of this VF */
	struct ktask *holder;	 /* HN_LOCK */
	struct vevent link_query;
	struct vevent netchange;
	struct vevent xt_ready;
	bool rxvf;
	bool untold; /* a recording that is followed has no VF_UP of it */
	bool host_connected;  /* what the host says of the vNIC's link */
	bool host_path_vf;    /* where the host sends this MAC's frames */
	bool associated;      /* the host has a VF for it (NVS) */
	uint32_t note;	      /* of NVS, the how-manyth that said so */
	uint32_t used_note;   /* by which the VF has the path */
	struct ktask *thread; /* newer: what it has to do, or does */
	bool managed;	      /* link management runs (not suspended) */
	bool netchg;	      /* a fake outage is pending */
	bool promiscuous, filter_open;
	bool suspended;	     /* N10: its channels are being made anew */
	bool xen;	     /* transparent path to the VF is on */
	bool xt_merged;	     /* X3 is done: capabilities are the VF's too */
	bool xt_moving;	     /* newer: the path moves, transmits are dropped */
	uint32_t saved_caps; /* before X3 */
};

struct vf {
	char driver[16];
	char device[IFNAME_MAX]; /* the driver's unit; a rename leaves it */
	uint32_t bus;		 /* pciN it hangs on */
	struct ifnet *hn;	 /* who has it as its vf */
	uint32_t starts;	 /* how often the driver was started */
	bool carrier;		 /* what the physical function offers */
	bool surprised;		 /* the hardware is gone already */
	bool ghost;		 /* so it is, and the driver would not go */
	bool unbound;		 /* devctl(8) took it from its driver */
	bool negotiates;	 /* it has link, and passes nothing yet */
};

struct bond { /* of a Linux guest's aggregate, see sim/machine/bond.h */
	struct ifnet *active;
	char primary[IFNAME_MAX];
	int64_t miimon_ns, born_ns;
	struct vevent poll;
	/* Of a slave: its bond has opened it; usable, when that looked last. */
	bool opened, seen;
};

struct vlan {
	struct ifnet *parent; /* NULL: none (any more) */
	unsigned tag;
};

struct lagg {
	struct ifnet *ports[SNAP_PORTS]; /* sorted by index (D.1) */
	size_t n_ports;
	struct ifnet *primary;
	struct ktask *changer; /* of its MTU, or of its ports' flags */
};

#endif
