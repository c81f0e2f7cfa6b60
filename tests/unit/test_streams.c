/* SPDX-License-Identifier: BSD-2-Clause */
/* What captures say of streams that are not simply counted: TCP, IP ids,
 * echoes, streams that begin anew or move. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/dur.h"
#include "packet/probehdr.h"
#include "report/streams.h"
#include "report/streams_text.h"
#include "report/streams_trace.h"

static struct flows f;
static struct streams s;

static int
setup(void **state)
{
	struct flows_options o = { 0 };

	(void)state;
	flows_init(&f, &o);
	flows_add_place(&f, 0, "hn0", FRAME_RAW);
	flows_add_place(&f, 0, "mce0", FRAME_RAW);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	streams_fini(&s);
	flows_fini(&f);
	return 0;
}

struct ip {
	uint8_t proto;
	uint16_t id;
	bool back;
	const uint8_t *body;
	size_t bytes;
};

static void
give(size_t place, int64_t at_ms, const struct ip *ip)
{
	uint8_t b[200] = { 0x45, 0, 0, (uint8_t)(20 + ip->bytes),
		(uint8_t)(ip->id >> 8), (uint8_t)ip->id, 0, 0, 64, ip->proto, 0,
		0, 10, 1, 19, ip->back ? 1 : 4, 10, 1, 19, ip->back ? 4 : 1 };
	struct flows_packet p = { place, at_ms * DUR_MS, b,
		(uint32_t)(20 + ip->bytes), (uint32_t)(20 + ip->bytes) };

	memcpy(b + 20, ip->body, ip->bytes);
	flows_add(&f, &p);
}

static void
tcp(int64_t at_ms, uint16_t id, uint32_t seq, uint8_t flags, uint8_t bytes)
{
	uint8_t b[150] = { 0x9c, 0x40, 0x01, 0xbb, (uint8_t)(seq >> 24),
		(uint8_t)(seq >> 16), (uint8_t)(seq >> 8), (uint8_t)seq, 0, 0,
		0, 1, 0x50, flags };
	struct ip ip = { 6, id, false, b, 20 + (size_t)bytes };

	give(0, at_ms, &ip);
}

static void
echo(int64_t at_ms, bool reply, uint16_t seq)
{
	uint8_t b[16] = { reply ? 0 : 8, 0, 0, 0, 0xd9, 2, (uint8_t)(seq >> 8),
		(uint8_t)seq };
	struct ip ip = { 1, (uint16_t)at_ms, reply, b, sizeof(b) };

	give(0, at_ms, &ip);
}

static void
udp(size_t place, int64_t at_ms, uint16_t id)
{
	uint8_t b[12] = { 0x13, 0x88, 0x13, 0x89, 0, 12 };
	struct ip ip = { 17, id, false, b, sizeof(b) };

	give(place, at_ms, &ip);
}

/* --- TCP --- */

static void
what_tcp_sends_again_is_loss_evidence(void **state)
{
	struct stream *st;

	(void)state;
	tcp(0, 1, 999, 2, 0); /* SYN */
	tcp(1, 2, 1000, 0x10, 100);
	tcp(2, 3, 1100, 0x10, 100);
	tcp(3, 4, 1000, 0x10, 0);     /* an acknowledgement: no number */
	tcp(203, 5, 1000, 0x10, 100); /* seen before: lost behind us */
	tcp(204, 6, 1100, 0x10, 100);
	tcp(205, 7, 1200, 0x10, 100);
	tcp(205, 7, 1200, 0x10, 100); /* the same packet twice */
	tcp(206, 9, 1400, 0x10, 100); /* 1300 is missing ... */
	tcp(207, 8, 1300, 0x10, 100); /* ... and merely late */
	tcp(208, 11, 1600, 0x10, 100);
	tcp(300, 12, 1500, 0x10, 100); /* sent again: lost before us */
	tcp(301, 13, 1699, 0x10, 1);   /* keeps alive */
	streams_judge(&f, &s);
	assert_int_equal(s.count, 1);
	st = &s.list[0];
	assert_string_equal(st->numbered, "tcp");
	assert_int_equal(st->retransmitted, 3);
	assert_int_equal(st->losses.lost, 3);
	assert_int_equal(st->duplicated, 1);
	assert_int_equal(st->reordered, 1);
	assert_int_equal(st->losses.n_gaps, 2);
	/* From the last new segment before to the last that came again. */
	assert_true(st->losses.gaps[0].from_ns == 2 * DUR_MS);
	assert_true(st->losses.gaps[0].to_ns == 204 * DUR_MS);
	assert_int_equal(st->losses.gaps[0].count, 2);
	assert_true(st->losses.longest_ns == 202 * DUR_MS);
}

static void
a_new_connection_on_old_ports_is_another_stream(void **state)
{
	(void)state;
	tcp(0, 1, 999, 2, 0);
	tcp(1, 2, 1000, 0x10, 100);
	tcp(1, 2, 999, 2, 0); /* a SYN again is none */
	tcp(5000, 3, 777777, 2, 0);
	tcp(5001, 4, 777778, 0x10, 100);
	streams_judge(&f, &s);
	assert_int_equal(s.count, 2);
	assert_non_null(strstr(s.list[1].name, "begun anew"));
	assert_int_equal(s.list[1].losses.lost, 0);
}

static void
tcp_numbers_wrap(void **state)
{
	(void)state;
	tcp(0, 1, 0xffffff00, 0x10, 100);
	tcp(1, 2, 0xffffff64, 0x10, 100);
	tcp(2, 3, 0xffffffc8, 0x10, 100);
	tcp(3, 4, 44, 0x10, 100);
	streams_judge(&f, &s);
	assert_int_equal(s.list[0].losses.lost, 0);
	assert_int_equal(f.list[0]->side[0].all->holes.n, 0);
}

/* --- IP ids --- */

static void
ip_ids_count_only_where_they_count_up(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 100; i++)
		if (i != 50 && i != 51)
			udp(0, i, (uint16_t)(65500 + i));
	streams_judge(&f, &s);
	assert_string_equal(s.list[0].numbered, "ip-id");
	assert_int_equal(s.list[0].losses.lost, 2);
	assert_int_equal(s.list[0].losses.n_gaps, 1);
}

static void
ip_ids_that_jump_number_nothing(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 100; i++)
		udp(0, i, (uint16_t)(i * 7919));
	streams_judge(&f, &s);
	assert_string_equal(s.list[0].numbered, "none");
	assert_false(s.list[0].numbers);
	assert_int_equal(s.list[0].losses.lost, 0);
	assert_int_equal(s.list[0].losses.sent, 100);
	assert_true(f.list[0]->side[0].uncounted);
}

/* --- echoes --- */

static void
echoes_are_paired(void **state)
{
	struct stream *st;
	int i;

	(void)state;
	for (i = 0; i < 10; i++) {
		echo(i * 1000, false, (uint16_t)(65530 + i));
		if (i != 4 && i != 9)
			echo(i * 1000 + 20, true, (uint16_t)(65530 + i));
		if (i == 6)
			echo(i * 1000 + 21, true, (uint16_t)(65530 + i));
	}
	streams_judge(&f, &s);
	assert_int_equal(s.count, 1);
	st = &s.list[0];
	assert_string_equal(st->way, "echo");
	assert_int_equal(st->losses.sent, 10);
	assert_int_equal(st->losses.delivered, 8);
	assert_int_equal(st->losses.lost, 2);
	assert_int_equal(st->duplicated, 1);
	assert_int_equal(st->delay, STREAM_ROUND_TRIP);
	assert_true(st->delays.median_ns == 20 * DUR_MS);
	assert_true(st->losses.longest_ns == 2 * DUR_SEC);
	assert_true(st->convergence_ns == 2 * DUR_SEC);
}

static void
a_second_ping_with_the_same_id_is_another_stream(void **state)
{
	int i, run;

	(void)state;
	for (run = 0; run < 2; run++)
		for (i = 0; i < 5; i++) {
			echo(run * 60000 + i * 1000, false, (uint16_t)i);
			echo(run * 60000 + i * 1000 + 1, true, (uint16_t)i);
		}
	streams_judge(&f, &s);
	assert_int_equal(s.count, 2);
	assert_int_equal(s.list[0].losses.lost + s.list[1].losses.lost, 0);
	assert_int_equal(s.list[0].duplicated + s.list[1].duplicated, 0);
	assert_int_equal(s.list[1].losses.delivered, 5);
}

/* --- probes --- */

static void
probe(size_t place, uint64_t number, uint8_t host, int64_t sent_ms,
    int64_t at_ms)
{
	struct probe_frame pf = { .stream = 1,
		.sequence = number,
		.src_port = 49153,
		.dst_port = PROBE_UDP_PORT,
		.src = { 4, 32, { 10, 1, 19, host } },
		.dst = { 4, 32, { 10, 1, 19, 1 } },
		.sent_ns = sent_ms * DUR_MS };
	uint8_t b[PROBE_FRAME_MAX];
	uint32_t n = (uint32_t)probe_frame_encode(&pf, b) - 14;
	struct flows_packet p = { place, at_ms * DUR_MS, b + 14, n, n };

	flows_add(&f, &p);
}

static void
a_probe_whose_host_moves_goes_on(void **state)
{
	uint64_t i;

	(void)state;
	for (i = 0; i < 30; i++)
		if (i < 10 || i > 12)
			probe(0, i, i < 10 ? 4 : 77, (int64_t)i * 10,
			    (int64_t)i * 10);
	streams_judge(&f, &s);
	assert_int_equal(s.count, 1);
	assert_int_equal(s.list[0].losses.lost, 3);
	assert_int_equal(f.list[0]->moves, 1);
	assert_non_null(strstr(s.list[0].name, "other address"));
}

static void
another_hosts_probe_is_not_taken_for_a_move(void **state)
{
	uint64_t i;

	(void)state;
	for (i = 0; i < 30; i++) {
		probe(0, i, 4, (int64_t)i * 10, (int64_t)i * 10);
		probe(0, i + 5000, 5, (int64_t)i * 10, (int64_t)i * 10);
	}
	streams_judge(&f, &s);
	assert_int_equal(s.count, 2);
	assert_int_equal(s.list[0].losses.lost + s.list[1].losses.lost, 0);
}

static void
a_probe_that_begins_anew_is_no_duplicate(void **state)
{
	uint64_t i;
	int run;

	(void)state;
	for (run = 0; run < 2; run++)
		for (i = 0; i < 10; i++) {
			/* Seen by both NICs, the other one a little later. */
			probe(0, i, 4, run * 1000 + (int64_t)i * 10,
			    run * 1000 + (int64_t)i * 10);
			probe(1, i, 4, run * 1000 + (int64_t)i * 10,
			    run * 1000 + (int64_t)i * 10);
		}
	streams_judge(&f, &s);
	assert_int_equal(s.count, 2);
	for (i = 0; i < 2; i++) {
		assert_int_equal(s.list[i].duplicated, 0);
		assert_int_equal(s.list[i].losses.sent, 10);
		assert_int_equal(f.list[i]->side[0].n_sightings, 2);
	}
}

static void
late_means_slower_than_the_fastest(void **state)
{
	uint64_t i;

	(void)state;
	f.options.late_ns = 50 * DUR_MS;
	for (i = 0; i < 20; i++)
		probe(0, i, 4, (int64_t)i * 10,
		    (int64_t)i * 10 + 5 + (i >= 15 ? 51 : 0));
	streams_judge(&f, &s);
	assert_int_equal(s.list[0].late, 5);
	assert_int_equal(f.n_oddities, 5);
}

/* --- limits and words --- */

static void
more_streams_than_allowed_are_counted(void **state)
{
	uint8_t i;

	(void)state;
	f.options.max_flows = 10;
	for (i = 0; i < 20; i++)
		probe(0, i, i, 0, 0);
	assert_int_equal(f.n_flows, 10);
	assert_int_equal(f.counts.untold, 10);
}

static void
a_run_numbers_packets_from_the_first(void **state)
{
	struct trace *t = trace_new();
	int i;

	(void)state;
	for (i = 0; i < 10; i++) {
		echo(i * 1000, false, (uint16_t)(65534 + i));
		if (i != 4)
			echo(i * 1000 + 1, true, (uint16_t)(65534 + i));
	}
	streams_judge(&f, &s);
	streams_trace(&s, 0, t);
	assert_int_equal(t->n_probes, 1);
	assert_int_equal(t->n_gaps, 1);
	assert_int_equal(t->gaps[0].first_seq, 4);
	assert_int_equal(stream_shown(&s.list[0], stream_base(&s.list[0]) + 4),
	    2);
	assert_true(t->probes[0].first_ns == 0);
	assert_true(t->probes[0].last_ns == 9 * DUR_SEC);
	trace_free(t);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(what_tcp_sends_again_is_loss_evidence),
		T(a_new_connection_on_old_ports_is_another_stream),
		T(tcp_numbers_wrap),
		T(ip_ids_count_only_where_they_count_up),
		T(ip_ids_that_jump_number_nothing),
		T(echoes_are_paired),
		T(a_second_ping_with_the_same_id_is_another_stream),
		T(a_probe_whose_host_moves_goes_on),
		T(another_hosts_probe_is_not_taken_for_a_move),
		T(a_probe_that_begins_anew_is_no_duplicate),
		T(late_means_slower_than_the_fastest),
		T(more_streams_than_allowed_are_counted),
		T(a_run_numbers_packets_from_the_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
