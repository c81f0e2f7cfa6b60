/* SPDX-License-Identifier: BSD-2-Clause */
#include "packet/tracker.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define FIRST_HOLES 16
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
	free(t->holes);
	if (t->budget != NULL)
		t->budget->holes -= t->cap_holes;
	memset(t, 0, sizeof(*t));
}

void
tracker_copy(struct tracker *to, const struct tracker *from)
{
	*to = *from;
	to->holes = NULL;
	to->cap_holes = from->n_holes;
	if (from->n_holes > 0)
		to->holes =
		    mem_copy(from->holes, from->n_holes * sizeof(*from->holes));
	if (to->budget != NULL)
		to->budget->holes += to->cap_holes;
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
settle(struct tracker *t, const struct tracker_hole *h)
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
	size_t i, half = t->n_holes / 2;

	for (i = 0; i < half; i++)
		settle(t, &t->holes[i]);
	t->floor = t->holes[half - 1].end;
	t->n_holes -= half;
	memmove(t->holes, t->holes + half, t->n_holes * sizeof(*t->holes));
}

static void
make_room(struct tracker *t)
{
	size_t before = t->cap_holes, want;

	if (t->n_holes < t->cap_holes)
		return;
	want = before == 0 ? FIRST_HOLES : before * 2;
	if (before >= FIRST_HOLES &&
	    (want > TRACKER_HOLES ||
		(t->budget != NULL &&
		    t->budget->holes + before > TRACKER_BUDGET))) {
		settle_half(t);
		return;
	}
	t->holes = mem_grow(t->holes, &t->cap_holes, want, sizeof(*t->holes));
	if (t->budget != NULL)
		t->budget->holes += t->cap_holes - before;
}

/* Settling moves the holes: at counts from the end. */
static void
insert(struct tracker *t, size_t from_end, const struct tracker_hole *h)
{
	size_t at;

	make_room(t);
	if (from_end > t->n_holes) { /* its neighbours have been settled */
		settle(t, h);
		return;
	}
	at = t->n_holes - from_end;
	memmove(t->holes + at + 1, t->holes + at, from_end * sizeof(*t->holes));
	t->holes[at] = *h;
	t->n_holes++;
}

static void
remove_hole(struct tracker *t, size_t at)
{
	t->n_holes--;
	memmove(t->holes + at, t->holes + at + 1,
	    (t->n_holes - at) * sizeof(*t->holes));
}

/* The first hole that ends behind number. */
static size_t
find(const struct tracker *t, uint64_t number)
{
	size_t low = 0, high = t->n_holes, middle;

	/* It is nearly always among the newest. */
	if (high > 4 && t->holes[high - 4].end <= number)
		low = high - 3;
	while (low < high) {
		middle = low + (high - low) / 2;
		if (t->holes[middle].end <= number)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Takes [a, b) out of the hole; gives how many holes are left of it. */
static size_t
cut_hole(struct tracker *t, size_t at, uint64_t a, uint64_t b, int64_t stamp)
{
	struct tracker_hole *h = &t->holes[at], rest = *h;

	if (a <= h->first && b >= h->end) {
		remove_hole(t, at);
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
	insert(t, t->n_holes - at - 1, &rest);
	return 2;
}

/* Takes [a, b) out of the holes; gives how many numbers were missing. */
static uint64_t
fill(struct tracker *t, uint64_t a, uint64_t b, int64_t stamp, int64_t at_ns)
{
	uint64_t from, until, filled = 0;
	size_t i = find(t, a);

	while (i < t->n_holes && t->holes[i].first < b) {
		from = a > t->holes[i].first ? a : t->holes[i].first;
		until = b < t->holes[i].end ? b : t->holes[i].end;
		if (until <= from) { /* a pause */
			i++;
			continue;
		}
		if (filled == 0) {
			t->late_ns = at_ns - t->holes[i].seen_ns;
			t->extent = t->arrivals - t->holes[i].seen_at;
		}
		filled += until - from;
		if (until == b) {
			cut_hole(t, i, from, until, stamp);
			break;
		}
		i += cut_hole(t, i, from, until, stamp);
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
	struct tracker_hole h = { t->next, t->next, t->last_ns, stamp, at_ns,
		t->arrivals };

	insert(t, 0, &h);
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
	struct tracker_hole h = { number + count, t->base, stamp, t->first_ns,
		t->first_at, 0 };

	if (t->base - number > FRONT_MAX)
		return TRACKER_RESTART;
	if (number < t->floor || t->floor > 0)
		return TRACKER_OLD;
	if (h.first < h.end)
		insert(t, t->n_holes, &h);
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
	struct tracker_hole h = { t->next, number, t->last_ns, stamp, at_ns,
		t->arrivals };
	enum tracker_verdict v;

	if (!t->any) {
		begin(t, number, count, stamp, at_ns);
		return TRACKER_NEW;
	}
	if (number > t->next) {
		insert(t, 0, &h);
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
	size_t i;

	for (i = 0; i < t->n_holes; i++)
		sum += t->holes[i].end - t->holes[i].first;
	return sum;
}
