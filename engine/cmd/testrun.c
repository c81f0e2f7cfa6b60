/* SPDX-License-Identifier: BSD-2-Clause */
#include "cmd/testrun.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cmd/cmds.h"
#include "cmd/inputs.h"
#include "cmd/labcase.h"
#include "cmd/pcapdir.h"
#include "sim/stage/simstage.h"

/* --- the simulated machine --- */

static bool
sim_check(const struct testrun_file *f, const struct ruleset *rules,
    enum core_policy policy)
{
	struct diag d = { .emit = input_print_finding };
	struct simstage stage = {
		.scenario = f->scenario,
		.profile = input_profile(f->scenario->machine),
		.rules = rules,
		.policy = policy,
		.seed = f->scenario->seed,
	};
	bool good = stage.profile != NULL && simstage_check(&stage, &d);

	profile_free(stage.profile);
	return good;
}

/* Runs it, and keeps what went wrong with its captures. */
static void
run_stage(struct simstage *stage, const char *pcap_dir, struct testrun_case *c)
{
	struct err e = { 0 };

	stage->trouble = &e;
	if (pcap_dir != NULL)
		stage->capture = pcapdir_open(pcap_dir, c->file->path,
		    c->policy, c->seeded ? c->seed : 0);
	c->trace = trace_new();
	if (!simstage_run(stage, c->trace) && e.code != ERR_NONE) {
		trace_free(c->trace);
		c->trace = NULL;
		if (e.code == ERR_UNSUPPORTED)
			c->skipped = mem_str(e.text);
		else
			c->broken = mem_str(e.text);
	}
	if (capture_close(stage->capture, &e) < 0)
		c->trouble = mem_str(e.text);
}

static void
sim_run(const struct testrun *r, const struct ruleset *rules,
    const char *pcap_dir, struct testrun_case *c)
{
	const struct testrun_file *f = c->file;
	struct diag quiet = { 0 };
	struct simstage stage = {
		.scenario = f->scenario,
		.rules = rules,
		.policy = c->policy,
		.seed = c->seed,
		.frames = r->frames,
		.decisions = r->decisions,
		.guard_ns = r->guard_ns,
	};

	/* A run changes its profile: each has its own, into which the check
	 * puts the scenario's delays. */
	stage.profile = input_profile(f->scenario->machine);
	if (stage.profile != NULL && simstage_check(&stage, &quiet))
		run_stage(&stage, pcap_dir, c);
	profile_free(stage.profile);
}

const struct testrun_stage testrun_sim = {
	.word = "sim",
	.where = SCN_ON_SIM,
	.check = sim_check,
	.run = sim_run,
};

/* --- the stages there are --- */

static const struct testrun_stage *const stages[] = { &testrun_sim,
	&testrun_vm };
#define STAGES (sizeof(stages) / sizeof(*stages))

const struct testrun_stage *
testrun_stage_find(const char *word)
{
	size_t i;

	for (i = 0; i < STAGES; i++)
		if (strcmp(stages[i]->word, word) == 0)
			return stages[i];
	return NULL;
}

size_t
testrun_stage_words(const char *words[], size_t max)
{
	size_t i;

	for (i = 0; i < STAGES && i < max; i++)
		words[i] = stages[i]->word;
	return i;
}

/* --- loading --- */

static const struct testrun_stage *
stage_of(const struct testrun *r)
{
	return r->stage != NULL ? r->stage : &testrun_sim;
}

int
testrun_open(struct testrun *r, const char *command)
{
	const struct testrun_stage *stage = stage_of(r);
	struct err e;

	if (stage->open == NULL || stage->open(r, &e) == 0)
		return CMD_PASS;
	fprintf(stderr, "switchback %s: --stage %s: %s\n", command, stage->word,
	    e.text);
	if (e.code == ERR_INPUT)
		return CMD_INPUT;
	return e.code == ERR_NOTFOUND || e.code == ERR_UNSUPPORTED
	    ? CMD_NOTHING
	    : CMD_TROUBLE;
}

static const struct ruleset *
rules_of(const struct testrun *r, const struct testrun_file *f)
{
	return f->rules != NULL ? f->rules : r->shipped;
}

/* Why the scenario is not run here under this policy; NULL: it is. */
static const char *
why_not(const struct testrun *r, const struct scenario *s,
    enum core_policy policy)
{
	if (s->only_policy != NULL &&
	    strcmp(s->only_policy, policy_word(policy)) != 0)
		return s->only_because;
	return scenario_why_not(s, stage_of(r)->where);
}

static void
load_file(struct testrun *r, struct testrun_file *f, const struct policies *p)
{
	struct scenario *s = input_scenario(f->path);
	bool good = s != NULL;
	size_t i;

	f->scenario = s;
	if (good && r->machine != NULL) {
		free(s->machine);
		s->machine = mem_str(r->machine);
	}
	if (good && s->n_rules > 0)
		good = (f->rules = input_rules(s)) != NULL;
	for (i = 0; good && i < p->count; i++)
		good = why_not(r, s, p->list[i]) != NULL ||
		    stage_of(r)->check(f, rules_of(r, f), p->list[i]);
	if (good)
		return;
	scenario_free(s);
	f->scenario = NULL;
}

bool
testrun_load(struct testrun *r, char *const *paths, const struct policies *p)
{
	size_t n = 0, i;

	r->shipped = input_rules(NULL);
	if (r->shipped == NULL)
		return false;
	while (paths[n] != NULL)
		n++;
	r->files = mem_zero(n + 1, sizeof(*r->files));
	r->n_files = n;
	for (i = 0; i < n; i++) {
		r->files[i].path = paths[i];
		load_file(r, &r->files[i], p);
	}
	return true;
}

/* The same in the caller's memory, and what only the stage knows. */
static char *
skip(const struct testrun *r, const struct scenario *s, enum core_policy policy)
{
	const char *why = why_not(r, s, policy);

	if (why != NULL || stage_of(r)->why_not == NULL)
		return mem_str(why);
	return stage_of(r)->why_not(r, s, policy);
}

void
testrun_plan(struct testrun *r, const struct policies *p, int64_t first_seed,
    int64_t last_seed)
{
	const struct testrun_file *f;
	struct testrun_case *c;
	uint64_t first = (uint64_t)first_seed, last = (uint64_t)last_seed, seed;
	size_t cap = 0, i, k;

	for (i = 0; i < r->n_files; i++)
		for (seed = first; seed <= last; seed++)
			for (k = 0; k < p->count; k++) {
				c = MEM_PUSH(r->cases, r->n_cases, cap);
				f = &r->files[i];
				c->file = f;
				c->policy = p->list[k];
				c->seeded = seed != 0;
				c->seed = seed;
				if (f->scenario == NULL)
					continue;
				if (seed == 0)
					c->seed = f->scenario->seed;
				c->skipped = skip(r, f->scenario, p->list[k]);
			}
}

/* --- running --- */

struct crew { /* the threads at work */
	struct testrun *r;
	void (*done)(void *ctx, struct testrun_case *c);
	void *ctx;
	pthread_mutex_t lock; /* of all below */
	size_t next;	      /* to be run */
	size_t told;	      /* cases before this one are done and told */
};

static void
run_case(const struct testrun *r, const char *pcap_dir, struct testrun_case *c)
{
	if (c->file->scenario != NULL && c->skipped == NULL)
		stage_of(r)->run(r, rules_of(r, c->file), pcap_dir, c);
}

static void *
work(void *arg)
{
	struct crew *crew = arg;
	struct testrun *r = crew->r;
	struct testrun_case *c;
	const char *pcap_dir;

	pthread_mutex_lock(&crew->lock);
	while (crew->next < r->n_cases) {
		c = &r->cases[crew->next++];
		pcap_dir = r->pcap_dir;
		pthread_mutex_unlock(&crew->lock);
		run_case(r, pcap_dir, c);
		pthread_mutex_lock(&crew->lock);
		c->done = true;
		while (crew->told < r->n_cases && r->cases[crew->told].done)
			crew->done(crew->ctx, &r->cases[crew->told++]);
	}
	pthread_mutex_unlock(&crew->lock);
	return NULL;
}

void
testrun_run(struct testrun *r, int64_t jobs,
    void (*done)(void *ctx, struct testrun_case *c), void *ctx)
{
	struct crew crew = { .r = r, .done = done, .ctx = ctx };
	pthread_t *threads = mem_zero((size_t)jobs, sizeof(*threads));
	int64_t n = 0;

	pthread_mutex_init(&crew.lock, NULL);
	/* This thread is one of the crew; with fewer it only takes longer. */
	while (
	    n < jobs - 1 && pthread_create(&threads[n], NULL, work, &crew) == 0)
		n++;
	work(&crew);
	while (n > 0)
		pthread_join(threads[--n], NULL);
	pthread_mutex_destroy(&crew.lock);
	free(threads);
}

void
testrun_fini(struct testrun *r)
{
	size_t i;

	if (stage_of(r)->close != NULL)
		stage_of(r)->close(r);
	for (i = 0; i < r->n_cases; i++) {
		trace_free(r->cases[i].trace);
		free(r->cases[i].repeat);
		free(r->cases[i].trouble);
		free(r->cases[i].skipped);
		free(r->cases[i].broken);
	}
	for (i = 0; i < r->n_files; i++) {
		scenario_free(r->files[i].scenario);
		ruleset_free(r->files[i].rules);
	}
	free(r->cases);
	free(r->files);
	ruleset_free(r->shipped);
	memset(r, 0, sizeof(*r));
}
