/* SPDX-License-Identifier: BSD-2-Clause */
#include "failover/rc_words.h"

#include <stdio.h>
#include <string.h>

#define BLANKS " \t\n"

struct taker {
	const char *at;
	char *word;
	size_t bytes;
	bool good;
};

static void
take(struct taker *t, char c)
{
	if (t->bytes + 1 < RC_WORD)
		t->word[t->bytes++] = c;
	else
		t->good = false;
}

/* Inside "...": a backslash binds only before what is special there. */
static void
double_quoted(struct taker *t)
{
	for (t->at++; *t->at != '\0' && *t->at != '"'; t->at++) {
		if (*t->at == '$' || *t->at == '`')
			t->good = false;
		if (*t->at == '\\' && t->at[1] != '\0' &&
		    strchr("$`\"\\", t->at[1]) != NULL)
			t->at++;
		take(t, *t->at);
	}
	if (*t->at == '\0')
		t->good = false;
	else
		t->at++;
}

static void
single_quoted(struct taker *t)
{
	for (t->at++; *t->at != '\0' && *t->at != '\''; t->at++)
		take(t, *t->at);
	if (*t->at == '\0')
		t->good = false;
	else
		t->at++;
}

enum rc_word
rc_word_next(const char **s, char word[RC_WORD], bool *quoted)
{
	struct taker t = { .word = word, .good = true };

	t.at = *s + strspn(*s, BLANKS);
	*s = t.at;
	if (*t.at == '\0')
		return RC_WORD_END;
	while (*t.at != '\0' && strchr(BLANKS, *t.at) == NULL) {
		if (strchr("'\"\\", *t.at) != NULL)
			*quoted = true;
		if (*t.at == '"') {
			double_quoted(&t);
		} else if (*t.at == '\'') {
			single_quoted(&t);
		} else if (*t.at == '\\') {
			t.at++;
			if (*t.at == '\0')
				t.good = false;
			else
				take(&t, *t.at++);
		} else {
			/* Expansions, patterns, other commands. */
			if (strchr("$`;&|<>()*?[]{}~#!", *t.at) != NULL)
				t.good = false;
			take(&t, *t.at++);
		}
	}
	word[t.bytes] = '\0';
	*s = t.at;
	return t.good ? RC_WORD_TAKEN : RC_WORD_UNKNOWN;
}

bool
rc_word_bare(const char **s, char word[RC_WORD])
{
	size_t bytes;

	*s += strspn(*s, BLANKS);
	bytes = strcspn(*s, BLANKS);
	if (bytes == 0)
		return false;
	snprintf(word, RC_WORD, "%.*s", (int)bytes, *s);
	*s += bytes;
	return true;
}
