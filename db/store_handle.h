/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * store_handle - the inside of a struct store, for store.c and for
 * store_read_share() in store_read.c.
 */
#ifndef DB_STORE_HANDLE_H
#define DB_STORE_HANDLE_H

#include <sqlite3.h>
#include <stdbool.h>

#include "db/rows.h"

struct store {
	sqlite3 *db;
	char *path;
	struct rows *rows;
	bool batch; /* between store_begin() and store_commit() */
};

#endif
