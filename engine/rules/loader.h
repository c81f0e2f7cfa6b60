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

/* Bytes of a file, and of all the files of a set together, each as often as it
 * is read: a directory may include itself. */
#define RULE_LOADER_MAX (16u << 20)

struct rule_loader {
	/* Appends the whole file to out. 0, or ERR_NOTFOUND, ERR_IO; ERR_INPUT
	 * when it is longer than RULE_LOADER_MAX. */
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
