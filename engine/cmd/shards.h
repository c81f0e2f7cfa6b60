/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * shards - which part of the work is this machine's, when several share it:
 * as --shard says, or as the variables of the CI system do.
 */
#ifndef CMD_SHARDS_H
#define CMD_SHARDS_H

#include <stdint.h>

#include "base/err.h"

struct shard { /* number from 1 to count */
	int64_t number, count;
};

/* "2/5". */
int shard_parse(const char *s, struct shard *out, struct err *e);

/* From the environment, as GitLab (CI_NODE_INDEX, CI_NODE_TOTAL), CircleCI
 * (CIRCLE_NODE_INDEX, CIRCLE_NODE_TOTAL), Buildkite (BUILDKITE_PARALLEL_JOB,
 * BUILDKITE_PARALLEL_JOB_COUNT), Azure Pipelines (SYSTEM_JOBPOSITIONINPHASE,
 * SYSTEM_TOTALJOBSINPHASE) and an indexed job of Kubernetes
 * (JOB_COMPLETION_INDEX, with SHARD_COUNT beside it) set it; 1/1 when nobody
 * does. What is set and makes no sense is ERR_INPUT. */
int shard_of_environment(struct shard *out, struct err *e);

#endif
