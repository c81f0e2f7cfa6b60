/* SPDX-License-Identifier: BSD-2-Clause */
/* Expectations. */
#include "sim/scn_parse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/ipaddr.h"
#include "base/mem.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* What may follow an object's name. */
enum value_kind {
	VALUE_NONE, /* the word says it all: `value` below */
	VALUE_NAME, /* an interface or none */
	VALUE_LINK, /* up, down, unknown */
	VALUE_YESNO,
	VALUE_DATAPATH,
	VALUE_MTU,
	VALUE_MAC,
	VALUE_PORTS,
};

static const struct state_word {
	const char *word, *field;
	enum value_kind kind;
	const char *value;
	bool contains;
} state_words[] = {
	{ "absent", "exists", VALUE_NONE, "no", false },
	{ "active", "active", VALUE_NAME, NULL, false },
	{ "datapath", "datapath", VALUE_DATAPATH, NULL, false },
	{ "down", "up", VALUE_NONE, "no", false },
	{ "exists", "exists", VALUE_NONE, "yes", false },
	{ "frozen", "frozen", VALUE_YESNO, NULL, false },
	{ "link", "link", VALUE_LINK, NULL, false },
	{ "mac", "mac", VALUE_MAC, NULL, false },
	{ "master", "master", VALUE_NAME, NULL, false },
	{ "member-of", "member-of", VALUE_NAME, NULL, false },
	{ "mtu", "mtu", VALUE_MTU, NULL, false },
	{ "port", "ports", VALUE_NAME, NULL, true },
	{ "ports", "ports", VALUE_PORTS, NULL, false },
	{ "running", "running", VALUE_YESNO, NULL, false },
	{ "rxvf", "rxvf", VALUE_YESNO, NULL, false },
	{ "up", "up", VALUE_NONE, "yes", false },
	{ "vf", "vf", VALUE_NAME, NULL, false },
};

static const char *const metric_words[] = {
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
};

static const char *const policies[] = { "native", "stock" };

static int
find_word(const struct scn_token *t, const char *const words[], size_t count)
{
	size_t i;

	for (i = 0; t != NULL && t->kind == SCN_TOKEN_WORD && i < count; i++)
		if (strcmp(words[i], t->text) == 0)
			return (int)i;
	return -1;
}

static void
set(char **field, const char *value)
{
	free(*field);
	*field = mem_str(value);
}

/* --- state --- */

static bool
need_one_of(struct scn_parser *p, struct scn_expect *e, const char *what,
    const char *const words[], size_t count)
{
	const struct scn_token *t = scn_need(p, what);

	if (t == NULL)
		return false;
	if (find_word(t, words, count) < 0)
		return scn_unknown(p, t, "value", words, count);
	set(&e->value, t->text);
	return true;
}

static bool
read_ports(struct scn_parser *p, struct scn_expect *e)
{
	const struct scn_token *t = scn_need(p, "the ports");
	struct strbuf sb = { 0 };
	const char *s;
	size_t n;

	if (t == NULL)
		return false;
	if (t->kind != SCN_TOKEN_STRING)
		return scn_error(p, t,
		    "the ports must stand in \"quotes\", in their order; for "
		    "one of them write: port NAME");
	for (s = t->text; *s != '\0'; s += n) {
		s += strspn(s, " \t");
		if ((n = strcspn(s, " \t")) == 0)
			break;
		if (n >= SCN_NAME_MAX || !scn_is_name(s, n, ".")) {
			strbuf_fini(&sb);
			return scn_error(p, t,
			    "`%.*s` is not an interface name",
			    n > 64 ? 64 : (int)n, s);
		}
		if (sb.bytes > 0)
			strbuf_addc(&sb, ' ');
		strbuf_add(&sb, s, n);
	}
	set(&e->value, strbuf_str(&sb));
	strbuf_fini(&sb);
	return true;
}

static bool
read_value(struct scn_parser *p, struct scn_expect *e,
    const struct state_word *w)
{
	static const char *const links[] = { "up", "down", "unknown" };
	static const char *const yesno[] = { "yes", "no" };
	static const char *const paths[] = { "synthetic", "vf" };
	const struct scn_token *t = NULL;
	char text[MAC_TEXT];
	uint8_t mac[6];
	int64_t mtu;

	switch (w->kind) {
	case VALUE_NONE:
		set(&e->value, w->value);
		return true;
	case VALUE_NAME:
		if (!scn_need_ifname(p, "an interface", &t))
			return false;
		set(&e->value, t->text);
		return true;
	case VALUE_LINK:
		return need_one_of(p, e, "the link's state", links, 3);
	case VALUE_YESNO:
		return need_one_of(p, e, "yes or no", yesno, 2);
	case VALUE_DATAPATH:
		return need_one_of(p, e, "the data path", paths, 2);
	case VALUE_MTU:
		if (!scn_need_num(p, "the mtu", 68, 65535, &mtu))
			return false;
		snprintf(text, sizeof(text), "%lld", (long long)mtu);
		set(&e->value, text);
		return true;
	case VALUE_MAC:
		if (!scn_need_mac(p, mac))
			return false;
		set(&e->value, mac_format(mac, text));
		return true;
	case VALUE_PORTS:
		return read_ports(p, e);
	}
	return false;
}

static bool
unknown_claim(struct scn_parser *p, const struct scn_token *t)
{
	const char *known[COUNT(state_words) + COUNT(metric_words)];
	size_t i, n = 0;

	for (i = 0; i < COUNT(state_words); i++)
		known[n++] = state_words[i].word;
	for (i = 0; i < COUNT(metric_words); i++)
		known[n++] = metric_words[i];
	if (t->kind != SCN_TOKEN_STRING && strpbrk(t->text, "<>=!") != NULL)
		return scn_error(p, t,
		    "`%.64s`: put blanks around the comparison", t->text);
	return scn_unknown(p, t, "claim", known, n);
}

/* The object's name is read. */
static bool
read_state(struct scn_parser *p, struct scn_expect *e,
    const struct scn_token *object)
{
	const struct scn_token *t;
	size_t i;

	e->kind = SCN_EXPECT_STATE;
	set(&e->object, object->text);
	if (scn_accept(p, "no")) {
		e->negate = true;
		if (!scn_need_word(p, "port", "`no`"))
			return false;
		p->at--;
	}
	if ((t = scn_need(p, "what to expect of it")) == NULL)
		return false;
	for (i = 0; i < COUNT(state_words); i++)
		if (t->kind == SCN_TOKEN_WORD &&
		    strcmp(state_words[i].word, t->text) == 0)
			break;
	if (i == COUNT(state_words))
		return unknown_claim(p, t);
	set(&e->field, state_words[i].field);
	e->contains = state_words[i].contains;
	return read_value(p, e, &state_words[i]);
}

static bool
read_sysctl(struct scn_parser *p, struct scn_expect *e)
{
	const struct scn_token *name = scn_need(p, "the sysctl's name"), *value;

	if (name == NULL || (value = scn_need(p, "its value")) == NULL)
		return false;
	if (name->kind != SCN_TOKEN_WORD ||
	    !scn_is_name(name->text, strlen(name->text), ".%-"))
		return scn_error(p, name, "`%.64s` is not a sysctl's name",
		    name->text);
	if (value->kind == SCN_TOKEN_PAIR)
		return scn_error(p, value, "a value must be a word");
	e->kind = SCN_EXPECT_STATE;
	set(&e->object, "sysctl");
	set(&e->field, name->text);
	set(&e->value, value->text);
	return true;
}

static bool
read_route(struct scn_parser *p, struct scn_expect *e)
{
	const struct scn_token *t;
	struct ipaddr gateway;
	char via[IPADDR_TEXT] = "", text[SCN_NAME_MAX + 80];

	if (!scn_need_word(p, "route", "`default`"))
		return false;
	e->kind = SCN_EXPECT_STATE;
	set(&e->object, "route");
	set(&e->field, "default");
	t = scn_peek(p);
	if (t != NULL && strcmp(t->text, "via") != 0) {
		p->at++;
		if (t->kind != SCN_TOKEN_WORD ||
		    !ipaddr_parse(t->text, &gateway) || gateway.family != 4 ||
		    strchr(t->text, '/') != NULL)
			return scn_error(p, t,
			    "`%.64s` is not a gateway; write: default route "
			    "via IF, or: default route A.B.C.D via IF",
			    t->text);
		snprintf(via, sizeof(via), "%s ", t->text);
	}
	if (!scn_need_word(p, "via", "`default route`") ||
	    !scn_need_ifname(p, "an interface", &t))
		return false;
	snprintf(text, sizeof(text), "%svia %s", via, t->text);
	set(&e->value, text);
	return true;
}

static bool
read_address(struct scn_parser *p, struct scn_expect *e)
{
	const struct scn_token *t =
	    scn_need(p, "an address such as 10.0.0.4/24");
	struct ipaddr a;
	char text[IPADDR_TEXT];

	if (t == NULL)
		return false;
	if (t->kind != SCN_TOKEN_WORD || !ipaddr_parse(t->text, &a) ||
	    strchr(t->text, '/') == NULL)
		return scn_error(p, t,
		    "`%.64s` is not an address with its prefix length; write "
		    "A.B.C.D/N, or an IPv6 one",
		    t->text);
	e->kind = SCN_EXPECT_ADDRESS;
	set(&e->field, "inet");
	set(&e->value, ipaddr_format(&a, true, text));
	if (!e->negate && scn_accept(p, "only"))
		e->only = true;
	if (!scn_need_word(p, "on", "the address") ||
	    !scn_need_ifname(p, "an interface", &t))
		return false;
	set(&e->object, t->text);
	return true;
}

static bool
read_no(struct scn_parser *p, struct scn_expect *e)
{
	static const char *const known[] = { "address", "default" };
	const struct scn_token *t = scn_peek(p);

	if (scn_accept(p, "address")) {
		e->negate = true;
		return read_address(p, e);
	}
	if (scn_accept(p, "default")) {
		if (!scn_need_word(p, "route", "`no default`"))
			return false;
		e->kind = SCN_EXPECT_STATE;
		set(&e->object, "route");
		set(&e->field, "default");
		set(&e->value, "none");
		return true;
	}
	if (t == NULL)
		return scn_error(p, NULL,
		    "`address A.B.C.D/N on IF` or `default route` is missing "
		    "after `no`");
	return scn_unknown(p, t, "word after `no`:", known, 2);
}

/* --- numbers --- */

static bool
need_cmp(struct scn_parser *p, enum scn_cmp *cmp)
{
	const struct scn_token *t = scn_need(p, "a comparison such as <=");
	int i;

	if (t == NULL)
		return false;
	if ((i = find_word(t, cmp_words, COUNT(cmp_words))) < 0) {
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
	set(&e->probe, name->text);
	scn_use(p, SCN_USE_PROBE, name);
	while ((metric = find_word(scn_peek(p), metric_words,
		    COUNT(metric_words))) >= 0) {
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
	if ((row = find_word(t, row_words, COUNT(row_words))) < 0)
		return scn_unknown(p, t, "kind of row", row_words,
		    COUNT(row_words));
	item = MEM_PUSH(e->items, e->n_items, *cap);
	item->row = (enum scn_row)row;
	return scn_need_string(p, "the text to look for", &item->text);
}

static bool
read_count(struct scn_parser *p, struct scn_expect *e)
{
	size_t cap = 0;

	e->kind = SCN_EXPECT_COUNT;
	return read_item(p, e, &cap) && need_cmp(p, &e->cmp) &&
	    scn_need_num(p, "the number of rows", 0, INT64_MAX, &e->count) &&
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
	int when = find_word(t, when_words, COUNT(when_words));

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
	if (find_word(&bare, policies, COUNT(policies)) >= 0) {
		*out = bare.text;
		return true;
	}
	scn_unknown(p, &bare, "policy", policies, COUNT(policies));
	free(bare.text);
	return false;
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

static bool
read_policies(struct scn_parser *p, struct scn_expect *e)
{
	const struct scn_token *t = scn_peek(p);
	size_t cap = 0;
	bool colon;

	if (scn_accept(p, "under")) {
		t = scn_peek(p);
		if (!need_policy(p, &e->under, &colon))
			return false;
		if (colon)
			return scn_error(p, t, "write: under %s, no colon",
			    e->under);
	}
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
		return read_address(p, e);
	if (scn_accept(p, "no"))
		return read_no(p, e);
	if (scn_accept(p, "default"))
		return read_route(p, e);
	if (scn_accept(p, "sysctl"))
		return read_sysctl(p, e);
	if (scn_accept(p, "count"))
		return read_count(p, e);
	if (scn_accept(p, "order"))
		return read_order(p, e);
	if ((t = scn_need(p, "what is expected")) == NULL)
		return false;
	if (find_word(scn_peek(p), metric_words, COUNT(metric_words)) >= 0)
		return read_probe(p, e, t);
	p->at--;
	if (!scn_need_ifname(p, "the object", &t))
		return false;
	return read_state(p, e, t);
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
	if (!read_claim(p, e) || !read_when(p, e))
		return false;
	upto = p->at;
	keep_text(p, e, upto);
	return read_policies(p, e) && scn_no_more(p, "this expectation");
}
