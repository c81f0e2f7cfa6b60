/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/packets/taps.h"

#include "sim/machine/inet.h"
#include "sim/machine/lagg.h"

static void
add(struct taps *t, const struct ifnet *ifp)
{
	if (ifp != NULL && t->n < TAPS_MAX)
		t->on[t->n++] = ifp;
}

void
taps_out(const struct machine *m, const struct ipaddr *to, enum path path,
    struct taps *out)
{
	const struct route *r = inet_lookup(m, to);
	const struct ifnet *ifp;

	out->n = 0;
	if (path == PATH_VM_FROZEN || path == PATH_VM_PANICKED || r == NULL)
		return;
	/* Refused by IP or by the interface's own state: nobody saw it. A lagg
	 * sees what it then has no port for. */
	if (path_is_refusal(path) && path != PATH_NO_ACTIVE_PORT)
		return;
	ifp = r->ifp;
	while (ifp != NULL && ifp->kind == KIND_VLAN) {
		add(out, ifp);
		ifp = ifp->vlan.parent;
	}
	if (ifp != NULL && ifp->kind == KIND_LAGG) {
		add(out, ifp);
		ifp = lagg_active(ifp);
	}
	if (ifp == NULL)
		return;
	/* In transparent mode hn's tap comes before the VF's driver. */
	if (ifp->kind == KIND_HN && ifp->hn.xen && ifp->hn.vf != NULL) {
		add(out, ifp);
		ifp = ifp->hn.vf;
	}
	if (path != PATH_NIC_STOPPED && path != PATH_HN_SUSPENDED)
		add(out, ifp);
}

/* The NIC's own tap; the interface by which the frame is then received. */
static const struct ifnet *
received_by(const struct ifnet *hn, struct taps *out)
{
	const struct ifnet *vf = hn->hn.vf, *slave = netpath_slave(hn);

	if (slave != NULL) {
		add(out, slave);
		return slave;
	}
	if (hn->hn.host_path_vf && vf != NULL) {
		add(out, vf);
		if (!hn->hn.xen)
			return vf;
		add(out, hn);
		return hn;
	}
	add(out, hn);
	if (hn->hn.rewrite == NULL)
		return hn;
	/* Seen on both (C.4). */
	add(out, hn->hn.rewrite);
	return hn->hn.rewrite;
}

void
taps_in(const struct ifnet *hn, enum path path, struct taps *out)
{
	const struct ifnet *on;

	out->n = 0;
	if (path != PATH_OK && path != PATH_IF_NOT_UP &&
	    path != PATH_LAGG_INPUT_RULE && path != PATH_NO_ADDRESS)
		return;
	on = received_by(hn, out);
	if (path == PATH_IF_NOT_UP) {
		/* ether_input() looks at IFF_UP before its tap; hn's own, for
		 * a frame in the VF's name, has been passed. */
		out->n = on == hn || out->n < 2 ? 0 : 1;
		return;
	}
	/* Even of what the input rule then drops (D.2, step 2). */
	if (on->member_of != NULL && on->member_of->up &&
	    on->member_of->running)
		add(out, on->member_of);
}
