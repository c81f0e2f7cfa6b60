/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * prng - repeatable random numbers: xoshiro256** seeded by splitmix64
 * (Blackman and Vigna, "Scrambled linear pseudorandom number generators").
 * The same seed gives the same numbers on every machine. Not for secrets.
 */
#ifndef BASE_PRNG_H
#define BASE_PRNG_H

#include <stdint.h>

struct prng {
	uint64_t s[4];
};

void prng_seed(struct prng *p, uint64_t seed);

/* Seeds a stream of its own for each name, so that one more draw in one place
 * does not shift the numbers of another. */
void prng_seed_named(struct prng *p, uint64_t seed, const char *name);

uint64_t prng_next(struct prng *p);

/* Uniform in [0, bound), without bias; bound > 0. */
uint64_t prng_below(struct prng *p, uint64_t bound);

#endif
