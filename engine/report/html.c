/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/html.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "report/html_parts.h"
#include "report/markup.h"
#include "report/outage.h"

/* Generated from report.css and report.js: their lines as C strings, and
 * "sha256-..." of the whole. Only what has these hashes is run or applied. */
static const char *const css_lines[] = {
#include "report.css.inc"
	NULL,
};
static const char *const js_lines[] = {
#include "report.js.inc"
	NULL,
};
static const char css_hash[] =
#include "report.css.hash"
    ;
static const char js_hash[] =
#include "report.js.hash"
    ;

static void
add_lines(struct strbuf *out, const char *const *lines)
{
	while (*lines != NULL)
		strbuf_adds(out, *lines++);
}

/* --- symbols: each has a shape of its own, centred at 0, 0 --- */

static const struct symbol {
	const char *id, *path, *meaning;
} symbols[] = {
	{ "m-stimulus", "M-5 -5H5L0 5Z", "the outside world did something" },
	{ "m-mark", "M0 -5L4 0L0 5L-4 0Z", "mark of the scenario" },
	{ "m-record", "M-5 4.5H5L0 -5Z", "record" },
	{ "m-attach", "M-1.5 -5h3v3.5h3.5v3h-3.5v3.5h-3v-3.5h-3.5v-3h3.5z",
	    "record of a device that came" },
	{ "m-detach", "M-5 -1.5h10v3h-10z", "record of a device that went" },
	{ "m-nomatch", "M-3.5 -2.5A3.5 3.5 0 1 1 0 1.2V2.4M0 4.2V5.6",
	    "record of a device without a driver" },
	{ "m-dropped", "M-5 -5L5 5M5 -5L-5 5M-5 0H5",
	    "record lost: the queue was full" },
	{ "m-unread", "M-4 3.5H4L0 -4Z", "record that nobody read" },
	{ "m-rule", "M-4 -5L5 0L-4 5Z", "a rule fired" },
	{ "m-note", "M-4 -4H4V4H-4Z", "note in a log" },
	{ "m-pass", "M-5 0L-2 4L5 -4", "expectation held" },
	{ "m-fail", "M-4.5 -4.5L4.5 4.5M4.5 -4.5L-4.5 4.5",
	    "expectation failed" },
	{ "m-known", "M0 -5.5L5.5 4.5H-5.5ZM0 -2V1.2M0 2.4V3.6",
	    "known fault" },
	{ "m-skip", "M-5 0H5", "not judged" },
	{ "m-lost", "M-3 -3L3 3M3 -3L-3 3", "packet that was lost" },
	{ "m-refused", "M-3.4 -2.6H3.4L0 3.4Z",
	    "packet that the sender could not send" },
	{ "m-mixed", "M-3 0H3M0 -3V3", "packet missing, lost or refused" },
	{ "m-duplicated",
	    "M-4 -1.5a3 3 0 1 0 6 0a3 3 0 1 0 -6 0M-2 2a3 3 0 "
	    "1 0 6 0a3 3 0 1 0 -6 0",
	    "packet that came twice" },
	{ "m-reordered", "M5 -4L-4 0L5 4",
	    "packet that came behind a later one" },
	{ "m-late", "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0M0 -2.5V0H2",
	    "packet that came late" },
};
#define SYMBOLS (sizeof(symbols) / sizeof(symbols[0]))

static void
add_symbols(struct strbuf *out)
{
	size_t i;

	strbuf_adds(out,
	    "<svg class=\"defs\" width=\"0\" height=\"0\" "
	    "aria-hidden=\"true\"><defs>\n");
	for (i = 0; i < SYMBOLS; i++)
		strbuf_addf(out, "<path id=\"%s\" d=\"%s\"/>\n", symbols[i].id,
		    symbols[i].path);
	strbuf_adds(out,
	    "<pattern id=\"p-vf\" width=\"8\" height=\"8\" "
	    "patternUnits=\"userSpaceOnUse\"><rect width=\"8\" height=\"8\" "
	    "class=\"f-vf\"/></pattern>\n"
	    "<pattern id=\"p-syn\" width=\"7\" height=\"7\" "
	    "patternUnits=\"userSpaceOnUse\" "
	    "patternTransform=\"rotate(45)\"><rect width=\"7\" height=\"7\" "
	    "class=\"f-syn\"/><rect width=\"1.4\" height=\"7\" "
	    "class=\"f-syn2\"/></pattern>\n"
	    "<pattern id=\"p-none\" width=\"6\" height=\"6\" "
	    "patternUnits=\"userSpaceOnUse\" "
	    "patternTransform=\"rotate(-45)\"><rect width=\"6\" height=\"6\" "
	    "class=\"f-none\"/><rect width=\"2\" height=\"6\" "
	    "class=\"f-none2\"/></pattern>\n"
	    "<pattern id=\"p-nolink\" width=\"5\" height=\"5\" "
	    "patternUnits=\"userSpaceOnUse\"><rect width=\"5\" height=\"5\" "
	    "class=\"f-nolink\"/><circle cx=\"2.5\" cy=\"2.5\" r=\"1\" "
	    "class=\"f-nolink2\"/></pattern>\n"
	    "</defs></svg>\n");
}

/* --- head --- */

void
html_run_name(const struct html_page *p, size_t run, struct strbuf *out)
{
	const char *policy = p->traces[run]->run.policy;

	if (p->n > 1)
		strbuf_addf(out, "%c", 'A' + (int)run);
	if (p->n > 1 && policy[0] != '\0')
		strbuf_addc(out, ' ');
	if (policy[0] != '\0')
		markup_cut(out, policy, 16);
	else if (p->n == 1)
		strbuf_adds(out, "run");
}

static void
add_head(struct html_page *p)
{
	struct strbuf *out = p->out;

	strbuf_addf(out,
	    "<!DOCTYPE html>\n"
	    "<html lang=\"en\"><head><meta charset=\"utf-8\" />\n"
	    "<meta http-equiv=\"Content-Security-Policy\" "
	    "content=\"default-src &#39;none&#39;; style-src &#39;%s&#39;; "
	    "script-src &#39;%s&#39;; base-uri &#39;none&#39;; form-action "
	    "&#39;none&#39;\" />\n"
	    "<meta name=\"viewport\" content=\"width=device-width, "
	    "initial-scale=1\" />\n"
	    "<meta name=\"generator\" content=\"switchback " SWITCHBACK_VERSION
	    "\" />\n<title>",
	    css_hash, js_hash);
	markup_cut(out, p->traces[0]->run.title, 200);
	strbuf_adds(out, "</title>\n<style>");
	add_lines(out, css_lines);
	strbuf_adds(out, "</style></head>\n<body>\n");
}

static void
add_fact(struct strbuf *out, const char *name, const char *value)
{
	if (value[0] == '\0')
		return;
	strbuf_addf(out, "<dt>%s</dt><dd>", name);
	markup_cut(out, value, 200);
	strbuf_adds(out, "</dd>");
}

static void
add_facts(struct html_page *p, size_t run)
{
	const struct trace_run *r = &p->traces[run]->run;
	char text[DUR_TEXT], seed[24];

	strbuf_adds(p->out, "<dl class=\"facts\">");
	if (p->n > 1) {
		strbuf_adds(p->out, "<dt>run</dt><dd><b>");
		html_run_name(p, run, p->out);
		strbuf_adds(p->out, "</b></dd>");
		if (run > 0 && strcmp(r->title, p->traces[0]->run.title) != 0)
			add_fact(p->out, "title", r->title);
	}
	if (p->n == 1)
		add_fact(p->out, "policy", r->policy);
	add_fact(p->out, "kind", r->kind);
	add_fact(p->out, "machine", r->machine);
	add_fact(p->out, "source", r->source);
	snprintf(seed, sizeof(seed), "%" PRIu64, r->seed);
	add_fact(p->out, "seed", seed);
	add_fact(p->out, "length",
	    dur_format(html_since(p->traces[run], r->end_ns) / DUR_MS * DUR_MS,
		text));
	add_fact(p->out, "version", r->version);
	add_fact(p->out, "note", r->note);
	if (r->cut)
		add_fact(p->out, "not finished",
		    "it is being recorded, or was cut off; this is all that "
		    "was stored");
	strbuf_adds(p->out, "</dl>\n");
}

static void
add_banner(struct html_page *p)
{
	size_t i;

	strbuf_adds(p->out, "<header><div class=\"title\"><h1>");
	markup_cut(p->out,
	    p->traces[0]->run.title[0] == '\0' ? "A run without a title"
					       : p->traces[0]->run.title,
	    200);
	strbuf_adds(p->out,
	    "</h1><div class=\"buttons\" hidden=\"\">"
	    "<button type=\"button\" id=\"theme\">Dark or light</button> "
	    "<button type=\"button\" id=\"help-button\" "
	    "aria-keyshortcuts=\"?\">Keys <kbd>?</kbd></button></div></div>\n");
	for (i = 0; i < p->n; i++)
		add_facts(p, i);
	strbuf_adds(p->out, "</header>\n<main>\n");
}

/* --- the whole run, and what its shapes mean --- */

static void
legend_bar(struct strbuf *out, const char *css, int height, const char *text)
{
	strbuf_addf(out,
	    "<li><svg class=\"sym wide-sym\" aria-hidden=\"true\"><rect "
	    "class=\"b b-%s\" x=\"1\" y=\"%d\" width=\"30\" height=\"%d\"/>"
	    "</svg> %s</li>\n",
	    css, 15 - height, height, text);
}

static void
add_legend(struct strbuf *out)
{
	size_t i;

	strbuf_adds(out,
	    "<details class=\"legend\"><summary>What the shapes mean"
	    "</summary><ul>\n");
	legend_bar(out, "vf", 13, "the VF carries, or is up with link");
	legend_bar(out, "syn", 13,
	    "the synthetic NIC carries, or is up with link");
	legend_bar(out, "other", 13, "another interface, up with link");
	legend_bar(out, "none", 13, "no port carries");
	legend_bar(out, "nolink", 9, "up, but without link");
	legend_bar(out, "down", 5, "there, but down");
	legend_bar(out, "busy", 13, "many changes: the table has each");
	legend_bar(out, "op", 13,
	    "operation of the engine, as long as it took");
	legend_bar(out, "bad", 13, "operation that failed");
	legend_bar(out, "cmd", 13, "program, as long as it ran");
	legend_bar(out, "refused", 13,
	    "packets missing: the sender could not send them");
	legend_bar(out, "lost", 13, "packets missing: sent and lost");
	for (i = 0; i < SYMBOLS; i++)
		strbuf_addf(out,
		    "<li><svg class=\"sym\" aria-hidden=\"true\"><use "
		    "href=\"#%s\" x=\"8\" y=\"8\" class=\"m %s\"/></svg> "
		    "%s</li>\n",
		    symbols[i].id, symbols[i].id, symbols[i].meaning);
	strbuf_adds(out,
	    "</ul><p>Bars are never drawn narrower than 2 pixels, so that "
	    "nothing is too short to be seen; zoom in for their true length. "
	    "In a plot of packets each one stands at the time when it was "
	    "sent and the height of its number.</p></details>\n");
}

static void
add_help(struct strbuf *out)
{
	static const char *const keys[][2] = {
		{ "+ \xe2\x88\x92", "zoom the picture in and out" },
		{ "\xe2\x86\x90 \xe2\x86\x92", "move along the time" },
		{ "Home", "the picture as it was" },
		{ "n p",
		    "next and previous thing in the picture; it is read "
		    "out below" },
		{ "1 \xe2\x80\xa6 9", "go to a close-up; 0: the whole run" },
		{ "/", "filter the table of events" },
		{ "t", "dark or light" },
		{ "?", "this help" },
		{ "Esc", "close it; leave the filter" },
	};
	size_t i;

	strbuf_adds(out,
	    "<dialog id=\"help\" aria-labelledby=\"h-help\"><h2 id=\"h-help\">"
	    "Keys and mouse</h2><table><caption>Keys work on the picture "
	    "that has the focus, or the one in view</caption><tbody>\n");
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		strbuf_addf(out,
		    "<tr><th scope=\"row\"><kbd>%s</kbd></th><td>%s</td>"
		    "</tr>\n",
		    keys[i][0], keys[i][1]);
	strbuf_adds(out,
	    "</tbody></table><p>Mouse: the wheel zooms a picture that was "
	    "clicked, or with <kbd>Ctrl</kbd> any; dragging moves it; a "
	    "double click zooms in; a click on a row of the table shows its "
	    "time.</p><form method=\"dialog\"><button>Close</button></form>"
	    "</dialog>\n");
}

/* What is not drawn of a big machine, in a sentence. */
static void
add_left(struct html_page *p)
{
	const struct html_pick *k;
	size_t i, a = 0, f = 0, s = 0;

	for (i = 0; i < p->n; i++) {
		k = &p->picks[i];
		a = k->left_aggregates > a ? k->left_aggregates : a;
		f = k->left_interfaces > f ? k->left_interfaces : f;
		s = k->left_probes > s ? k->left_probes : s;
	}
	if (a + f + s > 0)
		strbuf_addf(p->out,
		    "<p class=\"left\">Not drawn, because less happened to "
		    "them: %zu aggregates, %zu interfaces, %zu probes. They "
		    "are in the tables.</p>\n",
		    a, f, s);
	if (p->merged > 0)
		strbuf_addf(p->out,
		    "<p class=\"left\">%zu marks and bars that would lie on "
		    "others are not drawn one by one; text beside a mark says "
		    "how many it stands for.</p>\n",
		    p->merged);
	if (!p->same_clock)
		strbuf_adds(p->out,
		    "<p class=\"left\">The runs have clocks of their own: "
		    "times count from each run&#39;s beginning.</p>\n");
}

static void
add_whole(struct html_page *p)
{
	strbuf_adds(p->out,
	    "<section id=\"timeline\" aria-labelledby=\"h-timeline\">\n"
	    "<h2 id=\"h-timeline\">Time line</h2>\n"
	    "<p class=\"how\">Wheel, drag or <kbd>+</kbd> <kbd>\xe2\x88\x92"
	    "</kbd> <kbd>\xe2\x86\x90</kbd> <kbd>\xe2\x86\x92</kbd> to look "
	    "closer; all keys: <kbd>?</kbd></p>\n");
	html_figure(p, "whole", "<b>The whole run</b>", p->whole, TRACE_OPEN);
	strbuf_adds(p->out, "</section>\n");
}

/* --- the page --- */

static void
find_times(struct html_page *p)
{
	int64_t end;
	size_t i;

	p->same_clock = true;
	for (i = 0; i < p->n; i++) {
		p->same_clock = p->same_clock &&
		    p->traces[i]->run.start_ns == p->traces[0]->run.start_ns;
		end = html_since(p->traces[i], p->traces[i]->run.end_ns);
		if (end > p->whole.until_ns)
			p->whole.until_ns = end;
	}
	if (p->whole.until_ns < DUR_US)
		p->whole.until_ns = DUR_US;
	/* A little air, so that what happens at the edges is seen whole. */
	p->whole.from_ns = -(p->whole.until_ns / 100);
	p->whole.until_ns += p->whole.until_ns / 100;
	p->base_ns = p->traces[0]->run.start_ns;
	if (!p->same_clock || p->base_ns > DUR_MAX || p->base_ns < -DUR_MAX)
		p->base_ns = 0;
}

/* So that the pictures of all runs have the same lanes. */
static void
find_lanes(struct html_page *p)
{
	const struct trace *t;
	size_t i;

	for (i = 0; i < p->n; i++) {
		t = p->traces[i];
		p->operations = p->operations || t->n_operations > 0;
		p->commands = p->commands || t->n_commands > 0;
		p->records = p->records || t->n_records > 0;
		p->firings = p->firings || t->n_firings > 0;
		p->notes = p->notes || t->n_notes > 0;
		p->checks = p->checks || t->n_checks > 0;
	}
}

void
html_write(const struct trace *const *traces, size_t n, struct strbuf *out)
{
	struct html_page p = { .traces = traces, .n = n, .out = out };
	size_t i;

	if (p.n > HTML_RUNS_MAX)
		p.n = HTML_RUNS_MAX;
	if (p.n == 0)
		return;
	p.picks = mem_zero(p.n, sizeof(*p.picks));
	for (i = 0; i < p.n; i++)
		html_pick_make(&p.picks[i], traces, p.n, i);
	find_times(&p);
	find_lanes(&p);
	add_head(&p);
	add_symbols(out);
	add_banner(&p);
	html_numbers(&p);
	add_whole(&p);
	html_moments(&p);
	add_legend(out);
	add_left(&p);
	html_checks(&p);
	html_end(&p);
	html_events(&p);
	strbuf_adds(out,
	    "</main>\n<p id=\"details\" role=\"status\" aria-live=\"polite\">"
	    "</p>\n<div id=\"tip\" aria-hidden=\"true\" hidden=\"\"></div>\n");
	add_help(out);
	strbuf_adds(out, "<script>");
	add_lines(out, js_lines);
	strbuf_adds(out, "</script>\n</body></html>\n");
	for (i = 0; i < p.n; i++)
		html_pick_fini(&p.picks[i]);
	free(p.picks);
}
