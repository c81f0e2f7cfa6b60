/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * html_parts - what the parts of the HTML report share; for html*.c.
 *
 * Times inside the page count from each run's beginning ("since"), in
 * nanoseconds; so all runs of a page share one axis. Elements that stand at a
 * time carry it in data-a, and their end in data-b: report.js moves them when
 * somebody zooms, and draws nothing that was not drawn here.
 */
#ifndef REPORT_HTML_PARTS_H
#define REPORT_HTML_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "db/trace.h"
#include "report/html.h"

/* Geometry of a picture before report.js fits it to the window. */
#define HTML_WIDTH  1200
#define HTML_GUTTER 132 /* names of lanes */
#define HTML_PLOT   (HTML_WIDTH - HTML_GUTTER - 12)
#define HTML_LETTER 6.3 /* mean width of a letter of 11 px */

struct html_window { /* since */
	int64_t from_ns, until_ns;
};

/* Which of many are drawn. Strings are the trace's. */
struct html_pick {
	const char **aggregates, **interfaces; /* owned lists */
	size_t n_aggregates, n_interfaces;
	size_t *probes; /* owned; their numbers */
	size_t n_probes;
	size_t left_aggregates, left_interfaces, left_probes;
};

/* Of one run among those of a page. Objects are the same for all of them. */
void html_pick_make(struct html_pick *p, const struct trace *const *traces,
    size_t n_traces, size_t run);
void html_pick_fini(struct html_pick *p);

enum html_port { HTML_PORT_NONE, HTML_PORT_VF, HTML_PORT_SYN, HTML_PORT_OTHER };

/* What kind of port an interface is; "none" or "" is none. */
enum html_port html_port_of(const struct trace *t, const char *name);

/* "vf", "syn", "none", "other": the end of a CSS class. */
const char *html_port_class(enum html_port port);

struct html_page {
	const struct trace *const *traces;
	struct html_pick *picks;
	size_t n;
	bool same_clock; /* all begin at the same reading */
	int64_t base_ns; /* what is added to a since for people */
	struct html_window whole;
	bool operations, commands, records, firings, notes, checks; /* any
				run has some: each picture has the lane */
	size_t merged; /* marks that stand for several */
	struct strbuf *out;
};

/* The name of a run among several, "A: stock"; of one alone, its policy. */
void html_run_name(const struct html_page *p, size_t run, struct strbuf *out);

/* A picture of one run in one window. */
struct html_chart {
	struct html_page *page;
	const struct trace *t;
	const struct html_pick *pick;
	size_t run;
	struct html_window w;
	int64_t zero_ns; /* what the lower axis counts from, or TRACE_OPEN */
	struct strbuf names; /* at the left, below the plot in the file */
	struct strbuf plot;
	int y; /* next free */
};

int64_t html_since(const struct trace *t, int64_t at_ns);
double html_x(const struct html_chart *c, int64_t since_ns);
bool html_is_seen(const struct html_chart *c, int64_t a_ns, int64_t b_ns);

/* Appends ` data-a="N"` or with ` data-b="N"`. */
void html_add_times(struct strbuf *out, int64_t a_ns, int64_t b_ns);

/* The name of a lane at its left; it begins at c->y. */
void html_lane(struct html_chart *c, const char *name, const char *what,
    int height);

/* A bar with a text in it if there is room. title may be NULL: its text. */
void html_bar(struct html_chart *c, const char *css, int64_t a_ns, int64_t b_ns,
    int top, int height, const char *text, const char *title);

/* A mark, one of the symbols of the page ("m-record"), centred at y. */
void html_mark(struct html_chart *c, const char *symbol, int64_t a_ns, int y,
    const char *title);

/* Seconds as people read them on this page: a run's clock or since. */
const char *html_seconds(const struct html_page *p, int64_t since_ns,
    char buf[40]);

/* The lanes of a picture, from top to bottom; each takes its room. */
void html_states(struct html_chart *c);
void html_plots(struct html_chart *c);
void html_work(struct html_chart *c);  /* operations, commands */
void html_marks(struct html_chart *c); /* records, rules, notes, checks */

/* What the aggregates did in the window, as sentences; for readers. */
void html_states_told(const struct html_chart *c, struct strbuf *out);

/* A whole figure with a picture for each run. caption is markup. */
void html_figure(struct html_page *p, const char *id, const char *caption,
    struct html_window w, int64_t zero_ns);

/* Sections of the page. */
void html_numbers(struct html_page *p);
void html_failed(struct html_page *p); /* those of the expectations, in short */
void html_moments(struct html_page *p);
void html_checks(struct html_page *p);
void html_end(struct html_page *p); /* packets, and how it ended */
void html_events(struct html_page *p);

/* The distance between ticks of an axis this long: 1, 2 or 5 times a power
 * of ten, so that there are at most `most`. */
int64_t html_step(int64_t span_ns, int most);

#endif
