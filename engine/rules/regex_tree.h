/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * regex_tree - a pattern as a tree; private to regex.
 *
 * Nodes are numbered from 1; 0 is none. The children of RX_CAT and RX_ALT are
 * a list from the last to the first, because the automaton is built from its
 * end to its start.
 */
#ifndef RULES_REGEX_TREE_H
#define RULES_REGEX_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum rx_kind {
	RX_SET,	  /* one byte of a set */
	RX_BOL,	  /* ^ */
	RX_EOL,	  /* $ */
	RX_BOW,	  /* \< */
	RX_EOW,	  /* \> */
	RX_GROUP, /* ( ), with or without a child */
	RX_CAT,
	RX_ALT,
	RX_STAR,
	RX_PLUS,
	RX_OPT,
	RX_BOUND, /* {min,max} */
};
#define RX_INFINITY 256 /* above RE_DUP_MAX, 255 */

struct rx_set {
	uint32_t bits[8];
};

struct rx_node {
	enum rx_kind kind;
	uint32_t set; /* RX_SET: which */
	uint32_t child;
	uint32_t before; /* the previous one of the list this is in */
	int min;
	int max;
	uint64_t size; /* operations libc compiles it to; saturates */
};

struct rx_tree {
	struct rx_node *nodes;
	size_t node_count, node_cap;
	struct rx_set *sets;
	size_t set_count, set_cap;
	uint32_t root;
	unsigned bols; /* ^ and $ in the text, not in the copies of a repeat */
	unsigned eols;
};

/* False when the pattern is refused; *why then says so. Free in any case. */
bool rx_tree_parse(struct rx_tree *tree, const char *pattern,
    bool letters_may_be_escaped, const char **why);
void rx_tree_fini(struct rx_tree *tree);

/* Reads a bracket expression from its first byte behind '[' on; gives the
 * byte behind its ']', or NULL and *why. The set has both cases. */
const char *rx_bracket_parse(const char *p, const char *end, struct rx_set *set,
    const char **why);
void rx_set_add(struct rx_set *set, unsigned char byte); /* both cases */
bool rx_set_has(const struct rx_set *set, unsigned char byte);

#endif
