/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/wait.h>

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "base/mem.h"
#include "base/prng.h"
#include "db/live.h"
#include "db/merge.h"
#include "db/store.h"
#include "db/store_read.h"
#include "sample_trace.h"

#define FILES 3

/* Some stores in a folder, and what the merge told. */
struct rig {
	char folder[64];
	char paths[FILES][96];
	const char *inputs[FILES];
	struct strbuf told;
};

static int
make_rig(void **state)
{
	struct rig *r = mem_zero(1, sizeof(*r));
	int i;

	snprintf(r->folder, sizeof(r->folder), "/tmp/switchback-merge.XXXXXX");
	if (mkdtemp(r->folder) == NULL)
		return -1;
	for (i = 0; i < FILES; i++) {
		char *path = r->paths[i];

		snprintf(path, sizeof(r->paths[i]), "/tmp/%s/%d.db",
		    strrchr(r->folder, '/') + 1, i);
		r->inputs[i] = r->paths[i];
	}
	*state = r;
	return 0;
}

static int
free_rig(void **state)
{
	struct rig *r = *state;
	int i, rc;

	for (i = 0; i < FILES; i++)
		remove(r->paths[i]);
	/* Fails when a file was left there that nobody knows of. */
	rc = rmdir(r->folder);
	strbuf_fini(&r->told);
	free(r);
	return rc;
}

static void
change(const char *path, const char *sql)
{
	sqlite3 *db = NULL;
	char *why = NULL;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s: %s", sql, why);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* A run of two pieces with a packet each, whose byte is `letter`. */
static void
record_live(const char *path, const char *letter, bool end)
{
	struct trace *t = sample_trace();
	struct store *s = NULL;
	struct live *l = NULL;
	struct err e = { 0 };
	int32_t place = 0;
	int64_t id;

	if (store_open(path, 0, &s, &e) < 0 ||
	    live_open(s, &t->run, &id, &l, &e) < 0 ||
	    live_place(l, "hn0", 1, 96, &place, &e) < 0)
		fail_msg("%s", e.text);
	live_packet(l, place, 5, 1500, letter, (uint32_t)strlen(letter));
	assert_int_equal(live_append(l, t, 10, &e), 0);
	trace_add_mark(t, 11, "later");
	live_packet(l, place, 11, 60, letter, (uint32_t)strlen(letter));
	assert_int_equal(live_append(l, t, 20, &e), 0);
	if (end)
		assert_int_equal(live_end(l, 20, &e), 0);
	live_free(l);
	store_close(s);
	trace_free(t);
}

static void
store_sample(const char *path)
{
	struct trace *t = sample_trace();
	struct store *s = NULL;
	struct err e = { 0 };

	if (store_open(path, 0, &s, &e) < 0 ||
	    store_add_trace(s, t, NULL, &e) < 0)
		fail_msg("%s", e.text);
	store_close(s);
	trace_free(t);
}

static void
tell(void *ctx, const struct merge_run *run)
{
	strbuf_addf(ctx, "%zu:%lld=%s%lld ", run->input, (long long)run->was,
	    run->known ? "known " : "", (long long)run->run);
	assert_non_null(run->about->title);
}

static int
merge(struct rig *r, size_t n, unsigned flags, struct err *e)
{
	strbuf_reset(&r->told);
	return merge_stores(r->paths[0], &r->inputs[1], n, flags, tell,
	    &r->told, e);
}

static void
assert_merged(struct rig *r, size_t n, unsigned flags, const char *want)
{
	struct err e = { 0 };

	if (merge(r, n, flags, &e) < 0)
		fail_msg("%s", e.text);
	assert_string_equal(strbuf_str(&r->told), want);
}

static void
assert_refused(struct rig *r, size_t n, int code, const char *why)
{
	struct err e = { 0 };

	assert_int_equal(merge(r, n, 0, &e), code);
	if (strstr(e.text, why) == NULL)
		fail_msg("%s", e.text);
	assert_string_equal(strbuf_str(&r->told), "");
}

static bool
collect(void *ctx, int count, const char *const *names,
    const struct store_value *v)
{
	int i;

	(void)names;
	for (i = 0; v != NULL && i < count; i++)
		if (v[i].type == STORE_INTEGER)
			strbuf_addf(ctx, "%lld ", (long long)v[i].integer);
		else
			strbuf_addf(ctx, "%.*s ", (int)v[i].bytes, v[i].data);
	return true;
}

static void
assert_answer(const char *path, const char *sql, const char *want)
{
	struct store_reader *r = NULL;
	struct strbuf out = { 0 };
	struct err e = { 0 };

	if (store_read_open(path, &r, &e) < 0 ||
	    store_read_query(r, sql, collect, &out, &e) < 0)
		fail_msg("%s: %s", sql, e.text);
	assert_string_equal(strbuf_str(&out), want);
	strbuf_fini(&out);
	store_read_close(r);
}

static const char *const every_table[] = { "record", "firing", "operation",
	"command", "state", "mark", "stimulus", "note", "hint", "reach",
	"probe", "gap", "oddity", "setup", "decision", "place", "packet",
	"check" };

/* All columns of all rows of a run, as text. */
static char *
rows_of(const char *path, int run)
{
	struct store_reader *r = NULL;
	struct strbuf out = { 0 };
	struct err e = { 0 };
	char sql[96];
	size_t i;

	if (store_read_open(path, &r, &e) < 0)
		fail_msg("%s", e.text);
	for (i = 0; i < sizeof(every_table) / sizeof(*every_table); i++) {
		strbuf_addf(&out, "\n%s: ", every_table[i]);
		snprintf(sql, sizeof(sql),
		    "SELECT * FROM \"%s\" WHERE run = %d ORDER BY seq",
		    every_table[i], run);
		if (store_read_query(r, sql, collect, &out, &e) < 0)
			fail_msg("%s: %s", sql, e.text);
	}
	store_read_close(r);
	return strbuf_take(&out);
}

static void
every_row_of_every_table_is_copied(void **state)
{
	struct rig *r = *state;
	char *a, *b;

	record_live(r->paths[1], "x", true);
	assert_merged(r, 1, 0, "0:1=1 ");
	a = rows_of(r->paths[1], 1);
	b = rows_of(r->paths[0], 1);
	assert_string_equal(a, b);
	assert_null(strstr(a, ": \n")); /* no table without rows */
	free(a);
	free(b);
	assert_answer(r->paths[0],
	    "SELECT complete, trace_hash, end_ns FROM run", "1  20 ");
}

/* They have no hash, so their rows are compared. */
static void
runs_written_piece_by_piece_are_known_by_their_rows(void **state)
{
	struct rig *r = *state;

	record_live(r->paths[1], "x", true);
	record_live(r->paths[2], "x", true);
	record_live(r->paths[2], "x", false);
	record_live(r->paths[2], "longer", true);
	assert_merged(r, 2, 0, "0:1=1 1:1=known 1 1:2=2 1:3=3 ");
	assert_merged(r, 2, 0,
	    "0:1=known 1 1:1=known 1 1:2=known 2 1:3=known 3 ");
	assert_merged(r, 1, MERGE_ALL, "0:1=4 ");
	assert_answer(r->paths[0], "SELECT count(*) FROM packet", "8 ");
	assert_answer(r->paths[0],
	    "SELECT max(length(data)) FROM packet WHERE run = 3", "6 ");
}

static void
the_same_run_of_another_title_policy_seed_or_source_is_another(void **state)
{
	struct rig *r = *state;
	int i;

	for (i = 0; i < 3; i++)
		store_sample(r->paths[1]);
	change(r->paths[1], "UPDATE run SET source = 'b.scn' WHERE id = 2");
	assert_merged(r, 1, 0, "0:1=1 0:2=2 0:3=known 1 ");
}

static void
runs_are_numbered_on(void **state)
{
	struct rig *r = *state;

	store_sample(r->paths[1]);
	change(r->paths[1],
	    "PRAGMA foreign_keys = OFF;"
	    "UPDATE run SET id = 70; UPDATE record SET run = 70;"
	    "UPDATE firing SET run = 70; UPDATE operation SET run = 70;"
	    "UPDATE command SET run = 70; UPDATE state SET run = 70;"
	    "UPDATE mark SET run = 70; UPDATE stimulus SET run = 70;"
	    "UPDATE note SET run = 70; UPDATE hint SET run = 70;"
	    "UPDATE reach SET run = 70; UPDATE probe SET run = 70;"
	    "UPDATE gap SET run = 70; UPDATE oddity SET run = 70;"
	    "UPDATE setup SET run = 70; UPDATE decision SET run = 70;"
	    "UPDATE \"check\" SET run = 70");
	store_sample(r->paths[1]);
	assert_merged(r, 1, MERGE_ALL, "0:70=1 0:71=2 ");
	assert_merged(r, 1, MERGE_ALL, "0:70=3 0:71=4 ");
	assert_answer(r->paths[0], "PRAGMA foreign_key_check", "");
}

/* Of what is wrong with the last input, nothing of the first is left. */
static void
a_damaged_input_is_named_and_the_output_is_as_it_was(void **state)
{
	static const struct {
		const char *sql, *why;
	} wrongs[] = {
		{ "UPDATE mark SET name = 'other'", "run 1 is damaged" },
		{ "PRAGMA foreign_keys = OFF; UPDATE firing SET record = 77",
		    "2.db: is damaged (a row of firing points nowhere)" },
		{ "PRAGMA ignore_check_constraints = ON;"
		  "UPDATE record SET fate = 'lost'",
		    "2.db: run 1 is damaged (record)" },
		{ "ALTER TABLE mark RENAME COLUMN name TO nom",
		    "2.db: no such column: name" },
		{ "DROP TABLE packet", "2.db: is damaged (tables" },
	};
	struct rig *r = *state;
	size_t i;

	store_sample(r->paths[1]);
	for (i = 0; i < sizeof(wrongs) / sizeof(wrongs[0]); i++) {
		remove(r->paths[2]);
		store_sample(r->paths[2]);
		change(r->paths[2], wrongs[i].sql);
		assert_refused(r, 2, ERR_INPUT, wrongs[i].why);
		assert_int_equal(access(r->paths[0], F_OK), -1);
	}
	assert_merged(r, 1, 0, "0:1=1 ");
	assert_refused(r, 2, ERR_INPUT, "2.db");
	assert_answer(r->paths[0], "SELECT count(*) FROM run", "1 ");
}

/* What a trace does not hold is examined when it is copied. */
static void
what_the_output_refuses_is_the_inputs_fault(void **state)
{
	struct rig *r = *state;

	record_live(r->paths[2], "x", true);
	store_sample(r->paths[1]);
	change(r->paths[2],
	    "DROP TABLE packet; CREATE TABLE packet (run, seq, at_ns, place,"
	    " wire_bytes, data); INSERT INTO packet VALUES (1, 0, 5, 9, 1, "
	    "x'')");
	assert_refused(r, 2, ERR_INPUT, "2.db: run 1 is damaged (packet)");
	assert_int_equal(access(r->paths[0], F_OK), -1);
	assert_merged(r, 1, 0, "0:1=1 ");
	assert_refused(r, 2, ERR_INPUT, "2.db: run 1 is damaged (packet)");
	assert_answer(r->paths[0], "SELECT count(*) FROM run", "1 ");
}

static void
an_output_somebody_writes_to_is_waited_for_and_then_named(void **state)
{
	struct rig *r = *state;
	sqlite3 *db = NULL;

	store_sample(r->paths[1]);
	store_sample(r->paths[0]);
	assert_int_equal(sqlite3_open(r->paths[0], &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL),
	    SQLITE_OK);
	assert_refused(r, 1, ERR_BUSY, "0.db: another process holds it");
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* As far as it has come: a recorder is at work. */
static void
a_run_that_is_being_written_is_copied_as_far_as_it_is(void **state)
{
	struct rig *r = *state;
	struct trace *t = sample_trace();
	struct store *s = NULL;
	struct live *l = NULL;
	struct err e = { 0 };
	int64_t id;

	assert_int_equal(store_open(r->paths[1], 0, &s, &e), 0);
	assert_int_equal(live_open(s, &t->run, &id, &l, &e), 0);
	assert_int_equal(live_append(l, t, 10, &e), 0);
	assert_merged(r, 1, 0, "0:1=1 ");
	trace_add_mark(t, 11, "later");
	assert_int_equal(live_append(l, t, 11, &e), 0);
	assert_merged(r, 1, 0, "0:1=2 ");
	assert_answer(r->paths[0],
	    "SELECT complete, (SELECT count(*) FROM mark WHERE run = id)"
	    " FROM run",
	    "0 1 0 2 ");
	live_free(l);
	store_close(s);
	trace_free(t);
}

static void
remove_with_log(const char *path)
{
	static const char *const suffixes[] = { "", "-wal", "-shm",
		"-journal" };
	char name[160];
	size_t i;

	for (i = 0; i < 4; i++) {
		snprintf(name, sizeof(name), "%s%s", path, suffixes[i]);
		remove(name);
	}
}

/* 0 also when there is no file. Opened for writing: that is what follows a
 * crash. */
static int64_t
count_runs(const char *path)
{
	struct strbuf out = { 0 };
	struct store_reader *r;
	struct store *s = NULL;
	struct err e = { 0 };
	int64_t n;
	int rc = store_open(path, STORE_MUST_EXIST, &s, &e);

	if (rc == ERR_NOTFOUND)
		return 0;
	if (rc < 0)
		fail_msg("%s", e.text);
	r = store_read_share(s);
	assert_int_equal(store_read_query(r, "SELECT count(*) FROM run",
			     collect, &out, &e),
	    0);
	n = strtol(strbuf_str(&out), NULL, 10);
	strbuf_fini(&out);
	store_read_close(r);
	store_close(s);
	return n;
}

/* Starts a merge in a process of its own. */
static pid_t
start_merge(struct rig *r)
{
	pid_t child = fork();
	struct err e;

	if (child == 0)
		_exit(merge(r, 1, MERGE_ALL, &e) == 0 ? 0 : 1);
	assert_true(child > 0);
	return child;
}

static void
spin(unsigned turns)
{
	volatile unsigned left = turns;

	while (left > 0)
		left--;
}

#define LAP 10000 /* turns */

/* How many turns a whole merge takes. */
static unsigned
time_merge(struct rig *r)
{
	pid_t child = start_merge(r);
	unsigned turns = 0;
	int status;

	while (waitpid(child, &status, WNOHANG) == 0) {
		spin(LAP);
		turns += LAP;
	}
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	return turns;
}

static void
merge_and_kill(struct rig *r, unsigned turns)
{
	pid_t child = start_merge(r);
	char name[144];
	int status;

	spin(turns);
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &status, 0), child);
	snprintf(name, sizeof(name), "%s.merge-%ld", r->paths[0], (long)child);
	remove_with_log(name);
	snprintf(name, sizeof(name), "%s.merge-%ld.new-%ld", r->paths[0],
	    (long)child, (long)child);
	remove_with_log(name);
}

/* The runs of the input are all there, or none of them. */
static void
kill_merges(struct rig *r, unsigned times, int64_t before, bool new,
    struct prng *random)
{
	unsigned i, most;
	int64_t runs;

	most = time_merge(r);
	before += 12;
	for (i = 0; i < times; i++) {
		if (new) {
			remove_with_log(r->paths[0]);
			before = 0;
		}
		merge_and_kill(r,
		    (unsigned)prng_below(random, most + most / 4 + 1));
		runs = count_runs(r->paths[0]);
		assert_true(runs == before || runs == before + 12);
		before = runs;
	}
}

static void
a_merge_that_is_killed_is_whole_or_has_not_been(void **state)
{
	struct rig *r = *state;
	struct prng random;
	unsigned i;

	prng_seed(&random, 20);
	for (i = 0; i < 12; i++)
		store_sample(r->paths[1]);
	kill_merges(r, 20, 0, true, &random);
	remove_with_log(r->paths[0]);
	store_sample(r->paths[0]);
	kill_merges(r, 40, 1, false, &random);
	assert_merged(r, 1, 0,
	    "0:1=known 1 0:2=known 1 0:3=known 1 "
	    "0:4=known 1 0:5=known 1 0:6=known 1 "
	    "0:7=known 1 0:8=known 1 0:9=known 1 "
	    "0:10=known 1 0:11=known 1 0:12=known 1 ");
	assert_answer(r->paths[0], "PRAGMA integrity_check", "ok ");
	assert_answer(r->paths[0], "PRAGMA foreign_key_check", "");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make_rig, free_rig)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_row_of_every_table_is_copied),
		TEST(runs_written_piece_by_piece_are_known_by_their_rows),
		TEST(
		    the_same_run_of_another_title_policy_seed_or_source_is_another),
		TEST(runs_are_numbered_on),
		TEST(a_damaged_input_is_named_and_the_output_is_as_it_was),
		TEST(what_the_output_refuses_is_the_inputs_fault),
		TEST(an_output_somebody_writes_to_is_waited_for_and_then_named),
		TEST(a_run_that_is_being_written_is_copied_as_far_as_it_is),
		TEST(a_merge_that_is_killed_is_whole_or_has_not_been),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
