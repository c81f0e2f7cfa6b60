/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/compare.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/dur.h"

#define LABEL_WIDTH 22
#define CELL_WIDTH  44

struct table {
	const struct trace *const *traces;
	size_t n;
	bool color;
	struct strbuf *out;
};

/* Fills one cell; number is the row's own (a probe, an aggregate ...). */
typedef void cell_fn(const struct trace *t, size_t number, char *buf,
    size_t size);

static void
row(struct table *tb, const char *label, cell_fn *cell, size_t number)
{
	char buf[160];
	struct strbuf line = { 0 };
	size_t i;

	strbuf_addf(&line, "%-*.*s", LABEL_WIDTH, LABEL_WIDTH - 1, label);
	for (i = 0; i < tb->n; i++) {
		buf[0] = '\0';
		cell(tb->traces[i], number, buf, sizeof(buf));
		strbuf_addf(&line, " %-*s", CELL_WIDTH, buf);
	}
	while (line.bytes > 0 && line.data[line.bytes - 1] == ' ')
		line.data[--line.bytes] = '\0';
	strbuf_addc(&line, '\n');
	strbuf_add(tb->out, line.data, line.bytes);
	strbuf_fini(&line);
}

static size_t
verdicts(const struct trace *t, enum trace_verdict v)
{
	size_t i, n = 0;

	for (i = 0; i < t->n_checks; i++)
		n += t->checks[i].verdict == v;
	return n;
}

static void
verdict_cell(const struct trace *t, size_t number, char *buf, size_t size)
{
	size_t bad = verdicts(t, TRACE_FAIL) + verdicts(t, TRACE_MENDED);
	size_t known = verdicts(t, TRACE_KNOWN_FAULT);

	(void)number;
	if (t->n_checks == 0)
		snprintf(buf, size, "nothing was expected");
	else if (bad > 0)
		snprintf(buf, size, "FAILED");
	else if (known > 0)
		snprintf(buf, size, "as expected, with %zu known fault%s",
		    known, known > 1 ? "s" : "");
	else
		snprintf(buf, size, "PASSED");
}

static void
checks_cell(const struct trace *t, size_t number, char *buf, size_t size)
{
	(void)number;
	snprintf(buf, size, "%zu held, %zu failed, %zu known faults",
	    verdicts(t, TRACE_PASS),
	    verdicts(t, TRACE_FAIL) + verdicts(t, TRACE_MENDED),
	    verdicts(t, TRACE_KNOWN_FAULT));
}

static void
packets_cell(const struct trace *t, size_t number, char *buf, size_t size)
{
	const struct trace_probe *p;

	if (number >= t->n_probes)
		return;
	p = &t->probes[number];
	snprintf(buf, size, "%" PRIu64 " lost of %" PRIu64,
	    p->lost + p->send_errors, p->sent + p->send_errors);
}

static void
longest_cell(const struct trace *t, size_t number, char *buf, size_t size)
{
	char gap[DUR_TEXT], at[DUR_TEXT];
	const struct trace_probe *p;

	if (number >= t->n_probes)
		return;
	p = &t->probes[number];
	if (p->longest_gap_ns == 0)
		snprintf(buf, size, "none");
	else
		snprintf(buf, size, "%s at %s s",
		    dur_format(p->longest_gap_ns, gap),
		    dur_short(p->longest_gap_at_ns, at));
}

/* What happened last before a gap began: the stimulus a person knows. */
static const char *
last_stimulus(const struct trace *t, int64_t at_ns)
{
	const char *text = "start";
	size_t i;

	for (i = 0; i < t->n_stimuli && t->stimuli[i].at_ns <= at_ns; i++)
		text = t->stimuli[i].text;
	return text;
}

static void
gap_cell(const struct trace *t, size_t number, char *buf, size_t size)
{
	const struct trace_gap *g;
	char gap[DUR_TEXT];

	if (number >= t->n_gaps)
		return;
	g = &t->gaps[number];
	snprintf(buf, size, "%" PRIu64 " in %s after %s", g->count,
	    dur_format(g->to_ns - g->from_ns, gap), last_stimulus(t, g->to_ns));
}

/* From the stimulus to the aggregate's next change of its active port. */
static void
failover_cell(const struct trace *t, size_t number, char *buf, size_t size)
{
	const struct trace_stimulus *s;
	char text[DUR_TEXT];
	int64_t until;
	size_t i;

	if (number >= t->n_stimuli)
		return;
	s = &t->stimuli[number];
	until = number + 1 < t->n_stimuli ? t->stimuli[number + 1].at_ns
					  : INT64_MAX;
	for (i = t->n_states; i > 0; i--)
		if (strcmp(t->states[i - 1].field, "active") == 0 &&
		    t->states[i - 1].at_ns >= s->at_ns &&
		    t->states[i - 1].at_ns < until)
			break;
	if (i == 0)
		snprintf(buf, size, "no change");
	else
		snprintf(buf, size, "%s after %s", t->states[i - 1].value,
		    dur_format((t->states[i - 1].at_ns - s->at_ns) / 1000 *
			    1000,
			text));
}

/* The aggregate of the run: the first object that has an active port. */
static const char *
aggregate(const struct trace *t)
{
	size_t i;

	for (i = 0; i < t->n_states; i++)
		if (strcmp(t->states[i].field, "active") == 0)
			return t->states[i].object;
	return NULL;
}

static void
active_cell(const struct trace *t, size_t number, char *buf, size_t size)
{
	const char *lagg = aggregate(t), *active, *ports;

	(void)number;
	if (lagg == NULL) {
		snprintf(buf, size, "no aggregate");
		return;
	}
	active = trace_get_state(t, lagg, "active");
	ports = trace_get_state(t, lagg, "ports");
	snprintf(buf, size, "%s: active %s of %s", lagg,
	    active == NULL ? "none" : active, ports == NULL ? "none" : ports);
}

static void
addresses_cell(const struct trace *t, size_t number, char *buf, size_t size)
{
	size_t i, used = 0;
	const char *inet;
	int n;

	(void)number;
	for (i = 0; i < t->n_states; i++) {
		if (strcmp(t->states[i].field, "exists") != 0 ||
		    strcmp(t->states[i].value, "yes") != 0)
			continue;
		inet = trace_get_state(t, t->states[i].object, "inet");
		if (inet == NULL || inet[0] == '\0' ||
		    strstr(buf, t->states[i].object) != NULL)
			continue;
		n = snprintf(buf + used, size - used, "%s%s on %s",
		    used > 0 ? ", " : "", inet, t->states[i].object);
		if (n < 0 || (size_t)n >= size - used)
			return;
		used += (size_t)n;
	}
}

static void
route_cell(const struct trace *t, size_t number, char *buf, size_t size)
{
	const char *r = trace_get_state(t, "route", "default");

	(void)number;
	snprintf(buf, size, "%s", r == NULL ? "none" : r);
}

static void
work_cell(const struct trace *t, size_t number, char *buf, size_t size)
{
	(void)number;
	snprintf(buf, size, "%zu operations, %zu programs, %zu rules fired",
	    t->n_operations, t->n_commands, t->n_firings);
}

static void
policy_cell(const struct trace *t, size_t number, char *buf, size_t size)
{
	(void)number;
	snprintf(buf, size, "%s", t->run.policy);
}

static size_t
most(const struct table *tb, bool gaps)
{
	size_t i, n = 0, m;

	for (i = 0; i < tb->n; i++) {
		m = gaps ? tb->traces[i]->n_gaps : tb->traces[i]->n_probes;
		n = m > n ? m : n;
	}
	return n;
}

static void
packet_rows(struct table *tb)
{
	const struct trace_probe *p;
	char label[64];
	size_t i, n = most(tb, false);

	for (i = 0; i < n && i < tb->traces[0]->n_probes; i++) {
		p = &tb->traces[0]->probes[i];
		snprintf(label, sizeof(label), "probe %.10s %.6s", p->name,
		    p->way);
		row(tb, label, packets_cell, i);
		row(tb, "  longest gap", longest_cell, i);
	}
	n = most(tb, true);
	for (i = 0; i < n && i < 8; i++)
		row(tb, i == 0 ? "gaps" : "", gap_cell, i);
	if (n > 8)
		strbuf_addf(tb->out, "%-*s ... %zu more\n", LABEL_WIDTH, "",
		    n - 8);
}

void
compare_write(const struct trace *const *traces, size_t n, bool color,
    struct strbuf *out)
{
	struct table tb = { traces, n, color, out };
	char label[64];
	size_t i;

	if (n == 0)
		return;
	strbuf_addf(out, "%s\n", traces[0]->run.title);
	if (color)
		strbuf_adds(out, "\033[1m");
	row(&tb, "policy", policy_cell, 0);
	row(&tb, "verdict", verdict_cell, 0);
	if (color)
		strbuf_adds(out, "\033[0m");
	row(&tb, "checks", checks_cell, 0);
	packet_rows(&tb);
	for (i = 0; i < traces[0]->n_stimuli && i < 8; i++) {
		snprintf(label, sizeof(label), "%.40s",
		    traces[0]->stimuli[i].text);
		row(&tb, label, failover_cell, i);
	}
	row(&tb, "at the end", active_cell, 0);
	row(&tb, "addresses", addresses_cell, 0);
	row(&tb, "default route", route_cell, 0);
	row(&tb, "work", work_cell, 0);
}
