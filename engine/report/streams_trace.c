/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/streams_trace.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

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
	if (l->longest_ns > 0) {
		p->longest_gap_ns = l->longest_ns;
		p->longest_gap_at_ns =
		    stream_time(s, l->longest_at_ns) - origin_ns;
	}
}

/* Numbers that wrap count on from one turn up; people begin below. */
static uint64_t
shown_number(const struct stream *s, uint64_t number)
{
	unsigned bits = s->flow->side[0].samples.bits;

	if (bits >= 64 || number < UINT64_C(1) << bits)
		return number;
	return number - (UINT64_C(1) << bits);
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
		g->first_seq = shown_number(s, from->first);
		g->count = from->count;
		g->send_errors = from->unsent;
		g->from_ns = stream_time(s, from->from_ns) - origin_ns;
		g->to_ns = stream_time(s, from->to_ns) - origin_ns;
		g->why = mem_str("");
		g->state = g->record = TRACE_NONE;
	}
}

void
streams_trace(const struct streams *s, int64_t origin_ns, struct trace *t)
{
	size_t i;

	for (i = 0; i < s->whole; i++) {
		add_probe(&s->list[i], origin_ns, t);
		add_gaps(&s->list[i], origin_ns, t);
	}
}
