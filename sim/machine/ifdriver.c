/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/machine/ifdriver.h"

#include "sim/machine/cloned.h"
#include "sim/machine/hn.h"
#include "sim/machine/lagg.h"

static int64_t
driver_delay(struct ifnet *ifp, const char *what)
{
	return profile_driver_delay(ifp->m->profile, ifp->vf.driver, what);
}

bool
driver_trait(const struct ifnet *ifp, const char *what)
{
	return ifp->kind == KIND_VF &&
	    profile_driver_flag(ifp->m->profile, ifp->vf.driver, what);
}

/* --- start and stop --------------------------------------------------------
 */

/* A driver whose link comes from its work queue, after open has returned. One
 * that negotiates passes nothing for a while, although it has told of it. */
static int64_t
late_link_step(struct machine *m, struct ktask *k)
{
	struct ifnet *vf = k->ifp;

	if (!vf->attached || !vf->running || vf->vf.starts != k->id)
		return KTASK_DONE;
	if (k->sub++ == 0) {
		ifnet_set_link(vf, vf->vf.carrier ? LINK_UP : LINK_DOWN);
		if (!vf->vf.carrier || !driver_trait(vf, "negotiates"))
			return KTASK_DONE;
	}
	vf->vf.negotiates = k->sub == 1;
	machine_changed(m, vf);
	return vf->vf.negotiates ? driver_delay(vf, "settle") : KTASK_DONE;
}

static void
started(struct ifnet *vf)
{
	struct ktask *k;

	vf->running = vf->attached && !vf->dying;
	vf->vf.starts++;
	vf->vf.negotiates = false;
	machine_changed(vf->m, vf);
	if (!vf->running)
		return;
	if (!driver_trait(vf, "link_later")) {
		ifnet_set_link(vf, vf->vf.carrier ? LINK_UP : LINK_DOWN);
		return;
	}
	if (vf->link == LINK_UP && driver_trait(vf, "start_resets_link"))
		ifnet_set_link(vf, LINK_DOWN);
	k = ktask_start(vf->m, late_link_step, driver_delay(vf, "link"));
	k->ifp = vf;
	k->id = vf->vf.starts;
}

int64_t
driver_start_step(struct ktask *k, struct ifnet *ifp, int *pc)
{
	int64_t delay;

	if (ifp->kind == KIND_HN && !ifp->m->following)
		return hn_up_step(k, ifp, pc);
	if (ifp->kind == KIND_LAGG && !ifp->m->following) {
		delay = lagg_ports_step(k, ifp, true, pc);
		if (delay != KTASK_DONE)
			return delay;
	}
	if (ifp->kind == KIND_LAGG || ifp->m->following) {
		ifp->running = true;
		machine_changed(ifp->m, ifp);
		return KTASK_DONE;
	}
	if (ifp->kind != KIND_VF) {
		cloned_flags(ifp, true);
		return KTASK_DONE;
	}
	if ((*pc)++ == 0)
		return driver_delay(ifp, "open");
	started(ifp);
	*pc = 0;
	return KTASK_DONE;
}

int64_t
driver_stop_step(struct ktask *k, struct ifnet *ifp, int *pc)
{
	int64_t delay;

	if (ifp->kind == KIND_HN && !ifp->m->following)
		return hn_down_step(k, ifp, pc);
	if (ifp->kind == KIND_LAGG && !ifp->m->following) {
		delay = lagg_ports_step(k, ifp, false, pc);
		if (delay != KTASK_DONE)
			return delay;
	}
	if (ifp->kind != KIND_VF || ifp->m->following) {
		if (ifp->kind == KIND_LAGG || ifp->m->following)
			ifp->running = false;
		else
			cloned_flags(ifp, false);
		machine_changed(ifp->m, ifp);
		return KTASK_DONE;
	}
	if ((*pc)++ == 0) {
		ifp->running = false;
		machine_changed(ifp->m, ifp);
		if (driver_trait(ifp, "link_follows_open"))
			ifnet_set_link(ifp, LINK_DOWN);
		return driver_delay(ifp, "stop");
	}
	*pc = 0;
	return KTASK_DONE;
}

/* pc counts the stop's steps, and from STOPPED on the start's. */
#define STOPPED 8

int64_t
driver_restart_step(struct ktask *k, struct ifnet *ifp, int *pc)
{
	int64_t delay;
	int sub;

	if (!ifp->attached && k->hn == NULL)
		return KTASK_DONE;
	if (*pc < STOPPED) {
		delay = driver_stop_step(k, ifp, pc);
		if (delay != KTASK_DONE)
			return delay;
		*pc = STOPPED;
	}
	sub = *pc - STOPPED;
	delay = driver_start_step(k, ifp, &sub);
	*pc = delay == KTASK_DONE ? 0 : STOPPED + sub;
	return delay;
}

static int64_t
bounce_step(struct machine *m, struct ktask *k)
{
	(void)m;
	return driver_restart_step(k, k->ifp, &k->sub);
}

void
driver_bounce(struct ifnet *ifp)
{
	if (ifp->running && ifp->attached && !ifp->dying)
		ktask_start(ifp->m, bounce_step, 0)->ifp = ifp;
}

static int64_t
halt_step(struct machine *m, struct ktask *k)
{
	(void)m;
	return driver_stop_step(k, k->ifp, &k->sub);
}

void
driver_halt(struct ifnet *ifp)
{
	ktask_start(ifp->m, halt_step, 0)->ifp = ifp;
}

/* --- the link --- */

/* FREEBSD.md, ioctls: vmxnet3's interrupt is not delivered, and nobody notices
 * before somebody asks. virtio hears of a carrier that comes before it was ever
 * started (e_setlink); a stop resets it, and it is deaf (e2_linkflap). */
void
driver_carrier(struct ifnet *ifp)
{
	bool heard = ifp->running;

	if (driver_trait(ifp, "link_unopened") && ifp->vf.starts == 0)
		heard = heard || ifp->vf.carrier || ifp->link == LINK_UP;
	if (heard && !driver_trait(ifp, "link_polled"))
		ifnet_set_link(ifp, ifp->vf.carrier ? LINK_UP : LINK_DOWN);
}

void
driver_media(struct ifnet *ifp)
{
	if (driver_trait(ifp, "link_polled") && ifp->running &&
	    !ifp->vf.surprised)
		ifnet_set_link(ifp, ifp->vf.carrier ? LINK_UP : LINK_DOWN);
}

/* --- what a driver may restart for --- */

void
driver_changed(struct ifnet *ifp, const char *trait)
{
	if (driver_trait(ifp, trait))
		driver_bounce(ifp);
}

void
driver_set_caps(struct ifnet *ifp, uint32_t capenable)
{
	/* Of no driver can the link's report be taken away. */
	capenable |= ifp->capenable & CAP_LINKSTATE;
	if (capenable == ifp->capenable)
		return;
	ifnet_set_caps(ifp, ifp->caps, capenable);
	driver_changed(ifp, "caps_restart");
}
