/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/machine/netpath.h"

#include <string.h>

#include "sim/machine/bond.h"
#include "sim/machine/ifdriver.h"
#include "sim/machine/inet.h"
#include "sim/machine/lagg.h"

bool
path_is_refusal(enum path p)
{
	return p >= PATH_NO_ROUTE && p <= PATH_NO_ACTIVE_PORT;
}

const char *
path_text(enum path p)
{
	switch (p) {
	case PATH_OK:
		return "delivered";
	case PATH_NO_ROUTE:
		return "no route (ENETUNREACH)";
	case PATH_ROUTE_LINK_DOWN:
		return "route over an interface without link (EHOSTUNREACH)";
	case PATH_PORT_HAS_NO_OUTPUT:
		return "route over a lagg port (ENETDOWN)";
	case PATH_IF_DOWN:
		return "interface is down (ENETDOWN)";
	case PATH_NO_PORTS:
		return "lagg without ports (ENXIO)";
	case PATH_NO_ACTIVE_PORT:
		return "lagg without an active port (ENETDOWN)";
	case PATH_NIC_STOPPED:
		return "the NIC is stopped";
	case PATH_VF_GONE:
		return "the VF's hardware is gone";
	case PATH_NO_CARRIER:
		return "the VF has no carrier";
	case PATH_HOST_DROPS_VF:
		return "sent on the VF while the host's path is synthetic";
	case PATH_VNIC_UNPLUGGED:
		return "the host has unplugged the virtual NIC";
	case PATH_FILTER_CLOSED:
		return "hn's receive filter is closed";
	case PATH_REWRITE_TO_STOPPED_VF:
		return "hn hands frames to a VF that is stopped";
	case PATH_IF_NOT_UP:
		return "received on an interface that is not up";
	case PATH_LAGG_INPUT_RULE:
		return "dropped by lagg's input rule (failover_rx_all=0)";
	case PATH_NO_ADDRESS:
		return "the guest does not have the address";
	case PATH_VM_FROZEN:
		return "the VM is frozen";
	case PATH_VM_PANICKED:
		return "the VM has panicked";
	case PATH_HN_SUSPENDED:
		return "hn's channels are being set up anew";
	case PATH_ELSEWHERE:
		return "sent out of an interface that does not lead to the "
		       "peer";
	case PATH_KINDS:
		break;
	}
	return "?";
}

static enum path
vf_out(const struct ifnet *vf)
{
	const struct ifnet *hn = vf->vf.hn;

	if (vf->vf.surprised)
		return PATH_VF_GONE;
	if (!vf->running)
		return PATH_NIC_STOPPED;
	if (!vf->vf.carrier || vf->vf.negotiates)
		return PATH_NO_CARRIER;
	if (hn != NULL && hn->hn.vf == vf && !hn->hn.host_path_vf &&
	    driver_trait(vf, "host_drops_tx"))
		return PATH_HOST_DROPS_VF;
	return PATH_OK;
}

static enum path
hn_out(const struct ifnet *hn)
{
	if (!hn->running)
		return PATH_NIC_STOPPED;
	if (hn->hn.xen && hn->hn.vf != NULL)
		return vf_out(hn->hn.vf);
	if (hn->hn.suspended || hn->hn.xt_moving)
		return PATH_HN_SUSPENDED;
	return hn->hn.host_connected ? PATH_OK : PATH_VNIC_UNPLUGGED;
}

static enum path
nic_out(const struct ifnet *ifp)
{
	if (ifp->kind == KIND_VF)
		return vf_out(ifp);
	return ifp->kind == KIND_HN ? hn_out(ifp) : PATH_ELSEWHERE;
}

static enum path
lagg_out(const struct ifnet *lagg)
{
	const struct ifnet *active;

	if (lagg->lagg.n_ports == 0)
		return PATH_NO_PORTS;
	active = lagg_active(lagg);
	return active == NULL ? PATH_NO_ACTIVE_PORT : nic_out(active);
}

enum path
netpath_out(const struct machine *m, const struct ipaddr *to)
{
	const struct route *r = m->panicked ? NULL : inet_lookup(m, to);

	return netpath_out_of(m, r == NULL ? NULL : r->ifp);
}

enum path
netpath_out_of(const struct machine *m, const struct ifnet *ifp)
{
	if (m->panicked)
		return PATH_VM_PANICKED;
	if (ifp == NULL)
		return PATH_NO_ROUTE;
	/* A route over an interface that reports its link is absent while the
	 * link is not up (FREEBSD-HN.md, refinement 1). */
	if (ifp->cap_linkstate && ifp->link != LINK_UP)
		return PATH_ROUTE_LINK_DOWN;
	if (ifp->member_of != NULL)
		return PATH_PORT_HAS_NO_OUTPUT;
	if (!ifp->up)
		return PATH_IF_DOWN;
	if (ifp->kind == KIND_VLAN) {
		/* Straight to the parent's driver: that it may be a port does
		 * not matter (D.3). */
		ifp = ifp->vlan.parent;
		if (ifp == NULL || !ifp->up || !ifp->running)
			return PATH_IF_DOWN;
	}
	return ifp->kind == KIND_LAGG ? lagg_out(ifp) : nic_out(ifp);
}

/* --- frames of no address --- */

enum path
netpath_frame_out(const struct ifnet *ifp)
{
	if (!ifp->up)
		return PATH_IF_DOWN;
	if (ifp->kind == KIND_VLAN && (ifp = ifp->vlan.parent) == NULL)
		return PATH_IF_DOWN;
	return ifp->kind == KIND_LAGG ? lagg_out(ifp) : nic_out(ifp);
}

const struct ifnet *
netpath_nic(const struct machine *m, const struct ifnet *ifp)
{
	if (ifp->kind == KIND_VLAN)
		ifp = ifp->vlan.parent;
	return ifp == NULL ? NULL : ifnet_find_hn(m, ifp->mac);
}

const struct ifnet *
netpath_slave(const struct ifnet *hn)
{
	if (!bond_guest(hn->m) || hn->m->transparent || hn->member_of == NULL)
		return NULL;
	return bond_active(hn->member_of);
}

static enum path
arrive_at(const struct ifnet *slave, const struct ifnet **on)
{
	const struct ifnet *hn = slave;

	if (slave->kind != KIND_HN) {
		*on = slave;
		return vf_out(slave);
	}
	if (!hn->hn.host_connected)
		return PATH_VNIC_UNPLUGGED;
	*on = hn;
	return hn->running ? PATH_OK : PATH_NIC_STOPPED;
}

/* Which interface the frame is received by, or why by none. */
static enum path
arrive(const struct ifnet *hn, const struct ifnet **on)
{
	const struct ifnet *vf = hn->hn.vf, *slave = netpath_slave(hn);

	if (slave != NULL)
		return arrive_at(slave, on);
	if (hn->hn.host_path_vf && vf != NULL && vf->attached) {
		if (vf->vf.surprised)
			return PATH_VF_GONE;
		if (!vf->vf.carrier || vf->vf.negotiates)
			return PATH_NO_CARRIER;
		if (!vf->running)
			return PATH_NIC_STOPPED;
		*on = hn->hn.xen ? hn : vf;
		return PATH_OK;
	}
	if (!hn->hn.host_connected)
		return PATH_VNIC_UNPLUGGED;
	if (hn->hn.suspended)
		return PATH_HN_SUSPENDED;
	if (!hn->hn.filter_open)
		return PATH_FILTER_CLOSED;
	if (hn->hn.rewrite != NULL) {
		*on = hn->hn.rewrite;
		return (*on)->running ? PATH_OK : PATH_REWRITE_TO_STOPPED_VF;
	}
	*on = hn;
	return hn->running ? PATH_OK : PATH_NIC_STOPPED;
}

static const struct ifnet *
who_has(const struct machine *m, const struct ipaddr *addr)
{
	const struct ifnet *ifp, *down = NULL;

	TAILQ_FOREACH (ifp, &m->ifs, entry)
		if (ifp->kind != KIND_LOOP && inet_find(ifp, addr) >= 0) {
			if (ifp->up)
				return ifp;
			down = ifp;
		}
	return down;
}

static enum path
nic_in(const struct ifnet *nic, const struct ipaddr *guest)
{
	const struct ifnet *lagg = nic->member_of;

	if (nic->vf.surprised)
		return PATH_VF_GONE;
	if (!nic->vf.carrier || nic->vf.negotiates)
		return PATH_NO_CARRIER;
	if (!nic->running)
		return PATH_NIC_STOPPED;
	if (!nic->up || (lagg != NULL && !lagg->up))
		return PATH_IF_NOT_UP;
	if (lagg != NULL && !lagg_accepts(lagg, nic))
		return PATH_LAGG_INPUT_RULE;
	return inet_takes(nic, guest) ? PATH_OK : PATH_NO_ADDRESS;
}

enum path
netpath_in_by_any(const struct machine *m, const struct ipaddr *guest)
{
	const struct ifnet *owner = who_has(m, guest), *nic;
	enum path p = PATH_NO_CARRIER;

	if (m->panicked)
		return PATH_VM_PANICKED;
	if (owner == NULL)
		return PATH_NO_ADDRESS;
	TAILQ_FOREACH (nic, &m->ifs, entry) {
		if (nic->kind != KIND_VF ||
		    memcmp(nic->mac, owner->mac, sizeof(nic->mac)) != 0)
			continue;
		p = nic_in(nic, guest);
		if (p == PATH_OK)
			break;
	}
	return p;
}

/* The vlan that has the address, if one has. Its frames are tagged: they are
 * for it alone, and only by way of its parent. */
static const struct ifnet *
vlan_of(const struct machine *m, const struct ipaddr *addr)
{
	const struct ifnet *v;
	size_t i;

	if (m->n_vlans == 0)
		return NULL;
	TAILQ_FOREACH (v, &m->ifs, entry)
		for (i = 0; v->kind == KIND_VLAN && i < v->n_addrs; i++)
			if (ipaddr_same_host(&v->addrs[i], addr))
				return v;
	return NULL;
}

enum path
netpath_frame_in(const struct ifnet *ifp, bool raw)
{
	const struct ifnet *hn = netpath_nic(ifp->m, ifp), *on = NULL;
	enum path p;

	if (hn == NULL)
		return PATH_NO_CARRIER;
	p = arrive(hn, &on);
	if (p != PATH_OK)
		return p;
	if (ifp->kind == KIND_VLAN)
		ifp = ifp->vlan.parent;
	if (!on->up)
		return PATH_IF_NOT_UP;
	if (on == ifp)
		return PATH_OK;
	if (on->member_of != ifp)
		return PATH_NO_ADDRESS;
	if (!ifp->up)
		return PATH_IF_NOT_UP;
	return raw || lagg_accepts(ifp, on) ? PATH_OK : PATH_LAGG_INPUT_RULE;
}

enum path
netpath_in(const struct machine *m, const struct ifnet *hn,
    const struct ipaddr *guest)
{
	const struct ifnet *on = NULL, *vlan;
	enum path p;

	if (m->panicked)
		return PATH_VM_PANICKED;
	/* Taken away and given back it is another, on the same switch port. */
	if (!hn->attached) {
		hn = ifnet_find_hn(m, hn->hw_mac);
		if (hn == NULL)
			return PATH_NIC_STOPPED;
	}
	if ((p = arrive(hn, &on)) != PATH_OK)
		return p;
	if (!on->up)
		return PATH_IF_NOT_UP;
	if (on->member_of != NULL && !lagg_accepts(on->member_of, on))
		return PATH_LAGG_INPUT_RULE;
	vlan = vlan_of(m, guest);
	if (vlan != NULL && vlan->up &&
	    vlan->vlan.parent == (on->member_of != NULL ? on->member_of : on))
		return PATH_OK;
	return vlan == NULL && inet_takes(on, guest) ? PATH_OK
						     : PATH_NO_ADDRESS;
}
