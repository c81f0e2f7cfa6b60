/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/rtrequest.h"

#include <assert.h>
#include <string.h>

/* Numbers of the kernel's interface: linux/netlink.h, rtnetlink.h, if_link.h,
 * if_addr.h, if.h; they are for ever. */
enum { NL_HEADER = 16, LINK_HEADER = 16, ADDR_HEADER = 8, ROUTE_HEADER = 12 };
enum {
	F_REQUEST = 0x1,
	F_ACK = 0x4,
	F_DUMP = 0x300,
	F_EXCL = 0x200,
	F_CREATE = 0x400,
};
enum {
	NEWLINK = 16,
	DELLINK = 17,
	GETLINK = 18,
	SETLINK = 19,
	GETADDR = 22,
	NEWADDR = 20,
	DELADDR = 21,
	NEWROUTE = 24,
	DELROUTE = 25,
	GETROUTE = 26,
};
enum { FLAG_UP = 0x1 };
enum {
	LINK_ADDRESS = 1,
	LINK_NAME = 3,
	LINK_MTU = 4,
	LINK_MASTER = 10,
	LINK_INFO = 18,
	LINK_ALIAS = 20,
	LINK_EXT_MASK = 29,
};
enum { EXT_SKIP_STATS = 0x8 };
enum { INFO_KIND = 1, INFO_DATA = 2 };
enum {
	BOND_MODE = 1,
	BOND_MIIMON = 3,
	BOND_PRIMARY = 11,
	BOND_PRIMARY_RESELECT = 12,
	BOND_FAIL_OVER_MAC = 13,
	BOND_ALL_SLAVES_ACTIVE = 17,
};
enum { MODE_ACTIVE_BACKUP = 1, RESELECT_ALWAYS = 0, FAIL_OVER_MAC_NONE = 0 };
enum {
	ADDR_ADDRESS = 1,
	ADDR_LOCAL = 2,
	ADDR_BROADCAST = 4,
	ADDR_CACHEINFO = 6,
};
enum { ROUTE_OIF = 4, ROUTE_GATEWAY = 5 };
enum { TABLE_MAIN = 254, PROTOCOL_STATIC = 4, ROUTE_UNICAST = 1 };
enum { SCOPE_UNIVERSE = 0, SCOPE_LINK = 253, SCOPE_NOWHERE = 255 };
enum { FAMILY_INET = 2, FAMILY_INET6 = 10 };

struct message {
	uint8_t *at;
	size_t used;
};

static void *
put(struct message *m, size_t bytes)
{
	size_t room = (bytes + 3) & ~(size_t)3;
	uint8_t *p = m->at + m->used;

	assert(m->used + room <= RTREQUEST_BYTES);
	memset(p, 0, room);
	m->used += room;
	return p;
}

static void
put_u16(uint8_t *p, size_t v)
{
	uint16_t x = (uint16_t)v;

	memcpy(p, &x, sizeof(x));
}

static void
put_u32(uint8_t *p, uint32_t v)
{
	memcpy(p, &v, sizeof(v));
}

static uint8_t *
begin(struct message *m, uint8_t *buf, unsigned type, unsigned flags,
    uint32_t sequence, size_t header)
{
	uint8_t *p;

	m->at = buf;
	m->used = 0;
	p = put(m, NL_HEADER);
	put_u16(p + 4, type);
	put_u16(p + 6, F_REQUEST | flags);
	put_u32(p + 8, sequence);
	return put(m, header);
}

static size_t
end(const struct message *m)
{
	put_u32(m->at, (uint32_t)m->used);
	return m->used;
}

static void
attr(struct message *m, unsigned type, const void *value, size_t bytes)
{
	uint8_t *p = put(m, 4 + bytes);

	put_u16(p, 4 + bytes);
	put_u16(p + 2, type);
	if (bytes > 0)
		memcpy(p + 4, value, bytes);
}

static void
attr_u32(struct message *m, unsigned type, uint32_t v)
{
	attr(m, type, &v, sizeof(v));
}

static void
attr_u8(struct message *m, unsigned type, uint8_t v)
{
	attr(m, type, &v, sizeof(v));
}

static void
attr_text(struct message *m, unsigned type, const char *s)
{
	attr(m, type, s, strlen(s) + 1);
}

/* Attributes within one: gives where it begins, for nest_end(). */
static size_t
nest(struct message *m, unsigned type)
{
	size_t at = m->used;

	attr(m, type, NULL, 0);
	return at;
}

static void
nest_end(struct message *m, size_t at)
{
	put_u16(m->at + at, m->used - at);
}

static void
begin_link(struct message *m, const struct rtrequest *r, uint8_t *buf,
    unsigned type, unsigned flags, bool change_up, bool up)
{
	uint8_t *p =
	    begin(m, buf, type, F_ACK | flags, r->sequence, LINK_HEADER);

	put_u32(p + 4, r->index);
	put_u32(p + 8, up ? FLAG_UP : 0);
	put_u32(p + 12, change_up ? FLAG_UP : 0);
}

static void
bond_options(struct message *m, const struct rtrequest *r)
{
	size_t info = nest(m, LINK_INFO), data;

	attr_text(m, INFO_KIND, "bond");
	data = nest(m, INFO_DATA);
	attr_u8(m, BOND_MODE, MODE_ACTIVE_BACKUP);
	attr_u32(m, BOND_MIIMON, (uint32_t)r->op->value);
	attr_u8(m, BOND_PRIMARY_RESELECT, RESELECT_ALWAYS);
	attr_u8(m, BOND_FAIL_OVER_MAC, FAIL_OVER_MAC_NONE);
	attr_u8(m, BOND_ALL_SLAVES_ACTIVE, r->rx_all);
	nest_end(m, data);
	nest_end(m, info);
}

static void
bond_primary(struct message *m, const struct rtrequest *r)
{
	size_t info = nest(m, LINK_INFO), data;

	attr_text(m, INFO_KIND, "bond");
	data = nest(m, INFO_DATA);
	attr_u32(m, BOND_PRIMARY, r->other);
	nest_end(m, data);
	nest_end(m, info);
}

static size_t
addr_bytes(const struct ipaddr *a)
{
	return a->family == 6 ? 16 : 4;
}

static uint8_t
family_of(const struct ipaddr *a)
{
	return a->family == 6 ? FAMILY_INET6 : FAMILY_INET;
}

static void
broadcast_of(const struct ipaddr *a, uint8_t out[4])
{
	uint32_t host =
	    a->prefix == 0 ? UINT32_MAX : (UINT32_C(1) << (32 - a->prefix)) - 1;
	int i;

	for (i = 0; i < 4; i++)
		out[i] = (uint8_t)(a->bytes[i] | (host >> (24 - 8 * i)));
}

static void
address(struct message *m, const struct rtrequest *r, uint8_t *buf, bool add)
{
	const struct ipaddr *a = &r->op->addr;
	/* struct ifa_cacheinfo: preferred and valid, in seconds. */
	const uint32_t lifetimes[4] = { INT32_MAX, INT32_MAX, 0, 0 };
	uint8_t broadcast[4];
	uint8_t *p = begin(m, buf, add ? NEWADDR : DELADDR,
	    F_ACK | (add ? F_CREATE | F_EXCL : 0U), r->sequence, ADDR_HEADER);

	p[0] = family_of(a);
	p[1] = a->prefix;
	put_u32(p + 4, r->index);
	attr(m, ADDR_LOCAL, a->bytes, addr_bytes(a));
	attr(m, ADDR_ADDRESS, a->bytes, addr_bytes(a));
	if (!add || a->family == 6)
		return;
	if (a->prefix <= 30) {
		broadcast_of(a, broadcast);
		attr(m, ADDR_BROADCAST, broadcast, sizeof(broadcast));
	}
	if (r->ends)
		attr(m, ADDR_CACHEINFO, lifetimes, sizeof(lifetimes));
}

static void
default_route(struct message *m, const struct rtrequest *r, uint8_t *buf,
    bool add)
{
	const struct ipaddr *a = &r->op->addr;
	uint8_t *p = begin(m, buf, add ? NEWROUTE : DELROUTE,
	    F_ACK | (add ? F_CREATE | F_EXCL : 0U), r->sequence, ROUTE_HEADER);

	p[0] = family_of(a);
	p[4] = TABLE_MAIN;
	p[5] = add ? PROTOCOL_STATIC : 0;
	p[6] = add ? SCOPE_UNIVERSE : SCOPE_NOWHERE;
	p[7] = add ? ROUTE_UNICAST : 0;
	if (add)
		attr(m, ROUTE_GATEWAY, a->bytes, addr_bytes(a));
	if (r->index != 0)
		attr_u32(m, ROUTE_OIF, r->index);
}

static bool
put_link(struct message *m, const struct rtrequest *r, uint8_t *buf)
{
	const struct operation *op = r->op;

	switch (op->kind) {
	case OP_LAGG_CREATE:
		begin_link(m, r, buf, NEWLINK, F_CREATE | F_EXCL, false, false);
		attr_text(m, LINK_NAME, op->ifname);
		bond_options(m, r);
		return true;
	case OP_LAGG_DESTROY:
		begin_link(m, r, buf, DELLINK, 0, false, false);
		return true;
	case OP_DESCR:
		begin_link(m, r, buf, SETLINK, 0, false, false);
		attr_text(m, LINK_ALIAS, op->text);
		return true;
	case OP_UP:
	case OP_DOWN:
		begin_link(m, r, buf, SETLINK, 0, true, op->kind == OP_UP);
		return true;
	case OP_MTU:
		begin_link(m, r, buf, SETLINK, 0, false, false);
		attr_u32(m, LINK_MTU, (uint32_t)op->value);
		return true;
	case OP_PRIMARY:
		begin_link(m, r, buf, NEWLINK, 0, false, false);
		bond_primary(m, r);
		return true;
	default:
		return false;
	}
}

size_t
rtrequest_build(const struct rtrequest *r, uint8_t buf[RTREQUEST_BYTES])
{
	struct rtrequest port = *r;
	struct message m;

	switch (r->op->kind) {
	case OP_PORT_ADD:
	case OP_PORT_DEL:
		port.index = r->other;
		begin_link(&m, &port, buf, SETLINK, 0, false, false);
		attr_u32(&m, LINK_MASTER,
		    r->op->kind == OP_PORT_ADD ? r->index : 0);
		break;
	case OP_ADDR_ADD:
	case OP_ADDR_DEL:
		address(&m, r, buf, r->op->kind == OP_ADDR_ADD);
		break;
	case OP_DEFAULT_ADD:
	case OP_DEFAULT_DEL:
		default_route(&m, r, buf, r->op->kind == OP_DEFAULT_ADD);
		break;
	default:
		if (!put_link(&m, r, buf))
			return 0;
		break;
	}
	return end(&m);
}

size_t
rtrequest_probe_bonding(uint32_t sequence, uint8_t buf[RTREQUEST_BYTES])
{
	static const uint8_t no_address[1];
	struct message m;
	size_t info;

	begin(&m, buf, NEWLINK, F_ACK | F_CREATE | F_EXCL, sequence,
	    LINK_HEADER);
	attr(&m, LINK_ADDRESS, no_address, sizeof(no_address));
	info = nest(&m, LINK_INFO);
	attr_text(&m, INFO_KIND, "bond");
	nest_end(&m, info);
	return end(&m);
}

size_t
rtrequest_dump(unsigned type, uint32_t sequence, uint8_t buf[RTREQUEST_BYTES])
{
	size_t header = type == GETADDR ? ADDR_HEADER
	    : type == GETROUTE		? ROUTE_HEADER
					: LINK_HEADER;
	struct message m;

	begin(&m, buf, type, F_DUMP, sequence, header);
	/* Counters are most of an answer, and nobody reads them. */
	if (type == GETLINK)
		attr_u32(&m, LINK_EXT_MASK, EXT_SKIP_STATS);
	return end(&m);
}
