/* SPDX-License-Identifier: BSD-2-Clause */
/* The numbers on top: a tile for each that decides, then the tables. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "report/final.h"
#include "report/html_parts.h"
#include "report/markup.h"
#include "report/outage.h"
#include "report/verdict.h"

#define RESPONSES_MAX 60
#define PROBES_MAX    80

/* With as many digits as people compare: "3.111s", "668.7ms", "265us". */
static const char *
short_dur(int64_t ns, char buf[DUR_TEXT])
{
	int64_t unit = ns >= DUR_SEC ? DUR_MS
	    : ns >= DUR_MS	     ? DUR_MS / 10
				     : DUR_US;

	if (ns > DUR_MAX || ns < -DUR_MAX)
		return dur_format(ns, buf);
	return dur_format((ns + unit / 2) / unit * unit, buf);
}

/* --- sums --- */

struct sums {
	uint64_t missing, all;
	int64_t longest_ns, longest_at_ns;
	int64_t slowest_ns;  /* from a deed to the last change of port */
	const char *slowest; /* the deed, or NULL */
	bool probed;
};

static void
sum_probes(const struct trace *t, struct sums *s)
{
	const struct trace_probe *p;
	size_t i;

	for (i = 0; i < t->n_probes; i++) {
		p = &t->probes[i];
		s->probed = true;
		s->missing += p->lost + p->send_errors;
		s->all += p->sent + p->send_errors;
		if (p->longest_gap_ns > s->longest_ns) {
			s->longest_ns = p->longest_gap_ns;
			s->longest_at_ns = p->longest_gap_at_ns;
		}
	}
}

static struct sums
sums_of(const struct trace *t)
{
	struct sums s = { 0 };
	struct response *r;
	size_t i, n;

	sum_probes(t, &s);
	r = outage_responses(t, &n);
	/* A bring-up is no fail-over. */
	for (i = 1; i < n; i++)
		if (r[i].active != NULL && r[i].after_ns > s.slowest_ns) {
			s.slowest_ns = r[i].after_ns;
			s.slowest = r[i].what;
		}
	free(r);
	return s;
}

/* --- tiles --- */

/* "-534 (-98 %)", or nothing when there is nothing to compare with. */
static void
add_change(struct strbuf *out, double first, double second, const char *amount)
{
	if (first == second) {
		strbuf_adds(out, "<p class=\"change same\">no difference</p>");
		return;
	}
	strbuf_addf(out, "<p class=\"change %s\">%s%s",
	    second < first ? "better" : "worse",
	    second < first ? "\xe2\x88\x92" : "+", amount);
	if (first > 0)
		strbuf_addf(out, " (%s%.1f&#160;%%)",
		    second < first ? "\xe2\x88\x92" : "+",
		    (second < first ? first - second : second - first) * 100 /
			first);
	strbuf_addf(out, " <span>%s</span></p>",
	    second < first ? "better" : "worse");
}

static void
tile_begin(struct html_page *p, const char *name, const char *id)
{
	strbuf_addf(p->out, "<div class=\"tile\" id=\"%s\"><h3>%s</h3>\n", id,
	    name);
}

/* A number with its bar among the largest of all runs. */
static void
tile_row(struct html_page *p, size_t run, double value, double most,
    const char *text, const char *small)
{
	strbuf_adds(p->out, "<div class=\"measure\">");
	if (p->n > 1) {
		strbuf_adds(p->out, "<span class=\"of\">");
		html_run_name(p, run, p->out);
		strbuf_adds(p->out, "</span>");
	}
	strbuf_addf(p->out, "<b>%s</b> <small>", text);
	markup_cut(p->out, small, 60);
	strbuf_adds(p->out, "</small>");
	if (p->n > 1)
		strbuf_addf(p->out,
		    "<svg class=\"measure-bar\" aria-hidden=\"true\"><rect "
		    "class=\"run-%zu\" width=\"%.1f%%\" height=\"6\"/></svg>",
		    run, most > 0 ? value * 100 / most : 0.0);
	strbuf_adds(p->out, "</div>\n");
}

static void
verdict_tile(struct html_page *p)
{
	struct verdicts v;
	const char *word, *css;
	size_t i;

	tile_begin(p, "Verdict", "n-verdict");
	for (i = 0; i < p->n; i++) {
		v = verdict_count(p->traces[i]);
		css = v.failed > 0 ? "fail" : v.known > 0 ? "known" : "pass";
		word = v.judged == 0 ? "none"
		    : v.failed > 0   ? "FAILED"
		    : v.known > 0    ? "as expected"
				     : "PASSED";
		strbuf_adds(p->out, "<div class=\"measure\">");
		if (p->n > 1) {
			strbuf_adds(p->out, "<span class=\"of\">");
			html_run_name(p, i, p->out);
			strbuf_adds(p->out, "</span>");
		}
		strbuf_addf(p->out,
		    "<b class=\"verdict %s\"><svg class=\"sym\" "
		    "aria-hidden=\"true\"><use href=\"#m-%s\" x=\"8\" y=\"8\" "
		    "class=\"m m-%s\"/></svg> %s</b> <small>%zu held, %zu "
		    "failed, %zu known fault%s</small></div>\n",
		    v.judged == 0 ? "none" : css, v.judged == 0 ? "skip" : css,
		    v.judged == 0 ? "skip" : css, word, v.held, v.failed,
		    v.known, v.known == 1 ? "" : "s");
	}
	strbuf_adds(p->out, "</div>\n");
}

static void
missing_tile(struct html_page *p, const struct sums *s)
{
	char text[DUR_TEXT], small[64];
	double most = 0;
	size_t i;

	for (i = 0; i < p->n; i++)
		if ((double)s[i].missing > most)
			most = (double)s[i].missing;
	tile_begin(p, "Packets missing", "n-missing");
	for (i = 0; i < p->n; i++) {
		snprintf(text, sizeof(text), "%" PRIu64, s[i].missing);
		snprintf(small, sizeof(small), "of %" PRIu64, s[i].all);
		tile_row(p, i, (double)s[i].missing, most,
		    s[i].probed ? text : "\xe2\x80\x93",
		    s[i].probed ? small : "no probe");
	}
	if (p->n == 2) {
		snprintf(text, sizeof(text), "%" PRIu64,
		    s[1].missing < s[0].missing ? s[0].missing - s[1].missing
						: s[1].missing - s[0].missing);
		add_change(p->out, (double)s[0].missing, (double)s[1].missing,
		    text);
	}
	strbuf_adds(p->out, "</div>\n");
}

/* A tile of durations. */
static void
time_tile(struct html_page *p, const char *name, const char *id,
    const char *zero, const int64_t *ns, char (*small)[96])
{
	char text[DUR_TEXT];
	double most = 0;
	size_t i;

	for (i = 0; i < p->n; i++)
		if ((double)ns[i] > most)
			most = (double)ns[i];
	tile_begin(p, name, id);
	for (i = 0; i < p->n; i++)
		tile_row(p, i, (double)ns[i], most,
		    ns[i] == 0 ? zero : short_dur(ns[i], text), small[i]);
	if (p->n == 2) {
		short_dur(ns[1] < ns[0] ? ns[0] - ns[1] : ns[1] - ns[0], text);
		add_change(p->out, (double)ns[0], (double)ns[1], text);
	}
	strbuf_adds(p->out, "</div>\n");
}

static void
add_tiles(struct html_page *p)
{
	struct sums s[HTML_RUNS_MAX];
	char small[HTML_RUNS_MAX][96], at[DUR_TEXT];
	int64_t ns[HTML_RUNS_MAX];
	size_t i;

	for (i = 0; i < p->n; i++) {
		s[i] = sums_of(p->traces[i]);
		ns[i] = s[i].longest_ns;
		snprintf(small[i], sizeof(small[i]), "%s%s%s",
		    ns[i] == 0 ? "" : "from ",
		    ns[i] == 0 ? "" : dur_short(s[i].longest_at_ns, at),
		    ns[i] == 0 ? "" : " s");
	}
	strbuf_adds(p->out, "<div class=\"tiles\">\n");
	verdict_tile(p);
	missing_tile(p, s);
	time_tile(p, "Longest gap", "n-gap",
	    s[0].probed ? "none" : "\xe2\x80\x93", ns, small);
	for (i = 0; i < p->n; i++) {
		ns[i] = s[i].slowest_ns;
		snprintf(small[i], sizeof(small[i]), "%s%.80s",
		    s[i].slowest == NULL ? "" : "after ",
		    s[i].slowest == NULL ? "" : s[i].slowest);
	}
	time_tile(p, "Slowest change of port", "n-slowest", "none", ns, small);
	strbuf_adds(p->out, "</div>\n");
}

/* --- tables --- */

static void
run_heads(struct html_page *p, const char *first)
{
	size_t i;

	strbuf_addf(p->out, "<thead><tr><th scope=\"col\">%s</th>", first);
	for (i = 0; i < p->n; i++) {
		strbuf_adds(p->out, "<th scope=\"col\">");
		html_run_name(p, i, p->out);
		strbuf_adds(p->out, "</th>");
	}
}

static void
response_cell(struct html_page *p, const struct response *r)
{
	char text[DUR_TEXT];

	strbuf_adds(p->out, "<td>");
	if (r->active == NULL) {
		strbuf_adds(p->out, "no change");
	} else {
		strbuf_adds(p->out, "<b>");
		markup_cut(p->out, r->active, 40);
		strbuf_addf(p->out, "</b> after %s",
		    short_dur(r->after_ns, text));
	}
	if (r->longest_gap_ns > 0)
		strbuf_addf(p->out,
		    "<span class=\"loss\">%" PRIu64 " missing, longest gap "
		    "%s</span>",
		    r->missing, short_dur(r->longest_gap_ns, text));
	strbuf_adds(p->out, "</td>");
}

/* How much sooner or later the second run's port changed. */
static void
response_change(struct html_page *p, const struct response *a,
    const struct response *b)
{
	char text[DUR_TEXT];
	int64_t ns;

	strbuf_adds(p->out, "<td>");
	if (a->active != NULL && b->active != NULL) {
		ns = outage_since(b->after_ns, a->after_ns);
		if (ns == 0)
			strbuf_adds(p->out, "same time");
		else
			strbuf_addf(p->out, "%s %s",
			    short_dur(ns < 0 ? -ns : ns, text),
			    ns < 0 ? "sooner" : "later");
	}
	if (a->missing != b->missing)
		strbuf_addf(p->out,
		    "<span class=\"%s\">%" PRIu64 " %s missing</span>",
		    a->missing > b->missing ? "better" : "worse",
		    a->missing > b->missing ? a->missing - b->missing
					    : b->missing - a->missing,
		    a->missing > b->missing ? "fewer" : "more");
	strbuf_adds(p->out, "</td>");
}

static void
response_row(struct html_page *p, struct response *const *lists,
    const size_t *counts, size_t i)
{
	size_t run;

	strbuf_adds(p->out, "<tr><th scope=\"row\">");
	for (run = 0; run < p->n && i >= counts[run]; run++)
		;
	markup_cut(p->out, lists[run][i].what, 80);
	strbuf_adds(p->out, "</th>");
	for (run = 0; run < p->n; run++)
		if (i < counts[run])
			response_cell(p, &lists[run][i]);
		else
			strbuf_adds(p->out, "<td></td>");
	if (p->n == 2 && i < counts[0] && i < counts[1])
		response_change(p, &lists[0][i], &lists[1][i]);
	else if (p->n == 2)
		strbuf_adds(p->out, "<td></td>");
	strbuf_adds(p->out, "</tr>\n");
}

/* Whether anything came of the deed in some run. */
static bool
has_come(const struct html_page *p, struct response *const *lists,
    const size_t *counts, size_t i)
{
	size_t run;

	for (run = 0; run < p->n; run++)
		if (i < counts[run] &&
		    (lists[run][i].active != NULL || lists[run][i].missing > 0))
			return true;
	return false;
}

static void
responses_rows(struct html_page *p, struct response *const *lists,
    const size_t *counts, size_t most)
{
	size_t i, rows = 0, quiet = 0;

	strbuf_adds(p->out,
	    "<div class=\"wide\"><table><caption>What came of each deed of "
	    "the outside world</caption>");
	run_heads(p, "deed");
	strbuf_addf(p->out, "%s</tr></thead>\n<tbody>\n",
	    p->n == 2 ? "<th scope=\"col\">difference</th>" : "");
	for (i = 0; i < most; i++)
		if (!has_come(p, lists, counts, i))
			quiet++;
		else if (rows++ < RESPONSES_MAX)
			response_row(p, lists, counts, i);
	strbuf_adds(p->out, "</tbody></table></div>\n");
	if (quiet > 0)
		strbuf_addf(p->out,
		    "<p class=\"left\">%zu deed%s after which no port changed "
		    "and no packet went missing.</p>\n",
		    quiet, quiet == 1 ? "" : "s");
	if (rows > RESPONSES_MAX)
		strbuf_addf(p->out,
		    "<p class=\"left\">%zu deeds more are in the table of "
		    "events.</p>\n",
		    rows - RESPONSES_MAX);
}

static void
responses_table(struct html_page *p)
{
	struct response *lists[HTML_RUNS_MAX];
	size_t counts[HTML_RUNS_MAX], i, most = 0, rows = 0;

	for (i = 0; i < p->n; i++) {
		lists[i] = outage_responses(p->traces[i], &counts[i]);
		if (counts[i] > most)
			most = counts[i];
	}
	for (i = 0; i < most; i++)
		rows += has_come(p, lists, counts, i);
	if (rows > 0)
		responses_rows(p, lists, counts, most);
	for (i = 0; i < p->n; i++)
		free(lists[i]);
}

static void
probe_row(struct html_page *p, size_t run, const struct trace_probe *b)
{
	char gap[DUR_TEXT], at[40];

	strbuf_adds(p->out, "<tr><th scope=\"row\">");
	markup_cut(p->out, b->name, 40);
	strbuf_addc(p->out, ' ');
	markup_cut(p->out, b->way, 10);
	strbuf_adds(p->out, "</th>");
	if (p->n > 1) {
		strbuf_adds(p->out, "<td class=\"r\">");
		html_run_name(p, run, p->out);
		strbuf_adds(p->out, "</td>");
	}
	strbuf_addf(p->out,
	    "<td class=\"n\">%" PRIu64 "</td><td class=\"n\">%" PRIu64
	    "</td><td class=\"n\">%" PRIu64 "</td><td class=\"n\">%" PRIu64
	    "</td><td class=\"n\">%" PRIu64 "</td><td class=\"n\">%" PRIu64
	    "</td><td class=\"n\">%" PRIu64 "</td><td class=\"n\">",
	    b->sent, b->delivered, b->lost, b->send_errors, b->duplicated,
	    b->reordered, b->late);
	if (b->longest_gap_ns == 0)
		strbuf_adds(p->out, "none</td></tr>\n");
	else
		strbuf_addf(p->out, "%s from %s s</td></tr>\n",
		    short_dur(b->longest_gap_ns, gap),
		    html_seconds(p,
			html_since(p->traces[run], b->longest_gap_at_ns), at));
}

static void
probes_table(struct html_page *p)
{
	size_t run, i, rows = 0;

	for (run = 0; run < p->n; run++)
		rows += p->traces[run]->n_probes;
	if (rows == 0)
		return;
	strbuf_addf(p->out,
	    "<div class=\"wide\"><table><caption>Packets of each probe"
	    "</caption><thead><tr><th scope=\"col\">probe</th>%s"
	    "<th scope=\"col\" class=\"n\">sent</th><th scope=\"col\" "
	    "class=\"n\">arrived</th><th scope=\"col\" class=\"n\">lost</th>"
	    "<th scope=\"col\" class=\"n\">refused</th><th scope=\"col\" "
	    "class=\"n\">duplicated</th><th scope=\"col\" class=\"n\">"
	    "reordered</th><th scope=\"col\" class=\"n\">late</th><th "
	    "scope=\"col\" class=\"n\">longest gap</th></tr>"
	    "</thead>\n<tbody>\n",
	    p->n > 1 ? "<th scope=\"col\">run</th>" : "");
	rows = 0;
	for (run = 0; run < p->n; run++)
		for (i = 0; i < p->traces[run]->n_probes; i++)
			if (rows++ < PROBES_MAX)
				probe_row(p, run, &p->traces[run]->probes[i]);
	strbuf_adds(p->out, "</tbody></table></div>\n");
	if (rows > PROBES_MAX)
		strbuf_addf(p->out,
		    "<p class=\"left\">%zu probes more are not shown.</p>\n",
		    rows - PROBES_MAX);
}

static void
end_row(struct html_page *p, const char *name,
    void (*say)(const struct trace *, struct strbuf *))
{
	struct strbuf text = { 0 };
	size_t i;

	strbuf_addf(p->out, "<tr><th scope=\"row\">%s</th>", name);
	for (i = 0; i < p->n; i++) {
		strbuf_reset(&text);
		say(p->traces[i], &text);
		strbuf_adds(p->out, "<td>");
		markup_cut(p->out, strbuf_str(&text), 300);
		strbuf_adds(p->out, "</td>");
	}
	strbuf_adds(p->out, "</tr>\n");
	strbuf_fini(&text);
}

static void
say_route(const struct trace *t, struct strbuf *out)
{
	const char *r = trace_get_state(t, "route", "default");

	strbuf_adds(out, r == NULL ? "none" : r);
}

static void
say_work(const struct trace *t, struct strbuf *out)
{
	strbuf_addf(out, "%zu operations, %zu programs, %zu rules fired",
	    t->n_operations, t->n_commands, t->n_firings);
}

static void
end_table(struct html_page *p)
{
	strbuf_adds(p->out,
	    "<div class=\"wide\"><table><caption>At the end</caption>");
	run_heads(p, "");
	strbuf_adds(p->out, "</tr></thead>\n<tbody>\n");
	end_row(p, "aggregates", final_aggregates);
	end_row(p, "addresses", final_addresses);
	end_row(p, "default route", say_route);
	end_row(p, "work", say_work);
	strbuf_adds(p->out, "</tbody></table></div>\n");
}

void
html_numbers(struct html_page *p)
{
	strbuf_adds(p->out,
	    "<section id=\"numbers\" aria-labelledby=\"h-numbers\">\n"
	    "<h2 id=\"h-numbers\">Numbers</h2>\n");
	add_tiles(p);
	html_failed(p);
	responses_table(p);
	strbuf_adds(p->out, "</section>\n");
}

void
html_end(struct html_page *p)
{
	strbuf_adds(p->out,
	    "<section id=\"end\" aria-labelledby=\"h-end\">\n"
	    "<h2 id=\"h-end\">Packets, and what is left</h2>\n");
	probes_table(p);
	end_table(p);
	strbuf_adds(p->out, "</section>\n");
}
