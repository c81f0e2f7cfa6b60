/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/timeline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "report/clean.h"
#include "report/happening.h"
#include "report/outage.h"

#define WIDTH	   120 /* of a line, unless told */
#define WIDTH_MIN  80
#define TEXT_MIN   40 /* interfaces lose their columns before this is cut */
#define TIME_MIN   11
#define STATE	   10 /* width of an interface's column */
#define ACTIVE_MIN 6  /* of an aggregate's */
#define ACTIVE_MAX 15
#define IFACES_MAX 64
#define LAGGS_MAX  3
#define QUIET	   (10 * DUR_SEC) /* longer stretches are said */

struct column { /* strings are the trace's */
	const char *object;
	const char *exists, *up, *link; /* newest values; "" before any */
	const char *active;
};

struct view {
	const struct trace *t;
	const struct timeline_options *o;
	struct strbuf *out;
	struct happenings rows;
	struct column ifaces[IFACES_MAX]; /* their state … */
	size_t n_ifaces, n_shown;
	struct column laggs[LAGGS_MAX]; /* … and active ports, behind it */
	size_t n_laggs;
	size_t next_state;	      /* not taken into the columns yet */
	size_t outages;		      /* gaps that are open */
	const struct trace_gap *said; /* whose cause was told last */
	size_t time_width, text_width, active_width;
};

/* --- columns --- */

static struct column *
find(struct column *list, size_t count, const char *object)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strcmp(list[i].object, object) == 0)
			return &list[i];
	return NULL;
}

static void
add(struct column *list, size_t *count, size_t max, const char *object)
{
	struct column *c;

	if (*count == max || find(list, *count, object) != NULL)
		return;
	c = &list[(*count)++];
	c->object = object;
	c->exists = c->up = c->link = c->active = "";
}

static void
find_columns(struct view *v)
{
	const struct trace_state *s;
	size_t i, bytes;

	v->active_width = ACTIVE_MIN;
	for (i = 0; i < v->t->n_states; i++) {
		s = &v->t->states[i];
		if (strcmp(s->field, "exists") == 0)
			add(v->ifaces, &v->n_ifaces, IFACES_MAX, s->object);
		if (strcmp(s->field, "active") != 0)
			continue;
		add(v->laggs, &v->n_laggs, LAGGS_MAX, s->object);
		bytes = strlen(s->value);
		if (bytes > v->active_width)
			v->active_width =
			    bytes > ACTIVE_MAX ? ACTIVE_MAX : bytes;
	}
}

/* Shares a line's width out. What is left is the text's. */
static void
lay_out(struct view *v)
{
	size_t width = v->o->width == 0 ? WIDTH : v->o->width, rest;
	char stamp[DUR_TEXT];

	if (width < WIDTH_MIN)
		width = WIDTH_MIN;
	v->time_width = TIME_MIN;
	if (v->rows.count > 0) {
		dur_stamp(v->rows.list[v->rows.count - 1].at_ns, stamp);
		if (strlen(stamp) - 3 > v->time_width)
			v->time_width = strlen(stamp) - 3;
	}
	rest = width - v->time_width - 2;
	while (v->n_laggs > 0 &&
	    v->n_laggs * (v->active_width + 1) + TEXT_MIN > rest)
		v->n_laggs--;
	rest -= v->n_laggs * (v->active_width + 1);
	v->n_shown = rest > TEXT_MIN ? (rest - TEXT_MIN) / (STATE + 1) : 0;
	if (v->n_shown > v->n_ifaces)
		v->n_shown = v->n_ifaces;
	v->text_width = rest - v->n_shown * (STATE + 1);
}

static void
take_state(struct view *v, const struct trace_state *s)
{
	struct column *c = find(v->laggs, v->n_laggs, s->object);

	if (c != NULL && strcmp(s->field, "active") == 0)
		c->active = s->value;
	c = find(v->ifaces, v->n_shown, s->object);
	if (c == NULL)
		return;
	if (strcmp(s->field, "exists") == 0)
		c->exists = s->value;
	else if (strcmp(s->field, "up") == 0)
		c->up = s->value;
	else if (strcmp(s->field, "link") == 0)
		c->link = s->value;
}

static void
take_states_until(struct view *v, int64_t at_ns)
{
	const struct trace *t = v->t;

	while (v->next_state < t->n_states &&
	    t->states[v->next_state].at_ns <= at_ns)
		take_state(v, &t->states[v->next_state++]);
}

static const char *
state_cell(const struct column *c)
{
	static const char *const cells[2][3] = {
		{ "down/link", "down/no", "down/?" },
		{ "up/link", "up/no", "up/?" },
	};

	if (strcmp(c->exists, "yes") != 0)
		return "-";
	return cells[strcmp(c->up, "yes") == 0][strcmp(c->link, "up") == 0 ? 0
		: strcmp(c->link, "down") == 0				   ? 1
									   : 2];
}

/* --- lines --- */

static void
pad(struct strbuf *line, size_t bytes)
{
	while (line->bytes < bytes)
		strbuf_addc(line, ' ');
}

static void
add_cell(struct strbuf *line, const char *text, size_t width)
{
	size_t start = line->bytes + 1;

	strbuf_addc(line, ' ');
	clean_cut(line, text, width);
	pad(line, start + width);
}

static void
add_columns(struct view *v, struct strbuf *line)
{
	size_t i;

	for (i = 0; i < v->n_shown; i++)
		add_cell(line, state_cell(&v->ifaces[i]), STATE);
	for (i = 0; i < v->n_laggs; i++)
		add_cell(line, v->laggs[i].active, v->active_width);
}

static void
end_line(struct view *v, struct strbuf *line)
{
	while (line->bytes > 0 && line->data[line->bytes - 1] == ' ')
		line->bytes--;
	strbuf_add(v->out, strbuf_str(line), line->bytes);
	strbuf_addc(v->out, '\n');
	strbuf_fini(line);
}

static const char *
color_of(enum happening_kind kind)
{
	switch (kind) {
	case HAPPENING_STIMULUS:
	case HAPPENING_MARK:
		return "\033[33m";
	case HAPPENING_GAP:
	case HAPPENING_GAP_END:
		return "\033[31m";
	case HAPPENING_OPERATION:
		return "\033[36m";
	case HAPPENING_RECORD:
		return "\033[1m";
	case HAPPENING_STATE:
	case HAPPENING_FIRING:
	case HAPPENING_COMMAND:
	case HAPPENING_NOTE:
		break;
	}
	return "";
}

/* A line with its time and columns; with neither when at_ns is TRACE_OPEN. */
static void
write_line(struct view *v, int64_t at_ns, const char *color, const char *text)
{
	char stamp[DUR_TEXT] = "000";
	struct strbuf line = { 0 };
	size_t width = v->text_width, columns;

	if (at_ns != TRACE_OPEN)
		dur_stamp(at_ns, stamp);
	else
		width += v->n_shown * (STATE + 1);
	strbuf_addf(&line, "%*.*s%c ", (int)v->time_width,
	    (int)strlen(stamp) - 3, stamp, v->outages > 0 ? '!' : ' ');
	if (!v->o->color)
		color = "";
	strbuf_adds(&line, color);
	columns = line.bytes + width;
	clean_cut(&line, text, width);
	if (color[0] != '\0')
		strbuf_adds(&line, "\033[0m");
	pad(&line, columns + (color[0] != '\0' ? strlen("\033[0m") : 0));
	if (at_ns != TRACE_OPEN)
		add_columns(v, &line);
	end_line(v, &line);
}

static void
write_head(struct view *v)
{
	struct strbuf line = { 0 };
	const char *text;
	size_t i;

	strbuf_addf(&line, "%*s  %-*s", (int)v->time_width, "seconds",
	    (int)v->text_width, "what happened");
	for (i = 0; i < v->n_shown; i++)
		add_cell(&line, v->ifaces[i].object, STATE);
	for (i = 0; i < v->n_laggs; i++)
		add_cell(&line, v->n_laggs > 1 ? v->laggs[i].object : "active",
		    v->active_width);
	end_line(v, &line);
	for (i = 0; v->o->legend && happening_legend(i) != NULL; i++) {
		text = happening_legend(i);
		strbuf_addf(&line, "%*s  ", (int)v->time_width, "");
		clean_cut(&line, text, v->text_width + v->n_shown * STATE);
		end_line(v, &line);
	}
	if (v->n_shown < v->n_ifaces)
		strbuf_addf(v->out, "%*s  (no room for %zu interface%s more)\n",
		    (int)v->time_width, "", v->n_ifaces - v->n_shown,
		    v->n_ifaces - v->n_shown > 1 ? "s" : "");
}

static void
write_remark(struct view *v, const char *what, size_t n)
{
	if (n > 0)
		strbuf_addf(v->out, "%*s  ... %zu %s\n", (int)v->time_width, "",
		    n, what);
}

static void
write_quiet(struct view *v, int64_t from_ns, int64_t to_ns)
{
	char text[DUR_TEXT];

	strbuf_addf(v->out, "%*s  ... %s s without an event\n",
	    (int)v->time_width, "",
	    dur_short(outage_since(to_ns, from_ns), text));
}

/* What a gap is joined to, unless that was said last: both directions of a
 * stream mostly stop together. */
static void
write_cause(struct view *v, const struct happening *row)
{
	const struct trace_gap *g = &v->t->gaps[row->number];
	struct strbuf text = { 0 };

	if (v->said != NULL && v->said->state == g->state &&
	    v->said->record == g->record)
		return;
	v->said = g;
	strbuf_adds(&text, "   ");
	if (outage_cause(v->t, g, &text))
		write_line(v, TRACE_OPEN, color_of(row->kind),
		    strbuf_str(&text));
	strbuf_fini(&text);
}

static void
write_row(struct view *v, const struct happening *row, struct strbuf *text,
    size_t same)
{
	take_states_until(v, row->at_ns);
	if (row->kind == HAPPENING_GAP)
		v->outages += same;
	else if (row->kind == HAPPENING_GAP_END)
		v->outages -= v->outages > same ? same : v->outages;
	if (same > 1)
		strbuf_addf(text, "  x %zu", same);
	write_line(v, row->at_ns, color_of(row->kind), strbuf_str(text));
	if (row->kind == HAPPENING_GAP)
		write_cause(v, row);
}

/* How many rows from i on say the same, near enough to be one line. */
static size_t
count_same(const struct view *v, size_t i, size_t end,
    const struct strbuf *text)
{
	const struct happening *rows = v->rows.list;
	struct strbuf next = { 0 };
	size_t n = 1;

	while (i + n < end && rows[i + n].kind == rows[i].kind) {
		strbuf_reset(&next);
		happening_text(v->t, &rows[i + n], &next);
		if (next.bytes != text->bytes ||
		    memcmp(next.data, text->data, next.bytes) != 0)
			break;
		n++;
	}
	strbuf_fini(&next);
	return n;
}

static void
write_rows(struct view *v, size_t begin, size_t end)
{
	const struct happening *rows = v->rows.list;
	struct strbuf text = { 0 };
	size_t i, same;

	for (i = begin; i < end; i += same) {
		if (i > begin &&
		    outage_since(rows[i].at_ns, rows[i - 1].at_ns) > QUIET)
			write_quiet(v, rows[i - 1].at_ns, rows[i].at_ns);
		strbuf_reset(&text);
		happening_text(v->t, &rows[i], &text);
		same = count_same(v, i, end, &text);
		write_row(v, &rows[i], &text, same);
	}
	strbuf_fini(&text);
}

/* Gaps that are open when the first row comes. */
static void
count_outages(struct view *v, size_t begin)
{
	const struct trace_gap *g;
	int64_t at_ns;
	size_t i;

	if (begin == v->rows.count)
		return;
	at_ns = v->rows.list[begin].at_ns;
	for (i = 0; i < v->t->n_gaps; i++) {
		g = &v->t->gaps[i];
		v->outages +=
		    outage_begin(v->t, g) < at_ns && g->to_ns >= at_ns;
	}
}

/* All rows; or those around a moment, and a line of its own at it. */
static void
write_body(struct view *v)
{
	size_t begin = 0, here = 0, end = v->rows.count;

	if (v->o->here == NULL) {
		count_outages(v, 0);
		write_rows(v, 0, end);
		return;
	}
	while (here < end && v->rows.list[here].at_ns <= v->o->here_ns)
		here++;
	if (v->o->rows > 0 && end > v->o->rows) {
		begin =
		    here > v->o->rows * 2 / 3 ? here - v->o->rows * 2 / 3 : 0;
		if (end - begin > v->o->rows)
			end = begin + v->o->rows;
	}
	count_outages(v, begin);
	write_remark(v, "more before", begin);
	write_rows(v, begin, here);
	take_states_until(v, v->o->here_ns);
	write_line(v, v->o->here_ns, "\033[31m", v->o->here);
	write_rows(v, here, end);
	write_remark(v, "more behind", v->rows.count - end);
}

void
timeline_write(const struct trace *t, const struct timeline_options *o,
    struct strbuf *out)
{
	struct view v = { .t = t, .o = o, .out = out };

	happenings_gather(&v.rows, t, o->from_ns,
	    o->until_ns > 0 ? o->until_ns : INT64_MAX, o->all);
	find_columns(&v);
	lay_out(&v);
	write_head(&v);
	write_body(&v);
	happenings_fini(&v.rows);
}
