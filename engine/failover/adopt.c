/* SPDX-License-Identifier: BSD-2-Clause */
#include "failover/adopt.h"

#include <stdio.h>
#include <string.h>

#define VALUE_SIZE 128

struct adopter {
	const struct snapshot *s;
	const char *hn;
	struct rcvars *out;
	struct ipaddr addrs[RC_ADDRS];
	size_t n_addrs;
	bool dhcp, rtadv;
};

static void
set(const struct adopter *a, const char *suffix, const char *value)
{
	char name[64], *p;

	snprintf(name, sizeof(name), "ifconfig_%s%s", a->hn, suffix);
	/* As rc.subr writes a name of an interface. */
	for (p = name; *p != '\0'; p++)
		if (strchr(".-/+", *p) != NULL)
			*p = '_';
	rcvars_set(a->out, name, value, 0, 0);
}

static bool
is_local(const struct ipaddr *addr)
{
	static const uint8_t zero[16];

	if (memcmp(addr->bytes, zero, sizeof(zero)) == 0)
		return true;
	return addr->family == 6 && addr->bytes[0] == 0xfe &&
	    (addr->bytes[1] & 0xc0) == 0x80;
}

static bool
is_taken(const struct adopter *a, const struct ipaddr *addr)
{
	size_t i;

	for (i = 0; i < a->n_addrs; i++)
		if (ipaddr_same_host(&a->addrs[i], addr))
			return true;
	return false;
}

static void
take(struct adopter *a, const struct snap_if *i)
{
	size_t k;

	a->dhcp = a->dhcp || i->dhclient;
	for (k = 0; k < i->n_addrs; k++) {
		if ((i->addr_flags[k] & SNAP_ADDR_LEASED) != 0)
			a->dhcp = true;
		else if ((i->addr_flags[k] & SNAP_ADDR_AUTOCONF) != 0)
			a->rtadv = true;
		else if (!is_local(&i->addrs[k]) &&
		    !is_taken(a, &i->addrs[k]) && a->n_addrs < RC_ADDRS)
			a->addrs[a->n_addrs++] = i->addrs[k];
	}
}

static bool
is_over(const char *route_if, const struct snap_if *hn)
{
	return route_if[0] != '\0' &&
	    (strcmp(route_if, hn->name) == 0 ||
		strcmp(route_if, hn->lagg) == 0);
}

static void
set_routes(const struct adopter *a, const struct snap_if *hn)
{
	const struct snapshot *s = a->s;
	char text[IPADDR_TEXT];

	if (!a->dhcp && s->default_gateway.family == 4 &&
	    is_over(s->default_if, hn))
		rcvars_set(a->out, "defaultrouter",
		    ipaddr_format(&s->default_gateway, false, text), 0, 0);
	if (!a->rtadv && s->default_gateway6.family == 6 &&
	    is_over(s->default_if6, hn))
		rcvars_set(a->out, "ipv6_defaultrouter",
		    ipaddr_format(&s->default_gateway6, false, text), 0, 0);
}

static void
set_addrs(const struct adopter *a)
{
	char suffix[32], value[VALUE_SIZE], text[IPADDR_TEXT];
	const struct ipaddr *addr;
	size_t i;

	for (i = 0; i < a->n_addrs; i++) {
		addr = &a->addrs[i];
		snprintf(suffix, sizeof(suffix), "_alias%zu", i);
		snprintf(value, sizeof(value), "%s %s",
		    addr->family == 6 ? "inet6" : "inet",
		    ipaddr_format(addr, true, text));
		set(a, suffix, value);
	}
}

static bool
has_inet6(const struct adopter *a)
{
	size_t i;

	for (i = 0; i < a->n_addrs; i++)
		if (a->addrs[i].family == 6)
			return true;
	return a->rtadv;
}

/* An interface of which nothing is configured is not mentioned: it is left
 * alone. */
static bool
adopt(const struct snapshot *s, const struct snap_if *hn, struct rcvars *out)
{
	struct adopter a = { .s = s, .hn = hn->name, .out = out };
	const struct snap_if *lagg;

	take(&a, hn);
	if (hn->lagg[0] != '\0' && (lagg = snapshot_find(s, hn->lagg)) != NULL)
		take(&a, lagg);
	if (!a.dhcp && !a.rtadv && a.n_addrs == 0)
		return false;
	set(&a, "", a.dhcp ? "DHCP" : "up");
	set_addrs(&a);
	if (has_inet6(&a))
		set(&a, "_ipv6", a.rtadv ? "inet6 accept_rtadv" : "inet6");
	set_routes(&a, hn);
	return true;
}

size_t
adopt_all(const struct snapshot *s, struct rcvars *out)
{
	size_t i, count = 0;

	for (i = 0; i < s->n_ifs; i++)
		if (s->ifs[i].class == IF_HN && adopt(s, &s->ifs[i], out))
			count++;
	return count;
}
