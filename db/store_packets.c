/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "db/dbfile.h"
#include "db/store_reader.h"

/* One pass over the places or the packets of a run. */
struct pass {
	struct store_reader *reader;
	int64_t run_id;
	sqlite3_stmt *stmt;
	int64_t expect; /* number of the next row, when they are all read */
	int64_t places; /* how many the run has */
	bool all;
	store_place_fn *place_fn;
	store_packet_fn *packet_fn;
	void *ctx;
};

static const void *
blob_at(sqlite3_stmt *stmt, int column)
{
	const void *data = sqlite3_column_blob(stmt, column);

	return data == NULL ? "" : data;
}

static bool
fits(int64_t n, int64_t most)
{
	return n >= 0 && n <= most;
}

/* These give 0 to stop, 1 to go on, and -1 for a damaged row. */
static int
give_place(struct pass *p)
{
	const unsigned char *name = sqlite3_column_text(p->stmt, 1);
	int64_t seq = sqlite3_column_int64(p->stmt, 0);
	int64_t linktype = sqlite3_column_int64(p->stmt, 2);
	int64_t snap = sqlite3_column_int64(p->stmt, 3);
	struct store_place place = {
		.place = (int32_t)seq,
		.name = name == NULL ? "" : (const char *)name,
		.linktype = (int)linktype,
		.snap_bytes = (uint32_t)snap,
	};

	if (seq != p->expect++ || seq > INT32_MAX ||
	    !fits(linktype, UINT16_MAX) || !fits(snap, UINT32_MAX))
		return -1;
	return p->place_fn(p->ctx, &place);
}

static int
give_packet(struct pass *p)
{
	int64_t seq = sqlite3_column_int64(p->stmt, 0);
	int64_t place = sqlite3_column_int64(p->stmt, 2);
	int64_t wire = sqlite3_column_int64(p->stmt, 3);
	struct store_packet packet = {
		.place = (int32_t)place,
		.at_ns = sqlite3_column_int64(p->stmt, 1),
		.wire_bytes = (uint32_t)wire,
		.data = blob_at(p->stmt, 4),
		.bytes = (size_t)sqlite3_column_bytes(p->stmt, 4),
	};

	if ((p->all && seq != p->expect++) || !fits(place, p->places - 1) ||
	    !fits(wire, UINT32_MAX) || packet.at_ns < -TRACE_TIME_MAX ||
	    packet.at_ns > TRACE_TIME_MAX)
		return -1;
	return p->packet_fn(p->ctx, &packet);
}

/* The run's number is the statement's first parameter, and the place, if it
 * has one, its second. */
static int
prepare(struct pass *p, const char *sql, int32_t place)
{
	int rc = sqlite3_prepare_v2(p->reader->db, sql, -1, &p->stmt, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_bind_int64(p->stmt, 1, p->run_id);
	if (rc == SQLITE_OK && sqlite3_bind_parameter_count(p->stmt) > 1)
		rc = sqlite3_bind_int(p->stmt, 2, place);
	return rc;
}

static int
find_run(struct pass *p, struct err *e)
{
	int rc = prepare(p,
	    "SELECT (SELECT count(*) FROM place WHERE run = id) FROM run"
	    " WHERE id = ?",
	    0);

	if (rc == SQLITE_OK)
		rc = sqlite3_step(p->stmt);
	if (rc == SQLITE_ROW)
		p->places = sqlite3_column_int64(p->stmt, 0);
	sqlite3_finalize(p->stmt);
	p->stmt = NULL;
	if (rc == SQLITE_ROW)
		return 0;
	return rc == SQLITE_DONE ? reader_no_run(p->reader, p->run_id, e)
				 : reader_failed(p->reader, rc, e);
}

static int
give_rows(struct pass *p, const char *sql, int32_t place, const char *what,
    struct err *e)
{
	int rc, go_on = 1;

	if ((rc = find_run(p, e)) < 0)
		return rc;
	rc = prepare(p, sql, place);
	while (rc == SQLITE_OK || rc == SQLITE_ROW) {
		if ((rc = sqlite3_step(p->stmt)) != SQLITE_ROW)
			break;
		go_on = p->place_fn != NULL ? give_place(p) : give_packet(p);
		if (go_on != 1)
			rc = SQLITE_DONE;
	}
	if (go_on < 0)
		rc = reader_damaged(p->reader, p->run_id, what, e);
	else
		rc = rc == SQLITE_DONE ? 0 : reader_failed(p->reader, rc, e);
	sqlite3_finalize(p->stmt);
	return rc;
}

/* Both statements see the rows of one moment. */
static int
run_pass(struct pass *p, const char *sql, int32_t place, const char *what,
    struct err *e)
{
	struct store_reader *r = p->reader;
	int rc, got;

	if ((rc = reader_begin(r, e)) < 0)
		return rc;
	got = sqlite3_exec(r->db, "SAVEPOINT reading", NULL, NULL, NULL);
	if (got != SQLITE_OK)
		return reader_failed(r, got, e);
	rc = reader_end(r, give_rows(p, sql, place, what, e), e);
	sqlite3_exec(r->db, "RELEASE reading", NULL, NULL, NULL);
	return rc;
}

int
store_read_places(struct store_reader *r, int64_t run_id, store_place_fn *fn,
    void *ctx, struct err *e)
{
	struct pass p = { .reader = r,
		.run_id = run_id,
		.place_fn = fn,
		.ctx = ctx };

	return run_pass(&p,
	    "SELECT seq, name, linktype, snap_bytes FROM place WHERE run = ?"
	    " ORDER BY seq",
	    0, "place", e);
}

int
store_read_packets(struct store_reader *r, int64_t run_id, store_packet_fn *fn,
    void *ctx, struct err *e)
{
	struct pass p = { .reader = r,
		.run_id = run_id,
		.packet_fn = fn,
		.ctx = ctx,
		.all = true };

	return run_pass(&p,
	    "SELECT seq, at_ns, place, wire_bytes, data FROM packet"
	    " WHERE run = ? ORDER BY seq",
	    0, "packet", e);
}

int
store_read_packets_at(struct store_reader *r, int64_t run_id, int32_t place,
    store_packet_fn *fn, void *ctx, struct err *e)
{
	struct pass p = { .reader = r,
		.run_id = run_id,
		.packet_fn = fn,
		.ctx = ctx };

	return run_pass(&p,
	    "SELECT seq, at_ns, place, wire_bytes, data FROM packet"
	    " WHERE run = ?1 AND place = ?2 ORDER BY seq",
	    place, "packet", e);
}
