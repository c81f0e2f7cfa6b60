/* SPDX-License-Identifier: BSD-2-Clause */
/* Links come from AF_PACKET addresses, ports from sysfs, routes from procfs:
 * for when nobody may or wants to speak netlink. */
#include <sys/types.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <net/if.h>
#include <netinet/in.h>
#include <netpacket/packet.h>

#include <errno.h>
#include <ifaddrs.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "world/iflook_parts.h"

#define LOWER_UP 0x10000 /* IFF_LOWER_UP, linux/if.h */

const int iflook_link_family = AF_PACKET;

static uint32_t
index_of(const char *name)
{
	return name != NULL ? if_nametoindex(name) : 0;
}

/* The first word of /sys/class/net/NAME/WHAT; "" if there is none. */
static void
read_word(const char *name, const char *what, char *word, size_t bytes)
{
	char path[PATH_MAX];
	FILE *f;

	word[0] = '\0';
	snprintf(path, sizeof(path), "/sys/class/net/%s/%s", name, what);
	if ((f = fopen(path, "re")) == NULL)
		return;
	if (fgets(word, (int)bytes, f) == NULL)
		word[0] = '\0';
	word[strcspn(word, " \n")] = '\0';
	fclose(f);
}

static uint32_t
master_of(const char *name)
{
	char path[PATH_MAX], to[PATH_MAX], *slash;
	ssize_t n;

	snprintf(path, sizeof(path), "/sys/class/net/%s/master", name);
	n = readlink(path, to, sizeof(to) - 1);
	if (n <= 0)
		return 0;
	to[n] = '\0';
	slash = strrchr(to, '/');
	return index_of(slash != NULL ? slash + 1 : to);
}

static uint32_t
mtu_of(int fd, const char *name)
{
	struct ifreq r;

	memset(&r, 0, sizeof(r));
	snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", name);
	if (fd < 0 || ioctl(fd, SIOCGIFMTU, &r) < 0 || r.ifr_mtu <= 0)
		return 0;
	return (uint32_t)r.ifr_mtu;
}

static void
look_at_bond(struct ifevent *e)
{
	char word[64];

	read_word(e->name, "bonding/mode", word, sizeof(word));
	if (word[0] == '\0')
		return;
	e->has |= IFHAS_AGGREGATE;
	read_word(e->name, "bonding/active_slave", word, sizeof(word));
	e->active = index_of(word);
	read_word(e->name, "bonding/primary", word, sizeof(word));
	e->primary = index_of(word);
}

void
iflook_link(struct linktable *t, int fd, const struct ifaddrs *a)
{
	struct ifevent e = { .kind = IFEVENT_LINK, .answer = true };
	struct sockaddr_ll ll;

	memcpy(&ll, a->ifa_addr, sizeof(ll));
	if (ll.sll_ifindex <= 0 || strlen(a->ifa_name) >= sizeof(e.name))
		return;
	e.index = (uint32_t)ll.sll_ifindex;
	snprintf(e.name, sizeof(e.name), "%s", a->ifa_name);
	e.has = IFHAS_NAME | IFHAS_FLAGS | IFHAS_LINK | IFHAS_MASTER;
	e.up = (a->ifa_flags & IFF_UP) != 0;
	e.running = (a->ifa_flags & IFF_RUNNING) != 0;
	/* getifaddrs() has 32 bits of flags from netlink. Of one that is down
	 * nobody knows. */
	e.link = !e.up			     ? IFEVENT_UNKNOWN
	    : (a->ifa_flags & LOWER_UP) != 0 ? IFEVENT_UP
					     : IFEVENT_DOWN;
	if (ll.sll_halen == 6) {
		memcpy(e.mac, ll.sll_addr, 6);
		e.has |= IFHAS_MAC;
	}
	if ((e.mtu = mtu_of(fd, e.name)) != 0)
		e.has |= IFHAS_MTU;
	e.master = master_of(e.name);
	look_at_bond(&e);
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
	struct sockaddr_in in, mask;
	struct sockaddr_in6 in6, mask6;

	e.index = index_of(a->ifa_name);
	if (a->ifa_netmask == NULL || e.index == 0)
		return;
	if (a->ifa_addr->sa_family == AF_INET) {
		memcpy(&in, a->ifa_addr, sizeof(in));
		memcpy(&mask, a->ifa_netmask, sizeof(mask));
		e.addr.family = 4;
		memcpy(e.addr.bytes, &in.sin_addr, 4);
		e.addr.prefix = bits_of((uint8_t *)&mask.sin_addr, 4);
	} else {
		memcpy(&in6, a->ifa_addr, sizeof(in6));
		memcpy(&mask6, a->ifa_netmask, sizeof(mask6));
		e.addr.family = 6;
		memcpy(e.addr.bytes, &in6.sin6_addr, 16);
		e.addr.prefix = bits_of((uint8_t *)&mask6.sin6_addr, 16);
	}
	linktable_take(t, &e);
}

/* /proc/net/route: interface, destination, gateway, flags, ..., metric, mask;
 * addresses as the hexadecimal number that their bytes are in memory. */
void
iflook_routes(struct linktable *t)
{
	unsigned to, gateway, flags, metric, mask;
	struct ifevent e;
	char line[512], name[64];
	FILE *f = fopen("/proc/net/route", "re");

	if (f == NULL)
		return;
	while (fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "%63s %x %x %x %*s %*s %u %x", name, &to,
			&gateway, &flags, &metric, &mask) != 6)
			continue;
		memset(&e, 0, sizeof(e));
		e.kind = IFEVENT_ROUTE;
		e.answer = true;
		e.index = index_of(name);
		e.metric = metric;
		e.addr.family = 4;
		memcpy(e.addr.bytes, &to, 4);
		e.addr.prefix = bits_of((uint8_t *)&mask, 4);
		if (gateway != 0) {
			e.gateway.family = 4;
			e.gateway.prefix = 32;
			memcpy(e.gateway.bytes, &gateway, 4);
		}
		if (e.index != 0)
			linktable_take(t, &e);
	}
	fclose(f);
}
