/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * timerq - deadlines in a fixed, repeatable order.
 *
 * The queue knows no clock: the caller says what time it is. The daemon gives
 * CLOCK_MONOTONIC, the simulated machine virtual time; both see the same
 * timers in the same order: by deadline, then by rank, then in the order in
 * which they were armed.
 *
 * A struct timer lives inside the object it belongs to, starts zeroed, and is
 * disarmed before that object is freed. The queue allocates only its heap.
 */
#ifndef BASE_TIMERQ_H
#define BASE_TIMERQ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct timer {
	int64_t deadline_ns;
	uint64_t order; /* set when armed */
	int rank;	/* set by the owner before arming; lower fires first */
	size_t slot;	/* place in the heap + 1; 0 when not armed */
};

struct timerq {
	struct timer **heap; /* owned array, borrowed timers */
	size_t count;
	size_t cap;
	uint64_t armed_ever;
};

void timerq_fini(struct timerq *q); /* a zeroed queue is an empty one */
void timerq_arm(struct timerq *q, struct timer *t, int64_t deadline_ns);
void timerq_disarm(struct timerq *q, struct timer *t); /* fine when not armed */
bool timer_is_armed(const struct timer *t);

/* False when nothing is armed; *deadline_ns is then left alone. */
bool timerq_next(const struct timerq *q, int64_t *deadline_ns);

/* Disarms and returns the first timer due at or before now_ns, or NULL. */
struct timer *timerq_pop(struct timerq *q, int64_t now_ns);

#endif
