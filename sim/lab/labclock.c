/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/lab/labclock.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct sample {
	int64_t sent_ns, guest_ns, got_ns;
};

struct stop {
	int64_t from_ns, to_ns;
};

struct labclock {
	struct sample *samples;
	size_t n_samples, cap_samples;
	struct stop *stops; /* by time, none in another */
	size_t n_stops, cap_stops;
};

/* What is certain of a moment: not before, not after. */
struct bounds {
	int64_t low_ns, high_ns;
};

struct labclock *
labclock_new(void)
{
	return mem_zero(1, sizeof(struct labclock));
}

void
labclock_free(struct labclock *c)
{
	if (c == NULL)
		return;
	free(c->samples);
	free(c->stops);
	free(c);
}

void
labclock_sample(struct labclock *c, int64_t sent_ns, int64_t guest_ns,
    int64_t got_ns)
{
	if (got_ns < sent_ns)
		return;
	*MEM_PUSH(c->samples, c->n_samples, c->cap_samples) =
	    (struct sample){ sent_ns, guest_ns, got_ns };
}

static int
by_time(const void *a, const void *b)
{
	const struct stop *x = a, *y = b;

	return (x->from_ns > y->from_ns) - (x->from_ns < y->from_ns);
}

/* Two that touch are one: it did not run between them. */
static void
join(struct labclock *c)
{
	struct stop *last;
	size_t i, n = 1;

	for (i = 1; i < c->n_stops; i++) {
		last = &c->stops[n - 1];
		if (c->stops[i].from_ns > last->to_ns)
			c->stops[n++] = c->stops[i];
		else if (c->stops[i].to_ns > last->to_ns)
			last->to_ns = c->stops[i].to_ns;
	}
	c->n_stops = n;
}

void
labclock_stop(struct labclock *c, int64_t from_ns, int64_t to_ns)
{
	if (to_ns < from_ns)
		return;
	*MEM_PUSH(c->stops, c->n_stops, c->cap_stops) =
	    (struct stop){ from_ns, to_ns };
	qsort(c->stops, c->n_stops, sizeof(*c->stops), by_time);
	join(c);
}

/* --- stretches: number n lies before stop n, the last one after all --- */

static int64_t
begin_of(const struct labclock *c, size_t stretch)
{
	return stretch == 0 ? INT64_MIN : c->stops[stretch - 1].to_ns;
}

static int64_t
end_of(const struct labclock *c, size_t stretch)
{
	return stretch == c->n_stops ? INT64_MAX : c->stops[stretch].from_ns;
}

static bool
is_of(const struct labclock *c, size_t stretch, const struct sample *s)
{
	return s->sent_ns >= begin_of(c, stretch) &&
	    s->got_ns <= end_of(c, stretch);
}

static bool
has_sample(const struct labclock *c, size_t stretch)
{
	size_t i;

	for (i = 0; i < c->n_samples; i++)
		if (is_of(c, stretch, &c->samples[i]))
			return true;
	return false;
}

/* Which stretch's samples tell of this one, the newest before it, else the
 * first after it, and for how long the clock stood between. */
static bool
find_told(const struct labclock *c, size_t stretch, size_t *told,
    int64_t *stood_ns)
{
	size_t i;

	*stood_ns = 0;
	for (i = stretch;; i--) {
		if (has_sample(c, i)) {
			*told = i;
			return true;
		}
		if (i == 0)
			break;
		*stood_ns += c->stops[i - 1].to_ns - c->stops[i - 1].from_ns;
	}
	*stood_ns = 0;
	for (i = stretch + 1; i <= c->n_stops; i++) {
		*stood_ns -= c->stops[i - 1].to_ns - c->stops[i - 1].from_ns;
		if (has_sample(c, i)) {
			*told = i;
			return true;
		}
	}
	return false;
}

/* --- what samples say together --- */

static int64_t
drift(int64_t away_ns)
{
	return ((away_ns < 0 ? -away_ns : away_ns) / 1000000 + 1) *
	    LABCLOCK_DRIFT_PPM;
}

/* Where one sample says that the moment is: of the guest, on the host's
 * clock, or the other way round. */
static struct bounds
bounds_by(const struct sample *s, int64_t at_ns, bool to_host)
{
	int64_t away_ns, off_ns;

	if (to_host) {
		away_ns = at_ns - s->guest_ns;
		off_ns = drift(away_ns);
		return (struct bounds){ s->sent_ns + away_ns - off_ns,
			s->got_ns + away_ns + off_ns };
	}
	off_ns = drift(at_ns - s->sent_ns);
	return (struct bounds){ s->guest_ns + at_ns - s->got_ns - off_ns,
		s->guest_ns + at_ns - s->sent_ns + off_ns };
}

/* What all of a stretch agree on. When they do not, because the clock ran
 * worse than it is trusted to, the one that is surest is believed. */
static struct bounds
agreed(const struct labclock *c, size_t stretch, int64_t at_ns, bool to_host)
{
	struct bounds all = { INT64_MIN, INT64_MAX }, best = all, b;
	bool first = true;
	size_t i;

	for (i = 0; i < c->n_samples; i++) {
		if (!is_of(c, stretch, &c->samples[i]))
			continue;
		b = bounds_by(&c->samples[i], at_ns, to_host);
		if (first || b.high_ns - b.low_ns < best.high_ns - best.low_ns)
			best = b;
		first = false;
		if (b.low_ns > all.low_ns)
			all.low_ns = b.low_ns;
		if (b.high_ns < all.high_ns)
			all.high_ns = b.high_ns;
	}
	return all.low_ns <= all.high_ns ? all : best;
}

static struct labclock_moment
middle(struct bounds b)
{
	struct labclock_moment m = { b.low_ns + (b.high_ns - b.low_ns) / 2,
		(b.high_ns - b.low_ns + 1) / 2 };

	return m;
}

/* As if the guest had been in this stretch then. */
static bool
host_in(const struct labclock *c, size_t stretch, int64_t guest_ns,
    struct labclock_moment *out)
{
	int64_t stood_ns;
	size_t told;

	if (!find_told(c, stretch, &told, &stood_ns))
		return false;
	*out = middle(agreed(c, told, guest_ns, true));
	out->ns += stood_ns;
	return true;
}

bool
labclock_host(const struct labclock *c, int64_t guest_ns,
    struct labclock_moment *out)
{
	size_t stretch;

	for (stretch = 0; stretch <= c->n_stops; stretch++) {
		if (!host_in(c, stretch, guest_ns, out))
			return false;
		/* By this stretch it is later than the last stop, by the one
		 * before it was not: then it is that stop. */
		if (out->ns < begin_of(c, stretch))
			out->ns = c->stops[stretch - 1].from_ns;
		if (out->ns <= end_of(c, stretch))
			return true;
	}
	return true;
}

bool
labclock_guest(const struct labclock *c, int64_t host_ns,
    struct labclock_moment *out)
{
	size_t stretch = 0, told;
	int64_t stood_ns;

	while (stretch < c->n_stops && host_ns >= begin_of(c, stretch + 1))
		stretch++;
	if (host_ns > end_of(c, stretch))
		host_ns = end_of(c, stretch);
	if (!find_told(c, stretch, &told, &stood_ns))
		return false;
	*out = middle(agreed(c, told, host_ns - stood_ns, false));
	return true;
}
