/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/stage/stage.h"

#include "base/strbuf.h"

static void
do_step(const struct stage *stage, const struct scn_step *p, int64_t at_ns,
    struct trace *t)
{
	struct strbuf text = { 0 };
	bool acts = p->kind != SCN_MARK && p->kind != SCN_END;

	if (acts && !t->sparse) {
		scn_step_text(p, &text);
		trace_add_stimulus(t, at_ns, strbuf_str(&text), p->line);
		strbuf_fini(&text);
	}
	if (p->mark != NULL)
		trace_add_mark(t, at_ns, p->mark);
	if (acts)
		stage->ops->stimulus(stage->ctx, p);
}

void
stage_begin(struct stage_walk *w)
{
	w->next = 0;
	w->ended = false;
	w->stage->ops->set_up(w->stage->ctx, w->t);
}

enum stage_progress
stage_advance(struct stage_walk *w, bool *good)
{
	const struct stage *stage = w->stage;
	bool more = w->next < w->s->n_steps;

	if (w->ended)
		return STAGE_END;
	if (stage->ops->happen(stage->ctx,
		more ? w->s->steps[w->next].at_ns : w->s->end_ns))
		return STAGE_EVENT;
	if (more) {
		do_step(stage, &w->s->steps[w->next],
		    w->s->steps[w->next].at_ns, w->t);
		w->next++;
		return STAGE_STEP;
	}
	stage->ops->finish(stage->ctx);
	*good = judge_run(w->s, w->policy, w->t, stage->ops->probe, stage->ctx);
	w->ended = true;
	return STAGE_END;
}

void
stage_do(struct stage_walk *w, const struct scn_step *step, int64_t at_ns)
{
	do_step(w->stage, step, at_ns, w->t);
}

void
stage_close(struct stage_walk *w)
{
	w->stage->ops->tear_down(w->stage->ctx);
}

bool
stage_run(const struct stage *stage, const struct scenario *s,
    const char *policy, struct trace *t)
{
	struct stage_walk w = { .stage = stage,
		.s = s,
		.policy = policy,
		.t = t };
	bool good = false;

	stage_begin(&w);
	while (stage_advance(&w, &good) != STAGE_END)
		;
	stage_close(&w);
	return good;
}
