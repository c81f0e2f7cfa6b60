/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/search/states.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define FIRST_SLOTS 4096

void
states_fini(struct states *s)
{
	free(s->list);
	free(s->slots);
	free(s->rests);
	free(s->edges);
	memset(s, 0, sizeof(*s));
}

static size_t
slot_of(const struct states *s, const struct state_key *key)
{
	size_t at = (size_t)key->low & (s->n_slots - 1);
	const struct state_key *there;

	while (s->slots[at] != 0) {
		there = &s->list[s->slots[at] - 1];
		if (there->low == key->low && there->high == key->high)
			break;
		at = (at + 1) & (s->n_slots - 1);
	}
	return at;
}

static void
widen(struct states *s)
{
	size_t i;

	free(s->slots);
	s->n_slots = s->n_slots == 0 ? FIRST_SLOTS : s->n_slots * 2;
	s->slots = mem_zero(s->n_slots, sizeof(*s->slots));
	for (i = 0; i < s->n; i++)
		s->slots[slot_of(s, &s->list[i])] = (uint32_t)i + 1;
}

uint32_t
states_meet(struct states *s, const struct digest *d, bool *is_new)
{
	const struct state_key key = { d->low, d->high };
	size_t at;

	if (s->n * 2 >= s->n_slots)
		widen(s);
	at = slot_of(s, &key);
	*is_new = s->slots[at] == 0;
	if (!*is_new)
		return s->slots[at] - 1;
	s->rests =
	    mem_grow(s->rests, &s->cap_rests, s->n + 1, sizeof(*s->rests));
	s->rests[s->n] = false;
	*MEM_PUSH(s->list, s->n, s->cap) = key;
	s->slots[at] = (uint32_t)s->n;
	return (uint32_t)s->n - 1;
}

void
states_edge(struct states *s, uint32_t from, uint32_t to)
{
	struct state_edge *e;

	if (from == STATES_NONE)
		return;
	e = MEM_PUSH(s->edges, s->n_edges, s->cap_edges);
	e->from = from;
	e->to = to;
}

/* Backwards from those that rest, over the edges until nothing is new: the
 * later an edge was found, the nearer it is to an end. */
size_t
states_restless(const struct states *s, uint32_t *one)
{
	bool *reaches = mem_copy(s->rests, s->n * sizeof(*reaches));
	bool more = true;
	size_t i, n = 0;

	while (more) {
		more = false;
		for (i = s->n_edges; i > 0; i--)
			if (reaches[s->edges[i - 1].to] &&
			    !reaches[s->edges[i - 1].from])
				more = reaches[s->edges[i - 1].from] = true;
	}
	*one = STATES_NONE;
	for (i = s->n; i > 0; i--)
		if (!reaches[i - 1]) {
			*one = (uint32_t)i - 1;
			n++;
		}
	free(reaches);
	return n;
}

static int
by_origin(const void *left, const void *right)
{
	const struct state_edge *a = left, *b = right;

	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	return (a->to > b->to) - (a->to < b->to);
}

void
states_sort(struct states *s)
{
	qsort(s->edges, s->n_edges, sizeof(*s->edges), by_origin);
}

static size_t
first_edge(const struct states *s, uint32_t from)
{
	size_t low = 0, high = s->n_edges, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (s->edges[middle].from < from)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Forwards over the edges; what is reached is few. */
bool
states_returns(const struct states *s, uint32_t state)
{
	bool *seen = mem_zero(s->n, sizeof(*seen)), found = false;
	size_t n = 0, cap = 0, i;
	uint32_t *ahead = NULL, at, to;

	*MEM_PUSH(ahead, n, cap) = state;
	while (n > 0 && !found) {
		at = ahead[--n];
		for (i = first_edge(s, at);
		     i < s->n_edges && s->edges[i].from == at; i++) {
			to = s->edges[i].to;
			found = found || to == state;
			if (seen[to])
				continue;
			seen[to] = true;
			*MEM_PUSH(ahead, n, cap) = to;
		}
	}
	free(ahead);
	free(seen);
	return found;
}
