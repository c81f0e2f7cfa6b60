/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The automaton. Up to 64 states that read a byte, an edge or the end are a
 * word of bits, which is nearly every pattern; above that it is a list.
 *
 * Edges are passed in rounds at one place of the text. libc, with no more
 * than 64 operations, makes one round for each ^ or $ in the pattern (one
 * more from 13 on) and one for the edges of words; above that each round goes
 * as far as it can. Both are seen from outside, so they are done here too.
 */
#include "rules/regex.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "rules/regex_tree.h"

#define SMALL 64

enum op {
	OP_BYTE,  /* one byte of a set */
	OP_EDGE,  /* one of enum rx_kind's edges */
	OP_SPLIT, /* to both sides, reading nothing */
	OP_MATCH,
};

struct state {
	enum op op;
	uint32_t arg; /* OP_BYTE: the set; OP_EDGE: EDGE_ bit */
	uint32_t to;
	uint32_t or_to; /* OP_SPLIT */
	uint32_t bit;	/* number among the states that are no split */
};

#define EDGE_BOL 1u
#define EDGE_EOL 2u
#define EDGE_BOW 4u
#define EDGE_EOW 8u
#define NO_BYTE	 (-1)

struct regex {
	struct state *states;
	size_t count, cap;
	size_t bits; /* states that are no split */
	uint32_t start;
	char *prefix;	     /* owned; NULL when nothing is known */
	struct rx_set *sets; /* owned; NULL when small */
	bool one_step_rounds;
	unsigned bol_rounds;
	unsigned eol_rounds;
	/* The rest is for bits <= SMALL. */
	bool line_start_only;	/* nothing but ^ begins a match */
	uint64_t fresh;		/* reached from the start */
	uint64_t match;		/* the bit of OP_MATCH */
	uint64_t edge[4];	/* states that are this edge */
	uint64_t follow[SMALL]; /* what a state leads to */
	uint64_t byte[256];	/* states that read this byte */
};

static uint32_t
add_state(struct regex *re, enum op op, uint32_t arg, uint32_t to)
{
	struct state *s = MEM_PUSH(re->states, re->count, re->cap);

	s->op = op;
	s->arg = arg;
	s->to = s->or_to = to;
	if (op != OP_SPLIT)
		s->bit = (uint32_t)re->bits++;
	return (uint32_t)(re->count - 1);
}

static uint32_t
add_split(struct regex *re, uint32_t to, uint32_t or_to)
{
	uint32_t id = add_state(re, OP_SPLIT, 0, to);

	re->states[id].or_to = or_to;
	return id;
}

static uint32_t build(struct regex *re, const struct rx_tree *tree,
    uint32_t node, uint32_t next);

static uint32_t
build_loop(struct regex *re, const struct rx_tree *tree, uint32_t child,
    uint32_t next, bool at_least_once)
{
	uint32_t loop = add_split(re, next, next), body;

	body = build(re, tree, child, loop);
	re->states[loop].to = body;
	return at_least_once ? body : loop;
}

static uint32_t
build_bound(struct regex *re, const struct rx_tree *tree,
    const struct rx_node *n, uint32_t next)
{
	uint32_t at;
	int i, min = n->min > 0 ? n->min : 1;

	if (n->max == 0)
		return next;
	if (n->max == RX_INFINITY)
		at = build_loop(re, tree, n->child, next, true);
	else {
		at = build(re, tree, n->child, next);
		for (i = min; i < n->max; i++)
			at = add_split(re, build(re, tree, n->child, at), at);
	}
	for (i = 1; i < min; i++)
		at = build(re, tree, n->child, at);
	return n->min > 0 ? at : add_split(re, at, next);
}

/* Builds the states of a node in front of next; gives the first of them. */
static uint32_t
build(struct regex *re, const struct rx_tree *tree, uint32_t node,
    uint32_t next)
{
	const struct rx_node *n = &tree->nodes[node];
	uint32_t child, at;

	switch (n->kind) {
	case RX_SET:
		return add_state(re, OP_BYTE, n->set, next);
	case RX_BOL:
		return add_state(re, OP_EDGE, EDGE_BOL, next);
	case RX_EOL:
		return add_state(re, OP_EDGE, EDGE_EOL, next);
	case RX_BOW:
		return add_state(re, OP_EDGE, EDGE_BOW, next);
	case RX_EOW:
		return add_state(re, OP_EDGE, EDGE_EOW, next);
	case RX_GROUP:
		return n->child ? build(re, tree, n->child, next) : next;
	case RX_CAT:
		for (at = n->child; at != 0; at = tree->nodes[at].before)
			next = build(re, tree, at, next);
		return next;
	case RX_ALT:
		child = n->child;
		at = build(re, tree, child, next);
		while ((child = tree->nodes[child].before) != 0)
			at = add_split(re, build(re, tree, child, next), at);
		return at;
	case RX_STAR:
		return build_loop(re, tree, n->child, next, false);
	case RX_PLUS:
		return build_loop(re, tree, n->child, next, true);
	case RX_OPT:
		return add_split(re, build(re, tree, n->child, next), next);
	case RX_BOUND:
		return build_bound(re, tree, n, next);
	}
	return next;
}

/* A set of states while a text is read: what a closure has reached. */
struct reach {
	uint32_t *list;
	size_t count;
	uint32_t *seen; /* by state: the stamp when it was last reached */
	uint32_t stamp;
	uint32_t *stack;
};

static void
reach_init(struct reach *r, const struct regex *re)
{
	r->list = mem_zero(re->count, sizeof(*r->list));
	r->seen = mem_zero(re->count, sizeof(*r->seen));
	/* Each state is seen once, and pushes at most two. */
	r->stack = mem_zero(2 * re->count + 1, sizeof(*r->stack));
	r->count = 0;
	r->stamp = 1;
}

static void
reach_fini(struct reach *r)
{
	free(r->list);
	free(r->seen);
	free(r->stack);
}

static void
reach_clear(struct reach *r)
{
	r->count = 0;
	r->stamp++;
}

/* Adds a state and what it leads to without reading. */
static void
reach_add(struct reach *r, const struct regex *re, uint32_t id)
{
	const struct state *s;
	size_t depth = 0;

	r->stack[depth++] = id;
	while (depth > 0) {
		id = r->stack[--depth];
		if (r->seen[id] == r->stamp)
			continue;
		r->seen[id] = r->stamp;
		s = &re->states[id];
		if (s->op == OP_SPLIT) {
			r->stack[depth++] = s->to;
			r->stack[depth++] = s->or_to;
		} else
			r->list[r->count++] = id;
	}
}

static uint64_t
reach_bits(const struct reach *r, const struct regex *re)
{
	uint64_t bits = 0;
	size_t i;

	for (i = 0; i < r->count; i++)
		bits |= UINT64_C(1) << re->states[r->list[i]].bit;
	return bits;
}

/* Makes the words of bits of a small automaton. */
static void
make_small(struct regex *re, const struct rx_tree *tree)
{
	const struct state *s;
	struct reach r;
	uint64_t bit;
	unsigned c, e;
	size_t i;

	reach_init(&r, re);
	reach_add(&r, re, re->start);
	re->fresh = reach_bits(&r, re);
	for (i = 0; i < re->count; i++) {
		s = &re->states[i];
		if (s->op == OP_SPLIT)
			continue;
		bit = UINT64_C(1) << s->bit;
		if (s->op == OP_MATCH) {
			re->match = bit;
			continue;
		}
		reach_clear(&r);
		reach_add(&r, re, s->to);
		re->follow[s->bit] = reach_bits(&r, re);
		for (e = 0; e < 4; e++)
			if (s->op == OP_EDGE && s->arg == 1u << e)
				re->edge[e] |= bit;
		for (c = 0; s->op == OP_BYTE && c < 256; c++)
			if (rx_set_has(&tree->sets[s->arg], (unsigned char)c))
				re->byte[c] |= bit;
	}
	re->line_start_only = (re->fresh & ~re->edge[0]) == 0;
	reach_fini(&r);
}

/* The one byte of a set in lower case, or 0 when it is not one letter in both
 * cases or one other byte. */
static char
single_byte(const struct rx_set *set)
{
	struct rx_set one = { { 0 } };
	unsigned c, first = 0;

	for (c = 1; c < 256 && first == 0; c++)
		if (rx_set_has(set, (unsigned char)c))
			first = c;
	rx_set_add(&one, (unsigned char)first);
	if (first == 0 || memcmp(&one, set, sizeof(one)) != 0)
		return '\0';
	return (char)(first >= 'A' && first <= 'Z' ? first | 0x20 : first);
}

/* The bytes between a ^ at the start and the first thing that is not just one
 * byte. */
static char *
find_prefix(const struct rx_tree *tree)
{
	const struct rx_node *root = &tree->nodes[tree->root], *n;
	struct strbuf prefix = { 0 };
	uint32_t *parts, at;
	size_t count = 0, i;
	char c = '\0';

	if (root->kind != RX_CAT)
		return NULL;
	parts = mem_zero(tree->node_count, sizeof(*parts));
	for (at = root->child; at != 0; at = tree->nodes[at].before)
		parts[count++] = at;
	for (i = count; i-- > 0;) {
		n = &tree->nodes[parts[i]];
		if (i == count - 1 && n->kind == RX_BOL)
			continue;
		if (i == count - 1 || n->kind != RX_SET ||
		    (c = single_byte(&tree->sets[n->set])) == '\0')
			break;
		strbuf_addc(&prefix, c);
	}
	free(parts);
	return strbuf_take(&prefix);
}

struct regex *
regex_new(const char *pattern, bool letters_may_be_escaped, const char **why)
{
	struct rx_tree tree;
	struct regex *re = NULL;
	unsigned extra = letters_may_be_escaped ? 0 : 1;

	if (!rx_tree_parse(&tree, pattern, letters_may_be_escaped, why))
		goto out;
	re = mem_zero(1, sizeof(*re));
	re->prefix = find_prefix(&tree);
	re->start = build(re, &tree, tree.root, add_state(re, OP_MATCH, 0, 0));
	/* libc's program has an operation in front and one behind. */
	re->one_step_rounds = tree.nodes[tree.root].size + 2 <= 64;
	re->bol_rounds = tree.bols + extra;
	re->eol_rounds = tree.eols + extra;
	if (re->bits <= SMALL)
		make_small(re, &tree);
	else {
		re->sets = tree.sets;
		tree.sets = NULL;
	}
out:
	rx_tree_fini(&tree);
	return re;
}

void
regex_free(struct regex *re)
{
	if (re == NULL)
		return;
	free(re->states);
	free(re->prefix);
	free(re->sets);
	free(re);
}

static bool
is_word(int c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z') || c == '_';
}

/* The edges between two bytes, NO_BYTE being the end of the text: those of the
 * line in *line with the number of rounds, and that of a word. */
static unsigned
edges_between(const struct regex *re, int last, int c, unsigned *line,
    unsigned *rounds)
{
	*line = *rounds = 0;
	if (last == NO_BYTE) {
		*line |= EDGE_BOL;
		*rounds += re->bol_rounds;
	}
	if (c == NO_BYTE) {
		*line |= EDGE_EOL;
		*rounds += re->eol_rounds;
	}
	if (!is_word(last) && is_word(c))
		return EDGE_BOW;
	if (is_word(last) && !is_word(c))
		return EDGE_EOW;
	return 0;
}

static uint64_t
follow_all(const struct regex *re, uint64_t from)
{
	uint64_t to = 0;

	for (; from != 0; from &= from - 1)
		to |= re->follow[__builtin_ctzll(from)];
	return to;
}

static uint64_t
pass_edges(const struct regex *re, uint64_t at, unsigned edges, unsigned rounds)
{
	uint64_t mask = 0, before;
	unsigned e;

	for (e = 0; e < 4; e++)
		if (edges & 1u << e)
			mask |= re->edge[e];
	do {
		before = at;
		at |= follow_all(re, at & mask);
	} while (at != before && (!re->one_step_rounds || --rounds > 0));
	return at;
}

static bool
match_small(const struct regex *re, const unsigned char *p)
{
	uint64_t edge = re->edge[0] | re->edge[1] | re->edge[2] | re->edge[3];
	uint64_t at = re->fresh;
	unsigned line, rounds, word;
	int last = NO_BYTE, c;

	for (;; p++, last = c) {
		c = *p == '\0' ? NO_BYTE : *p;
		if (at & edge) {
			word = edges_between(re, last, c, &line, &rounds);
			if (line != 0 && rounds != 0)
				at = pass_edges(re, at, line, rounds);
			if (word != 0)
				at = pass_edges(re, at, word, 1);
		}
		if (at & re->match)
			return true;
		if (c == NO_BYTE)
			return false;
		at = follow_all(re, at & re->byte[c]);
		if (at == 0 && re->line_start_only)
			return false;
		at |= re->fresh;
	}
}

/* The list grows while it is walked, so this goes as far as it can. */
static void
pass_edges_large(const struct regex *re, struct reach *r, unsigned edges)
{
	const struct state *s;
	size_t i;

	for (i = 0; edges != 0 && i < r->count; i++) {
		s = &re->states[r->list[i]];
		if (s->op == OP_EDGE && (s->arg & edges))
			reach_add(r, re, s->to);
	}
}

static bool
reach_matches(const struct reach *r, const struct regex *re)
{
	size_t i;

	for (i = 0; i < r->count; i++)
		if (re->states[r->list[i]].op == OP_MATCH)
			return true;
	return false;
}

static bool
match_large(const struct regex *re, const unsigned char *p)
{
	struct reach now, next, swap;
	const struct state *s;
	unsigned line, rounds, word;
	int last = NO_BYTE, c;
	bool found;
	size_t i;

	reach_init(&now, re);
	reach_init(&next, re);
	reach_add(&now, re, re->start);
	for (;; p++, last = c) {
		c = *p == '\0' ? NO_BYTE : *p;
		word = edges_between(re, last, c, &line, &rounds);
		pass_edges_large(re, &now, line);
		pass_edges_large(re, &now, word);
		found = reach_matches(&now, re);
		if (found || c == NO_BYTE)
			break;
		reach_clear(&next);
		reach_add(&next, re, re->start);
		for (i = 0; i < now.count; i++) {
			s = &re->states[now.list[i]];
			if (s->op == OP_BYTE &&
			    rx_set_has(&re->sets[s->arg], (unsigned char)c))
				reach_add(&next, re, s->to);
		}
		swap = now;
		now = next;
		next = swap;
	}
	reach_fini(&now);
	reach_fini(&next);
	return found;
}

bool
regex_match(const struct regex *re, const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	return re->bits <= SMALL ? match_small(re, p) : match_large(re, p);
}

const char *
regex_prefix(const struct regex *re)
{
	return re->prefix == NULL ? "" : re->prefix;
}

size_t
regex_states(const struct regex *re)
{
	return re->count;
}
