/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/bsdrequest.h"

#include <string.h>

static void
put16(uint8_t *to, unsigned v)
{
	to[0] = (uint8_t)v;
	to[1] = (uint8_t)(v >> 8);
}

static void
put32(uint8_t *to, uint32_t v)
{
	put16(to, v & 0xffff);
	put16(to + 2, v >> 16);
}

/* The rest is zeros by now. A name that is too long loses its end. */
static void
put_name(uint8_t *to, const char *name)
{
	size_t n = strlen(name);

	memcpy(to, name, n < BSD_IFNAMSIZ ? n : BSD_IFNAMSIZ - 1);
}

void
bsdrequest_init(struct bsdrequest *r, uint32_t code, const char *ifname)
{
	memset(r, 0, sizeof(*r));
	r->code = code;
	r->family = BSD_AF_LOCAL;
	if (code == BSD_SIOCGIFINFO_IN6)
		r->family = BSD_AF_INET6;
	r->bytes = code >> 16 & 0x1fff;
	put_name(r->data, ifname);
}

/* --- questions --- */

void
bsdrequest_get_descr(struct bsdrequest *r, const char *ifname)
{
	bsdrequest_init(r, BSD_SIOCGIFDESCR, ifname);
	r->extra_bytes = 1024; /* what net.ifdescr_maxlen is by default */
	put32(r->data + BSD_IFR_UNION, (uint32_t)r->extra_bytes);
	r->pointer_at = BSD_IFR_BUFFER;
}

void
bsdrequest_get_vlan(struct bsdrequest *r, const char *ifname)
{
	bsdrequest_init(r, BSD_SIOCGETVLAN, ifname);
	r->pointer_at = BSD_IFR_UNION;
	r->extra_bytes = BSD_VLR_SIZE;
}

/* Room for less than all would be filled without an error, so that nobody
 * could tell. */
void
bsdrequest_get_lagg(struct bsdrequest *r, const char *lagg)
{
	bsdrequest_init(r, BSD_SIOCGLAGG, lagg);
	r->extra_bytes = sizeof(r->extra);
	put32(r->data + BSD_RA_BYTES, (uint32_t)r->extra_bytes);
	r->pointer_at = BSD_RA_PORT;
}

void
bsdrequest_get_port(struct bsdrequest *r, const char *port)
{
	bsdrequest_init(r, BSD_SIOCGLAGGPORT, port);
	put_name(r->data + BSD_RP_PORTNAME, port);
}

/* --- addresses --- */

static void
put_in(uint8_t *to, const uint8_t *addr)
{
	to[0] = BSD_SIN_SIZE;
	to[1] = BSD_AF_INET;
	memcpy(to + BSD_SIN_ADDR, addr, 4);
}

static void
put_in6(uint8_t *to, const uint8_t *addr, uint32_t index)
{
	to[0] = BSD_SIN6_SIZE;
	to[1] = BSD_AF_INET6;
	memcpy(to + BSD_SIN6_ADDR, addr, 16);
	if (addr[0] == 0xfe && (addr[1] & 0xc0) == 0x80)
		put32(to + BSD_SIN6_SCOPE, index);
}

static void
make_mask(unsigned prefix, uint8_t *out, size_t bytes)
{
	size_t i;

	for (i = 0; i < bytes; i++)
		if (prefix >= 8 * (i + 1))
			out[i] = 0xff;
		else if (prefix > 8 * i)
			out[i] = (uint8_t)(0xff << (8 * (i + 1) - prefix));
		else
			out[i] = 0;
}

void
bsdrequest_get_addr6(struct bsdrequest *r, const char *ifname,
    const struct ipaddr *addr, uint32_t index)
{
	bsdrequest_init(r, BSD_SIOCGIFAFLAG_IN6, ifname);
	r->family = BSD_AF_INET6;
	put_in6(r->data + BSD_IFR6_UNION, addr->bytes, index);
}

/* The broadcast address is the last of its net, as ifconfig(8) shows it; of a
 * net of two the kernel knows better. */
static void
add_in(struct bsdrequest *r, const struct ipaddr *addr)
{
	uint8_t mask[4], last[4];
	size_t i;

	make_mask(addr->prefix, mask, sizeof(mask));
	for (i = 0; i < sizeof(last); i++)
		last[i] = (uint8_t)(addr->bytes[i] | ~mask[i]);
	put_in(r->data + BSD_IFRA_ADDR, addr->bytes);
	put_in(r->data + BSD_IFRA_MASK, mask);
	if (addr->prefix != 31)
		put_in(r->data + BSD_IFRA_BROADADDR, last);
}

static void
add_in6(struct bsdrequest *r, const struct ipaddr *addr, uint32_t index)
{
	uint8_t mask[16];

	make_mask(addr->prefix, mask, sizeof(mask));
	put_in6(r->data + BSD_IFRA6_ADDR, addr->bytes, index);
	put_in6(r->data + BSD_IFRA6_MASK, mask, 0);
	/* For ever: zero would be over at once. */
	put32(r->data + BSD_IFRA6_VLTIME, UINT32_MAX);
	put32(r->data + BSD_IFRA6_PLTIME, UINT32_MAX);
}

bool
bsdrequest_addr(struct bsdrequest *r, const char *ifname,
    const struct ipaddr *addr, uint32_t index, bool add)
{
	static const uint8_t none[16];

	if (addr->family != 4 && addr->family != 6)
		return false;
	if (addr->prefix > (addr->family == 4 ? 32 : 128))
		return false;
	/* What a DHCP client puts there until it has a lease may be removed. */
	if ((add || addr->family == 6) &&
	    memcmp(addr->bytes, none, addr->family == 4 ? 4 : 16) == 0)
		return false;
	if (addr->family == 4) {
		bsdrequest_init(r, add ? BSD_SIOCAIFADDR : BSD_SIOCDIFADDR,
		    ifname);
		r->family = BSD_AF_INET;
		if (add)
			add_in(r, addr);
		else
			put_in(r->data + BSD_IFR_UNION, addr->bytes);
		return true;
	}
	bsdrequest_init(r, add ? BSD_SIOCAIFADDR_IN6 : BSD_SIOCDIFADDR_IN6,
	    ifname);
	r->family = BSD_AF_INET6;
	if (add)
		add_in6(r, addr, index);
	else
		put_in6(r->data + BSD_IFR6_UNION, addr->bytes, index);
	return true;
}

/* --- interfaces --- */

void
bsdrequest_set_flags(struct bsdrequest *r, const char *ifname, uint32_t flags)
{
	bsdrequest_init(r, BSD_SIOCSIFFLAGS, ifname);
	put16(r->data + BSD_IFR_UNION, flags & 0xffff);
	put16(r->data + BSD_IFR_FLAGSHIGH, flags >> 16);
}

void
bsdrequest_set_mtu(struct bsdrequest *r, const char *ifname, int mtu)
{
	bsdrequest_init(r, BSD_SIOCSIFMTU, ifname);
	put32(r->data + BSD_IFR_UNION, (uint32_t)mtu);
}

void
bsdrequest_set_caps(struct bsdrequest *r, const char *ifname, uint32_t caps)
{
	bsdrequest_init(r, BSD_SIOCSIFCAP, ifname);
	put32(r->data + BSD_IFR_UNION, caps);
}

void
bsdrequest_set_descr(struct bsdrequest *r, const char *ifname, const char *text)
{
	size_t n = strlen(text);

	bsdrequest_init(r, BSD_SIOCSIFDESCR, ifname);
	if (n == 0)
		return;
	if (n >= sizeof(r->extra))
		n = sizeof(r->extra) - 1;
	memcpy(r->extra, text, n);
	r->extra_bytes = n + 1;
	put32(r->data + BSD_IFR_UNION, (uint32_t)r->extra_bytes);
	r->pointer_at = BSD_IFR_BUFFER;
}

void
bsdrequest_set_mac(struct bsdrequest *r, const char *ifname,
    const uint8_t mac[6])
{
	bsdrequest_init(r, BSD_SIOCSIFLLADDR, ifname);
	/* sa_len is the length of the address alone, as ifconfig(8) does. */
	r->data[BSD_IFR_UNION] = 6;
	r->data[BSD_IFR_UNION + 1] = BSD_AF_LINK;
	memcpy(r->data + BSD_IFR_UNION + 2, mac, 6);
}

void
bsdrequest_set_name(struct bsdrequest *r, const char *ifname, const char *name)
{
	bsdrequest_init(r, BSD_SIOCSIFNAME, ifname);
	put_name(r->extra, name);
	r->extra_bytes = BSD_IFNAMSIZ;
	r->pointer_at = BSD_IFR_UNION;
}

void
bsdrequest_set_vlan(struct bsdrequest *r, const char *ifname,
    const char *parent, unsigned tag)
{
	bsdrequest_init(r, BSD_SIOCSETVLAN, ifname);
	r->extra_bytes = BSD_VLR_SIZE;
	r->pointer_at = BSD_IFR_UNION;
	if (*parent == '\0')
		return;
	put_name(r->extra, parent);
	put16(r->extra + BSD_VLR_TAG, tag);
	put16(r->extra + BSD_VLR_PROTO, BSD_ETHERTYPE_VLAN);
}

void
bsdrequest_set_failover(struct bsdrequest *r, const char *lagg)
{
	bsdrequest_init(r, BSD_SIOCSLAGG, lagg);
	put32(r->data + BSD_RA_PROTO, BSD_LAGG_FAILOVER);
}

void
bsdrequest_set_port(struct bsdrequest *r, const char *lagg, const char *port,
    bool add)
{
	bsdrequest_init(r, add ? BSD_SIOCSLAGGPORT : BSD_SIOCSLAGGDELPORT,
	    lagg);
	put_name(r->data + BSD_RP_PORTNAME, port);
}

void
bsdrequest_set_nd6(struct bsdrequest *r, uint32_t on, uint32_t off)
{
	uint8_t *at = r->data + BSD_NDI_FLAGS;
	uint32_t flags = (uint32_t)at[0] | (uint32_t)at[1] << 8 |
	    (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;

	r->code = BSD_SIOCSIFINFO_IN6;
	/* What a router has said of the MTU may be more than the interface has
	 * now, and would be refused. Zero leaves it as it is. */
	put32(r->data + BSD_NDI_LINKMTU, 0);
	put32(at, (flags | on) & ~off);
}

/* --- routes --- */

/* One address behind the message; gives the place of the next. */
static size_t
add_sockaddr(uint8_t *out, size_t at, const struct ipaddr *a, uint32_t index)
{
	if (a->family == 4) {
		put_in(out + at, a->bytes);
		return at + BSD_SIN_SIZE;
	}
	put_in6(out + at, a->bytes, index);
	return at + (BSD_SIN6_SIZE + 7) / 8 * 8;
}

size_t
bsdroute_default(uint8_t out[BSDROUTE_BYTES], const struct ipaddr *gateway,
    uint32_t index, bool add)
{
	struct ipaddr zero = { .family = gateway->family };
	uint32_t addrs = 1U << BSD_RTAX_DST | 1U << BSD_RTAX_NETMASK;
	size_t at;

	if (gateway->family != 4 && gateway->family != 6)
		return 0;
	memset(out, 0, BSDROUTE_BYTES);
	/* In the order of their numbers. The netmask is zeros, but of full
	 * length: the kernel reads nothing behind one that has none. */
	at = add_sockaddr(out, BSD_RTM_SIZE, &zero, 0);
	if (!ipaddr_same_host(gateway, &zero)) {
		addrs |= 1U << BSD_RTAX_GATEWAY;
		at = add_sockaddr(out, at, gateway, index);
	}
	at = add_sockaddr(out, at, &zero, 0);
	if (index != 0) {
		addrs |= 1U << BSD_RTAX_IFP;
		out[at] = BSD_SDL_SIZE;
		out[at + 1] = BSD_AF_LINK;
		put16(out + at + BSD_SDL_INDEX, index);
		at += (BSD_SDL_SIZE + 7) / 8 * 8;
	}
	put16(out + BSD_RTM_MSGLEN, (unsigned)at);
	out[BSD_RTM_VERSION] = BSD_RTM_VERSION_IS;
	out[BSD_RTM_TYPE] = add ? BSD_RTM_ADD : BSD_RTM_DELETE;
	put32(out + BSD_RTM_FLAGS,
	    BSD_RTF_UP | BSD_RTF_GATEWAY | BSD_RTF_STATIC);
	put32(out + BSD_RTM_ADDRS, addrs);
	put32(out + BSD_RTM_SEQ, 1);
	return at;
}
