/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * textrun - one run of a scenario that is a text in memory, as switchback test
 * would do it: parsed, checked, run and judged.
 */
#ifndef CMD_TEXTRUN_H
#define CMD_TEXTRUN_H

#include "core/core.h"
#include "db/trace.h"
#include "rules/ruleset.h"
#include "sim/machine/profile.h"

struct textrun { /* all borrowed */
	const struct ruleset *rules;
	enum core_policy policy;
	/* Of a machine; NULL: it is not at hand. */
	const struct profile *(*profile_of)(void *ctx, const char *machine);
	void *ctx;
};

/* The trace, which the caller frees; NULL, without a message: it is no
 * scenario, or none that runs here. path is where its places are said to be. */
struct trace *textrun(const struct textrun *r, const char *path,
    const char *text, size_t bytes);

#endif
