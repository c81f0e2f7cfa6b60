/* SPDX-License-Identifier: BSD-2-Clause */
/* A suite as Markdown, for the summary page of a CI system: what failed
 * first, then a table of all runs. */
#include <inttypes.h>
#include <string.h>

#include "base/dur.h"
#include "report/markup.h"
#include "report/suite_parts.h"
#include "report/verdict.h"

#define ROWS_MAX     500   /* of the table; the summary page has a limit */
#define DETAILS_MAX  50	   /* failures that are told in full */
#define DETAIL_BYTES 20000 /* of one of them */

static const char *
result_of(const struct suite_case *c)
{
	if (c->skipped != NULL)
		return "skipped";
	if (c->error != NULL)
		return "**error**";
	if (suite_has_failed(c))
		return "**FAILED**";
	return c->trace != NULL && verdict_count(c->trace).known > 0
	    ? "passed, known fault"
	    : "passed";
}

static void
add_label(struct strbuf *out, const struct suite_case *c)
{
	struct strbuf label = { 0 };

	suite_label(c, &label);
	markup_cell(out, strbuf_str(&label));
	strbuf_fini(&label);
}

static void
add_packets(struct strbuf *out, const struct trace *t)
{
	uint64_t missing = 0;
	int64_t gap_ns = 0;
	char text[DUR_TEXT];
	size_t i;

	if (t == NULL || t->n_probes == 0) {
		strbuf_adds(out, " | |");
		return;
	}
	for (i = 0; i < t->n_probes; i++) {
		missing += t->probes[i].lost + t->probes[i].send_errors;
		if (t->probes[i].longest_gap_ns > gap_ns)
			gap_ns = t->probes[i].longest_gap_ns;
	}
	strbuf_addf(out, " %" PRIu64 " | %s |", missing,
	    gap_ns == 0 ? "none" : dur_format(gap_ns / DUR_US * DUR_US, text));
}

static void
add_row(struct strbuf *out, const struct suite_case *c)
{
	struct verdicts v = { 0 };

	if (c->trace != NULL)
		v = verdict_count(c->trace);
	strbuf_adds(out, "| ");
	add_label(out, c);
	strbuf_addf(out, " | %s |", result_of(c));
	if (c->trace != NULL)
		strbuf_addf(out, " %zu of %zu |", v.held, v.judged);
	else
		strbuf_adds(out, " |");
	add_packets(out, c->trace);
	strbuf_addc(out, ' ');
	if (c->skipped != NULL || c->error != NULL)
		markup_cell(out, c->skipped != NULL ? c->skipped : c->error);
	strbuf_adds(out, " |\n");
}

/* Inside <pre>, which Markdown leaves alone up to the next empty line. */
static void
add_told(struct strbuf *out, const struct suite_case *c)
{
	struct suite_telling how = { "", false, true };
	struct strbuf told = { 0 };
	const char *s;

	suite_tell(c, &how, &told);
	if (told.bytes > DETAIL_BYTES) {
		told.bytes = DETAIL_BYTES;
		strbuf_adds(&told, "\n... (cut)\n");
	}
	strbuf_adds(out, "<pre>\n");
	for (s = strbuf_str(&told); *s == '\n'; s++)
		;
	markup_lines(out, s);
	strbuf_adds(out, "</pre>\n");
	strbuf_fini(&told);
}

static void
add_failure(struct strbuf *out, const struct suite_case *c)
{
	struct strbuf label = { 0 };

	suite_label(c, &label);
	strbuf_adds(out, "<details>\n<summary>");
	markup_text(out, strbuf_str(&label));
	if (c->error != NULL) {
		strbuf_adds(out, ": ");
		markup_text(out, c->error);
	}
	strbuf_adds(out, "</summary>\n\n");
	add_told(out, c);
	strbuf_adds(out, "\n</details>\n\n");
	strbuf_fini(&label);
}

static void
add_failures(struct strbuf *out, const struct suite_case *cases, size_t n)
{
	size_t i, failed = 0;

	for (i = 0; i < n; i++)
		if (suite_has_failed(&cases[i]) && failed++ < DETAILS_MAX)
			add_failure(out, &cases[i]);
	if (failed > DETAILS_MAX)
		strbuf_addf(out,
		    "%zu more failed and are not told in full.\n\n",
		    failed - DETAILS_MAX);
}

/* Failures before the rest, so that no limit hides them. */
static void
add_table(struct strbuf *out, const struct suite_case *cases, size_t n)
{
	size_t i, rows = 0;
	int good;

	strbuf_adds(out,
	    "| run | result | held | missing | longest gap | why |\n"
	    "|---|---|---:|---:|---:|---|\n");
	for (good = 0; good <= 1; good++)
		for (i = 0; i < n; i++)
			if (suite_has_failed(&cases[i]) == !good &&
			    rows++ < ROWS_MAX)
				add_row(out, &cases[i]);
	if (rows > ROWS_MAX)
		strbuf_addf(out, "\n%zu more runs are not in the table.\n",
		    rows - ROWS_MAX);
}

void
suite_write_markdown(const struct suite_case *cases, size_t n,
    struct strbuf *out)
{
	struct suite_totals t = suite_total(cases, n);

	strbuf_addf(out,
	    "## Switchback: %zu passed, %zu failed, %zu skipped\n\n", t.passed,
	    t.failed, t.skipped);
	add_failures(out, cases, n);
	add_table(out, cases, n);
}
