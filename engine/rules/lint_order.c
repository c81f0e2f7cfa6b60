/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rules that can never match, and rules that an earlier one always hides.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "rules/lint.h"

/* True when whatever passes b passes a. Sure, not complete. */
static bool
implies(const struct condition *b, const struct condition *a)
{
	if (a->is_media || b->is_media)
		return a->is_media && b->is_media && a->media == b->media;
	if (a->pattern->kind == PATTERN_ANY && !a->inverted)
		return true;
	if (a->name != b->name)
		return false;
	if (a->pattern == b->pattern && a->inverted == b->inverted)
		return true;
	return b->pattern->kind == PATTERN_LITERAL && !b->inverted &&
	    pattern_matches(a->pattern, b->pattern->literal,
		b->pattern->literal_bytes) != a->inverted;
}

/* True when nothing passes both. */
static bool
excludes(const struct condition *b, const struct condition *a)
{
	if (a->is_media || b->is_media)
		return a->is_media && b->is_media && a->media != b->media;
	if (a->name != b->name)
		return false;
	if (a->pattern == b->pattern && a->inverted != b->inverted)
		return true;
	return b->pattern->kind == PATTERN_LITERAL && !b->inverted &&
	    pattern_matches(a->pattern, b->pattern->literal,
		b->pattern->literal_bytes) == a->inverted;
}

static const struct condition *
find_contradiction(const struct rule *rule, const struct condition **other)
{
	size_t i, k;

	for (i = 0; i < rule->condition_count; i++)
		for (k = 0; k < rule->condition_count; k++)
			if (i != k &&
			    excludes(&rule->conditions[i],
				&rule->conditions[k])) {
				*other = &rule->conditions[i < k ? i : k];
				return &rule->conditions[i < k ? k : i];
			}
	return NULL;
}

static bool
hides(const struct rule *first, const struct rule *later)
{
	size_t i, k;

	for (i = 0; i < first->condition_count; i++) {
		for (k = 0; k < later->condition_count; k++)
			if (implies(&later->conditions[k],
				&first->conditions[i]))
				break;
		if (k == later->condition_count &&
		    (first->conditions[i].is_media ||
			first->conditions[i].inverted ||
			first->conditions[i].pattern->kind != PATTERN_ANY))
			return false;
	}
	return true;
}

/* A rule can only be hidden by one whose first literal word it demands too, or
 * by one without any; so each is held against its own candidates only. */
static const struct condition *
first_word(const struct rule *rule)
{
	const struct condition *c;
	size_t i;

	for (i = 0; i < rule->condition_count; i++) {
		c = &rule->conditions[i];
		if (!c->is_media && !c->inverted &&
		    c->pattern->kind == PATTERN_LITERAL)
			return c;
	}
	return NULL;
}

static bool
demands(const struct rule *rule, const struct condition *word)
{
	size_t i;

	if (word == NULL)
		return true;
	for (i = 0; i < rule->condition_count; i++)
		if (!rule->conditions[i].is_media &&
		    rule->conditions[i].name == word->name &&
		    rule->conditions[i].pattern == word->pattern)
			return true;
	return false;
}

static void
lint_kind(struct rule **rules, size_t count, struct diag *diag)
{
	const struct condition **words, *clash, *other;
	size_t i, k;

	words = mem_zero(count, sizeof(*words));
	for (i = 0; i < count; i++) {
		words[i] = first_word(rules[i]);
		clash = find_contradiction(rules[i], &other);
		if (clash != NULL)
			diag_report(diag, DIAG_WARNING, rules[i]->file,
			    clash->line, clash->col,
			    "this and the condition of line %u exclude each "
			    "other: the rule never matches",
			    other->line);
		for (k = 0; clash == NULL && k < i; k++)
			if (demands(rules[i], words[k]) &&
			    hides(rules[k], rules[i]))
				break;
		if (clash == NULL && k < i)
			diag_report(diag, DIAG_WARNING, rules[i]->file,
			    rules[i]->line, rules[i]->col,
			    "never reached: the rule at %s:%u (priority %d) "
			    "comes first and matches all that this one does",
			    rules[k]->file, rules[k]->line, rules[k]->priority);
	}
	free(words);
}

void
lint_order(const struct ruleset *rs, struct diag *diag)
{
	size_t kind;

	for (kind = 0; kind < DEVLINE_RULE_KINDS; kind++)
		lint_kind(rs->order[kind], rs->order_count[kind], diag);
}
