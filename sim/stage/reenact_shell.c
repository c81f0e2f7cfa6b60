/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "sim/stage/reenact_parts.h"

#define ROUNDS_MAX 2000

/* The end of the simple command at s: an unquoted ';' or the string's end;
 * *stop is where its own words end, at a pipe or redirection. */
static const char *
command_end(const char *s, const char **stop)
{
	char quote = '\0';

	for (*stop = NULL; *s != '\0'; s++) {
		if (*s == '\\' && s[1] != '\0') {
			s++;
		} else if (quote != '\0') {
			quote = *s == quote ? '\0' : quote;
		} else if (*s == '"' || *s == '\'') {
			quote = *s;
		} else if (*s == ';') {
			break;
		} else if (strchr("|<>&", *s) != NULL && *stop == NULL) {
			*stop = s;
		}
	}
	if (*stop == NULL)
		*stop = s;
	return s;
}

static bool
begins(const char *s, const char *word)
{
	size_t n = strlen(word);

	return strncmp(s, word, n) == 0 &&
	    (s[n] == '\0' || isspace((unsigned char)s[n]));
}

static const char *
skip_blanks(const char *s)
{
	return s + strspn(s, " \t");
}

/* s[0..n) with each $name replaced. */
static char *
replaced(const char *s, size_t n, const char *name, const char *value)
{
	size_t len = strlen(name), i;
	struct strbuf out = { 0 };

	for (i = 0; i < n; i++)
		if (s[i] == '$' && i + len < n &&
		    strncmp(s + i + 1, name, len) == 0 &&
		    !isalnum((unsigned char)s[i + 1 + len]) &&
		    s[i + 1 + len] != '_') {
			strbuf_adds(&out, value);
			i += len;
		} else {
			strbuf_addc(&out, s[i]);
		}
	return strbuf_take(&out);
}

/* "do BODY; done" at s: BODY's place; gives what follows, NULL if there is no
 * such thing. Loops within loops are not known. */
static const char *
loop_body(const char *s, const char **body, size_t *bytes)
{
	const char *done;

	s = skip_blanks(s + (*s == ';'));
	if (!begins(s, "do"))
		return NULL;
	*body = s + 2;
	done = strstr(s, "done");
	if (done == NULL)
		return NULL;
	*bytes = (size_t)(done - *body);
	return done + 4;
}

static void
one_round(const char *body, size_t bytes, const char *name, const char *value,
    shell_take *take, void *ctx)
{
	char *text = replaced(body, bytes, name, value);

	shell_each(text, take, ctx);
	free(text);
}

/* "for NAME in WORDS; do BODY; done" */
static const char *
take_for(const char *s, shell_take *take, void *ctx)
{
	const char *name = skip_blanks(s + 3), *in, *body, *rest;
	size_t n = strcspn(name, " "), bytes = 0;
	char *variable, *words, *left, *word;

	in = skip_blanks(name + n);
	if (!begins(in, "in"))
		return NULL;
	rest = loop_body(in + strcspn(in, ";"), &body, &bytes);
	if (rest == NULL)
		return NULL;
	variable = mem_strn(name, n);
	words = left = mem_strn(in + 2, strcspn(in + 2, ";"));
	while ((word = strsep(&left, " ")) != NULL)
		if (word[0] != '\0')
			one_round(body, bytes, variable, word, take, ctx);
	free(variable);
	free(words);
	return rest;
}

/* "while [ $NAME -lt N ]; do BODY; done", NAME counting from 0. */
static const char *
take_while(const char *s, shell_take *take, void *ctx)
{
	const char *name = strchr(s, '$'), *limit = strstr(s, " -lt "), *body;
	const char *rest;
	struct strbuf value = { 0 };
	char *variable;
	size_t bytes = 0;
	long n, i;

	if (name == NULL || limit == NULL || limit < name)
		return NULL;
	rest = loop_body(s + strcspn(s, ";"), &body, &bytes);
	n = strtol(limit + 5, NULL, 10);
	if (rest == NULL || n < 0 || n > ROUNDS_MAX)
		return NULL;
	variable = mem_strn(name + 1, (size_t)(limit - name - 1));
	for (i = 0; i < n; i++) {
		strbuf_reset(&value);
		strbuf_addf(&value, "%ld", i);
		one_round(body, bytes, variable, strbuf_str(&value), take, ctx);
	}
	strbuf_fini(&value);
	free(variable);
	return rest;
}

/* "timeout 20 COMMAND" runs COMMAND. */
static const char *
without_timeout(const char *s)
{
	const char *rest;

	if (!begins(s, "timeout"))
		return s;
	rest = skip_blanks(s + 7);
	rest += strspn(rest, "0123456789.");
	return skip_blanks(rest);
}

void
shell_each(const char *line, shell_take *take, void *ctx)
{
	const char *s = skip_blanks(line), *end, *stop, *rest;
	char *command;
	size_t n;

	for (; *s != '\0'; s = skip_blanks(s)) {
		rest = begins(s, "for")	 ? take_for(s, take, ctx)
		    : begins(s, "while") ? take_while(s, take, ctx)
					 : NULL;
		if (rest != NULL) {
			s = rest + (*rest == ';');
			continue;
		}
		end = command_end(s, &stop);
		s = without_timeout(s);
		if (stop < s)
			stop = s;
		n = (size_t)(stop - s);
		while (n > 0 && isspace((unsigned char)s[n - 1]))
			n--;
		command = mem_strn(s, n);
		/* A line such as "devd (in the background)". */
		if (strchr(command, '(') != NULL &&
		    strchr(command, '$') == NULL &&
		    strchr(command, '"') == NULL) {
			command[strcspn(command, "(")] = '\0';
			n = strlen(command);
			while (n > 0 && command[n - 1] == ' ')
				command[--n] = '\0';
		}
		if (command[0] != '\0')
			take(ctx, command);
		free(command);
		s = end + (*end == ';');
	}
}
