/* SPDX-License-Identifier: BSD-2-Clause */
#include "db/merge.h"

#include <sys/stat.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "db/dbfile.h"
#include "db/store.h"
#include "db/store_handle.h"
#include "db/store_reader.h"

/* Every table with rows of runs; one comes after those it refers to. */
static const char *const tables[] = {
	"record",
	"verbatim",
	"firing",
	"operation",
	"command",
	"state",
	"mark",
	"stimulus",
	"note",
	"hint",
	"reach",
	"probe",
	"gap",
	"oddity",
	"setup",
	"decision",
	"place",
	"packet",
	"check",
};
#define TABLES (sizeof(tables) / sizeof(tables[0]))

/* A run that was found in an input. */
struct found {
	size_t input;
	int64_t was, run;
	bool known;
	struct trace_run about; /* owned */
	uint64_t hash;		/* of its rows */
	bool has_hash;		/* it is stored with it */
	char *packets;		/* what its packets come to; owned */
};

struct merge {
	const char *output;
	const char *const *inputs;
	size_t n_inputs;
	unsigned flags;
	struct found *runs;
	size_t n_runs, cap_runs;
};

/* --- looking at the inputs --- */

static int
refuse_output_as_input(const struct merge *m, struct err *e)
{
	struct stat out, in;
	size_t i;

	if (stat(m->output, &out) < 0)
		return 0; /* it will be made */
	for (i = 0; i < m->n_inputs; i++)
		if (stat(m->inputs[i], &in) == 0 && in.st_dev == out.st_dev &&
		    in.st_ino == out.st_ino)
			return err_set(e, ERR_INPUT,
			    "%s: is the output and an input: name another "
			    "output, or leave it out of the inputs (its runs "
			    "stay in it)",
			    m->inputs[i]);
	return 0;
}

/* SQL that gives one text, NULL or no row; the caller frees *text. */
static int
ask_text(sqlite3 *db, const char *sql, int64_t arg, char **text)
{
	sqlite3_stmt *stmt = NULL;
	int rc = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);

	*text = NULL;
	if (rc == SQLITE_OK && sqlite3_bind_parameter_count(stmt) > 0)
		rc = sqlite3_bind_int64(stmt, 1, arg);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW)
		*text = mem_str((const char *)sqlite3_column_text(stmt, 0));
	sqlite3_finalize(stmt);
	return rc == SQLITE_ROW || rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static const char packets_sql[] =
    "SELECT count(*) || ' ' || total(wire_bytes) || ' ' || total(length(data))"
    " || ' ' || coalesce(max(at_ns), '') FROM packet WHERE run = ?";

/* Pages, types, CHECKs and references; the hashes come with the runs. */
static int
examine_file(struct store_reader *r, struct err *e)
{
	char *text = NULL;
	int rc, got;

	if ((rc = reader_begin(r, e)) < 0)
		return rc;
	got = ask_text(r->db, "PRAGMA integrity_check(1)", 0, &text);
	if (got == SQLITE_OK && text != NULL && strcmp(text, "ok") != 0)
		rc = err_set(e, ERR_INPUT,
		    "%s: is damaged (%.120s): take it from a backup", r->path,
		    text);
	free(text);
	text = NULL;
	if (rc == 0 && got == SQLITE_OK)
		got = ask_text(r->db, "PRAGMA foreign_key_check", 0, &text);
	if (rc == 0 && text != NULL)
		rc = err_set(e, ERR_INPUT,
		    "%s: is damaged (a row of %.40s points nowhere): take it "
		    "from a backup",
		    r->path, text);
	free(text);
	if (rc == 0 && got != SQLITE_OK)
		rc = reader_failed(r, got, e);
	return reader_end(r, rc, e);
}

static void
own_run(struct trace_run *to, const struct trace_run *from)
{
	*to = *from;
	to->title = mem_str(from->title);
	to->kind = mem_str(from->kind);
	to->policy = mem_str(from->policy);
	to->machine = mem_str(from->machine);
	to->source = mem_str(from->source);
	to->version = mem_str(from->version);
	to->note = mem_str(from->note);
}

static void
disown_run(struct trace_run *run)
{
	free(run->title);
	free(run->kind);
	free(run->policy);
	free(run->machine);
	free(run->source);
	free(run->version);
	free(run->note);
}

struct listing {
	struct merge *merge;
	size_t input;
};

static bool
list_run(void *ctx, const struct store_run *run)
{
	struct listing *l = ctx;
	struct found *f =
	    MEM_PUSH(l->merge->runs, l->merge->n_runs, l->merge->cap_runs);

	f->input = l->input;
	f->was = run->id;
	f->has_hash = run->hash != 0;
	own_run(&f->about, &run->run);
	return true;
}

static int
examine_run(struct store_reader *r, struct found *f, struct err *e)
{
	struct trace *t = NULL;
	int rc, got;

	if ((rc = store_read_trace(r, f->was, &t, e)) < 0)
		return rc;
	f->hash = trace_hash(t);
	trace_free(t);
	got = ask_text(r->db, packets_sql, f->was, &f->packets);
	return got == SQLITE_OK ? 0 : reader_failed(r, got, e);
}

static int
examine_input(struct merge *m, size_t input, struct err *e)
{
	struct listing l = { m, input };
	struct store_reader *r = NULL;
	size_t i = m->n_runs;
	int rc;

	if ((rc = store_read_open(m->inputs[input], &r, e)) < 0)
		return rc;
	if ((rc = examine_file(r, e)) == 0)
		rc = store_read_runs(r, list_run, &l, e);
	for (; rc == 0 && i < m->n_runs; i++)
		rc = examine_run(r, &m->runs[i], e);
	store_read_close(r);
	return rc;
}

/* --- which of them the output has already --- */

/* Another run without a hash that looks the same: are its rows, too? */
static int
is_same_inside(struct store_reader *out, int64_t id, const struct found *f,
    bool *same, struct err *e)
{
	struct trace *t = NULL;
	char *packets = NULL;
	int rc, got;

	*same = false;
	if ((rc = store_read_trace(out, id, &t, e)) < 0)
		return rc;
	if (trace_hash(t) == f->hash) {
		got = ask_text(out->db, packets_sql, id, &packets);
		if (got != SQLITE_OK)
			rc = reader_failed(out, got, e);
		*same = rc == 0 && packets != NULL && f->packets != NULL &&
		    strcmp(packets, f->packets) == 0;
	}
	free(packets);
	trace_free(t);
	return rc;
}

static int
bind_known(sqlite3_stmt *stmt, const struct found *f)
{
	const struct trace_run *a = &f->about;
	char hash[17] = "";
	int64_t seed;
	int rc;

	memcpy(&seed, &a->seed, sizeof(seed));
	if (f->has_hash)
		snprintf(hash, sizeof(hash), "%016" PRIx64, f->hash);
	if ((rc = sqlite3_bind_text(stmt, 1, a->title, -1, SQLITE_STATIC)) !=
		SQLITE_OK ||
	    (rc = sqlite3_bind_text(stmt, 2, a->policy, -1, SQLITE_STATIC)) !=
		SQLITE_OK ||
	    (rc = sqlite3_bind_text(stmt, 3, a->source, -1, SQLITE_STATIC)) !=
		SQLITE_OK ||
	    (rc = sqlite3_bind_int64(stmt, 4, seed)) != SQLITE_OK)
		return rc;
	return sqlite3_bind_text(stmt, 5, hash, -1, SQLITE_TRANSIENT);
}

/* *id is that of the run in the output which is the same, or 0. */
static int
find_known(struct store_reader *out, const struct found *f, int64_t *id,
    struct err *e)
{
	static const char sql[] =
	    "SELECT id FROM run WHERE +title = ? AND policy = ? AND source = ?"
	    " AND seed = ? AND trace_hash = ? ORDER BY id"; /* by run_hash */
	sqlite3_stmt *stmt = NULL;
	bool same = false;
	int got, rc = 0;

	*id = 0;
	got = sqlite3_prepare_v2(out->db, sql, -1, &stmt, NULL);
	if (got == SQLITE_OK)
		got = bind_known(stmt, f);
	while (rc == 0 && !same && (got == SQLITE_OK || got == SQLITE_ROW)) {
		if ((got = sqlite3_step(stmt)) != SQLITE_ROW)
			break;
		*id = sqlite3_column_int64(stmt, 0);
		if (f->has_hash)
			same = true;
		else
			rc = is_same_inside(out, *id, f, &same, e);
	}
	if (!same)
		*id = 0;
	if (rc == 0 && !same && got != SQLITE_DONE)
		rc = reader_failed(out, got, e);
	sqlite3_finalize(stmt);
	return rc;
}

/* --- copying --- */

/* From an input to the output: a pair of statements for each table. */
struct copy {
	struct store *out;
	struct store_reader *known; /* reads the output */
	struct store_reader *in;
	sqlite3_stmt *from[TABLES + 1], *to[TABLES + 1]; /* the last: run */
};

static const char *
table_name(size_t i)
{
	return i == TABLES ? "run" : tables[i];
}

/* The columns of a table but the first, which is the run's number: ", "a",
 * "b"" and ", ?, ?". Those of our own schema: an input may say what it
 * wants. */
static int
list_columns(sqlite3 *db, const char *table, struct strbuf *names,
    struct strbuf *marks)
{
	sqlite3_stmt *stmt = NULL;
	int rc = sqlite3_prepare_v2(db,
	    "SELECT name FROM pragma_table_info(?) WHERE cid > 0 ORDER BY cid",
	    -1, &stmt, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_bind_text(stmt, 1, table, -1, SQLITE_STATIC);
	while (rc == SQLITE_OK && sqlite3_step(stmt) == SQLITE_ROW) {
		strbuf_addf(names, ", \"%s\"",
		    (const char *)sqlite3_column_text(stmt, 0));
		strbuf_adds(marks, ", ?");
	}
	sqlite3_finalize(stmt);
	return rc;
}

static int
prepare_table(struct copy *c, size_t i, struct err *e)
{
	const char *table = table_name(i), *id = i == TABLES ? "id" : "run";
	struct strbuf names = { 0 }, marks = { 0 }, sql = { 0 };
	int rc = 0, got;

	got = list_columns(c->out->db, table, &names, &marks);
	strbuf_addf(&sql, "INSERT INTO \"%s\" (%s%s) VALUES (?%s)", table, id,
	    strbuf_str(&names), strbuf_str(&marks));
	if (got == SQLITE_OK)
		got = sqlite3_prepare_v2(c->out->db, strbuf_str(&sql), -1,
		    &c->to[i], NULL);
	if (got != SQLITE_OK)
		rc = dbfile_error(c->out->db, got, c->out->path, e);
	strbuf_reset(&sql);
	strbuf_addf(&sql, "SELECT %s%s FROM \"%s\" WHERE %s = ?%s", id,
	    strbuf_str(&names), table, id, i == TABLES ? "" : " ORDER BY seq");
	if (rc == 0) {
		got = sqlite3_prepare_v2(c->in->db, strbuf_str(&sql), -1,
		    &c->from[i], NULL);
		if (got != SQLITE_OK)
			rc = reader_failed(c->in, got, e);
	}
	strbuf_fini(&names);
	strbuf_fini(&marks);
	strbuf_fini(&sql);
	return rc;
}

static void
close_input(struct copy *c)
{
	size_t i;

	for (i = 0; i <= TABLES; i++) {
		sqlite3_finalize(c->from[i]);
		sqlite3_finalize(c->to[i]);
		c->from[i] = c->to[i] = NULL;
	}
	store_read_close(c->in);
	c->in = NULL;
}

static int
open_input(struct copy *c, const char *path, struct err *e)
{
	size_t i;
	int rc = store_read_open(path, &c->in, e);

	for (i = 0; rc == 0 && i <= TABLES; i++)
		rc = prepare_table(c, i, e);
	return rc;
}

/* The row at which `from` stands; the run's number is bound already, or NULL
 * for SQLite to choose one. */
static int
copy_row(sqlite3_stmt *from, sqlite3_stmt *to)
{
	int i, rc = SQLITE_OK, n = sqlite3_column_count(from);

	for (i = 1; i < n && rc == SQLITE_OK; i++)
		rc = sqlite3_bind_value(to, i + 1,
		    sqlite3_column_value(from, i));
	if (rc == SQLITE_OK)
		rc = sqlite3_step(to);
	sqlite3_reset(to);
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* What the output's schema refuses is the input's fault. */
static int
output_failed(struct copy *c, int got, const char *table, int64_t was,
    struct err *e)
{
	if ((got & 0xff) == SQLITE_CONSTRAINT)
		return reader_damaged(c->in, was, table, e);
	return dbfile_error(c->out->db, got, c->out->path, e);
}

static int
copy_table(struct copy *c, size_t i, const struct found *f, size_t *rows,
    struct err *e)
{
	sqlite3_stmt *from = c->from[i], *to = c->to[i];
	int rc = 0, got, put = SQLITE_OK;

	if (i == TABLES)
		sqlite3_bind_null(to, 1);
	else
		sqlite3_bind_int64(to, 1, f->run);
	got = sqlite3_bind_int64(from, 1, f->was);
	while (put == SQLITE_OK && (got == SQLITE_OK || got == SQLITE_ROW)) {
		if ((got = sqlite3_step(from)) != SQLITE_ROW)
			break;
		put = copy_row(from, to);
		*rows += 1;
	}
	if (put != SQLITE_OK)
		rc = output_failed(c, put, table_name(i), f->was, e);
	else if (got != SQLITE_DONE)
		rc = reader_failed(c->in, got, e);
	sqlite3_reset(from);
	return rc;
}

static int
copy_tables(struct copy *c, struct found *f, struct err *e)
{
	size_t i, rows = 0;
	int rc = copy_table(c, TABLES, f, &rows, e);

	if (rc < 0)
		return rc;
	if (rows == 0)
		return err_set(e, ERR_BUSY,
		    "%s: was written to while it was read: try again",
		    c->in->path);
	f->run = sqlite3_last_insert_rowid(c->out->db);
	for (i = 0; i < TABLES && rc == 0; i++)
		rc = copy_table(c, i, f, &rows, e);
	return rc;
}

/* All tables as they are at one moment: a run may be growing. */
static int
copy_run(struct copy *c, struct found *f, struct err *e)
{
	int rc, got;

	got = sqlite3_exec(c->in->db, "SAVEPOINT copying", NULL, NULL, NULL);
	if (got != SQLITE_OK)
		return reader_failed(c->in, got, e);
	rc = reader_end(c->in, copy_tables(c, f, e), e);
	sqlite3_exec(c->in->db, "RELEASE copying", NULL, NULL, NULL);
	return rc;
}

static int
add_run(struct merge *m, struct copy *c, struct found *f, struct err *e)
{
	int rc;

	if ((m->flags & MERGE_ALL) == 0) {
		if ((rc = find_known(c->known, f, &f->run, e)) < 0)
			return rc;
		if ((f->known = f->run != 0))
			return 0;
	}
	return copy_run(c, f, e);
}

static int
add_runs(struct merge *m, struct copy *c, struct err *e)
{
	size_t i, input = SIZE_MAX;
	int rc = 0;

	for (i = 0; i < m->n_runs && rc == 0; i++) {
		if (m->runs[i].input != input) {
			close_input(c);
			input = m->runs[i].input;
			rc = open_input(c, m->inputs[input], e);
		}
		if (rc == 0)
			rc = add_run(m, c, &m->runs[i], e);
	}
	close_input(c);
	return rc;
}

/* Adds everything to the file, which is made if it is not there. */
static int
write_output(struct merge *m, const char *path, struct err *e)
{
	struct copy c = { 0 };
	int rc;

	if ((rc = store_open(path, 0, &c.out, e)) < 0)
		return rc;
	c.known = store_read_share(c.out);
	if ((rc = store_begin(c.out, e)) == 0 && (rc = add_runs(m, &c, e)) == 0)
		rc = store_commit(c.out, e);
	store_read_close(c.known);
	store_close(c.out);
	return rc;
}

/* --- an output that does not exist --- */

static int
publish(const char *draft, const char *path, struct err *e)
{
	if (link(draft, path) == 0)
		return 0;
	if (errno == EEXIST)
		return err_set(e, ERR_BUSY,
		    "%s: was made by another process meanwhile: try again",
		    path);
	/* A file system without hard links. */
	if (rename(draft, path) < 0)
		return err_sys(e, errno, "%s", path);
	return 0;
}

static void
remove_draft(const char *draft)
{
	static const char *const suffixes[] = { "", "-wal", "-shm" };
	struct strbuf name = { 0 };
	size_t i;

	for (i = 0; i < 3; i++) {
		strbuf_reset(&name);
		strbuf_addf(&name, "%s%s", draft, suffixes[i]);
		unlink(strbuf_str(&name));
	}
	strbuf_fini(&name);
}

/* The user knows the output by its own name. */
static void
hide_suffix(struct err *e, const char *suffix)
{
	char *at = e == NULL ? NULL : strstr(e->text, suffix);

	if (at != NULL)
		memmove(at, at + strlen(suffix),
		    strlen(at + strlen(suffix)) + 1);
}

/* Nobody sees it before it is whole, and a failure leaves nothing. */
static int
make_output(struct merge *m, struct err *e)
{
	struct strbuf draft = { 0 };
	char suffix[40];
	int rc;

	snprintf(suffix, sizeof(suffix), ".merge-%ld", (long)getpid());
	strbuf_addf(&draft, "%s%s", m->output, suffix);
	remove_draft(strbuf_str(&draft)); /* of one that was killed */
	rc = write_output(m, strbuf_str(&draft), e);
	if (rc == 0)
		rc = publish(strbuf_str(&draft), m->output, e);
	else
		hide_suffix(e, suffix);
	remove_draft(strbuf_str(&draft));
	strbuf_fini(&draft);
	return rc;
}

static int
merge(struct merge *m, struct err *e)
{
	struct err why;
	size_t i;
	int rc;

	if ((rc = refuse_output_as_input(m, e)) < 0)
		return rc;
	for (i = 0; i < m->n_inputs; i++)
		if ((rc = examine_input(m, i, e)) < 0)
			return rc;
	if (m->n_runs == 0)
		return 0; /* and no output is made of it */
	rc = dbfile_check(m->output, &why);
	if (rc == ERR_NOTFOUND)
		return make_output(m, e);
	if (rc == 0)
		return write_output(m, m->output, e);
	if (e != NULL)
		*e = why;
	return rc;
}

int
merge_stores(const char *output, const char *const *inputs, size_t n,
    unsigned flags, merge_fn *fn, void *ctx, struct err *e)
{
	struct merge m = { .output = output,
		.inputs = inputs,
		.n_inputs = n,
		.flags = flags };
	int rc = merge(&m, e);
	size_t i;

	for (i = 0; i < m.n_runs; i++) {
		struct found *f = &m.runs[i];
		const struct merge_run told = { f->input, f->was, f->run,
			f->known, &f->about };

		if (rc == 0)
			fn(ctx, &told);
		disown_run(&f->about);
		free(f->packets);
	}
	free(m.runs);
	return rc;
}
