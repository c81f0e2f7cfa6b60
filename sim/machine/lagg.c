/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/machine/lagg.h"

#include <assert.h>
#include <string.h>

#include "sim/machine/bond.h"
#include "sim/machine/hn.h"
#include "sim/machine/ifdriver.h"
#include "sim/machine/ifops.h"
#include "sim/machine/inet.h"
#include "sim/machine/inet6.h"

struct ifnet *
lagg_new(struct machine *m, const char *name)
{
	static const uint8_t no_mac[6];
	struct ifnet *lagg = ifnet_new(m, KIND_LAGG, name, no_mac);

	ifnet_attach_record(lagg);
	ifnet_ether_attached(lagg);
	return lagg;
}

static bool
is_active(const struct ifnet *port)
{
	return port->link == LINK_UP && port->up;
}

struct ifnet *
lagg_active(const struct ifnet *lagg)
{
	const struct lagg *l = &lagg->lagg;
	size_t i;

	if (bond_guest(lagg->m))
		return bond_active(lagg);
	if (l->primary == NULL)
		return NULL;
	if (is_active(l->primary))
		return l->primary;
	/* The successor of the primary in the list comes before the others. */
	for (i = 0; i + 1 < l->n_ports; i++)
		if (l->ports[i] == l->primary && is_active(l->ports[i + 1]))
			return l->ports[i + 1];
	for (i = 0; i < l->n_ports; i++)
		if (is_active(l->ports[i]))
			return l->ports[i];
	return NULL;
}

bool
lagg_accepts(const struct ifnet *lagg, const struct ifnet *port)
{
	const struct ifnet *primary = lagg->lagg.primary, *active;

	if (bond_guest(lagg->m))
		return bond_accepts(lagg, port);
	if (!lagg->up || !lagg->running)
		return false;
	if (port == primary || lagg->m->failover_rx_all != 0)
		return true;
	if (primary != NULL && is_active(primary))
		return false;
	active = lagg_active(lagg);
	return active == NULL || active == port;
}

void
lagg_port_link(struct ifnet *lagg)
{
	enum link_state link = LINK_DOWN;
	size_t i;

	if (bond_guest(lagg->m)) {
		bond_slave_link(lagg);
		machine_changed(lagg->m, lagg);
		return;
	}
	/* Any port's link counts, up or not (D.1). */
	for (i = 0; i < lagg->lagg.n_ports; i++)
		if (lagg->lagg.ports[i]->link == LINK_UP)
			link = LINK_UP;
	ifnet_set_link(lagg, link);
	machine_changed(lagg->m, lagg);
}

void
lagg_capabilities(struct ifnet *lagg)
{
	const struct lagg *l = &lagg->lagg;
	uint32_t can = ~0U, on = ~0U;
	size_t i;

	for (i = 0; i < l->n_ports; i++) {
		can &= l->ports[i]->caps;
		on &= l->ports[i]->capenable;
	}
	if (l->n_ports == 0)
		can = on = 0;
	for (i = 0; i < l->n_ports; i++)
		driver_set_caps(l->ports[i], on);
	ifnet_set_caps(lagg, can, on);
}

static void
insert(struct ifnet *lagg, struct ifnet *port)
{
	struct lagg *l = &lagg->lagg;
	size_t at = l->n_ports;

	/* Who is the first is decided now: others may have come and gone since
	 * the call began. */
	if (l->n_ports == 0) {
		ifnet_set_mac(port, port->own_mac);
		lagg->mtu = port->mtu;
		ifnet_set_mac(lagg, port->mac);
	} else {
		ifnet_set_mac(port, lagg->mac);
	}
	while (at > 0 && l->ports[at - 1]->index > port->index) {
		l->ports[at] = l->ports[at - 1];
		at--;
	}
	l->ports[at] = port;
	l->n_ports++;
	if (l->primary == NULL)
		l->primary = port;
	port->member_of = lagg;
	port->own_capenable = port->capenable;
	lagg_capabilities(lagg);
	machine_changed(lagg->m, port);
	lagg_port_link(lagg);
	machine_hint(lagg->m); /* its multicast memberships, untold */
}

/* A port that has IPv6 addresses loses them all as it joins (D.3). */
static void
wipe_ipv6(struct ifnet *lagg, struct ifnet *port)
{
	bool any = false;
	size_t i = 0;

	while (i < port->n_addrs)
		if (port->addrs[i].family == 6) {
			inet_del(port, &port->addrs[i]);
			any = true;
		} else {
			i++;
		}
	if (any)
		machine_kernel_note(lagg->m,
		    "%s: IPv6 addresses on %s have been removed before "
		    "adding it as a member",
		    lagg->name, port->name);
}

/* A bridge has a type of its own; lo and tun are no Ethernet (D.3). */
static bool
is_ethernet(const struct ifnet *port)
{
	return port->kind != KIND_LOOP && port->kind != KIND_TUN &&
	    port->kind != KIND_BRIDGE;
}

static int
why_not(const struct ifnet *lagg, const struct ifnet *port)
{
	if (port == NULL || port->kind == KIND_LAGG)
		return SIM_EINVAL;
	if (lagg->lagg.n_ports == SNAP_PORTS)
		return SIM_ENOSPC;
	if (port->member_of == lagg)
		return SIM_EEXIST;
	if (port->member_of != NULL)
		return SIM_EBUSY;
	if (bond_guest(lagg->m) && bond_why_not(port) != 0)
		return bond_why_not(port);
	if (!is_ethernet(port))
		return SIM_EPROTONOSUPPORT;
	return port->dying ? SIM_ENXIO : 0;
}

int64_t
lagg_add_step(struct ktask *k, struct ifnet *lagg, struct ifnet *port, int *pc)
{
	int64_t delay;

	switch (*pc) {
	case 0:
		/* The addresses go before anything is looked at (D.3). */
		if (port != NULL && !bond_guest(lagg->m))
			wipe_ipv6(lagg, port);
		k->result = why_not(lagg, port);
		if (k->result != 0)
			return KTASK_DONE;
		*pc = 1;
		k->sub2 = 0;
		return machine_delay(lagg->m, "lagg.port");
	case 1:
		if (k->sub2 == 0 &&
		    (!lagg->attached || lagg->lagg.n_ports == 0)) {
			*pc = 3;
			return 0;
		}
		delay = ifops_mtu_step(k, port, lagg->mtu, &k->sub2);
		if (delay != KTASK_DONE)
			return delay;
		if (k->result != 0)
			return KTASK_DONE; /* H20: it does not join */
		ifnet_set_mac(port, lagg->mac);
		*pc = port->running ? 2 : 3;
		k->sub2 = 0;
		return 0;
	case 2: /* the MAC is set even if it is the same: a restart (D.3) */
		delay = driver_restart_step(k, port, &k->sub2);
		if (delay != KTASK_DONE)
			return delay;
		*pc = 3;
		return 0;
	case 4:
	case 5: /* bond_open_step counts on */
		return bond_open_step(k, lagg, port, &k->sub2);
	}
	if (lagg_moves_ports(lagg) && lagg_is_locked(lagg))
		return LAGG_LOCK_POLL;
	/* Another process may have been quicker. */
	k->result =
	    port->attached && lagg->attached ? why_not(lagg, port) : SIM_ENXIO;
	if (k->result != 0) {
		if (port->member_of == NULL && port->attached)
			ifnet_set_mac(port, port->own_mac);
		return KTASK_DONE;
	}
	/* It was another one when the port was given it: the kernel holds the
	 * aggregate's lock over both. */
	if (lagg->lagg.n_ports > 0 && port->mtu != lagg->mtu) {
		*pc = 1;
		k->sub2 = 0;
		return 0;
	}
	insert(lagg, port);
	if (!bond_guest(lagg->m))
		return KTASK_DONE;
	*pc = 4;
	k->sub2 = 0;
	return 0;
}

bool
lagg_is_locked(const struct ifnet *lagg)
{
	return lagg->attached && lagg->lagg.changer != NULL;
}

/* --- its ports go with it --- */

bool
lagg_moves_ports(const struct ifnet *lagg)
{
	return machine_flag(lagg->m, "lagg.updown") && !bond_guest(lagg->m);
}

/* Where a port is; its event's steps are counted from EVENT on, its driver's
 * from DRIVER on. */
enum { UNLOCKED, CHOSEN, EVENT, DRIVER = 16 };

/* The list is one of indices, and somebody may leave it meanwhile. */
static struct ifnet *
port_behind(const struct ifnet *lagg, const struct ifnet *port)
{
	size_t i;

	for (i = 0; i < lagg->lagg.n_ports; i++)
		if (port == NULL || lagg->lagg.ports[i]->index > port->index)
			return lagg->lagg.ports[i];
	return NULL;
}

static void
set_flag(struct ifnet *port, bool up)
{
	bool was_up = port->up;

	if (was_up && !up)
		inet_down(port);
	port->up = up;
	machine_changed(port->m, port);
	if (!was_up && up)
		inet_up(port);
	ifnet_flags_told(port); /* even if it was so before */
	if (!was_up && up)
		inet6_interface_up(port);
}

/* if_up() sets the flag and hn hears of it, if_down() the other way round;
 * then comes the driver, which looks at the flag. */
static int64_t
port_step(struct ktask *k, struct ifnet *port, bool up, int *pc)
{
	int64_t delay;
	int sub;

	if (*pc == CHOSEN) {
		if (up)
			set_flag(port, true);
		*pc = EVENT;
	}
	if (*pc < DRIVER) {
		sub = *pc - EVENT;
		delay = hn_event_step(k, port, up, &sub);
		*pc = EVENT + sub;
		if (delay != KTASK_DONE)
			return delay;
		if (!up && port->attached)
			set_flag(port, false);
		*pc = DRIVER;
	}
	sub = *pc - DRIVER;
	if (sub == 0 && (port->up != up || port->running == up))
		return KTASK_DONE;
	delay = up ? driver_start_step(k, port, &sub)
		   : driver_stop_step(k, port, &sub);
	*pc = DRIVER + sub;
	return delay;
}

int64_t
lagg_ports_step(struct ktask *k, struct ifnet *lagg, bool up, int *pc)
{
	struct ifnet *port;
	int64_t delay;

	if (*pc == UNLOCKED) {
		if (!lagg_moves_ports(lagg) || lagg->running == up)
			return KTASK_DONE;
		if (lagg_is_locked(lagg))
			return LAGG_LOCK_POLL;
		lagg->lagg.changer = k;
		lagg->running = false;
		machine_changed(lagg->m, lagg);
		k->other = port_behind(lagg, NULL);
		*pc = CHOSEN;
	}
	while ((port = k->other) != NULL) {
		/* Who has hn's lock gives it back. */
		if (k->hn != NULL ||
		    (port->attached && !port->dying &&
			port->member_of == lagg)) {
			delay = port_step(k, port, up, pc);
			if (delay != KTASK_DONE)
				return delay;
		}
		k->other = port_behind(lagg, port);
		*pc = CHOSEN;
	}
	lagg->lagg.changer = NULL;
	lagg->running = up;
	machine_changed(lagg->m, lagg);
	*pc = UNLOCKED;
	return KTASK_DONE;
}

static void
take_out(struct ifnet *lagg, struct ifnet *port)
{
	static const uint8_t no_mac[6];
	struct lagg *l = &lagg->lagg;
	size_t i;

	for (i = 0; i < l->n_ports; i++)
		if (l->ports[i] == port)
			break;
	assert(i < l->n_ports);
	memmove(&l->ports[i], &l->ports[i + 1],
	    (l->n_ports - i - 1) * sizeof(l->ports[0]));
	l->n_ports--;
	port->member_of = NULL;
	if (bond_guest(lagg->m)) {
		bond_slave_gone(lagg, port);
	} else if (l->primary == port) {
		/* The first in the list inherits, its own MAC with it. */
		l->primary = l->n_ports > 0 ? l->ports[0] : NULL;
		if (l->primary != NULL)
			ifnet_set_mac(lagg, l->primary->own_mac);
		else
			ifnet_set_mac(lagg, no_mac);
		for (i = 0; i < l->n_ports; i++) {
			ifnet_set_mac(l->ports[i], lagg->mac);
			driver_bounce(l->ports[i]);
		}
	}
	lagg_capabilities(lagg);
	machine_changed(lagg->m, port);
	lagg_port_link(lagg);
	machine_hint(lagg->m); /* its multicast memberships, untold */
}

int
lagg_del(struct ifnet *lagg, struct ifnet *port)
{
	if (port == NULL)
		return SIM_EINVAL;
	if (port->member_of != lagg)
		return SIM_ENOENT;
	take_out(lagg, port);
	ifnet_set_mac(port, port->own_mac);
	driver_set_caps(port, port->own_capenable);
	if (bond_guest(lagg->m))
		bond_close(port);
	else
		driver_bounce(port);
	return 0;
}

void
lagg_port_departed(struct ifnet *port)
{
	take_out(port->member_of, port);
}

void
lagg_destroy(struct ifnet *lagg)
{
	lagg->up = lagg->running = false;
	while (lagg->lagg.n_ports > 0)
		lagg_del(lagg, lagg->lagg.ports[0]);
	if (bond_guest(lagg->m))
		bond_forget(lagg);
	ifnet_remove(lagg);
	ifnet_detached(lagg);
}
