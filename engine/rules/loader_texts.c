/* SPDX-License-Identifier: BSD-2-Clause */
#include "rules/loader_texts.h"

#include <string.h>

static int
fetch(void *ctx, const char *path, struct strbuf *out, struct err *err)
{
	const struct loader_texts *t = ctx;
	size_t i;

	for (i = 0; i < t->count; i++)
		if (strcmp(t->list[i].path, path) == 0) {
			strbuf_add(out, t->list[i].text, t->list[i].bytes);
			return 0;
		}
	return err_set(err, ERR_NOTFOUND, "%s: it was not written down", path);
}

/* A folder that was named twice was read twice, and has each file once. */
static bool
is_repeated(const struct loader_texts *t, size_t at)
{
	size_t i;

	for (i = 0; i < at; i++)
		if (strcmp(t->list[i].path, t->list[at].path) == 0)
			return true;
	return false;
}

static int
list(void *ctx, const char *path, void (*name)(void *arg, const char *entry),
    void *arg, struct err *err)
{
	const struct loader_texts *t = ctx;
	size_t bytes = strlen(path), i;
	const char *entry;

	(void)err;
	for (i = 0; i < t->count; i++) {
		entry = t->list[i].path;
		if (strncmp(entry, path, bytes) == 0 && entry[bytes] == '/' &&
		    strchr(entry + bytes + 1, '/') == NULL &&
		    !is_repeated(t, i))
			name(arg, entry + bytes + 1);
	}
	return 0;
}

struct rule_loader
loader_texts(struct loader_texts *t)
{
	struct rule_loader loader = { fetch, list, t };

	return loader;
}
