/* SPDX-License-Identifier: BSD-2-Clause */
/* The statement that has the host's shell run what is a model elsewhere. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sim/scenario/scn_cursor.h"

#define PATH_BYTES_MAX 255

/* Absolute, and nothing in it that leads elsewhere. */
static bool
is_path(const char *path)
{
	size_t n = strlen(path);

	return path[0] == '/' && n <= PATH_BYTES_MAX && path[n - 1] != '/' &&
	    strstr(path, "//") == NULL && strstr(path, "/../") == NULL &&
	    strstr(path, "/./") == NULL;
}

static const struct scn_shell *
find_path(const struct scenario *s, const char *path)
{
	size_t i;

	for (i = 0; i < s->n_shells; i++)
		if (s->shells[i].path != NULL &&
		    strcmp(s->shells[i].path, path) == 0)
			return &s->shells[i];
	return NULL;
}

static bool
read_path(struct scn_parser *p, struct scn_shell *shell)
{
	const struct scn_token *t = scn_peek(p);
	const struct scn_shell *older;
	char *path = NULL;

	if (!scn_need_string(p, "the path in the guest", &path))
		return false;
	if (!is_path(path)) {
		free(path);
		return scn_error(p, t,
		    "`%.64s` is not an absolute path of a file", t->text);
	}
	older = find_path(p->s, path);
	shell->path = path;
	if (older != NULL)
		return scn_error(p, t,
		    "%.64s is given already, in line %u; keep one", path,
		    older->line);
	return true;
}

bool
scn_stmt_shell(struct scn_parser *p)
{
	const struct scn_token *t = scn_need(p, "a file or `actions`");
	struct scenario *s = p->s;
	struct scn_shell *shell;

	if (t == NULL)
		return false;
	if (t->kind == SCN_TOKEN_WORD && strcmp(t->text, "actions") == 0) {
		s->shell_actions = true;
		return scn_no_more(p, "actions");
	}
	if (t->kind == SCN_TOKEN_PAIR)
		return scn_error(p, t, "a file's name stands here");
	shell = MEM_PUSH(s->shells, s->n_shells, s->cap_shells);
	shell->file = mem_str(t->text);
	shell->line = t->line;
	shell->col = t->col;
	return scn_need_word(p, "as", "the file") && read_path(p, shell) &&
	    scn_no_more(p, "the path");
}
