/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/bsdreply.h"

#include <string.h>

static unsigned
get16(const uint8_t *at)
{
	return (unsigned)at[0] | (unsigned)at[1] << 8;
}

static uint32_t
get32(const uint8_t *at)
{
	return (uint32_t)get16(at) | (uint32_t)get16(at + 2) << 16;
}

static void
get_name(const uint8_t *at, char name[IFNAME_MAX])
{
	memcpy(name, at, IFNAME_MAX - 1);
	name[IFNAME_MAX - 1] = '\0';
}

void
bsdreply_lagg(const struct bsdrequest *r, struct snap_if *out)
{
	uint32_t n = get32(r->data + BSD_RA_PORTS), i;
	const uint8_t *port;

	out->n_ports = 0;
	for (i = 0; i < n && i < SNAP_PORTS && i < BSD_LAGG_MAX_PORTS; i++) {
		port = r->extra + (size_t)i * BSD_RP_SIZE;
		get_name(port + BSD_RP_PORTNAME, out->ports[i].name);
		out->ports[i].master =
		    (port[BSD_RP_FLAGS] & BSD_LAGG_MASTER) != 0;
		out->ports[i].active =
		    (port[BSD_RP_FLAGS] & BSD_LAGG_ACTIVE) != 0;
		out->n_ports++;
	}
}

void
bsdreply_port(const struct bsdrequest *r, char lagg[IFNAME_MAX])
{
	get_name(r->data, lagg);
}

enum link_state
bsdreply_media(const struct bsdrequest *r)
{
	uint32_t status = get32(r->data + BSD_IFMR_STATUS);

	if ((status & BSD_IFM_AVALID) == 0)
		return LINK_UNKNOWN;
	return (status & BSD_IFM_ACTIVE) != 0 ? LINK_UP : LINK_DOWN;
}

void
bsdreply_vlan(const struct bsdrequest *r, struct snap_if *out)
{
	get_name(r->extra, out->vlan_parent);
	out->vlan_tag =
	    out->vlan_parent[0] != '\0' ? get16(r->extra + BSD_VLR_TAG) : 0;
}

void
bsdreply_caps(const struct bsdrequest *r, struct snap_if *out)
{
	out->caps = get32(r->data + BSD_IFR_UNION);
	out->capenable = get32(r->data + BSD_IFR_CURCAP);
}

void
bsdreply_nd6(const struct bsdrequest *r, struct snap_if *out)
{
	uint32_t flags = get32(r->data + BSD_NDI_FLAGS);

	out->accept_rtadv = (flags & BSD_ND6_ACCEPT_RTADV) != 0 &&
	    (flags & BSD_ND6_IFDISABLED) == 0;
	out->no_dad = (flags & BSD_ND6_NO_DAD) != 0;
}

uint8_t
bsdreply_addr6(const struct bsdrequest *r)
{
	uint32_t flags = get32(r->data + BSD_IFR6_UNION);
	unsigned out = 0;

	if ((flags & BSD_IN6_TENTATIVE) != 0)
		out |= SNAP_ADDR_TENTATIVE;
	if ((flags & BSD_IN6_DUPLICATED) != 0)
		out |= SNAP_ADDR_DUPLICATED;
	if ((flags & BSD_IN6_AUTOCONF) != 0)
		out |= SNAP_ADDR_AUTOCONF;
	return (uint8_t)out;
}

uint32_t
bsdreply_flags(const struct bsdrequest *r)
{
	return get32(r->data + BSD_IFR_UNION);
}

uint32_t
bsdreply_index(const struct bsdrequest *r)
{
	return get16(r->data + BSD_IFR_UNION);
}

void
bsdreply_descr(const struct bsdrequest *r, char *out, size_t bytes)
{
	size_t n;

	for (n = 0; n < r->extra_bytes && n + 1 < bytes; n++) {
		out[n] = (char)r->extra[n];
		if (out[n] == '\0')
			return;
	}
	out[n] = '\0';
}

/* --- texts --- */

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool
bsdreply_unit(const char *name, char driver[IFNAME_MAX], int *unit)
{
	size_t n = strlen(name), at = n;
	int number = 0;

	while (at > 0 && is_digit(name[at - 1]))
		at--;
	if (at == 0 || at == n || at >= IFNAME_MAX || n - at > 6)
		return false;
	memcpy(driver, name, at);
	driver[at] = '\0';
	for (; at < n; at++)
		number = number * 10 + (name[at] - '0');
	*unit = number;
	return true;
}

#define FIXED "fixed-address "

/* The last lease in the file is the newest one. */
struct ipaddr
bsdreply_lease(const char *text, size_t bytes)
{
	struct ipaddr last = { 0 }, one;
	char word[IPADDR_TEXT];
	size_t at, n;

	for (at = 0; at + sizeof(FIXED) <= bytes; at++) {
		if (memcmp(text + at, FIXED, sizeof(FIXED) - 1) != 0)
			continue;
		at += sizeof(FIXED) - 1;
		for (n = 0; at + n < bytes && n + 1 < sizeof(word) &&
		     text[at + n] != ';';
		     n++)
			word[n] = text[at + n];
		word[n] = '\0';
		if (at + n < bytes && text[at + n] == ';' &&
		    ipaddr_parse(word, &one) && one.family == 4)
			last = one;
	}
	return last;
}
