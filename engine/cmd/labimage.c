/* SPDX-License-Identifier: BSD-2-Clause */
#include "cmd/labimage.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/compat/selfpath.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "cmd/datadir.h"

static const char *const rules[] = { "hyperv.conf", "devd-net.conf" };
#define RULES (sizeof(rules) / sizeof(*rules))

enum { SELF, DAEMON, PROGRAMS };

static bool
is_set(const char *text)
{
	return text != NULL && text[0] != '\0';
}

static bool
ends_in(const char *text, const char *end)
{
	size_t n = strlen(text), k = strlen(end);

	return n >= k && strcmp(text + n - k, end) == 0;
}

/* Caller frees. */
static char *
find_folder(const char *self_dir, const char *script, struct err *err)
{
	const char *cache = getenv("SWITCHBACK_LAB_CACHE");
	const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	struct strbuf path = { 0 };

	if (is_set(cache))
		return mem_str(cache);
	if (ends_in(script, "/sim/lab/image.sh"))
		strbuf_addf(&path, "%s/guest", self_dir);
	else if (is_set(xdg))
		strbuf_addf(&path, "%s/switchback/lab", xdg);
	else if (is_set(home))
		strbuf_addf(&path, "%s/.cache/switchback/lab", home);
	else
		err_set(err, ERR_NOTFOUND,
		    "there is no folder to keep the lab's image in: set "
		    "SWITCHBACK_LAB_CACHE to one");
	return path.bytes > 0 ? strbuf_take(&path) : NULL;
}

/* Beside this program, or where it is installed to. Caller frees. */
static char *
find_daemon(const char *self_dir, struct err *err)
{
	static const char *const places[] = { "switchbackd",
		"../sbin/switchbackd" };
	struct strbuf path = { 0 };
	size_t i;

	for (i = 0; i < sizeof(places) / sizeof(*places); i++) {
		strbuf_reset(&path);
		strbuf_addf(&path, "%s/%s", self_dir, places[i]);
		if (access(strbuf_str(&path), X_OK) == 0)
			return strbuf_take(&path);
	}
	strbuf_fini(&path);
	err_set(err, ERR_NOTFOUND, "there is no switchbackd in %s", self_dir);
	return NULL;
}

/* "FILE:PATH", as image.sh has it. Caller frees. */
static char *
find_rules(const char *name, struct err *err)
{
	char *from = datadir_find("rules", name, err);
	struct strbuf both = { 0 };

	if (from == NULL)
		return NULL;
	strbuf_addf(&both, "%s:/etc/switchback/%s", from, name);
	free(from);
	return strbuf_take(&both);
}

/* Into files[], which is zeroed: the caller frees what is there. */
static bool
find_files(const char *self, const char *self_dir,
    char *files[PROGRAMS + RULES + 1], struct err *err)
{
	size_t i;

	files[SELF] = mem_str(self);
	if ((files[DAEMON] = find_daemon(self_dir, err)) == NULL)
		return false;
	for (i = 0; i < RULES; i++)
		if ((files[PROGRAMS + i] = find_rules(rules[i], err)) == NULL)
			return false;
	return true;
}

int
labimage_make(struct image *out, struct err *err)
{
	char self[PATH_MAX], self_dir[PATH_MAX];
	char *files[PROGRAMS + RULES + 1] = { NULL };
	char *script, *folder = NULL;
	struct image_config config;
	size_t i;
	int rc;

	if ((rc = selfpath(self, sizeof(self), err)) < 0)
		return rc;
	memcpy(self_dir, self, sizeof(self_dir));
	*strrchr(self_dir, '/') = '\0';
	script = datadir_find("lab", "image.sh", err);
	if (script != NULL)
		folder = find_folder(self_dir, script, err);
	if (folder != NULL && find_files(self, self_dir, files, err)) {
		config = (struct image_config){ .script = script,
			.folder = folder,
			.programs = (const char *const *)files };
		rc = image_make(&config, out, err);
	} else {
		rc = err->code;
	}
	for (i = 0; i < PROGRAMS + RULES; i++)
		free(files[i]);
	free(script);
	free(folder);
	return rc;
}
