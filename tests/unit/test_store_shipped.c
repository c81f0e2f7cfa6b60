/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The stores that are kept of every schema version. The newest one holds what
 * fill_store() below makes, and this writes the file for a new version:
 *
 *	SHIP=fixtures/db/v3.db build/unit/test_store_shipped
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "db/live.h"
#include "db/store.h"
#include "db/store_read.h"
#include "sample_trace.h"

/* Remarks, other precisions, a cut end: lines that are no records. */
static const char remarks[] = "# seen on a console\n\n1.5 !a\n2 n=6\n"
			      "3.000000001 !system=X subsystem=y type=z";

static void
add_imported(struct store *s, struct recording *r)
{
	struct trace *t = recording_trace(r);
	struct err e = { 0 };

	if (store_add_recording(s, r, t, NULL, &e) < 0)
		fail_msg("%s", e.text);
	trace_free(t);
	recording_free(r);
}

static void
add_section(struct store *s, const char *spec)
{
	struct recording *r = NULL;
	struct err e = { 0 };

	if (recording_load(spec, &r, &e) < 0)
		fail_msg("%s", e.text);
	add_imported(s, r);
}

/* Two pieces and no end. */
static void
add_live(struct store *s)
{
	static const char packet[] = "\x00\x0d\x3a\xf5\x76\xbd and so on";
	struct trace *t = sample_trace();
	struct live *l = NULL;
	struct err e = { 0 };
	int32_t hn0 = 0, peer = 0;
	int64_t id;

	free(t->run.kind);
	t->run.kind = mem_str("recorded");
	if (live_open(s, &t->run, &id, &l, &e) < 0 ||
	    live_place(l, "hn0", 1, 96, &hn0, &e) < 0 ||
	    live_place(l, "peer", 101, UINT32_MAX, &peer, &e) < 0)
		fail_msg("%s", e.text);
	live_packet(l, hn0, 1, 1500, packet, sizeof(packet));
	live_packet(l, peer, 2, UINT32_MAX, "", 0);
	assert_int_equal(live_append(l, t, 10, &e), 0);
	trace_add_mark(t, 11, "later");
	live_packet(l, hn0, 11, sizeof(packet), packet, sizeof(packet));
	assert_int_equal(live_append(l, t, 20, &e), 0);
	live_free(l);
	trace_free(t);
}

/* Makes the file; each table gets a row. */
static void
fill_store(const char *path)
{
	struct recording *r = recording_new("remarks", "remarks.log");
	struct trace *t = sample_trace();
	struct store *s = NULL;
	struct err e = { 0 };

	if (store_open(path, 0, &s, &e) < 0 ||
	    store_add_trace(s, t, NULL, &e) < 0)
		fail_msg("%s", e.text);
	add_section(s, "fixtures/recordings/freebsd-hn.rec#b_unplug_1");
	add_section(s, "fixtures/recordings/freebsd-devctl.rec#l_devd_seq");
	assert_true(recording_parse(r, "remarks.log", 1, remarks,
	    sizeof(remarks) - 1, NULL));
	add_imported(s, r);
	add_live(s);
	store_close(s);
	trace_free(t);
}

static struct store_reader *
open_reader(const char *path)
{
	struct store_reader *r = NULL;
	struct err e = { 0 };

	if (store_read_open(path, &r, &e) < 0)
		fail_msg("%s", e.text);
	return r;
}

/* Every value is shown, also a NUL within a text. */
static bool
collect(void *ctx, int count, const char *const *names,
    const struct store_value *v)
{
	size_t k;
	int i;

	(void)names;
	for (i = 0; v != NULL && i < count; i++) {
		strbuf_addf(ctx, "%d:", (int)v[i].type);
		if (v[i].type == STORE_INTEGER)
			strbuf_addf(ctx, "%lld", (long long)v[i].integer);
		for (k = 0; k < v[i].bytes; k++)
			strbuf_addf(ctx, v[i].data[k] >= ' ' ? "%c" : "<%02x>",
			    (unsigned char)v[i].data[k]);
		strbuf_addc(ctx, '|');
	}
	if (v != NULL)
		strbuf_addc(ctx, '\n');
	return true;
}

static char *
ask(struct store_reader *r, const char *sql)
{
	struct strbuf out = { 0 };
	struct err e = { 0 };

	if (store_read_query(r, sql, collect, &out, &e) < 0)
		fail_msg("%s: %s", sql, e.text);
	strbuf_add(&out, "", 0);
	return strbuf_take(&out);
}

static void
assert_answer(struct store_reader *r, const char *sql, const char *want)
{
	char *got = ask(r, sql);

	assert_string_equal(got, want);
	free(got);
}

static void
assert_same_answer(struct store_reader *a, struct store_reader *b,
    const char *sql)
{
	char *one = ask(a, sql), *two = ask(b, sql);

	if (one[0] == '\0')
		fail_msg("%s: no row", sql);
	assert_string_equal(one, two);
	free(one);
	free(two);
}

static void
shipped_name(char *name, size_t size, int version)
{
	snprintf(name, size, "fixtures/db/v%d.db", version);
}

/* Nobody changes the schema, the samples or the file without the others. */
static void
the_newest_one_has_rows_in_every_table(void **state)
{
	static const char *const tables[] = { "record", "verbatim", "firing",
		"operation", "command", "state", "mark", "stimulus", "note",
		"hint", "reach", "probe", "gap", "oddity", "setup", "decision",
		"place", "packet", "check" };
	char folder[] = "/tmp/switchback-shipped.XXXXXX", path[64], name[64];
	struct store_reader *shipped, *fresh;
	size_t i, n = sizeof(tables) / sizeof(tables[0]);

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/new.db", folder);
	fill_store(path);
	shipped_name(name, sizeof(name), STORE_VERSION);
	shipped = open_reader(name);
	fresh = open_reader(path);
	assert_same_answer(shipped, fresh,
	    "SELECT id, kind, title, policy, machine, source, note, seed,"
	    " start_ns, end_ns, complete, trace_hash FROM run ORDER BY id");
	for (i = 0; i < n; i++) {
		char sql[64];

		snprintf(sql, sizeof(sql), "SELECT * FROM \"%s\" ORDER BY 1, 2",
		    tables[i]);
		assert_same_answer(shipped, fresh, sql);
	}
	/* With run and version, the 19 above are all. */
	assert_answer(fresh,
	    "SELECT count(*) FROM sqlite_schema WHERE type = 'table'",
	    "1:21|\n");
	store_read_close(shipped);
	store_read_close(fresh);
	assert_int_equal(remove(path), 0);
	assert_int_equal(rmdir(folder), 0);
}

/* The sample as version 1 could hold it. */
static char *
dump_of_version_1(void)
{
	static const char *const newer[] = { "hint ", "reach ", "oddity ",
		"setup ", "decision " };
	struct trace *t = sample_trace();
	struct strbuf all = { 0 }, old = { 0 };
	const char *line, *end;
	size_t i;

	t->probes[0].first_ns = t->probes[0].last_ns = 0;
	t->probes[0].late = 0;
	trace_dump(t, &all);
	for (line = strbuf_str(&all); *line != '\0'; line = end) {
		end = strchr(line, '\n') + 1;
		for (i = 0; i < 5; i++)
			if (strncmp(line, newer[i], strlen(newer[i])) == 0)
				break;
		if (i == 5)
			strbuf_add(&old, line, (size_t)(end - line));
	}
	strbuf_fini(&all);
	trace_free(t);
	return strbuf_take(&old);
}

static void
assert_version_1(struct store_reader *r)
{
	char *want = dump_of_version_1(), *got;
	struct strbuf out = { 0 };
	struct trace *t = NULL;
	struct err e = { 0 };

	if (store_read_trace(r, 1, &t, &e) < 0)
		fail_msg("%s", e.text);
	trace_dump(t, &out);
	got = strbuf_take(&out);
	assert_string_equal(got, want);
	assert_false(t->run.cut);
	assert_answer(r, "SELECT * FROM probe",
	    "1:1|1:0|3:p4|3:echo|1:1000000|1:0|1:0|1:10|1:7|1:2|1:1|1:-1|1:0|"
	    "1:0|1:4000000|1:2000000|\n");
	assert_answer(r,
	    "SELECT g.probe, g.state, g.record, p.name FROM gap g JOIN probe p"
	    " ON p.run = g.run AND p.seq = g.probe",
	    "1:0|1:2|1:0|3:p4|\n");
	assert_answer(r, "SELECT count(*), sum(complete) FROM run",
	    "1:3|1:3|\n");
	assert_answer(r, "SELECT count(*) FROM packet", "1:0|\n");
	assert_answer(r, "PRAGMA foreign_key_check", "");
	assert_answer(r, "PRAGMA user_version", "1:2|\n");
	assert_answer(r, "SELECT schema FROM version", "1:2|\n");
	free(got);
	free(want);
	trace_free(t);
}

static void
one_of_version_1_is_read_as_it_is(void **state)
{
	struct store_reader *r = open_reader("fixtures/db/v1.db");

	(void)state;
	assert_version_1(r);
	store_read_close(r);
}

static void
one_of_version_1_keeps_its_rows_when_it_is_brought_up_to_date(void **state)
{
	char folder[] = "/tmp/switchback-shipped.XXXXXX", path[64];
	struct store_reader *r;
	struct store *s = NULL;
	struct err e = { 0 };
	size_t bytes;
	char *data;
	FILE *f;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/old.db", folder);
	data = sample_file("fixtures/db/v1.db", &bytes);
	f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, bytes, f), bytes);
	assert_int_equal(fclose(f), 0);
	free(data);
	if (store_open(path, 0, &s, &e) < 0)
		fail_msg("%s", e.text);
	r = store_read_share(s);
	assert_version_1(r);
	add_live(s);
	assert_answer(r, "SELECT run, count(*) FROM packet", "1:4|1:3|\n");
	store_read_close(r);
	store_close(s);
	r = open_reader(path);
	assert_answer(r, "PRAGMA integrity_check", "3:ok|\n");
	store_read_close(r);
	assert_int_equal(remove(path), 0);
	assert_int_equal(rmdir(folder), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_newest_one_has_rows_in_every_table),
		cmocka_unit_test(one_of_version_1_is_read_as_it_is),
		cmocka_unit_test(
		    one_of_version_1_keeps_its_rows_when_it_is_brought_up_to_date),
	};
	const char *ship = getenv("SHIP");

	if (ship != NULL) {
		remove(ship);
		fill_store(ship);
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
