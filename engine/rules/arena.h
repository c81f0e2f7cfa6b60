/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * arena - memory that is freed all at once: the strings of a rule set.
 */
#ifndef RULES_ARENA_H
#define RULES_ARENA_H

#include <stddef.h>

struct arena_block;

struct arena { /* zeroed memory is an empty arena */
	struct arena_block *newest;
	size_t used; /* of the newest block */
};

void *arena_alloc(struct arena *a, size_t bytes); /* zeroed, aligned */
char *arena_strn(struct arena *a, const char *s, size_t bytes);
void arena_fini(struct arena *a);

#endif
