/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * FACTS.md B.13: what newer kernels leave to a thread of hn's own. Facts from
 * sys/dev/hyperv/netvsc/if_hn.c: hn_xpnt_vf_init_taskfunc(), one task for each
 * hn, which an event (hn_rxvf_change()) and a note (hn_nvs_handle_notify())
 * only enqueue; hn_rxvf_change_locked(); hn_ifnet_detevent().
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/dur.h"
#include "sim/machine/hn.h"
#include "sim/machine/ifdriver.h"
#include "sim_rig.h"

static struct rig r;
static struct ifnet *hn, *vf;

static void
begin(const char *flags)
{
	rig_init(&r, flags);
	r.m->transparent = false;
	hn = rig_hn(&r, "hn0", 1);
	hn_host_association(hn, true);
	assert_int_equal(rig_do(&r, "ifconfig hn0 up"), 0);
	vf = rig_vf(&r, "mce0", 1);
	rig_run(&r, 50 * DUR_MS);
}

static int
teardown(void **state)
{
	(void)state;
	rig_fini(&r);
	return 0;
}

static void
begin_up(const char *flags)
{
	begin(flags);
	assert_int_equal(rig_do(&r, "ifconfig mce0 up"), 0);
	rig_run(&r, 50 * DUR_MS);
	assert_true(hn->hn.rxvf);
}

static void
a_thread_makes_vf_up_behind_the_command(void **state)
{
	(void)state;
	begin("flag hn.async = yes\n");
	assert_int_equal(rig_do(&r, "ifconfig mce0 up"), 0);
	assert_int_equal(rig_count(&r, 0, "VF_UP"), 0);
	assert_false(hn->hn.rxvf);
	rig_run(&r, 50 * DUR_MS);
	assert_int_equal(rig_count(&r, 0, "VF_UP"), 1);
	assert_int_equal(rig_do(&r, "ifconfig mce0 down"), 0);
	rig_run(&r, 50 * DUR_MS);
	assert_int_equal(rig_count(&r, 0, "VF_DOWN"), 1);
}

static void
a_busy_hn_is_asked_again_after_a_second(void **state)
{
	int result;

	(void)state;
	begin("flag hn.async = yes\n");
	rig_begin(&r, "ifconfig hn0 mtu 4000", &result); /* 500 ms */
	rig_run(&r, 50 * DUR_MS);
	assert_int_equal(rig_do(&r, "ifconfig mce0 up"), 0);
	rig_run(&r, 900 * DUR_MS);
	assert_false(hn->hn.rxvf);
	rig_run(&r, 300 * DUR_MS);
	assert_true(hn->hn.rxvf);
}

static void
the_host_withdraws_the_vf_and_gives_it_again(void **state)
{
	(void)state;
	begin_up("flag hn.association = yes\n");
	hn_host_association(hn, false);
	rig_run(&r, 100 * DUR_MS);
	assert_int_equal(rig_count(&r, 0, "VF_DOWN"), 1);
	assert_true(vf->up && !hn->hn.rxvf);
	assert_int_equal(hn->link, LINK_UP);
	hn_host_association(hn, true);
	rig_run(&r, 100 * DUR_MS);
	assert_int_equal(rig_count(&r, 0, "VF_UP"), 2);
	assert_true(hn->hn.rxvf);
}

static void
a_vf_without_the_hosts_consent_is_not_used(void **state)
{
	(void)state;
	begin("flag hn.association = yes\n");
	hn_host_association(hn, false);
	assert_int_equal(rig_do(&r, "ifconfig mce0 up"), 0);
	rig_run(&r, 100 * DUR_MS);
	assert_int_equal(rig_count(&r, 0, "VF_UP"), 0);
	assert_false(hn->hn.rxvf);
}

/* "Preserve withdrawals even when the worker coalesces notices". */
static void
what_is_withdrawn_and_granted_at_once_goes_down_and_up(void **state)
{
	(void)state;
	begin_up("flag hn.association = yes\n");
	hn_host_association(hn, false);
	hn_host_association(hn, true);
	rig_run(&r, 100 * DUR_MS);
	assert_int_equal(rig_count(&r, 0, "VF_DOWN"), 1);
	assert_int_equal(rig_count(&r, 0, "VF_UP"), 2);
	assert_true(hn->hn.rxvf && hn->hn.host_path_vf);
	assert_int_equal(hn->link, LINK_DOWN); /* I2 */
}

static void
a_switch_that_the_host_withdraws_amid_is_begun_anew(void **state)
{
	(void)state;
	begin("flag hn.association = yes\n");
	assert_int_equal(rig_do(&r, "ifconfig mce0 up"), 0);
	rig_run(&r, RIG_FILTER + RIG_DATAPATH / 2);
	assert_true(hn->hn.rxvf && !hn->hn.host_path_vf);
	hn_host_association(hn, false);
	rig_run(&r, 100 * DUR_MS);
	assert_false(hn->hn.rxvf || hn->hn.host_path_vf || hn->hn.promiscuous);
	assert_int_equal(rig_count(&r, 0, "VF_UP"), 0);
	assert_int_equal(hn->link, LINK_UP);
	hn_host_association(hn, true);
	rig_run(&r, 100 * DUR_MS);
	assert_true(hn->hn.rxvf);
	assert_int_equal(rig_count(&r, 0, "VF_UP"), 1);
}

/* hn_ifnet_detevent() switches back and forgets the VF; whatever was enqueued
 * for it finds none. */
static void
a_grant_before_a_vf_goes_leads_to_nothing(void **state)
{
	(void)state;
	begin("flag hn.association = yes\n");
	hn_host_association(hn, false);
	assert_int_equal(rig_do(&r, "ifconfig mce0 up"), 0);
	hn_host_association(hn, true);
	vf_eject(r.m, "mce0");
	rig_run(&r, 5 * DUR_SEC);
	assert_null(hn->hn.vf);
	assert_false(hn->hn.rxvf || hn->hn.host_path_vf);
	assert_true(hn->hn.managed);
	assert_int_equal(hn->link, LINK_UP);
}

/* The flag is down, and the thread has not come to it yet: hn is busy. */
static void
a_vf_that_goes_right_behind_its_down_has_no_path_any_more(void **state)
{
	int result;

	(void)state;
	begin_up("flag hn.async = yes\ndelay vf.grace = 0s\n");
	rig_begin(&r, "ifconfig hn0 mtu 4000", &result); /* 500 ms */
	rig_run(&r, 50 * DUR_MS);
	assert_int_equal(rig_do(&r, "ifconfig mce0 down"), 0);
	assert_true(hn->hn.rxvf);
	vf_eject(r.m, "mce0");
	rig_run(&r, 5 * DUR_SEC);
	assert_null(hn->hn.vf);
	assert_false(hn->hn.rxvf || hn->hn.host_path_vf);
	assert_null(hn->hn.rewrite);
	assert_int_equal(rig_count(&r, 0, "VF_DOWN"), 1);
	assert_int_equal(hn->link, LINK_UP);
}

/* "Never leave receive routing pointing at a departing VF": a rename is a
 * departure to hn, also here (B.10). */
static void
a_renamed_vf_is_lost_and_so_is_its_path(void **state)
{
	(void)state;
	begin_up("flag hn.async = yes\nflag hn.rings = yes\n");
	assert_int_equal(rig_do(&r, "ifconfig mce0 name vf0"), 0);
	rig_run(&r, 50 * DUR_MS);
	assert_null(hn->hn.vf);
	assert_false(hn->hn.rxvf);
	assert_int_equal(rig_count(&r, 0, "VF_DOWN"), 1);
	/* Only the hn's own vf concerns it: no MAC alone, and no panic. */
	assert_int_equal(rig_do(&r, "ifconfig vf0 down"), 0);
	assert_int_equal(rig_do(&r, "ifconfig vf0 up"), 0);
	rig_run(&r, 50 * DUR_MS);
	assert_false(hn->hn.rxvf || r.m->panicked);
}

/* hn_detach() runs the departure: unlike older kernels' N11. */
static void
a_detached_hn_says_vf_down(void **state)
{
	size_t before;

	(void)state;
	begin_up("flag hn.async = yes\n");
	before = r.trace->n_records;
	hn_detach(r.m, "hn0");
	rig_run(&r, DUR_SEC);
	assert_int_equal(rig_count(&r, before, "VF_DOWN"), 1);
	assert_true(rig_row(&r, before, "VF_DOWN") <
	    rig_row(&r, before, "subsystem=hn0 type=DETACH"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(
		    a_thread_makes_vf_up_behind_the_command, teardown),
		cmocka_unit_test_teardown(
		    a_busy_hn_is_asked_again_after_a_second, teardown),
		cmocka_unit_test_teardown(
		    the_host_withdraws_the_vf_and_gives_it_again, teardown),
		cmocka_unit_test_teardown(
		    a_vf_without_the_hosts_consent_is_not_used, teardown),
		cmocka_unit_test_teardown(
		    what_is_withdrawn_and_granted_at_once_goes_down_and_up,
		    teardown),
		cmocka_unit_test_teardown(
		    a_switch_that_the_host_withdraws_amid_is_begun_anew,
		    teardown),
		cmocka_unit_test_teardown(
		    a_grant_before_a_vf_goes_leads_to_nothing, teardown),
		cmocka_unit_test_teardown(
		    a_vf_that_goes_right_behind_its_down_has_no_path_any_more,
		    teardown),
		cmocka_unit_test_teardown(
		    a_renamed_vf_is_lost_and_so_is_its_path, teardown),
		cmocka_unit_test_teardown(a_detached_hn_says_vf_down, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
