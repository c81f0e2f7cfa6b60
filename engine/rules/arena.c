/* SPDX-License-Identifier: BSD-2-Clause */
#include "rules/arena.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define BLOCK_BYTES 65536

struct arena_block {
	struct arena_block *older;
	size_t bytes;
	alignas(max_align_t) char data[];
};

static void *
take(struct arena *a, size_t bytes, size_t align)
{
	size_t at = (a->used + align - 1) / align * align;
	struct arena_block *block = a->newest;
	size_t room = BLOCK_BYTES;

	if (block == NULL || at > block->bytes || bytes > block->bytes - at) {
		if (room < bytes)
			room = bytes;
		block = mem_zero(1, sizeof(*block) + room);
		block->older = a->newest;
		block->bytes = room;
		a->newest = block;
		at = 0;
	}
	a->used = at + bytes;
	return block->data + at;
}

void *
arena_alloc(struct arena *a, size_t bytes)
{
	return take(a, bytes, alignof(max_align_t));
}

char *
arena_strn(struct arena *a, const char *s, size_t bytes)
{
	char *copy = take(a, bytes + 1, 1);

	if (bytes > 0)
		memcpy(copy, s, bytes);
	return copy;
}

void
arena_fini(struct arena *a)
{
	struct arena_block *block = a->newest, *older;

	for (; block != NULL; block = older) {
		older = block->older;
		free(block);
	}
	memset(a, 0, sizeof(*a));
}
