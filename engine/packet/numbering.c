/* SPDX-License-Identifier: BSD-2-Clause */
#include "packet/numbering.h"

#include "packet/probehdr.h"

enum {
	UDP_SIZE = 8,
	ECHO_SIZE = 8,
	TCP_SIZE = 20,
	TCP_FIN = 1,
	TCP_SYN = 2,
	ECHO4_REPLY = 0,
	ECHO4_REQUEST = 8,
	ECHO6_REQUEST = 128,
	ECHO6_REPLY = 129,
};

/* No real one is larger; sums of such cannot overflow. */
#define SEQUENCE_MAX (UINT64_C(1) << 62)
#define SENT_MAX     (INT64_MAX / 2)

static bool
take_probe(const uint8_t *payload, size_t bytes, struct number *n)
{
	struct probe_frame p;

	if (!probe_payload_decode(payload, bytes, &p) ||
	    p.sequence > SEQUENCE_MAX || p.sent_ns < 0 || p.sent_ns > SENT_MAX)
		return false;
	n->kind = NUMBERING_PROBE;
	n->role = p.kind == PROBE_REQUEST ? NUMBERING_REQUEST
	    : p.kind == PROBE_REPLY	  ? NUMBERING_REPLY
					  : NUMBERING_ONE_WAY;
	n->bits = 64;
	n->stream = p.stream;
	n->value = p.sequence;
	n->sent_ns = p.sent_ns;
	return true;
}

static bool
take_echo(const struct frame *f, struct number *n)
{
	bool v6 = f->family == 6;
	uint8_t type;

	if (f->l4_have < ECHO_SIZE)
		return false;
	type = f->l4[0];
	if (type != (v6 ? ECHO6_REQUEST : ECHO4_REQUEST) &&
	    type != (v6 ? ECHO6_REPLY : ECHO4_REPLY))
		return false;
	if (take_probe(f->l4 + ECHO_SIZE, f->l4_have - ECHO_SIZE, n))
		return true;
	n->role = type == (v6 ? ECHO6_REQUEST : ECHO4_REQUEST)
	    ? NUMBERING_REQUEST
	    : NUMBERING_REPLY;
	n->kind = NUMBERING_ECHO;
	n->bits = 16;
	n->stream = frame_get16(f->l4 + 4);
	n->value = frame_get16(f->l4 + 6);
	return true;
}

static bool
take_tcp(const struct frame *f, struct number *n)
{
	size_t head;
	uint8_t flags;

	if (f->l4_have < 14)
		return false;
	head = (size_t)(f->l4[12] >> 4) * 4;
	flags = f->l4[13];
	if (head < TCP_SIZE || head > f->l4_bytes)
		return false;
	n->kind = NUMBERING_TCP;
	n->bits = 32;
	n->value = frame_get32(f->l4 + 4);
	n->syn = (flags & TCP_SYN) != 0;
	n->count = f->l4_bytes - head + (flags & TCP_SYN ? 1 : 0) +
	    (flags & TCP_FIN ? 1 : 0);
	return true;
}

/* Field by field, for a copy of what has just been written stalls. */
void
numbering_of(const struct frame *f, struct number *out)
{
	bool found = false;

	out->kind = NUMBERING_NONE;
	out->role = NUMBERING_ONE_WAY;
	out->bits = 16;
	out->stream = 0;
	out->value = f->id;
	out->count = 1;
	out->sent_ns = -1;
	out->syn = false;
	if (f->proto == FRAME_PROTO_UDP)
		found = f->l4_have > UDP_SIZE &&
		    take_probe(f->l4 + UDP_SIZE, f->l4_have - UDP_SIZE, out);
	else if (f->proto == FRAME_PROTO_TCP)
		found = take_tcp(f, out);
	else if (f->proto ==
	    (f->family == 6 ? FRAME_PROTO_ICMP6 : FRAME_PROTO_ICMP))
		found = take_echo(f, out);
	if (!found && f->has_id)
		out->kind = NUMBERING_IPID;
}

const char *
numbering_word(enum numbering_kind kind)
{
	switch (kind) {
	case NUMBERING_NONE:
		return "none";
	case NUMBERING_IPID:
		return "ip-id";
	case NUMBERING_TCP:
		return "tcp";
	case NUMBERING_ECHO:
		return "icmp";
	case NUMBERING_PROBE:
		return "probe";
	}
	return "none";
}
