/* SPDX-License-Identifier: BSD-2-Clause */
/* What a guest that owns its QEMU may send: a byte stream of frames or of
 * anything, over a real socket into a wire with another port and the peer. The
 * first byte says in what pieces. Pieces make no difference, what the other
 * port hears is what was said or what the peer sent, and that is right. */
#include "fuzz.h"

#include <sys/socket.h>

#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "packet/frame.h"
#include "packet/probehdr.h"
#include "sim/lab/framing.h"
#include "sim/lab/wire.h"

static const uint8_t peer_mac[6] = { 2, 0, 0, 0, 0, 1 };

struct rig {
	struct labloop *loop;
	struct wire *wire;
	struct wire_port *ports[2];
	int fds[2];
	struct framing heard[2];
	struct strbuf said; /* what is left of it to be heard */
	uint64_t from_peer;
};

static void
begin(struct rig *r)
{
	struct wire_config config = { .mac = { 2, 0, 0, 0, 0, 1 } };
	int fds[2], i;

	memset(r, 0, sizeof(*r));
	config.loop = r->loop = labloop_new();
	ipaddr_parse("10.0.2.2/24", &config.v4);
	ipaddr_parse("fec0::2/64", &config.v6);
	r->wire = wire_new(&config);
	for (i = 0; i < 2; i++) {
		FUZZ_HOLDS(socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0);
		r->fds[i] = fds[0];
		r->ports[i] = wire_plug(r->wire, fds[1], i == 0 ? "hn" : "vf");
	}
}

static void
end(struct rig *r)
{
	wire_free(r->wire);
	labloop_free(r->loop);
	close(r->fds[0]);
	close(r->fds[1]);
	strbuf_fini(&r->said);
}

/* Takes what was said up to this frame out of r->said: the switch keeps the
 * order, and may have dropped some or kept them from this port. */
static bool
was_said(struct rig *r, const struct framing *f)
{
	const uint8_t *said = (const uint8_t *)r->said.data;
	size_t at = 0, bytes;

	while (at < r->said.bytes) {
		bytes = frame_get32(said + at);
		at += FRAMING_HEAD + bytes;
		if (bytes != f->bytes ||
		    memcmp(said + at - bytes, f->frame, bytes) != 0)
			continue;
		memmove(r->said.data, said + at, r->said.bytes - at);
		r->said.bytes -= at;
		return true;
	}
	return false;
}

static void
check_heard(struct rig *r, int side)
{
	const struct framing *f = &r->heard[side];
	struct probe_frame probe;

	FUZZ_HOLDS(f->bytes >= 14);
	/* Nobody else is at the port that listens only. */
	if (side == 1 && was_said(r, f))
		return;
	r->from_peer++;
	FUZZ_HOLDS(memcmp(f->frame + 6, peer_mac, 6) == 0);
	FUZZ_HOLDS(f->bytes >= 60);
	if (probe_frame_decode(f->frame, f->bytes, &probe))
		FUZZ_HOLDS(probe_frame_is_intact(f->frame, f->bytes));
}

static void
hear(struct rig *r, int side)
{
	uint8_t buf[65536];
	size_t used;
	ssize_t n;

	while ((n = recv(r->fds[side], buf, sizeof(buf), MSG_DONTWAIT)) > 0) {
		used = 0;
		while (framing_take(&r->heard[side], buf, (size_t)n, &used) ==
		    FRAMING_FRAME)
			check_heard(r, side);
		FUZZ_HOLDS(used == (size_t)n);
	}
}

static void
turn(struct rig *r)
{
	do {
		hear(r, 0);
		hear(r, 1);
	} while (labloop_turn(r->loop, 0));
}

/* The same bytes in one piece: how many frames, and whether it broke. */
static uint64_t
count_frames(struct rig *r, const uint8_t *data, size_t bytes, bool *broken)
{
	struct framing *f = mem_zero(1, sizeof(*f));
	uint8_t head[FRAMING_HEAD];
	enum framing_result got;
	uint64_t n = 0;
	size_t used = 0;

	while ((got = framing_take(f, data, bytes, &used)) == FRAMING_FRAME) {
		framing_head(head, f->bytes);
		strbuf_add(&r->said, head, sizeof(head));
		strbuf_add(&r->said, f->frame, f->bytes);
		n++;
	}
	FUZZ_HOLDS(used <= bytes && (got == FRAMING_BROKEN || used == bytes));
	/* Nothing longer is begun: there would be no room for it. */
	FUZZ_HOLDS(got == FRAMING_BROKEN || f->have < FRAMING_HEAD ||
	    f->bytes <= FRAMING_MAX);
	*broken = got == FRAMING_BROKEN;
	free(f);
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct wire_port_counts counts;
	size_t at = 1, piece;
	struct rig r;
	bool broken;
	uint64_t n;
	ssize_t put;

	if (bytes == 0)
		return 0;
	begin(&r);
	n = count_frames(&r, data + 1, bytes - 1, &broken);
	while (at < bytes && wire_port_ended(r.ports[0]) == NULL) {
		piece = data[0] == 0 ? 65536 : data[0];
		put = send(r.fds[0], data + at,
		    bytes - at < piece ? bytes - at : piece,
		    MSG_NOSIGNAL | MSG_DONTWAIT);
		at += put > 0 ? (size_t)put : 0;
		turn(&r);
	}
	turn(&r);
	counts = wire_port_counts(r.ports[0]);
	FUZZ_HOLDS(counts.in == n);
	FUZZ_HOLDS((wire_port_ended(r.ports[0]) != NULL) == broken);
	FUZZ_HOLDS(wire_port_ended(r.ports[1]) == NULL);
	FUZZ_HOLDS(counts.waiting == 0 && counts.runts <= n);
	/* At most one answer to each, to one port or to both. */
	FUZZ_HOLDS(r.from_peer <= 2 * n);
	end(&r);
	return 0;
}
