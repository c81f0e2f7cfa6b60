/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * switchback test - runs scenarios on the simulated machine and judges them.
 */
#include <errno.h>
#include <getopt.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/dur.h"
#include "base/mem.h"
#include "cmd/cmds.h"
#include "cmd/inputs.h"
#include "cmd/policies.h"
#include "db/store.h"
#include "report/suite.h"
#include "sim/simstage.h"

#define JOBS_MAX  64
#define SEEDS_MAX 1000000

struct test_case {
	const char *path;
	enum core_policy policy;
	uint64_t seed; /* 0: the scenario's own */
	struct trace *trace;
	char *repeat;
	bool bad_input;
};

struct test {
	enum suite_format format;
	struct policies policies;
	int64_t first_seed, last_seed; /* 0: the scenarios' own */
	int64_t jobs;
	const char *db, *trace_dir, *out;
	bool frames, verbose;
	struct ruleset *shipped;
	struct test_case *cases;
	size_t n_cases, cap_cases;
	pthread_mutex_t lock;
	size_t next;
};

static void
usage(FILE *to)
{
	fputs("usage: switchback test [options] [PATH...]\n"
	      "Runs scenario files, and those in folders (default: "
	      "scenarios),\n"
	      "under each policy.\n\n"
	      "  --policy P[,P]   stock, native (default: both)\n"
	      "  --seed N|A..B    instead of the scenarios' own seed\n"
	      "  -j N             so many at a time\n"
	      "  --frames         every packet an event of its own\n"
	      "  --tap --junit --json   the form of the result\n"
	      "  --db FILE        store every run\n"
	      "  --trace DIR      write every run's trace into DIR\n"
	      "  -o FILE          write the result there\n"
	      "  -v               more about what passed\n",
	    to);
}

static bool
parse_seeds(const char *s, struct test *t)
{
	const char *dots = strstr(s, "..");
	size_t bytes = dots == NULL ? strlen(s) : (size_t)(dots - s);

	if (!num_parse(s, bytes, 1, INT64_MAX, &t->first_seed))
		return false;
	t->last_seed = t->first_seed;
	if (dots != NULL &&
	    !num_parse(dots + 2, strlen(dots + 2), t->first_seed,
		t->first_seed > INT64_MAX - SEEDS_MAX
		    ? INT64_MAX
		    : t->first_seed + SEEDS_MAX,
		&t->last_seed))
		return false;
	return true;
}

/* 0 to go on, else the exit status + 1. */
static int
parse_options(int argc, char **argv, struct test *t)
{
	static const struct option longs[] = {
		{ "policy", required_argument, NULL, 'p' },
		{ "seed", required_argument, NULL, 's' },
		{ "jobs", required_argument, NULL, 'j' },
		{ "frames", no_argument, NULL, 'f' },
		{ "tap", no_argument, NULL, 'T' },
		{ "junit", no_argument, NULL, 'U' },
		{ "json", no_argument, NULL, 'J' },
		{ "db", required_argument, NULL, 'd' },
		{ "trace", required_argument, NULL, 't' },
		{ "output", required_argument, NULL, 'o' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct err e;
	int c;

	while ((c = getopt_long(argc, argv, "j:o:vh", longs, NULL)) != -1) {
		switch (c) {
		case 'p':
			if (policies_parse(optarg, &t->policies, &e) == 0)
				break;
			fprintf(stderr, "switchback test: --policy: %s\n",
			    e.text);
			return CMD_INPUT + 1;
		case 's':
			if (parse_seeds(optarg, t))
				break;
			fprintf(stderr,
			    "switchback test: --seed: give a number from 1, "
			    "or A..B with at most %d of them\n",
			    SEEDS_MAX);
			return CMD_INPUT + 1;
		case 'j':
			if (num_parse(optarg, strlen(optarg), 1, JOBS_MAX,
				&t->jobs))
				break;
			fprintf(stderr,
			    "switchback test: -j: give a number from 1 to %d\n",
			    JOBS_MAX);
			return CMD_INPUT + 1;
		case 'f':
			t->frames = true;
			break;
		case 'T':
			t->format = SUITE_TAP;
			break;
		case 'U':
			t->format = SUITE_JUNIT;
			break;
		case 'J':
			t->format = SUITE_JSON;
			break;
		case 'd':
			t->db = optarg;
			break;
		case 't':
			t->trace_dir = optarg;
			break;
		case 'o':
			t->out = optarg;
			break;
		case 'v':
			t->verbose = true;
			break;
		case 'h':
			usage(stdout);
			return CMD_PASS + 1;
		default:
			usage(stderr);
			return CMD_INPUT + 1;
		}
	}
	return 0;
}

/* --- running --- */

static char *
repeat_command(const struct test *t, const struct test_case *c, uint64_t seed)
{
	struct strbuf sb = { 0 };

	strbuf_addf(&sb, "switchback test --policy %s --seed %llu%s %s",
	    policy_word(c->policy), (unsigned long long)seed,
	    t->frames ? " --frames" : "", c->path);
	return strbuf_take(&sb);
}

static void
run_case(struct test *t, struct test_case *c)
{
	struct diag d = { .emit = input_print_finding };
	struct scenario *s = input_scenario(c->path);
	struct profile *p = s == NULL ? NULL : input_profile(s->machine);
	struct ruleset *own = NULL;
	struct simstage stage = { .scenario = s,
		.profile = p,
		.policy = c->policy,
		.frames = t->frames };

	c->bad_input = true;
	if (p == NULL)
		goto out;
	if (s->n_rules > 0 && (own = input_rules(s)) == NULL)
		goto out;
	stage.rules = own != NULL ? own : t->shipped;
	stage.seed = c->seed != 0 ? c->seed : s->seed;
	if (!simstage_check(&stage, &d))
		goto out;
	c->bad_input = false;
	c->repeat = repeat_command(t, c, stage.seed);
	c->trace = trace_new();
	simstage_run(&stage, c->trace);
out:
	ruleset_free(own);
	profile_free(p);
	scenario_free(s);
}

static void *
worker(void *arg)
{
	struct test *t = arg;
	size_t i;

	for (;;) {
		pthread_mutex_lock(&t->lock);
		i = t->next++;
		pthread_mutex_unlock(&t->lock);
		if (i >= t->n_cases)
			return NULL;
		run_case(t, &t->cases[i]);
	}
}

static void
run_all(struct test *t)
{
	pthread_t threads[JOBS_MAX];
	int64_t n = 0;

	pthread_mutex_init(&t->lock, NULL);
	while (n < t->jobs - 1 &&
	    pthread_create(&threads[n], NULL, worker, t) == 0)
		n++;
	worker(t);
	while (n > 0)
		pthread_join(threads[--n], NULL);
	pthread_mutex_destroy(&t->lock);
}

static void
list_cases(struct test *t, char **paths)
{
	struct test_case *c;
	int64_t seed;
	size_t i, k;

	for (i = 0; paths[i] != NULL; i++)
		for (seed = t->first_seed; seed <= t->last_seed; seed++)
			for (k = 0; k < t->policies.count; k++) {
				c = MEM_PUSH(t->cases, t->n_cases,
				    t->cap_cases);
				c->path = paths[i];
				c->policy = t->policies.list[k];
				c->seed = (uint64_t)seed;
			}
}

/* --- results --- */

static int
write_file(const char *path, const struct strbuf *text)
{
	FILE *f = fopen(path, "wb");

	if (f == NULL ||
	    fwrite(strbuf_str(text), 1, text->bytes, f) != text->bytes ||
	    fclose(f) != 0) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return CMD_TROUBLE;
	}
	return CMD_PASS;
}

static int
write_traces(const struct test *t)
{
	struct strbuf path = { 0 }, text = { 0 };
	const struct test_case *c;
	int status = CMD_PASS;
	size_t i;
	char *p;

	for (i = 0; i < t->n_cases && status == CMD_PASS; i++) {
		c = &t->cases[i];
		if (c->trace == NULL)
			continue;
		strbuf_reset(&path);
		strbuf_addf(&path, "%s/", t->trace_dir);
		strbuf_addf(&path, "%s", c->path);
		for (p = path.data + strlen(t->trace_dir) + 1; *p != '\0'; p++)
			if (*p == '/')
				*p = '_';
		strbuf_addf(&path, ".%s.%llu.trace", policy_word(c->policy),
		    (unsigned long long)c->trace->run.seed);
		strbuf_reset(&text);
		trace_dump(c->trace, &text);
		status = write_file(strbuf_str(&path), &text);
	}
	strbuf_fini(&path);
	strbuf_fini(&text);
	return status;
}

static int
store_traces(const struct test *t)
{
	struct store *store = NULL;
	struct err e;
	size_t i;
	int rc;

	rc = store_open(t->db, 0, &store, &e);
	if (rc == 0)
		rc = store_begin(store, &e);
	for (i = 0; rc == 0 && i < t->n_cases; i++)
		if (t->cases[i].trace != NULL)
			rc =
			    store_add_trace(store, t->cases[i].trace, NULL, &e);
	if (rc == 0)
		rc = store_commit(store, &e);
	store_close(store);
	if (rc == 0)
		return CMD_PASS;
	fprintf(stderr, "switchback test: %s\n", e.text);
	return rc == ERR_IO || rc == ERR_BUSY ? CMD_TROUBLE : CMD_INPUT;
}

static bool
has_failed(const struct test_case *c)
{
	size_t i;

	for (i = 0; i < c->trace->n_checks; i++)
		if (c->trace->checks[i].verdict == TRACE_FAIL ||
		    c->trace->checks[i].verdict == TRACE_MENDED)
			return true;
	return false;
}

static int
write_suite(const struct test *t)
{
	struct suite_case *sc = mem_zero(t->n_cases, sizeof(*sc));
	struct strbuf text = { 0 };
	bool color = t->out == NULL && isatty(STDOUT_FILENO);
	int status = CMD_PASS, wrote = CMD_PASS;
	size_t i;

	for (i = 0; i < t->n_cases; i++) {
		const struct test_case *c = &t->cases[i];

		sc[i].name = c->path;
		sc[i].policy = policy_word(c->policy);
		sc[i].trace = c->trace;
		sc[i].repeat = c->repeat;
		if (c->bad_input) {
			sc[i].error = "bad input: see stderr";
			status = CMD_INPUT;
		} else {
			sc[i].seed = c->trace->run.seed;
			if (status == CMD_PASS && has_failed(c))
				status = CMD_FAIL;
		}
	}
	suite_write(t->format, sc, t->n_cases, color, t->verbose, &text);
	if (t->out != NULL)
		wrote = write_file(t->out, &text);
	else
		fwrite(strbuf_str(&text), 1, text.bytes, stdout);
	strbuf_fini(&text);
	free(sc);
	return wrote != CMD_PASS ? wrote : status;
}

static void
test_fini(struct test *t)
{
	size_t i;

	for (i = 0; i < t->n_cases; i++) {
		trace_free(t->cases[i].trace);
		free(t->cases[i].repeat);
	}
	free(t->cases);
	ruleset_free(t->shipped);
}

static int
finish(struct test *t)
{
	int status = CMD_PASS, verdict;

	if (t->db != NULL)
		status = store_traces(t);
	if (status == CMD_PASS && t->trace_dir != NULL)
		status = write_traces(t);
	verdict = write_suite(t);
	return status != CMD_PASS ? status : verdict;
}

int
cmd_test(int argc, char **argv)
{
	static char folder[] = "scenarios";
	char *const standard[] = { folder };
	struct test t = { .format = SUITE_TEXT,
		.jobs = 1,
		.policies = { { CORE_STOCK, CORE_NATIVE }, 2 } };
	int status = parse_options(argc, argv, &t);
	char **paths;

	if (status != 0)
		return status - 1;
	paths = optind < argc
	    ? input_scenario_paths(argv + optind, argc - optind)
	    : input_scenario_paths(standard, 1);
	if (paths == NULL)
		return CMD_INPUT;
	if (paths[0] == NULL) {
		fputs("switchback test: no scenario found\n", stderr);
		input_free_paths(paths);
		return CMD_NOTHING;
	}
	t.shipped = input_rules(NULL);
	if (t.shipped == NULL) {
		input_free_paths(paths);
		return CMD_INPUT;
	}
	list_cases(&t, paths);
	run_all(&t);
	status = finish(&t);
	test_fini(&t);
	input_free_paths(paths);
	return status;
}
