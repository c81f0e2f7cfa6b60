/* SPDX-License-Identifier: BSD-2-Clause */
/* A search's way through a run: see sim/stage/simstage.h. */
#include <assert.h>
#include <stddef.h>

#include "base/digest.h"
#include "sim/stage/simstage_parts.h"

void
simwalk_decide(struct simwalk *w,
    bool (*decide)(void *ctx, const struct scn_injection *in), void *ctx)
{
	simdaemon_decide(w->g.daemon, decide, ctx);
}

unsigned
simwalk_starts(const struct simwalk *w)
{
	return simdaemon_starts(w->g.daemon);
}

void
simwalk_fire(struct simwalk *w, struct vevent *e)
{
	vclock_fire(&w->g.m->clock, e);
	simstage_look(&w->g);
}

/* What the host says is with the guest before anything else comes, so the
 * newest event of the clock is its delivery. */
void
simwalk_do(struct simwalk *w, const struct scn_step *step)
{
	struct vclock *c = &w->g.m->clock;
	const struct timerq *q = &c->queue[VGUEST];
	struct timer *newest = NULL;
	size_t i;

	stage_do(&w->walk, step, c->now_ns);
	if (step->kind == SCN_VM_FREEZE || step->kind == SCN_MARK)
		return;
	for (i = 0; i < q->count; i++)
		if (newest == NULL || q->heap[i]->order > newest->order)
			newest = q->heap[i];
	assert(newest != NULL);
	simwalk_fire(w, (struct vevent *)(void *)newest);
}

void
simwalk_digest(const struct simwalk *w, struct digest *d)
{
	simdaemon_digest(w->g.daemon, d);
	d->blind = d->blind || w->g.devd != NULL || w->g.facts != NULL;
}
