/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A command line in words. Whatever would need a shell's own work (variables,
 * pipes, several commands, patterns, comments) is not taken at all.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sim/guest/guest.h"

/* What follows a backslash; the byte is in *out. NULL if it is none. Within
 * "..." the backslash stands for itself before most bytes. */
static const char *
read_escape(const char *s, bool quoted, struct strbuf *out)
{
	if (s[1] == '\0' || s[1] == '\n')
		return NULL;
	if (quoted && strchr("\"\\$`", s[1]) == NULL) {
		strbuf_addc(out, '\\');
		return s;
	}
	strbuf_addc(out, s[1]);
	return s + 1;
}

/* Behind one plain, quoted or mixed word; NULL if it is none. */
static const char *
read_word(const char *s, struct strbuf *out)
{
	char quote = '\0';

	for (; *s != '\0'; s++) {
		if (*s == quote) {
			quote = '\0';
		} else if (quote == '\'') {
			strbuf_addc(out, *s);
		} else if (strchr("\n$`", *s) != NULL) {
			return NULL;
		} else if (*s == '\\') {
			if ((s = read_escape(s, quote != '\0', out)) == NULL)
				return NULL;
		} else if (quote != '\0') {
			strbuf_addc(out, *s);
		} else if (*s == '\'' || *s == '"') {
			quote = *s;
		} else if (*s == ' ' || *s == '\t') {
			break;
		} else if (strchr(";|&<>()*?[]", *s) != NULL) {
			return NULL;
		} else {
			strbuf_addc(out, *s);
		}
	}
	return quote == '\0' ? s : NULL;
}

bool
guest_split(const char *line, size_t *argc, char ***argv)
{
	struct strbuf word = { 0 };
	char **words = NULL;
	size_t n = 0, cap = 0;

	line += strspn(line, " \t");
	while (*line != '\0') {
		strbuf_reset(&word);
		/* What a shell reads otherwise at a word's start. */
		if (strchr("#~", *line) != NULL ||
		    (line = read_word(line, &word)) == NULL) {
			strbuf_fini(&word);
			guest_words_free(n, words);
			return false;
		}
		words = mem_grow(words, &cap, n + 1, sizeof(*words));
		words[n++] = mem_str(strbuf_str(&word));
		line += strspn(line, " \t");
	}
	strbuf_fini(&word);
	*argc = n;
	*argv = words;
	return true;
}

void
guest_words_free(size_t argc, char **argv)
{
	size_t i;

	for (i = 0; i < argc; i++)
		free(argv[i]);
	free(argv);
}
