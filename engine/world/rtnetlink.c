/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/rtnetlink.h"

#include <string.h>

/* Numbers of the kernel's interface: linux/netlink.h, rtnetlink.h, if_link.h,
 * if_addr.h, if.h; they are for ever. */
enum { NL_HEADER = 16, LINK_HEADER = 16, ADDR_HEADER = 8, ROUTE_HEADER = 12 };
enum { NL_ERROR = 2, NL_DONE = 3 };
enum { NL_MULTI = 0x2, NL_DUMP_INTR = 0x10, NL_REPLACE = 0x100 };
enum {
	NEWLINK = 16,
	DELLINK = 17,
	NEWADDR = 20,
	DELADDR = 21,
	NEWROUTE = 24,
	DELROUTE = 25,
};
enum { FLAG_UP = 0x1, FLAG_RUNNING = 0x40, FLAG_LOWER_UP = 0x10000 };
enum {
	LINK_ADDRESS = 1,
	LINK_NAME = 3,
	LINK_MTU = 4,
	LINK_LINK = 5,
	LINK_MASTER = 10,
	LINK_INFO = 18,
	LINK_ALIAS = 20,
	LINK_CARRIER = 33,
	LINK_NETNSID = 37,
	LINK_PERM_ADDRESS = 54,
	LINK_PARENT_DEV = 56,
	LINK_PARENT_BUS = 57,
};
enum { INFO_KIND = 1, INFO_DATA = 2, INFO_PORT_KIND = 4 };
enum { BOND_MODE = 1, BOND_ACTIVE = 2, BOND_PRIMARY = 11 };
enum { ADDR_ADDRESS = 1, ADDR_LOCAL = 2, ADDR_FLAGS = 8 };
enum { ADDR_DADFAILED = 0x8, ADDR_TENTATIVE = 0x40, ADDR_PERMANENT = 0x80 };
enum {
	ROUTE_DST = 1,
	ROUTE_OIF = 4,
	ROUTE_GATEWAY = 5,
	ROUTE_PRIORITY = 6,
	ROUTE_MULTIPATH = 9,
	ROUTE_TABLE = 15,
	ROUTE_VIA = 18,
};
enum { TABLE_MAIN = 254, ROUTE_UNICAST = 1, ROUTE_CLONED = 0x200 };
enum { FAMILY_INET = 2, FAMILY_INET6 = 10 };

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

static size_t
align(size_t bytes)
{
	return (bytes + 3) & ~(size_t)3;
}

struct bytes {
	const uint8_t *at;
	size_t left;
};

struct attr {
	unsigned type;
	struct bytes value;
};

static bool
next_attr(struct bytes *from, struct attr *a)
{
	size_t bytes, step;

	if (from->left < 4)
		return false;
	bytes = u16(from->at);
	if (bytes < 4 || bytes > from->left)
		return false;
	a->type = u16(from->at + 2) & 0x3fff; /* without NLA_F_* */
	a->value = (struct bytes){ from->at + 4, bytes - 4 };
	step = align(bytes);
	if (step > from->left)
		step = from->left;
	from->at += step;
	from->left -= step;
	return true;
}

static bool
take_u32(const struct attr *a, uint32_t *out)
{
	if (a->value.left < 4)
		return false;
	*out = u32(a->value.at);
	return true;
}

static bool
take_addr(const struct bytes *value, unsigned family, unsigned prefix,
    struct ipaddr *out)
{
	size_t bytes = family == FAMILY_INET ? 4 : 16;

	if (value->left < bytes || prefix > bytes * 8)
		return false;
	memset(out, 0, sizeof(*out));
	out->family = family == FAMILY_INET ? 4 : 6;
	out->prefix = (uint8_t)prefix;
	memcpy(out->bytes, value->at, bytes);
	return true;
}

static bool
is_inet(unsigned family)
{
	return family == FAMILY_INET || family == FAMILY_INET6;
}

/* --- links --- */

/* Cut where it does not fit. */
static void
take_text(const struct bytes *value, char *out, size_t size)
{
	size_t bytes = value->left < size ? value->left : size - 1;
	const void *nul = memchr(value->at, '\0', bytes);

	if (nul != NULL)
		bytes = (size_t)((const uint8_t *)nul - value->at);
	memcpy(out, value->at, bytes);
	out[bytes] = '\0';
}

static void
take_bond(struct bytes data, struct ifevent *out)
{
	struct attr a;

	out->has |= IFHAS_AGGREGATE;
	while (next_attr(&data, &a)) {
		if (a.type == BOND_MODE && a.value.left >= 1)
			out->mode = a.value.at[0];
		else if (a.type == BOND_ACTIVE)
			take_u32(&a, &out->active);
		else if (a.type == BOND_PRIMARY)
			take_u32(&a, &out->primary);
	}
}

/* Says whether it is a VLAN. */
static bool
take_info(struct bytes info, struct ifevent *out)
{
	struct bytes data = { 0 };
	struct attr a;

	while (next_attr(&info, &a)) {
		if (a.type == INFO_KIND)
			take_text(&a.value, out->link_kind,
			    sizeof(out->link_kind));
		else if (a.type == INFO_DATA)
			data = a.value;
		else if (a.type == INFO_PORT_KIND)
			take_text(&a.value, out->port_kind,
			    sizeof(out->port_kind));
	}
	if (strcmp(out->link_kind, "bond") == 0)
		take_bond(data, out);
	return strcmp(out->link_kind, "vlan") == 0;
}

static void
take_name(const struct bytes *value, struct ifevent *out)
{
	const void *nul = memchr(value->at, '\0', value->left);
	size_t bytes = nul != NULL ? (size_t)((const uint8_t *)nul - value->at)
				   : value->left;

	if (bytes == 0 || bytes >= sizeof(out->name))
		return;
	memcpy(out->name, value->at, bytes);
	out->name[bytes] = '\0';
	out->has |= IFHAS_NAME;
}

static void
take_carrier(unsigned carrier, struct ifevent *out)
{
	out->link = carrier != 0 ? IFEVENT_UP : IFEVENT_DOWN;
	out->has |= IFHAS_LINK;
}

/* What does not concern a table of all interfaces. */
static void
take_more(const struct attr *a, struct ifevent *out)
{
	if (a->type == LINK_ALIAS) {
		take_text(&a->value, out->alias, sizeof(out->alias));
	} else if (a->type == LINK_PARENT_DEV) {
		take_text(&a->value, out->device, sizeof(out->device));
	} else if (a->type == LINK_PARENT_BUS) {
		take_text(&a->value, out->bus, sizeof(out->bus));
	} else if (a->type == LINK_PERM_ADDRESS && a->value.left == 6) {
		memcpy(out->permanent_mac, a->value.at, 6);
		out->permanent = true;
	}
}

static void
decode_link(struct bytes body, struct ifevent *out)
{
	uint32_t flags, link = 0;
	bool vlan = false, foreign = false;
	struct attr a;

	if (body.left < LINK_HEADER || body.at[0] != 0)
		return;
	out->index = u32(body.at + 4);
	flags = u32(body.at + 8);
	if (out->index == 0 || out->index > INT32_MAX)
		return;
	out->kind = IFEVENT_LINK;
	out->up = (flags & FLAG_UP) != 0;
	out->running = (flags & FLAG_RUNNING) != 0;
	/* What wireless says comes without the rest; a master is not told
	 * when there is none. */
	out->has = IFHAS_FLAGS | IFHAS_MASTER;
	body.at += LINK_HEADER;
	body.left -= LINK_HEADER;
	while (next_attr(&body, &a)) {
		if (a.type == LINK_NAME)
			take_name(&a.value, out);
		else if (a.type == LINK_ADDRESS && a.value.left == 6) {
			memcpy(out->mac, a.value.at, 6);
			out->has |= IFHAS_MAC;
		} else if (a.type == LINK_MTU && take_u32(&a, &out->mtu))
			out->has |= IFHAS_MTU;
		else if (a.type == LINK_MASTER)
			take_u32(&a, &out->master);
		else if (a.type == LINK_LINK)
			take_u32(&a, &link);
		else if (a.type == LINK_NETNSID)
			foreign = true;
		else if (a.type == LINK_CARRIER && a.value.left >= 1)
			take_carrier(a.value.at[0], out);
		else if (a.type == LINK_INFO)
			vlan = take_info(a.value, out);
		else
			take_more(&a, out);
	}
	if ((out->has & IFHAS_NAME) == 0)
		out->has &= ~(unsigned)IFHAS_MASTER;
	else if ((out->has & IFHAS_LINK) == 0)
		take_carrier((flags & FLAG_LOWER_UP) != 0, out);
	if (vlan) {
		out->parent = foreign ? 0 : link;
		out->has |= IFHAS_PARENT;
	}
}

/* --- addresses and routes --- */

static void
decode_addr(struct bytes body, struct ifevent *out)
{
	struct ipaddr local = { 0 }, address = { 0 };
	unsigned family, prefix;
	uint32_t flags;
	struct attr a;

	if (body.left < ADDR_HEADER || !is_inet(body.at[0]))
		return;
	family = body.at[0];
	prefix = body.at[1];
	flags = body.at[2];
	out->index = u32(body.at + 4);
	body.at += ADDR_HEADER;
	body.left -= ADDR_HEADER;
	while (next_attr(&body, &a)) {
		if (a.type == ADDR_LOCAL)
			take_addr(&a.value, family, prefix, &local);
		else if (a.type == ADDR_ADDRESS)
			take_addr(&a.value, family, prefix, &address);
		else if (a.type == ADDR_FLAGS)
			take_u32(&a, &flags);
	}
	if ((flags & ADDR_TENTATIVE) != 0)
		out->addr_is |= IFADDR_TENTATIVE;
	if ((flags & ADDR_DADFAILED) != 0)
		out->addr_is |= IFADDR_DUPLICATED;
	if ((flags & ADDR_PERMANENT) == 0)
		out->addr_is |= IFADDR_ENDS;
	/* Of a point-to-point link IFA_ADDRESS is the other end. */
	out->addr = local.family != 0 ? local : address;
	if (out->addr.family != 0 && out->index != 0)
		out->kind = IFEVENT_ADDR;
}

/* struct rtnexthop: bytes, flags, hops, interface; then attributes. */
static void
take_first_way(struct bytes ways, unsigned family, struct ifevent *out)
{
	unsigned full = family == FAMILY_INET ? 32 : 128;
	size_t bytes;
	struct attr a;

	if (ways.left < 8)
		return;
	bytes = u16(ways.at);
	if (bytes < 8 || bytes > ways.left)
		return;
	out->index = u32(ways.at + 4);
	ways.at += 8;
	ways.left = bytes - 8;
	while (next_attr(&ways, &a))
		if (a.type == ROUTE_GATEWAY)
			take_addr(&a.value, family, full, &out->gateway);
}

static void
take_via(struct bytes value, struct ifevent *out)
{
	unsigned family;

	if (value.left < 2)
		return;
	family = u16(value.at);
	value.at += 2;
	value.left -= 2;
	if (is_inet(family))
		take_addr(&value, family, family == FAMILY_INET ? 32 : 128,
		    &out->gateway);
}

static void
decode_route(struct bytes body, struct ifevent *out)
{
	static const uint8_t zero[16];
	const struct bytes none = { zero, sizeof(zero) };
	unsigned family, prefix, full;
	uint32_t table;
	bool wanted;
	struct attr a;

	if (body.left < ROUTE_HEADER || !is_inet(body.at[0]))
		return;
	family = body.at[0];
	prefix = body.at[1];
	full = family == FAMILY_INET ? 32 : 128;
	table = body.at[4];
	wanted = body.at[7] == ROUTE_UNICAST &&
	    (u32(body.at + 8) & ROUTE_CLONED) == 0 &&
	    take_addr(&none, family, prefix, &out->addr);
	body.at += ROUTE_HEADER;
	body.left -= ROUTE_HEADER;
	while (next_attr(&body, &a)) {
		if (a.type == ROUTE_DST)
			wanted &=
			    take_addr(&a.value, family, prefix, &out->addr);
		else if (a.type == ROUTE_OIF)
			take_u32(&a, &out->index);
		else if (a.type == ROUTE_GATEWAY)
			take_addr(&a.value, family, full, &out->gateway);
		else if (a.type == ROUTE_PRIORITY)
			take_u32(&a, &out->metric);
		else if (a.type == ROUTE_MULTIPATH)
			take_first_way(a.value, family, out);
		else if (a.type == ROUTE_TABLE)
			take_u32(&a, &table);
		else if (a.type == ROUTE_VIA)
			take_via(a.value, out);
	}
	if (wanted && table == TABLE_MAIN && out->index != 0)
		out->kind = IFEVENT_ROUTE;
}

/* --- a message --- */

static void
decode(unsigned type, struct bytes body, struct ifevent *out)
{
	int32_t error;

	switch (type) {
	case NEWLINK:
	case DELLINK:
		out->gone = type == DELLINK;
		decode_link(body, out);
		break;
	case NEWADDR:
	case DELADDR:
		out->gone = type == DELADDR;
		decode_addr(body, out);
		break;
	case NEWROUTE:
	case DELROUTE:
		out->gone = type == DELROUTE;
		decode_route(body, out);
		break;
	case NL_DONE:
	case NL_ERROR:
		out->kind = type == NL_DONE ? IFEVENT_END : IFEVENT_ERROR;
		if (body.left < 4)
			break;
		memcpy(&error, body.at, 4);
		out->error = error < 0 && error > INT32_MIN ? -error : 0;
		break;
	default:
		break;
	}
}

size_t
rtnetlink_next(const void *data, size_t bytes, struct ifevent *out)
{
	const uint8_t *p = data;
	size_t length, step;
	unsigned flags;

	memset(out, 0, sizeof(*out));
	if (bytes < NL_HEADER)
		return 0;
	length = u32(p);
	if (length < NL_HEADER || length > bytes)
		return 0;
	flags = u16(p + 6);
	out->answer = (flags & NL_MULTI) != 0;
	out->broken = (flags & NL_DUMP_INTR) != 0;
	out->replace = (flags & NL_REPLACE) != 0;
	out->sequence = u32(p + 8);
	decode(u16(p + 4), (struct bytes){ p + NL_HEADER, length - NL_HEADER },
	    out);
	step = align(length);
	return step < bytes ? step : bytes;
}
