/* SPDX-License-Identifier: BSD-2-Clause */
/* Which interfaces, aggregates and packet streams of a big machine are drawn:
 * those in which the most happened. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "report/html_parts.h"

#define AGGREGATES_MAX 12
#define INTERFACES_MAX 24
#define PROBES_MAX     8
#define TROUBLED_MAX   64
#define TROUBLE_WORTH  100000 /* before any number of harmless changes */

struct candidate {
	const char *name;
	size_t number;	/* in the order of its first row */
	uint64_t worth; /* how much happened */
};

static int
by_name(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order != 0 ? order : x->number < y->number ? -1 : 1;
}

static int
by_worth(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->worth != y->worth)
		return x->worth > y->worth ? -1 : 1;
	return x->number < y->number ? -1 : 1;
}

static int
by_number(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	return x->number < y->number ? -1 : 1;
}

/* Rows of one name become one candidate. Gives how many are left. */
static size_t
fold(struct candidate *list, size_t n)
{
	size_t i, kept = 0;

	if (n > 0)
		qsort(list, n, sizeof(*list), by_name);
	for (i = 0; i < n; i++) {
		if (kept > 0 && strcmp(list[kept - 1].name, list[i].name) == 0)
			list[kept - 1].worth += list[i].worth;
		else
			list[kept++] = list[i];
	}
	return kept;
}

/* The worthiest in their first order; gives how many are left out. */
static size_t
choose(struct candidate *list, size_t *n, size_t max)
{
	size_t left = *n > max ? *n - max : 0;

	if (*n > 0)
		qsort(list, *n, sizeof(*list), by_worth);
	*n -= left;
	if (*n > 0)
		qsort(list, *n, sizeof(*list), by_number);
	return left;
}

/* --- those with trouble: gaps in the packets began with them --- */

struct troubled {
	const char *names[TROUBLED_MAX]; /* the traces' */
	size_t n;
};

static bool
is_troubled(const struct troubled *tr, const char *name)
{
	size_t i;

	for (i = 0; i < tr->n; i++)
		if (strcmp(tr->names[i], name) == 0)
			return true;
	return false;
}

static void
add_troubled(struct troubled *tr, const char *name)
{
	if (tr->n < TROUBLED_MAX && name[0] != '\0' &&
	    strcmp(name, "none") != 0 && !is_troubled(tr, name))
		tr->names[tr->n++] = name;
}

/* The objects of gaps, the aggregates that they are ports of, and the other
 * ports of these. */
static void
find_troubled(struct troubled *tr, const struct trace *t)
{
	const struct trace_state *s;
	size_t i;
	int pass;

	for (i = 0; i < t->n_gaps; i++)
		if (t->gaps[i].state >= 0 &&
		    (size_t)t->gaps[i].state < t->n_states)
			add_troubled(tr, t->states[t->gaps[i].state].object);
	for (pass = 0; pass < 2; pass++)
		for (i = 0; i < t->n_states; i++) {
			s = &t->states[i];
			if (strcmp(s->field, "member-of") != 0)
				continue;
			if (pass == 0 && is_troubled(tr, s->object))
				add_troubled(tr, s->value);
			if (pass == 1 && is_troubled(tr, s->value))
				add_troubled(tr, s->object);
		}
}

/* --- objects --- */

/* Objects that have the field in any run, the same for all runs: so their
 * pictures have the same lanes. */
static const char **
pick_objects(const struct trace *const *traces, size_t n_traces,
    const char *field, size_t max, size_t *n, size_t *left)
{
	struct troubled tr = { .n = 0 };
	struct candidate *list = NULL, *c;
	size_t run, i, count = 0, cap = 0;
	const struct trace_state *s;
	const char **names;

	for (run = 0; run < n_traces; run++)
		find_troubled(&tr, traces[run]);
	for (run = 0; run < n_traces; run++)
		for (i = 0; i < traces[run]->n_states; i++) {
			s = &traces[run]->states[i];
			if (strcmp(s->field, field) != 0)
				continue;
			c = MEM_PUSH(list, count, cap);
			c->name = s->object;
			c->number = count;
			c->worth =
			    is_troubled(&tr, s->object) ? TROUBLE_WORTH : 1;
		}
	*n = fold(list, count);
	*left = choose(list, n, max);
	names = mem_zero(*n + 1, sizeof(*names));
	for (i = 0; i < *n; i++)
		names[i] = list[i].name;
	free(list);
	return names;
}

static void
pick_probes(struct html_pick *p, const struct trace *t)
{
	struct candidate *list = mem_zero(t->n_probes + 1, sizeof(*list));
	size_t i, n = t->n_probes;

	for (i = 0; i < n; i++) {
		list[i].number = i;
		list[i].worth = t->probes[i].lost + t->probes[i].send_errors;
	}
	p->left_probes = choose(list, &n, PROBES_MAX);
	p->probes = mem_zero(n + 1, sizeof(*p->probes));
	for (i = 0; i < n; i++)
		p->probes[i] = list[i].number;
	p->n_probes = n;
	free(list);
}

void
html_pick_make(struct html_pick *p, const struct trace *const *traces,
    size_t n_traces, size_t run)
{
	memset(p, 0, sizeof(*p));
	p->aggregates = pick_objects(traces, n_traces, "active", AGGREGATES_MAX,
	    &p->n_aggregates, &p->left_aggregates);
	p->interfaces = pick_objects(traces, n_traces, "link", INTERFACES_MAX,
	    &p->n_interfaces, &p->left_interfaces);
	pick_probes(p, traces[run]);
}

void
html_pick_fini(struct html_pick *p)
{
	free(p->aggregates);
	free(p->interfaces);
	free(p->probes);
	memset(p, 0, sizeof(*p));
}

enum html_port
html_port_of(const struct trace *t, const char *name)
{
	enum html_port found = HTML_PORT_OTHER;
	const struct trace_state *s;
	size_t i;

	if (name[0] == '\0' || strcmp(name, "none") == 0)
		return HTML_PORT_NONE;
	for (i = 0; i < t->n_states; i++) {
		s = &t->states[i];
		if (strcmp(s->field, "vf") == 0 && strcmp(s->value, name) == 0)
			return HTML_PORT_VF;
		if (strcmp(s->field, "datapath") == 0 &&
		    strcmp(s->object, name) == 0)
			found = HTML_PORT_SYN;
	}
	return found;
}

const char *
html_port_class(enum html_port port)
{
	switch (port) {
	case HTML_PORT_NONE:
		return "none";
	case HTML_PORT_VF:
		return "vf";
	case HTML_PORT_SYN:
		return "syn";
	case HTML_PORT_OTHER:
		break;
	}
	return "other";
}
