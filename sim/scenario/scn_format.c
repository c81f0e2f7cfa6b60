/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The canonical form: one blank between words, none at the ends of lines, at
 * most one empty line in a row, a tab inside repeat { } and before a
 * continued line, two blanks before a comment behind words. The words keep
 * their spelling. Aligned are what follows the words of settings and objects,
 * and what follows the times of neighbouring `at` lines.
 */
#include "sim/scenario/scenario.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "sim/scenario/scn_lex.h"

/* A longer time is not worth pushing its neighbours to the right. */
#define ALIGN_MAX 24

struct lines {
	struct scn_line *list;
	size_t n, cap;
};

static bool
begins_with(const struct scn_line *l, const char *word)
{
	return l->n_tokens > 0 && l->tokens[0].raw_bytes == strlen(word) &&
	    memcmp(l->tokens[0].raw, word, strlen(word)) == 0;
}

/* The width of "scenario", so that a file's head reads as a table. */
static size_t
head_width(const struct scn_line *l)
{
	static const char *const free_words[] = { "at", "expect", "repeat",
		"sometimes", "}" };
	size_t i;

	for (i = 0; i < sizeof(free_words) / sizeof(free_words[0]); i++)
		if (begins_with(l, free_words[i]))
			return 0;
	return strlen("scenario");
}

static bool
is_blank(const struct scn_line *l)
{
	return l->n_tokens == 0 && l->comment == NULL;
}

static void
read_all(struct lines *all, const char *path, const char *text, size_t bytes,
    struct diag *d)
{
	struct scn_line line = { 0 };
	struct scn_lex lex;

	scn_lex_init(&lex, path, text, bytes, false, d);
	while (scn_lex_next(&lex, &line)) {
		*MEM_PUSH(all->list, all->n, all->cap) = line;
		memset(&line, 0, sizeof(line));
	}
	scn_lex_fini(&lex);
}

/* Where the run of `at` lines that begins at first ends, and how wide its
 * times are. */
static size_t
at_run(const struct lines *all, size_t first, size_t *width)
{
	size_t i, bytes;

	*width = 0;
	for (i = first; i < all->n && begins_with(&all->list[i], "at"); i++) {
		if (all->list[i].n_tokens < 3)
			continue;
		bytes = all->list[i].tokens[1].raw_bytes;
		if (bytes <= ALIGN_MAX && bytes > *width)
			*width = bytes;
	}
	return i;
}

/* time_width: of the second token in a run of `at` lines, else 0. */
static void
write_line(struct strbuf *out, const struct scn_line *l, bool indent,
    size_t time_width)
{
	const size_t widths[] = { head_width(l), time_width };
	const struct scn_token *t;
	size_t i, pad;

	if (indent)
		strbuf_addc(out, '\t');
	for (i = 0; i < l->n_tokens; i++) {
		t = &l->tokens[i];
		if (i > 0 && t->line != t[-1].line)
			strbuf_adds(out, indent ? " \\\n\t\t" : " \\\n\t");
		else if (i > 0)
			strbuf_addc(out, ' ');
		if ((i == 1 || i == 2) && t->line == t[-1].line)
			for (pad = t[-1].raw_bytes; pad < widths[i - 1]; pad++)
				strbuf_addc(out, ' ');
		strbuf_add(out, t->raw, t->raw_bytes);
	}
	if (l->comment != NULL) {
		if (l->n_tokens > 0)
			strbuf_adds(out, "  ");
		strbuf_add(out, l->comment, l->comment_bytes);
	}
	strbuf_addc(out, '\n');
}

static void
write_all(struct strbuf *out, const struct lines *all)
{
	bool inside = false, gap = false, opened = false;
	size_t i, run_end = 0, width = 0;
	const struct scn_line *l;

	for (i = 0; i < all->n; i++) {
		l = &all->list[i];
		if (is_blank(l)) {
			gap = out->bytes > 0 && !opened;
			continue;
		}
		if (begins_with(l, "}"))
			inside = gap = false;
		if (gap)
			strbuf_addc(out, '\n');
		gap = false;
		if (i >= run_end)
			run_end = at_run(all, i, &width);
		write_line(out, l, inside, begins_with(l, "at") ? width : 0);
		opened = begins_with(l, "repeat");
		inside = inside || opened;
	}
}

char *
scenario_format(const char *path, const char *text, size_t bytes,
    struct diag *d)
{
	struct scenario *s = scenario_parse(path, text, bytes, d);
	struct strbuf out = { 0 };
	struct lines all = { 0 };
	size_t i;

	if (s == NULL)
		return NULL;
	scenario_free(s);
	read_all(&all, path, text, bytes, d);
	write_all(&out, &all);
	for (i = 0; i < all.n; i++)
		scn_line_fini(&all.list[i]);
	free(all.list);
	return strbuf_take(&out);
}
