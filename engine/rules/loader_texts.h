/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * loader_texts - rule files from memory: those that another set was read from
 * (ruleset_texts()), so that the same set comes of them again. A folder holds
 * the files whose path lies directly in it. Pure.
 */
#ifndef RULES_LOADER_TEXTS_H
#define RULES_LOADER_TEXTS_H

#include <stddef.h>

#include "rules/loader.h"
#include "rules/ruleset.h"

struct loader_texts {
	const struct ruleset_text *list; /* borrowed */
	size_t count;
};

/* t is borrowed, too. */
struct rule_loader loader_texts(struct loader_texts *t);

#endif
