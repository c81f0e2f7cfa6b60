/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * shrinkfile - a scenario that somebody wrote, made as short as it gets while
 * the same expectation fails in the same words, numbers aside.
 */
#ifndef CMD_SHRINKFILE_H
#define CMD_SHRINKFILE_H

#include <stdint.h>

#include "base/strbuf.h"
#include "core/core.h"

struct shrinkfile {
	const char *path;
	enum core_policy policy;
	int64_t line;	 /* of the expectation; 0: the first that fails */
	int64_t most_ns; /* 0: until it is done */
};

/* Appends the shorter scenario, canonical. Gives an exit status, after a
 * message unless it is CMD_PASS; CMD_FAIL: nothing fails there. */
int shrinkfile_run(const struct shrinkfile *s, struct strbuf *out);

#endif
