/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/hash128.h"

#include <inttypes.h>
#include <stdio.h>

/* The prime is 2^88 + 0x13b: a shift, and a product of 64 by 9 bits whose upper
 * part is carried by hand. */
#define PRIME_LOW UINT64_C(0x13b)

static struct hash128
times_prime(struct hash128 h)
{
	uint64_t upper = (h.low >> 32) * PRIME_LOW;
	uint64_t lower = (h.low & UINT32_MAX) * PRIME_LOW;
	struct hash128 r;

	upper += lower >> 32;
	r.low = upper << 32 | (lower & UINT32_MAX);
	r.high = h.high * PRIME_LOW + (upper >> 32) + (h.low << 24);
	return r;
}

struct hash128
hash128_bytes(struct hash128 h, const void *data, size_t bytes)
{
	const unsigned char *p = data;
	size_t i;

	for (i = 0; i < bytes; i++) {
		h.low ^= p[i];
		h = times_prime(h);
	}
	return h;
}

const char *
hash128_text(struct hash128 h, char buf[HASH128_TEXT])
{
	snprintf(buf, HASH128_TEXT, "%016" PRIx64 "%016" PRIx64, h.high, h.low);
	return buf;
}
