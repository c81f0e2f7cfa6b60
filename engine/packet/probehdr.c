/* SPDX-License-Identifier: BSD-2-Clause */
#include "packet/probehdr.h"

#include <assert.h>
#include <string.h>

#include "packet/inetsum.h"

#define MAGIC	   UINT32_C(0x53775062)
#define VERSION	   1
#define ETHER_SIZE 14
#define IPV4_SIZE  20
#define IPV6_SIZE  40
#define L4_SIZE	   8 /* ICMP echo and UDP alike */

enum {
	ETHER_IPV4 = 0x0800,
	ETHER_IPV6 = 0x86dd,
	PROTO_ICMP = 1,
	PROTO_UDP = 17,
	PROTO_ICMP6 = 58,
	TTL = 64,
};

static void
put(uint8_t *p, size_t bytes, uint64_t value)
{
	while (bytes > 0) {
		p[--bytes] = (uint8_t)value;
		value >>= 8;
	}
}

static uint64_t
get(const uint8_t *p, size_t bytes)
{
	uint64_t value = 0;

	while (bytes-- > 0)
		value = value << 8 | *p++;
	return value;
}

/* --- where things are in a frame --- */

struct layout {
	bool v6;
	uint8_t proto;
	size_t ip_size;
	const uint8_t *ip, *l4, *payload;
};

static bool
find_layout(const uint8_t *buf, size_t bytes, struct layout *l)
{
	size_t need;

	if (bytes < ETHER_SIZE)
		return false;
	l->v6 = get(buf + 12, 2) == ETHER_IPV6;
	if (!l->v6 && get(buf + 12, 2) != ETHER_IPV4)
		return false;
	l->ip_size = l->v6 ? IPV6_SIZE : IPV4_SIZE;
	need = ETHER_SIZE + l->ip_size + L4_SIZE + PROBE_PAYLOAD;
	if (bytes < need)
		return false;
	l->ip = buf + ETHER_SIZE;
	l->l4 = l->ip + l->ip_size;
	l->payload = l->l4 + L4_SIZE;
	l->proto = l->v6 ? l->ip[6] : l->ip[9];
	if (l->v6)
		return l->ip[0] >> 4 == 6 &&
		    get(l->ip + 4, 2) == L4_SIZE + PROBE_PAYLOAD;
	/* A fragment's second part has no header of the floor above. */
	return l->ip[0] == 0x45 && (get(l->ip + 6, 2) & 0x3fff) == 0 &&
	    get(l->ip + 2, 2) == need - ETHER_SIZE;
}

/* The checksum of ICMP or UDP over what its own field now holds. */
static uint16_t
l4_checksum(const struct layout *l)
{
	size_t addrs = l->v6 ? 32 : 8, size = L4_SIZE + PROBE_PAYLOAD;
	uint32_t s = 0;

	if (l->proto != PROTO_ICMP) {
		s = inetsum_add(0, l->ip + (l->v6 ? 8 : 12), addrs);
		s += l->proto + (uint32_t)size;
	}
	return inetsum_fold(inetsum_add(s, l->l4, size));
}

/* --- writing --- */

static void
put_ip(const struct probe_frame *f, uint8_t *ip, uint8_t proto)
{
	size_t size = L4_SIZE + PROBE_PAYLOAD;

	if (f->src.family == 6) {
		ip[0] = 0x60;
		put(ip + 4, 2, size);
		ip[6] = proto;
		ip[7] = TTL;
		memcpy(ip + 8, f->src.bytes, 16);
		memcpy(ip + 24, f->dst.bytes, 16);
		return;
	}
	ip[0] = 0x45;
	put(ip + 2, 2, IPV4_SIZE + size);
	put(ip + 4, 2, f->sequence);
	ip[8] = TTL;
	ip[9] = proto;
	memcpy(ip + 12, f->src.bytes, 4);
	memcpy(ip + 16, f->dst.bytes, 4);
	put(ip + 10, 2, inetsum_fold(inetsum_add(0, ip, IPV4_SIZE)));
}

static void
put_l4(const struct probe_frame *f, uint8_t *l4)
{
	bool v6 = f->src.family == 6;

	if (f->icmp) {
		l4[0] = v6 ? 128 : 8;
		if (f->kind == PROBE_REPLY)
			l4[0] = v6 ? 129 : 0;
		put(l4 + 4, 2, f->stream);
		put(l4 + 6, 2, f->sequence);
	} else {
		put(l4, 2, f->src_port);
		put(l4 + 2, 2, f->dst_port);
		put(l4 + 4, 2, L4_SIZE + PROBE_PAYLOAD);
	}
}

static void
put_payload(const struct probe_frame *f, uint8_t *p)
{
	put(p, 4, MAGIC);
	p[4] = VERSION;
	p[5] = (uint8_t)f->kind;
	put(p + 8, 4, f->stream);
	put(p + 12, 8, f->sequence);
	put(p + 20, 8, (uint64_t)f->sent_ns);
}

size_t
probe_frame_encode(const struct probe_frame *f, uint8_t buf[PROBE_FRAME_MAX])
{
	bool v6 = f->src.family == 6;
	uint8_t proto = !f->icmp ? PROTO_UDP : v6 ? PROTO_ICMP6 : PROTO_ICMP;
	size_t ip_size = v6 ? IPV6_SIZE : IPV4_SIZE;
	size_t bytes = ETHER_SIZE + ip_size + L4_SIZE + PROBE_PAYLOAD;
	uint8_t *ip = buf + ETHER_SIZE, *l4 = ip + ip_size;
	struct layout l;
	uint16_t check;
	bool found;

	memset(buf, 0, bytes);
	memcpy(buf, f->dst_mac, 6);
	memcpy(buf + 6, f->src_mac, 6);
	put(buf + 12, 2, v6 ? ETHER_IPV6 : ETHER_IPV4);
	put_ip(f, ip, proto);
	put_l4(f, l4);
	put_payload(f, l4 + L4_SIZE);
	found = find_layout(buf, bytes, &l);
	assert(found);
	(void)found;
	check = l4_checksum(&l);
	/* Zero would say that there is none (RFC 768). */
	put(l4 + (f->icmp ? 2 : 6), 2, check == 0 && !f->icmp ? 0xffff : check);
	return bytes;
}

/* --- reading --- */

static bool
get_l4(const struct layout *l, struct probe_frame *f)
{
	uint8_t type = l->l4[0];

	f->icmp = l->proto == (l->v6 ? PROTO_ICMP6 : PROTO_ICMP);
	if (f->icmp)
		return type == (l->v6 ? 128 : 8) || type == (l->v6 ? 129 : 0);
	f->src_port = (uint16_t)get(l->l4, 2);
	f->dst_port = (uint16_t)get(l->l4 + 2, 2);
	return l->proto == PROTO_UDP;
}

/* As get() of 4 bytes, in a form that compilers make one load of: every
 * packet of every capture comes by here. */
static uint32_t
get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	    (uint32_t)p[2] << 8 | p[3];
}

bool
probe_payload_decode(const uint8_t *payload, size_t bytes,
    struct probe_frame *f)
{
	if (bytes < PROBE_PAYLOAD || get32(payload) != MAGIC ||
	    payload[4] != VERSION || payload[5] > PROBE_REPLY)
		return false;
	f->kind = (enum probe_kind)payload[5];
	f->stream = get32(payload + 8);
	f->sequence = (uint64_t)get32(payload + 12) << 32 | get32(payload + 16);
	f->sent_ns = (int64_t)((uint64_t)get32(payload + 20) << 32 |
	    get32(payload + 24));
	return true;
}

bool
probe_frame_decode(const uint8_t *buf, size_t bytes, struct probe_frame *f)
{
	struct layout l;
	size_t addr;

	memset(f, 0, sizeof(*f));
	if (!find_layout(buf, bytes, &l) || !get_l4(&l, f))
		return false;
	if (!probe_payload_decode(l.payload, PROBE_PAYLOAD, f))
		return false;
	memcpy(f->dst_mac, buf, 6);
	memcpy(f->src_mac, buf + 6, 6);
	f->src.family = f->dst.family = l.v6 ? 6 : 4;
	f->src.prefix = f->dst.prefix = l.v6 ? 128 : 32;
	addr = l.v6 ? 16 : 4;
	memcpy(f->src.bytes, l.ip + (l.v6 ? 8 : 12), addr);
	memcpy(f->dst.bytes, l.ip + (l.v6 ? 8 : 12) + addr, addr);
	return true;
}

bool
probe_frame_is_intact(const uint8_t *buf, size_t bytes)
{
	struct layout l;

	if (!find_layout(buf, bytes, &l))
		return false;
	if (!l.v6 && inetsum_fold(inetsum_add(0, l.ip, IPV4_SIZE)) != 0)
		return false;
	return l4_checksum(&l) == 0;
}
