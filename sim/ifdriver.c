/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/ifdriver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "sim/hn.h"

#define BUS_POLL DUR_MS /* how often a waiting bus job asks for its turn */

static int64_t
driver_delay(struct ifnet *ifp, const char *what)
{
	return profile_driver_delay(ifp->m->profile, ifp->vf.driver, what);
}

static bool
driver_flag(struct ifnet *ifp, const char *what)
{
	return profile_driver_flag(ifp->m->profile, ifp->vf.driver, what);
}

/* --- start and stop --------------------------------------------------------
 */

static int64_t
vf_start_step(struct ifnet *vf, int *pc)
{
	switch ((*pc)++) {
	case 0:
		return driver_delay(vf, "open");
	case 1:
		vf->running = vf->attached && !vf->dying;
		machine_changed(vf->m, vf);
		if (vf->running && !driver_flag(vf, "link_later"))
			ifnet_set_link(vf,
			    vf->vf.carrier ? LINK_UP : LINK_DOWN);
		break;
	}
	*pc = 0;
	return KTASK_DONE;
}

/* A driver whose link comes from its work queue, after open has returned. */
static int64_t
late_link_step(struct machine *m, struct ktask *k)
{
	(void)m;
	if (k->ifp->attached && k->ifp->running)
		ifnet_set_link(k->ifp,
		    k->ifp->vf.carrier ? LINK_UP : LINK_DOWN);
	return KTASK_DONE;
}

int64_t
driver_start_step(struct ktask *k, struct ifnet *ifp, int *pc)
{
	int64_t delay;

	if (ifp->kind == KIND_HN && !ifp->m->following)
		return hn_up_step(k, ifp, pc);
	if (ifp->kind == KIND_LAGG || ifp->m->following) {
		ifp->running = true;
		machine_changed(ifp->m, ifp);
		return KTASK_DONE;
	}
	delay = vf_start_step(ifp, pc);
	if (delay == KTASK_DONE && driver_flag(ifp, "link_later"))
		ktask_start(ifp->m, late_link_step, driver_delay(ifp, "link"))
		    ->ifp = ifp;
	return delay;
}

int64_t
driver_stop_step(struct ktask *k, struct ifnet *ifp, int *pc)
{
	if (ifp->kind == KIND_HN && !ifp->m->following)
		return hn_down_step(k, ifp, pc);
	if ((*pc)++ == 0) {
		ifp->running = false;
		machine_changed(ifp->m, ifp);
		if (ifp->kind == KIND_LAGG || ifp->m->following)
			goto done;
		if (driver_flag(ifp, "link_follows_open"))
			ifnet_set_link(ifp, LINK_DOWN);
		return driver_delay(ifp, "stop");
	}
done:
	*pc = 0;
	return KTASK_DONE;
}

static int64_t
bounce_step(struct machine *m, struct ktask *k)
{
	int64_t delay;

	(void)m;
	if (!k->ifp->attached)
		return KTASK_DONE;
	if (k->pc == 0) {
		delay = driver_stop_step(k, k->ifp, &k->sub);
		if (delay != KTASK_DONE)
			return delay;
		k->pc = 1;
		k->sub = 0;
	}
	return driver_start_step(k, k->ifp, &k->sub);
}

void
driver_bounce(struct ifnet *ifp)
{
	if (ifp->running && ifp->attached && !ifp->dying)
		ktask_start(ifp->m, bounce_step, 0)->ifp = ifp;
}

/* --- the bus ----------------------------------------------------------------
 */

/* All attach and detach work of all NICs is done by one thread, one job after
 * the other (FACTS.md B.0). */
static bool
take_bus(struct ktask *k)
{
	if (k->m->bus_owner != NULL && k->m->bus_owner != k)
		return false;
	k->m->bus_owner = k;
	return true;
}

/* Record n of the driver's device and its parents; %i and %u filled in. */
static bool
bus_record(struct ifnet *vf, char sign, size_t n)
{
	const char *p = profile_record(vf->m->profile, vf->vf.driver, n);
	struct strbuf text = { 0 };

	if (p == NULL)
		p = profile_record(vf->m->profile, "vf", n);
	if (p == NULL)
		return false;
	strbuf_addc(&text, sign);
	for (; *p != '\0'; p++) {
		if (p[0] == '%' && p[1] == 'i')
			strbuf_adds(&text, vf->name);
		else if (p[0] == '%' && p[1] == 'u')
			strbuf_addf(&text, "%d", vf->unit);
		else {
			strbuf_addc(&text, *p);
			continue;
		}
		p++;
	}
	devctl_inject(vf->m, text.data, text.bytes);
	strbuf_fini(&text);
	return true;
}

static int64_t
attach_step(struct machine *m, struct ktask *k)
{
	const struct vf_arrival *a = k->owned;
	struct ifnet *vf = k->ifp;

	switch (k->pc++) {
	case 0:
		/* Who waits for a name keeps nobody from giving it up. */
		if (ifnet_find(m, a->name) != NULL || !take_bus(k)) {
			k->pc = 0;
			return BUS_POLL;
		}
		return profile_driver_delay(m->profile, a->driver, "probe");
	case 1:
		vf = k->ifp = ifnet_new(m, KIND_VF, a->name, a->mac);
		snprintf(vf->vf.driver, sizeof(vf->vf.driver), "%s", a->driver);
		vf->vf.carrier = true;
		vf->cap_linkstate = driver_flag(vf, "linkstate");
		ifnet_attach_record(vf);
		return driver_delay(vf, "ether");
	case 2:
		hn_vf_arrived(vf);
		ifnet_ether_attached(vf);
		if (driver_flag(vf, "initial_link_down"))
			ifnet_set_link(vf, LINK_DOWN);
		machine_hint(m);
		return driver_delay(vf, "attached");
	}
	if (bus_record(vf, '+', (size_t)(k->pc - 4)))
		return driver_delay(vf, "bus");
	m->bus_owner = NULL;
	return KTASK_DONE;
}

void
vf_offer(struct machine *m, const struct vf_arrival *vf)
{
	struct ktask *k =
	    ktask_start(m, attach_step, machine_delay(m, "host.offer"));

	k->owned = mem_copy(vf, sizeof(*vf));
}

enum {
	DETACH_START,
	DETACH_CLOSE,
	DETACH_DOWN,
	DETACH_DEPART,
	DETACH_RECORD,
	DETACH_BUS
};

static int64_t
detach_step(struct machine *m, struct ktask *k)
{
	struct ifnet *vf = k->ifp;
	int64_t delay;

	switch (k->pc) {
	case DETACH_START:
		if (!take_bus(k))
			return BUS_POLL;
		vf = k->ifp = ifnet_find(m, k->op.ifname);
		if (vf == NULL || vf->kind != KIND_VF) {
			m->bus_owner = NULL;
			return KTASK_DONE;
		}
		vf->dying = true;
		k->pc = DETACH_CLOSE;
		return driver_delay(vf, "grace");
	case DETACH_CLOSE:
		if (driver_flag(vf, "detach_link_down")) {
			vf->running = false;
			machine_changed(m, vf);
			if (vf->link == LINK_UP)
				ifnet_set_link(vf, LINK_DOWN);
		}
		k->pc = DETACH_DOWN;
		return driver_delay(vf, "close");
	case DETACH_DOWN:
		if (k->sub == 0)
			ifnet_drain_link(vf);
		if (vf->up) {
			delay = hn_switch_step(k, vf, false, &k->sub);
			if (delay != KTASK_DONE)
				return delay;
			ifnet_set_up(vf, false);
		}
		k->pc = DETACH_DEPART;
		return machine_delay(m, "kernel.departure");
	case DETACH_DEPART:
		ifnet_remove(vf);
		k->pc = DETACH_RECORD;
		return machine_delay(m, "kernel.departure");
	case DETACH_RECORD:
		devctl_emit(m, "!system=IFNET subsystem=%s type=DETACH",
		    vf->name);
		k->pc = DETACH_BUS;
		return driver_delay(vf, "detached");
	}
	if (!bus_record(vf, '-', (size_t)(k->pc - DETACH_BUS))) {
		m->bus_owner = NULL;
		return KTASK_DONE;
	}
	/* The device has let go; its bus goes when the host rescinds it. */
	return k->pc++ == DETACH_BUS ? machine_delay(m, "host.rescind")
				     : driver_delay(vf, "bus_gone");
}

void
vf_eject(struct machine *m, const char *name)
{
	struct ktask *k = ktask_start(m, detach_step, 0);

	snprintf(k->op.ifname, sizeof(k->op.ifname), "%s", name);
}

void
vf_rescind(struct machine *m, const char *name)
{
	struct ifnet *vf = ifnet_find(m, name);

	if (vf != NULL && vf->kind == KIND_VF) {
		vf->vf.surprised = true;
		machine_changed(m, vf);
	}
	vf_eject(m, name);
}

void
vf_set_carrier(struct machine *m, const char *name, bool carrier)
{
	struct ifnet *vf = ifnet_find(m, name);

	if (vf == NULL || vf->kind != KIND_VF)
		return;
	vf->vf.carrier = carrier;
	machine_changed(m, vf);
	if (vf->running)
		ifnet_set_link(vf, carrier ? LINK_UP : LINK_DOWN);
}
