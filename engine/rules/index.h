/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * index - which rules can match a record at all.
 *
 * Rules which demand literal values of the same variables form a group; in a
 * group, a rule is found by the hash of these values. A group is looked at
 * only when the record has the variable that is rarest among the groups. So a
 * match costs the variables of the record, one probe for each group that has
 * one of them, and the conditions of the rules found; the number of rules
 * that demand other values does not matter. Rules without any such demand
 * are tried one by one.
 *
 * A condition counts as a demand when it is not inverted and is a plain word
 * that is not empty (an unset variable is empty), or a regex that begins with
 * one: then as many bytes of the value are hashed as that has, and the rules
 * with another number of bytes are another group.
 */
#ifndef RULES_INDEX_H
#define RULES_INDEX_H

#include "rules/rule.h"

/* rules in the order in which they are tried; borrowed, as is rs. */
struct rule_index *rule_index_new(const struct ruleset *rs, struct rule **rules,
    size_t count);
void rule_index_free(struct rule_index *index); /* NULL is fine */

/* The first rule that matches, or NULL. */
const struct rule *rule_index_match(const struct rule_index *index,
    const struct devline *line, const struct rule_env *env);

#endif
