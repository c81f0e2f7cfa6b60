/* SPDX-License-Identifier: BSD-2-Clause */
/* All of what rc.conf asks for on one interface (FACTS.md E.4). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/dur.h"
#include "base/strbuf.h"
#include "failover/rc_words.h"
#include "failover/rcvars.h"

static struct rcvars rc;
static struct rc_net net;
static struct strbuf told;

static int
setup(void **state)
{
	(void)state;
	memset(&rc, 0, sizeof(rc));
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	rcvars_fini(&rc);
	strbuf_fini(&told);
	return 0;
}

static void
set(const char *name, const char *value)
{
	rcvars_set(&rc, name, value, 3, 9);
}

/* Reads ifname into net; what was complained of. */
static const char *
read_if(const char *ifname)
{
	struct diag d = { .emit = diag_emit_strbuf, .ctx = &told };

	strbuf_reset(&told);
	rcvars_net(&rc, ifname, &d, &net);
	return strbuf_str(&told);
}

/* The addresses with the word of their source: "10.0.0.1/24:main ...". */
static const char *
addresses(void)
{
	static const char *const from[] = { "main", "addrs", "alias", "aliases",
		"ipv6" };
	static char text[512];
	struct strbuf sb = { 0 };
	char addr[IPADDR_TEXT];
	size_t i;

	for (i = 0; i < net.n_addrs; i++)
		strbuf_addf(&sb, "%s%s:%s", i > 0 ? " " : "",
		    ipaddr_format(&net.addrs[i], true, addr),
		    from[net.sources[i]]);
	snprintf(text, sizeof(text), "%s", strbuf_str(&sb));
	strbuf_fini(&sb);
	return text;
}

static void
dhcp_waits_or_does_not(void **state)
{
	static const struct {
		const char *value, *synchronous;
		enum rc_dhcp want;
	} rows[] = { { "inet 10.0.0.4/24", "YES", RC_DHCP_NONE },
		{ "DHCP", "NO", RC_DHCP_ASYNC }, { "dhcp", "", RC_DHCP_ASYNC },
		{ "DHCP", "yes", RC_DHCP_SYNC },
		{ "NOSYNCDHCP", "YES", RC_DHCP_ASYNC },
		{ "syncdhcp mtu 1400", "NO", RC_DHCP_SYNC } };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		set("ifconfig_hn0", rows[i].value);
		set("synchronous_dhclient", rows[i].synchronous);
		assert_string_equal(read_if("hn0"), "");
		assert_int_equal(net.dhcp, rows[i].want);
	}
	assert_int_equal(net.mtu, 1400);
	set("dhclient_flags", "-q");
	read_if("hn0");
	assert_string_equal(net.dhclient_flags, "-q");
	set("dhclient_flags_hn0", "-b");
	read_if("hn0");
	assert_string_equal(net.dhclient_flags, "-b");
}

static void
each_address_knows_where_it_comes_from(void **state)
{
	(void)state;
	set("ifconfig_hn0", "inet 10.0.0.4/24");
	set("ifconfig_hn0_alias0", "inet 10.0.0.5 netmask 255.255.255.255");
	set("ifconfig_hn0_aliases", "inet 10.0.0.6/32 inet6 2001:db8::6/64");
	set("ipv4_addrs_hn0", "10.1.0.1-3/24 10.2.0.1/16");
	set("ifconfig_hn0_ipv6", "inet6 2001:db8::4 prefixlen 64");
	assert_string_equal(read_if("hn0"), "");
	assert_string_equal(addresses(),
	    "10.0.0.4/24:main 10.1.0.1/24:addrs 10.1.0.2/32:addrs "
	    "10.1.0.3/32:addrs 10.2.0.1/16:addrs 10.0.0.5/32:alias "
	    "10.0.0.6/32:aliases 2001:db8::6/64:aliases "
	    "2001:db8::4/64:ipv6");
	assert_int_equal(net.n_main, 1);
}

static void
a_prefix_length_belongs_to_an_address_of_its_own_variable(void **state)
{
	(void)state;
	set("ifconfig_hn0", "inet 10.0.0.4/24");
	set("ifconfig_hn0_alias0", "prefixlen 32");
	assert_non_null(strstr(read_if("hn0"), "ifconfig_hn0_alias0"));
	assert_string_equal(addresses(), "10.0.0.4/24:main");
}

/* As ifconfig(8) and the kernel do. */
static void
a_length_that_is_not_given_is_the_usual_one(void **state)
{
	(void)state;
	set("ifconfig_hn0", "inet 10.1.2.3");
	set("ifconfig_hn0_alias0", "inet 172.16.0.5");
	set("ifconfig_hn0_alias1", "inet 192.168.0.5");
	set("ifconfig_hn0_alias2", "inet 10.9.0.5 netmask 255.255.255.0");
	set("ifconfig_hn0_ipv6", "inet6 2001:db8::4");
	assert_string_equal(read_if("hn0"), "");
	assert_string_equal(addresses(),
	    "10.1.2.3/8:main 172.16.0.5/16:alias 192.168.0.5/24:alias "
	    "10.9.0.5/24:alias 2001:db8::4/64:ipv6");
}

static void
what_an_aggregate_would_need_as_well_is_seen(void **state)
{
	(void)state;
	set("ifconfig_hn0", "inet 10.1.2.3/24 fib 0");
	assert_string_equal(read_if("hn0"), "");
	assert_null(net.uncarried);
	set("ifconfig_hn0", "inet 10.1.2.3/24 fib 2");
	assert_string_equal(read_if("hn0"), "");
	assert_non_null(strstr(net.uncarried, "fib"));
	set("ifconfig_hn0", "inet 10.1.2.3/24 group lan");
	assert_string_equal(read_if("hn0"), "");
	assert_non_null(strstr(net.uncarried, "group"));
}

static void
ipv6_is_on_where_it_is_configured(void **state)
{
	(void)state;
	set("ifconfig_hn0", "inet 10.0.0.4/24");
	read_if("hn0");
	assert_false(net.ipv6);
	set("ipv6_activate_all_interfaces", "yes");
	read_if("hn0");
	assert_true(net.ipv6);
	assert_false(net.accept_rtadv || net.rtsold);
	set("ipv6_activate_all_interfaces", "NO");
	set("ifconfig_hn0_ipv6", "inet6 accept_rtadv");
	set("ipv6_defaultrouter", "fe80::1%hn0");
	assert_string_equal(read_if("hn0"), "");
	assert_true(net.ipv6 && net.accept_rtadv);
	assert_false(net.rtsold);
	assert_int_equal(net.gateway6.family, 6);
	set("rtsold_enable", "YES");
	read_if("hn0");
	assert_true(net.rtsold);
	set("ipv6_defaultrouter", "10.0.0.1");
	assert_non_null(strstr(read_if("hn0"), "not an IPv6 address"));
	assert_int_equal(net.gateway6.family, 0);
}

static void
vlans_have_a_tag_or_a_name(void **state)
{
	(void)state;
	set("vlans_hn0", "10 office 4094");
	set("create_args_office", "vlanpcp 3 vlan 20");
	set("ifconfig_hn0_10", "inet 10.10.0.4/24");
	assert_string_equal(read_if("hn0"), "");
	assert_int_equal(net.n_vlans, 3);
	assert_string_equal(net.vlans[0].name, "hn0.10");
	assert_int_equal(net.vlans[0].tag, 10);
	assert_string_equal(net.vlans[1].name, "office");
	assert_int_equal(net.vlans[1].tag, 20);
	assert_string_equal(net.vlans[2].name, "hn0.4094");
	read_if("hn0.10");
	assert_string_equal(addresses(), "10.10.0.4/24:main");
	set("vlans_hn0", "0");
	assert_non_null(strstr(read_if("hn0"), "\"0\" is no VLAN"));
	set("vlans_hn0", "guests");
	assert_non_null(strstr(read_if("hn0"), "create_args_guests"));
}

static void
a_vlan_is_named_for_one_interface(void **state)
{
	(void)state;
	set("vlans_hn0", "10 office");
	set("create_args_office", "vlan 20");
	assert_true(rc_names_vlan(&rc, "hn0.10"));
	assert_false(rc_names_vlan(&rc, "hn0.11"));
	assert_false(rc_names_vlan(&rc, "hn1.10"));
	assert_false(rc_names_vlan(&rc, "office"));
	assert_false(rc_names_vlan(&rc, "hn0."));
	assert_false(rc_names_vlan(&rc, "an-interface-name.10"));
}

static void
quoted_arguments_are_words_to_rc(void **state)
{
	(void)state;
	set("ifconfig_hn0", "inet 10.0.0.4/24");
	read_if("hn0");
	assert_false(net.quoted);
	set("ifconfig_hn0", "inet 10.0.0.4/24 description \"a b\" mtu 1400");
	assert_string_equal(read_if("hn0"), "");
	assert_true(net.quoted);
	assert_string_equal(net.descr, "a b");
	assert_int_equal(net.mtu, 1400);
	set("ifconfig_hn0", "inet '10.0.0.4'/24 descr a\\ 'b\"'");
	assert_string_equal(read_if("hn0"), "");
	assert_string_equal(net.descr, "a b\"");
	assert_string_equal(addresses(), "10.0.0.4/24:main");
	set("ifconfig_hn0_descr", "the uplink");
	read_if("hn0");
	assert_string_equal(net.descr, "the uplink");
}

static void
words_of_the_shell_are_refused_not_guessed(void **state)
{
	static const char *const bad[] = { "a$b", "`x`", "a;b", "a|b", "\"$a\"",
		"a*", "~", "{a,b}", "\"open", "'open", "end\\", "#no" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const char *at = bad[i];
		char word[RC_WORD];
		bool quoted = false;

		if (rc_word_next(&at, word, &quoted) != RC_WORD_UNKNOWN)
			fail_msg("%s is taken for %s", bad[i], word);
	}
}

static void
the_rest_of_ifconfig_is_understood(void **state)
{
	(void)state;
	set("ifconfig_hn0",
	    "NOAUTO down -tso lro vnet web mtu 9000 media auto");
	assert_string_equal(read_if("hn0"), "");
	assert_true(net.no_auto && net.down);
	assert_int_equal(net.caps_off, 0x300);
	assert_int_equal(net.caps_on, 0x400);
	assert_string_equal(net.vnet, "web");
	assert_int_equal(net.mtu, 9000);
	set("ifconfig_lagg0",
	    "laggproto failover laggport em0 laggport em1 10.0.0.4/24");
	assert_string_equal(read_if("lagg0"), "");
	assert_int_equal(net.n_ports, 2);
	assert_string_equal(net.ports[1], "em1");
	set("ipv6_prefix_hn0", "2001:db8:1:2");
	assert_non_null(strstr(read_if("hn0"), "ipv6_prefix_hn0: is not"));
}

static void
the_default_is_told_from_a_variable_of_its_own(void **state)
{
	(void)state;
	set("ifconfig_DEFAULT", "DHCP");
	read_if("mce0");
	assert_true(net.configured && net.by_default);
	set("ifconfig_mce0", "up");
	read_if("mce0");
	assert_true(net.configured && !net.by_default);
}

static void
the_last_file_that_sets_a_variable_wins(void **state)
{
	(void)state;
	rcvars_set_in(&rc, RC_CONF_LOCAL, "/etc/rc.conf.local", "a", "local", 1,
	    1);
	rcvars_set_in(&rc, RC_CONF, "/etc/rc.conf", "a", "conf", 1, 1);
	rcvars_set_in(&rc, RC_DEFAULTS, "/etc/defaults/rc.conf", "a", "first",
	    1, 1);
	assert_string_equal(rcvars_get(&rc, "a"), "local");
	assert_string_equal(rcvars_get_in(&rc, RC_CONF, "a"), "conf");
	assert_null(rcvars_get_in(&rc, RC_CONF_D, "a"));
	rcvars_set_in(&rc, RC_CONF_D, NULL, "a", "last", 1, 1);
	assert_string_equal(rcvars_get(&rc, "a"), "last");
	rcvars_set_in(&rc, RC_CONF, "/etc/rc.conf", "ifconfig_hn0", "inet x", 7,
	    2);
	assert_int_equal(strncmp(read_if("hn0"),
			     "/etc/rc.conf:7:2: error: ", 25),
	    0);
}

static void
stock_takes_the_delay_from_rc_conf_alone(void **state)
{
	(void)state;
	assert_int_equal(rc_vf_delay_stock(&rc), 2 * DUR_SEC);
	rcvars_set_in(&rc, RC_CONF_LOCAL, NULL, "hyperv_vf_delay", "30", 1, 1);
	assert_int_equal(rc_vf_delay_stock(&rc), 2 * DUR_SEC);
	read_if("hn0");
	assert_int_equal(net.vf_delay_ns, 30 * DUR_SEC);
	set("hyperv_vf_delay", "7");
	assert_int_equal(rc_vf_delay_stock(&rc), 7 * DUR_SEC);
	read_if("hn0");
	assert_int_equal(net.vf_delay_ns, 30 * DUR_SEC);
}

static void
cloned_interfaces_are_counted_off(void **state)
{
	char name[IFNAME_MAX];

	(void)state;
	assert_false(rc_cloned(&rc, 0, name));
	set("cloned_interfaces", " lagg0:sticky\tvlan7 ");
	assert_true(rc_cloned(&rc, 0, name));
	assert_string_equal(name, "lagg0");
	assert_true(rc_cloned(&rc, 1, name));
	assert_string_equal(name, "vlan7");
	assert_false(rc_cloned(&rc, 2, name));
}

static void
yes_is_said_in_four_ways(void **state)
{
	static const char *const yes[] = { "YES", "true", "On", "1" };
	static const char *const no[] = { "NO", "", "2", "yess" };
	size_t i;

	(void)state;
	assert_false(rcvars_is_yes(&rc, "a"));
	for (i = 0; i < 4; i++) {
		set("a", yes[i]);
		assert_true(rcvars_is_yes(&rc, "a"));
		set("a", no[i]);
		assert_false(rcvars_is_yes(&rc, "a"));
	}
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(dhcp_waits_or_does_not),
		T(each_address_knows_where_it_comes_from),
		T(a_prefix_length_belongs_to_an_address_of_its_own_variable),
		T(a_length_that_is_not_given_is_the_usual_one),
		T(what_an_aggregate_would_need_as_well_is_seen),
		T(ipv6_is_on_where_it_is_configured),
		T(vlans_have_a_tag_or_a_name),
		T(a_vlan_is_named_for_one_interface),
		T(quoted_arguments_are_words_to_rc),
		T(words_of_the_shell_are_refused_not_guessed),
		T(the_rest_of_ifconfig_is_understood),
		T(the_default_is_told_from_a_variable_of_its_own),
		T(the_last_file_that_sets_a_variable_wins),
		T(stock_takes_the_delay_from_rc_conf_alone),
		T(cloned_interfaces_are_counted_off),
		T(yes_is_said_in_four_ways),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
