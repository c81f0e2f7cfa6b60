/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/dur.h"
#include "base/prng.h"
#include "packet/continuity.h"

static struct continuity c;

static int
setup(void **state)
{
	(void)state;
	continuity_init(&c, DUR_MS);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	continuity_fini(&c);
	return 0;
}

static void
nothing_sent_is_nothing_lost(void **state)
{
	(void)state;
	continuity_end(&c);
	assert_int_equal(c.sent, 0);
	assert_null(continuity_longest(&c));
}

static void
one_lost_packet_is_a_gap_of_two_periods(void **state)
{
	const struct continuity_gap *g;

	(void)state;
	continuity_add(&c, 10, 0, PACKET_DELIVERED, 0);
	continuity_add(&c, 1, 10 * DUR_MS, PACKET_LOST, 7);
	continuity_add(&c, 5, 11 * DUR_MS, PACKET_DELIVERED, 0);
	continuity_end(&c);
	assert_int_equal(c.sent, 16);
	assert_int_equal(c.delivered, 15);
	assert_int_equal(c.lost, 1);
	g = continuity_longest(&c);
	assert_int_equal(g->to_ns - g->from_ns, 2 * DUR_MS);
	assert_int_equal(g->first_seq, 10);
	assert_int_equal(g->missing, 1);
	assert_int_equal(g->why, 7);
	assert_int_equal(c.n_gaps, 1);
}

static void
lost_and_refused_in_a_row_are_one_gap_and_two_counts(void **state)
{
	(void)state;
	continuity_add(&c, 1, 0, PACKET_DELIVERED, 0);
	continuity_add(&c, 3, DUR_MS, PACKET_LOST, 1);
	continuity_add(&c, 4, 4 * DUR_MS, PACKET_REFUSED, 2);
	continuity_add(&c, 1, 8 * DUR_MS, PACKET_DELIVERED, 0);
	continuity_end(&c);
	assert_int_equal(c.n_gaps, 1);
	assert_int_equal(c.gaps[0].missing, 7);
	assert_int_equal(c.gaps[0].refused, 4);
	assert_int_equal(c.gaps[0].why, 1); /* of the first */
	assert_int_equal(c.lost, 3);
	assert_int_equal(c.refused, 4);
}

static void
a_sender_that_stood_still_makes_a_gap_without_missing_packets(void **state)
{
	(void)state;
	continuity_add(&c, 3, 0, PACKET_DELIVERED, 0);
	continuity_add(&c, 3, 500 * DUR_MS, PACKET_DELIVERED, 0);
	continuity_end(&c);
	assert_int_equal(c.n_gaps, 1);
	assert_int_equal(c.gaps[0].missing, 0);
	assert_int_equal(c.gaps[0].from_ns, 2 * DUR_MS);
	assert_int_equal(c.gaps[0].to_ns, 500 * DUR_MS);
}

static void
at_the_ends_the_first_and_last_sending_times_stand_in(void **state)
{
	(void)state;
	continuity_add(&c, 4, 0, PACKET_LOST, 0);
	continuity_add(&c, 1, 4 * DUR_MS, PACKET_DELIVERED, 0);
	continuity_add(&c, 3, 5 * DUR_MS, PACKET_LOST, 0);
	continuity_end(&c);
	assert_int_equal(c.n_gaps, 2);
	assert_int_equal(c.gaps[0].from_ns, 0);
	assert_int_equal(c.gaps[0].to_ns, 4 * DUR_MS);
	assert_int_equal(c.gaps[1].from_ns, 4 * DUR_MS);
	assert_int_equal(c.gaps[1].to_ns, 7 * DUR_MS);
}

static void
of_equally_long_gaps_the_earliest_is_the_longest(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 6; i++)
		continuity_add(&c, 1, i * DUR_MS,
		    i % 2 == 0 ? PACKET_DELIVERED : PACKET_LOST, i);
	continuity_end(&c);
	assert_int_equal(continuity_longest(&c)->why, 1);
}

static void
a_run_counts_as_its_packets_one_by_one(void **state)
{
	struct continuity one;
	struct prng p;
	int64_t at = 0;
	uint64_t n, i;
	int k;

	(void)state;
	continuity_init(&one, DUR_MS);
	prng_seed(&p, 11);
	for (k = 0; k < 2000; k++) {
		enum packet_fate fate = (enum packet_fate)prng_below(&p, 3);

		n = prng_below(&p, 50); /* now and then none */
		at += prng_below(&p, 9) == 0 ? 300 * DUR_MS : 0;
		continuity_add(&c, n, at, fate, k);
		for (i = 0; i < n; i++, at += DUR_MS)
			continuity_add(&one, 1, at, fate, k);
	}
	continuity_end(&c);
	continuity_end(&one);
	assert_int_equal(c.sent, one.sent);
	assert_int_equal(c.delivered, one.delivered);
	assert_int_equal(c.lost, one.lost);
	assert_int_equal(c.refused, one.refused);
	assert_int_equal(c.n_gaps, one.n_gaps);
	assert_true(c.n_gaps > 400);
	for (i = 0; i < c.n_gaps; i++) {
		assert_int_equal(c.gaps[i].first_seq, one.gaps[i].first_seq);
		assert_int_equal(c.gaps[i].missing, one.gaps[i].missing);
		assert_int_equal(c.gaps[i].from_ns, one.gaps[i].from_ns);
		assert_int_equal(c.gaps[i].to_ns, one.gaps[i].to_ns);
		assert_int_equal(c.gaps[i].why, one.gaps[i].why);
	}
	continuity_fini(&one);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(nothing_sent_is_nothing_lost),
		T(one_lost_packet_is_a_gap_of_two_periods),
		T(lost_and_refused_in_a_row_are_one_gap_and_two_counts),
		T(a_sender_that_stood_still_makes_a_gap_without_missing_packets),
		T(at_the_ends_the_first_and_last_sending_times_stand_in),
		T(of_equally_long_gaps_the_earliest_is_the_longest),
		T(a_run_counts_as_its_packets_one_by_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
