/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/scenario/scenario.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void
scn_pair_fini(struct scn_pair *pair)
{
	free(pair->name);
	free(pair->value);
	free(pair->file);
	memset(pair, 0, sizeof(*pair));
}

void
scn_pair_add(struct scn_pair **list, size_t *n, size_t *cap, const char *name,
    const char *value)
{
	struct scn_pair *pair = MEM_PUSH(*list, *n, *cap);

	pair->name = mem_str(name);
	pair->value = mem_str(value);
}

static void
free_pairs(struct scn_pair *pairs, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		scn_pair_fini(&pairs[i]);
	free(pairs);
}

void
scn_step_fini(struct scn_step *step)
{
	free(step->name);
	free(step->as);
	free(step->text);
	free(step->mark);
	free_pairs(step->pairs, step->n_pairs);
	memset(step, 0, sizeof(*step));
}

static void
free_files(struct scn_file *files, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		free(files[i].name);
		free(files[i].text);
	}
	free(files);
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
	free(e->place);
	free(e->under);
}

static void
free_rows(struct scenario *s)
{
	size_t i;

	for (i = 0; i < s->n_vfs; i++)
		free(s->vfs[i].driver);
	for (i = 0; i < s->n_probes; i++)
		free(s->probes[i].name);
	for (i = 0; i < s->n_steps; i++)
		scn_step_fini(&s->steps[i]);
	for (i = 0; i < s->n_injections; i++) {
		free(s->injections[i].text);
		free(s->injections[i].words);
		free(s->injections[i].under);
	}
	for (i = 0; i < s->n_expects; i++)
		free_expect(&s->expects[i]);
}

const char *
scenario_why_not(const struct scenario *s, enum scn_stage stage)
{
	if (s->requires == SCN_ON_ANY || s->requires == stage)
		return NULL;
	if (stage == SCN_ON_VM)
		return "it requires sim: only the simulated machine does what "
		       "it asks for";
	return s->enlightenments
	    ? "it requires enlightenments, and the machine is simulated"
	    : "it requires vm, and the machine is simulated";
}

void
scenario_free(struct scenario *s)
{
	size_t i;

	if (s == NULL)
		return;
	free_rows(s);
	free_pairs(s->rc, s->n_rc);
	free_pairs(s->sysctls, s->n_sysctls);
	free_pairs(s->options, s->n_options);
	free_pairs(s->delays, s->n_delays);
	free_pairs(s->flags, s->n_flags);
	free_pairs(s->limits, s->n_limits);
	free_files(s->rules, s->n_rules);
	free_files(s->rc_files, s->n_rc_files);
	for (i = 0; i < s->n_shells; i++) {
		free(s->shells[i].file);
		free(s->shells[i].path);
		free(s->shells[i].text);
	}
	free(s->shells);
	free(s->customs);
	free(s->only_policy);
	free(s->only_because);
	free(s->nics);
	free(s->vfs);
	free(s->probes);
	free(s->steps);
	free(s->injections);
	free(s->expects);
	free(s->path);
	free(s->title);
	free(s->origin);
	free(s->machine);
	free(s->recording);
	free(s);
}
