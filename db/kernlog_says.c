/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What messages of the kernel, and of the programs that configure its NICs,
 * say. The texts are those of drivers/net/hyperv/netvsc_drv.c,
 * drivers/net/bonding/bond_main.c (before 5.3 without "(slave NAME)"), the
 * VF drivers' netdev_info(), net/ipv6/addrconf.c, cloud-init's "ci-info" and
 * systemd-networkd.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/ipaddr.h"
#include "db/kernlog_parts.h"

static const char *
behind(const char *s, const char *with)
{
	size_t n = strlen(with);

	return strncmp(s, with, n) == 0 ? s + n : NULL;
}

/* The name at s, up to a blank or one of the ends; false when it is none. */
static bool
take_name(const char *s, const char *ends, char name[FOREIGN_NAME])
{
	size_t n = strcspn(s, ends);

	if (!foreign_is_name(s, n))
		return false;
	memcpy(name, s, n);
	name[n] = '\0';
	return true;
}

static void
take_word(const char *s, char *to, size_t size)
{
	snprintf(to, size, "%.*s", (int)strcspn(s, " "), s);
}

bool
kernlog_mac_of(const char *guid, char mac[18])
{
	char hex[33];
	size_t i, n = 0;

	for (i = 0; guid[i] != '\0' && n < 32; i++)
		if (isxdigit((unsigned char)guid[i]))
			hex[n++] = guid[i];
		else if (guid[i] != '-')
			return false;
	if (n < 32 || memcmp(hex, hex + 12, 12) != 0 ||
	    memcmp(hex, hex + 24, 8) != 0)
		return false;
	for (i = 0; i < 6; i++)
		snprintf(mac + 3 * i, 4, "%c%c%s", tolower(hex[2 * i]),
		    tolower(hex[2 * i + 1]), i < 5 ? ":" : "");
	return true;
}

/* --- hv_netvsc --- */

static bool
says_netvsc(const char *text, struct kernlog_says *o)
{
	static const struct {
		const char *text;
		enum kernlog_what what;
	} forms[] = {
		{ "VF registering: ", SAYS_VF_COMES },
		{ "VF unregistering: ", SAYS_VF_GOES },
		{ "Data path switched to VF: ", SAYS_TO_VF },
		{ "Data path switched from VF: ", SAYS_FROM_VF },
	};
	const char *rest, *slot;
	size_t i;

	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if ((rest = behind(text, forms[i].text)) != NULL &&
		    take_name(rest, " ", o->other)) {
			o->what = forms[i].what;
			return true;
		}
	if ((slot = behind(text, "VF slot ")) == NULL)
		return false;
	slot += strspn(slot, "0123456789");
	if (behind(slot, " added") != NULL)
		o->what = SAYS_SLOT_ADDED;
	else if (behind(slot, " removed") != NULL)
		o->what = SAYS_SLOT_REMOVED;
	return o->what != SAYS_NOTHING;
}

/* "hv_netvsc DEVICE NAME: TEXT"; a NIC that is not registered yet has the
 * name "(unnamed net_device) (uninitialized)". */
static bool
take_netvsc(const char *s, struct kernlog_says *o)
{
	const char *name, *text;

	if ((s = behind(s, "hv_netvsc ")) == NULL)
		return false;
	take_word(s, o->device, sizeof(o->device));
	name = s + strlen(o->device);
	snprintf(o->driver, sizeof(o->driver), "hv_netvsc");
	text = strstr(name, ": ");
	if (name[0] != ' ' || text == NULL)
		return false;
	if (!take_name(name + 1, " :", o->name))
		o->name[0] = '\0';
	return says_netvsc(text + 2, o);
}

static bool
take_driver(const char *s, struct kernlog_says *o)
{
	if ((s = behind(s, "hv_vmbus: ")) == NULL)
		return false;
	if (behind(s, "unregistering driver hv_netvsc") != NULL)
		o->what = SAYS_DRIVER_GONE;
	else if (behind(s, "registering driver hv_netvsc") != NULL)
		o->what = SAYS_DRIVER_BACK;
	return o->what != SAYS_NOTHING;
}

/* --- any NIC's driver: "mlx5_core 9b7a:00:02.0 enP1s1: Link up" --- */

static enum kernlog_what
link_of(const char *s)
{
	static const struct {
		const char *text;
		enum kernlog_what what;
	} forms[] = {
		{ "Link up", SAYS_LINK_UP },
		{ "Link Up", SAYS_LINK_UP },
		{ "link up", SAYS_LINK_UP },
		{ "NIC Link is Up", SAYS_LINK_UP },
		{ "Link is Up", SAYS_LINK_UP },
		{ "Link down", SAYS_LINK_DOWN },
		{ "Link Down", SAYS_LINK_DOWN },
		{ "link down", SAYS_LINK_DOWN },
		{ "NIC Link is Down", SAYS_LINK_DOWN },
		{ "Link is Down", SAYS_LINK_DOWN },
	};
	size_t i;

	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (behind(s, forms[i].text) != NULL)
			return forms[i].what;
	return SAYS_NOTHING;
}

static bool
says_nic(const char *text, struct kernlog_says *o)
{
	const char *rest;

	if ((rest = behind(text, "renamed from ")) != NULL &&
	    take_name(rest, " ", o->other))
		o->what = SAYS_RENAMED;
	else if ((rest = behind(text, "joined to ")) != NULL &&
	    take_name(rest, " ", o->other))
		o->what = SAYS_JOINED;
	else
		o->what = link_of(text);
	return o->what != SAYS_NOTHING;
}

/* "DRIVER DEVICE NAME: TEXT", or "mlx4_en: NAME: TEXT", "NAME: TEXT". */
static bool
take_nic(const char *s, struct kernlog_says *o)
{
	const char *colon = strstr(s, ": "), *name = s, *p;
	unsigned words = 1;

	if ((p = behind(s, "mlx4_en: ")) != NULL) {
		snprintf(o->driver, sizeof(o->driver), "mlx4_en");
		if ((colon = strstr(p, ": ")) == NULL)
			return false;
		return take_name(p, ":", o->name) && says_nic(colon + 2, o);
	}
	if (colon == NULL)
		return false;
	for (p = s; p < colon; p++)
		if (*p == ' ') {
			words++;
			name = p + 1;
		}
	if (words > 3 || words == 2 || !take_name(name, ":", o->name))
		return false;
	if (words == 3) {
		take_word(s, o->driver, sizeof(o->driver));
		take_word(s + strcspn(s, " ") + 1, o->device,
		    sizeof(o->device));
	}
	return says_nic(colon + 2, o);
}

static bool
take_ipv6(const char *s, struct kernlog_says *o)
{
	const char *colon;

	if ((s = behind(s, "IPv6: ADDRCONF(NETDEV_")) == NULL ||
	    (s = strstr(s, "): ")) == NULL || !take_name(s + 3, ":", o->name) ||
	    (colon = strstr(s + 3, ": ")) == NULL)
		return false;
	if (behind(colon + 2, "link becomes ready") != NULL)
		o->what = SAYS_READY;
	else if (behind(colon + 2, "link is not ready") != NULL)
		o->what = SAYS_NOT_READY;
	return o->what != SAYS_NOTHING;
}

/* --- bonding --- */

/* Behind "bond0: (slave eth1): ". */
static bool
says_slave(const char *s, struct kernlog_says *o)
{
	static const struct {
		const char *text;
		enum kernlog_what what;
	} forms[] = {
		{ "making interface the new active one", SAYS_ACTIVE },
		{ "Enslaving as ", SAYS_ENSLAVED },
		{ "Releasing active interface", SAYS_RELEASED },
		{ "Releasing backup interface", SAYS_RELEASED },
		{ "link status definitely up", SAYS_SLAVE_UP },
		{ "link status definitely down", SAYS_SLAVE_DOWN },
		{ "Setting as primary slave", SAYS_PRIMARY },
	};
	const char *mac;
	size_t i;

	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (behind(s, forms[i].text) != NULL) {
			o->what = forms[i].what;
			return true;
		}
	if ((mac = behind(s, "the permanent HWaddr of slave - ")) == NULL)
		return false;
	take_word(mac, o->mac, sizeof(o->mac));
	o->what = SAYS_HWADDR;
	return true;
}

/* Behind "bond0: ", as it was before Linux 5.3. */
static bool
says_older(const char *s, struct kernlog_says *o)
{
	static const struct {
		const char *text;
		enum kernlog_what what;
	} forms[] = {
		{ "making interface ", SAYS_ACTIVE },
		{ "Enslaving ", SAYS_ENSLAVED },
		{ "enslaving ", SAYS_ENSLAVED },
		{ "Releasing active interface ", SAYS_RELEASED },
		{ "Releasing backup interface ", SAYS_RELEASED },
		{ "releasing active interface ", SAYS_RELEASED },
		{ "releasing backup interface ", SAYS_RELEASED },
		{ "link status definitely up for interface ", SAYS_SLAVE_UP },
		{ "link status definitely down for interface ",
		    SAYS_SLAVE_DOWN },
		{ "Setting ", SAYS_PRIMARY },
	};
	const char *rest;
	size_t i;

	if (behind(s, "now running without any active interface") != NULL) {
		o->what = SAYS_NONE_ACTIVE;
		return true;
	}
	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if ((rest = behind(s, forms[i].text)) == NULL ||
		    !take_name(rest, " ,", o->name))
			continue;
		rest += strlen(o->name);
		if ((forms[i].what == SAYS_PRIMARY &&
			behind(rest, " as primary slave") == NULL) ||
		    (forms[i].what == SAYS_ENSLAVED &&
			behind(rest, " as ") == NULL))
			continue;
		o->what = forms[i].what;
		return true;
	}
	return false;
}

/* The bond is o->other, the slave o->name. */
static bool
take_bond(const char *s, struct kernlog_says *o)
{
	const char *text, *p;

	if ((p = behind(s, "bonding: ")) != NULL)
		s = p;
	if ((text = strstr(s, ": ")) == NULL || !take_name(s, ":", o->other))
		return false;
	text += 2;
	if ((p = behind(text, "(slave ")) == NULL)
		return says_older(text, o);
	return take_name(p, ")", o->name) &&
	    (p = behind(p + strlen(o->name), "): ")) != NULL &&
	    says_slave(p, o);
}

/* --- addresses --- */

/* Column number n of "| a | b |", without blanks; false when it is empty. */
static bool
column(const char *s, unsigned n, char *to, size_t size)
{
	size_t bytes;

	for (; n > 0; n--)
		if ((s = strchr(s, '|')) == NULL)
			return false;
		else
			s++;
	s += strspn(s, " ");
	bytes = strcspn(s, "|");
	while (bytes > 0 && s[bytes - 1] == ' ')
		bytes--;
	snprintf(to, size, "%.*s", (int)bytes, s);
	return bytes > 0 && bytes < size;
}

/* cloud-init: | eth0 | True | 10.0.0.4 | 255.255.255.0 | global | MAC |
 * and | 0 | 0.0.0.0 | 10.0.0.1 | 0.0.0.0 | eth0 | UG | */
static bool
take_ci_info(const char *s, struct kernlog_says *o)
{
	char cell[4][48], number[8];
	struct ipaddr a;
	unsigned i;

	if ((s = strstr(s, "ci-info: |")) == NULL)
		return false;
	s += strlen("ci-info: ");
	for (i = 0; i < 4; i++)
		if (!column(s, i + 2, cell[i], sizeof(cell[i])))
			return false;
	if (strcmp(cell[0], "True") == 0 &&
	    column(s, 1, o->name, FOREIGN_NAME) &&
	    foreign_is_name(o->name, strlen(o->name)) &&
	    ipaddr_mask_bits(cell[2]) >= 0 && ipaddr_parse(cell[1], &a) &&
	    a.family == 4 && strcmp(o->name, "lo") != 0) {
		snprintf(o->text, sizeof(o->text), "%.40s/%d", cell[1],
		    ipaddr_mask_bits(cell[2]));
		if (!column(s, 6, o->mac, sizeof(o->mac)))
			o->mac[0] = '\0';
		o->what = SAYS_ADDRESS;
	} else if (column(s, 1, number, sizeof(number)) &&
	    isdigit((unsigned char)number[0]) &&
	    strcmp(cell[0], "0.0.0.0") == 0 && ipaddr_parse(cell[1], &a) &&
	    strcmp(cell[2], "0.0.0.0") == 0 &&
	    foreign_is_name(cell[3], strlen(cell[3]))) {
		snprintf(o->name, sizeof(o->name), "%.15s", cell[3]);
		snprintf(o->text, sizeof(o->text), "%.47s", cell[1]);
		o->what = SAYS_ROUTE;
	}
	return o->what != SAYS_NOTHING;
}

/* "eth0: DHCPv4 address 10.0.0.4/24 via 10.0.0.1", ", gateway 10.0.0.1 ..." */
static bool
take_networkd(const char *s, struct kernlog_says *o)
{
	const char *at = strstr(s, ": DHCPv4 address "), *router;
	struct ipaddr a;

	if (at == NULL || !take_name(s, ":", o->name))
		return false;
	snprintf(o->text, sizeof(o->text), "%.*s", (int)strcspn(at + 17, " ,"),
	    at + 17);
	if (!ipaddr_parse(o->text, &a) || a.family != 4)
		return false;
	o->what = SAYS_ADDRESS;
	if ((router = strstr(at, " via ")) != NULL)
		router += 5;
	else if ((router = strstr(at, "gateway ")) != NULL)
		router += 8;
	if (router != NULL)
		snprintf(o->router, sizeof(o->router), "%.*s",
		    (int)strcspn(router, " ,"), router);
	return true;
}

void
kernlog_says_read(const char *s, struct kernlog_says *o)
{
	static bool (*const take[])(const char *,
	    struct kernlog_says *) = { take_netvsc, take_driver, take_ipv6,
		take_bond, take_ci_info, take_networkd, take_nic };
	size_t i;

	if (behind(s, "Linux version ") != NULL) {
		memset(o, 0, sizeof(*o));
		o->what = SAYS_BOOT;
		return;
	}
	for (i = 0; i < sizeof(take) / sizeof(take[0]); i++) {
		memset(o, 0, sizeof(*o));
		if (take[i](s, o))
			return;
	}
	memset(o, 0, sizeof(*o));
}
