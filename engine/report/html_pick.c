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

	qsort(list, *n, sizeof(*list), by_worth);
	*n -= left;
	qsort(list, *n, sizeof(*list), by_number);
	return left;
}

/* Objects that have the field. */
static const char **
pick_objects(const struct trace *t, const char *field, size_t max, size_t *n,
    size_t *left)
{
	struct candidate *list = mem_zero(t->n_states + 1, sizeof(*list));
	const char **names;
	size_t i, count = 0;

	for (i = 0; i < t->n_states; i++) {
		if (strcmp(t->states[i].field, field) != 0)
			continue;
		list[count].name = t->states[i].object;
		list[count].number = i;
		list[count++].worth = 1;
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
html_pick_make(struct html_pick *p, const struct trace *t)
{
	memset(p, 0, sizeof(*p));
	p->aggregates = pick_objects(t, "active", AGGREGATES_MAX,
	    &p->n_aggregates, &p->left_aggregates);
	p->interfaces = pick_objects(t, "link", INTERFACES_MAX,
	    &p->n_interfaces, &p->left_interfaces);
	pick_probes(p, t);
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
