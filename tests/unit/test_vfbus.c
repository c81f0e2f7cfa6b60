/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How VFs of several drivers and hns come and go on their bus (FACTS.md B.2,
 * B.5, B.6), and what keeps them from it.
 */
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
#include "sim_rig.h"

static const char drivers[] =
    "flag stuck.vlan_blocks_detach = yes\n"
    "delay quick.grace = 0s\n"
    "records slot = \"slot%u at dbsf=pci%b:0:2:0 on pci%b\" "
    "\"pci%b at   on pcib%h\"\n"
    "limit vf.mtu = 9000\n"
    "limit slot.mtu = 4000\n"
    "limit vf.caps = 0x3\n";

static struct rig r;
static struct ifnet *hn;

static int
setup(void **state)
{
	(void)state;
	rig_init(&r, drivers);
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

	strncpy(a.name, name, sizeof(a.name) - 1);
	strncpy(a.driver, driver, sizeof(a.driver) - 1);
	memcpy(a.mac, hn->mac, sizeof(a.mac));
	a.mac[5] = last_byte;
	vf_offer(r.m, &a);
}

static void
an_eject_that_overtakes_the_attach_waits_for_it(void **state)
{
	(void)state;
	offer("mce0", "vf", 1);
	vf_eject(r.m, "mce0");
	rig_run(&r, 5 * DUR_SEC);
	assert_int_equal(rig_count(&r, 0, "mce0 type=IFATTACH"), 1);
	assert_int_equal(rig_count(&r, 0, "mce0 type=DETACH"), 1);
	assert_true(
	    rig_row(&r, 0, "+pci0 ") < rig_row(&r, 0, "mce0 type=DETACH"));
	assert_null(ifnet_find(r.m, "mce0"));
	assert_null(r.m->bus_owner);
}

static void
ejects_and_offers_of_one_name_take_turns(void **state)
{
	(void)state;
	offer("mce0", "quick", 1);
	rig_run(&r, DUR_SEC);
	vf_eject(r.m, "mce0");
	offer("mce0", "quick", 1);
	vf_eject(r.m, "mce0");
	offer("mce0", "quick", 1);
	rig_run(&r, 5 * DUR_SEC);
	assert_int_equal(rig_count(&r, 0, "mce0 type=DETACH"), 2);
	assert_int_equal(rig_count(&r, 0, "mce0 type=IFATTACH"), 3);
	assert_ptr_equal(hn->hn.vf, ifnet_find(r.m, "mce0"));
}

static void
a_surprise_keeps_the_driver_long_and_the_host_is_not_waited_for(void **state)
{
	struct ifnet *vf;
	int64_t began, took[2];
	int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		offer("mce0", "vf", 1);
		rig_run(&r, DUR_SEC);
		vf = ifnet_find(r.m, "mce0");
		began = r.m->clock.now_ns;
		if (i == 0)
			vf_eject(r.m, "mce0");
		else
			vf_rescind(r.m, "mce0");
		do
			rig_run(&r, DUR_MS);
		while (r.m->bus_owner != NULL);
		assert_false(vf->attached);
		took[i] = r.m->clock.now_ns - began;
	}
	assert_int_equal(rig_count(&r, 0, "-pci0 "), 2);
	/* 500 ms more of the driver, 30 ms less of the host. */
	assert_true(took[1] - took[0] > 450 * DUR_MS);
	assert_true(took[1] - took[0] < 490 * DUR_MS);
}

static void
each_hns_vf_has_a_bus_of_its_own(void **state)
{
	(void)state;
	rig_hn(&r, "hn7", 8);
	offer("slot0", "slot", 8);
	offer("slot1", "slot", 1);
	rig_run(&r, DUR_SEC);
	assert_true(rig_row(&r, 0, "+slot0 at dbsf=pci8:0:2:0 on pci8") >= 0);
	assert_true(rig_row(&r, 0, "+pci8 at   on pcib7") >= 0);
	assert_true(rig_row(&r, 0, "+slot1 at dbsf=pci1:0:2:0 on pci1") >= 0);
	/* A driver that has records of its own has no others. */
	assert_int_equal(rig_count(&r, 0, "+"), 4);
}

static void
the_bus_knows_a_renamed_vf_by_its_drivers_name(void **state)
{
	size_t before;

	(void)state;
	offer("mce0", "vf", 1);
	rig_run(&r, DUR_SEC);
	assert_int_equal(rig_do(&r, "ifconfig mce0 name vf0"), 0);
	before = r.trace->n_records;
	vf_eject(r.m, "mce0");
	rig_run(&r, 5 * DUR_SEC);
	assert_int_equal(rig_count(&r, before, "vf0 type=DETACH"), 1);
	assert_int_equal(rig_count(&r, before, "-mce0_core "), 1);
	offer("mce0", "vf", 1);
	rig_run(&r, DUR_SEC);
	assert_non_null(ifnet_find(r.m, "mce0"));
}

static void
a_vlan_on_an_iflib_vf_leaves_a_ghost(void **state)
{
	struct ifnet *vf;
	size_t before;

	(void)state;
	offer("vmx0", "stuck", 1);
	rig_run(&r, DUR_SEC);
	vf = ifnet_find(r.m, "vmx0");
	assert_int_equal(rig_do(&r,
			     "ifconfig vlan6 create vlan 6 vlandev vmx0"),
	    0);
	before = r.trace->n_records;
	vf_eject(r.m, "vmx0");
	rig_run(&r, 5 * DUR_SEC);
	offer("vmx0", "stuck", 1); /* is not attached */
	rig_run(&r, 5 * DUR_SEC);
	assert_int_equal(r.trace->n_records, before);
	assert_true(vf->attached && vf->vf.surprised);
	assert_int_equal(rig_do(&r, "ifconfig vlan6 destroy"), 0);
	vf_eject(r.m, "vmx0");
	rig_run(&r, 5 * DUR_SEC);
	assert_false(vf->attached);
	assert_null(ifnet_find(r.m, "vmx0")); /* the one before is lost */
	offer("vmx0", "stuck", 1);
	rig_run(&r, 5 * DUR_SEC);
	assert_non_null(ifnet_find(r.m, "vmx0"));
}

static void
a_vf_that_waits_for_the_name_of_a_rescinded_one_gets_it(void **state)
{
	(void)state;
	offer("mce0", "vf", 1);
	rig_run(&r, DUR_SEC);
	offer("mce0", "vf", 1); /* waits for the name */
	rig_run(&r, DUR_SEC);
	offer("mce1", "vf", 2); /* has the bus */
	rig_run(&r, 15 * DUR_MS);
	vf_rescind(r.m, "mce0");
	rig_run(&r, 10 * DUR_SEC);
	assert_int_equal(rig_count(&r, 0, "mce0 type=DETACH"), 1);
	assert_non_null(ifnet_find(r.m, "mce0"));
	assert_false(ifnet_find(r.m, "mce0")->vf.surprised);
}

static void
the_host_notes_each_vf_before_it_comes_and_after_it_went(void **state)
{
	size_t i, notes = 0;

	(void)state;
	offer("mce0", "vf", 1);
	rig_run(&r, 15 * DUR_MS); /* the bus is probed still */
	assert_true(hn->hn.associated);
	assert_null(ifnet_find(r.m, "mce0"));
	rig_run(&r, DUR_SEC);
	vf_eject(r.m, "mce0");
	rig_run(&r, 5 * DUR_SEC);
	assert_false(hn->hn.associated);
	for (i = 0; i < r.trace->n_notes; i++)
		notes += strstr(r.trace->notes[i].text, "type 128") != NULL;
	assert_int_equal(notes, 2);
}

/* The association is the NIC's, not the VF's. */
static void
the_host_keeps_its_word_while_a_nic_has_a_vf(void **state)
{
	(void)state;
	offer("mce0", "vf", 1);
	rig_run(&r, DUR_SEC);
	offer("mce1", "vf", 1);
	rig_run(&r, DUR_SEC);
	vf_eject(r.m, "mce0");
	rig_run(&r, 5 * DUR_SEC);
	assert_true(hn->hn.associated);
	vf_eject(r.m, "mce1");
	rig_run(&r, 5 * DUR_SEC);
	assert_false(hn->hn.associated);

	/* The next one has been announced, and waits for the name. */
	offer("mce0", "vf", 1);
	rig_run(&r, DUR_SEC);
	offer("mce0", "vf", 1);
	rig_run(&r, DUR_SEC);
	vf_eject(r.m, "mce0");
	rig_run(&r, 5 * DUR_SEC);
	assert_true(hn->hn.associated);
}

/* --- what a driver's NIC takes ----------------------------------------------
 */

static void
a_nic_takes_no_greater_mtu_than_its_own(void **state)
{
	(void)state;
	offer("slot0", "slot", 2);
	rig_run(&r, DUR_SEC);
	assert_int_equal(rig_do(&r, "ifconfig slot0 mtu 4001"), SIM_EINVAL);
	assert_int_equal(ifnet_find(r.m, "slot0")->mtu, 1500);
	assert_int_equal(rig_do(&r, "ifconfig slot0 mtu 4000"), 0);
	assert_int_equal(ifnet_find(r.m, "slot0")->mtu, 4000);
	assert_int_equal(rig_do(&r, "ifconfig slot0 mtu 71"), SIM_EINVAL);
}

static void
a_port_that_refuses_the_mtu_does_not_join(void **state)
{
	struct ifnet *vf;

	(void)state;
	assert_int_equal(rig_do(&r, "ifconfig hn0 mtu 9000"), 0);
	assert_int_equal(rig_do(&r, "ifconfig lagg0 create"), 0);
	assert_int_equal(rig_do(&r, "ifconfig lagg0 laggport hn0"), 0);
	offer("slot0", "slot", 1);
	rig_run(&r, DUR_SEC);
	vf = ifnet_find(r.m, "slot0");
	/* The program only warns of a port (FACTS.md E.3 5b). */
	rig_do(&r, "ifconfig lagg0 laggport slot0");
	assert_null(vf->member_of);
	assert_int_equal(vf->mtu, 1500);
	assert_int_equal(ifnet_find(r.m, "lagg0")->lagg.n_ports, 1);
}

static void
a_laggs_mtu_is_all_its_ports_or_nobodys(void **state)
{
	struct ifnet *lagg, *vf;
	int result;

	(void)state;
	assert_int_equal(rig_do(&r, "ifconfig lagg0 create"), 0);
	assert_int_equal(rig_do(&r, "ifconfig lagg0 laggport hn0"), 0);
	offer("slot0", "slot", 1);
	rig_run(&r, DUR_SEC);
	lagg = ifnet_find(r.m, "lagg0");
	vf = ifnet_find(r.m, "slot0");
	assert_int_equal(rig_do(&r, "ifconfig lagg0 laggport slot0"), 0);
	assert_int_equal(rig_do(&r, "ifconfig slot0 mtu 2000"), SIM_EINVAL);
	assert_int_equal(rig_do(&r, "ifconfig lagg0 mtu 4000"), 0);
	assert_true(lagg->mtu == 4000 && hn->mtu == 4000 && vf->mtu == 4000);
	/* hn takes it, the VF does not: hn goes back. */
	rig_begin(&r, "ifconfig lagg0 mtu 9000", &result);
	rig_run(&r, 3 * DUR_SEC);
	assert_int_equal(result, SIM_EINVAL);
	assert_true(lagg->mtu == 4000 && hn->mtu == 4000 && vf->mtu == 4000);
	assert_false(hn->hn.suspended);
	assert_null(hn->hn.holder);
}

/* LAGG_XLOCK() is held over all ports: what the second goes back to is what the
 * first has made. */
static void
two_changes_of_a_laggs_mtu_do_not_mix(void **state)
{
	struct ifnet *lagg, *vf;
	int first, second;

	(void)state;
	assert_int_equal(rig_do(&r, "ifconfig lagg0 create"), 0);
	assert_int_equal(rig_do(&r, "ifconfig lagg0 laggport hn0"), 0);
	offer("slot0", "slot", 1);
	rig_run(&r, DUR_SEC);
	lagg = ifnet_find(r.m, "lagg0");
	vf = ifnet_find(r.m, "slot0");
	rig_begin(&r, "ifconfig lagg0 mtu 4000", &first);
	rig_begin(&r, "ifconfig lagg0 mtu 9000", &second);
	rig_run(&r, 600 * DUR_MS); /* 500 ms for each */
	assert_true(first == 0 && second == -1);
	assert_int_equal(rig_do(&r, "ifconfig lagg0 laggport slot0"), 0);
	rig_run(&r, 3 * DUR_SEC);
	assert_int_equal(second, SIM_EINVAL); /* the VF does not take it */
	assert_true(lagg->mtu == 4000 && hn->mtu == 4000 && vf->mtu == 4000);
	assert_null(lagg->lagg.changer);
}

static void
a_laggs_mac_is_rewritten_on_all_its_ports_if_it_is_up(void **state)
{
	struct ifnet *lagg, *vf;

	(void)state;
	assert_int_equal(rig_do(&r, "ifconfig lagg0 create"), 0);
	assert_int_equal(rig_do(&r, "ifconfig lagg0 laggport hn0"), 0);
	offer("mce0", "vf", 1);
	rig_run(&r, DUR_SEC);
	vf = ifnet_find(r.m, "mce0");
	lagg = ifnet_find(r.m, "lagg0");
	assert_int_equal(rig_do(&r, "ifconfig lagg0 laggport mce0"), 0);
	assert_int_equal(rig_do(&r, "ifconfig lagg0 ether 52:54:00:aa:00:66"),
	    0);
	assert_int_equal(hn->mac[5], 1); /* nobody runs lagg_init() */
	assert_int_equal(rig_do(&r, "ifconfig lagg0 up"), 0);
	assert_int_equal(rig_do(&r, "ifconfig lagg0 ether 52:54:00:aa:00:67"),
	    0);
	assert_int_equal(lagg->mac[5], 0x67);
	assert_int_equal(hn->mac[5], 0x67);
	assert_int_equal(vf->mac[5], 0x67);
	/* They match each other, the VF that returns matches nobody (D.7). */
	assert_ptr_equal(hn_of(vf), hn);
	vf_eject(r.m, "mce0");
	rig_run(&r, 5 * DUR_SEC);
	offer("mce0", "vf", 1);
	rig_run(&r, 5 * DUR_SEC);
	assert_null(hn->hn.vf);
	assert_null(hn_of(ifnet_find(r.m, "mce0")));
}

static void
what_a_lagg_can_is_what_all_can_and_is_not_widened_again(void **state)
{
	struct ifnet *lagg, *vf;

	(void)state;
	ifnet_set_caps(hn, CAP_LINKSTATE | 0xb, CAP_LINKSTATE | 0xb);
	assert_int_equal(rig_do(&r, "ifconfig lagg0 create"), 0);
	lagg = ifnet_find(r.m, "lagg0");
	assert_int_equal(rig_do(&r, "ifconfig lagg0 laggport hn0"), 0);
	assert_int_equal(lagg->capenable, CAP_LINKSTATE | 0xb);
	offer("mce0", "vf", 1);
	rig_run(&r, DUR_SEC);
	vf = ifnet_find(r.m, "mce0");
	assert_int_equal(vf->capenable, CAP_LINKSTATE | 0x3);
	assert_int_equal(rig_do(&r, "ifconfig lagg0 laggport mce0"), 0);
	assert_int_equal(lagg->capenable, CAP_LINKSTATE | 0x3);
	assert_int_equal(hn->capenable, CAP_LINKSTATE | 0x3);
	/* One word on the lagg is for all of them. */
	assert_int_equal(rig_do(&r, "ifconfig lagg0 -txcsum"), 0);
	assert_int_equal(vf->capenable, CAP_LINKSTATE | 0x1);
	vf_eject(r.m, "mce0");
	rig_run(&r, 5 * DUR_SEC);
	assert_int_equal(hn->capenable, CAP_LINKSTATE | 0x1);
	/* Only who leaves gets his own back. */
	assert_int_equal(rig_do(&r, "ifconfig lagg0 -laggport hn0"), 0);
	assert_int_equal(hn->capenable, CAP_LINKSTATE | 0xb);
	assert_int_equal(lagg->capenable, 0);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(an_eject_that_overtakes_the_attach_waits_for_it),
		T(ejects_and_offers_of_one_name_take_turns),
		T(a_surprise_keeps_the_driver_long_and_the_host_is_not_waited_for),
		T(each_hns_vf_has_a_bus_of_its_own),
		T(the_bus_knows_a_renamed_vf_by_its_drivers_name),
		T(a_vlan_on_an_iflib_vf_leaves_a_ghost),
		T(a_vf_that_waits_for_the_name_of_a_rescinded_one_gets_it),
		T(the_host_notes_each_vf_before_it_comes_and_after_it_went),
		T(the_host_keeps_its_word_while_a_nic_has_a_vf),
		T(a_nic_takes_no_greater_mtu_than_its_own),
		T(a_port_that_refuses_the_mtu_does_not_join),
		T(a_laggs_mtu_is_all_its_ports_or_nobodys),
		T(two_changes_of_a_laggs_mtu_do_not_mix),
		T(a_laggs_mac_is_rewritten_on_all_its_ports_if_it_is_up),
		T(what_a_lagg_can_is_what_all_can_and_is_not_widened_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
