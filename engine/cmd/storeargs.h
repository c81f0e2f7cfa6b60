/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * storeargs - what the commands about stored runs have in common: which store
 * is meant, how its errors end the program, how its values look in JSON.
 */
#ifndef CMD_STOREARGS_H
#define CMD_STOREARGS_H

#include <jansson.h>
#include <stddef.h>

#include "base/err.h"

/* The file: given with --db, else $SWITCHBACK_DB, else switchback.db. */
const char *storeargs_db(const char *given);

/* Prints "switchback NAME: text" and gives the exit status: 3 when the disk
 * or another process is in the way, 2 for everything that the user can fix in
 * what was typed or named. */
int storeargs_fail(const char *command, const struct err *e);

/* A new reference: a string, or {"hex": "…"} for bytes that are no UTF-8. */
json_t *storeargs_json(const char *bytes, size_t count);

/* One line of JSON on stdout; takes the reference. */
void storeargs_print(json_t *value);

#endif
