/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/search/shrink.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define SMALL 100 /* a choice below this means something to a reader */

struct best { /* the simplest that is known to break it */
	uint32_t *list;
	size_t n;
	struct choices_span *spans;
	size_t n_spans;
};

static void
keep(struct best *b, const struct choices *c)
{
	free(b->list);
	free(b->spans);
	b->list = mem_copy(c->made, c->n_made * sizeof(*c->made));
	b->n = c->n_made;
	b->spans = mem_copy(c->spans, c->n_spans * sizeof(*c->spans));
	b->n_spans = c->n_spans;
}

static bool
is_over(struct shrink *s)
{
	return s->tries >= s->most_tries ||
	    (s->enough != NULL && s->enough(s->ctx));
}

/* Fewer choices, or as many of which the first other one is lower: so that
 * there is an end to it. */
static bool
is_simpler(const struct choices *c, const struct best *b)
{
	size_t i;

	if (c->n_made != b->n)
		return c->n_made < b->n;
	for (i = 0; i < b->n; i++)
		if (c->made[i] != b->list[i])
			return c->made[i] < b->list[i];
	return false;
}

/* True when it still breaks, is simpler, and is kept. What comes behind its end
 * and was made all the same is part of it. */
static bool
breaks(struct shrink *s, struct choices *c, const uint32_t *list, size_t n,
    struct best *b)
{
	struct trial_result r;

	if (is_over(s))
		return false;
	s->tries++;
	choices_follow(c, list, n);
	trial_run(s->trial, c, NULL, &r);
	if ((r.broken & INVARIANT_BIT(s->broken)) == 0 || !is_simpler(c, b))
		return false;
	keep(b, c);
	return true;
}

/* --- fewer things --- */

static bool
drop(struct shrink *s, struct choices *c, struct best *b, size_t first,
    size_t count)
{
	size_t from = b->spans[first].first;
	size_t to = b->spans[first + count - 1].end;
	uint32_t *list = mem_zero(b->n + 1, sizeof(*list));
	bool less;

	memcpy(list, b->list, from * sizeof(*list));
	memcpy(list + from, b->list + to, (b->n - to) * sizeof(*list));
	less = breaks(s, c, list, b->n - (to - from), b);
	free(list);
	return less;
}

/* Spans that follow each other without a gap may go together. */
static bool
is_run(const struct best *b, size_t first, size_t count)
{
	size_t i;

	for (i = first; i + 1 < first + count; i++)
		if (b->spans[i].end != b->spans[i + 1].first)
			return false;
	return true;
}

static bool
drop_spans(struct shrink *s, struct choices *c, struct best *b)
{
	bool less = false;
	size_t count, i;

	for (count = b->n_spans; count > 0; count /= 2)
		for (i = b->n_spans; i-- > 0;)
			if (i + count <= b->n_spans && is_run(b, i, count) &&
			    drop(s, c, b, i, count))
				less = true;
	return less;
}

/* --- lower numbers --- */

static bool
try_value(struct shrink *s, struct choices *c, struct best *b, size_t i,
    uint32_t value)
{
	uint32_t *list = mem_copy(b->list, b->n * sizeof(*list));
	bool less;

	list[i] = value;
	less = breaks(s, c, list, b->n, b);
	free(list);
	return less;
}

/* Nothing, else the half of it, else one less: what that does not find is no
 * worse to read. */
static bool
lower(struct shrink *s, struct choices *c, struct best *b, size_t i)
{
	bool less = false;

	if (b->list[i] == 0)
		return false;
	if (try_value(s, c, b, i, 0))
		return true;
	while (
	    i < b->n && b->list[i] > 1 && try_value(s, c, b, i, b->list[i] / 2))
		less = true;
	if (i < b->n && b->list[i] > 1 && b->list[i] < SMALL &&
	    try_value(s, c, b, i, b->list[i] - 1))
		less = true;
	return less;
}

static bool
lower_all(struct shrink *s, struct choices *c, struct best *b)
{
	bool less = false;
	size_t i;

	for (i = 0; i < b->n; i++)
		less = lower(s, c, b, i) || less;
	return less;
}

void
shrink_run(struct shrink *s, struct choices *c, struct trial_result *out)
{
	struct best b = { 0 };
	bool less = true;

	keep(&b, c);
	while (less && !is_over(s)) {
		less = drop_spans(s, c, &b);
		less = lower_all(s, c, &b) || less;
	}
	free(c->made);
	c->made = NULL;
	c->n_made = c->cap_made = 0;
	choices_follow(c, b.list, b.n);
	trial_run(s->trial, c, NULL, out);
	c->given = NULL;
	free(b.list);
	free(b.spans);
}
