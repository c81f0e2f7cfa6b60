/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * regex - POSIX extended regular expressions, answering as FreeBSD's libc.
 *
 * Only "does it match anywhere", always without regard to case, on bytes in
 * the C locale: that is all devd asks for. devd puts ^ and $ around a pattern
 * itself; this module does not.
 *
 * What FreeBSD does and others do not: an empty alternative, a repeated
 * repeat (a**), a{,3}, a lone { and (?: are errors; there are no back
 * references; \< \> [[:<:]] [[:>:]] are word edges, and at one place in the
 * text the edges of the line are passed before those of a word, each in a
 * limited number of passes, so that \>$ never matches. From 13 on an escaped
 * letter, ' or ` is an error, in 12.1 it stands for itself.
 *
 * Safe on any pattern and any text: a match takes time in proportion to
 * length of text times size of the pattern, and there is no backtracking.
 * libc repeats by copying, without a bound of its own; we refuse what needs
 * more than REGEX_MAX_STATES copies or REGEX_MAX_DEPTH nested groups, which
 * is where libc begins to run out of memory or of stack.
 */
#ifndef RULES_REGEX_H
#define RULES_REGEX_H

#include <stdbool.h>
#include <stddef.h>

#define REGEX_MAX_STATES 262144
#define REGEX_MAX_DEPTH	 1000

struct regex;

/* NULL when the pattern is refused; *why then says so, a constant text. */
struct regex *regex_new(const char *pattern, bool letters_may_be_escaped,
    const char **why);
void regex_free(struct regex *re); /* NULL is fine */
bool regex_match(const struct regex *re, const char *text);
size_t regex_states(const struct regex *re); /* what it takes, roughly */

/* The bytes, in lower case, with which every text that matches begins, in any
 * case of their letters; "" when that is not known. Lives as long as re. */
const char *regex_prefix(const struct regex *re);

#endif
