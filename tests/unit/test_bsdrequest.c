/* SPDX-License-Identifier: BSD-2-Clause */
/* What FreeBSD's kernel is asked for, byte by byte: sizes and places as
 * fixtures/freebsd and ioctl_facts.txt have them, not as the code has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/strbuf.h"
#include "fake_bsd.h"
#include "world/bsdapply.h"

static struct bsdrequest r;
static struct strbuf said;

/* "place:hex" of what is not zero, so that a whole request is one line. */
static const char *
bytes(const uint8_t *at, size_t count)
{
	size_t i, k;

	strbuf_reset(&said);
	strbuf_addf(&said, "%zu", count);
	for (i = 0; i < count; i = k) {
		k = i + 1;
		if (at[i] == 0)
			continue;
		strbuf_addf(&said, " %zu:%02x", i, at[i]);
		for (; k < count && at[k] != 0; k++)
			strbuf_addf(&said, "%02x", at[k]);
	}
	return strbuf_str(&said);
}

static struct ipaddr
addr(const char *text)
{
	struct ipaddr a;

	assert_true(ipaddr_parse(text, &a));
	return a;
}

#define DATA() bytes(r.data, r.bytes)

static void
interfaces_are_asked_for_by_name(void **state)
{
	(void)state;
	bsdrequest_init(&r, BSD_SIOCIFCREATE2, "lagg7");
	assert_int_equal(r.code, 0xc020697c);
	assert_int_equal(r.family, 1);
	assert_string_equal(DATA(), "32 0:6c61676737");
	/* Cut, so that it ends. */
	bsdrequest_init(&r, BSD_SIOCIFDESTROY, "abcdefghijklmnopqrst");
	assert_string_equal(DATA(), "32 0:6162636465666768696a6b6c6d6e6f");
	bsdrequest_init(&r, BSD_SIOCGIFINFO_IN6, "hn0");
	assert_int_equal(r.family, 28);
	assert_string_equal(DATA(), "72 0:686e30");
}

static void
flags_mtu_and_capabilities(void **state)
{
	(void)state;
	bsdrequest_set_flags(&r, "em0", 0x208843);
	assert_int_equal(r.code, 0x80206910);
	assert_string_equal(DATA(), "32 0:656d30 16:438820");
	bsdrequest_set_mtu(&r, "em0", 9000);
	assert_int_equal(r.code, 0x80206934);
	assert_string_equal(DATA(), "32 0:656d30 16:2823");
	bsdrequest_set_caps(&r, "em0", 0x80028);
	assert_int_equal(r.code, 0x8020691e);
	assert_string_equal(DATA(), "32 0:656d30 16:28 18:08");
	bsdrequest_set_mac(&r, "em0", (const uint8_t[6]){ 1, 2, 3, 4, 5, 6 });
	assert_int_equal(r.code, 0x8020693c);
	assert_string_equal(DATA(), "32 0:656d30 16:0612010203040506");
}

static void
what_needs_a_pointer_has_it_set_when_it_is_asked(void **state)
{
	struct fake_bsd bsd;
	struct fake_if *em;
	uint64_t pointer;

	(void)state;
	fake_bsd_init(&bsd);
	em = fake_bsd_add(&bsd, "em0", 6, "00:00:00:00:00:01");
	bsdrequest_set_descr(&r, "em0", "uplink");
	assert_int_equal(r.code, 0x80206929);
	assert_string_equal(DATA(), "32 0:656d30 16:07");
	assert_string_equal(bytes(r.extra, r.extra_bytes), "7 0:75706c696e6b");
	assert_int_equal(bsdkernel_ask(&bsd.kernel, &r), 0);
	assert_string_equal(em->descr, "uplink");
	memcpy(&pointer, r.data + 24, sizeof(pointer));
	assert_int_equal(pointer, 0);
	/* No text: no description, and nothing to point at. */
	bsdrequest_set_descr(&r, "em0", "");
	assert_string_equal(DATA(), "32 0:656d30");
	assert_int_equal(bsdkernel_ask(&bsd.kernel, &r), 0);
	assert_string_equal(em->descr, "");
	bsdrequest_set_name(&r, "em0", "vf0");
	assert_int_equal(r.code, 0x80206928);
	assert_string_equal(bytes(r.extra, r.extra_bytes), "16 0:766630");
	assert_int_equal(bsdkernel_ask(&bsd.kernel, &r), 0);
	assert_string_equal(em->name, "vf0");
}

static void
a_description_is_cut_to_what_fits(void **state)
{
	static char text[4000];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	bsdrequest_set_descr(&r, "em0", text);
	assert_int_equal(r.extra_bytes, sizeof(r.extra));
	assert_int_equal(r.extra[sizeof(r.extra) - 1], '\0');
}

static void
laggs_and_vlans(void **state)
{
	(void)state;
	bsdrequest_set_failover(&r, "lagg0");
	assert_int_equal(r.code, 0x80506990);
	assert_string_equal(DATA(), "80 0:6c61676730 16:02");
	bsdrequest_set_port(&r, "lagg0", "mce0", true);
	assert_int_equal(r.code, 0x8048698d);
	assert_string_equal(DATA(), "72 0:6c61676730 16:6d636530");
	bsdrequest_set_port(&r, "lagg0", "mce0", false);
	assert_int_equal(r.code, 0x8048698e);
	bsdrequest_get_lagg(&r, "lagg0");
	assert_int_equal(r.code, 0xc050698f);
	assert_string_equal(DATA(), "80 0:6c61676730 25:09");
	assert_int_equal(r.pointer_at, 32);
	bsdrequest_get_port(&r, "mce0");
	assert_string_equal(DATA(), "72 0:6d636530 16:6d636530");
	bsdrequest_set_vlan(&r, "v10", "lagg0", 10);
	assert_int_equal(r.code, 0x80206939);
	assert_string_equal(DATA(), "32 0:763130");
	assert_string_equal(bytes(r.extra, r.extra_bytes),
	    "20 0:6c61676730 16:0a 19:81");
	bsdrequest_set_vlan(&r, "v10", "", 10);
	assert_string_equal(bytes(r.extra, r.extra_bytes), "20");
	bsdrequest_get_vlan(&r, "v10");
	assert_int_equal(r.code, 0xc020693a);
	bsdrequest_get_descr(&r, "v10");
	assert_string_equal(DATA(), "32 0:763130 17:04");
}

static void
neighbour_flags_change_and_the_rest_stays(void **state)
{
	(void)state;
	bsdrequest_init(&r, BSD_SIOCGIFINFO_IN6, "hn0");
	memset(r.data + 16, 0x11, 24);
	memcpy(r.data + 36, "\x29\x01\x00\x00", 4);
	bsdrequest_set_nd6(&r, 0x2, 0x8);
	assert_int_equal(r.code, 0xc048696d);
	/* The MTU is not asked for again. */
	assert_string_equal(DATA(),
	    "72 0:686e30 20:111111111111111111111111111111112301");
}

static void
ipv4_addresses(void **state)
{
	struct ipaddr a = addr("10.0.2.15/24");

	(void)state;
	assert_true(bsdrequest_addr(&r, "lagg0", &a, 5, true));
	assert_int_equal(r.code, 0x8044692b);
	assert_int_equal(r.family, 2);
	assert_string_equal(DATA(),
	    "68 0:6c61676730 16:1002 20:0a 22:020f 32:1002 36:0a 38:02ff "
	    "48:1002 52:ffffff");
	a.prefix = 31;
	assert_true(bsdrequest_addr(&r, "lagg0", &a, 5, true));
	assert_string_equal(DATA(),
	    "68 0:6c61676730 16:1002 20:0a 22:020f 48:1002 52:fffffffe");
	a.prefix = 32;
	assert_true(bsdrequest_addr(&r, "lagg0", &a, 5, true));
	assert_string_equal(DATA(),
	    "68 0:6c61676730 16:1002 20:0a 22:020f 32:1002 36:0a 38:020f "
	    "48:1002 52:ffffffff");
	assert_true(bsdrequest_addr(&r, "lagg0", &a, 5, false));
	assert_int_equal(r.code, 0x80206919);
	assert_string_equal(DATA(), "32 0:6c61676730 16:1002 20:0a 22:020f");
}

static void
ipv6_addresses(void **state)
{
	struct ipaddr a = addr("fd00::15/64"), link = addr("fe80::1/64");

	(void)state;
	assert_true(bsdrequest_addr(&r, "lagg0", &a, 5, true));
	assert_int_equal(r.code, 0x8088691b);
	assert_int_equal(r.family, 28);
	assert_string_equal(DATA(),
	    "136 0:6c61676730 16:1c1c 24:fd 39:15 72:1c1c "
	    "80:ffffffffffffffff 120:ffffffffffffffff");
	/* A link-local one is of an interface. */
	assert_true(bsdrequest_addr(&r, "lagg0", &link, 5, true));
	assert_string_equal(DATA(),
	    "136 0:6c61676730 16:1c1c 24:fe80 39:0105 72:1c1c "
	    "80:ffffffffffffffff 120:ffffffffffffffff");
	assert_true(bsdrequest_addr(&r, "lagg0", &a, 5, false));
	assert_int_equal(r.code, 0x81206919);
	assert_string_equal(DATA(), "288 0:6c61676730 16:1c1c 24:fd 39:15");
	bsdrequest_get_addr6(&r, "lagg0", &link, 5);
	assert_int_equal(r.code, 0xc1206949);
	assert_string_equal(DATA(), "288 0:6c61676730 16:1c1c 24:fe80 39:0105");
}

static void
nothing_is_asked_with_no_address(void **state)
{
	struct ipaddr a = { 0 };

	(void)state;
	assert_false(bsdrequest_addr(&r, "lagg0", &a, 5, false));
	a = addr("0.0.0.0/8");
	assert_false(bsdrequest_addr(&r, "lagg0", &a, 5, true));
	a = addr("::/0");
	assert_false(bsdrequest_addr(&r, "lagg0", &a, 5, true));
	assert_false(bsdrequest_addr(&r, "lagg0", &a, 5, false));
	a = addr("10.0.0.1/24");
	a.prefix = 33;
	assert_false(bsdrequest_addr(&r, "lagg0", &a, 5, true));
	a = addr("fd00::1/64");
	a.prefix = 129;
	assert_false(bsdrequest_addr(&r, "lagg0", &a, 5, true));
}

/* Its family and length are there, or the first address would go. */
static void
a_place_holder_is_removed(void **state)
{
	struct ipaddr a = addr("0.0.0.0/8");

	(void)state;
	assert_true(bsdrequest_addr(&r, "lagg0", &a, 5, false));
	assert_int_equal(r.code, 0x80206919);
	assert_string_equal(DATA(), "32 0:6c61676730 16:1002");
}

static void
default_routes(void **state)
{
	uint8_t message[BSDROUTE_BYTES];
	struct ipaddr a = addr("10.0.2.2");
	size_t n;

	(void)state;
	n = bsdroute_default(message, &a, 5, true);
	assert_string_equal(bytes(message, n),
	    "256 1:010501 8:0308 12:17 20:01 152:1002 168:1002 172:0a "
	    "174:0202 184:1002 200:361205");
	a = addr("fe80::1");
	n = bsdroute_default(message, &a, 5, true);
	assert_string_equal(bytes(message, n),
	    "304 0:30010501 8:0308 12:17 20:01 152:1c1c 184:1c1c 192:fe80 "
	    "207:0105 216:1c1c 248:361205");
	/* Whatever it leads to. */
	memset(a.bytes, 0, sizeof(a.bytes));
	n = bsdroute_default(message, &a, 0, false);
	assert_string_equal(bytes(message, n),
	    "216 0:d8 2:0502 8:0308 12:05 20:01 152:1c1c 184:1c1c");
	a.family = 0;
	assert_int_equal(bsdroute_default(message, &a, 0, false), 0);
}

/* --- operations --- */

static struct fake_bsd bsd;
static struct bsdpairs none;
static struct operation op;

static int
setup(void **state)
{
	(void)state;
	fake_bsd_init(&bsd);
	fake_bsd_add(&bsd, "em0", 6, "00:00:00:00:00:01");
	memset(&op, 0, sizeof(op));
	return 0;
}

static int
apply(enum op_kind kind, const char *ifname, const char *other)
{
	op.kind = kind;
	snprintf(op.ifname, sizeof(op.ifname), "%s", ifname);
	snprintf(op.other, sizeof(op.other), "%s", other);
	return bsdapply(&bsd.kernel, &none, &op);
}

static void
an_aggregate_that_is_no_failover_one_does_not_stay(void **state)
{
	(void)state;
	assert_int_equal(apply(OP_LAGG_CREATE, "lagg0", ""), 0);
	assert_true(bsd.has_lagg);
	assert_int_equal(apply(OP_LAGG_CREATE, "lagg0", ""), 17);
	assert_int_equal(apply(OP_LAGG_DESTROY, "lagg0", ""), 0);
	bsd.fails = 0x80506990; /* SIOCSLAGG */
	bsd.result = 12;
	assert_int_equal(apply(OP_LAGG_CREATE, "lagg0", ""), 12);
	assert_null(fake_bsd_find(&bsd, "lagg0"));
}

static void
no_module_no_interface(void **state)
{
	(void)state;
	bsd.fails = 0xc020697c; /* SIOCIFCREATE2 */
	bsd.result = 22;
	assert_int_equal(apply(OP_CLONE, "gif0", ""), 22);
	assert_string_equal(bsd.wanted, "if_gif");
	assert_int_equal(apply(OP_CLONE, "hn0.5", ""), 22);
	assert_string_equal(bsd.wanted, "if_vlan");
	assert_int_equal(apply(OP_CLONE, "gif", ""), 22);
	assert_int_equal(apply(OP_LAGG_CREATE, "lagg0", ""), 22);
}

static void
flags_are_changed_alone_and_only_when_they_differ(void **state)
{
	struct fake_if *em = fake_bsd_find(&bsd, "em0");

	(void)state;
	em->flags = 0x208802;
	assert_int_equal(apply(OP_UP, "em0", ""), 0);
	assert_int_equal(em->flags, 0x208843);
	bsd.fails = 0x80206910; /* SIOCSIFFLAGS */
	bsd.result = 5;
	assert_int_equal(apply(OP_UP, "em0", ""), 0);
	assert_int_equal(apply(OP_DOWN, "em0", ""), 5);
	assert_int_equal(apply(OP_DOWN, "em1", ""), 6);
}

static void
capabilities_that_it_has_not_are_left_out(void **state)
{
	(void)state;
	op.value = 0xff00ff;
	assert_int_equal(apply(OP_CAPS, "em0", ""), 0);
	assert_int_equal(fake_bsd_find(&bsd, "em0")->capenable, 0x80028);
	assert_int_equal(apply(OP_CAPS, "em1", ""), 6);
}

static void
the_rest_of_an_interface(void **state)
{
	struct fake_if *em = fake_bsd_find(&bsd, "em0");

	(void)state;
	op.value = 1400;
	assert_int_equal(apply(OP_MTU, "em0", ""), 0);
	assert_int_equal(em->mtu, 1400);
	snprintf(op.text, sizeof(op.text), "switchback hn0");
	assert_int_equal(apply(OP_DESCR, "em0", ""), 0);
	assert_string_equal(em->descr, "switchback hn0");
	op.mac[5] = 9;
	assert_int_equal(apply(OP_ETHER, "em0", ""), 0);
	assert_int_equal(em->mac[5], 9);
	assert_int_equal(apply(OP_RENAME, "em0", "vf0"), 0);
	assert_string_equal(em->name, "vf0");
	assert_int_equal(apply(OP_PRIMARY, "vf0", "x"), 45);
	assert_int_equal(apply(OP_DESTROY, "vf0", ""), 0);
	op.value = 1;
	assert_int_equal(apply(OP_NO_DAD, "vf0", ""), 6);
}

static void
neighbour_options_go_on_and_off(void **state)
{
	struct fake_if *em = fake_bsd_find(&bsd, "em0");

	(void)state;
	em->nd6 = 0x9;
	op.value = 1;
	assert_int_equal(apply(OP_RTADV, "em0", ""), 0);
	assert_int_equal(apply(OP_NO_DAD, "em0", ""), 0);
	assert_int_equal(em->nd6, 0x123);
	op.value = 0;
	assert_int_equal(apply(OP_RTADV, "em0", ""), 0);
	assert_int_equal(apply(OP_NO_DAD, "em0", ""), 0);
	assert_int_equal(em->nd6, 0x21);
}

static void
addresses_come_and_go(void **state)
{
	(void)state;
	op.addr = addr("fd00::4/64");
	fake_bsd_find(&bsd, "em0")->nd6 = 0x8;
	assert_int_equal(apply(OP_ADDR_ADD, "em0", ""), 0);
	assert_true(fake_bsd_has(&bsd, "em0", "fd00::4/64"));
	assert_int_equal(apply(OP_ADDR_DEL, "em0", ""), 0);
	assert_int_equal(apply(OP_ADDR_DEL, "em0", ""), 49);
	op.addr = addr("::");
	assert_int_equal(apply(OP_ADDR_DEL, "em0", ""), 22);
	fake_bsd_put(&bsd, "em0", "0.0.0.0/8");
	op.addr = addr("0.0.0.0/8");
	assert_int_equal(apply(OP_ADDR_ADD, "em0", ""), 22);
	assert_int_equal(apply(OP_ADDR_DEL, "em0", ""), 0);
	assert_false(fake_bsd_has(&bsd, "em0", "0.0.0.0/8"));
	assert_int_equal(apply(OP_ADDR_DEL, "em0", ""), 49);
	assert_int_equal(apply(OP_ADDR_DEL, "em1", ""), 6);
}

static void
default_routes_come_and_go(void **state)
{
	(void)state;
	op.addr = addr("10.0.0.1");
	assert_int_equal(apply(OP_DEFAULT_ADD, "em1", ""), 6);
	assert_int_equal(apply(OP_DEFAULT_ADD, "em0", ""), 0);
	assert_int_equal(apply(OP_DEFAULT_ADD, "em0", ""), 17);
	assert_int_equal(bsd.gateway_if, 1);
	/* The kernel says ESRCH when there is none. */
	op.addr = (struct ipaddr){ .family = 6 };
	assert_int_equal(apply(OP_DEFAULT_DEL, "em0", ""), 3);
	op.addr.family = 0;
	assert_int_equal(apply(OP_DEFAULT_DEL, "", ""), 0);
	assert_int_equal(bsd.gateway.family, 0);
	op.addr = (struct ipaddr){ .family = 4 };
	assert_int_equal(apply(OP_DEFAULT_ADD, "em0", ""), 22);
	op.addr.family = 5;
	op.addr.bytes[0] = 1;
	assert_int_equal(apply(OP_DEFAULT_ADD, "em0", ""), 22);
}

static void
programs_get_words_and_no_shell(void **state)
{
	(void)state;
	assert_int_equal(apply(OP_DHCP_STOP, "em0", ""), 2);
	op.value = 1;
	assert_int_equal(apply(OP_DHCP_START, "em0", ""), 0);
	assert_string_equal(bsd.started, "/sbin/dhclient em0");
	assert_int_equal(apply(OP_DHCP_STOP, "em0", ""), 0);
	assert_false(fake_bsd_find(&bsd, "em0")->dhclient);
	op.value = 0;
	snprintf(op.text, sizeof(op.text),
	    "a b c d e f g h i j k l m n o p q r s t");
	assert_int_equal(apply(OP_DHCP_START, "em0", ""), 0);
	assert_string_equal(bsd.started,
	    "/sbin/dhclient -b a b c d e f g h i j k l m em0");
	assert_int_equal(apply(OP_RTSOL, "em0", ""), 0);
	assert_string_equal(bsd.started, "/sbin/rtsol em0");
	assert_int_equal(apply(OP_RTSOL, "-a", ""), 22);
	assert_int_equal(apply(OP_DHCP_START, "", ""), 22);
	assert_int_equal(apply(OP_DHCP_START, "em0;x", ""), 22);
}

/* A stand-in whose VF is up already joins anew only where that helps. */
static void
a_stand_in_joins_anew_behind_its_vf(void **state)
{
	struct bsdpairs pairs = { .count = 1 };
	struct fake_if *lagg;

	(void)state;
	snprintf(pairs.pairs[0].synth, 16, "em0");
	snprintf(pairs.pairs[0].vf, 16, "em1");
	fake_bsd_add(&bsd, "em1", 6, "00:00:00:00:00:01");
	bsd.has_lagg = true;
	op.kind = OP_UP;
	snprintf(op.ifname, sizeof(op.ifname), "em1");
	/* No port yet. */
	assert_int_equal(bsdapply(&bsd.kernel, &pairs, &op), 0);
	assert_int_equal(apply(OP_LAGG_CREATE, "lagg0", ""), 0);
	lagg = fake_bsd_find(&bsd, "lagg0");
	/* The other one is elsewhere. */
	assert_int_equal(apply(OP_PORT_ADD, "lagg0", "em1"), 0);
	lagg->primary = 99;
	op.kind = OP_UP;
	snprintf(op.ifname, sizeof(op.ifname), "em1");
	assert_int_equal(bsdapply(&bsd.kernel, &pairs, &op), 0);
	assert_int_equal(lagg->primary, 99);
	bsd.fails = 0xc050698f; /* SIOCGLAGG */
	bsd.result = 6;
	assert_int_equal(bsdapply(&bsd.kernel, &pairs, &op), 6);
	/* It does not let go. */
	assert_int_equal(apply(OP_PORT_ADD, "lagg0", "em0"), 0);
	op.kind = OP_UP;
	snprintf(op.ifname, sizeof(op.ifname), "em1");
	bsd.fails = 0x8048698e; /* SIOCSLAGGDELPORT */
	assert_int_equal(bsdapply(&bsd.kernel, &pairs, &op), 6);
	bsd.fails = 0;
	lagg->primary = 1;
	assert_int_equal(bsdapply(&bsd.kernel, &pairs, &op), 0);
	assert_int_equal(lagg->primary, fake_bsd_find(&bsd, "em1")->index);
	assert_int_equal(fake_bsd_find(&bsd, "em0")->lagg, lagg->index);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define WITH(t) cmocka_unit_test_setup(t, setup)
		cmocka_unit_test(interfaces_are_asked_for_by_name),
		cmocka_unit_test(flags_mtu_and_capabilities),
		cmocka_unit_test(
		    what_needs_a_pointer_has_it_set_when_it_is_asked),
		cmocka_unit_test(a_description_is_cut_to_what_fits),
		cmocka_unit_test(laggs_and_vlans),
		cmocka_unit_test(neighbour_flags_change_and_the_rest_stays),
		cmocka_unit_test(ipv4_addresses),
		cmocka_unit_test(ipv6_addresses),
		cmocka_unit_test(nothing_is_asked_with_no_address),
		cmocka_unit_test(a_place_holder_is_removed),
		cmocka_unit_test(default_routes),
		WITH(an_aggregate_that_is_no_failover_one_does_not_stay),
		WITH(no_module_no_interface),
		WITH(flags_are_changed_alone_and_only_when_they_differ),
		WITH(capabilities_that_it_has_not_are_left_out),
		WITH(the_rest_of_an_interface),
		WITH(neighbour_options_go_on_and_off),
		WITH(addresses_come_and_go),
		WITH(default_routes_come_and_go),
		WITH(programs_get_words_and_no_shell),
		WITH(a_stand_in_joins_anew_behind_its_vf),
	};
	int rc = cmocka_run_group_tests(tests, NULL, NULL);

	strbuf_fini(&said);
	return rc;
}
