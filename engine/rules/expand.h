/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * expand - variables in patterns and actions.
 *
 *	$name	letters, digits, _ and -, beginning with no digit; as long as
 *		it goes; also $* and $_ (and $*x, which nothing ever sets)
 *	$$	a dollar
 *	$(..)	copied with the parentheses in it balanced, variables and all;
 *		12.1 wants one closing parenthesis more
 *	$x	any other x: copied
 *
 * A dollar at the very end ends the text: what would follow is left out.
 */
#ifndef RULES_EXPAND_H
#define RULES_EXPAND_H

#include <stdbool.h>

#include "base/strbuf.h"
#include "rules/ruleset.h"

/* Where the author's text has got to when a variable is met. */
enum expand_place {
	EXPAND_PLAIN,
	EXPAND_IN_SINGLE,  /* between '..' */
	EXPAND_IN_DOUBLE,  /* between ".." */
	EXPAND_IN_COMMENT, /* behind # */
};

struct expand {
	enum rule_version version;
	/* Gives the value, never NULL, of the name. */
	const char *(
	    *value)(void *ctx, const char *name, enum expand_place place);
	void *ctx;
};

/* Appends the text for regcomp: ^, the pattern with bare values, $. */
void expand_pattern(const struct expand *x, const char *text,
    struct strbuf *out);

/* Appends the text for sh -c.
 *
 * RULE_QUOTE_DEVD puts each value into $'..', whatever is around it. That is
 * no quoting at all within quotes of the author, and none in a shell that
 * does not know $'..'.
 *
 * RULE_QUOTE_SAFE puts it into '..', and within quotes of the author leaves
 * these first, so that a value is one piece of a word everywhere except in a
 * here-document or between backquotes. It is the same text for the shell
 * where devd's own quoting works; where the author's quotes undo that, the
 * value is taken as it is. A newline behind # becomes a blank. */
void expand_action(const struct expand *x, const char *text,
    enum rule_quoting quoting, struct strbuf *out);

#endif
