/* SPDX-License-Identifier: BSD-2-Clause */
/* Every expectation: what was expected, what happened; failures first. */
#include <string.h>

#include "report/html_parts.h"
#include "report/markup.h"
#include "report/verdict.h"

#define CHECKS_MAX 1000
#define FAILED_MAX 8 /* on top */

struct look {
	const char *word, *css, *symbol;
};

static struct look
look_of(enum trace_verdict v)
{
	switch (v) {
	case TRACE_PASS:
		return (struct look){ "held", "pass", "m-pass" };
	case TRACE_FAIL:
		return (struct look){ "FAILED", "fail", "m-fail" };
	case TRACE_KNOWN_FAULT:
		return (struct look){ "known fault", "known", "m-known" };
	case TRACE_MENDED:
		return (
		    struct look){ "known fault that held", "fail", "m-fail" };
	case TRACE_SKIP:
		break;
	}
	return (struct look){ "not for this policy", "skip", "m-skip" };
}

static void
add_row(struct html_page *p, size_t run, const struct trace_check *k)
{
	struct look look = look_of(k->verdict);
	struct strbuf *out = p->out;
	char at[40];

	strbuf_addf(out,
	    "<tr class=\"%s\"><td class=\"v\"><svg class=\"sym\" "
	    "aria-hidden=\"true\"><use href=\"#%s\" x=\"8\" y=\"8\" "
	    "class=\"m %s\"/></svg> %s</td>",
	    look.css, look.symbol, look.symbol, look.word);
	if (p->n > 1) {
		strbuf_adds(out, "<td class=\"r\">");
		html_run_name(p, run, out);
		strbuf_adds(out, "</td>");
	}
	strbuf_adds(out, "<td><code>");
	markup_cut(out, k->expected[0] == '\0' ? k->text : k->expected, 400);
	strbuf_adds(out, "</code><span class=\"place\">");
	markup_cut(out, k->file, 200);
	strbuf_addf(out, ":%u</span></td><td>", k->line);
	markup_cut(out, k->happened, 600);
	if (k->reason[0] != '\0') {
		strbuf_adds(out, "<span class=\"reason\">known: ");
		markup_cut(out, k->reason, 400);
		strbuf_adds(out, "</span>");
	}
	strbuf_adds(out, "</td><td class=\"n\">");
	if (k->at_ns != TRACE_OPEN)
		strbuf_addf(out, "<span class=\"go\" data-a=\"%lld\">%s</span>",
		    (long long)html_since(p->traces[run], k->at_ns),
		    html_seconds(p, html_since(p->traces[run], k->at_ns), at));
	strbuf_adds(out, "</td></tr>\n");
}

/* 0 stands first. */
static int
rank(enum trace_verdict v)
{
	return v == TRACE_FAIL || v == TRACE_MENDED ? 0
	    : v == TRACE_KNOWN_FAULT		    ? 1
	    : v == TRACE_PASS			    ? 2
						    : 3;
}

static size_t
add_rows(struct html_page *p)
{
	size_t run, i, rows = 0;
	int r;

	for (r = 0; r <= 3; r++)
		for (run = 0; run < p->n; run++)
			for (i = 0; i < p->traces[run]->n_checks; i++) {
				if (rank(p->traces[run]->checks[i].verdict) !=
				    r)
					continue;
				if (rows++ < CHECKS_MAX)
					add_row(p, run,
					    &p->traces[run]->checks[i]);
			}
	return rows;
}

void
html_checks(struct html_page *p)
{
	size_t run, n = 0, rows;

	for (run = 0; run < p->n; run++)
		n += p->traces[run]->n_checks;
	strbuf_adds(p->out,
	    "<section id=\"checks\" aria-labelledby=\"h-checks\">\n"
	    "<h2 id=\"h-checks\">Expectations</h2>\n");
	if (n == 0) {
		strbuf_adds(p->out, "<p>Nothing was expected.</p></section>\n");
		return;
	}
	strbuf_addf(p->out,
	    "<div class=\"wide\"><table class=\"checks\"><caption>What was "
	    "expected, and what happened</caption><thead><tr>"
	    "<th scope=\"col\">verdict</th>%s<th scope=\"col\">expected</th>"
	    "<th scope=\"col\">happened</th><th scope=\"col\" class=\"n\">at, "
	    "s</th></tr></thead>\n<tbody>\n",
	    p->n > 1 ? "<th scope=\"col\">run</th>" : "");
	rows = add_rows(p);
	strbuf_adds(p->out, "</tbody></table></div>\n");
	if (rows > CHECKS_MAX)
		strbuf_addf(p->out,
		    "<p class=\"left\">%zu more are not shown.</p>\n",
		    rows - CHECKS_MAX);
	strbuf_adds(p->out, "</section>\n");
}

void
html_failed(struct html_page *p)
{
	const struct trace_check *k;
	size_t run, i, n = 0;

	for (run = 0; run < p->n; run++)
		for (i = 0; i < p->traces[run]->n_checks; i++) {
			k = &p->traces[run]->checks[i];
			if (!verdict_is_failure(k) || n++ >= FAILED_MAX)
				continue;
			if (n == 1)
				strbuf_adds(p->out, "<ul class=\"failed\">");
			strbuf_adds(p->out,
			    "<li><svg class=\"sym\" aria-hidden=\"true\"><use "
			    "href=\"#m-fail\" x=\"8\" y=\"8\" class=\"m "
			    "m-fail\"/></svg> ");
			if (p->n > 1) {
				html_run_name(p, run, p->out);
				strbuf_adds(p->out, ": ");
			}
			strbuf_adds(p->out, "<code>");
			markup_cut(p->out, k->text, 200);
			strbuf_adds(p->out, "</code> ");
			markup_cut(p->out, k->happened, 200);
			strbuf_adds(p->out, "</li>\n");
		}
	if (n > FAILED_MAX)
		strbuf_addf(p->out, "<li>and %zu more, see below</li>\n",
		    n - FAILED_MAX);
	if (n > 0)
		strbuf_adds(p->out, "</ul>\n");
}
