/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hn's transparent mode: hn keeps the configuration and hands its packets to
 * the VF by itself (FACTS.md C.5; B.13 for what newer kernels changed).
 */
#include "sim/machine/hn.h"

#include <string.h>

#include "sim/machine/ifdriver.h"

static bool
is_newer(const struct ifnet *hn)
{
	return machine_flag(hn->m, "hn.xt_newer");
}

/* A pending fake outage is kept by the transparent mode alone (B.5). */
static void
suspend_keeping_change(struct ifnet *hn)
{
	bool pending = hn->hn.netchg;

	hn_suspend_management(hn);
	hn->hn.netchg = pending;
}

void
hn_xt_arrived(struct ifnet *hn)
{
	if (!is_newer(hn))
		suspend_keeping_change(hn);
	vclock_after(&hn->m->clock, &hn->hn.xt_ready,
	    machine_delay(hn->m, "hn.xt_wait"));
}

bool
hn_xt_forwards(const struct ifnet *hn)
{
	return hn->kind == KIND_HN && hn->m->transparent && hn->hn.xt_merged &&
	    hn->hn.vf != NULL;
}

/* X3 */
static void
merge(struct ifnet *hn, struct ifnet *vf)
{
	int64_t most;

	if (hn->hn.xt_merged)
		return;
	machine_reach(hn->m, "X3");
	hn->hn.xt_merged = true;
	hn->hn.saved_caps = hn->caps;
	/* A VF that cannot tell its link takes nothing from hn's routes. */
	ifnet_set_caps(hn, hn->caps & (vf->caps | CAP_LINKSTATE),
	    hn->capenable & (vf->caps | CAP_LINKSTATE));
	ifnet_set_caps(vf, vf->caps,
	    hn->capenable & (vf->capenable | ~(uint32_t)CAP_LINKSTATE));
	if (hn->mtu == 1500)
		return;
	if (!profile_driver_limit(hn->m->profile, vf->vf.driver, "mtu",
		&most) ||
	    hn->mtu <= most)
		ifnet_set_mtu(vf, hn->mtu);
	else if (hn->mtu > 1500)
		ifnet_set_mtu(hn, 1500); /* the synthetic side is not told */
}

/* X4, whose driver part takes its time while the packets go on. */
static int64_t
enable_step(struct machine *m, struct ktask *k)
{
	struct ifnet *hn = k->ifp, *vf = k->other;
	int64_t delay;

	if (hn->hn.vf != vf || vf->dying || !hn->running || hn->hn.xen) {
		hn->hn.xt_moving = false;
		return KTASK_DONE;
	}
	if (k->pc == 0) {
		/* By direct ioctl: nobody else hears of it. */
		vf->up = true;
		machine_changed(m, vf);
		delay = vf->running ? KTASK_DONE
				    : driver_start_step(k, vf, &k->sub);
		if (delay != KTASK_DONE)
			return delay;
		k->pc = 1;
		hn->hn.xt_moving = is_newer(hn);
		hn->hn.host_path_vf = true;
		machine_changed(m, hn);
		return machine_delay(m, "hn.rss");
	}
	hn->hn.xen = true;
	hn->hn.xt_moving = false;
	if (is_newer(hn)) {
		suspend_keeping_change(hn);
		ifnet_set_link(hn, vf->link);
	}
	machine_changed(m, hn);
	machine_reach(m, "X4");
	return KTASK_DONE;
}

void
hn_xt_start(struct ifnet *hn)
{
	struct ktask *k;

	if (!hn_xt_forwards(hn) || hn->hn.xen || !hn->running)
		return;
	k = ktask_start(hn->m, enable_step, 0);
	k->ifp = hn;
	k->other = hn->hn.vf;
}

void
hn_xt_ready_fire(void *ctx, struct vevent *e)
{
	struct ifnet *hn = ctx;

	(void)e;
	if (hn->hn.vf == NULL || hn->hn.vf->dying)
		return;
	machine_reach(hn->m, "X2");
	merge(hn, hn->hn.vf);
	hn_xt_start(hn);
}

/* Capabilities that are off stay off (C.9). */
void
hn_xt_departed(struct ifnet *hn)
{
	vclock_cancel(&hn->m->clock, &hn->hn.xt_ready);
	hn->hn.xen = hn->hn.xt_moving = false;
	hn->hn.host_path_vf = false;
	if (hn->hn.xt_merged)
		ifnet_set_caps(hn, hn->hn.saved_caps, hn->capenable);
	hn->hn.xt_merged = false;
	hn_resume_management(hn);
}

void
hn_xt_stop(struct ifnet *hn)
{
	struct ifnet *vf = hn->hn.vf;

	if (!hn->hn.xen)
		return;
	machine_reach(hn->m, "X7");
	hn->hn.xen = false;
	hn->hn.host_path_vf = false;
	if (vf == NULL)
		return;
	vf->up = false;
	machine_changed(hn->m, vf);
	driver_halt(vf);
}

void
hn_xt_link(struct ifnet *vf)
{
	struct ifnet *hn = vf->vf.hn;

	if (hn == NULL || !vf->m->transparent || hn->hn.vf != vf)
		return;
	if (is_newer(hn) && !hn->hn.xen)
		return;
	machine_reach(vf->m, "X5");
	ifnet_set_link(hn, vf->link);
}
