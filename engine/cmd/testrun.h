/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * testrun - the runs of a suite: every scenario under every policy and seed,
 * several at a time, their results in order.
 */
#ifndef CMD_TESTRUN_H
#define CMD_TESTRUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cmd/policies.h"
#include "db/trace.h"
#include "rules/ruleset.h"
#include "sim/scenario/scenario.h"

struct testrun_file {
	const char *path;	   /* borrowed */
	struct scenario *scenario; /* NULL: it has mistakes, which were told */
	struct ruleset *rules;	   /* its own, or NULL for the shipped ones */
};

struct testrun_case {
	const struct testrun_file *file;
	enum core_policy policy;
	uint64_t seed;
	bool seeded;	     /* not the scenario's own seed */
	struct trace *trace; /* NULL before, and when it could not run */
	char *repeat;	     /* a command, or NULL; freed with the case */
	char *trouble;	     /* why it has no captures; NULL: none. Freed too */
	char *skipped;	     /* why it is not run, or cannot be; freed too */
	char *broken;	     /* the run was no verdict: why; freed too */
	bool done;
};

struct testrun {
	struct testrun_file *files;
	size_t n_files;
	struct testrun_case *cases; /* by file, seed, policy */
	size_t n_cases;
	struct ruleset *shipped;
	bool frames, decisions;
	int64_t guard_ns;     /* of sim/stage/simstage.h */
	const char *pcap_dir; /* NULL: no captures. done may set it NULL */
};

/* Reads the files of a NULL-terminated list, which must outlive the testrun.
 * Mistakes are told on stderr, once for each file. False when the shipped
 * rules cannot be read. */
bool testrun_load(struct testrun *r, char *const *paths,
    const struct policies *p);

/* Makes the list of cases; seeds 0 to 0 mean the scenarios' own. */
void testrun_plan(struct testrun *r, const struct policies *p,
    int64_t first_seed, int64_t last_seed);

/* Runs all cases, jobs of them at a time. done is called for each in order of
 * the list, never for two at once; it may replace the case's trace. */
void testrun_run(struct testrun *r, int64_t jobs,
    void (*done)(void *ctx, struct testrun_case *c), void *ctx);

void testrun_fini(struct testrun *r);

#endif
