/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hash128 - FNV-1a of 128 bits, the same on every machine: for telling apart
 * the traces of many millions of runs. Not against an adversary.
 */
#ifndef BASE_HASH128_H
#define BASE_HASH128_H

#include <stddef.h>
#include <stdint.h>

struct hash128 {
	uint64_t high, low;
};

#define HASH128_START                                                          \
	(struct hash128)                                                       \
	{                                                                      \
		UINT64_C(0x6c62272e07bb0142), UINT64_C(0x62b821756295c58d)     \
	}
#define HASH128_TEXT 33 /* 32 hexadecimal digits and a NUL */

/* Goes on from h (HASH128_START for the first piece). */
struct hash128 hash128_bytes(struct hash128 h, const void *data, size_t bytes);

const char *hash128_text(struct hash128 h, char buf[HASH128_TEXT]);

#endif
