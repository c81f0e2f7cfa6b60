/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stage - what a scenario can do to an environment, as one table (DESIGN.md
 * 2, seam two): set up, let time pass, do a stimulus, look at the result,
 * tear down. Implementations: the simulated machine in virtual time, and the
 * same machine following a recorded sequence (both sim/stage/simstage.h).
 *
 * A stage writes what it sees into the trace of its run; the runner writes
 * what it does (stimuli, marks) and has the judge hold the expectations
 * against it all.
 */
#ifndef SIM_STAGE_STAGE_H
#define SIM_STAGE_STAGE_H

#include "db/trace.h"
#include "sim/judge/judge.h"
#include "sim/scenario/scenario.h"

struct stage_ops {
	const char *kind; /* of the run in the trace: "simulated" */

	/* Builds the environment at time 0. */
	void (*set_up)(void *ctx, struct trace *t);

	/* The next thing happens that happens before at_ns. False when there
	 * is none: then it is at_ns. Never goes back. */
	bool (*happen)(void *ctx, int64_t at_ns);

	/* One step of the scenario, now; never SCN_MARK or SCN_END. */
	void (*stimulus)(void *ctx, const struct scn_step *step);

	/* The run has reached its end: rows that only then are known, such as
	 * the packets'. */
	void (*finish)(void *ctx);

	judge_probe_fn *probe; /* after finish; called with ctx */

	void (*tear_down)(void *ctx); /* always, and last */
};

struct stage {
	const struct stage_ops *ops;
	void *ctx;
};

/* Runs the scenario under the policy to its end. True when no expectation
 * failed. */
bool stage_run(const struct stage *stage, const struct scenario *s,
    const char *policy, struct trace *t);

/* The same one thing at a time: stage_begin(), stage_advance() until it says
 * STAGE_END (or for as long as one likes), stage_close(). */
struct stage_walk { /* all borrowed */
	const struct stage *stage;
	const struct scenario *s;
	const char *policy;
	struct trace *t;
	size_t next; /* step */
	bool ended;
};
enum stage_progress {
	STAGE_EVENT, /* something happened in the environment */
	STAGE_STEP,  /* a step of the scenario was done */
	STAGE_END,   /* all has happened, and was judged */
};
void stage_begin(struct stage_walk *w);
enum stage_progress stage_advance(struct stage_walk *w, bool *good);
void stage_close(struct stage_walk *w);

/* This step is done now, at at_ns; the walk's own next one stays that. */
void stage_do(struct stage_walk *w, const struct scn_step *step, int64_t at_ns);

#endif
