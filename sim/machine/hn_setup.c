/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hn made anew: its channels at an MTU change (FACTS.md C.3 N10, C.8), the
 * whole device at a detach and an attach of the vNIC (N11, B.12).
 */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "sim/machine/bond.h"
#include "sim/machine/hn.h"
#include "sim/machine/ifdriver.h"

/* --- N10 --- */

static int
why_not_mtu(struct ifnet *hn, uint32_t mtu)
{
	const struct profile *p = hn->m->profile;
	int64_t most;

	if (profile_limit(p, "hn.mtu", &most) && mtu > most)
		return SIM_EINVAL;
	if (hn_xt_forwards(hn) &&
	    profile_driver_limit(p, hn->hn.vf->vf.driver, "mtu", &most) &&
	    mtu > most)
		return SIM_EINVAL; /* X8: the VF's answer is hn's */
	return mtu < 72 ? SIM_EINVAL : 0;
}

/* The pretended outage that is pending begins anew at the resumption, which
 * only N2 forgets (B.5). */
static void
channels_down(struct ifnet *hn)
{
	bool pending = hn->hn.netchg;

	hn->hn.suspended = true;
	hn->hn.filter_open = false;
	hn->hn.host_path_vf = false;
	if (hn->hn.managed)
		hn_suspend_management(hn);
	hn->hn.netchg = pending;
	machine_changed(hn->m, hn);
}

/* The link is the VF's as long as there is one, used or not; newer kernels
 * take it as it is used (C.5 X1, B.13). */
static bool
vf_tells_link(const struct ifnet *hn)
{
	if (bond_guest(hn->m))
		return false; /* its netvsc keeps its carrier, see hn.c */
	return hn->hn.rxvf || hn->hn.xen ||
	    (hn->m->transparent && hn->hn.vf != NULL &&
		!machine_flag(hn->m, "hn.xt_newer"));
}

static void
channels_up(struct ifnet *hn)
{
	hn->hn.suspended = false;
	hn->hn.filter_open = hn->running || hn->hn.rxvf;
	hn->hn.host_path_vf = hn->hn.rxvf || hn->hn.xen;
	if (!vf_tells_link(hn))
		hn_resume_management(hn);
	machine_changed(hn->m, hn);
}

int64_t
hn_mtu_step(struct ktask *k, struct ifnet *hn, uint32_t mtu, int *pc)
{
	struct machine *m = hn->m;
	int64_t host_mtu;

	switch ((*pc)++) {
	case 0:
		if (!hn_take_lock(k, hn)) {
			*pc = 0;
			return HN_LOCK_POLL;
		}
		k->result = why_not_mtu(hn, mtu);
		if (k->result != 0 || hn->mtu == mtu)
			break;
		machine_reach(m, "N10");
		if (hn_xt_forwards(hn)) {
			machine_reach(m, "X8");
			ifnet_set_mtu(hn->hn.vf, mtu);
			driver_changed(hn->hn.vf, "mtu_restarts");
		}
		channels_down(hn);
		return hn->running ? machine_delay(m, "hn.rx_settle") : 0;
	case 1:
		return machine_delay(m, "hn.mtu");
	case 2:
		if (profile_limit(m->profile, "hn.host_mtu", &host_mtu) &&
		    mtu > host_mtu) {
			machine_kernel_note(m,
			    "%s: RNDIS mtu mismatch, changed to %d", hn->name,
			    (int)host_mtu);
			mtu = (uint32_t)host_mtu;
		}
		channels_up(hn);
		ifnet_set_mtu(hn, mtu);
		break;
	}
	hn_drop_lock(k, hn);
	*pc = 0;
	return KTASK_DONE;
}

/* --- N11 --- */

static void
bus_record(struct machine *m, char sign, const char *device)
{
	const char *text = profile_record(m->profile, "hn", 0);

	if (text != NULL)
		devctl_emit(m, "%c%s %s", sign, device, text);
}

/* hn_detach() waits for the handlers of events that run, and hears of none
 * afterwards; then it forgets its VF, and stops as at a down (N8). No N3: who
 * has the VF's path keeps it, unheard. */
static int64_t
stop_to_detach(struct machine *m, struct ktask *k, struct ifnet *hn)
{
	if (!hn_take_lock(k, hn)) {
		k->pc--;
		return HN_LOCK_POLL;
	}
	machine_reach(m, "N11");
	hn_suspend_management(hn);
	if (hn->hn.vf != NULL)
		hn_vf_departed(hn->hn.vf);
	if (!hn->running)
		return 0;
	hn->running = false;
	hn->hn.filter_open = false;
	machine_changed(m, hn);
	return machine_delay(m, "hn.rx_settle");
}

static int64_t
detach_step(struct machine *m, struct ktask *k)
{
	struct ifnet *hn = k->ifp;

	switch (k->pc++) {
	case 0:
		if (!bus_take(k)) {
			k->pc = 0;
			return KTASK_PARKED;
		}
		hn = k->ifp = hn_find(m, k->op.ifname);
		if (hn == NULL)
			break;
		hn->dying = true;
		return machine_delay(m, "kernel.departure");
	case 1:
		return stop_to_detach(m, k, hn);
	case 2:
		hn_drop_lock(k, hn);
		hn_suspend_management(hn);
		ifnet_remove(hn);
		return machine_delay(m, "kernel.departure");
	case 3:
		ifnet_detached(hn);
		bus_record(m, '-', hn->hn.device);
		break;
	}
	bus_release(m);
	return KTASK_DONE;
}

void
hn_detach(struct machine *m, const char *device)
{
	struct ktask *k = ktask_start(m, detach_step, 0);

	snprintf(k->op.ifname, sizeof(k->op.ifname), "%s", device);
}

/* Before anybody sees it, its channels are made, as for another MTU (N10). */
static int64_t
attach_step(struct machine *m, struct ktask *k)
{
	struct ifnet *hn;

	if (k->pc == 0) {
		if (!bus_take(k))
			return KTASK_PARKED;
		/* The one before may still be there, under another name. */
		if (hn_find(m, k->op.ifname) != NULL ||
		    ifnet_find(m, k->op.ifname) != NULL) {
			bus_yield(k);
			return KTASK_PARKED;
		}
		k->pc = 1;
		return machine_delay(m, "hn.mtu");
	}
	hn = hn_new(m, k->op.ifname, k->op.mac, true);
	ifnet_attach_record(hn);
	ifnet_ether_attached(hn);
	hn_host_media(hn, true);
	bus_record(m, '+', hn->hn.device);
	bus_release(m);
	return KTASK_DONE;
}

void
hn_attach(struct machine *m, const char *device, const uint8_t mac[6])
{
	struct ktask *k =
	    ktask_start(m, attach_step, machine_delay(m, "host.offer"));

	snprintf(k->op.ifname, sizeof(k->op.ifname), "%s", device);
	memcpy(k->op.mac, mac, sizeof(k->op.mac));
}
