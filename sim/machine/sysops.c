/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/machine/sysops.h"

#include <stdio.h>
#include <string.h>

#include "base/dur.h"
#include "base/suggest.h"
#include "sim/machine/bond.h"
#include "sim/machine/dhclient.h"
#include "sim/machine/hn.h"
#include "sim/machine/ifdriver.h"
#include "sim/machine/ifops.h"
#include "sim/machine/inet.h"
#include "sim/machine/inet6.h"
#include "sim/machine/lagg.h"

static const char *const sysctls[] = { "hw.hn.vf_transparent",
	"net.link.lagg.failover_rx_all", "hw.bus.devctl_queue" };

int
sysop_sysctl(struct machine *m, const char *name, const char *value,
    struct err *err)
{
	const char *nearest;
	int64_t v;

	if (!num_parse(value, strlen(value), 0, 1000000, &v))
		return err_set(err, ERR_INPUT,
		    "%s: \"%s\" is not a number from 0 to 1000000", name,
		    value);
	if (strcmp(name, sysctls[0]) == 0) {
		m->transparent = v != 0;
	} else if (strcmp(name, sysctls[1]) == 0) {
		m->failover_rx_all = v != 0;
	} else if (strcmp(name, sysctls[2]) == 0) {
		devctl_set_limit(m, (size_t)v);
	} else {
		nearest = suggest(name, sysctls,
		    sizeof(sysctls) / sizeof(sysctls[0]));
		return err_set(err, ERR_INPUT,
		    "the machine has no sysctl %s; %s%s", name,
		    nearest != NULL ? "did you mean " : "it has ",
		    nearest != NULL ? nearest
				    : "hw.hn.vf_transparent, "
				      "net.link.lagg.failover_rx_all and "
				      "hw.bus.devctl_queue");
	}
	machine_changed(m, NULL);
	return 0;
}

/* --- steps of the operations that take time --------------------------------
 */

static int64_t
finish(struct ktask *k, int result)
{
	k->result = result;
	return KTASK_DONE;
}

static int64_t
up_step(struct ktask *k)
{
	struct ifnet *ifp = k->ifp;
	int64_t delay;

	/* Who has hn's lock gives it back: a switch of the data path that has
	 * begun comes to its end, and so does a start of hn. */
	if (k->hn == NULL && (!ifp->attached || ifp->dying))
		return finish(k, SIM_ENXIO);
	switch (k->pc) {
	case 1:
		if (ifp->up && k->op.kind == OP_UP)
			return KTASK_DONE;
		k->sub3 = ifp->up ? 0 : k->op.kind == OP_UP ? 1 : 2;
		ifp->up = true;
		machine_changed(ifp->m, ifp);
		k->pc = 2;
		/* FALLTHROUGH */
	case 2:
		delay = ifp->running && ifp->kind != KIND_LOOP
		    ? KTASK_DONE
		    : driver_start_step(k, ifp, &k->sub);
		if (delay != KTASK_DONE)
			return delay;
		k->pc = 3;
		k->sub = 0;
	}
	/* An address on one that is up is looked at by hn too (N2). */
	delay = hn_event_step(k, ifp, true, &k->sub);
	if (delay != KTASK_DONE || k->sub3 == 0)
		return delay;
	/* What an address sets up is not told (a_stock_bringup.rt). */
	if (k->sub3 == 1) {
		inet_up(ifp);
		ifnet_flags_told(ifp);
	}
	inet6_interface_up(ifp);
	return delay;
}

static int64_t
down_step(struct ktask *k)
{
	struct ifnet *ifp = k->ifp;
	int64_t delay;

	if (k->sub == 0 && (!ifp->attached || ifp->dying))
		return finish(k, SIM_ENXIO);
	if (k->pc == 1) {
		if (!ifp->up && k->sub == 0)
			return KTASK_DONE;
		delay = hn_event_step(k, ifp, false, &k->sub);
		if (delay != KTASK_DONE)
			return delay;
		inet_down(ifp);
		ifnet_set_up(ifp, false);
		k->pc = 2;
		k->sub = 0;
	}
	/* Upped again before the driver got to it: it looks at the flag. */
	if (k->sub == 0 && ifp->up)
		return KTASK_DONE;
	return driver_stop_step(k, ifp, &k->sub);
}

/* rc disables IPv6 on what it does not configure with it; ifconfig leaves it
 * so, the engine does not (world/bsdapply.c). Linux has no such thing. */
static void
enable_ipv6(const struct ktask *k)
{
	if (k->engine && !bond_guest(k->m))
		inet6_enable(k->ifp);
}

static int64_t
address_step(struct ktask *k)
{
	struct ifnet *ifp = k->ifp;

	if (k->sub2 < 2 && (!ifp->attached || ifp->dying))
		return finish(k, SIM_ENXIO);
	if (k->sub2 == 0) {
		k->sub2 = 1;
		return machine_delay(ifp->m, "inet.address");
	}
	if (k->op.kind == OP_ADDR_DEL) {
		if (k->sub2 == 1) {
			k->result = inet_del(ifp, &k->op.addr);
			if (k->result != 0)
				return KTASK_DONE;
			k->sub2 = 2;
			k->sub3 = ifp->up;
		}
		/* hn looks at the flag then, as at any change (N2, N3). */
		return hn_event_step(k, ifp, k->sub3 != 0, &k->sub);
	}
	if (k->sub2 == 1) {
		if (k->op.addr.family == 6)
			enable_ipv6(k);
		k->result = k->op.addr.family == 6
		    ? inet6_add(ifp, &k->op.addr, 0)
		    : inet_add(ifp, &k->op.addr);
		if (k->result != 0)
			return KTASK_DONE;
		k->sub2 = 2;
	}
	/* An address brings its interface up (FACTS.md B.3), unless on Linux.
	 */
	return bond_guest(k->m) ? KTASK_DONE : up_step(k);
}

static int64_t
create_step(struct ktask *k)
{
	if (k->pc++ == 1)
		return machine_delay(k->m, "lagg.create");
	if (ifnet_find(k->m, k->op.ifname) != NULL)
		return finish(k, SIM_EEXIST);
	if (bond_guest(k->m))
		return finish(k,
		    bond_create(k->m, k->op.ifname, k->op.value * DUR_MS));
	lagg_new(k->m, k->op.ifname);
	return KTASK_DONE;
}

static int64_t
route_step(struct ktask *k)
{
	if (k->pc++ == 1)
		return machine_delay(k->m, "inet.route");
	return finish(k,
	    k->op.kind == OP_DEFAULT_ADD
		? inet_default_add(k->m, &k->op.addr, k->ifp)
		: inet_default_del(k->m, k->op.addr.family == 6 ? 6 : 4));
}

static int64_t
lagg_step(struct ktask *k)
{
	struct ifnet *lagg = k->ifp;
	int64_t delay;

	if (lagg->kind != KIND_LAGG)
		return finish(k, SIM_EINVAL);
	k->other = k->other != NULL ? k->other : ifnet_find(k->m, k->op.other);
	if (k->op.kind == OP_PORT_ADD)
		return lagg_add_step(k, lagg, k->other, &k->sub);
	if (k->op.kind == OP_PORT_DEL)
		return lagg_is_locked(lagg)
		    ? LAGG_LOCK_POLL
		    : finish(k, lagg_del(lagg, k->other));
	if (k->op.kind == OP_PRIMARY)
		return finish(k,
		    bond_guest(k->m) ? bond_set_primary(lagg, k->op.other)
				     : SIM_EOPNOTSUPP);
	if (k->pc++ == 1)
		return machine_delay(k->m, "lagg.destroy");
	if (k->sub == 0 && lagg_is_locked(lagg))
		return LAGG_LOCK_POLL;
	delay = lagg->attached ? lagg_ports_step(k, lagg, false, &k->sub)
			       : KTASK_DONE;
	if (delay != KTASK_DONE)
		return delay;
	if (!lagg->attached)
		return finish(k, SIM_ENXIO);
	lagg_destroy(lagg);
	return KTASK_DONE;
}

static int64_t
sysctl_step(struct ktask *k)
{
	char value[16];

	snprintf(value, sizeof(value), "%d", k->op.value);
	return finish(k,
	    sysop_sysctl(k->m, k->op.text, value, NULL) == 0 ? 0 : SIM_ENOENT);
}

/* A program is waited for until it goes to the background; a start of our own
 * that does not wait has nothing to say. */
static int64_t
dhcp_step(struct ktask *k)
{
	bool background = k->op.value == 0;

	if (k->op.kind == OP_DHCP_STOP)
		return finish(k,
		    dhclient_stop(k->m, k->op.ifname) ? 0 : SIM_ENOENT);
	if (k->pc++ > 1)
		return KTASK_DONE;
	if (!background || k->op.program[0] != '\0')
		return dhclient_start(k->m, k->op.ifname, background, k);
	if (dhclient_runs(k->m, k->op.ifname))
		return finish(k, SIM_EEXIST);
	dhclient_start(k->m, k->op.ifname, background, NULL);
	return KTASK_DONE;
}

static int64_t
nd6_step(struct ktask *k)
{
	if (k->op.kind == OP_RTADV && k->op.value != 0)
		enable_ipv6(k);
	if (k->op.kind == OP_RTADV)
		inet6_set_rtadv(k->ifp, k->op.value != 0);
	else if (k->op.kind == OP_NO_DAD)
		inet6_set_no_dad(k->ifp, k->op.value != 0);
	else
		inet6_solicit(k->ifp);
	return KTASK_DONE;
}

static bool
needs_interface(enum op_kind kind)
{
	switch (kind) {
	case OP_LAGG_CREATE:
	case OP_DEFAULT_ADD:
	case OP_DEFAULT_DEL:
	case OP_SYSCTL:
	case OP_PROCESS:
	case OP_CLONE:
	case OP_DHCP_STOP:
		return false;
	default:
		return true;
	}
}

static int64_t
sysop_step(struct machine *m, struct ktask *k)
{
	if (k->pc == 0) {
		k->pc = 1;
		k->ifp = ifnet_find(m, k->op.ifname);
		if (k->ifp == NULL && needs_interface(k->op.kind))
			return finish(k, SIM_ENXIO);
	}
	switch (k->op.kind) {
	case OP_LAGG_CREATE:
		return create_step(k);
	case OP_LAGG_DESTROY:
	case OP_PORT_ADD:
	case OP_PORT_DEL:
	case OP_PRIMARY:
		return lagg_step(k);
	case OP_DESCR:
		snprintf(k->ifp->descr, sizeof(k->ifp->descr), "%s",
		    k->op.text);
		machine_changed(k->m, k->ifp);
		return KTASK_DONE;
	case OP_UP:
		return up_step(k);
	case OP_DOWN:
		return down_step(k);
	case OP_ADDR_ADD:
	case OP_ADDR_DEL:
		return address_step(k);
	case OP_DEFAULT_ADD:
	case OP_DEFAULT_DEL:
		return route_step(k);
	case OP_SYSCTL:
		return sysctl_step(k);
	case OP_DHCP_START:
	case OP_DHCP_STOP:
		return dhcp_step(k);
	case OP_RTADV:
	case OP_NO_DAD:
	case OP_RTSOL:
		return nd6_step(k);
	default:
		break;
	}
	return ifops_knows(k->op.kind) ? ifops_step(k) : KTASK_DONE;
}

struct ktask *
sysop_begin(struct machine *m, const struct operation *op,
    void (*done)(struct ktask *k), void *ctx)
{
	int64_t delay = op->program[0] == '\0'
	    ? machine_delay(m, "kernel.syscall")
	    : profile_program_delay(m->profile, "program", op->program);
	struct ktask *k;

	if (op->kind == OP_ADDR_ADD || op->kind == OP_ADDR_DEL)
		TAILQ_FOREACH (k, &m->tasks, entry)
			if (k->op.kind == OP_PORT_ADD)
				machine_reach(m, "address-amid-join");
	k = ktask_start(m, sysop_step, delay);
	k->op = *op;
	k->done = done;
	k->ctx = ctx;
	return k;
}
