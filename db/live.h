/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * live - a run that is written into a store piece by piece, while it happens.
 *
 * A recorder fills a trace as always, and hands it over now and then: each
 * piece becomes part of the run in one transaction. When live_append() has
 * returned 0, the piece survives the end of the process, kill -9 included; a
 * power failure may cost the newest pieces, never the file. Of a piece whose
 * call has not returned, all is there afterwards or nothing. Until live_end()
 * the run counts as cut off (struct trace_run, cut), and readers see it grow.
 *
 * A row is stored as it stands: an operation, a command or a record that is
 * finished later keeps its open end, so a recorder holds its piece back while
 * that matters. References (record, state, probe) are to rows of the same
 * piece, as in any trace; one to a state that trace_forget() left is to the
 * row that was stored for it. A run which is written this way has no
 * trace_hash.
 *
 * Packets are kept in memory until the next live_append(), as many as they
 * may be: the caller bounds them with live_kept_bytes(). The memory is used
 * again for the next piece.
 *
 * When a call fails, the run is as it was before the call: trace and packets
 * are still there, and the call may be repeated, for instance when the disk
 * has room again. Errors are those of db/store.h; besides, ERR_STATE within
 * store_begin() and after live_end(), and ERR_NOTFOUND when somebody has
 * removed the run meanwhile.
 */
#ifndef DB_LIVE_H
#define DB_LIVE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "db/store.h"
#include "db/trace.h"

struct live;

/* Begins a run; at once, readers see it, empty. s is borrowed, must outlive
 * the live, and may serve several of them and other runs meanwhile. Of run,
 * everything is taken but cut. */
int live_open(struct store *s, const struct trace_run *run, int64_t *run_id,
    struct live **out, struct err *e);

/* A place where packets are seen, an interface for instance: linktype is a
 * LINKTYPE_ of pcap-linktype(7), and no more than snap_bytes are kept of a
 * packet. Stored at once. Places are numbered from 0. */
int live_place(struct live *l, const char *name, int linktype,
    uint32_t snap_bytes, int32_t *place, struct err *e);

/* Keeps a packet for the next append: its first bytes are copied, wire_bytes
 * is how long it was. place is a number that live_place() gave. Packets of
 * one piece may come in any order; they are stored in the order of time. */
void live_packet(struct live *l, int32_t place, int64_t at_ns,
    uint32_t wire_bytes, const void *data, uint32_t bytes);

/* What the kept packets take: bytes and bookkeeping. */
size_t live_kept_bytes(const struct live *l);

/* All rows of t (numbered on from what is there) and the kept packets in one
 * transaction; the run now lasts until until_ns, or longer when it did before.
 * Then t is emptied of its rows but keeps its newest states: trace_forget().
 * Pass the same trace every time, and forget nothing of it meanwhile; one
 * that had states before the first append brings them along. */
int live_append(struct live *l, struct trace *t, int64_t until_ns,
    struct err *e);

/* The run is whole. What was not appended is not in it. */
int live_end(struct live *l, int64_t end_ns, struct err *e);

/* NULL is fine. Without live_end() the run stays marked as cut off. */
void live_free(struct live *l);

#endif
