/* SPDX-License-Identifier: BSD-2-Clause */
/* What rc.conf says of a synthetic NIC (FACTS.md E.2, E.4). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/dur.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "failover/rcvars.h"

static struct rcvars rc;
static struct rc_net net;
static struct strbuf told;

static int
setup(void **state)
{
	(void)state;
	memset(&rc, 0, sizeof(rc));
	rc.file = mem_str("rc.conf");
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

/* What hn0 has, as "ADDR ADDR via GATEWAY", or what is told. */
static const char *
read_hn0(void)
{
	static char text[512];
	struct diag d = { .emit = diag_emit_strbuf, .ctx = &told };
	struct strbuf sb = { 0 };
	char addr[IPADDR_TEXT];
	size_t i;

	strbuf_reset(&told);
	rcvars_net(&rc, "hn0", &d, &net);
	for (i = 0; i < net.n_addrs; i++)
		strbuf_addf(&sb, "%s%s", i > 0 ? " " : "",
		    ipaddr_format(&net.addrs[i], true, addr));
	if (net.gateway.family != 0)
		strbuf_addf(&sb, " via %s",
		    ipaddr_format(&net.gateway, false, addr));
	snprintf(text, sizeof(text), "%s",
	    d.errors > 0 ? strbuf_str(&told) : strbuf_str(&sb));
	strbuf_fini(&sb);
	return text;
}

static void
an_address_is_read_in_every_form(void **state)
{
	static const char *const forms[] = { "inet 10.1.19.4/24",
		"10.1.19.4/24", "inet 10.1.19.4 netmask 255.255.255.0",
		"inet 10.1.19.4 netmask 0xffffff00 up",
		"up inet 10.1.19.4/24 mtu 9000 -tso",
		"inet 10.1.19.4 prefixlen 24", "INET 10.1.19.4/24 NOAUTO" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		set("ifconfig_hn0", forms[i]);
		assert_string_equal(read_hn0(), "10.1.19.4/24");
		assert_true(net.configured);
		assert_false(net.dhcp);
	}
}

static void
the_dhcp_words_are_known_in_any_case(void **state)
{
	static const char *const words[] = { "DHCP", "dhcp", "SYNCDHCP",
		"NoSyncDHCP", "WPA DHCP" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		set("ifconfig_hn0", words[i]);
		assert_string_equal(read_hn0(), "");
		assert_true(net.dhcp);
	}
}

static void
the_default_router_goes_with_it(void **state)
{
	(void)state;
	set("ifconfig_hn0", "inet 10.1.19.4/24");
	set("defaultrouter", "10.1.19.1");
	assert_string_equal(read_hn0(), "10.1.19.4/24 via 10.1.19.1");
	set("defaultrouter", "NO");
	assert_string_equal(read_hn0(), "10.1.19.4/24");
	set("defaultrouter", "");
	assert_string_equal(read_hn0(), "10.1.19.4/24");
}

static void
aliases_and_ipv6_come_after_the_main_addresses(void **state)
{
	(void)state;
	set("ifconfig_hn0", "inet 10.1.19.4/24");
	set("ifconfig_hn0_alias0", "inet 10.1.19.5/32");
	set("ifconfig_hn0_alias1", "inet 10.1.19.6/32");
	set("ifconfig_hn0_alias3", "inet 10.1.19.8/32"); /* rc stops at 2 */
	set("ifconfig_hn0_ipv6", "inet6 2001:db8::15 prefixlen 64");
	set("ipv4_addrs_hn0", "10.2.0.1/16");
	assert_string_equal(read_hn0(),
	    "10.1.19.4/24 10.2.0.1/16 10.1.19.5/32 10.1.19.6/32 "
	    "2001:db8::15/64");
	assert_int_equal(net.n_main, 1);
}

static void
without_a_variable_of_its_own_the_default_holds(void **state)
{
	(void)state;
	assert_string_equal(read_hn0(), "");
	assert_false(net.configured);
	assert_null(rcvars_ifconfig(&rc, "hn0"));
	set("ifconfig_DEFAULT", "DHCP");
	read_hn0();
	assert_true(net.configured && net.dhcp);
	set("ifconfig_hn0", "inet 10.0.0.1/8");
	assert_string_equal(rcvars_ifconfig(&rc, "hn0"), "inet 10.0.0.1/8");
}

static void
characters_that_no_variable_has_become_underscores(void **state)
{
	(void)state;
	set("ifconfig_hn0_5", "up");
	set("ifconfig_a_b_c_d", "down");
	assert_string_equal(rcvars_ifconfig(&rc, "hn0.5"), "up");
	assert_string_equal(rcvars_ifconfig(&rc, "a-b/c+d"), "down");
}

static void
what_is_not_understood_is_told_with_its_place(void **state)
{
	static const char *const bad[] = { "inet 10.1.19.300/24",
		"inet 10.1.19.4/33", "netmask 255.255.255.0",
		"inet 10.1.19.4 netmask", "inet 10.1.19.4 netmask 255.0.255.0",
		"inet $ADDR", "`hostname`",
		"inet 10.1.19.4/24 description \"a b", "vlan 5",
		"inet 10.1.19.4/24 mtu", "mtu nine", "laggport",
		"inet 10.1.19.9-5/24", "10.1.19.1-2", "up; reboot",
		"inet 10.1.19.4 prefixlen", "prefixlen 24",
		"inet 10.1.19.4 prefixlen 64",
		"inet6 2001:db8::1 netmask 255.255.255.0" };
	static const char place[] = "rc.conf:3:9: error: ifconfig_hn0: ";
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		set("ifconfig_hn0", bad[i]);
		if (strncmp(read_hn0(), place, strlen(place)) != 0)
			fail_msg("\"%s\" gives %s", bad[i], read_hn0());
	}
	set("ifconfig_hn0", "inet 10.1.19.4/24");
	set("defaultrouter", "gw.example.org");
	assert_non_null(strstr(read_hn0(), "error: defaultrouter: "));
}

static void
more_addresses_than_there_is_room_for_are_refused(void **state)
{
	struct strbuf many = { 0 };
	int i;

	(void)state;
	for (i = 0; i <= RC_ADDRS; i++)
		strbuf_addf(&many, "inet 10.0.0.%d/24 ", i + 1);
	set("ifconfig_hn0", strbuf_str(&many));
	assert_non_null(strstr(read_hn0(), "error: "));
	assert_int_equal(net.n_addrs, RC_ADDRS);
	strbuf_fini(&many);
}

static void
the_vf_delay_is_at_least_two_seconds(void **state)
{
	static const struct {
		const char *value;
		int64_t seconds;
	} rows[] = { { "120", 120 }, { "2", 2 }, { "1", 2 }, { "-5", 2 },
		{ "abc", 2 }, { "", 2 }, { "100000", 100000 }, { "5s", 2 } };
	size_t i;

	(void)state;
	read_hn0();
	assert_int_equal(net.vf_delay_ns, 2 * DUR_SEC);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		set("hyperv_vf_delay", rows[i].value);
		read_hn0();
		assert_int_equal(net.vf_delay_ns, rows[i].seconds * DUR_SEC);
	}
}

static void
setting_again_replaces(void **state)
{
	(void)state;
	set("a", "1");
	set("a", "2");
	assert_string_equal(rcvars_get(&rc, "a"), "2");
	assert_int_equal(rc.n_vars, 1);
	assert_null(rcvars_get(&rc, "b"));
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(an_address_is_read_in_every_form),
		T(the_dhcp_words_are_known_in_any_case),
		T(the_default_router_goes_with_it),
		T(aliases_and_ipv6_come_after_the_main_addresses),
		T(without_a_variable_of_its_own_the_default_holds),
		T(characters_that_no_variable_has_become_underscores),
		T(what_is_not_understood_is_told_with_its_place),
		T(more_addresses_than_there_is_room_for_are_refused),
		T(the_vf_delay_is_at_least_two_seconds),
		T(setting_again_replaces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
