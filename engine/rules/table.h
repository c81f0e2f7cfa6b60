/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * table - numbers by hash. The caller keeps the things in an array and says
 * which of those with the same hash it means:
 *
 *	size_t at = TABLE_START;
 *	while (table_next(&t, hash, &at, &i))
 *		if (same(&things[i], key))
 *			return &things[i];
 */
#ifndef RULES_TABLE_H
#define RULES_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TABLE_START SIZE_MAX

struct table_slot;

struct table { /* zeroed memory is an empty table */
	struct table_slot *slots;
	size_t size; /* 0 or a power of two, at most half in use */
	size_t count;
};

void table_add(struct table *t, uint64_t hash, uint32_t number);
/* False when there is no further entry with this hash. */
bool table_next(const struct table *t, uint64_t hash, size_t *at,
    uint32_t *number);
void table_fini(struct table *t);

#endif
