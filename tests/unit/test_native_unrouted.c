/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses of the aggregate that have lost the route to their network. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "native_rig.h"

#define WAIT NATIVE_FRESH

static struct snap_if *
lagg(void)
{
	return get("lagg0");
}

static int
settled_setup(void **state)
{
	setup(state);
	rcvars_set(&rc, "ifconfig_hn0_alias0", "inet 10.0.9.4/24", 1, 1);
	renew();
	settle(HORIZON);
	memset(sys.of_kind, 0, sizeof(sys.of_kind));
	sys.operations = 0;
	return 0;
}

static void
lose(const char *address)
{
	struct ipaddr a = addr(address);
	size_t k;

	for (k = 0; k < lagg()->n_addrs; k++)
		if (ipaddr_equal(&lagg()->addrs[k], &a))
			lagg()->addr_flags[k] |= SNAP_ADDR_UNROUTED;
}

static size_t
lacking(void)
{
	size_t k, count = 0;

	for (k = 0; k < lagg()->n_addrs; k++)
		count += (lagg()->addr_flags[k] & SNAP_ADDR_UNROUTED) != 0;
	return count;
}

static void
each_is_made_again_once(void **state)
{
	(void)state;
	lose("10.0.0.4/24");
	lose("10.0.9.4/24");
	settle(HORIZON);
	assert_int_equal(lacking(), 0);
	assert_true(has("lagg0", "10.0.0.4/24"));
	assert_true(has("lagg0", "10.0.9.4/24"));
	assert_int_equal(sys.of_kind[OP_ADDR_ADD], 2);
	/* What hung on it comes back. */
	assert_int_equal(sys.of_kind[OP_DEFAULT_ADD], 1);
	assert_string_equal(sys.s.default_if, "lagg0");
	assert_int_equal(sys.operations, 3);
}

/* A daemon that is started knows nothing of before. */
static void
so_does_one_that_is_started_late(void **state)
{
	(void)state;
	lose("10.0.9.4/24");
	renew();
	settle(HORIZON);
	assert_int_equal(lacking(), 0);
	assert_int_equal(sys.of_kind[OP_ADDR_ADD], 1);
}

static void
what_does_not_help_is_done_once(void **state)
{
	(void)state;
	sys.inert = OP_ADDR_ADD;
	lose("10.0.0.4/24");
	settle(100 * HORIZON);
	assert_int_equal(sys.of_kind[OP_ADDR_ADD], 1);
	/* Another time it may. */
	lose("10.0.9.4/24");
	settle(100 * HORIZON);
	assert_int_equal(sys.of_kind[OP_ADDR_ADD], 2);
	lagg()->up = false;
	sys.inert = OP_UP;
	settle(DUR_SEC);
	lagg()->up = true;
	sys.inert = -1;
	settle(HORIZON);
	assert_int_equal(sys.of_kind[OP_ADDR_ADD], 4);
	assert_int_equal(lacking(), 0);
}

static void
one_that_fails_is_tried_again(void **state)
{
	(void)state;
	sys.fails = OP_ADDR_ADD;
	sys.result = 12;
	lose("10.0.9.4/24");
	settle(DUR_SEC);
	assert_in_range(sys.of_kind[OP_ADDR_ADD], 3, 5);
	sys.result = 0;
	settle(HORIZON);
	assert_int_equal(lacking(), 0);
}

/* Whoever sets it up gives the routes back a little later. */
static void
a_lack_that_ends_by_itself_is_none(void **state)
{
	(void)state;
	lose("10.0.0.4/24");
	settle(WAIT - DUR_MS);
	assert_int_equal(sys.operations, 0);
	lagg()->addr_flags[0] = 0;
	settle(DUR_SEC);
	lose("10.0.0.4/24");
	settle(WAIT - DUR_MS);
	assert_int_equal(sys.operations, 0);
	settle(2 * DUR_MS);
	assert_int_equal(sys.of_kind[OP_ADDR_ADD], 1);
}

static void
an_aggregate_that_is_down_is_set_up(void **state)
{
	(void)state;
	lose("10.0.0.4/24");
	lose("10.0.9.4/24");
	lagg()->up = false;
	settle(HORIZON);
	assert_int_equal(sys.of_kind[OP_UP], 1);
	assert_int_equal(sys.operations, 1);
}

/* It may be carp's, which has taken the route itself. */
static void
a_persons_address_is_left_as_it_is(void **state)
{
	(void)state;
	put_flagged("lagg0", "10.6.0.4/24", SNAP_ADDR_UNROUTED);
	settle(HORIZON);
	assert_int_equal(sys.operations, 0);
	put_flagged("lagg0", "10.7.0.4/24",
	    SNAP_ADDR_UNROUTED | SNAP_ADDR_LEASED);
	settle(HORIZON);
	assert_int_equal(sys.of_kind[OP_ADDR_ADD], 1);
	assert_int_equal(lacking(), 1);
}

/* The hn's lease, until the aggregate's client has its own. */
static void
a_borrowed_one_is_made_again(void **state)
{
	(void)state;
	rcvars_fini(&rc);
	rcvars_set(&rc, "ifconfig_hn0", "DHCP", 1, 1);
	renew();
	get("hn0")->up = true;
	sys.silent = true;
	put_flagged("hn0", "10.0.5.4/24", SNAP_ADDR_LEASED);
	settle(HORIZON);
	assert_true(has("lagg0", "10.0.5.4/24"));
	memset(sys.of_kind, 0, sizeof(sys.of_kind));
	lose("10.0.5.4/24");
	settle(HORIZON);
	assert_int_equal(sys.of_kind[OP_ADDR_ADD], 1);
	assert_int_equal(lacking(), 0);
}

/* The gateway could not be reached, and the kernel would say so. */
static void
the_default_route_waits_for_that_of_its_gateway(void **state)
{
	(void)state;
	sys.s.default_gateway.family = 0;
	sys.s.default_if[0] = '\0';
	lose("10.0.0.4/24");
	settle(WAIT - DUR_MS);
	assert_int_equal(sys.operations, 0);
	sys.inert = OP_ADDR_ADD;
	settle(HORIZON);
	assert_int_equal(sys.of_kind[OP_DEFAULT_ADD], 0);
	lagg()->addr_flags[0] = 0;
	settle(HORIZON);
	assert_int_equal(sys.of_kind[OP_DEFAULT_ADD], 1);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, settled_setup, teardown)
	const struct CMUnitTest tests[] = {
		T(each_is_made_again_once),
		T(so_does_one_that_is_started_late),
		T(what_does_not_help_is_done_once),
		T(one_that_fails_is_tried_again),
		T(a_lack_that_ends_by_itself_is_none),
		T(an_aggregate_that_is_down_is_set_up),
		T(a_persons_address_is_left_as_it_is),
		cmocka_unit_test_setup_teardown(a_borrowed_one_is_made_again,
		    setup, teardown),
		T(the_default_route_waits_for_that_of_its_gateway),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
