/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * digest - 128 bits that stand for a state: two states with the same digest
 * are taken for one. What is fed in decides what counts; times are fed in as
 * seen from now, so that the same state at two times is the same.
 *
 * Not against an adversary, and of one run only: it may depend on the layout
 * of the program.
 */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct digest {
	uint64_t low, high;
	int64_t now_ns;
	bool blind; /* there is something that could not be fed in */
};

void digest_begin(struct digest *d, int64_t now_ns);
void digest_number(struct digest *d, uint64_t number);
void digest_bytes(struct digest *d, const void *data, size_t bytes);
void digest_text(struct digest *d, const char *s); /* NULL is not "" */

/* A time at which something becomes possible: what is over is over. INT64_MAX
 * stands for never. */
void digest_due(struct digest *d, int64_t at_ns);
/* A time since when something has been: longer ago than most_ns is all one. */
void digest_since(struct digest *d, int64_t at_ns, int64_t most_ns);

/* One of several, the order of which does not count. */
void digest_one_of(struct digest *d, const struct digest *one);

#endif
