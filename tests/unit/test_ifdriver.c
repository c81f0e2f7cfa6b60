/* SPDX-License-Identifier: BSD-2-Clause */
/* How a VF comes and goes (FACTS.md A.7, B.2 to B.6), and the link task. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/dur.h"
#include "sim/machine/hn.h"
#include "sim/machine/ifdriver.h"
#include "sim/machine/sysops.h"
#include "sim_rig.h"

static struct rig r;
static struct ifnet *hn;

static int
setup(void **state)
{
	(void)state;
	rig_init(&r, NULL);
	hn = rig_hn(&r, "hn0", 1);
	assert_int_equal(rig_do(&r, "ifconfig hn0 up"), 0);
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
offer(const char *name, const char *driver, uint8_t last_byte)
{
	struct vf_arrival a = { .name = "" };

	strcpy(a.name, name);
	strcpy(a.driver, driver);
	memcpy(a.mac, hn->mac, sizeof(a.mac));
	a.mac[5] = last_byte;
	vf_offer(r.m, &a);
}

/* The records with these texts are there, in this order. */
static void
expect_order(const char *const *texts)
{
	int row, before = -1;

	for (; *texts != NULL; texts++) {
		row = rig_row(&r, (size_t)(before + 1), *texts);
		if (row < 0)
			fail_msg("no %s, or too early", *texts);
		before = row;
	}
}

static void
a_vf_arrives_from_the_inside_out(void **state)
{
	static const char *const order[] = { "IFNET subsystem=mce0 type=ATTACH",
		"ETHERNET subsystem=mce0 type=IFATTACH", "+mce0_core at slot=2",
		"+pci0 at   on pcib0", NULL };

	(void)state;
	offer("mce0", "vf", 1);
	rig_run(&r, DUR_SEC);
	expect_order(order);
	assert_ptr_equal(hn->hn.vf, ifnet_find(r.m, "mce0"));
	assert_false(ifnet_find(r.m, "mce0")->up);
}

static void
when_ifattach_is_told_hn_knows_its_vf_already(void **state)
{
	(void)state;
	offer("mce0", "vf", 1);
	while (rig_row(&r, 0, "mce0 type=IFATTACH") < 0)
		rig_run(&r, 10 * DUR_US);
	assert_non_null(hn->hn.vf);
}

static void
an_ejected_vf_of_mlx5_kind_loses_its_link_first(void **state)
{
	static const char *const order[] = { "mce0 type=LINK_DOWN",
		"HYPERV_NIC_VF subsystem=hn0 type=VF_DOWN",
		"IFNET subsystem=mce0 type=DETACH", "-mce0_core", "-pci0",
		NULL };

	(void)state;
	rig_vf(&r, "mce0", 1);
	assert_int_equal(rig_do(&r, "ifconfig mce0 up"), 0);
	rig_run(&r, DUR_SEC);
	vf_eject(r.m, "mce0");
	rig_run(&r, 3 * DUR_SEC);
	expect_order(order);
	assert_int_equal(hn->link, LINK_UP);
}

static void
an_ejected_vf_of_mlx4_kind_says_nothing_of_its_link(void **state)
{
	(void)state;
	strcpy(rig_vf(&r, "mlxen0", 1)->vf.driver, "gentle");
	assert_int_equal(rig_do(&r, "ifconfig mlxen0 up"), 0);
	rig_run(&r, DUR_SEC);
	vf_eject(r.m, "mlxen0");
	rig_run(&r, 3 * DUR_SEC);
	assert_int_equal(rig_count(&r, 0, "mlxen0 type=LINK_DOWN"), 0);
	assert_int_equal(rig_count(&r, 0, "mlxen0 type=DETACH"), 1);
	assert_int_equal(rig_count(&r, 0, "VF_DOWN"), 1);
}

static void
a_dying_vf_refuses_ioctls_while_its_traffic_still_flows(void **state)
{
	struct ifnet *vf = rig_vf(&r, "mce0", 1);

	(void)state;
	assert_int_equal(rig_do(&r, "ifconfig mce0 up"), 0);
	vf_eject(r.m, "mce0");
	rig_run(&r, 500 * DUR_MS); /* of the driver's second of grace */
	assert_true(vf->dying && vf->running && hn->hn.rxvf);
	assert_int_equal(rig_do(&r, "ifconfig mce0 down"), SIM_ENXIO);
	assert_int_equal(rig_do(&r, "ifconfig mce0 inet 10.0.0.4/24"),
	    SIM_ENXIO);
}

static void
two_vfs_are_ejected_one_after_the_other(void **state)
{
	static const char *const order[] = { "mce0 type=DETACH", "-pci0",
		"mce1 type=DETACH", "-pci1", NULL };

	(void)state;
	rig_hn(&r, "hn1", 2);
	rig_vf(&r, "mce0", 1);
	rig_vf(&r, "mce1", 2);
	vf_eject(r.m, "mce0");
	vf_eject(r.m, "mce1");
	rig_run(&r, 5 * DUR_SEC);
	expect_order(order);
}

static void
an_offer_waits_until_its_name_is_free_and_does_not_keep_the_bus(void **state)
{
	static const char *const order[] = { "mce0 type=DETACH",
		"mce0 type=ATTACH", NULL };

	(void)state;
	rig_vf(&r, "mce0", 1);
	offer("mce0", "vf", 1);
	rig_run(&r, DUR_SEC);
	assert_int_equal(rig_count(&r, 0, "mce0 type=ATTACH"), 0);
	vf_eject(r.m, "mce0");
	rig_run(&r, 3 * DUR_SEC);
	expect_order(order);
	assert_non_null(ifnet_find(r.m, "mce0"));
}

static void
ejecting_what_is_not_there_is_nothing(void **state)
{
	size_t before = r.trace->n_records;

	(void)state;
	vf_eject(r.m, "mce9");
	vf_eject(r.m, "hn0");
	rig_run(&r, 3 * DUR_SEC);
	assert_int_equal(r.trace->n_records, before);
	assert_null(r.m->bus_owner);
}

static void
a_rescinded_vf_is_dead_at_once(void **state)
{
	struct ifnet *vf = rig_vf(&r, "mce0", 1);

	(void)state;
	vf_rescind(r.m, "mce0");
	assert_true(vf->vf.surprised);
	rig_run(&r, 3 * DUR_SEC);
	assert_null(ifnet_find(r.m, "mce0"));
}

static void
a_slow_driver_finds_its_link_after_open_has_returned(void **state)
{
	struct ifnet *vf = rig_vf(&r, "mlxen0", 1);

	(void)state;
	strcpy(vf->vf.driver, "late");
	assert_int_equal(rig_do(&r, "ifconfig mlxen0 up"), 0);
	assert_int_equal(rig_count(&r, 0, "VF_UP"), 1);
	assert_int_not_equal(vf->link, LINK_UP);
	rig_run(&r, 50 * DUR_MS);
	assert_int_equal(vf->link, LINK_UP);
}

static void
a_carrier_lost_while_stopped_is_seen_at_the_next_start(void **state)
{
	struct ifnet *vf = rig_vf(&r, "mce0", 1);

	(void)state;
	vf_set_carrier(r.m, "mce0", false);
	assert_int_equal(vf->link, LINK_UNKNOWN);
	assert_int_equal(rig_do(&r, "ifconfig mce0 up"), 0);
	assert_int_equal(vf->link, LINK_DOWN);
}

static void
a_link_nobody_tells_of_is_seen_when_somebody_asks(void **state)
{
	struct ifnet *vf = rig_vf(&r, "mce0", 1);

	(void)state;
	strcpy(vf->vf.driver, "asked");
	assert_int_equal(rig_do(&r, "ifconfig mce0 up"), 0);
	vf_set_carrier(r.m, "mce0", false);
	rig_run(&r, DUR_SEC);
	assert_int_equal(vf->link, LINK_UP);
	driver_media(vf);
	assert_int_equal(vf->link, LINK_DOWN);
	/* Hardware that has gone says nothing. */
	vf_set_carrier(r.m, "mce0", true);
	vf->vf.surprised = true;
	driver_media(vf);
	assert_int_equal(vf->link, LINK_DOWN);
}

static void
a_carrier_is_heard_before_the_first_start_alone(void **state)
{
	struct ifnet *vf = rig_vf(&r, "mce0", 1);

	(void)state;
	strcpy(vf->vf.driver, "early");
	vf_set_carrier(r.m, "mce0", false);
	assert_int_equal(vf->link, LINK_UNKNOWN);
	vf_set_carrier(r.m, "mce0", true);
	assert_int_equal(vf->link, LINK_UP);
	assert_int_equal(rig_do(&r, "ifconfig mce0 up"), 0);
	vf_set_carrier(r.m, "mce0", false);
	assert_int_equal(vf->link, LINK_DOWN);
	assert_int_equal(rig_do(&r, "ifconfig mce0 down"), 0);
	vf_set_carrier(r.m, "mce0", true);
	assert_int_equal(vf->link, LINK_DOWN);
}

static void
link_changes_before_the_report_are_folded_into_the_last(void **state)
{
	struct ifnet *vf = rig_vf(&r, "mce0", 1);
	size_t before;
	int i;

	(void)state;
	assert_int_equal(rig_do(&r, "ifconfig mce0 up"), 0);
	rig_run(&r, DUR_MS);
	before = r.trace->n_records;
	for (i = 0; i < 5; i++) {
		ifnet_set_link(vf, LINK_DOWN);
		ifnet_set_link(vf, LINK_UP);
	}
	rig_run(&r, DUR_MS);
	/* One record, and it repeats what was told before. */
	assert_int_equal(rig_count(&r, before, "mce0 type=LINK"), 1);
	assert_int_equal(rig_count(&r, before, "mce0 type=LINK_UP"), 1);
}

static void
an_unknown_link_is_told_as_down(void **state)
{
	struct ifnet *vf = rig_vf(&r, "mce0", 1);

	(void)state;
	ifnet_set_link(vf, LINK_UP);
	rig_run(&r, DUR_MS);
	ifnet_set_link(vf, LINK_UNKNOWN);
	rig_run(&r, DUR_MS);
	assert_int_equal(rig_count(&r, 0, "mce0 type=LINK_DOWN"), 1);
}

static void
the_last_link_report_comes_before_detach(void **state)
{
	static const char *const order[] = { "mce0 type=LINK_UP",
		"mce0 type=LINK_DOWN", NULL };
	struct ifnet *vf = rig_vf(&r, "mce0", 1);

	(void)state;
	ifnet_set_link(vf, LINK_UP);
	rig_run(&r, DUR_MS);
	ifnet_set_link(vf, LINK_DOWN);
	ifnet_remove(vf); /* drains the report that waits */
	expect_order(order);
	rig_run(&r, DUR_MS);
	assert_int_equal(rig_count(&r, 0, "mce0 type=LINK"), 2);
}

static void
a_new_interface_takes_the_lowest_free_index(void **state)
{
	struct ifnet *a = rig_vf(&r, "mce0", 1), *b = rig_vf(&r, "mce1", 2);
	uint32_t index = a->index;

	(void)state;
	assert_int_equal(b->index, index + 1);
	ifnet_remove(a);
	assert_int_equal(rig_vf(&r, "mce2", 3)->index, index);
}

/* --- what a user may type ---------------------------------------------------
 */

static void
a_sysctl_that_the_machine_lacks_is_refused(void **state)
{
	struct err e;

	(void)state;
	assert_int_equal(sysop_sysctl(r.m, "hw.hn.vf_transparen", "1", &e),
	    ERR_INPUT);
	assert_non_null(strstr(e.text, "did you mean hw.hn.vf_transparent"));
	assert_int_equal(sysop_sysctl(r.m, "hw.hn.vf_transparent", "yes", &e),
	    ERR_INPUT);
	assert_int_equal(sysop_sysctl(r.m, "kern.hz", "1", &e), ERR_INPUT);
	assert_int_equal(rig_do(&r, "sysctl kern.hz=1"), SIM_ENOENT);
}

static void
a_command_for_an_interface_that_is_gone_is_told_so(void **state)
{
	(void)state;
	assert_int_equal(rig_do(&r, "ifconfig mce7 up"), SIM_ENXIO);
	assert_int_equal(rig_do(&r, "ifconfig mce7 down"), SIM_ENXIO);
	assert_int_equal(rig_do(&r, "ifconfig mce7 inet 10.0.0.1/24"),
	    SIM_ENXIO);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_vf_arrives_from_the_inside_out),
		T(when_ifattach_is_told_hn_knows_its_vf_already),
		T(an_ejected_vf_of_mlx5_kind_loses_its_link_first),
		T(an_ejected_vf_of_mlx4_kind_says_nothing_of_its_link),
		T(a_dying_vf_refuses_ioctls_while_its_traffic_still_flows),
		T(two_vfs_are_ejected_one_after_the_other),
		T(an_offer_waits_until_its_name_is_free_and_does_not_keep_the_bus),
		T(ejecting_what_is_not_there_is_nothing),
		T(a_rescinded_vf_is_dead_at_once),
		T(a_slow_driver_finds_its_link_after_open_has_returned),
		T(a_carrier_lost_while_stopped_is_seen_at_the_next_start),
		T(a_link_nobody_tells_of_is_seen_when_somebody_asks),
		T(a_carrier_is_heard_before_the_first_start_alone),
		T(link_changes_before_the_report_are_folded_into_the_last),
		T(an_unknown_link_is_told_as_down),
		T(the_last_link_report_comes_before_detach),
		T(a_new_interface_takes_the_lowest_free_index),
		T(a_sysctl_that_the_machine_lacks_is_refused),
		T(a_command_for_an_interface_that_is_gone_is_told_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
