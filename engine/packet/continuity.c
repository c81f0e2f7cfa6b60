/* SPDX-License-Identifier: BSD-2-Clause */
#include "packet/continuity.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void
continuity_init(struct continuity *c, int64_t period_ns)
{
	memset(c, 0, sizeof(*c));
	c->period_ns = period_ns;
}

void
continuity_fini(struct continuity *c)
{
	free(c->gaps);
	memset(c, 0, sizeof(*c));
}

static struct continuity_gap *
open_gap(struct continuity *c, int why)
{
	struct continuity_gap *g;

	if (c->open)
		return &c->gaps[c->n_gaps - 1];
	g = MEM_PUSH(c->gaps, c->n_gaps, c->cap_gaps);
	g->first_seq = c->sent;
	g->from_ns = c->last_ns;
	g->why = why;
	c->open = true;
	return g;
}

static void
close_gap(struct continuity *c, int64_t at_ns)
{
	if (c->open)
		c->gaps[c->n_gaps - 1].to_ns = at_ns;
	c->open = false;
}

void
continuity_add(struct continuity *c, uint64_t count, int64_t first_ns,
    enum packet_fate fate, int why)
{
	struct continuity_gap *g;

	if (count == 0)
		return;
	if (!c->any) {
		c->any = true;
		c->first_ns = first_ns;
		c->last_ns = first_ns;
	}
	if (fate == PACKET_DELIVERED) {
		if (!c->open && first_ns - c->last_ns > c->period_ns)
			open_gap(c, why);
		close_gap(c, first_ns);
		c->delivered += count;
	} else {
		g = open_gap(c, why);
		g->missing += count;
		if (fate == PACKET_REFUSED) {
			g->refused += count;
			c->refused += count;
		} else {
			c->lost += count;
		}
	}
	c->sent += count;
	c->newest_ns = first_ns + (int64_t)(count - 1) * c->period_ns;
	if (fate == PACKET_DELIVERED)
		c->last_ns = c->newest_ns;
}

void
continuity_end(struct continuity *c)
{
	close_gap(c, c->newest_ns);
}

const struct continuity_gap *
continuity_longest(const struct continuity *c)
{
	const struct continuity_gap *best = NULL, *g;
	size_t i;

	for (i = 0; i < c->n_gaps; i++) {
		g = &c->gaps[i];
		if (best == NULL ||
		    g->to_ns - g->from_ns > best->to_ns - best->from_ns)
			best = g;
	}
	return best;
}
