/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/outage.h"

#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "event/devline.h"

int64_t
outage_since(int64_t a, int64_t b)
{
	if (b < 0 && a > INT64_MAX + b)
		return INT64_MAX;
	if (b > 0 && a < b - INT64_MAX)
		return -INT64_MAX;
	return a - b;
}

static const struct trace_probe *
probe_of(const struct trace *t, const struct trace_gap *g)
{
	return g->probe >= 0 && (size_t)g->probe < t->n_probes
	    ? &t->probes[g->probe]
	    : NULL;
}

int64_t
outage_begin(const struct trace *t, const struct trace_gap *g)
{
	const struct trace_probe *p = probe_of(t, g);
	int64_t period = p == NULL || g->first_seq == 0 ? 0 : p->period_ns;

	if (period < 0 || period > outage_since(g->to_ns, g->from_ns))
		return g->from_ns;
	return g->from_ns + period;
}

bool
outage_is_open(const struct trace *t, const struct trace_gap *g)
{
	const struct trace_probe *p = probe_of(t, g);

	return p != NULL && g->count > 0 &&
	    g->first_seq + g->count >= p->sent + p->send_errors;
}

void
outage_stream(const struct trace *t, const struct trace_gap *g,
    struct strbuf *out)
{
	const struct trace_probe *p = probe_of(t, g);

	if (p == NULL)
		strbuf_adds(out, "a stream");
	else if (strcmp(p->way, "echo") == 0)
		strbuf_adds(out, p->name);
	else
		strbuf_addf(out, "%s %s", p->name, p->way);
}

void
outage_record(const struct trace_record *r, struct strbuf *out)
{
	struct devline line = { 0 };

	devline_parse(&line, r->raw, r->raw_bytes);
	if (line.kind == DEVLINE_NOTIFY)
		strbuf_addf(out, "%s %s %s", devline_system(&line),
		    devline_subsystem(&line), devline_type(&line));
	else if (line.kind == DEVLINE_NOMATCH)
		strbuf_adds(out, r->raw); /* nobody has a name for it */
	else
		strbuf_addf(out, "%.*s", (int)strcspn(r->raw, " "), r->raw);
	devline_fini(&line);
}

bool
outage_cause(const struct trace *t, const struct trace_gap *g,
    struct strbuf *out)
{
	bool has_state = g->state >= 0 && (size_t)g->state < t->n_states;
	bool has_record = g->record >= 0 && (size_t)g->record < t->n_records;
	const struct trace_state *s;
	char text[DUR_TEXT];
	int64_t before;

	if (has_state) {
		s = &t->states[g->state];
		before = outage_since(outage_begin(t, g), s->at_ns);
		strbuf_addf(out, "%s after %s %s %s",
		    dur_format(before / DUR_US * DUR_US, text), s->object,
		    s->field, s->value[0] == '\0' ? "(none)" : s->value);
	}
	if (has_record) {
		strbuf_adds(out, has_state ? "; record " : "record ");
		outage_record(&t->records[g->record], out);
	}
	return has_state || has_record;
}

/* The last stimulus at or before at_ns, counted from 1; 0: the bring-up. */
size_t
outage_response_number(const struct trace *t, int64_t at_ns)
{
	size_t low = 0, high = t->n_stimuli + 1, mid;

	while (high - low > 1) {
		mid = low + (high - low) / 2;
		if (t->stimuli[mid - 1].at_ns <= at_ns)
			low = mid;
		else
			high = mid;
	}
	return low;
}

static void
add_gaps(const struct trace *t, struct response *list)
{
	const struct trace_gap *g;
	struct response *r;
	int64_t gap_ns;
	size_t i;

	for (i = 0; i < t->n_gaps; i++) {
		g = &t->gaps[i];
		r = &list[outage_response_number(t, outage_begin(t, g))];
		r->missing += g->count;
		gap_ns = outage_since(g->to_ns, g->from_ns);
		if (gap_ns > r->longest_gap_ns)
			r->longest_gap_ns = gap_ns;
	}
}

static void
add_active(const struct trace *t, struct response *list)
{
	const struct trace_state *s;
	struct response *r;
	size_t i;

	for (i = 0; i < t->n_states; i++) {
		s = &t->states[i];
		if (strcmp(s->field, "active") != 0)
			continue;
		r = &list[outage_response_number(t, s->at_ns)];
		r->active = s->value;
		r->after_ns = outage_since(s->at_ns, r->at_ns);
	}
}

struct response *
outage_responses(const struct trace *t, size_t *count)
{
	struct response *list = mem_zero(t->n_stimuli + 1, sizeof(*list));
	size_t i;

	list[0].what = "bring-up";
	list[0].at_ns = t->run.start_ns;
	for (i = 0; i < t->n_stimuli; i++) {
		list[i + 1].what = t->stimuli[i].text;
		list[i + 1].at_ns = t->stimuli[i].at_ns;
	}
	*count = t->n_stimuli + 1;
	add_gaps(t, list);
	add_active(t, list);
	return list;
}
