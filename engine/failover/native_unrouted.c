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
#include "failover/native_plans.h"

static bool
lacks_route(const struct look *l, size_t k)
{
	const struct ipaddr *a = &l->lagg->addrs[k];
	const struct rc_net *net = &l->p->net;
	uint8_t flags = l->lagg->addr_flags[k];

	return l->lagg->up && (flags & SNAP_ADDR_UNROUTED) != 0 &&
	    ((flags & SNAP_ADDR_LEASED) != 0 ||
		ipaddr_is_among(net->addrs, net->n_addrs, a) ||
		ipaddr_equal(&l->p->config.borrowed, a));
}

static bool
is_rerouted(const struct config_care *c, const struct ipaddr *a)
{
	return ipaddr_is_among(c->rerouted, c->n_rerouted, a);
}

static bool
still_lacks(const struct look *l, const struct ipaddr *a)
{
	size_t k;

	for (k = 0; k < l->lagg->n_addrs; k++)
		if (ipaddr_equal(&l->lagg->addrs[k], a))
			return lacks_route(l, k);
	return false;
}

/* What has its route, or is down, may be made again the next time. */
static void
forget_rerouted(struct look *l)
{
	struct config_care *c = &l->p->config;
	size_t i, kept = 0;

	for (i = 0; i < c->n_rerouted; i++)
		if (still_lacks(l, &c->rerouted[i]))
			c->rerouted[kept++] = c->rerouted[i];
	c->n_rerouted = kept;
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
