/* SPDX-License-Identifier: BSD-2-Clause */
#include "rules/loader.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>

static int
fail(struct err *err, const char *path)
{
	int sys = errno;

	err_sys(err, sys, "%s", path);
	if (err != NULL && sys == ENOENT)
		err->code = ERR_NOTFOUND;
	return sys == ENOENT ? ERR_NOTFOUND : ERR_IO;
}

static int
read_file(void *ctx, const char *path, struct strbuf *out, struct err *err)
{
	char chunk[16384];
	size_t bytes;
	FILE *f;
	int rc = 0;

	(void)ctx;
	if ((f = fopen(path, "r")) == NULL)
		return fail(err, path);
	while (out->bytes <= RULE_LOADER_MAX &&
	    (bytes = fread(chunk, 1, sizeof(chunk), f)) > 0)
		strbuf_add(out, chunk, bytes);
	if (out->bytes > RULE_LOADER_MAX)
		rc = err_set(err, ERR_INPUT, "%s: longer than %u MiB", path,
		    RULE_LOADER_MAX >> 20);
	else if (ferror(f))
		rc = fail(err, path);
	fclose(f);
	return rc;
}

static int
list_directory(void *ctx, const char *path,
    void (*name)(void *arg, const char *entry), void *arg, struct err *err)
{
	struct dirent *entry;
	DIR *dir;

	(void)ctx;
	if ((dir = opendir(path)) == NULL)
		return fail(err, path);
	while ((entry = readdir(dir)) != NULL)
		name(arg, entry->d_name);
	closedir(dir);
	return 0;
}

const struct rule_loader *
rule_loader_files(void)
{
	static const struct rule_loader files = { read_file, list_directory,
		NULL };

	return &files;
}
