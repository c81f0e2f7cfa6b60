/* SPDX-License-Identifier: BSD-2-Clause */
/* One picture: its axes, the moments that cut through all lanes, and the
 * shapes that lanes are made of. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "report/clean.h"
#include "report/html_parts.h"
#include "report/markup.h"
#include "report/outage.h"

#define TICKS	  10
#define AXIS	  20 /* height of an axis */
#define FLAG	  15 /* height of a row of flags */
#define FLAG_ROWS 2
#define TEXT_MAX  120 /* bytes in a bar or flag */
#define BAR_MIN	  2.0
#define FLAGS_MAX 400
#define LOW	  460 /* two pictures of this height fit a page */

/* Within 25 years, so that sums of a few fit: stored times may be anything. */
int64_t
html_since(const struct trace *t, int64_t at_ns)
{
	int64_t since = outage_since(at_ns, t->run.start_ns);

	return since > DUR_MAX / 4 ? DUR_MAX / 4
	    : since < -DUR_MAX / 4 ? -DUR_MAX / 4
				   : since;
}

double
html_x(const struct html_chart *c, int64_t since_ns)
{
	double span = (double)c->w.until_ns - (double)c->w.from_ns;

	return ((double)since_ns - (double)c->w.from_ns) / span * HTML_PLOT;
}

bool
html_is_seen(const struct html_chart *c, int64_t a_ns, int64_t b_ns)
{
	return b_ns >= c->w.from_ns && a_ns <= c->w.until_ns;
}

void
html_add_times(struct strbuf *out, int64_t a_ns, int64_t b_ns)
{
	strbuf_addf(out, " data-a=\"%" PRId64 "\"", a_ns);
	if (b_ns != a_ns)
		strbuf_addf(out, " data-b=\"%" PRId64 "\"", b_ns);
}

const char *
html_seconds(const struct html_page *p, int64_t since_ns, char buf[40])
{
	dur_stamp(since_ns + p->base_ns, buf);
	buf[strlen(buf) - 3] = '\0'; /* microseconds will do */
	return buf;
}

/* --- shapes --- */

void
html_lane(struct html_chart *c, const char *name, const char *what, int height)
{
	strbuf_addf(&c->names, "<text class=\"ln\" x=\"%d\" y=\"%d\">",
	    HTML_GUTTER - 8, c->y + (height < 40 ? height / 2 + 4 : 13));
	markup_cut(&c->names, name, 18);
	strbuf_adds(&c->names, "</text>");
	strbuf_addf(&c->plot, "<g class=\"lane\" data-lane=\"%s\"", what);
	markup_attribute(&c->plot, "data-name", name);
	strbuf_addf(&c->plot,
	    "><line class=\"rule\" x1=\"0\" x2=\"100%%\" y1=\"%d\" y2=\"%d\"/>",
	    c->y, c->y);
	strbuf_adds(&c->plot, "\n");
}

static void
add_title(struct strbuf *out, const char *title)
{
	strbuf_adds(out, "<title>");
	markup_cut(out, title, 400);
	strbuf_adds(out, "</title>");
}

static void
bar_text(struct html_chart *c, int64_t a_ns, int64_t b_ns, double left,
    double right, int y, const char *css, const char *text)
{
	size_t bytes = strlen(text);
	bool fits = (double)bytes * HTML_LETTER + 8 <= right - left;

	strbuf_addf(&c->plot, "<text class=\"bt bt-%s\"", css);
	html_add_times(&c->plot, a_ns, b_ns == a_ns ? a_ns + 1 : b_ns);
	strbuf_addf(&c->plot, " x=\"%.1f\" y=\"%d\"%s>", left + 4, y,
	    fits ? "" : " visibility=\"hidden\"");
	markup_cut(&c->plot, text, TEXT_MAX);
	strbuf_adds(&c->plot, "</text>\n");
}

void
html_bar(struct html_chart *c, const char *css, int64_t a_ns, int64_t b_ns,
    int top, int height, const char *text, const char *title)
{
	double left = html_x(c, a_ns), right = html_x(c, b_ns);

	if (!html_is_seen(c, a_ns, b_ns))
		return;
	if (right < left + BAR_MIN)
		right = left + BAR_MIN;
	strbuf_addf(&c->plot, "<rect class=\"b b-%s\"", css);
	html_add_times(&c->plot, a_ns, b_ns == a_ns ? a_ns + 1 : b_ns);
	strbuf_addf(&c->plot,
	    " x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\">", left, top,
	    right - left, height);
	add_title(&c->plot, title == NULL ? text : title);
	strbuf_adds(&c->plot, "</rect>\n");
	if (text[0] == '\0' || height < 11)
		return;
	if (left < 0)
		left = 0;
	if (right > HTML_PLOT)
		right = HTML_PLOT;
	bar_text(c, a_ns, b_ns, left, right,
	    top + height / 2 + (height < 14 ? 3 : 4), css, text);
}

void
html_mark(struct html_chart *c, const char *symbol, int64_t a_ns, int y,
    const char *title)
{
	if (!html_is_seen(c, a_ns, a_ns))
		return;
	strbuf_addf(&c->plot, "<use href=\"#%s\" class=\"m %s\"", symbol,
	    symbol);
	html_add_times(&c->plot, a_ns, a_ns);
	strbuf_addf(&c->plot, " x=\"%.1f\" y=\"%d\">", html_x(c, a_ns), y);
	add_title(&c->plot, title);
	strbuf_adds(&c->plot, "</use>\n");
}

/* --- axes --- */

int64_t
html_step(int64_t span_ns, int most)
{
	int64_t step = 1;

	while (span_ns / step > most) {
		if (step > INT64_MAX / 10)
			break;
		if (span_ns / (step * 2) <= most)
			return step * 2;
		if (span_ns / (step * 5) <= most)
			return step * 5;
		step *= 10;
	}
	return step;
}

/* "27.62" with as many digits as the step needs. */
static void
tick_text(struct strbuf *out, int64_t ns, int64_t step_ns)
{
	char text[DUR_TEXT];
	int digits = 0;
	size_t bytes;

	while (digits < 9 && step_ns < DUR_SEC) {
		step_ns *= 10;
		digits++;
	}
	dur_stamp(ns, text);
	bytes = strlen(text) - (size_t)(digits == 0 ? 10 : 9 - digits);
	strbuf_add(out, text, bytes);
}

/* "+20ms": the lower axis. */
static void
tick_after(struct strbuf *out, int64_t ns)
{
	char text[DUR_TEXT];

	if (ns < 0)
		strbuf_addf(out, "\xe2\x88\x92%s", dur_format(-ns, text));
	else
		strbuf_addf(out, "+%s", dur_format(ns, text));
}

/* Where a line and its label stand; floor to a multiple of the step. */
static int64_t
first_tick(int64_t from_ns, int64_t step_ns)
{
	int64_t rest = from_ns % step_ns;

	if (rest < 0)
		rest += step_ns;
	return from_ns - rest;
}

/* origin_ns (since): where the axis has its zero. */
static void
add_axis(struct html_chart *c, const char *css, int64_t origin_ns, int y,
    struct strbuf *out)
{
	int64_t from = outage_since(c->w.from_ns, origin_ns);
	int64_t until = outage_since(c->w.until_ns, origin_ns);
	int64_t step = html_step(outage_since(until, from), TICKS), at;
	double x;

	strbuf_addf(out, "<g class=\"axis %s\" data-zero=\"%" PRId64 "\">", css,
	    origin_ns);
	for (at = first_tick(from, step); at <= until; at += step) {
		x = html_x(c, at + origin_ns);
		if (x >= -0.5) {
			strbuf_addf(out,
			    "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" "
			    "y2=\"%d\"/><text x=\"%.1f\" y=\"%d\">",
			    x, x, css[0] == 't' ? 0 : y - 4,
			    css[0] == 't' ? c->y : y + 3, x + 3, y + 13);
			if (css[0] == 't')
				tick_text(out, at, step);
			else
				tick_after(out, at);
			strbuf_adds(out, "</text>");
		}
		if (at > INT64_MAX - step)
			break;
	}
	strbuf_adds(out, "</g>\n");
}

/* --- what cuts through all lanes --- */

struct flags {
	double ends[FLAG_ROWS]; /* where the rows' texts end so far */
	size_t drawn, left;
};

static void
add_flag(struct html_chart *c, struct flags *f, const char *kind, int64_t at_ns,
    const char *text)
{
	double x = html_x(c, at_ns), wide;
	int row = 0;

	if (!html_is_seen(c, at_ns, at_ns))
		return;
	if (f->drawn == FLAGS_MAX) {
		f->left++;
		return;
	}
	f->drawn++;
	wide = (double)strlen(text) * HTML_LETTER + 16;
	while (row < FLAG_ROWS && f->ends[row] > x)
		row++;
	strbuf_addf(&c->plot, "<g class=\"flag flag-%s\"", kind);
	html_add_times(&c->plot, at_ns, at_ns);
	strbuf_addf(&c->plot,
	    " data-x=\"%.1f\" transform=\"translate(%.1f 0)\">"
	    "<line y1=\"%d\" y2=\"%d\"/>"
	    "<use href=\"#m-%s\" x=\"0\" y=\"%d\"/>"
	    "<text x=\"7\" y=\"%d\"%s>",
	    x, x, AXIS, c->y, kind, AXIS + 4 + (row % FLAG_ROWS) * FLAG,
	    AXIS + 9 + (row % FLAG_ROWS) * FLAG,
	    row == FLAG_ROWS ? " visibility=\"hidden\"" : "");
	markup_cut(&c->plot, text, 48);
	strbuf_adds(&c->plot, "</text>");
	add_title(&c->plot, text);
	strbuf_adds(&c->plot, "</g>\n");
	if (row < FLAG_ROWS)
		f->ends[row] = x + wide;
}

static void
add_flags(struct html_chart *c)
{
	struct flags f = { { -1e9, -1e9 }, 0, 0 };
	const struct trace *t = c->t;
	size_t i, k = 0;

	for (i = 0; i < t->n_stimuli || k < t->n_marks;) {
		/* Both tables are in order of time. */
		if (k == t->n_marks ||
		    (i < t->n_stimuli &&
			t->stimuli[i].at_ns <= t->marks[k].at_ns)) {
			add_flag(c, &f, "stimulus",
			    html_since(t, t->stimuli[i].at_ns),
			    t->stimuli[i].text);
			i++;
		} else {
			add_flag(c, &f, "mark",
			    html_since(t, t->marks[k].at_ns), t->marks[k].name);
			k++;
		}
	}
	c->page->merged += f.left;
}

/* --- figures --- */

static void
add_picture(struct html_chart *c, const char *name)
{
	struct strbuf *out = c->page->out, axes = { 0 }, told = { 0 };
	int height;

	c->y = AXIS + FLAG_ROWS * FLAG + 4;
	html_states(c);
	html_plots(c);
	html_work(c);
	html_marks(c);
	add_flags(c);
	add_axis(c, "top", -c->page->base_ns, 0, &axes);
	height = c->y;
	if (c->zero_ns != TRACE_OPEN) {
		add_axis(c, "low", c->zero_ns, c->y, &axes);
		height += AXIS;
	}
	html_states_told(c, &told);
	strbuf_addf(out,
	    "<svg class=\"run%s\" role=\"img\" viewBox=\"0 0 %d %d\" "
	    "data-run=\"%zu\" data-height=\"%d\" data-bottom=\"%d\"",
	    height <= LOW ? " low" : "", HTML_WIDTH, height, c->run, height,
	    c->y);
	strbuf_adds(out, " aria-label=\"");
	strbuf_addf(out,
	    "%s. %s Everything in this picture is also in the "
	    "table of events.\">\n",
	    name, strbuf_str(&told));
	strbuf_addf(out, "<text class=\"who\" x=\"%d\" y=\"14\">%s</text>\n",
	    HTML_GUTTER - 8, name);
	strbuf_addf(out,
	    "<svg class=\"plot\" x=\"%d\" y=\"0\" width=\"%d\" "
	    "height=\"%d\">\n",
	    HTML_GUTTER, HTML_PLOT, height);
	strbuf_adds(out, strbuf_str(&axes));
	strbuf_adds(out, strbuf_str(&c->plot));
	strbuf_addf(out, "</svg>\n<g class=\"names\">%s</g>\n</svg>\n",
	    strbuf_str(&c->names));
	strbuf_fini(&axes);
	strbuf_fini(&told);
}

void
html_figure(struct html_page *p, const char *id, const char *caption,
    struct html_window w, int64_t zero_ns)
{
	struct html_chart c;
	struct strbuf name = { 0 };
	size_t i;

	strbuf_addf(p->out,
	    "<figure class=\"chart of-%zu\" id=\"%s\" data-from=\"%" PRId64
	    "\" data-until=\"%" PRId64 "\" data-base=\"%" PRId64 "\">\n"
	    "<figcaption>%s</figcaption>\n"
	    "<div class=\"stage\">\n",
	    p->n, id, w.from_ns, w.until_ns, p->base_ns, caption);
	for (i = 0; i < p->n; i++) {
		memset(&c, 0, sizeof(c));
		c.page = p;
		c.t = p->traces[i];
		c.pick = &p->picks[i];
		c.run = i;
		c.w = w;
		c.zero_ns = zero_ns;
		strbuf_reset(&name);
		html_run_name(p, i, &name);
		add_picture(&c, strbuf_str(&name));
		strbuf_fini(&c.names);
		strbuf_fini(&c.plot);
	}
	strbuf_adds(p->out, "</div>\n</figure>\n");
	strbuf_fini(&name);
}
