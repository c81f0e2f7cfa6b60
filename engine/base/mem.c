/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/mem.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LARGE 512 /* bytes of one element */

static _Thread_local const struct mem_source *other;

static void
out_of_memory(void)
{
	static const char msg[] = "switchback: out of memory\n";

	fwrite(msg, 1, sizeof(msg) - 1, stderr);
	abort();
}

void
mem_from(const struct mem_source *source)
{
	other = source;
}

static void *
zero_elsewhere(size_t count, size_t size)
{
	if (size > 0 && count > SIZE_MAX / size)
		out_of_memory();
	return other->zero(other->ctx, count * size);
}

void *
mem_zero(size_t count, size_t size)
{
	void *p = other != NULL
	    ? zero_elsewhere(count, size)
	    : calloc(count > 0 ? count : 1, size > 0 ? size : 1);

	if (p == NULL)
		out_of_memory();
	return p;
}

void *
mem_copy(const void *from, size_t bytes)
{
	void *p = mem_zero(1, bytes);

	if (bytes > 0)
		memcpy(p, from, bytes);
	return p;
}

char *
mem_str(const char *s)
{
	return s == NULL ? NULL : mem_strn(s, strlen(s));
}

char *
mem_strn(const char *s, size_t bytes)
{
	char *p = mem_zero(1, bytes + 1);

	if (bytes > 0)
		memcpy(p, s, bytes);
	return p;
}

static void *
move_elsewhere(void *from, size_t bytes, size_t want)
{
	void *to = other->zero(other->ctx, want);

	if (bytes > 0)
		memcpy(to, from, bytes);
	free(from);
	return to;
}

void *
mem_move(void *array, size_t *cap, size_t need, size_t size)
{
	/* Of what is large there is often but one. */
	size_t want = *cap > 0 ? *cap : size > LARGE ? 1 : 8;

	while (want < need) {
		if (want > SIZE_MAX / 2)
			out_of_memory();
		want *= 2;
	}
	if (want > SIZE_MAX / size)
		out_of_memory();
	if (other != NULL)
		array = move_elsewhere(array, *cap * size, want * size);
	else
		array = realloc(array, want * size);
	if (array == NULL)
		out_of_memory();
	*cap = want;
	return array;
}
