/* SPDX-License-Identifier: BSD-2-Clause */
/* Link-local addresses, duplicate detection and router advertisements
 * (FACTS.md D.3, D.6, E.5 H2; FREEBSD.md). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/dur.h"
#include "sim/machine/ifdriver.h"
#include "sim/machine/inet.h"
#include "sim/machine/inet6.h"
#include "sim/machine/lagg.h"
#include "sim/machine/netpath.h"
#include "sim/machine/sysops.h"
#include "sim_rig.h"

#define LLA "fe80::5054:ff:feaa:1/64" /* of 52:54:00:aa:00:01 */

static struct rig r;
static struct ifnet *hn;

static int
setup(void **state)
{
	(void)state;
	rig_init(&r, NULL);
	hn = rig_hn(&r, "hn0", 1);
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
do_it(const char *command)
{
	if (rig_do(&r, command) != 0)
		fail_msg("%s", command);
}

/* The addresses, those that are tentative or duplicated marked ~ or =. */
static const char *
addresses(const struct ifnet *ifp)
{
	static char text[400];
	char one[IPADDR_TEXT];
	size_t i;

	text[0] = '\0';
	for (i = 0; i < ifp->n_addrs; i++) {
		strcat(text, i > 0 ? " " : "");
		if ((ifp->addr_flags[i] & SNAP_ADDR_TENTATIVE) != 0)
			strcat(text, "~");
		if ((ifp->addr_flags[i] & SNAP_ADDR_DUPLICATED) != 0)
			strcat(text, "=");
		strcat(text, ipaddr_format(&ifp->addrs[i], true, one));
	}
	return text;
}

static const char *
router(void)
{
	return rig_route(inet_default6(r.m));
}

static void
an_interface_that_goes_up_makes_its_own_address(void **state)
{
	(void)state;
	do_it("ifconfig hn0 up");
	rig_run(&r, 10 * DUR_MS);
	assert_string_equal(addresses(hn), "~" LLA);
	rig_run(&r, DUR_SEC);
	assert_string_equal(addresses(hn), LLA);
	/* Once is enough. */
	do_it("ifconfig hn0 down");
	do_it("ifconfig hn0 up");
	rig_run(&r, DUR_SEC);
	assert_string_equal(addresses(hn), LLA);
}

static void
an_address_that_sets_up_counts_and_a_link_does_not(void **state)
{
	struct ifnet *lagg = lagg_new(r.m, "lagg0");

	(void)state;
	do_it("ifconfig hn0 inet 10.0.2.15/24");
	assert_string_equal(addresses(hn), "10.0.2.15/24 ~" LLA);
	/* It joins a lagg and loses it; that its link goes and comes does not
	 * bring it back. */
	do_it("ifconfig lagg0 laggport hn0");
	ifnet_set_link(hn, LINK_DOWN);
	rig_run(&r, DUR_SEC);
	ifnet_set_link(hn, LINK_UP);
	rig_run(&r, DUR_SEC);
	assert_string_equal(addresses(hn), "10.0.2.15/24");
	assert_int_equal(lagg->n_addrs, 0);
}

static void
where_ipv6_is_disabled_it_makes_none(void **state)
{
	(void)state;
	hn->ifdisabled = true;
	do_it("ifconfig hn0 up");
	rig_run(&r, 2 * DUR_SEC);
	assert_string_equal(addresses(hn), "");
	inet6_set_disabled(hn, false);
	rig_run(&r, 2 * DUR_SEC);
	assert_string_equal(addresses(hn), LLA);
}

static void
note_result(struct ktask *k)
{
	*(int *)k->ctx = k->result;
}

/* As the engine does it; ifconfig's are without "engine". */
static void
engine_does(enum op_kind kind, const char *address)
{
	struct operation op = { .kind = kind, .ifname = "hn0", .value = 1 };
	int result = -1;

	if (address != NULL)
		assert_true(ipaddr_parse(address, &op.addr));
	sysop_begin(r.m, &op, note_result, &result)->engine = true;
	rig_run(&r, 3 * DUR_SEC);
	assert_int_equal(result, 0);
}

static bool
is_seen_to_listen(void)
{
	struct snapshot s = { 0 };
	bool listens;

	machine_observe(r.m, &s);
	listens = snapshot_find(&s, "hn0")->accept_rtadv;
	snapshot_fini(&s);
	return listens;
}

static void
the_engine_enables_ipv6_where_it_asks_for_a_router(void **state)
{
	(void)state;
	do_it("ifconfig hn0 inet6 ifdisabled");
	do_it("ifconfig hn0 up");
	do_it("ifconfig hn0 inet6 accept_rtadv");
	assert_true(hn->ifdisabled);
	assert_false(is_seen_to_listen());
	assert_string_equal(addresses(hn), "");
	engine_does(OP_NO_DAD, NULL);
	assert_true(hn->ifdisabled);
	engine_does(OP_RTADV, NULL);
	assert_true(is_seen_to_listen());
	assert_string_equal(addresses(hn), LLA);
}

static void
the_engine_enables_ipv6_where_it_sets_an_address(void **state)
{
	(void)state;
	do_it("ifconfig hn0 inet6 ifdisabled");
	do_it("ifconfig hn0 inet6 2001:db8:2::15/64");
	engine_does(OP_ADDR_ADD, "10.0.2.15/24");
	assert_true(hn->ifdisabled);
	engine_does(OP_ADDR_ADD, "2001:db8:2::16/64");
	assert_false(hn->ifdisabled);
}

static void
what_is_disabled_for_a_duplicate_stays_so(void **state)
{
	struct ipaddr a;

	(void)state;
	do_it("ifconfig hn0 up");
	rig_run(&r, 2 * DUR_SEC);
	hn->addr_flags[0] |= SNAP_ADDR_DUPLICATED;
	inet6_set_disabled(hn, true);
	engine_does(OP_RTADV, NULL);
	assert_true(hn->ifdisabled);
	assert_true(ipaddr_parse(LLA, &a));
	assert_int_equal(inet_del(hn, &a), 0);
	engine_does(OP_ADDR_ADD, LLA);
	assert_false(hn->ifdisabled);
}

static void
without_detection_an_address_is_usable_at_once(void **state)
{
	struct ipaddr a;

	(void)state;
	inet6_set_no_dad(hn, true);
	do_it("ifconfig hn0 up");
	assert_string_equal(addresses(hn), LLA);
	inet6_set_no_dad(hn, false);
	ipaddr_parse("2001:db8:2::15", &a);
	do_it("ifconfig hn0 inet6 2001:db8:2::15/64");
	assert_false(inet_is_mine(r.m, &a));
	rig_run(&r, 1100 * DUR_MS);
	assert_true(inet_is_mine(r.m, &a));
}

static void
an_address_set_while_down_is_tried_when_it_goes_up(void **state)
{
	struct ipaddr a;

	(void)state;
	ipaddr_parse("2001:db8:2::15/64", &a);
	inet6_add(hn, &a, 0);
	rig_run(&r, 3 * DUR_SEC);
	assert_string_equal(addresses(hn), "~2001:db8:2::15/64");
	do_it("ifconfig hn0 up");
	rig_run(&r, 1100 * DUR_MS);
	assert_string_equal(addresses(hn), "2001:db8:2::15/64 " LLA);
}

static void
an_interface_that_goes_down_puts_detection_off(void **state)
{
	(void)state;
	do_it("ifconfig hn0 up");
	rig_run(&r, 10 * DUR_MS);
	do_it("ifconfig hn0 down");
	rig_run(&r, 3 * DUR_SEC);
	assert_string_equal(addresses(hn), "~" LLA);
	do_it("ifconfig hn0 up");
	rig_run(&r, 1100 * DUR_MS);
	assert_string_equal(addresses(hn), LLA);
}

static void
a_frame_that_lagg_drops_is_seen_by_bpf_alone(void **state)
{
	struct ifnet *vf = rig_vf(&r, "mce0", 1);
	struct ifnet *lagg = lagg_new(r.m, "lagg0");

	(void)state;
	do_it("ifconfig lagg0 laggport hn0");
	do_it("ifconfig lagg0 laggport mce0");
	do_it("ifconfig hn0 up");
	do_it("ifconfig lagg0 up");
	assert_int_equal(netpath_frame_in(lagg, false), PATH_OK);
	do_it("ifconfig mce0 up");
	assert_int_equal(netpath_frame_in(lagg, false), PATH_OK);
	ifnet_set_link(hn, LINK_UP); /* as before its pretended loss */
	assert_int_equal(netpath_frame_in(lagg, false), PATH_LAGG_INPUT_RULE);
	assert_int_equal(netpath_frame_in(lagg, true), PATH_OK);
	assert_int_equal(netpath_frame_in(vf, true), PATH_OK);
	assert_int_equal(netpath_frame_in(hn, true), PATH_NO_ADDRESS);
	lagg->up = false;
	assert_int_equal(netpath_frame_out(lagg), PATH_IF_DOWN);
}

static void
a_vf_up_outside_the_lagg_finds_its_address_taken(void **state)
{
	struct ifnet *vf = rig_vf(&r, "mce0", 1);

	(void)state;
	do_it("ifconfig hn0 up");
	rig_run(&r, 2 * DUR_SEC);
	do_it("ifconfig mce0 up");
	rig_run(&r, 2 * DUR_SEC);
	assert_string_equal(addresses(vf), "=" LLA);
	assert_true(vf->ifdisabled);
	assert_string_equal(addresses(hn), LLA);
	assert_non_null(strstr(r.trace->notes[r.trace->n_notes - 1].text,
	    "mce0: possible hardware address duplication detected"));
}

static void
a_port_makes_up_an_address_of_its_own(void **state)
{
	struct ifnet *vf = rig_vf(&r, "mce0", 1);
	struct ifnet *lagg = lagg_new(r.m, "lagg0");

	(void)state;
	do_it("ifconfig lagg0 laggport hn0");
	do_it("ifconfig lagg0 laggport mce0");
	do_it("ifconfig lagg0 up");
	do_it("ifconfig mce0 up");
	rig_run(&r, 2 * DUR_SEC);
	assert_string_equal(addresses(lagg), LLA);
	assert_int_equal(vf->n_addrs, 1);
	assert_string_not_equal(addresses(vf), LLA);
	assert_false(vf->ifdisabled);
}

static void
a_lagg_without_ports_borrows_from_a_nic_unique_in_the_world(void **state)
{
	static const uint8_t bought[6] = { 0x00, 0x0d, 0x3a, 1, 2, 3 };
	struct ifnet *lagg = lagg_new(r.m, "lagg0");

	(void)state;
	/* hn0's MAC is a local one: another is drawn. */
	lagg->no_dad = true;
	do_it("ifconfig lagg0 up");
	assert_int_equal(lagg->n_addrs, 1);
	assert_string_not_equal(addresses(lagg), LLA);
	lagg = lagg_new(r.m, "lagg1");
	lagg->no_dad = true;
	ifnet_set_mac(hn, bought);
	do_it("ifconfig lagg1 up");
	assert_string_equal(addresses(lagg), "fe80::20d:3aff:fe01:203/64");
}

static void
joining_a_lagg_wipes_all_ipv6(void **state)
{
	struct ipaddr gw;

	(void)state;
	ipaddr_parse("fe80::1", &gw);
	do_it("ifconfig hn0 inet6 2001:db8:2::15/64");
	do_it("ifconfig hn0 inet 10.0.2.15/24");
	rig_run(&r, 2 * DUR_SEC);
	inet_default_add(r.m, &gw, hn);
	lagg_new(r.m, "lagg0");
	do_it("ifconfig lagg0 laggport hn0");
	assert_string_equal(addresses(hn), "10.0.2.15/24");
	assert_string_equal(router(), "none");
}

static void
a_solicited_router_gives_prefix_and_default_route(void **state)
{
	(void)state;
	do_it("ifconfig hn0 up");
	rig_run(&r, 2 * DUR_SEC);
	inet6_solicit(hn); /* not asked to accept anything */
	rig_run(&r, DUR_SEC);
	assert_string_equal(addresses(hn), LLA);
	inet6_set_rtadv(hn, true);
	inet6_set_silent(r.m, true);
	inet6_solicit(hn);
	rig_run(&r, DUR_SEC);
	assert_string_equal(router(), "none");
	inet6_set_silent(r.m, false);
	inet6_solicit(hn);
	rig_run(&r, 20 * DUR_MS);
	assert_string_equal(addresses(hn),
	    LLA " ~2001:db8:2:0:5054:ff:feaa:1/64");
	assert_int_equal(hn->addr_flags[1] & SNAP_ADDR_AUTOCONF,
	    SNAP_ADDR_AUTOCONF);
	assert_string_equal(router(), "fe80::1 via hn0");
	rig_run(&r, DUR_SEC);
	assert_string_equal(addresses(hn),
	    LLA " 2001:db8:2:0:5054:ff:feaa:1/64");
	/* Accepting no more, it forgets the router. */
	inet6_set_rtadv(hn, false);
	assert_string_equal(router(), "none");
}

static void
the_router_speaks_now_and_then_by_itself(void **state)
{
	(void)state;
	inet6_set_rtadv(hn, true);
	do_it("ifconfig hn0 up");
	rig_run(&r, 190 * DUR_SEC);
	assert_string_equal(router(), "none");
	rig_run(&r, 20 * DUR_SEC);
	assert_string_equal(router(), "fe80::1 via hn0");
}

static void
rtsold_solicits_when_a_link_comes(void **state)
{
	(void)state;
	inet6_set_rtadv(hn, true);
	do_it("ifconfig hn0 up");
	inet6_set_rtsold(r.m, true);
	ifnet_set_link(hn, LINK_DOWN);
	rig_run(&r, DUR_SEC);
	assert_string_equal(router(), "none");
	ifnet_set_link(hn, LINK_UP);
	rig_run(&r, DUR_SEC);
	assert_string_equal(router(), "fe80::1 via hn0");
}

static void
packets_of_ipv6_follow_ipv6_routes(void **state)
{
	struct ipaddr far, mine;

	(void)state;
	ipaddr_parse("2001:db8:9::1", &far);
	ipaddr_parse("2001:db8:2::15", &mine);
	do_it("ifconfig hn0 inet 10.0.2.15/24");
	do_it("route add default 10.0.2.2");
	assert_int_equal(netpath_out(r.m, &far), PATH_NO_ROUTE);
	do_it("ifconfig hn0 inet6 2001:db8:2::15/64");
	assert_int_equal(netpath_in(r.m, hn, &mine), PATH_NO_ADDRESS);
	rig_run(&r, 2 * DUR_SEC);
	assert_int_equal(netpath_in(r.m, hn, &mine), PATH_OK);
	do_it("route add -inet6 default 2001:db8:2::1");
	assert_int_equal(netpath_out(r.m, &far), PATH_OK);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(an_interface_that_goes_up_makes_its_own_address),
		T(an_address_that_sets_up_counts_and_a_link_does_not),
		T(where_ipv6_is_disabled_it_makes_none),
		T(the_engine_enables_ipv6_where_it_asks_for_a_router),
		T(the_engine_enables_ipv6_where_it_sets_an_address),
		T(what_is_disabled_for_a_duplicate_stays_so),
		T(without_detection_an_address_is_usable_at_once),
		T(an_address_set_while_down_is_tried_when_it_goes_up),
		T(an_interface_that_goes_down_puts_detection_off),
		T(a_frame_that_lagg_drops_is_seen_by_bpf_alone),
		T(a_vf_up_outside_the_lagg_finds_its_address_taken),
		T(a_port_makes_up_an_address_of_its_own),
		T(a_lagg_without_ports_borrows_from_a_nic_unique_in_the_world),
		T(joining_a_lagg_wipes_all_ipv6),
		T(a_solicited_router_gives_prefix_and_default_route),
		T(the_router_speaks_now_and_then_by_itself),
		T(rtsold_solicits_when_a_link_comes),
		T(packets_of_ipv6_follow_ipv6_routes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
