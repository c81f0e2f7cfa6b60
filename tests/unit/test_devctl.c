/* SPDX-License-Identifier: BSD-2-Clause */
/* devctl(4)'s queue (FACTS.md A.6; FREEBSD.md, queue overflow). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/dur.h"
#include "sim/machine/sysops.h"
#include "sim_rig.h"

static struct rig r;
static unsigned wakes;

static int
setup(void **state)
{
	(void)state;
	rig_init(&r, NULL);
	wakes = 0;
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	rig_fini(&r);
	return 0;
}

static void
emit(int from, int until)
{
	for (; from < until; from++)
		devctl_emit(r.m, "!n=%d", from);
}

/* What the next read gives, as its number; -1: nothing. */
static int
read_one(void)
{
	int32_t row;
	int n = -1;

	if (devctl_pop(r.m, &row))
		assert_int_equal(sscanf(r.trace->records[row].raw, "!n=%d", &n),
		    1);
	return n;
}

static size_t
of_fate(enum trace_fate fate)
{
	size_t i, n = 0;

	for (i = 0; i < r.trace->n_records; i++)
		n += r.trace->records[i].fate == fate;
	return n;
}

static void
records_are_read_one_by_one_in_their_order(void **state)
{
	int i;

	(void)state;
	emit(0, 5);
	for (i = 0; i < 5; i++)
		assert_int_equal(read_one(), i);
	assert_int_equal(read_one(), -1);
	assert_int_equal(of_fate(TRACE_RECORD_READ), 5);
}

static void
what_nobody_heard_is_lost(void **state)
{
	(void)state;
	emit(0, 3);
	assert_int_equal(read_one(), 0);
	devctl_forget(r.m);
	assert_int_equal(read_one(), -1);
	assert_int_equal(of_fate(TRACE_RECORD_NOBODY), 2);
	assert_int_equal(r.trace->records[1].read_ns, TRACE_OPEN);
	emit(3, 4);
	assert_int_equal(read_one(), 3);
}

static void
of_1100_the_newest_1000_are_left(void **state)
{
	int i;

	(void)state;
	emit(0, 1100);
	assert_int_equal(r.m->devctl_queued, 1000);
	assert_int_equal(of_fate(TRACE_RECORD_DROPPED), 100);
	for (i = 100; i < 1100; i++)
		assert_int_equal(read_one(), i);
	assert_int_equal(read_one(), -1);
}

static void
with_a_queue_of_ten_the_newest_ten_are_left(void **state)
{
	(void)state;
	assert_int_equal(sysop_sysctl(r.m, "hw.bus.devctl_queue", "10", NULL),
	    0);
	emit(0, 100);
	assert_int_equal(read_one(), 90);
	assert_int_equal(r.m->devctl_queued, 9);
}

static void
shrinking_trims_to_the_newest_at_once(void **state)
{
	(void)state;
	emit(0, 20);
	devctl_set_limit(r.m, 5);
	assert_int_equal(r.m->devctl_queued, 5);
	assert_int_equal(of_fate(TRACE_RECORD_DROPPED), 15);
	assert_int_equal(read_one(), 15);
}

static void
zero_throws_everything_away_and_takes_nothing(void **state)
{
	(void)state;
	emit(0, 3);
	devctl_set_limit(r.m, 0);
	assert_int_equal(read_one(), -1);
	emit(3, 6);
	assert_int_equal(read_one(), -1);
	assert_int_equal(of_fate(TRACE_RECORD_DROPPED), 6);
	devctl_set_limit(r.m, 1000); /* what was made meanwhile is gone */
	assert_int_equal(read_one(), -1);
	emit(6, 7);
	assert_int_equal(read_one(), 6);
}

static void
woken(void *ctx)
{
	(void)ctx;
	wakes++;
}

static void
a_reader_is_woken_once_for_a_burst_after_the_kernels_delay(void **state)
{
	(void)state;
	r.m->on_record = woken;
	emit(0, 50);
	assert_int_equal(wakes, 0);
	rig_run(&r, DUR_MS);
	assert_int_equal(wakes, 1);
	emit(50, 51);
	rig_run(&r, DUR_MS);
	assert_int_equal(wakes, 2);
}

static void
an_injected_record_keeps_its_bytes(void **state)
{
	static const char raw[] = "!a=\0\xff\n";
	int32_t row;

	(void)state;
	devctl_inject(r.m, raw, sizeof(raw) - 1);
	assert_true(devctl_pop(r.m, &row));
	assert_int_equal(r.trace->records[row].raw_bytes, sizeof(raw) - 1);
	assert_memory_equal(r.trace->records[row].raw, raw, sizeof(raw) - 1);
}

static void
a_machine_that_follows_a_recording_says_nothing_of_its_own(void **state)
{
	(void)state;
	r.m->following = true;
	emit(0, 3);
	assert_int_equal(r.trace->n_records, 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(records_are_read_one_by_one_in_their_order),
		T(what_nobody_heard_is_lost),
		T(of_1100_the_newest_1000_are_left),
		T(with_a_queue_of_ten_the_newest_ten_are_left),
		T(shrinking_trims_to_the_newest_at_once),
		T(zero_throws_everything_away_and_takes_nothing),
		T(a_reader_is_woken_once_for_a_burst_after_the_kernels_delay),
		T(an_injected_record_keeps_its_bytes),
		T(a_machine_that_follows_a_recording_says_nothing_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
