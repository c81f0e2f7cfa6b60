/* SPDX-License-Identifier: BSD-2-Clause */
#include "db/store_read.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "db/dbfile.h"
#include "db/schema.h"
#include "db/store.h"
#include "db/store_handle.h"
#include "db/store_reader.h"

static bool
stat_beside(const char *path, const char *suffix, struct stat *st)
{
	struct strbuf name = { 0 };
	bool there;

	strbuf_adds(&name, path);
	strbuf_adds(&name, suffix);
	there = stat(strbuf_str(&name), st) == 0;
	strbuf_fini(&name);
	return there;
}

/* A writer is at work, or one has left work behind. */
static bool
has_writer(const char *path)
{
	struct stat st;

	return stat_beside(path, "-shm", &st) ||
	    (stat_beside(path, "-wal", &st) && st.st_size > 0) ||
	    (stat_beside(path, "-journal", &st) && st.st_size > 0);
}

int
reader_failed(struct store_reader *r, int rc, struct err *e)
{
	struct stat st;

	/* Reading needs to write only when a log must be folded in. */
	if ((rc & 0xff) == SQLITE_READONLY ||
	    ((rc & 0xff) == SQLITE_CANTOPEN && has_writer(r->path) &&
		!stat_beside(r->path, "-shm", &st)))
		return err_set(e, ERR_STATE,
		    "%s: has unfinished work beside it (-wal or -journal) that "
		    "only a writer may fold in: open it once for writing, "
		    "with \"switchback import\" or sqlite3",
		    r->path);
	return dbfile_error(r->db, rc, r->path, e);
}

int
reader_damaged(struct store_reader *r, int64_t run_id, const char *what,
    struct err *e)
{
	return err_set(e, ERR_INPUT,
	    "%s: run %" PRId64 " is damaged (%s): take the file from a backup",
	    r->path, run_id, what);
}

int
reader_no_run(struct store_reader *r, int64_t run_id, struct err *e)
{
	return err_set(e, ERR_NOTFOUND,
	    "%s: has no run %" PRId64 ": \"switchback list\" shows the runs",
	    r->path, run_id);
}

/* The connection becomes one to a copy in memory, of today's schema. */
static int
update_copy(struct store_reader *r, struct err *e)
{
	sqlite3_backup *copying;
	sqlite3 *copy = NULL;
	int rc = sqlite3_open(":memory:", &copy);

	if (rc == SQLITE_OK) {
		copying = sqlite3_backup_init(copy, "main", r->db, "main");
		if (copying != NULL)
			sqlite3_backup_step(copying, -1);
		rc = sqlite3_backup_finish(copying);
		if (copying == NULL)
			rc = sqlite3_errcode(copy);
	}
	if (rc == SQLITE_OK)
		rc = dbfile_configure(copy);
	if (rc != SQLITE_OK) {
		rc = reader_failed(r, rc, e);
		sqlite3_close(copy);
		return rc;
	}
	sqlite3_close(r->db);
	r->db = copy;
	return schema_update(r->db, r->path, e);
}

static int
check_version(struct store_reader *r, struct err *e)
{
	int rc, version = 0;

	if ((rc = schema_version(r->db, r->path, &version, e)) < 0)
		return rc;
	if (version > STORE_VERSION)
		return err_set(e, ERR_VERSION,
		    "%s: is of schema version %d, but this Switchback knows "
		    "none after %d: use the newer Switchback",
		    r->path, version, STORE_VERSION);
	if (version < STORE_VERSION && (rc = update_copy(r, e)) < 0)
		return rc;
	return schema_check(r->db, r->path, e);
}

/* An SQLite reader takes part in a writer's locks through files beside the
 * database, which it makes when they are missing. So a file without a writer
 * is opened as one that does not change, and looked at again afterwards. */
static int
connect_file(struct store_reader *r, struct err *e)
{
	struct strbuf uri = { 0 };
	int rc;

	r->still = !has_writer(r->path);
	if (stat(r->path, &r->seen) < 0)
		r->still = false; /* SQLite will say what is wrong */
	dbfile_uri(&uri, r->path,
	    r->still ? "mode=ro&immutable=1" : "mode=ro&readonly_shm=1");
	rc = sqlite3_open_v2(strbuf_str(&uri), &r->db,
	    SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, NULL);
	strbuf_fini(&uri);
	if (rc == SQLITE_OK)
		rc = dbfile_configure(r->db);
	if (rc != SQLITE_OK)
		return reader_failed(r, rc, e);
	return check_version(r, e);
}

static bool
has_changed(const struct store_reader *r)
{
	struct stat now;

	return has_writer(r->path) || stat(r->path, &now) < 0 ||
	    now.st_ino != r->seen.st_ino || now.st_dev != r->seen.st_dev ||
	    now.st_size != r->seen.st_size ||
	    now.st_mtim.tv_sec != r->seen.st_mtim.tv_sec ||
	    now.st_mtim.tv_nsec != r->seen.st_mtim.tv_nsec;
}

int
reader_begin(struct store_reader *r, struct err *e)
{
	if (!r->still || !has_changed(r))
		return 0;
	sqlite3_close(r->db);
	r->db = NULL;
	return connect_file(r, e);
}

int
reader_end(struct store_reader *r, int rc, struct err *e)
{
	if (r->still && has_changed(r))
		return err_set(e, ERR_BUSY,
		    "%s: was written to while it was read: try again", r->path);
	return rc;
}

int
store_read_open(const char *path, struct store_reader **out, struct err *e)
{
	struct store_reader *r = mem_zero(1, sizeof(*r));
	int rc;

	r->path = mem_str(path);
	if ((rc = dbfile_check(path, e)) == 0 && (rc = connect_file(r, e)) == 0)
		*out = r;
	else
		store_read_close(r);
	return rc;
}

struct store_reader *
store_read_share(struct store *s)
{
	struct store_reader *r = mem_zero(1, sizeof(*r));

	r->path = mem_str(s->path);
	r->db = s->db;
	r->shared = true;
	return r;
}

void
store_read_close(struct store_reader *r)
{
	if (r == NULL)
		return;
	if (!r->shared)
		sqlite3_close(r->db);
	free(r->path);
	free(r);
}

/* Borrowed from the statement, although the rows' owner could change it. */
static char *
text_at(sqlite3_stmt *stmt, int column)
{
	static char empty[] = "";
	const unsigned char *s = sqlite3_column_text(stmt, column);
	union {
		const unsigned char *from;
		char *to;
	} text = { .from = s };

	return s == NULL ? empty : text.to;
}

/* One that no run has is the nearest to it. */
static int64_t
time_at(sqlite3_stmt *stmt, int column)
{
	int64_t ns = sqlite3_column_int64(stmt, column);

	if (ns < -TRACE_TIME_MAX)
		return -TRACE_TIME_MAX;
	return ns > TRACE_TIME_MAX ? TRACE_TIME_MAX : ns;
}

static void
take_run(sqlite3_stmt *stmt, struct store_run *run)
{
	int64_t seed = sqlite3_column_int64(stmt, 8);

	memset(run, 0, sizeof(*run));
	run->id = sqlite3_column_int64(stmt, 0);
	run->run.kind = text_at(stmt, 1);
	run->run.title = text_at(stmt, 2);
	run->run.policy = text_at(stmt, 3);
	run->run.machine = text_at(stmt, 4);
	run->run.source = text_at(stmt, 5);
	run->run.version = text_at(stmt, 6);
	run->run.note = text_at(stmt, 7);
	memcpy(&run->run.seed, &seed, sizeof(seed));
	run->run.start_ns = time_at(stmt, 9);
	run->run.end_ns = time_at(stmt, 10);
	run->run.cut = sqlite3_column_int(stmt, 11) == 0;
	run->hash = strtoull(text_at(stmt, 12), NULL, 16);
	run->records = sqlite3_column_int64(stmt, 13);
	run->operations = sqlite3_column_int64(stmt, 14);
	run->passes = sqlite3_column_int64(stmt, 15);
	run->fails = sqlite3_column_int64(stmt, 16);
	run->known_faults = sqlite3_column_int64(stmt, 17);
}

static int
read_runs(struct store_reader *r, store_run_fn *fn, void *ctx, struct err *e)
{
	static const char sql[] =
	    "SELECT id, kind, r.title, r.policy, machine, source, version, "
	    "note, seed, start_ns, end_ns, complete, trace_hash,"
	    " (SELECT count(*) FROM record WHERE run = id),"
	    " (SELECT count(*) FROM operation WHERE run = id),"
	    " v.passes, v.fails + v.mended, v.known_faults"
	    " FROM run r JOIN verdicts v ON v.run = r.id ORDER BY id";
	sqlite3_stmt *stmt = NULL;
	struct store_run run;
	int rc;

	rc = sqlite3_prepare_v2(r->db, sql, -1, &stmt, NULL);
	while (rc == SQLITE_OK || rc == SQLITE_ROW) {
		if ((rc = sqlite3_step(stmt)) != SQLITE_ROW)
			break;
		take_run(stmt, &run);
		if (!fn(ctx, &run))
			rc = SQLITE_DONE;
	}
	if (rc != SQLITE_DONE)
		rc = reader_failed(r, rc, e);
	else
		rc = 0;
	sqlite3_finalize(stmt);
	return rc;
}

int
store_read_runs(struct store_reader *r, store_run_fn *fn, void *ctx,
    struct err *e)
{
	int rc = reader_begin(r, e);

	if (rc == 0)
		rc = reader_end(r, read_runs(r, fn, ctx, e), e);
	return rc;
}

/* The first column of the first row; false when there is none. */
static bool
ask(struct store_reader *r, const char *sql, const char *arg, int64_t *answer,
    int *rc, struct err *e)
{
	sqlite3_stmt *stmt = NULL;
	int got;

	got = sqlite3_prepare_v2(r->db, sql, -1, &stmt, NULL);
	if (got == SQLITE_OK && arg != NULL)
		got = sqlite3_bind_text(stmt, 1, arg, -1, SQLITE_STATIC);
	if (got == SQLITE_OK)
		got = sqlite3_step(stmt);
	if (got == SQLITE_ROW)
		*answer = sqlite3_column_int64(stmt, 0);
	else if (got != SQLITE_DONE)
		*rc = reader_failed(r, got, e);
	sqlite3_finalize(stmt);
	return got == SQLITE_ROW;
}

static int
find_only(struct store_reader *r, int64_t *run_id, struct err *e)
{
	int64_t count = 0;
	int rc = 0;

	if (!ask(r, "SELECT count(*) FROM run", NULL, &count, &rc, e))
		return rc;
	if (count == 0)
		return err_set(e, ERR_NOTFOUND, "%s: holds no run", r->path);
	if (count > 1)
		return err_set(e, ERR_NOTFOUND,
		    "%s: holds %" PRId64 " runs: name one by number or title "
		    "(\"switchback list\" shows them)",
		    r->path, count);
	ask(r, "SELECT id FROM run", NULL, run_id, &rc, e);
	return rc;
}

static int
find(struct store_reader *r, const char *which, int64_t *run_id, struct err *e)
{
	int64_t id;
	int rc = 0;

	if (which == NULL)
		return find_only(r, run_id, e);
	if (ask(r, "SELECT id FROM run WHERE title = ? ORDER BY id DESC", which,
		&id, &rc, e) ||
	    (rc == 0 && num_parse(which, strlen(which), 1, INT64_MAX, &id) &&
		ask(r, "SELECT id FROM run WHERE id = CAST(? AS INTEGER)",
		    which, &id, &rc, e))) {
		*run_id = id;
		return 0;
	}
	if (rc < 0)
		return rc;
	return err_set(e, ERR_NOTFOUND,
	    "%s: has no run \"%s\": \"switchback list\" shows the runs",
	    r->path, which);
}

int
store_read_find(struct store_reader *r, const char *which, int64_t *run_id,
    struct err *e)
{
	int rc = reader_begin(r, e);

	if (rc == 0)
		rc = reader_end(r, find(r, which, run_id, e), e);
	return rc;
}
