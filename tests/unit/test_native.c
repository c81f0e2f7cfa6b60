/* SPDX-License-Identifier: BSD-2-Clause */
/* The planner, on a system of a few lines that obeys it (native.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/dur.h"
#include "native_rig.h"

#define MOST_OPERATIONS 40

/* --- every half-made state --------------------------------------------------
 */

enum { LAGG_NONE, LAGG_EMPTY, LAGG_MARKED, LAGG_FOREIGN, LAGG_KINDS };
enum { ON_NONE, ON_HN, ON_LAGG, ON_BOTH, ON_KINDS };
enum { DEF_NONE, DEF_HN, DEF_LAGG, DEF_OTHER, DEF_KINDS };
enum { VF_NONE, VF_IS_DOWN, VF_IS_UP, VF_KINDS };

struct half {
	unsigned lagg, on, def, vf;
	bool hn_port, vf_port, vf_link, hn_up, rx_all;
};

static bool
is_possible(const struct half *h)
{
	bool ours = h->lagg == LAGG_EMPTY || h->lagg == LAGG_MARKED;

	if (!ours &&
	    (h->hn_port || h->vf_port || h->on >= ON_LAGG ||
		h->def == DEF_LAGG))
		return false;
	/* An empty unmarked one with an address is somebody else's. */
	if (h->lagg == LAGG_EMPTY && !h->hn_port &&
	    (h->vf_port || h->on >= ON_LAGG))
		return false;
	if (h->vf == VF_NONE && (h->vf_port || h->vf_link))
		return false;
	if (h->def == DEF_HN && h->on != ON_HN && h->on != ON_BOTH)
		return false;
	return h->def != DEF_LAGG || h->on >= ON_LAGG;
}

static void
make_half(const struct half *h)
{
	struct snap_if *lagg = NULL;

	get("hn0")->up = h->hn_up;
	sys.s.failover_rx_all = h->rx_all;
	if (h->vf != VF_NONE) {
		put_vf();
		get("mce0")->up = h->vf == VF_IS_UP;
		sys.vf_link = h->vf_link;
	}
	if (h->lagg != LAGG_NONE)
		lagg = add_if("lagg0", IF_LAGG, mac);
	if (h->lagg == LAGG_MARKED)
		strcpy(lagg->descr, "switchback hn0");
	if (h->lagg == LAGG_FOREIGN)
		put_port("lagg0", "em0");
	if (h->hn_port)
		put_port("lagg0", "hn0");
	if (h->vf_port)
		put_port("lagg0", "mce0");
	if (h->on == ON_HN || h->on == ON_BOTH)
		put_addr("hn0", "10.0.0.4/24");
	if (h->on == ON_LAGG || h->on == ON_BOTH)
		put_addr("lagg0", "10.0.0.4/24");
	if (h->def == DEF_OTHER) {
		put_addr("em0", "192.0.2.7/24");
		put_default("192.0.2.1", "em0");
	} else if (h->def != DEF_NONE) {
		put_default("10.0.0.1", h->def == DEF_HN ? "hn0" : "lagg0");
	}
}

static void
expect_made(const struct half *h)
{
	const char *name = h->lagg == LAGG_FOREIGN ? "lagg100" : "lagg0";
	struct snap_if *lagg = get(name), *hn = get("hn0"), *vf = get("mce0");
	const struct snap_port *port;

	assert_non_null(lagg);
	assert_string_equal(lagg->descr, "switchback hn0");
	assert_true(lagg->up && hn->up);
	assert_string_equal(hn->lagg, name);
	assert_int_equal(lagg->n_addrs, 1);
	assert_int_equal(hn->n_addrs, 0);
	assert_int_equal(sys.s.failover_rx_all, 1);
	assert_string_equal(sys.s.default_if,
	    h->def == DEF_OTHER ? "em0" : name);
	if (h->vf == VF_NONE)
		return;
	port = snap_port_find(lagg, "mce0");
	assert_non_null(port);
	assert_int_equal(vf->up, h->vf_link);
	assert_int_equal(port->active, h->vf_link);
	if (!h->vf_link)
		assert_true(snap_port_find(lagg, "hn0")->active);
}

static void
expect_foreign_untouched(const struct half *h)
{
	const struct snap_if *em = get("em0"), *lagg = get("lagg0");

	assert_false(em->up);
	assert_int_equal(em->n_addrs, h->def == DEF_OTHER);
	if (h->lagg != LAGG_FOREIGN)
		return;
	assert_int_equal(lagg->n_ports, 1);
	assert_int_equal(lagg->n_addrs, 0);
	assert_false(lagg->up);
	assert_string_equal(lagg->descr, "");
}

static void
from_every_half_made_state_the_wanted_one_is_reached(void **state)
{
	struct half h;
	unsigned bits, tried = 0;

	for (bits = 0; bits < LAGG_KINDS * ON_KINDS * DEF_KINDS * VF_KINDS * 32;
	     bits++) {
		h.lagg = bits / 32 % LAGG_KINDS;
		h.on = bits / 32 / LAGG_KINDS % ON_KINDS;
		h.def = bits / 32 / LAGG_KINDS / ON_KINDS % DEF_KINDS;
		h.vf = bits / 32 / LAGG_KINDS / ON_KINDS / DEF_KINDS;
		h.hn_port = bits & 1;
		h.vf_port = bits & 2;
		h.vf_link = bits & 4;
		h.hn_up = bits & 8;
		h.rx_all = bits & 16;
		if (!is_possible(&h))
			continue;
		teardown(state);
		setup(state);
		sys.unversioned = tried % 2 == 0;
		make_half(&h);
		settle(2800 * DUR_MS);
		assert_true(sys.operations <= MOST_OPERATIONS);
		expect_made(&h);
		expect_foreign_untouched(&h);
		tried++;
	}
	assert_true(tried > 600);
}

static void
a_made_state_needs_no_operation(void **state)
{
	unsigned before;

	(void)state;
	put_vf();
	settle(HORIZON);
	before = sys.operations;
	settle(3600 * DUR_SEC);
	assert_int_equal(sys.operations, before);
	/* Nor does a fresh planner find any. */
	teardown(state);
	setup(state);
	make_half(&(struct half){ .lagg = LAGG_MARKED,
	    .on = ON_LAGG,
	    .def = DEF_LAGG,
	    .vf = VF_IS_UP,
	    .hn_port = true,
	    .vf_port = true,
	    .vf_link = true,
	    .hn_up = true,
	    .rx_all = true });
	get("lagg0")->up = true;
	settle(HORIZON);
	assert_int_equal(sys.operations, 0);
}

/* --- what is not ours -------------------------------------------------------
 */

static void
when_both_names_are_taken_the_pair_is_left_alone(void **state)
{
	(void)state;
	add_if("lagg0", IF_LAGG, other_mac);
	put_port("lagg0", "em0");
	strcpy(add_if("lagg100", IF_LAGG, other_mac)->descr, "mine");
	settle(HORIZON);
	assert_int_equal(sys.operations, 0);
}

static void
a_lagg_that_rc_conf_names_is_not_ours_even_with_our_hn_in_it(void **state)
{
	(void)state;
	rcvars_set(&rc, "cloned_interfaces", "vlan7 lagg0 lagg10", 3, 1);
	add_if("lagg0", IF_LAGG, mac);
	put_port("lagg0", "hn0");
	settle(HORIZON);
	assert_int_equal(sys.operations, 0);
	rcvars_set(&rc, "cloned_interfaces", "vlan7 lagg0:sticky", 3, 1);
	renew();
	settle(HORIZON);
	assert_int_equal(sys.operations, 0);
}

static void
a_longer_name_in_cloned_interfaces_is_another_one(void **state)
{
	(void)state;
	rcvars_set(&rc, "cloned_interfaces", "lagg01 lagg00", 3, 1);
	add_if("lagg0", IF_LAGG, mac);
	settle(HORIZON);
	assert_string_equal(get("hn0")->lagg, "lagg0");
}

static void
an_empty_lagg_that_rc_conf_configures_is_not_taken(void **state)
{
	(void)state;
	rcvars_set(&rc, "ifconfig_lagg0", "laggproto lacp", 3, 1);
	add_if("lagg0", IF_LAGG, mac);
	settle(HORIZON);
	assert_int_equal(get("lagg0")->n_ports, 0);
	assert_string_equal(get("hn0")->lagg, "lagg100");
}

static void
a_lagg_that_stock_has_made_is_taken_over(void **state)
{
	(void)state;
	add_if("lagg0", IF_LAGG, mac);
	put_port("lagg0", "hn0");
	put_addr("lagg0", "10.0.0.4/24");
	settle(HORIZON);
	assert_string_equal(get("lagg0")->descr, "switchback hn0");
	assert_string_equal(sys.s.default_if, "lagg0");
}

static void
expect_vf_untouched(bool up)
{
	assert_int_equal(get("mce0")->up, up);
	assert_string_equal(get("mce0")->lagg, "");
	assert_string_equal(get("hn0")->lagg, "lagg0");
}

static void
a_vf_without_a_bus_is_no_vf(void **state)
{
	(void)state;
	put_vf();
	get("mce0")->parent[0] = '\0'; /* a tap with a borrowed MAC */
	settle(HORIZON);
	expect_vf_untouched(false);
}

static void
a_vf_with_another_mac_is_no_vf(void **state)
{
	(void)state;
	put_vf();
	memcpy(get("mce0")->mac, other_mac, sizeof(other_mac));
	settle(HORIZON);
	expect_vf_untouched(false);
}

static void
a_vf_with_an_address_is_the_users(void **state)
{
	(void)state;
	put_vf();
	put_addr("mce0", "10.5.5.5/24");
	get("mce0")->up = true;
	settle(HORIZON);
	expect_vf_untouched(true);
}

static void
a_vf_in_another_lagg_is_left_there(void **state)
{
	(void)state;
	put_vf();
	strcpy(add_if("lagg7", IF_LAGG, mac)->descr, "mine");
	put_port("lagg7", "mce0");
	settle(HORIZON);
	assert_string_equal(get("mce0")->lagg, "lagg7");
	assert_false(get("mce0")->up);
}

static void
a_vf_that_hn_does_not_name_is_not_looked_for(void **state)
{
	(void)state;
	put_vf();
	get("hn0")->vf[0] = '\0';
	settle(HORIZON);
	expect_vf_untouched(false);
}

static void
another_default_route_is_somebodys_choice(void **state)
{
	(void)state;
	put_addr("em0", "192.0.2.7/24");
	put_default("192.0.2.1", "em0");
	put_addr("hn0", "10.0.0.4/24");
	settle(HORIZON);
	assert_string_equal(sys.s.default_if, "em0");
	assert_int_equal(sys.of_kind[OP_DEFAULT_ADD], 0);
	assert_int_equal(sys.of_kind[OP_DEFAULT_DEL], 0);
}

static void
an_address_of_hn_that_rc_conf_does_not_know_stays(void **state)
{
	(void)state;
	put_addr("hn0", "172.16.0.9/16");
	settle(HORIZON);
	assert_int_equal(get("hn0")->n_addrs, 1);
}

static void
expect_nothing_done(void)
{
	settle(HORIZON);
	assert_int_equal(sys.operations, 0);
}

static void
in_transparent_mode_nothing_is_done(void **state)
{
	(void)state;
	put_vf();
	sys.s.vf_transparent = 1;
	expect_nothing_done();
}

static void
on_a_kernel_without_the_sysctl_nothing_is_done(void **state)
{
	(void)state;
	put_vf();
	sys.s.vf_transparent = -1;
	expect_nothing_done();
}

static void
an_hn_that_rc_conf_does_not_configure_is_left_alone(void **state)
{
	struct native_config config = { .rc = &rc };

	(void)state;
	put_vf();
	rcvars_fini(&rc);
	native_free(n);
	n = native_new(&config);
	expect_nothing_done();
}

static void
rx_all_is_kept_when_the_administrator_says_so(void **state)
{
	struct native_config config = { .rc = &rc, .keep_rx_all = true };

	(void)state;
	native_free(n);
	n = native_new(&config);
	settle(HORIZON);
	assert_int_equal(sys.s.failover_rx_all, 0);
	assert_int_equal(sys.of_kind[OP_SYSCTL], 0);
}

/* --- the VF's time ----------------------------------------------------------
 */

static void
the_vf_joins_at_once_and_is_upped_after_its_delay(void **state)
{
	(void)state;
	rcvars_set(&rc, "hyperv_vf_delay", "7", 3, 1);
	settle(HORIZON);
	put_vf();
	settle(DUR_SEC);
	assert_string_equal(get("mce0")->lagg, "lagg0");
	assert_false(get("mce0")->up);
	settle(5900 * DUR_MS);
	assert_false(get("mce0")->up);
	settle(200 * DUR_MS);
	assert_true(get("mce0")->up);
}

static void
the_delay_begins_anew_for_a_vf_that_took_its_place(void **state)
{
	(void)state;
	rcvars_set(&rc, "hyperv_vf_delay", "10", 3, 1);
	settle(HORIZON);
	put_vf();
	settle(6 * DUR_SEC);
	take_away("mce0");
	settle(3 * DUR_SEC);
	put_vf();
	settle(9 * DUR_SEC); /* the first one's delay is long over */
	assert_false(get("mce0")->up);
	settle(2 * DUR_SEC);
	assert_true(get("mce0")->up);
}

static void
a_vf_of_another_index_is_another_vf_though_nobody_told(void **state)
{
	(void)state;
	rcvars_set(&rc, "hyperv_vf_delay", "10", 3, 1);
	settle(HORIZON);
	put_vf();
	settle(6 * DUR_SEC);
	get("mce0")->index = 77;
	settle(9 * DUR_SEC);
	assert_false(get("mce0")->up);
	settle(2 * DUR_SEC);
	assert_true(get("mce0")->up);
}

static void
a_vf_set_down_by_somebody_else_is_left_so(void **state)
{
	(void)state;
	put_vf();
	settle(HORIZON);
	assert_true(get("mce0")->up);
	get("mce0")->up = false;
	settle(600 * DUR_SEC);
	assert_false(get("mce0")->up);
	get("mce0")->up = true; /* and taken up again by him */
	settle(HORIZON);
	assert_true(snap_port_find(get("lagg0"), "mce0")->active);
}

static void
a_vf_whose_link_is_lost_is_set_down_at_once_and_tried_ever_more_seldom(
    void **state)
{
	unsigned ups;

	(void)state;
	put_vf();
	settle(HORIZON);
	sys.vf_link = false;
	follow();
	ups = sys.of_kind[OP_UP];
	settle(10 * DUR_MS);
	assert_false(get("mce0")->up);
	assert_true(snap_port_find(get("lagg0"), "hn0")->active);
	settle(10 * DUR_SEC); /* tried after 3 s, then after 6 s */
	assert_int_equal(sys.of_kind[OP_UP], ups + 2);
	settle(3600 * DUR_SEC); /* every minute at the most */
	assert_in_range(sys.of_kind[OP_UP] - ups, 55, 70);
	sys.vf_link = true;
	settle(62 * DUR_SEC);
	assert_true(get("mce0")->up);
	assert_true(snap_port_find(get("lagg0"), "mce0")->active);
}

static void
a_vf_that_is_up_outside_the_lagg_is_set_down_joined_and_upped(void **state)
{
	(void)state;
	settle(HORIZON);
	put_vf();
	get("mce0")->up = true;
	memset(sys.of_kind, 0, sizeof(sys.of_kind));
	settle(HORIZON);
	assert_int_equal(sys.of_kind[OP_DOWN], 1);
	assert_int_equal(sys.of_kind[OP_PORT_ADD], 1);
	assert_true(get("mce0")->up);
}

/* The flag is set, and the hn not told yet: a down would overtake the up. */
static void
an_up_that_is_under_way_is_let_finish(void **state)
{
	int64_t wake;

	(void)state;
	settle(HORIZON);
	sys.held_back = true;
	put_vf();
	get("mce0")->up = true;
	follow();
	assert_false(act(&wake));
	assert_true(wake <= sys.now_ns + 2 * DUR_SEC);
	sys.held_back = false;
	follow();
	assert_true(act(&wake));
	assert_int_equal(sys.last.kind, OP_DOWN);
	settle(HORIZON);
	assert_true(snap_port_find(get("lagg0"), "mce0")->active);
}

/* Its link goes at that moment, and nobody else has one: no reason to hurry. */
static void
an_up_of_a_port_that_is_under_way_is_let_finish_too(void **state)
{
	int64_t wake;

	(void)state;
	put_vf();
	settle(HORIZON);
	assert_true(snap_port_find(get("lagg0"), "mce0")->active);
	renew();
	sys.vf_link = false;
	sys.unplugged = sys.held_back = true;
	assert_false(act(&wake));
	sys.now_ns += DUR_SEC;
	assert_false(act(&wake));
	sys.held_back = false;
	assert_false(act(&wake)); /* its link may still come */
	sys.now_ns += 200 * DUR_MS;
	assert_true(act(&wake));
	assert_int_equal(sys.last.kind, OP_DOWN);
}

/* A host that withholds the VF from the hn. */
static void
a_vf_that_is_up_and_not_handed_over_to_joins_in_the_end(void **state)
{
	(void)state;
	settle(HORIZON);
	sys.held_back = true;
	put_vf();
	get("mce0")->up = true;
	settle(HORIZON);
	assert_string_equal(get("mce0")->lagg, "lagg0");
}

static void
two_pairs_do_not_mix(void **state)
{
	(void)state;
	rcvars_set(&rc, "ifconfig_hn1", "inet 10.1.0.4/24", 3, 1);
	add_if("hn1", IF_HN, other_mac)->unit = 1;
	/* Their VFs have come back under each other's names. */
	memcpy(add_if("mce1", IF_OTHER, mac)->mac, mac, sizeof(mac));
	add_if("mce0", IF_OTHER, other_mac);
	strcpy(get("hn0")->vf, "mce1");
	strcpy(get("hn1")->vf, "mce0");
	settle(HORIZON);
	assert_string_equal(get("mce1")->lagg, "lagg0");
	assert_string_equal(get("mce0")->lagg, "lagg1");
	assert_true(get("mce0")->up && get("mce1")->up);
	assert_true(snap_port_find(get("lagg0"), "mce1")->active);
	assert_true(snap_port_find(get("lagg1"), "mce0")->active);
}

/* --- operations that fail ---------------------------------------------------
 */

static void
a_failing_operation_is_held_back_longer_each_time(void **state)
{
	(void)state;
	sys.fails = OP_LAGG_CREATE;
	sys.result = 12;       /* ENOMEM */
	settle(1000 * DUR_MS); /* at 0, 0.1, 0.3 and 0.7 s */
	assert_int_equal(sys.operations, 4);
	settle(600 * DUR_SEC); /* at most every 30 s in the end */
	assert_in_range(sys.operations, 15, 35);
	sys.result = 0;
	settle(31 * DUR_SEC);
	assert_string_equal(get("hn0")->lagg, "lagg0");
}

static void
a_lagg_gets_no_address_before_its_mark(void **state)
{
	(void)state;
	put_addr("hn0", "10.0.0.4/24");
	sys.fails = OP_DESCR;
	sys.result = 1; /* EPERM */
	settle(DUR_SEC);
	assert_false(has("lagg0", "10.0.0.4/24"));
	assert_true(has("hn0", "10.0.0.4/24"));
	renew();
	settle(DUR_SEC);
	sys.result = 0;
	settle(HORIZON);
	assert_string_equal(get("hn0")->lagg, "lagg0");
	assert_true(has("lagg0", "10.0.0.4/24"));
	assert_false(has("hn0", "10.0.0.4/24"));
	assert_null(snapshot_find(&sys.s, "lagg100"));
}

static void
no_failing_operation_makes_a_storm(void **state)
{
	static const enum op_kind kinds[] = { OP_LAGG_CREATE, OP_DESCR,
		OP_PORT_ADD, OP_UP, OP_DOWN, OP_ADDR_ADD, OP_ADDR_DEL,
		OP_DEFAULT_ADD, OP_DEFAULT_DEL, OP_SYSCTL };
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		teardown(state);
		setup(state);
		put_vf();
		get("mce0")->up = i % 2 == 0;
		put_addr("hn0", "10.0.0.4/24");
		put_default("10.0.0.1", "hn0");
		sys.fails = kinds[i];
		sys.result = 22;
		settle(60 * DUR_SEC);
		assert_true(sys.operations <= 60);
	}
}

/* More of them than a pair has places for. */
static void
many_failing_operations_do_not_keep_the_rest_waiting(void **state)
{
	char name[32], value[48];
	unsigned i;

	(void)state;
	for (i = 0; i < 12; i++) {
		snprintf(name, sizeof(name), "ifconfig_hn0_alias%u", i);
		snprintf(value, sizeof(value), "inet6 2001:db8::%x/64", i + 1);
		rcvars_set(&rc, name, value, 3, i + 2);
	}
	put_vf();
	renew();
	sys.fails = OP_ADDR_ADD;
	sys.result = 43;
	settle(60 * DUR_SEC);
	assert_true(sys.operations <= 400);
	assert_string_equal(get("hn0")->lagg, "lagg0");
	assert_true(get("mce0")->up);
}

static void
what_rc_leaves_alone_is_left_alone(void **state)
{
	static const struct {
		const char *words, *told;
	} rows[] = { { "NOAUTO inet 10.0.0.4/24",
			 "hn0: rc.conf says NOAUTO; "
			 "left alone" },
		{ "inet 10.0.0.4/24 fib 1", "in its fib; left alone" },
		{ "inet 10.0.0.4/24 group lan", "in its group; left alone" } };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		rcvars_set(&rc, "ifconfig_hn0", rows[i].words, 3, 1);
		renew();
		put_vf();
		settle(60 * DUR_SEC);
		assert_int_equal(sys.operations, 0);
		assert_true(told(rows[i].told));
		take_away("mce0");
	}
}

static void
what_fails_for_one_pair_does_not_stop_the_other(void **state)
{
	(void)state;
	rcvars_set(&rc, "ifconfig_hn1", "inet 10.1.0.4/24", 3, 1);
	add_if("hn1", IF_HN, other_mac)->unit = 1;
	add_if("lagg0", IF_LAGG, mac);
	sys.fails = OP_DEFAULT_ADD;
	sys.result = 51;
	settle(HORIZON);
	assert_string_equal(get("hn0")->lagg, "lagg0");
	assert_string_equal(get("hn1")->lagg, "lagg1");
	assert_int_equal(get("lagg1")->n_addrs, 1);
}

static void
a_person_is_told_once_what_was_decided(void **state)
{
	int64_t wake;
	const char *text;
	int i, told = 0;

	(void)state;
	sys.s.vf_transparent = 1;
	for (i = 0; i < 5; i++) {
		native_plan(n, &sys.s, 0, &sys.last, &wake);
		while ((text = native_note(n)) != NULL) {
			assert_non_null(strstr(text, "transparent"));
			told++;
		}
	}
	assert_int_equal(told, 1);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(from_every_half_made_state_the_wanted_one_is_reached),
		T(a_made_state_needs_no_operation),
		T(when_both_names_are_taken_the_pair_is_left_alone),
		T(a_lagg_that_rc_conf_names_is_not_ours_even_with_our_hn_in_it),
		T(a_longer_name_in_cloned_interfaces_is_another_one),
		T(an_empty_lagg_that_rc_conf_configures_is_not_taken),
		T(a_lagg_that_stock_has_made_is_taken_over),
		T(a_vf_without_a_bus_is_no_vf),
		T(a_vf_with_another_mac_is_no_vf),
		T(a_vf_with_an_address_is_the_users),
		T(a_vf_in_another_lagg_is_left_there),
		T(a_vf_that_hn_does_not_name_is_not_looked_for),
		T(another_default_route_is_somebodys_choice),
		T(an_address_of_hn_that_rc_conf_does_not_know_stays),
		T(in_transparent_mode_nothing_is_done),
		T(on_a_kernel_without_the_sysctl_nothing_is_done),
		T(an_hn_that_rc_conf_does_not_configure_is_left_alone),
		T(rx_all_is_kept_when_the_administrator_says_so),
		T(the_vf_joins_at_once_and_is_upped_after_its_delay),
		T(the_delay_begins_anew_for_a_vf_that_took_its_place),
		T(a_vf_of_another_index_is_another_vf_though_nobody_told),
		T(a_vf_set_down_by_somebody_else_is_left_so),
		T(a_vf_whose_link_is_lost_is_set_down_at_once_and_tried_ever_more_seldom),
		T(a_vf_that_is_up_outside_the_lagg_is_set_down_joined_and_upped),
		T(an_up_that_is_under_way_is_let_finish),
		T(an_up_of_a_port_that_is_under_way_is_let_finish_too),
		T(a_vf_that_is_up_and_not_handed_over_to_joins_in_the_end),
		T(two_pairs_do_not_mix),
		T(a_failing_operation_is_held_back_longer_each_time),
		T(a_lagg_gets_no_address_before_its_mark),
		T(no_failing_operation_makes_a_storm),
		T(many_failing_operations_do_not_keep_the_rest_waiting),
		T(what_rc_leaves_alone_is_left_alone),
		T(what_fails_for_one_pair_does_not_stop_the_other),
		T(a_person_is_told_once_what_was_decided),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
