/* SPDX-License-Identifier: BSD-2-Clause */
#include "native_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

const uint8_t mac[6] = { 0, 0x0d, 0x3a, 1, 2, 3 };
const uint8_t other_mac[6] = { 0, 0x0d, 0x3a, 9, 9, 9 };

struct native_rig sys;
struct rcvars rc;
struct native *n;

struct snap_if *
get(const char *name)
{
	return (struct snap_if *)(uintptr_t)snapshot_find(&sys.s, name);
}

struct snap_if *
add_if(const char *name, enum if_class class, const uint8_t m[6])
{
	struct snap_if *i = snapshot_add(&sys.s);

	snprintf(i->name, sizeof(i->name), "%s", name);
	i->index = (uint32_t)sys.s.n_ifs;
	i->class = class;
	memcpy(i->mac, m, sizeof(i->mac));
	i->mtu = 1500;
	i->link = LINK_UP;
	if (class == IF_OTHER)
		strcpy(i->parent, "pci1");
	return i;
}

struct ipaddr
addr(const char *text)
{
	struct ipaddr a;

	assert_true(ipaddr_parse(text, &a));
	return a;
}

void
put_addr(const char *ifname, const char *text)
{
	struct snap_if *i = get(ifname);

	i->addrs[i->n_addrs++] = addr(text);
}

void
put_flagged(const char *ifname, const char *text, uint8_t flags)
{
	struct snap_if *i = get(ifname);

	i->addr_flags[i->n_addrs] = flags;
	put_addr(ifname, text);
}

bool
has(const char *ifname, const char *text)
{
	struct ipaddr a = addr(text);

	return snap_if_has_addr(get(ifname), &a);
}

void
put_port(const char *lagg, const char *port)
{
	struct snap_if *l = get(lagg);

	snprintf(l->ports[l->n_ports].name, IFNAME_MAX, "%s", port);
	l->ports[l->n_ports].master = l->n_ports == 0;
	l->n_ports++;
	snprintf(get(port)->lagg, IFNAME_MAX, "%s", lagg);
}

void
put_default(const char *gateway, const char *ifname)
{
	sys.s.default_gateway = addr(gateway);
	snprintf(sys.s.default_if, IFNAME_MAX, "%s", ifname);
}

/* hn follows its VF's flag, ports follow link and flag. */
void
follow(void)
{
	struct snap_if *i, *vf, *p;
	const char *active;
	size_t k, j;

	for (k = 0; k < sys.s.n_ifs; k++) {
		i = &sys.s.ifs[k];
		vf = i->class == IF_HN && i->vf[0] != '\0' ? get(i->vf) : NULL;
		if (i->class == IF_HN && i->rxvf && sys.sticky)
			continue;
		if (i->class == IF_HN) {
			i->rxvf = vf != NULL && vf->up && !sys.held_back &&
			    sys.s.vf_transparent == 0;
			i->link = sys.unplugged ||
				(i->rxvf && sys.s.os == SNAP_FREEBSD)
			    ? LINK_DOWN
			    : LINK_UP;
		}
		if (vf != NULL)
			vf->link = vf->up && sys.vf_link ? LINK_UP : LINK_DOWN;
	}
	for (k = 0; k < sys.s.n_ifs; k++) {
		i = &sys.s.ifs[k];
		active = NULL;
		for (j = 0; j < i->n_ports; j++) {
			p = get(i->ports[j].name);
			if (p != NULL && p->up && p->link == LINK_UP &&
			    (active == NULL || i->ports[j].master))
				active = p->name;
		}
		for (j = 0; j < i->n_ports; j++)
			i->ports[j].active = active != NULL &&
			    strcmp(i->ports[j].name, active) == 0;
		if (i->n_ports > 0)
			i->link = active != NULL ? LINK_UP : LINK_DOWN;
	}
}

static void
drop_addr(struct snap_if *i, const struct ipaddr *a)
{
	size_t k;

	for (k = 0; k < i->n_addrs; k++)
		if (ipaddr_same_host(&i->addrs[k], a))
			break;
	assert_true(k < i->n_addrs);
	i->n_addrs--;
	memmove(&i->addrs[k], &i->addrs[k + 1], (i->n_addrs - k) * sizeof(*a));
	memmove(&i->addr_flags[k], &i->addr_flags[k + 1], i->n_addrs - k);
	i->addr_flags[i->n_addrs] = 0;
	if (strcmp(sys.s.default_if, i->name) == 0 &&
	    ipaddr_in_net(&sys.s.default_gateway, a)) {
		memset(&sys.s.default_gateway, 0, sizeof(*a));
		sys.s.default_if[0] = '\0';
	}
}

/* Such a one may be made again: the kernel deletes it, and adds it anew. */
static bool
lacks_route(const struct snap_if *i, const struct ipaddr *a)
{
	size_t k;

	for (k = 0; k < i->n_addrs; k++)
		if (ipaddr_equal(&i->addrs[k], a))
			return (i->addr_flags[k] & SNAP_ADDR_UNROUTED) != 0;
	return false;
}

/* What a down took of them, an up gives back. */
static void
give_routes(struct snap_if *i)
{
	size_t k;

	for (k = 0; k < i->n_addrs; k++)
		i->addr_flags[k] &= (uint8_t)~SNAP_ADDR_UNROUTED;
}

/* The connected prefix is the first interface's that has an address in it:
 * hn is older than its lagg. */
static int
add_default(const struct operation *op)
{
	size_t i, k;

	if (op->addr.family == 6) {
		assert_int_equal(sys.s.default_gateway6.family, 0);
		sys.s.default_gateway6 = op->addr;
		strcpy(sys.s.default_if6, op->ifname);
		return 0;
	}
	assert_int_equal(sys.s.default_gateway.family, 0);
	for (i = 0; i < sys.s.n_ifs; i++)
		for (k = 0; k < sys.s.ifs[i].n_addrs; k++)
			if (ipaddr_in_net(&op->addr, &sys.s.ifs[i].addrs[k])) {
				sys.s.default_gateway = op->addr;
				strcpy(sys.s.default_if, sys.s.ifs[i].name);
				return 0;
			}
	return 51; /* ENETUNREACH */
}

static void
join(struct snap_if *lagg, const char *name)
{
	struct snap_if *p = get(name);
	uint32_t all = p->capenable;
	size_t i;

	assert_string_equal(p->lagg, "");
	if (sys.s.os == SNAP_LINUX) {
		assert_false(p->up); /* EPERM */
		p->up = true;
	}
	for (i = p->n_addrs; i-- > 0;)
		if (p->addrs[i].family == 6)
			drop_addr(p, &p->addrs[i]);
	put_port(lagg->name, name);
	for (i = 0; i < lagg->n_ports; i++)
		all &= get(lagg->ports[i].name)->capenable;
	for (i = 0; i < lagg->n_ports; i++)
		get(lagg->ports[i].name)->capenable = all;
	if (lagg->n_ports == 1)
		lagg->mtu = p->mtu;
	p->mtu = lagg->mtu;
}

static void
leave(struct snap_if *lagg, const char *name)
{
	size_t i;

	for (i = 0; strcmp(lagg->ports[i].name, name) != 0; i++)
		assert_true(i + 1 < lagg->n_ports);
	lagg->n_ports--;
	memmove(&lagg->ports[i], &lagg->ports[i + 1],
	    (lagg->n_ports - i) * sizeof(lagg->ports[0]));
	get(name)->lagg[0] = '\0';
}

/* The client's script sets the address anew, and a route if there is none. */
static void
lease(struct snap_if *i)
{
	struct ipaddr a =
	    addr(sys.lease[0] != '\0' ? sys.lease : "10.0.0.9/24");
	size_t k;

	i->dhclient = true;
	if (sys.silent)
		return;
	for (k = i->n_addrs; k-- > 0;)
		if (ipaddr_same_host(&i->addrs[k], &a))
			drop_addr(i, &a);
	i->addr_flags[i->n_addrs] = SNAP_ADDR_LEASED;
	i->addrs[i->n_addrs++] = a;
	if (sys.s.default_gateway.family == 0 && !sys.no_router)
		put_default("10.0.0.1", i->name);
}

/* What the kernel makes of a router's advertisement. */
static void
advertise(struct snap_if *i)
{
	if (!has(i->name, "2001:db8::1/64"))
		put_flagged(i->name, "2001:db8::1/64", SNAP_ADDR_AUTOCONF);
	if (sys.s.default_gateway6.family != 0 || sys.no_router)
		return;
	sys.s.default_gateway6 = addr("fe80::1");
	snprintf(sys.s.default_if6, IFNAME_MAX, "%s", i->name);
}

static int
set_vlan(struct snap_if *i, const struct operation *op)
{
	if (op->other[0] != '\0' && i->vlan_parent[0] != '\0')
		return 16; /* EBUSY */
	strcpy(i->vlan_parent, op->other);
	i->vlan_tag = (unsigned)op->value;
	if (op->other[0] != '\0')
		i->mtu = get(op->other)->mtu;
	return 0;
}

/* "hn0.10" */
static int
clone_vlan(const char *name)
{
	char parent[IFNAME_MAX];
	struct snap_if *vlan;

	assert_null(get(name));
	assert_non_null(strchr(name, '.'));
	snprintf(parent, sizeof(parent), "%.*s", (int)strcspn(name, "."), name);
	if (get(parent) == NULL)
		return 6; /* ENXIO */
	if (get(parent)->lagg[0] != '\0')
		return 43; /* EPROTONOSUPPORT */
	vlan = add_if(name, IF_VLAN, mac);
	strcpy(vlan->vlan_parent, parent);
	vlan->vlan_tag = (unsigned)atoi(strchr(name, '.') + 1);
	return 0;
}

static int
obey_more(const struct operation *op, struct snap_if *i)
{
	size_t k;

	switch (op->kind) {
	case OP_PORT_DEL:
		leave(i, op->other);
		break;
	case OP_PRIMARY:
		for (k = 0; k < i->n_ports; k++)
			i->ports[k].master =
			    strcmp(i->ports[k].name, op->other) == 0;
		break;
	case OP_MTU:
		assert_string_equal(i->lagg, "");
		i->mtu = (uint32_t)op->value;
		for (k = 0; k < i->n_ports; k++)
			get(i->ports[k].name)->mtu = i->mtu;
		break;
	case OP_CAPS:
		i->capenable = (uint32_t)op->value;
		break;
	case OP_VLAN:
		return set_vlan(i, op);
	case OP_RTADV:
		i->accept_rtadv = op->value != 0;
		break;
	case OP_NO_DAD:
		i->no_dad = op->value != 0;
		break;
	case OP_RTSOL:
		if (i->accept_rtadv && !sys.silent)
			advertise(i);
		break;
	case OP_DHCP_START:
		assert_false(i->dhclient);
		lease(i);
		break;
	case OP_DHCP_STOP:
		assert_true(i->dhclient);
		i->dhclient = false;
		break;
	default:
		fail_msg("operation %d", op->kind);
	}
	return 0;
}

static int
obey(const struct operation *op)
{
	struct snap_if *i;

	if (sys.result != 0 && op->kind == sys.fails &&
	    (sys.fails_on == NULL || strcmp(op->ifname, sys.fails_on) == 0))
		return sys.result;
	if ((int)op->kind == sys.inert)
		return 0;
	if (op->kind == OP_LAGG_CREATE) {
		assert_null(get(op->ifname));
		add_if(op->ifname, IF_LAGG, mac)->link = LINK_UNKNOWN;
		return 0;
	}
	if (op->kind == OP_CLONE)
		return clone_vlan(op->ifname);
	i = get(op->ifname);
	assert_non_null(i);
	switch (op->kind) {
	case OP_DESCR:
		strcpy(i->descr, op->text);
		break;
	case OP_PORT_ADD:
		join(i, op->other);
		break;
	case OP_UP:
		give_routes(i);
		/* FALLTHROUGH */
	case OP_DOWN:
		i->up = op->kind == OP_UP;
		break;
	case OP_ADDR_ADD:
		if (lacks_route(i, &op->addr))
			drop_addr(i, &op->addr);
		assert_false(snap_if_has_addr(i, &op->addr));
		i->addrs[i->n_addrs++] = op->addr;
		i->up = true;
		break;
	case OP_ADDR_DEL:
		drop_addr(i, &op->addr);
		break;
	case OP_DEFAULT_ADD:
		return add_default(op);
	case OP_DEFAULT_DEL:
		if (op->addr.family == 6) {
			memset(&sys.s.default_gateway6, 0,
			    sizeof(struct ipaddr));
			sys.s.default_if6[0] = '\0';
			break;
		}
		memset(&sys.s.default_gateway, 0, sizeof(struct ipaddr));
		sys.s.default_if[0] = '\0';
		break;
	case OP_SYSCTL:
		assert_string_equal(op->text, "net.link.lagg.failover_rx_all");
		sys.s.failover_rx_all = op->value;
		break;
	default:
		return obey_more(op, i);
	}
	return 0;
}

static void
hear(void)
{
	size_t used = strlen(sys.told);
	const char *text;

	while ((text = native_note(n)) != NULL) {
		snprintf(sys.told + used, sizeof(sys.told) - used, "%s\n",
		    text);
		used = strlen(sys.told);
	}
}

bool
told(const char *text)
{
	return strstr(sys.told, text) != NULL;
}

unsigned
times_told(const char *text)
{
	const char *p = sys.told;
	unsigned times = 0;

	while ((p = strstr(p, text)) != NULL) {
		times++;
		p++;
	}
	return times;
}

/* Operations, and the time between them, until nothing is wanted any more or
 * the horizon is reached. */
/* A version of its own for all that is not as it was at the last look. */
static void
give_versions(void)
{
	static struct snap_if before[32];
	static uint64_t versions;
	struct snap_if *i;
	size_t k;

	assert_true(sys.s.n_ifs <= 32);
	for (k = 0; k < sys.s.n_ifs; k++) {
		i = &sys.s.ifs[k];
		i->version = before[k].version;
		if (memcmp(i, &before[k], sizeof(*i)) == 0)
			continue;
		i->version = ++versions;
		before[k] = *i;
	}
}

bool
act(int64_t *wake_ns)
{
	int result;

	follow();
	if (!sys.unversioned)
		give_versions();
	if (!native_plan(n, &sys.s, sys.now_ns, &sys.last, wake_ns))
		return false;
	sys.operations++;
	sys.of_kind[sys.last.kind]++;
	assert_true(sys.operations < 4000);
	result = obey(&sys.last);
	sys.now_ns += DUR_MS;
	native_result(n, &sys.last, result, sys.now_ns);
	hear();
	follow();
	return true;
}

void
settle(int64_t horizon_ns)
{
	int64_t wake, until = sys.now_ns + horizon_ns;

	for (;;) {
		while (act(&wake))
			;
		if (wake > until)
			break;
		assert_true(wake > sys.now_ns);
		sys.now_ns = wake;
	}
	sys.now_ns = until;
	hear();
}

void
renew(void)
{
	struct native_config config = { .rc = &rc };

	native_free(n);
	n = native_new(&config);
}

int
setup(void **state)
{
	(void)state;
	memset(&sys, 0, sizeof(sys));
	sys.inert = -1;
	memset(&rc, 0, sizeof(rc));
	rcvars_set(&rc, "ifconfig_hn0", "inet 10.0.0.4/24", 1, 1);
	rcvars_set(&rc, "defaultrouter", "10.0.0.1", 2, 1);
	strcpy(add_if("em0", IF_OTHER, other_mac)->parent, "pci9");
	add_if("hn0", IF_HN, mac);
	sys.vf_link = true;
	n = NULL;
	renew();
	return 0;
}

int
teardown(void **state)
{
	(void)state;
	native_free(n);
	rcvars_fini(&rc);
	snapshot_fini(&sys.s);
	return 0;
}

void
put_vf(void)
{
	add_if("mce0", IF_OTHER, mac);
	if (get("hn0") != NULL)
		strcpy(get("hn0")->vf, "mce0");
}

void
take_away(const char *name)
{
	struct snap_if *i = get(name);
	size_t at = (size_t)(i - sys.s.ifs), k;

	if (i->lagg[0] != '\0')
		leave(get(i->lagg), name);
	for (k = 0; k < sys.s.n_ifs; k++)
		if (strcmp(sys.s.ifs[k].vf, name) == 0)
			sys.s.ifs[k].vf[0] = '\0';
	sys.s.n_ifs--;
	memmove(i, i + 1, (sys.s.n_ifs - at) * sizeof(*i));
}
