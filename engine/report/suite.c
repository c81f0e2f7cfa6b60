/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/suite.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "report/timeline.h"

#define BEFORE (2 * DUR_SEC) /* of the time line around a failure */
#define AFTER  (1 * DUR_SEC)
#define LINES  40

struct totals {
	size_t passed, failed, skipped;
};

static bool
is_failure(const struct trace_check *c)
{
	return c->verdict == TRACE_FAIL || c->verdict == TRACE_MENDED;
}

static size_t
count_verdict(const struct trace *t, enum trace_verdict v)
{
	size_t i, n = 0;

	for (i = 0; i < t->n_checks; i++)
		n += t->checks[i].verdict == v;
	return n;
}

static size_t
failures(const struct suite_case *c)
{
	if (c->trace == NULL)
		return 0;
	return count_verdict(c->trace, TRACE_FAIL) +
	    count_verdict(c->trace, TRACE_MENDED);
}

static bool
has_failed(const struct suite_case *c)
{
	return c->error != NULL || failures(c) > 0;
}

static struct totals
total(const struct suite_case *cases, size_t n)
{
	struct totals t = { 0 };
	size_t i;

	for (i = 0; i < n; i++) {
		if (cases[i].skipped != NULL)
			t.skipped++;
		else if (has_failed(&cases[i]))
			t.failed++;
		else
			t.passed++;
	}
	return t;
}

/* Text from files and devices may hold anything; here only what a terminal,
 * a TAP reader and an XML parser all take in good part. */
static void
add_clean(struct strbuf *out, const char *s)
{
	for (; *s != '\0'; s++)
		strbuf_addc(out,
		    (unsigned char)*s < ' ' || (unsigned char)*s > '~' ? '?'
								       : *s);
}

static void
add_label(struct strbuf *out, const struct suite_case *c)
{
	add_clean(out, c->name);
	strbuf_addf(out, " [%s]", c->policy);
}

/* --- text --- */

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
add_around(struct strbuf *out, const struct trace *t, int64_t at_ns)
{
	struct timeline_options o = { 0 };
	struct strbuf text = { 0 };
	const char *line, *nl;
	int n = 0;

	o.from_ns = at_ns > BEFORE ? at_ns - BEFORE : 0;
	o.until_ns = at_ns + AFTER;
	timeline_write(t, &o, &text);
	for (line = strbuf_str(&text); *line != '\0' && n < LINES; n++) {
		nl = strchr(line, '\n');
		strbuf_adds(out, "    | ");
		strbuf_add(out, line,
		    nl == NULL ? strlen(line) : (size_t)(nl - line));
		strbuf_addc(out, '\n');
		line = nl == NULL ? "" : nl + 1;
	}
	if (*line != '\0')
		strbuf_adds(out, "    | ...\n");
	strbuf_fini(&text);
}

static void
add_failure(struct strbuf *out, const struct suite_case *c,
    const struct trace_check *k)
{
	char at[DUR_TEXT];

	strbuf_adds(out, "  ");
	add_clean(out, k->file);
	strbuf_addf(out, ":%u: expect ", k->line);
	add_clean(out, k->text);
	strbuf_adds(out, "\n    expected: ");
	add_clean(out, k->expected);
	strbuf_adds(out, "\n    happened: ");
	add_clean(out, k->happened);
	strbuf_addc(out, '\n');
	if (k->verdict == TRACE_MENDED) {
		strbuf_adds(out, "    it is written down as a known fault (");
		add_clean(out, k->reason);
		strbuf_adds(out, ") and held: take the mark away\n");
	}
	if (k->at_ns == TRACE_OPEN)
		return;
	strbuf_addf(out, "    when:     %s s\n", dur_stamp(k->at_ns, at));
	add_around(out, c->trace, k->at_ns);
}

static const char *
paint(bool color, const char *code)
{
	return color ? code : "";
}

static void
text_case(struct strbuf *out, const struct suite_case *c, bool color,
    bool verbose)
{
	const struct trace *t = c->trace;
	size_t i, known;

	if (c->skipped != NULL) {
		strbuf_adds(out, "skip ");
		add_label(out, c);
		strbuf_adds(out, ": ");
		add_clean(out, c->skipped);
		strbuf_addc(out, '\n');
		return;
	}
	strbuf_addf(out, "%s%s%s ",
	    paint(color, has_failed(c) ? "\033[31m" : "\033[32m"),
	    has_failed(c) ? "FAIL" : "ok  ", paint(color, "\033[0m"));
	add_label(out, c);
	if (c->error != NULL) {
		strbuf_adds(out, ": ");
		add_clean(out, c->error);
	} else {
		known = count_verdict(t, TRACE_KNOWN_FAULT);
		strbuf_addf(out, " %zu checks",
		    t->n_checks - count_verdict(t, TRACE_SKIP));
		if (known > 0)
			strbuf_addf(out, ", %zu known fault%s", known,
			    known > 1 ? "s" : "");
		add_traffic(out, t);
	}
	strbuf_addc(out, '\n');
	for (i = 0; t != NULL && i < t->n_checks; i++) {
		if (is_failure(&t->checks[i])) {
			add_failure(out, c, &t->checks[i]);
		} else if (verbose && t->checks[i].verdict != TRACE_SKIP) {
			strbuf_addf(out,
			    "  %s: ", trace_verdict_word(t->checks[i].verdict));
			add_clean(out, t->checks[i].text);
			strbuf_adds(out, ": ");
			add_clean(out, t->checks[i].happened);
			strbuf_addc(out, '\n');
		}
	}
	if (has_failed(c) && c->repeat != NULL) {
		strbuf_adds(out, "  repeat: ");
		add_clean(out, c->repeat);
		strbuf_addc(out, '\n');
	}
}

static void
write_text(const struct suite_case *cases, size_t n, bool color, bool verbose,
    struct strbuf *out)
{
	struct totals t = total(cases, n);
	size_t i;

	for (i = 0; i < n; i++)
		text_case(out, &cases[i], color, verbose);
	strbuf_addf(out, "%zu passed, %zu failed, %zu skipped\n", t.passed,
	    t.failed, t.skipped);
}

/* --- TAP 14 --- */

/* A double-quoted YAML scalar of cleaned text. */
static void
add_yaml(struct strbuf *out, const char *key, const char *value)
{
	struct strbuf clean = { 0 };
	const char *p;

	add_clean(&clean, value);
	strbuf_addf(out, "    %s: \"", key);
	for (p = strbuf_str(&clean); *p != '\0'; p++) {
		if (*p == '"' || *p == '\\')
			strbuf_addc(out, '\\');
		strbuf_addc(out, *p);
	}
	strbuf_adds(out, "\"\n");
	strbuf_fini(&clean);
}

static void
tap_case(struct strbuf *out, const struct suite_case *c, size_t number)
{
	struct strbuf label = { 0 };
	const struct trace_check *k;
	const char *p;
	size_t i;

	add_label(&label, c);
	strbuf_addf(out, "%s %zu - ", has_failed(c) ? "not ok" : "ok", number);
	for (p = strbuf_str(&label); *p != '\0'; p++) {
		if (*p == '#' || *p == '\\')
			strbuf_addc(out, '\\');
		strbuf_addc(out, *p);
	}
	strbuf_fini(&label);
	if (c->skipped != NULL) {
		strbuf_adds(out, " # SKIP ");
		add_clean(out, c->skipped);
	}
	strbuf_addc(out, '\n');
	if (!has_failed(c))
		return;
	strbuf_adds(out, "  ---\n");
	if (c->error != NULL)
		add_yaml(out, "error", c->error);
	for (i = 0; c->trace != NULL && i < c->trace->n_checks; i++) {
		k = &c->trace->checks[i];
		if (!is_failure(k))
			continue;
		strbuf_addf(out, "  check_%zu:\n", i);
		add_yaml(out, "expect", k->text);
		add_yaml(out, "expected", k->expected);
		add_yaml(out, "happened", k->happened);
		strbuf_addf(out, "    line: %u\n", k->line);
	}
	if (c->repeat != NULL) {
		strbuf_adds(out, "  run:\n");
		add_yaml(out, "repeat", c->repeat);
	}
	strbuf_adds(out, "  ...\n");
}

static void
write_tap(const struct suite_case *cases, size_t n, struct strbuf *out)
{
	size_t i;

	strbuf_addf(out, "TAP version 14\n1..%zu\n", n);
	for (i = 0; i < n; i++)
		tap_case(out, &cases[i], i + 1);
}

/* --- JUnit --- */

static void
add_xml(struct strbuf *out, const char *s)
{
	struct strbuf clean = { 0 };
	const char *p;

	add_clean(&clean, s);
	for (p = strbuf_str(&clean); *p != '\0'; p++) {
		switch (*p) {
		case '<':
			strbuf_adds(out, "&lt;");
			break;
		case '>':
			strbuf_adds(out, "&gt;");
			break;
		case '&':
			strbuf_adds(out, "&amp;");
			break;
		case '"':
			strbuf_adds(out, "&quot;");
			break;
		default:
			strbuf_addc(out, *p);
		}
	}
	strbuf_fini(&clean);
}

static void
junit_failures(struct strbuf *out, const struct suite_case *c)
{
	const struct trace_check *k;
	size_t i;

	if (c->error != NULL) {
		strbuf_adds(out, "    <error message=\"");
		add_xml(out, c->error);
		strbuf_adds(out, "\"/>\n");
	}
	for (i = 0; c->trace != NULL && i < c->trace->n_checks; i++) {
		k = &c->trace->checks[i];
		if (!is_failure(k))
			continue;
		strbuf_adds(out, "    <failure message=\"");
		add_xml(out, k->text);
		strbuf_addf(out, "\" type=\"%s\">",
		    trace_verdict_word(k->verdict));
		strbuf_adds(out, "expected: ");
		add_xml(out, k->expected);
		strbuf_adds(out, "\nhappened: ");
		add_xml(out, k->happened);
		if (c->repeat != NULL) {
			strbuf_adds(out, "\nrepeat: ");
			add_xml(out, c->repeat);
		}
		strbuf_adds(out, "</failure>\n");
	}
}

static void
junit_case(struct strbuf *out, const struct suite_case *c)
{
	char time[DUR_TEXT];
	int64_t ns = c->trace == NULL
	    ? 0
	    : c->trace->run.end_ns - c->trace->run.start_ns;

	strbuf_adds(out, "  <testcase classname=\"");
	add_xml(out, c->policy);
	strbuf_adds(out, "\" name=\"");
	add_xml(out, c->name);
	/* Virtual seconds: the same on every machine. */
	strbuf_addf(out, "\" time=\"%s\">\n", dur_short(ns, time));
	if (c->skipped != NULL) {
		strbuf_adds(out, "    <skipped message=\"");
		add_xml(out, c->skipped);
		strbuf_adds(out, "\"/>\n");
	}
	junit_failures(out, c);
	strbuf_adds(out, "  </testcase>\n");
}

static void
write_junit(const struct suite_case *cases, size_t n, struct strbuf *out)
{
	struct totals t = total(cases, n);
	size_t i, errors = 0;

	for (i = 0; i < n; i++)
		errors += cases[i].error != NULL;
	strbuf_addf(out,
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<testsuite name=\"switchback\" tests=\"%zu\" failures=\"%zu\" "
	    "errors=\"%zu\" skipped=\"%zu\">\n",
	    n, t.failed - errors, errors, t.skipped);
	for (i = 0; i < n; i++)
		junit_case(out, &cases[i]);
	strbuf_adds(out, "</testsuite>\n");
}

/* --- JSON
 * ------------------------------------------------------------------------------
 */

static json_t *
json_text(const char *s)
{
	struct strbuf clean = { 0 };
	json_t *j;

	if (s == NULL)
		return json_null();
	add_clean(&clean, s);
	j = json_string(strbuf_str(&clean));
	strbuf_fini(&clean);
	return j;
}

static json_t *
json_checks(const struct trace *t)
{
	json_t *list = json_array(), *o;
	const struct trace_check *k;
	size_t i;

	for (i = 0; i < t->n_checks; i++) {
		k = &t->checks[i];
		o = json_object();
		json_object_set_new(o, "line", json_integer(k->line));
		json_object_set_new(o, "expect", json_text(k->text));
		json_object_set_new(o, "verdict",
		    json_text(trace_verdict_word(k->verdict)));
		json_object_set_new(o, "expected", json_text(k->expected));
		json_object_set_new(o, "happened", json_text(k->happened));
		json_object_set_new(o, "at_ns",
		    k->at_ns == TRACE_OPEN ? json_null()
					   : json_integer(k->at_ns));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *
json_probes(const struct trace *t)
{
	json_t *list = json_array(), *o;
	const struct trace_probe *p;
	size_t i;

	for (i = 0; i < t->n_probes; i++) {
		p = &t->probes[i];
		o = json_object();
		json_object_set_new(o, "name", json_text(p->name));
		json_object_set_new(o, "way", json_text(p->way));
		json_object_set_new(o, "sent",
		    json_integer((json_int_t)p->sent));
		json_object_set_new(o, "lost",
		    json_integer((json_int_t)p->lost));
		json_object_set_new(o, "refused",
		    json_integer((json_int_t)p->send_errors));
		json_object_set_new(o, "longest_gap_ns",
		    json_integer(p->longest_gap_ns));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *
json_case(const struct suite_case *c)
{
	json_t *o = json_object();

	json_object_set_new(o, "scenario", json_text(c->name));
	json_object_set_new(o, "policy", json_text(c->policy));
	json_object_set_new(o, "seed", json_integer((json_int_t)c->seed));
	json_object_set_new(o, "result",
	    json_text(c->skipped != NULL ? "skipped"
		    : has_failed(c)	 ? "failed"
					 : "passed"));
	json_object_set_new(o, "skipped", json_text(c->skipped));
	json_object_set_new(o, "error", json_text(c->error));
	json_object_set_new(o, "repeat", json_text(c->repeat));
	if (c->trace != NULL) {
		json_object_set_new(o, "checks", json_checks(c->trace));
		json_object_set_new(o, "probes", json_probes(c->trace));
	}
	return o;
}

static void
write_json(const struct suite_case *cases, size_t n, struct strbuf *out)
{
	struct totals t = total(cases, n);
	json_t *root = json_object(), *list = json_array();
	char *text;
	size_t i;

	for (i = 0; i < n; i++)
		json_array_append_new(list, json_case(&cases[i]));
	json_object_set_new(root, "passed", json_integer((json_int_t)t.passed));
	json_object_set_new(root, "failed", json_integer((json_int_t)t.failed));
	json_object_set_new(root, "skipped",
	    json_integer((json_int_t)t.skipped));
	json_object_set_new(root, "cases", list);
	text = json_dumps(root, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	if (text != NULL)
		strbuf_addf(out, "%s\n", text);
	free(text);
	json_decref(root);
}

void
suite_write(enum suite_format format, const struct suite_case *cases, size_t n,
    bool color, bool verbose, struct strbuf *out)
{
	switch (format) {
	case SUITE_TEXT:
		write_text(cases, n, color, verbose, out);
		break;
	case SUITE_TAP:
		write_tap(cases, n, out);
		break;
	case SUITE_JUNIT:
		write_junit(cases, n, out);
		break;
	case SUITE_JSON:
		write_json(cases, n, out);
		break;
	}
}
