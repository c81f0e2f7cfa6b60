/* SPDX-License-Identifier: BSD-2-Clause */
/* What rc does to interfaces, and devd's commands (netif.h, rcscript.h;
 * FACTS.md E.4, E.5 H8, H18). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/dur.h"
#include "base/strbuf.h"
#include "failover/rcvars.h"
#include "sim/guest/netif.h"
#include "sim/guest/rcscript.h"
#include "sim/machine/dhclient.h"
#include "sim/machine/dhcp.h"
#include "sim/machine/hn.h"
#include "sim/machine/inet.h"
#include "sim_rig.h"

#define RUNNING (-1)

static struct rig r;
static struct ifnet *hn;
static struct rcvars rc;
static int status; /* of the newest command */

static int
setup(void **state)
{
	(void)state;
	memset(&rc, 0, sizeof(rc));
	rig_init(&r, NULL);
	r.m->rc = &rc;
	hn = rig_hn(&r, "hn0", 1);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	rig_fini(&r);
	rcvars_fini(&rc);
	return 0;
}

static void
set(const char *name, const char *value)
{
	rcvars_set(&rc, name, value, 1, 1);
}

static const char *
text_of(struct netif_plan *p)
{
	static char text[900];
	struct strbuf sb = { 0 };
	size_t i;

	for (i = 0; i < p->n; i++) {
		if (i > 0)
			strbuf_adds(&sb, "; ");
		operation_text(&p->ops[i], &sb);
	}
	snprintf(text, sizeof(text), "%s", strbuf_str(&sb));
	strbuf_fini(&sb);
	netif_plan_fini(p);
	return text;
}

static const char *
start_of(const char *ifname)
{
	struct netif_plan p = { 0 };

	netif_plan_start(r.m, ifname, &p);
	return text_of(&p);
}

static const char *
boot(void)
{
	struct netif_plan p = { 0 };

	netif_plan_boot(r.m, &p);
	return text_of(&p);
}

static void
command_ended(struct ktask *k)
{
	status = k->sub;
}

static void
begin(const char *command)
{
	status = RUNNING;
	rcscript_begin(r.m, command, command_ended, NULL);
	rig_run(&r, DUR_MS);
}

/* --- plans --- */

static void
everything_of_an_interface_comes_in_rcs_order(void **state)
{
	(void)state;
	set("ifconfig_hn0", "inet 10.0.0.4/24 mtu 9000 -lro");
	set("ifconfig_hn0_alias0", "inet 10.0.0.5/32");
	set("ifconfig_hn0_ipv6", "inet6 2001:db8::4/64 accept_rtadv");
	set("ifconfig_hn0_descr", "uplink");
	set("defaultrouter", "10.0.0.1");
	hn->capenable = 0x400;
	assert_string_equal(boot(),
	    "hn0 mtu 9000; hn0 capabilities 0x0; hn0 address-add 10.0.0.4/24; "
	    "hn0 address-add 10.0.0.5/32; hn0 address-add 2001:db8::4/64; "
	    "hn0 accept_rtadv; hn0 rtsol; hn0 description \"uplink\"; "
	    "default-route add 10.0.0.1 via ");
	assert_false(hn->ifdisabled);
	set("rtsold_enable", "YES");
	assert_null(strstr(start_of("hn0"), "rtsol"));
}

static void
without_configuration_only_ipv6_is_switched_off(void **state)
{
	(void)state;
	assert_string_equal(boot(), "");
	assert_true(hn->ifdisabled);
	set("ifconfig_hn0", "NOAUTO inet 10.0.0.4/24");
	assert_string_equal(boot(), "");
	set("ifconfig_hn0", "down");
	assert_string_equal(boot(), "hn0 down");
	set("ipv6_activate_all_interfaces", "YES");
	boot();
	assert_false(hn->ifdisabled);
}

static void
plain_dhcp_only_brings_the_interface_up(void **state)
{
	(void)state;
	set("ifconfig_hn0", "DHCP");
	assert_string_equal(boot(), "hn0 up");
	set("ifconfig_hn0", "SYNCDHCP");
	assert_string_equal(boot(), "hn0 up; hn0 dhclient start and wait");
	set("dhclient_flags_hn0", "-b");
	assert_string_equal(boot(), "hn0 up; hn0 dhclient start");
}

static void
clones_come_first_and_vlans_after_their_parent(void **state)
{
	(void)state;
	set("cloned_interfaces", "lagg7 tap1");
	set("ifconfig_lagg7", "laggproto failover laggport em0 10.7.0.4/24");
	set("ifconfig_hn0", "up");
	set("vlans_hn0", "10 office");
	set("create_args_office", "vlan 20");
	set("ifconfig_hn0_10", "10.10.0.4/24");
	set("ifconfig_office", "10.20.0.4/24");
	assert_string_equal(boot(),
	    "lagg7 create failover; tap1 create; hn0 up; hn0.10 create; "
	    "hn0.10 address-add 10.10.0.4/24; vlan20 create; "
	    "vlan20 vlan 20 vlandev hn0; vlan20 name office; "
	    "office address-add 10.20.0.4/24; lagg7 port-add em0; "
	    "lagg7 address-add 10.7.0.4/24");
}

static void
a_link_local_router_is_of_its_interface(void **state)
{
	(void)state;
	set("ipv6_defaultrouter", "fe80::1%hn0");
	assert_string_equal(boot(), "default-route add fe80::1 via hn0");
}

static void
the_boot_leaves_what_it_planned(void **state)
{
	struct netif_plan p = { 0 };
	struct ipaddr a;

	(void)state;
	ipaddr_parse("10.10.0.4", &a);
	set("ifconfig_hn0", "inet 10.0.2.15/24");
	set("vlans_hn0", "10");
	set("ifconfig_hn0_10", "inet 10.10.0.4/24");
	set("defaultrouter", "10.0.2.2");
	netif_plan_boot(r.m, &p);
	netif_run(r.m, &p, NULL, NULL);
	assert_int_equal(p.n, 0);
	rig_run(&r, DUR_SEC);
	assert_int_equal(inet_find(hn, &hn->addrs[0]), 0);
	assert_true(hn->up);
	assert_ptr_equal(inet_default(r.m)->ifp, hn);
	assert_ptr_equal(ifnet_find(r.m, "hn0.10")->vlan.parent, hn);
	assert_true(inet_is_mine(r.m, &a));
}

/* --- devd's commands --- */

static void
a_client_is_started_only_where_rc_conf_asks_for_one(void **state)
{
	(void)state;
	set("ifconfig_hn0", "inet 10.0.2.15/24");
	begin("service dhclient quietstart $'hn0'");
	assert_int_equal(status, 1);
	set("ifconfig_hn0", "DHCP");
	begin("service dhclient quietstart $'hn0'");
	assert_int_equal(status, RUNNING); /* until there is a lease */
	assert_string_equal(dhclient_state(r.m, "hn0"), "init");
	rig_run(&r, 3 * DUR_SEC);
	assert_int_equal(status, 0);
	begin("service dhclient quietstart hn0");
	assert_int_equal(status, 0);
	begin("service dhclient quietstart lagg0");
	assert_int_equal(status, 1);
}

static void
background_dhclient_does_not_wait(void **state)
{
	(void)state;
	set("ifconfig_hn0", "DHCP");
	set("background_dhclient_hn0", "YES");
	begin("service dhclient quietstart hn0");
	rig_run(&r, 100 * DUR_MS);
	assert_int_equal(status, 0);
	assert_string_equal(dhclient_state(r.m, "hn0"), "init");
}

static void
a_client_without_link_fails_the_command(void **state)
{
	(void)state;
	set("ifconfig_hn0", "DHCP");
	ifnet_set_link(hn, LINK_DOWN);
	begin("service dhclient quietstart hn0");
	rig_run(&r, 10 * DUR_SEC);
	assert_int_equal(status, RUNNING);
	rig_run(&r, 2 * DUR_SEC);
	assert_int_equal(status, 1);
}

static void
a_killed_command_takes_its_client_along(void **state)
{
	struct ktask *k;

	(void)state;
	set("ifconfig_hn0", "DHCP");
	k = rcscript_begin(r.m, "service dhclient quietstart hn0",
	    command_ended, NULL);
	rig_run(&r, 200 * DUR_MS);
	assert_true(dhclient_runs(r.m, "hn0"));
	rcscript_abandon(r.m, k);
	assert_false(dhclient_runs(r.m, "hn0"));
}

static void
pccard_ether_configures_what_is_not_up(void **state)
{
	(void)state;
	set("ifconfig_DEFAULT", "DHCP");
	begin("/etc/pccard_ether $'hn0' start");
	rig_run(&r, 100 * DUR_MS);
	assert_int_equal(status, 0);
	assert_true(hn->up);
	set("ifconfig_hn0", "inet 10.0.2.15/24");
	begin("/etc/pccard_ether hn0 start"); /* it is up: left alone */
	rig_run(&r, 100 * DUR_MS);
	assert_int_equal(hn->n_addrs, 0);
	begin("/etc/pccard_ether em9 start");
	assert_int_equal(status, 1);
}

static void
netif_stops_and_starts_an_interface(void **state)
{
	(void)state;
	set("ifconfig_hn0", "inet 10.0.2.15/24");
	begin("service netif start hn0");
	rig_run(&r, 100 * DUR_MS);
	assert_int_equal(hn->n_addrs, 1);
	begin("service netif stop hn0");
	rig_run(&r, DUR_SEC);
	assert_int_equal(hn->n_addrs, 0);
	assert_false(hn->up);
	begin("service netif restart hn0");
	rig_run(&r, DUR_SEC);
	assert_int_equal(hn->n_addrs, 1);
	assert_int_equal(status, 0);
}

static void
other_commands_do_nothing(void **state)
{
	static const char *const commands[] = { "", "logger x",
		"service dhclient status hn0", "service hostname start hn0",
		"service dhclient quietstart hn0 and more words" };
	size_t i;

	(void)state;
	set("ifconfig_hn0", "DHCP");
	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		begin(commands[i]);
		assert_int_equal(status, 0);
		assert_false(dhclient_runs(r.m, "hn0"));
	}
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(everything_of_an_interface_comes_in_rcs_order),
		T(without_configuration_only_ipv6_is_switched_off),
		T(plain_dhcp_only_brings_the_interface_up),
		T(clones_come_first_and_vlans_after_their_parent),
		T(a_link_local_router_is_of_its_interface),
		T(the_boot_leaves_what_it_planned),
		T(a_client_is_started_only_where_rc_conf_asks_for_one),
		T(background_dhclient_does_not_wait),
		T(a_client_without_link_fails_the_command),
		T(a_killed_command_takes_its_client_along),
		T(pccard_ether_configures_what_is_not_up),
		T(netif_stops_and_starts_an_interface),
		T(other_commands_do_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
