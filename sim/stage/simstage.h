/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * simstage - runs a scenario on the simulated machine, in virtual time.
 */
#ifndef SIM_STAGE_SIMSTAGE_H
#define SIM_STAGE_SIMSTAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/diag.h"
#include "core/core.h"
#include "db/recording.h"
#include "db/trace.h"
#include "rules/ruleset.h"
#include "sim/machine/profile.h"
#include "sim/packets/capture.h"
#include "sim/scenario/scenario.h"
#include "sim/stage/stage.h"

struct machine;

struct simstage {
	const struct scenario *scenario; /* borrowed, as all here */
	struct profile *profile;	 /* overridden and seeded by the run */
	const struct ruleset *rules;
	enum core_policy policy;
	uint64_t seed;
	bool frames; /* packets one by one instead of in closed form */
	struct capture *capture; /* not NULL: one by one, and shown there */
	/* Not NULL: the machine follows this recording (sim/stage/facts.h), and
	 * the scenario gives only NICs and configuration. No packets then: what
	 * they would have met is not in the records. */
	const struct recording *follow;
	int64_t guard_ns; /* of sandbox_open() */
	bool decisions;	  /* the trace gets them (core/decision.h) */
	/* Filled when the run is no verdict: ERR_UNSUPPORTED, this system has
	 * not what it needs; else something failed that is not under test.
	 * May be NULL. */
	struct err *trouble;
};

/* Whether the machine can do what the scenario says: unknown sysctls, daemon
 * options, user commands, addresses. Findings go to d. */
bool simstage_check(const struct simstage *s, struct diag *d);

/* A part of that: whether the scenario has delays, flags or limits of its own,
 * and their way into a profile. */
bool simstage_overrides(const struct scenario *s);
void simstage_override(const struct scenario *s, struct profile *p,
    struct diag *d);

/* Runs to the scenario's end, fills t, judges. True when nothing failed, and
 * there was no trouble. The scenario must have passed simstage_check(). */
bool simstage_run(const struct simstage *s, struct trace *t);

/* The same run, one thing at a time (sim/stage/stage.h). What s and t are is
 * borrowed until the end. NULL: there was trouble. */
struct simwalk;
struct simwalk *simwalk_open(const struct simstage *s, struct trace *t);
enum stage_progress simwalk_advance(struct simwalk *w);
/* At any moment; what simstage_run() gives when it was advanced to the end. */
bool simwalk_close(struct simwalk *w);

/* For a search that decides by itself what comes next. Before the first thing
 * that happens: who decides whether a fault strikes (sim/stage/faults.h). */
struct digest;
struct scn_injection;
struct vevent;
void simwalk_decide(struct simwalk *w,
    bool (*decide)(void *ctx, const struct scn_injection *in), void *ctx);
/* This event of the machine's clock (vclock_due()) comes now. */
void simwalk_fire(struct simwalk *w, struct vevent *e);
/* This step is done now, whatever time it has. */
void simwalk_do(struct simwalk *w, const struct scn_step *step);
/* All that decides what will happen from now on. */
void simwalk_digest(const struct simwalk *w, struct digest *d);

/* For who looks at the run from outside: its machine, and a probe's numbers
 * once STAGE_END was given (sim/judge/judge.h). */
struct machine *simwalk_machine(const struct simwalk *w);
bool simwalk_probe(struct simwalk *w, const char *name, int64_t from_ns,
    int64_t until_ns, struct judge_probe *out);

/* How often its daemon has begun to run. */
unsigned simwalk_starts(const struct simwalk *w);

int64_t simwalk_now(const struct simwalk *w);
int64_t simwalk_next(const struct simwalk *w); /* when the next thing comes */
/* Appends what waits to happen, in lines for a person: the next event and
 * step, what the engine is about, the queue of devctl. Not cleaned. */
void simwalk_describe(const struct simwalk *w, struct strbuf *out);

const char *policy_word(enum core_policy policy); /* "stock", "native" */

#endif
