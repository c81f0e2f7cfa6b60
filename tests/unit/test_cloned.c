/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interfaces that nobody plugs in, held to what the FreeBSD kernel was
 * recorded to say of them: c_epair, d_rename, g_vlan, i_updown, j_cdev of
 * fixtures/recordings, and their routing socket.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/dur.h"
#include "base/strbuf.h"
#include "sim/machine/cloned.h"
#include "sim/machine/hn.h"
#include "sim_rig.h"

/* em0 of the recordings: iflib, a link that takes half a second. */
static const char em[] = "delay em.open = 150ms\n"
			 "delay em.link = 465ms\n"
			 "flag em.link_follows_open = no\n"
			 "flag em.link_later = yes\n"
			 "flag em.start_resets_link = yes\n"
			 "flag em.mtu_restarts = yes\n"
			 "flag em.caps_restart = yes\n"
			 "flag em.vlan_restarts = yes\n"
			 "flag em.vlan_blocks_detach = yes\n"
			 "limit em.caps = 0x81209b\n"
			 "limit hn.caps = 0x80028\n";

static struct rig r;
static size_t seen, heard; /* records and routing messages looked at */

static int
setup(void **state)
{
	(void)state;
	rig_init(&r, em);
	seen = heard = 0;
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
runs(const char *command)
{
	assert_int_equal(rig_do(&r, command), 0);
	rig_run(&r, 2 * DUR_SEC);
}

static struct ifnet *
nic(const char *name, const char *driver, uint8_t last_byte)
{
	struct ifnet *ifp = rig_vf(&r, name, last_byte);
	int64_t caps = CAP_LINKSTATE;

	strncpy(ifp->vf.driver, driver, sizeof(ifp->vf.driver) - 1);
	profile_driver_limit(r.profile, driver, "caps", &caps);
	ifnet_set_caps(ifp, (uint32_t)caps, (uint32_t)caps);
	return ifp;
}

/* All records since the last look, in the short form "em0 LINK_UP". */
static void
records_are(const char *const *wanted)
{
	struct strbuf got = { 0 }, want = { 0 };
	char a[32], b[32], c[32];
	const char *raw;

	for (; seen < r.trace->n_records; seen++) {
		raw = r.trace->records[seen].raw;
		if (sscanf(raw,
			"!system=%*[A-Z] subsystem=CDEV type=%31s cdev=%31s", a,
			b) == 2)
			strbuf_addf(&got, "cdev %s %s\n", b, a);
		else if (sscanf(raw, "!system=%31s subsystem=%31s type=%31s", a,
			     b, c) == 3)
			strbuf_addf(&got, "%s %s\n", b, c);
		else
			strbuf_addf(&got, "%s\n", raw);
	}
	for (; *wanted != NULL; wanted++)
		strbuf_addf(&want, "%s\n", *wanted);
	assert_string_equal(strbuf_str(&got), strbuf_str(&want));
	strbuf_fini(&got);
	strbuf_fini(&want);
}

/* All of the routing socket's that begin so, since the last look. */
static void
messages_are(const char *kind, const char *const *wanted)
{
	struct strbuf got = { 0 }, want = { 0 };

	for (; heard < r.trace->n_hints; heard++)
		if (strncmp(r.trace->hints[heard].text, kind, strlen(kind)) ==
		    0)
			strbuf_addf(&got, "%s\n", r.trace->hints[heard].text);
	for (; *wanted != NULL; wanted++)
		strbuf_addf(&want, "%s%s\n", kind, *wanted);
	assert_string_equal(strbuf_str(&got), strbuf_str(&want));
	strbuf_fini(&got);
	strbuf_fini(&want);
}

#define RECORDS(...) records_are((const char *const[]){ __VA_ARGS__, NULL })
#define NO_RECORDS() records_are((const char *const[]){ NULL })

/* --- epair, tap, tun, lo
 * ------------------------------------------------------
 */

static void
an_epair_comes_and_goes_in_twos(void **state)
{
	(void)state;
	runs("ifconfig epair create");
	RECORDS("epair0a ATTACH", "epair0a IFATTACH", "epair0b ATTACH",
	    "epair0b IFATTACH", "epair0a LINK_UP", "epair0b LINK_UP");
	messages_are("",
	    (const char *const[]){ "ANNOUNCE epair0a arrival",
		"ANNOUNCE epair0b arrival", "IFINFO epair0a down link-up",
		"IFINFO epair0b down link-up", NULL });
	runs("ifconfig epair0a up");
	runs("ifconfig epair0b up");
	runs("ifconfig epair0a down");
	NO_RECORDS();
	heard = r.trace->n_hints;
	runs("ifconfig epair0a destroy");
	RECORDS("epair0a LINK_DOWN", "epair0b LINK_DOWN", "epair0b DETACH",
	    "epair0a DETACH");
	messages_are("IFINFO ",
	    (const char *const[]){ "epair0a down link-down",
		"epair0b up link-down", "epair0b down link-down",
		"epair0a down link-down", NULL });
	assert_null(ifnet_find(r.m, "epair0b"));
}

static void
a_departure_is_announced_behind_the_addresses_and_before_the_record(
    void **state)
{
	(void)state;
	runs("ifconfig epair17 create");
	heard = r.trace->n_hints;
	runs("ifconfig epair17a destroy");
	messages_are("ANNOUNCE ",
	    (const char *const[]){ "epair17b departure", "epair17a departure",
		NULL });
}

static void
taps_and_tuns_have_a_device_beside_them(void **state)
{
	(void)state;
	runs("ifconfig tap0 create");
	RECORDS("cdev tap0 CREATE", "tap0 ATTACH", "tap0 IFATTACH");
	runs("ifconfig tap0 up");
	NO_RECORDS();
	cloned_open(ifnet_find(r.m, "tap0"));
	rig_run(&r, DUR_MS);
	RECORDS("tap0 LINK_UP");
	heard = r.trace->n_hints;
	cloned_close(ifnet_find(r.m, "tap0"));
	rig_run(&r, DUR_MS);
	RECORDS("tap0 LINK_DOWN");
	messages_are("IFINFO ",
	    (const char *const[]){ "tap0 down link-up", "tap0 down link-down",
		NULL });
	runs("ifconfig tap0 destroy");
	RECORDS("cdev tap0 DESTROY", "tap0 DETACH");
	runs("ifconfig tun create");
	RECORDS("cdev tun0 CREATE", "tun0 ATTACH");
	runs("ifconfig tun0 destroy");
	RECORDS("tun0 DETACH", "cdev tun0 DESTROY");
}

static void
a_loopback_has_a_link_while_it_is_up(void **state)
{
	(void)state;
	runs("ifconfig lo7 create");
	RECORDS("lo7 ATTACH");
	assert_int_equal(ifnet_find(r.m, "lo7")->mtu, 16384);
	runs("ifconfig lo7 up");
	RECORDS("lo7 LINK_UP");
	runs("ifconfig lo7 down");
	RECORDS("lo7 LINK_DOWN");
	runs("ifconfig lo7 up");
	RECORDS("lo7 LINK_UP");
	runs("ifconfig lo7 down");
	RECORDS("lo7 LINK_DOWN");
	runs("ifconfig lo7 destroy");
	RECORDS("lo7 DETACH");
}

static void
only_known_kinds_and_free_names_are_cloned(void **state)
{
	char made[IFNAME_MAX];

	(void)state;
	assert_int_equal(cloned_create(r.m, "tap3", made), 0);
	assert_int_equal(cloned_create(r.m, "tap3", made), SIM_EEXIST);
	assert_int_equal(cloned_create(r.m, "tap03", made), SIM_EINVAL);
	assert_int_equal(cloned_create(r.m, "tapx", made), SIM_EINVAL);
	assert_int_equal(cloned_create(r.m, "gif0", made), SIM_EINVAL);
	assert_int_equal(cloned_create(r.m, "", made), SIM_EINVAL);
	assert_int_equal(cloned_create(r.m, "tap", made), 0);
	assert_string_equal(made, "tap0");
	assert_int_equal(cloned_create(r.m, "bridge", made), 0);
	assert_string_equal(made, "bridge0");
	assert_int_equal(cloned_create(r.m, "epair", made), 0);
	assert_string_equal(made, "epair0a");
	assert_int_equal(cloned_create(r.m, "epair0", made), SIM_EEXIST);
	assert_int_equal(cloned_create(r.m, "lagg", made), 0);
	assert_string_equal(made, "lagg0");
	assert_int_equal(cloned_create(r.m, "nosuch0.10", made), SIM_EINVAL);
}

static void
a_nic_is_not_destroyed(void **state)
{
	(void)state;
	nic("em0", "em", 2);
	assert_int_equal(rig_do(&r, "ifconfig em0 destroy"), SIM_EINVAL);
	assert_non_null(ifnet_find(r.m, "em0"));
}

/* --- a NIC that is no VF
 * ------------------------------------------------------
 */

static void
an_iflib_nic_loses_its_link_as_it_comes_up_again(void **state)
{
	struct ifnet *em0 = nic("em0", "em", 2);

	(void)state;
	runs("ifconfig em0 up");
	RECORDS("em0 LINK_UP");
	runs("ifconfig em0 down");
	NO_RECORDS();
	assert_int_equal(em0->link, LINK_UP);
	assert_int_equal(rig_do(&r, "ifconfig em0 up"), 0);
	rig_run(&r, 460 * DUR_MS);
	RECORDS("em0 LINK_DOWN");
	rig_run(&r, 10 * DUR_MS);
	RECORDS("em0 LINK_UP");
	runs("ifconfig em0 ether 52:54:00:aa:00:98");
	RECORDS("em0 LINK_DOWN", "em0 LINK_UP");
	runs("ifconfig em0 mtu 1400");
	RECORDS("em0 LINK_DOWN", "em0 LINK_UP");
	runs("ifconfig em0 description x");
	NO_RECORDS();
}

static void
a_quiet_nic_tells_nothing_of_all_that(void **state)
{
	(void)state;
	nic("vtnet0", "quiet", 2);
	runs("ifconfig vtnet0 up");
	RECORDS("vtnet0 LINK_UP");
	runs("ifconfig vtnet0 down");
	runs("ifconfig vtnet0 up");
	runs("ifconfig vtnet0 ether 52:54:00:aa:00:99");
	runs("ifconfig vtnet0 mtu 1400");
	NO_RECORDS();
}

/* --- vlan ------------------------------------------------------------------
 */

static void
a_vlan_follows_its_parent_which_speaks_first(void **state)
{
	(void)state;
	nic("em0", "em", 2);
	runs("ifconfig em0 up");
	runs("ifconfig vlan10 create");
	RECORDS("em0 LINK_UP", "vlan10 ATTACH", "vlan10 IFATTACH");
	runs("ifconfig vlan10 vlan 10 vlandev em0");
	RECORDS("em0 LINK_DOWN", "vlan10 LINK_DOWN", "em0 LINK_UP",
	    "vlan10 LINK_UP");
	runs("ifconfig em0.20 create");
	/* By the trunk's hash: tag 20 before tag 10. */
	RECORDS("em0.20 ATTACH", "em0.20 IFATTACH", "em0 LINK_DOWN",
	    "em0.20 LINK_DOWN", "vlan10 LINK_DOWN", "em0 LINK_UP",
	    "em0.20 LINK_UP", "vlan10 LINK_UP");
	runs("ifconfig vlan10 destroy");
	RECORDS("vlan10 DETACH", "em0 LINK_DOWN", "em0.20 LINK_DOWN",
	    "em0 LINK_UP", "em0.20 LINK_UP");
}

/* net/if_vlan.c folds the tag: 16 is in slot 1, 17 in slot 0. */
static void
vlans_of_one_parent_follow_in_the_order_of_its_hash(void **state)
{
	(void)state;
	nic("vtnet0", "quiet", 2);
	runs("ifconfig vlan1 create vlan 16 vlandev vtnet0");
	runs("ifconfig vlan2 create vlan 17 vlandev vtnet0");
	runs("ifconfig vlan3 create vlan 256 vlandev vtnet0");
	seen = r.trace->n_records;
	runs("ifconfig vtnet0 up");
	RECORDS("vtnet0 LINK_UP", "vlan2 LINK_UP", "vlan3 LINK_UP",
	    "vlan1 LINK_UP");
}

static void
a_vlan_takes_mac_mtu_and_link_of_its_parent_without_a_word(void **state)
{
	struct ifnet *quiet = nic("vtnet0", "quiet", 2), *vlan;

	(void)state;
	ifnet_set_caps(quiet, 0x80028, 0x80028);
	runs("ifconfig vtnet0 up");
	runs("ifconfig vlan30 create vlan 30 vlandev vtnet0 up");
	RECORDS("vtnet0 LINK_UP", "vlan30 ATTACH", "vlan30 IFATTACH");
	vlan = ifnet_find(r.m, "vlan30");
	assert_memory_equal(vlan->mac, quiet->mac, 6);
	assert_int_equal(vlan->mtu, 1500);
	assert_int_equal(vlan->link, LINK_UP);
	assert_int_equal(vlan->capenable, CAP_LINKSTATE);
	runs("ifconfig vtnet0 ether 52:54:00:aa:00:77");
	assert_int_equal(vlan->mac[5], 0x77);
	/* Greater than the parent's is refused. */
	assert_int_equal(rig_do(&r, "ifconfig vlan30 mtu 1600"), SIM_EINVAL);
	runs("ifconfig vlan30 -vlandev");
	assert_null(vlan->vlan.parent);
	assert_int_equal(vlan->mac[5], 0);
	assert_int_equal(vlan->link, LINK_UNKNOWN);
	NO_RECORDS();
}

static void
a_vlan_outlives_its_parent_and_has_none_then(void **state)
{
	struct ifnet *vlan;

	(void)state;
	runs("ifconfig lagg0 create");
	runs("ifconfig vlan30 create vlan 30 vlandev lagg0");
	runs("ifconfig lagg0 destroy");
	vlan = ifnet_find(r.m, "vlan30");
	assert_null(vlan->vlan.parent);
	assert_int_equal(vlan->vlan.tag, 0);
	runs("ifconfig vlan30 destroy");
	assert_int_equal(r.m->n_vlans, 0);
}

static void
a_tag_is_used_once_on_a_parent(void **state)
{
	struct ifnet *em0 = nic("em0", "em", 2), *a, *b;
	char made[IFNAME_MAX];

	(void)state;
	cloned_create(r.m, "vlan1", made);
	cloned_create(r.m, "vlan2", made);
	a = ifnet_find(r.m, "vlan1");
	b = ifnet_find(r.m, "vlan2");
	assert_int_equal(vlan_config(a, em0, 0), SIM_EINVAL);
	assert_int_equal(vlan_config(a, em0, 4095), SIM_EINVAL);
	assert_int_equal(vlan_config(a, NULL, 7), SIM_ENXIO);
	assert_int_equal(vlan_config(a, em0, 7), 0);
	assert_int_equal(vlan_config(a, em0, 8), SIM_EBUSY);
	assert_int_equal(vlan_config(b, em0, 7), SIM_EEXIST);
	assert_int_equal(vlan_config(b, em0, 8), 0);
	assert_true(vlan_is_on(em0));
}

/* --- names -----------------------------------------------------------------
 */

static void
a_rename_is_told_on_the_routing_socket_alone(void **state)
{
	struct ifnet *em0 = nic("em0", "em", 2);
	uint32_t index = em0->index;

	(void)state;
	runs("ifconfig em0 name vf0");
	NO_RECORDS();
	messages_are("ANNOUNCE ",
	    (const char *const[]){ "em0 departure", "vf0 arrival", NULL });
	assert_null(ifnet_find(r.m, "em0"));
	assert_ptr_equal(ifnet_find(r.m, "vf0"), em0);
	assert_int_equal(em0->index, index);
	runs("ifconfig vf0 up");
	RECORDS("vf0 LINK_UP");
	assert_string_equal(trace_get_state(r.trace, "vf0", "up"), "yes");
	assert_null(trace_get_state(r.trace, "em0", "up"));
}

static void
a_name_in_use_is_refused(void **state)
{
	(void)state;
	nic("em0", "em", 2);
	nic("em1", "em", 3);
	assert_int_equal(rig_do(&r, "ifconfig em0 name em1"), SIM_EEXIST);
	assert_non_null(ifnet_find(r.m, "em0"));
}

static void
lagg_and_its_ports_may_be_renamed(void **state)
{
	struct ifnet *em0 = nic("em0", "quiet", 2), *lagg;

	(void)state;
	runs("ifconfig em0 up");
	runs("ifconfig lagg0 create");
	runs("ifconfig lagg0 laggport em0 up");
	lagg = ifnet_find(r.m, "lagg0");
	runs("ifconfig em0 name vfx");
	assert_ptr_equal(em0->member_of, lagg);
	assert_string_equal(trace_get_state(r.trace, "lagg0", "ports"), "vfx");
	runs("ifconfig lagg0 name bond0");
	seen = r.trace->n_records;
	runs("ifconfig bond0 destroy");
	RECORDS("bond0 LINK_DOWN", "bond0 DETACH");
}

/* --- jails -----------------------------------------------------------------
 */

static void
a_jailed_interface_is_gone_and_comes_back_without_ifattach(void **state)
{
	struct ifnet *em0 = nic("em0", "em", 2);

	(void)state;
	runs("ifconfig em0 inet 10.0.0.9/24");
	seen = r.trace->n_records;
	assert_int_equal(ifnet_to_jail(em0), 0);
	assert_int_equal(ifnet_to_jail(em0), SIM_EINVAL);
	rig_run(&r, DUR_SEC);
	RECORDS("em0 DETACH");
	machine_settle(r.m);
	assert_null(ifnet_find(r.m, "em0"));
	assert_string_equal(trace_get_state(r.trace, "em0", "exists"), "no");
	assert_int_equal(ifnet_from_jail(r.m, "em0"), 0);
	assert_int_equal(ifnet_from_jail(r.m, "em0"), SIM_ENXIO);
	rig_run(&r, DUR_SEC);
	RECORDS("em0 ATTACH");
	assert_ptr_equal(ifnet_find(r.m, "em0"), em0);
	assert_int_equal(em0->n_addrs, 0);
	assert_false(em0->up);
}

static void
a_jailed_port_has_left_its_lagg(void **state)
{
	struct ifnet *em0 = nic("em0", "quiet", 2);

	(void)state;
	runs("ifconfig em0 up");
	runs("ifconfig lagg0 create");
	runs("ifconfig lagg0 laggport em0 up");
	assert_int_equal(ifnet_to_jail(em0), 0);
	assert_null(em0->member_of);
	assert_string_equal(rig_active(&r, "lagg0"), "none");
}

static size_t
rows_of(const char *object)
{
	size_t i, n = 0;

	machine_settle(r.m);
	for (i = 0; i < r.trace->n_states; i++)
		n += strcmp(r.trace->states[i].object, object) == 0 ? 1 : 0;
	return n;
}

static void
lo0_has_its_name_and_is_not_told_of_before_it_changes(void **state)
{
	struct ifnet *tap;
	char made[IFNAME_MAX];

	(void)state;
	assert_int_equal(cloned_create(r.m, "tap0", made), 0);
	tap = ifnet_find(r.m, "tap0");
	cloned_loopback(r.m);
	assert_true(rows_of("tap0") > 0);
	assert_int_equal(rows_of("lo0"), 0);
	assert_int_equal(ifnet_rename(tap, "lo0"), SIM_EEXIST);
	assert_int_equal(cloned_create(r.m, "lo", made), 0);
	assert_string_equal(made, "lo1");
	assert_int_equal(rig_do(&r, "ifconfig lo0 down"), 0);
	assert_true(rows_of("lo0") > 0);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(an_epair_comes_and_goes_in_twos),
		T(a_departure_is_announced_behind_the_addresses_and_before_the_record),
		T(taps_and_tuns_have_a_device_beside_them),
		T(a_loopback_has_a_link_while_it_is_up),
		T(only_known_kinds_and_free_names_are_cloned),
		T(a_nic_is_not_destroyed),
		T(an_iflib_nic_loses_its_link_as_it_comes_up_again),
		T(a_quiet_nic_tells_nothing_of_all_that),
		T(a_vlan_follows_its_parent_which_speaks_first),
		T(vlans_of_one_parent_follow_in_the_order_of_its_hash),
		T(a_vlan_takes_mac_mtu_and_link_of_its_parent_without_a_word),
		T(a_vlan_outlives_its_parent_and_has_none_then),
		T(a_tag_is_used_once_on_a_parent),
		T(a_rename_is_told_on_the_routing_socket_alone),
		T(a_name_in_use_is_refused),
		T(lagg_and_its_ports_may_be_renamed),
		T(a_jailed_interface_is_gone_and_comes_back_without_ifattach),
		T(a_jailed_port_has_left_its_lagg),
		T(lo0_has_its_name_and_is_not_told_of_before_it_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
