/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/machine/ifops.h"

#include <string.h>

#include "base/mem.h"
#include "sim/machine/cloned.h"
#include "sim/machine/hn.h"
#include "sim/machine/ifdriver.h"
#include "sim/machine/lagg.h"

static int64_t
finish(struct ktask *k, int result)
{
	k->result = result;
	return KTASK_DONE;
}

/* --- MTU --- */

static int
why_not_mtu(const struct ifnet *ifp, uint32_t mtu)
{
	int64_t most = 65535;

	if (!ifp->attached || ifp->dying)
		return SIM_ENXIO;
	if (ifp->kind == KIND_VF)
		profile_driver_limit(ifp->m->profile, ifp->vf.driver, "mtu",
		    &most);
	if (ifp->kind == KIND_VLAN)
		most = ifp->vlan.parent == NULL ? 0 : ifp->vlan.parent->mtu;
	return mtu < 72 || mtu > most ? SIM_EINVAL : 0;
}

int64_t
ifops_mtu_step(struct ktask *k, struct ifnet *ifp, uint32_t mtu, int *pc)
{
	int64_t delay;

	if (ifp->kind == KIND_HN && !ifp->m->following)
		return hn_mtu_step(k, ifp, mtu, pc);
	if (*pc == 0) {
		k->result = why_not_mtu(ifp, mtu);
		if (k->result != 0 || ifp->mtu == mtu)
			return KTASK_DONE;
		ifnet_set_mtu(ifp, mtu);
		if (!ifp->running || !driver_trait(ifp, "mtu_restarts"))
			return KTASK_DONE;
	}
	delay = driver_restart_step(k, ifp, pc);
	if (delay == KTASK_DONE)
		*pc = 0;
	return delay;
}

/* A lagg's MTU is each port's first; if one refuses, those that took it go
 * back to what they had. */
struct lagg_mtu {
	struct ifnet *ports[SNAP_PORTS];
	size_t n, at;
	uint32_t to, before;
	int error;
};

/* The kernel holds the aggregate's lock over all of it, here another change of
 * the MTU does; a port may have joined meanwhile, with the one from before. */
static struct ifnet *
with_other_mtu(const struct ifnet *lagg, uint32_t mtu)
{
	size_t i;

	for (i = 0; i < lagg->lagg.n_ports; i++)
		if (lagg->lagg.ports[i]->mtu != mtu)
			return lagg->lagg.ports[i];
	return NULL;
}

static int64_t
lagg_mtu_step(struct ktask *k)
{
	struct lagg_mtu *w = k->owned;
	struct ifnet *lagg = k->ifp, *late;
	int64_t delay;

	while (w->error == 0 ? w->at < w->n : w->at > 0) {
		struct ifnet *port =
		    w->ports[w->error == 0 ? w->at : w->at - 1];

		if (port->member_of == lagg || k->sub > 0) {
			delay = ifops_mtu_step(k, port,
			    w->error == 0 ? w->to : w->before, &k->sub);
			if (delay != KTASK_DONE)
				return delay;
			k->sub = 0;
		} else {
			k->result = 0;
		}
		if (w->error != 0)
			w->at--;
		else if (k->result == 0)
			w->at++;
		else
			w->error = k->result;
	}
	if (!lagg->attached)
		return finish(k, SIM_ENXIO);
	late = w->error == 0 ? with_other_mtu(lagg, w->to) : NULL;
	if (late != NULL && w->n < SNAP_PORTS) {
		w->ports[w->n++] = late;
		return 0;
	}
	if (w->error == 0)
		ifnet_set_mtu(lagg, w->to);
	return finish(k, w->error);
}

static int64_t
lagg_mtu_locked_step(struct ktask *k)
{
	struct ifnet *lagg = k->ifp;
	struct lagg_mtu *w;
	int64_t delay;

	if (k->owned == NULL) {
		if (lagg_is_locked(lagg))
			return LAGG_LOCK_POLL;
		lagg->lagg.changer = k;
		w = k->owned = mem_zero(1, sizeof(*w));
		w->n = lagg->lagg.n_ports;
		memcpy(w->ports, lagg->lagg.ports, sizeof(w->ports));
		w->to = (uint32_t)k->op.value;
		w->before = lagg->mtu;
	}
	delay = lagg_mtu_step(k);
	if (delay == KTASK_DONE)
		lagg->lagg.changer = NULL;
	return delay;
}

static int64_t
mtu_step(struct ktask *k)
{
	/* Not asked again: one that joins meanwhile keeps what is begun. */
	if (k->sub == 0 && (k->op.value < 72 || k->ifp->member_of != NULL))
		return finish(k, SIM_EINVAL);
	if (k->ifp->kind == KIND_LAGG)
		return lagg_mtu_locked_step(k);
	return ifops_mtu_step(k, k->ifp, (uint32_t)k->op.value, &k->sub);
}

/* --- MAC --- */

/* if_setlladdr() sets who is up down and up again: with it its ports, which get
 * the MAC in between. */
static int64_t
lagg_bounce_step(struct ktask *k)
{
	struct ifnet *lagg = k->ifp;
	int64_t delay;
	size_t i;

	if (k->pc == 2) {
		delay = lagg_ports_step(k, lagg, false, &k->sub);
		if (delay != KTASK_DONE)
			return delay;
		for (i = 0; i < lagg->lagg.n_ports; i++)
			ifnet_set_mac(lagg->lagg.ports[i], lagg->mac);
		k->pc = 3;
	}
	delay = lagg_ports_step(k, lagg, true, &k->sub);
	return delay != KTASK_DONE ? delay : finish(k, 0);
}

static int64_t
ether_step(struct ktask *k)
{
	struct ifnet *ifp = k->ifp;
	size_t i;

	if (k->pc > 1)
		return lagg_bounce_step(k);
	if (ifp->kind == KIND_LOOP || ifp->kind == KIND_TUN ||
	    (k->op.mac[0] & 1) != 0)
		return finish(k, SIM_EINVAL);
	ifnet_set_mac(ifp, k->op.mac);
	if (ifp->member_of == NULL)
		memcpy(ifp->own_mac, k->op.mac, sizeof(ifp->own_mac));
	if (ifp->kind != KIND_LAGG) {
		driver_bounce(ifp);
		return finish(k, 0);
	}
	if (lagg_moves_ports(ifp) && ifp->up) {
		k->pc = 2;
		return lagg_bounce_step(k);
	}
	/* lagg_init() hands it down, and runs only for one that is up. */
	for (i = 0; ifp->up && i < ifp->lagg.n_ports; i++) {
		ifnet_set_mac(ifp->lagg.ports[i], ifp->mac);
		driver_bounce(ifp->lagg.ports[i]);
	}
	return finish(k, 0);
}

/* --- capabilities --- */

static void
enable_caps(struct ifnet *ifp, uint32_t capenable)
{
	struct machine *m = ifp->m;

	if (hn_xt_forwards(ifp)) {
		machine_reach(m, "X8");
		ifnet_set_caps(ifp->hn.vf, ifp->hn.vf->caps,
		    capenable & ifp->hn.vf->caps);
		capenable &= ifp->hn.vf->capenable | CAP_LINKSTATE;
	}
	driver_set_caps(ifp, capenable & ifp->caps);
}

static int64_t
caps_step(struct ktask *k)
{
	struct ifnet *ifp = k->ifp;
	size_t i;

	if (ifp->kind == KIND_LAGG)
		for (i = 0; i < ifp->lagg.n_ports; i++)
			enable_caps(ifp->lagg.ports[i], (uint32_t)k->op.value);
	else
		enable_caps(ifp, (uint32_t)k->op.value);
	if (ifp->kind == KIND_LAGG)
		lagg_capabilities(ifp);
	else if (ifp->member_of != NULL)
		lagg_capabilities(ifp->member_of);
	return finish(k, 0);
}

/* --- life, name and vlan --- */

static int64_t
clone_step(struct ktask *k)
{
	char made[IFNAME_MAX];
	int error;

	if (k->pc++ == 1)
		return machine_delay(k->m,
		    strncmp(k->op.ifname, "lagg", 4) == 0 ? "lagg.create"
							  : "clone.create");
	error = cloned_create(k->m, k->op.ifname, made);
	if (error == 0)
		memcpy(k->op.ifname, made, sizeof(made));
	return finish(k, error);
}

static int64_t
vlan_step(struct ktask *k)
{
	if (k->ifp->kind != KIND_VLAN)
		return finish(k, SIM_EINVAL);
	if (k->op.other[0] == '\0') {
		vlan_unconfig(k->ifp);
		return finish(k, 0);
	}
	return finish(k,
	    vlan_config(k->ifp, ifnet_find(k->m, k->op.other),
		k->op.value < 0 ? 0 : (unsigned)k->op.value));
}

bool
ifops_knows(enum op_kind kind)
{
	switch (kind) {
	case OP_CLONE:
	case OP_DESTROY:
	case OP_VLAN:
	case OP_RENAME:
	case OP_ETHER:
	case OP_MTU:
	case OP_CAPS:
		return true;
	default:
		break;
	}
	return false;
}

int64_t
ifops_step(struct ktask *k)
{
	if (k->op.kind == OP_CLONE)
		return clone_step(k);
	if (k->op.kind == OP_DESTROY)
		return cloned_destroy_step(k, k->ifp, &k->sub);
	if (k->sub == 0 && (!k->ifp->attached || k->ifp->dying))
		return finish(k, SIM_ENXIO);
	switch (k->op.kind) {
	case OP_VLAN:
		return vlan_step(k);
	case OP_RENAME:
		return finish(k, ifnet_rename(k->ifp, k->op.other));
	case OP_ETHER:
		return ether_step(k);
	case OP_MTU:
		return mtu_step(k);
	case OP_CAPS:
		return caps_step(k);
	default:
		break;
	}
	return finish(k, SIM_EINVAL);
}
