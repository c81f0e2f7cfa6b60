/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dbfile - one SQLite file of ours: looked at before it is opened, and its
 * errors put in words. Used by store.c and store_read.c only.
 */
#ifndef DB_DBFILE_H
#define DB_DBFILE_H

#include <sqlite3.h>
#include <stdbool.h>

#include "base/err.h"
#include "base/strbuf.h"

#define DBFILE_WAIT_MS 3000 /* for another process that holds the file */

/* Looks at kind, header and length of the file and changes nothing, not even
 * when it is an SQLite file with unfinished work in it. 0 when it may be
 * opened. ERR_NOTFOUND when there is none. */
int dbfile_check(const char *path, struct err *e);

/* Appends "file:PATH?QUERY" with the path escaped. */
void dbfile_uri(struct strbuf *out, const char *path, const char *query);

/* Settings of every connection. Gives an SQLite code. */
int dbfile_configure(sqlite3 *db);

/* What SQLite's rc means for a person: returns an err_code. db may be NULL;
 * rc 0 is not allowed. */
int dbfile_error(sqlite3 *db, int rc, const char *path, struct err *e);

#endif
