/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/linuxsnap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { MODE_ACTIVE_BACKUP = 1 };

void
linuxsnap_fini(struct linuxsnap *s)
{
	free(s->before);
	free(s->now);
	memset(s, 0, sizeof(*s));
}

bool
linuxsnap_is_aggregate(const struct ifevent *e)
{
	return strcmp(e->link_kind, "bond") == 0 &&
	    e->mode == MODE_ACTIVE_BACKUP;
}

static uint8_t
flags_of(const struct linklook_addr *a)
{
	unsigned flags = 0;

	if ((a->is & IFADDR_TENTATIVE) != 0)
		flags |= SNAP_ADDR_TENTATIVE;
	if ((a->is & IFADDR_DUPLICATED) != 0)
		flags |= SNAP_ADDR_DUPLICATED;
	if ((a->is & IFADDR_ENDS) != 0)
		flags |=
		    a->addr.family == 6 ? SNAP_ADDR_AUTOCONF : SNAP_ADDR_LEASED;
	return (uint8_t)flags;
}

static void
fill_addrs(const struct linklook *l, uint32_t index, struct snap_if *i)
{
	const struct linklook_addr *a;
	size_t count;

	a = linklook_addrs(l, index, &count);
	for (; count > 0 && i->n_addrs < SNAP_ADDRS; count--, a++) {
		i->addrs[i->n_addrs] = a->addr;
		i->addr_flags[i->n_addrs++] = flags_of(a);
	}
}

static void
fill_ports(const struct linklook *l, const struct ifevent *bond,
    struct snap_if *i)
{
	const struct ifevent *e;
	struct snap_port *port;
	size_t k;

	for (k = 0; k < l->n_links && i->n_ports < SNAP_PORTS; k++) {
		e = &l->links[k];
		if (e->master != bond->index)
			continue;
		port = &i->ports[i->n_ports++];
		memcpy(port->name, e->name, sizeof(port->name));
		port->master = e->index == bond->primary;
		port->active = e->index == bond->active;
	}
}

static void
fill_link(const struct ifevent *e, struct snap_if *i)
{
	memcpy(i->name, e->name, sizeof(i->name));
	i->index = e->index;
	memcpy(i->mac, e->mac, sizeof(i->mac));
	i->mtu = e->mtu;
	i->up = e->up;
	i->running = e->running;
	if (e->link != IFEVENT_UNKNOWN)
		i->link = e->link == IFEVENT_UP ? LINK_UP : LINK_DOWN;
	memcpy(i->descr, e->alias, sizeof(i->descr));
	memcpy(i->parent, e->device, sizeof(i->parent));
}

static void
fill(const struct linklook *l, const struct nicpairs *pairs,
    const struct ifevent *e, struct snap_if *i)
{
	const struct nicpair *pair = nicpair_of(pairs, e->index);
	const struct ifevent *other = linklook_find(l, e->master);

	fill_link(e, i);
	/* A master that is of no look's moment is one all the same. */
	if (e->master != 0)
		snprintf(i->lagg, sizeof(i->lagg), "%s",
		    other != NULL ? other->name : "?");
	fill_addrs(l, e->index, i);
	if (linuxsnap_is_aggregate(e)) {
		i->class = IF_LAGG;
		fill_ports(l, e, i);
	}
	if (pair == NULL || pair->state == NICPAIR_ABSENT)
		return;
	if (pair->state == NICPAIR_OURS)
		i->class = IF_HN;
	i->paired = pair->state == NICPAIR_JOINED ? PAIRED_JOINED
	    : pair->vmbus			  ? PAIRED_BY_HN
						  : PAIRED_AS_DECLARED;
	i->unit = (int)pair->unit;
	other = linklook_find(l, pair->vf);
	if (other != NULL)
		memcpy(i->vf, other->name, sizeof(i->vf));
}

static const struct snap_if *
find_before(const struct linuxsnap *s, size_t *at, uint32_t index)
{
	while (*at < s->n_before && s->before[*at].index < index)
		(*at)++;
	return *at < s->n_before && s->before[*at].index == index
	    ? &s->before[*at]
	    : NULL;
}

/* Interfaces are zeroed before they are filled, so that they can be compared
 * as bytes. */
static void
give_version(struct linuxsnap *s, const struct snap_if *was, struct snap_if *i)
{
	if (was != NULL) {
		i->version = was->version;
		if (memcmp(was, i, sizeof(*i)) == 0)
			return;
	}
	i->version = ++s->versions;
}

static void
swap(struct linuxsnap *s)
{
	struct snap_if *ifs = s->before;
	size_t cap = s->cap_before;

	s->before = s->now;
	s->n_before = s->n_now;
	s->cap_before = s->cap_now;
	s->now = ifs;
	s->cap_now = cap;
}

static void
fill_routes(const struct linklook *l, struct snapshot *out)
{
	const struct ifevent *e;

	if ((e = linklook_find(l, l->route4.index)) != NULL) {
		out->default_gateway = l->route4.gateway;
		memcpy(out->default_if, e->name, sizeof(out->default_if));
	}
	if ((e = linklook_find(l, l->route6.index)) != NULL) {
		out->default_gateway6 = l->route6.gateway;
		memcpy(out->default_if6, e->name, sizeof(out->default_if6));
	}
}

void
linuxsnap_fill(struct linuxsnap *s, const struct linklook *l,
    const struct nicpairs *pairs,
    void (
	*more)(void *ctx, const struct snap_if *i, struct linuxsnap_more *out),
    void *ctx, struct snapshot *out)
{
	struct linuxsnap_more m;
	const struct ifevent *e;
	struct snap_if *i;
	size_t k, at = 0;

	out->os = SNAP_LINUX;
	out->vf_transparent = nicpair_transparent(pairs);
	s->n_now = 0;
	for (k = 0; k < l->n_links; k++) {
		e = &l->links[k];
		i = MEM_PUSH(s->now, s->n_now, s->cap_now);
		fill(l, pairs, e, i);
		if (i->class != IF_OTHER ||
		    nicpair_of_vf(pairs, e->index) != NULL) {
			memset(&m, 0, sizeof(m));
			more(ctx, i, &m);
			i->accept_rtadv = m.accept_rtadv;
			i->no_dad = m.no_dad;
			i->dhclient = m.dhclient;
		}
		give_version(s, find_before(s, &at, e->index), i);
		if (!snapshot_keep(out, i->version))
			*snapshot_add(out) = *i;
	}
	fill_routes(l, out);
	swap(s);
}
