/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/stat.h>
#include <sys/wait.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "db/container.h"
#include "db/store.h"
#include "db/store_read.h"
#include "sample_trace.h"

/* Every test has a folder of its own, with room for one store in it. */
struct place {
	char folder[64];
	char path[96];
};

static int
make_place(void **state)
{
	struct place *p = mem_zero(1, sizeof(*p));

	snprintf(p->folder, sizeof(p->folder), "/tmp/switchback-store.XXXXXX");
	if (mkdtemp(p->folder) == NULL)
		return -1;
	snprintf(p->path, sizeof(p->path), "%s/runs.db", p->folder);
	*state = p;
	return 0;
}

static int
remove_place(void **state)
{
	static const char *const suffixes[] = { "", "-wal", "-shm" };
	struct place *p = *state;
	char name[128];
	size_t i;

	for (i = 0; i < 3; i++) {
		snprintf(name, sizeof(name), "%s%s", p->path, suffixes[i]);
		remove(name);
	}
	/* Fails when a file was left there that nobody knows of. */
	if (rmdir(p->folder) != 0)
		return -1;
	free(p);
	return 0;
}

static char *
dump(const struct trace *t)
{
	struct strbuf out = { 0 };

	trace_dump(t, &out);
	return strbuf_take(&out);
}

static struct store *
open_store(const char *path)
{
	struct store *s = NULL;
	struct err e = { 0 };

	if (store_open(path, 0, &s, &e) < 0)
		fail_msg("%s", e.text);
	return s;
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

static int64_t
add(struct store *s, const struct trace *t)
{
	struct err e = { 0 };
	int64_t id = 0;

	if (store_add_trace(s, t, &id, &e) < 0)
		fail_msg("%s", e.text);
	return id;
}

static void
assert_same_run(struct store_reader *r, int64_t id, const struct trace *want)
{
	struct trace *got = NULL;
	struct err e = { 0 };
	char *a, *b;

	if (store_read_trace(r, id, &got, &e) < 0)
		fail_msg("%s", e.text);
	a = dump(want);
	b = dump(got);
	assert_string_equal(a, b);
	free(a);
	free(b);
	trace_free(got);
}

/* Collects the rows of a query, "a|b\n" each. */
static bool
collect(void *ctx, int count, const char *const *names,
    const struct store_value *v)
{
	struct strbuf *out = ctx;
	int i;

	(void)names;
	for (i = 0; v != NULL && i < count; i++) {
		if (i > 0)
			strbuf_addc(out, '|');
		if (v[i].type == STORE_INTEGER)
			strbuf_addf(out, "%lld", (long long)v[i].integer);
		else if (v[i].type == STORE_REAL)
			strbuf_addf(out, "%g", v[i].real);
		else if (v[i].type != STORE_NULL)
			strbuf_add(out, v[i].data, v[i].bytes);
	}
	if (v != NULL)
		strbuf_addc(out, '\n');
	return true;
}

static void
assert_answer(struct store_reader *r, const char *sql, const char *want)
{
	struct strbuf out = { 0 };
	struct err e = { 0 };

	if (store_read_query(r, sql, collect, &out, &e) < 0)
		fail_msg("%s: %s", sql, e.text);
	assert_string_equal(strbuf_str(&out), want);
	strbuf_fini(&out);
}

static void
a_run_comes_back_as_it_was_stored(void **state)
{
	struct place *p = *state;
	struct store *s = open_store(p->path);
	struct trace *t = sample_trace();
	struct store_reader *r;

	assert_int_equal(add(s, t), 1);
	store_close(s);
	r = open_reader(p->path);
	assert_same_run(r, 1, t);
	store_read_close(r);
	trace_free(t);
}

static void
a_store_can_live_in_memory(void **state)
{
	struct store *s = open_store(":memory:");
	struct store_reader *r = store_read_share(s);
	struct trace *t = sample_trace();
	struct err e = { 0 };

	(void)state;
	assert_same_run(r, add(s, t), t);
	assert_same_run(r, add(s, t), t);
	assert_answer(r, "PRAGMA foreign_key_check", "");
	t->firings[0].record = 99;
	assert_int_equal(store_add_trace(s, t, NULL, &e), ERR_INPUT);
	store_read_close(r);
	store_close(s);
	trace_free(t);
}

static void
the_file_is_sound_and_of_our_kind(void **state)
{
	struct place *p = *state;
	struct store *s = open_store(p->path);
	struct trace *t = sample_trace();
	struct store_reader *r;
	unsigned char *head;
	size_t bytes;

	add(s, t);
	store_close(s);
	r = open_reader(p->path);
	assert_answer(r, "PRAGMA integrity_check", "ok\n");
	assert_answer(r, "PRAGMA foreign_key_check", "");
	assert_answer(r, "PRAGMA user_version", "2\n");
	assert_answer(r, "PRAGMA application_id", "1400324715\n");
	assert_answer(r, "SELECT schema FROM version", "2\n");
	assert_answer(r,
	    "SELECT count(*) FROM sqlite_schema WHERE type = 'table'"
	    " AND sql NOT LIKE '%) STRICT%'",
	    "0\n");
	store_read_close(r);
	head = (unsigned char *)sample_file(p->path, &bytes);
	assert_int_equal(head[18], 2); /* WAL */
	assert_int_equal(head[19], 2);
	free(head);
	trace_free(t);
}

static void
a_reference_to_no_row_is_refused(void **state)
{
	struct place *p = *state;
	struct store *s = open_store(p->path);
	struct trace *bad = sample_trace(), *good = sample_trace();
	struct store_reader *r;
	struct err e = { 0 };
	int64_t id = -7;

	bad->firings[0].record = 99;
	assert_int_equal(store_add_trace(s, bad, &id, &e), ERR_INPUT);
	assert_non_null(strstr(e.text, "FOREIGN KEY"));
	assert_int_equal(id, -7);
	add(s, good);
	store_close(s);
	r = open_reader(p->path);
	assert_answer(r, "SELECT count(*) FROM run", "1\n");
	assert_answer(r, "SELECT count(*) FROM record", "4\n");
	store_read_close(r);
	trace_free(bad);
	trace_free(good);
}

static void
a_batch_is_kept_whole_or_not_at_all(void **state)
{
	struct place *p = *state;
	struct store *s = open_store(p->path);
	struct trace *bad = sample_trace(), *good = sample_trace();
	struct store_reader *r;
	struct err e = { 0 };

	bad->gaps[0].probe = 5;
	assert_int_equal(store_begin(s, &e), 0);
	add(s, good);
	assert_true(store_add_trace(s, bad, NULL, &e) < 0);
	assert_int_equal(store_commit(s, &e), ERR_STATE);
	assert_int_equal(store_begin(s, &e), 0);
	add(s, good);
	add(s, good);
	assert_int_equal(store_commit(s, &e), 0);
	assert_int_equal(store_begin(s, &e), 0);
	add(s, good);
	store_close(s); /* without a commit */
	r = open_reader(p->path);
	assert_answer(r, "SELECT count(*) FROM run", "2\n");
	store_read_close(r);
	trace_free(bad);
	trace_free(good);
}

static void
the_records_are_decoded_beside_their_bytes(void **state)
{
	struct store *s = open_store(":memory:");
	struct store_reader *r = store_read_share(s);
	struct trace *t = sample_trace();

	(void)state;
	add(s, t);
	assert_answer(r,
	    "SELECT kind, system, subsystem, type FROM record WHERE seq = 0",
	    "notify|IFNET|mce0|LINK_UP\n");
	assert_answer(r, "SELECT kind, device FROM record WHERE seq = 3",
	    "detach|mlx5_core0\n");
	assert_answer(r,
	    "SELECT hex(substr(raw, 1, 4)) FROM record "
	    "WHERE seq = 1",
	    "21610062\n");
	store_read_close(r);
	store_close(s);
	trace_free(t);
}

static void
the_views_answer_the_questions(void **state)
{
	struct store *s = open_store(":memory:");
	struct store_reader *r = store_read_share(s);
	struct trace *t = sample_trace();

	(void)state;
	add(s, t);
	assert_answer(r,
	    "SELECT aggregate, at, \"from\", \"to\", held, substr(record,1,19) "
	    "FROM failovers WHERE at <> 0.003",
	    "lagg0|0|none|mce0|0.002|\n"
	    "lagg0|0.002|mce0|none|0.001|!a\n");
	assert_answer(r,
	    "SELECT probe, way, at, ms, missing, refused, why, state, record "
	    "FROM outages",
	    "p4|echo|0.002|4|3|1|lagg0 has no active port|lagg0 active none|"
	    "!system=IFNET subsystem=mce0 type=LINK_UP\n");
	assert_answer(r,
	    "SELECT run, passes, fails, known_faults, mended, skipped "
	    "FROM verdicts",
	    "1|1|1|1|1|1\n");
	assert_answer(r,
	    "SELECT file, line, carried, firings FROM rule_counts "
	    "WHERE line > 0",
	    "hyperv.conf|12|controller|1\n");
	assert_answer(r,
	    "SELECT at, what, text FROM timeline WHERE what IN ('mark', "
	    "'operation', 'gap', 'command')",
	    "0.001|mark|revoke\n"
	    "0.002|operation|lagg0 port-add mce0 (error 16): the VF is there\n"
	    "0.002|command|dhclient lagg0 (exit 0)\n"
	    "0.002|gap|3 probes missing for 4.000 ms: lagg0 has no active "
	    "port\n"
	    "0.004|operation|mce0 up (not finished)\n"
	    "0.006|command|sleep 9 (not finished)\n");
	store_read_close(r);
	store_close(s);
	trace_free(t);
}

static bool
see_run(void *ctx, const struct store_run *run)
{
	int64_t *seen = ctx;

	assert_int_equal(run->id, ++*seen);
	assert_string_equal(run->run.policy, "stock");
	assert_int_equal(run->run.seed, UINT64_MAX);
	assert_int_equal(run->records, 4);
	assert_int_equal(run->operations, 2);
	assert_int_equal(run->passes, 1);
	assert_int_equal(run->fails, 2); /* a mended one counts */
	assert_int_equal(run->known_faults, 1);
	return *seen < 2;
}

static void
runs_are_listed_oldest_first_until_told_to_stop(void **state)
{
	struct store *s = open_store(":memory:");
	struct store_reader *r = store_read_share(s);
	struct trace *t = sample_trace();
	struct err e = { 0 };
	int64_t seen = 0;

	(void)state;
	add(s, t);
	add(s, t);
	add(s, t);
	assert_int_equal(store_read_runs(r, see_run, &seen, &e), 0);
	assert_int_equal(seen, 2);
	store_read_close(r);
	store_close(s);
	trace_free(t);
}

static void
a_run_is_found_by_number_or_newest_of_a_title(void **state)
{
	struct store *s = open_store(":memory:");
	struct store_reader *r = store_read_share(s);
	struct trace *t = sample_trace();
	struct err e = { 0 };
	int64_t id = 0;

	(void)state;
	assert_int_equal(store_read_find(r, NULL, &id, &e), ERR_NOTFOUND);
	assert_non_null(strstr(e.text, "holds no run"));
	add(s, t);
	assert_int_equal(store_read_find(r, NULL, &id, &e), 0);
	assert_int_equal(id, 1);
	add(s, t);
	assert_int_equal(store_read_find(r, NULL, &id, &e), ERR_NOTFOUND);
	assert_non_null(strstr(e.text, "holds 2 runs"));
	assert_int_equal(store_read_find(r, "1", &id, &e), 0);
	assert_int_equal(id, 1);
	assert_int_equal(store_read_find(r, t->run.title, &id, &e), 0);
	assert_int_equal(id, 2);
	assert_int_equal(store_read_find(r, "3", &id, &e), ERR_NOTFOUND);
	assert_int_equal(store_read_find(r, "1x", &id, &e), ERR_NOTFOUND);
	store_read_close(r);
	store_close(s);
	trace_free(t);
}

static void
a_query_can_only_read(void **state)
{
	static const char *const refused[] = {
		"DELETE FROM run",
		"INSERT INTO mark VALUES (1, 0, 0, 'x')",
		"UPDATE run SET title = ''",
		"DROP TABLE run",
		"CREATE TABLE x (y)",
		"CREATE TEMP TABLE x (y)",
		"PRAGMA user_version = 9",
		"PRAGMA journal_mode = DELETE",
		"PRAGMA writable_schema = 1",
		"PRAGMA query_only = 0",
		"ATTACH '/tmp/switchback-attached.db' AS x",
		"VACUUM INTO '/tmp/switchback-vacuumed.db'",
		"VACUUM",
		"REINDEX",
		"ANALYZE",
		"BEGIN",
		"SELECT load_extension('x')",
		"SELECT 1; SELECT 2",
		"SELECT 1; DELETE FROM run",
		"",
		" ; ",
		"-- nothing",
		"SELEKT",
		"SELECT nothing FROM run",
		"SELECT * FROM \"no such\"",
	};
	struct place *p = *state;
	struct store *s = open_store(p->path);
	struct trace *t = sample_trace();
	struct store_reader *r;
	struct strbuf out = { 0 };
	size_t i, bytes, now;
	char *before, *after;

	add(s, t);
	store_close(s);
	before = sample_file(p->path, &bytes);
	r = open_reader(p->path);
	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct err e = { 0 };

		if (store_read_query(r, refused[i], collect, &out, &e) !=
		    ERR_INPUT)
			fail_msg("not refused: %s", refused[i]);
		assert_memory_equal(e.text, "SQL: ", 5);
	}
	assert_int_not_equal(access("/tmp/switchback-attached.db", F_OK), 0);
	assert_answer(r, "SELECT 1 ; ", "1\n");
	assert_answer(r, "SELECT value FROM json_each('[4]')", "4\n");
	assert_answer(r, "SELECT name FROM pragma_table_info('mark')",
	    "run\nseq\nat_ns\nname\n");
	assert_answer(r,
	    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
	    "WHERE i < 3) SELECT * FROM n",
	    "1\n2\n3\n");
	store_read_close(r);
	after = sample_file(p->path, &now);
	assert_int_equal(bytes, now);
	assert_memory_equal(before, after, bytes);
	free(before);
	free(after);
	strbuf_fini(&out);
	trace_free(t);
}

static void
reading_leaves_no_file_behind_even_while_open(void **state)
{
	struct place *p = *state;
	struct store *s = open_store(p->path);
	struct trace *t = sample_trace();
	struct store_reader *r;
	char name[128];

	add(s, t);
	store_close(s);
	r = open_reader(p->path);
	assert_same_run(r, 1, t);
	snprintf(name, sizeof(name), "%s-wal", p->path);
	assert_int_not_equal(access(name, F_OK), 0);
	snprintf(name, sizeof(name), "%s-shm", p->path);
	assert_int_not_equal(access(name, F_OK), 0);
	store_read_close(r);
	trace_free(t);
}

static void
a_reader_sees_what_a_writer_has_committed_meanwhile(void **state)
{
	struct place *p = *state;
	struct store *s = open_store(p->path);
	struct trace *t = sample_trace();
	struct store_reader *r;

	add(s, t);
	store_close(s);
	r = open_reader(p->path);
	assert_answer(r, "SELECT count(*) FROM run", "1\n");
	s = open_store(p->path);
	add(s, t);
	assert_answer(r, "SELECT count(*) FROM run", "2\n");
	assert_same_run(r, 2, t);
	add(s, t);
	assert_answer(r, "SELECT count(*) FROM run", "3\n");
	store_close(s);
	assert_same_run(r, 3, t);
	store_read_close(r);
	trace_free(t);
}

static void
two_writers_take_turns(void **state)
{
	struct place *p = *state;
	struct store *a = open_store(p->path), *b = open_store(p->path);
	struct trace *t = sample_trace();
	struct err e = { 0 };

	assert_int_equal(add(a, t), 1);
	assert_int_equal(add(b, t), 2);
	assert_int_equal(store_begin(a, &e), 0);
	add(a, t);
	assert_int_equal(store_add_trace(b, t, NULL, &e), ERR_BUSY);
	assert_non_null(strstr(e.text, "another process holds it"));
	assert_int_equal(store_commit(a, &e), 0);
	assert_int_equal(add(b, t), 4);
	store_close(a);
	store_close(b);
	trace_free(t);
}

/* The child is killed in the middle of a batch, after one acknowledged run. */
static void
a_killed_writer_costs_only_what_was_not_acknowledged(void **state)
{
	struct place *p = *state;
	struct trace *t = sample_trace();
	struct store_reader *r;
	struct store *s;
	struct err e;
	pid_t child = fork();
	int status;

	if (child == 0) {
		s = open_store(p->path);
		add(s, t);
		store_begin(s, &e);
		add(s, t);
		add(s, t);
		_exit(0);
	}
	assert_true(child > 0 && waitpid(child, &status, 0) == child);
	r = open_reader(p->path);
	assert_answer(r, "SELECT count(*) FROM run", "1\n");
	assert_same_run(r, 1, t);
	store_read_close(r);
	s = open_store(p->path);
	assert_int_equal(add(s, t), 2);
	store_close(s);
	r = open_reader(p->path);
	assert_answer(r, "PRAGMA integrity_check", "ok\n");
	store_read_close(r);
	trace_free(t);
}

static void
every_real_recording_goes_through_the_store_byte_by_byte(void **state)
{
	static const char *const containers[] = {
		"fixtures/recordings/freebsd-devctl.rec",
		"fixtures/recordings/freebsd-hn.rec",
		"fixtures/recordings/freebsd-hotplug.rec",
		"fixtures/recordings/freebsd-lagg.rec",
	};
	struct place *p = *state;
	struct store *s = open_store(p->path);
	struct store_reader *r = store_read_share(s);
	size_t i, k, done = 0;
	struct err e = { 0 };

	for (k = 0; k < 4; k++) {
		struct container *c = NULL;

		assert_int_equal(container_read(containers[k], &c, &e), 0);
		for (i = 0; i < c->n_sections; i++) {
			const struct container_section *from = &c->sections[i];
			struct recording *in = recording_new("r", ""), *back;
			struct strbuf text = { 0 };
			struct trace *t;
			int64_t id;

			if (strstr(from->name, ".log") == NULL) {
				recording_free(in);
				continue;
			}
			assert_true(recording_parse(in, "r", 1, from->data,
			    from->bytes, NULL));
			t = recording_trace(in);
			assert_int_equal(store_add_recording(s, in, t, &id, &e),
			    0);
			assert_same_run(r, id, t);
			assert_int_equal(store_read_recording(r, id, &back, &e),
			    0);
			recording_format(back, &text);
			assert_int_equal(text.bytes, from->bytes);
			assert_memory_equal(text.data, from->data, from->bytes);
			strbuf_fini(&text);
			recording_free(in);
			recording_free(back);
			trace_free(t);
			done++;
		}
		container_free(c);
	}
	assert_int_equal(done, 51);
	store_read_close(r);
	store_close(s);
}

static void
hundreds_of_runs_are_stored_in_a_second(void **state)
{
	struct place *p = *state;
	struct store *s = open_store(p->path);
	struct trace *t = sample_trace();
	struct timespec from, to;
	double took;
	int i;

	clock_gettime(CLOCK_MONOTONIC, &from);
	for (i = 0; i < 200; i++)
		add(s, t);
	clock_gettime(CLOCK_MONOTONIC, &to);
	store_close(s);
	took = (double)(to.tv_sec - from.tv_sec) +
	    (double)(to.tv_nsec - from.tv_nsec) / 1e9;
	print_message("# 200 runs in %.3f s\n", took);
	/* Ten times what it takes on a slow machine, sanitizers included. */
	assert_true(took < 10);
	trace_free(t);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make_place, remove_place)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_run_comes_back_as_it_was_stored),
		cmocka_unit_test(a_store_can_live_in_memory),
		TEST(the_file_is_sound_and_of_our_kind),
		TEST(a_reference_to_no_row_is_refused),
		TEST(a_batch_is_kept_whole_or_not_at_all),
		cmocka_unit_test(the_records_are_decoded_beside_their_bytes),
		cmocka_unit_test(the_views_answer_the_questions),
		cmocka_unit_test(
		    runs_are_listed_oldest_first_until_told_to_stop),
		cmocka_unit_test(a_run_is_found_by_number_or_newest_of_a_title),
		TEST(a_query_can_only_read),
		TEST(reading_leaves_no_file_behind_even_while_open),
		TEST(a_reader_sees_what_a_writer_has_committed_meanwhile),
		TEST(two_writers_take_turns),
		TEST(a_killed_writer_costs_only_what_was_not_acknowledged),
		TEST(every_real_recording_goes_through_the_store_byte_by_byte),
		TEST(hundreds_of_runs_are_stored_in_a_second),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
