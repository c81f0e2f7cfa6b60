/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * loader - where rule files come from.
 *
 * The parser reads through this table, so that it makes no system call itself
 * and tests can give it files from memory. rule_loader_files() is the only
 * part of rules/ that touches the file system.
 */
#ifndef RULES_LOADER_H
#define RULES_LOADER_H

#include <stddef.h>

#include "base/err.h"
#include "base/strbuf.h"

struct rule_loader {
	/* Appends the whole file to out. 0, or ERR_NOTFOUND, ERR_IO. */
	int (*fetch)(void *ctx, const char *path, struct strbuf *out,
	    struct err *err);
	/* Calls name() once for each entry of the directory, in any order.
	 * 0, or ERR_NOTFOUND, ERR_IO; devd ignores both. */
	int (*list)(void *ctx, const char *path,
	    void (*name)(void *arg, const char *entry), void *arg,
	    struct err *err);
	void *ctx;
};

/* Real files and directories. Lives for ever. */
const struct rule_loader *rule_loader_files(void);

#endif
