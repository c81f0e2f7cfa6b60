/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/machine/bond.h"

#include <stdio.h>
#include <string.h>

#include "base/dur.h"
#include "sim/machine/hn.h"
#include "sim/machine/ifdriver.h"
#include "sim/machine/lagg.h"

bool
bond_guest(const struct machine *m)
{
	return m->os == SNAP_LINUX;
}

/* A link is looked at as its slave is enslaved, and by the poll; one that
 * changes in between stays what it was, whatever else happens (G.4 6). Who
 * never looks takes every slave for usable. */
static void
look(const struct ifnet *bond, struct ifnet *port)
{
	port->bond.seen = port->bond.opened &&
	    (bond->bond.miimon_ns == 0 || (port->link == LINK_UP && port->up));
}

static struct ifnet *
slave_named(const struct ifnet *bond, const char *name)
{
	size_t i;

	for (i = 0; i < bond->lagg.n_ports; i++)
		if (strcmp(bond->lagg.ports[i]->name, name) == 0)
			return bond->lagg.ports[i];
	return NULL;
}

/* primary_reselect is "always": the primary whenever it is usable; else who
 * is active stays so; else the first that is usable. */
static struct ifnet *
best(const struct ifnet *bond)
{
	const struct lagg *l = &bond->lagg;
	struct ifnet *primary = slave_named(bond, bond->bond.primary);
	size_t i;

	if (primary != NULL && primary->bond.seen)
		return primary;
	if (bond->bond.active != NULL && bond->bond.active->bond.seen)
		return bond->bond.active;
	for (i = 0; i < l->n_ports; i++)
		if (l->ports[i]->bond.seen)
			return l->ports[i];
	return NULL;
}

/* The new active slave's peers are told: one gratuitous ARP for the bond
 * (num_grat_arp is 1 unless set, G.4 8). */
static void
select_active(struct ifnet *bond)
{
	struct ifnet *to = best(bond);

	if (to == bond->bond.active)
		return;
	if (bond->bond.active != NULL && to != NULL)
		machine_reach(bond->m, "bond-failover");
	bond->bond.active = to;
	ifnet_set_link(bond, to != NULL ? LINK_UP : LINK_DOWN);
	if (to != NULL)
		machine_kernel_note(bond->m,
		    "%s: making interface %s the new active one, gratuitous "
		    "ARP sent",
		    bond->name, to->name);
	machine_changed(bond->m, bond);
	machine_hint(bond->m);
}

static void
poll_fire(void *ctx, struct vevent *e)
{
	struct ifnet *bond = ctx;
	size_t i;

	(void)e;
	for (i = 0; i < bond->lagg.n_ports; i++)
		look(bond, bond->lagg.ports[i]);
	select_active(bond);
}

int
bond_create(struct machine *m, const char *name, int64_t miimon_ns)
{
	struct ifnet *bond;

	if (profile_flag(m->profile, "bond.none"))
		return SIM_EOPNOTSUPP;
	bond = lagg_new(m, name);
	bond->bond.miimon_ns = miimon_ns;
	bond->bond.born_ns = m->clock.now_ns;
	bond->bond.poll.fire = poll_fire;
	bond->bond.poll.ctx = bond;
	bond->bond.poll.domain = VGUEST;
	bond->link = LINK_DOWN; /* from its birth, and no event */
	return 0;
}

int
bond_why_not(const struct ifnet *port)
{
	return port->up ? SIM_EPERM : 0;
}

int64_t
bond_open_step(struct ktask *k, struct ifnet *bond, struct ifnet *port, int *pc)
{
	int64_t delay;

	/* A switch of the data path that has begun comes to its end. */
	if (k->hn == NULL && (!port->attached || port->member_of != bond))
		return KTASK_DONE;
	if (k->sub < 5) {
		ifnet_set_up(port, true);
		delay =
		    port->running ? KTASK_DONE : driver_start_step(k, port, pc);
		if (delay != KTASK_DONE)
			return delay;
		k->sub = 5;
		*pc = 0;
	}
	if (port->kind == KIND_VF &&
	    (delay = hn_switch_step(k, port, true, pc)) != KTASK_DONE)
		return delay;
	if (port->member_of != bond)
		return KTASK_DONE;
	port->bond.opened = true;
	look(bond, port);
	select_active(bond);
	return KTASK_DONE;
}

static int64_t
close_step(struct machine *m, struct ktask *k)
{
	int64_t delay;

	(void)m;
	if (k->pc == 0) {
		delay = hn_event_step(k, k->ifp, false, &k->sub);
		if (delay != KTASK_DONE)
			return delay;
		k->pc = 1;
		k->sub = 0;
	}
	/* Enslaved again before the driver got to it. */
	if (k->sub == 0 && k->ifp->up)
		return KTASK_DONE;
	return driver_stop_step(k, k->ifp, &k->sub);
}

void
bond_close(struct ifnet *port)
{
	if (!port->up || !port->attached || port->dying)
		return;
	ifnet_set_up(port, false);
	ktask_start(port->m, close_step, 0)->ifp = port;
}

void
bond_slave_gone(struct ifnet *bond, struct ifnet *port)
{
	port->bond.opened = port->bond.seen = false;
	select_active(bond);
}

/* The monitor looks every miimon, counted from the bond's creation. */
void
bond_slave_link(struct ifnet *bond)
{
	struct vclock *c = &bond->m->clock;
	int64_t period = bond->bond.miimon_ns, age;

	if (period == 0 || timer_is_armed(&bond->bond.poll.timer))
		return;
	age = c->now_ns - bond->bond.born_ns;
	vclock_after(c, &bond->bond.poll, period - age % period);
}

int
bond_set_primary(struct ifnet *bond, const char *name)
{
	if (slave_named(bond, name) == NULL)
		return SIM_EINVAL;
	snprintf(bond->bond.primary, sizeof(bond->bond.primary), "%s", name);
	select_active(bond);
	machine_changed(bond->m, bond);
	return 0;
}

const char *
bond_primary_name(const struct ifnet *bond)
{
	/* The kernel keeps the name of one that has left, and tells of a
	 * primary only while it is there (IFLA_BOND_PRIMARY; seen in the
	 * lab). */
	return slave_named(bond, bond->bond.primary) != NULL
	    ? bond->bond.primary
	    : "none";
}

bool
bond_is_primary(const struct ifnet *bond, const struct ifnet *port)
{
	return strcmp(bond->bond.primary, port->name) == 0;
}

struct ifnet *
bond_active(const struct ifnet *bond)
{
	return bond->bond.active;
}

bool
bond_accepts(const struct ifnet *bond, const struct ifnet *port)
{
	return bond->up && bond->running &&
	    (port == bond->bond.active || bond->m->failover_rx_all != 0);
}

void
bond_forget(struct ifnet *bond)
{
	vclock_cancel(&bond->m->clock, &bond->bond.poll);
}
