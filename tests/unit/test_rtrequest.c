/* SPDX-License-Identifier: BSD-2-Clause */
/* Operations as rtnetlink requests, byte for byte. Where iproute2 6.1 has a
 * command for it, its bytes (by strace) are the same but for the order of
 * attributes, RTM_NEWLINK for RTM_SETLINK, and its route's protocol "boot". */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/strbuf.h"
#include "world/bsderrno.h"
#include "world/rtrequest.h"

static struct operation op;
static struct rtrequest request;

static int
set_up(void **state)
{
	(void)state;
	memset(&op, 0, sizeof(op));
	memset(&request, 0, sizeof(request));
	request.op = &op;
	request.index = 4;
	request.other = 5;
	request.sequence = 0x01020304;
	return 0;
}

static bool
is_little_endian(void)
{
	const uint16_t one = 1;

	return *(const uint8_t *)&one == 1;
}

/* Groups of hexadecimal digits; blanks between them are for the reader. */
static void
assert_bytes(const uint8_t *bytes, size_t n, const char *hex)
{
	struct strbuf have = { 0 }, want = { 0 };
	size_t i;

	if (!is_little_endian())
		skip();
	for (i = 0; i < n; i++)
		strbuf_addf(&have, "%02x", bytes[i]);
	for (; *hex != '\0'; hex++)
		if (*hex != ' ')
			strbuf_addf(&want, "%c", *hex);
	assert_string_equal(strbuf_str(&have), strbuf_str(&want));
	strbuf_fini(&have);
	strbuf_fini(&want);
}

static void
assert_request(enum op_kind kind, const char *hex)
{
	uint8_t buf[RTREQUEST_BYTES];

	op.kind = kind;
	assert_bytes(buf, rtrequest_build(&request, buf), hex);
}

static void
a_bond_is_made_active_backup_with_polled_links(void **state)
{
	(void)state;
	memcpy(op.ifname, "bond0", 6);
	op.value = 100;
	request.index = 0;
	assert_request(OP_LAGG_CREATE,
	    "68000000 1000 0506 04030201 00000000"
	    "00000000 00000000 00000000 00000000"
	    "0a00 0300 626f6e6430000000"
	    "3c00 1200 0900 0100 626f6e6400000000"
	    "2c00 0200 0500 0100 01000000 0800 0300 64000000"
	    "0500 0c00 00000000 0500 0d00 00000000 0500 1100 00000000");
}

static void
all_ports_take_what_comes_when_it_is_said(void **state)
{
	uint8_t plain[RTREQUEST_BYTES], all[RTREQUEST_BYTES];
	size_t n;

	(void)state;
	op.kind = OP_LAGG_CREATE;
	n = rtrequest_build(&request, plain);
	request.rx_all = true;
	assert_int_equal(rtrequest_build(&request, all), n);
	/* The last attribute's value. */
	assert_int_equal(plain[n - 4], 0);
	assert_int_equal(all[n - 4], 1);
	all[n - 4] = 0;
	assert_memory_equal(plain, all, n);
}

static void
a_port_joins_and_leaves(void **state)
{
	(void)state;
	assert_request(OP_PORT_ADD,
	    "28000000 1300 0500 04030201 00000000"
	    "00000000 05000000 00000000 00000000"
	    "0800 0a00 04000000");
	assert_request(OP_PORT_DEL,
	    "28000000 1300 0500 04030201 00000000"
	    "00000000 05000000 00000000 00000000"
	    "0800 0a00 00000000");
}

static void
the_primary_is_named_by_index(void **state)
{
	(void)state;
	assert_request(OP_PRIMARY,
	    "3c000000 1000 0500 04030201 00000000"
	    "00000000 04000000 00000000 00000000"
	    "1c00 1200 0900 0100 626f6e6400000000"
	    "0c00 0200 0800 0b00 05000000");
}

static void
flags_names_and_sizes_are_set(void **state)
{
	(void)state;
	assert_request(OP_UP,
	    "20000000 1300 0500 04030201 00000000"
	    "00000000 04000000 01000000 01000000");
	assert_request(OP_DOWN,
	    "20000000 1300 0500 04030201 00000000"
	    "00000000 04000000 00000000 01000000");
	op.value = 1400;
	assert_request(OP_MTU,
	    "28000000 1300 0500 04030201 00000000"
	    "00000000 04000000 00000000 00000000"
	    "0800 0400 78050000");
	memcpy(op.text, "hi", 3);
	assert_request(OP_DESCR,
	    "28000000 1300 0500 04030201 00000000"
	    "00000000 04000000 00000000 00000000"
	    "0700 1400 68690000");
	assert_request(OP_LAGG_DESTROY,
	    "20000000 1100 0500 04030201 00000000"
	    "00000000 04000000 00000000 00000000");
}

static void
addresses_come_with_their_broadcast_and_go(void **state)
{
	(void)state;
	assert_true(ipaddr_parse("10.0.2.15/24", &op.addr));
	assert_request(OP_ADDR_ADD,
	    "30000000 1400 0506 04030201 00000000 0218 0000 04000000"
	    "0800 0200 0a00020f 0800 0100 0a00020f 0800 0400 0a0002ff");
	assert_request(OP_ADDR_DEL,
	    "28000000 1500 0500 04030201 00000000 0218 0000 04000000"
	    "0800 0200 0a00020f 0800 0100 0a00020f");
	/* A lease has an end. */
	request.ends = true;
	assert_request(OP_ADDR_ADD,
	    "44000000 1400 0506 04030201 00000000 0218 0000 04000000"
	    "0800 0200 0a00020f 0800 0100 0a00020f 0800 0400 0a0002ff"
	    "1400 0600 ffffff7f ffffff7f 00000000 00000000");
	request.ends = false;
	/* Of a net of two there is none. */
	assert_true(ipaddr_parse("10.0.2.14/31", &op.addr));
	assert_request(OP_ADDR_ADD,
	    "28000000 1400 0506 04030201 00000000 021f 0000 04000000"
	    "0800 0200 0a00020e 0800 0100 0a00020e");
	assert_true(ipaddr_parse("fd00::1/64", &op.addr));
	assert_request(OP_ADDR_ADD,
	    "40000000 1400 0506 04030201 00000000 0a40 0000 04000000"
	    "1400 0200 fd000000000000000000000000000001"
	    "1400 0100 fd000000000000000000000000000001");
	assert_true(ipaddr_parse("0.0.0.0/0", &op.addr));
	assert_request(OP_ADDR_ADD,
	    "30000000 1400 0506 04030201 00000000 0200 0000 04000000"
	    "0800 0200 00000000 0800 0100 00000000 0800 0400 ffffffff");
}

static void
default_routes_come_and_go(void **state)
{
	(void)state;
	assert_true(ipaddr_parse("10.0.2.2", &op.addr));
	assert_request(OP_DEFAULT_ADD,
	    "2c000000 1800 0506 04030201 00000000 02000000 fe040001 00000000"
	    "0800 0500 0a000202 0800 0400 04000000");
	assert_true(ipaddr_parse("fe80::1", &op.addr));
	assert_request(OP_DEFAULT_DEL,
	    "24000000 1900 0500 04030201 00000000 0a000000 fe00ff00 00000000"
	    "0800 0400 04000000");
	memset(&op.addr, 0, sizeof(op.addr));
	assert_request(OP_DEFAULT_DEL,
	    "24000000 1900 0500 04030201 00000000 02000000 fe00ff00 00000000"
	    "0800 0400 04000000");
}

static void
what_is_no_request_is_none(void **state)
{
	static const enum op_kind others[] = { OP_SYSCTL, OP_PROCESS, OP_CAPS,
		OP_RENAME, OP_ETHER, OP_CLONE, OP_DESTROY, OP_VLAN, OP_RTADV,
		OP_NO_DAD, OP_RTSOL, OP_DHCP_START, OP_DHCP_STOP };
	uint8_t buf[RTREQUEST_BYTES];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		op.kind = others[i];
		assert_int_equal(rtrequest_build(&request, buf), 0);
	}
}

static void
the_longest_texts_have_room(void **state)
{
	uint8_t buf[RTREQUEST_BYTES];

	(void)state;
	memset(op.text, 'x', sizeof(op.text) - 1);
	memset(op.ifname, 'y', sizeof(op.ifname) - 1);
	op.kind = OP_DESCR;
	assert_int_equal(rtrequest_build(&request, buf), 16 + 16 + 4 + 64);
	op.kind = OP_LAGG_CREATE;
	assert_true(rtrequest_build(&request, buf) < RTREQUEST_BYTES);
}

static void
questions_are_asked(void **state)
{
	uint8_t buf[RTREQUEST_BYTES];

	(void)state;
	assert_bytes(buf, rtrequest_dump(18, 7, buf),
	    "28000000 1200 0103 07000000 00000000"
	    "00000000 00000000 00000000 00000000 0800 1d00 08000000");
	assert_bytes(buf, rtrequest_dump(22, 7, buf),
	    "18000000 1600 0103 07000000 00000000 00000000 00000000");
	assert_bytes(buf, rtrequest_dump(26, 7, buf),
	    "1c000000 1a00 0103 07000000 00000000 00000000 00000000 00000000");
	/* An address of one byte is none: EINVAL, but only if there is a bond
	 * to say so. */
	assert_bytes(buf, rtrequest_probe_bonding(7, buf),
	    "38000000 1000 0506 07000000 00000000"
	    "00000000 00000000 00000000 00000000"
	    "0500 0100 00000000 1000 1200 0900 0100 626f6e6400000000");
}

static void
errors_are_freebsds(void **state)
{
	(void)state;
	assert_int_equal(bsderrno_of_linux(0), 0);
	assert_int_equal(bsderrno_of_linux(1), 1);    /* EPERM */
	assert_int_equal(bsderrno_of_linux(11), 35);  /* EAGAIN */
	assert_int_equal(bsderrno_of_linux(17), 17);  /* EEXIST */
	assert_int_equal(bsderrno_of_linux(19), 6);   /* ENODEV: ENXIO */
	assert_int_equal(bsderrno_of_linux(35), 11);  /* EDEADLK */
	assert_int_equal(bsderrno_of_linux(95), 45);  /* EOPNOTSUPP */
	assert_int_equal(bsderrno_of_linux(110), 60); /* ETIMEDOUT */
	assert_int_equal(bsderrno_of_linux(9999), 5);
	assert_int_equal(bsderrno_of_linux(-1), 5);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup(f, set_up)
	const struct CMUnitTest tests[] = {
		T(a_bond_is_made_active_backup_with_polled_links),
		T(all_ports_take_what_comes_when_it_is_said),
		T(a_port_joins_and_leaves),
		T(the_primary_is_named_by_index),
		T(flags_names_and_sizes_are_set),
		T(addresses_come_with_their_broadcast_and_go),
		T(default_routes_come_and_go),
		T(what_is_no_request_is_none),
		T(the_longest_texts_have_room),
		T(questions_are_asked),
		T(errors_are_freebsds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
