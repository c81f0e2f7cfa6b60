/* SPDX-License-Identifier: BSD-2-Clause */
#include "packet/tracker.h"

#include <string.h>

#define FRONT_MAX   65536 /* earlier than the first by more: another stream */
#define SURE_STEPS  8	  /* from here on the usual step is known */
#define USUAL_STEPS 64	  /* and then looked at again after so many */

void
tracker_init(struct tracker *t, struct tracker_budget *budget)
{
	memset(t, 0, sizeof(*t));
	t->budget = budget;
}

void
tracker_fini(struct tracker *t)
{
	if (t->budget != NULL)
		t->budget->holes -= t->holes.cap;
	holes_fini(&t->holes);
	memset(t, 0, sizeof(*t));
}

void
tracker_copy(struct tracker *to, const struct tracker *from)
{
	*to = *from;
	holes_copy(&to->holes, &from->holes);
	if (to->budget != NULL)
		to->budget->holes += to->holes.cap;
}

int64_t
tracker_period(const struct tracker *t)
{
	return t->steps == 0 ? 0 : t->steps_ns / (int64_t)t->steps;
}

uint64_t
tracker_unwrap(const struct tracker *t, uint64_t value, unsigned bits,
    int64_t at_ns)
{
	uint64_t turn, n, ahead;
	int64_t period;

	if (bits >= 64)
		return value;
	turn = UINT64_C(1) << bits;
	if (!t->any)
		return turn + value;
	/* The nearest to next, of those that end in value. */
	n = t->next + ((value - t->next) & (turn - 1));
	if (n - t->next >= turn / 2 && n >= turn)
		n -= turn;
	if (t->steps < SURE_STEPS || at_ns <= t->last_at)
		return n;
	period = tracker_period(t);
	if (period == 0)
		return n;
	ahead = (uint64_t)((at_ns - t->last_at) / period);
	if (ahead <= turn / 2)
		return n;
	/* So many were sent meanwhile that the nearest is a guess. */
	ahead += t->next - 1;
	if (ahead > n)
		n += (ahead - n + turn / 2) / turn * turn;
	return n;
}

/* --- holes --- */

static void
settle(struct tracker *t, const struct hole *h)
{
	if (h->first == h->end)
		return;
	t->settled++;
	t->settled_numbers += h->end - h->first;
	if (t->longest.end == 0 ||
	    h->to_ns - h->from_ns > t->longest.to_ns - t->longest.from_ns)
		t->longest = *h;
}

static void
settle_half(struct tracker *t)
{
	size_t i, half = t->holes.n / 2;
	struct hole_place p = { 0, 0 };
	const struct hole *h;

	for (i = 0; i < half; i++, p.at++) {
		h = holes_get(&t->holes, &p);
		settle(t, h);
		t->floor = h->end;
	}
	holes_drop(&t->holes, half);
}

/* Few in many blocks take as much as many. */
static bool
is_room(const struct tracker *t, size_t growth)
{
	if (t->holes.n >= TRACKER_HOLES)
		return false;
	return growth == 0 ||
	    (t->holes.cap + growth <= (size_t)2 * TRACKER_HOLES &&
		(t->budget == NULL ||
		    t->budget->holes + growth <= TRACKER_BUDGET));
}

static void
insert(struct tracker *t, const struct hole *h)
{
	size_t before = t->holes.cap;
	struct hole_place p = holes_find(&t->holes, h->first);

	if (t->holes.n > 1 && !is_room(t, holes_growth(&t->holes, p))) {
		settle_half(t);
		p = holes_find(&t->holes, h->first);
	}
	if (h->first < t->floor) /* its neighbours have been settled */
		settle(t, h);
	else
		holes_insert(&t->holes, p, h);
	if (t->budget != NULL)
		t->budget->holes += t->holes.cap - before;
}

static void
remove_hole(struct tracker *t, struct hole_place p)
{
	size_t before = t->holes.cap;

	holes_remove(&t->holes, p);
	if (t->budget != NULL)
		t->budget->holes -= before - t->holes.cap;
}

/* Takes [a, b) out of the hole there; how many holes are left of it. */
static size_t
cut_hole(struct tracker *t, struct hole_place p, uint64_t a, uint64_t b,
    int64_t stamp)
{
	struct hole *h = holes_get(&t->holes, &p), rest = *h;

	if (a <= h->first && b >= h->end) {
		remove_hole(t, p);
		return 0;
	}
	if (a > h->first) {
		h->end = a;
		if (t->sent_stamps)
			h->to_ns = stamp;
	} else {
		h->first = b;
		if (t->sent_stamps)
			h->from_ns = stamp;
		return 1;
	}
	if (b >= rest.end)
		return 1;
	rest.first = b;
	if (t->sent_stamps)
		rest.from_ns = stamp;
	insert(t, &rest);
	return 2;
}

/* Takes [a, b) out of the holes; gives how many numbers were missing. */
static uint64_t
fill(struct tracker *t, uint64_t a, uint64_t b, int64_t stamp, int64_t at_ns)
{
	uint64_t from, until, filled = 0;
	struct hole_place p = holes_find(&t->holes, a);
	const struct hole *h;

	while ((h = holes_get(&t->holes, &p)) != NULL && h->first < b) {
		from = a > h->first ? a : h->first;
		until = b < h->end ? b : h->end;
		if (until <= from) { /* a pause */
			p.at++;
			continue;
		}
		if (filled == 0) {
			t->late_ns = at_ns - h->seen_ns;
			t->extent = t->arrivals - h->seen_at;
		}
		filled += until - from;
		if (until == b) {
			cut_hole(t, p, from, until, stamp);
			break;
		}
		p.at += cut_hole(t, p, from, until, stamp);
	}
	return filled;
}

/* --- arrivals --- */

static void
begin(struct tracker *t, uint64_t number, uint64_t count, int64_t stamp,
    int64_t at_ns)
{
	t->any = true;
	t->base = number;
	t->next = number + count;
	t->first_ns = t->last_ns = stamp;
	t->first_at = t->last_at = at_ns;
	t->arrivals = 1;
}

static bool
is_pause(const struct tracker *t, int64_t step)
{
	int64_t tenth = t->usual_ns / 10;

	return t->steps >= SURE_STEPS &&
	    (tenth == 0 || step / tenth > (int64_t)t->pause_tenths);
}

/* What is cold is kept out of the way of packets in order, which are nearly
 * all. */
#define COLD __attribute__((cold, noinline))

static COLD void
add_pause(struct tracker *t, int64_t stamp, int64_t at_ns)
{
	struct hole h = { t->next, t->next, t->last_ns, stamp, at_ns,
		t->arrivals };

	insert(t, &h);
}

/* The mean is taken now and then only: a division is as dear as all the rest
 * of a packet in order. */
static void
step_on(struct tracker *t, int64_t stamp, int64_t at_ns)
{
	int64_t step = stamp - t->last_ns;

	if (step < 0)
		return;
	if (t->pause_ns > 0 && step > t->pause_ns && is_pause(t, step)) {
		add_pause(t, stamp, at_ns);
		return;
	}
	/* What is out of all proportion is no step. */
	if (t->steps >= SURE_STEPS && step / 16 > t->usual_ns &&
	    t->usual_ns > 0)
		return;
	if (t->steps_ns > INT64_MAX - step)
		return;
	t->steps++;
	t->steps_ns += step;
	if (t->steps <= SURE_STEPS || t->steps % USUAL_STEPS == 0)
		t->usual_ns = t->steps_ns / (int64_t)t->steps;
}

static enum tracker_verdict
add_before(struct tracker *t, uint64_t number, uint64_t count, int64_t stamp,
    int64_t at_ns)
{
	struct hole h = { number + count, t->base, stamp, t->first_ns,
		t->first_at, 0 };

	if (t->base - number > FRONT_MAX)
		return TRACKER_RESTART;
	if (number < t->floor || t->floor > 0)
		return TRACKER_OLD;
	if (h.first < h.end)
		insert(t, &h);
	t->base = number;
	t->late_ns = at_ns - t->first_at;
	t->extent = t->arrivals;
	t->first_ns = stamp;
	t->arrivals++;
	return TRACKER_REORDERED;
}

static enum tracker_verdict
add_behind(struct tracker *t, uint64_t number, uint64_t count, int64_t stamp,
    int64_t at_ns)
{
	uint64_t end = number + count, filled;

	if (number < t->base && end <= t->base)
		return add_before(t, number, count, stamp, at_ns);
	if (number < t->floor)
		return TRACKER_OLD;
	filled = fill(t, number, end < t->next ? end : t->next, stamp, at_ns);
	if (end > t->next) { /* TCP: a part of it was seen */
		t->next = end;
		t->last_ns = stamp;
		t->arrivals++;
		return TRACKER_NEW;
	}
	if (filled == 0)
		return TRACKER_DUPLICATE;
	t->arrivals++;
	return TRACKER_REORDERED;
}

static COLD enum tracker_verdict
add_out_of_order(struct tracker *t, uint64_t number, uint64_t count,
    int64_t stamp, int64_t at_ns)
{
	struct hole h = { t->next, number, t->last_ns, stamp, at_ns,
		t->arrivals };
	enum tracker_verdict v;

	if (!t->any) {
		begin(t, number, count, stamp, at_ns);
		return TRACKER_NEW;
	}
	if (number > t->next) {
		insert(t, &h);
		t->next = number + count;
		t->last_ns = stamp;
		t->arrivals++;
		v = TRACKER_NEW;
	} else {
		/* A later sending time on a number that is behind us: its
		 * sender has begun anew. */
		if (t->sent_stamps && stamp > t->last_ns)
			return TRACKER_RESTART;
		v = add_behind(t, number, count, stamp, at_ns);
		if (v == TRACKER_RESTART)
			return v;
	}
	t->last_at = at_ns > t->last_at ? at_ns : t->last_at;
	return v;
}

enum tracker_verdict
tracker_add(struct tracker *t, uint64_t number, uint64_t count, int64_t stamp,
    int64_t at_ns)
{
	if (!t->any || number != t->next)
		return add_out_of_order(t, number, count, stamp, at_ns);
	step_on(t, stamp, at_ns);
	t->next = number + count;
	t->last_ns = stamp;
	t->last_at = at_ns > t->last_at ? at_ns : t->last_at;
	t->arrivals++;
	return TRACKER_NEW;
}

uint64_t
tracker_missing(const struct tracker *t)
{
	uint64_t sum = t->settled_numbers;
	struct hole_place p = { 0, 0 };
	const struct hole *h;

	for (; (h = holes_get(&t->holes, &p)) != NULL; p.at++)
		sum += h->end - h->first;
	return sum;
}
