/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * states - the states that a search has met, by their digests, and which came
 * of which.
 */
#ifndef SIM_SEARCH_STATES_H
#define SIM_SEARCH_STATES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/digest.h"

#define STATES_NONE UINT32_MAX

struct state_edge {
	uint32_t from, to;
};

struct states {
	struct state_key {
		uint64_t low, high;
	} * list; /* by number; owned */
	size_t n, cap;
	uint32_t *slots; /* owned; number + 1, 0: free */
	size_t n_slots;	 /* a power of two */
	bool *rests;	 /* owned, beside list */
	size_t cap_rests;
	/* Owned. Only where nothing came from outside in between. */
	struct state_edge *edges;
	size_t n_edges, cap_edges;
};

void states_fini(struct states *s); /* zeroed memory is empty */

/* The number of the state; *is_new when it was not there. */
uint32_t states_meet(struct states *s, const struct digest *d, bool *is_new);
void states_edge(struct states *s, uint32_t from, uint32_t to);

/* How many states there are from which none that rests can be reached; *one
 * is the first of them. */
size_t states_restless(const struct states *s, uint32_t *one);

/* Edges in the order of where they come from, which the next one needs. */
void states_sort(struct states *s);
/* Whether it goes on for ever with this state in it again and again. */
bool states_returns(const struct states *s, uint32_t state);

#endif
