/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "base/mem.h"
#include "sim/packets/traffic_parts.h"

void
turns_add(struct turns *u, int64_t at_ns, enum path path)
{
	struct turn *last = u->count > 0 ? &u->list[u->count - 1] : NULL;

	if (last != NULL && last->at_ns == at_ns) {
		last->path = path;
		/* Back to what it was before this instant. */
		if (u->count > 1 && u->list[u->count - 2].path == path)
			u->count--;
		return;
	}
	if (last != NULL && last->path == path)
		return;
	last = MEM_PUSH(u->list, u->count, u->cap);
	last->at_ns = at_ns;
	last->path = path;
}

/* Walks a list of turns, its moments shifted earlier by shift_ns. */
struct walk {
	const struct turns *turns;
	size_t at;
	int64_t shift_ns;
};

static int64_t
next_turn(const struct walk *w)
{
	return w->at + 1 < w->turns->count
	    ? w->turns->list[w->at + 1].at_ns - w->shift_ns
	    : INT64_MAX;
}

/* To the last turn at or before at_ns, by halves: a window may begin late in
 * a long run. */
static void
walk_start(struct walk *w, int64_t at_ns)
{
	size_t low = 0, high = w->turns->count, middle;

	while (low + 1 < high) {
		middle = low + (high - low) / 2;
		if (w->turns->list[middle].at_ns - w->shift_ns <= at_ns)
			low = middle;
		else
			high = middle;
	}
	w->at = low;
}

static void
walk_to(struct walk *w, int64_t at_ns)
{
	while (next_turn(w) <= at_ns)
		w->at++;
}

static enum path
walk_path(const struct walk *w)
{
	return w->turns->count == 0 ? PATH_OK : w->turns->list[w->at].path;
}

void
closed_form(const struct stream *s, int64_t from_ns, int64_t until_ns,
    struct continuity *c)
{
	const struct traffic *t = s->t;
	struct walk out = { .turns = &s->out };
	struct walk in = { .turns = &t->ends[s->end].in,
		.shift_ns = t->latency_ns * (s->echo ? 2 : 1) };
	bool returns = s->echo || !s->from_guest;
	int64_t at, end, period = s->probe->period_ns;
	enum path p;
	uint64_t n;

	if (until_ns > s->stop_ns)
		until_ns = s->stop_ns;
	at = traffic_next_send(s, from_ns);
	walk_start(&out, at);
	walk_start(&in, at);
	while (at < until_ns) {
		end = until_ns;
		p = PATH_OK;
		if (s->from_guest) {
			walk_to(&out, at);
			p = walk_path(&out);
			end = next_turn(&out) < end ? next_turn(&out) : end;
		}
		if (returns && p == PATH_OK) {
			walk_to(&in, at);
			p = walk_path(&in);
			end = next_turn(&in) < end ? next_turn(&in) : end;
		} else if (s->from_guest && p == PATH_VM_FROZEN) {
			/* A frozen sender sends nothing. */
			at = traffic_next_send(s, end);
			continue;
		}
		n = (uint64_t)((end - at + period - 1) / period);
		traffic_count(c, n, at, p);
		at += (int64_t)n * period;
	}
	continuity_end(c);
}
