/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rules that can never match, and rules that an earlier one always hides.
 *
 * A rule is held only against those that can hide it: each is filed under one
 * condition that whatever it hides must demand too. What cannot be told apart
 * that way is compared one by one, and then there is an end to it, which is
 * said.
 */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "rules/lint.h"

#define NONE	 SIZE_MAX
#define FREQUENT 64	   /* rules with one word: another one is looked for */
#define MOST	 50000000u /* steps; ten thousand rules of a kind take less */

/* A condition, whoever has it: a word, or a pattern with or without '!'. */
struct demand {
	uint32_t name;
	bool inverted;
	const struct pattern *pattern; /* of words that are equal, one's */
	size_t uses;
	size_t first, last; /* rules that are filed here, in order; or NONE */
	size_t next;	    /* demand with this name that is no word; or NONE */
};

struct order {
	struct diag *diag;
	struct rule **rules;
	size_t count;
	size_t steps;
	/* Conditions of the rule that is looked at, in order. */
	const struct rule *rule;
	size_t *by_name; /* by name: the first of them; or NONE */
	size_t *next;	 /* by condition: the next of its name; or NONE */
	size_t cap_next;
	/* Rules before it. */
	struct demand *demands;
	size_t n_demands, cap_demands;
	struct table table;
	size_t *patterns; /* by name: the first demand that is no word */
	size_t *filed;	  /* by rule: the next one of its demand; or NONE */
	size_t first_free, last_free; /* rules that demand nothing */
};

/* False when there were too many. */
static bool
spend(struct order *o, size_t steps)
{
	o->steps += steps;
	return o->steps < MOST;
}

static bool
is_spent(const struct order *o)
{
	return o->steps >= MOST;
}

static bool
is_word(const struct condition *c)
{
	return !c->is_media && !c->inverted &&
	    c->pattern->kind == PATTERN_LITERAL;
}

/* True when it may be left out. */
static bool
is_any(const struct condition *c)
{
	return !c->is_media && !c->inverted && c->pattern->kind == PATTERN_ANY;
}

/* Whether the word passes the condition. */
static bool
word_passes(struct order *o, const struct condition *word,
    const struct pattern *pattern, bool inverted)
{
	const char *text = word->pattern->literal;
	size_t bytes = word->pattern->literal_bytes;

	return spend(o,
		   pattern->text_bytes + bytes * (1 + pattern->states / 64)) &&
	    pattern_matches(pattern, text, bytes) != inverted;
}

/* --- two conditions of one name --- */

/* True when whatever passes b passes a. Sure, not complete. */
static bool
implies(struct order *o, const struct condition *b, const struct condition *a)
{
	if (a->is_media || b->is_media)
		return a->is_media && b->is_media && a->media == b->media;
	if (a->pattern == b->pattern && a->inverted == b->inverted)
		return true;
	return is_word(b) && word_passes(o, b, a->pattern, a->inverted);
}

/* True when nothing passes both. */
static bool
excludes(struct order *o, const struct condition *b, const struct condition *a)
{
	if (a->is_media || b->is_media)
		return a->is_media && b->is_media && a->media != b->media;
	if (a->pattern == b->pattern && a->inverted != b->inverted)
		return true;
	return is_word(b) && !word_passes(o, b, a->pattern, a->inverted) &&
	    !is_spent(o);
}

/* --- one rule --- */

static void
begin_rule(struct order *o, const struct rule *rule)
{
	const struct condition *c = rule->conditions;
	size_t i;

	for (i = 0; o->rule != NULL && i < o->rule->condition_count; i++)
		o->by_name[o->rule->conditions[i].name] = NONE;
	o->rule = rule;
	if (rule->condition_count > o->cap_next)
		o->next = mem_grow(o->next, &o->cap_next, rule->condition_count,
		    sizeof(*o->next));
	for (i = rule->condition_count; i-- > 0;) {
		o->next[i] = o->by_name[c[i].name];
		o->by_name[c[i].name] = i;
	}
}

static const struct condition *
find_contradiction(struct order *o, const struct condition **other)
{
	const struct condition *c = o->rule->conditions;
	size_t i, k;

	for (i = 0; i < o->rule->condition_count; i++)
		for (k = o->by_name[c[i].name]; k != NONE; k = o->next[k]) {
			if (!spend(o, 1))
				return NULL;
			if (i != k && excludes(o, &c[i], &c[k])) {
				*other = &c[i < k ? i : k];
				return &c[i < k ? k : i];
			}
		}
	return NULL;
}

/* Whether all that the rule demands demands this too. */
static bool
is_demanded(struct order *o, const struct condition *a)
{
	size_t k;

	if (is_any(a))
		return true;
	for (k = o->by_name[a->name]; k != NONE && spend(o, 1); k = o->next[k])
		if (implies(o, &o->rule->conditions[k], a))
			return true;
	return false;
}

static bool
is_hidden_by(struct order *o, const struct rule *first)
{
	size_t i;

	for (i = 0; i < first->condition_count; i++)
		if (!is_demanded(o, &first->conditions[i]))
			return false;
	return spend(o, 1);
}

/* --- the rules before it --- */

static uint64_t
demand_hash(const struct condition *c)
{
	uint64_t h = hash_bytes(HASH_START, &c->name, sizeof(c->name));

	if (is_word(c))
		return hash_bytes(h, c->pattern->literal,
		    c->pattern->literal_bytes);
	h = hash_bytes(h, &c->inverted, sizeof(c->inverted));
	return hash_bytes(h, &c->pattern, sizeof(c->pattern));
}

static bool
is_same(const struct demand *d, const struct condition *c)
{
	const struct pattern *a = d->pattern, *b = c->pattern;

	if (d->name != c->name || d->inverted != c->inverted)
		return false;
	return a == b ||
	    (is_word(c) && a->kind == PATTERN_LITERAL &&
		a->literal_bytes == b->literal_bytes &&
		memcmp(a->literal, b->literal, b->literal_bytes) == 0);
}

static struct demand *
find_demand(const struct order *o, const struct condition *c)
{
	uint64_t hash = demand_hash(c);
	size_t at = TABLE_START;
	uint32_t i;

	while (table_next(&o->table, hash, &at, &i))
		if (is_same(&o->demands[i], c))
			return &o->demands[i];
	return NULL;
}

static bool
is_demand(const struct condition *c)
{
	return !c->is_media && !is_any(c);
}

static void
count_demands(struct order *o, const struct rule *rule)
{
	const struct condition *c;
	struct demand *d;
	size_t i;

	for (i = 0; i < rule->condition_count; i++) {
		c = &rule->conditions[i];
		if (!is_demand(c))
			continue;
		if ((d = find_demand(o, c)) == NULL) {
			table_add(&o->table, demand_hash(c),
			    (uint32_t)o->n_demands);
			d = MEM_PUSH(o->demands, o->n_demands, o->cap_demands);
			d->name = c->name;
			d->inverted = c->inverted;
			d->pattern = c->pattern;
			d->first = d->last = d->next = NONE;
		}
		d->uses++;
	}
}

/* The rarest word, unless it is frequent and some pattern is not. */
static struct demand *
place_of(const struct order *o, const struct rule *rule)
{
	struct demand *word = NULL, *pattern = NULL, **best, *d;
	size_t i;

	for (i = 0; i < rule->condition_count; i++) {
		if (!is_demand(&rule->conditions[i]))
			continue;
		d = find_demand(o, &rule->conditions[i]);
		best = is_word(&rule->conditions[i]) ? &word : &pattern;
		if (*best == NULL || d->uses < (*best)->uses)
			*best = d;
	}
	if (word == NULL ||
	    (pattern != NULL && word->uses > FREQUENT &&
		pattern->uses < word->uses))
		return pattern;
	return word;
}

static void
file_rule(struct order *o, size_t number)
{
	struct demand *d = place_of(o, o->rules[number]);
	size_t *first = d != NULL ? &d->first : &o->first_free;
	size_t *last = d != NULL ? &d->last : &o->last_free;

	if (d != NULL && d->first == NONE &&
	    (d->inverted || d->pattern->kind != PATTERN_LITERAL)) {
		d->next = o->patterns[d->name];
		o->patterns[d->name] = (size_t)(d - o->demands);
	}
	if (*first == NONE)
		*first = number;
	else
		o->filed[*last] = number;
	*last = number;
	o->filed[number] = NONE;
}

/* Lowers *best to the first of these that hides the rule. */
static void
look_through(struct order *o, size_t number, size_t *best)
{
	for (; number < *best && !is_spent(o); number = o->filed[number])
		if (is_hidden_by(o, o->rules[number])) {
			*best = number;
			return;
		}
}

/* The first rule that hides the one that is looked at; or NONE. */
static size_t
find_hider(struct order *o)
{
	const struct condition *c;
	const struct demand *d;
	size_t best = NONE, i, k;

	look_through(o, o->first_free, &best);
	for (i = 0; i < o->rule->condition_count; i++) {
		c = &o->rule->conditions[i];
		if (!is_demand(c))
			continue;
		d = find_demand(o, c);
		look_through(o, d->first, &best);
		if (!is_word(c))
			continue;
		for (k = o->patterns[c->name]; k != NONE; k = d->next) {
			d = &o->demands[k];
			if (word_passes(o, c, d->pattern, d->inverted))
				look_through(o, d->first, &best);
		}
	}
	return is_spent(o) ? NONE : best;
}

static void
lint_rule(struct order *o, size_t number)
{
	const struct rule *rule = o->rules[number], *hider;
	const struct condition *clash, *other;
	size_t k;

	begin_rule(o, rule);
	clash = find_contradiction(o, &other);
	if (clash != NULL) {
		diag_report(o->diag, DIAG_WARNING, rule->file, clash->line,
		    clash->col,
		    "this and the condition of line %u exclude each "
		    "other: the rule never matches",
		    other->line);
	} else if ((k = find_hider(o)) != NONE) {
		hider = o->rules[k];
		diag_report(o->diag, DIAG_WARNING, rule->file, rule->line,
		    rule->col,
		    "never reached: the rule at %s:%u (priority %d) "
		    "comes first and matches all that this one does",
		    hider->file, hider->line, hider->priority);
	}
	file_rule(o, number);
	if (is_spent(o))
		diag_report(o->diag, DIAG_WARNING, rule->file, rule->line,
		    rule->col,
		    "from here on no rule of this kind is looked at for "
		    "whether it can match: there are too many before it that "
		    "differ too little; split the set");
}

static void
lint_kind(struct order *o)
{
	size_t i;

	for (i = 0; i < o->count; i++)
		count_demands(o, o->rules[i]);
	for (i = 0; i < o->count && !is_spent(o); i++)
		lint_rule(o, i);
}

static size_t *
new_places(size_t count)
{
	size_t *places = mem_zero(count + 1, sizeof(*places)), i;

	for (i = 0; i < count; i++)
		places[i] = NONE;
	return places;
}

void
lint_order(const struct ruleset *rs, struct diag *diag)
{
	struct order o;
	size_t kind;

	for (kind = 0; kind < DEVLINE_RULE_KINDS; kind++) {
		o = (struct order){ .diag = diag,
			.rules = rs->order[kind],
			.count = rs->order_count[kind],
			.first_free = NONE,
			.last_free = NONE };
		o.by_name = new_places(rs->name_count);
		o.patterns = new_places(rs->name_count);
		o.filed = new_places(o.count);
		lint_kind(&o);
		free(o.by_name);
		free(o.patterns);
		free(o.filed);
		free(o.next);
		free(o.demands);
		table_fini(&o.table);
	}
}
