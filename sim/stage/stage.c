/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/stage/stage.h"

#include "base/strbuf.h"

static void
do_step(const struct stage *stage, const struct scn_step *p, struct trace *t)
{
	struct strbuf text = { 0 };
	bool acts = p->kind != SCN_MARK && p->kind != SCN_END;

	if (acts) {
		scn_step_text(p, &text);
		trace_add_stimulus(t, p->at_ns, strbuf_str(&text), p->line);
		strbuf_fini(&text);
	}
	if (p->mark != NULL)
		trace_add_mark(t, p->at_ns, p->mark);
	if (acts)
		stage->ops->stimulus(stage->ctx, p);
}

bool
stage_run(const struct stage *stage, const struct scenario *s,
    const char *policy, struct trace *t)
{
	const struct stage_ops *ops = stage->ops;
	bool good;
	size_t i;

	ops->set_up(stage->ctx, t);
	for (i = 0; i < s->n_steps; i++) {
		ops->run_until(stage->ctx, s->steps[i].at_ns);
		do_step(stage, &s->steps[i], t);
	}
	ops->run_until(stage->ctx, s->end_ns);
	ops->finish(stage->ctx);
	good = judge_run(s, policy, t, ops->probe, stage->ctx);
	ops->tear_down(stage->ctx);
	return good;
}
