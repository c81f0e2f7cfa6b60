/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/beside.h"

#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "report/outage.h"

#define SLACK                                                                  \
	(60 * DUR_SEC) /* between two recorders that were started by hand */

static int64_t
moved(int64_t at_ns, int64_t shift_ns)
{
	if (at_ns == TRACE_OPEN)
		return at_ns;
	at_ns = outage_since(at_ns, -shift_ns);
	return at_ns == TRACE_OPEN ? at_ns + 1 : at_ns;
}

/* From the first to the last thing that happened. */
static void
span(const struct trace *run, int64_t *first, int64_t *last)
{
	size_t n = run->n_records;

	*first = run->run.start_ns;
	*last = run->run.end_ns;
	if (n > 0 && run->records[0].emit_ns < *first)
		*first = run->records[0].emit_ns;
	if (n > 0 && run->records[n - 1].emit_ns > *last)
		*last = run->records[n - 1].emit_ns;
}

static bool
meet(const struct trace *run, int64_t shift_ns, int64_t from_ns,
    int64_t until_ns)
{
	int64_t first, last;

	span(run, &first, &last);
	return moved(first, shift_ns) <= outage_since(until_ns, -SLACK) &&
	    moved(last, shift_ns) >= outage_since(from_ns, SLACK);
}

bool
beside_clock(const struct trace *run, int64_t epoch_ns, int64_t from_ns,
    int64_t until_ns, int64_t *shift_ns)
{
	const char *kind = run->run.kind;
	bool made =
	    strcmp(kind, "simulated") == 0 || strncmp(kind, "replay", 6) == 0;

	*shift_ns = 0;
	if (meet(run, 0, from_ns, until_ns))
		return true;
	*shift_ns = epoch_ns;
	return made && meet(run, epoch_ns, from_ns, until_ns);
}

static void
take_operations(const struct trace *run, int64_t shift, struct trace *t)
{
	const struct trace_operation *o;
	int32_t row;
	size_t i;

	for (i = 0; i < run->n_operations; i++) {
		o = &run->operations[i];
		row = trace_begin_operation(t, moved(o->start_ns, shift),
		    o->text, o->why, o->record);
		if (o->end_ns != TRACE_OPEN)
			trace_end_operation(t, row, moved(o->end_ns, shift),
			    o->result);
	}
}

void
beside_take(const struct trace *run, int64_t shift, struct trace *t)
{
	const struct trace_record *from;
	struct trace_record *r;
	int32_t row;
	size_t i;

	for (i = 0; i < run->n_records; i++) {
		from = &run->records[i];
		row = trace_add_record(t, moved(from->emit_ns, shift),
		    from->raw, from->raw_bytes);
		r = &t->records[row];
		r->read_ns = moved(from->read_ns, shift);
		r->fate = from->fate;
		r->no_newline = from->no_newline;
	}
	for (i = 0; i < run->n_states; i++)
		trace_set_state(t, moved(run->states[i].at_ns, shift),
		    run->states[i].object, run->states[i].field,
		    run->states[i].value);
	take_operations(run, shift, t);
	for (i = 0; i < run->n_stimuli; i++)
		trace_add_stimulus(t, moved(run->stimuli[i].at_ns, shift),
		    run->stimuli[i].text, run->stimuli[i].line);
	for (i = 0; i < run->n_marks; i++)
		trace_add_mark(t, moved(run->marks[i].at_ns, shift),
		    run->marks[i].name);
}

/* Of "hn0 MASTER, vmx0 ACTIVE" the active port, or "none". */
static char *
active_of(const char *text)
{
	const char *end, *mark;

	for (; *text != '\0'; text = *end == '\0' ? end : end + 2) {
		end = strstr(text, ", ");
		if (end == NULL)
			end = text + strlen(text);
		mark = strstr(text, " ACTIVE");
		if (mark != NULL && mark < end)
			return mem_strn(text, strcspn(text, " "));
	}
	return mem_str("none");
}

void
beside_witness(const struct recording *r, struct trace *t)
{
	const struct witness_sight *s;
	char *active;
	size_t i;

	for (i = 0; r->beside != NULL && i < r->beside->aggregate.count; i++) {
		s = &r->beside->aggregate.list[i];
		active = active_of(s->text);
		trace_set_state(t, s->at_ns, "lagg0", "active", active);
		free(active);
	}
}
