/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rcfile - the text of an rc.conf(5) file as variables.
 *
 * FreeBSD's shell runs such a file; this reads the part of the language that
 * such files consist of and refuses the rest with its place, never guessing:
 *
 *	file   = { blank | comment | list }
 *	list   = assign { ( blank | ";" ) assign } [ ";" ] newline
 *	assign = NAME "=" word
 *	word   = { plain | '...' | "..." | \x | $NAME | ${NAME} }
 *
 * A backslash before a newline joins lines; a # begins a comment where a word
 * may begin. $NAME stands for a variable that has been set before, here or in
 * what r held already. Everything else (commands, ".", if, $(...), `...`,
 * ${x:-y}, A=b command) is an error.
 */
#ifndef FAILOVER_RCFILE_H
#define FAILOVER_RCFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "failover/rcvars.h"

#define RCFILE_MAX (256 * 1024) /* bytes; more is refused */

/* Adds what text says to r as its file `file`; path is for messages. False
 * when d got errors: r has then what was understood. */
bool rcfile_parse(struct rcvars *r, enum rc_file file, const char *path,
    const char *text, size_t bytes, struct diag *d);

#endif
