/* SPDX-License-Identifier: BSD-2-Clause */
/* The planner on Linux: a bond instead of a lagg (FACTS.md G.3, G.4). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "native_rig.h"

static int
linux_setup(void **state)
{
	setup(state);
	sys.s.os = SNAP_LINUX;
	return 0;
}

static void
the_synthetic_nic_is_down_when_it_joins(void **state)
{
	(void)state;
	get("hn0")->up = true;
	put_addr("hn0", "10.0.0.4/24");
	settle(HORIZON); /* the rig refuses one that is up */
	assert_string_equal(get("hn0")->lagg, "bond0");
	assert_true(get("hn0")->up);
	assert_true(has("bond0", "10.0.0.4/24"));
	assert_string_equal(sys.s.default_if, "bond0");
	assert_int_equal(sys.of_kind[OP_UP], 0); /* the bond does it */
	assert_int_equal(sys.of_kind[OP_SYSCTL], 0);
}

static void
the_bond_looks_at_links(void **state)
{
	int64_t wake;

	(void)state;
	assert_true(act(&wake));
	assert_int_equal(sys.last.kind, OP_LAGG_CREATE);
	assert_int_equal(sys.last.value, 100);
}

static void
the_vf_joins_after_its_delay_and_becomes_the_primary(void **state)
{
	(void)state;
	settle(HORIZON);
	put_vf();
	settle(1900 * DUR_MS);
	assert_string_equal(get("mce0")->lagg, "");
	settle(200 * DUR_MS);
	assert_true(get("mce0")->up);
	assert_true(snap_port_find(get("bond0"), "mce0")->active);
	assert_true(snap_port_find(get("bond0"), "mce0")->master);
	assert_int_equal(sys.of_kind[OP_PRIMARY], 1);
}

static void
a_vf_that_is_up_already_is_downed_to_join(void **state)
{
	(void)state;
	settle(HORIZON);
	put_vf();
	get("mce0")->up = true;
	settle(HORIZON);
	assert_true(snap_port_find(get("bond0"), "mce0")->active);
	assert_int_equal(sys.of_kind[OP_DOWN], 1);
}

static void
a_backup_that_has_a_link_is_left_to_the_bonds_poll(void **state)
{
	(void)state;
	settle(HORIZON);
	put_vf();
	settle(HORIZON);
	/* Somebody prefers the other one. */
	get("bond0")->ports[0].master = true;
	get("bond0")->ports[1].master = false;
	sys.fails = OP_PRIMARY;
	sys.result = 22;
	settle(HORIZON);
	assert_true(get("mce0")->up);
	assert_int_equal(sys.of_kind[OP_DOWN], 0);
}

static void
a_kernel_without_bonding_is_told_of_once(void **state)
{
	(void)state;
	sys.s.no_bonding = true;
	put_vf();
	settle(3600 * DUR_SEC);
	assert_int_equal(sys.operations, 0);
	assert_int_equal(times_told("no bonding"), 1);
}

static void
a_bond_that_cannot_be_made_ends_it_too(void **state)
{
	(void)state;
	sys.fails = OP_LAGG_CREATE;
	sys.result = 45; /* EOPNOTSUPP */
	put_vf();
	settle(3600 * DUR_SEC);
	assert_int_equal(sys.operations, 1);
	assert_int_equal(times_told("no bonding"), 1);
	assert_int_equal(times_told("\n"), 1);
}

static void
under_a_transparent_netvsc_nothing_is_bonded(void **state)
{
	(void)state;
	sys.s.vf_transparent = 1;
	put_vf();
	settle(3600 * DUR_SEC);
	assert_int_equal(sys.operations, 0);
	assert_int_equal(times_told("transparent"), 1);
}

#define T(f) cmocka_unit_test_setup_teardown(f, linux_setup, teardown)

/* dhclient-script(8) cannot set an address that is there, so what is borrowed
 * is a lease from the beginning. */
static void
a_borrowed_lease_goes_when_there_is_another(void **state)
{
	unsigned starts;

	(void)state;
	get("hn0")->up = true;
	put_flagged("hn0", "10.0.0.7/24", SNAP_ADDR_LEASED);
	put_default("10.0.0.1", "hn0");
	get("hn0")->dhclient = true;
	rcvars_set(&rc, "ifconfig_hn0", "DHCP", 1, 1);
	sys.silent = true;
	settle(DUR_SEC);
	assert_true(has("bond0", "10.0.0.7/24"));
	get("bond0")->addr_flags[0] |= SNAP_ADDR_LEASED;
	starts = sys.of_kind[OP_DHCP_START];
	settle(20 * HORIZON);
	assert_true(has("bond0", "10.0.0.7/24"));
	assert_int_equal(sys.of_kind[OP_DHCP_START], starts);
	put_flagged("bond0", "10.0.0.9/24", SNAP_ADDR_LEASED);
	settle(HORIZON);
	assert_false(has("bond0", "10.0.0.7/24"));
	assert_true(has("bond0", "10.0.0.9/24"));
}

static void
the_bond_has_its_first_ports_mtu_before_that_joins(void **state)
{
	int64_t wake;

	(void)state;
	get("hn0")->mtu = 9000;
	while (act(&wake))
		if (sys.last.kind == OP_PORT_ADD)
			assert_int_equal(sys.of_kind[OP_MTU], 1);
	assert_int_equal(get("bond0")->mtu, 9000);
	assert_int_equal(get("hn0")->mtu, 9000);
	/* What somebody sets later is his. */
	get("bond0")->mtu = 1400;
	settle(HORIZON);
	assert_int_equal(sys.of_kind[OP_MTU], 1);
}

static void
what_only_has_the_name_of_a_bond_is_left_alone(void **state)
{
	(void)state;
	add_if("bond0", IF_OTHER, other_mac); /* of another mode */
	settle(HORIZON);
	assert_string_equal(get("hn0")->lagg, "bond100");
	assert_string_equal(get("bond0")->descr, "");
	assert_false(get("bond0")->up);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_synthetic_nic_is_down_when_it_joins),
		T(the_bond_looks_at_links),
		T(the_vf_joins_after_its_delay_and_becomes_the_primary),
		T(a_vf_that_is_up_already_is_downed_to_join),
		T(a_backup_that_has_a_link_is_left_to_the_bonds_poll),
		T(a_kernel_without_bonding_is_told_of_once),
		T(a_bond_that_cannot_be_made_ends_it_too),
		T(under_a_transparent_netvsc_nothing_is_bonded),
		T(a_borrowed_lease_goes_when_there_is_another),
		T(the_bond_has_its_first_ports_mtu_before_that_joins),
		T(what_only_has_the_name_of_a_bond_is_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
