/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * That a VF is brought up without a loss (DESIGN.md 4): it is a port before,
 * the hn carries until it does, and what comes by either port is taken
 * meanwhile (D.2 row 2). Told of the last time in a history, and only when
 * nothing else happened about then. A driver that finds its link later makes a
 * hole (D.5).
 */
#include <string.h>

#include "base/dur.h"
#include "sim/machine/dhclient.h"
#include "sim/machine/ifdriver.h"
#include "sim/search/watch_parts.h"

#define BEFORE (250 * DUR_MS)
#define BEHIND (100 * DUR_MS)

void
watch_join_began(struct watch *w, size_t pair, int64_t at_ns)
{
	struct watch_nic *n = &w->nics[pair];
	const struct ifnet *hn = n->hn;

	n->join_ns = n->joined_ns = 0;
	if (hn == NULL || hn->hn.vf == NULL || hn->hn.rxvf ||
	    hn->link != LINK_UP || hn->member_of == NULL ||
	    hn->hn.vf->member_of != hn->member_of ||
	    hn->member_of->lagg.primary != hn || w->m->failover_rx_all == 0 ||
	    !hn->hn.vf->vf.carrier || hn->hn.vf->vf.surprised ||
	    driver_trait(hn->hn.vf, "link_later"))
		return;
	/* Without a lease there may be no address to send from; and those of
	 * two clients are in one network, so that who sends is the first. */
	if (w->h->pairs[pair].dhcp &&
	    (w->h->n_pairs > 1 ||
		strcmp(dhclient_state(w->m, hn->member_of->name), "bound") !=
		    0))
		return;
	n->join_ns = at_ns;
}

void
watch_join_ended(struct watch_nic *n, int64_t at_ns)
{
	if (n->join_ns != 0 && n->joined_ns == 0)
		n->joined_ns = at_ns;
}

/* A script that somebody started may go on for so long. */
#define SCRIPT (60 * DUR_SEC)

static int64_t
lasts(const struct scn_step *p)
{
	return p->kind == SCN_USER || p->kind == SCN_USER_SH ? SCRIPT
							     : p->duration_ns;
}

static bool
is_undisturbed(const struct watch *w, int64_t from_ns, int64_t until_ns)
{
	const struct scenario *s = w->h->scn;
	size_t i;

	for (i = 0; i < s->n_steps; i++)
		if (s->steps[i].at_ns + lasts(&s->steps[i]) >= from_ns &&
		    s->steps[i].at_ns <= until_ns)
			return false;
	return true;
}

/* rc.conf has another address by now, and the engine changes it just then. */
static bool
is_readdressed(const struct watch *w, size_t pair, int64_t from_ns,
    int64_t until_ns)
{
	const struct trace_operation *o;
	size_t i;

	if (w->h->pairs[pair].former.family == 0)
		return false;
	for (i = 0; i < w->t->n_operations; i++) {
		o = &w->t->operations[i];
		if (o->start_ns >= from_ns && o->start_ns <= until_ns &&
		    strstr(o->text, " address-") != NULL)
			return true;
	}
	return false;
}

void
watch_join_end(struct watch *w, size_t pair)
{
	const struct watch_nic *n = &w->nics[pair];
	const char *name;
	int64_t until_ns = n->joined_ns + BEHIND;
	struct judge_probe lost;
	struct violation *v;

	if (n->joined_ns == 0 || pair >= w->h->scn->n_probes ||
	    !is_undisturbed(w, n->join_ns - BEFORE, until_ns) ||
	    is_readdressed(w, pair, n->join_ns - BEFORE, until_ns))
		return;
	name = w->h->scn->probes[pair].name;
	if (!simwalk_probe(w->walk, name, n->join_ns - BEFORE, n->join_ns,
		&lost) ||
	    lost.lost > 0 || lost.sent == 0 ||
	    !simwalk_probe(w->walk, name, n->join_ns, until_ns, &lost) ||
	    lost.lost == 0)
		return;
	v = watch_broken(w, INVARIANT_SEAMLESS, "%llu packets of %s",
	    (unsigned long long)lost.lost, name);
	watch_expect(v, "%s lost == 0 between " MARK_CAME " and " MARK_EARLY,
	    name);
	watch_moment(v, n->join_ns, until_ns);
}
