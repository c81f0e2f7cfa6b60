/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/flight_rows.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/version.h"
#include "core/decision.h"

struct link { /* a number of the daemon's and the row that stands for it */
	int64_t number;
	int32_t row;
	bool operation; /* its row is among these, not the commands */
};

struct links { /* in order of the numbers, which only go up */
	struct link *list;
	size_t count, cap;
};

struct flight_rows {
	struct trace *t;
	char *why;
	struct decision d;
	struct links records, begun;
	bool any;
};

struct flight_rows *
flight_rows_new(const char *why, const char *source, int64_t now_ns)
{
	struct flight_rows *r = mem_zero(1, sizeof(*r));
	struct trace_run *run;

	r->t = trace_new();
	r->why = mem_str(why);
	run = &r->t->run;
	free(run->title);
	free(run->kind);
	free(run->source);
	free(run->version);
	run->title = mem_str("flight recorder");
	run->kind = mem_str("flight");
	run->source = mem_str(source);
	run->version = mem_str(version_text);
	run->start_ns = run->end_ns = now_ns;
	return r;
}

void
flight_rows_setup(struct flight_rows *r, const char *name, const char *body,
    size_t bytes)
{
	trace_add_setup(r->t, name, body, bytes);
}

static struct link *
link_add(struct links *l, int64_t number, int32_t row)
{
	struct link *new = MEM_PUSH(l->list, l->count, l->cap);

	new->number = number;
	new->row = row;
	return new;
}

/* NULL when the row has gone. */
static const struct link *
link_find(const struct links *l, int64_t number)
{
	size_t low = 0, high = l->count, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (l->list[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low < l->count && l->list[low].number == number ? &l->list[low]
							       : NULL;
}

static int32_t
record_row(const struct flight_rows *r, int32_t record)
{
	const struct link *l = link_find(&r->records, record);

	return l == NULL ? TRACE_NONE : l->row;
}

/* --- what a decision says --- */

static void
take_record(struct flight_rows *r, int64_t at_ns)
{
	const struct decision *d = &r->d;
	int32_t row =
	    trace_add_record(r->t, at_ns, strbuf_str(&d->raw), d->raw.bytes);

	r->t->records[row].read_ns = at_ns;
	r->t->records[row].fate = TRACE_RECORD_READ;
	link_add(&r->records, d->record, row);
}

static void
take_end(struct flight_rows *r, int64_t at_ns)
{
	const struct link *l = link_find(&r->begun, r->d.id);
	char outcome[32];

	if (l == NULL)
		return;
	if (l->operation) {
		trace_end_operation(r->t, l->row, at_ns, r->d.result);
		return;
	}
	if (r->d.result > 128)
		snprintf(outcome, sizeof(outcome), "signal %d",
		    r->d.result - 128);
	else
		snprintf(outcome, sizeof(outcome), "exit %d", r->d.result);
	trace_end_command(r->t, l->row, at_ns, outcome);
}

static void
take_in(struct flight_rows *r, int64_t at_ns)
{
	if (r->d.kind == INPUT_RECORD)
		take_record(r, at_ns);
	else if (r->d.kind == INPUT_APPLIED || r->d.kind == INPUT_EXITED)
		take_end(r, at_ns);
	else if (r->d.kind == INPUT_RULES)
		trace_add_note(r->t, at_ns, "engine", "other rules hold");
	else if (r->d.kind == INPUT_ORPHAN)
		trace_add_note(r->t, at_ns, "engine", "it reads no more");
}

static void
take_operation(struct flight_rows *r, int64_t at_ns)
{
	const struct decision *d = &r->d;
	struct strbuf text = { 0 };

	operation_text(&d->op, &text);
	link_add(&r->begun, d->id,
	    trace_begin_operation(r->t, at_ns, strbuf_str(&text), d->op.why,
		record_row(r, d->record)))
	    ->operation = true;
	strbuf_fini(&text);
}

static void
take_out(struct flight_rows *r, int64_t at_ns)
{
	const struct decision *d = &r->d;

	switch (d->kind) {
	case INTENT_FIRED:
		trace_add_firing(r->t, at_ns, record_row(r, d->record),
		    strbuf_str(&d->file), d->line, strbuf_str(&d->text),
		    decision_carried(d));
		break;
	case INTENT_APPLY:
		take_operation(r, at_ns);
		break;
	case INTENT_RUN:
		link_add(&r->begun, d->id,
		    trace_begin_command(r->t, at_ns, strbuf_str(&d->text),
			record_row(r, d->record)));
		break;
	case INTENT_NOTE:
		trace_add_note(r->t, at_ns, "engine", strbuf_str(&d->text));
		break;
	default:
		break;
	}
}

/* --- rows --- */

/* A line is a note; what is no text is not worth more. */
static void
take_output(struct flight_rows *r, const struct flight_row *row)
{
	const char *s = row->body, *end = s + row->bytes, *eol;
	struct strbuf line = { 0 };

	for (; s < end; s = eol + 1) {
		if ((eol = memchr(s, '\n', (size_t)(end - s))) == NULL)
			eol = end;
		strbuf_reset(&line);
		strbuf_addf(&line, "command %s wrote: ", row->kind);
		strbuf_add(&line, s, (size_t)(eol - s));
		trace_add_note(r->t, row->at_ns, "output", strbuf_str(&line));
	}
	strbuf_fini(&line);
}

void
flight_rows_add(void *rows, const struct flight_row *row)
{
	struct flight_rows *r = rows;
	bool in = row->type == FLIGHT_IN;

	if (!r->any)
		r->t->run.start_ns = row->at_ns;
	r->any = true;
	if (row->type == FLIGHT_LOG) {
		trace_add_note(r->t, row->at_ns, "log", row->body);
		return;
	}
	if (row->type == FLIGHT_OUTPUT) {
		take_output(r, row);
		return;
	}
	trace_add_decision(r->t, row->at_ns, in, row->kind, row->body,
	    row->bytes);
	/* Our own scribe wrote it. */
	if (decision_read(&r->d, in, row->kind, row->body, row->bytes, NULL) <
	    0)
		return;
	if (in)
		take_in(r, row->at_ns);
	else
		take_out(r, row->at_ns);
}

struct trace *
flight_rows_end(struct flight_rows *r, uint64_t lost)
{
	struct trace *t = r->t;
	struct strbuf note = { 0 };

	strbuf_adds(&note, r->why);
	if (lost > 0)
		strbuf_addf(&note,
		    "; the ring no longer held the first %" PRIu64
		    " rows: verify begins at its first row \"rest\"",
		    lost);
	free(t->run.note);
	t->run.note = strbuf_take(&note);
	decision_fini(&r->d);
	free(r->records.list);
	free(r->begun.list);
	free(r->why);
	free(r);
	return t;
}
