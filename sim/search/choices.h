/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * choices - the decisions that make up one random history, as a list of
 * numbers. Drawn from a seed they are written down; given again, shorter or
 * with lower numbers, they make a simpler history. So what is shrunk is this
 * list, and whatever comes of it is a history that could have been drawn.
 *
 * A choice of 0 is the simplest one, and what comes behind the end of a given
 * list is 0. Spans say which choices make up one thing (a stimulus, a fault):
 * they are what can be left out as a whole.
 */
#ifndef SIM_SEARCH_CHOICES_H
#define SIM_SEARCH_CHOICES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/prng.h"

struct choices_span { /* choices first <= i < end */
	size_t first, end;
};

struct choices {
	struct prng prng, swarm;
	const uint32_t *given; /* borrowed; NULL: they are drawn */
	size_t n_given;
	uint32_t *made; /* what was decided, in order */
	size_t n_made, cap_made;
	struct choices_span *spans; /* in the order of their first */
	size_t n_spans, cap_spans;
	size_t open; /* number of the open span; SIZE_MAX: none */
};

/* Each begins anew and keeps the memory. Zeroed memory is empty. */
void choices_draw(struct choices *c, uint64_t seed);
void choices_follow(struct choices *c, const uint32_t *given, size_t n);
void choices_fini(struct choices *c);

/* One of 0 to bound - 1; bound > 0. */
uint32_t choices_below(struct choices *c, uint32_t bound);

/* One of 0 to n - 1, each as often as its weight says; the weights themselves
 * are no choices (choices_swarm()). Their sum is not 0. */
uint32_t choices_weighted(struct choices *c, const uint32_t *weights, size_t n);

/* No or yes, the latter so many times of 100. */
bool choices_chance(struct choices *c, unsigned percent);

/* Whether one more comes; wanted decides while they are drawn. */
bool choices_more(struct choices *c, bool wanted);

/* A number below bound which is no choice: it only tells how likely others
 * are. 0 when the choices are given. */
uint32_t choices_swarm(struct choices *c, uint32_t bound);

/* A span; they do not nest. */
void choices_open(struct choices *c);
void choices_close(struct choices *c);

#endif
