/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/timeline.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "event/devline.h"

#define COLUMNS_MAX 8 /* interfaces shown side by side */
#define COLUMN	    11
#define TIME_WIDTH  11
#define QUIET	    (10 * DUR_SEC) /* longer stretches are said */

/* What stands in one row; of one instant in this order. */
enum row_kind {
	ROW_MARK,
	ROW_STIMULUS,
	ROW_STATE,
	ROW_RECORD,
	ROW_FIRING,
	ROW_OPERATION,
	ROW_COMMAND,
	ROW_NOTE,
	ROW_GAP,
	ROW_GAP_END
};

struct row {
	int64_t at_ns;
	enum row_kind kind;
	size_t number; /* in its table */
};

struct column {
	const char *object;
	const char *exists, *up, *link; /* newest values; "" before any */
};

struct view {
	const struct trace *t;
	const struct timeline_options *o;
	struct strbuf *out;
	struct row *rows;
	size_t n_rows, cap_rows;
	struct column columns[COLUMNS_MAX];
	size_t n_columns;
	const char *active;
	bool has_lagg;
	size_t next_state;
	unsigned text_width;
};

static int64_t
end_of(const struct view *v)
{
	return v->o->until_ns > 0 ? v->o->until_ns : INT64_MAX;
}

static void
add_row(struct view *v, int64_t at_ns, enum row_kind kind, size_t number)
{
	struct row *r;

	if (at_ns < v->o->from_ns || at_ns > end_of(v))
		return;
	r = MEM_PUSH(v->rows, v->n_rows, v->cap_rows);
	r->at_ns = at_ns;
	r->kind = kind;
	r->number = number;
}

static int
by_time(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->at_ns != y->at_ns)
		return x->at_ns < y->at_ns ? -1 : 1;
	if (x->kind != y->kind)
		return (int)x->kind - (int)y->kind;
	return x->number < y->number ? -1 : x->number > y->number;
}

/* --- which state changes a person looks for --- */

static bool
is_shown(const struct view *v, const struct trace_state *s)
{
	static const char *const fields[] = { "exists", "up", "active", "inet",
		"default", "rxvf", "frozen", "member-of" };
	size_t i;

	if (v->o->all)
		return true;
	if (s->at_ns == v->t->run.start_ns)
		return false; /* how everything begins is no event */
	if (strcmp(s->object, "daemon") == 0)
		return true;
	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (strcmp(s->field, fields[i]) == 0)
			return true;
	return false;
}

/* The first value of a field says nothing but that the object is new. */
static bool
is_first(const struct trace *t, size_t n)
{
	const struct trace_state *s = &t->states[n];
	size_t i = n;

	while (i > 0 && t->states[i - 1].at_ns == s->at_ns) {
		i--;
		if (strcmp(t->states[i].object, s->object) == 0 &&
		    strcmp(t->states[i].field, "exists") == 0 &&
		    strcmp(t->states[i].value, "yes") == 0)
			return true;
	}
	return false;
}

static void
gather(struct view *v)
{
	const struct trace *t = v->t;
	size_t i;

	for (i = 0; i < t->n_marks; i++)
		add_row(v, t->marks[i].at_ns, ROW_MARK, i);
	for (i = 0; i < t->n_stimuli; i++)
		add_row(v, t->stimuli[i].at_ns, ROW_STIMULUS, i);
	for (i = 0; i < t->n_states; i++)
		if (is_shown(v, &t->states[i]) &&
		    (v->o->all || !is_first(t, i)))
			add_row(v, t->states[i].at_ns, ROW_STATE, i);
	for (i = 0; i < t->n_records; i++)
		add_row(v, t->records[i].emit_ns, ROW_RECORD, i);
	for (i = 0; i < t->n_firings; i++)
		add_row(v, t->firings[i].at_ns, ROW_FIRING, i);
	for (i = 0; i < t->n_operations; i++)
		add_row(v, t->operations[i].start_ns, ROW_OPERATION, i);
	for (i = 0; i < t->n_commands; i++)
		add_row(v, t->commands[i].start_ns, ROW_COMMAND, i);
	for (i = 0; i < t->n_notes; i++)
		add_row(v, t->notes[i].at_ns, ROW_NOTE, i);
	for (i = 0; i < t->n_gaps; i++) {
		add_row(v, t->gaps[i].from_ns, ROW_GAP, i);
		add_row(v, t->gaps[i].to_ns, ROW_GAP_END, i);
	}
	if (v->n_rows > 0)
		qsort(v->rows, v->n_rows, sizeof(*v->rows), by_time);
}

/* --- columns --- */

static struct column *
column_of(struct view *v, const char *object)
{
	size_t i;

	for (i = 0; i < v->n_columns; i++)
		if (strcmp(v->columns[i].object, object) == 0)
			return &v->columns[i];
	return NULL;
}

static void
find_columns(struct view *v)
{
	const struct trace_state *s;
	struct column *c;
	size_t i;

	for (i = 0; i < v->t->n_states; i++) {
		s = &v->t->states[i];
		if (strcmp(s->field, "active") == 0)
			v->has_lagg = true;
		if (strcmp(s->field, "exists") != 0 ||
		    v->n_columns == COLUMNS_MAX ||
		    column_of(v, s->object) != NULL)
			continue;
		c = &v->columns[v->n_columns++];
		c->object = s->object;
		c->exists = c->up = c->link = "";
	}
	v->active = "";
}

static void
take_state(struct view *v, const struct trace_state *s)
{
	struct column *c = column_of(v, s->object);

	if (strcmp(s->field, "active") == 0)
		v->active = s->value;
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

static void
add_columns(struct view *v, struct strbuf *line)
{
	const struct column *c;
	char text[32];
	size_t i;

	for (i = 0; i < v->n_columns; i++) {
		c = &v->columns[i];
		if (strcmp(c->exists, "yes") != 0)
			snprintf(text, sizeof(text), "-");
		else
			snprintf(text, sizeof(text), "%s/%s",
			    strcmp(c->up, "yes") == 0 ? "up" : "down",
			    strcmp(c->link, "up") == 0	       ? "link"
				: strcmp(c->link, "down") == 0 ? "no"
							       : "?");
		strbuf_addf(line, " %-*.*s", COLUMN - 1, COLUMN - 1, text);
	}
	if (v->has_lagg)
		strbuf_addf(line, " %-.15s", v->active);
}

/* --- texts
 * ----------------------------------------------------------------------------
 */

static void
record_text(const struct trace_record *r, struct strbuf *out)
{
	struct devline line = { 0 };

	devline_parse(&line, r->raw, r->raw_bytes);
	if (line.kind == DEVLINE_NOTIFY)
		strbuf_addf(out, "%s %s %s", devline_system(&line),
		    devline_subsystem(&line), devline_type(&line));
	else
		strbuf_addf(out, "%.*s", (int)strcspn(r->raw, " "), r->raw);
	if (r->fate == TRACE_RECORD_DROPPED)
		strbuf_adds(out, "  (lost: queue overflow)");
	else if (r->fate == TRACE_RECORD_QUEUED)
		strbuf_adds(out, "  (never read)");
	devline_fini(&line);
}

static void
span_text(struct strbuf *out, int64_t start_ns, int64_t end_ns)
{
	char text[DUR_TEXT];

	if (end_ns == TRACE_OPEN)
		strbuf_adds(out, " ...");
	else
		strbuf_addf(out, " (%s)",
		    dur_format((end_ns - start_ns) / 1000 * 1000, text));
}

static void
operation_row(const struct trace_operation *o, struct strbuf *out)
{
	strbuf_addf(out, "  * %s", o->text);
	span_text(out, o->start_ns, o->end_ns);
	if (o->end_ns != TRACE_OPEN && o->result != 0)
		strbuf_addf(out, " failed: errno %d", o->result);
}

static void
command_row(const struct trace_command *c, struct strbuf *out)
{
	strbuf_addf(out, "  $ %s", c->text);
	span_text(out, c->start_ns, c->end_ns);
	if (c->outcome[0] != '\0' && strcmp(c->outcome, "exit 0") != 0)
		strbuf_addf(out, " %s", c->outcome);
}

static const char *
probe_name(const struct trace *t, const struct trace_gap *g)
{
	return g->probe >= 0 && (size_t)g->probe < t->n_probes
	    ? t->probes[g->probe].name
	    : "?";
}

static void
gap_row(const struct trace *t, const struct trace_gap *g, bool ends,
    struct strbuf *out)
{
	char text[DUR_TEXT];

	if (ends)
		strbuf_addf(out, "!! %s flows again: %" PRIu64 " missing, %s",
		    probe_name(t, g), g->count,
		    dur_format(g->to_ns - g->from_ns, text));
	else
		strbuf_addf(out, "!! %s: %s", probe_name(t, g), g->why);
}

static void
state_row(const struct trace_state *s, struct strbuf *out)
{
	strbuf_addf(out, "  = %s %s %s", s->object, s->field,
	    s->value[0] == '\0' ? "(none)" : s->value);
}

static void
firing_row(const struct trace_firing *f, struct strbuf *out)
{
	const char *slash = strrchr(f->file, '/');

	strbuf_addf(out, "  > %s:%u %s: %s",
	    slash == NULL ? f->file : slash + 1, f->line, f->carried,
	    f->action[0] == '\0' ? "(no action)" : f->action);
}

static void
row_text(const struct trace *t, const struct row *r, struct strbuf *out)
{
	size_t n = r->number;

	switch (r->kind) {
	case ROW_MARK:
		strbuf_addf(out, "-- %s", t->marks[n].name);
		break;
	case ROW_STIMULUS:
		strbuf_addf(out, ">> %s", t->stimuli[n].text);
		break;
	case ROW_STATE:
		state_row(&t->states[n], out);
		break;
	case ROW_RECORD:
		record_text(&t->records[n], out);
		break;
	case ROW_FIRING:
		firing_row(&t->firings[n], out);
		break;
	case ROW_OPERATION:
		operation_row(&t->operations[n], out);
		break;
	case ROW_COMMAND:
		command_row(&t->commands[n], out);
		break;
	case ROW_NOTE:
		strbuf_addf(out, "  # %s: %s", t->notes[n].who,
		    t->notes[n].text);
		break;
	case ROW_GAP:
	case ROW_GAP_END:
		gap_row(t, &t->gaps[n], r->kind == ROW_GAP_END, out);
		break;
	}
}

/* --- lines
 * ------------------------------------------------------------------------------
 */

/* At most width printable bytes; a row that is longer says so by "..". */
static void
add_cut(struct strbuf *line, const struct strbuf *text, unsigned width)
{
	size_t i, n = text->bytes > width ? width - 2 : text->bytes;

	for (i = 0; i < n; i++)
		strbuf_addc(line,
		    text->data[i] < ' ' || text->data[i] > '~' ? '?'
							       : text->data[i]);
	if (text->bytes > width)
		strbuf_adds(line, "..");
	for (i = text->bytes; i < width; i++)
		strbuf_addc(line, ' ');
}

static const char *
color_of(enum row_kind kind)
{
	switch (kind) {
	case ROW_STIMULUS:
	case ROW_MARK:
		return "\033[33m";
	case ROW_GAP:
	case ROW_GAP_END:
		return "\033[31m";
	case ROW_OPERATION:
		return "\033[36m";
	case ROW_RECORD:
		return "\033[1m";
	case ROW_STATE:
	case ROW_FIRING:
	case ROW_COMMAND:
	case ROW_NOTE:
		break;
	}
	return "";
}

static void
write_line(struct view *v, const struct row *r, const struct strbuf *text)
{
	char time[DUR_TEXT];
	struct strbuf line = { 0 };
	const char *color = v->o->color ? color_of(r->kind) : "";

	snprintf(time, sizeof(time), "%" PRId64 ".%06" PRId64,
	    r->at_ns / DUR_SEC, r->at_ns % DUR_SEC / 1000);
	strbuf_addf(&line, "%*s  ", TIME_WIDTH, time);
	strbuf_adds(&line, color);
	add_cut(&line, text, v->text_width);
	if (color[0] != '\0')
		strbuf_adds(&line, "\033[0m");
	add_columns(v, &line);
	while (line.bytes > 0 && line.data[line.bytes - 1] == ' ')
		line.data[--line.bytes] = '\0';
	strbuf_addc(&line, '\n');
	strbuf_add(v->out, line.data, line.bytes);
	strbuf_fini(&line);
}

static void
write_head(struct view *v)
{
	size_t i;

	strbuf_addf(v->out, "%*s  %-*s", TIME_WIDTH, "seconds",
	    (int)v->text_width, "what happened");
	for (i = 0; i < v->n_columns; i++)
		strbuf_addf(v->out, " %-*.*s", COLUMN - 1, COLUMN - 1,
		    v->columns[i].object);
	strbuf_adds(v->out, v->has_lagg ? " active\n" : "\n");
}

static void
write_quiet(struct view *v, int64_t from_ns, int64_t to_ns)
{
	char text[DUR_TEXT];

	strbuf_addf(v->out, "%*s  ... %s s without an event\n", TIME_WIDTH, "",
	    dur_short(to_ns - from_ns, text));
}

/* How many rows from i on say the same, near enough to be one line. */
static size_t
count_same(struct view *v, size_t i, const struct strbuf *text)
{
	struct strbuf next = { 0 };
	size_t n = 1;

	while (i + n < v->n_rows && v->rows[i + n].kind == v->rows[i].kind) {
		strbuf_reset(&next);
		row_text(v->t, &v->rows[i + n], &next);
		if (next.bytes != text->bytes ||
		    memcmp(next.data, text->data, next.bytes) != 0)
			break;
		n++;
	}
	strbuf_fini(&next);
	return n;
}

static void
write_rows(struct view *v)
{
	struct strbuf text = { 0 };
	size_t i, same;

	for (i = 0; i < v->n_rows; i += same) {
		if (i > 0 && v->rows[i].at_ns - v->rows[i - 1].at_ns > QUIET)
			write_quiet(v, v->rows[i - 1].at_ns, v->rows[i].at_ns);
		take_states_until(v, v->rows[i].at_ns);
		strbuf_reset(&text);
		row_text(v->t, &v->rows[i], &text);
		same = count_same(v, i, &text);
		if (same > 1)
			strbuf_addf(&text, "  x %zu", same);
		write_line(v, &v->rows[i], &text);
	}
	strbuf_fini(&text);
}

void
timeline_write(const struct trace *t, const struct timeline_options *o,
    struct strbuf *out)
{
	struct view v = { .t = t, .o = o, .out = out };
	unsigned width = o->width > 0 ? o->width : 120, used;

	find_columns(&v);
	gather(&v);
	used = TIME_WIDTH + 2 + (unsigned)v.n_columns * COLUMN +
	    (v.has_lagg ? 8 : 0);
	v.text_width = width > used + 40 ? width - used : 40;
	write_head(&v);
	write_rows(&v);
	free(v.rows);
}
