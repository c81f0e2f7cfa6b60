/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * labclock - what a guest's clock says, on the host's clock. Pure.
 *
 * A guest's clock runs beside the host's, a little faster or slower, and
 * stands still while the machine is stopped: frozen, or between STOP at the
 * source of a migration and RESUME at its destination. So what is known are
 * samples, "between these two moments of the host it was that late in the
 * guest", and the host's times at which it stood.
 *
 * Between two stops each sample is a bound for every other moment, looser the
 * farther away it is; what all bounds of a stretch agree on is the answer, and
 * half of what they leave open its uncertainty. A stretch without a sample has
 * the one before it, and its stop's length.
 *
 * All times are ns; the host's are clock_monotonic(). Samples and stops may be
 * added in any order; answers about the past become better with them.
 */
#ifndef SIM_LAB_LABCLOCK_H
#define SIM_LAB_LABCLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct labclock;

/* A guest's clock is trusted to run this well, in parts of a million. */
#define LABCLOCK_DRIFT_PPM 500

struct labclock *labclock_new(void);
void labclock_free(struct labclock *c); /* NULL is fine */

/* Asked at sent_ns, answered with guest_ns, the answer read at got_ns. One
 * that a stop lies in, or that is none (got before sent), says nothing. */
void labclock_sample(struct labclock *c, int64_t sent_ns, int64_t guest_ns,
    int64_t got_ns);

/* The guest's clock stood from then to then. */
void labclock_stop(struct labclock *c, int64_t from_ns, int64_t to_ns);

struct labclock_moment {
	int64_t ns;
	int64_t within_ns; /* it is that sure: plus and minus */
};

/* False while there is no sample. A moment that lies nearer to a stop than it
 * is sure may be given at the stop's other side. */
bool labclock_host(const struct labclock *c, int64_t guest_ns,
    struct labclock_moment *out);

/* The guest's clock at a moment of the host: to tell it when to begin. */
bool labclock_guest(const struct labclock *c, int64_t host_ns,
    struct labclock_moment *out);

#endif
