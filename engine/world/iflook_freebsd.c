/* SPDX-License-Identifier: BSD-2-Clause */
/* Links come from AF_LINK addresses, with link state and MTU; ports of a lagg
 * and parents of VLANs from ioctls. SIOCGIFMEDIA is not asked: it has some
 * drivers look at their link, so that a recorder would change what it records
 * (FREEBSD.md, ioctls: vmxnet3). */
#include <sys/types.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/sysctl.h>

#include <net/ethernet.h>
#include <net/if.h>
#include <net/if_dl.h>
#include <net/if_lagg.h>
#include <net/if_vlan_var.h>
#include <net/route.h>
#include <netinet/in.h>

#include <errno.h>
#include <ifaddrs.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "world/iflook_parts.h"
#include "world/rtsock.h"
#include "world/sysctltable.h"

#define PORTS_MOST 32 /* LAGG_MAX_PORTS */

const int iflook_link_family = AF_LINK;

static uint32_t
index_of(const char *name)
{
	return *name != '\0' ? if_nametoindex(name) : 0;
}

/* The lagg whose port it is: SIOCGLAGGPORT may be asked of the port. */
static uint32_t
lagg_of(int fd, const char *name)
{
	struct lagg_reqport r;

	memset(&r, 0, sizeof(r));
	snprintf(r.rp_ifname, sizeof(r.rp_ifname), "%s", name);
	snprintf(r.rp_portname, sizeof(r.rp_portname), "%s", name);
	if (ioctl(fd, SIOCGLAGGPORT, &r) < 0 || strcmp(r.rp_ifname, name) == 0)
		return 0;
	return index_of(r.rp_ifname);
}

static void
look_at_lagg(int fd, struct ifevent *e)
{
	struct lagg_reqport ports[PORTS_MOST];
	struct lagg_reqall r;
	int i;

	memset(ports, 0, sizeof(ports));
	memset(&r, 0, sizeof(r));
	snprintf(r.ra_ifname, sizeof(r.ra_ifname), "%s", e->name);
	r.ra_size = sizeof(ports);
	r.ra_port = ports;
	if (ioctl(fd, SIOCGLAGG, &r) < 0)
		return;
	e->has |= IFHAS_AGGREGATE;
	for (i = 0; i < r.ra_ports && i < PORTS_MOST; i++) {
		if ((ports[i].rp_flags & LAGG_PORT_MASTER) != 0)
			e->primary = index_of(ports[i].rp_portname);
		if ((ports[i].rp_flags & LAGG_PORT_ACTIVE) != 0)
			e->active = index_of(ports[i].rp_portname);
	}
}

static void
look_at_vlan(int fd, struct ifevent *e)
{
	struct vlanreq v;
	struct ifreq r;

	memset(&v, 0, sizeof(v));
	memset(&r, 0, sizeof(r));
	snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", e->name);
	r.ifr_data = (caddr_t)&v;
	if (ioctl(fd, SIOCGETVLAN, &r) < 0)
		return;
	e->has |= IFHAS_PARENT;
	v.vlr_parent[sizeof(v.vlr_parent) - 1] = '\0';
	e->parent = index_of(v.vlr_parent);
}

void
iflook_link(struct linktable *t, int fd, const struct ifaddrs *a)
{
	struct ifevent e = { .kind = IFEVENT_LINK, .answer = true };
	const struct sockaddr_dl *dl = (const void *)a->ifa_addr;
	const struct if_data *data = a->ifa_data;

	e.index = dl->sdl_index;
	if (e.index == 0 || strlen(a->ifa_name) >= sizeof(e.name))
		return;
	snprintf(e.name, sizeof(e.name), "%s", a->ifa_name);
	e.has = IFHAS_NAME | IFHAS_FLAGS | IFHAS_MASTER;
	e.up = (a->ifa_flags & IFF_UP) != 0;
	e.running = (a->ifa_flags & IFF_DRV_RUNNING) != 0;
	if (dl->sdl_alen == 6) {
		memcpy(e.mac, dl->sdl_data + dl->sdl_nlen, 6);
		e.has |= IFHAS_MAC;
	}
	if (data != NULL) {
		e.has |= IFHAS_LINK | IFHAS_MTU;
		e.mtu = data->ifi_mtu;
		e.link = data->ifi_link_state == LINK_STATE_UP ? IFEVENT_UP
		    : data->ifi_link_state == LINK_STATE_DOWN  ? IFEVENT_DOWN
							      : IFEVENT_UNKNOWN;
	}
	e.master = lagg_of(fd, e.name);
	look_at_lagg(fd, &e);
	look_at_vlan(fd, &e);
	linktable_take(t, &e);
}

static uint8_t
bits_of(const uint8_t *mask, size_t bytes)
{
	unsigned bits = 0;
	size_t i;

	for (i = 0; i < bytes; i++)
		for (unsigned b = 0x80; b != 0 && (mask[i] & b) != 0; b >>= 1)
			bits++;
	return (uint8_t)bits;
}

void
iflook_addr(struct linktable *t, const struct ifaddrs *a)
{
	struct ifevent e = { .kind = IFEVENT_ADDR, .answer = true };
	const struct sockaddr_in *in = (const void *)a->ifa_addr;
	const struct sockaddr_in6 *in6 = (const void *)a->ifa_addr;

	e.index = if_nametoindex(a->ifa_name);
	if (e.index == 0 || a->ifa_netmask == NULL)
		return;
	if (a->ifa_addr->sa_family == AF_INET) {
		e.addr.family = 4;
		memcpy(e.addr.bytes, &in->sin_addr, 4);
		in = (const void *)a->ifa_netmask;
		e.addr.prefix = bits_of((const void *)&in->sin_addr, 4);
	} else {
		e.addr.family = 6;
		memcpy(e.addr.bytes, &in6->sin6_addr, 16);
		/* The kernel's scope within it. */
		if (IN6_IS_ADDR_LINKLOCAL(&in6->sin6_addr))
			e.addr.bytes[2] = e.addr.bytes[3] = 0;
		in6 = (const void *)a->ifa_netmask;
		e.addr.prefix = bits_of((const void *)&in6->sin6_addr, 16);
	}
	linktable_take(t, &e);
}

void
iflook_routes(struct linktable *t)
{
	const int mib[] = { CTL_NET, PF_ROUTE, 0, 0, NET_RT_DUMP, 0 };
	struct strbuf all = { 0 };
	struct ifevent e;
	size_t at, step;

	if (sysctltable_read(mib, sizeof(mib) / sizeof(*mib), &all) == 0)
		for (at = 0; at < all.bytes; at += step) {
			step = rtsock_next((const uint8_t *)all.data + at,
			    all.bytes - at, &e);
			if (step == 0)
				break;
			e.answer = true;
			linktable_take(t, &e);
		}
	strbuf_fini(&all);
}
