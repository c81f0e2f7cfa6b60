/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Captures say the same as the numbers: over all scenarios, under both
 * policies, the frames of each stream at the peer and at the guest are those
 * of the closed form, gap by gap. The files are read here byte by byte, not
 * by the library that wrote them; and once more as a user's would be, by what
 * continuity makes of them.
 */
#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/dur.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "capture_judge.h"
#include "cmd/inputs.h"
#include "packet/probehdr.h"
#include "sim/machine/vclock.h"
#include "sim/stage/simstage.h"
#include "variant.h"

#define PACKETS_MAX	 4000 /* of one probe: rates are lowered to that */
#define PACKETS_MAX_ASAN 1500

static size_t gaps_judged;
static char root[] = "/tmp/test_capture.XXXXXX";

struct seen { /* frames of one stream in one file */
	uint64_t *sequence;
	int64_t *sent_ns;
	size_t n, cap, cap_sent;
};

struct file {
	struct seen *by_kind[3]; /* [kind][stream], streams from 1 */
	size_t n_streams, frames;
};

/* --- reading --- */

static void
note(struct file *f, const struct probe_frame *p)
{
	struct seen *s;

	assert_true(p->stream >= 1 && p->stream <= f->n_streams);
	s = &f->by_kind[p->kind][p->stream - 1];
	s->sequence =
	    mem_grow(s->sequence, &s->cap, s->n + 1, sizeof(*s->sequence));
	s->sent_ns =
	    mem_grow(s->sent_ns, &s->cap_sent, s->n + 1, sizeof(*s->sent_ns));
	s->sequence[s->n] = p->sequence;
	s->sent_ns[s->n++] = p->sent_ns - WALL_EPOCH * DUR_SEC;
}

static void
read_pcap(const char *path, size_t n_streams, struct file *f)
{
	uint8_t frame[256];
	uint32_t head[6], rec[4];
	struct probe_frame p;
	int64_t at, last = 0;
	FILE *in = fopen(path, "rb");
	size_t i;

	if (in == NULL)
		fail_msg("%s: %s", path, strerror(errno));
	memset(f, 0, sizeof(*f));
	f->n_streams = n_streams;
	for (i = 0; i < 3; i++)
		f->by_kind[i] = mem_zero(n_streams + 1, sizeof(struct seen));
	assert_int_equal(fread(head, sizeof(head), 1, in), 1);
	assert_int_equal(head[0], 0xa1b23c4d); /* nanoseconds */
	assert_int_equal(head[1], 4 << 16 | 2);
	assert_int_equal(head[5], 1); /* Ethernet */
	while (fread(rec, sizeof(rec), 1, in) == 1) {
		assert_true(rec[1] < DUR_SEC);
		assert_true(rec[2] == rec[3] && rec[2] <= sizeof(frame));
		assert_int_equal(fread(frame, rec[2], 1, in), 1);
		at = rec[0] * DUR_SEC + rec[1];
		if (at < last)
			fail_msg("%s: frame %zu is earlier than the one before",
			    path, f->frames);
		last = at;
		assert_true(probe_frame_decode(frame, rec[2], &p));
		assert_true(probe_frame_is_intact(frame, rec[2]));
		f->frames++;
		note(f, &p);
	}
	fclose(in);
}

static void
file_fini(struct file *f)
{
	size_t i, k;

	for (i = 0; i < 3; i++) {
		for (k = 0; k < f->n_streams; k++) {
			free(f->by_kind[i][k].sequence);
			free(f->by_kind[i][k].sent_ns);
		}
		free(f->by_kind[i]);
	}
}

/* --- comparing --- */

/* The runs of missing numbers are the closed form's gaps. */
static void
check_gaps(const struct trace *t, size_t probe, const struct seen *got,
    const char *where)
{
	const struct trace_probe *p = &t->probes[probe];
	uint64_t total = p->sent + p->send_errors, next = 0;
	size_t i, g = 0;

	for (i = 0; i <= got->n; i++) {
		uint64_t at = i < got->n ? got->sequence[i] : total;

		if (i > 0 && at < next)
			fail_msg("%s: number %d twice or late", where, (int)at);
		if (at > next) {
			while (g < t->n_gaps &&
			    (t->gaps[g].probe != (int32_t)probe ||
				t->gaps[g].count == 0))
				g++;
			if (g == t->n_gaps)
				fail_msg("%s: %d missing from %d on, and no "
					 "gap",
				    where, (int)(at - next), (int)next);
			assert_true(t->gaps[g].first_seq == next);
			assert_true(t->gaps[g].count == at - next);
			if (i > 0)
				assert_true(
				    t->gaps[g].from_ns == got->sent_ns[i - 1]);
			if (i < got->n)
				assert_true(
				    t->gaps[g].to_ns == got->sent_ns[i]);
			g++;
		}
		next = at + 1;
	}
	for (; g < t->n_gaps; g++)
		if (t->gaps[g].probe == (int32_t)probe && t->gaps[g].count > 0)
			fail_msg("%s: a gap from %d on is not there", where,
			    (int)t->gaps[g].first_seq);
}

static size_t
check_stream(const struct trace *t, size_t i, const struct file *peer,
    const struct file *guest, const char *where)
{
	const struct trace_probe *p = &t->probes[i];
	bool echo = strcmp(p->way, "echo") == 0;
	bool in = strcmp(p->way, "in") == 0;
	enum probe_kind there = echo ? PROBE_REQUEST : PROBE_ONE_WAY;
	const struct seen *at_guest = &guest->by_kind[there][i];
	const struct seen *at_peer = &peer->by_kind[there][i];
	const struct seen *back = &guest->by_kind[PROBE_REPLY][i];

	if (in) {
		assert_int_equal(at_peer->n, p->sent);
		assert_int_equal(at_guest->n, p->delivered);
		check_gaps(t, i, at_guest, where);
		return at_guest->n;
	}
	assert_int_equal(at_guest->n, p->sent);
	if (!echo) {
		assert_int_equal(at_peer->n, p->delivered);
		check_gaps(t, i, at_peer, where);
		return at_peer->n;
	}
	assert_int_equal(at_peer->n, peer->by_kind[PROBE_REPLY][i].n);
	assert_true(at_peer->n <= p->sent && at_peer->n >= p->delivered);
	assert_int_equal(back->n, p->delivered);
	check_gaps(t, i, back, where);
	return at_peer->n + back->n;
}

/* --- running --- */

static void
empty(const char *dir, bool whole)
{
	struct strbuf path = { 0 };
	struct dirent *e;
	DIR *d = opendir(dir);

	assert_non_null(d);
	while ((e = readdir(d)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (whole)
			assert_null(strstr(e->d_name, ".part"));
		strbuf_reset(&path);
		strbuf_addf(&path, "%s/%s", dir, e->d_name);
		unlink(strbuf_str(&path));
	}
	closedir(d);
	strbuf_fini(&path);
}

static struct trace *
run(struct simstage stage, struct capture *c)
{
	struct diag quiet = { 0 };
	struct trace *t = trace_new();

	stage.profile = input_profile(stage.scenario->machine);
	assert_non_null(stage.profile);
	assert_true(simstage_check(&stage, &quiet));
	stage.capture = c;
	simstage_run(&stage, t);
	profile_free(stage.profile);
	return t;
}

/* What each interface that the trace knows saw, for its sake. */
static size_t
frames_on(const struct trace *t, size_t n_streams)
{
	struct strbuf path = { 0 };
	struct file f;
	size_t i, n = 0;

	for (i = 0; i < t->n_states; i++) {
		if (strcmp(t->states[i].field, "exists") != 0 ||
		    strcmp(t->states[i].value, "yes") != 0)
			continue;
		strbuf_reset(&path);
		strbuf_addf(&path, "%s/%s.pcap", root, t->states[i].object);
		read_pcap(strbuf_str(&path), n_streams, &f);
		n += f.frames;
		file_fini(&f);
	}
	strbuf_fini(&path);
	return n;
}

static void
check(const struct scenario *s, const struct ruleset *rules,
    enum core_policy policy)
{
	struct simstage stage = { .scenario = s,
		.rules = rules,
		.policy = policy,
		.seed = s->seed };
	struct strbuf path = { 0 };
	struct trace *closed = run(stage, NULL), *framed;
	struct capture *c = capture_new(root);
	struct file peer, guest;
	size_t i, came = 0;
	struct err e;

	framed = run(stage, c);
	if (capture_close(c, &e) < 0)
		fail_msg("%s", e.text);
	assert_true(trace_hash(closed) == trace_hash(framed));
	strbuf_addf(&path, "%s/peer.pcap", root);
	read_pcap(strbuf_str(&path), closed->n_probes, &peer);
	strbuf_reset(&path);
	strbuf_addf(&path, "%s/guest.pcap", root);
	read_pcap(strbuf_str(&path), closed->n_probes, &guest);
	for (i = 0; i < closed->n_probes; i++)
		came += check_stream(closed, i, &peer, &guest, s->path);
	gaps_judged += capture_judge(closed, root, s->path);
	/* What came through was seen on some interface. */
	i = frames_on(framed, closed->n_probes);
	if (i < came)
		fail_msg("%s: %zu of %zu frames seen", s->path, i, came);
	file_fini(&peer);
	file_fini(&guest);
	empty(root, true);
	strbuf_fini(&path);
	trace_free(closed);
	trace_free(framed);
}

/* A day at 1000/s is not what this is about. */
static void
slow_down(struct scenario *s)
{
	const int64_t most = variant_times(PACKETS_MAX, PACKETS_MAX_ASAN);
	struct scn_probe *p;
	size_t i;

	for (i = 0; i < s->n_probes; i++) {
		p = &s->probes[i];
		if ((s->end_ns - p->from_ns) / p->period_ns > most)
			p->period_ns = (s->end_ns - p->from_ns) / most;
	}
}

static void
every_scenario_is_in_its_captures_packet_by_packet(void **state)
{
	static char folder[] = "scenarios";
	char *const paths[] = { folder };
	char **list = input_scenario_paths(paths, 1);
	struct ruleset *shipped = input_rules(NULL), *own;
	struct scenario *s;
	size_t i, n = 0;

	(void)state;
	assert_non_null(list);
	assert_non_null(shipped);
	for (i = 0; list[i] != NULL; i++) {
		s = input_scenario(list[i]);
		assert_non_null(s);
		own = s->n_rules > 0 ? input_rules(s) : NULL;
		slow_down(s);
		check(s, own != NULL ? own : shipped, CORE_STOCK);
		check(s, own != NULL ? own : shipped, CORE_NATIVE);
		ruleset_free(own);
		scenario_free(s);
		n++;
	}
	assert_true(n >= 30);
	assert_true(gaps_judged >= 100);
	input_free_paths(list);
	ruleset_free(shipped);
}

/* --- the files themselves --- */

static void
what_cannot_be_written_is_told_once_and_leaves_nothing(void **state)
{
	uint8_t frame[64] = { 0 };
	struct strbuf path = { 0 };
	struct capture *c;
	struct err e;

	(void)state;
	strbuf_addf(&path, "%s/no/such", root);
	c = capture_new(strbuf_str(&path));
	capture_interface(c, "hn0");
	assert_int_equal(capture_close(c, &e), 0);
	empty(strbuf_str(&path), true);
	/* A file is where a folder should be. */
	strbuf_adds(&path, "/x");
	fclose(fopen(strbuf_str(&path), "wb"));
	c = capture_new(strbuf_str(&path));
	capture_frame(c, CAPTURE_PEER, 0, frame, sizeof(frame));
	assert_int_equal(capture_close(c, &e), ERR_IO);
	assert_non_null(strstr(e.text, strbuf_str(&path)));
	unlink(strbuf_str(&path));
	strbuf_fini(&path);
}

static void
an_interface_may_have_any_name(void **state)
{
	static const char *const files[] = { "peer", "if-peer", "a_b", "_." };
	struct capture *c = capture_new(root);
	struct strbuf path = { 0 };
	struct err e;
	size_t i;

	(void)state;
	capture_place(c, CAPTURE_PEER);
	capture_interface(c, "peer");
	capture_interface(c, "a/b");
	capture_interface(c, "..");
	assert_int_equal(capture_close(c, &e), 0);
	for (i = 0; i < 4; i++) {
		strbuf_reset(&path);
		strbuf_addf(&path, "%s/%s.pcap", root, files[i]);
		if (access(strbuf_str(&path), R_OK) < 0)
			fail_msg("no %s", strbuf_str(&path));
	}
	empty(root, true);
	strbuf_fini(&path);
}

static int
setup(void **state)
{
	(void)state;
	return mkdtemp(root) == NULL ? -1 : 0;
}

static int
teardown(void **state)
{
	char path[64];

	(void)state;
	snprintf(path, sizeof(path), "%s/no/such", root);
	rmdir(path);
	snprintf(path, sizeof(path), "%s/no", root);
	rmdir(path);
	return rmdir(root);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    every_scenario_is_in_its_captures_packet_by_packet),
		cmocka_unit_test(
		    what_cannot_be_written_is_told_once_and_leaves_nothing),
		cmocka_unit_test(an_interface_may_have_any_name),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
