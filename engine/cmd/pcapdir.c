/* SPDX-License-Identifier: BSD-2-Clause */
#include "cmd/pcapdir.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "sim/stage/simstage.h"

char *
pcapdir_path(const char *dir, const char *scenario, enum core_policy policy,
    uint64_t seed)
{
	struct strbuf path = { 0 };
	size_t i, folder = strlen(dir) + 1;

	strbuf_addf(&path, "%s/%s.%s", dir, scenario, policy_word(policy));
	if (seed != 0)
		strbuf_addf(&path, ".%" PRIu64, seed);
	for (i = folder; i < path.bytes; i++)
		if (path.data[i] == '/')
			path.data[i] = '_';
	return strbuf_take(&path);
}

struct capture *
pcapdir_open(const char *dir, const char *scenario, enum core_policy policy,
    uint64_t seed)
{
	char *path = pcapdir_path(dir, scenario, policy, seed);
	struct capture *c = capture_new(path);

	free(path);
	return c;
}

/* strcmp() of the names without slashes. */
static int
by_name(const void *a, const void *b)
{
	const char *x = *(char *const *)a, *y = *(char *const *)b;
	int cx, cy;

	do {
		cx = *x == '/' ? '_' : *x;
		cy = *y == '/' ? '_' : *y;
		x++, y++;
	} while (cx == cy && cx != '\0');
	return cx - cy;
}

bool
pcapdir_clash(char *const *scenarios, const char *which[2])
{
	char **sorted;
	size_t n = 0, i;
	bool clash = false;

	while (scenarios[n] != NULL)
		n++;
	sorted = mem_zero(n + 1, sizeof(*sorted));
	memcpy(sorted, scenarios, n * sizeof(*sorted));
	qsort(sorted, n, sizeof(*sorted), by_name);
	for (i = 1; i < n && !clash; i++) {
		which[0] = sorted[i - 1];
		which[1] = sorted[i];
		clash = by_name(&sorted[i - 1], &sorted[i]) == 0;
	}
	free(sorted);
	return clash;
}
