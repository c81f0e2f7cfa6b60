/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/rtsock.h"

#include <string.h>

/* net/route.h, net/if.h, net/if_dl.h */
enum { VERSION = 5, LEAST = 4 };
enum {
	MSG_ADD = 1,
	MSG_DELETE = 2,
	MSG_CHANGE = 3,
	MSG_GET = 4, /* also each line of NET_RT_DUMP */
	MSG_NEWADDR = 12,
	MSG_DELADDR = 13,
	MSG_IFINFO = 14,
	MSG_ANNOUNCE = 17,
};
enum { IFINFO_BYTES = 28, ANNOUNCE_BYTES = 24, ADDR_BYTES = 20 };
enum { ROUTE_BYTES = 152 };
enum { FLAG_UP = 0x1, FLAG_RUNNING = 0x40 };
enum { ROUTE_GATEWAY = 0x2, ROUTE_HOST = 0x4 };
enum { DST, GATEWAY, NETMASK, GENMASK, IFP, IFA, AUTHOR, BRD, ADDRS };
enum { FAMILY_INET = 2, FAMILY_LINK = 18, FAMILY_INET6 = 28 };
enum { ARRIVAL = 0, DEPARTURE = 1 };

static uint16_t
u16(const uint8_t *p)
{
	uint16_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static uint32_t
u32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

struct sockaddrs { /* of a message; bytes 0: not there */
	const uint8_t *at[ADDRS];
	size_t bytes[ADDRS];
};

/* Each takes a multiple of 8 bytes, an empty one 8. */
static void
split(const uint8_t *at, size_t left, uint32_t which, struct sockaddrs *out)
{
	size_t step;
	int i;

	memset(out, 0, sizeof(*out));
	for (i = 0; i < ADDRS && left > 0; i++) {
		if ((which & (UINT32_C(1) << i)) == 0)
			continue;
		out->at[i] = at;
		out->bytes[i] = at[0] < left ? at[0] : left;
		step = at[0] == 0 ? 8 : ((size_t)at[0] + 7) & ~(size_t)7;
		if (step > left)
			step = left;
		at += step;
		left -= step;
	}
}

static bool
take_addr(const struct sockaddrs *s, int which, struct ipaddr *out)
{
	const uint8_t *at = s->at[which];
	size_t bytes = s->bytes[which];

	if (bytes < 2)
		return false;
	memset(out, 0, sizeof(*out));
	if (at[1] == FAMILY_INET && bytes >= 8) {
		out->family = 4;
		out->prefix = 32;
		memcpy(out->bytes, at + 4, 4);
		return true;
	}
	if (at[1] != FAMILY_INET6 || bytes < 24)
		return false;
	out->family = 6;
	out->prefix = 128;
	memcpy(out->bytes, at + 8, 16);
	if (out->bytes[0] == 0xfe && (out->bytes[1] & 0xc0) == 0x80)
		out->bytes[2] = out->bytes[3] = 0;
	return true;
}

/* A mask has any family, and may be cut after its last byte that counts. */
static void
take_mask(const struct sockaddrs *s, struct ipaddr *addr)
{
	size_t at = addr->family == 4 ? 4 : 8,
	       most = addr->family == 4 ? 4 : 16;
	unsigned bits = 0;
	uint8_t byte;
	size_t i;

	if (s->at[NETMASK] == NULL)
		return;
	for (i = 0; i < most && at + i < s->bytes[NETMASK]; i++) {
		byte = s->at[NETMASK][at + i];
		for (; byte & 0x80; byte = (uint8_t)(byte << 1))
			bits++;
		if (bits != (i + 1) * 8)
			break;
	}
	addr->prefix = (uint8_t)bits;
}

static uint32_t
index_of(const struct sockaddrs *s, int which)
{
	const uint8_t *at = s->at[which];

	return s->bytes[which] >= 4 && at[1] == FAMILY_LINK ? u16(at + 2) : 0;
}

/* --- each kind --- */

static void
decode_ifinfo(const uint8_t *m, size_t bytes, struct ifevent *out)
{
	uint32_t flags;

	if (bytes < IFINFO_BYTES)
		return;
	flags = u32(m + 8);
	out->index = u16(m + 12);
	out->up = (flags & FLAG_UP) != 0;
	out->running = (flags & FLAG_RUNNING) != 0;
	out->has = IFHAS_FLAGS | IFHAS_LINK | IFHAS_MTU;
	out->link = m[20] == 2 ? IFEVENT_UP
	    : m[20] == 1       ? IFEVENT_DOWN
			       : IFEVENT_UNKNOWN;
	out->mtu = u32(m + 24);
	if (out->index != 0)
		out->kind = IFEVENT_LINK;
}

static void
decode_announce(const uint8_t *m, size_t bytes, struct ifevent *out)
{
	unsigned what;

	if (bytes < ANNOUNCE_BYTES)
		return;
	out->index = u16(m + 4);
	memcpy(out->name, m + 6, sizeof(out->name) - 1);
	what = u16(m + 22);
	out->has = IFHAS_NAME;
	out->gone = what == DEPARTURE;
	if (out->index != 0 && out->name[0] != '\0' && what <= DEPARTURE)
		out->kind = IFEVENT_LINK;
}

static void
decode_addr(const uint8_t *m, size_t bytes, struct ifevent *out)
{
	struct sockaddrs s;

	if (bytes < ADDR_BYTES)
		return;
	split(m + ADDR_BYTES, bytes - ADDR_BYTES, u32(m + 4), &s);
	out->index = u16(m + 12);
	if (out->index == 0 || !take_addr(&s, IFA, &out->addr))
		return;
	take_mask(&s, &out->addr);
	out->kind = IFEVENT_ADDR;
}

static void
decode_route(const uint8_t *m, size_t bytes, struct ifevent *out)
{
	uint32_t flags;
	struct sockaddrs s;

	if (bytes < ROUTE_BYTES)
		return;
	flags = u32(m + 8);
	split(m + ROUTE_BYTES, bytes - ROUTE_BYTES, u32(m + 12), &s);
	if ((flags & ROUTE_HOST) != 0 || u32(m + 24) != 0 ||
	    !take_addr(&s, DST, &out->addr))
		return;
	take_mask(&s, &out->addr);
	if ((flags & ROUTE_GATEWAY) != 0 &&
	    !take_addr(&s, GATEWAY, &out->gateway))
		return;
	out->index = u16(m + 4);
	if (out->index == 0)
		out->index = index_of(&s, IFP);
	if (out->index == 0)
		out->index = index_of(&s, GATEWAY);
	if (out->index != 0)
		out->kind = IFEVENT_ROUTE;
}

size_t
rtsock_next(const void *data, size_t bytes, struct ifevent *out)
{
	const uint8_t *m = data;
	size_t length;

	memset(out, 0, sizeof(*out));
	if (bytes < LEAST)
		return 0;
	length = u16(m);
	if (length < LEAST || length > bytes)
		return 0;
	if (m[2] != VERSION)
		return length;
	switch (m[3]) {
	case MSG_IFINFO:
		decode_ifinfo(m, length, out);
		break;
	case MSG_ANNOUNCE:
		decode_announce(m, length, out);
		break;
	case MSG_NEWADDR:
	case MSG_DELADDR:
		out->gone = m[3] == MSG_DELADDR;
		decode_addr(m, length, out);
		break;
	case MSG_ADD:
	case MSG_DELETE:
	case MSG_CHANGE:
	case MSG_GET:
		out->gone = m[3] == MSG_DELETE;
		out->replace = m[3] == MSG_CHANGE;
		decode_route(m, length, out);
		break;
	default:
		break;
	}
	return length;
}
