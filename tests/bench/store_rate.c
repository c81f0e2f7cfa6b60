/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes records into a new store, for bench_store.sh to measure.
 *
 *	store_rate HOW RECORDS BATCH FILE
 *
 * HOW is "product": into a trace, and with live_append() in batches, decoded,
 * as a recorder does; or "bare": with nothing but a prepared statement for
 * the same columns, with the same schema, settings and transactions, values
 * at hand. Both write the same rows. The records are those of real kernels.
 */
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "db/container.h"
#include "db/dbfile.h"
#include "db/live.h"
#include "db/recording.h"
#include "db/store.h"
#include "event/devline.h"

#define TEXTS 4 /* system, subsystem, type, device */

struct sample {
	const char *raw;
	size_t bytes;
	const char *kind;
	char *texts[TEXTS]; /* decoded; NULL when it has none */
	size_t text_bytes[TEXTS];
};

struct samples {
	struct container *from;
	struct recording **recordings; /* which the samples point into */
	size_t n_recordings, cap_recordings;
	struct sample *list;
	size_t n, cap;
};

static void
die(const char *what)
{
	fprintf(stderr, "store_rate: %s\n", what);
	exit(3);
}

static void
add_sample(struct samples *s, const struct recording_record *r,
    struct devline *line)
{
	static const char *const keys[TEXTS] = { "system", "subsystem", "type",
		"device-name" };
	struct sample *to = MEM_PUSH(s->list, s->n, s->cap);
	int i;

	devline_parse(line, r->raw, r->raw_bytes);
	to->raw = r->raw;
	to->bytes = r->raw_bytes;
	to->kind = devline_kind_word(line->kind);
	for (i = 0; i < TEXTS; i++) {
		to->texts[i] = mem_str(devline_get(line, keys[i]));
		if (to->texts[i] != NULL)
			to->text_bytes[i] = strlen(to->texts[i]);
	}
}

static void
read_samples(struct samples *s)
{
	struct devline line = { 0 };
	struct err e;
	size_t i, k;

	if (container_read("fixtures/recordings/freebsd-hn.rec", &s->from, &e) <
	    0)
		die(e.text);
	for (i = 0; i < s->from->n_sections; i++) {
		const struct container_section *c = &s->from->sections[i];
		struct recording *r = recording_new("r", "");

		*MEM_PUSH(s->recordings, s->n_recordings, s->cap_recordings) =
		    r;
		if (strstr(c->name, ".log") == NULL ||
		    !recording_parse(r, "r", 1, c->data, c->bytes, NULL))
			continue;
		for (k = 0; k < r->n_records; k++)
			add_sample(s, &r->records[k], &line);
	}
	devline_fini(&line);
	if (s->n == 0)
		die("no records");
}

static void
free_samples(struct samples *s)
{
	size_t i;
	int k;

	for (i = 0; i < s->n; i++)
		for (k = 0; k < TEXTS; k++)
			free(s->list[i].texts[k]);
	free(s->list);
	for (i = 0; i < s->n_recordings; i++)
		recording_free(s->recordings[i]);
	free(s->recordings);
	container_free(s->from);
}

static int64_t
begin_run(const char *path, struct store **s, struct live **l, struct trace *t)
{
	struct err e;
	int64_t id = 0;

	if (store_open(path, 0, s, &e) < 0 ||
	    live_open(*s, &t->run, &id, l, &e) < 0)
		die(e.text);
	return id;
}

static void
write_product(const struct samples *s, size_t records, size_t batch,
    const char *path)
{
	struct trace *t = trace_new();
	struct store *store = NULL;
	struct live *l = NULL;
	struct err e;
	size_t i;

	begin_run(path, &store, &l, t);
	for (i = 0; i < records; i++) {
		const struct sample *from = &s->list[i % s->n];
		int32_t row;

		row = trace_add_record(t, (int64_t)i, from->raw, from->bytes);
		t->records[row].read_ns = (int64_t)i + 1;
		t->records[row].fate = TRACE_RECORD_READ;
		if ((i + 1) % batch == 0 || i + 1 == records)
			if (live_append(l, t, (int64_t)i, &e) < 0)
				die(e.text);
	}
	live_free(l);
	store_close(store);
	trace_free(t);
}

static void
run_sql(sqlite3 *db, const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		die(sqlite3_errmsg(db));
}

static void
bind_text(sqlite3_stmt *stmt, int column, const char *text, size_t bytes)
{
	if (text == NULL)
		sqlite3_bind_null(stmt, column);
	else
		sqlite3_bind_text(stmt, column, text, (int)bytes,
		    SQLITE_STATIC);
}

static void
put_row(sqlite3_stmt *stmt, int64_t run, size_t i, const struct sample *from)
{
	int k;

	sqlite3_bind_int64(stmt, 1, run);
	sqlite3_bind_int64(stmt, 2, (int64_t)i);
	sqlite3_bind_int64(stmt, 3, (int64_t)i);
	sqlite3_bind_int64(stmt, 4, (int64_t)i + 1);
	bind_text(stmt, 5, "read", 4);
	sqlite3_bind_blob(stmt, 6, from->raw, (int)from->bytes, SQLITE_STATIC);
	sqlite3_bind_int64(stmt, 7, 0);
	bind_text(stmt, 8, from->kind, strlen(from->kind));
	for (k = 0; k < TEXTS; k++)
		bind_text(stmt, 9 + k, from->texts[k], from->text_bytes[k]);
	if (sqlite3_step(stmt) != SQLITE_DONE)
		die("a row was refused");
	sqlite3_reset(stmt);
}

static void
write_bare(const struct samples *s, size_t records, size_t batch,
    const char *path)
{
	static const char insert[] =
	    "INSERT INTO record (run, seq, emit_ns, read_ns, fate, raw,"
	    " no_newline, kind, system, subsystem, type, device)"
	    " VALUES (?,?,?,?,?,?,?,?,?,?,?,?)";
	struct trace *t = trace_new();
	struct store *store = NULL;
	struct live *l = NULL;
	sqlite3_stmt *stmt = NULL;
	sqlite3 *db = NULL;
	int64_t run = begin_run(path, &store, &l, t);
	size_t i;

	live_free(l);
	store_close(store);
	trace_free(t);
	if (sqlite3_open_v2(path, &db,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
		NULL) != SQLITE_OK ||
	    dbfile_configure(db) != SQLITE_OK ||
	    sqlite3_prepare_v3(db, insert, -1, SQLITE_PREPARE_PERSISTENT, &stmt,
		NULL) != SQLITE_OK)
		die(sqlite3_errmsg(db));
	for (i = 0; i < records; i++) {
		if (i % batch == 0)
			run_sql(db, "BEGIN IMMEDIATE");
		put_row(stmt, run, i, &s->list[i % s->n]);
		if ((i + 1) % batch == 0 || i + 1 == records)
			run_sql(db, "COMMIT");
	}
	sqlite3_finalize(stmt);
	sqlite3_close(db);
}

int
main(int argc, char **argv)
{
	struct samples s = { 0 };
	size_t records, batch;

	if (argc != 5)
		die("usage: store_rate product|bare RECORDS BATCH FILE");
	records = strtoul(argv[2], NULL, 10);
	batch = strtoul(argv[3], NULL, 10);
	if (batch == 0)
		die("a batch of nothing");
	read_samples(&s);
	if (strcmp(argv[1], "product") == 0)
		write_product(&s, records, batch, argv[4]);
	else
		write_bare(&s, records, batch, argv[4]);
	free_samples(&s);
	return 0;
}
