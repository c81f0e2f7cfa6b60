/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/machine/inet6.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "sim/machine/inet.h"
#include "sim/machine/netpath.h"

static struct inet6 *
inet6_of(struct machine *m)
{
	if (m->inet6 == NULL)
		m->inet6 = mem_zero(1, sizeof(*m->inet6));
	return m->inet6;
}

void
inet6_free(struct machine *m)
{
	free(m->inet6);
	m->inet6 = NULL;
}

void
inet6_set_silent(struct machine *m, bool silent)
{
	inet6_of(m)->silent = silent;
}

void
inet6_set_rtsold(struct machine *m, bool on)
{
	inet6_of(m)->rtsold = on;
}

/* --- addresses --- */

static void
eui64(const uint8_t mac[6], uint8_t half[8])
{
	memcpy(half, mac, 3);
	half[3] = 0xff;
	half[4] = 0xfe;
	memcpy(half + 5, mac + 3, 3);
	half[0] ^= 2;
}

/* A NIC that is no port, to borrow from: only what is unique in the world. */
static const struct ifnet *
lender(const struct ifnet *ifp)
{
	static const uint8_t no_mac[6];
	const struct ifnet *other;

	TAILQ_FOREACH (other, &ifp->m->ifs, entry)
		if (other != ifp && other->member_of == NULL &&
		    memcmp(other->mac, no_mac, 6) != 0 &&
		    (other->mac[0] & 2) == 0)
			return other;
	return NULL;
}

/* The lower half of an address that the interface makes itself: its MAC as
 * EUI-64. A lagg without ports has none yet, and a lagg's port none to the
 * kernel: they borrow another NIC's, or draw one (d_joinfirst_*.rt). */
static void
own_half(const struct ifnet *ifp, uint8_t half[8])
{
	static const uint8_t no_mac[6];
	const struct ifnet *other;
	uint64_t drawn;

	if (ifp->member_of == NULL && memcmp(ifp->mac, no_mac, 6) != 0) {
		eui64(ifp->mac, half);
	} else if ((other = lender(ifp)) != NULL) {
		eui64(other->mac, half);
	} else {
		drawn = hash_str(HASH_START, ifp->name);
		memcpy(half, &drawn, sizeof(drawn));
		half[0] &= (uint8_t)~2U;
	}
}

static bool
is_usable(const struct ifnet *ifp, int i)
{
	return (ifp->addr_flags[i] &
		   (SNAP_ADDR_TENTATIVE | SNAP_ADDR_DUPLICATED)) == 0;
}

/* Whether another interface that is up answers for the address. */
static bool
is_taken(const struct ifnet *ifp, const struct ipaddr *a)
{
	const struct ifnet *other;
	int i;

	TAILQ_FOREACH (other, &ifp->m->ifs, entry)
		if (other != ifp && other->up && !other->ifdisabled &&
		    (i = inet_find(other, a)) >= 0 && is_usable(other, i))
			return true;
	return false;
}

static void
found_duplicate(struct ifnet *ifp, int i)
{
	char text[IPADDR_TEXT];

	ifp->addr_flags[i] |= SNAP_ADDR_DUPLICATED;
	machine_kernel_note(ifp->m,
	    "%s: DAD detected duplicate IPv6 address %s", ifp->name,
	    ipaddr_format(&ifp->addrs[i], false, text));
	/* Made of the MAC: the hardware itself must be there twice. */
	if (inet_is_link_local(&ifp->addrs[i])) {
		ifp->ifdisabled = true;
		machine_kernel_note(ifp->m,
		    "%s: possible hardware address duplication detected, "
		    "disable IPv6",
		    ifp->name);
	}
}

static int64_t
dad_step(struct machine *m, struct ktask *k)
{
	struct ifnet *ifp = k->ifp;
	int i = ifp->attached ? inet_find(ifp, &k->op.addr) : -1;

	if (i < 0 || (ifp->addr_flags[i] & SNAP_ADDR_TENTATIVE) == 0)
		return KTASK_DONE;
	/* While it is down the address stays tentative; going up it starts
	 * anew. */
	if (!ifp->up)
		return KTASK_DONE;
	ifp->addr_flags[i] &= (uint8_t)~SNAP_ADDR_TENTATIVE;
	if (is_taken(ifp, &ifp->addrs[i]))
		found_duplicate(ifp, i);
	machine_changed(m, ifp);
	machine_hint(m);
	return KTASK_DONE;
}

static void
start_dad(struct ifnet *ifp, const struct ipaddr *a)
{
	struct ktask *k =
	    ktask_start(ifp->m, dad_step, machine_delay(ifp->m, "inet6.dad"));

	k->ifp = ifp;
	k->op.addr = *a;
}

int
inet6_add(struct ifnet *ifp, const struct ipaddr *addr, uint8_t flags)
{
	struct ipaddr a = *addr;
	int error;

	if (!ifp->no_dad)
		flags |= SNAP_ADDR_TENTATIVE;
	error = inet_add_flagged(ifp, &a, flags);
	if (error == 0 && !ifp->no_dad && ifp->up)
		start_dad(ifp, &a);
	return error;
}

static const struct ipaddr *
link_local(const struct ifnet *ifp)
{
	size_t i;

	for (i = 0; i < ifp->n_addrs; i++)
		if (inet_is_link_local(&ifp->addrs[i]))
			return &ifp->addrs[i];
	return NULL;
}

static void
add_link_local(struct ifnet *ifp)
{
	struct ipaddr a = { .family = 6,
		.prefix = 64,
		.bytes = { 0xfe, 0x80 } };

	if (link_local(ifp) != NULL)
		return;
	own_half(ifp, a.bytes + 8);
	inet6_add(ifp, &a, 0);
}

void
inet6_interface_up(struct ifnet *ifp)
{
	size_t i;

	if (ifp->ifdisabled || ifp->in_jail || ifp->kind == KIND_LOOP)
		return;
	for (i = 0; i < ifp->n_addrs; i++)
		if (ifp->addrs[i].family == 6 &&
		    (ifp->addr_flags[i] & SNAP_ADDR_TENTATIVE) != 0)
			start_dad(ifp, &ifp->addrs[i]);
	add_link_local(ifp);
}

bool
inet6_wipe(struct ifnet *ifp)
{
	bool any = false;
	struct ipaddr a;
	size_t i = 0;

	while (i < ifp->n_addrs) {
		a = ifp->addrs[i];
		if (a.family == 6) {
			inet_del(ifp, &a);
			any = true;
		} else {
			i++;
		}
	}
	return any;
}

void
inet6_set_disabled(struct ifnet *ifp, bool disabled)
{
	if (ifp->ifdisabled == disabled)
		return;
	ifp->ifdisabled = disabled;
	machine_changed(ifp->m, ifp);
	if (!disabled && ifp->up)
		inet6_interface_up(ifp);
}

void
inet6_enable(struct ifnet *ifp)
{
	size_t i;

	for (i = 0; i < ifp->n_addrs; i++)
		if (inet_is_link_local(&ifp->addrs[i]) &&
		    (ifp->addr_flags[i] & SNAP_ADDR_DUPLICATED) != 0)
			return;
	inet6_set_disabled(ifp, false);
}

void
inet6_set_no_dad(struct ifnet *ifp, bool on)
{
	ifp->no_dad = on;
	machine_changed(ifp->m, ifp);
}

/* --- the router --- */

bool
inet6_network(struct machine *m, const struct ifnet *ifp, struct ipaddr *prefix,
    struct ipaddr *router)
{
	const struct ifnet *hn = netpath_nic(m, ifp);

	if (hn == NULL)
		return false;
	*prefix = (struct ipaddr){ .family = 6,
		.prefix = 64,
		.bytes = { 0x20, 0x01, 0x0d, 0xb8, 0,
		    (uint8_t)(2 + hn->unit) } };
	*router = (struct ipaddr){ .family = 6,
		.prefix = 128,
		.bytes = { 0xfe, 0x80, [15] = 1 } };
	return true;
}

static void
take_advertisement(struct ifnet *ifp)
{
	const struct ipaddr *own = link_local(ifp);
	struct ipaddr prefix, router;
	struct machine *m = ifp->m;

	if (own == NULL || !ifp->attached || !ifp->up || !ifp->accept_rtadv ||
	    ifp->ifdisabled || inet6_of(m)->silent ||
	    !inet6_network(m, ifp, &prefix, &router) ||
	    netpath_frame_in(ifp, false) != PATH_OK)
		return;
	memcpy(prefix.bytes + 8, own->bytes + 8, 8);
	if (inet_find(ifp, &prefix) < 0)
		inet6_add(ifp, &prefix, SNAP_ADDR_AUTOCONF);
	inet_default_add(m, &router, ifp); /* EEXIST is fine */
	machine_changed(m, ifp);
}

static int64_t
answer_step(struct machine *m, struct ktask *k)
{
	(void)m;
	take_advertisement(k->ifp);
	return KTASK_DONE;
}

static int64_t
advertise_step(struct machine *m, struct ktask *k)
{
	struct ifnet *ifp, *next;

	(void)k;
	for (ifp = TAILQ_FIRST(&m->ifs); ifp != NULL; ifp = next) {
		next = TAILQ_NEXT(ifp, entry);
		take_advertisement(ifp);
	}
	return machine_delay(m, "inet6.advertise");
}

void
inet6_solicit(struct ifnet *ifp)
{
	struct machine *m = ifp->m;

	if (ifp->ifdisabled || netpath_frame_out(ifp) != PATH_OK)
		return;
	ktask_start(m, answer_step, machine_delay(m, "inet6.router"))->ifp =
	    ifp;
}

void
inet6_set_rtadv(struct ifnet *ifp, bool accept)
{
	struct machine *m = ifp->m;
	const struct route *r = inet_default6(m);

	if (ifp->accept_rtadv == accept)
		return;
	ifp->accept_rtadv = accept;
	machine_changed(m, ifp);
	if (accept && !inet6_of(m)->advertises) {
		inet6_of(m)->advertises = true;
		ktask_start(m, advertise_step,
		    machine_delay(m, "inet6.advertise"));
	}
	if (accept)
		return;
	/* The routers that it has learnt are forgotten; what it made of
	 * their prefix stays until its life is over. */
	if (r != NULL && r->ifp == ifp && inet_is_link_local(&r->gateway))
		inet_default_del(m, 6);
}

bool
inet6_listens(const struct machine *m)
{
	return m->inet6 != NULL && m->inet6->rtsold;
}

void
inet6_hear(struct machine *m, const char *message)
{
	char ifname[IFNAME_MAX];
	struct ifnet *ifp;

	if (!inet6_listens(m) || sscanf(message, "IFINFO %15s", ifname) != 1 ||
	    (ifp = ifnet_find(m, ifname)) == NULL)
		return;
	if (ifp->up && ifp->link == LINK_UP && ifp->accept_rtadv)
		inet6_solicit(ifp);
}
