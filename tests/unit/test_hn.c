/* SPDX-License-Identifier: BSD-2-Clause */
/* FACTS.md C: pairing, N1 to N9, I1 to I3, and the transparent mode. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/dur.h"
#include "base/prng.h"
#include "sim/machine/hn.h"
#include "sim/machine/ifdriver.h"
#include "sim_rig.h"

#define SWITCHED (30 * DUR_MS) /* longer than any switch on the bench */

static struct rig r;
static struct ifnet *hn, *vf;

static int
setup(void **state)
{
	(void)state;
	rig_init(&r, NULL);
	hn = rig_hn(&r, "hn0", 1);
	assert_int_equal(rig_do(&r, "ifconfig hn0 up"), 0);
	vf = rig_vf(&r, "mce0", 1);
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
vf_up(void)
{
	assert_int_equal(rig_do(&r, "ifconfig mce0 up"), 0);
}

/* --- pairing ----------------------------------------------------------------
 */

static void
n1_a_vf_with_the_same_mac_is_the_hns(void **state)
{
	(void)state;
	assert_ptr_equal(hn->hn.vf, vf);
	assert_ptr_equal(hn_of(vf), hn);
	assert_false(hn->hn.rxvf);
}

static void
a_nic_with_another_mac_is_nobodys_vf(void **state)
{
	struct ifnet *other = rig_vf(&r, "mce1", 2);

	(void)state;
	assert_null(hn_of(other));
	assert_int_equal(rig_do(&r, "ifconfig mce1 up"), 0);
	assert_false(hn->hn.rxvf);
	assert_int_equal(rig_count(&r, 0, "HYPERV_NIC_VF"), 0);
}

static void
the_first_vf_wins_and_a_second_one_is_ignored(void **state)
{
	(void)state;
	rig_vf(&r, "mce1", 1);
	assert_ptr_equal(hn->hn.vf, vf);
}

static void
each_vf_finds_its_own_hn_of_several(void **state)
{
	struct ifnet *hn1 = rig_hn(&r, "hn1", 2), *vf1 = rig_vf(&r, "mce1", 2);

	(void)state;
	assert_ptr_equal(hn1->hn.vf, vf1);
	assert_ptr_equal(hn->hn.vf, vf);
	vf_up();
	assert_true(hn->hn.rxvf);
	assert_false(hn1->hn.rxvf);
}

/* --- N2 ------------------------------------------------------------------- */

static void
n2_the_vf_going_up_switches_the_path_and_pretends_link_loss(void **state)
{
	(void)state;
	assert_int_equal(hn->link, LINK_UP);
	vf_up();
	assert_true(hn->hn.rxvf);
	assert_true(hn->hn.host_path_vf);
	assert_ptr_equal(hn->hn.rewrite, vf);
	assert_true(hn->hn.promiscuous);
	assert_false(hn->hn.managed);
	assert_int_equal(hn->link, LINK_DOWN);
	assert_int_equal(rig_count(&r, 0, "subsystem=hn0 type=VF_UP"), 1);
	rig_run(&r, DUR_MS);
	assert_int_equal(rig_count(&r, 0, "subsystem=hn0 type=LINK_DOWN"), 1);
}

static void
n2_takes_its_steps_in_the_drivers_order(void **state)
{
	int result;

	(void)state;
	rig_begin(&r, "ifconfig mce0 up", &result);
	rig_run(&r, RIG_SYSCALL + RIG_VF_OPEN + RIG_FILTER / 2);
	assert_true(vf->running && hn->hn.rxvf); /* the driver comes first */
	assert_false(hn->hn.promiscuous);
	rig_run(&r, RIG_FILTER);
	assert_true(hn->hn.promiscuous);
	rig_run(&r, RIG_DATAPATH);
	assert_true(hn->hn.host_path_vf && hn->hn.rewrite == vf);
	assert_int_equal(hn->link, LINK_UP); /* while RSS is reconfigured */
	assert_true(hn->hn.managed);
	rig_run(&r, RIG_RSS);
	assert_int_equal(hn->link, LINK_DOWN);
	assert_false(hn->hn.managed);
	rig_run(&r, DUR_MS);
	assert_int_equal(result, 0);
}

static void
n2_again_while_switched_is_nothing(void **state)
{
	(void)state;
	vf_up();
	vf_up();
	assert_int_equal(rig_do(&r, "ifconfig mce0 inet 10.9.9.9/24"), 0);
	assert_int_equal(rig_count(&r, 0, "VF_UP"), 1);
}

static void
n2_an_address_on_a_vf_that_is_down_switches_too(void **state)
{
	(void)state;
	assert_int_equal(rig_do(&r, "ifconfig mce0 inet 10.9.9.9/24"), 0);
	assert_true(vf->up && hn->hn.rxvf);
	assert_int_equal(rig_do(&r, "ifconfig mce0 inet 10.9.9.9/24 -alias"),
	    0);
	assert_true(hn->hn.rxvf); /* removing it changes nothing */
}

static void
n2_forgets_a_network_change_that_was_pending(void **state)
{
	(void)state;
	hn_host_network_change(hn);
	rig_run(&r, DUR_SEC);
	vf_up();
	assert_false(hn->hn.netchg);
	rig_run(&r, 10 * DUR_SEC);
	assert_int_equal(hn->link, LINK_DOWN); /* no query comes of it */
}

static void
the_path_follows_iff_up_and_not_the_vfs_link(void **state)
{
	(void)state;
	vf_set_carrier(r.m, "mce0", false);
	vf_up();
	assert_int_equal(vf->link, LINK_DOWN);
	assert_true(hn->hn.rxvf);
	vf_set_carrier(r.m, "mce0", true);
	vf_set_carrier(r.m, "mce0", false);
	rig_run(&r, 10 * DUR_SEC);
	assert_true(hn->hn.rxvf);
	assert_int_equal(hn->link, LINK_DOWN);
	assert_int_equal(rig_count(&r, 0, "VF_DOWN"), 0);
}

/* Who sets the flag by a direct ioctl tells nobody; an address that goes makes
 * hn look at it. */
static void
n2_and_n3_an_address_that_goes_has_the_flag_looked_at(void **state)
{
	(void)state;
	assert_int_equal(rig_do(&r, "ifconfig mce0 inet 10.9.9.9/24"), 0);
	assert_int_equal(rig_do(&r, "ifconfig mce0 inet 10.9.9.8/32 alias"), 0);
	vf->up = false;
	assert_int_equal(rig_do(&r, "ifconfig mce0 inet 10.9.9.8/32 -alias"),
	    0);
	assert_false(hn->hn.rxvf);
	assert_int_equal(rig_count(&r, 0, "VF_DOWN"), 1);
	vf->up = true;
	assert_int_equal(rig_do(&r, "ifconfig mce0 inet 10.9.9.9/24 -alias"),
	    0);
	assert_true(hn->hn.rxvf);
	assert_int_equal(rig_count(&r, 0, "VF_UP"), 2);
	assert_int_equal(rig_do(&r, "ifconfig mce0 inet 10.9.9.9/24 -alias"),
	    SIM_EADDRNOTAVAIL);
}

/* --- N3 and N4 ------------------------------------------------------------ */

static void
n3_the_vf_going_down_gives_the_path_back_and_asks_for_the_link(void **state)
{
	(void)state;
	vf_up();
	assert_int_equal(rig_do(&r, "ifconfig mce0 down"), 0);
	assert_false(hn->hn.rxvf);
	assert_false(hn->hn.host_path_vf);
	assert_null(hn->hn.rewrite);
	assert_false(hn->hn.promiscuous);
	assert_true(hn->hn.filter_open);
	assert_true(hn->hn.managed);
	rig_run(&r, SWITCHED);
	assert_int_equal(hn->link, LINK_UP);
	assert_true(rig_row(&r, 0, "VF_DOWN") <
	    rig_row(&r, (size_t)rig_row(&r, 0, "VF_DOWN"),
		"subsystem=hn0 type=LINK_UP"));
}

static void
n3_comes_before_the_driver_stops(void **state)
{
	int result;

	(void)state;
	vf_up();
	rig_begin(&r, "ifconfig mce0 down", &result);
	rig_run(&r, RIG_SYSCALL + RIG_FILTER + RIG_RSS / 2);
	assert_false(hn->hn.host_path_vf);
	assert_true(vf->running && vf->up);
	rig_run(&r, SWITCHED);
	assert_false(vf->running || vf->up);
	assert_int_equal(result, 0);
}

static void
n3_on_an_hn_that_is_down_leaves_no_receive_filter(void **state)
{
	(void)state;
	vf_up();
	assert_int_equal(rig_do(&r, "ifconfig hn0 down"), 0);
	assert_true(hn->hn.filter_open); /* N8: promiscuous again for the VF */
	assert_int_equal(rig_do(&r, "ifconfig mce0 down"), 0);
	assert_false(hn->hn.filter_open);
}

static void
n4_the_departure_of_a_vf_that_is_up_comes_after_vf_down(void **state)
{
	(void)state;
	vf_up();
	vf_eject(r.m, "mce0");
	rig_run(&r, 2 * DUR_SEC);
	assert_null(hn->hn.vf);
	assert_false(hn->hn.rxvf);
	assert_true(rig_row(&r, 0, "VF_DOWN") >= 0);
	assert_true(rig_row(&r, 0, "VF_DOWN") <
	    rig_row(&r, 0, "subsystem=mce0 type=DETACH"));
	assert_int_equal(hn->link, LINK_UP);
}

static void
n4_a_vf_that_was_never_up_leaves_without_vf_down(void **state)
{
	(void)state;
	vf_eject(r.m, "mce0");
	rig_run(&r, 2 * DUR_SEC);
	assert_null(hn->hn.vf);
	assert_int_equal(rig_count(&r, 0, "VF_DOWN"), 0);
	assert_int_equal(rig_count(&r, 0, "mce0 type=DETACH"), 1);
}

/* --- N5 to N7, the host's notices ---------------------------------------- */

static void
n5_a_media_notice_is_followed_after_a_query(void **state)
{
	(void)state;
	hn_host_media(hn, false);
	assert_int_equal(hn->link, LINK_UP);
	rig_run(&r, RIG_LINK_QUERY + DUR_MS);
	assert_int_equal(hn->link, LINK_DOWN);
	hn_host_media(hn, true);
	rig_run(&r, RIG_LINK_QUERY + DUR_MS);
	assert_int_equal(hn->link, LINK_UP);
}

static void
n6_a_network_change_is_five_seconds_of_pretended_link_loss(void **state)
{
	(void)state;
	hn_host_network_change(hn);
	assert_int_equal(hn->link, LINK_DOWN);
	rig_run(&r, 5 * DUR_SEC - DUR_MS);
	assert_int_equal(hn->link, LINK_DOWN);
	rig_run(&r, RIG_LINK_QUERY + 2 * DUR_MS);
	assert_int_equal(hn->link, LINK_UP);
}

static void
n6_media_notices_during_the_change_wait_for_its_end(void **state)
{
	(void)state;
	hn_host_network_change(hn);
	hn_host_media(hn, true);
	rig_run(&r, DUR_SEC);
	assert_int_equal(hn->link, LINK_DOWN);
	hn_host_media(hn, false);
	rig_run(&r, 10 * DUR_SEC);
	assert_int_equal(hn->link, LINK_DOWN); /* truthfully now */
}

static void
n7_notices_are_forgotten_while_the_vf_carries(void **state)
{
	(void)state;
	vf_up();
	hn_host_network_change(hn);
	hn_host_media(hn, false);
	rig_run(&r, 10 * DUR_SEC);
	assert_false(hn->hn.netchg);
	assert_int_equal(rig_count(&r, 0, "hn0 type=LINK_UP"), 1);
	/* The query after N3 asks what is so then. */
	assert_int_equal(rig_do(&r, "ifconfig mce0 down"), 0);
	rig_run(&r, SWITCHED);
	assert_int_equal(hn->link, LINK_DOWN);
}

/* --- N8 and N9 --------------------------------------------------------------
 */

static void
n8_going_down_closes_the_filter_for_its_settling_time(void **state)
{
	int result;

	(void)state;
	rig_begin(&r, "ifconfig hn0 down", &result);
	rig_run(&r, 190 * DUR_MS);
	assert_int_equal(result, -1);
	assert_false(hn->running || hn->hn.filter_open);
	rig_run(&r, 20 * DUR_MS);
	assert_int_equal(result, 0);
	assert_false(hn->hn.filter_open);
}

static void
n8_the_data_path_stays_with_the_vf(void **state)
{
	(void)state;
	vf_up();
	assert_int_equal(rig_do(&r, "ifconfig hn0 down"), 0);
	assert_true(hn->hn.rxvf && hn->hn.host_path_vf);
	assert_true(hn->hn.filter_open);
}

static void
n9_going_up_opens_the_filter_again(void **state)
{
	(void)state;
	assert_int_equal(rig_do(&r, "ifconfig hn0 down"), 0);
	assert_int_equal(rig_do(&r, "ifconfig hn0 up"), 0);
	assert_true(hn->running && hn->hn.filter_open);
}

/* --- HN_LOCK ----------------------------------------------------------------
 */

static void
who_finds_the_lock_taken_waits_for_it(void **state)
{
	int down, up;

	(void)state;
	rig_begin(&r, "ifconfig hn0 down", &down);
	rig_run(&r, DUR_MS);
	rig_begin(&r, "ifconfig mce0 up", &up);
	rig_run(&r, 100 * DUR_MS);
	assert_false(hn->hn.rxvf);
	rig_run(&r, 200 * DUR_MS);
	assert_true(hn->hn.rxvf);
	assert_null(hn->hn.holder);
}

static void
a_vf_that_is_ejected_amid_its_switch_gives_the_lock_back(void **state)
{
	int64_t at;
	int result;

	(void)state;
	for (at = 0; at < 12; at++) { /* each ms of going up */
		rig_fini(&r);
		setup(NULL);
		rig_begin(&r, "ifconfig mce0 up", &result);
		rig_run(&r, at * DUR_MS);
		vf_eject(r.m, "mce0");
		rig_run(&r, 3 * DUR_SEC);
		assert_null(hn->hn.holder);
		assert_null(ifnet_find(r.m, "mce0"));
		assert_false(hn->hn.rxvf || hn->hn.host_path_vf);
		assert_int_equal(hn->link, LINK_UP);
	}
}

static void
a_mac_changed_amid_a_switch_does_not_keep_the_lock(void **state)
{
	int result;

	(void)state;
	rig_begin(&r, "ifconfig mce0 up", &result);
	rig_run(&r, RIG_SYSCALL + RIG_VF_OPEN + RIG_FILTER / 2);
	vf->mac[5] = 9;
	rig_run(&r, SWITCHED);
	assert_int_equal(result, 0);
	assert_null(hn->hn.holder);
}

/* --- invariants over random histories ---------------------------------------
 */

static void
check_invariants(void)
{
	size_t i;
	int ups = 0;

	/* I2, when no switch is under way. */
	if (hn->hn.holder == NULL && hn->hn.rxvf) {
		assert_int_equal(hn->link, LINK_DOWN);
		assert_false(hn->hn.managed);
	}
	/* I1 */
	for (i = 0; i < r.trace->n_records; i++) {
		if (strstr(r.trace->records[i].raw, "VF_UP") != NULL)
			ups++;
		if (strstr(r.trace->records[i].raw, "VF_DOWN") != NULL)
			ups--;
		assert_in_range(ups, 0, 1);
	}
}

static void
do_something(struct prng *p)
{
	static const char *const commands[] = { "ifconfig mce0 up",
		"ifconfig mce0 down", "ifconfig hn0 up", "ifconfig hn0 down" };
	static int ignored[4096];
	static size_t n;
	struct vf_arrival a = { .name = "mce0", .driver = "vf" };

	switch (prng_below(p, 8)) {
	case 0:
		vf_eject(r.m, "mce0");
		break;
	case 1:
		memcpy(a.mac, hn->mac, sizeof(a.mac));
		if (ifnet_find(r.m, "mce0") == NULL)
			vf_offer(r.m, &a);
		break;
	case 2:
		hn_host_network_change(hn);
		break;
	case 3:
		hn_host_media(hn, prng_below(p, 2) == 0);
		break;
	default:
		rig_begin(&r, commands[prng_below(p, 4)], &ignored[n++ % 4096]);
	}
}

static void
i1_to_i3_hold_in_every_history(void **state)
{
	struct prng p;
	uint64_t seed;
	int i;

	(void)state;
	for (seed = 1; seed <= 60; seed++) {
		rig_fini(&r);
		setup(NULL);
		prng_seed(&p, seed);
		for (i = 0; i < 40; i++) {
			do_something(&p);
			rig_run(&r, (int64_t)prng_below(&p, 400) * DUR_MS / 10);
			check_invariants();
		}
		rig_run(&r, 20 * DUR_SEC);
		assert_null(hn->hn.holder);
		/* I3 */
		if (!hn->hn.rxvf && hn->hn.managed && hn->hn.host_connected)
			assert_int_equal(hn->link, LINK_UP);
	}
}

/* --- transparent mode -------------------------------------------------------
 */

static int
setup_transparent(void **state)
{
	rig_init(&r, NULL);
	r.m->transparent = true;
	hn = rig_hn(&r, "hn0", 1);
	assert_int_equal(rig_do(&r, "ifconfig hn0 up"), 0);
	vf = rig_vf(&r, "mce0", 1);
	(void)state;
	return 0;
}

static void
x1_to_x4_hn_brings_the_vf_up_by_itself_after_two_seconds(void **state)
{
	(void)state;
	assert_false(hn->hn.managed);
	rig_run(&r, 2 * DUR_SEC - DUR_MS);
	assert_false(vf->up || hn->hn.xen);
	rig_run(&r, DUR_MS + RIG_VF_OPEN / 2);
	assert_true(vf->up && !hn->hn.xen); /* its driver starts */
	rig_run(&r, RIG_VF_OPEN + RIG_RSS);
	assert_true(vf->running && hn->hn.xen && hn->hn.host_path_vf);
	assert_int_equal(rig_count(&r, 0, "HYPERV_NIC_VF"), 0);
}

static void
x5_the_hn_shows_the_vfs_link_even_before_it_uses_the_vf(void **state)
{
	(void)state;
	ifnet_set_link(vf, LINK_DOWN);
	rig_run(&r, DUR_MS);
	assert_int_equal(hn->link, LINK_DOWN);
	rig_run(&r, 3 * DUR_SEC);
	assert_int_equal(hn->link, LINK_UP);
}

static void
x6_the_vfs_departure_gives_the_path_and_the_link_back(void **state)
{
	(void)state;
	rig_run(&r, 3 * DUR_SEC);
	vf_eject(r.m, "mce0");
	rig_run(&r, 3 * DUR_SEC);
	assert_false(hn->hn.xen || hn->hn.host_path_vf);
	assert_true(hn->hn.managed);
	assert_int_equal(hn->link, LINK_UP);
	assert_int_equal(rig_count(&r, 0, "HYPERV_NIC_VF"), 0);
}

static void
x6_a_network_change_that_was_pending_is_pretended_then(void **state)
{
	(void)state;
	ifnet_remove(vf);
	rig_run(&r, DUR_SEC);
	hn_host_network_change(hn);
	vf = rig_vf(&r, "mce0", 1);
	rig_run(&r, 10 * DUR_SEC);
	ifnet_remove(vf);
	assert_int_equal(hn->link, LINK_DOWN);
	rig_run(&r, 5 * DUR_SEC - DUR_MS);
	assert_int_equal(hn->link, LINK_DOWN);
	rig_run(&r, 10 * DUR_MS);
	assert_int_equal(hn->link, LINK_UP);
}

#define T(f)  cmocka_unit_test_setup_teardown(f, setup, teardown)
#define TX(f) cmocka_unit_test_setup_teardown(f, setup_transparent, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(n1_a_vf_with_the_same_mac_is_the_hns),
		T(a_nic_with_another_mac_is_nobodys_vf),
		T(the_first_vf_wins_and_a_second_one_is_ignored),
		T(each_vf_finds_its_own_hn_of_several),
		T(n2_the_vf_going_up_switches_the_path_and_pretends_link_loss),
		T(n2_takes_its_steps_in_the_drivers_order),
		T(n2_again_while_switched_is_nothing),
		T(n2_an_address_on_a_vf_that_is_down_switches_too),
		T(n2_and_n3_an_address_that_goes_has_the_flag_looked_at),
		T(n2_forgets_a_network_change_that_was_pending),
		T(the_path_follows_iff_up_and_not_the_vfs_link),
		T(n3_the_vf_going_down_gives_the_path_back_and_asks_for_the_link),
		T(n3_comes_before_the_driver_stops),
		T(n3_on_an_hn_that_is_down_leaves_no_receive_filter),
		T(n4_the_departure_of_a_vf_that_is_up_comes_after_vf_down),
		T(n4_a_vf_that_was_never_up_leaves_without_vf_down),
		T(n5_a_media_notice_is_followed_after_a_query),
		T(n6_a_network_change_is_five_seconds_of_pretended_link_loss),
		T(n6_media_notices_during_the_change_wait_for_its_end),
		T(n7_notices_are_forgotten_while_the_vf_carries),
		T(n8_going_down_closes_the_filter_for_its_settling_time),
		T(n8_the_data_path_stays_with_the_vf),
		T(n9_going_up_opens_the_filter_again),
		T(who_finds_the_lock_taken_waits_for_it),
		T(a_vf_that_is_ejected_amid_its_switch_gives_the_lock_back),
		T(a_mac_changed_amid_a_switch_does_not_keep_the_lock),
		T(i1_to_i3_hold_in_every_history),
		TX(x1_to_x4_hn_brings_the_vf_up_by_itself_after_two_seconds),
		TX(x5_the_hn_shows_the_vfs_link_even_before_it_uses_the_vf),
		TX(x6_the_vfs_departure_gives_the_path_and_the_link_back),
		TX(x6_a_network_change_that_was_pending_is_pretended_then),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
