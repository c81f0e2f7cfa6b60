/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/machine/hn.h"

#include <stdio.h>
#include <string.h>

static void link_query_fire(void *ctx, struct vevent *e);
static void netchange_fire(void *ctx, struct vevent *e);

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

	snprintf(hn->hn.device, sizeof(hn->hn.device), "%s", name);
	hn->hn.host_connected = connected;
	hn->hn.managed = true;
	hn->cap_linkstate = true;
	event_init(hn, &hn->hn.link_query, link_query_fire);
	event_init(hn, &hn->hn.netchange, netchange_fire);
	event_init(hn, &hn->hn.xt_ready, hn_xt_ready_fire);
	return hn;
}

struct ifnet *
hn_find(struct machine *m, const char *device)
{
	struct ifnet *ifp;

	TAILQ_FOREACH (ifp, &m->ifs, entry)
		if (ifp->kind == KIND_HN && strcmp(ifp->hn.device, device) == 0)
			return ifp;
	return NULL;
}

struct ifnet *
hn_of(struct ifnet *vf)
{
	switch (vf->kind) {
	case KIND_VF:
	case KIND_TAP:
	case KIND_EPAIR:
	case KIND_BRIDGE:
		return ifnet_find_hn(vf->m, vf->mac);
	case KIND_HN:
	case KIND_LAGG:
	case KIND_VLAN:
	case KIND_LOOP:
	case KIND_TUN:
		break;
	}
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

void
hn_suspend_management(struct ifnet *hn)
{
	struct machine *m = hn->m;

	hn->hn.managed = false;
	hn->hn.netchg = false;
	vclock_cancel(&m->clock, &hn->hn.link_query);
	vclock_cancel(&m->clock, &hn->hn.netchange);
}

void
hn_resume_management(struct ifnet *hn)
{
	hn->hn.managed = true;
	if (!hn->hn.netchg) {
		query_link(hn);
		return;
	}
	/* X1 and N10 keep a change that was pending (FACTS.md B.5). */
	ifnet_set_link(hn, LINK_DOWN);
	vclock_after(&hn->m->clock, &hn->hn.netchange,
	    machine_delay(hn->m, "hn.netchange"));
}

void
hn_host_media(struct ifnet *hn, bool connected)
{
	hn->hn.host_connected = connected;
	machine_changed(hn->m, hn);
	machine_reach(hn->m, hn->hn.managed ? "N5" : "N7");
	if (hn->hn.managed && !hn->hn.netchg)
		query_link(hn);
}

void
hn_host_network_change(struct ifnet *hn)
{
	machine_reach(hn->m, hn->hn.managed ? "N6" : "N7");
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

/* Of those that may have an hn's MAC; the transparent mode refuses them (C.2).
 */
static bool
uses_if_start(const struct ifnet *ifp)
{
	return ifp->kind == KIND_TAP || ifp->kind == KIND_EPAIR;
}

void
hn_vf_arrived(struct ifnet *vf)
{
	struct ifnet *hn = hn_of(vf);

	if (hn == NULL || hn->dying)
		return;
	if (vf->m->transparent && uses_if_start(vf)) {
		machine_kernel_note(vf->m,
		    "%s: %s uses if_start, which is unsupported in "
		    "transparent VF mode",
		    hn->name, vf->name);
		return;
	}
	if (hn->hn.vf != NULL) {
		machine_kernel_note(vf->m, "%s: %s was attached as VF",
		    hn->name, hn->hn.vf->name);
		return;
	}
	hn->hn.vf = vf;
	vf->vf.hn = hn;
	machine_changed(vf->m, hn);
	machine_reach(vf->m, vf->m->transparent ? "X1" : "N1");
	if (vf->m->transparent && !vf->m->following)
		hn_xt_arrived(hn);
	if (hn_has_thread(vf->m))
		hn_thread_wake(hn);
}

/* An hn whose MAC is another by now does not let go (C.3, N4's guard). */
void
hn_vf_departed(struct ifnet *vf)
{
	struct ifnet *hn = vf->vf.hn;

	if (hn == NULL || memcmp(hn->mac, vf->mac, sizeof(hn->mac)) != 0)
		return;
	if (hn_has_thread(vf->m))
		hn_thread_let_go(hn);
	hn->hn.vf = NULL;
	vf->vf.hn = NULL;
	machine_reach(vf->m, vf->m->transparent ? "X6" : "N4");
	if (vf->m->transparent && !vf->m->following)
		hn_xt_departed(hn);
	machine_changed(vf->m, hn);
}

/* --- N2 and N3 --- */

bool
hn_take_lock(struct ktask *k, struct ifnet *hn)
{
	if (hn->hn.holder != NULL && hn->hn.holder != k)
		return false;
	hn->hn.holder = k;
	k->hn = hn;
	return true;
}

void
hn_drop_lock(struct ktask *k, struct ifnet *hn)
{
	hn->hn.holder = NULL;
	k->hn = NULL;
}

static int64_t
to_vf(struct ktask *k, struct ifnet *hn, struct ifnet *vf, int *pc)
{
	struct machine *m = hn->m;

	(void)k;
	if (*pc > 1 && !hn_thread_goes_on(hn, vf))
		return KTASK_DONE;
	switch ((*pc)++) {
	case 1:
		machine_reach(m, "N2");
		hn->hn.rxvf = true;
		hn->hn.used_note = hn->hn.note;
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
		/* B.10: with several rings RSS is fitted to hn_vf_ifp. */
		if (hn->hn.vf == NULL && machine_flag(m, "hn.rings"))
			machine_panic(m, "page fault in hn_vf_rss_fixup");
		return machine_delay(m, "hn.rss") +
		    machine_delay(m, "hn.switch_window");
	case 4:
		/* Linux' netvsc keeps its carrier, and has no record of this.
		 */
		if (m->os == SNAP_LINUX)
			return KTASK_DONE;
		hn_suspend_management(hn);
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
		machine_reach(m, "N3");
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
		hn_resume_management(hn);
		return machine_delay(m, "hn.vf_down");
	}
	devctl_emit(m, "!system=HYPERV_NIC_VF subsystem=%s type=VF_DOWN",
	    hn->name);
	return KTASK_DONE;
}

bool
hn_may_switch(const struct ifnet *hn, bool on)
{
	return hn->hn.rxvf != on &&
	    (!on || hn->hn.associated ||
		!machine_flag(hn->m, "hn.association"));
}

/* What is left of a switch, of which a recording tells nothing. */
static void
hand_over(struct ifnet *hn, bool on)
{
	hn->hn.rxvf = on;
	ifnet_set_link(hn, on ? LINK_DOWN : LINK_UP);
	machine_changed(hn->m, hn);
}

int64_t
hn_switch_step(struct ktask *k, struct ifnet *vf, bool on, int *pc)
{
	/* Who has begun a switch ends it, even if a MAC was changed. */
	struct ifnet *hn = *pc > 0 ? k->hn : hn_of(vf);
	int64_t delay;

	/* hn_detach() begins by hearing of nothing any more. */
	if (*pc == 0 && hn != NULL &&
	    (hn->dying || (hn_has_thread(vf->m) && hn != vf->vf.hn)))
		hn = NULL;
	if (hn == NULL || vf->m->transparent || vf->m->following) {
		if (hn != NULL && hn->hn.untold)
			hand_over(hn, on);
		*pc = 0;
		return KTASK_DONE;
	}
	if (*pc == 0) {
		if (!hn_take_lock(k, hn))
			return HN_LOCK_POLL;
		if (!hn_may_switch(hn, on)) {
			hn_drop_lock(k, hn);
			return KTASK_DONE;
		}
		*pc = 1;
	}
	delay = on ? to_vf(k, hn, vf, pc) : to_synthetic(k, hn, pc);
	if (delay == KTASK_DONE) {
		hn_drop_lock(k, hn);
		*pc = 0;
	}
	return delay;
}

int64_t
hn_event_step(struct ktask *k, struct ifnet *vf, bool on, int *pc)
{
	if (!hn_has_thread(vf->m))
		return hn_switch_step(k, vf, on, pc);
	if (vf->vf.hn != NULL)
		hn_thread_wake(vf->vf.hn);
	return KTASK_DONE;
}

void
hn_host_association(struct ifnet *hn, bool granted)
{
	struct machine *m = hn->m;

	hn->hn.associated = granted;
	hn->hn.note++;
	machine_reach(m, "N12");
	machine_kernel_note(m, "%s: got notify, nvs type 128", hn->name);
	if (machine_flag(m, "hn.association") && hn_has_thread(m))
		hn_thread_wake(hn);
}

/* --- N8 and N9 --- */

int64_t
hn_down_step(struct ktask *k, struct ifnet *hn, int *pc)
{
	switch ((*pc)++) {
	case 0:
		if (!hn_take_lock(k, hn)) {
			*pc = 0;
			return HN_LOCK_POLL;
		}
		machine_reach(hn->m, "N8");
		hn_xt_stop(hn);
		hn->running = false;
		hn->hn.filter_open = false;
		machine_changed(hn->m, hn);
		return machine_delay(hn->m, "hn.rx_settle");
	case 1:
		hn->hn.filter_open = hn->hn.rxvf;
		break;
	}
	hn_drop_lock(k, hn);
	*pc = 0;
	machine_changed(hn->m, hn);
	return KTASK_DONE;
}

int64_t
hn_up_step(struct ktask *k, struct ifnet *hn, int *pc)
{
	if ((*pc)++ == 0) {
		if (!hn_take_lock(k, hn)) {
			*pc = 0;
			return HN_LOCK_POLL;
		}
		machine_reach(hn->m, "N9");
		return machine_delay(hn->m, "hn.filter");
	}
	hn->hn.filter_open = true;
	hn->running = true;
	hn_xt_start(hn);
	hn_drop_lock(k, hn);
	*pc = 0;
	machine_changed(hn->m, hn);
	return KTASK_DONE;
}
