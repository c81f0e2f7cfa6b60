/* SPDX-License-Identifier: BSD-2-Clause */
/* Links, tags and headers, in bytes as they are on wires. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "packet/frame.h"
#include "packet/numbering.h"

/* ping 10.0.2.2 of FreeBSD, the first 8 bytes of its data only. */
static const uint8_t ping[] = { 0x45, 0x00, 0x00, 0x24, 0xb1, 0xe6, 0x00, 0x00,
	0x40, 0x01, 0xb0, 0xe3, 0x0a, 0x00, 0x02, 0x0f, 0x0a, 0x00, 0x02, 0x02,
	0x08, 0x00, 0x4f, 0x2a, 0xd9, 0x02, 0x00, 0x05, 0x00, 0x06, 0x1a, 0x2b,
	0x3c, 0x4d, 0x5e, 0x6f };
/* A DNS question from ::1, behind a hop-by-hop header. */
static const uint8_t dns6[] = { 0x60, 0x0d, 0x9a, 0x5b, 0x00, 0x14, 0x00, 0x40,
	0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0xfd, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0x11, 0x00, 0x01, 0x04, 0, 0, 0, 0, 0xd4,
	0x31, 0x00, 0x35, 0x00, 0x0c, 0x12, 0x34, 0xab, 0xcd, 0x01, 0x00 };

static uint8_t buf[256];
static struct frame f;

static enum frame_kind
decode(int link, const char *head, size_t head_bytes, const uint8_t *ip,
    size_t ip_bytes)
{
	memcpy(buf, head, head_bytes);
	memcpy(buf + head_bytes, ip, ip_bytes);
	return frame_decode(link, buf, head_bytes + ip_bytes, &f);
}

#define DECODE(link, head, ip)                                                 \
	decode(link, head, sizeof(head) - 1, ip, sizeof(ip))

static void
is_ping(void)
{
	struct number n;

	assert_int_equal(f.family, 4);
	assert_int_equal(f.proto, FRAME_PROTO_ICMP);
	assert_memory_equal(f.src, "\x0a\0\x02\x0f", 4);
	assert_int_equal(f.l4_bytes, 16);
	numbering_of(&f, &n);
	assert_int_equal(n.kind, NUMBERING_ECHO);
	assert_int_equal(n.role, NUMBERING_REQUEST);
	assert_int_equal(n.stream, 0xd902);
	assert_int_equal(n.value, 5);
}

static void
every_link_that_is_known_is_taken_off(void **state)
{
	static const struct {
		int link;
		const char *head;
		size_t bytes;
	} links[] = {
#define L(link, head) { link, head, sizeof(head) - 1 }
		L(FRAME_ETHERNET, "RTab\0\1RTab\0\2\x08\0"),
		L(FRAME_ETHERNET, "RTab\0\1RTab\0\2\x81\0\0\5\x08\0"),
		L(FRAME_ETHERNET,
		    "RTab\0\1RTab\0\2\x88\xa8\0\5\x81\0\0\7\x08\0"),
		L(FRAME_RAW, ""),
		L(FRAME_RAW_BSD, ""),
		L(FRAME_IPV4, ""),
		L(FRAME_SLL, "\0\0\0\1\0\6RTab\0\1\0\0\x08\0"),
		L(FRAME_SLL2, "\x08\0\0\0\0\0\0\3\0\1\0\6RTab\0\1\0\0"),
		L(FRAME_NULL, "\2\0\0\0"),
		L(FRAME_NULL, "\0\0\0\2"),
		L(FRAME_LOOP, "\0\0\0\2"),
#undef L
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		assert_true(frame_knows(links[i].link));
		assert_int_equal(decode(links[i].link, links[i].head,
				     links[i].bytes, ping, sizeof(ping)),
		    FRAME_IP);
		is_ping();
		assert_int_equal(f.ifindex,
		    links[i].link == FRAME_SLL2 ? 3 : 0);
	}
	assert_false(frame_knows(147));
	assert_int_equal(frame_decode(147, ping, sizeof(ping), &f),
	    FRAME_OTHER);
}

static void
ipv6_is_found_behind_its_extensions(void **state)
{
	struct number n;

	(void)state;
	assert_int_equal(DECODE(FRAME_ETHERNET, "RTab\0\1RTab\0\2\x86\xdd",
			     dns6),
	    FRAME_IP);
	assert_int_equal(f.family, 6);
	assert_int_equal(f.proto, FRAME_PROTO_UDP);
	assert_int_equal(f.src_port, 0xd431);
	assert_int_equal(f.dst_port, 53);
	assert_int_equal(f.l4_bytes, 12);
	assert_false(f.has_id);
	numbering_of(&f, &n);
	assert_int_equal(n.kind, NUMBERING_NONE);
	assert_int_equal(DECODE(FRAME_NULL, "\x1c\0\0\0", dns6), FRAME_IP);
	assert_int_equal(DECODE(FRAME_NULL, "\x1e\0\0\0", dns6), FRAME_IP);
	assert_int_equal(DECODE(FRAME_NULL, "\7\0\0\0", dns6), FRAME_OTHER);
}

/* Wherever a snap length cuts, it is said, and nothing is read behind. */
static void
cut_packets_are_told_from_whole_ones(void **state)
{
	uint8_t *exact;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(ping); i++) {
		exact = test_malloc(i + 1); /* with guards around it */
		memcpy(exact, ping, i);
		assert_int_equal(frame_decode(FRAME_RAW, exact, i, &f),
		    i < 20 ? FRAME_CUT : FRAME_IP);
		test_free(exact);
	}
	for (i = 0; i < sizeof(dns6); i++)
		assert_int_equal(frame_decode(FRAME_RAW, dns6, i, &f),
		    i < 52 ? FRAME_CUT : FRAME_IP);
}

static void
lies_are_not_believed(void **state)
{
	uint8_t bad[sizeof(ping)];

	(void)state;
	memcpy(bad, ping, sizeof(bad));
	bad[0] = 0x44; /* a header of 16 bytes */
	assert_int_equal(frame_decode(FRAME_IPV4, bad, sizeof(bad), &f),
	    FRAME_BAD);
	memcpy(bad, ping, sizeof(bad));
	bad[3] = 19; /* shorter than its header */
	assert_int_equal(frame_decode(FRAME_IPV4, bad, sizeof(bad), &f),
	    FRAME_BAD);
	bad[3] = 0; /* large segments that the NIC cuts up */
	assert_int_equal(frame_decode(FRAME_IPV4, bad, sizeof(bad), &f),
	    FRAME_IP);
	bad[0] = 0x75;
	assert_int_equal(frame_decode(FRAME_RAW, bad, sizeof(bad), &f),
	    FRAME_BAD);
	memcpy(bad, ping, sizeof(bad));
	bad[6] = 0x20; /* a first fragment has ports, ... */
	assert_int_equal(frame_decode(FRAME_RAW, bad, sizeof(bad), &f),
	    FRAME_IP);
	bad[7] = 0x10; /* ... a later one has none */
	assert_int_equal(frame_decode(FRAME_RAW, bad, sizeof(bad), &f),
	    FRAME_FRAGMENT);
}

static void
what_goes_to_many_is_said(void **state)
{
	uint8_t ip[sizeof(ping)];

	(void)state;
	assert_int_equal(DECODE(FRAME_ETHERNET,
			     "\xff\xff\xff\xff\xff\xffRTab\0\2\x08\0", ping),
	    FRAME_IP);
	assert_true(f.group);
	DECODE(FRAME_ETHERNET, "RTab\0\1RTab\0\2\x08\0", ping);
	assert_false(f.group);
	memcpy(ip, ping, sizeof(ip));
	ip[16] = 224;
	frame_decode(FRAME_RAW, ip, sizeof(ip), &f);
	assert_true(f.group);
}

static void
an_atomic_datagram_without_id_has_none(void **state)
{
	uint8_t ip[sizeof(ping)];

	(void)state;
	memcpy(ip, ping, sizeof(ip));
	frame_decode(FRAME_RAW, ip, sizeof(ip), &f);
	assert_true(f.has_id);
	ip[4] = ip[5] = 0;
	ip[6] = 0x40; /* DF: RFC 6864 */
	frame_decode(FRAME_RAW, ip, sizeof(ip), &f);
	assert_false(f.has_id);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_link_that_is_known_is_taken_off),
		cmocka_unit_test(ipv6_is_found_behind_its_extensions),
		cmocka_unit_test(cut_packets_are_told_from_whole_ones),
		cmocka_unit_test(lies_are_not_believed),
		cmocka_unit_test(what_goes_to_many_is_said),
		cmocka_unit_test(an_atomic_datagram_without_id_has_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
