/* SPDX-License-Identifier: BSD-2-Clause */
#include "cmd/pcapdir.h"

#include <inttypes.h>
#include <string.h>

#include "base/strbuf.h"
#include "sim/simstage.h"

struct capture *
pcapdir_open(const char *dir, const char *scenario, enum core_policy policy,
    uint64_t seed)
{
	struct strbuf path = { 0 };
	struct capture *c;
	size_t i, folder = strlen(dir) + 1;

	strbuf_addf(&path, "%s/%s.%s", dir, scenario, policy_word(policy));
	if (seed != 0)
		strbuf_addf(&path, ".%" PRIu64, seed);
	for (i = folder; i < path.bytes; i++)
		if (path.data[i] == '/')
			path.data[i] = '_';
	c = capture_new(strbuf_str(&path));
	strbuf_fini(&path);
	return c;
}
