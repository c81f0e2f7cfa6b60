/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/scenario.h"

#include <stdlib.h>

static void
free_pairs(struct scn_pair *pairs, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		free(pairs[i].name);
		free(pairs[i].value);
	}
	free(pairs);
}

static void
free_expect(struct scn_expect *e)
{
	size_t i;

	for (i = 0; i < e->n_items; i++)
		free(e->items[i].text);
	for (i = 0; i < e->n_faults; i++) {
		free(e->faults[i].policy);
		free(e->faults[i].reason);
	}
	free(e->items);
	free(e->faults);
	free(e->bounds);
	free(e->text);
	free(e->object);
	free(e->field);
	free(e->value);
	free(e->mark);
	free(e->from);
	free(e->until);
	free(e->probe);
	free(e->under);
}

static void
free_rows(struct scenario *s)
{
	size_t i;

	for (i = 0; i < s->n_rules; i++)
		free(s->rules[i]);
	for (i = 0; i < s->n_vfs; i++)
		free(s->vfs[i].driver);
	for (i = 0; i < s->n_probes; i++)
		free(s->probes[i].name);
	for (i = 0; i < s->n_steps; i++) {
		free(s->steps[i].name);
		free(s->steps[i].as);
		free(s->steps[i].text);
		free(s->steps[i].mark);
	}
	for (i = 0; i < s->n_expects; i++)
		free_expect(&s->expects[i]);
}

void
scenario_free(struct scenario *s)
{
	if (s == NULL)
		return;
	free_rows(s);
	free_pairs(s->rc, s->n_rc);
	free_pairs(s->sysctls, s->n_sysctls);
	free_pairs(s->options, s->n_options);
	free_pairs(s->delays, s->n_delays);
	free(s->rules);
	free(s->nics);
	free(s->vfs);
	free(s->probes);
	free(s->steps);
	free(s->expects);
	free(s->path);
	free(s->title);
	free(s->origin);
	free(s->machine);
	free(s->recording);
	free(s);
}
