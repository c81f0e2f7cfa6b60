/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/packets/proberows.h"

#include <string.h>

#include "base/mem.h"

/* The newest state change and record at the moment of the first packet that
 * is missing: what a person looks for first. */
static void
explain(const struct trace *t, struct trace_gap *g, int64_t at_ns)
{
	size_t low, high, middle;

	/* Both tables are in the order of time: by halves, since a long run
	 * has as many gaps as rows. */
	for (low = 0, high = t->n_states; low < high;) {
		middle = low + (high - low) / 2;
		if (t->states[middle].at_ns <= at_ns)
			low = middle + 1;
		else
			high = middle;
	}
	while (low > 0 && strcmp(t->states[low - 1].object, "sysctl") == 0)
		low--;
	g->state = low > 0 ? (int32_t)(low - 1) : TRACE_NONE;
	for (low = 0, high = t->n_records; low < high;) {
		middle = low + (high - low) / 2;
		if (t->records[middle].emit_ns < g->from_ns)
			low = middle + 1;
		else
			high = middle;
	}
	g->record = TRACE_NONE;
	if (low < t->n_records && t->records[low].emit_ns <= g->to_ns)
		g->record = (int32_t)low;
}

static void
add_gaps(const struct proberows *p, const struct continuity *c, struct trace *t)
{
	struct trace_gap *g;
	size_t i;

	for (i = 0; i < c->n_gaps; i++) {
		g = MEM_PUSH(t->gaps, t->n_gaps, t->cap_gaps);
		g->probe = (int32_t)(t->n_probes - 1);
		g->first_seq = c->gaps[i].first_seq;
		g->count = c->gaps[i].missing;
		g->send_errors = c->gaps[i].refused;
		g->from_ns = c->gaps[i].from_ns;
		g->to_ns = c->gaps[i].to_ns;
		g->why = p->why(p->ctx, &c->gaps[i]);
		explain(t, g, g->from_ns + p->period_ns);
	}
}

struct trace_probe *
proberows_add(const struct proberows *p, const struct continuity *c,
    struct trace *t)
{
	const struct continuity_gap *longest = continuity_longest(c);
	struct trace_probe *row =
	    MEM_PUSH(t->probes, t->n_probes, t->cap_probes);

	row->name = mem_str(p->name);
	row->way = mem_str(p->way);
	row->period_ns = p->period_ns;
	if (c->any) {
		row->first_ns = c->first_ns;
		row->last_ns = c->newest_ns;
	}
	row->sent = c->sent - c->refused;
	row->delivered = c->delivered;
	row->lost = c->lost;
	row->send_errors = c->refused;
	if (longest != NULL) {
		row->longest_gap_ns = longest->to_ns - longest->from_ns;
		row->longest_gap_at_ns = longest->from_ns;
	}
	add_gaps(p, c, t);
	return row;
}

void
proberows_judge(const struct continuity *c, struct judge_probe *out)
{
	const struct continuity_gap *g = continuity_longest(c);

	out->sent += c->sent - c->refused;
	out->lost += c->lost + c->refused;
	out->refused += c->refused;
	if (g != NULL && g->to_ns - g->from_ns > out->longest_gap_ns) {
		out->longest_gap_ns = g->to_ns - g->from_ns;
		out->longest_gap_at_ns = g->from_ns;
	}
}
