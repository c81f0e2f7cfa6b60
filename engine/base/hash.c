/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/hash.h"

uint64_t
hash_bytes(uint64_t h, const void *data, size_t bytes)
{
	const unsigned char *p = data;
	size_t i;

	for (i = 0; i < bytes; i++)
		h = hash_step(h, p[i]);
	return h;
}

uint64_t
hash_str(uint64_t h, const char *s)
{
	for (; *s != '\0'; s++)
		h = hash_step(h, (unsigned char)*s);
	return h;
}
