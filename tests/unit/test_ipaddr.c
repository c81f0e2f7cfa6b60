/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/ipaddr.h"

static struct ipaddr
addr(const char *text)
{
	struct ipaddr a;

	assert_true(ipaddr_parse(text, &a));
	return a;
}

static void
addresses_are_read_and_written(void **state)
{
	static const char *const rows[] = { "10.1.19.4/24", "0.0.0.0/0",
		"255.255.255.255/32", "fe80::1/64", "::/0", "2001:db8::7/128" };
	char text[IPADDR_TEXT];
	struct ipaddr a;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		a = addr(rows[i]);
		assert_string_equal(ipaddr_format(&a, true, text), rows[i]);
	}
	a = addr("10.0.0.1");
	assert_int_equal(a.prefix, 32);
	assert_string_equal(ipaddr_format(&a, false, text), "10.0.0.1");
	a = addr("fe80::1");
	assert_int_equal(a.prefix, 128);
	memset(&a, 0, sizeof(a));
	assert_string_equal(ipaddr_format(&a, true, text), "none");
}

static void
what_is_no_address_is_refused_and_leaves_the_result_alone(void **state)
{
	static const char *const rows[] = { "", "10", "10.0.0", "10.0.0.256",
		"10.0.0.4/33", "10.0.0.4/", "10.0.0.4/-1", "10.0.0.4/ 8",
		"10.0.0.4 ", " 10.0.0.4", "10.0.0.4/24/8", "10.0.0.0x4",
		"fe80::1/129", "fe80:::1", "g::1", "10.0.0.4/a", "fe80::1%em0",
		"10.0.0.4.5", "1111:2222:3333:4444:5555:6666:7777:8888:9999" };
	struct ipaddr a, before;
	size_t i;

	(void)state;
	memset(&a, 0x5a, sizeof(a));
	before = a;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (ipaddr_parse(rows[i], &a))
			fail_msg("\"%s\" is taken", rows[i]);
		assert_memory_equal(&a, &before, sizeof(a));
	}
}

static void
masks_are_prefixes_when_their_ones_come_first(void **state)
{
	(void)state;
	assert_int_equal(ipaddr_mask_bits("255.255.255.0"), 24);
	assert_int_equal(ipaddr_mask_bits("255.255.255.255"), 32);
	assert_int_equal(ipaddr_mask_bits("0.0.0.0"), 0);
	assert_int_equal(ipaddr_mask_bits("255.255.240.0"), 20);
	assert_int_equal(ipaddr_mask_bits("0xffffff00"), 24);
	assert_int_equal(ipaddr_mask_bits("0xffffffff"), 32);
	assert_int_equal(ipaddr_mask_bits("255.0.255.0"), -1);
	assert_int_equal(ipaddr_mask_bits("0xff00ff00"), -1);
	assert_int_equal(ipaddr_mask_bits("0.255.255.255"), -1);
	assert_int_equal(ipaddr_mask_bits("24"), -1);
	assert_int_equal(ipaddr_mask_bits("0xfffffff00"), -1);
	assert_int_equal(ipaddr_mask_bits(""), -1);
	assert_int_equal(ipaddr_mask_bits("mask"), -1);
}

static void
hosts_lie_in_their_nets_to_the_bit(void **state)
{
	struct ipaddr net = addr("10.1.18.0/23"), v6 = addr("2001:db8:80::/41");
	struct ipaddr all = addr("0.0.0.0/0");
	struct ipaddr h[] = { addr("10.1.18.1"), addr("10.1.19.255"),
		addr("10.1.20.0"), addr("10.1.17.255"), addr("fe80::1") };

	(void)state;
	assert_true(ipaddr_in_net(&h[0], &net));
	assert_true(ipaddr_in_net(&h[1], &net));
	assert_false(ipaddr_in_net(&h[2], &net));
	assert_false(ipaddr_in_net(&h[3], &net));
	assert_false(ipaddr_in_net(&h[4], &net));
	assert_true(ipaddr_in_net(&h[0], &all));
	assert_false(ipaddr_in_net(&h[4], &all));
	h[0] = addr("2001:db8:ff::1");
	h[1] = addr("2001:db8:100::1");
	assert_true(ipaddr_in_net(&h[0], &v6));
	assert_false(ipaddr_in_net(&h[1], &v6));
}

static void
a_network_has_no_host_bits(void **state)
{
	struct ipaddr a = addr("10.1.19.4/23"), net = ipaddr_network(&a);
	char text[IPADDR_TEXT];

	(void)state;
	assert_string_equal(ipaddr_format(&net, true, text), "10.1.18.0/23");
	a = addr("2001:db8:ffff::1/41");
	net = ipaddr_network(&a);
	assert_string_equal(ipaddr_format(&net, true, text),
	    "2001:db8:ff80::/41");
}

static void
equal_means_the_prefix_too_and_same_host_does_not(void **state)
{
	struct ipaddr a = addr("10.0.0.4/24"), b = addr("10.0.0.4/16");
	struct ipaddr c = addr("10.0.0.5/24"), none = { 0 };

	(void)state;
	assert_true(ipaddr_equal(&a, &a));
	assert_false(ipaddr_equal(&a, &b));
	assert_true(ipaddr_same_host(&a, &b));
	assert_false(ipaddr_same_host(&a, &c));
	assert_false(ipaddr_same_host(&a, &none));
}

static void
macs_are_six_hexadecimal_pairs(void **state)
{
	static const char *const bad[] = { "", "00:0d:3a:f5:76",
		"00:0d:3a:f5:76:bd:00", "00:0d:3a:f5:76:bg", "000d3af576bd",
		"00-0d-3a-f5-76-bd", "00:0d:3a:f5:76:bd ", "00:0d:3a:f5:76:1bd",
		":0d:3a:f5:76:bd" };
	uint8_t mac[6];
	char text[MAC_TEXT];
	size_t i;

	(void)state;
	assert_true(mac_parse("00:0D:3a:f5:76:BD", mac));
	assert_string_equal(mac_format(mac, text), "00:0d:3a:f5:76:bd");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (mac_parse(bad[i], mac))
			fail_msg("\"%s\" is taken", bad[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_are_read_and_written),
		cmocka_unit_test(
		    what_is_no_address_is_refused_and_leaves_the_result_alone),
		cmocka_unit_test(masks_are_prefixes_when_their_ones_come_first),
		cmocka_unit_test(hosts_lie_in_their_nets_to_the_bit),
		cmocka_unit_test(a_network_has_no_host_bits),
		cmocka_unit_test(
		    equal_means_the_prefix_too_and_same_host_does_not),
		cmocka_unit_test(macs_are_six_hexadecimal_pairs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
