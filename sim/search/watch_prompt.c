/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * That the engine is quick: it looks at what it is told of, by a record or by
 * the routing socket, and does not wait until it looks without a reason
 * (CORE_RESYNC). Claimed of histories whose faults may not keep it waiting: a
 * record may be lost, since the routing socket speaks as well.
 */
#include <string.h>

#include "base/dur.h"
#include "sim/machine/ifdriver.h"
#include "sim/machine/inet.h"
#include "sim/machine/lagg.h"
#include "sim/search/watch_parts.h"

#define PROMPT (5 * DUR_SEC)
#define SCRIPT (60 * DUR_SEC) /* for so long may one that is typed go on */
#define FAILS  3	      /* operations that may fail meanwhile */

void
watch_prompt_begin(struct watch *w)
{
	const struct scenario *s = w->h->scn;
	size_t i, fails = 0;

	/* Where the world is small its events have no time of their own. */
	w->hurries = w->policy == CORE_NATIVE && !w->h->transparent &&
	    !w->h->on_linux && w->h->calm_ns != INT64_MAX;
	w->daemon_runs = true;
	for (i = 0; i < s->n_injections; i++)
		switch (s->injections[i].what) {
		case SCN_RECORD_LOSE:
		case SCN_RECORD_DOUBLE:
		case SCN_RECORD_REORDER:
		case SCN_RECORD_DELAY:
			break;
		case SCN_OPERATION_FAILS: /* each time it waits longer */
			fails += s->injections[i].times;
			break;
		default:
			w->hurries = false;
		}
	if (fails > FAILS)
		w->hurries = false;
	for (i = 0; i < s->n_steps; i++)
		/* It is tried ever more seldom. */
		if (s->steps[i].kind == SCN_VF_LINK ||
		    s->steps[i].kind == SCN_HOST_ASSOC)
			w->vf_may_wait = true;
}

static int64_t
later_of(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* What was done has its consequences, and they their time; a script goes on
 * while other things are done. */
static void
see_steps(struct watch *w)
{
	const struct scenario *s = w->h->scn;
	const struct scn_step *p;
	bool script;

	while (w->n_steps < s->n_steps &&
	    s->steps[w->n_steps].at_ns <= w->m->clock.now_ns) {
		p = &s->steps[w->n_steps++];
		script = p->kind == SCN_USER && strchr(p->text, '\n') != NULL;
		w->disturbed_ns =
		    later_of(w->disturbed_ns, p->at_ns + (script ? SCRIPT : 0));
		if (p->kind == SCN_DAEMON_KILL)
			w->daemon_runs = false;
		if (p->kind == SCN_DAEMON_START ||
		    p->kind == SCN_DAEMON_RESTART)
			w->daemon_runs = true;
	}
}

/* --- what it has to do --- */

static bool
carries(const struct watch *w, size_t pair, const struct ifnet *hn)
{
	const struct ifnet *vf = hn->hn.vf;
	const struct course_pair *p = &w->h->pairs[pair];

	if (w->vf_may_wait || vf == NULL || !vf->attached || vf->dying ||
	    vf->vf.surprised || vf->vf.ghost || p->downed ||
	    driver_trait(vf, "link_later") ||
	    w->came_ns[pair] + w->h->vf_delay_ns + PROMPT > w->m->clock.now_ns)
		return true;
	return lagg_active(hn->member_of) == vf;
}

/* While rc.conf is edited nobody knows which of both the engine has read. */
static bool
has_address(const struct course_pair *p, const struct ifnet *home)
{
	return p->dhcp || p->n_addrs == 0 ||
	    inet_find(home, &p->addrs[0]) >= 0 ||
	    (p->former.family != 0 && inet_find(home, &p->former) >= 0);
}

/* A NIC that is going refuses to give its address away, and what is routed
 * leads by it until it has gone (FACTS.md B.5): nobody can do that any sooner.
 */
static bool
lacks_default(const struct watch *w, const struct ifnet *home)
{
	const struct route *r = inet_default(w->m);

	return r == NULL || (r->ifp != home && !r->ifp->dying);
}

/* What is amiss, and in the words of a scenario what should be; NULL: nothing.
 * A VF has its delay, anew for each daemon. */
static const char *
find_amiss(const struct watch *w, size_t pair, char should[VIOLATION_TEXT],
    int64_t *delay_ns)
{
	const struct course_pair *p = &w->h->pairs[pair];
	const struct ifnet *hn = w->nics[pair].hn, *home = hn->member_of;
	char text[IPADDR_TEXT];

	if (home == NULL) {
		watch_words(should, "%s member-of none never", hn->name);
		return "it is no port of an aggregate";
	}
	if (!hn->up || !home->up) {
		watch_words(should, "%s up eventually",
		    hn->up ? home->name : hn->name);
		return "it, or its aggregate, is down";
	}
	if (!has_address(p, home)) {
		watch_words(should, "address %s on %s eventually",
		    ipaddr_format(&p->addrs[0], true, text), home->name);
		return "its aggregate has no address";
	}
	if (p->router.family != 0 && lacks_default(w, home)) {
		watch_words(should, "default route via %s eventually",
		    home->name);
		return "there is no default route";
	}
	if (!carries(w, pair, hn)) {
		watch_words(should, "%s active %s eventually", home->name,
		    hn->hn.vf->name);
		*delay_ns = w->h->vf_delay_ns;
		return "its VF does not carry";
	}
	return NULL;
}

static void
check_pair(struct watch *w, size_t pair)
{
	struct watch_nic *n = &w->nics[pair];
	int64_t now = w->m->clock.now_ns, since, delay = 0, *late;
	char should[VIOLATION_TEXT];
	struct violation *v;
	const char *amiss;

	if (n->hn == NULL || n->hn->dying)
		return;
	amiss = find_amiss(w, pair, should, &delay);
	if (amiss == NULL) {
		n->late_ns = n->vf_late_ns = 0;
		return;
	}
	/* That a VF has waited makes nothing else late. */
	late = &n->late_ns;
	if (delay > 0) {
		n->late_ns = 0;
		late = &n->vf_late_ns;
	}
	if (*late == 0)
		*late = now;
	since = later_of(*late, w->disturbed_ns);
	since = later_of(since, w->m->clock.frozen_until_ns);
	if (now - since <= PROMPT + delay)
		return;
	v = watch_broken(w, INVARIANT_PROMPT, "%s: %s for %lld ms", n->hn->name,
	    amiss, (long long)((now - since) / DUR_MS));
	watch_expect(v, "%s from " MARK_CAME " until " MARK_EARLY, should);
	watch_moment(v, since, now);
}

void
watch_prompt_step(struct watch *w)
{
	size_t i;

	if (!w->hurries)
		return;
	see_steps(w);
	/* At boot it is started when all else has been. */
	if (!w->daemon_runs || w->t->n_operations == 0)
		return;
	if (w->disturbed_ns < w->t->operations[0].start_ns)
		w->disturbed_ns = w->t->operations[0].start_ns;
	for (i = 0; i < w->h->n_pairs; i++)
		check_pair(w, i);
}
