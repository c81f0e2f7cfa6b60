/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Somebody sets the aggregate down, and FreeBSD takes the routes to the
 * networks of its addresses. Setting it up gives them back, but an address that
 * is added sets it up as well, and has its own route only. If that was our own
 * operation, or one of before our start, nobody has seen it down and set it up
 * (plan_up_again()).
 *
 * An address that is added again gets its route. Once: where that does not help
 * the network is in another table of routes than ours (FIB), and all that
 * hangs on the address would be lost each time. Not at once: a look is not of
 * one moment, and who sets it up gives the routes back a little later. And none
 * that a person has put there: carp(4) takes the route of an address for which
 * another machine is master, and it would be carp's no more.
 */
#include "failover/native_life.h"
#include "failover/native_parts.h"

static bool
is_configured(const struct pair *p, const struct ipaddr *a)
{
	size_t i;

	for (i = 0; i < p->net.n_addrs; i++)
		if (ipaddr_equal(&p->net.addrs[i], a))
			return true;
	return ipaddr_equal(&p->config.borrowed, a);
}

static bool
lacks_route(const struct look *l, size_t k)
{
	uint8_t flags = l->lagg->addr_flags[k];

	return l->lagg->up && (flags & SNAP_ADDR_UNROUTED) != 0 &&
	    ((flags & SNAP_ADDR_LEASED) != 0 ||
		is_configured(l->p, &l->lagg->addrs[k]));
}

static bool
is_rerouted(const struct config_care *c, const struct ipaddr *a)
{
	size_t i;

	for (i = 0; i < c->n_rerouted; i++)
		if (ipaddr_equal(&c->rerouted[i], a))
			return true;
	return false;
}

/* What has its route, or is down, may be made again the next time. */
static void
forget_rerouted(struct look *l)
{
	struct config_care *c = &l->p->config;
	struct config_care before = *c;
	size_t k;

	c->n_rerouted = 0;
	for (k = 0; k < l->lagg->n_addrs; k++)
		if (lacks_route(l, k) &&
		    is_rerouted(&before, &l->lagg->addrs[k]))
			c->rerouted[c->n_rerouted++] = l->lagg->addrs[k];
}

static bool
make_again(struct look *l, const struct ipaddr *a)
{
	struct config_care *c = &l->p->config;

	if (c->unrouted_ns == 0)
		c->unrouted_ns = l->now_ns + NATIVE_FRESH;
	if (!native_is_due(l, c->unrouted_ns) || !native_may_try(l))
		return false;
	if (!is_rerouted(c, a))
		c->rerouted[c->n_rerouted++] = *a;
	return true;
}

bool
native_plan_unrouted(struct look *l)
{
	struct config_care *c = &l->p->config;
	const struct ipaddr *a;
	bool lacking = false;
	size_t k;

	if (c->n_rerouted > 0)
		forget_rerouted(l);
	for (k = 0; k < l->lagg->n_addrs; k++) {
		if (!lacks_route(l, k))
			continue;
		a = &l->lagg->addrs[k];
		native_begin(l, OP_ADDR_ADD, l->p->lagg,
		    "no route to its network: made again");
		l->op->addr = *a;
		if (is_rerouted(c, a) && !native_has_failed(l))
			continue;
		lacking = true;
		if (make_again(l, a))
			return true;
	}
	if (!lacking)
		c->unrouted_ns = 0;
	return false;
}
