/* SPDX-License-Identifier: BSD-2-Clause */
#include "rules/index.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"

#define NONE	    UINT32_MAX
#define MAX_DEMANDS 64
#define MAX_CHOICES 64 /* buckets of one rule */
#define WHOLE	    UINT32_MAX

/* A rule with a choice of words is in a bucket for each of them. */
struct link {
	uint32_t rank;
	uint32_t next;
};

struct bucket {
	uint32_t first; /* links, by rank of their rules */
	uint32_t last;
	uint64_t hash;
};

/* A variable whose value is hashed, or its first bytes. */
struct part {
	uint32_t name;
	uint32_t bytes; /* WHOLE: all of them */
};

struct group {
	const struct part *parts; /* sorted by name */
	uint64_t *words; /* by part: word_bit() of each word demanded */
	size_t part_count;
	uint32_t anchor; /* the name that must be set, or NONE */
	uint32_t first;	 /* lowest rank in it */
	uint32_t next;	 /* group with the same anchor */
	struct table values;
};

struct rule_index {
	const struct ruleset *rs;
	struct rule **rules; /* borrowed; the place is the rank */
	struct link *links;
	size_t link_count, link_cap;
	struct bucket *buckets;
	size_t bucket_count, bucket_cap;
	struct group *groups;
	size_t group_count, group_cap;
	struct table group_table;
	uint32_t *anchored;   /* by name: first group, or NONE */
	uint64_t anchor_bits; /* one for each anchor, by its hash */
	uint32_t free_groups;
	struct arena arena;
};

/* What a rule demands, sorted by name. */
struct demand {
	struct part parts[MAX_DEMANDS];
	const char *words[MAX_DEMANDS]; /* in lower case */
	size_t count;
	uint32_t anchor;
	size_t choices;	 /* so many different demands the rule has */
	bool impossible; /* two different words for one name */
};

static bool
is_global(const struct rule_name *name)
{
	return name->set_value != NULL || name->builtin != BUILTIN_NONE;
}

static void
add_demand(struct demand *d, struct part part, const char *word)
{
	size_t i;

	for (i = 0; i < d->count && d->parts[i].name < part.name; i++)
		;
	if (i < d->count && d->parts[i].name == part.name) {
		if (d->parts[i].bytes == WHOLE && part.bytes == WHOLE &&
		    strcmp(d->words[i], word) != 0)
			d->impossible = true;
		/* WHOLE is the largest of all: the sharper demand stays. */
		if (part.bytes > d->parts[i].bytes) {
			d->parts[i].bytes = part.bytes;
			d->words[i] = word;
		}
		return;
	}
	/* What has no room is tested like a condition without an index. */
	if (d->count == MAX_DEMANDS)
		return;
	memmove(&d->parts[i + 1], &d->parts[i],
	    (d->count - i) * sizeof(*d->parts));
	memmove(&d->words[i + 1], &d->words[i],
	    (d->count - i) * sizeof(*d->words));
	d->parts[i] = part;
	d->words[i] = word;
	d->count++;
}

static void
find_demand(const struct ruleset *rs, const struct rule *rule, size_t choice,
    struct demand *d)
{
	const struct condition *c;
	const char *word;
	struct part part;
	size_t i, n;

	d->count = 0;
	d->anchor = NONE;
	d->impossible = false;
	d->choices = 1;
	for (i = 0; i < rule->condition_count; i++) {
		c = &rule->conditions[i];
		if (c->is_media || c->inverted || c->pattern->matches_empty)
			continue;
		part.name = c->name;
		part.bytes = WHOLE;
		if (c->pattern->kind == PATTERN_LITERAL)
			add_demand(d, part, c->pattern->literal);
		n = c->pattern->word_count;
		if (c->pattern->kind == PATTERN_WORDS &&
		    n <= MAX_CHOICES / d->choices) {
			add_demand(d, part,
			    pattern_word(c->pattern, choice % n));
			choice /= n;
			d->choices *= n;
		}
		if (c->pattern->kind == PATTERN_REGEX) {
			word = regex_prefix(c->pattern->regex);
			part.bytes = (uint32_t)strlen(word);
			if (part.bytes > 0)
				add_demand(d, part, word);
		}
		if (c->pattern->kind == PATTERN_INVALID)
			d->impossible = true;
		if (!is_global(&rs->names[c->name]))
			d->anchor = c->name;
	}
}

/* The rarest of the names demanded, so that a group is seldom looked at. Of
 * equally rare ones the last: files go from the general to the special. */
static void
choose_anchor(const struct ruleset *rs, const uint32_t *uses, struct demand *d)
{
	uint32_t fewest = NONE;
	size_t i;

	for (i = 0; i < d->count; i++)
		if (!is_global(&rs->names[d->parts[i].name]) &&
		    uses[d->parts[i].name] <= fewest) {
			d->anchor = d->parts[i].name;
			fewest = uses[d->anchor];
		}
}

static uint64_t
anchor_bit(uint64_t hash)
{
	return UINT64_C(1) << (hash >> 16 & 63);
}

static uint64_t
word_bit(uint64_t hash)
{
	return UINT64_C(1) << (hash >> 32 & 63);
}

static uint64_t
join(uint64_t hash, uint64_t word_hash)
{
	return (hash << 5 | hash >> 59) ^ word_hash;
}

static struct group *
get_group(struct rule_index *x, const struct demand *d, uint32_t rank)
{
	size_t at = TABLE_START, bytes = d->count * sizeof(*d->parts);
	uint64_t hash = hash_bytes(HASH_START, d->parts, bytes);
	struct part *parts;
	struct group *g;
	uint32_t i;

	hash = hash_bytes(hash, &d->anchor, sizeof(d->anchor));
	while (table_next(&x->group_table, hash, &at, &i)) {
		g = &x->groups[i];
		if (g->part_count == d->count && g->anchor == d->anchor &&
		    memcmp(g->parts, d->parts, bytes) == 0)
			return g;
	}
	table_add(&x->group_table, hash, (uint32_t)x->group_count);
	g = MEM_PUSH(x->groups, x->group_count, x->group_cap);
	parts = arena_alloc(&x->arena, bytes);
	memcpy(parts, d->parts, bytes);
	g->parts = parts;
	g->words = arena_alloc(&x->arena, d->count * sizeof(*g->words));
	g->part_count = d->count;
	g->anchor = d->anchor;
	g->first = rank;
	i = (uint32_t)(x->group_count - 1);
	if (d->anchor == NONE) {
		g->next = x->free_groups;
		x->free_groups = i;
	} else {
		g->next = x->anchored[d->anchor];
		x->anchored[d->anchor] = i;
		x->anchor_bits |= anchor_bit(x->rs->names[d->anchor].hash);
	}
	return g;
}

/* Appends the rule to the chain of its values. Ranks come in rising order. */
static void
put_rule(struct rule_index *x, struct group *g, const struct demand *d,
    uint32_t rank)
{
	uint64_t hash = HASH_START, word;
	size_t at = TABLE_START, i;
	struct bucket *b;
	struct link *link;
	uint32_t n, here;

	for (i = 0; i < d->count; i++) {
		word = fold_hash(HASH_START, d->words[i], strlen(d->words[i]));
		g->words[i] |= word_bit(word);
		hash = join(hash, word);
	}
	link = MEM_PUSH(x->links, x->link_count, x->link_cap);
	link->rank = rank;
	link->next = NONE;
	here = (uint32_t)(x->link_count - 1);
	if (table_next(&g->values, hash, &at, &n)) {
		b = &x->buckets[n];
		x->links[b->last].next = here;
		b->last = here;
		return;
	}
	table_add(&g->values, hash, (uint32_t)x->bucket_count);
	b = MEM_PUSH(x->buckets, x->bucket_count, x->bucket_cap);
	b->first = b->last = here;
	b->hash = hash;
}

struct rule_index *
rule_index_new(const struct ruleset *rs, struct rule **rules, size_t count)
{
	struct rule_index *x = mem_zero(1, sizeof(*x));
	uint32_t *uses = mem_zero(rs->name_count, sizeof(*uses));
	struct demand d;
	size_t i, k;

	x->rs = rs;
	x->rules = rules;
	x->free_groups = NONE;
	x->anchored = mem_zero(rs->name_count, sizeof(*x->anchored));
	for (i = 0; i < rs->name_count; i++)
		x->anchored[i] = NONE;
	for (i = 0; i < count; i++) {
		find_demand(rs, rules[i], 0, &d);
		for (k = 0; k < d.count; k++)
			uses[d.parts[k].name]++;
	}
	for (i = 0; i < count; i++) {
		k = 0;
		do {
			find_demand(rs, rules[i], k, &d);
			if (d.impossible)
				continue;
			choose_anchor(rs, uses, &d);
			put_rule(x, get_group(x, &d, (uint32_t)i), &d,
			    (uint32_t)i);
		} while (++k < d.choices);
	}
	free(uses);
	return x;
}

void
rule_index_free(struct rule_index *x)
{
	size_t i;

	if (x == NULL)
		return;
	for (i = 0; i < x->group_count; i++)
		table_fini(&x->groups[i].values);
	free(x->groups);
	free(x->buckets);
	free(x->links);
	free(x->anchored);
	table_fini(&x->group_table);
	arena_fini(&x->arena);
	free(x);
}

/* The values of the names of a group, found once for all its rules. */
struct seen {
	const char *values[MAX_DEMANDS];
	size_t bytes[MAX_DEMANDS];
};

static bool
condition_holds(const struct rule_index *x, const struct group *g,
    const struct seen *seen, const struct condition *c,
    const struct devline *line, const struct rule_env *env)
{
	size_t i;

	if (!c->is_media)
		for (i = 0; i < g->part_count; i++)
			if (g->parts[i].name == c->name)
				return pattern_matches(c->pattern,
					   seen->values[i],
					   seen->bytes[i]) != c->inverted;
	return rule_holds(x->rs, c, line, env);
}

static bool
rule_matches(const struct rule_index *x, const struct group *g,
    const struct seen *seen, const struct rule *rule,
    const struct devline *line, const struct rule_env *env)
{
	size_t i;

	for (i = 0; i < rule->condition_count; i++)
		if (!condition_holds(x, g, seen, &rule->conditions[i], line,
			env))
			return false;
	return true;
}

/* Lowers *best to the first rule of the group that matches. */
static void
probe(const struct rule_index *x, const struct group *g,
    const struct devline *line, const struct rule_env *env, uint32_t *best)
{
	const struct part *part;
	const struct link *link;
	const char *value;
	struct seen seen;
	uint64_t hash = HASH_START, word;
	size_t at = TABLE_START, bytes, i;
	uint32_t n;

	if (g->first >= *best)
		return;
	for (i = 0; i < g->part_count; i++) {
		part = &g->parts[i];
		value =
		    rule_value(line, env, &x->rs->names[part->name], &bytes);
		if (value == NULL || bytes == 0 ||
		    (part->bytes != WHOLE && bytes < part->bytes))
			return;
		word = fold_hash(HASH_START, value,
		    part->bytes == WHOLE ? bytes : part->bytes);
		if (!(g->words[i] & word_bit(word)))
			return;
		hash = join(hash, word);
		seen.values[i] = value;
		seen.bytes[i] = bytes;
	}
	if (!table_next(&g->values, hash, &at, &n))
		return;
	for (n = x->buckets[n].first; n != NONE; n = link->next) {
		link = &x->links[n];
		if (link->rank >= *best)
			return;
		if (rule_matches(x, g, &seen, x->rules[link->rank], line,
			env)) {
			*best = link->rank;
			return;
		}
	}
}

const struct rule *
rule_index_match(const struct rule_index *x, const struct devline *line,
    const struct rule_env *env)
{
	const struct devline_pair *pair;
	uint32_t best = NONE, g, name;
	size_t i;

	for (i = 0; i < line->count; i++) {
		pair = &line->pairs[i];
		if (!(x->anchor_bits & anchor_bit(pair->key_hash)) ||
		    !ruleset_find_name(x->rs, pair->key, pair->key_hash, &name))
			continue;
		for (g = x->anchored[name]; g != NONE; g = x->groups[g].next)
			probe(x, &x->groups[g], line, env, &best);
	}
	for (g = x->free_groups; g != NONE; g = x->groups[g].next)
		probe(x, &x->groups[g], line, env, &best);
	return best == NONE ? NULL : x->rules[best];
}
