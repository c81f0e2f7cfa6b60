/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * store_handle - the inside of a struct store, for the files that write
 * (store.c, live.c) and for store_read_share() in store_read.c.
 */
#ifndef DB_STORE_HANDLE_H
#define DB_STORE_HANDLE_H

#include <sqlite3.h>
#include <stdbool.h>

#include "base/err.h"
#include "db/rows.h"

struct store {
	sqlite3 *db;
	char *path;
	struct rows *rows;
	bool batch; /* between store_begin() and store_commit() */
};

/* A transaction of the caller's own. ERR_STATE within a batch. A commit that
 * fails has rolled everything back. */
int store_begin_own(struct store *s, struct err *e);
int store_commit_own(struct store *s, struct err *e);
void store_roll_back(struct store *s);

/* What SQLite's code means, as dbfile_error(), and a rollback. */
int store_undo(struct store *s, int got, struct err *e);

#endif
