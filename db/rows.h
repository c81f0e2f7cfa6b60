/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rows - puts the rows of a trace into their tables. Used by store.c only,
 * which holds the transaction. Functions give SQLite's codes; SQLITE_OK is
 * success, and anything else is to be followed by a rollback.
 */
#ifndef DB_ROWS_H
#define DB_ROWS_H

#include <sqlite3.h>
#include <stdint.h>

#include "db/recording.h"
#include "db/trace.h"

struct rows;

/* Prepares the statements. */
int rows_new(sqlite3 *db, struct rows **out);
void rows_free(struct rows *r); /* NULL is fine */

int rows_add_trace(struct rows *r, const struct trace *t, int64_t *run_id);
int rows_add_verbatims(struct rows *r, int64_t run_id,
    const struct recording *rec);

#endif
