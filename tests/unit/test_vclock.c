/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sim/machine/vclock.h"

static struct vclock clock_;
static char order[32];
static int64_t times[32];
static size_t fired;

struct lettered {
	struct vevent event; /* first */
	char letter;
};

static void
fire(void *ctx, struct vevent *e)
{
	(void)ctx;
	order[fired] = ((struct lettered *)(void *)e)->letter;
	times[fired++] = clock_.now_ns;
}

static struct lettered
event(char letter, enum vdomain domain, int rank)
{
	struct lettered l = { .letter = letter };

	l.event.fire = fire;
	l.event.domain = domain;
	l.event.timer.rank = rank;
	return l;
}

static int
setup(void **state)
{
	(void)state;
	memset(&clock_, 0, sizeof(clock_));
	memset(order, 0, sizeof(order));
	fired = 0;
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	vclock_fini(&clock_);
	return 0;
}

static void
run(int64_t until)
{
	while (vclock_step(&clock_, until))
		;
}

static void
events_fire_at_their_time_and_the_clock_stops_at_the_limit(void **state)
{
	struct lettered a = event('a', VGUEST, 0), b = event('b', VHOST, 0);

	(void)state;
	vclock_at(&clock_, &a.event, 20);
	vclock_at(&clock_, &b.event, 10);
	run(15);
	assert_string_equal(order, "b");
	assert_int_equal(clock_.now_ns, 15);
	run(100);
	assert_string_equal(order, "ba");
	assert_int_equal(times[1], 20);
	assert_int_equal(clock_.now_ns, 100);
}

static void
at_one_instant_lower_ranks_come_first_and_then_the_host(void **state)
{
	struct lettered a = event('a', VGUEST, VRANK_PACKET);
	struct lettered b = event('b', VHOST, VRANK_PACKET);
	struct lettered c = event('c', VGUEST, VRANK_MACHINE);
	struct lettered d = event('d', VHOST, VRANK_MACHINE);

	(void)state;
	vclock_at(&clock_, &a.event, 5);
	vclock_at(&clock_, &b.event, 5);
	vclock_at(&clock_, &c.event, 5);
	vclock_at(&clock_, &d.event, 5);
	run(5);
	assert_string_equal(order, "dcba");
}

static void
equal_events_fire_in_the_order_of_arming(void **state)
{
	struct lettered a = event('a', VGUEST, 0), b = event('b', VGUEST, 0);
	struct lettered c = event('c', VGUEST, 0);

	(void)state;
	vclock_at(&clock_, &b.event, 5);
	vclock_at(&clock_, &a.event, 5);
	vclock_after(&clock_, &c.event, 5);
	run(5);
	assert_string_equal(order, "bac");
}

static void
a_cancelled_event_does_not_fire(void **state)
{
	struct lettered a = event('a', VGUEST, 0);
	int64_t at;

	(void)state;
	vclock_at(&clock_, &a.event, 5);
	assert_true(vclock_next(&clock_, &at));
	assert_int_equal(at, 5);
	vclock_cancel(&clock_, &a.event);
	assert_false(vclock_next(&clock_, &at));
	run(100);
	assert_string_equal(order, "");
}

static void
a_frozen_guest_fires_late_at_the_thaw_in_its_order(void **state)
{
	struct lettered a = event('a', VGUEST, 0), b = event('b', VGUEST, 0);
	struct lettered c = event('c', VGUEST, 0), h = event('h', VHOST, 0);
	int64_t at;

	(void)state;
	vclock_at(&clock_, &b.event, 30);
	vclock_at(&clock_, &a.event, 20);
	vclock_at(&clock_, &c.event, 200);
	vclock_at(&clock_, &h.event, 50);
	vclock_freeze(&clock_, 100);
	assert_true(vclock_is_frozen(&clock_));
	assert_true(vclock_next(&clock_, &at));
	assert_int_equal(at, 50); /* the host's clock goes on */
	run(99);
	assert_string_equal(order, "h");
	run(150);
	assert_string_equal(order, "hab");
	assert_int_equal(times[1], 100);
	assert_int_equal(times[2], 100);
	assert_false(vclock_is_frozen(&clock_));
	run(300);
	assert_int_equal(times[3], 200);
}

static void
at_the_thaw_the_host_comes_first(void **state)
{
	struct lettered a = event('a', VGUEST, 0), h = event('h', VHOST, 0);

	(void)state;
	vclock_at(&clock_, &a.event, 20);
	vclock_freeze(&clock_, 100);
	vclock_at(&clock_, &h.event, 100);
	run(100);
	assert_string_equal(order, "ha");
}

static void
a_shorter_freeze_inside_a_longer_one_changes_nothing(void **state)
{
	struct lettered a = event('a', VGUEST, 0);

	(void)state;
	vclock_at(&clock_, &a.event, 20);
	vclock_freeze(&clock_, 100);
	run(50);
	vclock_freeze(&clock_, 10);
	run(99);
	assert_string_equal(order, "");
	vclock_freeze(&clock_, 10); /* this one is longer: until 109 */
	run(108);
	assert_string_equal(order, "");
	run(109);
	assert_string_equal(order, "a");
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(events_fire_at_their_time_and_the_clock_stops_at_the_limit),
		T(at_one_instant_lower_ranks_come_first_and_then_the_host),
		T(equal_events_fire_in_the_order_of_arming),
		T(a_cancelled_event_does_not_fire),
		T(a_frozen_guest_fires_late_at_the_thaw_in_its_order),
		T(at_the_thaw_the_host_comes_first),
		T(a_shorter_freeze_inside_a_longer_one_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
