/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/streams.h"

#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "packet/probehdr.h"
#include "report/outage.h"

/* A sender's clock that is nearer than this is the capture's own. */
#define SAME_CLOCK DUR_SEC

/* --- two sides: which way, and whose clock --- */

struct course { /* a flow between two hosts */
	uint8_t hosts[2][16];
	bool back; /* from the second host to the first */
	bool both; /* seen on both sides */
	struct flow *flow;
	struct sample_delays seems; /* side 1 minus side 0 */
};

static int
by_hosts(const void *a, const void *b)
{
	const struct course *x = a, *y = b;
	int c = memcmp(x->hosts, y->hosts, sizeof(x->hosts));

	if (c != 0)
		return c;
	return x->flow->index < y->flow->index ? -1 : 1;
}

static uint64_t
shift_of(const struct flow *w, unsigned from, unsigned to, int64_t delay_ns)
{
	const struct tracker *a = w->side[from].all, *b = w->side[to].all;

	return losses_shift(a, b, w->side[0].samples.bits, delay_ns);
}

static void
set_course(struct course *c, struct flow *w)
{
	c->back = memcmp(w->src.bytes, w->dst.bytes, 16) > 0;
	memcpy(c->hosts[c->back], w->src.bytes, 16);
	memcpy(c->hosts[!c->back], w->dst.bytes, 16);
	c->flow = w;
	c->both = w->side[0].packets > 0 && w->side[1].packets > 0;
	if (c->both)
		samples_compare(&w->side[0].samples, &w->side[1].samples,
		    shift_of(w, 0, 1, 0), &c->seems);
}

/* What is known of the flows between two hosts. */
struct hosts {
	bool both;
	bool there, back; /* compared in that direction */
	int64_t there_ns, back_ns;
};

static void
look_at_hosts(const struct course *list, size_t count, struct hosts *h)
{
	size_t i;

	memset(h, 0, sizeof(*h));
	for (i = 0; i < count; i++) {
		h->both = h->both || list[i].both;
		if (list[i].seems.count == 0)
			continue;
		if (list[i].back) {
			if (!h->back || list[i].seems.median_ns < h->back_ns)
				h->back_ns = list[i].seems.median_ns;
			h->back = true;
		} else {
			if (!h->there || list[i].seems.median_ns < h->there_ns)
				h->there_ns = list[i].seems.median_ns;
			h->there = true;
		}
	}
}

/* Whether it goes from side 0 to side 1. */
static bool
goes_over(const struct course *c, const struct hosts *h)
{
	const struct flow *w = c->flow;

	if (h->there && h->back && h->there_ns != h->back_ns)
		return (h->there_ns > h->back_ns) != c->back;
	/* No more comes than was sent; and clocks may be right. */
	if (w->side[0].packets != w->side[1].packets)
		return w->side[0].packets > w->side[1].packets;
	return c->seems.median_ns >= 0;
}

struct clocks { /* the least that each way seems to take */
	bool over, back;
	int64_t over_ns, back_ns; /* side 1 minus side 0, and the reverse */
};

static void
note_clock(struct clocks *k, const struct course *c, bool over)
{
	if (c->seems.count == 0)
		return;
	if (over) {
		if (!k->over || c->seems.min_ns < k->over_ns)
			k->over_ns = c->seems.min_ns;
		k->over = true;
	} else {
		if (!k->back || -c->seems.max_ns < k->back_ns)
			k->back_ns = -c->seems.max_ns;
		k->back = true;
	}
}

static void
set_clocks(struct streams *s, const struct clocks *k)
{
	s->offset_known = k->over || k->back;
	s->both_ways = k->over && k->back;
	if (s->both_ways) {
		s->offset_ns = (k->over_ns - k->back_ns) / 2;
		s->uncertain_ns = (k->over_ns + k->back_ns) / 2;
		if (s->uncertain_ns < 0)
			s->uncertain_ns = -s->uncertain_ns;
	} else if (k->over) {
		s->offset_ns = k->over_ns;
	} else if (k->back) {
		s->offset_ns = -k->back_ns;
	}
}

/* Sets the sides of the stream of each flow; by_flow has one for each. */
static void
find_ways(struct streams *s, struct flows *f, struct stream *by_flow)
{
	struct course *list = mem_zero(f->n_flows + 1, sizeof(*list));
	struct clocks clocks = { 0 };
	struct stream *st;
	struct hosts h;
	size_t i, k, end;
	bool over;

	for (i = 0; i < f->n_flows; i++)
		set_course(&list[i], f->list[i]);
	qsort(list, f->n_flows, sizeof(*list), by_hosts);
	for (i = 0; i < f->n_flows; i = end) {
		for (end = i + 1; end < f->n_flows &&
		     memcmp(list[i].hosts, list[end].hosts,
			 sizeof(list[i].hosts)) == 0;)
			end++;
		look_at_hosts(list + i, end - i, &h);
		for (k = i; k < end; k++) {
			over = goes_over(&list[k], &h);
			st = &by_flow[list[k].flow->index];
			st->from = over ? 0 : 1;
			st->to = over ? 1 : 0;
			st->one_side =
			    !h.both && list[k].flow->kind != NUMBERING_PROBE;
			note_clock(&clocks, &list[k], over);
		}
	}
	set_clocks(s, &clocks);
	free(list);
}

/* --- one stream --- */

static const char *
one_sided_way(const struct flows *f, const struct flow *w)
{
	const struct flow *back;

	if (w->kind == NUMBERING_PROBE && w->ports)
		return w->src_port == PROBE_UDP_PORT ? "in" : "out";
	if (w->role == NUMBERING_REPLY)
		return "in";
	/* Who speaks first calls. */
	back = flows_reverse(f, w);
	return back != NULL && back->index < w->index ? "in" : "out";
}

static void
take_counts(struct stream *st, const struct flow_side *s)
{
	st->packets = s->packets;
	st->duplicated = s->duplicated;
	st->reordered = s->reordered;
	st->late = s->late;
	st->retransmitted = s->retransmitted;
	st->copies = s->copies;
	st->extent_max = s->extent_max;
	st->late_max_ns = s->late_max_ns;
	st->old = s->old;
	st->silence_ns = s->silence_ns;
	st->silence_at_ns = s->silence_at;
	if (s->delay_max_ns >= s->delay_min_ns)
		st->spread_ns = s->delay_max_ns - s->delay_min_ns;
}

static void
name_it(struct stream *st)
{
	struct strbuf name = { 0 };
	size_t cut;

	flow_name(st->flow, &name);
	/* The two are one now. */
	cut = strlen(" request");
	if (st->answers != NULL && name.bytes > cut &&
	    strcmp(name.data + name.bytes - cut, " request") == 0) {
		name.bytes -= cut;
		name.data[name.bytes] = '\0';
	}
	free(st->name);
	st->name = strbuf_take(&name);
}

/* How its stamps become times of side 0. */
static void
set_clock(const struct streams *s, struct stream *st)
{
	const struct flow_side *side = &st->flow->side[st->to];

	if (st->flow->kind == NUMBERING_PROBE) {
		side = &st->flow->side[st->flow->side[0].packets > 0 ? 0 : 1];
		if (side->delay_min_ns == INT64_MAX ||
		    (side->delay_min_ns < SAME_CLOCK &&
			side->delay_min_ns > -SAME_CLOCK))
			return;
		st->moved_ns = side->delay_min_ns;
		if (side == &st->flow->side[0])
			return;
	} else if (st->to == 0) {
		return;
	}
	if (s->offset_known)
		st->moved_ns = outage_since(st->moved_ns, s->offset_ns);
}

static void
finish(const struct streams *s, struct stream *st)
{
	struct losses *l = &st->losses;
	int64_t period = l->period_ns;

	st->numbered = numbering_word(st->flow->kind);
	if (!st->numbers)
		st->numbered = "none";
	if (st->numbers && period > 0 && l->lost + l->unsent > 0 &&
	    l->lost + l->unsent < (uint64_t)(INT64_MAX / period))
		st->convergence_ns = (int64_t)(l->lost + l->unsent) * period;
	name_it(st);
	set_clock(s, st);
}

/* What was asked on this side, and answered. */
static void
judge_echo(const struct streams *s, struct stream *st, unsigned side)
{
	struct flow_side *q = &st->flow->side[side];
	struct flow_side *a = &st->answers->side[side];
	uint64_t shift = losses_shift(q->all, a->all, q->samples.bits, 0);
	int64_t delay = 0;

	st->way = "echo";
	st->shift = shift;
	st->from = st->to = side;
	st->numbers = true;
	take_counts(st, a);
	samples_compare(&q->samples, &a->samples, shift, &st->delays);
	if (st->delays.count > 0) {
		st->delay = STREAM_ROUND_TRIP;
		delay = st->delays.min_ns;
	}
	losses_between(q->all, a->all, shift,
	    st->flow->kind == NUMBERING_PROBE ? 0 : delay, &st->losses);
	finish(s, st);
}

static void
judge_alone(const struct streams *s, struct stream *st, unsigned side)
{
	struct flow_side *seen = &st->flow->side[side];

	st->from = st->to = side;
	st->numbers = flow_is_numbered(st->flow, side);
	take_counts(st, seen);
	if (st->numbers)
		losses_alone(seen, st->flow->kind, &st->losses);
	else
		st->losses.sent = st->losses.delivered = seen->packets;
	finish(s, st);
}

static void
judge_over(const struct streams *s, struct stream *st)
{
	struct flow_side *from = &st->flow->side[st->from];
	struct flow_side *to = &st->flow->side[st->to];
	uint64_t shift;
	int64_t delay = 0;

	st->way = st->from == 0 ? "out" : "in";
	st->numbers = flow_is_numbered(st->flow, st->from);
	if (st->one_side || !st->numbers || st->flow->kind == NUMBERING_TCP) {
		judge_alone(s, st,
		    st->one_side && from->packets == 0 ? st->to : st->from);
		return;
	}
	/* Once on the nearest guess, once more on what that gave. */
	shift = shift_of(st->flow, st->from, st->to, 0);
	samples_compare(&from->samples, &to->samples, shift, &st->delays);
	if (s->offset_known) {
		delay = st->from == 0 ? s->offset_ns : -s->offset_ns;
		shift = shift_of(st->flow, st->from, st->to, delay);
		samples_compare(&from->samples, &to->samples, shift,
		    &st->delays);
	}
	if (st->delays.count > 0) {
		st->delay = STREAM_ONE_WAY;
		delay = st->delays.min_ns;
	}
	st->shift = shift;
	take_counts(st, to);
	losses_between(from->all, to->all, shift,
	    st->flow->kind == NUMBERING_PROBE ? 0 : delay, &st->losses);
	finish(s, st);
}

/* --- all of them --- */

enum part { WHOLE, LEG, TOLD };

/* Requests and answers are one stream, and in two-sided captures each way is
 * a leg of it besides. */
static enum part
part_of(const struct streams *s, const struct stream *like)
{
	const struct flow *w = like->flow;
	const struct flow *other = flows_reverse(s->flows, w);
	const struct flow *asks = w->role == NUMBERING_REPLY ? other : w;
	unsigned side = like->from;

	if (w->role == NUMBERING_ONE_WAY || other == NULL)
		return WHOLE;
	if (!s->two_sided)
		return w->role == NUMBERING_REPLY ? TOLD : WHOLE;
	/* Asked where the answers arrive. */
	if (w->role == NUMBERING_REPLY)
		side = like->to;
	return asks->side[side].packets > 0 ? LEG : WHOLE;
}

static struct stream *
push(struct streams *s, const struct stream *like)
{
	struct stream *st = MEM_PUSH(s->list, s->count, s->cap);

	*st = *like;
	return st;
}

static void
judge_whole(struct streams *s, const struct stream *like, enum part part)
{
	struct flow *w = like->flow, *other = flows_reverse(s->flows, w);
	struct stream *st;

	if (part == TOLD || (part == LEG && w->role == NUMBERING_REPLY))
		return;
	st = push(s, like);
	if (w->role == NUMBERING_REQUEST && other != NULL &&
	    (part == LEG || !s->two_sided)) {
		st->answers = other;
		judge_echo(s, st, like->from);
	} else if (s->two_sided) {
		judge_over(s, st);
	} else {
		st->way = one_sided_way(s->flows, w);
		judge_alone(s, st, 0);
	}
	s->one_side += st->one_side;
}

void
streams_judge(struct flows *f, struct streams *out)
{
	struct stream *by_flow = mem_zero(f->n_flows + 1, sizeof(*by_flow));
	size_t i;

	memset(out, 0, sizeof(*out));
	out->flows = f;
	out->two_sided = f->options.two_sided;
	for (i = 0; i < f->n_flows; i++)
		by_flow[i].flow = f->list[i];
	if (out->two_sided)
		find_ways(out, f, by_flow);
	for (i = 0; i < f->n_flows; i++)
		judge_whole(out, &by_flow[i], part_of(out, &by_flow[i]));
	out->whole = out->count;
	for (i = 0; i < f->n_flows; i++)
		if (part_of(out, &by_flow[i]) == LEG)
			judge_over(out, push(out, &by_flow[i]));
	free(by_flow);
}

void
streams_fini(struct streams *s)
{
	size_t i;

	for (i = 0; i < s->count; i++) {
		losses_fini(&s->list[i].losses);
		free(s->list[i].name);
	}
	free(s->list);
	memset(s, 0, sizeof(*s));
}

int64_t
stream_time(const struct stream *s, int64_t stamp_ns)
{
	return outage_since(stamp_ns, -s->moved_ns);
}

uint64_t
stream_base(const struct stream *s)
{
	const struct tracker *t = s->flow->side[s->from].all;

	if (t == NULL || !t->any)
		t = s->flow->side[s->to].all;
	return t == NULL ? 0 : t->base;
}

uint64_t
stream_shown(const struct stream *s, uint64_t number)
{
	unsigned bits = s->flow->side[0].samples.bits;

	return bits >= 64 ? number : number & ((UINT64_C(1) << bits) - 1);
}
