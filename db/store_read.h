/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * store_read - reading runs back from a database file, and nothing else.
 *
 * The file and its folder are left exactly as they are: no file is made or
 * removed beside it, nothing in it is converted, not even when the folder is
 * not writable. A file of an older schema is brought up to date in a copy in
 * memory, so that reading it takes as much memory as it is long. A writer may
 * be at work meanwhile; when it changes the file under a read that could not
 * take part in its locks, the read fails with ERR_BUSY instead of giving a
 * mixture.
 *
 * Errors are those of db/store.h.
 */
#ifndef DB_STORE_READ_H
#define DB_STORE_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "db/recording.h"
#include "db/trace.h"

struct store;
struct store_reader;

int store_read_open(const char *path, struct store_reader **out, struct err *e);

/* A reader of a store that is open for writing, the only way into one at
 * ":memory:". Close it before the store. */
struct store_reader *store_read_share(struct store *s);

void store_read_close(struct store_reader *r); /* NULL is fine */

/* One row of the list of runs. Strings live only during the call. */
struct store_run {
	int64_t id;
	struct trace_run run;
	uint64_t hash; /* trace_hash() when it was stored; 0: it has none */
	int64_t records, operations;
	int64_t passes, fails, known_faults;
};

/* Oldest first. fn returns false to stop. */
typedef bool store_run_fn(void *ctx, const struct store_run *run);
int store_read_runs(struct store_reader *r, store_run_fn *fn, void *ctx,
    struct err *e);

/* which is a run's id or its title (the newest of that title). NULL means
 * the only run there is. ERR_NOTFOUND when there is none. */
int store_read_find(struct store_reader *r, const char *which, int64_t *run_id,
    struct err *e);

/* The run as it was stored; checked against its hash. The caller frees. */
int store_read_trace(struct store_reader *r, int64_t run_id, struct trace **out,
    struct err *e);

/* The records that were read, with the lines kept beside them: what
 * recording_format() makes of it is the file that was imported. */
int store_read_recording(struct store_reader *r, int64_t run_id,
    struct recording **out, struct err *e);

/* Where packets of a live recording were seen (db/live.h). */
struct store_place {
	int32_t place;
	const char *name; /* lives only during the call */
	int linktype;
	uint32_t snap_bytes;
};

struct store_packet {
	int32_t place;
	int64_t at_ns;
	uint32_t wire_bytes; /* how long it was … */
	const void *data;    /* … and what is left of it; never NULL, lives */
	size_t bytes;	     /* only during the call */
};

/* In the order of their numbers; fn returns false to stop. ERR_NOTFOUND when
 * there is no such run, ERR_INPUT for rows that are damaged. */
typedef bool store_place_fn(void *ctx, const struct store_place *place);
int store_read_places(struct store_reader *r, int64_t run_id,
    store_place_fn *fn, void *ctx, struct err *e);

/* In the order in which they were stored, which is that of time as far as the
 * recorder's pieces follow each other in time. One at a time: memory does not
 * grow with their number. */
typedef bool store_packet_fn(void *ctx, const struct store_packet *packet);
int store_read_packets(struct store_reader *r, int64_t run_id,
    store_packet_fn *fn, void *ctx, struct err *e);

/* Only those of one place. */
int store_read_packets_at(struct store_reader *r, int64_t run_id, int32_t place,
    store_packet_fn *fn, void *ctx, struct err *e);

enum store_type {
	STORE_NULL,
	STORE_INTEGER,
	STORE_REAL,
	STORE_TEXT,
	STORE_BLOB,
};

struct store_value {
	enum store_type type;
	int64_t integer;
	double real;
	const char *data; /* of text and blob; text is NUL-terminated */
	size_t bytes;
};

/* names and values have count elements and live only during the call. Called
 * once with values NULL before the first row, also when there is none. */
typedef bool store_row_fn(void *ctx, int count, const char *const *names,
    const struct store_value *values);

/* One statement that only reads; anything else is refused with ERR_INPUT, as
 * is a mistake in the SQL. */
int store_read_query(struct store_reader *r, const char *sql, store_row_fn *fn,
    void *ctx, struct err *e);

#endif
