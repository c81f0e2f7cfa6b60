/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/phases.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "report/outage.h"

const char *const phase_words[PHASES] = { "emitted", "read", "decided",
	"applied", "settled" };

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
add_records(const struct trace *t, struct phases *list)
{
	const struct trace_record *r;
	struct phases *p;
	size_t i;

	for (i = 0; i < t->n_records; i++) {
		r = &t->records[i];
		p = &list[outage_response_number(t, r->emit_ns)];
		first(p, PHASE_EMITTED, r->emit_ns);
		if (r->read_ns != TRACE_OPEN && r->read_ns < p->until_ns)
			first(p, PHASE_READ, r->read_ns);
	}
}

/* An operation belongs to when it began. */
static void
add_operations(const struct trace *t, struct phases *list)
{
	const struct trace_operation *o;
	struct phases *p;
	size_t i;

	for (i = 0; i < t->n_operations; i++) {
		o = &t->operations[i];
		p = &list[outage_response_number(t, o->start_ns)];
		first(p, PHASE_DECIDED, o->start_ns);
		if (o->end_ns != TRACE_OPEN)
			last(p, PHASE_APPLIED, o->end_ns);
	}
}

static int64_t
overlap(int64_t a_from, int64_t a_until, int64_t b_from, int64_t b_until)
{
	int64_t from = a_from > b_from ? a_from : b_from;
	int64_t until = a_until < b_until ? a_until : b_until;

	return until > from ? outage_since(until, from) : 0;
}

/* Each time that the machine stood still. */
static void
each_stop(const struct trace *t,
    void (*fn)(void *ctx, int64_t from_ns, int64_t until_ns), void *ctx)
{
	const struct trace_state *s;
	int64_t began_ns = 0;
	bool stands = false;
	size_t i;

	for (i = 0; i < t->n_states; i++) {
		s = &t->states[i];
		if (strcmp(s->object, "vm") != 0 ||
		    strcmp(s->field, "frozen") != 0)
			continue;
		if (stands)
			fn(ctx, began_ns, s->at_ns);
		stands = strcmp(s->value, "yes") == 0;
		began_ns = s->at_ns;
	}
	if (stands)
		fn(ctx, began_ns, t->run.end_ns);
}

struct window {
	int64_t from_ns, until_ns, sum_ns;
};

static void
add_to_window(void *ctx, int64_t from_ns, int64_t until_ns)
{
	struct window *w = ctx;

	w->sum_ns = outage_since(w->sum_ns,
	    -overlap(w->from_ns, w->until_ns, from_ns, until_ns));
}

int64_t
phases_stood(const struct trace *t, int64_t from_ns, int64_t until_ns)
{
	struct window w = { from_ns, until_ns, 0 };

	each_stop(t, add_to_window, &w);
	return w.sum_ns;
}

struct stretch {
	const struct trace *t;
	struct phases *list;
	size_t count;
};

static void
add_to_stretch(void *ctx, int64_t from_ns, int64_t until_ns)
{
	struct stretch *s = ctx;
	struct phases *p = &s->list[outage_response_number(s->t, from_ns)];

	for (; p < s->list + s->count && p->at_ns < until_ns; p++)
		p->stood_ns = outage_since(p->stood_ns,
		    -overlap(p->at_ns, p->until_ns, from_ns, until_ns));
}

struct phases *
phases_of(const struct trace *t, size_t *count)
{
	struct response *deeds = outage_responses(t, count);
	struct phases *list = mem_zero(*count, sizeof(*list));
	struct stretch all = { t, list, *count };
	size_t i;
	int k;

	for (i = 0; i < *count; i++) {
		list[i].what = deeds[i].what;
		list[i].at_ns = deeds[i].at_ns;
		list[i].until_ns =
		    i + 1 < *count ? deeds[i + 1].at_ns : t->run.end_ns;
		for (k = 0; k < PHASES; k++)
			list[i].since_ns[k] = TRACE_OPEN;
		list[i].active = deeds[i].active;
		if (deeds[i].active != NULL && deeds[i].after_ns >= 0)
			list[i].since_ns[PHASE_SETTLED] = deeds[i].after_ns;
	}
	free(deeds);
	add_records(t, list);
	add_operations(t, list);
	each_stop(t, add_to_stretch, &all);
	return list;
}
