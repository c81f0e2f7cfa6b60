/* SPDX-License-Identifier: BSD-2-Clause */
/* A store's run as the recording beside captures, and its own packets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/dur.h"
#include "cmd/cmds.h"
#include "cmd/history.h"
#include "db/live.h"
#include "packet/probehdr.h"
#include "report/streams.h"

#define START (INT64_C(1700000000) * DUR_SEC)

static char path[] = "/tmp/test_history.XXXXXX";

static void
give(struct live *l, int32_t place, uint64_t number)
{
	struct probe_frame pf = { .stream = 1,
		.sequence = number,
		.src_port = 49153,
		.dst_port = PROBE_UDP_PORT,
		.src = { 4, 32, { 10, 1, 19, 4 } },
		.dst = { 4, 32, { 10, 1, 19, 1 } },
		.sent_ns = START + (int64_t)number * DUR_MS };
	uint8_t b[PROBE_FRAME_MAX];
	uint32_t n = (uint32_t)probe_frame_encode(&pf, b);

	live_packet(l, place, pf.sent_ns, n, b, n);
}

/* A recorded run: its packets go over from hn0 to mce0. */
static void
record_run(void)
{
	static const char up[] = "!system=HYPERV_NIC_VF subsystem=hn0 "
				 "type=VF_UP";
	struct trace *t = trace_new();
	struct live *l = NULL;
	struct store *s = NULL;
	struct trace_run run = { .title = (char[]){ "lab" },
		.kind = (char[]){ "recorded" },
		.policy = (char[]){ "" },
		.machine = (char[]){ "" },
		.source = (char[]){ "" },
		.version = (char[]){ "" },
		.note = (char[]){ "" },
		.start_ns = START };
	int32_t place[2];
	struct err e;
	int64_t id;
	uint64_t i;

	assert_int_equal(store_open(path, 0, &s, &e), 0);
	assert_int_equal(live_open(s, &run, &id, &l, &e), 0);
	assert_int_equal(live_place(l, "hn0", 1, 65535, &place[0], &e), 0);
	assert_int_equal(live_place(l, "mce0", 1, 65535, &place[1], &e), 0);
	for (i = 0; i < 100; i++)
		if (i < 50 || i >= 60)
			give(l, place[i >= 50], i);
	trace_add_record(t, START + 50 * DUR_MS, up, sizeof(up) - 1);
	assert_int_equal(live_append(l, t, START + DUR_SEC, &e), 0);
	assert_int_equal(live_end(l, START + DUR_SEC, &e), 0);
	live_free(l);
	store_close(s);
	trace_free(t);
}

static void
a_runs_own_packets_are_judged(void **state)
{
	struct history h = { .db = path, .run = "lab" };
	struct flows_options o = { 0 };
	struct streams s;
	struct flows f;

	(void)state;
	record_run();
	flows_init(&f, &o);
	assert_int_equal(history_read(&h), CMD_PASS);
	assert_int_equal(history_packets(&h, &f), CMD_PASS);
	streams_judge(&f, &s);
	assert_int_equal(f.n_places, 2);
	assert_string_equal(f.places[1].name, "mce0");
	assert_int_equal(s.count, 1);
	assert_int_equal(s.list[0].losses.lost, 10);
	assert_true(s.list[0].losses.longest_ns == 11 * DUR_MS);
	assert_true(history_join(&h, f.first_ns[0], f.last_ns[0]) == START);
	assert_true(h.joined);
	assert_true(h.shift_ns == 0);
	assert_int_equal(h.trace->n_records, 1);
	streams_fini(&s);
	flows_fini(&f);
	history_fini(&h);
}

static void
a_store_is_a_recording_too(void **state)
{
	struct strbuf spec = { 0 };
	struct history h = { 0 };

	(void)state;
	strbuf_addf(&spec, "%s#1", path);
	h.recording = strbuf_str(&spec);
	assert_int_equal(history_read(&h), CMD_PASS);
	assert_int_equal(h.trace->n_records, 1);
	/* Other clocks are told, and joined by hand only. */
	assert_true(history_join(&h, 5, 10) == 5);
	assert_false(h.joined);
	h.has_offset = true;
	h.offset_ns = -START;
	assert_true(history_join(&h, 5, 10) == 0);
	assert_true(h.joined);
	history_fini(&h);
	strbuf_addc(&spec, '7');
	h.recording = strbuf_str(&spec);
	assert_int_equal(history_read(&h), CMD_INPUT);
	strbuf_fini(&spec);
}

static int
setup(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	if (fd < 0)
		return -1;
	close(fd);
	return unlink(path);
}

static int
teardown(void **state)
{
	(void)state;
	return unlink(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_runs_own_packets_are_judged),
		cmocka_unit_test(a_store_is_a_recording_too),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
