/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rc_words - the words of a value of rc.conf(5), in the two ways in which
 * FreeBSD's scripts take it apart: rc evaluates it in the shell, so quotes and
 * backslashes bind; hyperv_vfup expands it bare, so blanks alone part words
 * and quotes are letters (FACTS.md E.3 5h).
 */
#ifndef FAILOVER_RC_WORDS_H
#define FAILOVER_RC_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#define RC_WORD 128 /* with its NUL */

enum rc_word {
	RC_WORD_END,
	RC_WORD_TAKEN,
	/* The shell would do more than take a word, the quote is open, or the
	 * word is too long; *s is behind all of it. */
	RC_WORD_UNKNOWN,
};

/* The next word of *s, which moves behind it. *quoted becomes true, and stays
 * so, when quotes or backslashes were in it. */
enum rc_word rc_word_next(const char **s, char word[RC_WORD], bool *quoted);

/* The same by blanks alone; a word too long is cut. False at the end. */
bool rc_word_bare(const char **s, char word[RC_WORD]);

#endif
