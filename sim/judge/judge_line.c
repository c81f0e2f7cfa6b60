/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/judge/judge_line.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/mem.h"
#include "base/strbuf.h"

/* Rows of one object's field, or with object "" of everybody's field. */
struct chain {
	UT_hash_handle hh;
	size_t *rows; /* owned; in the trace's order */
	size_t n, cap;
	size_t key_bytes;
	char key[];
};

struct judge_states {
	const struct trace *t;
	struct chain *chains;
};

static struct chain *
find_chain(const struct judge_states *st, const char *object, const char *field,
    struct strbuf *key)
{
	struct chain *c;

	strbuf_reset(key);
	strbuf_add(key, object, strlen(object) + 1);
	strbuf_adds(key, field);
	HASH_FIND(hh, st->chains, key->data, key->bytes, c);
	return c;
}

static void
add_row(struct judge_states *st, const char *object, const char *field,
    size_t row, struct strbuf *key)
{
	struct chain *c = find_chain(st, object, field, key);

	if (c == NULL) {
		c = mem_zero(1, sizeof(*c) + key->bytes + 1);
		memcpy(c->key, key->data, key->bytes);
		c->key_bytes = key->bytes;
		HASH_ADD(hh, st->chains, key, c->key_bytes, c);
	}
	*MEM_PUSH(c->rows, c->n, c->cap) = row;
}

struct judge_states *
judge_states_new(const struct trace *t)
{
	struct judge_states *st = mem_zero(1, sizeof(*st));
	struct strbuf key = { 0 };
	const struct trace_state *s;
	size_t i;

	st->t = t;
	for (i = 0; i < t->n_states; i++) {
		s = &t->states[i];
		add_row(st, s->object, s->field, i, &key);
		add_row(st, "", s->field, i, &key);
	}
	strbuf_fini(&key);
	return st;
}

void
judge_states_free(struct judge_states *st)
{
	struct chain *c, *next;

	if (st == NULL)
		return;
	HASH_ITER (hh, st->chains, c, next) {
		HASH_DEL(st->chains, c);
		free(c->rows);
		free(c);
	}
	free(st);
}

/* --- does it hold? --- */

static bool
list_has(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (; *list != '\0'; list += strcspn(list, " ")) {
		list += strspn(list, " ");
		if (strcspn(list, " ") == n && memcmp(list, word, n) == 0)
			return n > 0;
	}
	return false;
}

static bool
equals(const struct scn_expect *e, const char *value)
{
	const char *via;

	if (strcmp(e->object, "route") == 0 &&
	    strncmp(e->value, "via ", 4) == 0) {
		via = strstr(value, "via ");
		return via != NULL && strcmp(via, e->value) == 0;
	}
	return strcmp(value, e->value) == 0;
}

static bool
claim_holds(const struct scn_expect *e, const struct judge_span *sp)
{
	bool holds;

	if (sp->value == NULL)
		holds = false;
	else if (e->contains || e->kind == SCN_EXPECT_ADDRESS)
		holds = list_has(sp->value, e->value) && sp->other == NULL;
	else
		holds = equals(e, sp->value) != e->differs;
	return holds != e->negate;
}

/* What counts while nothing was ever said. */
static const char *
unsaid(const struct scn_expect *e)
{
	if (strcmp(e->field, "exists") == 0)
		return "no";
	if (strcmp(e->object, "route") == 0 &&
	    strncmp(e->field, "default", strlen("default")) == 0)
		return "none";
	if (strcmp(e->field, "panicked") == 0)
		return "no";
	return NULL;
}

/* --- the line --- */

static void
add_span(struct judge_line *out, int64_t at_ns, const struct scn_expect *e,
    const char *value, const char *other)
{
	struct judge_span *sp = out->n == 0 ? NULL : &out->spans[out->n - 1];

	if (sp == NULL || at_ns > sp->at_ns) {
		sp = MEM_PUSH(out->spans, out->n, out->cap);
		sp->at_ns = at_ns;
	}
	sp->value = value;
	sp->other = other;
	sp->holds = claim_holds(e, sp);
}

/* Calls for the rows of two chains in the trace's order. */
struct merge {
	const struct trace *t;
	const struct chain *a, *b;
	size_t ia, ib;
};

static const struct trace_state *
next_row(struct merge *m)
{
	const size_t none = SIZE_MAX;
	size_t a = m->a != NULL && m->ia < m->a->n ? m->a->rows[m->ia] : none;
	size_t b = m->b != NULL && m->ib < m->b->n ? m->b->rows[m->ib] : none;

	if (a == none && b == none)
		return NULL;
	if (a < b) {
		m->ia++;
		return &m->t->states[a];
	}
	m->ib++;
	return &m->t->states[b];
}

static struct merge
merge_of(const struct judge_states *st, const char *object, const char *field)
{
	struct merge m = { .t = st->t };
	struct strbuf key = { 0 };

	m.a = find_chain(st, object, field, &key);
	if (strcmp(field, "exists") != 0)
		m.b = find_chain(st, object, "exists", &key);
	strbuf_fini(&key);
	return m;
}

static void
make_plain(const struct judge_states *st, const struct scn_expect *e,
    struct judge_line *out)
{
	struct merge m = merge_of(st, e->object, e->field);
	const char *value = unsaid(e);
	const struct trace_state *s;
	bool gone = false;

	add_span(out, st->t->run.start_ns, e, value, NULL);
	while ((s = next_row(&m)) != NULL && s->at_ns <= out->end_ns) {
		if (strcmp(s->field, e->field) == 0)
			value = s->value;
		else
			gone = strcmp(s->value, "no") == 0;
		add_span(out, s->at_ns, e, gone ? NULL : value, NULL);
	}
}

/* One object that has or had addresses. */
struct holder {
	UT_hash_handle hh; /* by object; iterated in the order of additions */
	const char *object, *value;
	bool gone, has; /* has: the address, now */
};

static struct holder *
holder_of(struct holder **all, const char *object)
{
	struct holder *h;

	HASH_FIND_STR(*all, object, h);
	if (h != NULL)
		return h;
	h = mem_zero(1, sizeof(*h));
	h->object = object;
	HASH_ADD_KEYPTR(hh, *all, h->object, strlen(h->object), h);
	return h;
}

/* The first of them; they are looked for only when there are some. */
static const char *
other_holder(const struct holder *all, const struct scn_expect *e)
{
	const struct holder *h;

	for (h = all; h != NULL; h = h->hh.next)
		if (h->has && strcmp(h->object, e->object) != 0)
			return h->object;
	return NULL;
}

static void
free_holders(struct holder *all)
{
	struct holder *h, *next;

	HASH_ITER (hh, all, h, next) {
		HASH_DEL(all, h);
		free(h);
	}
}

static void
make_only(const struct judge_states *st, const struct scn_expect *e,
    struct judge_line *out)
{
	struct merge m = merge_of(st, "", e->field);
	struct holder *all = NULL, *h, *own = holder_of(&all, e->object);
	const struct trace_state *s;
	size_t others = 0;
	bool has;

	add_span(out, st->t->run.start_ns, e, NULL, NULL);
	while ((s = next_row(&m)) != NULL && s->at_ns <= out->end_ns) {
		h = holder_of(&all, s->object);
		if (strcmp(s->field, e->field) == 0)
			h->value = s->value;
		else
			h->gone = strcmp(s->value, "no") == 0;
		has = !h->gone && h->value != NULL &&
		    list_has(h->value, e->value);
		if (h != own && has && !h->has)
			others++;
		else if (h != own && !has && h->has)
			others--;
		h->has = has;
		add_span(out, s->at_ns, e, own->gone ? NULL : own->value,
		    others > 0 ? other_holder(all, e) : NULL);
	}
	free_holders(all);
}

void
judge_line_make(const struct judge_states *st, const struct scn_expect *e,
    struct judge_line *out)
{
	memset(out, 0, sizeof(*out));
	out->end_ns = st->t->run.end_ns;
	if (e->only)
		make_only(st, e, out);
	else
		make_plain(st, e, out);
}

void
judge_line_fini(struct judge_line *line)
{
	free(line->spans);
	memset(line, 0, sizeof(*line));
}

/* --- questions --- */

static size_t
span_at(const struct judge_line *line, int64_t t_ns)
{
	size_t low = 0, high = line->n, mid;

	while (high - low > 1) {
		mid = low + (high - low) / 2;
		if (line->spans[mid].at_ns <= t_ns)
			low = mid;
		else
			high = mid;
	}
	return low;
}

const struct judge_span *
judge_line_at(const struct judge_line *line, int64_t t_ns)
{
	return &line->spans[span_at(line, t_ns)];
}

int64_t
judge_line_first(const struct judge_line *line, bool holds, int64_t from_ns,
    int64_t until_ns)
{
	const struct judge_span *sp;
	size_t i;

	for (i = span_at(line, from_ns); i < line->n; i++) {
		sp = &line->spans[i];
		if (sp->at_ns >= until_ns)
			break;
		if (sp->holds == holds)
			return sp->at_ns < from_ns ? from_ns : sp->at_ns;
	}
	return TRACE_OPEN;
}

int64_t
judge_line_since(const struct judge_line *line, int64_t t_ns)
{
	size_t i = span_at(line, t_ns);

	while (i > 0 && line->spans[i - 1].holds == line->spans[i].holds)
		i--;
	return line->spans[i].at_ns;
}
