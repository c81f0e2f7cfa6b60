/* SPDX-License-Identifier: BSD-2-Clause */
#include "rules/index.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"

#define NONE	    UINT32_MAX
#define MAX_DEMANDS 64

struct bucket {
	uint32_t first; /* rules by rank, linked by next[] */
	uint32_t last;
	uint64_t hash;
};

struct group {
	const uint32_t *names; /* whose literal values are hashed */
	size_t name_count;
	uint32_t anchor; /* the name that must be set, or NONE */
	uint32_t first;	 /* lowest rank in it */
	uint32_t next;	 /* group with the same anchor */
	struct table values;
};

struct rule_index {
	const struct ruleset *rs;
	struct rule **rules; /* borrowed; the place is the rank */
	uint32_t *next;	     /* by rank */
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
	uint32_t names[MAX_DEMANDS];
	const struct pattern *words[MAX_DEMANDS];
	size_t count;
	uint32_t anchor;
	bool impossible; /* two different words for one name */
};

static bool
is_global(const struct rule_name *name)
{
	return name->set_value != NULL || name->builtin != BUILTIN_NONE;
}

static void
add_demand(struct demand *d, uint32_t name, const struct pattern *word)
{
	size_t i;

	for (i = 0; i < d->count && d->names[i] < name; i++)
		;
	if (i < d->count && d->names[i] == name) {
		if (d->words[i] != word &&
		    strcmp(d->words[i]->literal, word->literal) != 0)
			d->impossible = true;
		return;
	}
	/* What has no room is tested like a condition without an index. */
	if (d->count == MAX_DEMANDS)
		return;
	memmove(&d->names[i + 1], &d->names[i],
	    (d->count - i) * sizeof(*d->names));
	memmove(&d->words[i + 1], &d->words[i],
	    (d->count - i) * sizeof(*d->words));
	d->names[i] = name;
	d->words[i] = word;
	d->count++;
}

static void
find_demand(const struct ruleset *rs, const struct rule *rule, struct demand *d)
{
	const struct condition *c;
	size_t i;

	d->count = 0;
	d->anchor = NONE;
	d->impossible = false;
	for (i = 0; i < rule->condition_count; i++) {
		c = &rule->conditions[i];
		if (c->is_media || c->inverted || c->pattern->matches_empty)
			continue;
		if (c->pattern->kind == PATTERN_LITERAL)
			add_demand(d, c->name, c->pattern);
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
		if (!is_global(&rs->names[d->names[i]]) &&
		    uses[d->names[i]] <= fewest) {
			fewest = uses[d->names[i]];
			d->anchor = d->names[i];
		}
}

static uint64_t
anchor_bit(uint64_t hash)
{
	return UINT64_C(1) << (hash >> 16 & 63);
}

static struct group *
get_group(struct rule_index *x, const struct demand *d, uint32_t rank)
{
	uint64_t hash =
	    hash_bytes(HASH_START, d->names, d->count * sizeof(*d->names));
	size_t at = TABLE_START, bytes = d->count * sizeof(*d->names);
	struct group *g;
	uint32_t i;
	uint32_t *names;

	hash = hash_bytes(hash, &d->anchor, sizeof(d->anchor));
	while (table_next(&x->group_table, hash, &at, &i)) {
		g = &x->groups[i];
		if (g->name_count == d->count && g->anchor == d->anchor &&
		    memcmp(g->names, d->names, bytes) == 0)
			return g;
	}
	table_add(&x->group_table, hash, (uint32_t)x->group_count);
	g = MEM_PUSH(x->groups, x->group_count, x->group_cap);
	names = arena_alloc(&x->arena, bytes + 1);
	memcpy(names, d->names, bytes);
	g->names = names;
	g->name_count = d->count;
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
	uint64_t hash = HASH_START;
	size_t at = TABLE_START, i;
	struct bucket *b;
	uint32_t n;

	for (i = 0; i < d->count; i++)
		hash = fold_hash(hash, d->words[i]->literal);
	x->next[rank] = NONE;
	if (table_next(&g->values, hash, &at, &n)) {
		b = &x->buckets[n];
		x->next[b->last] = rank;
		b->last = rank;
		return;
	}
	table_add(&g->values, hash, (uint32_t)x->bucket_count);
	b = MEM_PUSH(x->buckets, x->bucket_count, x->bucket_cap);
	b->first = b->last = rank;
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
	x->next = mem_zero(count, sizeof(*x->next));
	x->free_groups = NONE;
	x->anchored = mem_zero(rs->name_count, sizeof(*x->anchored));
	for (i = 0; i < rs->name_count; i++)
		x->anchored[i] = NONE;
	for (i = 0; i < count; i++) {
		find_demand(rs, rules[i], &d);
		for (k = 0; k < d.count; k++)
			uses[d.names[k]]++;
	}
	for (i = 0; i < count; i++) {
		find_demand(rs, rules[i], &d);
		if (d.impossible)
			continue;
		choose_anchor(rs, uses, &d);
		put_rule(x, get_group(x, &d, (uint32_t)i), &d, (uint32_t)i);
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
	free(x->next);
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
		for (i = 0; i < g->name_count; i++)
			if (g->names[i] == c->name)
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
	struct seen seen;
	uint64_t hash = HASH_START;
	size_t at = TABLE_START, i;
	uint32_t n;

	if (g->first >= *best)
		return;
	for (i = 0; i < g->name_count; i++) {
		seen.values[i] = rule_value(line, env,
		    &x->rs->names[g->names[i]], &seen.bytes[i]);
		if (seen.values[i] == NULL || seen.bytes[i] == 0)
			return;
	}
	for (i = 0; i < g->name_count; i++)
		hash = fold_hash(hash, seen.values[i]);
	if (!table_next(&g->values, hash, &at, &n))
		return;
	for (n = x->buckets[n].first; n < *best; n = x->next[n])
		if (rule_matches(x, g, &seen, x->rules[n], line, env)) {
			*best = n;
			return;
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
