/* SPDX-License-Identifier: BSD-2-Clause */
/* What the planner carries over from the hn to its aggregate. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "native_rig.h"

static int
dhcp_setup(void **state)
{
	setup(state);
	rcvars_fini(&rc);
	rcvars_set(&rc, "ifconfig_hn0", "DHCP", 1, 1);
	renew();
	get("hn0")->up = true;
	return 0;
}

/* As rc.d/netif leaves it: the hn has a lease, and its client runs. */
static void
put_lease(const char *address)
{
	put_flagged("hn0", address, SNAP_ADDR_LEASED);
	put_default("10.0.0.1", "hn0");
	get("hn0")->dhclient = true;
}

static void
expect_client_on_lagg(void)
{
	assert_true(get("lagg0")->dhclient);
	assert_false(get("hn0")->dhclient);
	assert_int_equal(get("hn0")->n_addrs, 0);
	assert_string_equal(sys.s.default_if, "lagg0");
}

/* --- DHCP --- */

static void
at_boot_one_client_begins_on_the_aggregate(void **state)
{
	(void)state;
	get("hn0")->dhclient = true; /* still asking */
	settle(HORIZON);
	expect_client_on_lagg();
	assert_true(has("lagg0", "10.0.0.9/24"));
	assert_int_equal(sys.of_kind[OP_DHCP_START], 1);
}

static void
a_lease_of_the_hn_serves_until_the_aggregate_has_its_own(void **state)
{
	(void)state;
	put_lease("10.0.0.9/24");
	sys.silent = true;
	settle(HORIZON);
	assert_true(has("lagg0", "10.0.0.9/24"));
	expect_client_on_lagg();
	sys.silent = false;
	get("lagg0")->dhclient = false; /* it gave up */
	settle(HORIZON);
	expect_client_on_lagg();
	assert_int_equal(get("lagg0")->n_addrs, 1);
	assert_int_equal(get("lagg0")->addr_flags[0], SNAP_ADDR_LEASED);
}

static void
the_order_of_the_take_over_leaves_no_moment_without_address(void **state)
{
	int64_t wake;

	(void)state;
	put_lease("10.0.0.9/24");
	while (act(&wake)) {
		/* A port carries nothing of its own. */
		if (get("lagg0") != NULL && get("lagg0")->n_ports > 0)
			assert_true(has("lagg0", "10.0.0.9/24"));
		if (sys.last.kind == OP_DHCP_START)
			assert_true(sys.of_kind[OP_DEFAULT_ADD] == 1);
	}
	assert_int_equal(sys.of_kind[OP_DHCP_START], 1);
	expect_client_on_lagg();
}

static void
a_borrowed_address_goes_when_the_server_gives_another(void **state)
{
	(void)state;
	put_lease("10.0.0.7/24");
	settle(HORIZON);
	expect_client_on_lagg();
	assert_true(has("lagg0", "10.0.0.9/24"));
	assert_false(has("lagg0", "10.0.0.7/24"));
}

static void
a_client_that_starts_on_the_hn_again_is_undone(void **state)
{
	(void)state;
	settle(HORIZON);
	put_flagged("hn0", "10.0.0.9/24", SNAP_ADDR_LEASED);
	get("hn0")->dhclient = true;
	settle(10 * DUR_MS);
	expect_client_on_lagg();
	put_flagged("hn0", "10.0.0.33/24", SNAP_ADDR_LEASED);
	settle(10 * DUR_MS);
	expect_client_on_lagg();
}

static void
a_client_that_dies_at_once_is_started_ever_more_seldom(void **state)
{
	int i;

	(void)state;
	sys.silent = true;
	for (i = 0; i < 600; i++) {
		settle(DUR_SEC);
		get("lagg0")->dhclient = false;
	}
	assert_in_range(sys.of_kind[OP_DHCP_START], 8, 20);
}

static void
a_client_that_has_lost_its_address_is_started_anew(void **state)
{
	(void)state;
	settle(HORIZON);
	get("lagg0")->n_addrs = 0; /* somebody took it away; it goes on */
	settle(80 * DUR_SEC);
	assert_int_equal(sys.of_kind[OP_DHCP_START], 1);
	settle(20 * DUR_SEC);
	assert_int_equal(sys.of_kind[OP_DHCP_START], 2);
	assert_true(has("lagg0", "10.0.0.9/24"));
	sys.silent = true;
	get("lagg0")->n_addrs = 0;
	settle(
	    3600 * DUR_SEC); /* ever more seldom, once a quarter of an hour */
	assert_in_range(sys.of_kind[OP_DHCP_START], 6, 9);
}

static void
a_place_holder_goes_when_there_is_a_lease(void **state)
{
	(void)state;
	settle(HORIZON);
	put_addr("lagg0", "0.0.0.0/8");
	settle(HORIZON);
	assert_int_equal(get("lagg0")->n_addrs, 1);
}

static void
without_a_link_no_client_is_started(void **state)
{
	(void)state;
	settle(HORIZON);
	get("lagg0")->dhclient = false;
	get("lagg0")->n_ports = 0; /* so follow() leaves the link alone */
	get("lagg0")->link = LINK_DOWN;
	sys.fails = OP_PORT_ADD;
	sys.result = 6;
	get("hn0")->lagg[0] = '\0';
	sys.of_kind[OP_DHCP_START] = 0;
	settle(HORIZON);
	assert_int_equal(sys.of_kind[OP_DHCP_START], 0);
}

static void
a_lost_default_route_is_the_clients_first(void **state)
{
	(void)state;
	settle(HORIZON);
	memset(&sys.s.default_gateway, 0, sizeof(struct ipaddr));
	sys.s.default_if[0] = '\0';
	settle(900 * DUR_MS);
	assert_string_equal(sys.s.default_if, "");
	settle(200 * DUR_MS);
	assert_string_equal(sys.s.default_if, "lagg0");
}

static void
a_leased_route_that_nobody_saw_is_asked_for_once(void **state)
{
	(void)state;
	settle(HORIZON);
	memset(&sys.s.default_gateway, 0, sizeof(struct ipaddr));
	sys.s.default_if[0] = '\0';
	renew();
	settle(15 * DUR_SEC);
	assert_int_equal(sys.of_kind[OP_DHCP_STOP], 0);
	settle(15 * DUR_SEC);
	assert_int_equal(sys.of_kind[OP_DHCP_STOP], 1);
	assert_string_equal(sys.s.default_if, "lagg0");
	/* Where there is no router, once is enough. */
	renew();
	sys.no_router = true;
	memset(&sys.s.default_gateway, 0, sizeof(struct ipaddr));
	sys.s.default_if[0] = '\0';
	settle(3600 * DUR_SEC);
	assert_int_equal(sys.of_kind[OP_DHCP_STOP], 2);
}

static void
a_client_on_the_vf_is_ended_and_its_lease_taken_away(void **state)
{
	(void)state;
	settle(HORIZON);
	put_vf();
	put_flagged("mce0", "10.0.0.50/24", SNAP_ADDR_LEASED);
	get("mce0")->dhclient = get("mce0")->up = true;
	settle(HORIZON);
	assert_false(get("mce0")->dhclient);
	assert_int_equal(get("mce0")->n_addrs, 0);
	assert_true(snap_port_find(get("lagg0"), "mce0")->active);
}

/* --- IPv6 --- */

static void
a_router_is_listened_to_on_the_aggregate_and_only_there(void **state)
{
	(void)state;
	rcvars_set(&rc, "ifconfig_hn0_ipv6", "inet6 accept_rtadv", 3, 1);
	renew();
	get("hn0")->accept_rtadv = true;
	settle(HORIZON);
	assert_true(get("lagg0")->accept_rtadv && get("lagg0")->no_dad);
	assert_false(get("hn0")->accept_rtadv);
	assert_int_equal(sys.of_kind[OP_RTSOL], 1);
	assert_true(has("lagg0", "2001:db8::1/64"));
}

/* As rc.d/netif leaves it, restarted for a port: while IPv6 is disabled there
 * nothing shows that the port has accepted advertisements. */
static void
a_route_that_a_port_has_learnt_is_learnt_anew_on_the_aggregate(void **state)
{
	(void)state;
	rcvars_set(&rc, "ifconfig_hn0_ipv6", "inet6 accept_rtadv", 3, 1);
	renew();
	settle(HORIZON);
	sys.s.default_gateway6 = addr("fe80::1");
	strcpy(sys.s.default_if6, "hn0");
	settle(HORIZON);
	assert_string_equal(sys.s.default_if6, "lagg0");
	assert_int_equal(sys.of_kind[OP_RTSOL], 2);
}

/* RFC 4861, 6.3.7 */
static void
a_router_that_is_no_default_one_is_asked_three_times(void **state)
{
	(void)state;
	rcvars_set(&rc, "ifconfig_hn0_ipv6", "inet6 accept_rtadv", 3, 1);
	renew();
	sys.no_router = true;
	settle(3600 * DUR_SEC);
	assert_int_equal(sys.of_kind[OP_RTSOL], 3);
}

static void
a_silent_router_is_asked_three_times(void **state)
{
	(void)state;
	rcvars_set(&rc, "ifconfig_hn0_ipv6", "inet6 accept_rtadv", 3, 1);
	renew();
	sys.silent = true;
	settle(3600 * DUR_SEC);
	assert_int_equal(sys.of_kind[OP_RTSOL], 3);
}

static void
static_ipv6_and_its_default_route_move_too(void **state)
{
	(void)state;
	rcvars_set(&rc, "ifconfig_hn0_ipv6", "inet6 2001:db8:7::4/64", 3, 1);
	rcvars_set(&rc, "ipv6_defaultrouter", "2001:db8:7::1", 4, 1);
	renew();
	put_addr("hn0", "2001:db8:7::4/64");
	sys.s.default_gateway6 = addr("2001:db8:7::1");
	strcpy(sys.s.default_if6, "hn0");
	settle(HORIZON);
	assert_true(has("lagg0", "2001:db8:7::4/64"));
	assert_string_equal(sys.s.default_if6, "lagg0");
	assert_int_equal(get("hn0")->n_addrs, 0);
}

static void
an_address_held_for_a_duplicate_is_made_again(void **state)
{
	struct snap_if *lagg;

	(void)state;
	rcvars_set(&rc, "ifconfig_hn0_ipv6", "inet6 2001:db8:7::4/64", 3, 1);
	renew();
	settle(HORIZON);
	lagg = get("lagg0");
	put_flagged("lagg0", "fe80::4/64", SNAP_ADDR_DUPLICATED);
	lagg->addr_flags[0] |= SNAP_ADDR_DUPLICATED;
	lagg->addr_flags[1] |= SNAP_ADDR_DUPLICATED;
	lagg->no_dad = false;
	sys.of_kind[OP_ADDR_DEL] = 0;
	settle(HORIZON);
	assert_true(lagg->no_dad);
	assert_true(has("lagg0", "fe80::4/64"));
	assert_true(has("lagg0", "2001:db8:7::4/64"));
	assert_int_equal(lagg->addr_flags[0] | lagg->addr_flags[1] |
		lagg->addr_flags[2],
	    0);
}

/* But not for long: without IPv6 it is still better than without anything. */
static void
the_aggregate_stays_down_while_it_would_find_itself(void **state)
{
	(void)state;
	rcvars_set(&rc, "ifconfig_hn0_ipv6", "inet6 accept_rtadv", 3, 1);
	renew();
	sys.fails = OP_NO_DAD;
	sys.result = 16;
	settle(DUR_SEC);
	assert_false(get("lagg0")->up);
	assert_string_equal(get("hn0")->lagg, "");
	settle(HORIZON);
	assert_string_equal(get("hn0")->lagg, "lagg0");
	/* Without IPv6 it is no matter. */
	teardown(state);
	setup(state);
	sys.fails = OP_NO_DAD;
	sys.result = 16;
	settle(DUR_SEC / 10);
	assert_string_equal(get("hn0")->lagg, "lagg0");
}

static void
a_link_local_address_is_nobodys_configuration(void **state)
{
	(void)state;
	put_vf();
	put_addr("mce0", "fe80::20d:3aff:fe01:203/64");
	settle(HORIZON);
	assert_true(snap_port_find(get("lagg0"), "mce0")->active);
}

/* --- VLANs --- */

static struct snap_if *
put_vlan(const char *name, const char *parent, unsigned tag)
{
	struct snap_if *i = add_if(name, IF_VLAN, mac);

	strcpy(i->vlan_parent, parent);
	i->vlan_tag = tag;
	return i;
}

static void
vlans_of_the_hn_move_with_tag_and_address(void **state)
{
	(void)state;
	put_vlan("hn0.10", "hn0", 10);
	put_addr("hn0.10", "10.10.0.4/24");
	put_vlan("office", "hn0", 20);
	get("office")->mtu = 1400;
	put_vlan("em0.10", "em0", 10);
	settle(HORIZON);
	assert_int_equal(get("office")->mtu, 1400);
	assert_int_equal(sys.of_kind[OP_MTU], 1);
	assert_string_equal(get("hn0.10")->vlan_parent, "lagg0");
	assert_int_equal(get("hn0.10")->vlan_tag, 10);
	assert_true(has("hn0.10", "10.10.0.4/24"));
	assert_string_equal(get("office")->vlan_parent, "lagg0");
	assert_int_equal(get("office")->vlan_tag, 20);
	assert_string_equal(get("em0.10")->vlan_parent, "em0");
	assert_int_equal(sys.of_kind[OP_VLAN], 4);
}

/* rc.d/netif found no hn at boot. */
static void
vlans_that_rc_could_not_make_are_made_before_the_hn_is_a_port(void **state)
{
	(void)state;
	rcvars_set(&rc, "vlans_hn0", "30 office", 3, 1);
	rcvars_set(&rc, "create_args_office", "vlan 20", 4, 1);
	renew();
	settle(HORIZON);
	assert_string_equal(get("hn0.30")->vlan_parent, "lagg0");
	assert_int_equal(get("hn0.30")->vlan_tag, 30);
	assert_int_equal(sys.of_kind[OP_CLONE], 1);

	/* Whoever destroys it later wants it so. */
	take_away("hn0.30");
	settle(HORIZON);
	assert_int_equal(sys.of_kind[OP_CLONE], 1);
}

static void
a_vlan_that_cannot_be_made_does_not_keep_the_hn_away_for_long(void **state)
{
	(void)state;
	rcvars_set(&rc, "vlans_hn0", "30", 3, 1);
	renew();
	sys.fails = OP_CLONE;
	sys.result = 19; /* ENODEV */
	settle(100 * DUR_MS);
	assert_string_equal(get("hn0")->lagg, "");
	settle(2 * DUR_SEC);
	assert_string_equal(get("hn0")->lagg, "lagg0");
}

static void
vlans_come_back_to_an_aggregate_that_was_destroyed(void **state)
{
	(void)state;
	put_vlan("hn0.10", "hn0", 10);
	settle(HORIZON);
	renew();
	settle(HORIZON);
	strcpy(get("hn0.10")->vlan_parent, "");
	get("hn0.10")->vlan_tag = 0;
	get("hn0")->lagg[0] = '\0';
	get("lagg0")->n_ports = 0;
	take_away("lagg0");
	settle(HORIZON);
	assert_string_equal(get("hn0.10")->vlan_parent, "lagg0");
	assert_int_equal(get("hn0.10")->vlan_tag, 10);
}

static void
a_vlan_left_half_moved_is_known_by_rc_conf(void **state)
{
	(void)state;
	rcvars_set(&rc, "vlans_hn0", "30", 3, 1);
	renew();
	put_vlan("hn0.30", "", 0);
	put_vlan("stray", "", 0);
	settle(HORIZON);
	assert_string_equal(get("hn0.30")->vlan_parent, "lagg0");
	assert_int_equal(get("hn0.30")->vlan_tag, 30);
	assert_string_equal(get("stray")->vlan_parent, "");
}

/* --- MTU and capabilities --- */

static void
the_hns_mtu_is_set_before_it_joins(void **state)
{
	(void)state;
	rcvars_set(&rc, "ifconfig_hn0", "inet 10.0.0.4/24 mtu 9000", 1, 1);
	renew();
	settle(HORIZON);
	assert_int_equal(get("lagg0")->mtu, 9000);
	/* What a person sets later holds. */
	get("lagg0")->mtu = get("hn0")->mtu = 4000;
	settle(HORIZON);
	assert_int_equal(get("lagg0")->mtu, 4000);
	assert_int_equal(sys.of_kind[OP_MTU], 1);
}

/* It was being changed as the hn joined. What is under way takes its time. */
static void
a_port_with_another_mtu_gets_the_aggregates(void **state)
{
	(void)state;
	settle(HORIZON);
	put_vf();
	settle(HORIZON);
	get("hn0")->mtu = get("lagg0")->mtu + 100;
	settle(9 * DUR_SEC);
	get("lagg0")->mtu = get("mce0")->mtu = get("hn0")->mtu; /* it was */
	settle(HORIZON);
	assert_int_equal(sys.of_kind[OP_MTU], 0);
	get("mce0")->mtu = 9000;
	settle(9 * DUR_SEC);
	assert_int_equal(sys.of_kind[OP_MTU], 0);
	settle(2 * DUR_SEC);
	assert_int_equal(get("mce0")->mtu, get("lagg0")->mtu);
	assert_int_equal(get("hn0")->mtu, get("lagg0")->mtu);
	settle(HORIZON);
	assert_int_equal(sys.of_kind[OP_MTU], 1);
	/* The host has a limit that nobody tells. */
	sys.inert = OP_MTU;
	get("hn0")->mtu = 1000;
	settle(3600 * DUR_SEC);
	assert_int_equal(sys.of_kind[OP_MTU], 3);
	get("lagg0")->mtu = 1200;
	settle(HORIZON);
	assert_int_equal(sys.of_kind[OP_MTU], 5);
}

static void
a_vf_that_does_not_join_is_not_upped(void **state)
{
	(void)state;
	settle(HORIZON);
	put_vf();
	get("mce0")->up = true;
	sys.fails = OP_PORT_ADD;
	sys.result = 22; /* its MTU cannot be set */
	settle(3600 * DUR_SEC);
	assert_false(get("mce0")->up);
	assert_true(snap_port_find(get("lagg0"), "hn0")->active);
	assert_in_range(times_told("operation failed"), 2, 15);
}

static void
capabilities_lost_to_a_vf_come_back_when_it_has_left(void **state)
{
	(void)state;
	get("hn0")->caps = get("hn0")->capenable = 0x70f;
	settle(HORIZON);
	put_vf();
	get("mce0")->caps = get("mce0")->capenable = 0x10f;
	settle(HORIZON);
	assert_int_equal(get("hn0")->capenable, 0x10f);
	get("hn0")->capenable = 0x10e; /* a person's doing: stays off */
	settle(DUR_SEC);
	take_away("mce0");
	settle(DUR_SEC);
	assert_int_equal(get("hn0")->capenable, 0x70e);
	settle(HORIZON);
	assert_int_equal(sys.of_kind[OP_CAPS], 1);
}

/* Of the aggregate as it is seen nothing has changed then. */
static void
capabilities_lost_to_a_vf_that_left_at_once_come_back(void **state)
{
	int64_t wake_ns;

	(void)state;
	get("hn0")->caps = get("hn0")->capenable = 0x70f;
	settle(HORIZON);
	put_vf();
	get("mce0")->caps = get("mce0")->capenable = 0x10f;
	while (act(&wake_ns) && get("mce0")->lagg[0] == '\0')
		continue;
	assert_string_equal(get("mce0")->lagg, "lagg0");
	take_away("mce0");
	settle(HORIZON);
	assert_int_equal(get("hn0")->capenable, 0x70f);
	get("hn0")->capenable = 0x70e; /* and nothing more, ever */
	settle(HORIZON);
	assert_int_equal(get("hn0")->capenable, 0x70e);
	assert_int_equal(sys.of_kind[OP_CAPS], 1);
}

/* The one is gone and the next one there when it is looked at again. */
static void
capabilities_lost_to_vfs_in_a_row_come_back(void **state)
{
	(void)state;
	get("hn0")->caps = get("hn0")->capenable = 0x70f;
	settle(HORIZON);
	put_vf();
	get("mce0")->caps = get("mce0")->capenable = 0x30f;
	settle(HORIZON);
	get("hn0")->capenable = 0x30e; /* a person's doing: stays off */
	settle(DUR_SEC);
	take_away("mce0");
	put_vf();
	get("mce0")->index++;
	get("mce0")->caps = get("mce0")->capenable = 0x10c;
	settle(HORIZON);
	assert_string_equal(get("mce0")->lagg, "lagg0");
	assert_int_equal(get("hn0")->capenable, 0x10c);
	take_away("mce0");
	settle(DUR_SEC);
	assert_int_equal(get("hn0")->capenable, 0x70e);
	settle(HORIZON);
	assert_int_equal(sys.of_kind[OP_CAPS], 1);
}

/* --- a changed configuration --- */

static void
reread(void)
{
	native_set_rc(n, &rc);
	settle(DUR_SEC); /* at once, not when all is looked at anew */
	settle(HORIZON);
}

static void
only_the_difference_is_made(void **state)
{
	unsigned before;

	(void)state;
	rcvars_set(&rc, "ifconfig_hn0_alias0", "inet 10.0.0.5/32", 3, 1);
	renew();
	settle(HORIZON);
	put_addr("lagg0", "172.16.0.1/16"); /* somebody's */
	before = sys.operations;
	rcvars_set(&rc, "ifconfig_hn0_alias0", "inet 10.0.0.6/32", 3, 1);
	settle(0); /* all has just been looked at */
	native_set_rc(n, &rc);
	settle(DUR_SEC);
	assert_int_equal(sys.operations - before, 2);
	assert_true(has("lagg0", "10.0.0.6/32"));
	assert_false(has("lagg0", "10.0.0.5/32"));
	assert_true(has("lagg0", "172.16.0.1/16"));
	reread();
	assert_int_equal(sys.operations - before, 2);
}

static void
a_changed_default_router_replaces_the_old_one(void **state)
{
	(void)state;
	settle(HORIZON);
	rcvars_set(&rc, "defaultrouter", "10.0.0.2", 2, 1);
	reread();
	assert_string_equal(sys.s.default_if, "lagg0");
	assert_int_equal(sys.s.default_gateway.bytes[3], 2);
	/* Another one that a person has set is his. */
	sys.s.default_gateway = addr("10.0.0.77");
	rcvars_set(&rc, "defaultrouter", "10.0.0.3", 2, 1);
	reread();
	assert_int_equal(sys.s.default_gateway.bytes[3], 77);
}

static void
an_address_on_a_port_moves_when_it_takes_the_network(void **state)
{
	(void)state;
	put_addr("hn0", "10.0.0.5/24"); /* of an rc.conf that nobody has read */
	put_addr("hn0", "172.16.0.1/16");
	put_addr("hn0", "10.0.0.6/32");
	settle(HORIZON);
	assert_false(has("hn0", "10.0.0.5/24"));
	assert_true(has("lagg0", "10.0.0.5/24"));
	assert_string_equal(sys.s.default_if, "lagg0");
	/* Somebody's, and in nobody's way. */
	assert_true(has("hn0", "172.16.0.1/16"));
	assert_false(has("lagg0", "172.16.0.1/16"));
	assert_true(has("hn0", "10.0.0.6/32"));
}

static void
an_address_beside_dhcp_may_be_a_lease_and_stays(void **state)
{
	(void)state;
	settle(HORIZON);
	put_addr("hn0", "10.0.0.5/24");
	settle(HORIZON);
	assert_true(has("hn0", "10.0.0.5/24"));
	assert_false(has("lagg0", "10.0.0.5/24"));
}

static void
a_former_address_does_not_come_back_by_a_port(void **state)
{
	(void)state;
	settle(HORIZON);
	rcvars_set(&rc, "ifconfig_hn0", "inet 10.0.0.5/24", 1, 1);
	reread();
	put_addr("hn0", "10.0.0.4/24"); /* rc(8), which has read it before */
	settle(HORIZON);
	assert_int_equal(get("hn0")->n_addrs, 0);
	assert_int_equal(get("lagg0")->n_addrs, 1);
	/* Named again it is wanted again. */
	rcvars_set(&rc, "ifconfig_hn0", "inet 10.0.0.4/24", 1, 1);
	put_addr("hn0", "10.0.0.4/24");
	reread();
	assert_int_equal(get("hn0")->n_addrs, 0);
	assert_int_equal(get("lagg0")->n_addrs, 1);
	assert_true(has("lagg0", "10.0.0.4/24"));
}

static void
another_prefix_length_takes_the_old_ones_place(void **state)
{
	(void)state;
	settle(HORIZON);
	rcvars_set(&rc, "ifconfig_hn0", "inet 10.0.0.4/16", 1, 1);
	reread();
	assert_int_equal(get("lagg0")->n_addrs, 1);
	assert_true(has("lagg0", "10.0.0.4/16"));
	assert_string_equal(sys.s.default_if, "lagg0");
}

static void
from_static_to_dhcp_and_back(void **state)
{
	(void)state;
	settle(HORIZON);
	rcvars_set(&rc, "ifconfig_hn0", "DHCP", 1, 1);
	sys.silent = true;
	reread();
	assert_true(has("lagg0", "10.0.0.4/24")); /* better than none */
	get("lagg0")->dhclient = sys.silent = false;
	settle(HORIZON);
	assert_true(has("lagg0", "10.0.0.9/24"));
	assert_int_equal(get("lagg0")->n_addrs, 1);
	rcvars_set(&rc, "ifconfig_hn0", "inet 10.0.0.4/24", 1, 1);
	reread();
	assert_false(get("lagg0")->dhclient);
	assert_true(has("lagg0", "10.0.0.4/24"));
	assert_int_equal(get("lagg0")->n_addrs, 1);
	assert_string_equal(sys.s.default_if, "lagg0");
}

/* The kernel has more of them than are looked at: what is not seen may be
 * there, and adding it would remove it first (FREEBSD.md, ioctls). */
static void
of_too_many_addresses_none_is_missing(void **state)
{
	char text[32];
	unsigned i;

	(void)state;
	settle(HORIZON);
	get("lagg0")->n_addrs = 0;
	for (i = 0; i < SNAP_ADDRS; i++) {
		snprintf(text, sizeof(text), "10.9.0.%u/32", i + 1);
		put_addr("lagg0", text);
	}
	sys.operations = 0;
	settle(3600 * DUR_SEC);
	assert_int_equal(sys.operations, 0);
	assert_true(told("lagg0 has more than 31 addresses"));
	get("lagg0")->n_addrs--;
	settle(HORIZON);
	assert_true(has("lagg0", "10.0.0.4/24"));
}

/* Nor is the lease. */
static void
of_too_many_addresses_one_is_the_lease(void **state)
{
	(void)state;
	settle(HORIZON);
	get("lagg0")->n_addrs = 0;
	while (get("lagg0")->n_addrs < SNAP_ADDRS)
		put_flagged("lagg0", "10.9.0.1/32", 0);
	sys.of_kind[OP_DHCP_STOP] = 0;
	settle(3600 * DUR_SEC);
	assert_int_equal(sys.of_kind[OP_DHCP_STOP], 0);
	assert_true(get("lagg0")->dhclient);
}

/* Who pins what the server has given: the lease's file still speaks of it. */
static void
from_dhcp_to_the_same_address_it_stays(void **state)
{
	unsigned before;

	(void)state;
	settle(HORIZON);
	assert_true(has("lagg0", "10.0.0.9/24"));
	before = sys.of_kind[OP_ADDR_DEL];
	rcvars_set(&rc, "ifconfig_hn0", "inet 10.0.0.9/24", 1, 1);
	reread();
	assert_false(get("lagg0")->dhclient);
	assert_int_equal(sys.of_kind[OP_ADDR_DEL], before);
	assert_true(has("lagg0", "10.0.0.9/24"));
}

/* Its net is that of the interface behind its %. */
static void
a_link_local_router_of_another_interface_is_not_ours(void **state)
{
	(void)state;
	rcvars_set(&rc, "ifconfig_hn0_ipv6", "inet6 fd00::4/64", 3, 1);
	rcvars_set(&rc, "ipv6_defaultrouter", "fe80::1%em0", 2, 1);
	renew();
	settle(HORIZON);
	put_addr("lagg0", "fe80::5/64");
	settle(HORIZON);
	assert_int_equal(sys.s.default_gateway6.family, 0);
	rcvars_set(&rc, "ipv6_defaultrouter", "fe80::1%hn0", 2, 1);
	reread();
	assert_int_equal(sys.s.default_gateway6.family, 6);
	assert_string_equal(sys.s.default_if6, "lagg0");
}

static void
a_changed_mtu_is_set_on_the_aggregate(void **state)
{
	(void)state;
	settle(HORIZON);
	rcvars_set(&rc, "ifconfig_hn0", "inet 10.0.0.4/24 mtu 9000", 1, 1);
	reread();
	assert_int_equal(get("lagg0")->mtu, 9000);
	assert_int_equal(sys.of_kind[OP_MTU], 1);
	/* That one is refused says nothing of the next one. */
	sys.fails = OP_MTU;
	sys.result = 22;
	rcvars_set(&rc, "ifconfig_hn0", "inet 10.0.0.4/24 mtu 9500", 1, 1);
	native_set_rc(n, &rc);
	settle(DUR_MS);
	sys.result = 0;
	rcvars_set(&rc, "ifconfig_hn0", "inet 10.0.0.4/24 mtu 4000", 1, 1);
	native_set_rc(n, &rc);
	settle(DUR_MS);
	assert_int_equal(get("lagg0")->mtu, 4000);
}

static void
a_configuration_that_is_not_understood_is_left_alone(void **state)
{
	(void)state;
	rcvars_set(&rc, "ifconfig_hn0", "inet 10.0.0.4/24 frobnicate", 1, 1);
	renew();
	settle(HORIZON);
	assert_int_equal(sys.operations, 0);
	assert_true(told("not understood"));
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
#define D(f) cmocka_unit_test_setup_teardown(f, dhcp_setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		D(at_boot_one_client_begins_on_the_aggregate),
		D(a_lease_of_the_hn_serves_until_the_aggregate_has_its_own),
		D(the_order_of_the_take_over_leaves_no_moment_without_address),
		D(a_borrowed_address_goes_when_the_server_gives_another),
		D(a_client_that_starts_on_the_hn_again_is_undone),
		D(a_client_that_dies_at_once_is_started_ever_more_seldom),
		D(a_client_that_has_lost_its_address_is_started_anew),
		D(a_place_holder_goes_when_there_is_a_lease),
		D(without_a_link_no_client_is_started),
		D(a_lost_default_route_is_the_clients_first),
		D(a_leased_route_that_nobody_saw_is_asked_for_once),
		D(a_client_on_the_vf_is_ended_and_its_lease_taken_away),
		T(a_router_is_listened_to_on_the_aggregate_and_only_there),
		T(a_route_that_a_port_has_learnt_is_learnt_anew_on_the_aggregate),
		T(a_router_that_is_no_default_one_is_asked_three_times),
		T(a_silent_router_is_asked_three_times),
		T(static_ipv6_and_its_default_route_move_too),
		T(an_address_held_for_a_duplicate_is_made_again),
		T(the_aggregate_stays_down_while_it_would_find_itself),
		T(a_link_local_address_is_nobodys_configuration),
		T(vlans_of_the_hn_move_with_tag_and_address),
		T(vlans_that_rc_could_not_make_are_made_before_the_hn_is_a_port),
		T(a_vlan_that_cannot_be_made_does_not_keep_the_hn_away_for_long),
		T(vlans_come_back_to_an_aggregate_that_was_destroyed),
		T(a_vlan_left_half_moved_is_known_by_rc_conf),
		T(the_hns_mtu_is_set_before_it_joins),
		T(a_port_with_another_mtu_gets_the_aggregates),
		T(a_vf_that_does_not_join_is_not_upped),
		T(capabilities_lost_to_a_vf_come_back_when_it_has_left),
		T(capabilities_lost_to_a_vf_that_left_at_once_come_back),
		T(capabilities_lost_to_vfs_in_a_row_come_back),
		T(only_the_difference_is_made),
		T(a_changed_default_router_replaces_the_old_one),
		T(an_address_on_a_port_moves_when_it_takes_the_network),
		D(an_address_beside_dhcp_may_be_a_lease_and_stays),
		T(a_former_address_does_not_come_back_by_a_port),
		T(another_prefix_length_takes_the_old_ones_place),
		T(from_static_to_dhcp_and_back),
		T(of_too_many_addresses_none_is_missing),
		D(of_too_many_addresses_one_is_the_lease),
		D(from_dhcp_to_the_same_address_it_stays),
		T(a_link_local_router_of_another_interface_is_not_ours),
		T(a_changed_mtu_is_set_on_the_aggregate),
		T(a_configuration_that_is_not_understood_is_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
