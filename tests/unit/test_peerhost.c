/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sim/lab/peerhost.h: frames as they are on a wire, in and out. The bytes were
 * put together from the RFCs by another program.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sim/lab/peerhost.h"

/* The peer is 02:00:00:00:00:01, 10.0.2.2/24, fec0::2/64; the guest
 * 52:54:00:00:00:02, 10.0.2.15, fec0::15. */
static const char arp_ask[] =
    "ffffffffffff525400000002080600010800060400015254000000020a00020f"
    "0000000000000a000202";
static const char arp_tell[] =
    "525400000002020000000001080600010800060400020200000000010a000202"
    "5254000000020a00020f000000000000000000000000000000000000";
static const char arp_guest_tells[] =
    "020000000001525400000002080600010800060400025254000000020a00020f"
    "0200000000010a000202";
static const char arp_peer_asks[] =
    "ffffffffffff020000000001080600010800060400010200000000010a000202"
    "0000000000000a00020f000000000000000000000000000000000000";
static const char arp_probe[] =
    "ffffffffffff5254000000020806000108000604000152540000000200000000"
    "0000000000000a000202";
static const char arp_probe_reply[] =
    "525400000002020000000001080600010800060400020200000000010a000202"
    "52540000000200000000000000000000000000000000000000000000";
static const char ping[] =
    "02000000000152540000000208004500002100000000400162cc0a00020f0a00"
    "02020800b41d0007000968656c6c6f";
static const char pong[] =
    "52540000000202000000000108004500002100000000400162cc0a0002020a00"
    "020f0000bc1d0007000968656c6c6f00000000000000000000000000";
static const char ping_far[] =
    "020000000001525400000002080046000025000000004001a9bf0a00020fc000"
    "0209010101000800b41d0007000968656c6c6f";
static const char pong_far[] =
    "525400000002020000000001080045000021000000004001acc4c00002090a00"
    "020f0000bc1d0007000968656c6c6f00000000000000000000000000";
static const char ns[] =
    "3333ff00000252540000000286dd6000000000203afffec00000000000000000"
    "000000000015ff0200000000000000000001ff000002870029ae00000000fec0"
    "00000000000000000000000000020101525400000002";
static const char na[] =
    "52540000000202000000000186dd6000000000203afffec00000000000000000"
    "000000000002fec0000000000000000000000000001588009746e0000000fec0"
    "00000000000000000000000000020201020000000001";
static const char dad[] =
    "3333ff00000252540000000286dd6000000000183aff00000000000000000000"
    "000000000000ff0200000000000000000001ff00000287007be300000000fec0"
    "0000000000000000000000000002";
static const char dad_na[] =
    "33330000000102000000000186dd6000000000203afffec00000000000000000"
    "000000000002ff0200000000000000000000000000018800d718a0000000fec0"
    "00000000000000000000000000020201020000000001";
static const char peer_ns[] =
    "3333ff00001502000000000186dd6000000000203afffec00000000000000000"
    "000000000002ff0200000000000000000001ff000015870079f000000000fec0"
    "00000000000000000000000000150101020000000001";
static const char peer_ns_ll[] =
    "3333ff00000202000000000186dd6000000000203afffe800000000000000000"
    "00fffe000001ff0200000000000000000001ff00000287002c4300000000fe80"
    "000000000000505400fffe0000020101020000000001";
static const char guest_na[] =
    "02000000000152540000000286dd6000000000203afffec00000000000000000"
    "000000000015fec000000000000000000000000000028800c6de60000000fec0"
    "00000000000000000000000000150201525400000002";
static const char ping6[] =
    "02000000000152540000000286dd60000000000d3a40fec00000000000000000"
    "000000000015fec0000000000000000000000000000280003e3d000700096865"
    "6c6c6f";
static const char pong6[] =
    "52540000000202000000000186dd60000000000d3a40fec00000000000000000"
    "000000000002fec0000000000000000000000000001581003d3d000700096865"
    "6c6c6f";

static const uint8_t peer_mac[6] = { 2, 0, 0, 0, 0, 1 };
static const uint8_t guest_mac[6] = { 0x52, 0x54, 0, 0, 0, 2 };

struct rig {
	struct peerhost host;
	uint8_t frame[2048], out[PEERHOST_FRAME_MAX];
	size_t bytes, answer;
	struct probe_frame probe;
};

static size_t
from_hex(const char *hex, uint8_t *out)
{
	size_t n = strlen(hex) / 2, i;
	unsigned byte;

	for (i = 0; i < n; i++) {
		assert_int_equal(sscanf(hex + 2 * i, "%2x", &byte), 1);
		out[i] = (uint8_t)byte;
	}
	return n;
}

static void
begin(struct rig *r)
{
	struct ipaddr v4, v6;

	memset(r, 0, sizeof(*r));
	assert_true(ipaddr_parse("10.0.2.2/24", &v4));
	assert_true(ipaddr_parse("fec0::2/64", &v6));
	peerhost_init(&r->host, peer_mac, &v4, &v6);
}

static enum peerhost_said
hear(struct rig *r)
{
	memset(r->out, 0xaa, sizeof(r->out));
	return peerhost_hear(&r->host, r->frame, r->bytes, &r->probe, r->out,
	    &r->answer);
}

static void
is_answered(struct rig *r, const char *ask, const char *want)
{
	uint8_t bytes[2048];
	size_t n = from_hex(want, bytes);

	r->bytes = from_hex(ask, r->frame);
	assert_int_equal(hear(r), PEERHOST_ANSWER);
	assert_int_equal(r->answer, n);
	assert_memory_equal(r->out, bytes, n);
}

static void
is_ignored(struct rig *r, const char *ask)
{
	r->bytes = from_hex(ask, r->frame);
	assert_int_equal(hear(r), PEERHOST_NOTHING);
	assert_int_equal(r->answer, 0);
}

static void
questions_get_their_answers(void **state)
{
	static struct rig r;

	(void)state;
	begin(&r);
	is_answered(&r, arp_ask, arp_tell);
	is_answered(&r, arp_probe, arp_probe_reply);
	is_answered(&r, ping, pong);
	/* The gateway stands for all that lies behind it; options are not
	 * sent back. */
	is_answered(&r, ping_far, pong_far);
	is_answered(&r, ns, na);
	is_answered(&r, dad, dad_na);
	is_answered(&r, ping6, pong6);
	assert_int_equal(r.host.damaged, 0);
	/* Nobody is remembered who was not asked for. */
	assert_int_equal(r.host.n_neighbours, 0);
}

static void
neighbours_are_asked_for_and_kept(void **state)
{
	static struct rig r;
	struct peerhost_neighbour *n;
	struct ipaddr addr;
	uint8_t want[128];
	size_t bytes;

	(void)state;
	begin(&r);
	ipaddr_parse("10.0.2.15", &addr);
	n = peerhost_neighbour(&r.host, &addr);
	assert_false(n->known);
	bytes = from_hex(arp_peer_asks, want);
	assert_int_equal(peerhost_ask(&r.host, &addr, r.out), bytes);
	assert_memory_equal(r.out, want, bytes);
	is_ignored(&r, arp_guest_tells);
	assert_true(n->known);
	assert_memory_equal(n->mac, guest_mac, 6);
	assert_ptr_equal(peerhost_neighbour(&r.host, &addr), n);
	/* Whoever asks tells too (RFC 826), and may be another by now. */
	r.bytes = from_hex(arp_ask, r.frame);
	r.frame[27] = 9;
	hear(&r);
	assert_int_equal(n->mac[5], 9);
	/* A group is nobody's address. */
	r.frame[22] = 0xff;
	hear(&r);
	assert_int_equal(n->mac[0], 0x52);

	ipaddr_parse("fec0::15", &addr);
	n = peerhost_neighbour(&r.host, &addr);
	bytes = from_hex(peer_ns, want);
	assert_int_equal(peerhost_ask(&r.host, &addr, r.out), bytes);
	assert_memory_equal(r.out, want, bytes);
	is_ignored(&r, guest_na);
	assert_true(n->known);
	assert_memory_equal(n->mac, guest_mac, 6);
	n->known = false;
	is_answered(&r, ns, na);
	assert_true(n->known);
	/* Out of the prefix it is asked for from the link's own address. */
	ipaddr_parse("fe80::5054:ff:fe00:2", &addr);
	bytes = from_hex(peer_ns_ll, want);
	assert_int_equal(peerhost_ask(&r.host, &addr, r.out), bytes);
	assert_memory_equal(r.out, want, bytes);
}

static void
neighbours_are_so_many_and_no_more(void **state)
{
	static struct rig r;
	struct ipaddr addr;
	unsigned i;

	(void)state;
	begin(&r);
	ipaddr_parse("10.0.2.15", &addr);
	for (i = 0; i < PEERHOST_NEIGHBOURS; i++) {
		addr.bytes[3] = (uint8_t)(100 + i);
		assert_non_null(peerhost_neighbour(&r.host, &addr));
	}
	addr.bytes[3] = 7;
	assert_null(peerhost_neighbour(&r.host, &addr));
	addr.bytes[3] = 100;
	assert_non_null(peerhost_neighbour(&r.host, &addr));
}

static void
what_is_not_for_it_is_left_alone(void **state)
{
	static struct rig r;

	(void)state;
	begin(&r);
	r.bytes = from_hex(ping, r.frame);
	r.frame[5] = 3; /* another MAC */
	assert_int_equal(hear(&r), PEERHOST_NOTHING);
	r.bytes = from_hex(ping, r.frame);
	r.frame[33]++; /* another host of its own network ... */
	r.frame[25]--;
	assert_int_equal(hear(&r), PEERHOST_NOTHING);
	assert_int_equal(r.host.damaged, 0);
	r.bytes = from_hex(arp_ask, r.frame);
	r.frame[41]++; /* ... is asked for itself */
	assert_int_equal(hear(&r), PEERHOST_NOTHING);
	is_ignored(&r, pong);
	is_ignored(&r, pong6);
	/* An announcement after a migration: RARP. */
	r.bytes = from_hex(arp_ask, r.frame);
	r.frame[13] = 0x35;
	assert_int_equal(hear(&r), PEERHOST_NOTHING);
	/* From a group there is nothing. */
	r.bytes = from_hex(arp_ask, r.frame);
	r.frame[6] |= 1;
	assert_int_equal(hear(&r), PEERHOST_NOTHING);
	/* A solicitation that a router passed on. */
	r.bytes = from_hex(ns, r.frame);
	r.frame[21] = 254;
	assert_int_equal(hear(&r), PEERHOST_NOTHING);
	/* For who has no such address. */
	r.bytes = from_hex(ns, r.frame);
	r.frame[77]++;
	r.frame[57]--;
	assert_int_equal(hear(&r), PEERHOST_NOTHING);
	assert_int_equal(r.host.damaged, 0);
}

static void
damage_is_dropped_and_counted(void **state)
{
	static const char *const whole[] = { ping, ping_far, ping6, ns };
	static struct rig r;
	size_t i;

	(void)state;
	begin(&r);
	for (i = 0; i < 4; i++) {
		r.bytes = from_hex(whole[i], r.frame);
		r.frame[r.bytes - 1] ^= 0x10;
		assert_int_equal(hear(&r), PEERHOST_NOTHING);
		assert_int_equal(r.host.damaged, i + 1);
	}
	r.bytes = from_hex(ping, r.frame);
	r.frame[22]--; /* the header's own sum */
	assert_int_equal(hear(&r), PEERHOST_NOTHING);
	assert_int_equal(r.host.damaged, 5);
}

/* However much of it is there, nothing behind it is read (with asan). */
static void
cut_frames_are_nothing(void **state)
{
	static const char *const whole[] = { arp_ask, ping, ping_far, ping6, ns,
		dad };
	static struct rig r;
	size_t i, n, size;
	uint8_t *exact;

	(void)state;
	begin(&r);
	for (i = 0; i < sizeof(whole) / sizeof(whole[0]); i++) {
		size = from_hex(whole[i], r.frame);
		for (n = 0; n < size; n++) {
			exact = test_malloc(n + 1);
			memcpy(exact + 1, r.frame, n);
			assert_int_equal(peerhost_hear(&r.host, exact + 1, n,
					     &r.probe, r.out, &r.answer),
			    PEERHOST_NOTHING);
			test_free(exact);
		}
	}
}

/* --- probes --- */

static struct probe_frame
probe_of(const char *dst, bool icmp, enum probe_kind kind)
{
	struct probe_frame f;

	memset(&f, 0, sizeof(f));
	memcpy(f.src_mac, guest_mac, 6);
	memcpy(f.dst_mac, peer_mac, 6);
	assert_true(ipaddr_parse(dst, &f.dst));
	assert_true(
	    ipaddr_parse(f.dst.family == 4 ? "10.0.2.15" : "fec0::15", &f.src));
	f.icmp = icmp;
	f.src_port = 49155;
	f.dst_port = PROBE_UDP_PORT;
	f.kind = kind;
	f.stream = 3;
	f.sequence = 70000;
	f.sent_ns = INT64_C(1700000000123456789);
	return f;
}

static void
check_reply(const struct rig *r, const struct probe_frame *asked)
{
	struct probe_frame back;

	assert_true(probe_frame_decode(r->out, r->answer, &back));
	assert_true(probe_frame_is_intact(r->out, r->answer));
	assert_int_equal(back.kind, PROBE_REPLY);
	assert_int_equal(back.stream, 3);
	assert_int_equal(back.sequence, 70000);
	assert_int_equal(back.sent_ns, asked->sent_ns);
	assert_true(ipaddr_same_host(&back.src, &asked->dst));
	assert_true(ipaddr_same_host(&back.dst, &asked->src));
	assert_memory_equal(back.dst_mac, guest_mac, 6);
	assert_memory_equal(back.src_mac, peer_mac, 6);
	if (!asked->icmp) {
		assert_int_equal(back.src_port, PROBE_UDP_PORT);
		assert_int_equal(back.dst_port, 49155);
	}
}

static void
probes_that_ask_are_answered_and_told(void **state)
{
	static const char *const to[] = { "10.0.2.2", "192.0.2.1", "fec0::2",
		"2001:db8::1", "fe80::ff:fe00:1" };
	static struct rig r;
	struct probe_frame f;
	size_t i;
	int icmp;

	(void)state;
	begin(&r);
	for (i = 0; i < 5; i++)
		for (icmp = 0; icmp < 2; icmp++) {
			f = probe_of(to[i], icmp != 0, PROBE_REQUEST);
			r.bytes = probe_frame_encode(&f, r.frame);
			assert_int_equal(hear(&r), PEERHOST_PROBE);
			assert_int_equal(r.probe.stream, 3);
			assert_int_equal(r.probe.sequence, 70000);
			check_reply(&r, &f);
		}
}

static void
probes_one_way_are_told(void **state)
{
	static struct rig r;
	struct probe_frame f;

	(void)state;
	begin(&r);
	f = probe_of("10.0.2.2", false, PROBE_ONE_WAY);
	r.bytes = probe_frame_encode(&f, r.frame);
	assert_int_equal(hear(&r), PEERHOST_PROBE);
	assert_int_equal(r.answer, 0);
	assert_int_equal(r.probe.sent_ns, f.sent_ns);
	/* The guest's kernel has answered an echo request of ours: its type
	 * says so, the payload is as we sent it. */
	f = probe_of("10.0.2.2", true, PROBE_REPLY);
	r.bytes = probe_frame_encode(&f, r.frame);
	assert_int_equal(hear(&r), PEERHOST_PROBE);
	assert_int_equal(r.answer, 0);
	/* To another port is no probe, and nobody listens there. */
	f = probe_of("10.0.2.2", false, PROBE_REQUEST);
	f.dst_port = 7;
	r.bytes = probe_frame_encode(&f, r.frame);
	assert_int_equal(hear(&r), PEERHOST_NOTHING);
	/* To a neighbour is not to the peer, */
	f = probe_of("10.0.2.77", false, PROBE_REQUEST);
	r.bytes = probe_frame_encode(&f, r.frame);
	assert_int_equal(hear(&r), PEERHOST_NOTHING);
	/* and a damaged one has not come. */
	f = probe_of("10.0.2.2", false, PROBE_REQUEST);
	r.bytes = probe_frame_encode(&f, r.frame);
	r.frame[60] ^= 1;
	assert_int_equal(hear(&r), PEERHOST_NOTHING);
	assert_int_equal(r.host.damaged, 1);
}

static void
without_addresses_it_says_nothing(void **state)
{
	static struct rig r;
	struct ipaddr none = { 0 }, addr;

	(void)state;
	memset(&r, 0, sizeof(r));
	peerhost_init(&r.host, peer_mac, &none, &none);
	is_ignored(&r, arp_ask);
	is_ignored(&r, ping);
	is_ignored(&r, ping6);
	is_ignored(&r, ns);
	ipaddr_parse("10.0.2.15", &addr);
	assert_int_equal(peerhost_ask(&r.host, &addr, r.out), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(questions_get_their_answers),
		cmocka_unit_test(neighbours_are_asked_for_and_kept),
		cmocka_unit_test(neighbours_are_so_many_and_no_more),
		cmocka_unit_test(what_is_not_for_it_is_left_alone),
		cmocka_unit_test(damage_is_dropped_and_counted),
		cmocka_unit_test(cut_frames_are_nothing),
		cmocka_unit_test(probes_that_ask_are_answered_and_told),
		cmocka_unit_test(probes_one_way_are_told),
		cmocka_unit_test(without_addresses_it_says_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
