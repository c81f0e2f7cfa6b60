/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/stage/places.h"

#include <string.h>

#include "base/dur.h"
#include "sim/scenario/reach.h"

#define AT_ONCE DUR_SEC /* two fail-overs within it */

/* In a note, or as the reason of an operation. */
static const struct {
	const char *words, *place;
	bool why;
} known[] = {
	{ "its delay is cancelled", REACH_CANCELLED, false },
	{ "is up without link; set down", "vf-without-link", false },
	{ "was set down by somebody else", "vf-left-down", false },
	{ "its VF has not returned", "vf-missed", false },
	{ "does not know it (renamed", "vf-unpaired", false },
	{ "tried again in", "operation-again", false },
	{ "; left alone", "left-alone", false },
	{ "yet the hn hands over to it", "hn-freed", true },
	{ "up, but not a port", "vf-up-before-join", true },
	{ "a VF has no address of its own", "vf-stripped", true },
	{ "it points at a port", "route-off-port", true },
	{ "no route to its network", "route-restored", true },
	{ "the default route of its lease is gone", "lease-anew", true },
	{ "not in rc.conf any more", "config-dropped", true },
};
#define N_KNOWN (sizeof(known) / sizeof(known[0]))

const char *
places_words(size_t number)
{
	return number < N_KNOWN ? known[number].words : NULL;
}

static void
say(struct machine *m, const char *text, bool why)
{
	size_t i;

	for (i = 0; i < N_KNOWN; i++)
		if (known[i].why == why && strstr(text, known[i].words) != NULL)
			machine_reach(m, known[i].place);
}

void
places_tell(struct machine *m, const char *note)
{
	say(m, note, false);
}

/* --- what has changed since it looked last --- */

static void
see_vf(struct places *p, struct machine *m, const char *vf, size_t pair)
{
	const struct ifnet *ifp = *vf == '\0' ? NULL : ifnet_find(m, vf);
	uint32_t before = p->pairs[pair].vf_born;
	char *name = p->pairs[pair].vf;

	p->pairs[pair].vf_born = ifp == NULL ? 0 : ifp->born;
	if (ifp == NULL)
		return;
	if (*name != '\0' && strcmp(name, ifp->name) != 0)
		machine_reach(m, "vf-other-name");
	if (before != 0 && before != ifp->born)
		machine_reach(m, "vf-back-unseen");
	memcpy(name, ifp->name, IFNAME_MAX);
}

static void
see_active(struct places *p, struct machine *m, const struct snap_if *lagg,
    size_t pair)
{
	const char *active = "";
	size_t i;

	for (i = 0; i < lagg->n_ports; i++)
		if (lagg->ports[i].active)
			active = lagg->ports[i].name;
	if (strcmp(p->pairs[pair].active, active) == 0)
		return;
	if (p->pairs[pair].active[0] != '\0')
		p->pairs[pair].failed_over_ns = m->clock.now_ns;
	memcpy(p->pairs[pair].active, active, strlen(active) + 1);
	for (i = 0; i < PLACES_PAIRS; i++)
		if (i != pair && p->pairs[i].failed_over_ns > 0 &&
		    p->pairs[pair].failed_over_ns - p->pairs[i].failed_over_ns <
			AT_ONCE)
			machine_reach(m, "failovers-at-once");
}

void
places_see(struct places *p, struct machine *m, const struct snapshot *s)
{
	size_t i, hns = 0, laggs = 0;

	for (i = 0;
	     i < s->n_ifs && (hns < PLACES_PAIRS || laggs < PLACES_PAIRS); i++)
		if (s->ifs[i].class == IF_HN && hns < PLACES_PAIRS)
			see_vf(p, m, s->ifs[i].vf, hns++);
		else if (s->ifs[i].class == IF_LAGG && laggs < PLACES_PAIRS)
			see_active(p, m, &s->ifs[i], laggs++);
}

/* --- amid something --- */

void
places_begin(struct machine *m, const struct operation *op)
{
	say(m, op->why, true);
}

void
places_end(const struct ktask *k)
{
	if (k->op.kind == OP_PORT_ADD && k->result != 0 &&
	    ifnet_find(k->m, k->op.other) == NULL)
		machine_reach(k->m, "vf-gone-amid-join");
}

bool
places_amid(const struct machine *m, const void *owner)
{
	const struct ktask *k;

	TAILQ_FOREACH (k, &m->tasks, entry)
		if (k->engine && (owner == NULL || k->ctx == owner))
			return true;
	return false;
}
