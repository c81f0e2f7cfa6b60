/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interfaces as the kernel keeps them, and the one thread that tells the
 * world of link changes (FACTS.md A.7: taskqueue_swi).
 */
#include "sim/ifnet.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sim/hn.h"
#include "sim/inet.h"
#include "sim/lagg.h"
#include "sim/machine.h"

/* The lowest free index, as the kernel does; the list is sorted by it. */
static void
insert_by_index(struct machine *m, struct ifnet *ifp)
{
	struct ifnet *at;

	ifp->index = 1;
	TAILQ_FOREACH (at, &m->ifs, entry) {
		if (at->index != ifp->index)
			break;
		ifp->index++;
	}
	if (at != NULL)
		TAILQ_INSERT_BEFORE(at, ifp, entry);
	else
		TAILQ_INSERT_TAIL(&m->ifs, ifp, entry);
}

static int
unit_of(const char *name)
{
	const char *digits = name + strcspn(name, "0123456789");

	return (int)strtol(digits, NULL, 10);
}

struct ifnet *
ifnet_new(struct machine *m, enum ifkind kind, const char *name,
    const uint8_t mac[6])
{
	struct ifnet *ifp = mem_zero(1, sizeof(*ifp));

	ifp->m = m;
	ifp->kind = kind;
	ifp->mtu = 1500;
	ifp->attached = true;
	snprintf(ifp->name, sizeof(ifp->name), "%s", name);
	ifp->unit = unit_of(name);
	memcpy(ifp->mac, mac, sizeof(ifp->mac));
	memcpy(ifp->own_mac, mac, sizeof(ifp->own_mac));
	insert_by_index(m, ifp);
	ifp->born = ++m->n_born;
	machine_changed(m, ifp);
	return ifp;
}

struct ifnet *
ifnet_find(struct machine *m, const char *name)
{
	struct ifnet *ifp;

	TAILQ_FOREACH (ifp, &m->ifs, entry)
		if (strcmp(ifp->name, name) == 0)
			return ifp;
	return NULL;
}

void
ifnet_attach_record(struct ifnet *ifp)
{
	devctl_emit(ifp->m, "!system=IFNET subsystem=%s type=ATTACH",
	    ifp->name);
	machine_hint(ifp->m);
}

void
ifnet_ether_attached(struct ifnet *ifp)
{
	devctl_emit(ifp->m, "!system=ETHERNET subsystem=%s type=IFATTACH",
	    ifp->name);
}

void
ifnet_set_up(struct ifnet *ifp, bool up)
{
	if (ifp->up == up)
		return;
	ifp->up = up;
	machine_changed(ifp->m, ifp);
	machine_hint(ifp->m);
}

/* --- link ------------------------------------------------------------------
 */

static void
report_link(struct ifnet *ifp)
{
	ifp->link_pending = false;
	if (!ifp->attached)
		return;
	if (ifp->member_of != NULL)
		lagg_port_link(ifp->member_of);
	if (ifp->kind == KIND_VF)
		hn_vf_link(ifp);
	devctl_emit(ifp->m, "!system=IFNET subsystem=%s type=%s", ifp->name,
	    ifp->link == LINK_UP ? "LINK_UP" : "LINK_DOWN");
	machine_hint(ifp->m);
}

static void
swi_arm(struct machine *m)
{
	if (m->n_swi > 0 && !timer_is_armed(&m->swi_event.timer))
		vclock_after(&m->clock, &m->swi_event,
		    machine_delay(m, "kernel.link_task"));
}

static void
swi_fire(void *ctx, struct vevent *e)
{
	struct machine *m = ctx;
	struct ifnet *ifp = m->swi[0];

	(void)e;
	memmove(m->swi, m->swi + 1, (m->n_swi - 1) * sizeof(m->swi[0]));
	m->n_swi--;
	report_link(ifp);
	swi_arm(m);
}

/* The state changes at once, the report follows. Changes before the report
 * are folded into it (FREEBSD.md, rapid link flaps). */
void
ifnet_set_link(struct ifnet *ifp, enum link_state link)
{
	struct machine *m = ifp->m;

	if (ifp->link == link)
		return;
	ifp->link = link;
	machine_changed(m, ifp);
	if (ifp->link_pending || m->n_swi == sizeof(m->swi) / sizeof(m->swi[0]))
		return;
	ifp->link_pending = true;
	m->swi_event.fire = swi_fire;
	m->swi_event.ctx = m;
	m->swi_event.domain = VGUEST;
	m->swi[m->n_swi++] = ifp;
	swi_arm(m);
}

/* A detach waits for the link task first: the last report is not lost. */
void
ifnet_drain_link(struct ifnet *ifp)
{
	struct machine *m = ifp->m;
	size_t i;

	for (i = 0; i < m->n_swi; i++)
		if (m->swi[i] == ifp) {
			memmove(m->swi + i, m->swi + i + 1,
			    (m->n_swi - i - 1) * sizeof(m->swi[0]));
			m->n_swi--;
			if (m->n_swi == 0)
				vclock_cancel(&m->clock, &m->swi_event);
			report_link(ifp);
			return;
		}
}

/* The departure event: hn and lagg let go; then nobody can find it. The
 * record is the caller's, because a link report may come before it. */
void
ifnet_remove(struct ifnet *ifp)
{
	struct machine *m = ifp->m;

	ifnet_drain_link(ifp);
	inet_purge(ifp);
	if (ifp->kind == KIND_VF)
		hn_vf_departed(ifp);
	if (ifp->member_of != NULL)
		lagg_port_departed(ifp);
	ifp->attached = false;
	ifp->running = false;
	TAILQ_REMOVE(&m->ifs, ifp, entry);
	TAILQ_INSERT_TAIL(&m->gone, ifp, entry);
	machine_changed(m, ifp);
	machine_hint(m);
}
