/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/lab/peerhost.h"

#include <assert.h>
#include <string.h>

#include "packet/frame.h"
#include "packet/inetsum.h"

enum {
	ETHER_SIZE = 14,
	ETHER_MIN = 60, /* IEEE 802.3, without the FCS */
	TYPE_IPV4 = 0x0800,
	TYPE_ARP = 0x0806,
	TYPE_IPV6 = 0x86dd,
	ARP_SIZE = 28,
	ARP_ASKS = 1,
	ARP_TELLS = 2,
	IPV4_SIZE = 20,
	IPV6_SIZE = 40,
	TTL = 64,
	ECHO_SIZE = 8,
	ICMP_ECHO_REPLY = 0,
	ICMP_ECHO = 8,
	ICMP6_ECHO = 128,
	ICMP6_ECHO_REPLY = 129,
	ND_SOLICIT = 135, /* RFC 4861, 4.3 */
	ND_ADVERTISE = 136,
	ND_SIZE = 24,  /* of both, without options */
	ND_OPTION = 8, /* a link-layer address and its head */
	ND_SOURCE = 1, /* ... of who sent it */
	ND_TARGET = 2, /* ... of what it is about */
	ND_HOPS = 255, /* what has come through a router has less */
	ND_IS_ROUTER = 0x80,
	ND_SOLICITED = 0x40,
	ND_OVERRIDE = 0x20,
};

static const uint8_t all_nodes[16] = { 0xff, 0x02, [15] = 1 };

struct heard { /* one frame, taken apart */
	struct peerhost *host;
	const uint8_t *raw;
	size_t bytes;
	struct frame ip;
	uint8_t *out;
};

static void
put16(uint8_t *p, size_t value)
{
	p[0] = (uint8_t)(value >> 8);
	p[1] = (uint8_t)value;
}

/* --- addresses --- */

static struct ipaddr
address(uint8_t family, const uint8_t *bytes)
{
	struct ipaddr a;

	memset(&a, 0, sizeof(a));
	a.family = family;
	a.prefix = family == 6 ? 128 : 32;
	memcpy(a.bytes, bytes, family == 6 ? 16 : 4);
	return a;
}

static bool
is_unset(const uint8_t *bytes, size_t n)
{
	while (n > 0)
		if (bytes[--n] != 0)
			return false;
	return true;
}

static bool
is_link_local(const struct ipaddr *a)
{
	return a->family == 6 && a->bytes[0] == 0xfe &&
	    (a->bytes[1] & 0xc0) == 0x80;
}

static bool
is_group_address(const struct ipaddr *a)
{
	if (a->family == 6)
		return a->bytes[0] == 0xff;
	return a->bytes[0] >= 224; /* 255.255.255.255 too */
}

static bool
is_ours(const struct peerhost *h, const struct ipaddr *a)
{
	return ipaddr_same_host(a, &h->v4) || ipaddr_same_host(a, &h->v6) ||
	    ipaddr_same_host(a, &h->link_local);
}

/* Ours, or somewhere that the gateway leads to. */
static bool
is_answered_for(const struct peerhost *h, const struct ipaddr *a)
{
	const struct ipaddr *own = a->family == 6 ? &h->v6 : &h->v4;

	if (is_ours(h, a))
		return true;
	return own->family != 0 && !is_group_address(a) && !is_link_local(a) &&
	    !ipaddr_in_net(a, own);
}

void
peerhost_init(struct peerhost *h, const uint8_t mac[6], const struct ipaddr *v4,
    const struct ipaddr *v6)
{
	uint8_t *ll = h->link_local.bytes;

	memset(h, 0, sizeof(*h));
	memcpy(h->mac, mac, 6);
	h->v4 = *v4;
	h->v6 = *v6;
	h->link_local.family = 6;
	h->link_local.prefix = 64;
	ll[0] = 0xfe; /* RFC 4291, appendix A */
	ll[1] = 0x80;
	memcpy(ll + 8, mac, 3);
	ll[8] ^= 2;
	ll[11] = 0xff;
	ll[12] = 0xfe;
	memcpy(ll + 13, mac + 3, 3);
}

/* --- neighbours --- */

static struct peerhost_neighbour *
find_neighbour(struct peerhost *h, const struct ipaddr *addr)
{
	size_t i;

	for (i = 0; i < h->n_neighbours; i++)
		if (ipaddr_same_host(&h->neighbours[i].addr, addr))
			return &h->neighbours[i];
	return NULL;
}

struct peerhost_neighbour *
peerhost_neighbour(struct peerhost *h, const struct ipaddr *addr)
{
	struct peerhost_neighbour *n = find_neighbour(h, addr);

	if (n != NULL || h->n_neighbours == PEERHOST_NEIGHBOURS)
		return n;
	n = &h->neighbours[h->n_neighbours++];
	n->addr = *addr;
	return n;
}

/* Of neighbours that matter to us, as RFC 826 merges. */
static void
learn(struct peerhost *h, const struct ipaddr *addr, const uint8_t mac[6])
{
	struct peerhost_neighbour *n = find_neighbour(h, addr);

	if (n == NULL || (mac[0] & 1) != 0 || is_unset(mac, 6))
		return;
	memcpy(n->mac, mac, 6);
	n->known = true;
}

/* --- writing --- */

static void
put_ether(const struct peerhost *h, uint8_t *out, const uint8_t to[6],
    unsigned type)
{
	memcpy(out, to, 6);
	memcpy(out + 6, h->mac, 6);
	put16(out + 12, type);
}

/* A short one is filled up, as a NIC does. */
static size_t
filled(uint8_t *out, size_t bytes)
{
	if (bytes >= ETHER_MIN)
		return bytes;
	memset(out + bytes, 0, ETHER_MIN - bytes);
	return ETHER_MIN;
}

static size_t
put_arp(const struct peerhost *h, uint8_t *out, unsigned op,
    const uint8_t to[6], const uint8_t tha[6], const uint8_t tpa[4])
{
	uint8_t *arp = out + ETHER_SIZE;

	put_ether(h, out, to, TYPE_ARP);
	put16(arp, 1); /* Ethernet */
	put16(arp + 2, TYPE_IPV4);
	arp[4] = 6;
	arp[5] = 4;
	put16(arp + 6, op);
	memcpy(arp + 8, h->mac, 6);
	memcpy(arp + 14, h->v4.bytes, 4);
	memcpy(arp + 18, tha, 6);
	memcpy(arp + 24, tpa, 4);
	return filled(out, ETHER_SIZE + ARP_SIZE);
}

/* ICMPv6's checksum, with the pseudo header of RFC 8200, 8.1. */
static uint16_t
icmp6_sum(const uint8_t *src, const uint8_t *dst, const uint8_t *l4,
    size_t bytes)
{
	uint32_t sum = inetsum_add(0, src, 16);

	sum = inetsum_add(sum, dst, 16);
	sum += (uint32_t)bytes + FRAME_PROTO_ICMP6;
	return inetsum_fold(inetsum_add(sum, l4, bytes));
}

static void
put_ipv6(uint8_t *ip, const uint8_t src[16], const uint8_t dst[16],
    size_t l4_bytes, uint8_t hops)
{
	memset(ip, 0, IPV6_SIZE);
	ip[0] = 0x60;
	put16(ip + 4, l4_bytes);
	ip[6] = FRAME_PROTO_ICMP6;
	ip[7] = hops;
	memcpy(ip + 8, src, 16);
	memcpy(ip + 24, dst, 16);
}

struct nd { /* what a message of neighbour discovery says */
	uint8_t type, flags;
	const uint8_t *to_mac, *src, *dst, *target;
};

static size_t
put_nd(const struct peerhost *h, uint8_t *out, const struct nd *nd)
{
	uint8_t *ip = out + ETHER_SIZE, *l4 = ip + IPV6_SIZE;
	size_t bytes = ND_SIZE + ND_OPTION;

	put_ether(h, out, nd->to_mac, TYPE_IPV6);
	put_ipv6(ip, nd->src, nd->dst, bytes, ND_HOPS);
	memset(l4, 0, bytes);
	l4[0] = nd->type;
	l4[4] = nd->flags;
	memcpy(l4 + 8, nd->target, 16);
	l4[24] = nd->type == ND_SOLICIT ? ND_SOURCE : ND_TARGET;
	l4[25] = 1; /* times 8 bytes */
	memcpy(l4 + 26, h->mac, 6);
	put16(l4 + 2, icmp6_sum(nd->src, nd->dst, l4, bytes));
	return ETHER_SIZE + IPV6_SIZE + bytes;
}

size_t
peerhost_ask(const struct peerhost *h, const struct ipaddr *addr, uint8_t *out)
{
	static const uint8_t all[6] = { 255, 255, 255, 255, 255, 255 };
	static const uint8_t nobody[6];
	uint8_t group[16] = { 0xff, 0x02, [11] = 1, [12] = 0xff };
	uint8_t group_mac[6] = { 0x33, 0x33, 0xff };
	struct nd nd = { .type = ND_SOLICIT };

	if (addr->family == 4)
		return h->v4.family == 0
		    ? 0
		    : put_arp(h, out, ARP_ASKS, all, nobody, addr->bytes);
	memcpy(group + 13, addr->bytes + 13, 3); /* RFC 4291, 2.7.1 */
	memcpy(group_mac + 3, addr->bytes + 13, 3);
	nd.to_mac = group_mac;
	nd.src = h->v6.family != 0 && ipaddr_in_net(addr, &h->v6)
	    ? h->v6.bytes
	    : h->link_local.bytes;
	nd.dst = group;
	nd.target = addr->bytes;
	return put_nd(h, out, &nd);
}

/* --- ARP --- */

static size_t
hear_arp(const struct heard *d)
{
	const uint8_t *arp = d->raw + ETHER_SIZE;
	struct ipaddr sender;
	unsigned op;

	if (d->bytes < ETHER_SIZE + ARP_SIZE || frame_get16(arp) != 1 ||
	    frame_get16(arp + 2) != TYPE_IPV4 || arp[4] != 6 || arp[5] != 4)
		return 0;
	sender = address(4, arp + 14);
	learn(d->host, &sender, arp + 8);
	op = frame_get16(arp + 6);
	if (op != ARP_ASKS || d->host->v4.family == 0 ||
	    memcmp(arp + 24, d->host->v4.bytes, 4) != 0)
		return 0;
	return put_arp(d->host, d->out, ARP_TELLS, d->raw + 6, arp + 8,
	    arp + 14);
}

/* --- neighbour discovery --- */

/* The link-layer address option of that kind, or NULL. */
static const uint8_t *
nd_option(const struct frame *ip, uint8_t kind)
{
	size_t at = ND_SIZE, bytes;

	while (at + ND_OPTION <= ip->l4_bytes) {
		bytes = (size_t)ip->l4[at + 1] * 8;
		if (ip->l4[at] == kind && bytes == ND_OPTION)
			return ip->l4 + at + 2;
		if (bytes == 0)
			break;
		at += bytes;
	}
	return NULL;
}

static size_t
hear_solicit(const struct heard *d)
{
	struct ipaddr target = address(6, d->ip.l4 + 8);
	struct ipaddr sender = address(6, d->ip.src);
	const uint8_t *mac = nd_option(&d->ip, ND_SOURCE);
	static const uint8_t all_nodes_mac[6] = { 0x33, 0x33, [5] = 1 };
	struct nd nd = { .type = ND_ADVERTISE };
	bool probes = is_unset(d->ip.src, 16); /* RFC 4862: is it free? */

	if (!is_ours(d->host, &target))
		return 0;
	if (mac != NULL && !probes)
		learn(d->host, &sender, mac);
	nd.flags = ND_IS_ROUTER | ND_OVERRIDE | (probes ? 0 : ND_SOLICITED);
	nd.to_mac = probes ? all_nodes_mac : d->raw + 6;
	nd.src = target.bytes;
	nd.dst = probes ? all_nodes : sender.bytes;
	nd.target = target.bytes;
	return put_nd(d->host, d->out, &nd);
}

static size_t
hear_nd(const struct heard *d)
{
	struct ipaddr target;
	const uint8_t *mac;

	if (d->ip.l4_bytes < ND_SIZE || d->ip.l4[1] != 0 ||
	    d->raw[ETHER_SIZE + 7] != ND_HOPS)
		return 0;
	if (d->ip.l4[0] == ND_SOLICIT)
		return hear_solicit(d);
	target = address(6, d->ip.l4 + 8);
	mac = nd_option(&d->ip, ND_TARGET);
	learn(d->host, &target, mac != NULL ? mac : d->raw + 6);
	return 0;
}

/* --- echoes --- */

static bool
asks_echo(const struct frame *ip)
{
	if (ip->l4_bytes < ECHO_SIZE || ip->l4[1] != 0)
		return false;
	return ip->proto == FRAME_PROTO_ICMP6 ? ip->l4[0] == ICMP6_ECHO
	    : ip->proto == FRAME_PROTO_ICMP   ? ip->l4[0] == ICMP_ECHO
					      : false;
}

/* The same payload back, under a header of our own without options. */
static size_t
answer_echo(const struct heard *d)
{
	const struct frame *ip = &d->ip;
	bool v6 = ip->family == 6;
	uint8_t *to = d->out + ETHER_SIZE;
	uint8_t *l4 = to + (v6 ? IPV6_SIZE : IPV4_SIZE);

	if ((size_t)(l4 - d->out) + ip->l4_bytes > PEERHOST_FRAME_MAX)
		return 0;
	put_ether(d->host, d->out, d->raw + 6, v6 ? TYPE_IPV6 : TYPE_IPV4);
	memcpy(l4, ip->l4, ip->l4_bytes);
	put16(l4 + 2, 0);
	if (v6) {
		put_ipv6(to, ip->dst, ip->src, ip->l4_bytes, TTL);
		l4[0] = ICMP6_ECHO_REPLY;
		put16(l4 + 2, icmp6_sum(ip->dst, ip->src, l4, ip->l4_bytes));
	} else {
		memset(to, 0, IPV4_SIZE);
		to[0] = 0x45;
		put16(to + 2, IPV4_SIZE + ip->l4_bytes);
		to[8] = TTL;
		to[9] = FRAME_PROTO_ICMP;
		memcpy(to + 12, ip->dst, 4);
		memcpy(to + 16, ip->src, 4);
		put16(to + 10, inetsum_fold(inetsum_add(0, to, IPV4_SIZE)));
		l4[0] = ICMP_ECHO_REPLY;
		put16(l4 + 2, inetsum_fold(inetsum_add(0, l4, ip->l4_bytes)));
	}
	return filled(d->out, (size_t)(l4 - d->out) + ip->l4_bytes);
}

/* --- probes --- */

/* One that asks gets an answer that says so (packet/probehdr.h). */
static size_t
answer_probe(const struct heard *d, const struct probe_frame *p)
{
	struct probe_frame back = *p;

	if (p->icmp && !asks_echo(&d->ip))
		return 0;
	if (p->kind != PROBE_REQUEST)
		return p->icmp ? answer_echo(d) : 0;
	memcpy(back.dst_mac, p->src_mac, 6);
	memcpy(back.src_mac, d->host->mac, 6);
	back.src = p->dst;
	back.dst = p->src;
	back.src_port = p->dst_port;
	back.dst_port = p->src_port;
	back.kind = PROBE_REPLY;
	return probe_frame_encode(&back, d->out);
}

/* --- IP --- */

static bool
is_intact(const struct heard *d)
{
	const struct frame *ip = &d->ip;
	const uint8_t *head = d->raw + ETHER_SIZE;

	if (ip->family == 4 &&
	    inetsum_fold(inetsum_add(0, head, (head[0] & 15) * 4u)) != 0)
		return false;
	if (ip->proto == FRAME_PROTO_ICMP && ip->family == 4)
		return inetsum_fold(inetsum_add(0, ip->l4, ip->l4_bytes)) == 0;
	if (ip->proto == FRAME_PROTO_ICMP6 && ip->family == 6)
		return icmp6_sum(ip->src, ip->dst, ip->l4, ip->l4_bytes) == 0;
	return true;
}

static bool
is_for_us(const struct heard *d)
{
	struct ipaddr to = address(d->ip.family, d->ip.dst);

	return memcmp(d->raw, d->host->mac, 6) == 0 &&
	    is_answered_for(d->host, &to);
}

static bool
is_nd(const struct frame *ip)
{
	return ip->family == 6 && ip->proto == FRAME_PROTO_ICMP6 &&
	    ip->l4_bytes > 0 &&
	    (ip->l4[0] == ND_SOLICIT || ip->l4[0] == ND_ADVERTISE);
}

static enum peerhost_said
hear_ip(struct heard *d, struct probe_frame *probe, size_t *answer_bytes)
{
	if (frame_decode(FRAME_ETHERNET, d->raw, d->bytes, &d->ip) !=
		FRAME_IP ||
	    d->ip.l4_have < d->ip.l4_bytes || d->ip.l4_bytes == 0)
		return PEERHOST_NOTHING;
	/* Neighbour discovery speaks to groups, all else to us. */
	if (!is_nd(&d->ip) && !is_for_us(d))
		return PEERHOST_NOTHING;
	if (!is_intact(d)) {
		d->host->damaged++;
		return PEERHOST_NOTHING;
	}
	if (is_nd(&d->ip)) {
		*answer_bytes = hear_nd(d);
	} else if (probe_frame_decode(d->raw, d->bytes, probe) &&
	    (probe->icmp || probe->dst_port == PROBE_UDP_PORT)) {
		if (!probe_frame_is_intact(d->raw, d->bytes)) {
			d->host->damaged++;
			return PEERHOST_NOTHING;
		}
		*answer_bytes = answer_probe(d, probe);
		return PEERHOST_PROBE;
	} else if (asks_echo(&d->ip)) {
		*answer_bytes = answer_echo(d);
	}
	return *answer_bytes > 0 ? PEERHOST_ANSWER : PEERHOST_NOTHING;
}

enum peerhost_said
peerhost_hear(struct peerhost *h, const uint8_t *frame, size_t bytes,
    struct probe_frame *probe, uint8_t *out, size_t *answer_bytes)
{
	struct heard d = { .host = h, .raw = frame, .bytes = bytes };
	unsigned type;

	*answer_bytes = 0;
	d.out = out;
	if (bytes < ETHER_SIZE ||
	    ((frame[0] & 1) == 0 && memcmp(frame, h->mac, 6) != 0) ||
	    (frame[6] & 1) != 0)
		return PEERHOST_NOTHING;
	type = frame_get16(frame + 12);
	if (type == TYPE_ARP) {
		*answer_bytes = hear_arp(&d);
		return *answer_bytes > 0 ? PEERHOST_ANSWER : PEERHOST_NOTHING;
	}
	/* In a VLAN there is nobody. */
	if (type != TYPE_IPV4 && type != TYPE_IPV6)
		return PEERHOST_NOTHING;
	return hear_ip(&d, probe, answer_bytes);
}
