/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All texts of a run, one after the other: once to learn, once to map. What a
 * machine reads (records, states, stimuli) has no names of hosts and users,
 * and a word in it that happens to be one stays.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "db/anonymise.h"

struct pass {
	struct anonymiser *a;
	bool learn;
};

static void
visit_bytes(struct pass *p, char **text, size_t *bytes, bool names)
{
	struct strbuf out = { 0 };

	if (*text == NULL)
		return;
	if (p->learn) {
		anonymiser_learn(p->a, *text, *bytes);
		return;
	}
	anonymiser_map(p->a, *text, *bytes, names, &out);
	free(*text);
	*bytes = out.bytes;
	*text = mem_strn(strbuf_str(&out), out.bytes);
	strbuf_fini(&out);
}

static void
visit(struct pass *p, char **text, bool names)
{
	size_t bytes = *text == NULL ? 0 : strlen(*text);

	visit_bytes(p, text, &bytes, names);
}

static void
visit_machine(struct pass *p, struct trace *t)
{
	size_t i;

	for (i = 0; i < t->n_records; i++)
		visit_bytes(p, &t->records[i].raw, &t->records[i].raw_bytes,
		    false);
	for (i = 0; i < t->n_states; i++) {
		visit(p, &t->states[i].object, false);
		visit(p, &t->states[i].field, false);
		visit(p, &t->states[i].value, false);
	}
	for (i = 0; i < t->n_stimuli; i++)
		visit(p, &t->stimuli[i].text, false);
	for (i = 0; i < t->n_hints; i++)
		visit(p, &t->hints[i].text, false);
	for (i = 0; i < t->n_decisions; i++)
		visit_bytes(p, &t->decisions[i].body, &t->decisions[i].bytes,
		    false);
}

static void
visit_people(struct pass *p, struct trace *t)
{
	size_t i;

	for (i = 0; i < t->n_notes; i++)
		visit(p, &t->notes[i].text, true);
	for (i = 0; i < t->n_commands; i++) {
		visit(p, &t->commands[i].text, true);
		visit(p, &t->commands[i].outcome, true);
	}
	for (i = 0; i < t->n_operations; i++) {
		visit(p, &t->operations[i].text, true);
		visit(p, &t->operations[i].why, true);
	}
	for (i = 0; i < t->n_firings; i++) {
		visit(p, &t->firings[i].file, true);
		visit(p, &t->firings[i].action, true);
	}
	for (i = 0; i < t->n_gaps; i++)
		visit(p, &t->gaps[i].why, true);
	for (i = 0; i < t->n_checks; i++) {
		visit(p, &t->checks[i].file, true);
		visit(p, &t->checks[i].text, true);
		visit(p, &t->checks[i].expected, true);
		visit(p, &t->checks[i].happened, true);
		visit(p, &t->checks[i].reason, true);
	}
	for (i = 0; i < t->n_setups; i++)
		visit_bytes(p, &t->setups[i].body, &t->setups[i].bytes, true);
	visit(p, &t->run.title, true);
	visit(p, &t->run.note, true);
}

static void
visit_trace(struct pass *p, struct trace *t)
{
	visit_machine(p, t);
	visit_people(p, t);
}

static void
replace(char **text, const char *with)
{
	free(*text);
	*text = mem_str(with);
}

/* A line that was written in another way than ours counts its bytes, maybe:
 * where they change, ours takes its place. */
static void
visit_lines(struct pass *p, struct recording *r)
{
	struct recording_verbatim *v;
	size_t i, kept = 0;
	char *old;

	for (i = 0; i < r->n_verbatims; i++) {
		v = &r->verbatims[i];
		old = mem_strn(v->text, v->bytes);
		visit_bytes(p, &v->text, &v->bytes, true);
		if (v->covers > 0 && strcmp(old, v->text) != 0)
			free(v->text);
		else
			r->verbatims[kept++] = *v;
		free(old);
	}
	r->n_verbatims = kept;
}

static void
visit_recording(struct pass *p, struct recording *r)
{
	size_t i;

	for (i = 0; i < r->n_records; i++)
		visit_bytes(p, &r->records[i].raw, &r->records[i].raw_bytes,
		    false);
	visit_lines(p, r);
}

void
anonymise_learn_trace(struct anonymiser *a, struct trace *t)
{
	struct pass p = { a, true };

	visit_trace(&p, t);
}

void
anonymise_learn_recording(struct anonymiser *a, struct recording *r)
{
	struct pass p = { a, true };

	visit_recording(&p, r);
}

void
anonymise_map_trace(struct anonymiser *a, struct trace *t, const char *title)
{
	struct pass p = { a, false };

	visit_trace(&p, t);
	replace(&t->run.source, "");
	if (strcmp(t->run.kind, "import") == 0)
		replace(&t->run.title, title);
}

void
anonymise_map_recording(struct anonymiser *a, struct recording *r,
    const char *title)
{
	struct pass p = { a, false };

	visit_recording(&p, r);
	replace(&r->name, title);
	replace(&r->source, "");
}
