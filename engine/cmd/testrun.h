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

struct testrun;

/* Where cases are run; the list of them is in testrun.c. */
struct testrun_stage {
	const char *word;     /* of --stage: "sim" */
	enum scn_stage where; /* of scenario_why_not() */

	/* Makes what all its runs share; close() undoes it. Both may be NULL.
	 * ERR_NOTFOUND and ERR_UNSUPPORTED: not to be had on this machine. */
	int (*open)(struct testrun *r, struct err *err);
	void (*close)(struct testrun *r);

	/* Whether it can do what the scenario says; mistakes are told on
	 * stderr. */
	bool (*check)(const struct testrun_file *f, const struct ruleset *rules,
	    enum core_policy policy);

	/* Why a scenario that has passed it is not run here; NULL: it is. The
	 * caller frees. May be NULL: all are. */
	char *(*why_not)(const struct testrun *r, const struct scenario *s,
	    enum core_policy policy);

	/* Runs a case whose scenario has passed the check: fills its trace,
	 * or says why there is none in skipped or broken. pcap_dir may be
	 * NULL. By several threads at once, each with a case of its own. */
	void (*run)(const struct testrun *r, const struct ruleset *rules,
	    const char *pcap_dir, struct testrun_case *c);
};
extern const struct testrun_stage testrun_sim; /* the simulated machine */

/* NULL when there is none of that word. testrun_stage_words() gives all, and
 * their number. */
const struct testrun_stage *testrun_stage_find(const char *word);
size_t testrun_stage_words(const char *words[], size_t max);

struct labtools; /* sim/lab/labstage.h */

struct testrun {
	const struct testrun_stage *stage; /* NULL: testrun_sim */
	/* of a lab (cmd/labcase.h) */
	struct labtools *tools; /* its own */
	const char *image;	/* a disk, borrowed; NULL: one is made */
	int64_t retries;	/* so often again without a verdict */
	struct testrun_file *files;
	size_t n_files;
	struct testrun_case *cases; /* by file, seed, policy */
	size_t n_cases;
	struct ruleset *shipped;
	bool frames, decisions;
	int64_t guard_ns;     /* of sim/stage/simstage.h */
	const char *machine;  /* in place of each scenario's own; or NULL */
	const char *pcap_dir; /* NULL: no captures. done may set it NULL */
};

/* Has the stage make what its runs need; CMD_PASS, else the exit status after
 * a message of this command. */
int testrun_open(struct testrun *r, const char *command);

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
