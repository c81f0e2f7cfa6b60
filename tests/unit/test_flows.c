/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Counts equal the truth to one packet: streams of 100,000 packets a second
 * with known faults, seen at one place, at several, and at both ends.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/dur.h"
#include "base/mem.h"
#include "packet/losses.h"
#include "report/streams.h"
#include "stream_maker.h"
#include "variant.h"

#define START	(INT64_C(1700000000) * DUR_SEC)
#define LATE	(2 * DUR_MS)
#define SEEDS	variant_times(3, 1)
#define PACKETS 200000 /* three turns of 16 bits */

static struct flows flows;

static const struct maker faulty = {
	.kind = MAKER_PROBE,
	.count = PACKETS,
	.start_ns = START,
	.period_ns = 10 * DUR_US,
	.latency_ns = 70 * DUR_US,
	.lost = 30,
	.doubled = 20,
	.held = 40,
	.held_ns = 5 * DUR_MS,
};

static void
begin(bool two_sided)
{
	struct flows_options o = { .late_ns = LATE, .two_sided = two_sided };

	flows_init(&flows, &o);
}

static void
give_all(const struct made *m, size_t place)
{
	size_t i;

	for (i = 0; i < m->n_came; i++)
		made_give(m, &m->came[i], true, 0, place, &flows);
}

/* What was sent on one side and came on the other, by their own clocks'
 * times: as two files are merged. */
static void
give_both(const struct made *m, size_t from, size_t to, int64_t clock_ns)
{
	size_t i = 0, k = 0;

	while (i < m->n_sent || k < m->n_came)
		if (k == m->n_came ||
		    (i < m->n_sent &&
			m->sent[i].sent_ns <= m->came[k].at_ns + clock_ns))
			made_give(m, &m->sent[i++], false, 0, from, &flows);
		else
			made_give(m, &m->came[k++], true, clock_ns, to, &flows);
}

#define SAME(what, a, b)                                                       \
	do {                                                                   \
		if ((uint64_t)(a) != (uint64_t)(b))                            \
			fail_msg("kind %d seed %d: %s is %lld, in truth %lld", \
			    (int)m->maker.kind, (int)m->maker.seed, what,      \
			    (long long)(a), (long long)(b));                   \
	} while (0)

static void
check_order(const struct made *m, const struct flow_side *s,
    const struct truth *t)
{
	SAME("duplicated", s->duplicated, t->duplicated);
	SAME("reordered", s->reordered, t->reordered);
	SAME("late", s->late, t->late);
	SAME("extent", s->extent_max, t->extent_max);
	SAME("late time", s->late_max_ns, t->late_max_ns);
}

static void
check_one_side(const struct made *m)
{
	const struct flow_side *s = &flows.list[0]->side[0];
	struct losses l;
	struct truth t;

	made_truth(m, LATE, &t);
	assert_int_equal(flows.n_flows, 1);
	assert_true(flow_is_numbered(flows.list[0], 0));
	losses_alone(s, flows.list[0]->kind, &l);
	SAME("delivered", l.delivered, t.delivered);
	SAME("lost", l.lost, t.missing);
	SAME("packets", s->packets, m->n_came);
	check_order(m, s, &t);
	if (m->maker.kind == MAKER_PROBE) {
		SAME("longest", l.longest_ns, t.longest_one_side_ns);
		SAME("period", l.period_ns, m->maker.period_ns);
	}
	losses_fini(&l);
}

static void
run_one_side(const struct maker *k)
{
	struct made *m = maker_make(k);

	begin(false);
	assert_int_equal(flows_add_place(&flows, 0, "hn0", FRAME_ETHERNET), 0);
	give_all(m, 0);
	check_one_side(m);
	flows_fini(&flows);
	made_free(m);
}

static void
one_side_counts_to_one_packet(void **state)
{
	struct maker k = faulty;

	(void)state;
	for (k.seed = 1; k.seed <= SEEDS; k.seed++)
		for (k.kind = MAKER_PROBE; k.kind <= MAKER_IPID; k.kind++) {
			/* IP ids are not believed when too much jumps. */
			k.held = k.kind == MAKER_IPID ? 10 : 40;
			run_one_side(&k);
		}
}

static void
numbers_wrap_wherever_a_stream_begins(void **state)
{
	struct maker k = faulty;

	(void)state;
	k.count = 3000;
	k.held_ns = 500 * DUR_US;
	for (k.seed = 1; k.seed <= 40; k.seed++)
		for (k.kind = MAKER_PROBE; k.kind <= MAKER_ECHO; k.kind++) {
			k.first = 65536 - k.seed * 50;
			run_one_side(&k);
		}
}

/* 16 bits go round in 655 ms. */
static void
an_outage_of_more_than_a_turn_is_counted(void **state)
{
	static const uint64_t bursts[] = { 1, 5, 1000, 32767, 32768, 32769,
		65535, 65536, 65537, 100000, 150000 };
	struct maker k = faulty;
	size_t i;

	(void)state;
	k.burst_at = 20000;
	k.lost = k.doubled = k.held = 0;
	for (i = 0; i < sizeof(bursts) / sizeof(bursts[0]); i++)
		for (k.kind = MAKER_PROBE; k.kind <= MAKER_IPID; k.kind++) {
			k.burst = bursts[i];
			k.seed = i;
			run_one_side(&k);
		}
}

static void
a_sender_that_stands_still_is_a_gap_without_loss(void **state)
{
	struct maker k = faulty;

	(void)state;
	k.seed = 7;
	k.pause_at = 150000;
	k.pause_ns = 300 * DUR_MS;
	run_one_side(&k);
}

/* --- several places --- */

static void
what_two_interfaces_show_is_no_duplicate(void **state)
{
	struct maker k = faulty;
	struct made *m;
	size_t i;

	(void)state;
	for (k.seed = 1; k.seed <= SEEDS; k.seed++) {
		m = maker_make(&k);
		begin(false);
		flows_add_place(&flows, 0, "hn0", FRAME_ETHERNET);
		flows_add_place(&flows, 0, "mce0", FRAME_ETHERNET);
		flows_add_place(&flows, 0, "lagg0", FRAME_ETHERNET);
		for (i = 0; i < m->n_came; i++) {
			/* The data path goes to and fro. */
			if (i / 1000 % 3 != 1)
				made_give(m, &m->came[i], true, 0, 0, &flows);
			if (i / 1000 % 3 != 2)
				made_give(m, &m->came[i], true, 0, 1, &flows);
			made_give(m, &m->came[i], true, 0, 2, &flows);
		}
		check_one_side(m);
		flows_fini(&flows);
		made_free(m);
	}
}

/* --- both ends --- */

static void
check_both_sides(const struct made *m, const struct stream *st)
{
	struct truth t;

	made_truth(m, LATE, &t);
	SAME("sent", st->losses.sent, t.sent);
	SAME("lost", st->losses.lost, t.lost);
	SAME("unsent", st->losses.unsent, t.unsent);
	SAME("delivered", st->losses.delivered, t.delivered);
	SAME("unseen", st->losses.unseen, 0);
	check_order(m, &st->flow->side[st->to], &t);
	if (m->maker.kind == MAKER_PROBE)
		SAME("longest", st->losses.longest_ns, t.longest_ns);
}

static void
run_both_sides(struct maker k, int64_t clock_ns)
{
	struct made *m = maker_make(&k), *back;
	struct streams s;

	k.back = true;
	k.stream++;
	k.seed += 100;
	k.kind = MAKER_PROBE;
	back = maker_make(&k);
	begin(true);
	flows_add_place(&flows, 0, "a", FRAME_ETHERNET);
	flows_add_place(&flows, 1, "b", FRAME_ETHERNET);
	give_both(m, 0, 1, clock_ns);
	give_both(back, 1, 0, -clock_ns);
	streams_judge(&flows, &s);
	assert_int_equal(s.count, 2);
	assert_string_equal(s.list[0].way, "out");
	assert_string_equal(s.list[1].way, "in");
	check_both_sides(m, &s.list[0]);
	check_both_sides(back, &s.list[1]);
	streams_fini(&s);
	flows_fini(&flows);
	made_free(m);
	made_free(back);
}

static void
both_sides_count_to_one_packet(void **state)
{
	struct maker k = faulty;

	(void)state;
	k.refused_at = 70000;
	k.refused = 321;
	for (k.seed = 1; k.seed <= SEEDS; k.seed++)
		for (k.kind = MAKER_PROBE; k.kind <= MAKER_ECHO; k.kind++) {
			k.burst_at = k.seed * 30000;
			k.burst = k.seed * 5000;
			run_both_sides(k, 0);
			run_both_sides(k, 120 * DUR_MS);
		}
}

static void
what_is_lost_at_the_ends_counts_with_two_sides(void **state)
{
	struct maker k = faulty;

	(void)state;
	for (k.seed = 1; k.seed <= 4; k.seed++) {
		k.kind = k.seed % 2 == 0 ? MAKER_PROBE : MAKER_ECHO;
		k.burst_at = k.seed <= 2 ? 0 : PACKETS - 777;
		k.burst = 777;
		run_both_sides(k, 0);
	}
}

/* Whatever the clocks say. */
static void
a_clock_that_is_off_is_found_out(void **state)
{
	static const int64_t offsets[] = { 0, 1, -250 * DUR_MS, 3 * DUR_SEC,
		-3600 * DUR_SEC };
	struct maker k = faulty;
	struct made *m, *back;
	struct streams s;
	size_t i;

	(void)state;
	k.count = 20000;
	k.seed = 3;
	m = maker_make(&k);
	k.back = true;
	k.stream = 1;
	k.latency_ns = 50 * DUR_US; /* the ways need not be alike */
	back = maker_make(&k);
	for (i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
		begin(true);
		flows_add_place(&flows, 0, "a", FRAME_ETHERNET);
		flows_add_place(&flows, 1, "b", FRAME_ETHERNET);
		give_both(m, 0, 1, offsets[i]);
		/* Sent by b's clock, which is ahead. */
		for (size_t n = 0; n < back->n_sent; n++)
			made_give(back, &back->sent[n], false, offsets[i], 1,
			    &flows);
		give_all(back, 0);
		streams_judge(&flows, &s);
		assert_true(s.offset_known && s.both_ways);
		assert_true(s.offset_ns - offsets[i] <= s.uncertain_ns &&
		    offsets[i] - s.offset_ns <= s.uncertain_ns);
		assert_true(s.uncertain_ns <= 60 * DUR_US);
		assert_string_equal(s.list[0].way, "out");
		check_both_sides(m, &s.list[0]);
		streams_fini(&s);
		flows_fini(&flows);
	}
	made_free(m);
	made_free(back);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_side_counts_to_one_packet),
		cmocka_unit_test(numbers_wrap_wherever_a_stream_begins),
		cmocka_unit_test(an_outage_of_more_than_a_turn_is_counted),
		cmocka_unit_test(
		    a_sender_that_stands_still_is_a_gap_without_loss),
		cmocka_unit_test(what_two_interfaces_show_is_no_duplicate),
		cmocka_unit_test(both_sides_count_to_one_packet),
		cmocka_unit_test(
		    what_is_lost_at_the_ends_counts_with_two_sides),
		cmocka_unit_test(a_clock_that_is_off_is_found_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
