/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * FACTS.md C.3 N10 to N12, B.10 and B.12 (what becomes of a VF that hn has
 * lost), B.13 (newer kernels), C.5 X3, X7 and X8.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/dur.h"
#include "sim/machine/hn.h"
#include "sim/machine/ifdriver.h"
#include "sim/machine/netpath.h"
#include "sim_rig.h"

static struct rig r;
static struct ifnet *hn, *vf;

static void
begin(const char *more, bool transparent)
{
	rig_init(&r, more);
	r.m->transparent = transparent;
	hn = rig_hn(&r, "hn0", 1);
	hn_host_association(hn, true);
	assert_int_equal(rig_do(&r, "ifconfig hn0 up"), 0);
	vf = rig_vf(&r, "mce0", 1);
}

static int
teardown(void **state)
{
	(void)state;
	rig_fini(&r);
	return 0;
}

static bool
was_reached(const char *name)
{
	size_t i;

	for (i = 0; i < r.trace->n_reached; i++)
		if (strcmp(r.trace->reached[i].name, name) == 0)
			return true;
	return false;
}

static bool
was_noted(const char *text)
{
	size_t i;

	for (i = 0; i < r.trace->n_notes; i++)
		if (strstr(r.trace->notes[i].text, text) != NULL)
			return true;
	return false;
}

/* --- N10 ------------------------------------------------------------------ */

static void
n10_another_mtu_sets_the_channels_up_anew(void **state)
{
	int result;

	(void)state;
	begin("limit hn.mtu = 65529\n", false);
	rig_begin(&r, "ifconfig hn0 mtu 9000", &result);
	rig_run(&r, 100 * DUR_MS);
	assert_true(hn->hn.suspended);
	assert_false(hn->hn.filter_open || hn->hn.managed);
	assert_int_equal(hn->mtu, 1500);
	rig_run(&r, 450 * DUR_MS); /* 200 ms to settle, 300 to set up */
	assert_int_equal(result, 0);
	assert_int_equal(hn->mtu, 9000);
	assert_true(!hn->hn.suspended && hn->hn.filter_open);
	assert_true(hn->hn.managed);
	assert_true(was_reached("N10"));
	/* The same again is nothing, too much is refused. */
	assert_int_equal(rig_do(&r, "ifconfig hn0 mtu 9000"), 0);
	assert_int_equal(rig_do(&r, "ifconfig hn0 mtu 65530"), SIM_EINVAL);
	assert_int_equal(hn->mtu, 9000);
}

static void
n10_leaves_management_suspended_and_the_path_with_the_vf(void **state)
{
	(void)state;
	begin(NULL, false);
	assert_int_equal(rig_do(&r, "ifconfig mce0 up"), 0);
	assert_int_equal(rig_do(&r, "ifconfig hn0 mtu 4000"), 0);
	assert_true(hn->hn.rxvf && hn->hn.host_path_vf);
	assert_false(hn->hn.managed);
	rig_run(&r, DUR_SEC);
	assert_int_equal(hn->link, LINK_DOWN); /* I2 */
}

static void
n10_begins_a_pending_network_change_anew(void **state)
{
	(void)state;
	begin(NULL, false);
	hn_host_network_change(hn);
	rig_run(&r, 3 * DUR_SEC);
	assert_int_equal(rig_do(&r, "ifconfig hn0 mtu 4000"), 0);
	assert_int_equal(hn->mtu, 4000);
	rig_run(&r, 5 * DUR_SEC - 10 * DUR_MS);
	assert_int_equal(hn->link, LINK_DOWN);
	rig_run(&r, 20 * DUR_MS);
	assert_int_equal(hn->link, LINK_UP);
}

static void
n10_ends_though_hn_has_joined_a_lagg_meanwhile(void **state)
{
	int result;

	(void)state;
	begin("limit hn.mtu = 65529\n", false);
	assert_int_equal(rig_do(&r, "ifconfig lagg0 create"), 0);
	rig_begin(&r, "ifconfig hn0 mtu 9000", &result);
	rig_run(&r, 100 * DUR_MS);
	assert_int_equal(rig_do(&r, "ifconfig lagg0 laggport hn0"), 0);
	rig_run(&r, DUR_SEC);
	assert_int_equal(result, 0);
	assert_int_equal(hn->mtu, 9000);
	assert_true(!hn->hn.suspended && hn->hn.filter_open);
	/* One that is a port from the start is refused. */
	assert_int_equal(rig_do(&r, "ifconfig hn0 mtu 4000"), SIM_EINVAL);
}

static void
n10_takes_what_the_host_says_if_that_is_less(void **state)
{
	(void)state;
	begin("limit hn.host_mtu = 4088\n", false);
	assert_int_equal(rig_do(&r, "ifconfig hn0 mtu 9000"), 0);
	assert_int_equal(hn->mtu, 4088);
	assert_true(was_noted("4088"));
}

/* --- N11, N12 --------------------------------------------------------------
 */

static void
n11_a_detached_hn_says_no_vf_down_and_comes_back_blind(void **state)
{
	size_t before;

	(void)state;
	begin(NULL, false);
	assert_int_equal(rig_do(&r, "ifconfig mce0 up"), 0);
	before = r.trace->n_records;
	hn_detach(r.m, "hn0");
	rig_run(&r, DUR_SEC);
	assert_null(ifnet_find(r.m, "hn0"));
	assert_int_equal(rig_count(&r, before, "VF_DOWN"), 0);
	assert_true(rig_row(&r, before, "subsystem=hn0 type=DETACH") >= 0);
	assert_true(rig_row(&r, before, "-hn0 at ") >
	    rig_row(&r, before, "subsystem=hn0 type=DETACH"));
	assert_true(vf->up && vf->running);
	assert_true(was_reached("N11"));

	hn_attach(r.m, "hn0", vf->mac);
	rig_run(&r, DUR_SEC);
	hn = ifnet_find(r.m, "hn0");
	assert_non_null(hn);
	assert_null(hn->hn.vf); /* B.12: it does not look */
	assert_int_equal(rig_count(&r, before, "+hn0 at "), 1);
	assert_int_equal(hn->link, LINK_UP);
	assert_ptr_equal(hn_of(vf), hn); /* and the MAC matches */
}

/* B.0: hn_detach() stops one that runs, and hn_disable_rx() pauses. */
static void
n11_one_that_runs_is_stopped_before_it_goes(void **state)
{
	(void)state;
	begin(NULL, false);
	hn_detach(r.m, "hn0");
	rig_run(&r, 100 * DUR_MS);
	assert_ptr_equal(ifnet_find(r.m, "hn0"), hn);
	assert_null(hn->hn.vf);
	assert_false(hn->running || hn->hn.filter_open);
	rig_run(&r, 110 * DUR_MS);
	assert_null(ifnet_find(r.m, "hn0"));
}

static void
n11_one_that_is_down_goes_at_once(void **state)
{
	(void)state;
	begin(NULL, false);
	assert_int_equal(rig_do(&r, "ifconfig hn0 down"), 0);
	hn_detach(r.m, "hn0");
	rig_run(&r, 10 * DUR_MS);
	assert_null(ifnet_find(r.m, "hn0"));
}

/* Who has the lock comes to his end first. */
static void
n11_one_that_is_just_started_goes_all_the_same(void **state)
{
	int result;

	(void)state;
	begin(NULL, false);
	assert_int_equal(rig_do(&r, "ifconfig hn0 down"), 0);
	rig_begin(&r, "ifconfig hn0 up", &result);
	rig_run(&r, RIG_FILTER / 2);
	hn_detach(r.m, "hn0");
	rig_run(&r, 10 * DUR_MS);
	assert_int_equal(result, 0);
	assert_non_null(ifnet_find(r.m, "hn0"));
	rig_run(&r, 200 * DUR_MS);
	assert_null(ifnet_find(r.m, "hn0"));
}

static void
n11_a_new_one_is_seen_when_its_channels_are_made(void **state)
{
	(void)state;
	begin(NULL, false);
	hn_attach(r.m, "hn1", vf->mac);
	rig_run(&r, 300 * DUR_MS); /* 10 ms for the offer, 300 to set up */
	assert_null(ifnet_find(r.m, "hn1"));
	rig_run(&r, 20 * DUR_MS);
	assert_non_null(ifnet_find(r.m, "hn1"));
}

/* The VF's driver takes its time; if hn went and came within it, its end would
 * be the guest's (B.12). */
static void
n11_no_driver_takes_as_long_as_an_hn_that_goes_and_comes(void **state)
{
	int result;

	(void)state;
	begin("flag hn.rings = yes\ndelay vf.open = 300ms\n", false);
	rig_begin(&r, "ifconfig mce0 up", &result);
	hn_detach(r.m, "hn0");
	hn_attach(r.m, "hn0", vf->mac);
	rig_run(&r, 2 * DUR_SEC);
	assert_int_equal(result, 0);
	assert_non_null(ifnet_find(r.m, "hn0"));
	assert_false(r.m->panicked);
}

/* With several rings a VF forgotten amid N2 is the guest's end. */
static void
n11_waits_for_a_switch_that_is_under_way(void **state)
{
	size_t before;
	int up;

	(void)state;
	begin("flag hn.rings = yes\n", false);
	before = r.trace->n_records;
	rig_begin(&r, "ifconfig mce0 up", &up);
	while (!hn->hn.rxvf)
		rig_run(&r, 10 * DUR_US);
	hn_detach(r.m, "hn0");
	rig_run(&r, DUR_SEC);
	assert_false(r.m->panicked);
	assert_int_equal(up, 0);
	assert_int_equal(rig_count(&r, before, "VF_UP"), 1);
	assert_int_equal(rig_count(&r, before, "subsystem=hn0 type=DETACH"), 1);
}

/* The handlers are removed first: what stops hears of no event, and nobody
 * waits for it. */
static void
n11_one_that_is_stopped_hears_of_no_vf(void **state)
{
	int result;

	(void)state;
	begin("flag hn.rings = yes\n", false);
	hn_detach(r.m, "hn0");
	rig_run(&r, 50 * DUR_MS);
	assert_ptr_equal(ifnet_find(r.m, "hn0"), hn);
	rig_vf(&r, "mce1", 1);
	assert_null(hn->hn.vf);
	rig_begin(&r, "ifconfig mce0 up", &result);
	rig_run(&r, 50 * DUR_MS);
	assert_int_equal(result, 0);
	assert_false(r.m->panicked || hn->hn.rxvf);
	rig_run(&r, DUR_SEC);
	assert_null(ifnet_find(r.m, "hn0"));
}

/* FREEBSD.md, rename: the DETACH has the new name, the bus the driver's unit,
 * and what comes back is called as the driver calls it. */
static void
a_renamed_hn_is_detached_all_the_same(void **state)
{
	size_t before;

	(void)state;
	begin(NULL, false);
	assert_int_equal(rig_do(&r, "ifconfig hn0 name net0"), 0);
	before = r.trace->n_records;
	hn_detach(r.m, "hn0");
	hn_attach(r.m, "hn0", vf->mac);
	rig_run(&r, DUR_SEC);
	assert_null(ifnet_find(r.m, "net0"));
	assert_int_equal(rig_count(&r, before, "subsystem=net0 type=DETACH"),
	    1);
	assert_int_equal(rig_count(&r, before, "-hn0 at "), 1);
	assert_non_null(ifnet_find(r.m, "hn0"));
	assert_int_equal(rig_count(&r, before, "+hn0 at "), 1);
}

static void
n12_an_association_note_is_printed_and_ignored(void **state)
{
	size_t before;

	(void)state;
	begin(NULL, false);
	assert_int_equal(rig_do(&r, "ifconfig mce0 up"), 0);
	before = r.trace->n_records;
	hn_host_association(hn, false);
	rig_run(&r, DUR_SEC);
	assert_true(was_noted("nvs type 128"));
	assert_true(hn->hn.rxvf);
	assert_int_equal(r.trace->n_records, before);
	assert_true(was_reached("N12"));
}

/* --- B.10, B.12: the lost VF -------------------------------------------------
 */

static void
a_renamed_vf_is_lost_to_hn_and_its_path_stays(void **state)
{
	(void)state;
	begin(NULL, false);
	assert_int_equal(rig_do(&r, "ifconfig mce0 up"), 0);
	assert_int_equal(rig_do(&r, "ifconfig mce0 name vf0"), 0);
	assert_null(hn->hn.vf);
	assert_true(hn->hn.rxvf);
	assert_ptr_equal(hn->hn.rewrite, vf);
	assert_true(was_reached("N4"));
	/* With one ring it goes down and up without harm. */
	assert_int_equal(rig_do(&r, "ifconfig vf0 down"), 0);
	assert_int_equal(rig_do(&r, "ifconfig vf0 up"), 0);
	assert_false(r.m->panicked);
	assert_true(hn->hn.rxvf);
}

static void
an_up_of_a_lost_vf_with_several_rings_is_the_guests_end(void **state)
{
	struct ipaddr peer;
	int result;
	int64_t at;

	(void)state;
	begin("flag hn.rings = yes\n", false);
	ipaddr_parse("10.0.0.1", &peer);
	assert_int_equal(rig_do(&r, "ifconfig mce0 up"), 0);
	assert_int_equal(rig_do(&r, "ifconfig mce0 name vf0"), 0);
	assert_int_equal(rig_do(&r, "ifconfig vf0 down"), 0);
	assert_false(r.m->panicked);
	rig_begin(&r, "ifconfig vf0 up", &result);
	rig_run(&r, DUR_SEC);
	machine_settle(r.m);
	assert_true(r.m->panicked);
	assert_int_equal(result, -1); /* nobody comes back */
	assert_true(was_noted("panic: "));
	assert_string_equal(trace_get_state(r.trace, "vm", "panicked"), "yes");
	assert_int_equal(netpath_out(r.m, &peer), PATH_VM_PANICKED);
	assert_int_equal(netpath_in(r.m, hn, &peer), PATH_VM_PANICKED);
	assert_false(vclock_next(&r.m->clock, &at) && at < INT64_MAX);
}

static void
a_paired_vf_does_no_harm_with_several_rings(void **state)
{
	(void)state;
	begin("flag hn.rings = yes\n", false);
	assert_int_equal(rig_do(&r, "ifconfig mce0 up"), 0);
	assert_int_equal(rig_do(&r, "ifconfig mce0 down"), 0);
	assert_int_equal(rig_do(&r, "ifconfig mce0 up"), 0);
	assert_false(r.m->panicked);
}

static void
an_hn_with_another_mac_does_not_let_go_of_its_vf(void **state)
{
	(void)state;
	begin(NULL, false);
	assert_int_equal(rig_do(&r, "ifconfig hn0 ether 52:54:00:aa:00:77"), 0);
	assert_null(hn_of(vf));
	vf_eject(r.m, "mce0");
	rig_run(&r, 5 * DUR_SEC);
	assert_ptr_equal(hn->hn.vf, vf); /* N4's guard */
}

/* --- B.13 ------------------------------------------------------------------
 */

static void
newer_the_transparent_path_mirrors_no_link_before_it_is_on(void **state)
{
	(void)state;
	begin("flag hn.xt_newer = yes\n", true);
	ifnet_set_link(vf, LINK_DOWN);
	rig_run(&r, DUR_MS);
	assert_int_equal(hn->link, LINK_UP);
	assert_true(hn->hn.managed); /* suspended only after the switch */
	rig_run(&r, 3 * DUR_SEC);
	assert_true(hn->hn.xen);
	assert_false(hn->hn.managed);
	ifnet_set_link(vf, LINK_DOWN);
	rig_run(&r, DUR_MS);
	assert_int_equal(hn->link, LINK_DOWN);
}

static void
newer_what_is_sent_while_the_path_moves_is_dropped(void **state)
{
	struct ipaddr peer;

	(void)state;
	begin("flag hn.xt_newer = yes\n", true);
	assert_int_equal(rig_do(&r, "ifconfig hn0 inet 10.0.0.4/24"), 0);
	ipaddr_parse("10.0.0.1", &peer);
	while (!hn->hn.xt_moving)
		rig_run(&r, 100 * DUR_US);
	assert_int_equal(netpath_out(r.m, &peer), PATH_HN_SUSPENDED);
	rig_run(&r, RIG_RSS);
	assert_int_equal(netpath_out(r.m, &peer), PATH_OK);
}

/* --- C.5 -------------------------------------------------------------------
 */

static void
x1_what_uses_if_start_is_no_transparent_vf(void **state)
{
	struct ifnet *tap;

	(void)state;
	begin(NULL, true);
	vf_eject(r.m, "mce0");
	rig_run(&r, 5 * DUR_SEC);
	assert_null(hn->hn.vf);
	assert_int_equal(rig_do(&r, "ifconfig tap0 create"), 0);
	tap = ifnet_find(r.m, "tap0");
	memcpy(tap->mac, hn->mac, sizeof(tap->mac));
	hn_vf_arrived(tap);
	assert_null(hn->hn.vf);
	assert_true(hn->hn.managed);
	assert_true(was_noted("hn0: tap0 uses if_start"));
	r.m->transparent = false;
	hn_vf_arrived(tap);
	assert_ptr_equal(hn->hn.vf, tap);
}

static void
x1_the_link_is_the_vfs_though_the_channels_are_set_up_anew(void **state)
{
	(void)state;
	begin("limit hn.mtu = 65529\n", true);
	ifnet_set_link(vf, LINK_DOWN);
	rig_run(&r, DUR_MS);
	assert_int_equal(hn->link, LINK_DOWN);
	/* 200 ms and 300: the VF is not used before 2 s are over. */
	assert_int_equal(rig_do(&r, "ifconfig hn0 mtu 4000"), 0);
	assert_int_equal(hn->mtu, 4000);
	assert_false(hn->hn.xen || hn->hn.managed);
	rig_run(&r, DUR_SEC);
	assert_int_equal(hn->link, LINK_DOWN);
}

static void
x3_takes_what_both_can_and_keeps_off_what_was_lost(void **state)
{
	(void)state;
	begin("limit hn.caps = 0x303\n", true); /* sums and both TSOs */
	ifnet_set_caps(vf, CAP_LINKSTATE | CAP_TXCSUM | CAP_TSO4,
	    CAP_LINKSTATE | CAP_TXCSUM | CAP_TSO4);
	assert_int_equal(hn->capenable & 0x303, 0x303);
	rig_run(&r, 3 * DUR_SEC);
	assert_int_equal(hn->caps & 0x303, CAP_TXCSUM | CAP_TSO4);
	assert_int_equal(hn->capenable & 0x303, CAP_TXCSUM | CAP_TSO4);
	vf_eject(r.m, "mce0");
	rig_run(&r, 5 * DUR_SEC);
	assert_int_equal(hn->caps & 0x303, 0x303);
	assert_int_equal(hn->capenable & 0x303, CAP_TXCSUM | CAP_TSO4);
	assert_true(was_reached("X3") && was_reached("X6"));
}

static void
x3_a_vf_that_cannot_take_the_mtu_costs_hn_its_own(void **state)
{
	(void)state;
	begin("limit vf.mtu = 3000\n", true);
	hn->mtu = 9000;
	rig_run(&r, 3 * DUR_SEC);
	assert_int_equal(hn->mtu, 1500);
}

static void
x7_a_transparent_hn_takes_its_vf_down_with_it(void **state)
{
	(void)state;
	begin(NULL, true);
	rig_run(&r, 3 * DUR_SEC);
	assert_true(hn->hn.xen && vf->up);
	assert_int_equal(rig_do(&r, "ifconfig hn0 down"), 0);
	assert_false(hn->hn.xen || hn->hn.host_path_vf);
	assert_false(vf->up || vf->running);
	assert_true(was_reached("X7"));
	/* Coming up it takes the VF again, without waiting. */
	assert_int_equal(rig_do(&r, "ifconfig hn0 up"), 0);
	rig_run(&r, 50 * DUR_MS);
	assert_true(hn->hn.xen && vf->up);
}

static void
x8_an_mtu_goes_to_the_vf_first_and_its_refusal_is_the_answer(void **state)
{
	(void)state;
	begin("limit vf.mtu = 3000\n", true);
	rig_run(&r, 3 * DUR_SEC);
	assert_int_equal(rig_do(&r, "ifconfig hn0 mtu 9000"), SIM_EINVAL);
	assert_int_equal(hn->mtu, 1500);
	assert_int_equal(rig_do(&r, "ifconfig hn0 mtu 3000"), 0);
	assert_int_equal(hn->mtu, 3000);
	assert_int_equal(vf->mtu, 3000);
	assert_true(was_reached("X8"));
}

static void
x8_a_driver_that_restarts_for_an_mtu_does_so_for_hns(void **state)
{
	int result;

	(void)state;
	begin("flag vf.mtu_restarts = yes\n", true);
	rig_run(&r, 3 * DUR_SEC);
	assert_true(hn->hn.xen && vf->running);
	rig_begin(&r, "ifconfig hn0 mtu 1400", &result);
	rig_run(&r, RIG_SYSCALL + RIG_VF_STOP / 2);
	assert_false(vf->running);
	rig_run(&r, DUR_SEC);
	assert_true(vf->running && hn->hn.xen && vf->mtu == 1400);
}

#define T(name) cmocka_unit_test_teardown(name, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(n10_another_mtu_sets_the_channels_up_anew),
		T(n10_leaves_management_suspended_and_the_path_with_the_vf),
		T(n10_begins_a_pending_network_change_anew),
		T(n10_ends_though_hn_has_joined_a_lagg_meanwhile),
		T(n10_takes_what_the_host_says_if_that_is_less),
		T(n11_a_detached_hn_says_no_vf_down_and_comes_back_blind),
		T(n11_one_that_runs_is_stopped_before_it_goes),
		T(n11_one_that_is_down_goes_at_once),
		T(n11_one_that_is_just_started_goes_all_the_same),
		T(n11_a_new_one_is_seen_when_its_channels_are_made),
		T(n11_no_driver_takes_as_long_as_an_hn_that_goes_and_comes),
		T(n11_waits_for_a_switch_that_is_under_way),
		T(n11_one_that_is_stopped_hears_of_no_vf),
		T(a_renamed_hn_is_detached_all_the_same),
		T(n12_an_association_note_is_printed_and_ignored),
		T(a_renamed_vf_is_lost_to_hn_and_its_path_stays),
		T(an_up_of_a_lost_vf_with_several_rings_is_the_guests_end),
		T(a_paired_vf_does_no_harm_with_several_rings),
		T(an_hn_with_another_mac_does_not_let_go_of_its_vf),
		T(newer_the_transparent_path_mirrors_no_link_before_it_is_on),
		T(newer_what_is_sent_while_the_path_moves_is_dropped),
		T(x1_what_uses_if_start_is_no_transparent_vf),
		T(x1_the_link_is_the_vfs_though_the_channels_are_set_up_anew),
		T(x3_takes_what_both_can_and_keeps_off_what_was_lost),
		T(x3_a_vf_that_cannot_take_the_mtu_costs_hn_its_own),
		T(x7_a_transparent_hn_takes_its_vf_down_with_it),
		T(x8_an_mtu_goes_to_the_vf_first_and_its_refusal_is_the_answer),
		T(x8_a_driver_that_restarts_for_an_mtu_does_so_for_hns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
