/* SPDX-License-Identifier: BSD-2-Clause */
#include "rules/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct table_slot {
	uint64_t hash;
	uint32_t number;
	bool used;
};

/* The low bits of FNV-1a are weak where keys differ only in their last byte's
 * high bits; a table is indexed by the mixed upper half. */
static size_t
home(const struct table *t, uint64_t hash)
{
	return (size_t)((hash ^ (hash >> 32)) & (t->size - 1));
}

static void
put(struct table *t, uint64_t hash, uint32_t number)
{
	size_t i = home(t, hash);

	while (t->slots[i].used)
		i = (i + 1) & (t->size - 1);
	t->slots[i].hash = hash;
	t->slots[i].number = number;
	t->slots[i].used = true;
}

void
table_add(struct table *t, uint64_t hash, uint32_t number)
{
	struct table old = *t;
	size_t i;

	if (2 * (t->count + 1) > t->size) {
		t->size = t->size > 0 ? 2 * t->size : 16;
		t->slots = mem_zero(t->size, sizeof(*t->slots));
		for (i = 0; i < old.size; i++)
			if (old.slots[i].used)
				put(t, old.slots[i].hash, old.slots[i].number);
		free(old.slots);
	}
	put(t, hash, number);
	t->count++;
}

bool
table_next(const struct table *t, uint64_t hash, size_t *at, uint32_t *number)
{
	size_t i;

	if (t->size == 0)
		return false;
	i = *at == TABLE_START ? home(t, hash) : (*at + 1) & (t->size - 1);
	for (; t->slots[i].used; i = (i + 1) & (t->size - 1))
		if (t->slots[i].hash == hash) {
			*at = i;
			*number = t->slots[i].number;
			return true;
		}
	return false;
}

void
table_fini(struct table *t)
{
	free(t->slots);
	memset(t, 0, sizeof(*t));
}
