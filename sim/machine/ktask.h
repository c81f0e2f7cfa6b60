/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ktask - work of the simulated kernel, or of a process in it, that takes
 * virtual time: called again and again until it says that it is done.
 */
#ifndef SIM_MACHINE_KTASK_H
#define SIM_MACHINE_KTASK_H

#include <sys/queue.h>

#include "failover/operation.h"
#include "sim/machine/vclock.h"

struct machine;
struct ifnet;

/* A kernel thread's work: step() returns the time until it wants to go on,
 * KTASK_DONE, or KTASK_PARKED to sleep until ktask_wake(). */
#define KTASK_DONE   (-1)
#define KTASK_PARKED (-2)
struct ktask {
	TAILQ_ENTRY(ktask) entry;
	TAILQ_ENTRY(ktask) waiting; /* for what it is parked for */
	struct vevent event;
	struct machine *m;
	int64_t (*step)(struct machine *m, struct ktask *k);
	void (*done)(struct ktask *k); /* may be NULL */
	void *ctx;
	void *owned;	    /* freed with the task */
	size_t owned_bytes; /* of it that hold no pointer; 0: not known */
	int pc, sub, sub2, sub3;
	int result;
	struct operation op;
	struct ifnet *ifp, *other;
	struct ifnet *hn; /* whose HN_LOCK it holds */
	uint32_t id;
	int32_t row;
	bool engine; /* the engine's, which enables IPv6 where it sets it up */
};

struct ktask *ktask_start(struct machine *m,
    int64_t (*step)(struct machine *, struct ktask *), int64_t delay_ns);
void ktask_wake(struct ktask *k); /* a parked one, now */
/* The task whose event it is; NULL: it is another's. */
const struct ktask *ktask_of(const struct vevent *e);
void ktask_forget_all(struct machine *m);

#endif
