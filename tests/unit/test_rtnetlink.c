/* SPDX-License-Identifier: BSD-2-Clause */
/* Linux's routing messages from bytes: a real machine's, built ones, cut ones
 * and hostile ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "netmsg.h"
#include "world/rtnetlink.h"

#define VETH "fixtures/routing/linux-veth.hex"

static struct ifevent
decode(const struct strbuf *sb)
{
	struct ifevent e;

	assert_int_equal(rtnetlink_next(sb->data, sb->bytes, &e), sb->bytes);
	return e;
}

static void
a_bond_says_its_ports(void **state)
{
	static const uint8_t mac[] = { 0x52, 0x54, 0, 9, 0, 2 };
	struct strbuf sb = { 0 };
	struct ifevent e;
	size_t info, data;

	(void)state;
	netmsg_link(&sb, 16, 4, 0x11443, "bond0");
	netmsg_attr(&sb, 1, mac, 6);
	netmsg_attr_u32(&sb, 4, 1500);
	netmsg_attr(&sb, 33, "\1", 1);
	info = netmsg_nest(&sb, 18);
	netmsg_attr(&sb, 1, "bond", 5);
	data = netmsg_nest(&sb, 2);
	netmsg_attr_u32(&sb, 2, 3);
	netmsg_attr_u32(&sb, 11, 2);
	netmsg_nested(&sb, data);
	netmsg_nested(&sb, info);
	netmsg_end(&sb);
	e = decode(&sb);
	assert_int_equal(e.kind, IFEVENT_LINK);
	assert_false(e.gone || e.answer || e.broken);
	assert_int_equal(e.index, 4);
	assert_string_equal(e.name, "bond0");
	assert_true(e.up && e.running && e.link == IFEVENT_UP);
	assert_memory_equal(e.mac, mac, 6);
	assert_int_equal(e.mtu, 1500);
	assert_int_equal(e.master, 0);
	assert_int_equal(e.has,
	    IFHAS_NAME | IFHAS_FLAGS | IFHAS_LINK | IFHAS_MAC | IFHAS_MTU |
		IFHAS_MASTER | IFHAS_AGGREGATE);
	assert_int_equal(e.active, 3);
	assert_int_equal(e.primary, 2);
	strbuf_fini(&sb);
}

static void
a_port_says_its_master_and_a_vlan_its_parent(void **state)
{
	struct strbuf sb = { 0 };
	struct ifevent e;
	size_t info;

	(void)state;
	netmsg_link(&sb, 16, 3, 0x1843, "eth1");
	netmsg_attr_u32(&sb, 10, 4);
	netmsg_end(&sb);
	e = decode(&sb);
	assert_int_equal(e.master, 4);
	/* No carrier is told, so the flag counts: LOWER_UP is not set. */
	assert_int_equal(e.link, IFEVENT_DOWN);
	assert_int_equal(e.has & IFHAS_PARENT, 0);

	strbuf_reset(&sb);
	netmsg_link(&sb, 16, 7, 0, "v.5");
	netmsg_attr_u32(&sb, 5, 3);
	info = netmsg_nest(&sb, 18);
	netmsg_attr(&sb, 1, "vlan", 4); /* without its NUL */
	netmsg_nested(&sb, info);
	netmsg_end(&sb);
	e = decode(&sb);
	assert_true((e.has & IFHAS_PARENT) != 0 && e.parent == 3);
	strbuf_fini(&sb);
}

static void
what_is_not_of_the_link_itself_is_passed_over(void **state)
{
	struct strbuf sb = { 0 };
	struct ifevent e;

	(void)state;
	/* A bridge tells of its port in a family of its own: RTM_DELLINK
	 * there takes nothing away. */
	netmsg_link(&sb, 17, 3, 0x1843, "eth1");
	sb.data[16] = 7;
	netmsg_end(&sb);
	assert_int_equal(decode(&sb).kind, IFEVENT_OTHER);
	/* Wireless says something without the rest: no master is not known. */
	strbuf_reset(&sb);
	netmsg_link(&sb, 16, 3, 0x1843, NULL);
	netmsg_end(&sb);
	e = decode(&sb);
	assert_int_equal(e.kind, IFEVENT_LINK);
	assert_int_equal(e.has, IFHAS_FLAGS);
	strbuf_reset(&sb);
	netmsg_link(&sb, 16, 0, 0, "x");
	netmsg_end(&sb);
	assert_int_equal(decode(&sb).kind, IFEVENT_OTHER);
	strbuf_reset(&sb);
	netmsg_link(&sb, 16, 3, 0, "a-name-of-16-byt");
	netmsg_end(&sb);
	assert_int_equal(decode(&sb).has & IFHAS_NAME, 0);
	strbuf_fini(&sb);
}

static void
put_route(struct strbuf *sb, unsigned table, unsigned type, uint32_t flags)
{
	const uint8_t header[] = { 2, 24, 0, 0, (uint8_t)table, 2, 253,
		(uint8_t)type };

	strbuf_reset(sb);
	netmsg_begin(sb, 24, 0x100, 9);
	strbuf_add(sb, header, sizeof(header));
	netmsg_u32(sb, flags);
	netmsg_attr(sb, 1, "\12\11\0\0", 4);
	netmsg_attr_u32(sb, 4, 3);
	netmsg_attr_u32(sb, 6, 1024);
}

static void
routes_are_of_the_main_table_and_unicast(void **state)
{
	struct strbuf sb = { 0 };
	char text[IPADDR_TEXT];
	struct ifevent e;

	(void)state;
	put_route(&sb, 254, 1, 0);
	netmsg_end(&sb);
	e = decode(&sb);
	assert_int_equal(e.kind, IFEVENT_ROUTE);
	assert_true(e.replace);
	assert_string_equal(ipaddr_format(&e.addr, true, text), "10.9.0.0/24");
	assert_int_equal(e.gateway.family, 0);
	assert_int_equal(e.index, 3);
	assert_int_equal(e.metric, 1024);
	assert_int_equal(e.sequence, 9);
	/* The local table; a multicast one; a cloned one; a table whose number
	 * needs an attribute; an address that is too short. */
	put_route(&sb, 255, 1, 0);
	netmsg_end(&sb);
	assert_int_equal(decode(&sb).kind, IFEVENT_OTHER);
	put_route(&sb, 254, 5, 0);
	netmsg_end(&sb);
	assert_int_equal(decode(&sb).kind, IFEVENT_OTHER);
	put_route(&sb, 254, 1, 0x200);
	netmsg_end(&sb);
	assert_int_equal(decode(&sb).kind, IFEVENT_OTHER);
	put_route(&sb, 254, 1, 0);
	netmsg_attr_u32(&sb, 15, 1000);
	netmsg_end(&sb);
	assert_int_equal(decode(&sb).kind, IFEVENT_OTHER);
	put_route(&sb, 254, 1, 0);
	netmsg_attr(&sb, 1, "\12\11", 2);
	netmsg_end(&sb);
	assert_int_equal(decode(&sb).kind, IFEVENT_OTHER);
	strbuf_fini(&sb);
}

static void
of_several_ways_the_first_counts(void **state)
{
	struct strbuf sb = { 0 };
	char text[IPADDR_TEXT];
	struct ifevent e;

	(void)state;
	assert_true(
	    netmsg_line("fixtures/routing/linux-multipath.hex", 0, &sb));
	e = decode(&sb);
	assert_int_equal(e.kind, IFEVENT_ROUTE);
	assert_int_equal(e.addr.prefix, 0);
	assert_string_equal(ipaddr_format(&e.gateway, false, text), "10.0.0.1");
	assert_int_equal(e.index, 3);
	strbuf_fini(&sb);
}

static void
ends_and_errors_are_told(void **state)
{
	struct strbuf sb = { 0 };
	struct ifevent e;

	(void)state;
	netmsg_begin(&sb, 2, 0, 5);
	netmsg_u32(&sb, (uint32_t)-16);
	netmsg_end(&sb);
	e = decode(&sb);
	assert_true(e.kind == IFEVENT_ERROR && e.error == 16);
	strbuf_reset(&sb);
	netmsg_begin(&sb, 3, 0x2 | 0x10, 5);
	netmsg_u32(&sb, 0);
	netmsg_end(&sb);
	e = decode(&sb);
	assert_true(e.kind == IFEVENT_END && e.error == 0);
	assert_true(e.answer && e.broken && e.sequence == 5);
	strbuf_reset(&sb);
	netmsg_begin(&sb, 2, 0, 5);
	netmsg_u32(&sb, UINT32_C(0x80000000));
	netmsg_end(&sb);
	assert_int_equal(decode(&sb).error, 0);
	strbuf_fini(&sb);
}

static void
put_addr(struct strbuf *sb, unsigned flags)
{
	const uint8_t header[] = { 10, 64, (uint8_t)flags, 0 };
	static const uint8_t addr[16] = { 0xfe, 0x80, [15] = 1 };

	strbuf_reset(sb);
	netmsg_begin(sb, 20, 0, 0);
	strbuf_add(sb, header, sizeof(header));
	netmsg_u32(sb, 3);
	netmsg_attr(sb, 1, addr, sizeof(addr));
}

static void
an_address_says_what_became_of_it(void **state)
{
	struct strbuf sb = { 0 };
	struct ifevent e;

	(void)state;
	put_addr(&sb, 0x80 | 0x08); /* for ever, and somebody else has it */
	netmsg_end(&sb);
	e = decode(&sb);
	assert_int_equal(e.kind, IFEVENT_ADDR);
	assert_int_equal(e.addr_is, IFADDR_DUPLICATED);
	put_addr(&sb, 0);
	netmsg_attr_u32(&sb, 8, 0x40);
	netmsg_end(&sb);
	assert_int_equal(decode(&sb).addr_is, IFADDR_TENTATIVE | IFADDR_ENDS);
	strbuf_fini(&sb);
}

static void
a_gateway_may_be_of_the_other_family(void **state)
{
	static const uint8_t via[18] = { 10, 0, 0xfe, 0x80, [17] = 1 };
	struct strbuf sb = { 0 };
	char text[IPADDR_TEXT];
	struct ifevent e;

	(void)state;
	put_route(&sb, 254, 1, 0);
	netmsg_attr(&sb, 18, via, sizeof(via));
	netmsg_end(&sb);
	e = decode(&sb);
	assert_int_equal(e.kind, IFEVENT_ROUTE);
	assert_string_equal(ipaddr_format(&e.gateway, false, text), "fe80::1");
	put_route(&sb, 254, 1, 0);
	netmsg_attr(&sb, 18, "\0\0\1\2\3\4", 6); /* of no family of ours */
	netmsg_end(&sb);
	assert_int_equal(decode(&sb).gateway.family, 0);
	put_route(&sb, 254, 1, 0);
	netmsg_attr(&sb, 18, "\2", 1);
	netmsg_end(&sb);
	assert_int_equal(decode(&sb).gateway.family, 0);
	strbuf_fini(&sb);
}

/* What is too short for what it is, is not there. */
static void
short_values_are_no_values(void **state)
{
	static const uint8_t way[] = { 7, 0, 0, 0, 9, 0, 0, 0 };
	struct strbuf sb = { 0 };
	struct ifevent e;

	(void)state;
	netmsg_link(&sb, 16, 3, 0x1843, "eth0");
	netmsg_attr(&sb, 4, "\334\5", 2); /* its MTU */
	netmsg_attr_u32(&sb, 37, 1);	  /* its link is elsewhere */
	netmsg_attr_u32(&sb, 5, 7);
	netmsg_end(&sb);
	e = decode(&sb);
	assert_int_equal(e.kind, IFEVENT_LINK);
	assert_int_equal(e.has & (IFHAS_MTU | IFHAS_PARENT), 0);
	put_route(&sb, 254, 1, 0);
	netmsg_attr(&sb, 9, way, 7);
	netmsg_attr(&sb, 9, way, 8); /* says that it has seven bytes */
	netmsg_end(&sb);
	assert_int_equal(decode(&sb).index, 3);
	strbuf_reset(&sb);
	netmsg_begin(&sb, 2, 0, 5);
	netmsg_end(&sb);
	e = decode(&sb);
	assert_true(e.kind == IFEVENT_ERROR && e.error == 0);
	strbuf_reset(&sb);
	netmsg_begin(&sb, 99, 0, 5); /* nor is a type that nobody knows */
	netmsg_u32(&sb, 1);
	netmsg_end(&sb);
	assert_int_equal(decode(&sb).kind, IFEVENT_OTHER);
	strbuf_fini(&sb);
}

/* Each in a block of its exact size, which ASan watches. */
static void
any_cut_is_borne(void **state)
{
	struct strbuf sb = { 0 };
	struct ifevent e;
	size_t line, bytes;
	uint32_t length;
	char *copy;

	(void)state;
	for (line = 0; netmsg_line(VETH, line, &sb); line++, strbuf_reset(&sb))
		for (bytes = 0; bytes < sb.bytes; bytes++) {
			copy = malloc(bytes + 1);
			memcpy(copy, sb.data, bytes);
			memcpy(&length, sb.data, 4);
			if (bytes < length) {
				assert_int_equal(rtnetlink_next(copy, bytes,
						     &e),
				    0);
				/* And once more as if it were whole. */
				length = (uint32_t)bytes;
				if (bytes >= 4)
					memcpy(copy, &length, 4);
			}
			rtnetlink_next(copy, bytes, &e);
			free(copy);
		}
	assert_true(line > 50);
	strbuf_fini(&sb);
}

static void
attributes_that_lie_end_the_message(void **state)
{
	struct strbuf sb = { 0 };
	struct ifevent e;
	size_t at;
	uint16_t lie;

	(void)state;
	netmsg_link(&sb, 16, 3, 1, "eth1");
	at = sb.bytes;
	netmsg_attr_u32(&sb, 4, 1500);
	netmsg_end(&sb);
	for (lie = 0; lie < 4; lie++) {
		memcpy(sb.data + at, &lie, sizeof(lie));
		e = decode(&sb);
		assert_string_equal(e.name, "eth1");
		assert_int_equal(e.has & IFHAS_MTU, 0);
	}
	for (lie = 9; lie != 0; lie = (uint16_t)(lie * 2)) {
		memcpy(sb.data + at, &lie, sizeof(lie));
		assert_int_equal(decode(&sb).has & IFHAS_MTU, 0);
	}
	strbuf_fini(&sb);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bond_says_its_ports),
		cmocka_unit_test(a_port_says_its_master_and_a_vlan_its_parent),
		cmocka_unit_test(what_is_not_of_the_link_itself_is_passed_over),
		cmocka_unit_test(routes_are_of_the_main_table_and_unicast),
		cmocka_unit_test(of_several_ways_the_first_counts),
		cmocka_unit_test(ends_and_errors_are_told),
		cmocka_unit_test(an_address_says_what_became_of_it),
		cmocka_unit_test(a_gateway_may_be_of_the_other_family),
		cmocka_unit_test(short_values_are_no_values),
		cmocka_unit_test(any_cut_is_borne),
		cmocka_unit_test(attributes_that_lie_end_the_message),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
