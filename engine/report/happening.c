/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/happening.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "report/outage.h"

const char *
happening_legend(size_t n)
{
	static const char *const lines[] = {
		"signs: >> outside world, -- mark, = state, * operation, "
		"> rule, $ program, # note,",
		"!! packets, no sign: devctl record; ! behind the time: "
		"packets "
		"are missing;",
		"columns: up or down / link, no link, ? unknown; - does not "
		"exist",
	};

	return n < sizeof(lines) / sizeof(lines[0]) ? lines[n] : NULL;
}

static void
add(struct happenings *h, int64_t at_ns, enum happening_kind kind,
    size_t number)
{
	struct happening *new = MEM_PUSH(h->list, h->count, h->cap);

	new->at_ns = at_ns;
	new->kind = kind;
	new->number = number;
}

static int
by_time(const void *a, const void *b)
{
	const struct happening *x = a, *y = b;

	if (x->at_ns != y->at_ns)
		return x->at_ns < y->at_ns ? -1 : 1;
	if (x->kind != y->kind)
		return (int)x->kind - (int)y->kind;
	return x->number < y->number ? -1 : x->number > y->number;
}

/* --- which state changes a person looks for --- */

static bool
is_looked_for(const struct trace *t, const struct trace_state *s)
{
	static const char *const fields[] = { "exists", "up", "active", "inet",
		"default", "rxvf", "frozen", "member-of" };
	size_t i;

	if (s->at_ns == t->run.start_ns)
		return false; /* how everything begins is no event */
	if (strcmp(s->object, "daemon") == 0)
		return true;
	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (strcmp(s->field, fields[i]) == 0)
			return true;
	return false;
}

static int
by_object(const void *a, const void *b)
{
	const struct trace_state *x = *(const struct trace_state *const *)a;
	const struct trace_state *y = *(const struct trace_state *const *)b;
	int order = strcmp(x->object, y->object);

	return order != 0 ? order : x < y ? -1 : x > y;
}

/* The first values of an object's fields say nothing but that it is new, and
 * that is said by its "exists yes" already: sets the others' flags. */
static void
find_births(const struct trace *t, size_t from, bool *is_birth)
{
	size_t n = t->n_states - from, i;
	const struct trace_state **sorted = mem_zero(n + 1, sizeof(*sorted));
	const struct trace_state *s, *born = NULL;

	for (i = 0; i < n; i++)
		sorted[i] = &t->states[from + i];
	qsort(sorted, n, sizeof(*sorted), by_object);
	for (i = 0; i < n; i++) {
		s = sorted[i];
		if (born != NULL && s->at_ns == born->at_ns &&
		    strcmp(s->object, born->object) == 0)
			is_birth[(size_t)(s - t->states) - from] = true;
		if (strcmp(s->field, "exists") == 0)
			born = strcmp(s->value, "yes") == 0 ? s : NULL;
	}
	free(sorted);
}

static void
add_states(struct happenings *h, const struct trace *t, size_t from, bool all)
{
	bool *is_birth = mem_zero(t->n_states - from + 1, sizeof(*is_birth));
	const struct trace_state *s;
	size_t i;

	find_births(t, from, is_birth);
	for (i = from; i < t->n_states; i++) {
		s = &t->states[i];
		if (all || (is_looked_for(t, s) && !is_birth[i - from]))
			add(h, s->at_ns, HAPPENING_STATE, i);
	}
	free(is_birth);
}

/* All but the gaps. */
static void
add_rows(struct happenings *h, const struct trace *t,
    const struct happening_mark *m, bool all)
{
	size_t i;

	for (i = m->rows[HAPPENING_MARK]; i < t->n_marks; i++)
		add(h, t->marks[i].at_ns, HAPPENING_MARK, i);
	for (i = m->rows[HAPPENING_STIMULUS]; i < t->n_stimuli; i++)
		add(h, t->stimuli[i].at_ns, HAPPENING_STIMULUS, i);
	add_states(h, t, m->rows[HAPPENING_STATE], all);
	for (i = m->rows[HAPPENING_RECORD]; i < t->n_records; i++)
		add(h, t->records[i].emit_ns, HAPPENING_RECORD, i);
	for (i = m->rows[HAPPENING_FIRING]; i < t->n_firings; i++)
		add(h, t->firings[i].at_ns, HAPPENING_FIRING, i);
	for (i = m->rows[HAPPENING_OPERATION]; i < t->n_operations; i++)
		add(h, t->operations[i].start_ns, HAPPENING_OPERATION, i);
	for (i = m->rows[HAPPENING_COMMAND]; i < t->n_commands; i++)
		add(h, t->commands[i].start_ns, HAPPENING_COMMAND, i);
	for (i = m->rows[HAPPENING_NOTE]; i < t->n_notes; i++)
		add(h, t->notes[i].at_ns, HAPPENING_NOTE, i);
}

static void
add_all(struct happenings *h, const struct trace *t, bool all)
{
	const struct happening_mark beginning = { { 0 } };
	size_t i;

	add_rows(h, t, &beginning, all);
	for (i = 0; i < t->n_gaps; i++) {
		add(h, outage_begin(t, &t->gaps[i]), HAPPENING_GAP, i);
		add(h, t->gaps[i].to_ns, HAPPENING_GAP_END, i);
	}
}

void
happenings_mark(const struct trace *t, struct happening_mark *m)
{
	m->rows[HAPPENING_MARK] = t->n_marks;
	m->rows[HAPPENING_STIMULUS] = t->n_stimuli;
	m->rows[HAPPENING_STATE] = t->n_states;
	m->rows[HAPPENING_RECORD] = t->n_records;
	m->rows[HAPPENING_FIRING] = t->n_firings;
	m->rows[HAPPENING_OPERATION] = t->n_operations;
	m->rows[HAPPENING_COMMAND] = t->n_commands;
	m->rows[HAPPENING_NOTE] = t->n_notes;
}

void
happenings_since(struct happenings *h, const struct trace *t,
    const struct happening_mark *m, bool all)
{
	add_rows(h, t, m, all);
	if (h->count > 0)
		qsort(h->list, h->count, sizeof(*h->list), by_time);
}

void
happenings_gather(struct happenings *h, const struct trace *t, int64_t from_ns,
    int64_t until_ns, bool all)
{
	size_t i, kept = 0;

	add_all(h, t, all);
	for (i = 0; i < h->count; i++)
		if (h->list[i].at_ns >= from_ns && h->list[i].at_ns <= until_ns)
			h->list[kept++] = h->list[i];
	h->count = kept;
	if (kept > 0)
		qsort(h->list, kept, sizeof(*h->list), by_time);
}

void
happenings_fini(struct happenings *h)
{
	free(h->list);
	memset(h, 0, sizeof(*h));
}

/* --- texts --- */

static void
span_text(struct strbuf *out, int64_t start_ns, int64_t end_ns)
{
	char text[DUR_TEXT];
	int64_t ns = outage_since(end_ns, start_ns);

	if (end_ns == TRACE_OPEN)
		strbuf_adds(out, " ...");
	else
		strbuf_addf(out, " (%s)",
		    dur_format(ns / DUR_US * DUR_US, text));
}

static void
record_text(const struct trace_record *r, struct strbuf *out)
{
	outage_record(r, out);
	if (r->fate == TRACE_RECORD_DROPPED)
		strbuf_adds(out, "  (lost: queue overflow)");
	else if (r->fate == TRACE_RECORD_QUEUED)
		strbuf_adds(out, "  (never read)");
}

static void
firing_text(const struct trace_firing *f, struct strbuf *out)
{
	const char *slash = strrchr(f->file, '/');

	strbuf_addf(out, "  > %s:%u %s: %s",
	    slash == NULL ? f->file : slash + 1, f->line, f->carried,
	    f->action[0] == '\0' ? "(no action)" : f->action);
}

static void
operation_text(const struct trace_operation *o, struct strbuf *out)
{
	strbuf_addf(out, "  * %s", o->text);
	span_text(out, o->start_ns, o->end_ns);
	if (o->end_ns != TRACE_OPEN && o->result != 0)
		strbuf_addf(out, " failed: errno %d", o->result);
	if (o->why[0] != '\0')
		strbuf_addf(out, ": %s", o->why);
}

static void
command_text(const struct trace_command *c, struct strbuf *out)
{
	strbuf_addf(out, "  $ %s", c->text);
	span_text(out, c->start_ns, c->end_ns);
	if (c->outcome[0] != '\0' && strcmp(c->outcome, "exit 0") != 0)
		strbuf_addf(out, " %s", c->outcome);
}

static void
gap_end_text(const struct trace *t, const struct trace_gap *g,
    struct strbuf *out)
{
	char text[DUR_TEXT];

	dur_format(outage_since(g->to_ns, g->from_ns), text);
	strbuf_adds(out, "!! ");
	outage_stream(t, g, out);
	if (outage_is_open(t, g))
		strbuf_addf(out, " never comes back: %" PRIu64 " missing, %s",
		    g->count, text);
	else if (g->count == 0)
		strbuf_addf(out, " flows again after %s, none missing", text);
	else
		strbuf_addf(out, " flows again: %" PRIu64 " missing, %s",
		    g->count, text);
}

void
happening_text(const struct trace *t, const struct happening *h,
    struct strbuf *out)
{
	const struct trace_state *s;
	size_t n = h->number;

	switch (h->kind) {
	case HAPPENING_MARK:
		strbuf_addf(out, "-- %s", t->marks[n].name);
		break;
	case HAPPENING_STIMULUS:
		strbuf_addf(out, ">> %s", t->stimuli[n].text);
		break;
	case HAPPENING_STATE:
		s = &t->states[n];
		strbuf_addf(out, "  = %s %s %s", s->object, s->field,
		    s->value[0] == '\0' ? "(none)" : s->value);
		break;
	case HAPPENING_RECORD:
		record_text(&t->records[n], out);
		break;
	case HAPPENING_FIRING:
		firing_text(&t->firings[n], out);
		break;
	case HAPPENING_OPERATION:
		operation_text(&t->operations[n], out);
		break;
	case HAPPENING_COMMAND:
		command_text(&t->commands[n], out);
		break;
	case HAPPENING_NOTE:
		strbuf_addf(out, "  # %s: %s", t->notes[n].who,
		    t->notes[n].text);
		break;
	case HAPPENING_GAP:
		strbuf_adds(out, "!! ");
		outage_stream(t, &t->gaps[n], out);
		strbuf_addf(out, " stops: %s", t->gaps[n].why);
		break;
	case HAPPENING_GAP_END:
		gap_end_text(t, &t->gaps[n], out);
		break;
	}
}
