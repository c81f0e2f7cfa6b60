/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * explain_text - which rule a record fires and why, in words: what explain
 * prints, and the debugger.
 */
#ifndef CMD_EXPLAIN_TEXT_H
#define CMD_EXPLAIN_TEXT_H

#include "base/strbuf.h"
#include "rules/ruleset.h"

struct explaining {
	const struct ruleset *rs;   /* borrowed */
	const struct rule_env *env; /* borrowed */
	struct devline line;
	const struct rule *chosen; /* NULL: none */
	struct strbuf text;	   /* scratch */
};

void explaining_open(struct explaining *x, const struct ruleset *rs,
    const struct rule_env *env, const char *record, size_t bytes);
void explaining_close(struct explaining *x);

/* On standard output; escaped, whatever the record holds. */
void explaining_print(struct explaining *x);

/* What the action of the chosen rule runs; until the next call. */
const char *explaining_command(struct explaining *x, size_t action,
    enum rule_quoting quoting);

#endif
