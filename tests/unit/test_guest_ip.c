/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ip(8) of a Linux guest: what becomes of its arguments, and how it ends.
 * FACTS.md G.3 and G.4.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/dur.h"
#include "sim/guest/guest_parts.h"
#include "sim_rig.h"

static struct rig r;

static int
setup(void **state)
{
	(void)state;
	rig_init(&r, NULL);
	r.m->os = SNAP_LINUX;
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	rig_fini(&r);
	return 0;
}

/* --- its forms --- */

static void
plan_is(const char *line, const char *wanted)
{
	struct strbuf got = { 0 };
	struct guest_run *g;
	size_t argc, i;
	char **argv;

	assert_true(guest_split(line, &argc, &argv));
	g = guest_run_new(argc, argv);
	if (!g->program->plan(g))
		fail_msg("%s: %s", line, g->steps[g->n_steps - 1].text);
	for (i = 0; i < g->n_steps; i++) {
		operation_text(&g->steps[i].op, &got);
		strbuf_adds(&got, g->steps[i].ready != NULL ? "?\n" : "\n");
	}
	if (strcmp(strbuf_str(&got), wanted) != 0)
		fail_msg("%s:\n%sinstead of\n%s", line, strbuf_str(&got),
		    wanted);
	strbuf_fini(&got);
	guest_run_free(g);
	guest_words_free(argc, argv);
}

static void
a_link_is_set_word_by_word(void **state)
{
	(void)state;
	plan_is("ip link set eth0 up", "eth0 up\n");
	plan_is("/sbin/ip link set dev eth0 down", "eth0 down\n");
	plan_is("ip link set eth0 down master bond0 up",
	    "eth0 down\nbond0 port-add eth0\neth0 up\n");
	plan_is("ip link set eth0 mtu 1400 address 52:54:00:aa:00:99 name vf0",
	    "eth0 mtu 1400\neth0 ether 52:54:00:aa:00:99\neth0 name vf0\n");
	plan_is("ip link set eth0 name vf0 up", "eth0 name vf0\nvf0 up\n");
	plan_is("ip link set eth0 nomaster", " port-del eth0?\n");
	plan_is("ip link set eth0 netns n1", "eth0 down?\nprocess ?\n");
}

static int
miimon_of(const char *line)
{
	struct guest_run *g;
	size_t argc;
	char **argv;
	int miimon;

	assert_true(guest_split(line, &argc, &argv));
	g = guest_run_new(argc, argv);
	assert_true(g->program->plan(g));
	assert_int_equal(g->n_steps, 1);
	assert_int_equal(g->steps[0].op.kind, OP_LAGG_CREATE);
	assert_string_equal(g->steps[0].op.ifname, "bond0");
	miimon = g->steps[0].op.value;
	guest_run_free(g);
	guest_words_free(argc, argv);
	return miimon;
}

static void
a_bond_looks_at_no_link_unless_it_is_told_to(void **state)
{
	(void)state;
	assert_int_equal(miimon_of("ip link add bond0 type bond"), 0);
	assert_int_equal(
	    miimon_of("ip link add dev bond0 type bond mode active-backup"), 0);
	assert_int_equal(miimon_of(
			     "ip link add bond0 type bond miimon 100 mode "
			     "active-backup"),
	    100);
	plan_is("ip link del bond0", "bond0 destroy\n");
	plan_is("ip link delete bond0", "bond0 destroy\n");
}

static void
addresses_and_the_default_route_come_and_go(void **state)
{
	(void)state;
	plan_is("ip addr add 10.0.0.5/24 dev bond0",
	    "bond0 address-add 10.0.0.5/24?\n");
	plan_is("ip address del fd00::1/64 dev bond0",
	    "bond0 address-del fd00::1/64\n");
	plan_is("ip route add default via 10.0.0.1",
	    "default-route add 10.0.0.1 via \n");
	plan_is("ip route add default via fd00::2",
	    "default-route add fd00::2 via \n");
	plan_is("ip route del default", "default-route delete\n");
}

static void
what_it_does_not_understand_is_refused_with_its_forms(void **state)
{
	static const struct {
		const char *line, *told;
	} rows[] = {
		{ "ip", "link, addr and route" },
		{ "ip neigh show", "link, addr and route" },
		{ "ip link", "set, add and del" },
		{ "ip link show", "set, add and del" },
		{ "ip link del", "set, add and del" },
		{ "ip link del a b", "set, add and del" },
		{ "ip link set", "a device and what to set" },
		{ "ip link set eth0", "a device and what to set" },
		{ "ip link set dev eth0", "a device and what to set" },
		{ "ip link set averyveryverylongname0 up", "a device" },
		{ "ip link set eth0 master", "\"master\" needs an argument" },
		{ "ip link set eth0 up mtu", "\"mtu\" needs an argument" },
		{ "ip link set eth0 mtu many", "\"many\" is no MTU" },
		{ "ip link set eth0 mtu 67", "\"67\" is no MTU" },
		{ "ip link set eth0 address 1:2", "\"1:2\" is no address" },
		{ "ip link set eth0 master averyveryverylongname0",
		    "too long" },
		{ "ip link set eth0 vf 0", "\"vf\" is not known of a link" },
		{ "ip link add bond0", "NAME type bond" },
		{ "ip link add bond0 type team", "NAME type bond" },
		{ "ip link add bond0 type bond mode 802.3ad",
		    "\"mode 802.3ad\" is not known" },
		{ "ip link add bond0 type bond miimon -1",
		    "\"miimon -1\" is not known" },
		{ "ip link add bond0 type bond miimon",
		    "\"miimon\" needs an argument" },
		{ "ip addr", "add|del ADDR/BITS dev IF" },
		{ "ip addr add 10.0.0.1/24", "add|del ADDR/BITS dev IF" },
		{ "ip addr add 10.0.0.1/33 dev eth0", "ADDR/BITS dev IF" },
		{ "ip addr flush 10.0.0.1/24 dev eth0", "ADDR/BITS dev IF" },
		{ "ip route", "add default via" },
		{ "ip route add default", "add default via" },
		{ "ip route add default via x", "add default via" },
		{ "ip route add 10.0.0.0/8 via 10.1.0.1", "add default via" },
		{ "ip route del default dev eth0", "add default via" },
	};
	struct err e;
	char **argv;
	size_t argc, i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(guest_split(rows[i].line, &argc, &argv));
		if (guest_check(argc, argv, &e) != ERR_INPUT)
			fail_msg("\"%s\" is taken", rows[i].line);
		if (strstr(e.text, rows[i].told) == NULL ||
		    strstr(e.text, "(a Linux guest)") == NULL)
			fail_msg("%s: %s", rows[i].line, e.text);
		guest_words_free(argc, argv);
	}
}

/* --- how it ends --- */

struct ending {
	int status, error;
	char errors[160];
	bool over;
};

static void
note(void *ctx, const struct guest_end *end)
{
	struct ending *e = ctx;

	e->status = end->status;
	e->error = end->error;
	snprintf(e->errors, sizeof(e->errors), "%s", strbuf_str(end->errors));
	assert_string_equal(strbuf_str(end->out), "");
	e->over = true;
}

static void
ends(const char *line, int status, int error, const char *errors)
{
	struct ending e = { 0 };
	size_t argc;
	char **argv;

	assert_true(guest_split(line, &argc, &argv));
	guest_exec(r.m, argc, argv, note, &e);
	guest_words_free(argc, argv);
	rig_run(&r, DUR_SEC);
	assert_true(e.over);
	if (e.status != status || e.error != error ||
	    strcmp(e.errors, errors) != 0)
		fail_msg("%s: status %d, errno %d, %s", line, e.status, e.error,
		    e.errors);
}

static void
works(const char *line)
{
	ends(line, 0, 0, "");
}

static void
what_works_is_silent(void **state)
{
	struct ifnet *vf = rig_vf(&r, "eth1", 1);

	(void)state;
	works("ip link add bond0 type bond mode active-backup miimon 100");
	works("ip link set bond0 up");
	works("ip link set eth1 master bond0");
	works("ip addr add 10.0.0.5/24 dev bond0");
	works("ip route add default via 10.0.0.1");
	assert_string_equal(rig_active(&r, "bond0"), "eth1");
	works("ip route del default");
	works("ip addr del 10.0.0.5/24 dev bond0");
	works("ip link set eth1 nomaster");
	assert_null(vf->member_of);
	works("ip link set eth1 nomaster"); /* of none already */
	works("ip link set eth1 name vf0 mtu 1400 address 52:54:00:aa:00:99");
	assert_string_equal(vf->name, "vf0");
	assert_int_equal(vf->mtu, 1400);
	assert_int_equal(vf->mac[5], 0x99);
	works("ip link del bond0");
	assert_null(ifnet_find(r.m, "bond0"));
}

static void
an_address_brings_nothing_up(void **state)
{
	struct ifnet *vf = rig_vf(&r, "eth1", 1);

	(void)state;
	works("ip addr add 10.0.0.5/24 dev eth1");
	assert_int_equal(vf->n_addrs, 1);
	assert_false(vf->up || vf->running);
}

static void
what_the_kernel_refuses_ends_with_status_2(void **state)
{
	(void)state;
	rig_vf(&r, "eth1", 1);
	works("ip link add bond0 type bond");
	ends("ip link add bond0 type bond", 2, SIM_EEXIST,
	    "RTNETLINK answers: File exists\n");
	works("ip link set eth1 up");
	ends("ip link set eth1 master bond0", 2, SIM_EPERM,
	    "Error: Device can not be enslaved while up.\n");
	works("ip addr add 10.0.0.5/24 dev bond0");
	ends("ip addr add 10.0.0.5/24 dev bond0", 2, SIM_EEXIST,
	    "RTNETLINK answers: File exists\n");
	ends("ip addr del 10.0.0.6/24 dev bond0", 2, SIM_EADDRNOTAVAIL,
	    "RTNETLINK answers: Cannot assign requested address\n");
	ends("ip route del default", 2, SIM_ENOENT,
	    "RTNETLINK answers: No such process\n");
	ends("ip route add default via 192.168.9.1", 2, SIM_ENETUNREACH,
	    "RTNETLINK answers: Network is unreachable\n");
	ends("ip link set eth1 name bond0", 2, SIM_EEXIST,
	    "RTNETLINK answers: File exists\n");
}

static void
of_several_words_the_first_that_fails_is_the_last(void **state)
{
	struct ifnet *vf = rig_vf(&r, "eth1", 1);

	(void)state;
	works("ip link add bond0 type bond");
	ends("ip link set eth1 up master bond0 mtu 1400", 2, SIM_EPERM,
	    "Error: Device can not be enslaved while up.\n");
	assert_true(vf->up);
	assert_int_equal(vf->mtu, 1500);
	works("ip link set eth1 down mtu 1400 master bond0");
}

static void
a_slave_of_two_masters_is_refused_and_of_the_same_is_none_news(void **state)
{
	struct ifnet *vf = rig_vf(&r, "eth1", 1);

	(void)state;
	works("ip link add bond0 type bond");
	works("ip link add bond1 type bond");
	works("ip link set eth1 master bond0");
	works("ip link set eth1 master bond0");
	ends("ip link set eth1 master bond1", 2, SIM_EBUSY,
	    "RTNETLINK answers: Device or resource busy\n");
	assert_string_equal(vf->member_of->name, "bond0");
}

static void
a_device_that_is_not_there_is_found_missing_before(void **state)
{
	(void)state;
	rig_vf(&r, "eth1", 1);
	works("ip link add bond0 type bond");
	ends("ip link set eth9 up", 1, SIM_ENXIO,
	    "Cannot find device \"eth9\"\n");
	ends("ip link set eth9 master bond0", 1, SIM_ENXIO,
	    "Cannot find device \"eth9\"\n");
	ends("ip link set eth9 nomaster", 1, SIM_ENXIO,
	    "Cannot find device \"eth9\"\n");
	ends("ip link set eth9 netns n1", 1, SIM_ENXIO,
	    "Cannot find device \"eth9\"\n");
	ends("ip addr add 10.0.0.5/24 dev eth9", 1, SIM_ENXIO,
	    "Cannot find device \"eth9\"\n");
	ends("ip link del bond9", 1, SIM_ENXIO,
	    "Cannot find device \"bond9\"\n");
	ends("ip link set eth1 master bond9", 255, SIM_ENXIO,
	    "Error: argument \"bond9\" is wrong: Device does not exist\n");
}

static void
a_kernel_without_bonding_does_not_know_the_type(void **state)
{
	(void)state;
	rig_init(&r, "flag bond.none = yes\n");
	r.m->os = SNAP_LINUX;
	ends("ip link add bond0 type bond", 2, SIM_EOPNOTSUPP,
	    "Error: Unknown device type.\n");
	rig_fini(&r);
}

/* --- namespaces --- */

static void
another_namespace_closes_and_releases_what_it_gets(void **state)
{
	struct ifnet *a = rig_vf(&r, "eth1", 1);
	size_t before;

	(void)state;
	rig_vf(&r, "eth2", 2);
	works("ip link add bond0 type bond miimon 100");
	works("ip link set bond0 up");
	works("ip link set eth1 master bond0");
	works("ip link set eth2 master bond0");
	assert_string_equal(rig_active(&r, "bond0"), "eth1");
	before = r.trace->n_records;
	works("ip link set eth1 netns n1");
	assert_true(a->in_jail);
	assert_false(a->up || a->running);
	assert_null(a->member_of);
	assert_null(ifnet_find(r.m, "eth1"));
	assert_string_equal(rig_active(&r, "bond0"), "eth2");
	assert_int_equal(rig_count(&r, before, "subsystem=eth1 type=DETACH"),
	    1);
	ends("ip link set eth1 up", 1, SIM_ENXIO,
	    "Cannot find device \"eth1\"\n");
}

static void
the_host_path_leaves_a_vf_that_goes_to_another_namespace(void **state)
{
	struct ifnet *hn = rig_hn(&r, "eth0", 1);

	(void)state;
	rig_vf(&r, "eth1", 1);
	works("ip link set eth1 up");
	assert_true(hn->hn.host_path_vf);
	works("ip link set eth1 netns n1");
	assert_false(hn->hn.host_path_vf);
	assert_null(hn->hn.vf);
}

static void
a_bond_stays_in_its_namespace(void **state)
{
	struct ifnet *bond;

	(void)state;
	works("ip link add bond0 type bond");
	works("ip link set bond0 up");
	bond = ifnet_find(r.m, "bond0");
	ends("ip link set bond0 netns n1", 2, SIM_EINVAL,
	    "RTNETLINK answers: Invalid argument\n");
	assert_ptr_equal(ifnet_find(r.m, "bond0"), bond);
	assert_true(bond->up);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_link_is_set_word_by_word),
		cmocka_unit_test(a_bond_looks_at_no_link_unless_it_is_told_to),
		cmocka_unit_test(addresses_and_the_default_route_come_and_go),
		cmocka_unit_test(
		    what_it_does_not_understand_is_refused_with_its_forms),
		T(what_works_is_silent),
		T(an_address_brings_nothing_up),
		T(what_the_kernel_refuses_ends_with_status_2),
		T(of_several_words_the_first_that_fails_is_the_last),
		T(a_slave_of_two_masters_is_refused_and_of_the_same_is_none_news),
		T(a_device_that_is_not_there_is_found_missing_before),
		cmocka_unit_test(
		    a_kernel_without_bonding_does_not_know_the_type),
		T(another_namespace_closes_and_releases_what_it_gets),
		T(the_host_path_leaves_a_vf_that_goes_to_another_namespace),
		T(a_bond_stays_in_its_namespace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
