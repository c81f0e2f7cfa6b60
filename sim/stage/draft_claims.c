/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What can be expected of a draft: its own machine tells. First it is run
 * without any expectation, under the native policy and some seeds; out of what
 * happened come the proposals. Then they are judged under each policy, until
 * what is left is green.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "sim/stage/draft_parts.h"
#include "sim/stage/simstage.h"

#define SEEDS	     3 /* delays are drawn: a bound holds for more than one */
#define ROUNDS	     4
#define WINDOW	     (20 * DUR_MS) /* a shorter one has too few probes */
#define SWITCHES_MAX 40 /* proposals of one kind that somebody reads */
#define WINDOWS_MAX  12 /* with more of them, one over all is easier to read */

struct proposer {
	struct draft *d;
	const struct draft_stage *stage;
	struct scenario *s;	   /* the draft without expectations */
	struct trace *runs[SEEDS]; /* of it, native */
};

static struct scenario *
parse(const struct draft *d, bool bare, struct err *e)
{
	struct strbuf said = { 0 }, text = { 0 };
	struct diag diag = { .emit = diag_emit_strbuf, .ctx = &said };
	struct scenario *s;

	draft_text(d, bare, &text);
	s = scenario_parse("draft", strbuf_str(&text), text.bytes, &diag);
	if (s == NULL)
		err_set(e, ERR_STATE, "%s", strbuf_str(&said));
	strbuf_fini(&said);
	strbuf_fini(&text);
	return s;
}

/* NULL with the reason in e. */
static struct trace *
run(const struct draft_stage *with, const struct scenario *s,
    enum core_policy policy, uint64_t seed, struct err *e)
{
	struct strbuf said = { 0 };
	struct diag diag = { .emit = diag_emit_strbuf, .ctx = &said };
	struct simstage stage = {
		.scenario = s,
		.profile = with->profile(s->machine),
		.rules = with->rules,
		.policy = policy,
		.seed = seed,
		.trouble = e,
	};
	struct trace *t = NULL;

	e->code = ERR_NONE;
	if (stage.profile == NULL) {
		err_set(e, ERR_NOTFOUND, "there is no machine %s", s->machine);
	} else if (!simstage_check(&stage, &diag)) {
		err_set(e, ERR_STATE, "%s", strbuf_str(&said));
	} else {
		t = trace_new();
		simstage_run(&stage, t);
		if (e->code != ERR_NONE) {
			trace_free(t);
			t = NULL;
		}
	}
	profile_free(stage.profile);
	strbuf_fini(&said);
	return t;
}

/* --- what happened --- */

/* The value at the moment, or "". */
static const char *
value_at(const struct trace *t, const char *object, const char *field,
    int64_t at_ns)
{
	const char *value = "";
	size_t i;

	for (i = 0; i < t->n_states && t->states[i].at_ns <= at_ns; i++)
		if (strcmp(t->states[i].object, object) == 0 &&
		    strcmp(t->states[i].field, field) == 0)
			value = t->states[i].value;
	return value;
}

/* How long after from it took the value; -1 when not before until. */
static int64_t
time_to(const struct trace *t, const char *object, const char *field,
    const char *value, int64_t from_ns, int64_t until_ns)
{
	size_t i;

	if (strcmp(value_at(t, object, field, from_ns), value) == 0)
		return 0;
	for (i = 0; i < t->n_states; i++)
		if (t->states[i].at_ns > from_ns &&
		    t->states[i].at_ns < until_ns &&
		    strcmp(t->states[i].object, object) == 0 &&
		    strcmp(t->states[i].field, field) == 0 &&
		    strcmp(t->states[i].value, value) == 0)
			return t->states[i].at_ns - from_ns;
	return -1;
}

static void
find_aggregates(struct proposer *p)
{
	const struct trace *t = p->runs[0];
	struct draft_nic *nic;
	size_t i, k;

	for (k = 0; k < p->d->n_nics; k++) {
		nic = &p->d->nics[k];
		for (i = 0; i < t->n_states; i++)
			if (strcmp(t->states[i].object, nic->name) == 0 &&
			    strcmp(t->states[i].field, "member-of") == 0 &&
			    strcmp(t->states[i].value, "none") != 0)
				snprintf(nic->aggregate, sizeof(nic->aggregate),
				    "%.15s", t->states[i].value);
		if (nic->aggregate[0] == '\0')
			draft_remark(p->d,
			    "nothing is expected of %s: native made no "
			    "aggregate with it",
			    nic->name);
	}
}

/* --- bounds with room --- */

static int64_t
roomy(int64_t value, const int64_t *ladder, size_t count)
{
	size_t i;

	value += value / 4;
	for (i = 0; i < count - 1; i++)
		if (value <= ladder[i])
			return ladder[i];
	return (value / ladder[count - 1] + 1) * ladder[count - 1];
}

static int64_t
roomy_time(int64_t ns)
{
	static const int64_t ladder[] = { 10 * DUR_MS, 20 * DUR_MS, 50 * DUR_MS,
		100 * DUR_MS, 200 * DUR_MS, 500 * DUR_MS, DUR_SEC, 2 * DUR_SEC,
		5 * DUR_SEC, 10 * DUR_SEC };

	return roomy(ns, ladder, sizeof(ladder) / sizeof(ladder[0]));
}

static int64_t
roomy_count(int64_t n)
{
	static const int64_t ladder[] = { 0, 2, 5, 10, 20, 50, 100, 200, 500,
		1000 };

	return roomy(n, ladder, sizeof(ladder) / sizeof(ladder[0]));
}

/* --- proposals --- */

static struct draft_claim *
claim(struct proposer *p, const char *fmt, const char *a, const char *b,
    const char *c)
{
	struct draft_claim *k;
	struct strbuf text = { 0 };

	k = MEM_PUSH(p->d->claims, p->d->n_claims, p->d->cap_claims);
	for (; *fmt != '\0'; fmt++)
		if (*fmt == '1')
			strbuf_adds(&text, a);
		else if (*fmt == '2')
			strbuf_adds(&text, b);
		else if (*fmt == '3')
			strbuf_adds(&text, c);
		else
			strbuf_addc(&text, *fmt);
	k->text = strbuf_take(&text);
	return k;
}

/* Which NIC's pair a step touches; n_nics: none. *active: who should carry
 * behind it. */
static size_t
pair_of(const struct proposer *p, const struct scn_step *step,
    const char **active)
{
	const struct draft *d = p->d;
	size_t i;

	*active = NULL;
	if (step->name == NULL)
		return d->n_nics;
	for (i = 0; i < d->n_nics; i++)
		if (strcmp(d->nics[i].name, step->name) == 0)
			return i;
	for (i = 0; i < d->n_vfs; i++) {
		if (strcmp(d->vfs[i].name, step->name) != 0)
			continue;
		if (step->kind == SCN_VF_EJECT ||
		    step->kind == SCN_VF_RESCIND ||
		    (step->kind == SCN_VF_LINK && !step->up))
			*active = d->nics[d->vfs[i].nic].name;
		else if (step->kind == SCN_VF_ATTACH ||
		    step->kind == SCN_VF_LINK)
			*active = step->as != NULL ? step->as : step->name;
		return d->vfs[i].nic;
	}
	return d->n_nics;
}

/* When the pair is touched again. */
static int64_t
until_next(const struct proposer *p, size_t step)
{
	const char *active;
	size_t pair = pair_of(p, &p->s->steps[step], &active), i;

	for (i = step + 1; i < p->s->n_steps; i++)
		if (pair_of(p, &p->s->steps[i], &active) == pair &&
		    p->s->steps[i].at_ns > p->s->steps[step].at_ns)
			return p->s->steps[i].at_ns;
	return p->s->end_ns;
}

static void
propose_switch(struct proposer *p, size_t i)
{
	const struct scn_step *step = &p->s->steps[i];
	int64_t until = until_next(p, i), took, most = 0;
	const char *active, *agg;
	struct draft_claim *k;
	size_t pair = pair_of(p, step, &active), n;

	if (active == NULL || step->mark == NULL || pair == p->d->n_nics)
		return;
	agg = p->d->nics[pair].aggregate;
	if (agg[0] == '\0')
		return;
	for (n = 0; n < SEEDS; n++) {
		took = time_to(p->runs[n], agg, "active", active, step->at_ns,
		    until);
		if (took < 0)
			break;
		most = took > most ? took : most;
	}
	if (n < SEEDS && until - step->at_ns < 10 * DUR_SEC)
		return; /* the next comes too soon for it: as it should */
	k = claim(p, "1 active 2", agg, active, "");
	k->mark = mem_str(step->mark);
	k->within_ns = roomy_time(most);
	if (n < SEEDS)
		k->lost = mem_str("not before the next stimulus");
}

/* Missing probes of all directions in the window, and the longest gap. */
static void
count_missing(const struct trace *t, const char *probe, int64_t from_ns,
    int64_t until_ns, int64_t *lost, int64_t *gap)
{
	const struct trace_gap *g;
	int64_t period, first, last;
	size_t i;

	for (i = 0; i < t->n_gaps; i++) {
		g = &t->gaps[i];
		period = t->probes[g->probe].period_ns;
		first = g->from_ns + period;
		last = first + (int64_t)g->count * period;
		if (strcmp(t->probes[g->probe].name, probe) != 0 ||
		    last <= from_ns || first >= until_ns)
			continue;
		*lost += (int64_t)g->count;
		if (g->to_ns - g->from_ns > *gap)
			*gap = g->to_ns - g->from_ns;
	}
}

static void
propose_packets(struct proposer *p, const char *from, int64_t from_ns,
    const char *until, int64_t until_ns)
{
	char probe[32], bound[96], window[160], dur[DUR_TEXT];
	int64_t lost, gap, most = 0, longest = 0;
	size_t i, n;

	if (until_ns - from_ns < WINDOW)
		return;
	snprintf(window, sizeof(window), "%.63s and %.63s", from, until);
	for (i = 0; i < p->d->n_nics; i++) {
		if (p->d->nics[i].aggregate[0] == '\0')
			continue;
		snprintf(probe, sizeof(probe), "p%u", (unsigned)i + 1);
		most = longest = 0;
		for (n = 0; n < SEEDS; n++) {
			lost = gap = 0;
			count_missing(p->runs[n], probe, from_ns, until_ns,
			    &lost, &gap);
			most = lost > most ? lost : most;
			longest = gap > longest ? gap : longest;
		}
		if (most == 0)
			snprintf(bound, sizeof(bound), "lost == 0");
		else
			snprintf(bound, sizeof(bound), "lost <= %lld gap <= %s",
			    (long long)roomy_count(most),
			    dur_format(roomy_time(longest), dur));
		claim(p, "1 2 between 3", probe, bound, window);
	}
}

/* Between each two moments that have a name. */
static void
propose_windows(struct proposer *p)
{
	const struct scn_step *s = p->s->steps;
	size_t i, last = SIZE_MAX, marks = 0;

	for (i = 0; i < p->s->n_steps; i++)
		marks += s[i].mark != NULL ? 1 : 0;
	for (i = 0; i < p->s->n_steps; i++) {
		if (s[i].mark == NULL || (marks > WINDOWS_MAX && last < i))
			continue;
		if (last != SIZE_MAX)
			propose_packets(p, s[last].mark, s[last].at_ns,
			    s[i].mark, s[i].at_ns);
		last = i;
	}
	if (last != SIZE_MAX)
		propose_packets(p, s[last].mark, s[last].at_ns, "end",
		    p->s->end_ns);
	else
		propose_packets(p, "start", 0, "end", p->s->end_ns);
}

static void
propose_end(struct proposer *p, size_t nic)
{
	const struct draft_nic *n = &p->d->nics[nic];
	const struct trace *t = p->runs[0];
	int64_t end = t->run.end_ns;
	const char *active = value_at(t, n->aggregate, "active", end);
	const char *ports = value_at(t, n->aggregate, "ports", end);
	const char *route = value_at(t, "route", "default", end);
	char tail[SCN_NAME_MAX + 8];
	struct strbuf quoted = { 0 };
	size_t bytes = strlen(route), tail_bytes;

	if (n->aggregate[0] == '\0' ||
	    strcmp(value_at(t, n->aggregate, "exists", end), "yes") != 0)
		return;
	if (active[0] != '\0')
		claim(p, "1 active 2", n->aggregate, active, "");
	strbuf_addf(&quoted, "\"%s\"", ports);
	if (ports[0] != '\0')
		claim(p, "1 ports 2", n->aggregate, strbuf_str(&quoted), "");
	strbuf_fini(&quoted);
	if (n->address[0] != '\0')
		claim(p, "address 1 only on 2", n->address, n->aggregate, "");
	snprintf(tail, sizeof(tail), " via %s", n->aggregate);
	tail_bytes = strlen(tail);
	if (bytes > tail_bytes && strcmp(route + bytes - tail_bytes, tail) == 0)
		claim(p, "default route 1 via 2", p->d->router, n->aggregate,
		    "");
}

static void
propose_all(struct proposer *p)
{
	size_t i;

	for (i = 0; i < p->s->n_steps && p->d->n_claims < SWITCHES_MAX; i++)
		propose_switch(p, i);
	if (i < p->s->n_steps)
		draft_remark(p->d,
		    "only the first %d switches have an expectation",
		    SWITCHES_MAX);
	propose_windows(p);
	for (i = 0; i < p->d->n_nics; i++)
		propose_end(p, i);
}

/* --- judged --- */

/* Claims that are no comments are the expectations, in order. */
static struct draft_claim *
claim_number(struct draft *d, size_t n)
{
	size_t i;

	for (i = 0; i < d->n_claims; i++)
		if (d->claims[i].lost == NULL && n-- == 0)
			return &d->claims[i];
	return NULL;
}

static char *
one_line(const char *s)
{
	struct strbuf out = { 0 };

	for (; *s != '\0' && out.bytes < 160; s++)
		strbuf_addc(&out, *s >= ' ' && *s < 0x7f ? *s : ' ');
	strbuf_addc(&out, '\0');
	return strbuf_take(&out);
}

/* Notes what was not met; true when all was as the draft says. */
static bool
note_verdicts(struct draft *d, const struct trace *t, enum core_policy policy)
{
	struct draft_claim **list = mem_zero(d->n_claims + 1, sizeof(*list));
	struct draft_claim *k;
	bool good = true;
	size_t i;

	/* First all numbers, because a claim that is lost changes them. */
	for (i = 0; i < t->n_checks && i < d->n_claims; i++)
		list[i] = claim_number(d, i);
	for (i = 0; i < t->n_checks && i < d->n_claims; i++) {
		k = list[i];
		if (k == NULL ||
		    (t->checks[i].verdict != TRACE_FAIL &&
			t->checks[i].verdict != TRACE_MENDED))
			continue;
		good = false;
		free(k->fault);
		k->fault = NULL;
		/* A fault that cannot be judged fails all the same. */
		if (policy == CORE_STOCK &&
		    t->checks[i].verdict == TRACE_FAIL &&
		    strstr(t->checks[i].happened, "never reached") == NULL)
			k->fault = one_line(t->checks[i].happened);
		else if (policy == CORE_NATIVE)
			k->lost = one_line(t->checks[i].happened);
	}
	free(list);
	return good;
}

static int
judge(struct draft *d, const struct draft_stage *stage, struct err *e)
{
	bool good = false;
	struct scenario *s;
	struct trace *t;
	int round, policy;

	for (round = 0; round < ROUNDS && !good; round++) {
		good = true;
		for (policy = 0; policy < 2; policy++) {
			enum core_policy p =
			    policy == 0 ? CORE_NATIVE : CORE_STOCK;

			if (p == CORE_STOCK && d->linux_guest)
				continue;
			if ((s = parse(d, false, e)) == NULL)
				return e->code;
			t = run(stage, s, p, s->seed, e);
			if (t != NULL)
				good = note_verdicts(d, t, p) && good;
			scenario_free(s);
			if (t == NULL)
				return e->code;
			trace_free(t);
		}
	}
	return 0;
}

int
draft_propose(struct draft *d, const struct draft_stage *stage, struct err *e)
{
	struct proposer p = { .d = d, .stage = stage };
	int rc = 0;
	size_t i;

	if ((p.s = parse(d, true, e)) == NULL)
		return e->code;
	for (i = 0; i < SEEDS && rc == 0; i++) {
		p.runs[i] = run(stage, p.s, CORE_NATIVE, i + 1, e);
		rc = p.runs[i] == NULL ? e->code : 0;
	}
	if (rc == 0) {
		find_aggregates(&p);
		propose_all(&p);
		rc = judge(d, stage, e);
	}
	for (i = 0; i < SEEDS; i++)
		trace_free(p.runs[i]);
	scenario_free(p.s);
	return rc;
}
