/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who was told to be attached (FACTS.md C.10, I5). By the interface itself and
 * not by its name, which may have been another one when it came.
 */
#include <stdio.h>
#include <string.h>

#include "sim/machine/ifnet.h"
#include "sim/search/watch_parts.h"

static void
add_birth(struct watch *w, const char *name)
{
	const struct ifnet *ifp = ifnet_find(w->m, name);
	struct watch_birth *b = &w->births[w->n_births];

	if (ifp == NULL || w->n_births == WATCH_BIRTHS)
		return;
	w->n_births++;
	b->born = ifp->born;
	snprintf(b->name, sizeof(b->name), "%s", name);
}

/* Of several that had the name, the one that went last. */
static const struct ifnet *
find_gone(const struct machine *m, const char *name)
{
	const struct ifnet *ifp, *last = NULL;

	TAILQ_FOREACH (ifp, &m->gone, entry)
		if (strcmp(ifp->name, name) == 0)
			last = ifp;
	return last;
}

static bool
take_birth(struct watch *w, uint32_t born)
{
	size_t i;

	for (i = 0; i < w->n_births; i++)
		if (w->births[i].born == born) {
			w->births[i] = w->births[--w->n_births];
			return true;
		}
	return false;
}

void
watch_births_told(struct watch *w, const struct watch_told *r)
{
	const struct ifnet *gone;
	struct violation *v;

	if (strcmp(r->type, "ATTACH") == 0)
		add_birth(w, r->name);
	if (strcmp(r->type, "DETACH") != 0 || w->n_births == WATCH_BIRTHS)
		return;
	gone = find_gone(w->m, r->name);
	if (gone != NULL && take_birth(w, gone->born))
		return;
	v = watch_broken(w, INVARIANT_ATTACHED, "%s is detached, and %s",
	    r->name, gone == NULL ? "is still there" : "was never attached");
	watch_expect(v,
	    "count record \"IFNET subsystem=%s type=DETACH\" == 0 "
	    "between " MARK_CAME " and " MARK_EARLY,
	    r->name);
	watch_moment(v, r->at_ns, r->at_ns + 1);
}

static void
add_born(const struct watch *w, const struct ifnet *ifp, struct digest *d)
{
	struct digest one;
	size_t i;

	for (i = 0; i < w->n_births; i++) {
		if (w->births[i].born != ifp->born)
			continue;
		digest_begin(&one, d->now_ns);
		digest_text(&one, ifp->name);
		digest_number(&one, ifp->attached);
		digest_one_of(d, &one);
	}
}

/* Of what is no more nothing will be told. */
void
watch_births_digest(const struct watch *w, struct digest *d)
{
	const struct ifnet *ifp;

	TAILQ_FOREACH (ifp, &w->m->ifs, entry)
		add_born(w, ifp, d);
	TAILQ_FOREACH (ifp, &w->m->gone, entry)
		add_born(w, ifp, d);
}
