/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mem_loader - rule files from memory, and a set of rules in one line.
 */
#ifndef UNIT_MEM_LOADER_H
#define UNIT_MEM_LOADER_H

#include "base/strbuf.h"
#include "rules/loader.h"
#include "rules/ruleset.h"

struct mem_file {
	const char *path; /* a directory is there when a file is in it */
	const char *text;
};

/* files ends with a NULL path, and lives as long as the loader is used. */
struct rule_loader mem_loader(const struct mem_file *files);

/* Loads "devd.conf" of the files. Gives the set, or NULL. The findings are
 * appended to *found, one line each. */
struct ruleset *mem_load(const struct mem_file *files,
    struct ruleset_options *opt, struct strbuf *found);

/* The command that one record runs under the text of one file, or "-" for
 * none, or "refused". In a buffer that the next call overwrites. */
const char *mem_command(const char *conf, const char *record);

#endif
