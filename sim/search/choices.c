/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/search/choices.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static void
begin(struct choices *c)
{
	c->n_made = c->n_spans = 0;
	c->open = SIZE_MAX;
	c->given = NULL;
	c->n_given = 0;
}

void
choices_draw(struct choices *c, uint64_t seed)
{
	begin(c);
	prng_seed_named(&c->prng, seed, "history");
	prng_seed_named(&c->swarm, seed, "swarm");
}

void
choices_follow(struct choices *c, const uint32_t *given, size_t n)
{
	static const uint32_t none;

	begin(c);
	c->given = given != NULL ? given : &none;
	c->n_given = n;
}

void
choices_fini(struct choices *c)
{
	free(c->made);
	free(c->spans);
	memset(c, 0, sizeof(*c));
}

static uint32_t
note(struct choices *c, uint32_t value)
{
	c->made =
	    mem_grow(c->made, &c->cap_made, c->n_made + 1, sizeof(*c->made));
	c->made[c->n_made++] = value;
	return value;
}

/* A number that is too great for its place, since what was before it is gone,
 * counts as the greatest. */
static uint32_t
follow(struct choices *c, uint32_t bound)
{
	uint32_t value = c->n_made < c->n_given ? c->given[c->n_made] : 0;

	return value < bound ? value : bound - 1;
}

uint32_t
choices_below(struct choices *c, uint32_t bound)
{
	assert(bound > 0);
	if (c->given != NULL)
		return note(c, follow(c, bound));
	return note(c, (uint32_t)prng_below(&c->prng, bound));
}

uint32_t
choices_weighted(struct choices *c, const uint32_t *weights, size_t n)
{
	uint64_t sum = 0, at;
	size_t i;

	if (c->given != NULL)
		return note(c, follow(c, (uint32_t)n));
	for (i = 0; i < n; i++)
		sum += weights[i];
	assert(sum > 0);
	at = prng_below(&c->prng, sum);
	for (i = 0; at >= weights[i]; i++)
		at -= weights[i];
	return note(c, (uint32_t)i);
}

bool
choices_chance(struct choices *c, unsigned percent)
{
	if (c->given != NULL)
		return note(c, follow(c, 2)) != 0;
	return note(c, prng_below(&c->prng, 100) < percent) != 0;
}

bool
choices_more(struct choices *c, bool wanted)
{
	if (c->given != NULL)
		return note(c, follow(c, 2)) != 0;
	return note(c, wanted) != 0;
}

uint32_t
choices_swarm(struct choices *c, uint32_t bound)
{
	if (c->given != NULL)
		return 0;
	return (uint32_t)prng_below(&c->swarm, bound);
}

void
choices_open(struct choices *c)
{
	struct choices_span *s;

	assert(c->open == SIZE_MAX);
	c->open = c->n_spans;
	s = MEM_PUSH(c->spans, c->n_spans, c->cap_spans);
	s->first = s->end = c->n_made;
}

void
choices_close(struct choices *c)
{
	assert(c->open != SIZE_MAX);
	c->spans[c->open].end = c->n_made;
	c->open = SIZE_MAX;
}
