/* SPDX-License-Identifier: BSD-2-Clause */
/* The sequence plot of a packet stream: the packets' numbers over the time at
 * which each was sent. What arrived is a rising line, what is missing a break
 * in it with its reason. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "report/happening.h"
#include "report/html_parts.h"
#include "report/markup.h"
#include "report/outage.h"

#define HEIGHT	   112
#define PAD	   10
#define GAPS_MAX   1000 /* of all plots of a figure, about */
#define ODD_MAX	   500
#define LABELS_MAX 60
#define DOT_ROOM   4.0 /* pixels from packet to packet for a dot each */
#define DOTS_MAX   400

struct leg { /* packets n..m, sent from a_ns to b_ns (since) */
	int64_t a_ns, b_ns;
	uint64_t n, m;
	bool missing;
	uint64_t refused, count;     /* of the missing ones */
	size_t gaps;		     /* rows it stands for */
	const struct trace_gap *gap; /* the first of them */
};

struct plot {
	struct html_chart *c;
	const struct trace_probe *p;
	size_t number;
	struct leg *legs;
	size_t n_legs, cap_legs;
	double low, high; /* numbers at the edges */
	size_t labels;
};

/* --- legs --- */

static void
add_leg(struct plot *pl, int64_t a_ns, uint64_t n, int64_t b_ns, uint64_t m)
{
	struct leg *l;

	if (b_ns < a_ns || m < n)
		return;
	l = MEM_PUSH(pl->legs, pl->n_legs, pl->cap_legs);
	l->a_ns = a_ns;
	l->b_ns = b_ns;
	l->n = n;
	l->m = m;
}

static void
add_gap(struct plot *pl, const struct trace_gap *g)
{
	const struct trace *t = pl->c->t;
	int64_t begin = html_since(t, outage_begin(t, g));
	struct leg *l = MEM_PUSH(pl->legs, pl->n_legs, pl->cap_legs);

	l->a_ns = begin;
	l->b_ns = html_since(t, g->to_ns);
	if (l->b_ns < l->a_ns)
		l->b_ns = l->a_ns;
	l->n = g->first_seq;
	l->m = g->count == 0		       ? l->n
	    : g->count - 1 > UINT64_MAX - l->n ? UINT64_MAX
					       : l->n + g->count - 1;
	l->missing = true;
	l->count = g->count;
	l->refused = g->send_errors;
	l->gaps = 1;
	l->gap = g;
}

static const struct trace_gap *
first_gap(const struct plot *pl)
{
	const struct trace *t = pl->c->t;
	size_t i;

	for (i = 0; i < t->n_gaps; i++)
		if (t->gaps[i].probe == (int32_t)pl->number)
			return &t->gaps[i];
	return NULL;
}

/* Saturates: numbers of a store may be anything. */
static int64_t
times_of(int64_t period_ns, uint64_t n)
{
	return period_ns <= 0			  ? 0
	    : n > (uint64_t)(DUR_MAX / period_ns) ? DUR_MAX
						  : period_ns * (int64_t)n;
}

/* Whether the run says when its packets were sent. */
static bool
is_known(const struct plot *pl)
{
	return pl->p->first_ns != 0 || pl->p->last_ns != 0;
}

/* When packet 0 was sent (since), and the last one. Runs stored long ago do
 * not say so: then the first gap tells, and the period. False when nothing
 * does. */
static bool
find_first(const struct plot *pl, int64_t *first_ns)
{
	const struct trace_probe *p = pl->p;
	const struct trace_gap *g = first_gap(pl);

	if (is_known(pl)) {
		*first_ns = html_since(pl->c->t, p->first_ns);
		return true;
	}
	if (g == NULL || g->first_seq == 0)
		return false;
	*first_ns = outage_since(html_since(pl->c->t, g->from_ns),
	    times_of(p->period_ns, g->first_seq - 1));
	return true;
}

static void
add_last_leg(struct plot *pl, int64_t at_ns, uint64_t n)
{
	const struct trace_probe *p = pl->p;
	uint64_t total = p->sent + p->send_errors;
	int64_t end_ns = html_since(pl->c->t, p->last_ns);

	if (total <= n)
		return;
	if (!is_known(pl))
		end_ns = at_ns + times_of(p->period_ns, total - 1 - n);
	add_leg(pl, at_ns, n, end_ns, total - 1);
}

static void
make_legs(struct plot *pl)
{
	const struct trace *t = pl->c->t;
	const struct trace_gap *g;
	uint64_t n = 0;
	int64_t at_ns = 0;
	bool known = find_first(pl, &at_ns);
	size_t i;

	for (i = 0; i < t->n_gaps; i++) {
		g = &t->gaps[i];
		if (g->probe != (int32_t)pl->number)
			continue;
		if (known && g->first_seq > n)
			add_leg(pl, at_ns, n, html_since(t, g->from_ns),
			    g->first_seq - 1);
		add_gap(pl, g);
		at_ns = html_since(t, g->to_ns);
		n = g->first_seq + g->count;
		known = true;
	}
	if (known)
		add_last_leg(pl, at_ns, n);
}

/* Of too many gaps, those with next to nothing between them become one. */
static void
merge_legs(struct plot *pl)
{
	size_t most = GAPS_MAX / pl->c->page->n / pl->c->pick->n_probes;
	int64_t near =
	    (pl->c->w.until_ns - pl->c->w.from_ns) / (int64_t)(most + 1);
	struct leg *l, *last;
	size_t i, kept = 0, gaps = 0;

	for (i = 0; i < pl->n_legs; i++) {
		l = &pl->legs[i];
		if (html_is_seen(pl->c, l->a_ns, l->b_ns))
			pl->legs[kept++] = *l;
	}
	pl->n_legs = kept;
	if (kept <= most * 2)
		return;
	for (i = 0, kept = 0; i < pl->n_legs; i++) {
		l = &pl->legs[i];
		last = kept > 0 ? &pl->legs[kept - 1] : NULL;
		if (last == NULL || !last->missing ||
		    l->b_ns - last->a_ns > near) {
			pl->legs[kept++] = *l;
			continue;
		}
		last->b_ns = l->b_ns;
		last->m = l->m;
		last->count += l->count;
		last->refused += l->refused;
		last->gaps += l->gaps;
		gaps += l->gaps;
	}
	pl->n_legs = kept;
	pl->c->page->merged += gaps;
}

/* --- scale --- */

static double
number_at(const struct leg *l, int64_t at_ns)
{
	double part;

	if (l->b_ns <= l->a_ns)
		return (double)l->n;
	part = ((double)at_ns - (double)l->a_ns) /
	    ((double)l->b_ns - (double)l->a_ns);
	part = part < 0 ? 0 : part > 1 ? 1 : part;
	return (double)l->n + part * (double)(l->m - l->n);
}

static void
find_scale(struct plot *pl)
{
	const struct html_window *w = &pl->c->w;
	const struct leg *l;
	double low, high;
	size_t i;

	pl->low = pl->high = -1;
	for (i = 0; i < pl->n_legs; i++) {
		l = &pl->legs[i];
		low = number_at(l, w->from_ns);
		high = number_at(l, w->until_ns);
		if (pl->low < 0 || low < pl->low)
			pl->low = low;
		if (high > pl->high)
			pl->high = high;
	}
	if (pl->high < pl->low + 1)
		pl->high = pl->low + 1;
}

static double
y_of(const struct plot *pl, double n)
{
	return pl->c->y + HEIGHT - PAD -
	    (n - pl->low) / (pl->high - pl->low) * (HEIGHT - 2 * PAD);
}

/* --- shapes --- */

static const char *
gap_class(const struct leg *l)
{
	return l->count == 0	     ? "pause"
	    : l->refused >= l->count ? "refused"
	    : l->refused == 0	     ? "lost"
				     : "mixed";
}

static void
add_line(struct plot *pl, const char *css, const struct leg *l, int64_t b_ns)
{
	struct strbuf *out = &pl->c->plot;

	strbuf_addf(out, "<line class=\"q q-%s\"", css);
	if (l->missing)
		markup_attribute(out, "data-kind", gap_class(l));
	html_add_times(out, l->a_ns, b_ns == l->a_ns ? b_ns + 1 : b_ns);
	strbuf_addf(out,
	    " data-n=\"%" PRIu64 "\" data-m=\"%" PRIu64
	    "\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\">"
	    "<title>",
	    l->n, l->m, html_x(pl->c, l->a_ns), y_of(pl, (double)l->n),
	    html_x(pl->c, b_ns), y_of(pl, (double)l->m));
	markup_text(out, pl->p->name);
	if (l->missing)
		strbuf_addf(out,
		    " packets %" PRIu64 " to %" PRIu64 " are missing", l->n,
		    l->m);
	else
		strbuf_addf(out, " packets %" PRIu64 " to %" PRIu64, l->n,
		    l->m);
	strbuf_adds(out, "</title></line>\n");
}

/* "11 refused, 12ms", then why. */
static void
gap_text(const struct plot *pl, const struct leg *l, struct strbuf *out)
{
	char ms[DUR_TEXT];
	int64_t wide = l->gaps == 1
	    ? outage_since(l->gap->to_ns, l->gap->from_ns)
	    : l->b_ns - l->a_ns;

	(void)pl;
	if (l->count == 0)
		strbuf_adds(out, "pause, none missing");
	else if (l->refused > 0 && l->refused < l->count)
		strbuf_addf(out, "%" PRIu64 " missing, %" PRIu64 " refused",
		    l->count, l->refused);
	else
		strbuf_addf(out, "%" PRIu64 " %s", l->count, gap_class(l));
	strbuf_addf(out, ", %s", dur_format(wide / DUR_US * DUR_US, ms));
	if (l->gaps > 1)
		strbuf_addf(out, " in %zu gaps", l->gaps);
	else
		strbuf_addf(out, ": %s", l->gap->why);
}

/* The end of the missing packets' line: when the last one would have been
 * sent. */
static int64_t
last_missing(const struct leg *l)
{
	uint64_t n = l->m - l->n + 1;

	if (l->count == 0 || n == 0)
		return l->b_ns;
	return l->b_ns - (int64_t)((double)(l->b_ns - l->a_ns) / (double)n);
}

/* In the gap if it is wide enough; else right of it and below the line, where
 * nothing is; else left and above. */
static void
gap_label(struct plot *pl, const struct leg *l, const char *text)
{
	struct strbuf *out = &pl->c->plot;
	double right = html_x(pl->c, l->b_ns), left = html_x(pl->c, l->a_ns);
	double wide = (double)strlen(text) * HTML_LETTER;
	bool end = right + wide + 8 > HTML_PLOT;
	bool inside = wide + 10 < right - left;
	double y = y_of(pl, (double)l->n);

	if (pl->labels++ >= LABELS_MAX)
		return;
	if (inside)
		end = false;
	y = inside ? y_of(pl, (double)l->m) + 4 : end ? y - 6 : y + 14;
	if (y < pl->c->y + 12)
		y = pl->c->y + 12;
	if (y > pl->c->y + HEIGHT - 3)
		y = pl->c->y + HEIGHT - 3;
	strbuf_adds(out, "<text class=\"gl\"");
	html_add_times(out, l->a_ns, l->b_ns);
	strbuf_addf(out,
	    " data-n=\"%" PRIu64 "\" data-m=\"%" PRIu64
	    "\" x=\"%.1f\" y=\"%.1f\"%s%s>",
	    l->n, l->m,
	    inside    ? (left < 0 ? 0 : left) + 5
		: end ? left - 5
		      : right + 5,
	    y, end ? " text-anchor=\"end\"" : "",
	    !inside && ((end && left - wide < 0) || left < 0)
		? " visibility=\"hidden\""
		: "");
	markup_cut(out, text, 110);
	strbuf_adds(out, "</text>\n");
}

static void
draw_gap(struct plot *pl, const struct leg *l)
{
	struct strbuf text = { 0 }, title = { 0 };
	struct html_chart *c = pl->c;
	char at[40];

	gap_text(pl, l, &text);
	strbuf_addf(&title, "%s from %s s: %s", pl->p->name,
	    html_seconds(c->page, l->a_ns, at), strbuf_str(&text));
	if (l->gaps == 1) {
		strbuf_adds(&title, "; ");
		if (!outage_cause(c->t, l->gap, &title))
			title.data[title.bytes -= 2] = '\0';
	}
	html_bar(c, gap_class(l), l->a_ns, l->b_ns, c->y + 1, HEIGHT - 2, "",
	    strbuf_str(&title));
	if (l->count > 0)
		add_line(pl, "missing", l, last_missing(l));
	gap_label(pl, l, strbuf_str(&text));
	strbuf_fini(&text);
	strbuf_fini(&title);
}

/* --- packet by packet, where there is room --- */

static void
add_dot(struct plot *pl, const struct leg *l, double x, double y)
{
	if (l->missing)
		strbuf_addf(&pl->c->plot,
		    "<use href=\"#m-%s\" class=\"m m-%s\" x=\"%.1f\" "
		    "y=\"%.1f\"/>",
		    gap_class(l), gap_class(l), x, y);
	else
		strbuf_addf(&pl->c->plot,
		    "<circle class=\"dot\" r=\"1.7\" cx=\"%.1f\" "
		    "cy=\"%.1f\"/>",
		    x, y);
}

static void
leg_dots(struct plot *pl, const struct leg *l)
{
	int64_t end_ns = l->missing ? last_missing(l) : l->b_ns;
	double step, first = html_x(pl->c, l->a_ns), x;
	uint64_t i, last = l->m - l->n;

	if (l->missing && l->count == 0)
		return;
	step = last == 0 ? HTML_PLOT
			 : (html_x(pl->c, end_ns) - first) / (double)last;
	if (step < DOT_ROOM)
		return;
	i = first < 0 ? (uint64_t)(-first / step) : 0;
	for (; i <= last && i <= l->m; i++) {
		x = first + (double)i * step;
		if (x > HTML_PLOT)
			break;
		add_dot(pl, l, x, y_of(pl, (double)(l->n + i)));
	}
}

static void
draw_dots(struct plot *pl)
{
	size_t i;

	strbuf_adds(&pl->c->plot, "<g class=\"dots\">");
	if (pl->high - pl->low <= DOTS_MAX)
		for (i = 0; i < pl->n_legs; i++)
			leg_dots(pl, &pl->legs[i]);
	strbuf_adds(&pl->c->plot, "</g>\n");
}

/* --- single packets that went another way --- */

static void
odd_mark(struct plot *pl, const struct trace_oddity *o)
{
	struct html_chart *c = pl->c;
	int64_t a_ns = html_since(c->t, o->at_ns);
	const char *symbol = strcmp(o->kind, "duplicated") == 0 ? "m-duplicated"
	    : strcmp(o->kind, "reordered") == 0			? "m-reordered"
								: "m-late";
	char at[40];

	strbuf_addf(&c->plot, "<use href=\"#%s\" class=\"m %s\"", symbol,
	    symbol);
	html_add_times(&c->plot, a_ns, a_ns);
	strbuf_addf(&c->plot,
	    " data-n=\"%" PRIu64 "\" x=\"%.1f\" y=\"%.1f\"><title>", o->number,
	    html_x(c, a_ns), y_of(pl, (double)o->number));
	strbuf_addf(&c->plot, "%s s packet %" PRIu64 " of ",
	    html_seconds(c->page, a_ns, at), o->number);
	markup_text(&c->plot, pl->p->name);
	strbuf_adds(&c->plot, " was ");
	markup_cut(&c->plot, o->kind, 20);
	strbuf_adds(&c->plot, "</title></use>\n");
}

static void
draw_oddities(struct plot *pl)
{
	const struct trace *t = pl->c->t;
	size_t i, drawn = 0;
	int64_t a_ns;

	for (i = 0; i < t->n_oddities; i++) {
		a_ns = html_since(t, t->oddities[i].at_ns);
		if (t->oddities[i].probe != (int32_t)pl->number ||
		    !html_is_seen(pl->c, a_ns, a_ns))
			continue;
		if (drawn++ < ODD_MAX)
			odd_mark(pl, &t->oddities[i]);
	}
	if (drawn > ODD_MAX)
		pl->c->page->merged += drawn - ODD_MAX;
}

/* --- a lane --- */

static void
draw_edges(struct plot *pl)
{
	struct html_chart *c = pl->c;

	strbuf_addf(&c->names,
	    "<text class=\"yl\" data-probe=\"%zu\" x=\"%d\" y=\"%d\">"
	    "<tspan class=\"hi\">#%.0f</tspan></text>"
	    "<text class=\"yl\" data-probe=\"%zu\" x=\"%d\" y=\"%d\">"
	    "<tspan class=\"lo\">#%.0f</tspan></text>",
	    pl->number, HTML_GUTTER - 8, c->y + 30, pl->high, pl->number,
	    HTML_GUTTER - 8, c->y + HEIGHT - 6, pl->low);
}

static void
draw(struct plot *pl)
{
	struct html_chart *c = pl->c;
	struct strbuf name = { 0 };
	size_t i;

	strbuf_addf(&name, "%s %s", pl->p->name, pl->p->way);
	html_lane(c, strbuf_str(&name), "packets", HEIGHT);
	strbuf_addf(&c->plot,
	    "<g class=\"seq\" data-probe=\"%zu\" data-top=\"%d\" "
	    "data-height=\"%d\" data-pad=\"%d\">\n",
	    pl->number, c->y, HEIGHT, PAD);
	if (pl->n_legs == 0)
		strbuf_addf(&c->plot,
		    "<text class=\"nothing\" x=\"8\" y=\"%d\">%s</text>\n",
		    c->y + HEIGHT / 2,
		    is_known(pl) ? "no packet was sent in this time"
				 : "the run does not say when packets were "
				   "sent");
	else
		draw_edges(pl);
	for (i = 0; i < pl->n_legs; i++)
		if (pl->legs[i].missing)
			draw_gap(pl, &pl->legs[i]);
		else
			add_line(pl, "there", &pl->legs[i], pl->legs[i].b_ns);
	draw_dots(pl);
	draw_oddities(pl);
	strbuf_adds(&c->plot, "</g></g>\n");
	c->y += HEIGHT;
	strbuf_fini(&name);
}

void
html_plots(struct html_chart *c)
{
	struct plot pl;
	size_t i;

	for (i = 0; i < c->pick->n_probes; i++) {
		memset(&pl, 0, sizeof(pl));
		pl.c = c;
		pl.number = c->pick->probes[i];
		pl.p = &c->t->probes[pl.number];
		make_legs(&pl);
		merge_legs(&pl);
		find_scale(&pl);
		draw(&pl);
		free(pl.legs);
	}
}
