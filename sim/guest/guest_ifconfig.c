/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ifconfig(8) of FreeBSD 12.1: its words in their order, the vlan behind
 * them, the address last (an "up" on the same line comes first, wherever it
 * stands). Texts of errors are the measured ones where a recording has them
 * (d_rename, a_stock_bringup), else 12.1's as remembered by FACTS.md E.3:
 * a port that cannot be added is a warning, all else ends the program.
 */
#include <stdio.h>
#include <string.h>

#include "base/dur.h"
#include "sim/guest/guest_parts.h"
#include "sim/machine/inet6.h"

struct request { /* what the words ask for, besides steps */
	struct guest_run *g;
	uint8_t family;
	bool has_addr;
	struct ipaddr addr;
	int bits;  /* -1: not given */
	int alias; /* 1 alias, -1 -alias, 0 neither */
	int tag;   /* of a vlan; -1: not given */
	const char *parent;
};

struct word {
	const char *name;
	bool (*take)(struct request *r, const struct word *w, const char *arg);
	bool has_arg;
	int kind; /* of the operation, or what take wants to know */
	uint32_t value;
	const char *what; /* for errors */
};

/* --- words --- */

static bool
take_plain(struct request *r, const struct word *w, const char *arg)
{
	struct guest_step *s =
	    guest_push_own(r->g, (enum op_kind)w->kind, w->what);

	s->op.value = (int)w->value;
	(void)arg;
	return true;
}

static bool
port_result(struct guest_run *g, struct guest_step *s, int error)
{
	/* A port that is in this lagg already is no mistake. */
	if (s->op.kind == OP_PORT_ADD && error == SIM_EEXIST)
		return true;
	if (s->op.kind == OP_PORT_DEL || error == 0)
		return false;
	if (guest_find(g, g->ifname) == NULL && g->next == 0)
		return false;
	snprintf(s->text, sizeof(s->text), "%s %s: SIOCSLAGGPORT", g->ifname,
	    s->op.other);
	s->what = s->text;
	return false;
}

static bool
take_port(struct request *r, const struct word *w, const char *arg)
{
	struct guest_step *s =
	    guest_push_own(r->g, (enum op_kind)w->kind, w->what);

	if (strlen(arg) >= IFNAME_MAX)
		return guest_bad(r->g, "%.30s: interface name too long", arg);
	snprintf(s->op.other, sizeof(s->op.other), "%s", arg);
	s->fail = w->kind == OP_PORT_ADD ? FAIL_WARNS : FAIL_ENDS;
	s->after = port_result;
	return true;
}

static bool
take_proto(struct request *r, const struct word *w, const char *arg)
{
	(void)w;
	if (strcmp(arg, "failover") == 0)
		return true;
	return guest_bad(r->g, "Invalid aggregation protocol: %.30s", arg);
}

static bool
take_ignored(struct request *r, const struct word *w, const char *arg)
{
	(void)r;
	(void)w;
	(void)arg;
	return true;
}

static bool
take_alias(struct request *r, const struct word *w, const char *arg)
{
	(void)arg;
	r->alias = (int)w->value == 1 ? 1 : -1;
	return true;
}

static bool
take_mask(struct request *r, const struct word *w, const char *arg)
{
	int64_t bits;

	if (w->value == 0) {
		r->bits = ipaddr_mask_bits(arg);
	} else {
		bits = -1;
		num_parse(arg, strlen(arg), 0, r->family == 6 ? 128 : 32,
		    &bits);
		r->bits = (int)bits;
	}
	return r->bits >= 0 || guest_bad(r->g, "%.30s: bad value", arg);
}

static bool
take_text(struct request *r, const struct word *w, const char *arg)
{
	struct guest_step *s = guest_push_own(r->g, OP_DESCR, w->what);

	snprintf(s->op.text, sizeof(s->op.text), "%s", arg == NULL ? "" : arg);
	return true;
}

static bool
renamed(struct guest_run *g, struct guest_step *s, int error)
{
	if (error == 0)
		memcpy(g->ifname, s->op.other, sizeof(g->ifname));
	return false;
}

static bool
name_too_long(struct guest_run *g, struct guest_step *s)
{
	guest_die(g, 1, "%s: File name too long", s->what);
	return false;
}

static bool
take_name(struct request *r, const struct word *w, const char *arg)
{
	struct guest_step *s = guest_push_own(r->g, OP_RENAME, w->what);

	snprintf(s->op.other, sizeof(s->op.other), "%.15s", arg);
	s->after = renamed;
	if (strlen(arg) >= IFNAME_MAX)
		s->ready = name_too_long;
	return true;
}

static bool
take_ether(struct request *r, const struct word *w, const char *arg)
{
	struct guest_step *s = guest_push_own(r->g, OP_ETHER, w->what);

	return mac_parse(arg, s->op.mac) ||
	    guest_bad(r->g, "%.30s: bad value", arg);
}

static bool
take_number(struct request *r, const struct word *w, const char *arg)
{
	struct guest_step *s =
	    guest_push_own(r->g, (enum op_kind)w->kind, w->what);
	int64_t v;

	if (!num_parse(arg, strlen(arg), 0, 1000000, &v))
		return guest_bad(r->g, "%.30s: bad value", arg);
	s->op.value = (int)v;
	return true;
}

static bool
take_vlan(struct request *r, const struct word *w, const char *arg)
{
	int64_t v;

	if (w->value == 0) {
		if (!num_parse(arg, strlen(arg), 0, 4094, &v))
			return guest_bad(r->g, "Invalid VLAN tag: %.20s", arg);
		r->tag = (int)v;
	} else {
		if (strlen(arg) >= IFNAME_MAX)
			return guest_bad(r->g, "%.30s: interface name too long",
			    arg);
		r->parent = arg;
	}
	return true;
}

/* --- capabilities, flags and groups: seen only when it comes to them --- */

static bool
choose_caps(struct guest_run *g, struct guest_step *s)
{
	const struct ifnet *ifp = guest_find(g, g->ifname);
	uint32_t bits = (uint32_t)s->op.value, all;

	if (ifp == NULL)
		return true; /* the operation says so */
	all =
	    s->text[0] == '-' ? ifp->capenable & ~bits : ifp->capenable | bits;
	s->op.value = (int)(all & ifp->caps);
	return true;
}

static bool
take_caps(struct request *r, const struct word *w, const char *arg)
{
	struct guest_step *s = guest_push_own(r->g, OP_CAPS, w->what);

	(void)arg;
	s->op.value = (int)w->value;
	s->text[0] = w->name[0];
	s->ready = choose_caps;
	return true;
}

static bool
set_promisc(struct guest_run *g, struct guest_step *s)
{
	struct ifnet *ifp = guest_find(g, g->ifname);

	if (ifp != NULL)
		ifp->promisc = s->op.value != 0;
	return false;
}

static bool
set_disabled(struct guest_run *g, struct guest_step *s)
{
	struct ifnet *ifp = guest_find(g, g->ifname);

	if (ifp != NULL)
		inet6_set_disabled(ifp, s->op.value != 0);
	return false;
}

static bool
take_flag(struct request *r, const struct word *w, const char *arg)
{
	struct guest_step *s = guest_push_own(r->g, OP_PROCESS, w->what);

	(void)arg;
	s->op.value = (int)w->value;
	s->ready = w->kind == 0 ? set_promisc : set_disabled;
	return true;
}

static bool
set_group(struct guest_run *g, struct guest_step *s)
{
	struct ifnet *ifp = guest_find(g, g->ifname);
	const char *name = s->op.text;
	char word[24], *at;
	size_t n;

	if (ifp == NULL)
		return false;
	n = strlen(ifp->groups);
	snprintf(word, sizeof(word), " %.15s ", name);
	at = strstr(ifp->groups, word);
	if (s->op.value != 0) {
		/* Kept as " one two ". */
		if (guest_in_group(ifp, name))
			guest_die(g, 1, "setifgroup: SIOCAIFGROUP: %s",
			    guest_strerror(SIM_EEXIST));
		else if (n + strlen(word) < sizeof(ifp->groups))
			snprintf(ifp->groups + n, sizeof(ifp->groups) - n, "%s",
			    n == 0 ? word : word + 1);
	} else if (at == NULL) {
		guest_die(g, 1, "unsetifgroup: SIOCDIFGROUP: %s",
		    guest_strerror(SIM_ENOENT));
	} else {
		memmove(at, at + strlen(name) + 1,
		    strlen(at + strlen(name) + 1) + 1);
		if (strcmp(ifp->groups, " ") == 0)
			ifp->groups[0] = '\0';
	}
	return false;
}

/* The machine has no jails; that one exists is taken for granted. */
static bool
move_to_jail(struct guest_run *g, struct guest_step *s)
{
	struct ifnet *ifp = guest_find(g, g->ifname);
	int error = s->op.value == 0 ? ifnet_from_jail(g->m, g->ifname)
	    : ifp == NULL	     ? SIM_ENXIO
				     : ifnet_to_jail(ifp);

	if (error != 0) {
		g->error = error;
		guest_die(g, 1, "%s: %s", s->what, guest_strerror(error));
	}
	return false;
}

static bool
take_vnet(struct request *r, const struct word *w, const char *arg)
{
	struct guest_step *s = guest_push_own(r->g, OP_PROCESS, w->what);

	(void)arg;
	s->op.value = (int)w->value;
	s->ready = move_to_jail;
	/* Back: the host does not see it until then. */
	s->own_name = w->value != 0;
	return true;
}

static bool
take_group(struct request *r, const struct word *w, const char *arg)
{
	struct guest_step *s = guest_push_own(r->g, OP_PROCESS, w->what);

	if (strlen(arg) >= IFNAME_MAX)
		return guest_bad(r->g, "setifgroup: group name too long");
	snprintf(s->op.text, sizeof(s->op.text), "%s", arg);
	s->op.value = (int)w->value;
	s->ready = set_group;
	return true;
}

/* --- creation --- */

static bool
created(struct guest_run *g, struct guest_step *s, int error)
{
	if (error == SIM_EEXIST && guest_find(g, g->ifname) != NULL) {
		/* To an interface that is there, "create" is an address. */
		guest_die(g, 1, "create: bad value");
		return true;
	}
	/* The kernel chose it for a kind alone; of a pair it is the first. */
	if (error == 0)
		memcpy(g->ifname, s->op.ifname, sizeof(g->ifname));
	return false;
}

/* --- the address --- */

static bool
find_first(struct guest_run *g, struct guest_step *s)
{
	const struct ifnet *ifp = guest_find(g, g->ifname);
	size_t i;

	for (i = 0; ifp != NULL && i < ifp->n_addrs; i++)
		if (ifp->addrs[i].family == s->op.addr.family) {
			s->op.addr = ifp->addrs[i];
			return true;
		}
	if (s->fail == FAIL_ENDS) {
		g->error = SIM_EADDRNOTAVAIL;
		guest_die(g, 1, "%s: %s", s->what,
		    guest_strerror(SIM_EADDRNOTAVAIL));
	}
	return false;
}

static void
push_address(struct request *r)
{
	struct guest_step *s;

	if (r->alias < 0) {
		s = guest_push_own(r->g, OP_ADDR_DEL, "ioctl (SIOCDIFADDR)");
		s->op.addr = r->addr;
		s->op.addr.family = r->family;
		/* None given: the kernel takes the first (FREEBSD.md). */
		if (!r->has_addr)
			s->ready = find_first;
		return;
	}
	if (!r->has_addr)
		return;
	/* Without "alias" an IPv4 address takes the first one's place. */
	if (r->alias == 0 && r->family == 4) {
		s = guest_push_own(r->g, OP_ADDR_DEL, "ioctl (SIOCDIFADDR)");
		s->op.addr.family = r->family;
		s->fail = FAIL_SILENT;
		s->ready = find_first;
	}
	s = guest_push_own(r->g, OP_ADDR_ADD, "ioctl (SIOCAIFADDR)");
	s->op.addr = r->addr;
	s->op.addr.prefix =
	    r->bits >= 0 ? (uint8_t)r->bits : ipaddr_usual_prefix(&r->addr);
}

/* An unknown word is an address, as ever. */
static bool
take_address(struct request *r, const char *word)
{
	if (r->has_addr || !ipaddr_parse(word, &r->addr) ||
	    r->addr.family != r->family)
		return guest_bad(r->g, "%.30s: bad value", word);
	r->has_addr = true;
	if (strchr(word, '/') != NULL)
		r->bits = r->addr.prefix;
	return true;
}

/* --- the command line --- */

#define CAPS(name, bits)                                                       \
	{ name, take_caps, false, 0, bits, name },                             \
	{                                                                      \
		"-" name, take_caps, false, 0, bits, "-" name                  \
	}
#define ND6(name, kind)                                                        \
	{ name, take_plain, false, kind, 1, "ioctl(SIOCSIFINFO_IN6)" },        \
	{                                                                      \
		"-" name, take_plain, false, kind, 0, "ioctl(SIOCSIFINFO_IN6)" \
	}
#define IGNORED(name, has_arg)                                                 \
	{                                                                      \
		name, take_ignored, has_arg, 0, 0, NULL                        \
	}

static const struct word words[] = {
	{ "up", take_plain, false, OP_UP, 0, "up" },
	{ "down", take_plain, false, OP_DOWN, 0, "down" },
	{ "destroy", take_plain, false, OP_DESTROY, 0, "SIOCIFDESTROY" },
	{ "laggport", take_port, true, OP_PORT_ADD, 0, "SIOCSLAGGPORT" },
	{ "-laggport", take_port, true, OP_PORT_DEL, 0, "SIOCSLAGGDELPORT" },
	{ "laggproto", take_proto, true, 0, 0, NULL },
	IGNORED("lagghash", true),
	{ "alias", take_alias, false, 0, 1, NULL },
	{ "add", take_alias, false, 0, 1, NULL },
	{ "-alias", take_alias, false, 0, 0, NULL },
	{ "delete", take_alias, false, 0, 0, NULL },
	{ "remove", take_alias, false, 0, 0, NULL },
	{ "netmask", take_mask, true, 0, 0, NULL },
	{ "prefixlen", take_mask, true, 0, 1, NULL },
	IGNORED("broadcast", true),
	IGNORED("media", true),
	IGNORED("mediaopt", true),
	IGNORED("-mediaopt", true),
	IGNORED("mode", true),
	IGNORED("metric", true),
	{ "description", take_text, true, 0, 0, "ioctl (set descr)" },
	{ "descr", take_text, true, 0, 0, "ioctl (set descr)" },
	{ "-description", take_text, false, 0, 0, "ioctl (set descr)" },
	{ "-descr", take_text, false, 0, 0, "ioctl (set descr)" },
	{ "name", take_name, true, 0, 0, "ioctl SIOCSIFNAME (set name)" },
	{ "ether", take_ether, true, 0, 0, "ioctl (SIOCAIFADDR)" },
	{ "lladdr", take_ether, true, 0, 0, "ioctl (SIOCAIFADDR)" },
	{ "link", take_ether, true, 0, 0, "ioctl (SIOCAIFADDR)" },
	{ "mtu", take_number, true, OP_MTU, 0, "ioctl SIOCSIFMTU (set mtu)" },
	{ "group", take_group, true, 0, 1, NULL },
	{ "-group", take_group, true, 0, 0, NULL },
	{ "promisc", take_flag, false, 0, 1, NULL },
	{ "-promisc", take_flag, false, 0, 0, NULL },
	{ "vnet", take_vnet, true, 0, 1, "SIOCSIFVNET" },
	{ "-vnet", take_vnet, true, 0, 0, "SIOCSIFRVNET" },
	{ "vlan", take_vlan, true, 0, 0, NULL },
	{ "vlandev", take_vlan, true, 0, 1, NULL },
	{ "-vlandev", take_plain, false, OP_VLAN, 0, "SIOCSETVLAN" },
	ND6("accept_rtadv", OP_RTADV),
	ND6("no_dad", OP_NO_DAD),
	{ "ifdisabled", take_flag, false, 1, 1, NULL },
	{ "-ifdisabled", take_flag, false, 1, 0, NULL },
	/* Every interface of the machine has it. */
	IGNORED("auto_linklocal", false),
	IGNORED("-auto_linklocal", false),
	CAPS("rxcsum", CAP_RXCSUM),
	CAPS("txcsum", CAP_TXCSUM),
	CAPS("rxcsum6", CAP_RXCSUM_IPV6),
	CAPS("txcsum6", CAP_TXCSUM_IPV6),
	CAPS("tso", CAP_TSO4 | CAP_TSO6),
	CAPS("tso4", CAP_TSO4),
	CAPS("tso6", CAP_TSO6),
	CAPS("lro", CAP_LRO),
	CAPS("vlanmtu", CAP_VLAN_MTU),
	CAPS("vlanhwtag", CAP_VLAN_HWTAGGING),
	CAPS("vlanhwcsum", CAP_VLAN_HWCSUM),
	CAPS("vlanhwtso", CAP_VLAN_HWTSO),
};
#define N_WORDS (sizeof(words) / sizeof(words[0]))

static const struct word *
find_word(const char *name)
{
	size_t i;

	for (i = 0; i < N_WORDS; i++)
		if (strcmp(words[i].name, name) == 0)
			return &words[i];
	return NULL;
}

static bool
take_words(struct request *r, size_t at)
{
	struct guest_run *g = r->g;
	const struct word *w;

	for (; at < g->argc; at++) {
		if ((w = find_word(g->argv[at])) == NULL) {
			if (!take_address(r, g->argv[at]))
				return false;
			continue;
		}
		if (w->has_arg && at + 1 == g->argc)
			return guest_bad(g, "'%s' requires argument", w->name);
		at += w->has_arg ? 1 : 0;
		if (!w->take(r, w, w->has_arg ? g->argv[at] : NULL))
			return false;
	}
	return true;
}

/* Where the address family is named, it stands first. */
static size_t
take_family(struct request *r, size_t at)
{
	const char *word = at < r->g->argc ? r->g->argv[at] : "";

	r->family = strcmp(word, "inet6") == 0 ? 6 : 4;
	return at +
	    (strncmp(word, "inet", 4) == 0 &&
		(word[4] == '\0' || strcmp(word, "inet6") == 0));
}

static bool
push_vlan(struct request *r)
{
	struct guest_step *s;

	if (r->tag < 0 && r->parent == NULL)
		return true;
	if (r->tag < 0 || r->parent == NULL)
		return guest_bad(r->g, "must specify both vlan and vlandev");
	s = guest_push_own(r->g, OP_VLAN, "SIOCSETVLAN");
	s->op.value = r->tag;
	snprintf(s->op.other, sizeof(s->op.other), "%s", r->parent);
	return true;
}

/* "create" takes the vlan's words that follow it with it. */
static bool
take_create(struct request *r, size_t *at)
{
	const struct word *w;

	guest_push_own(r->g, OP_CLONE, "SIOCIFCREATE2")->after = created;
	(*at)++;
	while (*at + 1 < r->g->argc &&
	    (w = find_word(r->g->argv[*at])) != NULL && w->take == take_vlan) {
		if (!take_vlan(r, w, r->g->argv[*at + 1]))
			return false;
		*at += 2;
	}
	if (!push_vlan(r))
		return false;
	r->tag = -1;
	r->parent = NULL;
	return true;
}

static void
print_name(struct guest_run *g)
{
	if (strcmp(g->ifname, g->named) != 0)
		strbuf_addf(&g->out, "%s\n", g->ifname);
}

static bool
nothing_more(struct guest_run *g, struct guest_step *s)
{
	(void)g;
	(void)s;
	return false;
}

bool
guest_plan_ifconfig(struct guest_run *g)
{
	struct request r = { .g = g, .bits = -1, .tag = -1 };
	size_t at = 2;

	if (g->argc < 2 || g->argv[1][0] == '-')
		return guest_plan_listing(g);
	if (strlen(g->argv[1]) >= IFNAME_MAX)
		return guest_bad(g, "interface %.20s does not exist",
		    g->argv[1]);
	snprintf(g->ifname, sizeof(g->ifname), "%s", g->argv[1]);
	memcpy(g->named, g->ifname, sizeof(g->named));
	g->finish = print_name;
	if (at < g->argc && strcmp(g->argv[at], "create") == 0 &&
	    !take_create(&r, &at))
		return false;
	at = take_family(&r, at);
	if (at == g->argc && g->n_steps == 0) /* nothing to do but show */
		return guest_plan_listing(g);
	if (!take_words(&r, at) || !push_vlan(&r))
		return false;
	push_address(&r);
	/* That it exists is seen even when nothing is to be done. */
	if (g->n_steps == 0)
		guest_push_own(g, OP_PROCESS, NULL)->ready = nothing_more;
	return true;
}
