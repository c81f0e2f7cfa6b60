/* SPDX-License-Identifier: BSD-2-Clause */
#include "rules/ruleset.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "rules/expand.h"
#include "rules/index.h"
#include "rules/rule.h"

#define IFNAME_BYTES 16 /* IFNAMSIZ on every system we know */

uint32_t
ruleset_name(struct ruleset *rs, const char *name)
{
	uint64_t hash = hash_str(HASH_START, name);
	struct rule_name *n;
	uint32_t number;

	if (ruleset_find_name(rs, name, hash, &number))
		return number;
	table_add(&rs->name_table, hash, (uint32_t)rs->name_count);
	n = MEM_PUSH(rs->names, rs->name_count, rs->name_cap);
	n->name = arena_strn(&rs->arena, name, strlen(name));
	n->hash = hash;
	if (strcmp(name, "timestamp") == 0)
		n->builtin = BUILTIN_TIMESTAMP;
	else if (strcmp(name, "vm_guest") == 0 && rs->version != RULE_12_1)
		n->builtin = BUILTIN_VM_GUEST;
	return (uint32_t)(rs->name_count - 1);
}

bool
ruleset_find_name(const struct ruleset *rs, const char *name, uint64_t hash,
    uint32_t *number)
{
	size_t at = TABLE_START;

	while (table_next(&rs->name_table, hash, &at, number))
		if (strcmp(rs->names[*number].name, name) == 0)
			return true;
	return false;
}

void
ruleset_free(struct ruleset *rs)
{
	size_t kind;

	if (rs == NULL)
		return;
	for (kind = 0; kind < DEVLINE_RULE_KINDS; kind++) {
		rule_index_free(rs->index[kind]);
		free(rs->order[kind]);
	}
	free(rs->rules);
	free(rs->texts);
	free(rs->names);
	table_fini(&rs->name_table);
	pattern_set_fini(&rs->patterns);
	arena_fini(&rs->arena);
	free(rs);
}

const char *
rule_value(const struct devline *line, const struct rule_env *env,
    const struct rule_name *name, size_t *bytes)
{
	const struct devline_pair *pair;
	const char *value = name->set_value;

	pair = devline_find(line, name->name, name->hash);
	if (pair != NULL) {
		if (bytes != NULL)
			*bytes = pair->value_bytes;
		return pair->value;
	}
	if (name->builtin == BUILTIN_TIMESTAMP)
		value = env->timestamp != NULL ? env->timestamp : "";
	else if (name->builtin == BUILTIN_VM_GUEST)
		value = env->vm_guest != NULL ? env->vm_guest : "";
	if (value != NULL && bytes != NULL)
		*bytes = strlen(value);
	return value;
}

/* As by rule_value, for a name that no rule may know; "" when not set. */
static const char *
value_of(const struct ruleset *rs, const struct devline *line,
    const struct rule_env *env, const char *name, bool *set)
{
	uint64_t hash = hash_str(HASH_START, name);
	const struct devline_pair *pair;
	const char *value = NULL;
	uint32_t number;

	if (ruleset_find_name(rs, name, hash, &number))
		value = rule_value(line, env, &rs->names[number], NULL);
	else if ((pair = devline_find(line, name, hash)) != NULL)
		value = pair->value;
	if (set != NULL)
		*set = value != NULL;
	return value == NULL ? "" : value;
}

const char *
ruleset_value(const struct ruleset *rs, const struct devline *line,
    const struct rule_env *env, const char *name)
{
	return value_of(rs, line, env, name, NULL);
}

/* The interface that a media-type condition is about, cut as the kernel cuts
 * the name. */
static const char *
media_name(const struct ruleset *rs, const struct devline *line,
    const struct rule_env *env)
{
	const char *name = ruleset_value(rs, line, env, "device-name");

	if (*name == '\0')
		name = ruleset_value(rs, line, env, "subsystem");
	return name;
}

static bool
media_holds(const struct ruleset *rs, const struct condition *cond,
    const struct devline *line, const struct rule_env *env)
{
	char ifname[IFNAME_BYTES] = "";
	enum rule_media media = RULE_MEDIA_NONE;

	strncat(ifname, media_name(rs, line, env), sizeof(ifname) - 1);
	if (env->media != NULL)
		media = env->media(env->media_ctx, ifname);
	return media == cond->media;
}

bool
rule_holds(const struct ruleset *rs, const struct condition *cond,
    const struct devline *line, const struct rule_env *env)
{
	const char *value;
	size_t bytes = 0;

	if (cond->is_media)
		return media_holds(rs, cond, line, env);
	value = rule_value(line, env, &rs->names[cond->name], &bytes);
	if (value == NULL)
		return cond->pattern->matches_empty != cond->inverted;
	return pattern_matches(cond->pattern, value, bytes) != cond->inverted;
}

const struct rule *
ruleset_match(const struct ruleset *rs, const struct devline *line,
    const struct rule_env *env)
{
	if (line->dropped || line->kind == DEVLINE_OTHER)
		return NULL;
	return rule_index_match(rs->index[line->kind], line, env);
}

size_t
ruleset_texts(const struct ruleset *rs, const struct ruleset_text **out)
{
	*out = rs->texts;
	return rs->text_count;
}

void
ruleset_how(const struct ruleset *rs, struct ruleset_options *out)
{
	memset(out, 0, sizeof(*out));
	out->version = rs->version;
	out->reverse = rs->reverse;
}

size_t
ruleset_count(const struct ruleset *rs)
{
	return rs->count;
}

size_t
ruleset_kind_count(const struct ruleset *rs, enum devline_kind kind)
{
	return kind == DEVLINE_OTHER ? 0 : rs->order_count[kind];
}

const struct rule *
ruleset_at(const struct ruleset *rs, enum devline_kind kind, size_t i)
{
	assert(i < ruleset_kind_count(rs, kind));
	return rs->order[kind][i];
}

const char *
ruleset_pid_file(const struct ruleset *rs)
{
	return rs->pid_file == NULL ? "" : rs->pid_file;
}

enum devline_kind
rule_kind(const struct rule *rule)
{
	return rule->kind;
}

int
rule_priority(const struct rule *rule)
{
	return rule->priority;
}

const char *
rule_file(const struct rule *rule)
{
	return rule->file;
}

unsigned
rule_line(const struct rule *rule)
{
	return rule->line;
}

size_t
rule_number(const struct rule *rule)
{
	return rule->number;
}

size_t
rule_action_count(const struct rule *rule)
{
	return rule->action_count;
}

const char *
rule_action(const struct rule *rule, size_t i)
{
	assert(i < rule->action_count);
	return rule->actions[i].text;
}

struct sight { /* what a variable of an action is looked up in */
	const struct ruleset *rs;
	const struct devline *line;
	const struct rule_env *env;
};

static const char *
seen_value(void *ctx, const char *name, enum expand_place place)
{
	const struct sight *s = ctx;

	(void)place;
	return ruleset_value(s->rs, s->line, s->env, name);
}

void
rule_expand(const struct ruleset *rs, const struct rule *rule, size_t i,
    const struct devline *line, const struct rule_env *env,
    enum rule_quoting quoting, struct strbuf *out)
{
	struct sight sight = { rs, line, env };
	struct expand x = { rs->version, seen_value, &sight };

	expand_action(&x, rule_action(rule, i), quoting, out);
}

size_t
rule_condition_count(const struct rule *rule)
{
	return rule->condition_count;
}

void
rule_try(const struct ruleset *rs, const struct rule *rule, size_t i,
    const struct devline *line, const struct rule_env *env,
    struct rule_trial *out)
{
	const struct condition *cond = &rule->conditions[i];

	assert(i < rule->condition_count);
	memset(out, 0, sizeof(*out));
	out->pattern = cond->written;
	out->line = cond->line;
	out->held = rule_holds(rs, cond, line, env);
	out->name = rs->names[cond->name].name;
	if (cond->is_media) {
		out->value = media_name(rs, line, env);
		out->set = *out->value != '\0';
		out->regex = "";
		return;
	}
	out->value = value_of(rs, line, env, out->name, &out->set);
	out->regex = cond->pattern->text;
	out->invalid = cond->pattern->kind == PATTERN_INVALID;
}
