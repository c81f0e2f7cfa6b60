/* SPDX-License-Identifier: BSD-2-Clause */
#include "cmd/regressions.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "cmd/cmds.h"
#include "cmd/inputs.h"
#include "cmd/testrun.h"
#include "report/verdict.h"
#include "sim/stage/simstage.h"

struct tried {
	size_t run, failed;
};

static void
case_done(void *ctx, struct testrun_case *c)
{
	struct tried *t = ctx;
	size_t i;

	if (c->trace == NULL)
		return;
	t->run++;
	if (verdict_count(c->trace).failed == 0)
		return;
	t->failed++;
	printf("FAIL %s: tried first\n", c->file->path);
	for (i = 0; i < c->trace->n_checks; i++)
		if (c->trace->checks[i].verdict == TRACE_FAIL)
			printf("  expect %s\n", c->trace->checks[i].text);
}

int
regressions_run(const char *folder, enum core_policy policy, size_t *run)
{
	const struct policies p = { { policy }, 1 };
	char *path = mem_str(folder);
	char **paths = input_scenario_paths(&path, 1);
	struct testrun r = { 0 };
	struct tried tried = { 0 };
	int status = CMD_INPUT;

	if (paths != NULL && testrun_load(&r, paths, &p)) {
		testrun_plan(&r, &p, 0, 0);
		testrun_run(&r, 1, case_done, &tried);
		status = tried.failed > 0 ? CMD_FAIL : CMD_PASS;
	}
	*run = tried.run;
	testrun_fini(&r);
	input_free_paths(paths);
	free(path);
	return status;
}
