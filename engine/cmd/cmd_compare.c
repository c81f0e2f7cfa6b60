/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * switchback compare - scenarios under several policies, in one table; or on
 * two stages, side by side.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "cmd/cmds.h"
#include "cmd/comparestage.h"
#include "cmd/inputs.h"
#include "cmd/outfile.h"
#include "cmd/testrun.h"
#include "report/versus.h"
#include "sim/stage/simstage.h"

#define JOBS_MAX 64

static const char usage[] =
    "usage: switchback compare [OPTION...] [PATH...]\n"
    "       switchback compare --stage A,B [OPTION...] [PATH...]\n"
    "       switchback compare --stage A,B --db FILE [--run A --run B]\n"
    "\n"
    "Runs scenario files, and those in and below folders (default:\n"
    "scenarios), under each policy, and prints one table: for each scenario\n"
    "and policy the packets lost, the longest gap, what is left at the end\n"
    "(VF-ON, SYN: who carries; DEAD: nobody), and the verdict.\n"
    "With --stage, runs each scenario on both stages and tells of each what\n"
    "was left at the end, the phases of its fail-overs and the packets, side\n"
    "by side, and in what the two differ.\n"
    "\n"
    "  --policy P[,P]   stock, native (default: both, in this order)\n"
    "  --machine NAME   instead of the scenarios' own machine, as for test\n"
    "  -j N             so many at a time (1)\n"
    "  --stage A,B      sim (the simulated machine), vm (a real kernel);\n"
    "                   under policy native unless told otherwise\n"
    "  --db FILE        with --stage: the newest stored runs instead\n"
    "  --run ID|TITLE   of the store this one, and another one\n"
    "  --json           as JSON\n"
    "  --markdown       as a table for a README; not with --stage\n"
    "  -o FILE          write it there\n"
    "\n"
    "Exit status: as switchback test; with --stage 1 also when two runs did\n"
    "not end in the same state.\n";

struct compare {
	struct policies policies;
	enum versus_format format;
	int64_t jobs;
	const char *out_path, *machine;
	struct comparestage stage; /* its stages NULL: policies are compared */
	bool policy_given;
	struct testrun run;
	struct versus_row *rows;
	bool broken; /* some run could not be brought to a verdict */
};

/* One option; false after a message. */
static bool
take_option(struct compare *c, int option)
{
	struct err e;

	switch (option) {
	case 'p':
		c->policy_given = true;
		if (policies_parse(optarg, &c->policies, &e) == 0)
			return true;
		fprintf(stderr, "switchback compare: --policy: %s\n", e.text);
		return false;
	case 'm':
		c->machine = optarg;
		return true;
	case 'j':
		if (num_parse(optarg, strlen(optarg), 1, JOBS_MAX, &c->jobs))
			return true;
		fprintf(stderr,
		    "switchback compare: -j: give a number from 1 to %d\n",
		    JOBS_MAX);
		return false;
	case 's':
		c->stage.stages = optarg;
		return true;
	case 'd':
		c->stage.db = optarg;
		return true;
	case 'r':
		if (c->stage.n_which == 2) {
			fputs("switchback compare: --run: there are two "
			      "already\n",
			    stderr);
			return false;
		}
		c->stage.which[c->stage.n_which++] = optarg;
		return true;
	case 'J':
		c->format = VERSUS_JSON;
		return true;
	case 'M':
		c->format = VERSUS_MARKDOWN;
		return true;
	case 'o':
		c->out_path = optarg;
		return true;
	default:
		fputs(usage, stderr);
		return false;
	}
}

/* False to stop with *status. */
static bool
parse_options(int argc, char **argv, struct compare *c, int *status)
{
	static const struct option longs[] = {
		{ "policy", required_argument, NULL, 'p' },
		{ "machine", required_argument, NULL, 'm' },
		{ "jobs", required_argument, NULL, 'j' },
		{ "stage", required_argument, NULL, 's' },
		{ "db", required_argument, NULL, 'd' },
		{ "run", required_argument, NULL, 'r' },
		{ "json", no_argument, NULL, 'J' },
		{ "markdown", no_argument, NULL, 'M' },
		{ "output", required_argument, NULL, 'o' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	optind = 1;
	while ((option = getopt_long(argc, argv, "j:o:h", longs, NULL)) != -1) {
		if (option == 'h') {
			fputs(usage, stdout);
			*status = CMD_PASS;
			return false;
		}
		if (!take_option(c, option)) {
			*status = CMD_INPUT;
			return false;
		}
	}
	return true;
}

/* The options of the two ways do not mix; false after a message. */
static bool
is_consistent(struct compare *c, int n_paths)
{
	struct comparestage *s = &c->stage;
	const char *clash = NULL;

	if (s->stages == NULL && s->db != NULL)
		clash = "--db: only with --stage";
	else if (s->stages == NULL && s->n_which > 0)
		clash = "--run: only with --stage";
	else if (s->stages != NULL && c->format == VERSUS_MARKDOWN)
		clash = "--markdown: not with --stage";
	if (clash != NULL) {
		fprintf(stderr, "switchback compare: %s\n", clash);
		return false;
	}
	s->jobs = c->jobs;
	s->json = c->format == VERSUS_JSON;
	s->out_path = c->out_path;
	s->policies = c->policies;
	s->machine = c->machine;
	if (!c->policy_given)
		s->policies = (struct policies){ { CORE_NATIVE }, 1 };
	return s->stages == NULL || comparestage_check(s, n_paths);
}

static size_t
column_of(const struct compare *c, enum core_policy policy)
{
	return c->policies.list[0] == policy ? 0 : 1;
}

static void
case_done(void *ctx, struct testrun_case *t)
{
	struct compare *c = ctx;
	size_t file = (size_t)(t->file - c->run.files);
	struct versus_cell *cell =
	    &c->rows[file].cells[column_of(c, t->policy)];

	c->rows[file].name = t->file->path;
	if (t->skipped != NULL) {
		cell->verdict = VERSUS_SKIP;
	} else if (t->trace == NULL || t->broken != NULL) {
		cell->verdict = VERSUS_BAD;
		c->broken = c->broken || t->broken != NULL;
	} else {
		*cell = versus_cell_of(t->trace);
	}
	/* The row has all that is told: the rest would fill the memory. */
	trace_free(t->trace);
	t->trace = NULL;
}

static int
status_of(const struct compare *c)
{
	bool ran = false, failed = false, bad = false;
	enum versus_verdict v;
	size_t i, p;

	for (i = 0; i < c->run.n_files; i++)
		for (p = 0; p < c->policies.count; p++) {
			v = c->rows[i].cells[p].verdict;
			ran = ran || v != VERSUS_SKIP;
			failed = failed || v == VERSUS_FAIL;
			bad = bad || v == VERSUS_BAD;
		}
	if (c->broken)
		return CMD_TROUBLE;
	if (!ran)
		return CMD_NOTHING;
	return bad ? CMD_INPUT : failed ? CMD_FAIL : CMD_PASS;
}

static int
compare_files(struct compare *c, char *const *paths)
{
	const char *heads[VERSUS_POLICIES];
	struct strbuf text = { 0 };
	int status;
	size_t i;

	c->run.machine = c->machine;
	if (!testrun_load(&c->run, paths, &c->policies))
		return CMD_INPUT;
	testrun_plan(&c->run, &c->policies, 0, 0);
	c->rows = mem_zero(c->run.n_files, sizeof(*c->rows));
	testrun_run(&c->run, c->jobs, case_done, c);
	for (i = 0; i < c->policies.count; i++)
		heads[i] = policy_word(c->policies.list[i]);
	versus_write(c->format, c->rows, c->run.n_files, heads,
	    c->policies.count, &text);
	status = outfile_write("compare", c->out_path, &text);
	strbuf_fini(&text);
	return status != CMD_PASS ? status : status_of(c);
}

int
cmd_compare(int argc, char **argv)
{
	static char folder[] = "scenarios";
	char *const standard[] = { folder };
	struct compare c = { .jobs = 1,
		.policies = { { CORE_STOCK, CORE_NATIVE }, 2 } };
	char **paths;
	int status;

	if (!parse_options(argc, argv, &c, &status))
		return status;
	if (!is_consistent(&c, argc - optind))
		return CMD_INPUT;
	if (c.stage.db != NULL)
		return comparestage_run(&c.stage, NULL);
	paths = optind < argc
	    ? input_scenario_paths(argv + optind, argc - optind)
	    : input_scenario_paths(standard, 1);
	if (paths == NULL)
		return CMD_INPUT;
	if (paths[0] != NULL && c.stage.stages != NULL) {
		status = comparestage_run(&c.stage, paths);
	} else if (paths[0] != NULL) {
		status = compare_files(&c, paths);
	} else {
		fputs("switchback compare: no scenario found\n", stderr);
		status = CMD_NOTHING;
	}
	free(c.rows);
	testrun_fini(&c.run);
	input_free_paths(paths);
	return status;
}
