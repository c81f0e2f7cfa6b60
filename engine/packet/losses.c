/* SPDX-License-Identifier: BSD-2-Clause */
#include "packet/losses.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void
losses_fini(struct losses *l)
{
	free(l->gaps);
	memset(l, 0, sizeof(*l));
}

static void
add_gap(struct losses *l, uint64_t first, uint64_t count, uint64_t unsent,
    int64_t from_ns, int64_t to_ns)
{
	struct loss_gap *g = MEM_PUSH(l->gaps, l->n_gaps, l->cap_gaps);

	g->first = first;
	g->count = count;
	g->unsent = unsent;
	g->from_ns = from_ns;
	/* Stamps of a clock that was set back. */
	g->to_ns = to_ns > from_ns ? to_ns : from_ns;
	l->unsent += unsent;
	l->lost += count - unsent;
	if (g->to_ns - from_ns > l->longest_ns) {
		l->longest_ns = g->to_ns - from_ns;
		l->longest_at_ns = from_ns;
	}
}

static void
take_settled(struct losses *l, const struct tracker *t)
{
	if (t->settled == 0)
		return;
	l->settled = true;
	if (t->longest.to_ns - t->longest.from_ns > l->longest_ns) {
		l->longest_ns = t->longest.to_ns - t->longest.from_ns;
		l->longest_at_ns = t->longest.from_ns;
	}
}

/* What was sent again, and when. */
static void
tcp_alone(const struct flow_side *s, struct losses *out)
{
	uint64_t kept = 0;
	size_t i;

	for (i = 0; i < s->n_stalls; i++) {
		add_gap(out, s->stalls[i].first, s->stalls[i].count, 0,
		    s->stalls[i].from_ns, s->stalls[i].to_ns);
		kept += s->stalls[i].count;
	}
	out->settled = s->retransmitted > kept;
	out->lost = s->retransmitted;
	out->sent = s->packets;
	out->delivered = s->packets > out->lost ? s->packets - out->lost : 0;
}

void
losses_alone(const struct flow_side *s, enum numbering_kind kind,
    struct losses *out)
{
	const struct tracker *t = s->all;
	struct hole_place p = { 0, 0 };
	const struct hole *h;

	memset(out, 0, sizeof(*out));
	if (t == NULL)
		return;
	if (kind == NUMBERING_TCP) {
		tcp_alone(s, out);
		return;
	}
	if (!t->any) {
		out->sent = out->delivered = s->packets;
		return;
	}
	for (; (h = holes_get(&t->holes, &p)) != NULL; p.at++)
		add_gap(out, h->first, h->end - h->first, 0, h->from_ns,
		    h->to_ns);
	take_settled(out, t);
	out->lost += t->settled_numbers;
	out->sent = t->next - t->base;
	out->delivered = out->sent - out->lost;
	out->period_ns = tracker_period(t);
}

/* --- two places --- */

struct between {
	const struct tracker *sent, *got;
	uint64_t shift;
	int64_t delay_ns;
	struct hole_place hole; /* of sent, the first that may matter */
	struct losses *out;
};

/* How many of [a, b) the sender did not send. */
static uint64_t
unsent_in(struct between *b, uint64_t from, uint64_t until)
{
	const struct hole *h;
	uint64_t sum = 0, low, high;
	struct hole_place p;

	while ((h = holes_get(&b->sent->holes, &b->hole)) != NULL &&
	    h->end <= from)
		b->hole.at++;
	p = b->hole;
	for (; (h = holes_get(&b->sent->holes, &p)) != NULL; p.at++) {
		if (h->first >= until)
			break;
		low = h->first > from ? h->first : from;
		high = h->end < until ? h->end : until;
		sum += high > low ? high - low : 0;
	}
	return sum;
}

/* [from, until) are numbers of the sender. */
static void
missing(struct between *b, uint64_t from, uint64_t until, int64_t from_ns,
    int64_t to_ns)
{
	const struct tracker *s = b->sent;
	uint64_t unsent;

	if (from < s->base)
		from = s->base;
	if (until > s->next)
		until = s->next;
	if (from >= until)
		return;
	unsent = unsent_in(b, from, until);
	add_gap(b->out, from, until - from, unsent, from_ns, to_ns);
}

static void
nothing_came(struct between *b)
{
	const struct tracker *s = b->sent;

	missing(b, s->base, s->next, s->first_ns + b->delay_ns,
	    s->last_ns + b->delay_ns);
	b->out->before = b->out->lost;
}

static void
holes_between(struct between *b)
{
	const struct tracker *s = b->sent, *g = b->got;
	const struct hole *h;
	uint64_t first = g->base - b->shift, end = g->next - b->shift, lost;
	struct hole_place p = { 0, 0 };

	missing(b, s->base, first, s->first_ns + b->delay_ns, g->first_ns);
	b->out->before = b->out->lost;
	for (; (h = holes_get(&g->holes, &p)) != NULL; p.at++)
		if (h->first == h->end)
			add_gap(b->out, h->first - b->shift, 0, 0, h->from_ns,
			    h->to_ns);
		else
			missing(b, h->first - b->shift, h->end - b->shift,
			    h->from_ns, h->to_ns);
	lost = b->out->lost;
	missing(b, end, s->next, g->last_ns, s->last_ns + b->delay_ns);
	b->out->behind = b->out->lost - lost;
}

void
losses_between(const struct tracker *sent, const struct tracker *got,
    uint64_t shift, int64_t delay_ns, struct losses *out)
{
	struct between b = { sent, got, shift, delay_ns, { 0, 0 }, out };
	uint64_t seen = 0;

	memset(out, 0, sizeof(*out));
	if (sent == NULL || !sent->any)
		return;
	if (got == NULL || !got->any) {
		nothing_came(&b);
	} else {
		holes_between(&b);
		take_settled(out, got);
		/* What is not sent cannot come: the difference is lost. */
		if (got->settled_numbers > sent->settled_numbers)
			out->lost +=
			    got->settled_numbers - sent->settled_numbers;
		seen = got->next - got->base - tracker_missing(got);
	}
	out->sent = sent->next - sent->base - tracker_missing(sent);
	out->delivered = out->sent > out->lost ? out->sent - out->lost : 0;
	out->unseen = seen > out->delivered ? seen - out->delivered : 0;
	out->period_ns = tracker_period(sent);
}

uint64_t
losses_shift(const struct tracker *sent, const struct tracker *got,
    unsigned bits, int64_t delay_ns)
{
	uint64_t turn, shift;
	int64_t period, began, expected;

	if (bits >= 64 || sent == NULL || got == NULL || !sent->any ||
	    !got->any)
		return 0;
	turn = UINT64_C(1) << bits;
	period = tracker_period(sent);
	if (period == 0)
		period = tracker_period(got);
	/* The number that was sent when the first was received. */
	began = got->first_at - delay_ns - sent->first_at;
	expected = period == 0 ? 0 : began / period;
	/* base of got is turn + its value: which turn of sent is that? */
	shift = got->base - (sent->base + (uint64_t)expected);
	/* To the nearest multiple of a turn, downwards as well. */
	shift += turn / 2;
	return shift & ~(turn - 1);
}
