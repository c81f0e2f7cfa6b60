/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What newer kernels leave to a thread of hn's own (FACTS.md B.13): an event of
 * its VF, and a note of the host, only wake it. There is one for each hn, and
 * it is told of no change: it looks at how things stand when it comes to it.
 */
#include "sim/machine/hn.h"

bool
hn_has_thread(const struct machine *m)
{
	return m->hn_thread && !m->transparent && !m->following;
}

/* What the host has withdrawn since is given back, even if it was granted anew
 * at once: the notes are counted. */
static bool
is_withdrawn(const struct ifnet *hn)
{
	return machine_flag(hn->m, "hn.association") &&
	    hn->hn.used_note != hn->hn.note;
}

static void
give_back(struct ifnet *hn)
{
	hn->hn.rxvf = false;
	hn->hn.promiscuous = false;
	hn->hn.filter_open = hn->running;
	hn->hn.host_path_vf = false;
	hn->hn.rewrite = NULL;
	machine_changed(hn->m, hn);
}

void
hn_thread_let_go(struct ifnet *hn)
{
	if (!hn->hn.rxvf)
		return;
	machine_reach(hn->m, "N3");
	give_back(hn);
	hn_resume_management(hn);
	devctl_emit(hn->m, "!system=HYPERV_NIC_VF subsystem=%s type=VF_DOWN",
	    hn->name);
}

bool
hn_thread_goes_on(struct ifnet *hn, const struct ifnet *vf)
{
	if (!hn_has_thread(hn->m))
		return true;
	if (hn->hn.vf != vf)
		return false;
	/* Once the host has switched, the next look at it gives it back. */
	if (!hn->hn.host_path_vf && is_withdrawn(hn)) {
		give_back(hn);
		return false;
	}
	return true;
}

/* Of its VF, whose MAC is still its own, or NULL: nobody to switch for, as
 * hn_switch_step() sees it, or it would be tried for ever. */
static struct ifnet *
whose_path(const struct ifnet *hn, bool *on)
{
	struct ifnet *vf = hn->hn.vf;

	if (hn->dying || vf == NULL || hn_of(vf) != hn || vf->vf.hn != hn)
		return NULL;
	*on = vf->up && vf->attached && !(hn->hn.rxvf && is_withdrawn(hn));
	return hn_may_switch(hn, *on) ? vf : NULL;
}

static int64_t
thread_step(struct machine *m, struct ktask *k)
{
	struct ifnet *hn = k->ifp;
	int64_t delay;
	bool on = false;

	if (k->sub == 0) {
		k->other = whose_path(hn, &on);
		k->sub2 = on;
		if (k->other == NULL) {
			hn->hn.thread = NULL;
			return KTASK_DONE;
		}
		if (hn->hn.holder != NULL)
			return machine_delay(m, "hn.retry"); /* EAGAIN */
	}
	delay = hn_switch_step(k, k->other, k->sub2 != 0, &k->sub);
	return delay == KTASK_DONE ? 0 : delay;
}

void
hn_thread_wake(struct ifnet *hn)
{
	struct ktask *k = hn->hn.thread;
	int64_t delay;

	if (k != NULL && k->sub != 0)
		return; /* it looks once more when it has done that */
	delay = machine_delay(hn->m, "kernel.link_task");
	if (k == NULL) {
		k = hn->hn.thread = ktask_start(hn->m, thread_step, delay);
		k->ifp = hn;
	} else if (k->event.timer.deadline_ns > hn->m->clock.now_ns + delay) {
		vclock_after(&hn->m->clock, &k->event, delay);
	}
}
