/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interfaces as the kernel keeps them, and the one thread that tells the
 * world of link changes (FACTS.md A.7: taskqueue_swi).
 */
#include "sim/machine/ifnet.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sim/machine/bond.h"
#include "sim/machine/cloned.h"
#include "sim/machine/hn.h"
#include "sim/machine/ifdriver.h"
#include "sim/machine/inet.h"
#include "sim/machine/lagg.h"
#include "sim/machine/machine.h"

/* The lowest free index, as the kernel does; the list is sorted by it. */
static void
insert_by_index(struct machine *m, struct ifnet *ifp)
{
	struct ifnet *at;

	ifp->index = 1;
	TAILQ_FOREACH (at, &m->ifs, entry) {
		if (at->index != ifp->index)
			break;
		ifp->index++;
	}
	if (at != NULL)
		TAILQ_INSERT_BEFORE(at, ifp, entry);
	else
		TAILQ_INSERT_TAIL(&m->ifs, ifp, entry);
}

static int
unit_of(const char *name)
{
	const char *digits = name + strcspn(name, "0123456789");

	return (int)strtol(digits, NULL, 10);
}

/* What ifconfig shows as options until somebody changes them: the profile's
 * "limit DRIVER.caps". */
static uint32_t
first_caps(struct machine *m, enum ifkind kind)
{
	int64_t caps = 0;

	if (kind == KIND_HN)
		profile_limit(m->profile, "hn.caps", &caps);
	else if (kind == KIND_LOOP)
		caps = CAP_RXCSUM | CAP_TXCSUM | CAP_LINKSTATE |
		    CAP_RXCSUM_IPV6 | CAP_TXCSUM_IPV6;
	else if (kind == KIND_TAP || kind == KIND_TUN)
		caps = CAP_LINKSTATE;
	else if (kind == KIND_EPAIR)
		caps = CAP_VLAN_MTU;
	if (kind == KIND_HN)
		caps |= CAP_LINKSTATE;
	return (uint32_t)caps;
}

struct ifnet *
ifnet_new(struct machine *m, enum ifkind kind, const char *name,
    const uint8_t mac[6])
{
	struct ifnet *ifp = mem_zero(1, sizeof(*ifp));
	uint32_t caps = first_caps(m, kind);

	ifp->m = m;
	ifp->kind = kind;
	ifp->mtu = kind == KIND_LOOP ? 16384 : 1500;
	ifp->attached = true;
	snprintf(ifp->name, sizeof(ifp->name), "%s", name);
	ifp->unit = unit_of(name);
	memcpy(ifp->mac, mac, sizeof(ifp->mac));
	memcpy(ifp->own_mac, mac, sizeof(ifp->own_mac));
	memcpy(ifp->hw_mac, mac, sizeof(ifp->hw_mac));
	if (kind == KIND_VLAN)
		m->n_vlans++;
	insert_by_index(m, ifp);
	iftable_enter(&m->table, ifp);
	ifnet_set_caps(ifp, caps, caps);
	ifp->born = ++m->n_born;
	machine_changed(m, ifp);
	return ifp;
}

void
ifnet_set_caps(struct ifnet *ifp, uint32_t caps, uint32_t capenable)
{
	ifp->caps = caps;
	ifp->capenable = capenable;
	ifp->cap_linkstate = (capenable & CAP_LINKSTATE) != 0;
	machine_changed(ifp->m, ifp);
}

void
ifnet_set_mtu(struct ifnet *ifp, uint32_t mtu)
{
	if (ifp->mtu == mtu)
		return;
	ifp->mtu = mtu;
	machine_changed(ifp->m, ifp);
	ifnet_flags_told(ifp);
}

void
ifnet_attach_record(struct ifnet *ifp)
{
	devctl_emit(ifp->m, "!system=IFNET subsystem=%s type=ATTACH",
	    ifp->name);
	machine_rt(ifp->m, "ANNOUNCE %s arrival", ifp->name);
}

void
ifnet_ether_attached(struct ifnet *ifp)
{
	devctl_emit(ifp->m, "!system=ETHERNET subsystem=%s type=IFATTACH",
	    ifp->name);
}

void
ifnet_detached(struct ifnet *ifp)
{
	devctl_emit(ifp->m, "!system=IFNET subsystem=%s type=DETACH",
	    ifp->name);
}

void
ifnet_flags_told(struct ifnet *ifp)
{
	static const char *const links[] = { "unknown", "down", "up" };

	machine_rt(ifp->m, "IFINFO %s %s link-%s", ifp->name,
	    ifp->up ? "up" : "down", links[ifp->link]);
	if (ifp->member_of != NULL && bond_guest(ifp->m))
		bond_slave_link(ifp->member_of);
}

void
ifnet_set_up(struct ifnet *ifp, bool up)
{
	if (ifp->up == up)
		return;
	ifp->up = up;
	machine_changed(ifp->m, ifp);
	ifnet_flags_told(ifp);
}

/* --- link ------------------------------------------------------------------
 */

/* The vlans of a trunk are kept by a hash of their tag (net/if_vlan.c). */
static unsigned
vlan_slot(unsigned tag)
{
	return (tag ^ tag >> 4 ^ tag >> 8) % 16;
}

/* The next of the parent's vlans in the trunk's order: behind after, or the
 * first; of one slot the younger first. */
static struct ifnet *
next_vlan(struct ifnet *parent, const struct ifnet *after)
{
	struct ifnet *v, *best = NULL;
	unsigned slot, best_slot = 0, last = 0;

	if (after != NULL)
		last = vlan_slot(after->vlan.tag);
	TAILQ_FOREACH (v, &parent->m->ifs, entry) {
		if (v->kind != KIND_VLAN || v->vlan.parent != parent)
			continue;
		slot = vlan_slot(v->vlan.tag);
		if (after != NULL &&
		    (slot < last || (slot == last && v->index >= after->index)))
			continue;
		if (best == NULL || slot < best_slot ||
		    (slot == best_slot && v->index > best->index)) {
			best = v;
			best_slot = slot;
		}
	}
	return best;
}

static void
report_link(struct ifnet *ifp)
{
	struct ifnet *vlan = NULL;

	ifp->link_pending = false;
	if (!ifp->attached)
		return;
	ifnet_flags_told(ifp);
	while (ifp->m->n_vlans > 0 && (vlan = next_vlan(ifp, vlan)) != NULL)
		ifnet_set_link(vlan, ifp->link);
	if (ifp->member_of != NULL)
		lagg_port_link(ifp->member_of);
	if (ifp->vf.hn != NULL)
		hn_xt_link(ifp);
	devctl_emit(ifp->m, "!system=IFNET subsystem=%s type=%s", ifp->name,
	    ifp->link == LINK_UP ? "LINK_UP" : "LINK_DOWN");
}

static void
swi_arm(struct machine *m)
{
	if (!TAILQ_EMPTY(&m->swi) && !timer_is_armed(&m->swi_event.timer))
		vclock_after(&m->clock, &m->swi_event,
		    machine_delay(m, "kernel.link_task"));
}

static void
swi_fire(void *ctx, struct vevent *e)
{
	struct machine *m = ctx;
	struct ifnet *ifp = TAILQ_FIRST(&m->swi);

	(void)e;
	TAILQ_REMOVE(&m->swi, ifp, swi);
	report_link(ifp);
	swi_arm(m);
}

/* The state changes at once, the report follows. Changes before the report
 * are folded into it (FREEBSD.md, rapid link flaps). */
void
ifnet_set_link(struct ifnet *ifp, enum link_state link)
{
	struct machine *m = ifp->m;

	if (ifp->link == link)
		return;
	ifp->link = link;
	machine_changed(m, ifp);
	if (ifp->link_pending)
		return;
	ifp->link_pending = true;
	m->swi_event.fire = swi_fire;
	m->swi_event.ctx = m;
	m->swi_event.domain = VGUEST;
	TAILQ_INSERT_TAIL(&m->swi, ifp, swi);
	swi_arm(m);
}

/* A detach waits for the link task first: the last report is not lost. */
void
ifnet_drain_link(struct ifnet *ifp)
{
	struct machine *m = ifp->m;

	if (!ifp->link_pending)
		return;
	TAILQ_REMOVE(&m->swi, ifp, swi);
	if (TAILQ_EMPTY(&m->swi))
		vclock_cancel(&m->clock, &m->swi_event);
	report_link(ifp);
}

/* --- departure and jails ---------------------------------------------------
 */

static void
orphan_vlans(struct ifnet *parent)
{
	struct ifnet *vlan = NULL;

	while (
	    parent->m->n_vlans > 0 && (vlan = next_vlan(parent, NULL)) != NULL)
		vlan_unconfig(vlan);
}

/* What if_detach_internal() does: hn and lagg let go, in this order (D.5). */
static void
leave_host(struct ifnet *ifp)
{
	struct machine *m = ifp->m;

	ifnet_drain_link(ifp);
	ifp->up = false;
	ifnet_flags_told(ifp);
	inet_purge(ifp);
	machine_rt(m, "ANNOUNCE %s departure", ifp->name);
	hn_vf_departed(ifp);
	if (ifp->member_of != NULL)
		lagg_port_departed(ifp);
	if (ifp->kind != KIND_VLAN)
		orphan_vlans(ifp);
	machine_changed(m, ifp);
	iftable_leave(&m->table, ifp);
	TAILQ_REMOVE(&m->ifs, ifp, entry);
	ifp->attached = false;
	ifp->departed = ++m->departures;
}

/* Then nobody can find it. The record is the caller's, because some time
 * passes before it. */
void
ifnet_remove(struct ifnet *ifp)
{
	struct machine *m = ifp->m;

	leave_host(ifp);
	ifp->running = false;
	if (ifp->kind == KIND_VLAN)
		m->n_vlans--;
	TAILQ_INSERT_TAIL(&m->gone, ifp, entry);
}

int
ifnet_to_jail(struct ifnet *ifp)
{
	if (!ifp->attached || ifp->in_jail || ifp->dying)
		return SIM_EINVAL;
	leave_host(ifp);
	ifp->in_jail = true;
	TAILQ_INSERT_TAIL(&ifp->m->jailed, ifp, entry);
	bus_names_changed(ifp->m);
	ifnet_detached(ifp);
	return 0;
}

int
ifnet_from_jail(struct machine *m, const char *name)
{
	struct ifnet *ifp;

	TAILQ_FOREACH (ifp, &m->jailed, entry)
		if (strcmp(ifp->name, name) == 0)
			break;
	if (ifp == NULL)
		return SIM_ENXIO;
	if (ifnet_find(m, name) != NULL)
		return SIM_EEXIST;
	TAILQ_REMOVE(&m->jailed, ifp, entry);
	ifp->in_jail = false;
	ifp->attached = true;
	ifp->born = ++m->n_born;
	insert_by_index(m, ifp);
	iftable_enter(&m->table, ifp);
	machine_changed(m, ifp);
	ifnet_attach_record(ifp);
	return 0;
}
