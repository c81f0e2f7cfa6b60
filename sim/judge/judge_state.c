/* SPDX-License-Identifier: BSD-2-Clause */
/* Claims about state: when a line of spans is good enough. */
#include <assert.h>
#include <string.h>

#include "sim/judge/judge_parts.h"

/* What the field was at t_ns: "active hn0", "gone", "also on mce0". */
static void
add_value(struct strbuf *out, const struct judge_line *line,
    const struct scn_expect *e, int64_t t_ns)
{
	const struct judge_span *sp = judge_line_at(line, t_ns);

	if (sp->other != NULL)
		strbuf_addf(out, "%s has it too", sp->other);
	else if (sp->value == NULL)
		strbuf_addf(out, "%s did not exist", e->object);
	else if (sp->value[0] == '\0')
		strbuf_addf(out, "%s %s was empty", e->object, e->field);
	else
		strbuf_addf(out, "%s %s was %s", e->object, e->field,
		    sp->value);
}

/* ", held again 40ms later" after a break at t_ns. */
static void
add_again(struct strbuf *out, const struct judge_line *line, bool holds,
    int64_t t_ns)
{
	int64_t again;

	again = judge_line_first(line, holds, t_ns, line->end_ns + 1);
	if (again == TRACE_OPEN) {
		strbuf_adds(out, " until the end");
		return;
	}
	strbuf_adds(out, " for ");
	judge_add_dur(out, again - t_ns);
}

static void
judge_finally(const struct judge_line *line, const struct scn_expect *e,
    struct judge_result *r)
{
	r->holds = judge_line_at(line, line->end_ns)->holds;
	r->at_ns = judge_line_since(line, line->end_ns);
	if (r->holds)
		strbuf_adds(&r->happened, "so since ");
	else
		add_value(&r->happened, line, e, line->end_ns);
	if (!r->holds)
		strbuf_adds(&r->happened, ", not as expected since ");
	judge_add_time(&r->happened, r->at_ns);
}

/* always when want is true, never when it is false. */
static void
judge_throughout(const struct judge_line *line, const struct scn_expect *e,
    const struct judge_window *w, bool want, struct judge_result *r)
{
	int64_t broken;

	broken = judge_line_first(line, !want, w->from_ns, w->until_ns);
	r->holds = broken == TRACE_OPEN;
	r->at_ns = broken;
	if (r->holds) {
		strbuf_adds(&r->happened, want ? "held all the time" : "never");
		return;
	}
	strbuf_adds(&r->happened, "at ");
	judge_add_time(&r->happened, broken);
	strbuf_adds(&r->happened, ": ");
	add_value(&r->happened, line, e, broken);
	add_again(&r->happened, line, want, broken);
}

static void
judge_eventually(const struct judge_line *line, const struct scn_expect *e,
    const struct judge_window *w, struct judge_result *r)
{
	int64_t until =
	    w->until_ns > line->end_ns ? line->end_ns : w->until_ns - 1;

	r->at_ns = judge_line_first(line, true, w->from_ns, w->until_ns);
	r->holds = r->at_ns != TRACE_OPEN;
	if (r->holds) {
		strbuf_adds(&r->happened, "first at ");
		judge_add_time(&r->happened, r->at_ns);
		return;
	}
	strbuf_adds(&r->happened, "never; at the last ");
	add_value(&r->happened, line, e, until);
}

static void
judge_within(const struct judge_line *line, const struct scn_expect *e,
    const char *mark, int64_t mark_ns, struct judge_result *r)
{
	int64_t first, limit = mark_ns + e->limit_ns;

	first = judge_line_first(line, true, mark_ns, line->end_ns + 1);
	r->holds = first != TRACE_OPEN && first <= limit;
	r->at_ns = first;
	if (r->holds && first == mark_ns) {
		strbuf_addf(&r->happened, "so already at %s", mark);
		return;
	}
	if (first == TRACE_OPEN) {
		strbuf_addf(&r->happened, "never after %s; at the end ", mark);
		add_value(&r->happened, line, e, line->end_ns);
		if (limit > line->end_ns) {
			strbuf_adds(&r->happened, " (the run ended ");
			judge_add_dur(&r->happened, line->end_ns - mark_ns);
			strbuf_addf(&r->happened, " after %s)", mark);
		}
		return;
	}
	strbuf_adds(&r->happened, r->holds ? "became true " : "not until ");
	judge_add_dur(&r->happened, first - mark_ns);
	strbuf_addf(&r->happened, " after %s (at ", mark);
	judge_add_time(&r->happened, first);
	strbuf_addc(&r->happened, ')');
}

static void
judge_for(const struct judge_line *line, const struct scn_expect *e,
    const char *mark, int64_t mark_ns, struct judge_result *r)
{
	int64_t broken, limit = mark_ns + e->limit_ns;

	broken = judge_line_first(line, false, mark_ns, limit);
	if (broken > line->end_ns)
		broken = TRACE_OPEN;
	r->at_ns = broken;
	if (broken == TRACE_OPEN && limit > line->end_ns) {
		r->moot = true;
		strbuf_adds(&r->happened, "held, but the run ended ");
		judge_add_dur(&r->happened, line->end_ns - mark_ns);
		strbuf_addf(&r->happened, " after %s; let it run longer", mark);
		return;
	}
	r->holds = broken == TRACE_OPEN;
	if (r->holds) {
		strbuf_addf(&r->happened, "held all the time after %s", mark);
		return;
	}
	if (broken == mark_ns) {
		strbuf_addf(&r->happened, "not so at %s", mark);
	} else {
		strbuf_adds(&r->happened, "broke ");
		judge_add_dur(&r->happened, broken - mark_ns);
		strbuf_addf(&r->happened, " after %s (at ", mark);
		judge_add_time(&r->happened, broken);
		strbuf_addc(&r->happened, ')');
	}
	strbuf_adds(&r->happened, ": ");
	add_value(&r->happened, line, e, broken);
	add_again(&r->happened, line, true, broken);
}

/* One mark; r is empty. */
static void
judge_from_mark(const struct judge *j, const struct judge_line *line,
    const struct scn_expect *e, const char *mark, struct judge_result *r)
{
	int64_t mark_ns;

	if (!judge_mark(j, mark, &mark_ns)) {
		r->moot = true;
		strbuf_addf(&r->happened, "mark %s was never reached", mark);
		return;
	}
	if (e->when == SCN_WITHIN)
		judge_within(line, e, mark, mark_ns, r);
	else
		judge_for(line, e, mark, mark_ns, r);
}

/* How many rounds the scenario has of this mark ("back." of back.*). */
static unsigned
count_rounds(const struct scenario *s, const char *prefix, size_t bytes)
{
	const char *mark;
	unsigned n = 0;
	size_t i;

	for (i = 0; i < s->n_steps; i++) {
		mark = s->steps[i].mark;
		if (mark != NULL && strncmp(mark, prefix, bytes) == 0 &&
		    strspn(mark + bytes, "0123456789") == strlen(mark + bytes))
			n++;
	}
	return n;
}

/* All rounds must hold. Tells the first that does not, else the slowest. */
static void
judge_rounds(const struct judge *j, const struct judge_line *line,
    const struct scn_expect *e, struct judge_result *r)
{
	size_t bytes = strlen(e->mark) - 1;
	unsigned n = count_rounds(j->s, e->mark, bytes), i, failed = 0;
	int64_t mark_ns, took, slowest = -1;
	struct judge_result one;
	struct strbuf mark = { 0 }, told = { 0 };

	for (i = 1; i <= n; i++) {
		one = (struct judge_result){ .at_ns = TRACE_OPEN };
		strbuf_reset(&mark);
		strbuf_add(&mark, e->mark, bytes);
		strbuf_addf(&mark, "%u", i);
		judge_from_mark(j, line, e, mark.data, &one);
		r->moot = r->moot || one.moot;
		took = one.holds && judge_mark(j, mark.data, &mark_ns) &&
			one.at_ns >= mark_ns
		    ? one.at_ns - mark_ns
		    : 0;
		if (one.holds ? failed == 0 && took > slowest : failed == 0) {
			slowest = took;
			r->at_ns = one.at_ns;
			strbuf_reset(&told);
			strbuf_adds(&told, strbuf_str(&one.happened));
		}
		failed += !one.holds;
		strbuf_fini(&one.happened);
	}
	r->holds = n > 0 && failed == 0;
	if (!r->holds)
		strbuf_addf(&r->happened, "not in %u of %u rounds; first: %s",
		    failed, n, strbuf_str(&told));
	else if (e->when == SCN_WITHIN)
		strbuf_addf(&r->happened, "in all %u rounds; slowest: %s", n,
		    strbuf_str(&told));
	else
		strbuf_addf(&r->happened, "held in all %u rounds", n);
	strbuf_fini(&told);
	strbuf_fini(&mark);
}

void
judge_state(const struct judge *j, const struct scn_expect *e,
    const struct judge_window *w, struct judge_result *r)
{
	struct judge_line line;

	judge_line_make(j->states, e, &line);
	switch (e->when) {
	case SCN_FINALLY:
		judge_finally(&line, e, r);
		break;
	case SCN_ALWAYS:
		judge_throughout(&line, e, w, true, r);
		break;
	case SCN_NEVER:
		judge_throughout(&line, e, w, false, r);
		break;
	case SCN_EVENTUALLY:
		judge_eventually(&line, e, w, r);
		break;
	case SCN_WITHIN:
	case SCN_FOR:
		if (strcmp(e->mark + strlen(e->mark) - 1, "*") == 0)
			judge_rounds(j, &line, e, r);
		else
			judge_from_mark(j, &line, e, e->mark, r);
		break;
	}
	judge_line_fini(&line);
}
