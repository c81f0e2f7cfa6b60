/* SPDX-License-Identifier: BSD-2-Clause */
#include "failover/rcvars.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/dur.h"
#include "base/mem.h"

void
rcvars_fini(struct rcvars *r)
{
	size_t i;

	for (i = 0; i < r->n_vars; i++) {
		free(r->vars[i].name);
		free(r->vars[i].value);
	}
	free(r->vars);
	free(r->file);
	memset(r, 0, sizeof(*r));
}

static struct rcvar *
find(const struct rcvars *r, const char *name)
{
	size_t i;

	for (i = 0; i < r->n_vars; i++)
		if (strcmp(r->vars[i].name, name) == 0)
			return &r->vars[i];
	return NULL;
}

void
rcvars_set(struct rcvars *r, const char *name, const char *value, unsigned line,
    unsigned col)
{
	struct rcvar *v = find(r, name);

	if (v == NULL) {
		v = MEM_PUSH(r->vars, r->n_vars, r->cap_vars);
		v->name = mem_str(name);
	}
	free(v->value);
	v->value = mem_str(value);
	v->line = line;
	v->col = col;
}

const char *
rcvars_get(const struct rcvars *r, const char *name)
{
	const struct rcvar *v = find(r, name);

	return v == NULL ? NULL : v->value;
}

/* PREFIX_IF_SUFFIX, the name mapped as rc.subr maps it. */
static const struct rcvar *
if_var(const struct rcvars *r, const char *prefix, const char *ifname,
    const char *suffix)
{
	char name[80];
	char *p;

	snprintf(name, sizeof(name), "%s_%s%s", prefix, ifname, suffix);
	for (p = name; *p != '\0'; p++)
		if (strchr(".-/+", *p) != NULL)
			*p = '_';
	return find(r, name);
}

static const struct rcvar *
ifconfig_var(const struct rcvars *r, const char *ifname)
{
	const struct rcvar *v = if_var(r, "ifconfig", ifname, "");

	return v != NULL ? v : find(r, "ifconfig_DEFAULT");
}

const char *
rcvars_ifconfig(const struct rcvars *r, const char *ifname)
{
	const struct rcvar *v = ifconfig_var(r, ifname);

	return v == NULL ? NULL : v->value;
}

/* The next blank-separated word of *s into word; false at the end. */
static bool
next_word(const char **s, char *word, size_t size)
{
	size_t n;

	*s += strspn(*s, " \t\n");
	n = strcspn(*s, " \t\n");
	if (n == 0)
		return false;
	snprintf(word, size, "%.*s", (int)n, *s);
	*s += n;
	return true;
}

static bool
is_one_of(const char *word, const char *const list[])
{
	for (; *list != NULL; list++)
		if (strcasecmp(word, *list) == 0)
			return true;
	return false;
}

static const char *const dhcp_words[] = { "DHCP", "SYNCDHCP", "NOSYNCDHCP",
	NULL };
/* Words of rc itself or without an argument that change no address. */
static const char *const plain_words[] = { "NOAUTO", "WPA", "HOSTAP", "up",
	"down", "inet", "inet6", "alias", "-tso", "-lro", "-txcsum", "-rxcsum",
	"tso", "lro", "txcsum", "rxcsum", NULL };
static const char *const argument_words[] = { "mtu", "broadcast", "media",
	"mediaopt", "vnet", "description", "descr", "metric", NULL };

static void
read_prefixlen(const struct rcvars *r, const struct rcvar *v, const char **s,
    struct diag *d, struct rc_net *net)
{
	struct ipaddr *a =
	    net->n_addrs > 0 ? &net->addrs[net->n_addrs - 1] : NULL;
	char value[80];
	int64_t bits;

	if (next_word(s, value, sizeof(value)) && a != NULL &&
	    num_parse(value, strlen(value), 0, a->family == 4 ? 32 : 128,
		&bits))
		a->prefix = (uint8_t)bits;
	else
		diag_report(d, DIAG_ERROR, r->file, v->line, v->col,
		    "%s: prefixlen needs an address before it and a number "
		    "behind",
		    v->name);
}

static void
read_ifconfig(const struct rcvars *r, const struct rcvar *v, struct diag *d,
    struct rc_net *net)
{
	char word[80], value[80];
	const char *s = v->value;
	struct ipaddr a;
	int bits;

	while (next_word(&s, word, sizeof(word))) {
		if (is_one_of(word, dhcp_words)) {
			net->dhcp = true;
		} else if (is_one_of(word, plain_words)) {
			continue;
		} else if (is_one_of(word, argument_words)) {
			if (next_word(&s, value, sizeof(value)) &&
			    strcasecmp(word, "mtu") == 0)
				net->sets_mtu = true;
		} else if (strcasecmp(word, "netmask") == 0) {
			bits = next_word(&s, value, sizeof(value))
			    ? ipaddr_mask_bits(value)
			    : -1;
			if (bits < 0 || net->n_addrs == 0 ||
			    net->addrs[net->n_addrs - 1].family != 4)
				diag_report(d, DIAG_ERROR, r->file, v->line,
				    v->col,
				    "%s: netmask needs an address before it "
				    "and a mask such as 255.255.255.0 behind",
				    v->name);
			else
				net->addrs[net->n_addrs - 1].prefix =
				    (uint8_t)bits;
		} else if (strcasecmp(word, "prefixlen") == 0) {
			read_prefixlen(r, v, &s, d, net);
		} else if (ipaddr_parse(word, &a) &&
		    net->n_addrs < SNAP_ADDRS) {
			net->addrs[net->n_addrs++] = a;
		} else {
			diag_report(d, DIAG_ERROR, r->file, v->line, v->col,
			    "%s: \"%s\" is not understood; give \"inet "
			    "ADDRESS/BITS\" or \"inet ADDRESS netmask MASK\"",
			    v->name, word);
		}
	}
}

static int64_t
vf_delay(const struct rcvars *r)
{
	const char *v = rcvars_get(r, "hyperv_vf_delay");
	int64_t s;

	/* As hyperv_vfattach decides: anything but a number of at least 2
	 * counts as 2 (FACTS.md E.2). */
	if (v == NULL || !num_parse(v, strlen(v), 2, DUR_MAX / DUR_SEC, &s))
		s = 2;
	return s * DUR_SEC;
}

/* What rc.d/netif adds to ifconfig_IF, and the stock scripts forget. */
static void
read_more(const struct rcvars *r, const char *ifname, struct diag *d,
    struct rc_net *net)
{
	const struct rcvar *v;
	char suffix[24];
	int i;

	if ((v = if_var(r, "ipv4_addrs", ifname, "")) != NULL)
		read_ifconfig(r, v, d, net);
	for (i = 0; i < SNAP_ADDRS; i++) {
		snprintf(suffix, sizeof(suffix), "_alias%d", i);
		if ((v = if_var(r, "ifconfig", ifname, suffix)) == NULL)
			break;
		read_ifconfig(r, v, d, net);
	}
	if ((v = if_var(r, "ifconfig", ifname, "_ipv6")) != NULL)
		read_ifconfig(r, v, d, net);
}

void
rcvars_net(const struct rcvars *r, const char *ifname, struct diag *d,
    struct rc_net *net)
{
	const struct rcvar *v = ifconfig_var(r, ifname);
	const struct rcvar *gw = find(r, "defaultrouter");

	memset(net, 0, sizeof(*net));
	net->vf_delay_ns = vf_delay(r);
	if (v != NULL) {
		net->configured = true;
		read_ifconfig(r, v, d, net);
		net->n_main = net->n_addrs;
		read_more(r, ifname, d, net);
	}
	if (gw != NULL && gw->value[0] != '\0' &&
	    strcasecmp(gw->value, "NO") != 0 &&
	    !ipaddr_parse(gw->value, &net->gateway))
		diag_report(d, DIAG_ERROR, r->file, gw->line, gw->col,
		    "defaultrouter: \"%s\" is not an address", gw->value);
}
