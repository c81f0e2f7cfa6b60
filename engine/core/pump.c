/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/pump.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define DEPTH 3

struct pump {
	struct core *core;
	struct world world;
	struct snapshot snapshot;
	struct world_record record;
	bool busy; /* a world that answers at once calls back into us */
	struct input *later; /* what came while busy */
	size_t n_later, cap_later;
	size_t next_later;
	/* Their memory is kept for the next step: one that observes has one
	 * more within it. */
	struct intents out[DEPTH];
	size_t depth;
};

struct pump *
pump_new(struct core *core, const struct world *world)
{
	struct pump *p = mem_zero(1, sizeof(*p));

	p->core = core;
	p->world = *world;
	return p;
}

void
pump_free(struct pump *p)
{
	size_t i;

	if (p == NULL)
		return;
	for (i = 0; i < DEPTH; i++)
		intents_fini(&p->out[i]);
	snapshot_fini(&p->snapshot);
	free(p->later);
	free(p);
}

const struct snapshot *
pump_seen(const struct pump *p)
{
	return &p->snapshot;
}

static int64_t
now(const struct pump *p)
{
	return p->world.ops->now(p->world.ctx);
}

static void step(struct pump *p, const struct input *in);

static void
observe(struct pump *p)
{
	struct input in = { .kind = INPUT_SNAPSHOT };

	snapshot_reset(&p->snapshot);
	p->world.ops->observe(p->world.ctx, &p->snapshot);
	in.now_ns = now(p);
	in.snapshot = &p->snapshot;
	step(p, &in);
}

static void
carry_out(struct pump *p, const struct intent *i)
{
	const struct world_ops *w = p->world.ops;
	void *ctx = p->world.ctx;

	switch (i->kind) {
	case INTENT_FIRED:
		if (w->fired != NULL)
			w->fired(ctx, i->record, i->rule_file, i->rule_line,
			    i->text, i->carried);
		break;
	case INTENT_OBSERVE:
		observe(p);
		break;
	case INTENT_APPLY:
		w->apply(ctx, i->id, &i->op, i->record);
		break;
	case INTENT_RUN:
		w->run(ctx, i->id, i->text, i->cause);
		break;
	case INTENT_CANCEL:
		w->cancel(ctx, i->id);
		break;
	case INTENT_NOTE:
		if (w->note != NULL)
			w->note(ctx, i->text);
		break;
	}
}

static void
step(struct pump *p, const struct input *in)
{
	struct intents more = { 0 }, *out = &more;
	size_t i;

	if (p->depth < DEPTH)
		out = &p->out[p->depth];
	p->depth++;
	core_step(p->core, in, out);
	for (i = 0; i < out->count; i++)
		carry_out(p, &out->list[i]);
	intents_reset(out);
	p->depth--;
	intents_fini(&more);
}

static void
read_records(struct pump *p)
{
	struct input in;

	while (core_wants_record(p->core) &&
	    p->world.ops->next_record(p->world.ctx, &p->record)) {
		memset(&in, 0, sizeof(in));
		in.kind = INPUT_RECORD;
		in.now_ns = now(p);
		in.raw = p->record.raw;
		in.raw_bytes = p->record.bytes;
		in.record = p->record.number;
		in.timestamp = p->record.timestamp;
		in.media = (enum rule_media)p->record.media;
		step(p, &in);
	}
}

/* One input from outside, and all that follows from it. Inputs that arrive
 * meanwhile are taken after it, in their order. */
static void
feed(struct pump *p, const struct input *in)
{
	struct input *slot, next;

	if (p->busy) {
		slot = MEM_PUSH(p->later, p->n_later, p->cap_later);
		*slot = *in;
		return;
	}
	p->busy = true;
	step(p, in);
	read_records(p);
	while (p->next_later < p->n_later) {
		next = p->later[p->next_later++];
		next.now_ns = now(p);
		step(p, &next);
		read_records(p);
	}
	p->n_later = p->next_later = 0;
	p->busy = false;
	p->world.ops->arm(p->world.ctx, core_deadline(p->core));
}

static void
feed_kind(struct pump *p, enum input_kind kind, uint32_t id, int result)
{
	struct input in = { .kind = kind, .id = id, .result = result };

	in.now_ns = now(p);
	feed(p, &in);
}

void
pump_start(struct pump *p)
{
	feed_kind(p, INPUT_START, 0, 0);
}

void
pump_readable(struct pump *p)
{
	/* A timer input changes nothing by itself; the reading follows. */
	feed_kind(p, INPUT_TIMER, 0, 0);
}

void
pump_hint(struct pump *p)
{
	feed_kind(p, INPUT_HINT, 0, 0);
}

void
pump_lost(struct pump *p)
{
	feed_kind(p, INPUT_HINT, 0, 1);
}

void
pump_timer(struct pump *p)
{
	feed_kind(p, INPUT_TIMER, 0, 0);
}

void
pump_applied(struct pump *p, uint32_t id, int result)
{
	feed_kind(p, INPUT_APPLIED, id, result);
}

void
pump_exited(struct pump *p, uint32_t id, int result)
{
	feed_kind(p, INPUT_EXITED, id, result);
}
