/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * store_reader - the inside of a struct store_reader, for the files that
 * read: store_read.c, store_trace.c, store_packets.c and store_query.c.
 */
#ifndef DB_STORE_READER_H
#define DB_STORE_READER_H

#include <sys/stat.h>

#include <sqlite3.h>
#include <stdbool.h>

#include "db/store_read.h"

struct store_reader {
	sqlite3 *db;
	char *path;
	bool shared;	  /* the connection belongs to a struct store */
	bool still;	  /* opened as a file that nobody changes … */
	struct stat seen; /* … and what it looked like then */
};

/* What every reading call begins and ends with. reader_end() gives rc, or
 * ERR_BUSY when a writer changed the file meanwhile. */
int reader_begin(struct store_reader *r, struct err *e);
int reader_end(struct store_reader *r, int rc, struct err *e);

/* As dbfile_error(). */
int reader_failed(struct store_reader *r, int rc, struct err *e);

/* "run N is damaged (what)". */
int reader_damaged(struct store_reader *r, int64_t run_id, const char *what,
    struct err *e);

/* ERR_NOTFOUND: there is no such run. */
int reader_no_run(struct store_reader *r, int64_t run_id, struct err *e);

#endif
