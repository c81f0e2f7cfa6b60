/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lint - what devd accepts and nobody means.
 *
 * A set that loaded is looked at again, and each finding is a warning with
 * its place. What only the text shows (bytes that devd passes over, comments
 * it does not see, priorities that overflow, variables that are not set yet)
 * is reported while loading.
 */
#ifndef RULES_LINT_H
#define RULES_LINT_H

#include "base/diag.h"
#include "rules/rule.h"

void ruleset_lint(const struct ruleset *rs, struct diag *diag);

/* Parts of it, for its own files. */

/* Of the rule that is looked at, by the number of a name. Each is the stamp of
 * that rule or of one before it. */
struct lint_names {
	const size_t *tested;	/* in a condition */
	const size_t *demanded; /* some condition fails when it is not set */
	size_t stamp;
};

void lint_actions(const struct ruleset *rs, const struct rule *rule,
    const struct lint_names *names, struct diag *diag);
void lint_order(const struct ruleset *rs, struct diag *diag);

/* The well-known variable that was surely meant, or NULL when name is one or
 * is near to none. */
const char *lint_meant(const char *name);

#endif
