/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A recorder that is killed while it writes at full speed: what it was told
 * is stored is there, and nothing is there by half.
 */
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

#include "base/mem.h"
#include "base/prng.h"
#include "db/live.h"
#include "db/store.h"
#include "db/store_read.h"
#include "variant.h"

#define SEED	    UINT64_C(20)
#define POINTS	    500
#define POINTS_ASAN 60 /* it is ten times slower */
/* A file that is checked after every kill must not grow for ever; it grows
 * enough for its log to be folded in. */
#define POINTS_PER_FILE 15
#define PIECES_MAX	24 /* acknowledged before the kill */
#define SPIN_MAX	400000
#define PACKET_BYTES	700

/* The rows of piece number n; the same whenever it is asked for. */
static void
fill_piece(struct trace *t, unsigned n)
{
	unsigned i, rows = 1 + n * 7 % 13;
	int64_t at = (int64_t)n * 1000;
	char text[96];

	for (i = 0; i < rows; i++) {
		int32_t record, command;

		snprintf(text, sizeof(text),
		    "!system=IFNET subsystem=mce%u type=LINK_UP piece=%u of=%u",
		    i, n, rows);
		record = trace_add_record(t, at + i, text, strlen(text));
		trace_add_firing(t, at + i, record, "hyperv.conf", i, text,
		    "command");
		command = trace_begin_command(t, at + i, text, record);
		trace_end_command(t, command, at + i, "exit 0");
		snprintf(text, sizeof(text), "mce%u", n % 2 + i % 3);
		trace_set_state(t, at + i, "lagg0", "active", text);
		trace_set_state(t, at + i, text, "link",
		    n % 3 == 0 ? "down" : "up");
		trace_add_decision(t, at + i, true, "record", &text, 5);
	}
	trace_add_note(t, at + rows, "engine", "looked");
}

static unsigned
packets_of(unsigned n)
{
	return n * 5 % 17;
}

static void
keep_packets(struct live *l, int32_t place, unsigned n)
{
	char data[PACKET_BYTES];
	unsigned i;

	for (i = 0; i < packets_of(n); i++) {
		memset(data, (int)(n + i), sizeof(data));
		live_packet(l, place, (int64_t)n * 1000 + i, 1500, data,
		    sizeof(data));
	}
}

/* The recorder: acknowledges every piece with a byte, and never ends. */
static void
record_for_ever(const char *path, int pipe)
{
	struct trace *t = trace_new();
	struct store *s = NULL;
	struct live *l = NULL;
	struct err e;
	int32_t place;
	int64_t id;
	unsigned n;

	if (store_open(path, 0, &s, &e) < 0 ||
	    live_open(s, &t->run, &id, &l, &e) < 0 ||
	    live_place(l, "hn0", 1, PACKET_BYTES, &place, &e) < 0)
		_exit(1);
	for (n = 0;; n++) {
		fill_piece(t, n);
		keep_packets(l, place, n);
		if (live_append(l, t, (int64_t)n * 1000 + 999, &e) < 0 ||
		    write(pipe, "a", 1) != 1)
			_exit(1);
	}
}

/* Kills the child after `wait` acknowledged pieces and a while; gives the
 * number of those it had acknowledged when it died. */
static unsigned
kill_after(pid_t child, int pipe, unsigned wait, unsigned spin)
{
	volatile unsigned turns = spin;
	unsigned acknowledged = 0;
	int status;
	char byte;

	while (acknowledged < wait && read(pipe, &byte, 1) == 1)
		acknowledged++;
	while (turns > 0)
		turns--;
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	while (read(pipe, &byte, 1) == 1)
		acknowledged++;
	return acknowledged;
}

/* A store that is being made has another name (db/store.c). */
static void
remove_draft(const char *path, pid_t child)
{
	static const char *const suffixes[] = { "", "-wal", "-shm",
		"-journal" };
	char name[128];
	size_t i;

	for (i = 0; i < 4; i++) {
		snprintf(name, sizeof(name), "%s.new-%ld%s", path, (long)child,
		    suffixes[i]);
		remove(name);
	}
}

static unsigned
record_and_kill(const char *path, struct prng *random)
{
	unsigned wait = (unsigned)prng_below(random, PIECES_MAX + 1);
	unsigned spin = (unsigned)prng_below(random, SPIN_MAX);
	unsigned acknowledged;
	int ends[2];
	pid_t child;

	assert_int_equal(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		close(ends[0]);
		record_for_ever(path, ends[1]);
	}
	assert_true(child > 0);
	close(ends[1]);
	acknowledged = kill_after(child, ends[0], wait, spin);
	close(ends[0]);
	remove_draft(path, child);
	return acknowledged;
}

/* What the newest run of the file holds. */
struct found {
	int64_t run;
	unsigned runs;
	unsigned packets, places;
	bool packets_differ;
	unsigned piece, packet; /* which packet comes next */
};

static bool
see_run(void *ctx, const struct store_run *run)
{
	struct found *f = ctx;

	f->run = run->id;
	f->runs++;
	return true;
}

static bool
see_place(void *ctx, const struct store_place *place)
{
	struct found *f = ctx;

	(void)place;
	f->places++;
	return true;
}

static bool
see_packet(void *ctx, const struct store_packet *p)
{
	struct found *f = ctx;
	char data[PACKET_BYTES];

	while (f->packet == packets_of(f->piece)) {
		f->piece++;
		f->packet = 0;
	}
	memset(data, (int)(f->piece + f->packet), sizeof(data));
	if (p->at_ns != (int64_t)f->piece * 1000 + f->packet ||
	    p->bytes != sizeof(data) ||
	    memcmp(p->data, data, sizeof(data)) != 0)
		f->packets_differ = true;
	f->packet++;
	f->packets++;
	return true;
}

static bool
see_value(void *ctx, int count, const char *const *names,
    const struct store_value *v)
{
	(void)count;
	(void)names;
	if (v != NULL)
		strbuf_add(ctx, v[0].data, v[0].bytes);
	return true;
}

static void
assert_sound(struct store_reader *r)
{
	struct strbuf text = { 0 };
	struct err e;

	if (store_read_query(r, "PRAGMA integrity_check", see_value, &text,
		&e) < 0)
		fail_msg("%s", e.text);
	assert_string_equal(strbuf_str(&text), "ok");
	strbuf_reset(&text);
	if (store_read_query(r, "PRAGMA foreign_key_check", see_value, &text,
		&e) < 0)
		fail_msg("%s", e.text);
	assert_string_equal(strbuf_str(&text), "");
	strbuf_fini(&text);
}

/* The run is what `pieces` pieces make. */
static void
assert_pieces(struct store_reader *r, const struct found *f, unsigned pieces)
{
	struct trace *want = trace_new(), *got = NULL;
	struct strbuf a = { 0 }, b = { 0 };
	unsigned n, packets = 0;
	struct err e;

	if (store_read_trace(r, f->run, &got, &e) < 0)
		fail_msg("%s", e.text);
	for (n = 0; n < pieces; n++) {
		fill_piece(want, n);
		packets += packets_of(n);
	}
	want->run.cut = true;
	want->run.end_ns = pieces == 0 ? 0 : (int64_t)pieces * 1000 - 1;
	trace_dump(want, &a);
	trace_dump(got, &b);
	assert_string_equal(strbuf_str(&b), strbuf_str(&a));
	assert_int_equal(f->packets, packets);
	assert_false(f->packets_differ);
	strbuf_fini(&a);
	strbuf_fini(&b);
	trace_free(got);
	trace_free(want);
}

/* The number of pieces, by their notes: one each. */
static unsigned
count_pieces(struct store_reader *r, int64_t run)
{
	struct trace *t = NULL;
	unsigned pieces;
	struct err e;

	if (store_read_trace(r, run, &t, &e) < 0)
		fail_msg("%s", e.text);
	pieces = (unsigned)t->n_notes;
	trace_free(t);
	return pieces;
}

/* After a kill: *runs is how many there were before, and becomes how many
 * there are. */
static void
check_file(const char *path, unsigned acknowledged, unsigned *runs)
{
	struct store_reader *r = NULL;
	struct found f = { 0 };
	unsigned pieces;
	struct err e;
	int rc;

	rc = store_read_open(path, &r, &e);
	if (rc == ERR_NOTFOUND && acknowledged == 0 && *runs == 0)
		return; /* killed before there was a file */
	if (rc < 0)
		fail_msg("%s", e.text);
	assert_sound(r);
	assert_int_equal(store_read_runs(r, see_run, &f, &e), 0);
	assert_true(f.runs == *runs || f.runs == *runs + 1);
	if (f.runs == *runs) {
		assert_int_equal(acknowledged, 0);
	} else {
		assert_int_equal(store_read_places(r, f.run, see_place, &f, &e),
		    0);
		assert_int_equal(store_read_packets(r, f.run, see_packet, &f,
				     &e),
		    0);
		pieces = count_pieces(r, f.run);
		/* One may be stored whose acknowledgement was not sent. */
		assert_true(
		    pieces == acknowledged || pieces == acknowledged + 1);
		assert_true(f.places == 1 || pieces == 0);
		assert_pieces(r, &f, pieces);
	}
	*runs = f.runs;
	store_read_close(r);
}

static void
remove_file(const char *path)
{
	static const char *const suffixes[] = { "", "-wal", "-shm" };
	char name[128];
	size_t i;

	for (i = 0; i < 3; i++) {
		snprintf(name, sizeof(name), "%s%s", path, suffixes[i]);
		remove(name);
	}
}

/* A recording that nobody kills: the file is as good as new. */
static void
record_to_the_end(const char *path, unsigned *runs)
{
	struct trace *t = trace_new();
	struct store *s = NULL;
	struct live *l = NULL;
	struct err e = { 0 };
	int64_t id;

	if (store_open(path, 0, &s, &e) < 0 ||
	    live_open(s, &t->run, &id, &l, &e) < 0)
		fail_msg("%s", e.text);
	fill_piece(t, 5);
	if (live_append(l, t, 5, &e) < 0 || live_end(l, 6, &e) < 0)
		fail_msg("%s", e.text);
	*runs += 1;
	live_free(l);
	store_close(s);
	trace_free(t);
}

static void
assert_all_there(const char *path, unsigned runs)
{
	struct store_reader *r = NULL;
	struct found f = { 0 };
	struct err e;

	if (store_read_open(path, &r, &e) < 0)
		fail_msg("%s", e.text);
	assert_sound(r);
	assert_int_equal(store_read_runs(r, see_run, &f, &e), 0);
	assert_int_equal(f.runs, runs);
	store_read_close(r);
}

/* Not by chance but by design: a kill comes after so many acknowledged
 * pieces, and a while that may end anywhere in the next one. */
static void
what_was_acknowledged_survives_a_kill_at_any_point(void **state)
{
	char folder[] = "/tmp/switchback-kill.XXXXXX", path[64];
	const unsigned points = variant_times(POINTS, POINTS_ASAN);
	unsigned i, runs = 0, kept = 0;
	struct prng random;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/live.db", folder);
	prng_seed(&random, SEED);
	for (i = 0; i < points; i++) {
		unsigned acknowledged = record_and_kill(path, &random);

		check_file(path, acknowledged, &runs);
		kept += acknowledged;
		if (i % POINTS_PER_FILE == POINTS_PER_FILE - 1 ||
		    i == points - 1) {
			record_to_the_end(path, &runs);
			assert_all_there(path, runs);
			remove_file(path);
			runs = 0;
		}
	}
	assert_true(kept > points * PIECES_MAX / 4);
	assert_int_equal(rmdir(folder), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    what_was_acknowledged_survives_a_kill_at_any_point),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
