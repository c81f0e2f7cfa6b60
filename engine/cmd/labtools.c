/* SPDX-License-Identifier: BSD-2-Clause */
#include "cmd/labtools.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/compat/selfpath.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "cmd/datadir.h"
#include "world/kvmlook.h"

#define RULES "hyperv.conf"

/* The folder that the program is in, or NULL. */
static char *
own_folder(void)
{
	char path[PATH_MAX], *slash;

	if (selfpath(path, sizeof(path), NULL) < 0)
		return NULL;
	slash = strrchr(path, '/');
	if (slash == NULL)
		return NULL;
	*slash = '\0';
	return mem_str(path);
}

static bool
is_folder_of_build(const char *folder)
{
	struct strbuf obj = { 0 };
	bool is;

	strbuf_addf(&obj, "%s/obj", folder);
	is = access(strbuf_str(&obj), F_OK) == 0;
	strbuf_fini(&obj);
	return is;
}

char *
labtools_folder(void)
{
	const char *named = getenv("SWITCHBACK_LAB");
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	char *own = own_folder();
	struct strbuf sb = { 0 };

	if (named != NULL && named[0] != '\0')
		strbuf_adds(&sb, named);
	else if (own != NULL && is_folder_of_build(own))
		strbuf_addf(&sb, "%s/lab", own);
	else if (cache != NULL && cache[0] == '/')
		strbuf_addf(&sb, "%s/switchback/lab", cache);
	else if (home != NULL && home[0] == '/')
		strbuf_addf(&sb, "%s/.cache/switchback/lab", home);
	free(own);
	return sb.bytes > 0 ? strbuf_take(&sb) : NULL;
}

/* Both programs, as they are beside each other after a build; installed, the
 * daemon is in sbin. */
static int
find_programs(struct strbuf *self, struct strbuf *daemon, struct err *err)
{
	char *own = own_folder();

	if (own == NULL)
		return err_set(err, ERR_NOTFOUND,
		    "the program does not know where it lies");
	strbuf_addf(self, "%s/switchback", own);
	strbuf_addf(daemon, "%s/switchbackd", own);
	if (access(strbuf_str(daemon), X_OK) < 0) {
		strbuf_reset(daemon);
		strbuf_addf(daemon, "%s/../sbin/switchbackd", own);
	}
	free(own);
	if (access(strbuf_str(daemon), X_OK) == 0)
		return 0;
	return err_set(err, ERR_NOTFOUND,
	    "%s: there is no daemon to put into the guest", strbuf_str(daemon));
}

static int
make_image(struct labtools *out, struct err *err)
{
	struct strbuf self = { 0 }, daemon = { 0 };
	const char *programs[4] = { NULL };
	struct image_config config = { .programs = programs };
	struct strbuf rules_there = { 0 };
	char *script, *rules, *folder = labtools_folder();
	int rc;

	script = datadir_find("lab", "image.sh", err);
	rules = script == NULL ? NULL : datadir_find("rules", RULES, err);
	rc = rules == NULL ? ERR_NOTFOUND : 0;
	if (rc == 0 && folder == NULL)
		rc = err_set(err, ERR_NOTFOUND,
		    "there is no place for the guest's image: name one by "
		    "$SWITCHBACK_LAB");
	if (rc == 0)
		rc = find_programs(&self, &daemon, err);
	if (rc == 0) {
		programs[0] = strbuf_str(&self);
		programs[1] = strbuf_str(&daemon);
		strbuf_addf(&rules_there, "%s:" LABGUEST_RULES, rules);
		programs[2] = strbuf_str(&rules_there);
		config.script = script;
		config.folder = folder;
		rc = image_make(&config, &out->image, err);
	}
	strbuf_fini(&self);
	strbuf_fini(&daemon);
	strbuf_fini(&rules_there);
	free(rules);
	free(script);
	free(folder);
	return rc;
}

int
labtools_make(const char *disk, struct labtools *out, struct err *err)
{
	struct kvmlook host;

	memset(out, 0, sizeof(*out));
	out->disk = disk;
	kvmlook(&host);
	enlightenments_decide(&host, &out->hyperv);
	return disk != NULL ? 0 : make_image(out, err);
}

void
labtools_fini(struct labtools *t)
{
	image_fini(&t->image);
}
