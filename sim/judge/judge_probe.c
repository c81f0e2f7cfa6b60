/* SPDX-License-Identifier: BSD-2-Clause */
/* Claims about a probe's numbers. */
#include <inttypes.h>
#include <string.h>

#include "sim/judge/judge_parts.h"

/* Sums the trace's own rows: all that a run without a probing stage has. */
static bool
from_trace(const struct trace *t, const char *name, struct judge_probe *out)
{
	const struct trace_probe *p;
	bool found = false;
	size_t i;

	memset(out, 0, sizeof(*out));
	for (i = 0; i < t->n_probes; i++) {
		p = &t->probes[i];
		if (strcmp(p->name, name) != 0)
			continue;
		found = true;
		out->sent += p->sent;
		out->lost += p->lost + p->send_errors;
		out->refused += p->send_errors;
		out->duplicated += p->duplicated;
		out->reordered += p->reordered;
		if (p->longest_gap_ns > out->longest_gap_ns) {
			out->longest_gap_ns = p->longest_gap_ns;
			out->longest_gap_at_ns = p->longest_gap_at_ns;
		}
	}
	return found;
}

static int64_t
metric_of(const struct judge_probe *n, enum scn_metric metric)
{
	switch (metric) {
	case SCN_LOST:
		return (int64_t)n->lost;
	case SCN_REFUSED:
		return (int64_t)n->refused;
	case SCN_GAP:
		return n->longest_gap_ns;
	case SCN_DUPLICATED:
		return (int64_t)n->duplicated;
	case SCN_REORDERED:
		return (int64_t)n->reordered;
	case SCN_SENT:
		return (int64_t)n->sent;
	}
	return 0;
}

static const char *
metric_word(enum scn_metric metric)
{
	switch (metric) {
	case SCN_LOST:
		return "lost";
	case SCN_REFUSED:
		return "refused";
	case SCN_GAP:
		return "gap";
	case SCN_DUPLICATED:
		return "duplicated";
	case SCN_REORDERED:
		return "reordered";
	case SCN_SENT:
		return "sent";
	}
	return "metric";
}

static void
add_metric(struct strbuf *out, enum scn_metric metric, int64_t value)
{
	if (metric == SCN_GAP)
		judge_add_dur(out, value);
	else
		strbuf_addf(out, "%" PRId64, value);
}

/* Every number once, and what was allowed where it is broken: of a range, the
 * end that is. */
static bool
judge_bounds(const struct scn_expect *e, const struct judge_probe *n,
    struct strbuf *out)
{
	const struct scn_bound *b, *end = e->bounds + e->n_bounds;
	const char *between = "";
	bool good = true, broken;
	int64_t value;

	for (b = e->bounds; b < end; b++) {
		value = metric_of(n, b->metric);
		broken = !judge_compare(value, b->cmp, b->value);
		if (!broken && b + 1 < end && b[1].metric == b->metric)
			continue;
		strbuf_addf(out, "%s%s ", between, metric_word(b->metric));
		add_metric(out, b->metric, value);
		between = "; ";
		if (!broken)
			continue;
		good = false;
		strbuf_addf(out, ", allowed %s ", judge_cmp_word(b->cmp));
		add_metric(out, b->metric, b->value);
		while (b + 1 < end && b[1].metric == b->metric)
			b++;
	}
	return good;
}

static bool
asks_for_sent(const struct scn_expect *e)
{
	size_t i;

	for (i = 0; i < e->n_bounds; i++)
		if (e->bounds[i].metric == SCN_SENT)
			return true;
	return false;
}

void
judge_probe_numbers(const struct judge *j, const struct scn_expect *e,
    const struct judge_window *w, struct judge_result *r)
{
	struct judge_probe n = { 0 };
	bool known;

	r->moot = true;
	if (j->probe != NULL) {
		known = j->probe(j->ctx, e->probe, w->from_ns, w->until_ns, &n);
	} else if (w->whole) {
		known = from_trace(j->t, e->probe, &n);
	} else {
		strbuf_adds(&r->happened,
		    "this run has no probe numbers between marks");
		return;
	}
	if (!known) {
		strbuf_addf(&r->happened, "no probe %s was sent", e->probe);
		return;
	}
	/* Nothing sent is nothing lost, and proves nothing. */
	if (n.sent + n.refused == 0 && !asks_for_sent(e)) {
		strbuf_addf(&r->happened, "probe %s sent nothing", e->probe);
		if (!w->whole)
			strbuf_adds(&r->happened, " between the marks");
		return;
	}
	r->moot = false;
	r->holds = judge_bounds(e, &n, &r->happened);
	strbuf_addf(&r->happened, "; %" PRIu64 " sent", n.sent);
	if (n.longest_gap_ns == 0)
		return;
	r->at_ns = n.longest_gap_at_ns;
	strbuf_adds(&r->happened, "; longest gap ");
	judge_add_dur(&r->happened, n.longest_gap_ns);
	strbuf_adds(&r->happened, " at ");
	judge_add_time(&r->happened, n.longest_gap_at_ns);
}
