/* SPDX-License-Identifier: BSD-2-Clause */
#include "db/store.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "db/dbfile.h"
#include "db/rows.h"
#include "db/schema.h"
#include "db/store_handle.h"

static int
failed(const struct store *s, int rc, struct err *e)
{
	return dbfile_error(s->db, rc, s->path, e);
}

void
store_roll_back(struct store *s)
{
	s->batch = false;
	if (!sqlite3_get_autocommit(s->db))
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
}

/* Fills the new file under `draft`; the error speaks of path. */
static int
write_draft(const char *draft, const char *path, struct err *e)
{
	sqlite3 *db = NULL;
	int got, rc;

	got = sqlite3_open_v2(draft, &db,
	    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
	if (got == SQLITE_OK)
		got = dbfile_configure(db);
	rc = got == SQLITE_OK ? schema_create(db, path, e)
			      : dbfile_error(db, got, path, e);
	if (rc == 0) {
		got = sqlite3_exec(db, "PRAGMA journal_mode = WAL", NULL, NULL,
		    NULL);
		if (got != SQLITE_OK)
			rc = dbfile_error(db, got, path, e);
	}
	sqlite3_close(db);
	return rc;
}

/* The file is made under another name and gets its own when it is whole, so
 * that nobody ever sees half a store, and of two processes that make it at
 * the same moment one wins and both go on. */
static int
make_file(const char *path, struct err *e)
{
	struct strbuf draft = { 0 };
	int rc, fd;

	strbuf_addf(&draft, "%s.new-%ld", path, (long)getpid());
	fd = open(strbuf_str(&draft), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC,
	    0666);
	if (fd < 0) {
		rc = err_set(e, ERR_STATE,
		    "%s: cannot be made: %s: check the folder", path,
		    strerror(errno));
		strbuf_fini(&draft);
		return rc;
	}
	close(fd);
	rc = write_draft(strbuf_str(&draft), path, e);
	if (rc == 0 && link(strbuf_str(&draft), path) < 0 && errno != EEXIST) {
		/* A file system without hard links. */
		if (rename(strbuf_str(&draft), path) < 0)
			rc = err_sys(e, errno, "%s", path);
	}
	unlink(strbuf_str(&draft));
	strbuf_fini(&draft);
	return rc;
}

/* Everything that may refuse the file comes before what changes it. */
static int
open_file(struct store *s, struct err *e)
{
	int rc, got, version = 0;

	got = sqlite3_open_v2(s->path, &s->db,
	    SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
	if (got == SQLITE_OK && sqlite3_db_readonly(s->db, "main") == 1)
		got = SQLITE_READONLY;
	if (got == SQLITE_OK)
		got = dbfile_configure(s->db);
	if (got != SQLITE_OK)
		return failed(s, got, e);
	/* A write-ahead log may hold a newer version than the header said. */
	if ((rc = schema_version(s->db, s->path, &version, e)) < 0)
		return rc;
	if (version > STORE_VERSION)
		return err_set(e, ERR_VERSION,
		    "%s: is of schema version %d, but this Switchback knows "
		    "none after %d: use the newer Switchback",
		    s->path, version, STORE_VERSION);
	if ((rc = schema_update(s->db, s->path, e)) < 0 ||
	    (rc = schema_check(s->db, s->path, e)) < 0)
		return rc;
	got =
	    sqlite3_exec(s->db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
	return got == SQLITE_OK ? 0 : failed(s, got, e);
}

static int
open_memory(struct store *s, struct err *e)
{
	int rc = sqlite3_open(s->path, &s->db);

	if (rc == SQLITE_OK)
		rc = dbfile_configure(s->db);
	if (rc != SQLITE_OK)
		return failed(s, rc, e);
	return schema_create(s->db, s->path, e);
}

static int
open_path(struct store *s, unsigned flags, struct err *e)
{
	struct err why;
	int rc;

	if (strcmp(s->path, ":memory:") == 0)
		return open_memory(s, e);
	rc = dbfile_check(s->path, &why);
	if (rc == ERR_NOTFOUND && (flags & STORE_MUST_EXIST) == 0)
		rc = make_file(s->path, &why);
	if (rc < 0) {
		if (e != NULL)
			*e = why;
		return rc;
	}
	return open_file(s, e);
}

int
store_open(const char *path, unsigned flags, struct store **out, struct err *e)
{
	struct store *s = mem_zero(1, sizeof(*s));
	int rc, got;

	s->path = mem_str(path);
	rc = open_path(s, flags, e);
	if (rc == 0 && (got = rows_new(s->db, &s->rows)) != SQLITE_OK)
		rc = failed(s, got, e);
	if (rc == 0)
		*out = s;
	else
		store_close(s);
	return rc;
}

void
store_close(struct store *s)
{
	if (s == NULL)
		return;
	rows_free(s->rows);
	if (s->db != NULL)
		store_roll_back(s);
	sqlite3_close(s->db);
	free(s->path);
	free(s);
}

int
store_begin_own(struct store *s, struct err *e)
{
	int rc;

	if (s->batch)
		return err_set(e, ERR_STATE, "%s: a batch is open already",
		    s->path);
	rc = sqlite3_exec(s->db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
	return rc == SQLITE_OK ? 0 : failed(s, rc, e);
}

int
store_commit_own(struct store *s, struct err *e)
{
	int rc = sqlite3_exec(s->db, "COMMIT", NULL, NULL, NULL);

	if (rc != SQLITE_OK) {
		rc = failed(s, rc, e);
		store_roll_back(s);
	}
	return rc;
}

int
store_undo(struct store *s, int got, struct err *e)
{
	int rc = failed(s, got, e);

	store_roll_back(s);
	return rc;
}

int
store_begin(struct store *s, struct err *e)
{
	int rc = store_begin_own(s, e);

	if (rc == 0)
		s->batch = true;
	return rc;
}

int
store_commit(struct store *s, struct err *e)
{
	if (!s->batch)
		return err_set(e, ERR_STATE,
		    "%s: the batch has ended: a run in it could not be stored",
		    s->path);
	s->batch = false;
	return store_commit_own(s, e);
}

static int
add(struct store *s, const struct recording *r, const struct trace *t,
    int64_t *run_id, struct err *e)
{
	struct rows_tail tail = { 0 };
	char hash[17];
	int rc, got;

	snprintf(hash, sizeof(hash), "%016" PRIx64, trace_hash(t));
	if (!s->batch && (rc = store_begin_own(s, e)) < 0)
		return rc;
	got = rows_add_run(s->rows, &t->run, hash, &tail.run);
	if (got == SQLITE_OK)
		got = rows_add_trace(s->rows, &tail, t);
	if (got == SQLITE_OK && r != NULL)
		got = rows_add_verbatims(s->rows, tail.run, r);
	if (got != SQLITE_OK)
		return store_undo(s, got, e);
	if (!s->batch && (rc = store_commit_own(s, e)) < 0)
		return rc;
	if (run_id != NULL)
		*run_id = tail.run;
	return 0;
}

int
store_add_trace(struct store *s, const struct trace *t, int64_t *run_id,
    struct err *e)
{
	return add(s, NULL, t, run_id, e);
}

int
store_add_recording(struct store *s, const struct recording *r,
    const struct trace *t, int64_t *run_id, struct err *e)
{
	return add(s, r, t, run_id, e);
}
