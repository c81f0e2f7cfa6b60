/* SPDX-License-Identifier: BSD-2-Clause */
/* Which pairs a look concerns. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "failover/native_seen.h"

/* Two pairs: hn0 hn1 mce0 mce1 lagg0 lagg1, and em0 at the end. */
static struct snapshot s;
static struct seen z;
static struct pair pairs[2];

static struct snap_if *
add(uint32_t index, enum if_class class)
{
	struct snap_if *i = snapshot_add(&s);

	i->index = index;
	i->version = 100 + index;
	i->class = class;
	return i;
}

static int
setup(void **state)
{
	size_t k;

	(void)state;
	memset(&s, 0, sizeof(s));
	memset(&z, 0, sizeof(z));
	memset(pairs, 0, sizeof(pairs));
	add(1, IF_HN);
	add(2, IF_HN);
	add(3, IF_OTHER);
	add(4, IF_OTHER);
	add(5, IF_LAGG);
	add(6, IF_LAGG);
	add(7, IF_OTHER);
	assert_false(seen_update(&z, &s, pairs)); /* nothing is known yet */
	for (k = 0; k < 6; k++)
		seen_own(&z, k, k % 2);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	seen_fini(&z);
	snapshot_fini(&s);
	return 0;
}

static void
expect(bool known, bool first, bool second)
{
	assert_int_equal(seen_update(&z, &s, pairs), known);
	/* Otherwise all pairs are looked at, whatever is marked. */
	if (known) {
		assert_int_equal(pairs[0].dirty, first);
		assert_int_equal(pairs[1].dirty, second);
	}
	pairs[0].dirty = pairs[1].dirty = false;
}

static void
take_out(size_t at)
{
	s.n_ifs--;
	memmove(&s.ifs[at], &s.ifs[at + 1], (s.n_ifs - at) * sizeof(s.ifs[0]));
}

static void
nothing_new_concerns_nobody(void **state)
{
	(void)state;
	expect(true, false, false);
}

static void
a_change_concerns_its_owner_once(void **state)
{
	size_t k;

	(void)state;
	for (k = 0; k < 6; k++) {
		s.ifs[k].version += 100;
		expect(true, k % 2 == 0, k % 2 == 1);
		expect(true, false, false);
	}
}

static void
a_foreign_nics_change_concerns_nobody(void **state)
{
	(void)state;
	s.ifs[6].version += 100;
	expect(true, false, false);
}

static void
a_foreign_laggs_change_concerns_all(void **state)
{
	(void)state;
	seen_own(&z, 4, SEEN_NOBODY);
	s.ifs[4].version += 100;
	expect(false, false, false);
}

static void
a_route_or_sysctl_concerns_all(void **state)
{
	(void)state;
	s.failover_rx_all = 1;
	expect(false, false, false);
	strcpy(s.default_if, "em0");
	expect(false, false, false);
	strcpy(s.default_if6, "em0");
	expect(false, false, false);
	assert_true(ipaddr_parse("10.0.0.1", &s.default_gateway));
	expect(false, false, false);
	assert_true(ipaddr_parse("fe80::1", &s.default_gateway6));
	expect(false, false, false);
	expect(true, false, false);
}

static void
a_vf_that_goes_concerns_its_pair_and_moves_the_places(void **state)
{
	(void)state;
	take_out(2);
	expect(true, true, false);
	assert_int_equal(pairs[1].at_hn, 1);
	assert_int_equal(pairs[1].at_vf, 2);
	assert_int_equal(pairs[0].at_lagg, 3);
	assert_int_equal(pairs[1].at_lagg, 4);
	/* Each is still known for what it is. */
	s.ifs[2].version += 100;
	expect(true, false, true);
	s.ifs[3].version += 100;
	expect(true, true, false);
}

static void
a_nic_that_comes_concerns_nobody_before_its_hn_changes(void **state)
{
	(void)state;
	add(8, IF_OTHER);
	expect(true, false, false);
	take_out(6); /* em0, and another one comes at its place */
	expect(true, false, false);
	s.ifs[0].version += 100;
	expect(true, true, false);
}

static void
what_else_comes_concerns_all(void **state)
{
	static const enum if_class classes[] = { IF_HN, IF_LAGG, IF_VLAN };
	size_t k;

	(void)state;
	for (k = 0; k < 3; k++) {
		add(8 + (uint32_t)k, classes[k]);
		expect(false, false, false);
		assert_int_equal(z.has_vlans, k == 2);
	}
}

static void
an_hn_that_goes_concerns_all(void **state)
{
	(void)state;
	take_out(0);
	expect(false, false, false);
}

static void
an_index_that_is_used_again_is_a_change(void **state)
{
	(void)state;
	s.ifs[2].version = 900;
	expect(true, true, false);
	s.ifs[3].class = IF_VLAN;
	s.ifs[3].version = 901;
	expect(false, false, false);
}

static void
without_versions_every_look_concerns_the_owners(void **state)
{
	size_t k;

	(void)state;
	for (k = 0; k < s.n_ifs; k++)
		s.ifs[k].version = 0;
	expect(true, true, true);
	expect(true, true, true);
}

static void
a_list_out_of_order_is_taken_anew(void **state)
{
	(void)state;
	take_out(6);
	s.ifs[4].index = 6;
	s.ifs[5].index = 5;
	expect(false, false, false);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(nothing_new_concerns_nobody),
		T(a_change_concerns_its_owner_once),
		T(a_foreign_nics_change_concerns_nobody),
		T(a_foreign_laggs_change_concerns_all),
		T(a_route_or_sysctl_concerns_all),
		T(a_vf_that_goes_concerns_its_pair_and_moves_the_places),
		T(a_nic_that_comes_concerns_nobody_before_its_hn_changes),
		T(what_else_comes_concerns_all),
		T(an_hn_that_goes_concerns_all),
		T(an_index_that_is_used_again_is_a_change),
		T(without_versions_every_look_concerns_the_owners),
		T(a_list_out_of_order_is_taken_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
