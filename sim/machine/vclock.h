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

/* Between which two times something takes that has only one on a coarse
 * clock. */
struct vwindow {
	int64_t least_ns, most_ns;
};

struct vevent {
	struct timer timer; /* first: a popped timer is its event */
	struct vwindow window;
	void (*fire)(void *ctx, struct vevent *e);
	void *ctx;
	enum vdomain domain;
};

struct vclock {
	struct timerq queue[2]; /* by domain */
	int64_t now_ns;
	int64_t frozen_until_ns;
	/* Not NULL: the clock is coarse, and here is what was drawn since the
	 * last event was armed, the next one's window. */
	struct vwindow *drawn;
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

/* For who decides by himself what comes next at one moment: fills list with
 * all that may be the next then, in the order in which vclock_step() would fire
 * it, and gives their number; and fires one of them, at its time. On a coarse
 * clock one is not among them when another was armed before it and is certain
 * to be over when it can come at the earliest. */
size_t vclock_due(const struct vclock *c, int64_t at_ns, struct vevent **list,
    size_t most);
void vclock_fire(struct vclock *c, struct vevent *e);

/* Of two events of a coarse clock: whether that is so. */
bool vevent_precedes(const struct vevent *first, const struct vevent *second);

/* It is at_ns now; nothing may be due before. */
void vclock_stand(struct vclock *c, int64_t at_ns);

/* The time of the next event, were it fired now; false if there is none. */
bool vclock_next(const struct vclock *c, int64_t *at_ns);

#endif
