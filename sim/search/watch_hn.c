/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What holds of hn(4) at every moment: FACTS.md C.10, I1 to I4. It is true of
 * FreeBSD's alone: Linux' netvsc keeps its carrier, and tells of nothing here.
 */
#include <string.h>

#include "base/dur.h"
#include "sim/machine/ifnet.h"
#include "sim/search/watch_parts.h"

/* I3: the pretended outage of a network change, and the host's answer. */
#define OUTAGE (5 * DUR_SEC)
#define ANSWER (1 * DUR_SEC)

/* --- which one it is --- */

struct ifnet *
watch_find_hn(const struct watch *w, size_t pair)
{
	const struct course_pair *p = &w->h->pairs[pair];
	struct ifnet *ifp;

	TAILQ_FOREACH (ifp, &w->m->ifs, entry)
		if (ifp->kind == KIND_HN &&
		    memcmp(ifp->hw_mac, p->mac, sizeof(p->mac)) == 0)
			return ifp;
	return NULL;
}

static void
find_nics(struct watch *w)
{
	const struct ifnet *hn;
	size_t i;

	w->n_born = w->m->n_born;
	w->departures = w->m->departures;
	for (i = 0; i < w->h->n_pairs; i++) {
		hn = watch_find_hn(w, i);
		if (hn == w->nics[i].hn)
			continue;
		/* N11 swallows a VF_DOWN, so a new one begins anew. */
		memset(&w->nics[i], 0, sizeof(w->nics[i]));
		w->nics[i].hn = hn;
		w->nics[i].capenable = hn == NULL ? 0 : hn->capenable;
	}
}

/* What it could before, an engine that is started cannot know: the kernel tells
 * what is on, not what it keeps for the time when a port leaves, and what is
 * off may be off because somebody wants it so. It is held to what it found. One
 * that is started at the mark comes when all is done. */
static void
see_start(struct watch *w)
{
	size_t i;

	w->starts = simwalk_starts(w->walk);
	if (w->m->clock.now_ns >= w->h->calm_ns)
		return;
	for (i = 0; i < w->h->n_pairs; i++)
		if (w->nics[i].hn != NULL)
			w->nics[i].capenable = w->nics[i].hn->capenable;
}

void
watch_nic_digest(const struct watch_nic *n, struct digest *d)
{
	digest_number(d, (uint64_t)((n->hn != NULL) << 0 | n->told_up << 1));
	digest_number(d, n->linkless_ns == 0);
	digest_since(d, n->linkless_ns, OUTAGE + ANSWER + 1);
	digest_due(d, n->outage_ns);
	digest_number(d, n->capenable);
	/* The rest is of leases, packets and steps that have a time. */
}

/* --- I1: what it tells --- */

void
watch_hn_told(struct watch *w, const struct watch_told *r)
{
	struct watch_nic *n = NULL;
	struct violation *v;
	bool up = strcmp(r->type, "VF_UP") == 0;
	size_t i;

	if (r->system != WATCH_VF)
		return;
	for (i = 0; i < w->h->n_pairs && n == NULL; i++)
		if (w->nics[i].hn != NULL &&
		    strcmp(w->nics[i].hn->name, r->name) == 0)
			n = &w->nics[i];
	if (n == NULL)
		return; /* it is gone, and its switch came to its end */
	if (n->told_up == up) {
		v = watch_broken(w, INVARIANT_ALTERNATE, "%s again of %s",
		    r->type, r->name);
		watch_expect(v,
		    "count record \"subsystem=%s type=%s\" >= 1 "
		    "between " MARK_CAME " and " MARK_EARLY,
		    r->name, up ? "VF_DOWN" : "VF_UP");
		watch_moment(v, n->told_ns + 1, r->at_ns + 1);
	}
	if (up)
		watch_join_ended(n, r->at_ns);
	n->told_up = up;
	n->told_ns = r->at_ns;
}

/* --- I2: what it pretends --- */

/* While it switches it is neither here nor there. */
static void
check_pretence(struct watch *w, const struct ifnet *hn)
{
	int64_t now = w->m->clock.now_ns;
	struct violation *v;

	if (!hn->hn.rxvf || hn->hn.holder != NULL ||
	    (hn->link == LINK_DOWN && !hn->hn.managed))
		return;
	v = watch_broken(w, INVARIANT_PRETEND, "%s hands over, and %s",
	    hn->name,
	    hn->hn.managed ? "asks the host for its link"
			   : "does not pretend to be down");
	watch_expect(v, "%s %s never from " MARK_CAME " until " MARK_EARLY,
	    hn->name, hn->link != LINK_DOWN ? "link up" : "rxvf yes");
	watch_moment(v, now, now + 1);
}

/* --- I3: that it gets its link back --- */

static void
check_link(struct watch *w, struct watch_nic *n, const struct ifnet *hn)
{
	const struct vclock *c = &w->m->clock;
	int64_t outage_ns = hn->hn.netchange.timer.deadline_ns;
	struct violation *v;

	if (hn->link == LINK_UP || hn->hn.rxvf || !hn->hn.managed ||
	    !hn->hn.host_connected) {
		n->linkless_ns = 0;
		return;
	}
	/* Another network change, or a guest that stood still: all over. */
	if (n->linkless_ns == 0 || outage_ns != n->outage_ns ||
	    n->linkless_ns < c->frozen_until_ns)
		n->linkless_ns = c->frozen_until_ns > c->now_ns
		    ? c->frozen_until_ns
		    : c->now_ns;
	n->outage_ns = outage_ns;
	if (c->now_ns - n->linkless_ns <= OUTAGE + ANSWER)
		return;
	v = watch_broken(w, INVARIANT_RELINK, "%s has had no link for %lld ms",
	    hn->name, (long long)((c->now_ns - n->linkless_ns) / DUR_MS));
	watch_expect(v,
	    "%s link up eventually from " MARK_CAME " until " MARK_EARLY,
	    hn->name);
	watch_moment(v, n->linkless_ns, c->now_ns);
}

/* --- I4: the transparent path --- */

static void
check_enabled(struct watch *w, const struct ifnet *hn)
{
	int64_t now = w->m->clock.now_ns;
	struct violation *v;

	if (!hn->hn.xen || (hn->running && hn->hn.vf != NULL))
		return;
	v = watch_broken(w, INVARIANT_ENABLED, "%s sends by a VF, and %s",
	    hn->name, hn->running ? "has none" : "does not run");
	watch_expect(v, "%s %s never from " MARK_CAME " until " MARK_EARLY,
	    hn->name, hn->running ? "vf none" : "running no");
	watch_moment(v, now, now + 1);
}

void
watch_hn_step(struct watch *w)
{
	const struct ifnet *hn;
	size_t i;

	if (w->m->os != SNAP_FREEBSD)
		return;
	if (w->n_born != w->m->n_born || w->departures != w->m->departures)
		find_nics(w);
	if (w->starts != simwalk_starts(w->walk))
		see_start(w);
	for (i = 0; i < w->h->n_pairs; i++) {
		hn = w->nics[i].hn;
		if (hn == NULL)
			continue;
		check_pretence(w, hn);
		check_link(w, &w->nics[i], hn);
		check_enabled(w, hn);
	}
}
