/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * trial - one history, run on the simulated machine under a policy, with all
 * invariants looked at.
 */
#ifndef SIM_SEARCH_TRIAL_H
#define SIM_SEARCH_TRIAL_H

#include "rules/ruleset.h"
#include "sim/machine/profile.h"
#include "sim/search/ends.h"
#include "sim/search/invariant.h"

struct trial { /* who runs one after the other; not shared by threads */
	const struct ruleset *rules; /* borrowed */
	/* Borrowed; each trial draws from them. As course_machines. */
	struct profile *profiles[COURSE_MACHINES];
	enum core_policy policy;
	unsigned stimuli;      /* of course_make() */
	struct trace *scratch; /* owned: kept from one to the next */
};

struct trial_result {
	struct violation found[INVARIANTS];
	size_t n_found;
	uint64_t broken;   /* a bit for each invariant */
	uint64_t reached;  /* reach_bit() of each place */
	struct digest end; /* sim/search/ends.h */
};

/* Makes the history of the choices and runs it. With t (empty before), all of
 * the run is written there; without, only what the invariants need. */
void trial_run(struct trial *tr, struct choices *c, struct trace *t,
    struct trial_result *out);

#endif
