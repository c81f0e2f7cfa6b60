/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/resource.h>

#include <inttypes.h>
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
#include "db/live.h"
#include "db/store.h"
#include "db/store_read.h"
#include "sample_trace.h"

#define MS     INT64_C(1000000)
#define NO_ROW (-1)

/* A store in memory with a reader of it, and a run that begins. */
struct rig {
	struct store *store;
	struct store_reader *reader;
	struct trace *trace;
	struct live *live;
	int64_t run;
};

static int
make_rig(void **state)
{
	struct rig *r = mem_zero(1, sizeof(*r));
	struct err e = { 0 };

	r->trace = trace_new();
	free(r->trace->run.title);
	r->trace->run.title = mem_str("host7");
	r->trace->run.start_ns = MS;
	if (store_open(":memory:", 0, &r->store, &e) < 0 ||
	    live_open(r->store, &r->trace->run, &r->run, &r->live, &e) < 0)
		return -1;
	r->reader = store_read_share(r->store);
	*state = r;
	return 0;
}

static int
free_rig(void **state)
{
	struct rig *r = *state;

	live_free(r->live);
	store_read_close(r->reader);
	store_close(r->store);
	trace_free(r->trace);
	free(r);
	return 0;
}

static void
append(struct rig *r, struct trace *t, int64_t until_ns)
{
	struct err e = { 0 };

	if (live_append(r->live, t, until_ns, &e) < 0)
		fail_msg("%s", e.text);
}

static struct trace *
read_back(struct rig *r)
{
	struct trace *t = NULL;
	struct err e = { 0 };

	if (store_read_trace(r->reader, r->run, &t, &e) < 0)
		fail_msg("%s", e.text);
	return t;
}

static char *
dump(const struct trace *t)
{
	struct strbuf out = { 0 };

	trace_dump(t, &out);
	return strbuf_take(&out);
}

/* A dump begins with the run itself. */
static const char *
rows_of_dump(const char *text)
{
	return strstr(text, "\nrecord 0");
}

static bool
count_row(void *ctx, int count, const char *const *names,
    const struct store_value *v)
{
	int64_t *n = ctx;

	(void)count;
	(void)names;
	if (v != NULL)
		*n = v[0].integer;
	return true;
}

static int64_t
ask(struct rig *r, const char *sql)
{
	struct err e = { 0 };
	int64_t n = NO_ROW;

	if (store_read_query(r->reader, sql, count_row, &n, &e) < 0)
		fail_msg("%s: %s", sql, e.text);
	return n;
}

static void
one_piece_is_the_run_as_it_was(void **state)
{
	struct rig *r = *state;
	struct trace *t = sample_trace(), *got;
	char *want = dump(t), *have;

	append(r, t, 10 * MS);
	got = read_back(r);
	have = dump(got);
	assert_string_equal(rows_of_dump(have), rows_of_dump(want));
	free(want);
	free(have);
	trace_free(got);
	trace_free(t);
}

static void
pieces_are_numbered_on_and_their_references_with_them(void **state)
{
	struct rig *r = *state;
	struct trace *t = sample_trace(), *got;

	append(r, t, 10 * MS);
	/* The second piece without its states, which do not change. */
	trace_add_record(t, 11 * MS, "!b", 2);
	trace_add_firing(t, 11 * MS, 0, "f", 1, "", "none");
	trace_begin_operation(t, 11 * MS, "x", "", 0);
	trace_begin_command(t, 11 * MS, "y", 0);
	append(r, t, 12 * MS);
	got = read_back(r);
	assert_int_equal(got->n_records, 5);
	assert_string_equal(got->records[4].raw, "!b");
	assert_int_equal(got->firings[2].record, 4);
	assert_int_equal(got->operations[2].record, 4);
	assert_int_equal(got->commands[2].record, 4);
	assert_int_equal(got->firings[1].record, TRACE_NONE);
	assert_int_equal(got->run.end_ns, 12 * MS);
	assert_int_equal(ask(r, "PRAGMA foreign_key_check"), NO_ROW);
	trace_free(got);
	trace_free(t);
}

static void
add_gap(struct trace *t, int32_t state, int64_t at_ns)
{
	struct trace_probe *p = MEM_PUSH(t->probes, t->n_probes, t->cap_probes);
	struct trace_gap *g = MEM_PUSH(t->gaps, t->n_gaps, t->cap_gaps);

	p->name = mem_str("p4");
	p->way = mem_str("in");
	g->why = mem_str("");
	g->probe = (int32_t)t->n_probes - 1;
	g->state = state;
	g->record = TRACE_NONE;
	g->from_ns = at_ns;
	trace_add_oddity(t, g->probe, at_ns, 7, "late");
}

static void
a_state_is_stored_once_and_referred_to_ever_after(void **state)
{
	struct rig *r = *state;
	struct trace *t = r->trace, *got;
	int32_t row;

	trace_set_state(t, 1 * MS, "lagg0", "active", "mce0"); /* 0 */
	trace_set_state(t, 1 * MS, "mce0", "up", "yes");       /* 1 */
	trace_set_state(t, 2 * MS, "lagg0", "active", "hn0");  /* 2 */
	append(r, t, 2 * MS);
	assert_int_equal(t->n_states, 2);
	add_gap(t, 1, 3 * MS); /* lagg0 active hn0 */
	append(r, t, 3 * MS);
	assert_int_equal(trace_set_state(t, 4 * MS, "mce0", "up", "yes"),
	    TRACE_NONE);
	add_gap(t, 0, 4 * MS);				      /* mce0 up yes */
	row = trace_set_state(t, 4 * MS, "mce0", "up", "no"); /* 3 */
	add_gap(t, row, 5 * MS);
	append(r, t, 5 * MS);
	add_gap(t, 0, 6 * MS); /* lagg0 active hn0 is the oldest now */
	add_gap(t, 1, 6 * MS);
	append(r, t, 6 * MS);

	got = read_back(r);
	assert_int_equal(got->n_states, 4);
	assert_int_equal(got->n_gaps, 5);
	assert_int_equal(got->gaps[0].state, 2);
	assert_int_equal(got->gaps[1].state, 1);
	assert_int_equal(got->gaps[2].state, 3);
	assert_int_equal(got->gaps[3].state, 2);
	assert_int_equal(got->gaps[4].state, 3);
	assert_int_equal(got->gaps[4].probe, 4);
	assert_int_equal(got->oddities[4].probe, 4);
	assert_string_equal(trace_get_state(got, "mce0", "up"), "no");
	trace_free(got);
}

/* A recorder that begins a new run goes on with the trace it has. */
static void
a_new_run_begins_with_the_newest_states(void **state)
{
	struct rig *r = *state;
	struct trace *t = r->trace, *got;
	struct err e = { 0 };

	trace_set_state(t, 1 * MS, "lagg0", "active", "mce0");
	trace_set_state(t, 2 * MS, "lagg0", "active", "hn0");
	append(r, t, 2 * MS);
	live_free(r->live);
	r->live = NULL;
	assert_int_equal(live_open(r->store, &t->run, &r->run, &r->live, &e),
	    0);
	assert_int_equal(r->run, 2);
	trace_add_mark(t, 3 * MS, "rotated");
	append(r, t, 3 * MS);
	append(r, t, 4 * MS);
	got = read_back(r);
	assert_int_equal(got->n_states, 1);
	assert_string_equal(trace_get_state(got, "lagg0", "active"), "hn0");
	trace_free(got);
}

static bool
see_cut(void *ctx, const struct store_run *run)
{
	int *cut = ctx;

	*cut = run->run.cut;
	assert_int_equal(run->hash, 0);
	assert_string_equal(run->run.title, "host7");
	return true;
}

static int
is_cut(struct rig *r)
{
	struct err e = { 0 };
	int cut = -1;

	assert_int_equal(store_read_runs(r->reader, see_cut, &cut, &e), 0);
	return cut;
}

static void
a_run_is_cut_off_until_it_has_ended(void **state)
{
	struct rig *r = *state;
	struct trace *got;
	struct err e = { 0 };
	int32_t place = -7;

	assert_int_equal(is_cut(r), 1);
	append(r, r->trace, 5 * MS);
	assert_int_equal(is_cut(r), 1);
	/* Time does not go back. */
	append(r, r->trace, 2 * MS);
	got = read_back(r);
	assert_true(got->run.cut);
	assert_int_equal(got->run.start_ns, MS);
	assert_int_equal(got->run.end_ns, 5 * MS);
	trace_free(got);
	assert_int_equal(live_end(r->live, 9 * MS, &e), 0);
	assert_int_equal(is_cut(r), 0);
	got = read_back(r);
	assert_int_equal(got->run.end_ns, 9 * MS);
	trace_free(got);
	assert_int_equal(live_append(r->live, r->trace, 10 * MS, &e),
	    ERR_STATE);
	assert_int_equal(live_end(r->live, 10 * MS, &e), ERR_STATE);
	assert_int_equal(live_place(r->live, "hn0", 1, 96, &place, &e),
	    ERR_STATE);
	assert_int_equal(place, -7);
}

static bool
print_place(void *ctx, const struct store_place *p)
{
	strbuf_addf(ctx, "%d %s %d %u\n", (int)p->place, p->name, p->linktype,
	    (unsigned)p->snap_bytes);
	return p->place < 1;
}

/* Stops after a packet of 4 bytes on the wire. */
static bool
print_packet(void *ctx, const struct store_packet *p)
{
	strbuf_addf(ctx, "%d@%" PRId64 " %u ", (int)p->place, p->at_ns,
	    (unsigned)p->wire_bytes);
	strbuf_add(ctx, p->data, p->bytes);
	strbuf_addc(ctx, '\n');
	return p->wire_bytes != 4;
}

static void
assert_packets(struct rig *r, int place, const char *want)
{
	struct strbuf out = { 0 };
	struct err e = { 0 };

	if ((place < 0 ? store_read_packets(r->reader, r->run, print_packet,
			     &out, &e)
		       : store_read_packets_at(r->reader, r->run, place,
			     print_packet, &out, &e)) < 0)
		fail_msg("%s", e.text);
	assert_string_equal(strbuf_str(&out), want);
	strbuf_fini(&out);
}

static void
packets_come_back_in_the_order_of_time(void **state)
{
	struct rig *r = *state;
	struct strbuf out = { 0 };
	struct err e = { 0 };
	int32_t a, b;

	assert_int_equal(live_place(r->live, "hn0", 1, 96, &a, &e), 0);
	assert_int_equal(live_place(r->live, "mce0", 65535, UINT32_MAX, &b, &e),
	    0);
	assert_int_equal(store_read_places(r->reader, r->run, print_place, &out,
			     &e),
	    0);
	assert_string_equal(strbuf_str(&out),
	    "0 hn0 1 96\n1 mce0 65535 4294967295\n");
	strbuf_fini(&out);
	assert_packets(r, -1, "");
	assert_int_equal(live_kept_bytes(r->live), 0);
	live_packet(r->live, a, 3, 1500, "three", 5);
	live_packet(r->live, b, 1, UINT32_MAX, "o\0e", 3);
	live_packet(r->live, a, 1, 60, NULL, 0);
	live_packet(r->live, b, 1, 61, "last of one", 11);
	assert_true(live_kept_bytes(r->live) >= 19);
	append(r, r->trace, 3);
	assert_int_equal(live_kept_bytes(r->live), 0);
	live_packet(r->live, b, 4, 4, "four", 4);
	live_packet(r->live, b, 5, 5, "five", 4);
	append(r, r->trace, 5);
	append(r, r->trace, 6);
	assert_packets(r, a, "0@1 60 \n0@3 1500 three\n");
	assert_int_equal(ask(r,
			     "SELECT length(data) FROM packet WHERE seq = 0"),
	    3);
	assert_int_equal(ask(r, "SELECT count(*) FROM packet"), 6);
	assert_int_equal(ask(r,
			     "SELECT seq FROM packet WHERE wire_bytes = 1500"),
	    3);
}

static void
a_pass_over_packets_can_stop(void **state)
{
	struct rig *r = *state;
	struct err e = { 0 };
	int32_t a;

	assert_int_equal(live_place(r->live, "hn0", 1, 96, &a, &e), 0);
	live_packet(r->live, a, 1, 4, "four", 4);
	live_packet(r->live, a, 2, 5, "five", 4);
	append(r, r->trace, 5);
	assert_packets(r, -1, "0@1 4 four\n");
	assert_packets(r, 0, "0@1 4 four\n");
	assert_packets(r, 1, "");
}

static void
packets_of_no_run_are_not_found(void **state)
{
	struct rig *r = *state;
	struct strbuf out = { 0 };
	struct err e = { 0 };

	assert_int_equal(store_read_packets(r->reader, 9, print_packet, &out,
			     &e),
	    ERR_NOTFOUND);
	assert_int_equal(store_read_places(r->reader, 9, print_place, &out, &e),
	    ERR_NOTFOUND);
}

/* A piece that the store refuses is still there, to be mended and tried
 * again; the run is as it was. */
static void
a_refused_piece_changes_nothing(void **state)
{
	struct rig *r = *state;
	struct trace *t = r->trace, *got;
	struct err e = { 0 };
	int32_t a;

	assert_int_equal(live_place(r->live, "hn0", 1, 96, &a, &e), 0);
	live_packet(r->live, a, 1, 4, "four", 4);
	trace_add_record(t, 1 * MS, "!a", 2);
	trace_add_firing(t, 1 * MS, 99, "f", 1, "", "none");
	assert_int_equal(live_append(r->live, t, 5 * MS, &e), ERR_INPUT);
	assert_non_null(strstr(e.text, "FOREIGN KEY"));
	assert_int_equal(ask(r, "SELECT count(*) FROM record"), 0);
	assert_int_equal(ask(r, "SELECT count(*) FROM packet"), 0);
	assert_int_equal(ask(r, "SELECT end_ns FROM run"), 0);
	assert_int_equal(t->n_firings, 1);
	t->firings[0].record = -3;
	assert_int_equal(live_append(r->live, t, 5 * MS, &e), ERR_INPUT);
	t->firings[0].record = 0;
	append(r, t, 5 * MS);
	assert_int_equal(t->n_firings, 0);
	assert_packets(r, -1, "0@1 4 four\n");
	got = read_back(r);
	assert_int_equal(got->firings[0].record, 0);
	trace_free(got);
}

static void
a_batch_of_whole_runs_and_a_piece_do_not_mix(void **state)
{
	struct rig *r = *state;
	struct live *other = NULL;
	struct err e = { 0 };
	int64_t id;

	assert_int_equal(store_begin(r->store, &e), 0);
	assert_int_equal(store_begin(r->store, &e), ERR_STATE);
	assert_int_equal(live_append(r->live, r->trace, 5, &e), ERR_STATE);
	assert_int_equal(live_open(r->store, &r->trace->run, &id, &other, &e),
	    ERR_STATE);
	assert_null(other);
	assert_int_equal(store_add_trace(r->store, r->trace, &id, &e), 0);
	assert_int_equal(store_commit(r->store, &e), 0);
	assert_int_equal(id, 2);
	append(r, r->trace, 5);
}

static void
two_runs_grow_side_by_side(void **state)
{
	struct rig *r = *state;
	struct trace *t = trace_new(), *got;
	struct live *other = NULL;
	struct err e = { 0 };
	int64_t id;

	assert_int_equal(live_open(r->store, &t->run, &id, &other, &e), 0);
	trace_add_mark(r->trace, 1, "a");
	trace_add_mark(t, 1, "b");
	append(r, r->trace, 1);
	assert_int_equal(live_append(other, t, 1, &e), 0);
	trace_add_mark(r->trace, 2, "c");
	append(r, r->trace, 2);
	live_free(other);
	got = read_back(r);
	assert_int_equal(got->n_marks, 2);
	assert_string_equal(got->marks[1].name, "c");
	trace_free(got);
	r->run = id;
	got = read_back(r);
	assert_int_equal(got->n_marks, 1);
	trace_free(got);
	trace_free(t);
}

static void
limit_files(rlim_t bytes)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void
add_piece(struct trace *t, struct live *l, unsigned n)
{
	static const char packet[1000];
	unsigned i;

	for (i = 0; i < 10; i++) {
		trace_add_mark(t, n, "mark");
		live_packet(l, 0, n, sizeof(packet), packet, sizeof(packet));
	}
	trace_set_state(t, n, "lagg0", "active", n % 2 ? "hn0" : "mce0");
}

/* Appends until the limit is met; gives the number of stored pieces. */
static unsigned
fill(struct live *l, struct trace *t)
{
	struct err e = { 0 };
	unsigned n;
	int rc = 0;

	for (n = 0; n < 1000 && rc == 0; n++) {
		add_piece(t, l, n);
		rc = live_append(l, t, n, &e);
	}
	assert_int_equal(rc, ERR_IO);
	assert_non_null(strstr(e.text, "limit of a file's size"));
	return n - 1;
}

static void
assert_stored(const char *path, unsigned pieces, int cut)
{
	struct rig r = { .run = 1 };
	struct trace *t;
	struct err e = { 0 };

	if (store_read_open(path, &r.reader, &e) < 0)
		fail_msg("%s", e.text);
	t = read_back(&r);
	assert_int_equal(t->n_marks, 10 * pieces);
	assert_int_equal(t->n_states, pieces);
	assert_int_equal(t->run.cut, cut);
	assert_int_equal(t->run.end_ns, pieces - 1);
	assert_int_equal(ask(&r, "SELECT count(*) FROM packet"), 10 * pieces);
	assert_int_equal(ask(&r, "PRAGMA foreign_key_check"), NO_ROW);
	store_read_close(r.reader);
	trace_free(t);
}

/* The piece that did not fit is still there when there is room again. */
static void
a_full_disk_costs_no_piece_that_was_stored(void **state)
{
	char folder[] = "/tmp/switchback-live.XXXXXX", path[64];
	struct trace *t = trace_new();
	struct store *s = NULL;
	struct live *l = NULL;
	struct err e = { 0 };
	unsigned pieces;
	int32_t place;
	int64_t id;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/live.db", folder);
	assert_int_equal(store_open(path, 0, &s, &e), 0);
	assert_int_equal(live_open(s, &t->run, &id, &l, &e), 0);
	assert_int_equal(live_place(l, "hn0", 1, 96, &place, &e), 0);
	signal(SIGXFSZ, SIG_IGN);
	limit_files(300000);
	pieces = fill(l, t);
	assert_true(pieces > 2);
	assert_int_equal(live_append(l, t, pieces, &e), ERR_IO);
	assert_stored(path, pieces, 1);
	limit_files(RLIM_INFINITY);
	assert_int_equal(t->n_marks, 10);
	assert_int_equal(live_append(l, t, pieces, &e), 0);
	assert_stored(path, pieces + 1, 1);
	assert_int_equal(live_end(l, pieces, &e), 0);
	live_free(l);
	store_close(s);
	assert_stored(path, pieces + 1, 0);
	assert_int_equal(remove(path), 0);
	assert_int_equal(rmdir(folder), 0);
	trace_free(t);
}

/* Somebody made room. */
static void
a_run_that_was_removed_is_not_found(void **state)
{
	char folder[] = "/tmp/switchback-live.XXXXXX", path[64];
	struct trace *t = trace_new();
	struct store *s = NULL;
	struct live *l = NULL;
	struct err e = { 0 };
	sqlite3 *db = NULL;
	int32_t place;
	int64_t id;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/live.db", folder);
	assert_int_equal(store_open(path, 0, &s, &e), 0);
	assert_int_equal(live_open(s, &t->run, &id, &l, &e), 0);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "DELETE FROM run", NULL, NULL, NULL),
	    SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	trace_add_mark(t, 1, "m");
	assert_int_equal(live_append(l, t, 1, &e), ERR_NOTFOUND);
	assert_non_null(strstr(e.text, "was removed"));
	assert_int_equal(live_place(l, "hn0", 1, 96, &place, &e), ERR_NOTFOUND);
	assert_int_equal(live_end(l, 1, &e), ERR_NOTFOUND);
	assert_int_equal(store_add_trace(s, t, &id, &e), 0);
	live_free(l);
	store_close(s);
	assert_int_equal(remove(path), 0);
	assert_int_equal(rmdir(folder), 0);
	trace_free(t);
}

static bool
ignore_place(void *ctx, const struct store_place *p)
{
	(void)ctx;
	(void)p;
	return true;
}

static bool
ignore_packet(void *ctx, const struct store_packet *p)
{
	(void)ctx;
	(void)p;
	return true;
}

/* A file with a run of two places and three packets, changed by hand; gives
 * what reading it says. */
static int
read_changed(const char *path, const char *sql, bool places, struct err *e)
{
	struct trace *t = trace_new();
	struct store_reader *r = NULL;
	struct store *s = NULL;
	struct live *l = NULL;
	sqlite3 *db = NULL;
	int32_t a, b;
	int64_t id;
	int rc;

	assert_int_equal(store_open(path, 0, &s, e), 0);
	assert_int_equal(live_open(s, &t->run, &id, &l, e), 0);
	assert_int_equal(live_place(l, "hn0", 1, 96, &a, e), 0);
	assert_int_equal(live_place(l, "mce0", 1, 96, &b, e), 0);
	live_packet(l, a, 1, 60, "a", 1);
	live_packet(l, b, 2, 60, "b", 1);
	live_packet(l, a, 3, 60, "c", 1);
	assert_int_equal(live_append(l, t, 3, e), 0);
	live_free(l);
	store_close(s);
	trace_free(t);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	assert_int_equal(store_read_open(path, &r, e), 0);
	rc = places ? store_read_places(r, 1, ignore_place, NULL, e)
		    : store_read_packets(r, 1, ignore_packet, NULL, e);
	store_read_close(r);
	assert_int_equal(remove(path), 0);
	return rc;
}

static void
damaged_packets_and_places_are_found(void **state)
{
	static const char *const packets[] = {
		"UPDATE packet SET place = 2 WHERE seq = 1",
		"UPDATE packet SET place = -1 WHERE seq = 1",
		"UPDATE packet SET wire_bytes = -1 WHERE seq = 2",
		"UPDATE packet SET wire_bytes = 4294967296 WHERE seq = 2",
		"DELETE FROM packet WHERE seq = 1",
		"DELETE FROM place",
	};
	static const char *const places[] = {
		"UPDATE place SET linktype = 65536",
		"UPDATE place SET linktype = -1",
		"UPDATE place SET snap_bytes = -1",
		"UPDATE place SET snap_bytes = 4294967296",
		"UPDATE place SET seq = 5 WHERE seq = 1",
	};
	char folder[] = "/tmp/switchback-live.XXXXXX", path[64];
	struct err e = { 0 };
	size_t i;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/live.db", folder);
	assert_int_equal(read_changed(path, "SELECT 1", false, &e), 0);
	assert_int_equal(read_changed(path, "SELECT 1", true, &e), 0);
	for (i = 0; i < sizeof(packets) / sizeof(packets[0]); i++) {
		assert_int_equal(read_changed(path, packets[i], false, &e),
		    ERR_INPUT);
		assert_non_null(strstr(e.text, "run 1 is damaged (packet)"));
	}
	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		assert_int_equal(read_changed(path, places[i], true, &e),
		    ERR_INPUT);
		assert_non_null(strstr(e.text, "run 1 is damaged (place)"));
	}
	assert_int_equal(rmdir(folder), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make_rig, free_rig)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_piece_is_the_run_as_it_was),
		TEST(pieces_are_numbered_on_and_their_references_with_them),
		TEST(a_state_is_stored_once_and_referred_to_ever_after),
		TEST(a_new_run_begins_with_the_newest_states),
		TEST(a_run_is_cut_off_until_it_has_ended),
		TEST(packets_come_back_in_the_order_of_time),
		TEST(a_pass_over_packets_can_stop),
		TEST(packets_of_no_run_are_not_found),
		TEST(a_refused_piece_changes_nothing),
		TEST(a_batch_of_whole_runs_and_a_piece_do_not_mix),
		TEST(two_runs_grow_side_by_side),
		cmocka_unit_test(a_full_disk_costs_no_piece_that_was_stored),
		cmocka_unit_test(a_run_that_was_removed_is_not_found),
		cmocka_unit_test(damaged_packets_and_places_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
