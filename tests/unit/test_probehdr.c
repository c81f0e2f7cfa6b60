/* SPDX-License-Identifier: BSD-2-Clause */
/* A probe on the wire, byte for byte, and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "packet/probehdr.h"

static struct probe_frame
sample(bool v6, bool icmp, enum probe_kind kind)
{
	struct probe_frame f = { .src_mac = { 2, 0, 0, 0, 0, 1 },
		.dst_mac = { 2, 0, 0, 0, 0, 2 },
		.icmp = icmp,
		.src_port = icmp ? 0 : 49153,
		.dst_port = icmp ? 0 : PROBE_UDP_PORT,
		.kind = kind,
		.stream = 1,
		.sequence = UINT64_C(0x123456789),
		.sent_ns = INT64_C(1700000000123456789) };

	assert_true(ipaddr_parse(v6 ? "2001:db8::4" : "10.0.0.4", &f.src));
	assert_true(ipaddr_parse(v6 ? "2001:db8::1" : "10.0.0.1", &f.dst));
	return f;
}

static void
an_echo_request_is_the_bytes_that_the_standards_say(void **state)
{
	static const uint8_t want[] = { 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1,
		0x08, 0x00, /* IPv4 */
		0x45, 0, 0, 60, 0x67, 0x89, 0, 0, 64, 1, 0, 0, 10, 0, 0, 4, 10,
		0, 0, 1,		      /* echo request, identifier 1 */
		8, 0, 0, 0, 0, 1, 0x67, 0x89, /* ours */
		'S', 'w', 'P', 'b', 1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0x23,
		0x45, 0x67, 0x89 };
	struct probe_frame f = sample(false, true, PROBE_REQUEST);
	uint8_t buf[PROBE_FRAME_MAX];

	(void)state;
	assert_int_equal(probe_frame_encode(&f, buf), 74);
	/* IPv4: 4500+003c+6789+4001+0a00+0004+0a00+0001 = 100cb: ff33. */
	assert_int_equal(buf[24], 0xff);
	assert_int_equal(buf[25], 0x33);
	assert_true(probe_frame_is_intact(buf, 74));
	memset(buf + 24, 0, 2);
	memset(buf + 36, 0, 2);
	assert_memory_equal(buf, want, sizeof(want));
}

static void
what_is_written_is_read_again(void **state)
{
	uint8_t buf[PROBE_FRAME_MAX];
	struct probe_frame f, g;
	unsigned i;

	(void)state;
	for (i = 0; i < 12; i++) {
		f = sample(i & 1, i & 2, (enum probe_kind)(i / 4));
		memset(&g, 0xff, sizeof(g));
		assert_true(
		    probe_frame_decode(buf, probe_frame_encode(&f, buf), &g));
		assert_memory_equal(g.src_mac, f.src_mac, 6);
		assert_memory_equal(g.dst_mac, f.dst_mac, 6);
		assert_true(ipaddr_equal(&g.src, &f.src));
		assert_true(ipaddr_equal(&g.dst, &f.dst));
		assert_int_equal(g.icmp, f.icmp);
		assert_int_equal(g.src_port, f.src_port);
		assert_int_equal(g.dst_port, f.dst_port);
		assert_int_equal(g.kind, f.kind);
		assert_int_equal(g.stream, f.stream);
		assert_true(g.sequence == f.sequence);
		assert_true(g.sent_ns == f.sent_ns);
	}
}

static void
one_wrong_bit_anywhere_behind_ethernet_is_seen(void **state)
{
	uint8_t buf[PROBE_FRAME_MAX];
	struct probe_frame f;
	size_t bytes, bit;
	unsigned i;

	(void)state;
	for (i = 0; i < 4; i++) {
		f = sample(i & 1, i & 2, PROBE_REQUEST);
		bytes = probe_frame_encode(&f, buf);
		for (bit = 14 * 8; bit < bytes * 8; bit++) {
			/* IPv6 has no checksum over its first 8 bytes. */
			if ((i & 1) && bit < (14 + 8) * 8)
				continue;
			/* ICMPv6's and UDP's pseudo header are the addresses,
			 * IPv4's ICMP has its own alone; all are covered. */
			buf[bit / 8] ^= (uint8_t)(1 << bit % 8);
			if (probe_frame_is_intact(buf, bytes))
				fail_msg("kind %u: bit %zu", i, bit);
			buf[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
		assert_true(probe_frame_is_intact(buf, bytes));
	}
}

static void
what_is_cut_foreign_or_newer_is_no_probe(void **state)
{
	struct probe_frame f = sample(false, false, PROBE_ONE_WAY), g;
	uint8_t buf[PROBE_FRAME_MAX];
	size_t bytes = probe_frame_encode(&f, buf), i;
	static const size_t spoilt[] = { 12, 14, 16, 20, 23, 42, 46, 47 };

	(void)state;
	for (i = 0; i < bytes; i++)
		assert_false(probe_frame_decode(buf, i, &g));
	for (i = 0; i < sizeof(spoilt) / sizeof(spoilt[0]); i++) {
		buf[spoilt[i]] ^= 0x20;
		if (probe_frame_decode(buf, bytes, &g))
			fail_msg("byte %zu does not matter", spoilt[i]);
		buf[spoilt[i]] ^= 0x20;
	}
	/* A checksum that the NIC fills in later does not. */
	buf[40] ^= 0x20;
	assert_true(probe_frame_decode(buf, bytes, &g));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    an_echo_request_is_the_bytes_that_the_standards_say),
		cmocka_unit_test(what_is_written_is_read_again),
		cmocka_unit_test(
		    one_wrong_bit_anywhere_behind_ethernet_is_seen),
		cmocka_unit_test(what_is_cut_foreign_or_newer_is_no_probe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
