/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/phases.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "report/outage.h"

const char *const phase_words[PHASES] = { "emitted", "read", "decided",
	"applied", "settled" };

/* What is at or behind the last one's beginning is the last one's. */
static struct phases *
phases_at(struct phases *list, size_t count, int64_t at_ns)
{
	size_t low = 0, high = count, mid;

	while (high - low > 1) {
		mid = low + (high - low) / 2;
		if (list[mid].at_ns <= at_ns)
			low = mid;
		else
			high = mid;
	}
	return &list[low];
}

static void
first(struct phases *p, enum phase phase, int64_t at_ns)
{
	int64_t since = outage_since(at_ns, p->at_ns);

	if (p->since_ns[phase] == TRACE_OPEN || since < p->since_ns[phase])
		p->since_ns[phase] = since > 0 ? since : 0;
}

static void
last(struct phases *p, enum phase phase, int64_t at_ns)
{
	int64_t since = outage_since(at_ns, p->at_ns);

	if (since > p->since_ns[phase])
		p->since_ns[phase] = since;
}

static void
add_records(const struct trace *t, struct phases *list, size_t count)
{
	const struct trace_record *r;
	struct phases *p;
	size_t i;

	for (i = 0; i < t->n_records; i++) {
		r = &t->records[i];
		p = phases_at(list, count, r->emit_ns);
		first(p, PHASE_EMITTED, r->emit_ns);
		if (r->read_ns != TRACE_OPEN && r->read_ns < p->until_ns)
			first(p, PHASE_READ, r->read_ns);
	}
}

/* An operation belongs to when it began. */
static void
add_operations(const struct trace *t, struct phases *list, size_t count)
{
	const struct trace_operation *o;
	struct phases *p;
	size_t i;

	for (i = 0; i < t->n_operations; i++) {
		o = &t->operations[i];
		p = phases_at(list, count, o->start_ns);
		first(p, PHASE_DECIDED, o->start_ns);
		if (o->end_ns != TRACE_OPEN)
			last(p, PHASE_APPLIED, o->end_ns);
	}
}

static void
add_ports(const struct trace *t, struct phases *list, size_t count)
{
	const struct trace_state *s;
	struct phases *p;
	size_t i;

	for (i = 0; i < t->n_states; i++) {
		s = &t->states[i];
		if (strcmp(s->field, "active") != 0)
			continue;
		p = phases_at(list, count, s->at_ns);
		p->active = s->value;
		last(p, PHASE_SETTLED, s->at_ns);
	}
}

static int64_t
overlap(int64_t a_from, int64_t a_until, int64_t b_from, int64_t b_until)
{
	int64_t from = a_from > b_from ? a_from : b_from;
	int64_t until = a_until < b_until ? a_until : b_until;

	return until > from ? outage_since(until, from) : 0;
}

int64_t
phases_stood(const struct trace *t, int64_t from_ns, int64_t until_ns)
{
	int64_t began_ns = 0, sum = 0;
	const struct trace_state *s;
	bool stands = false;
	size_t i;

	for (i = 0; i < t->n_states; i++) {
		s = &t->states[i];
		if (strcmp(s->object, "vm") != 0 ||
		    strcmp(s->field, "frozen") != 0)
			continue;
		if (stands)
			sum += overlap(from_ns, until_ns, began_ns, s->at_ns);
		stands = strcmp(s->value, "yes") == 0;
		began_ns = s->at_ns;
	}
	if (stands)
		sum += overlap(from_ns, until_ns, began_ns, t->run.end_ns);
	return sum;
}

struct phases *
phases_of(const struct trace *t, size_t *count)
{
	struct phases *list = mem_zero(t->n_stimuli + 1, sizeof(*list));
	size_t i;
	int k;

	*count = t->n_stimuli + 1;
	for (i = 0; i < *count; i++) {
		list[i].what = i == 0 ? "bring-up" : t->stimuli[i - 1].text;
		list[i].at_ns =
		    i == 0 ? t->run.start_ns : t->stimuli[i - 1].at_ns;
		list[i].until_ns =
		    i < t->n_stimuli ? t->stimuli[i].at_ns : t->run.end_ns;
		for (k = 0; k < PHASES; k++)
			list[i].since_ns[k] = TRACE_OPEN;
		list[i].stood_ns =
		    phases_stood(t, list[i].at_ns, list[i].until_ns);
	}
	add_records(t, list, *count);
	add_operations(t, list, *count);
	add_ports(t, list, *count);
	return list;
}
