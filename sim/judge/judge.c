/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/judge/judge.h"

#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "sim/judge/judge_parts.h"

bool
judge_mark(const struct judge *j, const char *name, int64_t *ns)
{
	const struct scn_named *mark = scn_names_find(&j->marks, name);

	if (mark != NULL)
		*ns = mark->value;
	else if (strcmp(name, "start") == 0)
		*ns = j->t->run.start_ns;
	else if (strcmp(name, "end") == 0)
		*ns = j->t->run.end_ns;
	else
		return false;
	return true;
}

void
judge_add_dur(struct strbuf *out, int64_t ns)
{
	int64_t step = ns >= DUR_SEC ? DUR_MS : ns >= DUR_MS ? DUR_US : 1;
	char buf[DUR_TEXT];

	strbuf_adds(out, dur_format((ns + step / 2) / step * step, buf));
}

void
judge_add_time(struct strbuf *out, int64_t ns)
{
	char buf[DUR_TEXT];

	strbuf_adds(out, dur_short(ns, buf));
}

bool
judge_compare(int64_t value, enum scn_cmp cmp, int64_t limit)
{
	switch (cmp) {
	case SCN_LT:
		return value < limit;
	case SCN_LE:
		return value <= limit;
	case SCN_EQ:
		return value == limit;
	case SCN_NE:
		return value != limit;
	case SCN_GE:
		return value >= limit;
	case SCN_GT:
		return value > limit;
	}
	return false;
}

const char *
judge_cmp_word(enum scn_cmp cmp)
{
	switch (cmp) {
	case SCN_LT:
		return "less than";
	case SCN_LE:
		return "at most";
	case SCN_EQ:
		return "exactly";
	case SCN_NE:
		return "anything but";
	case SCN_GE:
		return "at least";
	case SCN_GT:
		return "more than";
	}
	return "?";
}

/* The last instant belongs to the run for rows and for `eventually`, which
 * one moment satisfies; `always` and `never` ask for time that passed. */
static bool
make_window(const struct judge *j, const struct scn_expect *e,
    struct judge_window *w, struct judge_result *r)
{
	const char *missing = NULL;
	bool lasting = e->when == SCN_ALWAYS || e->when == SCN_NEVER;

	if (e->kind != SCN_EXPECT_STATE && e->kind != SCN_EXPECT_ADDRESS)
		lasting = false;
	w->whole = e->from == NULL && e->until == NULL;
	w->from_ns = j->t->run.start_ns;
	w->until_ns = j->t->run.end_ns + (lasting ? 0 : 1);
	if (e->from != NULL && !judge_mark(j, e->from, &w->from_ns))
		missing = e->from;
	else if (e->until != NULL && !judge_mark(j, e->until, &w->until_ns))
		missing = e->until;
	r->moot = missing != NULL || w->from_ns >= w->until_ns;
	if (missing != NULL) {
		strbuf_addf(&r->happened, "mark %s was never reached", missing);
	} else if (r->moot) {
		strbuf_adds(&r->happened,
		    "the window is empty: it ends when it begins, or before");
	}
	return !r->moot;
}

static void
judge_one(const struct judge *j, const struct scn_expect *e,
    struct judge_result *r)
{
	struct judge_window w;

	if (!make_window(j, e, &w, r))
		return;
	switch (e->kind) {
	case SCN_EXPECT_STATE:
	case SCN_EXPECT_ADDRESS:
		judge_state(j, e, &w, r);
		break;
	case SCN_EXPECT_PROBE:
		judge_probe_numbers(j, e, &w, r);
		break;
	case SCN_EXPECT_COUNT:
		judge_count(j, e, &w, r);
		break;
	case SCN_EXPECT_ORDER:
		judge_order(j, e, &w, r);
		break;
	case SCN_EXPECT_REACH:
		judge_reach(j, e, r);
		break;
	}
}

static void
add_mark(struct strbuf *out, const struct judge *j, const char *name)
{
	int64_t ns;

	if (name == NULL || !judge_mark(j, name, &ns))
		return;
	strbuf_addc(out, ' ');
	judge_add_time(out, ns);
}

/* The expectation as written, and when its marks were. */
static char *
say_expected(const struct judge *j, const struct scn_expect *e)
{
	struct strbuf sb = { 0 }, times = { 0 };

	add_mark(&times, j, e->mark);
	add_mark(&times, j, e->from);
	if (e->from != NULL && e->until != NULL)
		strbuf_adds(&times, " to");
	add_mark(&times, j, e->until);
	strbuf_adds(&sb, e->text);
	if (times.bytes > 0)
		strbuf_addf(&sb, " (%s)", times.data + 1);
	strbuf_fini(&times);
	return strbuf_take(&sb);
}

static const struct scn_fault *
fault_under(const struct scn_expect *e, const char *policy)
{
	size_t i;

	for (i = 0; i < e->n_faults; i++)
		if (strcmp(e->faults[i].policy, policy) == 0)
			return &e->faults[i];
	return NULL;
}

/* Says why the expectation is not judged in this run; false: it is. */
static bool
is_for_others(const struct scn_expect *e, const char *policy,
    const struct trace *t, struct strbuf *why)
{
	enum scn_stage on = trace_is_real(t) ? SCN_ON_VM : SCN_ON_SIM;

	if (e->under != NULL && strcmp(e->under, policy) != 0)
		strbuf_addf(why, "not judged: it is for %s", e->under);
	else if (e->on != SCN_ON_ANY && e->on != on)
		strbuf_addf(why, "not judged: it is for %s",
		    e->on == SCN_ON_VM ? "a real kernel (vm)"
				       : "the simulated machine (sim)");
	else if (e->kind == SCN_EXPECT_REACH && on == SCN_ON_VM)
		strbuf_adds(why,
		    "not judged: only the simulated machine has such places");
	return why->bytes > 0;
}

static enum trace_verdict
append(const struct judge *j, const struct scenario *s,
    const struct scn_expect *e, const char *policy, struct trace *t)
{
	const struct scn_fault *fault = fault_under(e, policy);
	struct judge_result r = { .at_ns = TRACE_OPEN };
	bool skip = is_for_others(e, policy, t, &r.happened);
	struct trace_check *c;

	if (!skip)
		judge_one(j, e, &r);
	c = MEM_PUSH(t->checks, t->n_checks, t->cap_checks);
	c->file = mem_str(s->path);
	c->line = e->line;
	c->text = mem_str(e->text);
	c->expected = say_expected(j, e);
	c->reason = mem_str(fault == NULL || skip ? "" : fault->reason);
	c->at_ns = r.at_ns;
	if (skip)
		c->verdict = TRACE_SKIP;
	else if (fault != NULL && !r.moot)
		c->verdict = r.holds ? TRACE_MENDED : TRACE_KNOWN_FAULT;
	else
		c->verdict = r.holds ? TRACE_PASS : TRACE_FAIL;
	if (c->verdict == TRACE_MENDED)
		strbuf_addf(&r.happened,
		    "; it holds, so remove known-fault %s from the line",
		    policy);
	c->happened = strbuf_take(&r.happened);
	return c->verdict;
}

/* A fault that was to strike. Whether it did, its notes tell
 * (sim/stage/faults.h). */
static enum trace_verdict
append_fault(const struct scenario *s, const struct scn_injection *in,
    const char *policy, struct trace *t)
{
	bool skip = in->under != NULL && strcmp(in->under, policy) != 0;
	struct strbuf happened = { 0 }, text = { 0 };
	struct trace_check *c;
	size_t struck = 0;

	if (skip)
		strbuf_addf(&happened, "not judged: it is for %s", in->under);
	else if ((struck = judge_strikes(t, in->line)) == 0)
		strbuf_addf(&happened,
		    "the fault of line %u never struck; write may if that is "
		    "meant",
		    in->line);
	else
		strbuf_addf(&happened, "struck %zu time%s", struck,
		    struck == 1 ? "" : "s");
	strbuf_addf(&text, "fault %s", in->words);
	c = MEM_PUSH(t->checks, t->n_checks, t->cap_checks);
	c->file = mem_str(s->path);
	c->line = in->line;
	c->text = strbuf_take(&text);
	c->expected = mem_str("it strikes");
	c->happened = strbuf_take(&happened);
	c->reason = mem_str("");
	c->at_ns = TRACE_OPEN;
	c->verdict = skip ? TRACE_SKIP : struck > 0 ? TRACE_PASS : TRACE_FAIL;
	return c->verdict;
}

bool
judge_run(const struct scenario *s, const char *policy, struct trace *t,
    judge_probe_fn *probe, void *ctx)
{
	struct judge j = { .s = s, .t = t, .probe = probe, .ctx = ctx };
	enum trace_verdict verdict;
	bool good = true;
	size_t i;

	j.states = judge_states_new(t);
	for (i = 0; i < t->n_marks; i++)
		scn_names_add(&j.marks, t->marks[i].name, t->marks[i].at_ns, 0);
	for (i = 0; i < s->n_expects; i++) {
		verdict = append(&j, s, &s->expects[i], policy, t);
		if (verdict == TRACE_FAIL || verdict == TRACE_MENDED)
			good = false;
	}
	for (i = 0; i < s->n_injections; i++)
		if (!s->injections[i].may &&
		    append_fault(s, &s->injections[i], policy, t) == TRACE_FAIL)
			good = false;
	judge_states_free(j.states);
	scn_names_fini(&j.marks);
	return good;
}
