/* SPDX-License-Identifier: BSD-2-Clause */
/* What holds of routes and of DHCP clients at every moment. */
#include <string.h>

#include "base/dur.h"
#include "sim/machine/dhclient.h"
#include "sim/machine/inet.h"
#include "sim/machine/lagg.h"
#include "sim/search/watch_parts.h"

/* --- a default route and its address (FACTS.md E.5 H1) --- */

static void
check_default(struct watch *w)
{
	const struct route *r = inet_default(w->m);
	int64_t now = w->m->clock.now_ns;
	char text[IPADDR_TEXT];
	struct violation *v;
	size_t i;

	if (r == NULL)
		return;
	for (i = 0; i < r->ifp->n_addrs; i++)
		if (ipaddr_in_net(&r->gateway, &r->ifp->addrs[i]))
			return;
	ipaddr_format(&r->gateway, false, text);
	v = watch_broken(w, INVARIANT_OUTLIVED,
	    "the default route to %s is via %s, which has no address there",
	    text, r->ifp->name);
	watch_expect(v,
	    "default route %s via %s never from " MARK_CAME
	    " until " MARK_EARLY,
	    text, r->ifp->name);
	watch_moment(v, now, now + 1);
}

/* --- a client and its link (FACTS.md E.6) --- */

#define AWAY  (1 * DUR_SEC) /* so long, and it has seen it */
#define ASKED (1 * DUR_SEC)

static void
check_asked(struct watch *w, struct watch_nic *n, const struct ifnet *home)
{
	int64_t now = w->m->clock.now_ns;
	struct violation *v;

	/* One that does not run, or not so long, has asked anyhow. */
	if (strcmp(dhclient_state(w->m, home->name), "bound") != 0 ||
	    lagg_active(home) == NULL ||
	    n->back_ns < w->m->clock.frozen_until_ns) {
		n->back_ns = 0;
		return;
	}
	if (now - n->back_ns <= ASKED)
		return;
	v = watch_broken(w, INVARIANT_REASKED,
	    "the link of %s is back for %lld ms, and its client has not asked",
	    home->name, (long long)((now - n->back_ns) / DUR_MS));
	watch_expect(v,
	    "%s dhclient rebooting eventually from " MARK_CAME
	    " until " MARK_EARLY,
	    home->name);
	watch_moment(v, n->back_ns, now);
	n->back_ns = 0;
}

static void
check_client(struct watch *w, struct watch_nic *n)
{
	const struct ifnet *home = n->hn->member_of;
	int64_t now = w->m->clock.now_ns;

	if (home == NULL) {
		n->away_ns = n->back_ns = 0;
	} else if (home->link != LINK_UP) {
		if (n->away_ns == 0 || n->away_ns < w->m->clock.frozen_until_ns)
			n->away_ns = now;
		n->back_ns = 0;
	} else if (n->away_ns != 0) {
		n->back_ns =
		    now - n->away_ns >= AWAY && lagg_active(home) != NULL ? now
									  : 0;
		n->away_ns = 0;
	} else if (n->back_ns != 0) {
		check_asked(w, n, home);
	}
}

void
watch_lease_step(struct watch *w)
{
	size_t i;

	check_default(w);
	for (i = 0; i < w->h->n_pairs; i++)
		if (w->h->pairs[i].dhcp && w->nics[i].hn != NULL)
			check_client(w, &w->nics[i]);
}
