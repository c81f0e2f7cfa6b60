/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What ifconfig prints. The order of the lines is that of the recordings of
 * FreeBSD 12.1; what the machine does not know (metrics, other media) is what
 * they show for an interface nobody touched.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sim/guest/guest_parts.h"
#include "sim/machine/ifdriver.h"
#include "sim/machine/inet.h"
#include "sim/machine/lagg.h"

struct bit {
	uint32_t bit;
	const char *name;
};

/* NULL-terminated, in the order of the bits. */
static const struct bit flag_bits[] = { { 0x1, "UP" }, { 0x2, "BROADCAST" },
	{ 0x8, "LOOPBACK" }, { 0x10, "POINTOPOINT" }, { 0x40, "RUNNING" },
	{ 0x100, "PROMISC" }, { 0x800, "SIMPLEX" }, { 0x8000, "MULTICAST" },
	{ 0x20000, "PPROMISC" }, { 0, NULL } };
static const struct bit cap_bits[] = { { 0x1, "RXCSUM" }, { 0x2, "TXCSUM" },
	{ 0x8, "VLAN_MTU" }, { 0x10, "VLAN_HWTAGGING" }, { 0x20, "JUMBO_MTU" },
	{ 0x80, "VLAN_HWCSUM" }, { 0x100, "TSO4" }, { 0x200, "TSO6" },
	{ 0x400, "LRO" }, { 0x800, "WOL_UCAST" }, { 0x1000, "WOL_MCAST" },
	{ 0x2000, "WOL_MAGIC" }, { 0x10000, "VLAN_HWFILTER" },
	{ 0x40000, "VLAN_HWTSO" }, { 0x80000, "LINKSTATE" },
	{ 0x200000, "RXCSUM_IPV6" }, { 0x400000, "TXCSUM_IPV6" }, { 0, NULL } };
static const struct bit nd6_bits[] = { { 0x1, "PERFORMNUD" },
	{ 0x2, "ACCEPT_RTADV" }, { 0x8, "IFDISABLED" },
	{ 0x20, "AUTO_LINKLOCAL" }, { 0x100, "NO_DAD" }, { 0, NULL } };
static const struct bit port_bits[] = { { 0x1, "MASTER" }, { 0x4, "ACTIVE" },
	{ 0, NULL } };

static void
print_bits(struct strbuf *out, const char *name, uint32_t value,
    const struct bit *bits)
{
	bool any = false;

	strbuf_addf(out, "%s=%x<", name, value);
	for (; bits->name != NULL; bits++)
		if ((value & bits->bit) != 0) {
			strbuf_addf(out, "%s%s", any ? "," : "", bits->name);
			any = true;
		}
	strbuf_addc(out, '>');
}

static uint32_t
flags_of(const struct ifnet *ifp)
{
	uint32_t f = 0x8000; /* IFF_MULTICAST */

	if (ifp->kind == KIND_LOOP)
		f |= 0x8;
	else if (ifp->kind == KIND_TUN)
		f |= 0x10;
	else
		f |= 0x2 | 0x800;
	if (ifp->up)
		f |= 0x1;
	if (ifp->running)
		f |= 0x40;
	if (ifp->promisc)
		f |= 0x20100; /* IFF_PPROMISC makes IFF_PROMISC */
	return f;
}

static bool
is_ethernet(const struct ifnet *ifp)
{
	return ifp->kind != KIND_LOOP && ifp->kind != KIND_TUN;
}

/* --- addresses --- */

static void
print_inet(const struct ipaddr *a, struct strbuf *out)
{
	struct ipaddr host = *a;
	char text[IPADDR_TEXT];
	uint32_t mask = a->prefix == 0 ? 0 : ~UINT32_C(0) << (32 - a->prefix);
	size_t i;

	strbuf_addf(out, "\tinet %s netmask 0x%08x",
	    ipaddr_format(a, false, text), mask);
	if (a->bytes[0] != 127) {
		for (i = 0; i < 4; i++)
			host.bytes[i] |= (uint8_t)(~mask >> (24 - 8 * i));
		strbuf_addf(out, " broadcast %s",
		    ipaddr_format(&host, false, text));
	}
	strbuf_addc(out, '\n');
}

static void
print_inet6(const struct ifnet *ifp, size_t at, struct strbuf *out)
{
	const struct ipaddr *a = &ifp->addrs[at];
	uint8_t flags = ifp->addr_flags[at];
	char text[IPADDR_TEXT];

	strbuf_addf(out, "\tinet6 %s", ipaddr_format(a, false, text));
	if (inet_is_link_local(a))
		strbuf_addf(out, "%%%s", ifp->name);
	strbuf_addf(out, " prefixlen %u", a->prefix);
	if ((flags & SNAP_ADDR_TENTATIVE) != 0)
		strbuf_adds(out, " tentative");
	if ((flags & SNAP_ADDR_DUPLICATED) != 0)
		strbuf_adds(out, " duplicated");
	if ((flags & SNAP_ADDR_AUTOCONF) != 0)
		strbuf_adds(out, " autoconf");
	if (inet_is_link_local(a))
		strbuf_addf(out, " scopeid 0x%x", ifp->index);
	strbuf_addc(out, '\n');
}

static void
print_family(const struct ifnet *ifp, uint8_t family, struct strbuf *out)
{
	size_t i;

	for (i = 0; i < ifp->n_addrs; i++)
		if (ifp->addrs[i].family != family)
			continue;
		else if (family == 6)
			print_inet6(ifp, i, out);
		else
			print_inet(&ifp->addrs[i], out);
}

/* One family's together, first the one whose address came first. */
static void
print_addresses(const struct ifnet *ifp, struct strbuf *out)
{
	uint8_t first = ifp->n_addrs > 0 ? ifp->addrs[0].family : 4;

	print_family(ifp, first, out);
	print_family(ifp, first == 6 ? 4 : 6, out);
}

static void
print_ether(const struct ifnet *ifp, struct strbuf *out)
{
	char text[MAC_TEXT];

	strbuf_addf(out, "\tether %s\n", mac_format(ifp->mac, text));
	/* The hardware's own, where the driver told it: NICs do. */
	if ((ifp->kind == KIND_HN || ifp->kind == KIND_VF) &&
	    memcmp(ifp->mac, ifp->own_mac, sizeof(ifp->mac)) != 0)
		strbuf_addf(out, "\thwaddr %s\n",
		    mac_format(ifp->own_mac, text));
}

/* --- what follows the addresses --- */

static size_t
count_active(const struct ifnet *lagg)
{
	size_t i, n = 0;

	for (i = 0; i < lagg->lagg.n_ports; i++)
		if (lagg->lagg.ports[i]->up &&
		    lagg->lagg.ports[i]->link == LINK_UP)
			n++;
	return n;
}

static void
print_lagg(const struct ifnet *lagg, bool verbose, struct strbuf *out)
{
	const struct ifnet *active = lagg_active(lagg), *port;
	size_t i;

	strbuf_adds(out, "\tlaggproto failover lagghash l2,l3,l4\n");
	if (verbose)
		strbuf_addf(out,
		    "\tlagg options:\n\t\tflags=0<>\n\t\tflowid_shift: 16\n"
		    "\tlagg statistics:\n\t\tactive ports: %zu\n"
		    "\t\tflapping: 0\n",
		    count_active(lagg));
	for (i = 0; i < lagg->lagg.n_ports; i++) {
		port = lagg->lagg.ports[i];
		strbuf_addf(out, "\tlaggport: %s ", port->name);
		print_bits(out, "flags",
		    (port == lagg->lagg.primary ? 0x1U : 0U) |
			(port == active ? 0x4U : 0U),
		    port_bits);
		strbuf_addc(out, '\n');
	}
}

static const char *
kind_group(const struct ifnet *ifp)
{
	switch (ifp->kind) {
	case KIND_LAGG:
		return "lagg";
	case KIND_VLAN:
		return "vlan";
	case KIND_LOOP:
		return "lo";
	case KIND_TAP:
		return "tap";
	case KIND_TUN:
		return "tun";
	case KIND_EPAIR:
		return "epair";
	case KIND_BRIDGE:
		return "bridge";
	case KIND_HN:
	case KIND_VF:
		break;
	}
	return "";
}

bool
guest_in_group(const struct ifnet *ifp, const char *group)
{
	char word[24];

	snprintf(word, sizeof(word), " %.20s ", group);
	return strcmp(group, "all") == 0 ||
	    strcmp(group, kind_group(ifp)) == 0 ||
	    strstr(ifp->groups, word) != NULL;
}

static void
print_groups(const struct ifnet *ifp, struct strbuf *out)
{
	const char *group = kind_group(ifp), *more = ifp->groups;

	if (*group == '\0' && *more == '\0')
		return;
	strbuf_adds(out, "\tgroups:");
	if (*group != '\0')
		strbuf_addf(out, " %s", group);
	strbuf_add(out, more, *more == '\0' ? 0 : strlen(more) - 1);
	strbuf_addc(out, '\n');
}

/* The profile's words, "records DRIVER.media" with link and without; lagg's
 * and vlan's are their own. NULL: no media. */
static const char *
media_of(const struct ifnet *ifp)
{
	const char *driver = ifp->kind == KIND_HN ? "hn" : ifp->vf.driver;
	const char *text;
	char name[40];

	switch (ifp->kind) {
	case KIND_LOOP:
	case KIND_TUN:
	case KIND_BRIDGE:
		return NULL;
	case KIND_VLAN:
		return ifp->vlan.parent == NULL ? NULL
						: media_of(ifp->vlan.parent);
	case KIND_EPAIR:
		return "Ethernet 10Gbase-T (10Gbase-T <full-duplex>)";
	case KIND_LAGG:
	case KIND_TAP:
		return "Ethernet autoselect";
	case KIND_HN:
	case KIND_VF:
		break;
	}
	snprintf(name, sizeof(name), "%s.media", driver);
	text =
	    profile_record(ifp->m->profile, name, ifp->link == LINK_UP ? 0 : 1);
	if (text != NULL)
		return text;
	return ifp->link == LINK_UP ? "Ethernet autoselect"
				    : "Ethernet autoselect (none)";
}

static void
print_rest(const struct ifnet *ifp, bool verbose, struct strbuf *out)
{
	const char *media = media_of(ifp);

	if (ifp->kind == KIND_LAGG)
		print_lagg(ifp, verbose, out);
	print_groups(ifp, out);
	if (ifp->kind == KIND_VLAN)
		strbuf_addf(out, "\tvlan: %u vlanpcp: 0 parent interface: %s\n",
		    ifp->vlan.parent == NULL ? 0 : ifp->vlan.tag,
		    ifp->vlan.parent == NULL ? "<none>"
					     : ifp->vlan.parent->name);
	if (media != NULL)
		strbuf_addf(out, "\tmedia: %s\n\tstatus: %s\n", media,
		    ifp->link == LINK_UP ? "active" : "no carrier");
	strbuf_adds(out, "\tnd6 ");
	print_bits(out, "options",
	    0x21U | (ifp->accept_rtadv ? 0x2U : 0U) |
		(ifp->ifdisabled ? 0x8U : 0U) | (ifp->no_dad ? 0x100U : 0U),
	    nd6_bits);
	strbuf_addc(out, '\n');
}

static void
print_interface(const struct ifnet *ifp, const struct guest_run *g,
    struct strbuf *out)
{
	uint32_t enabled =
	    ifp->capenable | (ifp->cap_linkstate ? (uint32_t)CAP_LINKSTATE : 0);

	strbuf_addf(out, "%s: ", ifp->name);
	print_bits(out, "flags", flags_of(ifp), flag_bits);
	strbuf_addf(out, " metric 0 mtu %u\n", ifp->mtu);
	if (ifp->descr[0] != '\0')
		strbuf_addf(out, "\tdescription: %s\n", ifp->descr);
	if (enabled != 0) {
		strbuf_addc(out, '\t');
		print_bits(out, "options", enabled, cap_bits);
		strbuf_addc(out, '\n');
	}
	if (g->family != NULL) {
		print_family(ifp, strcmp(g->family, "inet6") == 0 ? 6 : 4, out);
		return;
	}
	if (is_ethernet(ifp))
		print_ether(ifp, out);
	print_addresses(ifp, out);
	print_rest(ifp, g->verbose, out);
}

/* --- lists --- */

static int
by_birth(const void *a, const void *b)
{
	const struct ifnet *x = *(const struct ifnet *const *)a;
	const struct ifnet *y = *(const struct ifnet *const *)b;

	return x->born < y->born ? -1 : x->born > y->born;
}

/* What the options leave, in the kernel's order: as they were attached, which
 * is not that of the index (f_vlan_unplug_vmx: vmx0 has index 1 and comes
 * last). Caller frees. */
static struct ifnet **
list_interfaces(const struct guest_run *g, size_t *n)
{
	struct ifnet **list = NULL, *ifp;
	size_t cap = 0;

	*n = 0;
	TAILQ_FOREACH (ifp, &g->m->ifs, entry) {
		if (ifp->in_jail || (g->only_up && !ifp->up) ||
		    (g->only_down && ifp->up) ||
		    (g->group != NULL && !guest_in_group(ifp, g->group)))
			continue;
		*(struct ifnet **)MEM_PUSH(list, *n, cap) = ifp;
	}
	if (*n > 0)
		qsort(list, *n, sizeof(*list), by_birth);
	return list;
}

static void
show_all(struct guest_run *g)
{
	struct ifnet **list;
	size_t i, n;

	list = list_interfaces(g, &n);
	for (i = 0; i < n; i++) {
		driver_media(list[i]);
		print_interface(list[i], g, &g->out);
	}
	free(list);
}

static void
show_names(struct guest_run *g)
{
	struct ifnet **list;
	size_t i, n;

	list = list_interfaces(g, &n);
	for (i = 0; i < n; i++)
		strbuf_addf(&g->out, "%s%s", i > 0 ? " " : "", list[i]->name);
	strbuf_addc(&g->out, '\n');
	free(list);
}

static void
show_group(struct guest_run *g)
{
	struct ifnet **list;
	size_t i, n;

	list = list_interfaces(g, &n);
	for (i = 0; i < n; i++)
		strbuf_addf(&g->out, "%s\n", list[i]->name);
	free(list);
}

static void
show_one(struct guest_run *g)
{
	struct ifnet *ifp = guest_find(g, g->ifname);

	if (ifp == NULL) {
		guest_die(g, 1, "interface %s does not exist", g->ifname);
		return;
	}
	driver_media(ifp);
	print_interface(ifp, g, &g->out);
}

/* --- the command line --- */

/* Options that ask for output only: letters of one or several words. */
static bool
take_options(struct guest_run *g, size_t *at)
{
	const char *letter;

	for (; *at < g->argc && g->argv[*at][0] == '-'; (*at)++)
		for (letter = g->argv[*at] + 1; *letter != '\0'; letter++)
			switch (*letter) {
			case 'a':
				g->finish = show_all;
				break;
			case 'l':
				g->finish = show_names;
				break;
			case 'g':
				if (letter[1] != '\0' || *at + 1 == g->argc)
					return guest_bad(g,
					    "option requires an argument -- g");
				g->finish = show_group;
				g->group = g->argv[++*at];
				letter = "g";
				break;
			case 'u':
				g->only_up = true;
				break;
			case 'd':
				g->only_down = true;
				break;
			case 'v':
				g->verbose = true;
				break;
			case 'm':
			case 'n':
				break;
			default:
				return guest_bad(g, "illegal option -- %c",
				    *letter);
			}
	return true;
}

bool
guest_plan_listing(struct guest_run *g)
{
	size_t at = 1;

	g->finish = NULL;
	if (!take_options(g, &at))
		return false;
	if (g->finish == NULL && at < g->argc) {
		if (strlen(g->argv[at]) >= IFNAME_MAX)
			return guest_bad(g, "interface %.20s does not exist",
			    g->argv[at]);
		snprintf(g->ifname, sizeof(g->ifname), "%s", g->argv[at++]);
		g->finish = show_one;
	} else if (g->finish == NULL) {
		g->finish = show_all;
	}
	if (at < g->argc &&
	    (strcmp(g->argv[at], "inet") == 0 ||
		strcmp(g->argv[at], "inet6") == 0))
		g->family = g->argv[at++];
	if (at < g->argc)
		return guest_bad(g, "%.30s: bad value", g->argv[at]);
	return true;
}
