/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * labloop - waits for descriptors and deadlines of one lab, in one thread. All
 * times are clock_monotonic() of this machine, ns.
 *
 * What a lab measures is only as good as this loop is punctual: how late its
 * timers were is kept (labloop_lateness), and a verdict that fails while the
 * loop stood still is none.
 */
#ifndef SIM_LAB_LABLOOP_H
#define SIM_LAB_LABLOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/timerq.h"

struct labloop;

struct labtimer { /* zeroed, then fire and ctx set; lives with its owner */
	struct timer timer; /* first */
	void (*fire)(void *ctx, int64_t now_ns);
	void *ctx;
};

struct labwatch; /* a descriptor that is waited for */

struct labloop *labloop_new(void);
/* All timers are disarmed and all watches removed before; NULL is fine. */
void labloop_free(struct labloop *l);

int64_t labloop_now(const struct labloop *l);

/* ready() is called with POLLIN, POLLOUT, POLLHUP, POLLERR as poll(2) has
 * them. The descriptor stays the caller's. Both may be called by ready() and
 * fire() themselves. */
struct labwatch *labloop_watch(struct labloop *l, int fd, short events,
    void (*ready)(void *ctx, short revents), void *ctx);
void labloop_unwatch(struct labwatch *w); /* NULL is fine */
void labwatch_events(struct labwatch *w, short events);

/* One shot, absolute. */
void labloop_arm(struct labloop *l, struct labtimer *t, int64_t at_ns);
void labloop_disarm(struct labloop *l, struct labtimer *t);

/* Lets one thing happen: a timer, or everything that is ready at once; waits
 * for it until until_ns. False when that has come and nothing is due. */
bool labloop_turn(struct labloop *l, int64_t until_ns);

/* Times at which a timer fired more than LABLOOP_LATE after it was due. */
#define LABLOOP_LATE INT64_C(20000000)
struct labloop_lateness {
	int64_t due_ns, late_ns;
};
/* Oldest first, owned by the loop. */
const struct labloop_lateness *labloop_lateness(const struct labloop *l,
    size_t *n);

#endif
