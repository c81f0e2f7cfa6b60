/* SPDX-License-Identifier: BSD-2-Clause */
#include "cmd/datadir.h"

#include <assert.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/compat/selfpath.h"
#include "base/strbuf.h"

/* build/VARIANT/unit/NAME lies three folders below the source tree. */
#define TREE_DEPTH 3

static const struct {
	const char *kind;
	const char *in_tree;
} kinds[] = {
	{ "machines", "fixtures/machines" },
	{ "rules", "engine/rules/conf" },
	{ "recordings", "fixtures/recordings" },
	{ "lab", "sim/lab" },
};

static const char *
folder_in_tree(const char *kind)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].kind, kind) == 0)
			return kinds[i].in_tree;
	assert(0 && "datadir_find: a kind of its header");
	return NULL;
}

/* True, and the path left in *path, when the file is there; notes the folder
 * in *tried otherwise. */
static bool
is_there(struct strbuf *path, struct strbuf *tried, const char *root,
    const char *folder, const char *name)
{
	strbuf_reset(path);
	strbuf_addf(path, "%s/%s", root, folder);
	strbuf_addf(tried, "%s%s", tried->bytes > 0 ? ", " : "",
	    strbuf_str(path));
	strbuf_addf(path, "/%s", name);
	return access(strbuf_str(path), R_OK) == 0;
}

/* Cuts the last component off; false at the root. */
static bool
go_up(char *path)
{
	char *slash = strrchr(path, '/');

	if (slash == NULL || slash == path)
		return false;
	*slash = '\0';
	return true;
}

static bool
is_beside_program(struct strbuf *path, struct strbuf *tried, const char *kind,
    const char *name)
{
	char self[PATH_MAX], root[PATH_MAX];
	struct strbuf share = { 0 };
	bool found;

	if (selfpath(self, sizeof(self), NULL) < 0 || !go_up(self))
		return false;
	memcpy(root, self, sizeof(root));
	for (int up = 0; up < TREE_DEPTH && go_up(root); up++)
		if (is_there(path, tried, root, folder_in_tree(kind), name))
			return true;
	if (!go_up(self))
		return false;
	strbuf_addf(&share, "%s/share/switchback", self);
	found = is_there(path, tried, strbuf_str(&share), kind, name);
	strbuf_fini(&share);
	return found;
}

char *
datadir_find(const char *kind, const char *name, struct err *err)
{
	struct strbuf path = { 0 }, tried = { 0 };
	const char *data = getenv("SWITCHBACK_DATA");
	bool found;

	if (name[0] == '\0' || name[0] == '.' || strchr(name, '/') != NULL) {
		err_set(err, ERR_INPUT, "%s: a plain file name is needed here",
		    name);
		return NULL;
	}
	if (data != NULL && data[0] != '\0')
		found = is_there(&path, &tried, data, kind, name);
	else
		found = is_beside_program(&path, &tried, kind, name) ||
		    is_there(&path, &tried, SWITCHBACK_DATADIR, kind, name);
	if (!found)
		err_set(err, ERR_NOTFOUND,
		    "%s: not found in %s; set SWITCHBACK_DATA to the folder "
		    "that has %s/",
		    name, strbuf_str(&tried), kind);
	strbuf_fini(&tried);
	if (found)
		return strbuf_take(&path);
	strbuf_fini(&path);
	return NULL;
}
