/* SPDX-License-Identifier: BSD-2-Clause */
/* A suite as TAP 14: a test point for each run, a YAML block for failures. */
#include <string.h>

#include "base/dur.h"
#include "report/clean.h"
#include "report/suite_parts.h"
#include "report/verdict.h"

/* "key: " and a double-quoted YAML scalar. */
static void
add_yaml(struct strbuf *out, const char *key, const char *value)
{
	struct strbuf clean = { 0 };
	const char *p;

	clean_text(&clean, value);
	strbuf_addf(out, "%s: \"", key);
	for (p = strbuf_str(&clean); *p != '\0'; p++) {
		if (*p == '"' || *p == '\\')
			strbuf_addc(out, '\\');
		strbuf_addc(out, *p);
	}
	strbuf_adds(out, "\"\n");
	strbuf_fini(&clean);
}

/* A description, in which "#" would begin a directive. */
static void
add_escaped(struct strbuf *out, const char *s)
{
	for (; *s != '\0'; s++) {
		if (*s == '#' || *s == '\\')
			strbuf_addc(out, '\\');
		strbuf_addc(out, *s);
	}
}

static void
add_failures(struct strbuf *out, const struct trace *t)
{
	const struct trace_check *k;
	char at[DUR_TEXT];
	size_t i;

	strbuf_adds(out, "  failures:\n");
	for (i = 0; i < t->n_checks; i++) {
		k = &t->checks[i];
		if (!verdict_is_failure(k))
			continue;
		add_yaml(out, "    - expect", k->text);
		add_yaml(out, "      verdict", trace_verdict_word(k->verdict));
		add_yaml(out, "      expected", k->expected);
		add_yaml(out, "      happened", k->happened);
		add_yaml(out, "      file", k->file);
		strbuf_addf(out, "      line: %u\n", k->line);
		if (k->at_ns != TRACE_OPEN)
			strbuf_addf(out, "      seconds: %s\n",
			    dur_stamp(k->at_ns, at));
	}
}

static void
tap_case(struct strbuf *out, const struct suite_case *c, size_t number)
{
	struct strbuf text = { 0 };
	bool failed = suite_has_failed(c);

	suite_label(c, &text);
	strbuf_addf(out, "%s %zu - ", failed ? "not ok" : "ok", number);
	add_escaped(out, strbuf_str(&text));
	if (c->skipped != NULL) {
		strbuf_reset(&text);
		clean_text(&text, c->skipped);
		strbuf_adds(out, " # SKIP ");
		add_escaped(out, strbuf_str(&text));
	}
	strbuf_addc(out, '\n');
	strbuf_fini(&text);
	if (!failed)
		return;
	strbuf_adds(out, "  ---\n");
	if (c->error != NULL)
		add_yaml(out, "  error", c->error);
	if (c->repeat != NULL)
		add_yaml(out, "  repeat", c->repeat);
	if (suite_version(c) != NULL)
		add_yaml(out, "  version", suite_version(c));
	if (c->trace != NULL && verdict_count(c->trace).failed > 0)
		add_failures(out, c->trace);
	strbuf_adds(out, "  ...\n");
}

void
suite_write_tap(const struct suite_case *cases, size_t n, struct strbuf *out)
{
	size_t i;

	strbuf_addf(out, "TAP version 14\n1..%zu\n", n);
	for (i = 0; i < n; i++)
		tap_case(out, &cases[i], i + 1);
}
