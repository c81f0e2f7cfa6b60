/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * numbering - what numbers a packet among the others of its stream, the best
 * that it has: our probe header, an ICMP echo's sequence, TCP's bytes, and
 * else IPv4's identification, which may count or not. Pure.
 */
#ifndef PACKET_NUMBERING_H
#define PACKET_NUMBERING_H

#include <stdbool.h>
#include <stdint.h>

#include "packet/frame.h"

enum numbering_kind {
	NUMBERING_NONE,
	NUMBERING_IPID,
	NUMBERING_TCP,
	NUMBERING_ECHO,
	NUMBERING_PROBE,
};

/* Of a question and its answer; what has neither is one way. */
enum numbering_role {
	NUMBERING_ONE_WAY,
	NUMBERING_REQUEST,
	NUMBERING_REPLY,
};

struct number {
	enum numbering_kind kind;
	enum numbering_role role;
	unsigned bits;	 /* after which it wraps */
	uint32_t stream; /* tells streams of one pair of hosts apart */
	uint64_t value;
	uint64_t count;	 /* numbers that it takes up: TCP's bytes; else 1 */
	int64_t sent_ns; /* of a probe, on its sender's clock; else -1 */
	bool syn;	 /* of TCP: a connection begins */
};

/* f is a FRAME_IP. */
void numbering_of(const struct frame *f, struct number *out);

/* "probe", "icmp", "tcp", "ip-id", "none". */
const char *numbering_word(enum numbering_kind kind);

#endif
