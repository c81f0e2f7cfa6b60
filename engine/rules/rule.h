/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rule - what a rule set is made of; private to rules/.
 *
 * Everything here belongs to the struct ruleset: strings and arrays lie in its
 * arena. Names of variables and patterns exist once each, however often a
 * file repeats them.
 */
#ifndef RULES_RULE_H
#define RULES_RULE_H

#include <stdint.h>

#include "rules/arena.h"
#include "rules/pattern.h"
#include "rules/ruleset.h"
#include "rules/table.h"

enum rule_builtin {
	BUILTIN_NONE,
	BUILTIN_TIMESTAMP,
	BUILTIN_VM_GUEST,
};

struct rule_name {
	const char *name;
	uint64_t hash;
	const char *set_value; /* by "set"; NULL when never set */
	enum rule_builtin builtin;
};

struct condition {
	uint32_t name; /* in ruleset.names */
	bool is_media;
	bool inverted;
	enum rule_media media;	       /* is_media; NONE is "unknown" */
	const struct pattern *pattern; /* NULL when is_media */
	const char *written;
	unsigned line;
	unsigned col;
};

struct action {
	const char *text;
	unsigned line;
	unsigned col;
};

struct rule {
	enum devline_kind kind;
	int priority;
	const char *file;
	unsigned line;
	unsigned col;
	size_t number;
	struct condition *conditions;
	size_t condition_count;
	struct action *actions;
	size_t action_count;
};

struct rule_index;

struct ruleset {
	struct arena arena;
	enum rule_version version;
	struct rule_name *names;
	size_t name_count, name_cap;
	struct table name_table;
	struct pattern_set patterns;
	struct rule **rules; /* in order of reading */
	size_t count, cap;
	/* By kind, in the order in which they are tried. */
	struct rule **order[DEVLINE_RULE_KINDS];
	size_t order_count[DEVLINE_RULE_KINDS];
	struct rule_index *index[DEVLINE_RULE_KINDS];
	const char *pid_file;
	bool reverse;
	struct ruleset_text *texts; /* in order of reading; array owned */
	size_t text_count, text_cap;
};

/* The number of a name; makes one when it is new. */
uint32_t ruleset_name(struct ruleset *rs, const char *name);
/* As above, or false. */
bool ruleset_find_name(const struct ruleset *rs, const char *name,
    uint64_t hash, uint32_t *number);

/* The value that a rule sees, and its length when bytes is not NULL. NULL when
 * it is not set. */
const char *rule_value(const struct devline *line, const struct rule_env *env,
    const struct rule_name *name, size_t *bytes);
bool rule_holds(const struct ruleset *rs, const struct condition *cond,
    const struct devline *line, const struct rule_env *env);

#endif
