/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * switchback test - runs scenarios on the simulated machine and judges them.
 */
#include <sys/stat.h>

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/dur.h"
#include "base/mem.h"
#include "cmd/cmds.h"
#include "cmd/inputs.h"
#include "cmd/labcase.h"
#include "cmd/outfile.h"
#include "cmd/pcapdir.h"
#include "cmd/repeat.h"
#include "cmd/sometimes.h"
#include "cmd/storeargs.h"
#include "cmd/testrun.h"
#include "db/store.h"
#include "report/suite.h"
#include "report/verdict.h"
#include "sim/stage/simstage.h"

#define JOBS_MAX    64
#define SEEDS_MAX   1000000
#define RETRIES_MAX 100
#define CASES_MAX   10000000 /* a list of more would not fit into memory */

static const char usage[] =
    "usage: switchback test [OPTION...] [PATH...]\n"
    "\n"
    "Runs scenario files, and those in and below folders (default:\n"
    "scenarios), under each policy, and judges them.\n"
    "\n"
    "  --stage S        sim: the simulated machine, in virtual time "
    "(default);\n"
    "                   vm: a real kernel in a guest of QEMU, in real time\n"
    "  --image FILE     vm: a disk image with \"switchback guest\" in it,\n"
    "                   instead of Debian's kernel and the programs of here\n"
    "  --retries N      vm: so often again where this machine was too busy\n"
    "                   for a verdict (2)\n"
    "  --policy P[,P]   stock, native (default: both)\n"
    "  --seed N|A..B    instead of the scenarios' own seed\n"
    "  --machine NAME   instead of the scenarios' own machine; a file with a\n"
    "                   slash in its name, such as calibrate writes, or a "
    "name\n"
    "  -j N             so many at a time (1)\n"
    "  --frames         every packet an event of its own\n"
    "  --tap, --junit, --json\n"
    "                   the form of the result; the last one counts\n"
    "  --markdown FILE  besides, write it there for a CI system's summary\n"
    "  --hash           instead of the result, a line for each run: hash of\n"
    "                   its trace, scenario, policy, seed\n"
    "  --db FILE        store every run\n"
    "  --decisions      store with them all that the engine was told and\n"
    "                   answered, so that a replay can verify it\n"
    "  --trace DIR      write every run's trace into DIR, which is made\n"
    "  --pcap DIR       write every run's packets into DIR, in a folder\n"
    "                   SCENARIO.POLICY a file for each interface, the peer\n"
    "                   and the guest's sockets; implies --frames\n"
    "  -o FILE          write the result there\n"
    "  --guard TIME     how long a real shell may compute (30s)\n"
    "  -v               what held too, and known faults with their reasons\n"
    "\n"
    "Exit status: 0 passed, 1 an expectation failed, 2 a scenario has\n"
    "mistakes (the others were run), 3 a result could not be written,\n"
    "4 there was nothing to run.\n";

struct test {
	const char *program;
	enum suite_format format;
	struct policies policies;
	int64_t first_seed, last_seed; /* 0: the scenarios' own */
	int64_t jobs;
	const char *db, *trace_dir, *out_path, *markdown, *machine;
	bool frames, verbose, hash;
	int64_t guard_ns;     /* 0: as the sandbox has it */
	struct strbuf hashes; /* lines of --hash */

	struct testrun run;
	struct sometimes sometimes; /* empty unless whole folders are run */
	bool part;		    /* of the policies or seeds only */
	FILE *out;
	struct store *store;
	int status; /* CMD_TROUBLE once something could not be written */
};

static bool
parse_seeds(const char *s, struct test *t)
{
	const char *dots = strstr(s, "..");
	size_t bytes = dots == NULL ? strlen(s) : (size_t)(dots - s);
	int64_t most = INT64_MAX;

	if (!num_parse(s, bytes, 1, INT64_MAX, &t->first_seed))
		return false;
	t->last_seed = t->first_seed;
	if (t->first_seed <= INT64_MAX - SEEDS_MAX)
		most = t->first_seed + SEEDS_MAX - 1;
	return dots == NULL ||
	    num_parse(dots + 2, strlen(dots + 2), t->first_seed, most,
		&t->last_seed);
}

/* "" is the folder that no program meant; what lies in it, the root's. */
static bool
is_folder(const char *option, const char *name)
{
	if (name[0] != '\0')
		return true;
	fprintf(stderr,
	    "switchback test: %s: the name is empty: name a folder\n", option);
	return false;
}

/* Where something is written; false after a message. */
static bool
take_place(struct test *t, int c)
{
	switch (c) {
	case 'M':
		t->markdown = optarg;
		return true;
	case 'd':
		t->db = optarg;
		return true;
	case 'D':
		t->run.decisions = true;
		return true;
	case 't':
		t->trace_dir = optarg;
		return is_folder("--trace", optarg);
	case 'P':
		t->run.pcap_dir = optarg;
		t->frames = true;
		return is_folder("--pcap", optarg);
	case 'o':
		t->out_path = optarg;
		return true;
	default:
		fputs(usage, stderr);
		return false;
	}
}

static bool
take_stage(struct test *t)
{
	t->run.stage = testrun_stage_find(optarg);
	if (t->run.stage == NULL)
		fputs("switchback test: --stage: give sim or vm\n", stderr);
	return t->run.stage != NULL;
}

/* One option; false after a message. */
static bool
take_option(struct test *t, int c)
{
	struct err e;

	switch (c) {
	case 'S':
		return take_stage(t);
	case 'I':
		t->run.image = optarg;
		return true;
	case 'R':
		if (num_parse(optarg, strlen(optarg), 0, RETRIES_MAX,
			&t->run.retries))
			return true;
		fprintf(stderr,
		    "switchback test: --retries: give a number up to %d\n",
		    RETRIES_MAX);
		return false;
	case 'p':
		t->part = true;
		if (policies_parse(optarg, &t->policies, &e) == 0)
			return true;
		fprintf(stderr, "switchback test: --policy: %s\n", e.text);
		return false;
	case 's':
		t->part = true;
		if (parse_seeds(optarg, t))
			return true;
		fprintf(stderr,
		    "switchback test: --seed: give a number from 1, "
		    "or A..B with at most %d of them\n",
		    SEEDS_MAX);
		return false;
	case 'm':
		t->machine = optarg;
		return true;
	case 'j':
		if (num_parse(optarg, strlen(optarg), 1, JOBS_MAX, &t->jobs))
			return true;
		fprintf(stderr,
		    "switchback test: -j: give a number from 1 to %d\n",
		    JOBS_MAX);
		return false;
	case 'f':
		t->frames = true;
		return true;
	case 'T':
		t->format = SUITE_TAP;
		return true;
	case 'U':
		t->format = SUITE_JUNIT;
		return true;
	case 'J':
		t->format = SUITE_JSON;
		return true;
	case 'H':
		t->hash = true;
		return true;
	case 'g':
		if (dur_parse(optarg, strlen(optarg), &t->guard_ns) &&
		    t->guard_ns > 0)
			return true;
		fputs("switchback test: --guard: give a duration such as "
		      "30s\n",
		    stderr);
		return false;
	case 'v':
		t->verbose = true;
		return true;
	default:
		return take_place(t, c);
	}
}

/* False to stop with *status. */
static bool
parse_options(int argc, char **argv, struct test *t, int *status)
{
	static const struct option longs[] = {
		{ "stage", required_argument, NULL, 'S' },
		{ "image", required_argument, NULL, 'I' },
		{ "retries", required_argument, NULL, 'R' },
		{ "policy", required_argument, NULL, 'p' },
		{ "seed", required_argument, NULL, 's' },
		{ "machine", required_argument, NULL, 'm' },
		{ "jobs", required_argument, NULL, 'j' },
		{ "frames", no_argument, NULL, 'f' },
		{ "tap", no_argument, NULL, 'T' },
		{ "junit", no_argument, NULL, 'U' },
		{ "json", no_argument, NULL, 'J' },
		{ "markdown", required_argument, NULL, 'M' },
		{ "db", required_argument, NULL, 'd' },
		{ "decisions", no_argument, NULL, 'D' },
		{ "trace", required_argument, NULL, 't' },
		{ "pcap", required_argument, NULL, 'P' },
		{ "hash", no_argument, NULL, 'H' },
		{ "output", required_argument, NULL, 'o' },
		{ "guard", required_argument, NULL, 'g' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	optind = 1;
	while ((c = getopt_long(argc, argv, "j:o:vh", longs, NULL)) != -1) {
		if (c == 'h') {
			fputs(usage, stdout);
			*status = CMD_PASS;
			return false;
		}
		if (!take_option(t, c)) {
			*status = CMD_INPUT;
			return false;
		}
	}
	return true;
}

/* --- where results go --- */

/* So that a run of hours does not end at a full stop. */
static int
open_outputs(struct test *t)
{
	struct err e;
	int rc = 0;

	t->out = outfile_open("test", t->out_path);
	if (t->out == NULL)
		return CMD_TROUBLE;
	if (t->trace_dir != NULL && mkdir(t->trace_dir, 0777) < 0 &&
	    errno != EEXIST) {
		fprintf(stderr, "switchback test: %s: %s\n", t->trace_dir,
		    strerror(errno));
		return CMD_TROUBLE;
	}
	if (t->db != NULL)
		rc = store_open(t->db, 0, &t->store, &e);
	if (rc == 0 && t->store != NULL)
		rc = store_begin(t->store, &e);
	if (rc == 0)
		return CMD_PASS;
	/* Not a store: what was typed. The rest: what is in the way. */
	storeargs_fail("test", &e);
	return rc == ERR_INPUT || rc == ERR_VERSION ? CMD_INPUT : CMD_TROUBLE;
}

static void
store_trace(struct test *t, const struct trace *trace)
{
	struct err e;

	if (t->store == NULL || store_add_trace(t->store, trace, NULL, &e) == 0)
		return;
	storeargs_fail("test", &e);
	store_close(t->store); /* the batch is gone already */
	t->store = NULL;
	t->status = CMD_TROUBLE;
}

static void
write_trace(struct test *t, const struct testrun_case *c)
{
	struct strbuf path = { 0 }, text = { 0 };
	size_t folder = strlen(t->trace_dir) + 1, i;

	strbuf_addf(&path, "%s/%s.%s.%" PRIu64 ".trace", t->trace_dir,
	    c->file->path, policy_word(c->policy), c->seed);
	for (i = folder; i < path.bytes; i++)
		if (path.data[i] == '/')
			path.data[i] = '_';
	trace_dump(c->trace, &text);
	if (outfile_write("test", strbuf_str(&path), &text) != CMD_PASS) {
		t->status = CMD_TROUBLE;
		t->trace_dir = NULL; /* the others would fail as well */
	}
	strbuf_fini(&path);
	strbuf_fini(&text);
}

/* Of a run that passed only the results are told: the rest would fill the
 * memory in a suite of many seeds. */
static void
keep_results(struct testrun_case *c)
{
	struct trace *full = c->trace, *kept = trace_new();
	struct trace_run run = kept->run;

	kept->run = full->run;
	full->run = run;
	kept->checks = full->checks;
	kept->n_checks = full->n_checks;
	kept->cap_checks = full->cap_checks;
	kept->probes = full->probes;
	kept->n_probes = full->n_probes;
	kept->cap_probes = full->cap_probes;
	full->checks = NULL;
	full->probes = NULL;
	full->n_checks = full->n_probes = 0;
	trace_free(full);
	c->trace = kept;
}

static char *
repeat_command(const struct test *t, const struct testrun_case *c)
{
	struct strbuf sb = { 0 };

	repeat_word(&sb, t->program);
	strbuf_adds(&sb, " test");
	if (t->run.stage == &testrun_vm)
		strbuf_adds(&sb, " --stage vm");
	strbuf_addf(&sb, " --policy %s", policy_word(c->policy));
	if (c->seed != 0 &&
	    t->run.stage ==
		&testrun_sim) /* 0: its own, of a file that could not be read */
		strbuf_addf(&sb, " --seed %" PRIu64, c->seed);
	if (t->machine != NULL) {
		strbuf_adds(&sb, " --machine ");
		repeat_word(&sb, t->machine);
	}
	strbuf_adds(&sb, t->frames ? " --frames " : " ");
	repeat_word(&sb, c->file->path);
	return strbuf_take(&sb);
}

static void
case_done(void *ctx, struct testrun_case *c)
{
	struct test *t = ctx;
	char digest[HASH128_TEXT];

	c->repeat = repeat_command(t, c);
	if (c->trouble != NULL && t->run.pcap_dir != NULL) {
		fprintf(stderr, "switchback test: %s\n", c->trouble);
		t->status = CMD_TROUBLE;
		t->run.pcap_dir = NULL; /* the others would fail as well */
	}
	if (c->trace == NULL)
		return;
	if (t->hash)
		strbuf_addf(&t->hashes, "%s %s %s %" PRIu64 "\n",
		    trace_digest(c->trace, digest), c->file->path,
		    policy_word(c->policy), c->seed);
	sometimes_note(&t->sometimes, c->file->path, c->trace);
	store_trace(t, c->trace);
	if (t->trace_dir != NULL)
		write_trace(t, c);
	if (verdict_count(c->trace).failed == 0)
		keep_results(c);
}

static int
write_markdown(const struct test *t, const struct suite_case *list, size_t n)
{
	struct strbuf text = { 0 };
	int status;

	if (t->markdown == NULL)
		return CMD_PASS;
	suite_write(SUITE_MARKDOWN, list, n, false, false, &text);
	status = outfile_write("test", t->markdown, &text);
	strbuf_fini(&text);
	return status;
}

static int
write_suite(struct test *t)
{
	size_t n = t->run.n_cases;
	struct suite_case *list = mem_zero(n + t->sometimes.n, sizeof(*list));
	bool color = t->out == stdout && isatty(STDOUT_FILENO);
	struct strbuf text = { 0 };
	const struct testrun_case *c;
	int status = CMD_PASS, wrote;
	size_t skipped = 0, i;

	for (i = 0; i < t->run.n_cases; i++) {
		c = &t->run.cases[i];
		list[i].name = c->file->path;
		list[i].policy = policy_word(c->policy);
		list[i].seed = c->seed;
		list[i].seeded = c->seeded;
		list[i].trace = c->trace;
		list[i].repeat = c->repeat;
		list[i].skipped = c->skipped;
		skipped += c->skipped != NULL;
		if (c->broken != NULL) {
			list[i].trace = NULL; /* no verdict */
			list[i].error = c->broken;
			t->status = CMD_TROUBLE;
		} else if (c->trace == NULL && c->skipped == NULL) {
			list[i].error = "bad input, did not run: its mistakes "
					"are on standard error";
			status = CMD_INPUT;
		} else if (status == CMD_PASS && c->trace != NULL &&
		    verdict_count(c->trace).failed > 0) {
			status = CMD_FAIL;
		}
	}
	if (skipped == n)
		status = CMD_NOTHING;
	for (i = 0; i < t->sometimes.n; i++) {
		list[n + i] = sometimes_result(&t->sometimes, i);
		if (status == CMD_PASS &&
		    verdict_count(list[n + i].trace).failed > 0)
			status = CMD_FAIL;
	}
	if (!t->hash)
		suite_write(t->format, list, n + t->sometimes.n, color,
		    t->verbose, &text);
	wrote = outfile_finish("test", t->out_path, t->out,
	    t->hash ? &t->hashes : &text);
	t->out = NULL;
	if (wrote == CMD_PASS)
		wrote = write_markdown(t, list, n + t->sometimes.n);
	strbuf_fini(&text);
	free(list);
	return wrote != CMD_PASS ? wrote : status;
}

/* False after a message. */
static bool
is_consistent(const struct test *t)
{
	bool vm = t->run.stage == &testrun_vm;

	if (vm &&
	    (t->hash || t->run.decisions || t->first_seed != 0 ||
		(t->frames && t->run.pcap_dir == NULL))) {
		fputs("switchback test: --hash, --decisions, --seed and "
		      "--frames are of the simulated machine; leave them out, "
		      "or --stage vm\n",
		    stderr);
		return false;
	}
	if (!vm && t->run.image != NULL) {
		fputs("switchback test: --image: is of --stage vm\n", stderr);
		return false;
	}
	if (!t->run.decisions || t->db != NULL || t->trace_dir != NULL)
		return true;
	fputs("switchback test: --decisions: goes into a store or a trace; "
	      "say into which: --db FILE or --trace DIR\n",
	    stderr);
	return false;
}

static int
test_files(struct test *t, char *const *paths)
{
	const char *clash[2];
	struct err e;
	size_t n = 0;
	int status;

	while (paths[n] != NULL)
		n++;
	if (n * t->policies.count >
	    CASES_MAX / (size_t)(t->last_seed - t->first_seed + 1)) {
		fprintf(stderr,
		    "switchback test: more than %d runs; give a "
		    "part of them\n",
		    CASES_MAX);
		return CMD_INPUT;
	}
	if ((t->trace_dir != NULL || t->run.pcap_dir != NULL) &&
	    pcapdir_clash(paths, clash)) {
		fprintf(stderr,
		    "switchback test: %s and %s have one name in the folder; "
		    "give them a folder each\n",
		    clash[0], clash[1]);
		return CMD_INPUT;
	}
	if ((status = testrun_open(&t->run, "test")) != CMD_PASS ||
	    (status = open_outputs(t)) != CMD_PASS)
		return status;
	t->run.machine = t->machine;
	if (!testrun_load(&t->run, paths, &t->policies))
		return CMD_INPUT;
	testrun_plan(&t->run, &t->policies, t->first_seed, t->last_seed);
	t->run.frames = t->frames;
	t->run.guard_ns = t->guard_ns;
	testrun_run(&t->run, t->jobs, case_done, t);
	if (t->store != NULL && store_commit(t->store, &e) < 0) {
		storeargs_fail("test", &e);
		t->status = CMD_TROUBLE;
	}
	status = write_suite(t);
	return t->status != CMD_PASS ? t->status : status;
}

int
cmd_test(int argc, char **argv)
{
	static char folder[] = "scenarios";
	char *const standard[] = { folder };
	struct test t = { .format = SUITE_TEXT,
		.jobs = 1,
		.run = { .stage = &testrun_sim, .retries = LABCASE_RETRIES },
		.policies = { { CORE_STOCK, CORE_NATIVE }, 2 } };
	char *const *named;
	char **paths;
	int status, n_named;

	t.program = argv[-1];
	if (!parse_options(argc, argv, &t, &status))
		return status;
	if (!is_consistent(&t))
		return CMD_INPUT;
	named = optind < argc ? argv + optind : standard;
	n_named = optind < argc ? argc - optind : 1;
	paths = input_scenario_paths(named, n_named);
	if (paths == NULL)
		return CMD_INPUT;
	if (t.run.stage == &testrun_sim && !t.part &&
	    !sometimes_read(&t.sometimes, named, n_named)) {
		status = CMD_INPUT;
	} else if (paths[0] != NULL) {
		status = test_files(&t, paths);
	} else {
		fputs("switchback test: no scenario found\n", stderr);
		status = CMD_NOTHING;
	}
	if (t.out != NULL && t.out != stdout)
		fclose(t.out);
	store_close(t.store);
	strbuf_fini(&t.hashes);
	testrun_fini(&t.run);
	sometimes_fini(&t.sometimes);
	input_free_paths(paths);
	return status;
}
