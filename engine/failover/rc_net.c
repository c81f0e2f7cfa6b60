/* SPDX-License-Identifier: BSD-2-Clause */
#include "failover/rc_net.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/dur.h"
#include "failover/rc_words.h"
#include "failover/rcvars.h"

struct reader { /* of one variable's value */
	const struct rcvars *r;
	const struct rcvar *v;
	struct diag *d;
	struct rc_net *net;
	enum rc_source source;
	const char *at; /* what is left of the value */
	bool alias;	/* the next address is one more, not the main one */
};

/* Most are told apart by their first byte: letters' cases differ in one bit. */
static bool
same_word(const char *a, const char *b)
{
	return ((*a ^ *b) & ~0x20) == 0 && strcasecmp(a, b) == 0;
}

static bool
is_one_of(const char *word, const char *const list[])
{
	for (; *list != NULL; list++)
		if (same_word(word, *list))
			return true;
	return false;
}

/* The argument of a keyword. */
static bool
argument(struct reader *in, const char *of, char word[RC_WORD])
{
	if (rc_word_next(&in->at, word, &in->net->quoted) == RC_WORD_TAKEN)
		return true;
	rcvars_complain(in->r, in->v, in->d, "%s needs a plain word behind it",
	    of);
	return false;
}

static bool
number(struct reader *in, const char *of, int64_t least, int64_t most,
    int64_t *out)
{
	char word[RC_WORD];

	if (!argument(in, of, word))
		return false;
	if (num_parse(word, strlen(word), least, most, out))
		return true;
	rcvars_complain(in->r, in->v, in->d,
	    "%s takes a number from %d to %d, not \"%s\"", of, (int)least,
	    (int)most, word);
	return false;
}

static struct ipaddr *
newest_address(struct reader *in)
{
	struct rc_net *net = in->net;

	if (net->n_addrs == 0 || net->sources[net->n_addrs - 1] != in->source)
		return NULL;
	return &net->addrs[net->n_addrs - 1];
}

static void
add_address(struct reader *in, const struct ipaddr *a)
{
	struct rc_net *net = in->net;

	if (net->n_addrs == RC_ADDRS) {
		rcvars_complain(in->r, in->v, in->d,
		    "more than %d addresses on one interface; leave some out",
		    RC_ADDRS);
		return;
	}
	net->sources[net->n_addrs] = (uint8_t)in->source;
	net->addrs[net->n_addrs++] = *a;
}

/* --- words of ifconfig(8) --- */

static void
read_netmask(struct reader *in)
{
	struct ipaddr *a = newest_address(in);
	char word[RC_WORD];
	int bits;

	if (!argument(in, "netmask", word))
		return;
	bits = ipaddr_mask_bits(word);
	if (bits < 0 || a == NULL || a->family != 4)
		rcvars_complain(in->r, in->v, in->d,
		    "netmask needs an address before it and a mask such as "
		    "255.255.255.0 behind");
	else
		a->prefix = (uint8_t)bits;
}

static void
read_prefixlen(struct reader *in)
{
	struct ipaddr *a = newest_address(in);
	char word[RC_WORD];
	int64_t bits;

	if (argument(in, "prefixlen", word) && a != NULL &&
	    num_parse(word, strlen(word), 0, a->family == 4 ? 32 : 128, &bits))
		a->prefix = (uint8_t)bits;
	else
		rcvars_complain(in->r, in->v, in->d,
		    "prefixlen needs an address before it and a number "
		    "behind");
}

static void
read_mtu(struct reader *in)
{
	int64_t mtu;

	if (number(in, "mtu", 72, 65535, &mtu))
		in->net->mtu = (uint32_t)mtu;
}

static void
read_descr(struct reader *in)
{
	char word[RC_WORD];

	if (argument(in, "description", word))
		snprintf(in->net->descr, sizeof(in->net->descr), "%.63s", word);
}

static void
read_vnet(struct reader *in)
{
	char word[RC_WORD];

	if (argument(in, "vnet", word))
		snprintf(in->net->vnet, sizeof(in->net->vnet), "%.31s", word);
}

static void
read_laggport(struct reader *in)
{
	struct rc_net *net = in->net;
	char word[RC_WORD];

	if (!argument(in, "laggport", word))
		return;
	if (net->n_ports == SNAP_PORTS || strlen(word) >= IFNAME_MAX)
		rcvars_complain(in->r, in->v, in->d,
		    "laggport %s: at most %d ports, of names shorter than %d",
		    word, SNAP_PORTS, IFNAME_MAX);
	else
		snprintf(net->ports[net->n_ports++], IFNAME_MAX, "%.15s", word);
}

/* What has an argument that changes nothing which we carry. */
static void
skip_argument(struct reader *in)
{
	char word[RC_WORD];

	argument(in, "a word of ifconfig", word);
}

/* Firewalls go by it. */
static void
read_group(struct reader *in)
{
	char word[RC_WORD];

	if (argument(in, "a group", word))
		in->net->uncarried = "an aggregate would not be in its group";
}

static void
read_fib(struct reader *in)
{
	char word[RC_WORD];

	if (argument(in, "a routing table's number", word) &&
	    strcmp(word, "0") != 0)
		in->net->uncarried = "an aggregate would not be in its fib";
}

static void
read_dhcp(struct reader *in)
{
	in->net->dhcp = rcvars_is_yes(in->r, "synchronous_dhclient")
	    ? RC_DHCP_SYNC
	    : RC_DHCP_ASYNC;
}

static void
read_syncdhcp(struct reader *in)
{
	in->net->dhcp = RC_DHCP_SYNC;
}

static void
read_nosyncdhcp(struct reader *in)
{
	in->net->dhcp = RC_DHCP_ASYNC;
}

static void
read_noauto(struct reader *in)
{
	in->net->no_auto = true;
}

static void
read_down(struct reader *in)
{
	in->net->down = true;
}

static void
read_accept_rtadv(struct reader *in)
{
	in->net->accept_rtadv = true;
}

static void
read_no_rtadv(struct reader *in)
{
	in->net->accept_rtadv = false;
}

static void
read_no_dad(struct reader *in)
{
	in->net->no_dad = true;
}

static const struct {
	const char *word;
	void (*read)(struct reader *in);
} keywords[] = {
	{ "DHCP", read_dhcp },
	{ "SYNCDHCP", read_syncdhcp },
	{ "NOSYNCDHCP", read_nosyncdhcp },
	{ "NOAUTO", read_noauto },
	{ "vnet", read_vnet },
	{ "netmask", read_netmask },
	{ "prefixlen", read_prefixlen },
	{ "mtu", read_mtu },
	{ "description", read_descr },
	{ "descr", read_descr },
	{ "laggport", read_laggport },
	{ "down", read_down },
	{ "accept_rtadv", read_accept_rtadv },
	{ "-accept_rtadv", read_no_rtadv },
	{ "no_dad", read_no_dad },
	{ "broadcast", skip_argument },
	{ "media", skip_argument },
	{ "mediaopt", skip_argument },
	{ "metric", skip_argument },
	{ "laggproto", skip_argument },
	{ "lagghash", skip_argument },
	{ "group", read_group },
	{ "fib", read_fib },
};

/* net/if.h: IFCAP_*, by the words of ifconfig(8). */
static const struct {
	const char *word;
	uint32_t bits;
} capabilities[] = {
	{ "rxcsum", 0x1 },
	{ "txcsum", 0x2 },
	{ "vlanmtu", 0x8 },
	{ "vlanhwtag", 0x10 },
	{ "vlanhwcsum", 0x80 },
	{ "tso", 0x300 },
	{ "tso4", 0x100 },
	{ "tso6", 0x200 },
	{ "lro", 0x400 },
	{ "vlanhwtso", 0x40000 },
	{ "rxcsum6", 0x200000 },
	{ "txcsum6", 0x400000 },
};

static bool
read_capability(struct reader *in, const char *word)
{
	bool off = *word == '-';
	size_t i;

	word += off ? 1 : 0;
	for (i = 0; i < sizeof(capabilities) / sizeof(capabilities[0]); i++) {
		if (!same_word(word, capabilities[i].word))
			continue;
		if (off)
			in->net->caps_off |= capabilities[i].bits;
		else
			in->net->caps_on |= capabilities[i].bits;
		return true;
	}
	return false;
}

static bool
read_keyword(struct reader *in, const char *word)
{
	/* Of rc itself, or of no consequence to what we carry. */
	static const char *const plain[] = { "WPA", "HOSTAP", "up", "inet",
		"inet6", "alias", "auto_linklocal", "-ifdisabled", "-no_dad",
		"-auto_linklocal", "no_prefer_iface", "-no_prefer_iface",
		"promisc", "-promisc", "polling", "-polling", NULL };
	size_t i;

	for (i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++)
		if (same_word(word, keywords[i].word)) {
			keywords[i].read(in);
			return true;
		}
	return is_one_of(word, plain) || read_capability(in, word);
}

/* "10.0.0.1-5/24": the last number of the host runs, and only the first keeps
 * the prefix, as rc's ifaddrs_ipv4 spreads it. True when word is a range. */
static bool
read_range(struct reader *in, const char *word)
{
	const char *dash = strchr(word, '-'), *slash = strchr(word, '/');
	struct ipaddr a;
	char first[RC_WORD];
	int64_t last;

	if (dash == NULL || slash == NULL || dash > slash)
		return false;
	snprintf(first, sizeof(first), "%.*s%s", (int)(dash - word), word,
	    slash);
	if (!ipaddr_parse(first, &a) || a.family != 4 ||
	    !num_parse(dash + 1, (size_t)(slash - dash - 1), a.bytes[3], 255,
		&last))
		return false;
	for (;;) {
		add_address(in, &a);
		if (a.bytes[3] == last)
			return true;
		a.bytes[3]++;
		a.prefix = 32;
	}
}

static void
read_words(struct reader *in)
{
	enum rc_word got;
	char word[RC_WORD];
	struct ipaddr a;

	for (;;) {
		got = rc_word_next(&in->at, word, &in->net->quoted);
		if (got == RC_WORD_END)
			return;
		if (got == RC_WORD_TAKEN &&
		    (read_keyword(in, word) || read_range(in, word)))
			continue;
		if (got == RC_WORD_TAKEN && ipaddr_parse(word, &a)) {
			if (strchr(word, '/') == NULL)
				a.prefix = ipaddr_usual_prefix(&a);
			add_address(in, &a);
		} else {
			rcvars_complain(in->r, in->v, in->d,
			    "\"%s\" is not understood; give \"inet "
			    "ADDRESS/BITS\" or \"inet ADDRESS netmask MASK\"",
			    word);
		}
	}
}

static void
read_variable(const struct rcvars *r, const struct rcvar *v,
    enum rc_source source, struct diag *d, struct rc_net *net)
{
	struct reader in = {
		.r = r,
		.v = v,
		.d = d,
		.net = net,
		.source = source,
	};

	if (v == NULL)
		return;
	in.at = v->value;
	read_words(&in);
}

/* --- what else there is of an interface --- */

static void
read_aliases(const struct rcvars *r, const char *ifname, struct diag *d,
    struct rc_net *net)
{
	const struct rcvar *v;
	char suffix[24];
	int i;

	read_variable(r, rcvars_find_if(r, "ipv4_addrs", ifname, ""),
	    RC_FROM_IPV4_ADDRS, d, net);
	/* rc stops at the first number that is missing. */
	for (i = 0; i < RC_ADDRS; i++) {
		snprintf(suffix, sizeof(suffix), "_alias%d", i);
		if ((v = rcvars_find_if(r, "ifconfig", ifname, suffix)) == NULL)
			break;
		read_variable(r, v, RC_FROM_ALIAS, d, net);
	}
	read_variable(r, rcvars_find_if(r, "ifconfig", ifname, "_aliases"),
	    RC_FROM_ALIASES, d, net);
}

static void
read_ipv6(const struct rcvars *r, const char *ifname, struct diag *d,
    struct rc_net *net)
{
	const struct rcvar *v = rcvars_find_if(r, "ifconfig", ifname, "_ipv6");
	const struct rcvar *prefix =
	    rcvars_find_if(r, "ipv6_prefix", ifname, "");

	read_variable(r, v, RC_FROM_IPV6, d, net);
	if (prefix != NULL)
		rcvars_complain(r, prefix, d,
		    "is not understood; give the whole address in "
		    "ifconfig_%s_ipv6",
		    ifname);
	net->ipv6 =
	    v != NULL || rcvars_is_yes(r, "ipv6_activate_all_interfaces");
	net->rtsold = net->accept_rtadv && rcvars_is_yes(r, "rtsold_enable");
}

static void
add_vlan(const struct rcvars *r, const struct rcvar *v, const char *name,
    unsigned tag, struct diag *d, struct rc_net *net)
{
	struct rc_vlan *vlan = &net->vlans[net->n_vlans];

	if (net->n_vlans == RC_VLANS || strlen(name) >= IFNAME_MAX) {
		rcvars_complain(r, v, d,
		    "at most %d VLANs of names shorter than %d on one "
		    "interface",
		    RC_VLANS, IFNAME_MAX);
		return;
	}
	snprintf(vlan->name, sizeof(vlan->name), "%.15s", name);
	vlan->tag = tag;
	net->n_vlans++;
}

/* The tag of a VLAN with a name of its own: create_args_NAME="vlan 10". */
static bool
named_tag(const struct rcvars *r, const char *name, int64_t *tag)
{
	const struct rcvar *v = rcvars_find_if(r, "create_args", name, "");
	const char *at = v == NULL ? "" : v->value;
	bool quoted = false;
	char word[RC_WORD];

	while (rc_word_next(&at, word, &quoted) == RC_WORD_TAKEN)
		if (strcmp(word, "vlan") == 0)
			return rc_word_next(&at, word, &quoted) ==
			    RC_WORD_TAKEN &&
			    num_parse(word, strlen(word), 1, 4094, tag);
	return false;
}

static void
read_vlans(const struct rcvars *r, const char *ifname, struct diag *d,
    struct rc_net *net)
{
	const struct rcvar *v = rcvars_find_if(r, "vlans", ifname, "");
	const char *at = v == NULL ? "" : v->value;
	char word[RC_WORD], name[RC_WORD + IFNAME_MAX + 1];
	int64_t tag;

	while (rc_word_bare(&at, word)) {
		snprintf(name, sizeof(name), "%s.%s", ifname, word);
		if (num_parse(word, strlen(word), 1, 4094, &tag))
			add_vlan(r, v, name, (unsigned)tag, d, net);
		else if (named_tag(r, word, &tag))
			add_vlan(r, v, word, (unsigned)tag, d, net);
		else
			rcvars_complain(r, v, d,
			    "\"%s\" is no VLAN: give a tag from 1 to 4094, or "
			    "a name and create_args_%s=\"vlan TAG\"",
			    word, word);
	}
}

bool
rc_names_vlan(const struct rcvars *r, const char *vlan)
{
	const char *dot = strrchr(vlan, '.');
	struct rc_net net = { 0 };
	struct diag quiet = { 0 };
	char parent[IFNAME_MAX];
	size_t i;

	if (dot == NULL || strlen(vlan) >= IFNAME_MAX)
		return false;
	snprintf(parent, sizeof(parent), "%.*s", (int)(dot - vlan), vlan);
	read_vlans(r, parent, &quiet, &net);
	for (i = 0; i < net.n_vlans; i++)
		if (strcmp(net.vlans[i].name, vlan) == 0)
			return true;
	return false;
}

static void
read_texts(const struct rcvars *r, const char *ifname, struct rc_net *net)
{
	const struct rcvar *v = rcvars_find_if(r, "ifconfig", ifname, "_descr");
	const char *flags;

	if (v != NULL)
		snprintf(net->descr, sizeof(net->descr), "%.63s", v->value);
	v = rcvars_find_if(r, "dhclient_flags", ifname, "");
	flags = v != NULL ? v->value : rcvars_get(r, "dhclient_flags");
	if (flags != NULL)
		snprintf(net->dhclient_flags, sizeof(net->dhclient_flags),
		    "%.63s", flags);
}

/* --- what is said once for all --- */

static void
read_router(const struct rcvars *r, const char *name, int family,
    struct diag *d, struct ipaddr *out, char *zone)
{
	const struct rcvar *v = rcvars_find(r, name);
	char host[IPADDR_TEXT];

	if (v == NULL || v->value[0] == '\0' || strcasecmp(v->value, "NO") == 0)
		return;
	/* A link-local router is written with its interface, fe80::1%hn0. */
	snprintf(host, sizeof(host), "%.*s", (int)strcspn(v->value, "%"),
	    v->value);
	if (zone != NULL && v->value[strlen(host)] == '%')
		snprintf(zone, IFNAME_MAX, "%s", v->value + strlen(host) + 1);
	if (!ipaddr_parse(host, out) || out->family != family) {
		memset(out, 0, sizeof(*out));
		rcvars_complain(r, v, d, "\"%s\" is not an %s address",
		    v->value, family == 4 ? "IPv4" : "IPv6");
	}
}

/* As hyperv_vfattach decides: anything but a number of at least 2 counts as 2
 * (FACTS.md E.2). */
static int64_t
vf_delay(const char *value)
{
	int64_t s;

	if (value == NULL ||
	    !num_parse(value, strlen(value), 2, DUR_MAX / DUR_SEC, &s))
		s = 2;
	return s * DUR_SEC;
}

int64_t
rc_vf_delay_stock(const struct rcvars *r)
{
	return vf_delay(rcvars_get_in(r, RC_CONF, "hyperv_vf_delay"));
}

bool
rc_cloned(const struct rcvars *r, size_t n, char name[IFNAME_MAX])
{
	const char *at = rcvars_get(r, "cloned_interfaces");
	char word[RC_WORD];

	if (at == NULL)
		return false;
	do {
		if (!rc_word_bare(&at, word))
			return false;
	} while (n-- > 0);
	snprintf(name, IFNAME_MAX, "%.*s",
	    (int)(strcspn(word, ":") < IFNAME_MAX ? strcspn(word, ":")
						  : IFNAME_MAX - 1),
	    word);
	return true;
}

void
rcvars_net(const struct rcvars *r, const char *ifname, struct diag *d,
    struct rc_net *net)
{
	const struct rcvar *v = rcvars_find_ifconfig(r, ifname);

	memset(net, 0, sizeof(*net));
	net->vf_delay_ns = vf_delay(rcvars_get(r, "hyperv_vf_delay"));
	net->configured = v != NULL;
	net->by_default =
	    v != NULL && rcvars_find_if(r, "ifconfig", ifname, "") == NULL;
	read_variable(r, v, RC_FROM_MAIN, d, net);
	net->n_main = net->n_addrs;
	if (v != NULL)
		read_aliases(r, ifname, d, net);
	read_ipv6(r, ifname, d, net);
	read_vlans(r, ifname, d, net);
	read_texts(r, ifname, net);
	read_router(r, "defaultrouter", 4, d, &net->gateway, NULL);
	read_router(r, "ipv6_defaultrouter", 6, d, &net->gateway6,
	    net->gateway6_if);
}
