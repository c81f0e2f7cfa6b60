/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pattern - the right side of a match: text, and the cheapest way to test it.
 *
 * Nearly all real patterns are a plain word or a choice of such words. Those
 * are compared, the others go through the regex engine. Equal texts share one
 * pattern.
 */
#ifndef RULES_PATTERN_H
#define RULES_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rules/arena.h"
#include "rules/regex.h"
#include "rules/table.h"

enum pattern_kind {
	PATTERN_LITERAL, /* one word, in any case of its letters */
	PATTERN_WORDS,	 /* one of several: (a|b|c) */
	PATTERN_ANY,	 /* every value: .* */
	PATTERN_REGEX,
	PATTERN_INVALID, /* refused by the regex engine: matches nothing */
};

struct pattern {
	enum pattern_kind kind;
	const char *text; /* with ^ and $, as devd hands it to regcomp */
	size_t text_bytes;
	const char *literal; /* PATTERN_LITERAL: in lower case */
	size_t literal_bytes;
	const char *words; /* PATTERN_WORDS: in lower case, each with its NUL */
	size_t word_count;
	struct regex *regex; /* PATTERN_REGEX: owned */
	size_t states;	     /* of it */
	const char *why;     /* PATTERN_INVALID */
	bool matches_empty;
};

struct pattern_set { /* zeroed memory is an empty set */
	struct arena arena;
	struct pattern **list;
	size_t count, cap;
	struct table table;
	size_t states; /* of all regexes, and so many for each as it takes */
};

/* A few bytes of pattern can be a quarter of a million states, and a set has
 * many patterns: what goes beyond this is PATTERN_INVALID, and the set is to
 * be refused. It is some hundred MB. */
#define PATTERN_STATES_MOST 8000000

/* The pattern of a text that begins with ^. Lives as long as the set. */
const struct pattern *pattern_get(struct pattern_set *set, const char *text,
    bool letters_may_be_escaped);
/* Word n of PATTERN_WORDS. */
const char *pattern_word(const struct pattern *pat, size_t n);

bool pattern_matches(const struct pattern *pat, const char *value,
    size_t bytes);
void pattern_set_fini(struct pattern_set *set);

/* A hash that is equal for texts which differ in the case of letters only; the
 * end of the text is part of it. */
uint64_t fold_hash(uint64_t h, const char *s, size_t bytes);

#endif
