/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the guest's programs make of their arguments: which operations, in
 * which order, and what they refuse.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/guest/guest_parts.h"

/* --- words --- */

static void
split_to(const char *line, const char *wanted)
{
	struct strbuf got = { 0 };
	size_t argc, i;
	char **argv;

	if (!guest_split(line, &argc, &argv)) {
		if (wanted != NULL)
			fail_msg("%s: not taken", line);
		return;
	}
	for (i = 0; i < argc; i++)
		strbuf_addf(&got, "[%s]", argv[i]);
	if (wanted == NULL)
		fail_msg("%s: taken as %s", line, strbuf_str(&got));
	assert_string_equal(strbuf_str(&got), wanted);
	strbuf_fini(&got);
	guest_words_free(argc, argv);
}

static void
words_are_split_as_a_shell_does(void **state)
{
	(void)state;
	split_to("ifconfig  mce0\tup ", "[ifconfig][mce0][up]");
	split_to("", "");
	split_to("  ", "");
	split_to("a 'b c' \"d e\"f", "[a][b c][d ef]");
	split_to("a ''", "[a][]");
	split_to("a 'x$y;`|'", "[a][x$y;`|]");
	split_to("a \"it's; a < b\"", "[a][it's; a < b]");
	split_to("a b\\ c \\\"", "[a][b c][\"]");
	split_to("a \"b\\\"c\\d\\\\\"", "[a][b\"c\\d\\]");
	split_to("a=b#c x~", "[a=b#c][x~]");
	split_to("sysctl a.b=1 c.d=2", "[sysctl][a.b=1][c.d=2]");
}

static void
what_needs_a_shell_is_not_split(void **state)
{
	static const char *const lines[] = { "a; b", "a | b", "a && b", "a &",
		"a > b", "a < b", "a $b", "a \"$b\"", "a `b`", "a \"`b`\"",
		"a *", "a [b]", "a ?", "(a)", "a 'b", "a \"b", "a \\", "a # b",
		"a ~b", "a\nb", "a \"b\nc\"", "a \\\nb" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		split_to(lines[i], NULL);
}

/* --- operations --- */

/* Each step on a line: its operation, and what is only decided later. */
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
		if (g->steps[i].own_name)
			memcpy(g->steps[i].op.ifname, g->ifname, IFNAME_MAX);
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
an_ifconfig_does_its_words_in_their_order_and_the_address_last(void **state)
{
	(void)state;
	plan_is("ifconfig mce0 up", "mce0 up\n");
	plan_is("/sbin/ifconfig mce0 down", "mce0 down\n");
	plan_is("ifconfig lagg0 laggproto failover laggport vmx0 "
		"laggport vtnet0 10.0.2.15/24 up",
	    "lagg0 port-add vmx0\nlagg0 port-add vtnet0\nlagg0 up\n"
	    "lagg0 address-del 0.0.0.0/0?\nlagg0 address-add 10.0.2.15/24\n");
	plan_is("ifconfig lagg0 -laggport vtnet0 laggport vtnet0",
	    "lagg0 port-del vtnet0\nlagg0 port-add vtnet0\n");
	plan_is("ifconfig em0 mtu 1400 description 'the VF' ether "
		"52:54:00:aa:00:99 name vf0",
	    "em0 mtu 1400\nem0 description \"the VF\"\n"
	    "em0 ether 52:54:00:aa:00:99\nem0 name vf0\n");
	plan_is("ifconfig em0 -descr", "em0 description \"\"\n");
	plan_is("ifconfig em0 media 100baseTX mediaopt full-duplex",
	    "process ?\n");
}

static void
addresses_are_added_replaced_and_removed(void **state)
{
	(void)state;
	plan_is("ifconfig hn0 inet 10.0.0.5/24 alias",
	    "hn0 address-add 10.0.0.5/24\n");
	plan_is("ifconfig hn0 10.0.0.5 netmask 255.255.255.0 broadcast "
		"10.0.0.255 alias",
	    "hn0 address-add 10.0.0.5/24\n");
	plan_is("ifconfig hn0 10.0.0.5 netmask 0xffffff00 alias",
	    "hn0 address-add 10.0.0.5/24\n");
	plan_is("ifconfig hn0 10.0.0.5 alias", "hn0 address-add 10.0.0.5/8\n");
	plan_is("ifconfig hn0 172.16.0.5 add",
	    "hn0 address-add 172.16.0.5/16\n");
	plan_is("ifconfig hn0 192.168.0.5 alias",
	    "hn0 address-add 192.168.0.5/24\n");
	plan_is("ifconfig hn0 inet6 fd00::1", "hn0 address-add fd00::1/64\n");
	plan_is("ifconfig hn0 inet6 fd00::1 prefixlen 80 alias",
	    "hn0 address-add fd00::1/80\n");
	plan_is("ifconfig hn0 inet 10.0.2.15 delete",
	    "hn0 address-del 10.0.2.15/32\n");
	plan_is("ifconfig hn0 inet6 fd00::1 -alias",
	    "hn0 address-del fd00::1/128\n");
	plan_is("ifconfig hn0 -alias", "hn0 address-del 0.0.0.0/0?\n");
	plan_is("ifconfig hn0 inet 10.0.0.4/24",
	    "hn0 address-del 0.0.0.0/0?\nhn0 address-add 10.0.0.4/24\n");
}

static void
interfaces_are_made_and_destroyed(void **state)
{
	(void)state;
	plan_is("ifconfig lagg0 create", "lagg0 create\n");
	plan_is("ifconfig lagg create", "lagg create\n");
	plan_is("ifconfig lo7 create name lonew",
	    "lo7 create\nlo7 name lonew\n");
	plan_is("ifconfig lagg0 create inet 10.0.0.1/24 up",
	    "lagg0 create\nlagg0 up\nlagg0 address-del 0.0.0.0/0?\n"
	    "lagg0 address-add 10.0.0.1/24\n");
	plan_is("ifconfig vlan30 create vlan 30 vlandev lagg0 up",
	    "vlan30 create\nvlan30 vlan 30 vlandev lagg0\nvlan30 up\n");
	plan_is("ifconfig vlan10 vlan 10 vlandev em0",
	    "vlan10 vlan 10 vlandev em0\n");
	plan_is("ifconfig em0.20 create", "em0.20 create\n");
	plan_is("ifconfig vlan10 -vlandev", "vlan10 -vlandev\n");
	plan_is("ifconfig lagg0 destroy", "lagg0 destroy\n");
	plan_is("ifconfig tap0 destroy", "tap0 destroy\n");
}

static void
flags_of_an_interface_are_set_and_cleared(void **state)
{
	(void)state;
	plan_is("ifconfig lagg0 inet6 no_dad", "lagg0 no_dad\n");
	plan_is("ifconfig lagg0 inet6 -no_dad accept_rtadv -accept_rtadv",
	    "lagg0 -no_dad\nlagg0 accept_rtadv\nlagg0 -accept_rtadv\n");
	plan_is("ifconfig hn0 -tso lro",
	    "hn0 capabilities 0x300?\nhn0 capabilities 0x400?\n");
	plan_is("ifconfig hn0 -rxcsum6 vlanhwtag",
	    "hn0 capabilities 0x200000?\nhn0 capabilities 0x10?\n");
	plan_is("ifconfig em0 promisc group uplink",
	    "process ?\nprocess uplink?\n");
}

static void
other_programs_have_their_operations_too(void **state)
{
	(void)state;
	plan_is("route add default 10.0.2.2",
	    "default-route add 10.0.2.2 via \n");
	plan_is("route -n add -inet6 default fd00::2",
	    "default-route add fd00::2 via \n");
	plan_is("route delete default", "default-route delete\n");
	plan_is("route delete -inet6 default", "default-route delete inet6\n");
	plan_is("dhclient -b lagg0", "lagg0 dhclient start\n");
	plan_is("dhclient lagg0", "lagg0 dhclient start and wait\n");
	plan_is("service dhclient stop hn0",
	    "process service dhclient stop hn0\n");
	plan_is("service dhclient restart hn0",
	    "process service dhclient stop hn0\n"
	    "process service dhclient start hn0\n");
	plan_is("service netif quietstart hn0",
	    "process service netif quietstart hn0\n");
	plan_is("/etc/pccard_ether mce0 start",
	    "process /etc/pccard_ether mce0 start\n");
	plan_is("sysctl -n hw.hn.vflist", "process hw.hn.vflist?\n");
	plan_is("sysctl net.link.lagg.failover_rx_all=1",
	    "sysctl net.link.lagg.failover_rx_all=1?\n");
}

/* --- refusals --- */

struct refusal {
	const char *line, *told;
};

static void
refuses(const struct refusal *rows, size_t n)
{
	size_t argc, i;
	struct err e;
	char **argv;

	for (i = 0; i < n; i++) {
		assert_true(guest_split(rows[i].line, &argc, &argv));
		if (guest_check(argc, argv, &e) != ERR_INPUT)
			fail_msg("\"%s\" is taken", rows[i].line);
		if (strstr(e.text, rows[i].told) == NULL)
			fail_msg("%s: %s", rows[i].line, e.text);
		guest_words_free(argc, argv);
	}
}

static void
what_ifconfig_does_not_understand_is_refused_with_its_forms(void **state)
{
	static const struct refusal rows[] = {
		{ "", "it knows: ifconfig, sysctl" },
		{ "rm -rf /", "command \"rm\"; it knows: ifconfig" },
		{ "ifconfg -a", "did you mean ifconfig?" },
		{ "ifconfig mce0 sideways", "sideways: bad value" },
		{ "ifconfig lagg0 laggport", "'laggport' requires argument" },
		{ "ifconfig mce0 inet 10.0.0.300/24", "10.0.0.300/24: bad" },
		{ "ifconfig mce0 10.0.0.1/24 10.0.0.2", "10.0.0.2: bad value" },
		{ "ifconfig mce0 up inet 10.0.0.1/24", "inet: bad value" },
		{ "ifconfig mce0 inet6 10.0.0.1/24", "10.0.0.1/24: bad value" },
		{ "ifconfig mce0 fd00::1", "fd00::1: bad value" },
		{ "ifconfig mce0 inet 10.0.0.4 broadcast",
		    "requires argument" },
		{ "ifconfig mce0 netmask 255.0.255.0", "bad value" },
		{ "ifconfig mce0 prefixlen 33", "33: bad value" },
		{ "ifconfig averyveryverylongname0 up", "does not exist" },
		{ "ifconfig lagg0 laggport averyveryverylongname0",
		    "interface name too long" },
		{ "ifconfig lagg0 laggproto lacp", "Invalid aggregation" },
		{ "ifconfig lagg0 --laggport mce0", "bad value" },
		{ "ifconfig em0 ether 1:2", "1:2: bad value" },
		{ "ifconfig em0 mtu many", "many: bad value" },
		{ "ifconfig vlan1 vlan 4095 vlandev em0", "Invalid VLAN tag" },
		{ "ifconfig vlan1 vlan 5", "both vlan and vlandev" },
		{ "ifconfig vlan1 create vlan 5", "both vlan and vlandev" },
		{ "ifconfig vlan1 vlandev averyveryverylongname0 vlan 5",
		    "interface name too long" },
		{ "ifconfig em0 group averyveryverylongname0", "too long" },
		{ "ifconfig -z", "illegal option -- z" },
		{ "ifconfig -g", "requires an argument" },
		{ "ifconfig -a up", "up: bad value" },
		{ "ifconfig -v averyveryverylongname0", "does not exist" },
	};

	(void)state;
	refuses(rows, sizeof(rows) / sizeof(rows[0]));
}

static void
what_other_programs_do_not_understand_is_refused_too(void **state)
{
	static const struct refusal rows[] = {
		{ "sysctl", "a name is missing" },
		{ "sysctl a=b", "invalid integer 'b'" },
		{ "sysctl a=-1", "invalid integer" },
		{ "sysctl -z a", "illegal option -- z" },
		{ "sysctl =1", "unknown oid" },
		{ "route", "default route alone" },
		{ "route -x get default", "bad keyword" },
		{ "route get -x default", "bad keyword" },
		{ "route add default", "bad address" },
		{ "route add default x", "bad address: x" },
		{ "route add -inet6 default 10.0.0.1", "bad address" },
		{ "route delete default 10.0.0.1", "bad address" },
		{ "route show default", "bad address" },
		{ "route add 10.0.0.0/24 10.0.0.1", "default route alone" },
		{ "netstat -i", "illegal option -- i" },
		{ "netstat -n", "only its routing tables" },
		{ "netstat -rn -f unix", "unknown address family" },
		{ "netstat x", "unknown or uninstrumented" },
		{ "dhclient", "one interface" },
		{ "dhclient -x lagg0", "illegal option" },
		{ "dhclient averyveryverylongname0", "one interface" },
		{ "service", "dhclient and netif" },
		{ "service sshd restart", "dhclient and netif" },
		{ "service dhclient dance hn0", "unknown directive 'dance'" },
		{ "service dhclient start averyveryverylongname0",
		    "interface name too long" },
		{ "pccard_ether mce0", "an interface, and start or stop" },
		{ "pccard_ether mce0 dance", "an interface, and start" },
		{ "service dhclient start", "one interface is wanted" },
		{ "daemon", "a command is missing" },
		{ "daemon -f rm x", "does not know the command" },
		{ "kill", "a pid is missing" },
		{ "kill -9", "a pid is missing" },
		{ "kill me", "illegal process id: me" },
		{ "pkill", "one name" },
		{ "pkill -x", "one name" },
		{ "sleep", "usage: sleep" },
		{ "sleep soon", "usage: sleep" },
		{ "sleep 3m", "usage: sleep" },
		{ "sleep -1", "usage: sleep" },
		{ "logger", "a text is missing" },
		{ "devctl", "detach and attach" },
		{ "devctl rescan pci1", "detach and attach" },
	};

	(void)state;
	refuses(rows, sizeof(rows) / sizeof(rows[0]));
}

static void
what_it_understands_is_taken_without_a_machine(void **state)
{
	static const char *const lines[] = { "ifconfig", "ifconfig -a",
		"ifconfig -l -u", "ifconfig -v lagg0", "ifconfig lagg0 inet",
		"ifconfig -g lagg", "ifconfig hn0", "netstat -rn",
		"netstat -nr -f inet6", "ps axo pid,command", "ps -ax",
		"kill -TERM 407 408", "pkill -x dhclient", "sleep 0.5",
		"daemon -f sleep 2", "daemon -f -c ifconfig lagg0 up",
		"logger -t x a b", "devctl detach em0", "service netif restart",
		"route -n get default", "sysctl hw.hn dev.hn" };
	size_t argc, i;
	struct err e;
	char **argv;

	(void)state;
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		assert_true(guest_split(lines[i], &argc, &argv));
		if (guest_check(argc, argv, &e) != 0)
			fail_msg("%s: %s", lines[i], e.text);
		guest_words_free(argc, argv);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_split_as_a_shell_does),
		cmocka_unit_test(what_needs_a_shell_is_not_split),
		cmocka_unit_test(
		    an_ifconfig_does_its_words_in_their_order_and_the_address_last),
		cmocka_unit_test(addresses_are_added_replaced_and_removed),
		cmocka_unit_test(interfaces_are_made_and_destroyed),
		cmocka_unit_test(flags_of_an_interface_are_set_and_cleared),
		cmocka_unit_test(other_programs_have_their_operations_too),
		cmocka_unit_test(
		    what_ifconfig_does_not_understand_is_refused_with_its_forms),
		cmocka_unit_test(
		    what_other_programs_do_not_understand_is_refused_too),
		cmocka_unit_test(
		    what_it_understands_is_taken_without_a_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
