/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vclock - virtual time, and who does what next.
 *
 * Events belong to the host or to the guest. While the guest is frozen its
 * events wait and then fire late, all at the moment of the thaw, in their
 * order: that is what a guest whose clock jumps sees. At one instant the host
 * comes first, then lower ranks, then what was armed first.
 */
#ifndef SIM_MACHINE_VCLOCK_H
#define SIM_MACHINE_VCLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/timerq.h"

#define WALL_EPOCH INT64_C(1700000000) /* wall clock at virtual time 0, s */

enum vdomain { VHOST, VGUEST };

/* Ranks at one instant: the machine moves first, then packets see it. */
enum { VRANK_MACHINE = 0, VRANK_PACKET = 1 };

struct vevent {
	struct timer timer; /* first: a popped timer is its event */
	void (*fire)(void *ctx, struct vevent *e);
	void *ctx;
	enum vdomain domain;
};

struct vclock {
	struct timerq queue[2]; /* by domain */
	int64_t now_ns;
	int64_t frozen_until_ns;
};

void vclock_fini(struct vclock *c); /* a zeroed clock stands at 0 */

/* Arms e at an absolute time, not before now. fire, ctx and domain are set by
 * the caller before; the rank in e->timer.rank too. */
void vclock_at(struct vclock *c, struct vevent *e, int64_t at_ns);
void vclock_after(struct vclock *c, struct vevent *e, int64_t delay_ns);
void vclock_cancel(struct vclock *c, struct vevent *e);

void vclock_freeze(struct vclock *c, int64_t duration_ns);
bool vclock_is_frozen(const struct vclock *c);

/* Fires the next event at or before limit_ns; false when there is none, and
 * the time is then limit_ns. */
bool vclock_step(struct vclock *c, int64_t limit_ns);

/* It is at_ns now; nothing may be due before. */
void vclock_stand(struct vclock *c, int64_t at_ns);

/* The time of the next event, were it fired now; false if there is none. */
bool vclock_next(const struct vclock *c, int64_t *at_ns);

#endif
