/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a DHCP lease moves from the hn to its aggregate. A client on a port gets
 * the address that its aggregate has, and takes the prefix route with it
 * (FREEBSD-HN.md h), so the client of the hn ends. A fresh one on the
 * aggregate needs 1.4 to 2.9 s for its lease, measured; therefore the
 * aggregate borrows the hn's address, and the default route that came with it,
 * until its own client has one: on the simulated
 * machine, taking over a running system then costs 2 probes of 1000 a second
 * instead of 1.6 s. The lease belongs to the MAC, which both have,
 * and a server gives that the same address; where it gives another, the
 * borrowed one goes. At boot there is usually no lease yet, and nothing to
 * borrow: then the client begins anew on the aggregate. What a client on the
 * hn gets later is taken away at once.
 */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "failover/native_life.h"
#include "failover/native_plans.h"

#define CLIENT_FIRST (INT64_C(1) * 1000000000) /* until the next start */
#define CLIENT_LAST  (INT64_C(60) * 1000000000)

/* One that has lost its address to somebody goes on as if it had it (FACTS.md
 * E.6), so after a while without one it is started anew; later than its own
 * first attempt may last. */
#define BARE_FIRST (INT64_C(90) * 1000000000)
#define BARE_LAST  (INT64_C(900) * 1000000000)

/* dhclient-script sets the route itself, some programs after the address. */
#define CLIENTS_TURN (INT64_C(1) * 1000000000)

/* A leased route that went before we ever saw it, the client alone can bring
 * back, and it does so only when it begins anew. There may be no router at
 * all, so that is tried once. */
#define ASK_ROUTE (INT64_C(20) * 1000000000)

/* RFC 4861, 10: MAX_RTR_SOLICITATIONS, RTR_SOLICITATION_INTERVAL; and 6.3.7:
 * until a router says that it is a default one. */
#define RTSOL_MOST     3
#define RTSOL_INTERVAL (INT64_C(4) * 1000000000)

/* --- addresses --- */

static bool
is_zero(const struct ipaddr *a)
{
	static const uint8_t zero[4];

	return a->family == 4 && memcmp(a->bytes, zero, sizeof(zero)) == 0;
}

static bool
is_link_local(const struct ipaddr *a)
{
	return a->family == 6 && a->bytes[0] == 0xfe &&
	    (a->bytes[1] & 0xc0) == 0x80;
}

bool
native_is_own_addr(const struct snap_if *i, size_t k)
{
	return !is_zero(&i->addrs[k]) && !is_link_local(&i->addrs[k]) &&
	    (i->addr_flags[k] & SNAP_ADDR_AUTOCONF) == 0;
}

static bool
has_host(const struct snap_if *i, const struct ipaddr *a)
{
	size_t k;

	for (k = 0; k < i->n_addrs; k++)
		if (ipaddr_same_host(&i->addrs[k], a))
			return true;
	return false;
}

/* Whether what is not among its addresses is not there. */
static bool
shows_all(const struct snap_if *i)
{
	return i->n_addrs < SNAP_ADDRS;
}

static bool
has_any4(const struct snap_if *i, uint8_t flags)
{
	size_t k;

	for (k = 0; k < i->n_addrs; k++)
		if (i->addrs[k].family == 4 && !is_zero(&i->addrs[k]) &&
		    (i->addr_flags[k] & flags) == flags)
			return true;
	return false;
}

static bool
change_addr(struct look *l, enum op_kind kind, const char *ifname,
    const struct ipaddr *a, const char *why)
{
	native_begin(l, kind, ifname, "%s", why);
	l->op->addr = *a;
	return native_may_try(l);
}

/* --- a new configuration --- */

/* To the list, what the one before named and this one does not; from it, what
 * this one names. */
static void
note_dropped(struct ipaddr list[RC_ADDRS], size_t *n,
    const struct rc_net *before, const struct rc_net *net)
{
	size_t i, kept = 0;

	for (i = 0; i < *n; i++)
		if (!ipaddr_is_among(net->addrs, net->n_addrs, &list[i]))
			list[kept++] = list[i];
	*n = kept;
	for (i = 0; i < before->n_addrs && *n < RC_ADDRS; i++)
		if (!ipaddr_is_among(net->addrs, net->n_addrs,
			&before->addrs[i]) &&
		    !ipaddr_is_among(list, *n, &before->addrs[i]))
			list[(*n)++] = before->addrs[i];
}

void
native_new_config(struct pair *p, const struct rc_net *net)
{
	struct config_care *c = &p->config;

	if (p->managed) {
		note_dropped(c->stale, &c->n_stale, &p->net, net);
		note_dropped(c->former, &c->n_former, &p->net, net);
		if (!ipaddr_equal(&p->net.gateway, &net->gateway))
			c->old_gateway = p->net.gateway;
		if (!ipaddr_equal(&p->net.gateway6, &net->gateway6))
			c->old_gateway6 = p->net.gateway6;
		c->drop_client = net->dhcp == RC_DHCP_NONE &&
		    (c->drop_client || p->net.dhcp != RC_DHCP_NONE);
		c->drop_rtadv = !net->accept_rtadv &&
		    (c->drop_rtadv || p->net.accept_rtadv);
		c->new_mtu = net->mtu != p->net.mtu;
	}
	p->net = *net;
}

/* What was put there for a configuration that holds no more. While nothing
 * else is there yet, an old address is better than none. */
static bool
plan_stale(struct look *l)
{
	struct config_care *c = &l->p->config;
	const struct rc_net *net = &l->p->net;
	size_t i;

	for (i = 0; i < c->n_stale; i++) {
		if (!snap_if_has_addr(l->lagg, &c->stale[i])) {
			c->stale[i--] = c->stale[--c->n_stale];
			continue;
		}
		if (c->stale[i].family == 4 && net->dhcp != RC_DHCP_NONE &&
		    !has_any4(l->lagg, SNAP_ADDR_LEASED))
			continue;
		if (change_addr(l, OP_ADDR_DEL, l->p->lagg, &c->stale[i],
			"not in rc.conf any more"))
			return true;
	}
	return false;
}

/* --- addresses that rc.conf names --- */

/* Setting an address that is there with another prefix length would delete
 * and re-add it in the kernel (FREEBSD.md, ioctls), so it goes first. */
static bool
plan_wanted(struct look *l)
{
	const struct rc_net *net = &l->p->net;
	size_t i, k;

	for (i = 0; i < net->n_addrs; i++) {
		if (snap_if_has_addr(l->lagg, &net->addrs[i]))
			continue;
		for (k = 0; k < l->lagg->n_addrs; k++)
			if (ipaddr_same_host(&l->lagg->addrs[k],
				&net->addrs[i]) &&
			    change_addr(l, OP_ADDR_DEL, l->p->lagg,
				&l->lagg->addrs[k],
				"it has another prefix length"))
				return true;
		if (!shows_all(l->lagg)) {
			native_tell_once(l, TOLD_MANY,
			    "%s has more than %d addresses: whether one of "
			    "rc.conf's is missing is not seen",
			    l->p->lagg, SNAP_ADDRS - 1);
			continue;
		}
		l->p->told &= ~(unsigned)TOLD_MANY;
		native_begin(l, OP_ADDR_ADD, l->p->lagg, "configured for %s",
		    l->p->hn);
		l->op->addr = net->addrs[i];
		if (native_may_try(l))
			return true;
	}
	return false;
}

/* --- IPv6 --- */

static bool
set_option(struct look *l, enum op_kind kind, const char *ifname, int value,
    const char *why)
{
	native_begin(l, kind, ifname, "%s", why);
	l->op->value = value;
	return native_may_try(l);
}

static bool
wants_ipv6(const struct look *l)
{
	const struct rc_net *net = &l->p->net;
	size_t i;

	if (net->accept_rtadv)
		return true;
	for (i = 0; i < net->n_addrs; i++)
		if (net->addrs[i].family == 6)
			return true;
	for (i = 0; i < l->lagg->n_addrs; i++)
		if ((l->lagg->addr_flags[i] & SNAP_ADDR_DUPLICATED) != 0)
			return true;
	return false;
}

/* Hn, VF and aggregate have one MAC, so their link-local addresses are the
 * same, and a multicast may come back on the other path: whoever looks for a
 * duplicate finds himself (FACTS.md D.6, C.6). So the aggregate does not look,
 * as with the stock script. */
static bool
plan_nd6(struct look *l)
{
	struct config_care *c = &l->p->config;
	const struct rc_net *net = &l->p->net;

	if (!l->lagg->no_dad && wants_ipv6(l) &&
	    set_option(l, OP_NO_DAD, l->p->lagg, 1, "it would find its port"))
		return true;
	if (net->accept_rtadv && !l->lagg->accept_rtadv &&
	    set_option(l, OP_RTADV, l->p->lagg, 1, "configured for the hn"))
		return true;
	if (c->drop_rtadv && l->lagg->accept_rtadv)
		return set_option(l, OP_RTADV, l->p->lagg, 0,
		    "not in rc.conf any more");
	c->drop_rtadv = false;
	return false;
}

/* A duplicate stays one until it is made again. One of rc.conf is wanted
 * anyhow; the link-local one nobody else would bring back. */
static bool
plan_duplicates(struct look *l)
{
	struct config_care *c = &l->p->config;
	size_t i;

	for (i = 0; i < l->lagg->n_addrs; i++) {
		if ((l->lagg->addr_flags[i] & SNAP_ADDR_DUPLICATED) == 0 ||
		    (!is_link_local(&l->lagg->addrs[i]) &&
			!ipaddr_is_among(l->p->net.addrs, l->p->net.n_addrs,
			    &l->lagg->addrs[i])))
			continue;
		if (!change_addr(l, OP_ADDR_DEL, l->p->lagg, &l->lagg->addrs[i],
			"held for a duplicate: made again"))
			continue;
		c->remade = l->lagg->addrs[i];
		return true;
	}
	if (c->remade.family != 0 && !has_host(l->lagg, &c->remade))
		return change_addr(l, OP_ADDR_ADD, l->p->lagg, &c->remade,
		    "made again");
	c->remade.family = 0;
	return false;
}

static bool
has_autoconf(const struct snap_if *i)
{
	size_t k;

	for (k = 0; k < i->n_addrs; k++)
		if ((i->addr_flags[k] & SNAP_ADDR_AUTOCONF) != 0)
			return true;
	return false;
}

static bool
plan_solicitation(struct look *l)
{
	struct config_care *c = &l->p->config;
	bool routed = l->s->default_gateway6.family != 0;

	if (!l->p->net.accept_rtadv || l->lagg->link != LINK_UP) {
		c->solicited = 0;
		c->rtsol_ns = 0;
		return false;
	}
	if ((has_autoconf(l->lagg) && routed) || c->solicited == RTSOL_MOST ||
	    !native_is_due(l, c->rtsol_ns))
		return false;
	native_begin(l, OP_RTSOL, l->p->lagg, "it has a link and no %s",
	    routed ? "address" : "default route");
	if (!native_may_try(l))
		return false;
	c->solicited++;
	c->rtsol_ns = l->now_ns + RTSOL_INTERVAL;
	return true;
}

/* --- DHCP --- */

static bool
is_dhcp(const struct look *l)
{
	return l->p->net.dhcp != RC_DHCP_NONE;
}

static bool
plan_borrow(struct look *l)
{
	struct config_care *c = &l->p->config;
	size_t i;

	if (!is_dhcp(l))
		return false;
	if (l->s->default_gateway.family == 4 &&
	    (strcmp(l->s->default_if, l->p->hn) == 0 ||
		strcmp(l->s->default_if, l->p->lagg) == 0))
		c->learned = l->s->default_gateway;
	if (has_any4(l->lagg, 0) || !shows_all(l->lagg))
		return false;
	for (i = 0; i < l->hn->n_addrs; i++)
		if (l->hn->addrs[i].family == 4 &&
		    (l->hn->addr_flags[i] & SNAP_ADDR_LEASED) != 0 &&
		    change_addr(l, OP_ADDR_ADD, l->p->lagg, &l->hn->addrs[i],
			"leased for this MAC: until it has its own")) {
			c->borrowed = l->hn->addrs[i];
			return true;
		}
	return false;
}

static bool
has_other_lease(const struct look *l, const struct ipaddr *borrowed)
{
	size_t i;

	for (i = 0; i < l->lagg->n_addrs; i++)
		if ((l->lagg->addr_flags[i] & SNAP_ADDR_LEASED) != 0 &&
		    l->lagg->addrs[i].family == 4 &&
		    !ipaddr_same_host(&l->lagg->addrs[i], borrowed))
			return true;
	return false;
}

static bool
plan_return(struct look *l)
{
	struct config_care *c = &l->p->config;
	size_t i;

	/* The client's place-holder stays behind a borrowed address. */
	for (i = 0; i < l->lagg->n_addrs; i++)
		if (is_zero(&l->lagg->addrs[i]) &&
		    has_any4(l->lagg, SNAP_ADDR_LEASED) &&
		    change_addr(l, OP_ADDR_DEL, l->p->lagg, &l->lagg->addrs[i],
			"the client has one now"))
			return true;
	if (c->borrowed.family == 0)
		return false;
	for (i = 0; i < l->lagg->n_addrs; i++)
		if (ipaddr_same_host(&l->lagg->addrs[i], &c->borrowed))
			break;
	/* On Linux a lease that is borrowed is one (its client could not set
	 * it else): it goes when there is another. */
	if (i == l->lagg->n_addrs ||
	    (l->s->os == SNAP_FREEBSD &&
		(l->lagg->addr_flags[i] & SNAP_ADDR_LEASED) != 0)) {
		c->borrowed.family = 0;
		return false;
	}
	return has_other_lease(l, &c->borrowed) &&
	    change_addr(l, OP_ADDR_DEL, l->p->lagg, &l->lagg->addrs[i],
		"the client has another one");
}

static bool
plan_drop_client(struct look *l)
{
	struct config_care *c = &l->p->config;
	size_t i;

	if (!c->drop_client)
		return false;
	if (l->lagg->dhclient) {
		native_begin(l, OP_DHCP_STOP, l->p->lagg,
		    "rc.conf asks for no DHCP any more");
		return native_may_try(l);
	}
	for (i = 0; i < l->lagg->n_addrs; i++)
		/* The lease's file stays, and speaks of the same address when
		 * that is rc.conf's now. */
		if ((l->lagg->addr_flags[i] & SNAP_ADDR_LEASED) != 0 &&
		    !ipaddr_is_among(l->p->net.addrs, l->p->net.n_addrs,
			&l->lagg->addrs[i]))
			return change_addr(l, OP_ADDR_DEL, l->p->lagg,
			    &l->lagg->addrs[i], "nobody keeps its lease");
	c->drop_client = false;
	return false;
}

static bool
watch_client(struct look *l)
{
	struct config_care *c = &l->p->config;

	if (has_any4(l->lagg, SNAP_ADDR_LEASED) || !shows_all(l->lagg)) {
		c->client_step_ns = c->bare_ns = c->bare_step_ns = 0;
		return false;
	}
	if (l->lagg->link != LINK_UP) {
		c->bare_ns = 0;
		return false;
	}
	if (c->bare_ns == 0) {
		c->bare_step_ns = c->bare_step_ns == 0
		    ? BARE_FIRST
		    : native_twice(c->bare_step_ns, BARE_LAST);
		c->bare_ns = l->now_ns + c->bare_step_ns;
	}
	if (!native_is_due(l, c->bare_ns))
		return false;
	native_begin(l, OP_DHCP_STOP, l->p->lagg, "no lease for long: anew");
	if (!native_may_try(l))
		return false;
	c->bare_ns = 0;
	return true;
}

static bool
plan_client(struct look *l)
{
	struct config_care *c = &l->p->config;

	if (!is_dhcp(l))
		return plan_drop_client(l);
	if (l->lagg->dhclient)
		return watch_client(l);
	c->bare_ns = 0;
	/* Without link it would wait 11 s and end (FACTS.md E.6). */
	if (l->lagg->link != LINK_UP || !native_is_due(l, c->client_ns))
		return false;
	native_begin(l, OP_DHCP_START, l->p->lagg, "rc.conf asks for DHCP");
	memcpy(l->op->text, l->p->net.dhclient_flags, sizeof(l->op->text));
	if (!native_may_try(l))
		return false;
	c->client_step_ns = c->client_step_ns == 0
	    ? CLIENT_FIRST
	    : native_twice(c->client_step_ns, CLIENT_LAST);
	c->client_ns = l->now_ns + c->client_step_ns;
	return true;
}

/* --- the hn becomes a port --- */

static bool
plan_up(struct look *l)
{
	if (l->lagg->up)
		return false;
	native_begin(l, OP_UP, l->p->lagg, "the aggregate stays up");
	return native_may_try(l);
}

/* A down took the routes to the networks of its addresses, and an up gives
 * them back; a new address sets the flag as well, but gives back none. */
static bool
plan_up_again(struct look *l)
{
	size_t i;

	for (i = 0; i < l->lagg->n_addrs; i++)
		if (native_is_own_addr(l->lagg, i))
			return plan_up(l);
	return false;
}

/* The ones that rc(8) has not made, since there was no hn at boot: what it
 * would do when one comes is ours. The kernel makes none on a port
 * (vlan_config(): EPROTONOSUPPORT), so they come before it is one, and move
 * afterwards like those of rc; for one that fails it waits a little. Its
 * addresses a vlan gets by the rule for its arrival. One with a name of its own
 * would arrive under another, and is left to the administrator. */
static bool
plan_new_vlans(struct look *l, bool *wait)
{
	const struct rc_net *net = &l->p->net;
	size_t k, bytes = strlen(l->p->hn);

	if (l->hn->lagg[0] != '\0' || l->s->os != SNAP_FREEBSD)
		return false;
	for (k = 0; k < net->n_vlans; k++) {
		if (strncmp(net->vlans[k].name, l->p->hn, bytes) != 0 ||
		    net->vlans[k].name[bytes] != '.' ||
		    snapshot_find(l->s, net->vlans[k].name) != NULL)
			continue;
		native_begin(l, OP_CLONE, net->vlans[k].name, "vlans_%s",
		    l->p->hn);
		if (native_may_try(l))
			return true;
		*wait = *wait || native_failed_lately(l);
	}
	return false;
}

static bool
plan_first_port(struct look *l)
{
	if (plan_up(l))
		return true;
	if (l->hn->dhclient) {
		native_begin(l, OP_DHCP_STOP, l->p->hn,
		    "a port has no address of its own");
		if (native_may_try(l))
			return true;
	}
	if (native_joins_by_down(l, l->hn) && l->hn->up) {
		native_begin(l, OP_DOWN, l->p->hn, "a bond takes it down only");
		return native_may_try(l);
	}
	if (snap_port_find(l->lagg, l->p->hn) == NULL) {
		native_begin(l, OP_PORT_ADD, l->p->lagg,
		    "the synthetic NIC first");
		memcpy(l->op->other, l->p->hn, sizeof(l->op->other));
		return native_may_try(l);
	}
	return false;
}

/* The new address first, the old one after: the kernel moves the connected
 * route when the old one goes, so no moment is without (FREEBSD-HN.md h). */
static bool
plan_strip(struct look *l)
{
	const struct ipaddr *a;
	bool leased;
	size_t i;

	if (snap_port_find(l->lagg, l->p->hn) == NULL)
		return false;
	for (i = 0; i < l->hn->n_addrs; i++) {
		a = &l->hn->addrs[i];
		leased = (l->hn->addr_flags[i] & SNAP_ADDR_LEASED) != 0 &&
		    has_any4(l->lagg, 0);
		if (is_link_local(a) ||
		    (!leased && !is_zero(a) && !has_host(l->lagg, a)))
			continue;
		if (change_addr(l, OP_ADDR_DEL, l->p->hn, a,
			"a port has no address of its own"))
			return true;
	}
	if (l->hn->accept_rtadv && l->p->net.accept_rtadv)
		return set_option(l, OP_RTADV, l->p->hn, 0,
		    "a port has no address of its own");
	return false;
}

/* One network for both? Then a port has its route, or may get it. An address
 * alone on its link takes nothing. */
static bool
shares_net(const struct snap_if *i, const struct ipaddr *a)
{
	size_t k;

	if (a->prefix == (a->family == 4 ? 32 : 128))
		return false;
	for (k = 0; k < i->n_addrs; k++)
		if (native_is_own_addr(i, k) &&
		    (ipaddr_in_net(&i->addrs[k], a) ||
			ipaddr_in_net(a, &i->addrs[k])))
			return true;
	return false;
}

/* What else a person, or rc(8) by an rc.conf that we have not read, has put on
 * the hn. On a port it takes the network from the aggregate, and all that is
 * sent there is lost; so it moves to where it works. What rc.conf has named
 * before is nobody's any more. Beside DHCP it may be a lease that we do not
 * know for one, and nothing to keep. */
static bool
plan_stray(struct look *l)
{
	const struct config_care *c = &l->p->config;
	const struct ipaddr *a;
	size_t i;

	if (is_dhcp(l) || snap_port_find(l->lagg, l->p->hn) == NULL)
		return false;
	for (i = 0; i < l->hn->n_addrs; i++) {
		a = &l->hn->addrs[i];
		if (!native_is_own_addr(l->hn, i) || has_host(l->lagg, a) ||
		    (l->hn->addr_flags[i] & SNAP_ADDR_LEASED) != 0)
			continue;
		if (ipaddr_is_among(c->former, c->n_former, a)
			? change_addr(l, OP_ADDR_DEL, l->p->hn, a,
			      "not in rc.conf any more")
			: shares_net(l->lagg, a) &&
			    change_addr(l, OP_ADDR_ADD, l->p->lagg, a,
				"a port has no address of its own"))
			return true;
	}
	return false;
}

/* --- default routes --- */

/* The kernel sends it over who has the prefix: this must be the aggregate by
 * now, or the route would be set and taken back without end. */
static bool
is_reached(const struct look *l, const struct ipaddr *gateway)
{
	bool reached = false;
	size_t i;

	for (i = 0; i < l->lagg->n_addrs && !reached; i++)
		reached = ipaddr_in_net(gateway, &l->lagg->addrs[i]) &&
		    (l->lagg->addr_flags[i] & SNAP_ADDR_UNROUTED) == 0;
	for (i = 0; i < l->hn->n_addrs && reached; i++)
		reached = !ipaddr_in_net(gateway, &l->hn->addrs[i]) ||
		    is_link_local(gateway);
	return reached;
}

static bool
delete_route(struct look *l, const struct ipaddr *gateway, const char *ifname,
    const char *why)
{
	native_begin(l, OP_DEFAULT_DEL, ifname, "%s", why);
	if (gateway->family == 6)
		l->op->addr = *gateway;
	return native_may_try(l);
}

static bool
plan_route(struct look *l, const struct ipaddr *have, const char *on,
    const struct ipaddr *wanted, struct ipaddr *old)
{
	if (old->family != 0 && ipaddr_same_host(have, old) &&
	    strcmp(on, l->p->lagg) == 0)
		return delete_route(l, have, l->p->lagg,
		    "not in rc.conf any more");
	old->family = 0;
	if (wanted->family == 0 || !is_reached(l, wanted))
		return false;
	if (have->family != 0) {
		/* Another interface's default route is somebody's choice. */
		return strcmp(on, l->p->hn) == 0 &&
		    delete_route(l, have, l->p->hn, "it points at a port");
	}
	native_begin(l, OP_DEFAULT_ADD, l->p->lagg, "defaultrouter");
	l->op->addr = *wanted;
	return native_may_try(l);
}

/* A link-local router is on the net of the interface that is named with it. */
static const struct ipaddr *
wanted_router6(const struct look *l)
{
	static const struct ipaddr none;
	const char *zone = l->p->net.gateway6_if;
	char own[IFNAME_MAX];

	if (zone[0] == '\0')
		return &l->p->net.gateway6;
	snprintf(own, sizeof(own), "hn%d", l->p->unit);
	return strcmp(zone, l->p->hn) == 0 || strcmp(zone, l->p->lagg) == 0 ||
		(l->p->is_hn && strcmp(zone, own) == 0)
	    ? &l->p->net.gateway6
	    : &none;
}

/* One that the hn has learnt from a router, while somebody had it accept
 * advertisements as a port. The next one on the aggregate brings it back. */
static bool
plan_learnt_route(struct look *l)
{
	const struct snapshot *s = l->s;

	if (!l->p->net.accept_rtadv || wanted_router6(l)->family != 0 ||
	    s->default_gateway6.family == 0 ||
	    strcmp(s->default_if6, l->p->hn) != 0 ||
	    !delete_route(l, &s->default_gateway6, l->p->hn,
		"it points at a port"))
		return false;
	l->p->config.solicited = 0;
	l->p->config.rtsol_ns = 0;
	return true;
}

static bool
ask_route(struct look *l)
{
	struct config_care *c = &l->p->config;

	if (c->asked_route || !has_any4(l->lagg, SNAP_ADDR_LEASED) ||
	    !native_is_due(l, c->route_ns + ASK_ROUTE))
		return false;
	native_begin(l, OP_DHCP_STOP, l->p->lagg,
	    "the default route of its lease is gone: anew");
	c->asked_route = true;
	return native_may_try(l);
}

static bool
plan_routes(struct look *l)
{
	struct config_care *c = &l->p->config;
	const struct ipaddr *wanted = &l->p->net.gateway;
	const struct snapshot *s = l->s;
	bool turn = true;

	if (wanted->family == 0 && is_dhcp(l)) {
		wanted = &c->learned;
		if (s->default_gateway.family != 0 || !l->lagg->dhclient)
			c->route_ns = 0;
		else if (c->route_ns == 0)
			c->route_ns = l->now_ns + CLIENTS_TURN;
		turn = c->route_ns == 0 || native_is_due(l, c->route_ns);
		if (c->route_ns != 0 && wanted->family == 0 && ask_route(l))
			return true;
	}
	if (turn &&
	    plan_route(l, &s->default_gateway, s->default_if, wanted,
		&c->old_gateway))
		return true;
	return plan_learnt_route(l) ||
	    plan_route(l, &s->default_gateway6, s->default_if6,
		wanted_router6(l), &c->old_gateway6);
}

/* That the aggregate shall not look for a duplicate did not work yet. Once it
 * is up it looks, finds its own port, and the kernel takes its IPv6 away for
 * good. So it waits a little with all that would bring it up; not for long,
 * since without it there is no IPv4 either. */
static bool
would_find_itself(struct look *l)
{
	if (l->lagg->up || l->lagg->no_dad || !wants_ipv6(l))
		return false;
	native_begin(l, OP_NO_DAD, l->p->lagg, "it would find its port");
	l->op->value = 1;
	return !native_may_try(l) && native_failed_lately(l);
}

bool
native_plan_config(struct look *l)
{
	bool wait = false;

	if (plan_up_again(l) || plan_nd6(l))
		return true;
	if (would_find_itself(l))
		return false;
	if (plan_duplicates(l) || plan_wanted(l) || plan_borrow(l) ||
	    plan_new_vlans(l, &wait))
		return true;
	return !wait &&
	    (plan_first_port(l) || plan_stray(l) || plan_strip(l) ||
		plan_return(l) || native_plan_unrouted(l) || plan_routes(l) ||
		plan_client(l) || plan_stale(l) || plan_solicitation(l));
}

/* --- VLANs --- */

static struct vlan_care *
known_vlan(struct config_care *c, const struct snap_if *i)
{
	size_t k;

	for (k = 0; k < c->n_vlans; k++)
		if (c->vlans[k].index == i->index &&
		    strcmp(c->vlans[k].name, i->name) == 0)
			return &c->vlans[k];
	return NULL;
}

static struct vlan_care *
remember_vlan(struct config_care *c, const struct snap_if *i)
{
	struct vlan_care *v = known_vlan(c, i);

	if (v == NULL) {
		v = MEM_PUSH(c->vlans, c->n_vlans, c->cap_vlans);
		v->index = i->index;
		memcpy(v->name, i->name, sizeof(v->name));
	}
	v->tag = i->vlan_tag;
	return v;
}

/* A vlan gets the MTU of the parent that it is put on (sys/net/if_vlan.c). */
static bool
plan_vlan_mtu(struct look *l, const struct snap_if *i, struct vlan_care *v)
{
	uint32_t mtu = v->mtu;

	v->mtu = 0; /* once */
	if (mtu == 0 || i->mtu <= mtu)
		return false;
	native_begin(l, OP_MTU, i->name, "as it was on %s", l->p->hn);
	l->op->value = (int)mtu;
	return native_may_try(l);
}

/* Without a parent it has forgotten its tag; we have not, or rc.conf knows. */
static unsigned
tag_of(struct look *l, const struct snap_if *i)
{
	const struct vlan_care *v = known_vlan(&l->p->config, i);
	const struct rc_net *net = &l->p->net;
	size_t k;

	if (v != NULL)
		return v->tag;
	for (k = 0; k < net->n_vlans; k++)
		if (strcmp(net->vlans[k].name, i->name) == 0)
			return net->vlans[k].tag;
	return 0;
}

static bool
plan_orphan(struct look *l, const struct snap_if *i)
{
	unsigned tag = tag_of(l, i);

	if (tag == 0)
		return false;
	native_begin(l, OP_VLAN, i->name, "it was on %s", l->p->hn);
	l->op->value = (int)tag;
	memcpy(l->op->other, l->p->lagg, sizeof(l->op->other));
	return native_may_try(l);
}

/* A vlan that has a parent refuses another one, so it is taken off first; its
 * addresses stay with it. One after the other: each is away for two calls. */
bool
native_plan_vlans(struct look *l)
{
	const struct snap_if *i;
	struct vlan_care *v;
	size_t k;

	if (!l->has_vlans)
		return false;
	for (k = 0; k < l->s->n_ifs; k++) {
		i = &l->s->ifs[k];
		if (i->class != IF_VLAN)
			continue;
		if (strcmp(i->vlan_parent, l->p->lagg) == 0 &&
		    plan_vlan_mtu(l, i, remember_vlan(&l->p->config, i)))
			return true;
		if (i->vlan_parent[0] == '\0' && plan_orphan(l, i))
			return true;
	}
	for (k = 0; k < l->s->n_ifs; k++) {
		i = &l->s->ifs[k];
		if (i->class != IF_VLAN ||
		    strcmp(i->vlan_parent, l->p->hn) != 0)
			continue;
		v = remember_vlan(&l->p->config, i);
		v->mtu = i->mtu < l->hn->mtu ? i->mtu : 0;
		native_begin(l, OP_VLAN, i->name, "a port carries no vlan");
		if (native_may_try(l))
			return true;
	}
	return false;
}
