/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * store - writing runs into a database file.
 *
 * One SQLite file holds any number of runs; db/schema.sql says how. A file
 * that does not exist is made, an older one is brought up to date, and a file
 * that is not ours is left as it is: nothing is written before its header has
 * been looked at. Reading is db/store_read.h, a type of its own, so that a
 * report cannot write.
 *
 * A run is stored whole or not at all. After a crash the file holds every run
 * whose call has returned outside store_begin() and store_commit(), and every
 * batch for which store_commit() has; a power failure may cost the newest of
 * these, never the file (WAL, synchronous=NORMAL).
 *
 * A store serves one thread at a time, and so does a reader.
 *
 * Errors: ERR_INPUT the file is not a store or is damaged, ERR_VERSION it is
 * somebody else's or from a newer Switchback, ERR_NOTFOUND it is not there,
 * ERR_STATE it cannot be written (permissions), ERR_BUSY another process
 * holds it, ERR_IO the disk is full or failed. The text names the file and
 * says what to do.
 */
#ifndef DB_STORE_H
#define DB_STORE_H

#include <stdint.h>

#include "base/err.h"
#include "db/recording.h"
#include "db/trace.h"

#define STORE_VERSION 2 /* of the schema; user_version of the file */

/* PRAGMA application_id of our files: "SwBk". */
#define STORE_APPLICATION_ID 0x5377426b

/* Flags of store_open. */
#define STORE_MUST_EXIST 1u /* do not make the file */

struct store;

/* path may be ":memory:". Waits up to 3 s for another writer. */
int store_open(const char *path, unsigned flags, struct store **out,
    struct err *e);
void store_close(struct store *s); /* NULL is fine; drops an open batch */

/* Many runs in one transaction: much faster, and all or none are kept.
 * A failed call within a batch rolls the whole batch back and ends it. */
int store_begin(struct store *s, struct err *e);
int store_commit(struct store *s, struct err *e);

/* Adds a run. *run_id may be NULL. */
int store_add_trace(struct store *s, const struct trace *t, int64_t *run_id,
    struct err *e);

/* Adds a run together with the lines of its recording which are no records,
 * so that it can be written out again byte by byte. t is what
 * recording_trace() made of r. */
int store_add_recording(struct store *s, const struct recording *r,
    const struct trace *t, int64_t *run_id, struct err *e);

#endif
