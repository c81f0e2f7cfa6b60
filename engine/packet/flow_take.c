/* SPDX-License-Identifier: BSD-2-Clause */
#include "packet/flows_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"

#define ANEW_NS	  DUR_SEC /* an echo's old number after such a silence */
#define JUDGE_IDS 64	  /* IP ids, after which they are known not to count */

struct take {
	struct flows *f;
	struct flow_sighting *g;
	struct flow_side *s;
	const struct flow_seen *seen;
	uint64_t number;
	int64_t stamp_ns;
};

static __attribute__((cold)) void
note(const struct take *t, enum flow_oddity_kind kind)
{
	struct flows *f = t->f;
	struct flow_oddity *o;

	if (f->n_oddities == FLOWS_ODDITIES)
		return;
	o = MEM_PUSH(f->oddities, f->n_oddities, f->cap_oddities);
	o->flow = t->g->flow->index;
	o->side = f->places[t->g->place].side;
	o->kind = kind;
	o->number = t->number;
	o->at_ns = t->seen->at_ns;
}

/* Whether the number came again more often here than at any other place of
 * the side: then it did so on the way. */
static bool
is_new_repeat(const struct take *t)
{
	struct flow_side *s = t->s;
	struct flow_repeat *r, *mine = NULL;
	uint32_t most = 0;
	unsigned i;

	if (s->n_sightings == 1)
		return true;
	if (s->repeats == NULL)
		s->repeats = mem_zero(FLOW_REPEATS, sizeof(*s->repeats));
	for (i = 0; i < FLOW_REPEATS; i++) {
		r = &s->repeats[i];
		if (r->times == 0 || r->number != t->number)
			continue;
		if (r->place == t->g->place)
			mine = r;
		else if (r->times > most)
			most = r->times;
	}
	if (mine == NULL) {
		mine = &s->repeats[s->next_repeat++ % FLOW_REPEATS];
		mine->number = t->number;
		mine->place = (uint32_t)t->g->place;
		mine->times = 0;
	}
	return ++mine->times > most;
}

static void
note_late(const struct take *t, const struct tracker *tr, bool reordered)
{
	struct flow_side *s = t->s;
	int64_t delay;

	if (t->seen->number.sent_ns >= 0) {
		delay = t->seen->at_ns - t->stamp_ns;
		if (delay < s->delay_min_ns)
			s->delay_min_ns = delay;
		if (delay > s->delay_max_ns)
			s->delay_max_ns = delay;
		if (delay - s->delay_min_ns <= t->f->options.late_ns)
			return;
	} else if (!reordered || tr->late_ns <= t->f->options.late_ns) {
		return;
	}
	s->late++;
	note(t, FLOW_LATE);
}

static void
take_first(struct take *t, const struct tracker *tr, bool reordered)
{
	struct flow_side *s = t->s;

	s->packets++;
	s->bytes += t->seen->wire;
	if (t->f->options.two_sided ||
	    t->seen->number.role != NUMBERING_ONE_WAY)
		samples_add(&s->samples, &t->f->in->samples, t->number,
		    t->seen->at_ns);
	note_late(t, tr, reordered);
	if (!reordered)
		return;
	s->reordered++;
	if (tr->extent > s->extent_max)
		s->extent_max = tr->extent;
	if (tr->late_ns > s->late_max_ns)
		s->late_max_ns = tr->late_ns;
	note(t, FLOW_REORDERED);
}

static void
take_again(struct take *t)
{
	struct flow_side *s = t->s;

	t->g->duplicated++;
	/* A capture on all interfaces without their names shows a broadcast
	 * as often as there are. */
	if (t->seen->frame.group &&
	    t->f->places[t->seen->place].linktype == FRAME_SLL) {
		s->copies++;
		return;
	}
	if (!is_new_repeat(t))
		return;
	s->packets++;
	s->bytes += t->seen->wire;
	s->duplicated++;
	note(t, FLOW_DUPLICATED);
}

/* --- TCP --- */

static bool
is_second_copy(struct flow_side *s, const struct flow_seen *seen)
{
	uint32_t number = (uint32_t)seen->number.value;
	unsigned i;

	for (i = 0; i < 4 && seen->frame.has_id; i++)
		if (s->seen_numbers[i] == number &&
		    s->seen_ids[i] == seen->frame.id)
			return true;
	i = s->next_seen++ % 4;
	s->seen_numbers[i] = number;
	s->seen_ids[i] = seen->frame.id;
	return false;
}

/* A new one at the end. Of too many the shortest makes room: longer ones are
 * what people ask for. */
static struct flow_stall *
add_stall(struct flow_side *s)
{
	size_t i, best = 0;

	if (s->n_stalls < FLOWS_STALLS)
		return MEM_PUSH(s->stalls, s->n_stalls, s->cap_stalls);
	for (i = 1; i < s->n_stalls; i++)
		if (s->stalls[i].to_ns - s->stalls[i].from_ns <
		    s->stalls[best].to_ns - s->stalls[best].from_ns)
			best = i;
	memmove(s->stalls + best, s->stalls + best + 1,
	    (s->n_stalls - best - 1) * sizeof(*s->stalls));
	memset(&s->stalls[s->n_stalls - 1], 0, sizeof(*s->stalls));
	return &s->stalls[s->n_stalls - 1];
}

static void
take_retransmission(struct take *t, int64_t last_new_at)
{
	struct flow_side *s = t->s;
	struct flow_stall *stall;

	s->packets++;
	s->bytes += t->seen->wire;
	s->retransmitted++;
	if (!s->stalled) {
		stall = add_stall(s);
		stall->first = t->number;
		stall->from_ns = last_new_at;
		s->stalled = true;
	}
	stall = &s->stalls[s->n_stalls - 1];
	stall->to_ns = t->seen->at_ns;
	stall->count++;
}

static void
take_tcp(struct take *t, enum tracker_verdict place, enum tracker_verdict v,
    int64_t last_new_at)
{
	struct flow_side *s = t->s;

	if (place == TRACKER_DUPLICATE) {
		t->g->duplicated++;
		if (!is_new_repeat(t))
			return;
		if (is_second_copy(s, t->seen)) {
			s->packets++;
			s->duplicated++;
			note(t, FLOW_DUPLICATED);
			return;
		}
		take_retransmission(t, last_new_at);
		return;
	}
	if (v == TRACKER_DUPLICATE) /* another place had it first */
		return;
	if (v == TRACKER_OLD || v == TRACKER_RESTART) {
		s->old++;
		return;
	}
	is_second_copy(s, t->seen); /* remembers it */
	if (v == TRACKER_REORDERED && s->all->late_ns > FLOWS_REORDER_NS) {
		take_retransmission(t, last_new_at);
		return;
	}
	if (v == TRACKER_NEW)
		s->stalled = false;
	take_first(t, s->all, v == TRACKER_REORDERED);
}

/* --- any packet --- */

/* What carries no number: its time alone counts. */
static void
take_unnumbered(struct take *t)
{
	/* Only one place tells how many there were. */
	if (t->s->sightings != t->g)
		return;
	t->s->packets++;
	t->s->bytes += t->seen->wire;
}

static bool
carries_number(const struct take *t)
{
	const struct number *n = &t->seen->number;
	const struct tracker *tr = &t->g->tracker;

	if (n->kind == NUMBERING_NONE || t->s->uncounted)
		return false;
	if (n->kind != NUMBERING_TCP)
		return true;
	/* An acknowledgement alone, and one that keeps alive. */
	return n->count > 0 &&
	    !(n->count == 1 && !n->syn && tr->any && t->number + 1 == tr->next);
}

static bool
began_anew(const struct take *t)
{
	const struct tracker *tr = &t->g->tracker;
	const struct number *n = &t->seen->number;

	if (!tr->any)
		return false;
	if (n->kind == NUMBERING_TCP)
		return n->syn && t->number != tr->base;
	return n->kind == NUMBERING_ECHO && t->number + 1 < tr->next &&
	    t->seen->at_ns - tr->last_at > ANEW_NS;
}

/* IP ids that jump are drawn, or are shared with others. */
static void
judge_ids(struct flow_side *s, const struct tracker *tr)
{
	if (tr->arrivals % JUDGE_IDS == 0 && s->counted_up < tr->arrivals / 2)
		s->uncounted = true;
}

static void
note_silence(struct flow_side *s, int64_t at_ns)
{
	if (s->first_at < 0) {
		s->first_at = s->last_at = at_ns;
		return;
	}
	if (at_ns - s->last_at > s->silence_ns) {
		s->silence_ns = at_ns - s->last_at;
		s->silence_at = s->last_at;
	}
	if (at_ns > s->last_at)
		s->last_at = at_ns;
}

static void
take_numbered(struct take *t, enum tracker_verdict place,
    enum tracker_verdict v, int64_t last_new_at)
{
	if (t->g->flow->kind == NUMBERING_TCP)
		take_tcp(t, place, v, last_new_at);
	else if (place == TRACKER_DUPLICATE)
		take_again(t);
	else if (place == TRACKER_OLD || v == TRACKER_OLD)
		t->s->old++;
	else if (v != TRACKER_DUPLICATE && v != TRACKER_RESTART)
		take_first(t, t->s->all, v == TRACKER_REORDERED);
}

bool
flow_take(struct flows *f, struct flow_sighting *g,
    const struct flow_seen *seen)
{
	struct flow_side *s = &g->flow->side[f->places[g->place].side];
	const struct number *n = &seen->number;
	struct take t = { f, g, s, seen, 0, seen->at_ns };
	enum tracker_verdict place, v;
	uint64_t next = s->all->next;
	int64_t last_new_at = s->all->last_ns;

	/* One clock: a place's numbers count on where the side's do. */
	t.number = tracker_unwrap(s->all->any ? s->all : &g->tracker, n->value,
	    n->bits, seen->at_ns);
	if (n->sent_ns >= 0)
		t.stamp_ns = n->sent_ns;
	if (began_anew(&t))
		return false;
	if (!carries_number(&t)) {
		g->packets++;
		g->bytes += seen->wire;
		note_silence(s, seen->at_ns);
		take_unnumbered(&t);
		return true;
	}
	place = tracker_add(&g->tracker, t.number, n->count, t.stamp_ns,
	    seen->at_ns);
	if (place == TRACKER_RESTART)
		return false;
	g->packets++;
	g->bytes += seen->wire;
	note_silence(s, seen->at_ns);
	v = place;
	if (s->all != &g->tracker)
		v = tracker_add(s->all, t.number, n->count, t.stamp_ns,
		    seen->at_ns);
	if (n->kind == NUMBERING_IPID) {
		s->counted_up += v == TRACKER_NEW && t.number == next;
		judge_ids(s, s->all);
	}
	take_numbered(&t, place, v, last_new_at);
	return true;
}
