/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sim/lab/wire.h over real sockets, whose other ends the test holds as QEMU
 * does. What is awaited is awaited until it is there.
 */
#include <sys/socket.h>
#include <sys/stat.h>

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/dur.h"
#include "base/mem.h"
#include "packet/frame.h"
#include "packet/probehdr.h"
#include "sim/lab/framing.h"
#include "sim/lab/wire.h"

#define PATIENCE (INT64_C(60) * DUR_SEC)

struct side { /* QEMU's end of one port */
	struct wire_port *port;
	int fd;
	struct framing in;
	uint8_t buf[4096];
	size_t at, bytes; /* of buf, not taken yet */
};

struct rig {
	struct labloop *loop;
	struct wire *wire;
	struct side sides[3];
};

static const uint8_t peer_mac[6] = { 2, 0, 0, 0, 0, 1 };
static const uint8_t guest_mac[6] = { 0x52, 0x54, 0, 0, 0, 2 };
static const uint8_t other_mac[6] = { 0x52, 0x54, 0, 0, 0, 3 };
static const uint8_t all_macs[6] = { 255, 255, 255, 255, 255, 255 };

static void
plug(struct rig *r, size_t side, const char *name)
{
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
			     fds),
	    0);
	r->sides[side].fd = fds[0];
	r->sides[side].port = wire_plug(r->wire, fds[1], name);
	assert_non_null(r->sides[side].port);
}

static int64_t capture_most; /* of the next rig; 0: as a run has it */

static void
begin(struct rig *r, const char *capture)
{
	struct wire_config config = { .capture = capture,
		.capture_most = capture_most };

	memset(r, 0, sizeof(*r));
	config.loop = r->loop = labloop_new();
	memcpy(config.mac, peer_mac, 6);
	assert_true(ipaddr_parse("10.0.2.2/24", &config.v4));
	r->wire = wire_new(&config);
	plug(r, 0, "hn");
	plug(r, 1, "vf");
	plug(r, 2, "hn-2");
}

static void
end(struct rig *r)
{
	size_t i;

	wire_free(r->wire);
	labloop_free(r->loop);
	for (i = 0; i < 3; i++)
		close(r->sides[i].fd);
}

/* All that is ready at once, and nothing later. */
static void
settle(struct rig *r)
{
	while (labloop_turn(r->loop, 0))
		;
}

static void
say_bytes(struct rig *r, size_t side, const void *data, size_t bytes)
{
	assert_int_equal(send(r->sides[side].fd, data, bytes, MSG_NOSIGNAL),
	    bytes);
	settle(r);
}

static void
say(struct rig *r, size_t side, const void *frame, size_t bytes)
{
	uint8_t buf[2048];

	framing_head(buf, bytes);
	memcpy(buf + FRAMING_HEAD, frame, bytes);
	say_bytes(r, side, buf, FRAMING_HEAD + bytes);
}

/* A frame of 60 bytes with a number in it. */
static void
say_to(struct rig *r, size_t side, const uint8_t to[6], const uint8_t from[6],
    uint8_t number)
{
	uint8_t frame[60] = { 0 };

	memcpy(frame, to, 6);
	memcpy(frame + 6, from, 6);
	frame[12] = 0x88;
	frame[13] = 0xb5; /* for experiments, IEEE 802 */
	frame[14] = number;
	say(r, side, frame, sizeof(frame));
}

/* Whether a frame is there now; it is in side->in then. */
static bool
hears(struct rig *r, size_t side)
{
	struct side *s = &r->sides[side];
	ssize_t n;

	for (;;) {
		if (framing_take(&s->in, s->buf, s->bytes, &s->at) ==
		    FRAMING_FRAME)
			return true;
		n = recv(s->fd, s->buf, sizeof(s->buf), MSG_DONTWAIT);
		if (n <= 0)
			return false;
		s->at = 0;
		s->bytes = (size_t)n;
		settle(r);
	}
}

static void
hears_number(struct rig *r, size_t side, uint8_t number)
{
	assert_true(hears(r, side));
	assert_int_equal(r->sides[side].in.bytes, 60);
	assert_int_equal(r->sides[side].in.frame[14], number);
}

/* Waits for it. */
static void
await(struct rig *r, size_t side)
{
	int64_t until = labloop_now(r->loop) + PATIENCE;

	while (!hears(r, side)) {
		assert_true(labloop_now(r->loop) < until);
		labloop_turn(r->loop, labloop_now(r->loop) + 10 * DUR_MS);
	}
}

/* --- switching --- */

static void
frames_go_where_their_address_was_heard(void **state)
{
	static struct rig r;
	const struct wire_move *moves;
	uint64_t all;
	size_t n;

	(void)state;
	begin(&r, NULL);
	/* Unknown: to all others. */
	say_to(&r, 0, other_mac, guest_mac, 1);
	hears_number(&r, 1, 1);
	hears_number(&r, 2, 1);
	assert_false(hears(&r, 0));
	assert_int_equal(wire_counts(r.wire).flooded, 1);
	/* Known: there alone, and not back to where it came from. */
	say_to(&r, 1, guest_mac, other_mac, 2);
	hears_number(&r, 0, 2);
	assert_false(hears(&r, 2));
	say_to(&r, 0, guest_mac, guest_mac, 3);
	assert_false(hears(&r, 0) || hears(&r, 1) || hears(&r, 2));
	/* An announcement moves it. */
	say_to(&r, 2, all_macs, guest_mac, 4);
	hears_number(&r, 0, 4);
	hears_number(&r, 1, 4);
	say_to(&r, 1, guest_mac, other_mac, 5);
	hears_number(&r, 2, 5);
	assert_false(hears(&r, 0));
	moves = wire_moves(r.wire, &n, &all);
	assert_int_equal(n, 1);
	assert_int_equal(all, 1);
	assert_memory_equal(moves[0].mac, guest_mac, 6);
	assert_string_equal(moves[0].from, "hn");
	assert_string_equal(moves[0].to, "hn-2");
	assert_int_equal(wire_counts(r.wire).flooded, 1);
	assert_int_equal(wire_port_counts(r.sides[0].port).in, 2);
	assert_int_equal(wire_port_counts(r.sides[0].port).out, 2);
	end(&r);
}

/* The peer hears what is for it, whoever claims its address. */
static void
the_peers_address_is_its_own(void **state)
{
	static struct rig r;
	uint64_t all;
	size_t n;

	(void)state;
	begin(&r, NULL);
	say_to(&r, 0, all_macs, peer_mac, 1);
	hears_number(&r, 1, 1);
	hears_number(&r, 2, 1);
	say_to(&r, 2, all_macs, peer_mac, 2);
	hears_number(&r, 0, 2);
	hears_number(&r, 1, 2);
	say_to(&r, 1, peer_mac, other_mac, 3);
	assert_false(hears(&r, 0) || hears(&r, 2));
	wire_moves(r.wire, &n, &all);
	assert_int_equal(all, 0);
	end(&r);
}

static void
a_port_that_ends_is_forgotten(void **state)
{
	static struct rig r;

	(void)state;
	begin(&r, NULL);
	say_to(&r, 0, all_macs, guest_mac, 1);
	hears_number(&r, 1, 1);
	hears_number(&r, 2, 1);
	assert_null(wire_port_ended(r.sides[0].port));
	close(r.sides[0].fd);
	settle(&r);
	assert_non_null(wire_port_ended(r.sides[0].port));
	/* Its address is unknown: to all. */
	say_to(&r, 1, guest_mac, other_mac, 2);
	hears_number(&r, 2, 2);
	wire_unplug(r.sides[0].port);
	plug(&r, 0, "hn");
	say_to(&r, 0, other_mac, guest_mac, 3);
	hears_number(&r, 1, 3);
	say_to(&r, 1, guest_mac, other_mac, 4);
	hears_number(&r, 0, 4);
	assert_false(hears(&r, 2));
	end(&r);
}

/* A guest that owns its QEMU may send any bytes. */
static void
what_is_no_frame_ends_its_port_alone(void **state)
{
	static struct rig r;
	static const uint8_t runt[13] = { 255, 255, 255, 255, 255, 255 };
	uint8_t head[FRAMING_HEAD];

	(void)state;
	begin(&r, NULL);
	say(&r, 0, runt, sizeof(runt));
	say(&r, 0, runt, 0);
	assert_false(hears(&r, 1) || hears(&r, 2));
	assert_int_equal(wire_port_counts(r.sides[0].port).in, 2);
	assert_int_equal(wire_port_counts(r.sides[0].port).runts, 2);
	assert_null(wire_port_ended(r.sides[0].port));
	framing_head(head, FRAMING_MAX + 1);
	say_bytes(&r, 0, head, sizeof(head));
	assert_non_null(wire_port_ended(r.sides[0].port));
	say_to(&r, 1, all_macs, other_mac, 5);
	hears_number(&r, 2, 5);
	end(&r);
}

/* --- the queue --- */

static void
a_port_that_nobody_reads_drops_the_newest(void **state)
{
	static struct rig r;
	struct wire_port_counts counts;
	uint8_t frame[400] = { 0 };
	unsigned sent, heard = 0, number, last = 0;
	uint64_t dropped;

	(void)state;
	begin(&r, NULL);
	say_to(&r, 1, all_macs, other_mac, 0); /* is known now */
	assert_true(hears(&r, 0) && hears(&r, 2));
	memcpy(frame, other_mac, 6);
	memcpy(frame + 6, guest_mac, 6);
	for (sent = 0;; sent++) {
		frame[14] = (uint8_t)(sent >> 8);
		frame[15] = (uint8_t)sent;
		say(&r, 0, frame, sizeof(frame));
		counts = wire_port_counts(r.sides[1].port);
		assert_true(counts.waiting <= WIRE_QUEUE);
		if (counts.dropped == 100)
			break;
	}
	sent++;
	dropped = counts.dropped;
	assert_int_equal(counts.waiting, WIRE_QUEUE);
	/* Another one is not kept waiting by it. */
	say_to(&r, 0, all_macs, guest_mac, 9);
	hears_number(&r, 2, 9);
	dropped++;
	/* What was kept is whole and in order, the first of all. */
	while (hears(&r, 1)) {
		assert_int_equal(r.sides[1].in.bytes, sizeof(frame));
		number =
		    r.sides[1].in.frame[14] * 256u + r.sides[1].in.frame[15];
		assert_int_equal(number, heard);
		last = number;
		heard++;
	}
	assert_int_equal(heard, sent - 100);
	assert_int_equal(last, sent - 101);
	counts = wire_port_counts(r.sides[1].port);
	assert_int_equal(counts.waiting, 0);
	assert_int_equal(counts.dropped, dropped);
	assert_int_equal(counts.out, heard);
	end(&r);
}

/* Long ones, which the socket takes in parts. */
static void
a_frame_that_goes_in_parts_is_whole(void **state)
{
	static struct rig r;
	static uint8_t frame[60000], head[FRAMING_HEAD];
	size_t i, k;

	(void)state;
	begin(&r, NULL);
	memset(frame, 255, 6);
	memcpy(frame + 6, guest_mac, 6);
	for (i = 0; i < 10; i++) {
		for (k = 12; k < sizeof(frame); k++)
			frame[k] = (uint8_t)(k / 251 + 7 * i);
		framing_head(head, sizeof(frame));
		say_bytes(&r, 0, head, sizeof(head));
		say_bytes(&r, 0, frame, sizeof(frame));
	}
	assert_true(wire_port_counts(r.sides[1].port).waiting > 0);
	for (i = 0; i < 10; i++) {
		assert_true(hears(&r, 1));
		assert_int_equal(r.sides[1].in.bytes, sizeof(frame));
		for (k = 12; k < sizeof(frame); k++)
			assert_int_equal(r.sides[1].in.frame[k],
			    (uint8_t)(k / 251 + 7 * i));
	}
	assert_false(hears(&r, 1));
	end(&r);
}

static int
a_socket(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	return fd;
}

static void
there_are_so_many_ports(void **state)
{
	static struct rig r;
	struct wire_port *more[WIRE_PORTS - 3];
	int fds[2];
	size_t i;

	(void)state;
	begin(&r, NULL);
	for (i = 0; i < WIRE_PORTS - 3; i++)
		assert_non_null(
		    more[i] = wire_plug(r.wire, a_socket(), "more"));
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	assert_null(wire_plug(r.wire, fds[1], "too many"));
	assert_int_equal(close(fds[1]), -1); /* it was closed */
	close(fds[0]);
	wire_unplug(more[4]);
	assert_non_null(wire_plug(r.wire, a_socket(), "again"));
	end(&r);
}

/* --- the peer --- */

static struct probe_frame
from_guest(enum probe_kind kind, uint32_t stream, uint64_t sequence)
{
	struct probe_frame f;

	memset(&f, 0, sizeof(f));
	memcpy(f.src_mac, guest_mac, 6);
	memcpy(f.dst_mac, peer_mac, 6);
	ipaddr_parse("10.0.2.15", &f.src);
	ipaddr_parse("10.0.2.2", &f.dst);
	f.src_port = (uint16_t)(49152 + stream);
	f.dst_port = PROBE_UDP_PORT;
	f.kind = kind;
	f.stream = stream;
	f.sequence = sequence;
	f.sent_ns = 1000 + (int64_t)sequence;
	return f;
}

static void
probes_of_the_guest_are_logged_and_answered(void **state)
{
	static struct rig r;
	uint8_t buf[PROBE_FRAME_MAX];
	struct probe_frame f, back;
	struct wire_log log;
	int64_t before;
	uint64_t i;

	(void)state;
	begin(&r, NULL);
	assert_false(wire_log(r.wire, 4, &log));
	before = labloop_now(r.loop);
	for (i = 0; i < 3; i++) {
		f = from_guest(PROBE_REQUEST, 4, 7 * i);
		say(&r, 1, buf, probe_frame_encode(&f, buf));
		assert_true(hears(&r, 1));
		assert_true(probe_frame_decode(r.sides[1].in.frame,
		    r.sides[1].in.bytes, &back));
		assert_int_equal(back.kind, PROBE_REPLY);
		assert_int_equal(back.sequence, 7 * i);
	}
	f = from_guest(PROBE_ONE_WAY, 5, 1);
	say(&r, 0, buf, probe_frame_encode(&f, buf));
	assert_false(hears(&r, 0) || hears(&r, 1) || hears(&r, 2));
	assert_true(wire_log(r.wire, 4, &log));
	assert_int_equal(log.n_got, 3);
	assert_int_equal(log.n_sent, 0);
	assert_int_equal(log.got[2].seq, 14);
	assert_int_equal(log.got[2].sent_ns, 1014);
	assert_true(log.got[0].at_ns >= before);
	assert_true(log.got[2].at_ns <= labloop_now(r.loop));
	assert_true(wire_log(r.wire, 5, &log));
	assert_int_equal(log.n_got, 1);
	/* One that a NIC spoilt has not come. */
	f = from_guest(PROBE_ONE_WAY, 5, 2);
	i = probe_frame_encode(&f, buf);
	buf[50] ^= 1;
	say(&r, 0, buf, i);
	assert_true(wire_log(r.wire, 5, &log));
	assert_int_equal(log.n_got, 1);
	assert_int_equal(wire_counts(r.wire).damaged, 1);
	end(&r);
}

/* Streams that a guest invents end somewhere. */
static void
logs_are_bounded(void **state)
{
	static struct rig r;
	uint8_t buf[PROBE_FRAME_MAX];
	struct probe_frame f;
	struct wire_log log;
	uint32_t i;

	(void)state;
	begin(&r, NULL);
	for (i = 0; i < WIRE_PROBES + 20; i++) {
		f = from_guest(PROBE_ONE_WAY, i * 77777, 0);
		say(&r, 0, buf, probe_frame_encode(&f, buf));
	}
	assert_int_equal(wire_counts(r.wire).unlogged, 20);
	assert_true(wire_log(r.wire, 0, &log));
	assert_false(wire_log(r.wire, WIRE_PROBES * 77777, &log));
	end(&r);
}

/* The guest's kernel answers who has its address. */
static void
answer_arp(struct rig *r, size_t side)
{
	uint8_t arp[60] = { 0 };
	const struct framing *asked = &r->sides[side].in;

	assert_int_equal(asked->bytes, 60);
	assert_memory_equal(asked->frame, all_macs, 6);
	assert_int_equal(frame_get16(asked->frame + 12), 0x0806);
	memcpy(arp, peer_mac, 6);
	memcpy(arp + 6, guest_mac, 6);
	memcpy(arp + 12, asked->frame + 12, 8);
	arp[21] = 2;
	memcpy(arp + 22, guest_mac, 6);
	memcpy(arp + 28, asked->frame + 38, 4);
	memcpy(arp + 32, asked->frame + 22, 10);
	say(r, side, arp, sizeof(arp));
}

static void
probes_go_once_the_guest_is_known(void **state)
{
	static struct rig r;
	struct wire_probe p = { .stream = 3, .period_ns = DUR_MS };
	struct wire_log log;
	struct probe_frame f;
	size_t i, refused = 0, heard = 0;

	(void)state;
	begin(&r, NULL);
	ipaddr_parse("10.0.2.15", &p.to);
	p.first_ns = labloop_now(r.loop);
	p.stop_ns = INT64_MAX;
	assert_int_equal(wire_probe_send(r.wire, &p, NULL), 0);
	await(&r, 0); /* asked for, on all ports */
	await(&r, 1);
	while (wire_log(r.wire, 3, &log) && log.n_sent < 3)
		labloop_turn(r.loop, labloop_now(r.loop) + DUR_MS);
	answer_arp(&r, 1);
	while (heard < 20) {
		await(&r, 1);
		if (!probe_frame_decode(r.sides[1].in.frame,
			r.sides[1].in.bytes, &f))
			continue; /* asked again before the answer came */
		assert_true(probe_frame_is_intact(r.sides[1].in.frame,
		    r.sides[1].in.bytes));
		assert_true(wire_log(r.wire, 3, &log));
		if (heard++ == 0)
			while (log.sent[refused].refused == EHOSTUNREACH)
				refused++;
		assert_int_equal(f.kind, PROBE_ONE_WAY);
		assert_int_equal(f.stream, 3);
		assert_int_equal(f.src_port, PROBE_UDP_PORT);
		assert_int_equal(f.dst_port, 49155);
		assert_memory_equal(f.dst_mac, guest_mac, 6);
		assert_int_equal(f.sequence, refused + heard - 1);
		assert_int_equal(f.sent_ns,
		    log.sent[f.sequence].at_ns + wire_wall_offset(r.wire));
	}
	assert_true(refused >= 3);
	for (i = 0; i < log.n_sent; i++) {
		assert_int_equal(log.sent[i].seq, i);
		assert_int_equal(log.sent[i].refused != 0, i < refused);
		/* Never before its turn; not two in one. */
		assert_true(
		    log.sent[i].at_ns >= p.first_ns + (int64_t)i * p.period_ns);
		if (i > 0)
			assert_true(
			    (log.sent[i].at_ns - p.first_ns) / p.period_ns >
			    (log.sent[i - 1].at_ns - p.first_ns) / p.period_ns);
	}
	end(&r);
}

/* From a fixed first time to a fixed stop, both long gone: one turn is left of
 * those that were slept through, none when the stop has come. */
static void
turns_that_were_slept_through_take_no_number(void **state)
{
	static struct rig r;
	struct wire_probe p = { .stream = 1, .period_ns = INT64_MAX / 4 };
	struct wire_log log;

	(void)state;
	begin(&r, NULL);
	ipaddr_parse("10.0.2.15", &p.to);
	p.first_ns = labloop_now(r.loop) - 100;
	p.stop_ns = INT64_MAX;
	p.period_ns = DUR_SEC * 86400;
	p.first_ns -= 5 * p.period_ns;
	assert_int_equal(wire_probe_send(r.wire, &p, NULL), 0);
	p.stream = 2;
	p.stop_ns = labloop_now(r.loop);
	assert_int_equal(wire_probe_send(r.wire, &p, NULL), 0);
	settle(&r);
	assert_true(wire_log(r.wire, 1, &log));
	assert_int_equal(log.n_sent, 1);
	assert_int_equal(log.sent[0].seq, 0);
	assert_true(wire_log(r.wire, 2, &log));
	assert_int_equal(log.n_sent, 0);
	end(&r);
}

/* Echo requests, which the guest's kernel answers, and come back as got. */
static void
answers_to_the_peers_echoes_are_got(void **state)
{
	static struct rig r;
	struct wire_probe p = { .stream = 9, .icmp = true };
	uint8_t buf[PROBE_FRAME_MAX];
	struct wire_log log;
	struct probe_frame f;
	size_t bytes;

	(void)state;
	begin(&r, NULL);
	ipaddr_parse("10.0.2.15", &p.to);
	ipaddr_parse("192.0.2.7", &p.from);
	p.first_ns = labloop_now(r.loop);
	p.stop_ns = INT64_MAX;
	p.period_ns = DUR_MS;
	assert_int_equal(wire_probe_send(r.wire, &p, NULL), 0);
	await(&r, 0);
	answer_arp(&r, 0);
	do
		await(&r, 0);
	while (
	    !probe_frame_decode(r.sides[0].in.frame, r.sides[0].in.bytes, &f));
	assert_true(f.icmp);
	assert_int_equal(f.src.bytes[0], 192);
	/* As a kernel does it: type 0, the payload as it is. */
	bytes = r.sides[0].in.bytes;
	memcpy(buf, r.sides[0].in.frame, bytes);
	memcpy(buf, peer_mac, 6);
	memcpy(buf + 6, guest_mac, 6);
	memcpy(buf + 26, f.dst.bytes, 4);
	memcpy(buf + 30, f.src.bytes, 4);
	buf[34] = 0;
	buf[36] = (uint8_t)(buf[36] + 8); /* and its checksum */
	if (buf[36] < 8)
		buf[37]++;
	say(&r, 0, buf, bytes);
	assert_true(wire_log(r.wire, 9, &log));
	assert_int_equal(log.n_got, 1);
	assert_int_equal(log.got[0].seq, f.sequence);
	assert_int_equal(wire_counts(r.wire).damaged, 0);
	end(&r);
}

static void
probes_that_cannot_be_are_refused(void **state)
{
	static struct rig r;
	struct wire_probe p = { .stream = 1,
		.period_ns = DUR_SEC,
		.stop_ns = INT64_MAX };
	struct wire_probe bad;
	struct err e;

	(void)state;
	begin(&r, NULL);
	ipaddr_parse("10.0.2.15", &p.to);
	p.first_ns = labloop_now(r.loop) + 3600 * DUR_SEC;
	assert_int_equal(wire_probe_send(r.wire, &p, &e), 0);
	assert_int_equal(wire_probe_send(r.wire, &p, &e), ERR_INPUT);
	assert_non_null(strstr(e.text, "stream 1 "));
	bad = p;
	bad.stream = 2;
	bad.period_ns = 0;
	assert_int_equal(wire_probe_send(r.wire, &bad, &e), ERR_INPUT);
	bad.period_ns = 1;
	ipaddr_parse("fec0::15", &bad.to);
	assert_int_equal(wire_probe_send(r.wire, &bad, &e), ERR_INPUT);
	assert_non_null(strstr(e.text, "fec0::15"));
	ipaddr_parse("10.0.2.15", &bad.from);
	assert_int_equal(wire_probe_send(r.wire, &bad, &e), ERR_INPUT);
	assert_non_null(strstr(e.text, "family"));
	memset(&bad.from, 0, sizeof(bad.from));
	ipaddr_parse("fe80::15", &bad.to);
	assert_int_equal(wire_probe_send(r.wire, &bad, &e), 0);
	end(&r);
}

/* --- captures --- */

static size_t
load(const char *path, uint8_t *buf, size_t room)
{
	FILE *f = fopen(path, "rb");
	size_t n;

	assert_non_null(f);
	n = fread(buf, 1, room, f);
	fclose(f);
	return n;
}

static uint32_t
host32(const uint8_t *p)
{
	uint32_t value;

	memcpy(&value, p, 4);
	return value;
}

/* A pcap file with one frame of 60 bytes, stamped between the two. */
static void
check_file(const char *path, const uint8_t *frame, int64_t from, int64_t to)
{
	uint8_t buf[4096];
	int64_t at;

	assert_int_equal(load(path, buf, sizeof(buf)), 24 + 16 + 60);
	assert_int_equal(host32(buf), 0xa1b23c4d); /* nanoseconds */
	assert_int_equal(host32(buf + 20), FRAME_ETHERNET);
	at = host32(buf + 24) * DUR_SEC + host32(buf + 28);
	assert_true(at >= from && at <= to);
	assert_int_equal(host32(buf + 32), 60);
	assert_memory_equal(buf + 40, frame, 6);
}

static void
each_ports_frames_are_in_a_file_of_their_own(void **state)
{
	static const char *const names[] = { "hn", "vf", "hn-2", "peer" };
	static struct rig r;
	char dir[] = "/tmp/test_wire.XXXXXX", prefix[64], path[96];
	uint8_t ask[60] = { 255, 255, 255, 255, 255, 255, 0x52, 0x54, 0, 0, 0,
		2, 8, 6, 0, 1, 8, 0, 6, 4, 0, 1, 0x52, 0x54, 0, 0, 0, 2, 10, 0,
		2, 15, 0, 0, 0, 0, 0, 0, 10, 0, 2, 2 };
	int64_t from, to;
	struct err e;
	size_t i;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(prefix, sizeof(prefix), "%s/n0-", dir);
	begin(&r, prefix);
	from = labloop_now(r.loop) + wire_wall_offset(r.wire);
	wire_unplug(r.sides[1].port);
	close(r.sides[1].fd);
	plug(&r, 1, "vf"); /* the same file goes on */
	say(&r, 1, ask, sizeof(ask));
	assert_true(hears(&r, 0) && hears(&r, 1));
	to = labloop_now(r.loop) + wire_wall_offset(r.wire);
	assert_int_equal(wire_finish(r.wire, &e), 0);
	snprintf(path, sizeof(path), "%svf.pcap", prefix);
	check_file(path, all_macs, from, to);
	snprintf(path, sizeof(path), "%speer.pcap", prefix);
	check_file(path, guest_mac, from, to);
	for (i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "%s%s.pcap", prefix, names[i]);
		assert_int_equal(unlink(path), 0);
	}
	end(&r);
	/* Nothing else was left. */
	assert_int_equal(rmdir(dir), 0);
}

/* All end where one would have been too long, and what is there is whole. */
static void
captures_are_bounded(void **state)
{
	static struct rig r;
	char dir[] = "/tmp/test_wire.XXXXXX", prefix[64], path[96];
	static const char *const names[] = { "hn", "vf", "hn-2", "peer" };
	static const size_t frames[] = { 2, 1, 0, 0 };
	struct wire_counts counts;
	uint8_t buf[4096];
	struct err e;
	size_t i;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(prefix, sizeof(prefix), "%s/", dir);
	capture_most = 3 * (16 + 60) + 16 + 40;
	begin(&r, prefix);
	capture_most = 0;
	say_to(&r, 0, all_macs, guest_mac, 1);
	say_to(&r, 1, all_macs, other_mac, 2);
	say_to(&r, 0, all_macs, guest_mac, 3);
	assert_int_equal(wire_counts(r.wire).uncaptured, 0);
	say_to(&r, 0, all_macs, guest_mac, 4);
	say(&r, 1, all_macs, 6); /* there would be room for it */
	counts = wire_counts(r.wire);
	assert_int_equal(counts.uncaptured, 2);
	assert_true(counts.captured_ns <= labloop_now(r.loop));
	assert_true(labloop_now(r.loop) - counts.captured_ns < PATIENCE);
	assert_int_equal(wire_finish(r.wire, &e), 0);
	for (i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "%s%s.pcap", prefix, names[i]);
		assert_int_equal(load(path, buf, sizeof(buf)),
		    24 + frames[i] * (16 + 60));
		assert_int_equal(unlink(path), 0);
	}
	end(&r);
	assert_int_equal(rmdir(dir), 0);
}

static void
a_capture_that_cannot_be_is_told(void **state)
{
	static struct rig r;
	struct err e;

	(void)state;
	begin(&r, "/nonexistent/folder/");
	say_to(&r, 0, all_macs, guest_mac, 1);
	hears_number(&r, 1, 1);
	assert_int_equal(wire_finish(r.wire, &e), ERR_IO);
	assert_non_null(strstr(e.text, "/nonexistent/folder/peer.pcap"));
	end(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_go_where_their_address_was_heard),
		cmocka_unit_test(the_peers_address_is_its_own),
		cmocka_unit_test(a_port_that_ends_is_forgotten),
		cmocka_unit_test(what_is_no_frame_ends_its_port_alone),
		cmocka_unit_test(a_port_that_nobody_reads_drops_the_newest),
		cmocka_unit_test(a_frame_that_goes_in_parts_is_whole),
		cmocka_unit_test(there_are_so_many_ports),
		cmocka_unit_test(probes_of_the_guest_are_logged_and_answered),
		cmocka_unit_test(logs_are_bounded),
		cmocka_unit_test(probes_go_once_the_guest_is_known),
		cmocka_unit_test(turns_that_were_slept_through_take_no_number),
		cmocka_unit_test(answers_to_the_peers_echoes_are_got),
		cmocka_unit_test(probes_that_cannot_be_are_refused),
		cmocka_unit_test(each_ports_frames_are_in_a_file_of_their_own),
		cmocka_unit_test(captures_are_bounded),
		cmocka_unit_test(a_capture_that_cannot_be_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
