/* SPDX-License-Identifier: BSD-2-Clause */
/* What the routing socket says of addresses and routes, and both families
 * beside each other (inet.h; FREEBSD-HN.md h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/strbuf.h"
#include "sim/machine/inet.h"
#include "sim_rig.h"

static struct rig r;
static struct ifnet *hn, *tap;
static size_t seen; /* hints looked at */

static int
setup(void **state)
{
	static const uint8_t mac[6] = { 2, 0, 0, 0, 0, 1 };

	(void)state;
	rig_init(&r, NULL);
	hn = rig_hn(&r, "hn0", 1);
	tap = ifnet_new(r.m, KIND_TAP, "tap0", mac);
	hn->up = tap->up = true;
	seen = r.trace->n_hints;
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	rig_fini(&r);
	return 0;
}

static struct ipaddr
addr(const char *text)
{
	struct ipaddr a;

	assert_true(ipaddr_parse(text, &a));
	return a;
}

static int
add(struct ifnet *ifp, const char *text)
{
	struct ipaddr a = addr(text);

	return inet_add(ifp, &a);
}

static int
del(struct ifnet *ifp, const char *text)
{
	struct ipaddr a = addr(text);

	return inet_del(ifp, &a);
}

/* What was said since the last call, joined by "; ". */
static const char *
said(void)
{
	static char text[512];
	struct strbuf sb = { 0 };

	for (; seen < r.trace->n_hints; seen++)
		strbuf_addf(&sb, "%s%s", sb.bytes > 0 ? "; " : "",
		    r.trace->hints[seen].text);
	strcpy(text, strbuf_str(&sb));
	strbuf_fini(&sb);
	return text;
}

static void
an_address_and_its_prefix_are_told(void **state)
{
	(void)state;
	assert_int_equal(add(hn, "10.0.2.15/24"), 0);
	assert_string_equal(said(),
	    "NEWADDR hn0 10.0.2.15/24; ADD 10.0.2.0/24 hn0");
	/* The second of a prefix gets no route of its own. */
	assert_int_equal(add(tap, "10.0.2.15/24"), 0);
	assert_string_equal(said(), "NEWADDR tap0 10.0.2.15/24");
	assert_int_equal(del(tap, "10.0.2.15"), 0);
	assert_string_equal(said(), "DELADDR tap0 10.0.2.15/24");
}

static void
a_prefix_that_moves_is_told_in_the_measured_order(void **state)
{
	struct ipaddr gw = addr("10.0.2.2");

	(void)state;
	add(hn, "10.0.2.15/24");
	add(tap, "10.0.2.15/24");
	assert_int_equal(inet_default_add(r.m, &gw, NULL), 0);
	said();
	assert_int_equal(add(hn, "10.0.2.15/24"), 0);
	assert_string_equal(said(),
	    "DELETE 10.0.2.0/24 hn0; DELADDR hn0 10.0.2.15/24; "
	    "NEWADDR tap0 10.0.2.15/24; ADD 10.0.2.0/24 tap0; "
	    "NEWADDR hn0 10.0.2.15/24");
	/* The default route's death was not told. */
	assert_null(inet_default(r.m));
	assert_int_equal(inet_default_add(r.m, &gw, NULL), 0);
	assert_int_equal(inet_default_del(r.m, 4), 0);
	assert_int_equal(inet_default_del(r.m, 4), SIM_ENOENT);
	assert_string_equal(said(), "ADD default tap0; DELETE default tap0");
}

static void
one_that_is_set_down_loses_its_prefix_until_it_is_up(void **state)
{
	struct ipaddr gw = addr("10.0.2.2");

	(void)state;
	add(hn, "10.0.2.15/24");
	add(hn, "10.0.2.16/24");
	assert_int_equal(inet_default_add(r.m, &gw, NULL), 0);
	said();
	assert_int_equal(rig_do(&r, "ifconfig hn0 down"), 0);
	assert_string_equal(said(),
	    "DELETE 10.0.2.0/24 hn0; DELADDR hn0 10.0.2.15/24; "
	    "IFINFO hn0 down link-up");
	assert_ptr_equal(inet_lookup(r.m, &gw), inet_default(r.m));
	assert_int_equal(rig_do(&r, "ifconfig hn0 up"), 0);
	assert_string_equal(said(),
	    "NEWADDR hn0 10.0.2.15/24; ADD 10.0.2.0/24 hn0; "
	    "IFINFO hn0 up link-up; "
	    "NEWADDR hn0 fe80::5054:ff:feaa:1/64; ADD fe80::/64 hn0");
	assert_int_equal(inet_lookup(r.m, &gw)->net.prefix, 24);
}

static void
the_prefix_of_one_that_is_set_down_goes_to_another_that_is_up(void **state)
{
	struct ipaddr peer = addr("10.0.2.2");

	(void)state;
	add(hn, "10.0.2.15/24");
	add(tap, "10.0.2.16/24");
	tap->up = false;
	inet_down(hn);
	assert_null(inet_lookup(r.m, &peer));
	inet_up(hn);
	tap->up = true;
	said();
	inet_down(hn);
	assert_string_equal(said(),
	    "DELETE 10.0.2.0/24 hn0; DELADDR hn0 10.0.2.15/24; "
	    "NEWADDR tap0 10.0.2.16/24; ADD 10.0.2.0/24 tap0");
	inet_up(hn);
	assert_string_equal(said(), "");
	assert_ptr_equal(inet_lookup(r.m, &peer)->ifp, tap);
}

static void
what_is_said_of_an_address_moves_with_it(void **state)
{
	struct ipaddr leased = addr("10.0.2.16/24");

	(void)state;
	add(hn, "10.0.2.15/24");
	inet_add_flagged(hn, &leased, SNAP_ADDR_LEASED);
	del(hn, "10.0.2.15");
	assert_int_equal(hn->n_addrs, 1);
	assert_int_equal(hn->addr_flags[0], SNAP_ADDR_LEASED);
}

static void
each_family_has_a_default_route_of_its_own(void **state)
{
	struct ipaddr gw = addr("10.0.2.2"), gw6 = addr("2001:db8::1");
	struct ipaddr far6 = addr("2001:db8:9::1"), far4 = addr("192.0.2.1");

	(void)state;
	add(hn, "10.0.2.15/24");
	assert_int_equal(inet_default_add(r.m, &gw, NULL), 0);
	assert_null(inet_lookup(r.m, &far6));
	assert_int_equal(inet_default_add(r.m, &gw6, NULL), SIM_ENETUNREACH);
	add(tap, "2001:db8::15/64");
	assert_int_equal(inet_default_add(r.m, &gw6, NULL), 0);
	assert_ptr_equal(inet_lookup(r.m, &far6)->ifp, tap);
	assert_ptr_equal(inet_lookup(r.m, &far4)->ifp, hn);
	assert_int_equal(inet_default_del(r.m, 6), 0);
	assert_null(inet_default6(r.m));
	assert_non_null(inet_default(r.m));
	/* It goes with the address that its router was reached by. */
	inet_default_add(r.m, &gw6, NULL);
	del(tap, "2001:db8::15");
	assert_null(inet_default6(r.m));
}

static void
link_local_prefixes_are_each_interfaces_own(void **state)
{
	struct ipaddr gw = addr("fe80::1");

	(void)state;
	add(hn, "fe80::a/64");
	add(tap, "fe80::b/64");
	assert_int_equal(inet_default_add(r.m, &gw, tap), 0);
	assert_ptr_equal(inet_default6(r.m)->ifp, tap);
	said();
	/* No other interface inherits it. */
	del(tap, "fe80::b");
	assert_string_equal(said(),
	    "DELETE fe80::/64 tap0; DELADDR tap0 fe80::b/64");
	assert_null(inet_default6(r.m));
}

static void
an_address_that_is_not_usable_is_not_ours(void **state)
{
	struct ipaddr a = addr("2001:db8::15/64");

	(void)state;
	inet_add_flagged(hn, &a, SNAP_ADDR_TENTATIVE);
	assert_false(inet_is_mine(r.m, &a));
	hn->addr_flags[0] = SNAP_ADDR_DUPLICATED;
	assert_false(inet_is_mine(r.m, &a));
	hn->addr_flags[0] = SNAP_ADDR_AUTOCONF;
	assert_true(inet_is_mine(r.m, &a));
	hn->ifdisabled = true;
	assert_false(inet_is_mine(r.m, &a));
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(an_address_and_its_prefix_are_told),
		T(a_prefix_that_moves_is_told_in_the_measured_order),
		T(one_that_is_set_down_loses_its_prefix_until_it_is_up),
		T(the_prefix_of_one_that_is_set_down_goes_to_another_that_is_up),
		T(what_is_said_of_an_address_moves_with_it),
		T(each_family_has_a_default_route_of_its_own),
		T(link_local_prefixes_are_each_interfaces_own),
		T(an_address_that_is_not_usable_is_not_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
