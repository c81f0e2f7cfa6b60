/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/hn.h"

#include <stdio.h>
#include <string.h>

#include "base/dur.h"

#define LOCK_POLL DUR_MS /* HN_LOCK is a trylock in steps of 1 ms (B.0) */

static void link_query_fire(void *ctx, struct vevent *e);
static void netchange_fire(void *ctx, struct vevent *e);
static void xt_ready_fire(void *ctx, struct vevent *e);

static void
event_init(struct ifnet *hn, struct vevent *e,
    void (*fire)(void *, struct vevent *))
{
	e->fire = fire;
	e->ctx = hn;
	e->domain = VGUEST;
}

struct ifnet *
hn_new(struct machine *m, const char *name, const uint8_t mac[6],
    bool connected)
{
	struct ifnet *hn = ifnet_new(m, KIND_HN, name, mac);

	hn->hn.host_connected = connected;
	hn->hn.managed = true;
	hn->cap_linkstate = true;
	event_init(hn, &hn->hn.link_query, link_query_fire);
	event_init(hn, &hn->hn.netchange, netchange_fire);
	event_init(hn, &hn->hn.xt_ready, xt_ready_fire);
	return hn;
}

struct ifnet *
hn_of(struct ifnet *vf)
{
	struct ifnet *hn;

	TAILQ_FOREACH (hn, &vf->m->ifs, entry)
		if (hn->kind == KIND_HN &&
		    memcmp(hn->mac, vf->mac, sizeof(hn->mac)) == 0)
			return hn;
	return NULL;
}

/* --- link management --- */

static void
query_link(struct ifnet *hn)
{
	vclock_after(&hn->m->clock, &hn->hn.link_query,
	    machine_delay(hn->m, "hn.link_query"));
}

static void
link_query_fire(void *ctx, struct vevent *e)
{
	struct ifnet *hn = ctx;

	(void)e;
	if (!hn->hn.managed || hn->hn.netchg)
		return;
	ifnet_set_link(hn, hn->hn.host_connected ? LINK_UP : LINK_DOWN);
}

static void
suspend_management(struct ifnet *hn)
{
	struct machine *m = hn->m;

	hn->hn.managed = false;
	hn->hn.netchg = false;
	vclock_cancel(&m->clock, &hn->hn.link_query);
	vclock_cancel(&m->clock, &hn->hn.netchange);
}

static void
resume_management(struct ifnet *hn)
{
	hn->hn.managed = true;
	if (!hn->hn.netchg) {
		query_link(hn);
		return;
	}
	/* Only X1 keeps a change that was pending (FACTS.md B.5). */
	ifnet_set_link(hn, LINK_DOWN);
	vclock_after(&hn->m->clock, &hn->hn.netchange,
	    machine_delay(hn->m, "hn.netchange"));
}

void
hn_host_media(struct ifnet *hn, bool connected)
{
	hn->hn.host_connected = connected;
	machine_changed(hn->m, hn);
	if (hn->hn.managed && !hn->hn.netchg)
		query_link(hn);
}

void
hn_host_network_change(struct ifnet *hn)
{
	if (!hn->hn.managed)
		return; /* N7: forgotten */
	hn->hn.netchg = true;
	vclock_cancel(&hn->m->clock, &hn->hn.link_query);
	ifnet_set_link(hn, LINK_DOWN);
	vclock_after(&hn->m->clock, &hn->hn.netchange,
	    machine_delay(hn->m, "hn.netchange"));
}

static void
netchange_fire(void *ctx, struct vevent *e)
{
	struct ifnet *hn = ctx;

	(void)e;
	hn->hn.netchg = false;
	query_link(hn);
}

/* --- pairing --- */

void
hn_vf_arrived(struct ifnet *vf)
{
	struct ifnet *hn = hn_of(vf);
	bool pending;

	if (hn == NULL || hn->hn.vf != NULL)
		return;
	hn->hn.vf = vf;
	machine_changed(vf->m, hn);
	if (!vf->m->transparent || vf->m->following)
		return;
	pending = hn->hn.netchg;
	suspend_management(hn);
	hn->hn.netchg = pending;
	vclock_after(&vf->m->clock, &hn->hn.xt_ready,
	    machine_delay(vf->m, "hn.xt_wait"));
}

/* X6: what the transparent path undoes when its VF goes. */
static void
leave_transparent(struct ifnet *hn)
{
	vclock_cancel(&hn->m->clock, &hn->hn.xt_ready);
	hn->hn.xen = false;
	hn->hn.host_path_vf = false;
	resume_management(hn);
}

void
hn_vf_departed(struct ifnet *vf)
{
	struct ifnet *hn;

	TAILQ_FOREACH (hn, &vf->m->ifs, entry) {
		if (hn->kind != KIND_HN || hn->hn.vf != vf)
			continue;
		hn->hn.vf = NULL;
		if (vf->m->transparent)
			leave_transparent(hn);
		machine_changed(vf->m, hn);
	}
}

/* X2 to X4: hn brings the VF up by itself, nobody is told. */
static void
xt_ready_fire(void *ctx, struct vevent *e)
{
	struct ifnet *hn = ctx, *vf = hn->hn.vf;

	(void)e;
	if (vf == NULL || vf->dying || !hn->running || hn->hn.xen)
		return;
	vf->up = vf->running = true;
	hn->hn.xen = true;
	hn->hn.host_path_vf = true;
	ifnet_set_link(vf, vf->vf.carrier ? LINK_UP : LINK_DOWN);
	machine_changed(hn->m, vf);
	machine_changed(hn->m, hn);
}

void
hn_vf_link(struct ifnet *vf)
{
	struct ifnet *hn = hn_of(vf);

	if (hn != NULL && vf->m->transparent && hn->hn.vf == vf)
		ifnet_set_link(hn, vf->link);
}

/* --- N2 and N3 --- */

static bool
take_lock(struct ktask *k, struct ifnet *hn)
{
	if (hn->hn.holder != NULL && hn->hn.holder != k)
		return false;
	hn->hn.holder = k;
	return true;
}

/* Who has begun a switch ends it, even if a MAC was changed meanwhile. */
static struct ifnet *
hn_to_switch(const struct ktask *k, struct ifnet *vf, int pc)
{
	struct ifnet *hn;

	if (pc == 0)
		return hn_of(vf);
	TAILQ_FOREACH (hn, &vf->m->ifs, entry)
		if (hn->kind == KIND_HN && hn->hn.holder == k)
			return hn;
	return NULL;
}

static int64_t
to_vf(struct ktask *k, struct ifnet *hn, struct ifnet *vf, int *pc)
{
	struct machine *m = hn->m;

	(void)k;
	switch ((*pc)++) {
	case 1:
		hn->hn.rxvf = true;
		machine_changed(m, hn);
		return machine_delay(m, "hn.filter");
	case 2:
		/* set-data-path is not answered; the host follows when it
		 * pleases. */
		hn->hn.promiscuous = hn->hn.filter_open = true;
		machine_changed(m, hn);
		return machine_delay(m, "host.datapath");
	case 3:
		hn->hn.host_path_vf = true;
		hn->hn.rewrite = vf;
		machine_changed(m, hn);
		return machine_delay(m, "hn.rss") +
		    machine_delay(m, "hn.switch_window");
	case 4:
		/* Linux' netvsc keeps its carrier, and has no record of this. */
		if (m->os == SNAP_LINUX)
			return KTASK_DONE;
		suspend_management(hn);
		ifnet_set_link(hn, LINK_DOWN);
		return machine_delay(m, "hn.vf_up_record");
	}
	devctl_emit(m, "!system=HYPERV_NIC_VF subsystem=%s type=VF_UP",
	    hn->name);
	return KTASK_DONE;
}

static int64_t
to_synthetic(struct ktask *k, struct ifnet *hn, int *pc)
{
	struct machine *m = hn->m;

	(void)k;
	switch ((*pc)++) {
	case 1:
		hn->hn.rxvf = false;
		hn->hn.promiscuous = false;
		hn->hn.filter_open = hn->running; /* B.4's hazard */
		machine_changed(m, hn);
		return machine_delay(m, "hn.filter");
	case 2:
		hn->hn.host_path_vf = false;
		hn->hn.rewrite = NULL;
		machine_changed(m, hn);
		return machine_delay(m, "hn.rss");
	case 3:
		if (m->os == SNAP_LINUX)
			return KTASK_DONE;
		resume_management(hn);
		return machine_delay(m, "hn.vf_down");
	}
	devctl_emit(m, "!system=HYPERV_NIC_VF subsystem=%s type=VF_DOWN",
	    hn->name);
	return KTASK_DONE;
}

int64_t
hn_switch_step(struct ktask *k, struct ifnet *vf, bool on, int *pc)
{
	struct ifnet *hn = hn_to_switch(k, vf, *pc);
	int64_t delay;

	if (hn == NULL || vf->m->transparent || vf->m->following) {
		*pc = 0;
		return KTASK_DONE;
	}
	if (*pc == 0) {
		if (!take_lock(k, hn))
			return LOCK_POLL;
		if (hn->hn.rxvf == on) {
			hn->hn.holder = NULL;
			return KTASK_DONE;
		}
		*pc = 1;
	}
	delay = on ? to_vf(k, hn, vf, pc) : to_synthetic(k, hn, pc);
	if (delay == KTASK_DONE) {
		hn->hn.holder = NULL;
		*pc = 0;
	}
	return delay;
}

/* --- N8 and N9 --- */

int64_t
hn_down_step(struct ktask *k, struct ifnet *hn, int *pc)
{
	switch ((*pc)++) {
	case 0:
		if (!take_lock(k, hn)) {
			*pc = 0;
			return LOCK_POLL;
		}
		hn->running = false;
		hn->hn.filter_open = false;
		machine_changed(hn->m, hn);
		return machine_delay(hn->m, "hn.rx_settle");
	case 1:
		hn->hn.filter_open = hn->hn.rxvf;
		break;
	}
	hn->hn.holder = NULL;
	*pc = 0;
	machine_changed(hn->m, hn);
	return KTASK_DONE;
}

int64_t
hn_up_step(struct ktask *k, struct ifnet *hn, int *pc)
{
	if ((*pc)++ == 0) {
		if (!take_lock(k, hn)) {
			*pc = 0;
			return LOCK_POLL;
		}
		return machine_delay(hn->m, "hn.filter");
	}
	hn->hn.filter_open = true;
	hn->running = true;
	hn->hn.holder = NULL;
	*pc = 0;
	machine_changed(hn->m, hn);
	return KTASK_DONE;
}
