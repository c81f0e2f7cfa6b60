/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/dur.h"
#include "base/prng.h"
#include "packet/tracker.h"

static struct tracker t;

static int
setup(void **state)
{
	(void)state;
	tracker_init(&t, NULL);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	tracker_fini(&t);
	return 0;
}

static enum tracker_verdict
add(uint64_t number, int64_t at_ms)
{
	return tracker_add(&t, number, 1, at_ms * DUR_MS, at_ms * DUR_MS);
}

static void
a_stream_in_order_needs_no_memory(void **state)
{
	int64_t i;

	(void)state;
	for (i = 0; i < 1000; i++)
		assert_int_equal(add((uint64_t)i, i), TRACKER_NEW);
	assert_null(t.holes.blocks);
	assert_int_equal(tracker_missing(&t), 0);
	assert_int_equal(tracker_period(&t), DUR_MS);
}

static void
what_is_jumped_over_is_missing_until_it_comes(void **state)
{
	struct hole_place p = { 0, 0 };

	(void)state;
	add(10, 0);
	assert_int_equal(add(15, 5), TRACKER_NEW);
	assert_int_equal(tracker_missing(&t), 4);
	assert_int_equal(holes_get(&t.holes, &p)->from_ns, 0);
	assert_int_equal(holes_get(&t.holes, &p)->to_ns, 5 * DUR_MS);
	/* In the middle, at either end, the rest. */
	assert_int_equal(add(12, 7), TRACKER_REORDERED);
	assert_int_equal(t.late_ns, 2 * DUR_MS);
	assert_int_equal(t.extent, 1);
	assert_int_equal(t.holes.n, 2);
	assert_int_equal(add(11, 8), TRACKER_REORDERED);
	assert_int_equal(add(14, 9), TRACKER_REORDERED);
	assert_int_equal(tracker_missing(&t), 1);
	assert_int_equal(add(13, 9), TRACKER_REORDERED);
	assert_int_equal(t.extent, 4);
	assert_int_equal(t.holes.n, 0);
	assert_int_equal(add(13, 9), TRACKER_DUPLICATE);
	assert_int_equal(add(10, 9), TRACKER_DUPLICATE);
}

static void
earlier_ones_may_come_after_the_first(void **state)
{
	(void)state;
	add(100, 0);
	assert_int_equal(add(97, 1), TRACKER_REORDERED);
	assert_int_equal(t.base, 97);
	assert_int_equal(tracker_missing(&t), 2);
	assert_int_equal(add(98, 1), TRACKER_REORDERED);
	assert_int_equal(add(97, 2), TRACKER_DUPLICATE);
	t.base += 1000000; /* much too early: another stream */
	t.next += 1000000;
	assert_int_equal(add(98, 3), TRACKER_RESTART);
}

static void
a_later_sending_time_on_an_old_number_is_a_new_stream(void **state)
{
	(void)state;
	t.sent_stamps = true;
	add(0, 0);
	add(1, 1);
	add(2, 2);
	assert_int_equal(tracker_add(&t, 1, 1, DUR_MS, 9 * DUR_MS),
	    TRACKER_DUPLICATE);
	assert_int_equal(tracker_add(&t, 0, 1, 50 * DUR_MS, 50 * DUR_MS),
	    TRACKER_RESTART);
}

/* Bytes: TCP. */
static void
ranges_fill_holes_in_part(void **state)
{
	(void)state;
	tracker_add(&t, 1000, 100, 0, 0);
	tracker_add(&t, 1300, 100, 1, 1); /* 1100 to 1299 are missing */
	assert_int_equal(tracker_missing(&t), 200);
	assert_int_equal(tracker_add(&t, 1050, 100, 2, 2), TRACKER_REORDERED);
	assert_int_equal(tracker_missing(&t), 150);
	assert_int_equal(tracker_add(&t, 1250, 100, 3, 3), TRACKER_REORDERED);
	assert_int_equal(tracker_missing(&t), 100);
	/* Over all of it and beyond the end. */
	assert_int_equal(tracker_add(&t, 1000, 500, 4, 4), TRACKER_NEW);
	assert_int_equal(tracker_missing(&t), 0);
	assert_int_equal(t.next, 1500);
	assert_int_equal(tracker_add(&t, 1000, 500, 5, 5), TRACKER_DUPLICATE);
}

static void
numbers_count_on_where_they_wrap(void **state)
{
	uint64_t n;

	(void)state;
	n = tracker_unwrap(&t, 65535, 16, 0);
	add(n, 0);
	assert_int_equal(tracker_unwrap(&t, 0, 16, 1), n + 1);
	assert_int_equal(tracker_unwrap(&t, 100, 16, 1), n + 101);
	assert_int_equal(tracker_unwrap(&t, 65500, 16, 1), n - 35);
	assert_int_equal(tracker_unwrap(&t, 7, 64, 1), 7);
}

static void
a_long_silence_is_counted_in_turns(void **state)
{
	uint64_t n = tracker_unwrap(&t, 0, 16, 0);
	int64_t i;

	(void)state;
	for (i = 0; i < 100; i++)
		add(n + (uint64_t)i, i);
	/* 200,000 further at one each ms. */
	n += 99 + 200000;
	assert_int_equal(tracker_unwrap(&t, n & 0xffff, 16,
			     (99 + 200000) * DUR_MS),
	    n);
	assert_int_equal(tracker_unwrap(&t, n & 0xffff, 16,
			     (99 + 200400) * DUR_MS),
	    n);
}

static void
the_oldest_holes_are_settled_and_their_sum_is_kept(void **state)
{
	struct tracker_budget budget = { 0 };
	uint64_t i, holes = 3 * TRACKER_HOLES;

	(void)state;
	t.budget = &budget;
	for (i = 0; i < holes; i++)
		assert_int_equal(add(i * 2, (int64_t)i), TRACKER_NEW);
	assert_int_equal(tracker_missing(&t), holes - 1);
	assert_true(t.holes.n <= TRACKER_HOLES);
	assert_true(t.settled > 0);
	assert_int_equal(t.longest.end - t.longest.first, 1);
	assert_int_equal(budget.holes, t.holes.cap);
	assert_int_equal(add(1, (int64_t)i), TRACKER_OLD);
	assert_int_equal(add(holes * 2 - 3, (int64_t)i), TRACKER_REORDERED);
	tracker_fini(&t);
	assert_int_equal(budget.holes, 0);
}

/* In the midst of all there may be, by splitting and by filling, and however
 * thin that leaves them: with and without a budget. */
static void
open_and_close(struct tracker_budget *budget)
{
	uint64_t i, first = 10, end = 2000000;
	struct prng p;

	t.budget = budget;
	add(0, 0);
	add(end, 1);
	prng_seed(&p, 1);
	for (i = 0; i < 300000; i++) {
		add(first + prng_below(&p, end - first), (int64_t)i);
		assert_true(t.holes.n <= TRACKER_HOLES);
		assert_true(t.holes.cap <= 2 * TRACKER_HOLES);
		if (budget != NULL)
			assert_int_equal(budget->holes, t.holes.cap);
	}
	assert_true(t.settled > 0);
	for (i = t.floor; i < end; i++)
		add(i, (int64_t)i);
	assert_int_equal(t.holes.n, 0);
	assert_int_equal(tracker_missing(&t), t.settled_numbers);
	tracker_fini(&t);
}

static void
many_holes_may_open_and_close_anywhere(void **state)
{
	struct tracker_budget budget = { 0 };

	(void)state;
	open_and_close(&budget);
	assert_int_equal(budget.holes, 0);
	open_and_close(NULL);
}

/* One hole in 256 stays, so that hardly anything is left of much memory. */
static void
few_that_are_left_of_many_do_not_pile_up(void **state)
{
	uint64_t i, from, round;

	(void)state;
	for (round = 0; round < 4; round++) {
		from = round * 60000;
		for (i = from; i < from + 60000; i++)
			add(i * 2, (int64_t)i);
		for (i = from; i < from + 59999; i++)
			if (i % 256 != 0)
				add(i * 2 + 1, (int64_t)i);
		assert_true(t.holes.cap <= 2 * TRACKER_HOLES);
	}
	assert_true(t.settled > 0);
}

/* It is parted in two just when there is no room for one more. */
static void
what_is_left_of_a_settled_hole_is_settled_too(void **state)
{
	struct hole_place first = { 0, 0 };
	uint64_t i;

	(void)state;
	add(0, 0);
	for (i = 0; i < TRACKER_HOLES; i++)
		add(1000 + i * 2, (int64_t)i);
	assert_int_equal(t.holes.n, TRACKER_HOLES);
	assert_int_equal(add(500, (int64_t)i), TRACKER_REORDERED);
	assert_int_equal(t.holes.n, TRACKER_HOLES / 2);
	assert_true(holes_get(&t.holes, &first)->first >= t.floor);
	assert_int_equal(tracker_missing(&t), 998 + TRACKER_HOLES - 1);
}

/* Others have used up what there is for all: the oldest go, and no more memory
 * is taken. */
static void
a_used_up_budget_settles_early(void **state)
{
	struct tracker_budget budget = { TRACKER_BUDGET };
	uint64_t i;

	(void)state;
	t.budget = &budget;
	for (i = 0; i < 1000; i++)
		add(i * 2, (int64_t)i);
	assert_true(t.settled > 0);
	assert_in_range(t.holes.cap, 1, 16);
	assert_int_equal(tracker_missing(&t), 999);
	tracker_fini(&t);
	assert_int_equal(budget.holes, TRACKER_BUDGET);
}

/* Any order of any numbers ends like a plain table of them. */
static void
random_orders_end_like_a_table(void **state)
{
	enum { NUMBERS = 300 };
	bool seen[NUMBERS];
	struct prng p;
	uint64_t seed, n, low, high, missing;
	struct hole_place at;
	const struct hole *h;
	size_t i;

	(void)state;
	for (seed = 1; seed <= 200; seed++) {
		tracker_init(&t, NULL);
		memset(seen, 0, sizeof(seen));
		prng_seed(&p, seed);
		low = NUMBERS;
		high = 0;
		for (i = 0; i < 250; i++) {
			n = prng_below(&p, NUMBERS);
			assert_int_equal(add(n, (int64_t)i) ==
				TRACKER_DUPLICATE,
			    seen[n]);
			seen[n] = true;
			low = n < low ? n : low;
			high = n > high ? n : high;
		}
		for (n = low, missing = 0; n <= high; n++)
			missing += !seen[n];
		assert_int_equal(tracker_missing(&t), missing);
		assert_int_equal(t.base, low);
		assert_int_equal(t.next, high + 1);
		memset(&at, 0, sizeof(at));
		for (; (h = holes_get(&t.holes, &at)) != NULL; at.at++)
			for (n = h->first; n < h->end; n++)
				assert_false(seen[n]);
		tracker_fini(&t);
	}
}

static void
a_copy_goes_its_own_way(void **state)
{
	struct tracker_budget budget = { 0 };
	struct tracker copy;

	(void)state;
	t.budget = &budget;
	add(0, 0);
	add(5, 1);
	tracker_copy(&copy, &t);
	add(3, 2);
	assert_int_equal(tracker_missing(&copy), 4);
	assert_int_equal(tracker_missing(&t), 3);
	tracker_fini(&copy);
	assert_int_equal(budget.holes, t.holes.cap);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_stream_in_order_needs_no_memory),
		T(what_is_jumped_over_is_missing_until_it_comes),
		T(earlier_ones_may_come_after_the_first),
		T(a_later_sending_time_on_an_old_number_is_a_new_stream),
		T(ranges_fill_holes_in_part),
		T(numbers_count_on_where_they_wrap),
		T(a_long_silence_is_counted_in_turns),
		T(the_oldest_holes_are_settled_and_their_sum_is_kept),
		T(many_holes_may_open_and_close_anywhere),
		T(few_that_are_left_of_many_do_not_pile_up),
		T(what_is_left_of_a_settled_hole_is_settled_too),
		T(a_used_up_budget_settles_early),
		T(random_orders_end_like_a_table),
		T(a_copy_goes_its_own_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
