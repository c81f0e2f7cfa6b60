/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/streams_trace.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "report/outage.h"

/* When the first and the last of them were sent, as its stamps tell. */
static void
set_span(const struct stream *s, int64_t origin_ns, struct trace_probe *p)
{
	const struct tracker *t = s->flow->side[s->from].all;

	if (t == NULL || !t->any)
		t = s->flow->side[s->to].all;
	if (t == NULL || !t->any)
		return;
	p->first_ns = outage_since(stream_time(s, t->first_ns), origin_ns);
	p->last_ns = outage_since(stream_time(s, t->last_ns), origin_ns);
}

static void
add_probe(const struct stream *s, int64_t origin_ns, struct trace *t)
{
	struct trace_probe *p = MEM_PUSH(t->probes, t->n_probes, t->cap_probes);
	const struct losses *l = &s->losses;

	p->name = mem_str(s->name);
	p->way = mem_str(s->way);
	p->period_ns = l->period_ns;
	p->sent = l->sent;
	p->delivered = l->delivered;
	p->lost = l->lost;
	p->send_errors = l->unsent;
	p->duplicated = s->duplicated;
	p->reordered = s->reordered;
	p->late = s->late;
	set_span(s, origin_ns, p);
	if (l->longest_ns > 0) {
		p->longest_gap_ns = l->longest_ns;
		p->longest_gap_at_ns =
		    outage_since(stream_time(s, l->longest_at_ns), origin_ns);
	}
}

static void
add_gaps(const struct stream *s, int64_t origin_ns, struct trace *t)
{
	const struct loss_gap *from;
	struct trace_gap *g;
	size_t i;

	for (i = 0; i < s->losses.n_gaps; i++) {
		from = &s->losses.gaps[i];
		g = MEM_PUSH(t->gaps, t->n_gaps, t->cap_gaps);
		g->probe = (int32_t)(t->n_probes - 1);
		/* TCP's numbers are bytes, and count no packets. */
		g->first_seq = s->flow->kind == NUMBERING_TCP
		    ? 0
		    : from->first - stream_base(s);
		g->count = from->count;
		g->send_errors = from->unsent;
		g->from_ns =
		    outage_since(stream_time(s, from->from_ns), origin_ns);
		g->to_ns = outage_since(stream_time(s, from->to_ns), origin_ns);
		g->why = mem_str("");
		g->state = g->record = TRACE_NONE;
	}
}

static const char *
oddity_word(enum flow_oddity_kind kind)
{
	switch (kind) {
	case FLOW_DUPLICATED:
		return "duplicated";
	case FLOW_REORDERED:
		return "reordered";
	case FLOW_LATE:
		return "late";
	}
	return "late";
}

/* Packets are counted from the first that the sender's side saw. */
static uint64_t
oddity_number(const struct stream *s, const struct flow_oddity *o)
{
	uint64_t base = stream_base(s) + s->shift;

	return o->number > base ? o->number - base : 0;
}

/* To the stream that counts the flow's packets of that side, if one does. */
static void
add_oddities(const struct streams *s, int64_t origin_ns, struct trace *t)
{
	const struct flows *f = s->flows;
	int32_t *probes[2];
	const struct flow_oddity *o;
	const struct flow *w;
	const struct stream *st;
	size_t i;
	int32_t probe;

	probes[0] = mem_zero(f->n_flows + 1, sizeof(int32_t));
	probes[1] = mem_zero(f->n_flows + 1, sizeof(int32_t));
	for (i = 0; i < s->whole; i++) {
		st = &s->list[i];
		w = st->answers != NULL ? st->answers : st->flow;
		probes[st->to][w->index] = (int32_t)i + 1;
	}
	for (i = 0; i < f->n_oddities; i++) {
		o = &f->oddities[i];
		probe = probes[o->side][o->flow] - 1;
		if (probe < 0)
			continue;
		trace_add_oddity(t, probe,
		    o->at_ns - origin_ns -
			(o->side == 1 && s->offset_known ? s->offset_ns : 0),
		    oddity_number(&s->list[probe], o), oddity_word(o->kind));
	}
	free(probes[0]);
	free(probes[1]);
}

void
streams_trace(const struct streams *s, int64_t origin_ns, struct trace *t)
{
	size_t i;

	for (i = 0; i < s->whole; i++) {
		add_probe(&s->list[i], origin_ns, t);
		add_gaps(&s->list[i], origin_ns, t);
	}
	add_oddities(s, origin_ns, t);
}
