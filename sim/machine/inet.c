/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/machine/inet.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

bool
inet_is_link_local(const struct ipaddr *a)
{
	return a->family == 6 && a->bytes[0] == 0xfe &&
	    (a->bytes[1] & 0xc0) == 0x80;
}

/* A link-local prefix is another one on each interface. */
static struct route *
find_route(const struct machine *m, const struct ipaddr *net,
    const struct ifnet *ifp)
{
	struct route *r;

	TAILQ_FOREACH (r, &m->routes, entry)
		if (ipaddr_equal(&r->net, net) &&
		    (r->ifp == ifp || !inet_is_link_local(net)))
			return r;
	return NULL;
}

static void
tell_route(struct machine *m, const char *verb, const struct route *r)
{
	char text[IPADDR_TEXT];

	if (r->net.prefix == 0)
		machine_rt(m, "%s default%s %s", verb,
		    r->net.family == 6 ? "6" : "", r->ifp->name);
	else
		machine_rt(m, "%s %s %s", verb,
		    ipaddr_format(&r->net, true, text), r->ifp->name);
}

static void
tell_address(struct ifnet *ifp, const char *verb, const struct ipaddr *a)
{
	char text[IPADDR_TEXT];

	machine_rt(ifp->m, "%s %s %s", verb, ifp->name,
	    ipaddr_format(a, true, text));
}

/* No probe goes to a link-local address. */
static void
paths_changed(struct machine *m, const struct ipaddr *net)
{
	m->dirty = m->path_changed = true;
	m->path_all |= !inet_is_link_local(net);
}

/* As FreeBSD's world tells it of aggregates (world/bsdlook.c). */
static void
mark_routed(struct machine *m, const struct ipaddr *net, bool routed)
{
	struct ifnet *ifp;
	uint8_t flag = routed ? 0 : SNAP_ADDR_UNROUTED;
	size_t i;

	if (net->family != 4 || net->prefix == 0 || net->prefix == 32 ||
	    m->os != SNAP_FREEBSD)
		return;
	TAILQ_FOREACH (ifp, &m->ifs, entry)
		for (i = 0; ifp->kind == KIND_LAGG && i < ifp->n_addrs; i++) {
			if (ifp->addrs[i].prefix != net->prefix ||
			    !ipaddr_in_net(&ifp->addrs[i], net) ||
			    (ifp->addr_flags[i] & SNAP_ADDR_UNROUTED) == flag)
				continue;
			ifp->addr_flags[i] ^= SNAP_ADDR_UNROUTED;
			machine_changed(m, ifp);
		}
}

static void
forget_route(struct machine *m, struct route *r)
{
	TAILQ_REMOVE(&m->routes, r, entry);
	mark_routed(m, &r->net, false);
	paths_changed(m, &r->net);
	free(r);
}

static struct route *
add_route(struct machine *m, const struct ipaddr *net, struct ifnet *ifp)
{
	struct route *r = mem_zero(1, sizeof(*r));

	r->net = *net;
	r->ifp = ifp;
	/* The default ones lead, so that they are found at once. */
	if (net->prefix == 0)
		TAILQ_INSERT_HEAD(&m->routes, r, entry);
	else
		TAILQ_INSERT_TAIL(&m->routes, r, entry);
	mark_routed(m, net, true);
	paths_changed(m, net);
	tell_route(m, "ADD", r);
	return r;
}

int
inet_find(const struct ifnet *ifp, const struct ipaddr *host)
{
	size_t i;

	for (i = 0; i < ifp->n_addrs; i++)
		if (ipaddr_same_host(&ifp->addrs[i], host))
			return (int)i;
	return -1;
}

int
inet_add_flagged(struct ifnet *ifp, const struct ipaddr *addr, uint8_t flags)
{
	struct machine *m = ifp->m;
	struct ipaddr net = ipaddr_network(addr), copy = *addr;
	int was = inet_find(ifp, addr);

	/* Whose lease it is FreeBSD's client has in a file (world/bsdlook.c).
	 */
	if (was >= 0 && m->os == SNAP_FREEBSD)
		flags |= ifp->addr_flags[was] & SNAP_ADDR_LEASED;
	if (was >= 0)
		inet_del(ifp, &copy);
	if (ifp->n_addrs == SNAP_ADDRS)
		return SIM_EINVAL;
	ifp->addr_flags[ifp->n_addrs] = flags;
	ifp->addrs[ifp->n_addrs++] = copy;
	tell_address(ifp, "NEWADDR", &copy);
	if (find_route(m, &net, ifp) == NULL)
		add_route(m, &net, ifp);
	machine_changed(m, ifp);
	paths_changed(m, &copy);
	return 0;
}

int
inet_add(struct ifnet *ifp, const struct ipaddr *addr)
{
	return inet_add_flagged(ifp, addr, 0);
}

/* Another attached interface with an address in the prefix, and that: but not
 * the one that goes down, if one does, nor then one that is down as well. */
static struct ifnet *
heir(const struct machine *m, const struct ipaddr *net,
    const struct ifnet *down, struct ipaddr *by)
{
	struct ifnet *ifp;
	struct ipaddr other;
	size_t i;

	if (inet_is_link_local(net))
		return NULL;
	TAILQ_FOREACH (ifp, &m->ifs, entry)
		for (i = 0; i < ifp->n_addrs; i++) {
			if (down != NULL && (ifp == down || !ifp->up))
				break;
			other = ipaddr_network(&ifp->addrs[i]);
			if (ipaddr_equal(&other, net)) {
				*by = ifp->addrs[i];
				return ifp;
			}
		}
	return NULL;
}

/* The default routes by way of an address go with it, unsaid. */
static void
drop_defaults(struct ifnet *ifp, const struct ipaddr *addr)
{
	struct machine *m = ifp->m;
	struct route *r, *next;

	for (r = TAILQ_FIRST(&m->routes); r != NULL; r = next) {
		next = TAILQ_NEXT(r, entry);
		if (r->ifp == ifp && r->net.prefix == 0 &&
		    ipaddr_in_net(&r->gateway, addr))
			forget_route(m, r);
	}
}

/* The address is no longer in the interface's list. The order of what the
 * routing socket says is that of FREEBSD-HN.md h (h3, h3_dhcp_*.rt). */
static void
address_gone(struct ifnet *ifp, const struct ipaddr *addr)
{
	struct machine *m = ifp->m;
	struct ipaddr net = ipaddr_network(addr), by;
	struct route *r = find_route(m, &net, ifp);
	struct ifnet *to;
	bool was_its_own = r != NULL && r->ifp == ifp;

	drop_defaults(ifp, addr);
	if (was_its_own) {
		tell_route(m, "DELETE", r);
		forget_route(m, r);
	}
	tell_address(ifp, "DELADDR", addr);
	if (was_its_own && (to = heir(m, &net, NULL, &by)) != NULL) {
		tell_address(to, "NEWADDR", &by);
		add_route(m, &net, to);
	}
}

int
inet_del(struct ifnet *ifp, const struct ipaddr *addr)
{
	int i = inet_find(ifp, addr);
	struct ipaddr old;
	size_t behind;

	if (i < 0)
		return SIM_EADDRNOTAVAIL;
	old = ifp->addrs[i];
	behind = ifp->n_addrs - (size_t)i - 1;
	memmove(&ifp->addrs[i], &ifp->addrs[i + 1], behind * sizeof(old));
	memmove(&ifp->addr_flags[i], &ifp->addr_flags[i + 1], behind);
	ifp->n_addrs--;
	address_gone(ifp, &old);
	machine_changed(ifp->m, ifp);
	paths_changed(ifp->m, &old);
	return 0;
}

void
inet_purge(struct ifnet *ifp)
{
	struct ipaddr addr;
	struct machine *m = ifp->m;
	struct route *r, *next;

	while (ifp->n_addrs > 0) {
		addr = ifp->addrs[0];
		inet_del(ifp, &addr);
		/* Once more, as all are removed (f0_unplug_nolagg.rt). */
		if (addr.family == 4)
			tell_address(ifp, "DELADDR", &addr);
	}
	for (r = TAILQ_FIRST(&m->routes); r != NULL; r = next) {
		next = TAILQ_NEXT(r, entry);
		if (r->ifp == ifp)
			forget_route(m, r);
	}
}

/* Of two addresses in one prefix the first has the route. */
void
inet_down(struct ifnet *ifp)
{
	struct machine *m = ifp->m;
	struct ipaddr net, by;
	struct ifnet *to;
	struct route *r;
	size_t i;

	for (i = 0; i < ifp->n_addrs; i++) {
		net = ipaddr_network(&ifp->addrs[i]);
		r = net.family == 4 ? find_route(m, &net, ifp) : NULL;
		if (r == NULL || r->ifp != ifp)
			continue;
		tell_route(m, "DELETE", r);
		forget_route(m, r);
		tell_address(ifp, "DELADDR", &ifp->addrs[i]);
		if ((to = heir(m, &net, ifp, &by)) != NULL) {
			tell_address(to, "NEWADDR", &by);
			add_route(m, &net, to);
		}
	}
}

void
inet_up(struct ifnet *ifp)
{
	struct ipaddr net;
	size_t i;

	for (i = 0; i < ifp->n_addrs; i++) {
		net = ipaddr_network(&ifp->addrs[i]);
		if (net.family != 4 || find_route(ifp->m, &net, ifp) != NULL)
			continue;
		tell_address(ifp, "NEWADDR", &ifp->addrs[i]);
		add_route(ifp->m, &net, ifp);
	}
}

const struct route *
inet_lookup(const struct machine *m, const struct ipaddr *to)
{
	const struct route *r, *best = NULL;

	TAILQ_FOREACH (r, &m->routes, entry)
		if (r->net.family == to->family &&
		    (best == NULL || r->net.prefix > best->net.prefix) &&
		    (r->net.prefix == 0 || ipaddr_in_net(to, &r->net)))
			best = r;
	return best;
}

static struct route *
find_default(const struct machine *m, uint8_t family)
{
	struct route *r;

	TAILQ_FOREACH (r, &m->routes, entry) {
		if (r->net.prefix != 0)
			break;
		if (r->net.family == family)
			return r;
	}
	return NULL;
}

const struct route *
inet_default(const struct machine *m)
{
	return find_default(m, 4);
}

const struct route *
inet_default6(const struct machine *m)
{
	return find_default(m, 6);
}

/* The link-local route of one interface. */
static const struct route *
link_route(const struct machine *m, const struct ifnet *on)
{
	const struct route *r;

	TAILQ_FOREACH (r, &m->routes, entry)
		if (r->ifp == on && inet_is_link_local(&r->net))
			return r;
	return NULL;
}

int
inet_default_add(struct machine *m, const struct ipaddr *gateway,
    struct ifnet *on)
{
	const struct route *via = inet_is_link_local(gateway) && on != NULL
	    ? link_route(m, on)
	    : inet_lookup(m, gateway);
	struct ipaddr any = { .family = gateway->family };

	if (find_default(m, gateway->family) != NULL)
		return SIM_EEXIST;
	if (via == NULL || via->net.prefix == 0)
		return SIM_ENETUNREACH;
	add_route(m, &any, via->ifp)->gateway = *gateway;
	return 0;
}

int
inet_default_del(struct machine *m, uint8_t family)
{
	struct route *r = find_default(m, family);

	if (r == NULL)
		return SIM_ENOENT;
	tell_route(m, "DELETE", r);
	forget_route(m, r);
	return 0;
}

static bool
has_usable(const struct ifnet *ifp, const struct ipaddr *addr)
{
	int i;

	return ifp->up && !(addr->family == 6 && ifp->ifdisabled) &&
	    (i = inet_find(ifp, addr)) >= 0 &&
	    (ifp->addr_flags[i] &
		(SNAP_ADDR_TENTATIVE | SNAP_ADDR_DUPLICATED)) == 0;
}

bool
inet_is_mine(const struct machine *m, const struct ipaddr *addr)
{
	const struct ifnet *ifp;

	TAILQ_FOREACH (ifp, &m->ifs, entry)
		if (has_usable(ifp, addr))
			return true;
	return false;
}

bool
inet_takes(const struct ifnet *on, const struct ipaddr *addr)
{
	return has_usable(on, addr) ||
	    (on->member_of != NULL && has_usable(on->member_of, addr)) ||
	    inet_is_mine(on->m, addr);
}

void
inet_fini(struct machine *m)
{
	while (!TAILQ_EMPTY(&m->routes))
		forget_route(m, TAILQ_FIRST(&m->routes));
}
