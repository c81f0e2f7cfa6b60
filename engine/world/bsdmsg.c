/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/bsdmsg.h"

#include <string.h>

#include "world/bsdlayout.h"

/* Bytes of one message, or of an address in it. */
struct span {
	const uint8_t *at;
	size_t bytes;
};

static uint16_t
get16(const struct span *s, size_t at)
{
	return (uint16_t)(s->at[at] | s->at[at + 1] << 8);
}

static uint32_t
get32(const struct span *s, size_t at)
{
	return (uint32_t)get16(s, at) | (uint32_t)get16(s, at + 2) << 16;
}

/* --- addresses behind the header --- */

static size_t
space_of(uint8_t len)
{
	return len == 0 ? 8 : ((size_t)len + 7) / 8 * 8;
}

/* Finds those that the mask names. One that does not fit ends it, as one of
 * which only the padding is missing does not. */
static void
split(const struct span *m, size_t at, uint32_t mask,
    struct span out[BSD_RTAX_MAX])
{
	size_t space, i;

	memset(out, 0, BSD_RTAX_MAX * sizeof(*out));
	for (i = 0; i < BSD_RTAX_MAX; i++) {
		if ((mask & 1U << i) == 0)
			continue;
		if (at >= m->bytes || m->at[at] > m->bytes - at)
			return;
		out[i].at = m->at + at;
		out[i].bytes = m->at[at];
		space = space_of(m->at[at]);
		at = space < m->bytes - at ? at + space : m->bytes;
	}
}

/* Link-local addresses have the interface's index in their second word inside
 * of the kernel, and old ones let it out. */
static void
clear_scope(struct ipaddr *a)
{
	if (a->family == 6 && a->bytes[0] == 0xfe &&
	    (a->bytes[1] & 0xc0) == 0x80)
		a->bytes[2] = a->bytes[3] = 0;
}

/* What is short has zeros behind its end: a netmask nearly always. */
static void
copy_tail(const struct span *sa, size_t from, uint8_t *to, size_t bytes)
{
	size_t there = sa->bytes > from ? sa->bytes - from : 0;

	memset(to, 0, bytes);
	memcpy(to, sa->at + from, there < bytes ? there : bytes);
}

static struct ipaddr
address_of(const struct span *sa)
{
	struct ipaddr a = { 0 };

	if (sa->bytes < 2)
		return a;
	if (sa->at[1] == BSD_AF_INET) {
		a.family = 4;
		a.prefix = 32;
		copy_tail(sa, BSD_SIN_ADDR, a.bytes, 4);
	} else if (sa->at[1] == BSD_AF_INET6) {
		a.family = 6;
		a.prefix = 128;
		copy_tail(sa, BSD_SIN6_ADDR, a.bytes, 16);
	}
	clear_scope(&a);
	return a;
}

/* Of the family that its address has: its own is not always filled. */
static void
set_prefix(struct ipaddr *a, const struct span *mask)
{
	size_t from = a->family == 4 ? BSD_SIN_ADDR : BSD_SIN6_ADDR;
	size_t bytes = a->family == 4 ? 4 : 16, i;
	unsigned bits = 0, bit;
	uint8_t raw[16];

	if (a->family == 0 || mask->at == NULL)
		return;
	copy_tail(mask, from, raw, bytes);
	for (i = 0; i < bytes; i++)
		for (bit = 0x80; bit != 0 && (raw[i] & bit) != 0; bit >>= 1)
			bits++;
	a->prefix = (uint8_t)bits;
}

/* Copies a name up to its NUL, if it is one that fits. */
static void
take_name(const uint8_t *from, size_t bytes, char name[BSDMSG_NAME])
{
	size_t i;

	for (i = 0; i < bytes && from[i] != '\0'; i++)
		if (from[i] <= ' ' || from[i] >= 0x7f)
			return;
	if (i < BSDMSG_NAME) {
		memcpy(name, from, i);
		name[i] = '\0';
	}
}

static void
take_link_addr(const struct span *sa, struct bsdmsg *out)
{
	size_t nlen, alen;

	if (sa->bytes < BSD_SDL_DATA || sa->at[1] != BSD_AF_LINK)
		return;
	nlen = sa->at[BSD_SDL_NLEN];
	alen = sa->at[BSD_SDL_ALEN];
	if (BSD_SDL_DATA + nlen + alen > sa->bytes)
		return;
	take_name(sa->at + BSD_SDL_DATA, nlen, out->name);
	if (alen == sizeof(out->mac)) {
		out->has_mac = true;
		memcpy(out->mac, sa->at + BSD_SDL_DATA + nlen, alen);
	}
}

/* 0: it names none. */
static uint32_t
index_of(const struct span *sa)
{
	return sa->bytes >= BSD_SDL_INDEX + 2 && sa->at[1] == BSD_AF_LINK
	    ? get16(sa, BSD_SDL_INDEX)
	    : 0;
}

/* --- messages --- */

/* Where the addresses begin; 0: too short. */
static size_t
header_of(const struct span *m, enum bsdmsg_form form, size_t plain,
    size_t least)
{
	size_t len = plain;

	if (form == BSDMSG_IFLISTL) {
		if (m->bytes < BSD_IFML_DATA_OFF + 2)
			return 0;
		len = get16(m, BSD_IFML_LEN);
	}
	return len < least || len > m->bytes ? 0 : len;
}

static void
take_link(const struct span *m, enum bsdmsg_form form, struct bsdmsg *out)
{
	size_t data = BSD_IFM_DATA, header;
	struct span sas[BSD_RTAX_MAX];

	header = header_of(m, form, BSD_IFM_SIZE, BSD_IFM_DATA);
	if (header == 0)
		return;
	if (form == BSDMSG_IFLISTL)
		data = get16(m, BSD_IFML_DATA_OFF);
	if (data < BSD_IFM_DATA || data + BSD_IFI_MTU + 4 > header)
		return;
	out->kind = BSDMSG_LINK;
	out->index = get16(m, BSD_IFM_INDEX);
	out->flags = get32(m, BSD_IFM_FLAGS);
	out->type = m->at[data + BSD_IFI_TYPE];
	out->link = m->at[data + BSD_IFI_LINK_STATE];
	if (out->link > 2)
		out->link = 0;
	out->mtu = get32(m, data + BSD_IFI_MTU);
	split(m, header, get32(m, BSD_IFM_ADDRS), sas);
	take_link_addr(&sas[BSD_RTAX_IFP], out);
}

static void
take_addr(const struct span *m, enum bsdmsg_form form, bool gone,
    struct bsdmsg *out)
{
	size_t header = header_of(m, form, BSD_IFAM_SIZE, BSD_IFAM_INDEX + 2);
	struct span sas[BSD_RTAX_MAX];

	if (header == 0)
		return;
	out->kind = BSDMSG_ADDR;
	out->gone = gone;
	out->index = get16(m, BSD_IFAM_INDEX);
	split(m, header, get32(m, BSD_IFAM_ADDRS), sas);
	take_link_addr(&sas[BSD_RTAX_IFP], out);
	out->has_mac = false;
	out->addr = address_of(&sas[BSD_RTAX_IFA]);
	set_prefix(&out->addr, &sas[BSD_RTAX_NETMASK]);
}

static void
take_announce(const struct span *m, struct bsdmsg *out)
{
	if (m->bytes < BSD_IFAN_SIZE)
		return;
	out->kind = BSDMSG_ANNOUNCE;
	out->index = get16(m, BSD_IFAN_INDEX);
	take_name(m->at + BSD_IFAN_NAME, BSD_IFNAMSIZ, out->name);
	out->gone = get16(m, BSD_IFAN_WHAT) != 0;
}

static void
take_route(const struct span *m, uint8_t type, struct bsdmsg *out)
{
	struct span sas[BSD_RTAX_MAX];

	if (m->bytes < BSD_RTM_SIZE)
		return;
	out->kind = BSDMSG_ROUTE;
	out->gone = type == BSD_RTM_DELETE;
	out->change = type == BSD_RTM_CHANGE;
	out->index = get16(m, BSD_RTM_INDEX);
	out->flags = get32(m, BSD_RTM_FLAGS);
	out->error = (int)get32(m, BSD_RTM_ERRNO);
	split(m, BSD_RTM_SIZE, get32(m, BSD_RTM_ADDRS), sas);
	if (out->index == 0)
		out->index = index_of(&sas[BSD_RTAX_IFP]);
	if (out->index == 0)
		out->index = index_of(&sas[BSD_RTAX_GATEWAY]);
	take_link_addr(&sas[BSD_RTAX_IFP], out);
	out->has_mac = false;
	out->addr = address_of(&sas[BSD_RTAX_DST]);
	/* A host route has no mask, and needs none. */
	if ((out->flags & BSD_RTF_HOST) == 0)
		set_prefix(&out->addr, &sas[BSD_RTAX_NETMASK]);
	out->gateway = address_of(&sas[BSD_RTAX_GATEWAY]);
}

size_t
bsdmsg_next(const void *data, size_t bytes, enum bsdmsg_form form,
    struct bsdmsg *out)
{
	struct span m = { data, bytes };

	memset(out, 0, sizeof(*out));
	if (bytes < 4)
		return 0;
	m.bytes = get16(&m, BSD_RTM_MSGLEN);
	if (m.bytes < 4 || m.bytes > bytes)
		return 0;
	if (m.at[BSD_RTM_VERSION] != BSD_RTM_VERSION_IS)
		return m.bytes;
	switch (m.at[BSD_RTM_TYPE]) {
	case BSD_RTM_IFINFO:
		take_link(&m, form, out);
		break;
	case BSD_RTM_IFANNOUNCE:
		take_announce(&m, out);
		break;
	case BSD_RTM_NEWADDR:
	case BSD_RTM_DELADDR:
		take_addr(&m, form, m.at[BSD_RTM_TYPE] == BSD_RTM_DELADDR, out);
		break;
	case BSD_RTM_ADD:
	case BSD_RTM_DELETE:
	case BSD_RTM_CHANGE:
	case BSD_RTM_GET:
		take_route(&m, m.at[BSD_RTM_TYPE], out);
		break;
	default:
		break;
	}
	return m.bytes;
}

bool
bsdmsg_is_default(const struct bsdmsg *m)
{
	return m->kind == BSDMSG_ROUTE && m->addr.family != 0 &&
	    m->addr.prefix == 0 && m->gateway.family != 0 &&
	    (m->flags & BSD_RTF_UP) != 0;
}

static bool
is_near(const struct bsdmsg *m)
{
	return m->kind == BSDMSG_ROUTE &&
	    (m->flags & (BSD_RTF_GATEWAY | BSD_RTF_HOST)) == 0;
}

void
bsdmsg_take_near(const void *table, size_t bytes, struct strbuf *out)
{
	const char *at = table;
	struct bsdmsg m;
	size_t step;

	for (; bytes > 0; at += step, bytes -= step) {
		step = bsdmsg_next(at, bytes, BSDMSG_SOCKET, &m);
		if (step == 0)
			step = bytes;
		else if (!is_near(&m) && !bsdmsg_is_default(&m))
			continue;
		strbuf_add(out, at, step);
	}
}
