/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/search/journey.h"

#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "failover/native.h"
#include "sim/machine/ifnet.h"

#define UNIT DUR_SEC /* of coarse time */

/* A VF that is up may wait so long for its link (failover/native.h): an engine
 * that looks again later has nothing under way. */
#define UNDER_WAY (NATIVE_GRACE_LAST + DUR_SEC / 2)

bool
journey_is_over(const struct journey *j)
{
	int64_t at_ns;

	return !vclock_next(&j->m->clock, &at_ns);
}

bool
journey_rests(const struct journey *j)
{
	const struct vclock *c = &j->m->clock;
	int64_t at_ns;

	if (!TAILQ_EMPTY(&j->m->tasks))
		return false;
	return !vclock_next(c, &at_ns) ||
	    (c->queue[VHOST].count + c->queue[VGUEST].count == 1 &&
		at_ns - c->now_ns > UNDER_WAY);
}

/* --- what may come --- */

static bool
may_do(const struct journey *j)
{
	const struct vclock *c = &j->m->clock;
	int64_t at_ns;

	if (!j->begun)
		return false;
	if (!journey_rests(j))
		return j->under_way < j->e->overlap;
	return !vclock_next(c, &at_ns) || at_ns - c->now_ns >= CORE_RESYNC;
}

static bool
has_nic(const struct machine *m)
{
	const struct ifnet *ifp;

	TAILQ_FOREACH (ifp, &m->ifs, entry)
		if (ifp->kind == KIND_HN && !ifp->dying)
			return true;
	return false;
}

static void
list_deeds(const struct journey *j, struct crossroads *c)
{
	size_t i;

	c->n_deeds = 0;
	c->cut = false;
	if (!may_do(j))
		return;
	if (j->deeds == j->e->events) {
		c->cut = true;
		i = journey_rests(j) ? smallworld_mends(j->stands)
				     : SMALLWORLD_DEEDS;
		if (i < SMALLWORLD_DEEDS)
			c->deeds[c->n_deeds++] = (uint8_t)i;
		return;
	}
	for (i = 0; i < SMALLWORLD_DEEDS; i++)
		if (smallworld_allows(j->world, i, j->stands) &&
		    (!smallworld_deed(i)->of_guest || has_nic(j->m)))
			c->deeds[c->n_deeds++] = (uint8_t)i;
}

/* Both doors lead to the same engine, which looks at all there is whichever of
 * them it is called by: of the two only one order is tried. */
static size_t
one_door(const struct machine *m, struct vevent **due, size_t n)
{
	size_t i, at = n;

	for (i = 0; i < n; i++)
		if (due[i] == &m->hint_event)
			at = i;
	for (i = 0; i < n && at < n; i++)
		if (due[i] == &m->record_event) {
			memmove(&due[at], &due[at + 1],
			    (n - at - 1) * sizeof(*due));
			return n - 1;
		}
	return n;
}

size_t
journey_look(struct journey *j, struct crossroads *c)
{
	const struct vclock *clock = &j->m->clock;

	c->n_due = one_door(j->m, c->due,
	    vclock_due(clock, clock->now_ns, c->due, JOURNEY_DUE));
	c->passes = c->n_due == 0 && vclock_next(clock, &c->next_ns);
	if (journey_rests(j))
		j->under_way = 0;
	list_deeds(j, c);
	return c->n_due + c->passes + c->n_deeds;
}

static void
do_deed(struct journey *j, size_t i)
{
	const struct smallworld_deed *d = smallworld_deed(i);

	j->stands = (j->stands | d->sets) & ~d->clears;
	if (j->deeds < j->e->events)
		j->deeds++;
	j->under_way++;
	j->quiet = false;
	simwalk_do(j->walk, smallworld_step(j->world, i));
}

void
journey_take(struct journey *j, const struct crossroads *c, size_t way)
{
	if (way < c->n_due)
		simwalk_fire(j->walk, c->due[way]);
	else if (way == c->n_due && c->passes)
		vclock_stand(&j->m->clock, c->next_ns);
	else
		do_deed(j, c->deeds[way - c->n_due - c->passes]);
	watch_step(&j->watch);
}

static bool
strikes(void *ctx, const struct scn_injection *in)
{
	struct journey *j = ctx;

	(void)in;
	if (!j->begun || j->faults == 0 || !j->strikes(j->ctx))
		return false;
	j->faults--;
	j->quiet = false;
	return true;
}

/* --- its beginning and its end --- */

static void
settle(struct journey *j)
{
	struct crossroads c;

	while (!journey_rests(j) && journey_look(j, &c) > 0)
		journey_take(j, &c, 0);
	j->begun = true;
}

struct journey *
journey_new(const struct exhaustive *e, const struct smallworld *world,
    struct trace *t, bool (*decide)(void *ctx), void *ctx)
{
	struct journey *j = mem_zero(1, sizeof(*j));

	j->e = e;
	j->world = world;
	j->strikes = decide;
	j->ctx = ctx;
	j->faults = e->faults;
	j->profile = profile_copy(e->profile);
	profile_coarsen(j->profile, UNIT);
	if (t == NULL) {
		t = j->trace = trace_new();
		t->sparse = true;
	}
	j->stage.scenario = world->course.scn;
	j->stage.profile = j->profile;
	j->stage.rules = e->rules;
	j->stage.policy = e->policy;
	j->stage.seed = 1;
	j->walk = simwalk_open(&j->stage, t);
	j->m = simwalk_machine(j->walk);
	simwalk_decide(j->walk, strikes, j);
	watch_begin(&j->watch, &world->course, e->policy, j->walk, t);
	settle(j);
	return j;
}

void
journey_free(struct journey *j)
{
	simwalk_close(j->walk);
	trace_free(j->trace);
	profile_free(j->profile);
	free(j);
}

void
journey_digest(const struct journey *j, struct digest *d)
{
	digest_begin(d, j->m->clock.now_ns);
	digest_number(d, j->stands);
	digest_number(d, j->faults);
	digest_number(d, journey_rests(j) ? 0 : j->under_way);
	watch_digest(&j->watch, d);
	simwalk_digest(j->walk, d);
}
