/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/prng.h"
#include "base/timerq.h"

#define MANY 500

static void
an_empty_queue_has_nothing_due(void **state)
{
	struct timerq q = { 0 };
	int64_t at = 7;

	(void)state;
	assert_false(timerq_next(&q, &at));
	assert_int_equal(at, 7);
	assert_null(timerq_pop(&q, INT64_MAX));
	timerq_fini(&q);
}

static void
the_earliest_deadline_comes_first_and_not_before_its_time(void **state)
{
	struct timerq q = { 0 };
	struct timer a = { 0 }, b = { 0 };
	int64_t at;

	(void)state;
	timerq_arm(&q, &a, 20);
	timerq_arm(&q, &b, 10);
	assert_true(timerq_next(&q, &at));
	assert_int_equal(at, 10);
	assert_null(timerq_pop(&q, 9));
	assert_ptr_equal(timerq_pop(&q, 10), &b);
	assert_false(timer_is_armed(&b));
	assert_null(timerq_pop(&q, 19));
	assert_ptr_equal(timerq_pop(&q, 100), &a);
	timerq_fini(&q);
}

static void
equal_deadlines_go_by_rank_and_then_by_arming(void **state)
{
	struct timerq q = { 0 };
	struct timer t[4] = { { .rank = 1 }, { .rank = 0 }, { .rank = 1 },
		{ .rank = 0 } };
	int i;

	(void)state;
	for (i = 0; i < 4; i++)
		timerq_arm(&q, &t[i], 5);
	assert_ptr_equal(timerq_pop(&q, 5), &t[1]);
	assert_ptr_equal(timerq_pop(&q, 5), &t[3]);
	assert_ptr_equal(timerq_pop(&q, 5), &t[0]);
	assert_ptr_equal(timerq_pop(&q, 5), &t[2]);
	timerq_fini(&q);
}

static void
arming_again_moves_a_timer_behind_its_equals(void **state)
{
	struct timerq q = { 0 };
	struct timer a = { 0 }, b = { 0 };

	(void)state;
	timerq_arm(&q, &a, 5);
	timerq_arm(&q, &b, 5);
	timerq_arm(&q, &a, 5);
	assert_int_equal(q.count, 2);
	assert_ptr_equal(timerq_pop(&q, 5), &b);
	assert_ptr_equal(timerq_pop(&q, 5), &a);
	timerq_fini(&q);
}

static void
a_disarmed_timer_never_fires_and_disarming_twice_is_fine(void **state)
{
	struct timerq q = { 0 };
	struct timer a = { 0 }, b = { 0 };

	(void)state;
	timerq_arm(&q, &a, 1);
	timerq_arm(&q, &b, 2);
	timerq_disarm(&q, &a);
	timerq_disarm(&q, &a);
	assert_false(timer_is_armed(&a));
	assert_ptr_equal(timerq_pop(&q, 9), &b);
	assert_null(timerq_pop(&q, 9));
	timerq_fini(&q);
}

static int
by_order(const void *a, const void *b)
{
	const struct timer *x = *(struct timer *const *)a;
	const struct timer *y = *(struct timer *const *)b;

	if (x->deadline_ns != y->deadline_ns)
		return x->deadline_ns < y->deadline_ns ? -1 : 1;
	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

static void
random_arming_and_disarming_fires_as_a_sort_would(void **state)
{
	static struct timer t[MANY];
	struct timer *want[MANY];
	struct timerq q = { 0 };
	struct prng p;
	size_t i, n = 0;

	(void)state;
	prng_seed(&p, 1);
	memset(t, 0, sizeof(t));
	for (i = 0; i < MANY; i++)
		t[i].rank = (int)prng_below(&p, 3);
	for (i = 0; i < 5 * MANY; i++) {
		struct timer *one = &t[prng_below(&p, MANY)];

		if (prng_below(&p, 4) == 0)
			timerq_disarm(&q, one);
		else
			timerq_arm(&q, one, (int64_t)prng_below(&p, 100));
	}
	for (i = 0; i < MANY; i++)
		if (timer_is_armed(&t[i]))
			want[n++] = &t[i];
	assert_int_equal(q.count, n);
	assert_true(n > MANY / 2);
	qsort(want, n, sizeof(want[0]), by_order);
	for (i = 0; i < n; i++)
		assert_ptr_equal(timerq_pop(&q, 100), want[i]);
	assert_null(timerq_pop(&q, INT64_MAX));
	timerq_fini(&q);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_queue_has_nothing_due),
		cmocka_unit_test(
		    the_earliest_deadline_comes_first_and_not_before_its_time),
		cmocka_unit_test(equal_deadlines_go_by_rank_and_then_by_arming),
		cmocka_unit_test(arming_again_moves_a_timer_behind_its_equals),
		cmocka_unit_test(
		    a_disarmed_timer_never_fires_and_disarming_twice_is_fine),
		cmocka_unit_test(
		    random_arming_and_disarming_fires_as_a_sort_would),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
