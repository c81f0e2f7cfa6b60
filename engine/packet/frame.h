/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * frame - where things are in a captured packet: link, VLAN tags, IPv4 or
 * IPv6 with its extension headers, ports. Pure; copies nothing, reads nothing
 * behind the captured bytes, and takes lengths from the IP header where the
 * capture was cut.
 */
#ifndef PACKET_FRAME_H
#define PACKET_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* LINKTYPE_ values of the registry (tcpdump.org/linktypes.html). */
enum frame_link {
	FRAME_NULL = 0, /* address family in the writer's byte order */
	FRAME_ETHERNET = 1,
	FRAME_RAW_BSD = 12, /* raw IP as two older values */
	FRAME_RAW_OPENBSD = 14,
	FRAME_RAW = 101,
	FRAME_LOOP = 108, /* the same in network order */
	FRAME_SLL = 113,
	FRAME_IPV4 = 228,
	FRAME_IPV6 = 229,
	FRAME_SLL2 = 276,
};

enum {
	FRAME_PROTO_ICMP = 1,
	FRAME_PROTO_TCP = 6,
	FRAME_PROTO_UDP = 17,
	FRAME_PROTO_ICMP6 = 58,
};

enum frame_kind {
	FRAME_IP,	/* all below is set */
	FRAME_OTHER,	/* no IP: ARP, LLDP, ... */
	FRAME_FRAGMENT, /* a second or later part: has no ports */
	FRAME_CUT,	/* what was captured ends before the ports */
	FRAME_BAD,	/* claims what cannot be */
};

struct frame {
	uint8_t family; /* 4 or 6 */
	uint8_t proto;
	bool group;  /* to many: broadcast or multicast */
	bool has_id; /* IPv4 that uses its identification */
	bool ports;  /* TCP, UDP, UDP-Lite, SCTP, DCCP */
	uint16_t id; /* of IPv4 */
	uint16_t src_port, dst_port;
	uint32_t ifindex;	  /* of SLL2; 0: not told */
	const uint8_t *src, *dst; /* 4 or 16 bytes */
	const uint8_t *l4;
	size_t l4_have;	 /* bytes captured of it */
	size_t l4_bytes; /* bytes that IP says it has */
};

bool frame_knows(int linktype);

enum frame_kind frame_decode(int linktype, const uint8_t *data, size_t bytes,
    struct frame *f);

/* Big-endian numbers. */
static inline uint16_t
frame_get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t
frame_get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	    (uint32_t)p[2] << 8 | p[3];
}

#endif
