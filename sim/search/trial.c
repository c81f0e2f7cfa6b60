/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/search/trial.h"

#include <string.h>

static void
run(const struct trial *tr, const struct course *h, struct profile *profile,
    struct trace *t, struct trial_result *out)
{
	const struct simstage stage = {
		.scenario = h->scn,
		.profile = profile,
		.rules = tr->rules,
		.policy = tr->policy,
		.seed = h->scn->seed,
	};
	struct simwalk *walk = simwalk_open(&stage, t);
	struct watch w;

	/* Only real shells can be in trouble, and a history has none. */
	watch_begin(&w, h, tr->policy, walk, t);
	while (simwalk_advance(walk) != STAGE_END)
		watch_step(&w);
	watch_end(&w);
	out->reached = w.m->reached;
	end_digest(w.m, &out->end);
	simwalk_close(walk);
	memcpy(out->found, w.found, sizeof(out->found));
	out->n_found = w.n_found;
	out->broken = w.broken;
}

static struct trace *
empty_trace(struct trial *tr)
{
	if (tr->scratch == NULL) {
		tr->scratch = trace_new();
		tr->scratch->sparse = true;
	}
	trace_forget(tr->scratch, NULL);
	return tr->scratch;
}

void
trial_run(struct trial *tr, struct choices *c, struct trace *t,
    struct trial_result *out)
{
	struct profile *profile, *copy = NULL;
	struct diag quiet = { 0 };
	struct course h;

	if (t == NULL)
		t = empty_trace(tr);
	course_make(&h, c, tr->policy, tr->stimuli);
	profile = tr->profiles[h.machine];
	if (simstage_overrides(h.scn)) {
		profile = copy = profile_copy(profile);
		simstage_override(h.scn, copy, &quiet);
	}
	run(tr, &h, profile, t, out);
	profile_free(copy);
	course_fini(&h);
}
