/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/stage.h"

#include "base/dur.h"
#include "base/strbuf.h"

static void
describe_vf(const struct scn_step *p, struct strbuf *out)
{
	const char *n = p->name;

	if (p->kind == SCN_VF_ATTACH)
		strbuf_addf(out, "vf attach %s%s%s", n,
		    p->as != NULL ? " as " : "", p->as != NULL ? p->as : "");
	else if (p->kind == SCN_VF_LINK)
		strbuf_addf(out, "vf link %s %s", n, p->up ? "up" : "down");
	else
		strbuf_addf(out, "vf %s %s",
		    p->kind == SCN_VF_EJECT ? "eject" : "rescind", n);
}

/* The step in the words of the scenario language. */
static void
describe(const struct scn_step *p, struct strbuf *out)
{
	char text[DUR_TEXT];

	switch (p->kind) {
	case SCN_VF_ATTACH:
	case SCN_VF_EJECT:
	case SCN_VF_RESCIND:
	case SCN_VF_LINK:
		describe_vf(p, out);
		break;
	case SCN_HOST_NETCHANGE:
		strbuf_addf(out, "host network-change %s", p->name);
		break;
	case SCN_HOST_MEDIA:
		strbuf_addf(out, "host media %s %s", p->name,
		    p->up ? "connect" : "disconnect");
		break;
	case SCN_VM_FREEZE:
		strbuf_addf(out, "vm freeze %s",
		    dur_format(p->duration_ns, text));
		break;
	case SCN_DAEMON_KILL:
		strbuf_adds(out, "daemon kill");
		break;
	case SCN_DAEMON_START:
		strbuf_adds(out, "daemon start");
		break;
	case SCN_DAEMON_RESTART:
		strbuf_adds(out, "daemon restart");
		break;
	case SCN_USER:
		strbuf_addf(out, "user \"%s\"", p->text);
		break;
	case SCN_RECORD:
		strbuf_addf(out, "record \"%s\" times %u", p->text, p->times);
		break;
	case SCN_MARK:
	case SCN_END:
		break;
	}
}

static void
do_step(const struct stage *stage, const struct scn_step *p, struct trace *t)
{
	struct strbuf text = { 0 };
	bool acts = p->kind != SCN_MARK && p->kind != SCN_END;

	if (acts) {
		describe(p, &text);
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
