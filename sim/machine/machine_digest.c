/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/machine/machine_digest.h"

#include "failover/native_digest.h"
#include "sim/machine/dhcp.h"
#include "sim/machine/inet6.h"

static void
function_digest(void (*f)(void), struct digest *d)
{
	digest_bytes(d, &f, sizeof(f));
}

/* Which one it is of those that wait, as far as two can be told apart. */
static void
likeness(const struct vevent *e, struct digest *d)
{
	const struct ktask *k = ktask_of(e);

	function_digest((void (*)(void))e->fire, d);
	digest_number(d, (uint64_t)e->window.least_ns);
	digest_number(d, (uint64_t)e->window.most_ns);
	if (k == NULL)
		return;
	function_digest((void (*)(void))k->step, d);
	digest_number(d, (uint64_t)k->pc);
	digest_number(d, (uint64_t)k->sub);
	digest_number(d, k->op.kind);
	digest_text(d, k->op.ifname);
	digest_text(d, k->ifp == NULL ? NULL : k->ifp->name);
}

/* Those that must come before it. */
static void
forerunners(const struct vclock *c, const struct vevent *e, struct digest *d)
{
	const struct timerq *q = &c->queue[e->domain];
	const struct vevent *other;
	struct digest one;
	size_t i;

	for (i = 0; i < q->count; i++) {
		other = (const struct vevent *)(const void *)q->heap[i];
		if (other->timer.deadline_ns != e->timer.deadline_ns ||
		    !vevent_precedes(other, e))
			continue;
		digest_begin(&one, d->now_ns);
		likeness(other, &one);
		digest_one_of(d, &one);
	}
}

void
vevent_digest(const struct vclock *c, const struct vevent *e, struct digest *d)
{
	digest_number(d, timer_is_armed(&e->timer));
	if (!timer_is_armed(&e->timer))
		return;
	digest_due(d, e->timer.deadline_ns);
	digest_number(d, (uint64_t)e->window.least_ns);
	digest_number(d, (uint64_t)e->window.most_ns);
	forerunners(c, e, d);
}

/* Whoever waits for what: something will come then, and nothing else passes by
 * it. */
static void
clock_digest(const struct vclock *c, struct digest *d)
{
	const struct timerq *q;
	const struct vevent *e;
	struct digest one;
	size_t i;
	int domain;

	for (domain = VHOST; domain <= VGUEST; domain++) {
		q = &c->queue[domain];
		for (i = 0; i < q->count; i++) {
			e = (const struct vevent *)(const void *)q->heap[i];
			digest_begin(&one, d->now_ns);
			digest_number(&one, (uint64_t)domain);
			function_digest((void (*)(void))e->fire, &one);
			digest_due(&one, e->timer.deadline_ns);
			digest_one_of(d, &one);
		}
	}
	if (c->drawn != NULL) {
		digest_number(d, (uint64_t)c->drawn->least_ns);
		digest_number(d, (uint64_t)c->drawn->most_ns);
	}
	digest_due(d, c->frozen_until_ns);
}

/* One that is meant, by its name: it may be gone, and another have that. */
static void
meant(const struct ifnet *ifp, struct digest *d)
{
	digest_text(d, ifp == NULL ? NULL : ifp->name);
	digest_number(d, ifp != NULL && ifp->attached);
}

static void
hn_digest(const struct vclock *c, const struct hn *hn, struct digest *d)
{
	digest_text(d, hn->device);
	meant(hn->vf, d);
	meant(hn->rewrite, d);
	digest_number(d,
	    (uint64_t)(hn->rxvf << 0 | hn->host_connected << 1 |
		hn->host_path_vf << 2 | hn->associated << 3 | hn->managed << 4 |
		hn->netchg << 5 | hn->promiscuous << 6 | hn->filter_open << 7 |
		hn->suspended << 8 | hn->xen << 9 | hn->xt_merged << 10 |
		hn->xt_moving << 11 | (hn->holder != NULL) << 12 |
		(hn->thread != NULL) << 13 |
		(hn->note == hn->used_note) << 14));
	digest_number(d, hn->saved_caps);
	vevent_digest(c, &hn->link_query, d);
	vevent_digest(c, &hn->netchange, d);
	vevent_digest(c, &hn->xt_ready, d);
}

static void
vf_digest(const struct vf *vf, struct digest *d)
{
	digest_text(d, vf->driver);
	digest_text(d, vf->device);
	digest_number(d, vf->bus);
	meant(vf->hn, d);
	/* How often it was started counts only for those who wait for that
	 * start, but some drivers tell the first one from the others. */
	digest_number(d,
	    (uint64_t)((vf->starts > 0) << 0 | vf->carrier << 1 |
		vf->surprised << 2 | vf->ghost << 3 | vf->unbound << 4 |
		vf->negotiates << 5));
}

static void
lagg_digest(const struct lagg *lagg, struct digest *d)
{
	size_t i;

	digest_number(d, lagg->n_ports);
	for (i = 0; i < lagg->n_ports; i++)
		meant(lagg->ports[i], d);
	meant(lagg->primary, d);
}

static void
ifnet_digest(const struct ifnet *ifp, struct digest *d)
{
	digest_number(d, ifp->kind);
	digest_text(d, ifp->name);
	digest_number(d, ifp->index);
	digest_number(d, (uint64_t)ifp->unit);
	digest_text(d, ifp->descr);
	digest_bytes(d, ifp->mac, sizeof(ifp->mac));
	digest_bytes(d, ifp->own_mac, sizeof(ifp->own_mac));
	digest_number(d, ifp->mtu);
	digest_number(d, ifp->link);
	digest_number(d,
	    (uint64_t)(ifp->up << 0 | ifp->running << 1 |
		ifp->link_pending << 2 | ifp->cap_linkstate << 3 |
		ifp->dying << 4 | ifp->attached << 5 | ifp->accept_rtadv << 6 |
		ifp->no_dad << 7 | ifp->ifdisabled << 8 | ifp->promisc << 9));
	meant(ifp->member_of, d);
	digest_bytes(d, ifp->addrs, ifp->n_addrs * sizeof(ifp->addrs[0]));
	digest_bytes(d, ifp->addr_flags, ifp->n_addrs);
	digest_text(d, ifp->groups);
	digest_number(d, ifp->caps);
	digest_number(d, ifp->capenable);
	digest_number(d, ifp->own_capenable);
	if (ifp->kind == KIND_HN)
		hn_digest(&ifp->m->clock, &ifp->hn, d);
	else if (ifp->kind == KIND_VF)
		vf_digest(&ifp->vf, d);
	else if (ifp->kind == KIND_LAGG)
		lagg_digest(&ifp->lagg, d);
	else if (ifp->kind != KIND_LOOP)
		d->blind = true;
}

/* The place in a queue, from 1; 0 when it does not wait there. */
static uint64_t
place(const struct ktask_queue *q, const struct ktask *wanted)
{
	const struct ktask *k;
	uint64_t n = 0;

	TAILQ_FOREACH (k, q, waiting) {
		n++;
		if (k == wanted)
			return n;
	}
	return 0;
}

static void
task_digest(const struct machine *m, const struct ktask *k, uint64_t number,
    struct digest *d)
{
	function_digest((void (*)(void))k->step, d);
	function_digest((void (*)(void))k->done, d);
	digest_number(d, (uint64_t)k->pc);
	digest_number(d, (uint64_t)k->sub);
	digest_number(d, (uint64_t)k->sub2);
	digest_number(d, (uint64_t)k->sub3);
	digest_number(d, (uint64_t)k->result);
	operation_digest(&k->op, d);
	meant(k->ifp, d);
	meant(k->other, d);
	meant(k->hn, d);
	digest_number(d, number);
	/* Whose start it waits for. */
	if (number == 0 && k->ifp != NULL && k->ifp->kind == KIND_VF)
		digest_number(d, k->ifp->vf.starts - k->id);
	digest_number(d, m->bus_owner == k);
	digest_number(d, place(&m->bus_queue, k));
	digest_number(d, place(&m->bus_unnamed, k));
	vevent_digest(&m->clock, &k->event, d);
	digest_bytes(d, k->owned, k->owned_bytes);
	d->blind = d->blind || (k->owned != NULL && k->owned_bytes == 0);
}

static void
tasks_digest(const struct machine *m, machine_task_number *number, void *ctx,
    struct digest *d)
{
	const struct ktask *k;
	struct digest one;

	TAILQ_FOREACH (k, &m->tasks, entry) {
		digest_begin(&one, d->now_ns);
		task_digest(m, k, number(ctx, k), &one);
		digest_one_of(d, &one);
	}
}

static void
devctl_digest(const struct machine *m, struct digest *d)
{
	const struct queued_record *q;

	digest_number(d, m->devctl_queued);
	digest_number(d, m->devctl_limit);
	STAILQ_FOREACH (q, &m->devctl, entry)
		digest_bytes(d, m->trace->records[q->row].raw,
		    m->trace->records[q->row].raw_bytes);
}

static bool
is_blind(const struct machine *m)
{
	return !TAILQ_EMPTY(&m->jailed) || !TAILQ_EMPTY(&m->netif_runs) ||
	    m->guests != NULL || m->shell != NULL || m->os != SNAP_FREEBSD ||
	    (m->dhcp != NULL && !TAILQ_EMPTY(&m->dhcp->clients));
}

void
machine_digest(const struct machine *m, machine_task_number *number, void *ctx,
    struct digest *d)
{
	const struct ifnet *ifp;
	const struct route *r;

	digest_number(d,
	    (uint64_t)(m->transparent << 0 | m->failover_rx_all << 1 |
		m->panicked << 2));
	clock_digest(&m->clock, d);
	TAILQ_FOREACH (ifp, &m->ifs, entry)
		ifnet_digest(ifp, d);
	TAILQ_FOREACH (ifp, &m->swi, swi)
		meant(ifp, d);
	TAILQ_FOREACH (r, &m->routes, entry) {
		digest_bytes(d, &r->net, sizeof(r->net));
		digest_bytes(d, &r->gateway, sizeof(r->gateway));
		meant(r->ifp, d);
	}
	devctl_digest(m, d);
	vevent_digest(&m->clock, &m->swi_event, d);
	vevent_digest(&m->clock, &m->record_event, d);
	vevent_digest(&m->clock, &m->hint_event, d);
	if (m->inet6 != NULL)
		digest_number(d,
		    (uint64_t)(m->inet6->silent << 0 | m->inet6->rtsold << 1 |
			m->inet6->advertises << 2));
	tasks_digest(m, number, ctx, d);
	d->blind = d->blind || is_blind(m);
}
