/* SPDX-License-Identifier: BSD-2-Clause */
#include "db/trace.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/dur.h"
#include "base/mem.h"

/* Newest row of one object's field; the key is "object\0field". */
struct trace_last {
	UT_hash_handle hh;
	size_t row;
	size_t key_bytes;
	char key[];
};

static char *
own(const char *s)
{
	return mem_str(s == NULL ? "" : s);
}

struct trace *
trace_new(void)
{
	struct trace *t = mem_zero(1, sizeof(*t));

	t->run.title = own("");
	t->run.kind = own("");
	t->run.policy = own("");
	t->run.machine = own("");
	t->run.source = own("");
	t->run.version = own("");
	t->run.note = own("");
	return t;
}

static void
free_happenings(struct trace *t)
{
	size_t i;

	for (i = 0; i < t->n_records; i++)
		free(t->records[i].raw);
	for (i = 0; i < t->n_firings; i++) {
		free(t->firings[i].file);
		free(t->firings[i].action);
		free(t->firings[i].carried);
	}
	for (i = 0; i < t->n_operations; i++) {
		free(t->operations[i].text);
		free(t->operations[i].why);
	}
	for (i = 0; i < t->n_commands; i++) {
		free(t->commands[i].text);
		free(t->commands[i].outcome);
	}
	for (i = 0; i < t->n_states; i++) {
		free(t->states[i].object);
		free(t->states[i].field);
		free(t->states[i].value);
	}
	for (i = 0; i < t->n_marks; i++)
		free(t->marks[i].name);
	for (i = 0; i < t->n_stimuli; i++)
		free(t->stimuli[i].text);
	for (i = 0; i < t->n_notes; i++) {
		free(t->notes[i].who);
		free(t->notes[i].text);
	}
}

static void
free_results(struct trace *t)
{
	size_t i;

	for (i = 0; i < t->n_probes; i++) {
		free(t->probes[i].name);
		free(t->probes[i].way);
	}
	for (i = 0; i < t->n_gaps; i++)
		free(t->gaps[i].why);
	for (i = 0; i < t->n_oddities; i++)
		free(t->oddities[i].kind);
	for (i = 0; i < t->n_checks; i++) {
		free(t->checks[i].file);
		free(t->checks[i].text);
		free(t->checks[i].expected);
		free(t->checks[i].happened);
		free(t->checks[i].reason);
	}
}

static void
free_inside(struct trace *t)
{
	size_t i;

	for (i = 0; i < t->n_hints; i++)
		free(t->hints[i].text);
	for (i = 0; i < t->n_reached; i++)
		free(t->reached[i].name);
	for (i = 0; i < t->n_setups; i++) {
		free(t->setups[i].name);
		free(t->setups[i].body);
	}
	for (i = 0; i < t->n_decisions; i++) {
		free(t->decisions[i].kind);
		free(t->decisions[i].body);
	}
}

static void
forget_last(struct trace *t)
{
	struct trace_last *l, *next;

	HASH_ITER (hh, t->last, l, next) {
		HASH_DEL(t->last, l);
		free(l);
	}
}

void
trace_free(struct trace *t)
{
	if (t == NULL)
		return;
	free_happenings(t);
	free_results(t);
	free_inside(t);
	forget_last(t);
	free(t->records);
	free(t->firings);
	free(t->operations);
	free(t->commands);
	free(t->states);
	free(t->marks);
	free(t->stimuli);
	free(t->notes);
	free(t->probes);
	free(t->gaps);
	free(t->checks);
	free(t->hints);
	free(t->reached);
	free(t->oddities);
	free(t->setups);
	free(t->decisions);
	free(t->run.title);
	free(t->run.kind);
	free(t->run.policy);
	free(t->run.machine);
	free(t->run.source);
	free(t->run.version);
	free(t->run.note);
	free(t);
}

int32_t
trace_add_record(struct trace *t, int64_t emit_ns, const void *raw,
    size_t bytes)
{
	struct trace_record *r =
	    MEM_PUSH(t->records, t->n_records, t->cap_records);

	r->emit_ns = emit_ns;
	r->read_ns = TRACE_OPEN;
	r->fate = TRACE_RECORD_QUEUED;
	r->raw = mem_strn(raw, bytes);
	r->raw_bytes = bytes;
	return (int32_t)(t->n_records - 1);
}

int32_t
trace_add_firing(struct trace *t, int64_t at_ns, int32_t record,
    const char *file, unsigned line, const char *action, const char *carried)
{
	struct trace_firing *f;

	if (t->sparse)
		return TRACE_NONE;
	f = MEM_PUSH(t->firings, t->n_firings, t->cap_firings);
	f->at_ns = at_ns;
	f->record = record;
	f->file = own(file);
	f->line = line;
	f->action = own(action);
	f->carried = own(carried);
	return (int32_t)(t->n_firings - 1);
}

int32_t
trace_begin_operation(struct trace *t, int64_t at_ns, const char *text,
    const char *why, int32_t record)
{
	struct trace_operation *o =
	    MEM_PUSH(t->operations, t->n_operations, t->cap_operations);

	o->start_ns = at_ns;
	o->end_ns = TRACE_OPEN;
	o->text = own(text);
	o->why = own(why);
	o->record = record;
	return (int32_t)(t->n_operations - 1);
}

void
trace_end_operation(struct trace *t, int32_t operation, int64_t at_ns,
    int result)
{
	assert(operation >= 0 && (size_t)operation < t->n_operations);
	t->operations[operation].end_ns = at_ns;
	t->operations[operation].result = result;
}

int32_t
trace_begin_command(struct trace *t, int64_t at_ns, const char *text,
    int32_t record)
{
	struct trace_command *c =
	    MEM_PUSH(t->commands, t->n_commands, t->cap_commands);

	c->start_ns = at_ns;
	c->end_ns = TRACE_OPEN;
	c->text = own(text);
	c->outcome = own("");
	c->record = record;
	return (int32_t)(t->n_commands - 1);
}

void
trace_end_command(struct trace *t, int32_t command, int64_t at_ns,
    const char *outcome)
{
	struct trace_command *c;

	assert(command >= 0 && (size_t)command < t->n_commands);
	c = &t->commands[command];
	c->end_ns = at_ns;
	free(c->outcome);
	c->outcome = own(outcome);
}

int32_t
trace_add_mark(struct trace *t, int64_t at_ns, const char *name)
{
	struct trace_mark *m = MEM_PUSH(t->marks, t->n_marks, t->cap_marks);

	m->at_ns = at_ns;
	m->name = own(name);
	return (int32_t)(t->n_marks - 1);
}

int32_t
trace_add_stimulus(struct trace *t, int64_t at_ns, const char *text,
    unsigned line)
{
	struct trace_stimulus *s =
	    MEM_PUSH(t->stimuli, t->n_stimuli, t->cap_stimuli);

	s->at_ns = at_ns;
	s->text = own(text);
	s->line = line;
	return (int32_t)(t->n_stimuli - 1);
}

void
trace_add_note(struct trace *t, int64_t at_ns, const char *who,
    const char *text)
{
	struct trace_note *n;

	if (t->sparse)
		return;
	n = MEM_PUSH(t->notes, t->n_notes, t->cap_notes);
	n->at_ns = at_ns;
	n->who = own(who);
	n->text = own(text);
}

void
trace_add_hint(struct trace *t, int64_t at_ns, const char *text)
{
	struct trace_hint *h;

	if (t->sparse)
		return;
	h = MEM_PUSH(t->hints, t->n_hints, t->cap_hints);
	h->at_ns = at_ns;
	h->text = own(text);
}

void
trace_add_reach(struct trace *t, const char *name)
{
	struct trace_reach *r;
	size_t i;

	if (t->sparse)
		return;
	for (i = 0; i < t->n_reached; i++)
		if (strcmp(t->reached[i].name, name) == 0) {
			t->reached[i].times++;
			return;
		}
	r = MEM_PUSH(t->reached, t->n_reached, t->cap_reached);
	r->name = own(name);
	r->times = 1;
}

void
trace_add_oddity(struct trace *t, int32_t probe, int64_t at_ns, uint64_t number,
    const char *kind)
{
	struct trace_oddity *o =
	    MEM_PUSH(t->oddities, t->n_oddities, t->cap_oddities);

	o->probe = probe;
	o->at_ns = at_ns;
	o->number = number;
	o->kind = own(kind);
}

void
trace_add_setup(struct trace *t, const char *name, const void *body,
    size_t bytes)
{
	struct trace_setup *s = MEM_PUSH(t->setups, t->n_setups, t->cap_setups);

	s->name = own(name);
	s->body = mem_strn(body, bytes);
	s->bytes = bytes;
}

void
trace_add_decision(struct trace *t, int64_t at_ns, bool in, const char *kind,
    const void *body, size_t bytes)
{
	struct trace_decision *d =
	    MEM_PUSH(t->decisions, t->n_decisions, t->cap_decisions);

	d->at_ns = at_ns;
	d->in = in;
	d->kind = own(kind);
	d->body = mem_strn(body, bytes);
	d->bytes = bytes;
}

static struct trace_last *
find_last(const struct trace *t, const char *object, const char *field)
{
	size_t no = strlen(object) + 1, nf = strlen(field);
	char room[64], *key = room; /* for all but odd names */
	struct trace_last *l;

	if (no + nf > sizeof(room))
		key = mem_zero(1, no + nf);
	memcpy(key, object, no);
	memcpy(key + no, field, nf);
	HASH_FIND(hh, t->last, key, no + nf, l);
	if (key != room)
		free(key);
	return l;
}

static void
remember_last(struct trace *t, const char *object, const char *field,
    size_t row)
{
	size_t no = strlen(object) + 1, nf = strlen(field);
	struct trace_last *l = mem_zero(1, sizeof(*l) + no + nf);

	memcpy(l->key, object, no);
	memcpy(l->key + no, field, nf);
	l->key_bytes = no + nf;
	l->row = row;
	HASH_ADD(hh, t->last, key, l->key_bytes, l);
}

int32_t
trace_set_state(struct trace *t, int64_t at_ns, const char *object,
    const char *field, const char *value)
{
	struct trace_last *l;
	struct trace_state *s;

	if (t->sparse)
		return TRACE_NONE;
	l = find_last(t, object, field);
	if (l != NULL && strcmp(t->states[l->row].value, value) == 0)
		return TRACE_NONE;
	s = MEM_PUSH(t->states, t->n_states, t->cap_states);
	s->at_ns = at_ns;
	s->object = own(object);
	s->field = own(field);
	s->value = own(value);
	if (l == NULL)
		remember_last(t, object, field, t->n_states - 1);
	else
		l->row = t->n_states - 1;
	return (int32_t)(t->n_states - 1);
}

const char *
trace_get_state(const struct trace *t, const char *object, const char *field)
{
	const struct trace_last *l;

	if (strcmp(field, "exists") != 0) {
		l = find_last(t, object, "exists");
		if (l != NULL && strcmp(t->states[l->row].value, "no") == 0)
			return NULL;
	}
	l = find_last(t, object, field);
	return l == NULL ? NULL : t->states[l->row].value;
}

bool
trace_is_newest(const struct trace *t, size_t state)
{
	const struct trace_state *s = &t->states[state];

	return find_last(t, s->object, s->field)->row == state;
}

/* The newest states go to the front of the table, in their order. */
static size_t
keep_last(struct trace *t, struct trace_state *states, size_t n)
{
	struct trace_last *l, *next;
	size_t i, kept = 0;
	bool *newest = mem_zero(n + 1, sizeof(*newest));

	HASH_ITER (hh, t->last, l, next)
		newest[l->row] = true;
	forget_last(t);
	for (i = 0; i < n; i++) {
		if (newest[i]) {
			states[kept] = states[i];
			remember_last(t, states[kept].object,
			    states[kept].field, kept);
			kept++;
		} else {
			free(states[i].object);
			free(states[i].field);
			free(states[i].value);
		}
	}
	free(newest);
	return kept;
}

bool
trace_is_real(const struct trace *t)
{
	return strcmp(t->run.kind, TRACE_KIND_VM) == 0;
}

void
trace_forget(struct trace *t, size_t *kept)
{
	size_t states = t->n_states;

	t->n_states = 0; /* they are seen to by themselves */
	free_happenings(t);
	free_results(t);
	free_inside(t);
	t->n_records = t->n_firings = t->n_operations = t->n_commands = 0;
	t->n_marks = t->n_stimuli = t->n_notes = 0;
	t->n_probes = t->n_gaps = t->n_oddities = t->n_checks = 0;
	t->n_hints = t->n_reached = t->n_setups = t->n_decisions = 0;
	t->n_states = keep_last(t, t->states, states);
	if (kept != NULL)
		*kept = t->n_states;
}
