/* SPDX-License-Identifier: BSD-2-Clause */
/* A suite as JUnit XML: a test case for each run, one failure at most in each
 * with all there is to say about it, for the readers that show only one. */
#include <string.h>

#include "base/dur.h"
#include "report/markup.h"
#include "report/outage.h"
#include "report/suite_parts.h"
#include "report/verdict.h"

static void
add_failure(struct strbuf *out, const struct suite_case *c)
{
	struct suite_telling how = { "", false, true };
	const struct trace_check *k = c->trace->checks;
	size_t failed = verdict_count(c->trace).failed;
	struct strbuf text = { 0 };

	if (failed == 0)
		return;
	while (!verdict_is_failure(k))
		k++;
	strbuf_adds(&text, k->text);
	if (failed > 1)
		strbuf_addf(&text, " (and %zu more)", failed - 1);
	strbuf_adds(out, "    <failure");
	markup_attribute(out, "message", strbuf_str(&text));
	markup_attribute(out, "type", trace_verdict_word(k->verdict));
	strbuf_adds(out, ">");
	strbuf_reset(&text);
	suite_tell(c, &how, &text);
	markup_lines(out, strbuf_str(&text));
	strbuf_adds(out, "</failure>\n");
	strbuf_fini(&text);
}

static void
junit_case(struct strbuf *out, const struct suite_case *c)
{
	struct strbuf label = { 0 };
	char seconds[DUR_TEXT] = "0.000";

	/* Virtual seconds: the same on every machine. */
	if (c->trace != NULL)
		dur_short(outage_since(c->trace->run.end_ns,
			      c->trace->run.start_ns),
		    seconds);
	suite_label(c, &label);
	strbuf_adds(out, "  <testcase");
	markup_attribute(out, "classname", c->policy);
	markup_attribute(out, "name", strbuf_str(&label));
	markup_attribute(out, "time", seconds);
	strbuf_adds(out, ">\n");
	if (c->skipped != NULL) {
		strbuf_adds(out, "    <skipped");
		markup_attribute(out, "message", c->skipped);
		strbuf_adds(out, "/>\n");
	}
	if (c->error != NULL) {
		strbuf_adds(out, "    <error");
		markup_attribute(out, "message", c->error);
		strbuf_adds(out, "/>\n");
	} else if (c->trace != NULL) {
		add_failure(out, c);
	}
	strbuf_adds(out, "  </testcase>\n");
	strbuf_fini(&label);
}

void
suite_write_junit(const struct suite_case *cases, size_t n, struct strbuf *out)
{
	struct suite_totals t = suite_total(cases, n);
	size_t i;

	strbuf_addf(out,
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<testsuite name=\"switchback\" tests=\"%zu\" failures=\"%zu\" "
	    "errors=\"%zu\" skipped=\"%zu\">\n",
	    n, t.failed - t.errors, t.errors, t.skipped);
	for (i = 0; i < n; i++)
		junit_case(out, &cases[i]);
	strbuf_adds(out, "</testsuite>\n");
}
