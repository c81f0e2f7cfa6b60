/* SPDX-License-Identifier: BSD-2-Clause */
#include "case_pack.h"

#include <ctype.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static int
hex(char c)
{
	return isdigit((unsigned char)c) ? c - '0'
					 : tolower((unsigned char)c) - 'a' + 10;
}

/* \\ and \xHH, and in records \n, \r, \t and \0, too. */
static void
unescape(const char *s, size_t bytes, struct strbuf *out)
{
	static const char from[] = "nrt0", to[] = "\n\r\t";
	const char *end = s + bytes, *known;

	for (; s < end; s++) {
		if (*s != '\\' || s + 1 == end) {
			strbuf_addc(out, *s);
		} else if (*++s == 'x' && s + 2 < end) {
			strbuf_addc(out, (char)(hex(s[1]) * 16 + hex(s[2])));
			s += 2;
		} else if ((known = memchr(from, *s, 4)) != NULL) {
			strbuf_addc(out, to[known - from]);
		} else {
			strbuf_addc(out, *s);
		}
	}
}

static bool
begins(const char *line, const char *word, const char **rest)
{
	size_t n = strlen(word);

	*rest = line + n;
	return strncmp(line, word, n) == 0;
}

static void
take_line(struct case_list *l, const char *line, size_t bytes)
{
	struct pack_case *c = l->n == 0 ? NULL : &l->list[l->n - 1];
	const char *rest;
	struct strbuf *text;

	if (begins(line, "case ", &rest)) {
		MEM_PUSH(l->list, l->n, l->cap)->name = mem_str(rest);
	} else if (c == NULL) {
		return;
	} else if (begins(line, "link ", &rest)) {
		c->linked = true;
	} else if (begins(line, "file ", &rest)) {
		MEM_PUSH(c->files, c->n_files, c->cap_files)->path =
		    mem_str(rest);
	} else if (c->n_files > 0 && (*line == '|' || *line == ':')) {
		text = &c->files[c->n_files - 1].text;
		unescape(line + 1, bytes - 1, text);
		if (*line == '|')
			strbuf_addc(text, '\n');
	}
}

static bool
read_pack(struct case_list *l, const char *path)
{
	FILE *f = fopen(path, "r");
	char *line = NULL;
	size_t cap = 0;
	ssize_t got;

	if (f == NULL)
		return false;
	while ((got = getline(&line, &cap, f)) > 0) {
		if (line[got - 1] == '\n')
			line[--got] = '\0';
		take_line(l, line, (size_t)got);
	}
	free(line);
	fclose(f);
	return true;
}

bool
case_list_read(struct case_list *l, const char *folder)
{
	char pattern[256];
	bool ok = true;
	glob_t found;
	size_t i;

	snprintf(pattern, sizeof(pattern), "%s/*.pack", folder);
	if (glob(pattern, 0, NULL, &found) != 0)
		return false;
	for (i = 0; i < found.gl_pathc; i++)
		ok = read_pack(l, found.gl_pathv[i]) && ok;
	globfree(&found);
	return ok;
}

void
case_list_fini(struct case_list *l)
{
	struct pack_case *c;

	for (; l->n > 0; l->n--) {
		c = &l->list[l->n - 1];
		for (; c->n_files > 0; c->n_files--) {
			free(c->files[c->n_files - 1].path);
			strbuf_fini(&c->files[c->n_files - 1].text);
		}
		free(c->files);
		free(c->name);
	}
	free(l->list);
}

const struct strbuf *
pack_case_file(const struct pack_case *c, const char *path)
{
	size_t i;

	for (i = 0; i < c->n_files; i++)
		if (strcmp(c->files[i].path, path) == 0)
			return &c->files[i].text;
	return NULL;
}

bool
pack_case_event(const struct strbuf *events, size_t *at, struct strbuf *record)
{
	const char *from = events->data + *at, *end;
	size_t left = events->bytes - *at, n;

	if (left == 0)
		return false;
	end = memchr(from, '\n', left);
	n = end == NULL ? left : (size_t)(end - from);
	strbuf_reset(record);
	if (n > 0 && *from == '\\')
		unescape(from + 1, n - 1, record);
	else
		strbuf_add(record, from, n);
	*at += end == NULL ? n : n + 1;
	return true;
}
