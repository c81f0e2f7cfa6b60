/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "world/sandparts.h"

/* Two looks at the same three threads, all of them resting. */
static struct sandproc first[3], second[3];
static struct sandprocs a, b;

static int
set_up(void **state)
{
	int i;

	(void)state;
	memset(first, 0, sizeof(first));
	for (i = 0; i < 3; i++) {
		first[i].pid = i < 2 ? i + 1 : 2;
		first[i].thread = i + 1;
		first[i].switches = 7;
		first[i].rests = true;
	}
	memcpy(second, first, sizeof(second));
	a = (struct sandprocs){ first, 3, 3 };
	b = (struct sandprocs){ second, 3, 3 };
	return 0;
}

static void
who_slept_at_both_looks_and_between_them_rests(void **state)
{
	(void)state;
	assert_true(sandprocs_at_rest(&a, &b));
}

static void
who_went_to_sleep_between_the_looks_was_awake(void **state)
{
	(void)state;
	second[1].switches++;
	assert_false(sandprocs_at_rest(&a, &b));
}

/* Thread 3 becomes a process of its own that has ended. */
static void
an_end_is_news_to_who_waits_for_it(void **state)
{
	(void)state;
	second[2].pid = first[2].pid = 3;
	second[2].zombie = true;
	second[2].parent = 2;
	assert_true(sandprocs_at_rest(&a, &b)); /* nobody asks */
	second[1].waits_for = 4;
	assert_true(sandprocs_at_rest(&a, &b));
	second[1].waits_for = 3;
	assert_false(sandprocs_at_rest(&a, &b));
	second[1].waits_for = SANDPROC_ANY;
	assert_false(sandprocs_at_rest(&a, &b));
	second[1].waits_for = 0;
	second[2].parent = SANDPROC_FIRST;
	assert_false(sandprocs_at_rest(&a, &b));
}

static void
who_is_awake_at_either_look_does_not_rest(void **state)
{
	(void)state;
	first[2].rests = false;
	assert_false(sandprocs_at_rest(&a, &b));
	first[2].rests = true;
	second[2].rests = false;
	assert_false(sandprocs_at_rest(&a, &b));
}

static void
who_came_or_went_between_the_looks_was_awake(void **state)
{
	(void)state;
	b.count = 2;
	assert_false(sandprocs_at_rest(&a, &b));
	b.count = 3;
	second[2].thread = 9;
	assert_false(sandprocs_at_rest(&a, &b));
	second[2].thread = 3;
	second[2].pid = 3;
	assert_false(sandprocs_at_rest(&a, &b));
}

static void
nothing_seen_is_no_rest(void **state)
{
	(void)state;
	a.count = b.count = 0;
	assert_false(sandprocs_at_rest(&a, &b));
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, set_up)
	static const struct CMUnitTest tests[] = {
		TEST(who_slept_at_both_looks_and_between_them_rests),
		TEST(who_went_to_sleep_between_the_looks_was_awake),
		TEST(an_end_is_news_to_who_waits_for_it),
		TEST(who_is_awake_at_either_look_does_not_rest),
		TEST(who_came_or_went_between_the_looks_was_awake),
		TEST(nothing_seen_is_no_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
