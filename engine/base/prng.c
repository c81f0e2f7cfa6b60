/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/prng.h"

#include <assert.h>

#include "base/hash.h"

static uint64_t
splitmix(uint64_t *state)
{
	uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static uint64_t
rotl(uint64_t x, int k)
{
	return (x << k) | (x >> (64 - k));
}

void
prng_seed(struct prng *p, uint64_t seed)
{
	int i;

	for (i = 0; i < 4; i++)
		p->s[i] = splitmix(&seed);
}

void
prng_seed_named(struct prng *p, uint64_t seed, const char *name)
{
	prng_seed(p, seed ^ hash_str(HASH_START, name));
}

uint64_t
prng_next(struct prng *p)
{
	uint64_t result = rotl(p->s[1] * 5, 7) * 9;
	uint64_t t = p->s[1] << 17;

	p->s[2] ^= p->s[0];
	p->s[3] ^= p->s[1];
	p->s[1] ^= p->s[2];
	p->s[0] ^= p->s[3];
	p->s[2] ^= t;
	p->s[3] = rotl(p->s[3], 45);
	return result;
}

uint64_t
prng_below(struct prng *p, uint64_t bound)
{
	uint64_t limit, x;

	assert(bound > 0);
	/* Reject the tail that would favour small numbers. */
	limit = UINT64_MAX - (UINT64_MAX % bound + 1) % bound;
	do {
		x = prng_next(p);
	} while (x > limit);
	return x % bound;
}
