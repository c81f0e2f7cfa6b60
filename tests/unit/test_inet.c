/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses, routes, and what becomes of a packet (inet.h, netpath.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/dur.h"
#include "sim/machine/hn.h"
#include "sim/machine/ifdriver.h"
#include "sim/machine/inet.h"
#include "sim/machine/lagg.h"
#include "sim/machine/netpath.h"
#include "sim_rig.h"

static struct rig r;
static struct ifnet *hn, *vf;
static struct ipaddr guest, gateway, far_away;

static int
setup(void **state)
{
	(void)state;
	rig_init(&r, NULL);
	hn = rig_hn(&r, "hn0", 1);
	vf = rig_vf(&r, "mce0", 1);
	assert_true(ipaddr_parse("10.0.0.4/24", &guest));
	assert_true(ipaddr_parse("10.0.0.1", &gateway));
	assert_true(ipaddr_parse("192.0.2.1", &far_away));
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
do_all(const char *const *commands)
{
	for (; *commands != NULL; commands++)
		if (rig_do(&r, *commands) != 0)
			fail_msg("%s", *commands);
}

static const char *
via(const struct ipaddr *to)
{
	const struct route *route = inet_lookup(r.m, to);

	return route == NULL ? "none" : route->ifp->name;
}

/* --- routes --- */

static void
an_address_brings_its_prefix_and_its_interface_up(void **state)
{
	(void)state;
	assert_string_equal(via(&gateway), "none");
	assert_int_equal(rig_do(&r, "ifconfig hn0 inet 10.0.0.4/24"), 0);
	assert_string_equal(via(&gateway), "hn0");
	assert_true(hn->up && hn->running);
	assert_string_equal(via(&far_away), "none");
}

static void
a_default_route_needs_a_way_to_its_gateway(void **state)
{
	(void)state;
	assert_int_equal(rig_do(&r, "route add default 10.0.0.1"),
	    SIM_ENETUNREACH);
	assert_int_equal(rig_do(&r, "ifconfig hn0 inet 10.0.0.4/24"), 0);
	assert_int_equal(rig_do(&r, "route add default 10.0.0.1"), 0);
	assert_int_equal(rig_do(&r, "route add default 10.0.0.1"), SIM_EEXIST);
	assert_int_equal(rig_do(&r, "route add default 10.0.0.2"), SIM_EEXIST);
	assert_string_equal(via(&far_away), "hn0");
	assert_int_equal(rig_do(&r, "route delete default"), 0);
	assert_int_equal(rig_do(&r, "route delete default"), SIM_ENOENT);
}

static void
the_prefix_route_moves_to_the_heir(void **state)
{
	static const char *const commands[] = { "ifconfig hn0 inet 10.0.0.4/24",
		"ifconfig lagg0 create", "ifconfig lagg0 inet 10.0.0.4/24",
		NULL };

	(void)state;
	do_all(commands);
	assert_string_equal(via(&gateway), "hn0"); /* who was first */
	assert_int_equal(rig_do(&r, "ifconfig hn0 inet 10.0.0.4/24 -alias"), 0);
	assert_string_equal(via(&gateway), "lagg0");
	assert_int_equal(rig_do(&r, "ifconfig lagg0 inet 10.0.0.4/24 -alias"),
	    0);
	assert_string_equal(via(&gateway), "none");
}

static void
the_default_route_dies_with_its_interfaces_address(void **state)
{
	static const char *const commands[] = { "ifconfig hn0 inet 10.0.0.4/24",
		"ifconfig lagg0 create", "ifconfig lagg0 inet 10.0.0.4/24",
		"route add default 10.0.0.1",
		"ifconfig hn0 inet 10.0.0.4/24 -alias", NULL };

	(void)state;
	do_all(commands);
	assert_null(inet_default(r.m));
	/* Another address of the prefix going does not touch it. */
	assert_int_equal(rig_do(&r, "route add default 10.0.0.1"), 0);
	assert_int_equal(rig_do(&r, "ifconfig hn0 inet 10.7.0.4/24"), 0);
	assert_int_equal(rig_do(&r, "ifconfig hn0 inet 10.7.0.4/24 -alias"), 0);
	assert_non_null(inet_default(r.m));
}

static void
the_same_address_again_is_deleted_and_added_anew(void **state)
{
	static const char *const commands[] = { "ifconfig lagg0 create",
		"ifconfig lagg0 inet 10.0.0.4/24",
		"ifconfig hn0 inet 10.0.0.4/24", "ifconfig lagg0 up",
		"route add default 10.0.0.1", NULL };

	(void)state;
	do_all(commands);
	assert_string_equal(via(&gateway), "lagg0");
	/* dhclient's re-bind: the prefix goes to hn0, the default route is
	 * lost (FREEBSD-HN.md h 5). */
	assert_int_equal(rig_do(&r, "ifconfig lagg0 inet 10.0.0.4/24"), 0);
	assert_string_equal(via(&gateway), "hn0");
	assert_null(inet_default(r.m));
	assert_int_equal(inet_find(ifnet_find(r.m, "lagg0"), &guest), 1);
	/* Taking it from hn0 alone brings the prefix back at once. */
	assert_int_equal(rig_do(&r, "ifconfig hn0 inet 10.0.0.4/24 -alias"), 0);
	assert_string_equal(via(&gateway), "lagg0");
}

static void
an_address_that_is_not_there_cannot_be_taken_away(void **state)
{
	(void)state;
	assert_int_equal(rig_do(&r, "ifconfig hn0 inet 10.0.0.4/24 -alias"),
	    SIM_EADDRNOTAVAIL);
}

static void
the_longest_prefix_wins(void **state)
{
	static const char *const commands[] = { "ifconfig hn0 inet 10.0.0.4/8",
		"ifconfig mce0 inet 10.0.0.5/24", NULL };
	struct ipaddr other;

	(void)state;
	do_all(commands);
	assert_string_equal(via(&gateway), "mce0");
	assert_true(ipaddr_parse("10.9.9.9", &other));
	assert_string_equal(via(&other), "hn0");
}

static uint8_t
flags_of(const char *text)
{
	const struct ifnet *lagg = ifnet_find(r.m, "lagg0");
	struct ipaddr a;
	int i;

	assert_true(ipaddr_parse(text, &a));
	i = inet_find(lagg, &a);
	assert_true(i >= 0);
	return lagg->addr_flags[i];
}

/* An address sets up what somebody has set down, and gives back only its own
 * route; the snapshot tells of the others. */
static void
an_aggregate_shows_which_address_has_lost_its_route(void **state)
{
	static const char *const commands[] = { "ifconfig lagg0 create",
		"ifconfig lagg0 inet 10.0.0.4/24",
		"ifconfig lagg0 inet 10.7.0.4/32 alias",
		"ifconfig lagg0 inet 10.8.0.4/24 alias", "ifconfig lagg0 down",
		NULL };
	struct ifnet *lagg;
	uint64_t version;

	(void)state;
	do_all(commands);
	lagg = ifnet_find(r.m, "lagg0");
	assert_int_equal(flags_of("10.0.0.4"), SNAP_ADDR_UNROUTED);
	assert_int_equal(flags_of("10.7.0.4"), 0);
	assert_int_equal(rig_do(&r, "ifconfig lagg0 inet 10.8.0.4/24 alias"),
	    0);
	assert_true(lagg->up);
	assert_int_equal(flags_of("10.8.0.4"), 0);
	assert_int_equal(flags_of("10.0.0.4"), SNAP_ADDR_UNROUTED);
	assert_string_equal(via(&gateway), "none");
	/* Somebody else's route to the same network is one. */
	version = lagg->version;
	assert_int_equal(rig_do(&r, "ifconfig hn0 inet 10.0.0.9/24"), 0);
	assert_int_equal(flags_of("10.0.0.4"), 0);
	assert_true(lagg->version > version);
	version = lagg->version;
	/* It is handed on, as the kernel does to any address of the network. */
	assert_int_equal(rig_do(&r, "ifconfig hn0 inet 10.0.0.9/24 -alias"), 0);
	assert_int_equal(flags_of("10.0.0.4"), 0);
	assert_string_equal(via(&gateway), "lagg0");
	assert_int_equal(rig_do(&r, "ifconfig lagg0 down"), 0);
	assert_int_equal(flags_of("10.8.0.4"), SNAP_ADDR_UNROUTED);
	assert_int_equal(rig_do(&r, "ifconfig lagg0 up"), 0);
	assert_int_equal(flags_of("10.8.0.4"), 0);
	assert_int_equal(flags_of("10.0.0.4"), 0);
	/* Added again it has its route, and is its client's still. */
	assert_int_equal(rig_do(&r, "ifconfig lagg0 down"), 0);
	lagg->addr_flags[inet_find(lagg, &guest)] |= SNAP_ADDR_LEASED;
	assert_int_equal(rig_do(&r, "ifconfig lagg0 inet 10.0.0.4/24 alias"),
	    0);
	assert_int_equal(flags_of("10.0.0.4"), SNAP_ADDR_LEASED);
	assert_string_equal(via(&gateway), "lagg0");
}

static void
an_interface_that_goes_takes_its_routes_along(void **state)
{
	(void)state;
	assert_int_equal(rig_do(&r, "ifconfig mce0 inet 10.0.0.4/24"), 0);
	assert_int_equal(rig_do(&r, "route add default 10.0.0.1"), 0);
	ifnet_remove(vf);
	assert_string_equal(via(&gateway), "none");
	assert_null(inet_default(r.m));
}

/* --- what becomes of a packet --- */

static enum path
out(void)
{
	return netpath_out(r.m, &gateway);
}

static enum path
in(void)
{
	return netpath_in(r.m, hn, &guest);
}

static void
a_plain_hn_delivers_both_ways(void **state)
{
	(void)state;
	assert_int_equal(out(), PATH_NO_ROUTE);
	assert_int_equal(rig_do(&r, "ifconfig hn0 inet 10.0.0.4/24"), 0);
	assert_int_equal(out(), PATH_OK);
	assert_int_equal(in(), PATH_OK);
	assert_int_equal(netpath_in(r.m, hn, &far_away), PATH_NO_ADDRESS);
}

static void
a_route_over_an_interface_without_link_counts_as_absent(void **state)
{
	(void)state;
	assert_int_equal(rig_do(&r, "ifconfig hn0 inet 10.0.0.4/24"), 0);
	ifnet_set_link(hn, LINK_DOWN);
	assert_int_equal(out(), PATH_ROUTE_LINK_DOWN);
	assert_true(path_is_refusal(out()));
	hn->cap_linkstate = false;
	assert_int_equal(out(), PATH_OK);
}

static void
a_vf_that_is_up_and_no_port_is_a_black_hole_for_hns_address(void **state)
{
	(void)state;
	assert_int_equal(rig_do(&r, "ifconfig hn0 inet 10.0.0.4/24"), 0);
	assert_int_equal(rig_do(&r, "ifconfig mce0 up"), 0);
	assert_int_equal(out(), PATH_ROUTE_LINK_DOWN);
	/* IPv4 unicast is still taken: the weak host model. */
	assert_int_equal(in(), PATH_OK);
}

static void
lagg_of(const char *const *ports)
{
	static const char *const commands[] = { "ifconfig lagg0 create",
		"ifconfig lagg0 inet 10.0.0.4/24", "ifconfig hn0 up", NULL };

	do_all(commands);
	do_all(ports);
	rig_run(&r, 20 * DUR_MS);
}

static void
a_lagg_follows_its_active_port(void **state)
{
	static const char *const ports[] = { "ifconfig lagg0 laggport hn0",
		"ifconfig lagg0 laggport mce0", NULL };

	(void)state;
	lagg_of(ports);
	assert_int_equal(out(), PATH_OK);
	assert_int_equal(in(), PATH_OK);
	assert_int_equal(rig_do(&r, "ifconfig mce0 up"), 0);
	rig_run(&r, 20 * DUR_MS);
	assert_string_equal(rig_active(&r, "lagg0"), "mce0");
	assert_int_equal(out(), PATH_OK);
	assert_int_equal(in(), PATH_OK);
	vf_set_carrier(r.m, "mce0", false);
	assert_int_equal(out(), PATH_NO_ACTIVE_PORT);
	rig_run(&r, DUR_MS); /* lagg0 has told its own link by now */
	assert_int_equal(out(), PATH_ROUTE_LINK_DOWN);
	assert_int_equal(in(), PATH_NO_CARRIER);
}

static void
a_lagg_without_ports_refuses_and_a_down_one_too(void **state)
{
	static const char *const none[] = { NULL };

	(void)state;
	lagg_of(none);
	assert_int_equal(out(), PATH_NO_PORTS);
	assert_int_equal(rig_do(&r, "ifconfig lagg0 down"), 0);
	assert_int_equal(out(), PATH_NO_ROUTE);
}

static void
an_address_left_on_a_port_has_no_output(void **state)
{
	static const char *const commands[] = { "ifconfig hn0 inet 10.0.0.4/24",
		"ifconfig lagg0 create", "ifconfig lagg0 laggport hn0", NULL };

	(void)state;
	do_all(commands);
	assert_int_equal(out(), PATH_PORT_HAS_NO_OUTPUT);
}

static void
before_the_pretended_link_loss_the_input_rule_drops_the_vfs_frames(void **state)
{
	static const char *const ports[] = { "ifconfig lagg0 laggport hn0",
		"ifconfig lagg0 laggport mce0", NULL };
	int result;

	(void)state;
	lagg_of(ports);
	rig_begin(&r, "ifconfig mce0 up", &result);
	rig_run(&r,
	    RIG_SYSCALL + RIG_VF_OPEN + RIG_FILTER + RIG_DATAPATH +
		RIG_RSS / 2);
	assert_int_equal(in(), PATH_LAGG_INPUT_RULE);
	r.m->failover_rx_all = 1;
	assert_int_equal(in(), PATH_OK);
	assert_int_equal(out(), PATH_OK);
}

static void
what_the_host_has_unplugged_or_taken_is_lost(void **state)
{
	(void)state;
	assert_int_equal(rig_do(&r, "ifconfig hn0 inet 10.0.0.4/24"), 0);
	hn_host_media(hn, false);
	assert_int_equal(out(), PATH_VNIC_UNPLUGGED);
	assert_int_equal(in(), PATH_VNIC_UNPLUGGED);
	assert_false(path_is_refusal(out()));
	hn_host_media(hn, true);
	assert_int_equal(rig_do(&r, "ifconfig mce0 up"), 0);
	vf_rescind(r.m, "mce0");
	assert_int_equal(in(), PATH_VF_GONE);
}

static void
an_hn_that_is_down_receives_nothing(void **state)
{
	(void)state;
	assert_int_equal(rig_do(&r, "ifconfig hn0 inet 10.0.0.4/24"), 0);
	assert_int_equal(rig_do(&r, "route add default 10.0.0.1"), 0);
	assert_int_equal(rig_do(&r, "ifconfig hn0 down"), 0);
	assert_int_equal(in(), PATH_FILTER_CLOSED);
	/* The static route is still there. */
	assert_int_equal(out(), PATH_IF_DOWN);
}

static void
without_an_hn_any_nic_of_the_mac_may_take_a_frame(void **state)
{
	static const char *const commands[] = { "ifconfig lagg0 create",
		"ifconfig lagg0 laggport em0", "ifconfig em0 up",
		"ifconfig lagg0 inet 10.0.0.4/24", NULL };
	struct ifnet *em = rig_vf(&r, "em0", 2), *igb = rig_vf(&r, "igb0", 2);

	(void)state;
	assert_int_equal(netpath_in_by_any(r.m, &guest), PATH_NO_ADDRESS);
	do_all(commands);
	rig_run(&r, DUR_SEC);
	assert_int_equal(netpath_in_by_any(r.m, &guest), PATH_OK);
	/* The other one takes over as soon as it is up and a port: up to then
	 * its frames are nobody's. */
	em->vf.carrier = false;
	ifnet_set_link(em, LINK_DOWN);
	assert_int_equal(netpath_in_by_any(r.m, &guest), PATH_NIC_STOPPED);
	assert_int_equal(rig_do(&r, "ifconfig lagg0 laggport igb0"), 0);
	assert_int_equal(rig_do(&r, "ifconfig igb0 up"), 0);
	rig_run(&r, DUR_SEC);
	assert_string_equal(rig_active(&r, "lagg0"), "igb0");
	assert_int_equal(netpath_in_by_any(r.m, &guest), PATH_OK);
	/* Who sees them last says why nobody takes them; the master does, even
	 * while another one carries (FACTS.md D.2). */
	igb->vf.carrier = false;
	assert_int_equal(netpath_in_by_any(r.m, &guest), PATH_NO_CARRIER);
	em->vf.carrier = true;
	assert_int_equal(netpath_in_by_any(r.m, &guest), PATH_OK);
	assert_int_equal(rig_do(&r, "ifconfig lagg0 down"), 0);
	assert_int_not_equal(netpath_in_by_any(r.m, &guest), PATH_OK);
}

static void
one_that_negotiates_passes_nothing_after_it_has_link(void **state)
{
	struct ifnet *em = rig_vf(&r, "em0", 2);

	(void)state;
	strcpy(em->vf.driver, "negotiator");
	assert_int_equal(rig_do(&r, "ifconfig em0 inet 10.0.0.4/24"), 0);
	rig_run(&r, 100 * DUR_MS);
	assert_int_equal(em->link, LINK_UP);
	assert_int_equal(out(), PATH_NO_CARRIER);
	assert_int_equal(netpath_in_by_any(r.m, &guest), PATH_NO_CARRIER);
	/* Started anew it begins again. */
	assert_int_equal(rig_do(&r, "ifconfig em0 down"), 0);
	assert_int_equal(rig_do(&r, "ifconfig em0 up"), 0);
	rig_run(&r, 350 * DUR_MS);
	assert_int_equal(out(), PATH_NO_CARRIER);
	rig_run(&r, 150 * DUR_MS);
	assert_int_equal(out(), PATH_OK);
	assert_int_equal(netpath_in_by_any(r.m, &guest), PATH_OK);
}

static void
every_path_has_a_text_of_its_own(void **state)
{
	int a, b;

	(void)state;
	for (a = 0; a < PATH_KINDS; a++)
		for (b = 0; b < a; b++)
			assert_string_not_equal(path_text((enum path)a),
			    path_text((enum path)b));
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(an_address_brings_its_prefix_and_its_interface_up),
		T(a_default_route_needs_a_way_to_its_gateway),
		T(the_prefix_route_moves_to_the_heir),
		T(the_default_route_dies_with_its_interfaces_address),
		T(the_same_address_again_is_deleted_and_added_anew),
		T(an_address_that_is_not_there_cannot_be_taken_away),
		T(the_longest_prefix_wins),
		T(an_aggregate_shows_which_address_has_lost_its_route),
		T(an_interface_that_goes_takes_its_routes_along),
		T(a_plain_hn_delivers_both_ways),
		T(a_route_over_an_interface_without_link_counts_as_absent),
		T(a_vf_that_is_up_and_no_port_is_a_black_hole_for_hns_address),
		T(a_lagg_follows_its_active_port),
		T(a_lagg_without_ports_refuses_and_a_down_one_too),
		T(an_address_left_on_a_port_has_no_output),
		T(before_the_pretended_link_loss_the_input_rule_drops_the_vfs_frames),
		T(what_the_host_has_unplugged_or_taken_is_lost),
		T(an_hn_that_is_down_receives_nothing),
		T(without_an_hn_any_nic_of_the_mac_may_take_a_frame),
		T(one_that_negotiates_passes_nothing_after_it_has_link),
		T(every_path_has_a_text_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
