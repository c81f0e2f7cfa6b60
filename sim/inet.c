/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/inet.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static struct route *
find_route(const struct machine *m, const struct ipaddr *net)
{
	struct route *r;

	TAILQ_FOREACH (r, &m->routes, entry)
		if (ipaddr_equal(&r->net, net))
			return r;
	return NULL;
}

static void
drop_route(struct machine *m, struct route *r)
{
	TAILQ_REMOVE(&m->routes, r, entry);
	free(r);
	m->dirty = m->path_changed = true;
	machine_hint(m);
}

static struct route *
add_route(struct machine *m, const struct ipaddr *net, struct ifnet *ifp)
{
	struct route *r = mem_zero(1, sizeof(*r));

	r->net = *net;
	r->ifp = ifp;
	TAILQ_INSERT_TAIL(&m->routes, r, entry);
	m->dirty = m->path_changed = true;
	machine_hint(m);
	return r;
}

int
inet_add(struct ifnet *ifp, const struct ipaddr *addr)
{
	struct machine *m = ifp->m;
	struct ipaddr net = ipaddr_network(addr);
	size_t i;

	for (i = 0; i < ifp->n_addrs; i++)
		if (ipaddr_same_host(&ifp->addrs[i], addr))
			break;
	/* The same address again: the kernel deletes and re-adds it. */
	if (i < ifp->n_addrs)
		inet_del(ifp, &ifp->addrs[i]);
	if (ifp->n_addrs == SNAP_ADDRS)
		return SIM_EINVAL;
	ifp->addrs[ifp->n_addrs++] = *addr;
	if (find_route(m, &net) == NULL)
		add_route(m, &net, ifp);
	machine_changed(m, ifp);
	machine_hint(m);
	return 0;
}

/* Another attached interface with an address in the prefix. */
static struct ifnet *
heir(const struct machine *m, const struct ipaddr *net)
{
	struct ifnet *ifp;
	struct ipaddr other;
	size_t i;

	TAILQ_FOREACH (ifp, &m->ifs, entry)
		for (i = 0; i < ifp->n_addrs; i++) {
			other = ipaddr_network(&ifp->addrs[i]);
			if (ipaddr_equal(&other, net))
				return ifp;
		}
	return NULL;
}

static void
address_gone(struct ifnet *ifp, const struct ipaddr *addr)
{
	struct machine *m = ifp->m;
	struct ipaddr net = ipaddr_network(addr);
	struct route *r, *next;
	struct ifnet *to = heir(m, &net);

	for (r = TAILQ_FIRST(&m->routes); r != NULL; r = next) {
		next = TAILQ_NEXT(r, entry);
		if (r->ifp != ifp)
			continue;
		if (r->net.prefix > 0 && ipaddr_equal(&r->net, &net)) {
			r->ifp = to;
			m->dirty = m->path_changed = true;
			machine_hint(m);
			if (to == NULL)
				drop_route(m, r);
		} else if (r->net.prefix == 0 &&
		    ipaddr_in_net(&r->gateway, addr)) {
			drop_route(m, r);
		}
	}
}

int
inet_del(struct ifnet *ifp, const struct ipaddr *addr)
{
	struct ipaddr old;
	size_t i;

	for (i = 0; i < ifp->n_addrs; i++)
		if (ipaddr_same_host(&ifp->addrs[i], addr))
			break;
	if (i == ifp->n_addrs)
		return SIM_EADDRNOTAVAIL;
	old = ifp->addrs[i];
	memmove(&ifp->addrs[i], &ifp->addrs[i + 1],
	    (ifp->n_addrs - i - 1) * sizeof(old));
	ifp->n_addrs--;
	address_gone(ifp, &old);
	machine_changed(ifp->m, ifp);
	machine_hint(ifp->m);
	return 0;
}

void
inet_purge(struct ifnet *ifp)
{
	struct machine *m = ifp->m;
	struct route *r, *next;

	while (ifp->n_addrs > 0)
		inet_del(ifp, &ifp->addrs[0]);
	for (r = TAILQ_FIRST(&m->routes); r != NULL; r = next) {
		next = TAILQ_NEXT(r, entry);
		if (r->ifp == ifp)
			drop_route(m, r);
	}
}

const struct route *
inet_lookup(const struct machine *m, const struct ipaddr *to)
{
	const struct route *r, *best = NULL;

	TAILQ_FOREACH (r, &m->routes, entry)
		if ((r->net.prefix == 0 || ipaddr_in_net(to, &r->net)) &&
		    (best == NULL || r->net.prefix > best->net.prefix))
			best = r;
	return best;
}

const struct route *
inet_default(const struct machine *m)
{
	const struct route *r;

	TAILQ_FOREACH (r, &m->routes, entry)
		if (r->net.prefix == 0)
			return r;
	return NULL;
}

int
inet_default_add(struct machine *m, const struct ipaddr *gateway)
{
	const struct route *via = inet_lookup(m, gateway);
	struct ipaddr any = { .family = gateway->family };
	struct route *r;

	if (inet_default(m) != NULL)
		return SIM_EEXIST;
	if (via == NULL || via->net.prefix == 0)
		return SIM_ENETUNREACH;
	r = add_route(m, &any, via->ifp);
	r->gateway = *gateway;
	return 0;
}

int
inet_default_del(struct machine *m)
{
	struct route *r;

	TAILQ_FOREACH (r, &m->routes, entry)
		if (r->net.prefix == 0) {
			drop_route(m, r);
			return 0;
		}
	return SIM_ENOENT;
}

bool
inet_is_mine(const struct machine *m, const struct ipaddr *addr)
{
	const struct ifnet *ifp;
	size_t i;

	TAILQ_FOREACH (ifp, &m->ifs, entry)
		for (i = 0; ifp->up && i < ifp->n_addrs; i++)
			if (ipaddr_same_host(&ifp->addrs[i], addr))
				return true;
	return false;
}

void
inet_fini(struct machine *m)
{
	while (!TAILQ_EMPTY(&m->routes))
		drop_route(m, TAILQ_FIRST(&m->routes));
}
