/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * schema - makes the tables of db/schema.sql and brings older ones up to
 * date. The SQL is part of the program. Used by store.c and its tests.
 */
#ifndef DB_SCHEMA_H
#define DB_SCHEMA_H

#include <sqlite3.h>
#include <stddef.h>

#include "base/err.h"

/* One step from a version to the next: db/migrate_FROM_TO.sql. */
struct schema_step {
	int from;
	const char *const *sql; /* lines, up to a NULL */
};

/* Fills an empty database, in one transaction. path is for messages. */
int schema_create(sqlite3 *db, const char *path, struct err *e);

/* Takes the steps that lead from the file's version to `to`, each in a
 * transaction of its own, so that a failure leaves the file at a version that
 * there was. ERR_VERSION when a step is missing. */
int schema_migrate(sqlite3 *db, const char *path,
    const struct schema_step *steps, size_t count, int to, struct err *e);

/* All steps there are up to STORE_VERSION. */
int schema_update(sqlite3 *db, const char *path, struct err *e);

/* Whether a database that says it is of STORE_VERSION has its tables. */
int schema_check(sqlite3 *db, const char *path, struct err *e);

int schema_version(sqlite3 *db, const char *path, int *version, struct err *e);

#endif
