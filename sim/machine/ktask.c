/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/machine/ktask.h"

#include <stdlib.h>

#include "base/mem.h"
#include "sim/machine/machine.h"

static void
forget(struct ktask *k)
{
	TAILQ_REMOVE(&k->m->tasks, k, entry);
	free(k->owned);
	free(k);
}

static void
ktask_fire(void *ctx, struct vevent *e)
{
	struct ktask *k = ctx;
	int64_t delay = k->step(k->m, k);

	if (delay == KTASK_PARKED)
		return;
	if (delay != KTASK_DONE) {
		vclock_after(&k->m->clock, e, delay);
		return;
	}
	if (k->done != NULL)
		k->done(k);
	forget(k);
}

struct ktask *
ktask_start(struct machine *m,
    int64_t (*step)(struct machine *, struct ktask *), int64_t delay_ns)
{
	struct ktask *k = mem_zero(1, sizeof(*k));

	k->m = m;
	k->step = step;
	k->event.fire = ktask_fire;
	k->event.ctx = k;
	k->event.domain = VGUEST;
	k->row = TRACE_NONE;
	TAILQ_INSERT_TAIL(&m->tasks, k, entry);
	vclock_after(&m->clock, &k->event, delay_ns);
	return k;
}

const struct ktask *
ktask_of(const struct vevent *e)
{
	return e->fire == ktask_fire ? e->ctx : NULL;
}

void
ktask_wake(struct ktask *k)
{
	vclock_after(&k->m->clock, &k->event, 0);
}

void
ktask_forget_all(struct machine *m)
{
	struct ktask *k;

	while ((k = TAILQ_FIRST(&m->tasks)) != NULL) {
		vclock_cancel(&m->clock, &k->event);
		forget(k);
	}
}
