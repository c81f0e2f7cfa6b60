/* SPDX-License-Identifier: BSD-2-Clause */
#include "cmd/shards.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"

#define SHARDS_MAX 100000

int
shard_parse(const char *s, struct shard *out, struct err *e)
{
	const char *slash = strchr(s, '/');

	if (slash != NULL &&
	    num_parse(slash + 1, strlen(slash + 1), 1, SHARDS_MAX,
		&out->count) &&
	    num_parse(s, (size_t)(slash - s), 1, out->count, &out->number))
		return 0;
	return err_set(e, ERR_INPUT,
	    "\"%.40s\": give I/N, such as 2/5: part I of N, from 1", s);
}

static const struct system {
	const char *number, *count;
	int64_t first; /* what it calls the first part */
} systems[] = {
	{ "CI_NODE_INDEX", "CI_NODE_TOTAL", 1 },
	{ "CIRCLE_NODE_INDEX", "CIRCLE_NODE_TOTAL", 0 },
	{ "BUILDKITE_PARALLEL_JOB", "BUILDKITE_PARALLEL_JOB_COUNT", 0 },
	{ "SYSTEM_JOBPOSITIONINPHASE", "SYSTEM_TOTALJOBSINPHASE", 1 },
	{ "JOB_COMPLETION_INDEX", "SHARD_COUNT", 0 },
};

static bool
is_set(const char *value)
{
	return value != NULL && value[0] != '\0';
}

int
shard_of_environment(struct shard *out, struct err *e)
{
	const struct system *s;
	const char *number, *count;
	size_t i;

	out->number = out->count = 1;
	for (i = 0; i < sizeof(systems) / sizeof(systems[0]); i++) {
		s = &systems[i];
		number = getenv(s->number);
		count = getenv(s->count);
		if (!is_set(number) || !is_set(count))
			continue;
		if (!num_parse(count, strlen(count), 1, SHARDS_MAX,
			&out->count) ||
		    !num_parse(number, strlen(number), s->first,
			s->first + out->count - 1, &out->number))
			return err_set(e, ERR_INPUT,
			    "%s=%.20s of %s=%.20s: these are no part of a "
			    "whole; say --shard I/N",
			    s->number, number, s->count, count);
		out->number += 1 - s->first;
		return 0;
	}
	return 0;
}
