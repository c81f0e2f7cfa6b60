/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/strbuf.h"
#include "hex_lines.h"

static unsigned
digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = strchr(digits, c);

	assert_true(c != '\0' && at != NULL);
	return (unsigned)(at - digits);
}

static void
parse(char *text, struct hex_line *out)
{
	char *hex;
	size_t i;

	text[strcspn(text, "\n")] = '\0';
	while (*text != '\0' && text[strlen(text) - 1] == ' ')
		text[strlen(text) - 1] = '\0';
	hex = strrchr(text, ' ');
	if (hex != NULL)
		*hex++ = '\0';
	else
		hex = text;
	if (strchr(hex, '=') != NULL)
		hex = strchr(hex, '=') + 1;
	snprintf(out->words, sizeof(out->words), "%s", hex == text ? "" : text);
	out->bytes = strlen(hex) / 2;
	assert_true(out->bytes <= sizeof(out->data));
	for (i = 0; i < out->bytes; i++)
		out->data[i] =
		    (uint8_t)(digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]));
}

void
hex_lines(const char *path, void (*take)(void *ctx, const struct hex_line *l),
    void *ctx)
{
	static struct hex_line line;
	char *text = hex_text(path), *at, *next;

	for (at = text; *at != '\0'; at = next) {
		next = at + strcspn(at, "\n");
		if (*next != '\0')
			*next++ = '\0';
		if (*at == '#')
			continue;
		parse(at, &line);
		take(ctx, &line);
	}
	free(text);
}

struct search {
	const char *start;
	struct hex_line *out;
	bool found;
};

static void
compare(void *ctx, const struct hex_line *l)
{
	struct search *s = ctx;
	size_t n = strlen(s->start);

	if (!s->found && strncmp(l->words, s->start, n) == 0 &&
	    (l->words[n] == '\0' || l->words[n] == ' ')) {
		*s->out = *l;
		s->found = true;
	}
}

void
hex_line_find(const char *path, const char *start, struct hex_line *out)
{
	struct search s = { start, out, false };

	hex_lines(path, compare, &s);
	assert_true(s.found);
}

char *
hex_text(const char *path)
{
	struct strbuf text = { 0 };
	FILE *f = fopen(path, "r");
	char buf[4096];
	size_t n;

	assert_non_null(f);
	while ((n = fread(buf, 1, sizeof(buf), f)) > 0)
		strbuf_add(&text, buf, n);
	fclose(f);
	assert_true(text.bytes > 0);
	return strbuf_take(&text);
}
