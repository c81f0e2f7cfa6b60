/* SPDX-License-Identifier: BSD-2-Clause */
/* A suite for people: a line for each run, and all about what failed. */
#include <inttypes.h>
#include <string.h>

#include "base/dur.h"
#include "base/words.h"
#include "report/clean.h"
#include "report/suite_parts.h"
#include "report/timeline.h"
#include "report/verdict.h"

#define BEFORE (2 * DUR_SEC) /* of the time line around a failure */
#define AFTER  (1 * DUR_SEC)
#define WAITED (10 * DUR_SEC) /* instead, for what never came */
#define ROWS   30
#define WIDTH  120

static const char *
paint(bool color, const char *code)
{
	return color ? code : "";
}

/* "indent, label, text" on a line of its own. */
static void
add_line(struct strbuf *out, const struct suite_telling *how, const char *label,
    const char *text)
{
	strbuf_addf(out, "%s%s", how->indent, label);
	clean_text(out, text);
	strbuf_addc(out, '\n');
}

/* Where to look at what never happened: the newest moment that the
 * expectation names, else the newest thing that the outside world did. */
static int64_t
moment_of(const struct trace *t, const struct trace_check *k)
{
	int64_t at_ns = TRACE_OPEN;
	size_t i;

	if (k->at_ns != TRACE_OPEN)
		return k->at_ns;
	for (i = 0; i < t->n_marks; i++)
		if (words_have(k->text, t->marks[i].name))
			at_ns = t->marks[i].at_ns;
	if (at_ns == TRACE_OPEN && t->n_stimuli > 0)
		at_ns = t->stimuli[t->n_stimuli - 1].at_ns;
	return at_ns == TRACE_OPEN ? t->run.start_ns : at_ns;
}

static void
add_indented(struct strbuf *out, const char *indent, const char *text)
{
	size_t bytes;

	for (; *text != '\0'; text += bytes) {
		bytes = strcspn(text, "\n");
		bytes += text[bytes] == '\n';
		strbuf_addf(out, "%s  | ", indent);
		strbuf_add(out, text, bytes);
	}
}

/* The time line around a failure. last is that of the failure before it:
 * mostly several expectations break at one place. */
static void
add_around(struct strbuf *out, const struct trace *t,
    const struct trace_check *k, struct suite_telling *how)
{
	int64_t at_ns = moment_of(t, k);
	int64_t after = k->at_ns != TRACE_OPEN ? AFTER : WAITED;
	struct timeline_options o = {
		.from_ns = at_ns > INT64_MIN + BEFORE ? at_ns - BEFORE : at_ns,
		.until_ns = at_ns < INT64_MAX - after ? at_ns + after : at_ns,
		.color = how->color,
		.legend = how->legend,
		.width = WIDTH - (unsigned)strlen(how->indent) - 4,
		.here_ns = at_ns,
		.rows = ROWS,
	};
	struct strbuf here = { 0 }, text = { 0 };

	strbuf_addf(&here,
	    k->at_ns != TRACE_OPEN ? "^^ line %u speaks of this moment"
				   : "^^ line %u waited from here on",
	    k->line);
	o.here = strbuf_str(&here);
	timeline_write(t, &o, &text);
	add_indented(out, how->indent, strbuf_str(&text));
	how->legend = false;
	strbuf_fini(&here);
	strbuf_fini(&text);
}

static void
tell_failure(struct strbuf *out, const struct suite_case *c,
    const struct trace_check *k, struct suite_telling *how)
{
	char at[DUR_TEXT];

	strbuf_adds(out, how->indent);
	clean_text(out, k->file);
	strbuf_addf(out, ":%u: expect ", k->line);
	clean_text(out, k->text);
	strbuf_addc(out, '\n');
	add_line(out, how, "  expected: ", k->expected);
	add_line(out, how, "  happened: ", k->happened);
	if (k->at_ns != TRACE_OPEN)
		strbuf_addf(out, "%s  when:     %s s\n", how->indent,
		    dur_stamp(k->at_ns, at));
	else
		add_line(out, how, "  when:     ", "never");
	if (k->verdict == TRACE_MENDED) {
		add_line(out, how, "  known fault: ", k->reason);
		add_line(out, how, "  ",
		    "but it held: take the known-fault off the scenario");
		return;
	}
	if (c->trace->run.end_ns > c->trace->run.start_ns)
		add_around(out, c->trace, k, how);
}

void
suite_tell(const struct suite_case *c, struct suite_telling *how,
    struct strbuf *out)
{
	size_t i;

	for (i = 0; c->trace != NULL && i < c->trace->n_checks; i++)
		if (verdict_is_failure(&c->trace->checks[i]))
			tell_failure(out, c, &c->trace->checks[i], how);
	if (!suite_has_failed(c) || c->repeat == NULL)
		return;
	add_line(out, how, "repeat: ", c->repeat);
	if (suite_version(c) != NULL)
		add_line(out, how, "by: switchback ", suite_version(c));
}

void
suite_write_failures(const struct suite_case *c, bool color, struct strbuf *out)
{
	struct suite_telling how = { "", color, true };

	suite_tell(c, &how, out);
}

static void
add_traffic(struct strbuf *out, const struct trace *t)
{
	uint64_t lost = 0;
	int64_t gap = 0;
	char text[DUR_TEXT];
	size_t i;

	for (i = 0; i < t->n_probes; i++) {
		lost += t->probes[i].lost + t->probes[i].send_errors;
		if (t->probes[i].longest_gap_ns > gap)
			gap = t->probes[i].longest_gap_ns;
	}
	if (t->n_probes > 0)
		strbuf_addf(out, ", lost %" PRIu64 ", longest gap %s", lost,
		    dur_format(gap, text));
}

static void
add_numbers(struct strbuf *out, const struct trace *t)
{
	struct verdicts v = verdict_count(t);

	if (v.judged == 0)
		strbuf_adds(out, " nothing expected");
	else
		strbuf_addf(out, " %zu check%s", v.judged,
		    v.judged == 1 ? "" : "s");
	if (v.known > 0)
		strbuf_addf(out, ", %zu known fault%s", v.known,
		    v.known > 1 ? "s" : "");
	add_traffic(out, t);
}

/* What did not fail. */
static void
add_details(struct strbuf *out, const struct trace *t)
{
	const struct trace_check *k;
	size_t i;

	for (i = 0; i < t->n_checks; i++) {
		k = &t->checks[i];
		if (k->verdict != TRACE_PASS && k->verdict != TRACE_KNOWN_FAULT)
			continue;
		strbuf_addf(out, "  %s: ", trace_verdict_word(k->verdict));
		clean_text(out, k->text);
		strbuf_adds(out, ": ");
		clean_text(out, k->happened);
		if (k->verdict == TRACE_KNOWN_FAULT) {
			strbuf_adds(out, "; known, because ");
			clean_text(out, k->reason);
		}
		strbuf_addc(out, '\n');
	}
}

static void
text_case(struct strbuf *out, const struct suite_case *c, bool verbose,
    struct suite_telling *how)
{
	bool failed = suite_has_failed(c);

	strbuf_addf(out, "%s%s%s ",
	    paint(how->color, failed ? "\033[31m" : "\033[32m"),
	    c->skipped != NULL ? "skip"
		: failed       ? "FAIL"
			       : "ok  ",
	    paint(how->color, "\033[0m"));
	suite_label(c, out);
	if (c->skipped != NULL || c->error != NULL) {
		strbuf_adds(out, ": ");
		clean_text(out, c->skipped != NULL ? c->skipped : c->error);
	} else if (c->trace != NULL) {
		add_numbers(out, c->trace);
	}
	strbuf_addc(out, '\n');
	if (c->trace != NULL && verbose)
		add_details(out, c->trace);
	suite_tell(c, how, out);
}

void
suite_write_text(const struct suite_case *cases, size_t n, bool color,
    bool verbose, struct strbuf *out)
{
	struct suite_telling how = { "  ", color, true };
	struct suite_totals t = suite_total(cases, n);
	size_t i;

	for (i = 0; i < n; i++)
		text_case(out, &cases[i], verbose, &how);
	strbuf_addf(out, "%zu passed, %zu failed, %zu skipped\n", t.passed,
	    t.failed, t.skipped);
}
