/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "rules/regex.h"
#include "rules/regex_tree.h"

#define REPEAT_MAX 255

struct parser {
	struct rx_tree *tree;
	const char *p;
	const char *end;
	const char *why; /* the first error; p is at end then */
	bool letters_may_be_escaped;
	unsigned depth;
};

static uint32_t parse_branches(struct parser *x, bool in_group);

static void
refuse(struct parser *x, const char *why)
{
	if (x->why == NULL)
		x->why = why;
	x->p = x->end;
}

static bool
sees(const struct parser *x, char c)
{
	return x->p < x->end && *x->p == c;
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Far above every limit, and far from where a product would overflow. */
static uint64_t
saturated(uint64_t size)
{
	return size > UINT32_MAX ? UINT32_MAX : size;
}

static uint32_t
add_node(struct parser *x, enum rx_kind kind, uint32_t child, uint64_t size)
{
	struct rx_tree *t = x->tree;
	struct rx_node *node = MEM_PUSH(t->nodes, t->node_count, t->node_cap);

	node->kind = kind;
	node->child = child;
	node->size = saturated(size);
	return (uint32_t)(t->node_count - 1);
}

static uint32_t
add_set(struct parser *x, const struct rx_set *set)
{
	struct rx_tree *t = x->tree;
	uint32_t id;

	*MEM_PUSH(t->sets, t->set_count, t->set_cap) = *set;
	id = add_node(x, RX_SET, 0, 1);
	t->nodes[id].set = (uint32_t)(t->set_count - 1);
	return id;
}

static uint32_t
add_byte(struct parser *x, char c)
{
	struct rx_set set = { { 0 } };

	rx_set_add(&set, (unsigned char)c);
	return add_set(x, &set);
}

static uint32_t
parse_group(struct parser *x)
{
	uint32_t child = 0;

	if (x->p == x->end)
		refuse(x, "( without )");
	if (++x->depth > REGEX_MAX_DEPTH)
		refuse(x, "too many nested groups");
	else if (!sees(x, ')'))
		child = parse_branches(x, true);
	x->depth--;
	if (sees(x, ')'))
		x->p++;
	else
		refuse(x, "( without )");
	return add_node(x, RX_GROUP, child,
	    2 + (child ? x->tree->nodes[child].size : 0));
}

static uint32_t
parse_bracket(struct parser *x)
{
	struct rx_set set;
	const char *after, *why;

	if (strncmp(x->p, "[:<:]]", 6) == 0 ||
	    strncmp(x->p, "[:>:]]", 6) == 0) {
		x->p += 6;
		return add_node(x, x->p[-4] == '<' ? RX_BOW : RX_EOW, 0, 1);
	}
	after = rx_bracket_parse(x->p, x->end, &set, &why);
	if (after == NULL)
		refuse(x, why);
	else
		x->p = after;
	return add_set(x, &set);
}

static uint32_t
parse_escape(struct parser *x)
{
	char c;

	if (x->p == x->end) {
		refuse(x, "a backslash at the end");
		return add_byte(x, '\\');
	}
	c = *x->p++;
	if (c == '<')
		return add_node(x, RX_BOW, 0, 1);
	if (c == '>')
		return add_node(x, RX_EOW, 0, 1);
	if (!x->letters_may_be_escaped &&
	    (is_letter(c) || c == '\'' || c == '`'))
		refuse(x, "a backslash before a letter or a quote");
	return add_byte(x, c);
}

static uint32_t
parse_atom(struct parser *x)
{
	struct rx_set any;
	char c = *x->p++;

	switch (c) {
	case '(':
		return parse_group(x);
	case '[':
		return parse_bracket(x);
	case '\\':
		return parse_escape(x);
	case '^':
		x->tree->bols++;
		return add_node(x, RX_BOL, 0, 1);
	case '$':
		x->tree->eols++;
		return add_node(x, RX_EOL, 0, 1);
	case '.':
		memset(&any, 0xff, sizeof(any));
		return add_set(x, &any);
	case ')':
		refuse(x, ") without (");
		break;
	case '*':
	case '+':
	case '?':
	case '{':
		refuse(x, "nothing to repeat");
		break;
	default:
		break;
	}
	return add_byte(x, c);
}

/* 0..255; anything else is refused. */
static int
parse_count(struct parser *x)
{
	int count = 0, digits = 0;

	while (x->p < x->end && is_digit(*x->p) && count <= REPEAT_MAX) {
		count = count * 10 + (*x->p++ - '0');
		digits++;
	}
	if (digits == 0 || count > REPEAT_MAX) {
		refuse(x, "a count in { } must be 0 to 255");
		count = 0;
	}
	return count;
}

/* How many operations libc makes of it: it unrolls {m,n} into m-1 copies, n-m
 * optional ones (4 more each) and one, and {m,} into m-1 and a +. */
static uint64_t
bound_size(uint64_t size, int min, int max)
{
	uint64_t extra = 0;

	if (max == 0)
		return 0;
	if (min == 0) {
		min = 1;
		extra = 4;
	}
	if (max == RX_INFINITY)
		return extra + size * (uint64_t)min + 2;
	return extra + size * (uint64_t)max + 4 * (uint64_t)(max - min);
}

static uint32_t
parse_bound(struct parser *x, uint32_t atom)
{
	int min, max;
	uint32_t id;

	min = max = parse_count(x);
	if (sees(x, ',')) {
		x->p++;
		max = RX_INFINITY;
		if (x->p < x->end && is_digit(*x->p))
			max = parse_count(x);
	}
	if (min > max)
		refuse(x, "the counts in { } go backwards");
	if (sees(x, '}'))
		x->p++;
	else
		refuse(x, "{ without }");
	id = add_node(x, RX_BOUND, atom,
	    bound_size(x->tree->nodes[atom].size, min, max));
	x->tree->nodes[id].min = min;
	x->tree->nodes[id].max = max;
	return id;
}

static bool
sees_repeat(const struct parser *x)
{
	return sees(x, '*') || sees(x, '+') || sees(x, '?') || sees(x, '{');
}

static uint32_t
parse_piece(struct parser *x)
{
	bool caret = sees(x, '^');
	uint32_t atom = parse_atom(x);
	uint64_t size = x->tree->nodes[atom].size;

	if (!sees_repeat(x))
		return atom;
	if (caret)
		refuse(x, "^ cannot be repeated");
	else if (sees(x, '{')) {
		x->p++;
		atom = parse_bound(x, atom);
	} else if (*x->p++ == '+')
		atom = add_node(x, RX_PLUS, atom, size + 2);
	else
		atom = add_node(x, x->p[-1] == '*' ? RX_STAR : RX_OPT, atom,
		    size + 4);
	if (sees_repeat(x))
		refuse(x, "a repeat of a repeat");
	return atom;
}

static uint32_t
parse_branch(struct parser *x, bool in_group)
{
	uint32_t cat = add_node(x, RX_CAT, 0, 0), piece;
	struct rx_node *nodes;

	while (x->p < x->end && *x->p != '|' && !(in_group && *x->p == ')')) {
		piece = parse_piece(x);
		nodes = x->tree->nodes;
		nodes[piece].before = nodes[cat].child;
		nodes[cat].child = piece;
		nodes[cat].size =
		    saturated(nodes[cat].size + nodes[piece].size);
	}
	/* A piece of no size is x{0}; libc counts it as nothing, too. */
	if (x->tree->nodes[cat].size == 0)
		refuse(x, "an empty expression or alternative");
	return cat;
}

static uint32_t
parse_branches(struct parser *x, bool in_group)
{
	uint32_t first = parse_branch(x, in_group), alt, branch;
	struct rx_node *nodes;

	if (!sees(x, '|'))
		return first;
	alt = add_node(x, RX_ALT, first, x->tree->nodes[first].size + 2);
	while (sees(x, '|')) {
		x->p++;
		branch = parse_branch(x, in_group);
		nodes = x->tree->nodes;
		nodes[branch].before = nodes[alt].child;
		nodes[alt].child = branch;
		nodes[alt].size =
		    saturated(nodes[alt].size + nodes[branch].size + 2);
	}
	return alt;
}

bool
rx_tree_parse(struct rx_tree *tree, const char *pattern,
    bool letters_may_be_escaped, const char **why)
{
	struct parser x = { .tree = tree,
		.p = pattern,
		.end = pattern + strlen(pattern),
		.letters_may_be_escaped = letters_may_be_escaped };

	memset(tree, 0, sizeof(*tree));
	(void)MEM_PUSH(tree->nodes, tree->node_count, tree->node_cap);
	tree->root = parse_branches(&x, false);
	if (x.why == NULL && tree->nodes[tree->root].size > REGEX_MAX_STATES)
		x.why = "too large when its repeats are unrolled";
	*why = x.why;
	return x.why == NULL;
}

void
rx_tree_fini(struct rx_tree *tree)
{
	free(tree->nodes);
	free(tree->sets);
	memset(tree, 0, sizeof(*tree));
}
