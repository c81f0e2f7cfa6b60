/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hash - FNV-1a of 64 bits, the same on every machine. For tables and for
 * telling two traces apart; not against an adversary.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#define HASH_START UINT64_C(0xcbf29ce484222325)

/* One byte more; for those who walk over the bytes anyway. */
static inline uint64_t
hash_step(uint64_t h, unsigned char byte)
{
	return (h ^ byte) * UINT64_C(0x100000001b3);
}

/* Goes on from h (HASH_START for the first piece). */
uint64_t hash_bytes(uint64_t h, const void *data, size_t bytes);
uint64_t hash_str(uint64_t h, const char *s);

#endif
