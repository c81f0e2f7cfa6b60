/* SPDX-License-Identifier: BSD-2-Clause */
#include "cmd/textrun.h"

#include "sim/stage/simstage.h"

struct trace *
textrun(const struct textrun *r, const char *path, const char *text,
    size_t bytes)
{
	struct diag quiet = { 0 };
	struct scenario *scn = scenario_parse(path, text, bytes, &quiet);
	const struct profile *profile =
	    scn == NULL ? NULL : r->profile_of(r->ctx, scn->machine);
	struct simstage stage = { .scenario = scn,
		.profile = profile == NULL ? NULL : profile_copy(profile),
		.rules = r->rules,
		.policy = r->policy };
	struct trace *t = NULL;

	if (stage.profile != NULL && simstage_check(&stage, &quiet)) {
		stage.seed = scn->seed;
		t = trace_new();
		simstage_run(&stage, t);
	}
	profile_free(stage.profile);
	scenario_free(scn);
	return t;
}
