/* SPDX-License-Identifier: BSD-2-Clause */
/* Whom the planner takes for whom, whom it leaves alone, and when it waits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "native_rig.h"

static void
rename_if(const char *from, const char *to)
{
	struct snap_if *i = get(from), *lagg = get(i->lagg);
	size_t k;

	strcpy(i->name, to);
	for (k = 0; lagg != NULL && k < lagg->n_ports; k++)
		if (strcmp(lagg->ports[k].name, from) == 0)
			strcpy(lagg->ports[k].name, to);
	for (k = 0; k < sys.s.n_ifs; k++)
		if (strcmp(sys.s.ifs[k].lagg, from) == 0)
			strcpy(sys.s.ifs[k].lagg, to);
	if (strcmp(sys.s.default_if, from) == 0)
		strcpy(sys.s.default_if, to);
}

static void
put_pair(void)
{
	put_vf();
	settle(HORIZON);
	assert_true(snap_port_find(get("lagg0"), "mce0")->active);
}

/* The kernel gives out a name and an index again, and nobody looked between:
 * to be down is then no person's wish. A record that lies changes nothing. */
static void
a_vf_that_was_replaced_unseen_is_another_one(void **state)
{
	unsigned before;
	int64_t came_ns;
	uint32_t index;

	(void)state;
	put_pair();
	before = sys.operations;
	native_replaced(n, "mce0");
	settle(HORIZON);
	assert_int_equal(sys.operations, before);
	index = get("mce0")->index;
	take_away("mce0");
	put_vf();
	get("mce0")->index = index;
	native_replaced(n, "mce0");
	came_ns = sys.now_ns;
	settle(DUR_SEC);
	assert_false(get("mce0")->up);
	settle(HORIZON);
	assert_true(snap_port_find(get("lagg0"), "mce0")->active);
	assert_true(sys.now_ns >= came_ns + 2 * DUR_SEC);
	assert_false(told("set down by somebody else"));
}

/* Whether it was replaced nobody knows, when records were lost: one that waits
 * for its delay waits anew, and one that has been up is left in peace. */
static void
lost_records_are_a_reason_to_wait_anew(void **state)
{
	unsigned before;
	int64_t lost_ns;

	(void)state;
	put_pair();
	before = sys.operations;
	native_lost_records(n);
	settle(HORIZON);
	assert_int_equal(sys.operations, before);
	take_away("mce0");
	settle(HORIZON);
	put_vf();
	settle(DUR_SEC);
	native_lost_records(n);
	lost_ns = sys.now_ns;
	settle(1900 * DUR_MS);
	assert_false(get("mce0")->up);
	settle(HORIZON);
	assert_true(get("mce0")->up);
	assert_true(sys.now_ns >= lost_ns + 2 * DUR_SEC);
	assert_false(told("is gone, its delay"));
	/* One that somebody has set down stays so. */
	get("mce0")->up = false;
	follow();
	settle(HORIZON);
	native_lost_records(n);
	settle(HORIZON);
	assert_false(get("mce0")->up);
}

/* --- names --- */

static void
a_renamed_lagg_is_still_ours(void **state)
{
	unsigned before;

	(void)state;
	put_pair();
	before = sys.operations;
	rename_if("lagg0", "wan");
	settle(HORIZON);
	renew();
	settle(HORIZON);
	assert_int_equal(sys.operations, before);
	assert_null(get("lagg0"));
	/* Even with no port left to tell. */
	take_away("mce0");
	get("wan")->n_ports = 0;
	get("hn0")->lagg[0] = '\0';
	renew();
	settle(HORIZON);
	assert_string_equal(get("hn0")->lagg, "wan");
}

static void
a_renamed_hn_keeps_its_configuration(void **state)
{
	unsigned before;

	(void)state;
	put_pair();
	before = sys.operations;
	rename_if("hn0", "outside");
	settle(HORIZON);
	assert_int_equal(sys.operations, before);
	take_away("mce0");
	put_vf();
	strcpy(get("outside")->vf, "mce0");
	settle(HORIZON);
	assert_true(snap_port_find(get("lagg0"), "mce0")->active);
	/* A fresh planner reads rc.conf by the driver's name. */
	renew();
	sys.operations = 0;
	get("lagg0")->up = false;
	settle(HORIZON);
	assert_int_equal(sys.operations, 1);
	assert_string_equal(get("lagg0")->descr, "switchback hn0");
}

static void
a_renamed_vf_is_neither_downed_nor_upped(void **state)
{
	unsigned before;

	(void)state;
	put_pair();
	before = sys.operations;
	sys.sticky = true;
	rename_if("mce0", "fast");
	get("hn0")->vf[0] = '\0';
	settle(3600 * DUR_SEC);
	assert_int_equal(sys.operations, before);
	assert_int_equal(times_told("fast has hn0's MAC"), 1);
}

static void
a_vf_that_was_there_before_its_hn_is_not_upped(void **state)
{
	(void)state;
	put_vf();
	get("hn0")->vf[0] = '\0';
	settle(4 * DUR_SEC); /* its driver may still be about to tell */
	assert_false(told("mce0"));
	settle(3600 * DUR_SEC);
	assert_false(get("mce0")->up);
	assert_string_equal(get("mce0")->lagg, "");
	assert_int_equal(times_told("mce0 has hn0's MAC"), 1);
}

static void
a_nic_that_changes_nothing_else_is_seen_in_the_end(void **state)
{
	int i;

	(void)state;
	settle(HORIZON);
	put_vf();
	get("hn0")->vf[0] = '\0';
	for (i = 0; i < 12; i++)
		settle(DUR_SEC);
	assert_int_equal(times_told("mce0 has hn0's MAC"), 1);
}

static void
a_vf_that_its_hn_does_not_know_leaves_the_aggregate(void **state)
{
	(void)state;
	put_pair();
	/* The hn goes and comes back without it. */
	take_away("hn0");
	settle(HORIZON);
	assert_true(snap_port_find(get("lagg0"), "mce0")->active);
	add_if("hn0", IF_HN, mac)->index = 40;
	settle(DUR_SEC);
	assert_true(snap_port_find(get("lagg0"), "mce0")->active);
	settle(HORIZON);
	assert_null(snap_port_find(get("lagg0"), "mce0"));
	assert_true(snap_port_find(get("lagg0"), "hn0")->active);
	assert_int_equal(sys.of_kind[OP_DOWN], 0);
	assert_int_equal(sys.of_kind[OP_UP], 3); /* hn0 twice, and mce0 */
}

/* --- strangers --- */

static void
a_tap_that_the_hn_lists_is_told_of(void **state)
{
	(void)state;
	add_if("tap0", IF_OTHER, mac)->parent[0] = '\0';
	strcpy(get("hn0")->vf, "tap0");
	settle(3600 * DUR_SEC);
	assert_string_equal(get("tap0")->lagg, "");
	assert_false(get("tap0")->up);
	assert_int_equal(times_told("hangs on no bus"), 1);
}

static void
an_address_on_the_vf_is_told_of(void **state)
{
	(void)state;
	put_vf();
	put_addr("mce0", "10.5.5.5/24");
	settle(HORIZON);
	assert_int_equal(times_told("an address of its own"), 1);
	get("mce0")->n_addrs = 0;
	settle(HORIZON);
	assert_true(get("mce0")->up);
}

/* When its lease were over the address would go, which may panic the kernel. */
static void
a_vf_that_its_hn_does_not_know_has_no_client(void **state)
{
	(void)state;
	add_if("mce0", IF_OTHER, mac);
	put_addr("mce0", "10.0.0.9/24"); /* a person's own */
	get("mce0")->up = get("mce0")->dhclient = true;
	settle(HORIZON);
	assert_true(get("mce0")->dhclient);
	get("mce0")->addr_flags[0] = SNAP_ADDR_LEASED;
	settle(HORIZON);
	assert_false(get("mce0")->dhclient);
	assert_true(has("mce0", "10.0.0.9/24"));
	assert_true(get("mce0")->up);
	/* Who configures it by name wants it so. */
	rcvars_set(&rc, "ifconfig_mce0", "DHCP", 9, 1);
	renew();
	get("mce0")->dhclient = true;
	settle(HORIZON);
	assert_true(get("mce0")->dhclient);
}

static void
what_a_client_began_with_leaves_the_vf(void **state)
{
	(void)state;
	put_vf();
	put_addr("mce0", "0.0.0.0/8");
	put_addr("mce0", "fe80::1/64");
	settle(DUR_SEC);
	assert_int_equal(get("mce0")->n_addrs, 0); /* the other as it joins */
	assert_int_equal(sys.of_kind[OP_ADDR_DEL], 1);
	assert_string_equal(get("mce0")->lagg, "lagg0");
}

static void
a_mac_given_to_the_aggregate_is_kept_and_told_of(void **state)
{
	(void)state;
	put_pair();
	take_away("mce0");
	memcpy(get("lagg0")->mac, other_mac, sizeof(mac));
	memcpy(get("hn0")->mac, other_mac, sizeof(mac));
	take_away("em0");
	add_if("mce0", IF_OTHER, mac);
	settle(HORIZON);
	assert_int_equal(times_told("ether 00:0d:3a:01:02:03"), 1);
	assert_int_equal(sys.of_kind[OP_ETHER], 0);
	assert_false(get("mce0")->up);
}

static void
an_aggregate_out_of_sight_ends_the_management(void **state)
{
	unsigned before;

	(void)state;
	settle(HORIZON);
	before = sys.operations;
	take_away("lagg0"); /* into a jail: the hn still is its port */
	settle(3600 * DUR_SEC);
	assert_int_equal(sys.operations, before);
	assert_int_equal(times_told("out of sight"), 1);
}

static void
an_hn_out_of_sight_ends_the_management(void **state)
{
	unsigned before;

	(void)state;
	settle(HORIZON);
	before = sys.operations;
	take_away("hn0");
	settle(3600 * DUR_SEC);
	assert_int_equal(sys.operations, before);
}

static void
an_unconfigured_hn_with_an_address_is_upped_for_its_vf(void **state)
{
	(void)state;
	rcvars_fini(&rc);
	renew();
	put_vf();
	settle(HORIZON);
	assert_int_equal(sys.operations, 0);
	put_addr("hn0", "10.0.0.77/24");
	settle(HORIZON);
	assert_true(get("hn0")->up);
	assert_int_equal(sys.operations, 1);
}

static void
without_its_fall_back_a_vf_is_not_upped(void **state)
{
	(void)state;
	settle(HORIZON);
	get("hn0")->up = false;
	sys.fails = OP_UP;
	sys.fails_on = "hn0";
	sys.result = 6;
	put_vf();
	settle(HORIZON);
	assert_false(get("mce0")->up);
	sys.result = 0;
	settle(HORIZON);
	assert_true(get("hn0")->up && get("mce0")->up);
}

static void
beside_another_devd_nothing_is_done(void **state)
{
	(void)state;
	put_vf();
	sys.s.other_daemon = true;
	settle(3600 * DUR_SEC);
	assert_int_equal(sys.operations, 0);
	assert_int_equal(times_told("devd carries out"), 1);
	sys.s.other_daemon = false;
	settle(HORIZON);
	assert_true(snap_port_find(get("lagg0"), "mce0")->active);
	settle(0); /* all has just been looked at */
	sys.s.other_daemon = true;
	settle(DUR_SEC);
	get("hn0")->up = false;
	settle(DUR_SEC);
	sys.s.other_daemon = false;
	settle(DUR_SEC);
	assert_true(get("hn0")->up);
}

/* --- whose rules --- */

static void
what_it_configures_is_its_own(void **state)
{
	(void)state;
	assert_true(native_owns(n, &sys.s, "hn0")); /* before any look */
	add_if("mce0", IF_OTHER, mac);
	assert_true(native_owns(n, &sys.s, "mce0")); /* before hn knows it */
	assert_false(native_owns(n, &sys.s, "em0"));
	assert_false(native_owns(n, &sys.s, "lagg0"));
	add_if("tap0", IF_OTHER, mac)->parent[0] = '\0';
	assert_false(native_owns(n, &sys.s, "tap0"));
	settle(HORIZON);
	assert_true(native_owns(n, &sys.s, "lagg0"));
	/* Its VF is, while the hn is away: that comes back without it. */
	take_away("hn0");
	settle(HORIZON);
	assert_true(native_owns(n, &sys.s, "mce0"));
	assert_false(native_owns(n, &sys.s, "em0"));
	add_if("hn0", IF_HN, mac);
	sys.s.vf_transparent = 1;
	assert_false(native_owns(n, &sys.s, "hn0"));
}

static void
a_vf_that_rc_conf_names_is_its_users(void **state)
{
	(void)state;
	add_if("mce0", IF_OTHER, mac);
	rcvars_set(&rc, "ifconfig_DEFAULT", "DHCP", 3, 1);
	assert_true(native_owns(n, &sys.s, "mce0"));
	rcvars_set(&rc, "ifconfig_mce0", "inet 10.7.0.1/24", 4, 1);
	assert_false(native_owns(n, &sys.s, "mce0"));
}

/* --- time --- */

static void
a_vf_that_stays_away_for_long_is_told_once(void **state)
{
	const int64_t minute = 60 * DUR_SEC;

	(void)state;
	settle(15 * minute);
	assert_false(told("VF has not returned")); /* there was none */
	put_vf();
	settle(HORIZON);
	take_away("mce0");
	follow();
	settle(9 * minute);
	assert_false(told("VF has not returned"));
	settle(2 * minute);
	assert_true(told("hn0: its VF has not returned for 10 min"));
	settle(60 * minute);
	assert_int_equal(times_told("VF has not returned"), 1);
	put_vf();
	settle(HORIZON);
	assert_true(told("hn0 has a VF again: mce0"));
	take_away("mce0");
	follow();
	settle(5 * minute);
	put_vf();
	settle(15 * minute);
	assert_int_equal(times_told("VF has not returned"), 1);
	assert_int_equal(times_told("has a VF again"), 1);
}

static void
a_vf_that_goes_takes_its_delay_along(void **state)
{
	(void)state;
	rcvars_set(&rc, "hyperv_vf_delay", "120", 3, 1);
	renew();
	settle(HORIZON);
	put_vf();
	settle(60 * DUR_SEC);
	assert_false(told("cancelled"));
	take_away("mce0");
	settle(30 * DUR_SEC);
	assert_true(told("mce0 is gone, its delay is cancelled"));
	put_vf();
	settle(119 * DUR_SEC);
	assert_false(get("mce0")->up);
	settle(2 * DUR_SEC);
	assert_true(get("mce0")->up);
	take_away("mce0");
	settle(HORIZON);
	put_vf();
	settle(121 * DUR_SEC);
	get("mce0")->up = false; /* by a person, so nothing is pending */
	settle(HORIZON);
	take_away("mce0");
	settle(HORIZON);
	assert_int_equal(times_told("cancelled"), 1);
}

static void
what_a_killed_planner_began_is_no_persons_doing(void **state)
{
	(void)state;
	put_pair();
	renew();
	settle(DUR_SEC);
	get("mce0")->up = false; /* its down ends now */
	settle(2 * DUR_SEC);
	assert_false(get("mce0")->up);
	settle(2 * DUR_SEC);
	assert_true(get("mce0")->up);
	settle(20 * DUR_SEC);
	get("mce0")->up = false;
	settle(600 * DUR_SEC);
	assert_false(get("mce0")->up);
}

static void
a_kernel_that_takes_back_later_gets_its_time(void **state)
{
	(void)state;
	put_pair();
	sys.sticky = true;
	get("mce0")->up = false;
	settle(DUR_SEC);
	assert_false(get("mce0")->up);
	sys.sticky = false;
	settle(HORIZON);
	assert_false(get("mce0")->up);
	assert_true(snap_port_find(get("lagg0"), "hn0")->active);
}

static void
a_vf_that_the_host_withdraws_is_left_up(void **state)
{
	(void)state;
	put_pair();
	sys.held_back = true;
	follow();
	sys.operations = 0;
	settle(600 * DUR_SEC);
	assert_true(snap_port_find(get("lagg0"), "hn0")->active);
	sys.held_back = false;
	settle(HORIZON);
	assert_true(snap_port_find(get("lagg0"), "mce0")->active);
	assert_int_equal(sys.operations, 0);
}

static void
eagain_is_tried_after_a_second(void **state)
{
	(void)state;
	sys.fails = OP_PORT_ADD;
	sys.result = 35;
	settle(10500 * DUR_MS);
	assert_int_equal(sys.of_kind[OP_PORT_ADD], 11);
	settle(600 * DUR_SEC); /* it says when, so it gets no seldomer */
	assert_in_range(sys.of_kind[OP_PORT_ADD], 590, 612);
}

static void
what_is_over_after_a_stop_gets_a_fresh_look(void **state)
{
	int64_t wake;

	(void)state;
	settle(HORIZON);
	put_vf();
	sys.vf_link = false;
	while (!get("mce0")->up)
		settle(DUR_MS);
	/* All stands still while the link is awaited, and a moment after
	 * the thaw it is there. */
	act(&wake);
	sys.now_ns += 30 * DUR_SEC;
	act(&wake);
	assert_true(get("mce0")->up);
	assert_in_range(wake - sys.now_ns, 50 * DUR_MS, 100 * DUR_MS);
	sys.vf_link = true;
	settle(HORIZON);
	assert_int_equal(sys.of_kind[OP_DOWN], 0);
	assert_true(snap_port_find(get("lagg0"), "mce0")->active);
}

static void
what_succeeds_without_effect_makes_no_storm(void **state)
{
	int kind;

	for (kind = 0; kind <= OP_DHCP_STOP; kind++) {
		teardown(state);
		setup(state);
		put_vf();
		put_addr("hn0", "10.0.0.4/24");
		put_default("10.0.0.1", "hn0");
		sys.inert = kind;
		settle(60 * DUR_SEC);
		assert_true(sys.operations <= 80);
	}
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_vf_that_was_replaced_unseen_is_another_one),
		T(lost_records_are_a_reason_to_wait_anew),
		T(a_renamed_lagg_is_still_ours),
		T(a_renamed_hn_keeps_its_configuration),
		T(a_renamed_vf_is_neither_downed_nor_upped),
		T(a_vf_that_was_there_before_its_hn_is_not_upped),
		T(a_nic_that_changes_nothing_else_is_seen_in_the_end),
		T(a_vf_that_its_hn_does_not_know_leaves_the_aggregate),
		T(a_tap_that_the_hn_lists_is_told_of),
		T(an_address_on_the_vf_is_told_of),
		T(a_vf_that_its_hn_does_not_know_has_no_client),
		T(what_a_client_began_with_leaves_the_vf),
		T(a_mac_given_to_the_aggregate_is_kept_and_told_of),
		T(an_aggregate_out_of_sight_ends_the_management),
		T(an_hn_out_of_sight_ends_the_management),
		T(an_unconfigured_hn_with_an_address_is_upped_for_its_vf),
		T(without_its_fall_back_a_vf_is_not_upped),
		T(beside_another_devd_nothing_is_done),
		T(what_it_configures_is_its_own),
		T(a_vf_that_rc_conf_names_is_its_users),
		T(a_vf_that_stays_away_for_long_is_told_once),
		T(a_vf_that_goes_takes_its_delay_along),
		T(what_a_killed_planner_began_is_no_persons_doing),
		T(a_kernel_that_takes_back_later_gets_its_time),
		T(a_vf_that_the_host_withdraws_is_left_up),
		T(eagain_is_tried_after_a_second),
		T(what_is_over_after_a_stop_gets_a_fresh_look),
		T(what_succeeds_without_effect_makes_no_storm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
