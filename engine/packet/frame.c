/* SPDX-License-Identifier: BSD-2-Clause */
#include "packet/frame.h"

#include <string.h>

enum {
	ETHER_SIZE = 14,
	SLL_SIZE = 16,
	SLL2_SIZE = 20,
	VLAN_SIZE = 4,
	VLANS_MAX = 4, /* more is no packet that anybody sends */
	TYPE_IPV4 = 0x0800,
	TYPE_IPV6 = 0x86dd,
	TYPE_VLAN = 0x8100,
	TYPE_QINQ = 0x88a8,
	TYPE_QINQ_OLD = 0x9100,
	IPV4_SIZE = 20,
	IPV6_SIZE = 40,
	MORE_FRAGMENTS = 0x2000,
	DONT_FRAGMENT = 0x4000,
	FRAGMENT_OFFSET = 0x1fff,
	PROTO_HOP_OPTS = 0,
	PROTO_ROUTING = 43,
	PROTO_FRAGMENT = 44,
	PROTO_AUTH = 51,
	PROTO_DST_OPTS = 60,
	PROTO_DCCP = 33,
	PROTO_SCTP = 132,
	PROTO_UDPLITE = 136,
	EXTENSIONS_MAX = 8,
	SLL_BROADCAST = 1,
	SLL_MULTICAST = 2,
};

bool
frame_knows(int linktype)
{
	switch (linktype) {
	case FRAME_NULL:
	case FRAME_ETHERNET:
	case FRAME_RAW_BSD:
	case FRAME_RAW_OPENBSD:
	case FRAME_RAW:
	case FRAME_LOOP:
	case FRAME_SLL:
	case FRAME_IPV4:
	case FRAME_IPV6:
	case FRAME_SLL2:
		return true;
	default:
		return false;
	}
}

/* --- IP --- */

static enum frame_kind
take_ports(struct frame *f)
{
	switch (f->proto) {
	case FRAME_PROTO_TCP:
	case FRAME_PROTO_UDP:
	case PROTO_DCCP:
	case PROTO_SCTP:
	case PROTO_UDPLITE:
		if (f->l4_bytes < 4)
			return FRAME_BAD;
		if (f->l4_have < 4)
			return FRAME_CUT;
		f->ports = true;
		f->src_port = frame_get16(f->l4);
		f->dst_port = frame_get16(f->l4 + 2);
		return FRAME_IP;
	default:
		return FRAME_IP;
	}
}

static enum frame_kind
take_ipv4(const uint8_t *p, size_t bytes, struct frame *f)
{
	size_t head, total;
	uint16_t flags;

	if (bytes < IPV4_SIZE)
		return FRAME_CUT;
	head = (size_t)(p[0] & 15) * 4;
	total = frame_get16(p + 2);
	/* A sender's NIC that cuts up large segments shows 0 here. */
	if (total == 0)
		total = bytes;
	if (p[0] >> 4 != 4 || head < IPV4_SIZE || total < head)
		return FRAME_BAD;
	flags = frame_get16(p + 6);
	f->family = 4;
	f->proto = p[9];
	f->id = frame_get16(p + 4);
	f->has_id = f->id != 0 || (flags & DONT_FRAGMENT) == 0;
	f->src = p + 12;
	f->dst = p + 16;
	f->group =
	    f->group || p[16] >> 4 == 0xe || frame_get32(p + 16) == UINT32_MAX;
	if (flags & FRAGMENT_OFFSET)
		return FRAME_FRAGMENT;
	if (bytes < head)
		return FRAME_CUT;
	if (bytes > total) /* what Ethernet pads short frames with */
		bytes = total;
	f->l4 = p + head;
	f->l4_have = bytes - head;
	f->l4_bytes = total - head;
	return take_ports(f);
}

static bool
is_extension(uint8_t proto)
{
	return proto == PROTO_HOP_OPTS || proto == PROTO_ROUTING ||
	    proto == PROTO_DST_OPTS || proto == PROTO_AUTH ||
	    proto == PROTO_FRAGMENT;
}

static size_t
extension_bytes(uint8_t proto, const uint8_t *p)
{
	if (proto == PROTO_FRAGMENT)
		return 8;
	return 8 + (size_t)p[1] * (proto == PROTO_AUTH ? 4 : 8);
}

static enum frame_kind
take_ipv6(const uint8_t *p, size_t bytes, struct frame *f)
{
	size_t total, at = IPV6_SIZE, size;
	unsigned n;

	if (bytes < IPV6_SIZE)
		return FRAME_CUT;
	if (p[0] >> 4 != 6)
		return FRAME_BAD;
	total = IPV6_SIZE + (size_t)frame_get16(p + 4);
	if (total == IPV6_SIZE && bytes > total)
		total = bytes; /* as above, or a jumbogram */
	f->family = 6;
	f->proto = p[6];
	f->src = p + 8;
	f->dst = p + 24;
	f->group = f->group || p[24] == 0xff;
	if (bytes > total)
		bytes = total;
	for (n = 0; n < EXTENSIONS_MAX && is_extension(f->proto); n++) {
		if (bytes < at + 8)
			return total < at + 8 ? FRAME_BAD : FRAME_CUT;
		size = extension_bytes(f->proto, p + at);
		if (f->proto == PROTO_FRAGMENT &&
		    (frame_get16(p + at + 2) & 0xfff8) != 0)
			return FRAME_FRAGMENT;
		f->proto = p[at];
		at += size;
	}
	if (at > total)
		return FRAME_BAD;
	if (at > bytes)
		return FRAME_CUT;
	f->l4 = p + at;
	f->l4_have = bytes - at;
	f->l4_bytes = total - at;
	return take_ports(f);
}

static enum frame_kind
take_type(uint16_t type, const uint8_t *p, size_t bytes, struct frame *f)
{
	unsigned n;

	for (n = 0; n < VLANS_MAX; n++) {
		if (type != TYPE_VLAN && type != TYPE_QINQ &&
		    type != TYPE_QINQ_OLD)
			break;
		if (bytes < VLAN_SIZE)
			return FRAME_CUT;
		type = frame_get16(p + 2);
		p += VLAN_SIZE;
		bytes -= VLAN_SIZE;
	}
	if (type == TYPE_IPV4)
		return take_ipv4(p, bytes, f);
	if (type == TYPE_IPV6)
		return take_ipv6(p, bytes, f);
	return FRAME_OTHER;
}

static enum frame_kind
take_either(const uint8_t *p, size_t bytes, struct frame *f)
{
	if (bytes == 0)
		return FRAME_CUT;
	if (p[0] >> 4 == 4)
		return take_ipv4(p, bytes, f);
	if (p[0] >> 4 == 6)
		return take_ipv6(p, bytes, f);
	return FRAME_BAD;
}

/* --- links --- */

/* The families of BSD's and Linux's headers; the writer's byte order is not
 * told, and none of them is large. */
static enum frame_kind
take_loopback(const uint8_t *p, size_t bytes, struct frame *f)
{
	uint32_t family;

	if (bytes < 4)
		return FRAME_CUT;
	family = frame_get32(p);
	if (family > 0xffff)
		family = __builtin_bswap32(family);
	switch (family) {
	case 2: /* AF_INET, everywhere */
		return take_ipv4(p + 4, bytes - 4, f);
	case 10: /* AF_INET6 of Linux, NetBSD and OpenBSD, FreeBSD, macOS */
	case 24:
	case 28:
	case 30:
		return take_ipv6(p + 4, bytes - 4, f);
	default:
		return FRAME_OTHER;
	}
}

enum frame_kind
frame_decode(int linktype, const uint8_t *p, size_t bytes, struct frame *f)
{
	uint16_t type;

	memset(f, 0, sizeof(*f));
	switch (linktype) {
	case FRAME_ETHERNET:
		if (bytes < ETHER_SIZE)
			return FRAME_CUT;
		f->group = p[0] & 1;
		return take_type(frame_get16(p + 12), p + ETHER_SIZE,
		    bytes - ETHER_SIZE, f);
	case FRAME_SLL:
		if (bytes < SLL_SIZE)
			return FRAME_CUT;
		type = frame_get16(p);
		f->group = type == SLL_BROADCAST || type == SLL_MULTICAST;
		return take_type(frame_get16(p + 14), p + SLL_SIZE,
		    bytes - SLL_SIZE, f);
	case FRAME_SLL2:
		if (bytes < SLL2_SIZE)
			return FRAME_CUT;
		f->ifindex = frame_get32(p + 4);
		f->group = p[10] == SLL_BROADCAST || p[10] == SLL_MULTICAST;
		return take_type(frame_get16(p), p + SLL2_SIZE,
		    bytes - SLL2_SIZE, f);
	case FRAME_NULL:
	case FRAME_LOOP:
		return take_loopback(p, bytes, f);
	case FRAME_RAW_BSD:
	case FRAME_RAW_OPENBSD:
	case FRAME_RAW:
	case FRAME_IPV4:
	case FRAME_IPV6:
		return take_either(p, bytes, f);
	default:
		return FRAME_OTHER;
	}
}
