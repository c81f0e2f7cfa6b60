/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/bsdlook.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "world/bsdmsg.h"
#include "world/bsdreply.h"

#define LEASES_MOST 65536 /* bytes of the file's end; one lease has 500 */

/* --- the table --- */

static void
add_link(const struct bsdmsg *m, struct snapshot *out, uint8_t *type)
{
	struct snap_if *i = snapshot_add(out);

	memcpy(i->name, m->name, sizeof(i->name));
	i->index = m->index;
	i->mtu = m->mtu;
	i->up = (m->flags & BSD_IFF_UP) != 0;
	i->running = (m->flags & BSD_IFF_RUNNING) != 0;
	i->link = (enum link_state)m->link;
	memcpy(i->mac, m->mac, sizeof(i->mac));
	*type = m->type;
}

static void
add_addr(const struct bsdmsg *m, struct snap_if *i)
{
	if (m->addr.family == 0 || i->index != m->index ||
	    i->n_addrs == SNAP_ADDRS)
		return;
	i->addrs[i->n_addrs++] = m->addr;
}

/* Interfaces come in the order of their making, each with its addresses. */
static void
read_table(const struct strbuf *table, struct snapshot *out, uint8_t *types)
{
	struct bsdmsg m;
	size_t at, step;

	for (at = 0; at < table->bytes; at += step) {
		step = bsdmsg_next(table->data + at, table->bytes - at,
		    BSDMSG_IFLISTL, &m);
		if (step == 0)
			return;
		if (m.kind == BSDMSG_LINK && m.name[0] != '\0')
			add_link(&m, out, &types[m.index & UINT16_MAX]);
		else if (m.kind == BSDMSG_ADDR && out->n_ifs > 0)
			add_addr(&m, &out->ifs[out->n_ifs - 1]);
	}
}

static int
by_index(const void *left, const void *right)
{
	const struct snap_if *a = left, *b = right;

	return (a->index > b->index) - (a->index < b->index);
}

/* --- one interface --- */

/* Whether a question about it had no answer in time. */
struct looker {
	const struct bsdkernel *k;
	const struct snap_if *was; /* in the last look; NULL: it is new */
	bool hung;
};

static int
ask(struct looker *l, struct bsdrequest *r)
{
	int rc = bsdkernel_ask(l->k, r);

	l->hung |= rc == BSD_ETIMEDOUT;
	return rc;
}

static void
read_text(struct looker *l, const char *name, char *out, size_t bytes)
{
	l->hung |= bsdkernel_text(l->k, name, out, bytes) == BSD_ETIMEDOUT;
}

static bool
parent_of(const struct bsdkernel *k, const char *device, char *out,
    size_t bytes)
{
	char driver[IFNAME_MAX], name[96];
	int unit;

	if (!bsdreply_unit(device, driver, &unit))
		return false;
	snprintf(name, sizeof(name), "dev.%s.%d.%%parent", driver, unit);
	bsdkernel_text(k, name, out, bytes);
	return *out != '\0';
}

/* mlx5en(4) and mlx4en(4) name their interfaces otherwise than the device, and
 * say which that is. */
void
bsdlook_parent(const struct bsdkernel *k, const char *driver_name, char *out,
    size_t bytes)
{
	char driver[IFNAME_MAX], name[96], device[64];
	int unit;

	*out = '\0';
	if (!bsdreply_unit(driver_name, driver, &unit) ||
	    parent_of(k, driver_name, out, bytes))
		return;
	snprintf(name, sizeof(name), "dev.%s.%d.conf.device_name", driver,
	    unit);
	bsdkernel_text(k, name, device, sizeof(device));
	if (parent_of(k, device, out, bytes))
		return;
	snprintf(name, sizeof(name), "hw.%s%d.conf.device_name", driver, unit);
	bsdkernel_text(k, name, device, sizeof(device));
	parent_of(k, device, out, bytes);
}

static void
look_at_hn(struct looker *l, struct snap_if *i)
{
	char name[64], path[96], rxvf[IFNAME_MAX];

	snprintf(name, sizeof(name), "dev.hn.%d.vf", i->unit);
	read_text(l, name, i->vf, sizeof(i->vf));
	snprintf(name, sizeof(name), "dev.hn.%d.rxvf", i->unit);
	read_text(l, name, rxvf, sizeof(rxvf));
	i->rxvf = rxvf[0] != '\0';
	snprintf(path, sizeof(path), BSDLOOK_VFUP, i->name);
	i->custom_vfup = l->k->ops->exists(l->k->ctx, path);
}

static void
look_at_lagg(struct looker *l, struct snap_if *i)
{
	struct bsdrequest r;

	bsdrequest_get_lagg(&r, i->name);
	if (ask(l, &r) == 0)
		bsdreply_lagg(&r, i);
}

static void
look_at_vlan(struct looker *l, struct snap_if *i)
{
	struct bsdrequest r;

	bsdrequest_get_vlan(&r, i->name);
	if (ask(l, &r) == 0)
		bsdreply_vlan(&r, i);
}

/* It stays the same, and to ask waits for whatever is detached just now. */
static void
look_at_parent(struct looker *l, const char *own, struct snap_if *i)
{
	if (l->was != NULL && l->was->parent[0] != '\0')
		memcpy(i->parent, l->was->parent, sizeof(i->parent));
	else
		bsdlook_parent(l->k, own, i->parent, sizeof(i->parent));
}

static void
look_at_class(struct looker *l, struct snap_if *i, uint8_t type)
{
	char own[IFNAME_MAX], driver[IFNAME_MAX];
	struct bsdrequest r;

	if (l->k->ops->driver(l->k->ctx, i->index, own, sizeof(own)) != 0)
		memcpy(own, i->name, sizeof(own));
	if (!bsdreply_unit(own, driver, &i->unit))
		driver[0] = '\0';
	if (strcmp(driver, "hn") == 0) {
		i->class = IF_HN;
		look_at_hn(l, i);
	} else if (strcmp(driver, "lagg") == 0) {
		i->class = IF_LAGG;
		look_at_lagg(l, i);
	} else if (type == BSD_IFT_L2VLAN) {
		i->class = IF_VLAN;
		look_at_vlan(l, i);
	} else {
		look_at_parent(l, own, i);
	}
	if (i->class != IF_HN)
		i->unit = 0;
	if (type != BSD_IFT_LAGG_PORT)
		return;
	bsdrequest_get_port(&r, i->name);
	if (ask(l, &r) == 0)
		bsdreply_port(&r, i->lagg);
}

static void
look_at_addrs(struct looker *l, struct snap_if *i)
{
	struct strbuf text = { 0 };
	struct bsdrequest r;
	struct ipaddr lease = { 0 };
	char path[96];
	bool any4 = false;
	size_t n;

	for (n = 0; n < i->n_addrs; n++) {
		any4 |= i->addrs[n].family == 4;
		if (i->addrs[n].family != 6)
			continue;
		bsdrequest_get_addr6(&r, i->name, &i->addrs[n], i->index);
		if (ask(l, &r) == 0)
			i->addr_flags[n] = bsdreply_addr6(&r);
	}
	if (!any4)
		return;
	/* The kernel does not know who has put an address there. */
	snprintf(path, sizeof(path), BSDLOOK_LEASES, i->name);
	if (l->k->ops->read(l->k->ctx, path, LEASES_MOST, &text) == 0)
		lease = bsdreply_lease(strbuf_str(&text), text.bytes);
	strbuf_fini(&text);
	for (n = 0; n < i->n_addrs; n++)
		if (lease.family == 4 && ipaddr_same_host(&i->addrs[n], &lease))
			i->addr_flags[n] |= SNAP_ADDR_LEASED;
}

static void
look_closer(struct looker *l, struct snap_if *i, uint8_t type)
{
	struct bsdrequest r;
	char path[96];

	look_at_class(l, i, type);
	bsdrequest_get_descr(&r, i->name);
	if (ask(l, &r) == 0)
		bsdreply_descr(&r, i->descr, sizeof(i->descr));
	bsdrequest_init(&r, BSD_SIOCGIFCAP, i->name);
	if (ask(l, &r) == 0)
		bsdreply_caps(&r, i);
	bsdrequest_init(&r, BSD_SIOCGIFINFO_IN6, i->name);
	if (ask(l, &r) == 0)
		bsdreply_nd6(&r, i);
	look_at_addrs(l, i);
	snprintf(path, sizeof(path), BSDLOOK_PIDFILE, i->name);
	i->dhclient = l->k->ops->holder(l->k->ctx, path) > 0;
}

/* What hangs is as it was, but for what the table says: half of an answer
 * would be taken for a change. */
static void
look_or_keep(const struct bsdkernel *k, struct snap_if *i, uint8_t type,
    const struct snapshot *before)
{
	struct looker l = { .k = k };
	struct snap_if now = *i;

	if (before != NULL)
		l.was = snapshot_find(before, i->name);
	if (l.was != NULL && l.was->index != i->index)
		l.was = NULL;
	look_closer(&l, i, type);
	if (!l.hung || l.was == NULL)
		return;
	*i = *l.was;
	i->up = now.up;
	i->running = now.running;
	i->link = now.link;
	i->mtu = now.mtu;
	memcpy(i->mac, now.mac, sizeof(i->mac));
}

/* --- the system --- */

/* An address alone on its link has no network. */
static bool
has_network(const struct snap_if *i, size_t n)
{
	return i->class == IF_LAGG && i->addrs[n].family == 4 &&
	    i->addrs[n].prefix > 0 && i->addrs[n].prefix < 32;
}

/* Sets or clears the flag of all addresses; gives how many have it. */
static size_t
unroute_all(struct snapshot *s, bool unrouted)
{
	size_t i, n, count = 0;

	for (i = 0; i < s->n_ifs; i++)
		for (n = 0; n < s->ifs[i].n_addrs; n++) {
			s->ifs[i].addr_flags[n] &= (uint8_t)~SNAP_ADDR_UNROUTED;
			if (!unrouted || !has_network(&s->ifs[i], n))
				continue;
			s->ifs[i].addr_flags[n] |= SNAP_ADDR_UNROUTED;
			count++;
		}
	return count;
}

/* Whoever the route leads by: a second one to the same network the kernel
 * refuses. Gives how many addresses have it now. */
static size_t
route_net(struct snapshot *s, const struct ipaddr *net)
{
	size_t i, n, count = 0;
	struct snap_if *p;

	for (i = 0; i < s->n_ifs; i++)
		for (n = 0; n < s->ifs[i].n_addrs; n++) {
			p = &s->ifs[i];
			if ((p->addr_flags[n] & SNAP_ADDR_UNROUTED) == 0 ||
			    p->addrs[n].prefix != net->prefix ||
			    !ipaddr_in_net(&p->addrs[n], net))
				continue;
			p->addr_flags[n] &= (uint8_t)~SNAP_ADDR_UNROUTED;
			count++;
		}
	return count;
}

static void
take_default(const struct bsdmsg *m, const struct snapshot *s,
    struct ipaddr *gateway, char ifname[IFNAME_MAX])
{
	size_t i;

	*gateway = m->gateway;
	for (i = 0; i < s->n_ifs; i++)
		if (s->ifs[i].index == m->index)
			memcpy(ifname, s->ifs[i].name, IFNAME_MAX);
}

/* Of a table that is not there, or is cut, nobody knows what is missing. */
static void
look_at_routes(const struct bsdkernel *k, enum bsdkernel_table what,
    struct snapshot *s, struct ipaddr *gateway, char ifname[IFNAME_MAX])
{
	size_t unrouted = what == BSDKERNEL_ROUTES ? unroute_all(s, true) : 0;
	struct strbuf table = { 0 };
	bool whole = k->ops->table(k->ctx, what, &table) == 0;
	struct bsdmsg m;
	size_t at, step;

	for (at = 0; whole && at < table.bytes &&
	     (gateway->family == 0 || unrouted > 0);
	     at += step) {
		step = bsdmsg_next(table.data + at, table.bytes - at,
		    BSDMSG_SOCKET, &m);
		whole = step > 0;
		if (m.kind != BSDMSG_ROUTE || (m.flags & BSD_RTF_UP) == 0)
			continue;
		if (m.addr.family == 4)
			unrouted -= route_net(s, &m.addr);
		if (gateway->family == 0 && bsdmsg_is_default(&m))
			take_default(&m, s, gateway, ifname);
	}
	if (!whole && what == BSDKERNEL_ROUTES)
		unroute_all(s, false);
	strbuf_fini(&table);
}

/* Drivers whose link interrupt gets lost look at it when they are asked
 * (FREEBSD.md: vmxnet3 in QEMU). No VF of Hyper-V needs it. */
static void
look_at_links(const struct bsdkernel *k, const struct bsdpairs *pairs,
    struct snapshot *s)
{
	struct bsdrequest r;
	enum link_state link;
	size_t i;

	for (i = 0; i < s->n_ifs; i++) {
		if (bsdpair_of_vf(pairs, s->ifs[i].name) == NULL)
			continue;
		bsdrequest_init(&r, BSD_SIOCGIFMEDIA, s->ifs[i].name);
		if (bsdkernel_ask(k, &r) != 0)
			continue;
		link = bsdreply_media(&r);
		if (link != LINK_UNKNOWN)
			s->ifs[i].link = link;
	}
}

int
bsdlook(const struct bsdkernel *k, struct bsdpairs *pairs,
    const struct snapshot *before, void (*note)(void *ctx, const char *text),
    void *ctx, struct snapshot *out)
{
	static const size_t indexes = UINT16_MAX + 1;
	struct strbuf table = { 0 };
	uint8_t *types;
	size_t i;
	int rc;

	rc = k->ops->table(k->ctx, BSDKERNEL_INTERFACES, &table);
	if (rc != 0) {
		strbuf_fini(&table);
		return rc;
	}
	out->os = SNAP_FREEBSD;
	types = mem_zero(indexes, 1);
	read_table(&table, out, types);
	strbuf_fini(&table);
	if (out->n_ifs > 1)
		qsort(out->ifs, out->n_ifs, sizeof(out->ifs[0]), by_index);
	for (i = 0; i < out->n_ifs; i++)
		look_or_keep(k, &out->ifs[i],
		    types[out->ifs[i].index & UINT16_MAX], before);
	free(types);
	out->vf_transparent = bsdkernel_number(k, "hw.hn.vf_transparent", -1);
	out->failover_rx_all =
	    bsdkernel_number(k, "net.link.lagg.failover_rx_all", -1);
	bsdpair_show(pairs, out, note, ctx);
	look_at_links(k, pairs, out);
	look_at_routes(k, BSDKERNEL_ROUTES, out, &out->default_gateway,
	    out->default_if);
	look_at_routes(k, BSDKERNEL_ROUTES6, out, &out->default_gateway6,
	    out->default_if6);
	return 0;
}
