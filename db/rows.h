/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rows - puts the rows of a trace, and recorded packets, into their tables.
 * Used by store.c and live.c only, which hold the transaction. Functions give
 * SQLite's codes; SQLITE_OK is success, and anything else is to be followed by
 * a rollback.
 */
#ifndef DB_ROWS_H
#define DB_ROWS_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "db/recording.h"
#include "db/trace.h"

enum rows_table {
	ROWS_RUN,
	ROWS_RECORD,
	ROWS_VERBATIM,
	ROWS_FIRING,
	ROWS_OPERATION,
	ROWS_COMMAND,
	ROWS_STATE,
	ROWS_MARK,
	ROWS_STIMULUS,
	ROWS_NOTE,
	ROWS_PROBE,
	ROWS_GAP,
	ROWS_ODDITY,
	ROWS_CHECK,
	ROWS_HINT,
	ROWS_REACH,
	ROWS_SETUP,
	ROWS_DECISION,
	ROWS_PLACE,
	ROWS_PACKET,
	ROWS_TABLES,
};

/* How much of a run is stored: what is added comes behind it, and a reference
 * within the added trace is to that trace's own rows. Zeroed: nothing. */
struct rows_tail {
	int64_t run;
	int64_t next[ROWS_TABLES]; /* the number of each table's next row */
	/* The first states of the trace were stored before, as these rows. */
	int64_t *kept; /* owned by whoever has the tail */
	size_t n_kept, cap_kept;
};

struct rows;

/* Prepares the statements. */
int rows_new(sqlite3 *db, struct rows **out);
void rows_free(struct rows *r); /* NULL is fine */

/* The row of table run; the hash is "" for one that has none. */
int rows_add_run(struct rows *r, const struct trace_run *run, const char *hash,
    int64_t *run_id);

/* SQLITE_NOTFOUND when the run is not there. */
int rows_set_end(struct rows *r, int64_t run_id, int64_t end_ns, bool complete);

/* All rows of t, in every table that a trace has; the tail stays as it is. */
int rows_add_trace(struct rows *r, const struct rows_tail *tail,
    const struct trace *t);

/* Once these are committed: the tail comes behind them. When trace_forget()
 * follows, the states that it leaves are the kept ones. */
void rows_advance(struct rows_tail *tail, const struct trace *t);

int rows_add_verbatims(struct rows *r, int64_t run_id,
    const struct recording *rec);

int rows_add_place(struct rows *r, int64_t run_id, int64_t seq,
    const char *name, int linktype, uint32_t snap_bytes);

struct rows_packet {
	int64_t at_ns;
	int32_t place;
	uint32_t wire_bytes;
	const void *data; /* borrowed */
	size_t bytes;
};
int rows_add_packet(struct rows *r, int64_t run_id, int64_t seq,
    const struct rows_packet *p);

#endif
