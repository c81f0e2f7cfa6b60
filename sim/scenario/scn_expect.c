/* SPDX-License-Identifier: BSD-2-Clause */
/* Expectations. */
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "sim/scenario/reach.h"
#include "sim/scenario/scn_cursor.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

const char *const scn_metric_words[SCN_METRICS] = {
	[SCN_LOST] = "lost",
	[SCN_REFUSED] = "refused",
	[SCN_GAP] = "gap",
	[SCN_DUPLICATED] = "duplicated",
	[SCN_REORDERED] = "reordered",
	[SCN_SENT] = "sent",
};

static const char *const cmp_words[] = {
	[SCN_LT] = "<",
	[SCN_LE] = "<=",
	[SCN_EQ] = "==",
	[SCN_NE] = "!=",
	[SCN_GE] = ">=",
	[SCN_GT] = ">",
};

static const char *const row_words[] = {
	[SCN_ROW_RECORD] = "record",
	[SCN_ROW_OPERATION] = "operation",
	[SCN_ROW_COMMAND] = "command",
	[SCN_ROW_RULE] = "rule",
	[SCN_ROW_NOTE] = "note",
	[SCN_ROW_ALARM] = "alarm",
};

static const char *const policies[] = { "native", "stock" };

/* --- without an object of its own --- */

static bool read_alarm(struct scn_parser *p, struct scn_expect *e, bool any);

static bool
read_no(struct scn_parser *p, struct scn_expect *e)
{
	static const char *const known[] = { "address", "default", "alarm" };
	const struct scn_token *t = scn_peek(p);

	if (scn_accept(p, "address")) {
		e->negate = true;
		return scn_read_address(p, e);
	}
	if (scn_accept(p, "default"))
		return scn_read_route(p, e, true);
	if (scn_accept(p, "alarm"))
		return read_alarm(p, e, false);
	if (t == NULL)
		return scn_error(p, NULL,
		    "`address A.B.C.D/N on IF`, `default route` or `alarm "
		    "\"TEXT\"` is missing after `no`");
	return scn_unknown(p, t, "word after `no`:", known, 3);
}

/* --- numbers --- */

static bool
need_cmp(struct scn_parser *p, enum scn_cmp *cmp)
{
	const struct scn_token *t = scn_need(p, "a comparison such as <=");
	int i;

	if (t == NULL)
		return false;
	if ((i = scn_find_word(t, cmp_words, COUNT(cmp_words))) < 0) {
		if (strcmp(t->text, "=") == 0)
			return scn_error(p, t,
			    "`=` compares nothing; write ==");
		return scn_error(p, t,
		    "`%.64s` is not a comparison; known are: < <= == != >= >",
		    t->text);
	}
	*cmp = (enum scn_cmp)i;
	return true;
}

static bool
metric_value(enum scn_metric metric, const char *s, size_t bytes, int64_t *out)
{
	if (metric == SCN_GAP)
		return dur_parse(s, bytes, out) && *out <= SCN_TIME_MAX;
	return num_parse(s, bytes, 0, INT64_MAX, out);
}

static void
add_bound(struct scn_expect *e, size_t *cap, enum scn_metric metric,
    enum scn_cmp cmp, int64_t value)
{
	struct scn_bound *b = MEM_PUSH(e->bounds, e->n_bounds, *cap);

	b->metric = metric;
	b->cmp = cmp;
	b->value = value;
}

static bool
bad_number(struct scn_parser *p, const struct scn_token *t,
    enum scn_metric metric)
{
	if (metric == SCN_GAP)
		return scn_error(p, t,
		    "`%.64s` is not a gap; it is a duration such as 12ms",
		    t->text);
	return scn_error(p, t,
	    "`%.64s` is not a number of packets; write a whole number",
	    t->text);
}

/* CMP VALUE, or LOW..HIGH for two bounds. */
static bool
read_bound(struct scn_parser *p, struct scn_expect *e, size_t *cap,
    enum scn_metric metric)
{
	const struct scn_token *t = scn_peek(p);
	const char *dots = t == NULL ? NULL : strstr(t->text, "..");
	enum scn_cmp cmp = SCN_EQ;
	int64_t low, high;

	if (dots != NULL && t->kind == SCN_TOKEN_WORD) {
		p->at++;
		if (!metric_value(metric, t->text, (size_t)(dots - t->text),
			&low) ||
		    !metric_value(metric, dots + 2, strlen(dots + 2), &high))
			return bad_number(p, t, metric);
		if (low > high)
			return scn_error(p, t,
			    "`%.64s` holds nothing; write LOW..HIGH", t->text);
		add_bound(e, cap, metric, SCN_GE, low);
		add_bound(e, cap, metric, SCN_LE, high);
		return true;
	}
	if (!need_cmp(p, &cmp) || (t = scn_need(p, "a value")) == NULL)
		return false;
	if (t->kind != SCN_TOKEN_WORD ||
	    !metric_value(metric, t->text, strlen(t->text), &low))
		return bad_number(p, t, metric);
	add_bound(e, cap, metric, cmp, low);
	return true;
}

static bool
read_between(struct scn_parser *p, struct scn_expect *e)
{
	if (!scn_accept(p, "between"))
		return true;
	return scn_need_mark(p, false, &e->from) &&
	    scn_need_word(p, "and", "the first mark") &&
	    scn_need_mark(p, false, &e->until);
}

/* The probe's name is read, a metric is next. */
static bool
read_probe(struct scn_parser *p, struct scn_expect *e,
    const struct scn_token *name)
{
	size_t cap = 0;
	int metric;

	e->kind = SCN_EXPECT_PROBE;
	e->probe = mem_str(name->text);
	scn_use(p, SCN_USE_PROBE, name);
	while ((metric = scn_find_word(scn_peek(p), scn_metric_words,
		    SCN_METRICS)) >= 0) {
		p->at++;
		if (!read_bound(p, e, &cap, (enum scn_metric)metric))
			return false;
	}
	return read_between(p, e);
}

/* --- rows --- */

static bool
read_item(struct scn_parser *p, struct scn_expect *e, size_t *cap)
{
	const struct scn_token *t = scn_need(p, "a kind of row");
	struct scn_item *item;
	int row;

	if (t == NULL)
		return false;
	if ((row = scn_find_word(t, row_words, COUNT(row_words))) < 0)
		return scn_unknown(p, t, "kind of row", row_words,
		    COUNT(row_words));
	item = MEM_PUSH(e->items, e->n_items, *cap);
	item->row = (enum scn_row)row;
	return scn_need_string(p, "the text to look for", &item->text);
}

/* CMP N, or LOW..HIGH. */
static bool
read_number(struct scn_parser *p, struct scn_expect *e)
{
	const struct scn_token *t = scn_peek(p);
	const char *dots = t == NULL ? NULL : strstr(t->text, "..");

	if (dots == NULL || t->kind != SCN_TOKEN_WORD)
		return need_cmp(p, &e->cmp) &&
		    scn_need_num(p, "the number of rows", 0, INT64_MAX,
			&e->count);
	p->at++;
	e->cmp = SCN_GE;
	if (!num_parse(t->text, (size_t)(dots - t->text), 0, INT64_MAX,
		&e->count) ||
	    !num_parse(dots + 2, strlen(dots + 2), 0, INT64_MAX, &e->most))
		return scn_error(p, t,
		    "`%.64s` is not a range of whole numbers; write LOW..HIGH",
		    t->text);
	if (e->count > e->most)
		return scn_error(p, t, "`%.64s` holds nothing; write LOW..HIGH",
		    t->text);
	return true;
}

static bool
read_count(struct scn_parser *p, struct scn_expect *e)
{
	size_t cap = 0;

	e->kind = SCN_EXPECT_COUNT;
	return read_item(p, e, &cap) && read_number(p, e) && read_between(p, e);
}

static bool
read_alarm(struct scn_parser *p, struct scn_expect *e, bool any)
{
	struct scn_item *item;
	size_t cap = 0;

	e->kind = SCN_EXPECT_COUNT;
	e->cmp = any ? SCN_GE : SCN_EQ;
	e->count = any ? 1 : 0;
	item = MEM_PUSH(e->items, e->n_items, cap);
	item->row = SCN_ROW_ALARM;
	return scn_need_string(p, "the alarm's text", &item->text) &&
	    read_between(p, e);
}

static bool
read_order(struct scn_parser *p, struct scn_expect *e)
{
	size_t cap = 0;

	e->kind = SCN_EXPECT_ORDER;
	do {
		if (!read_item(p, e, &cap))
			return false;
	} while (scn_accept(p, "then"));
	if (e->n_items < 2)
		return scn_need_word(p, "then", "the first row of an order");
	return true;
}

/* --- when, for whom --- */

static const char *const when_words[] = {
	[SCN_FINALLY] = "finally",
	[SCN_ALWAYS] = "always",
	[SCN_NEVER] = "never",
	[SCN_EVENTUALLY] = "eventually",
	[SCN_WITHIN] = "within",
	[SCN_FOR] = "for",
};

static bool
read_window(struct scn_parser *p, struct scn_expect *e)
{
	const struct scn_token *t = scn_peek(p);
	bool bounded = false;

	if (scn_accept(p, "from")) {
		bounded = true;
		if (!scn_need_mark(p, false, &e->from))
			return false;
	}
	if (scn_accept(p, "until")) {
		bounded = true;
		if (!scn_need_mark(p, false, &e->until))
			return false;
	}
	if (bounded && e->when == SCN_FINALLY)
		return scn_error(p, t,
		    "`finally` looks at the end only; for a window write "
		    "always, never or eventually before `%s`",
		    t->text);
	return true;
}

static bool
read_when(struct scn_parser *p, struct scn_expect *e)
{
	const struct scn_token *t = scn_peek(p);
	int when = scn_find_word(t, when_words, COUNT(when_words));

	if (e->kind != SCN_EXPECT_STATE && e->kind != SCN_EXPECT_ADDRESS) {
		if (when < 0)
			return true;
		return scn_error(p, t,
		    "`%s` is for states; bound these with: between MARK and "
		    "MARK",
		    t->text);
	}
	e->when = SCN_FINALLY;
	if (when >= 0) {
		e->when = (enum scn_when)when;
		p->at++;
	}
	if (e->when == SCN_WITHIN || e->when == SCN_FOR)
		return scn_need_dur(p, "the limit", &e->limit_ns) &&
		    scn_need_word(p, e->when == SCN_FOR ? "after" : "of",
			"the limit") &&
		    scn_need_mark(p, true, &e->mark);
	return read_window(p, e);
}

/* *colon tells whether one stood behind the name. */
static bool
need_policy(struct scn_parser *p, char **out, bool *colon)
{
	const struct scn_token *t = scn_need(p, "a policy");
	struct scn_token bare;
	size_t n;

	if (t == NULL)
		return false;
	n = strlen(t->text);
	*colon = n > 0 && t->text[n - 1] == ':';
	bare = *t;
	bare.text = mem_strn(t->text, n - *colon);
	if (scn_find_word(&bare, policies, COUNT(policies)) >= 0) {
		*out = bare.text;
		return true;
	}
	scn_unknown(p, &bare, "policy", policies, COUNT(policies));
	free(bare.text);
	return false;
}

bool
scn_need_policy(struct scn_parser *p, char **out)
{
	const struct scn_token *t = scn_peek(p);
	bool colon = false;

	if (!need_policy(p, out, &colon))
		return false;
	return !colon || scn_error(p, t, "write: under %s, no colon", *out);
}

static bool
read_fault(struct scn_parser *p, struct scn_expect *e, size_t *cap)
{
	const struct scn_token *t = scn_peek(p);
	struct scn_fault *f;
	char *policy = NULL;
	bool colon;
	size_t i;

	if (!need_policy(p, &policy, &colon))
		return false;
	f = MEM_PUSH(e->faults, e->n_faults, *cap);
	f->policy = policy;
	if (!colon)
		return scn_error(p, t,
		    "write: known-fault %s: \"reason\", with a colon", policy);
	for (i = 0; i + 1 < e->n_faults; i++)
		if (strcmp(e->faults[i].policy, policy) == 0)
			return scn_error(p, t,
			    "a known fault of %s is given already", policy);
	if (e->under != NULL && strcmp(e->under, policy) != 0)
		return scn_error(p, t,
		    "this is expected only under %s, so a fault of %s says "
		    "nothing; remove one",
		    e->under, policy);
	return scn_need_string(p, "the fault's reason", &f->reason);
}

/* Behind an address or a route an `on` of theirs is read already. */
static bool
read_stage(struct scn_parser *p, struct scn_expect *e)
{
	bool sim = false;

	if (!scn_accept(p, "on"))
		return true;
	if (!scn_need_either(p, "sim", "vm", &sim))
		return false;
	e->on = sim ? SCN_ON_SIM : SCN_ON_VM;
	return true;
}

static bool
read_policies(struct scn_parser *p, struct scn_expect *e)
{
	size_t cap = 0;

	if (!read_stage(p, e))
		return false;
	if (scn_accept(p, "under") && !scn_need_policy(p, &e->under))
		return false;
	while (scn_accept(p, "known-fault"))
		if (!read_fault(p, e, &cap))
			return false;
	return true;
}

static void
keep_text(struct scn_parser *p, struct scn_expect *e, size_t upto)
{
	struct strbuf sb = { 0 };
	size_t i;

	for (i = 1; i < upto; i++) {
		if (i > 1)
			strbuf_addc(&sb, ' ');
		strbuf_add(&sb, p->line.tokens[i].raw,
		    p->line.tokens[i].raw_bytes);
	}
	e->text = strbuf_take(&sb);
}

static bool
read_claim(struct scn_parser *p, struct scn_expect *e)
{
	const struct scn_token *t = NULL;

	if (scn_accept(p, "address"))
		return scn_read_address(p, e);
	if (scn_accept(p, "no"))
		return read_no(p, e);
	if (scn_accept(p, "default"))
		return scn_read_route(p, e, false);
	if (scn_accept(p, "sysctl"))
		return scn_read_sysctl(p, e);
	if (scn_accept(p, "count"))
		return read_count(p, e);
	if (scn_accept(p, "alarm"))
		return read_alarm(p, e, true);
	if (scn_accept(p, "order"))
		return read_order(p, e);
	if ((t = scn_need(p, "what is expected")) == NULL)
		return false;
	if (scn_find_word(scn_peek(p), scn_metric_words, SCN_METRICS) >= 0)
		return read_probe(p, e, t);
	p->at--;
	if (!scn_need_ifname(p, "the object", &t))
		return false;
	return scn_read_state(p, e, t);
}

bool
scn_stmt_expect(struct scn_parser *p)
{
	struct scenario *s = p->s;
	struct scn_expect *e;
	size_t upto;

	e = MEM_PUSH(s->expects, s->n_expects, s->cap_expects);
	e->line = p->line.tokens[0].line;
	e->col = p->line.tokens[0].col;
	e->most = -1;
	if (!read_claim(p, e) || !read_when(p, e))
		return false;
	upto = p->at;
	keep_text(p, e, upto);
	return read_policies(p, e) && scn_no_more(p, "this expectation");
}

/* --- places of the model --- */

bool
scn_stmt_sometimes(struct scn_parser *p)
{
	const char *names[REACH_MAX];
	const struct scn_token *t;
	struct strbuf text = { 0 };
	struct scenario *s = p->s;
	struct scn_expect *e;

	e = MEM_PUSH(s->expects, s->n_expects, s->cap_expects);
	e->kind = SCN_EXPECT_REACH;
	e->line = p->line.tokens[0].line;
	e->col = p->line.tokens[0].col;
	e->most = -1;
	if ((t = scn_need(p, "a place of the model, such as N2")) == NULL)
		return false;
	if (t->kind != SCN_TOKEN_WORD || !reach_is_known(t->text))
		return scn_unknown(p, t, "place", names,
		    reach_names(names, REACH_MAX));
	e->place = mem_str(t->text);
	strbuf_addf(&text, "sometimes %s", t->text);
	e->text = strbuf_take(&text);
	return read_policies(p, e) && scn_no_more(p, "the place");
}
