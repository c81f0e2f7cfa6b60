/* SPDX-License-Identifier: BSD-2-Clause */
#include "cmd/sometimes.h"

#include <sys/stat.h>

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "base/suggest.h"
#include "cmd/inputs.h"
#include "sim/scenario/reach.h"

#define FILE_NAME "sometimes"
#define DEPTH_MAX 16

struct place {
	char *name;
	unsigned line;
	uint64_t times;
	size_t runs; /* that came through it */
};

struct sometimes_list {
	char *folder, *file;
	struct place *places;
	size_t n, cap;
	struct trace *result; /* made for sometimes_result() */
};

/* --- reading --- */

static bool
complain(const struct sometimes_list *l, unsigned line, size_t col,
    const char *word)
{
	const char *names[REACH_MAX], *near;

	near = suggest(word, names, reach_names(names, REACH_MAX));
	fprintf(stderr,
	    "%s:%u:%zu: error: no place of the model is called %.64s", l->file,
	    line, col, word);
	if (near != NULL)
		fprintf(stderr, "; did you mean %s?", near);
	fputs("; switchback-scenario(5) lists them\n", stderr);
	return false;
}

static size_t
skip_blanks(const char *text, size_t at, size_t bytes)
{
	while (
	    at < bytes && strchr(" \t\r", text[at]) != NULL && text[at] != '\0')
		at++;
	return at;
}

/* The line that names it; 0: none so far. */
static unsigned
line_of(const struct sometimes_list *l, const char *name)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (strcmp(l->places[i].name, name) == 0)
			return l->places[i].line;
	return 0;
}

static bool
add_place(struct sometimes_list *l, char *name, unsigned line, size_t col)
{
	struct place *p;

	if (!reach_is_known(name))
		return complain(l, line, col, name);
	if (line_of(l, name) != 0) {
		fprintf(stderr,
		    "%s:%u:%zu: error: %s is in line %u already; name it "
		    "once\n",
		    l->file, line, col, name, line_of(l, name));
		return false;
	}
	p = MEM_PUSH(l->places, l->n, l->cap);
	p->name = mem_str(name);
	p->line = line;
	return true;
}

static bool
read_line(struct sometimes_list *l, const char *text, size_t bytes,
    unsigned line)
{
	size_t at = skip_blanks(text, 0, bytes), end, rest;
	bool good;
	char *word;

	for (end = at; end < bytes; end++)
		if (text[end] == '#' || skip_blanks(text, end, bytes) > end)
			break;
	if (end == at)
		return true;
	if (memchr(text + at, '\0', end - at) != NULL) {
		fprintf(stderr, "%s:%u:%zu: error: a NUL byte in the word\n",
		    l->file, line, at + 1);
		return false;
	}
	word = mem_strn(text + at, end - at);
	good = add_place(l, word, line, at + 1);
	free(word);
	rest = skip_blanks(text, end, bytes);
	if (rest == bytes || text[rest] == '#')
		return good;
	fprintf(stderr,
	    "%s:%u:%zu: error: one place a line: put the rest on lines of "
	    "its own, or behind a #\n",
	    l->file, line, rest + 1);
	return false;
}

static bool
read_list(struct sometimes *s, const char *folder, const char *path)
{
	struct strbuf text = { 0 };
	struct sometimes_list *l;
	const char *at, *eol, *end;
	unsigned line = 1;
	bool good = true;
	struct err e;

	if (input_read(path, &text, &e) < 0) {
		fprintf(stderr, "%s\n", e.text);
		strbuf_fini(&text);
		return false;
	}
	l = MEM_PUSH(s->lists, s->n, s->cap);
	l->folder = mem_str(folder);
	l->file = mem_str(path);
	end = strbuf_str(&text) + text.bytes;
	for (at = strbuf_str(&text); at < end; at = eol + 1, line++) {
		eol = memchr(at, '\n', (size_t)(end - at));
		if (eol == NULL)
			eol = end;
		if (!read_line(l, at, (size_t)(eol - at), line))
			good = false;
	}
	strbuf_fini(&text);
	return good;
}

static bool search(struct sometimes *s, const char *folder, int depth);

static bool
look_at(struct sometimes *s, const char *folder, const char *name, int depth)
{
	struct strbuf path = { 0 };
	struct stat st;
	bool good = true;

	strbuf_addf(&path, "%s/%s", folder, name);
	if (stat(strbuf_str(&path), &st) == 0) {
		if (S_ISDIR(st.st_mode))
			good = search(s, strbuf_str(&path), depth + 1);
		else if (strcmp(name, FILE_NAME) == 0)
			good = read_list(s, folder, strbuf_str(&path));
	}
	strbuf_fini(&path);
	return good;
}

/* What cannot be opened, the search for scenarios has told. */
static bool
search(struct sometimes *s, const char *folder, int depth)
{
	struct dirent **names;
	bool good = true;
	int i, n;

	if (depth > DEPTH_MAX ||
	    (n = scandir(folder, &names, NULL, alphasort)) < 0)
		return true;
	for (i = 0; i < n; i++) {
		if (names[i]->d_name[0] != '.' &&
		    !look_at(s, folder, names[i]->d_name, depth))
			good = false;
		free(names[i]);
	}
	free(names);
	return good;
}

bool
sometimes_read(struct sometimes *s, char *const *paths, int count)
{
	struct stat st;
	bool good = true;
	size_t bytes;
	char *folder;
	int i;

	for (i = 0; i < count; i++) {
		bytes = strlen(paths[i]);
		while (bytes > 1 && paths[i][bytes - 1] == '/')
			bytes--;
		folder = mem_strn(paths[i], bytes);
		if (stat(folder, &st) == 0 && S_ISDIR(st.st_mode) &&
		    !search(s, folder, 0))
			good = false;
		free(folder);
	}
	return good;
}

void
sometimes_fini(struct sometimes *s)
{
	struct sometimes_list *l;
	size_t i;

	for (; s->n > 0; s->n--) {
		l = &s->lists[s->n - 1];
		for (i = 0; i < l->n; i++)
			free(l->places[i].name);
		free(l->places);
		free(l->folder);
		free(l->file);
		trace_free(l->result);
	}
	free(s->lists);
	memset(s, 0, sizeof(*s));
}

/* --- counting --- */

static void
count_place(struct sometimes_list *l, const struct trace_reach *r)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (strcmp(l->places[i].name, r->name) == 0) {
			l->places[i].times += r->times;
			l->places[i].runs++;
		}
}

void
sometimes_note(struct sometimes *s, const char *scenario, const struct trace *t)
{
	size_t i, k, bytes;

	for (i = 0; i < s->n; i++) {
		bytes = strlen(s->lists[i].folder);
		if (strncmp(scenario, s->lists[i].folder, bytes) != 0 ||
		    scenario[bytes] != '/')
			continue;
		for (k = 0; k < t->n_reached; k++)
			count_place(&s->lists[i], &t->reached[k]);
	}
}

static void
add_check(struct trace *t, const struct sometimes_list *l,
    const struct place *p)
{
	struct trace_check *c = MEM_PUSH(t->checks, t->n_checks, t->cap_checks);
	struct strbuf sb = { 0 };

	c->file = mem_str(l->file);
	c->line = p->line;
	strbuf_addf(&sb, "sometimes %s", p->name);
	c->text = strbuf_take(&sb);
	c->verdict = p->runs > 0 ? TRACE_PASS : TRACE_FAIL;
	c->expected = mem_str("some run of the folder comes through it");
	if (p->runs == 0)
		strbuf_addf(&sb, "never reached: %s", p->name);
	else
		strbuf_addf(&sb, "%" PRIu64 " times in %zu runs", p->times,
		    p->runs);
	c->happened = strbuf_take(&sb);
	c->reason = mem_str("");
	c->at_ns = TRACE_OPEN;
}

struct suite_case
sometimes_result(const struct sometimes *s, size_t i)
{
	struct sometimes_list *l = &s->lists[i];
	struct suite_case result = { .name = l->file, .policy = "all runs" };
	size_t k;

	if (l->result == NULL) {
		l->result = trace_new();
		for (k = 0; k < l->n; k++)
			add_check(l->result, l, &l->places[k]);
	}
	result.trace = l->result;
	return result;
}
