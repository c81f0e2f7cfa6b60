/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/record_seen.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/strbuf.h"

struct look {
	struct trace *trace;
	int64_t at_ns;
	const struct linktable *table;
};

static void
show(const struct look *k, const struct linktable_link *l, const char *field,
    const char *value)
{
	trace_set_state(k->trace, k->at_ns, l->name, field, value);
}

static const char *
yes_no(bool b)
{
	return b ? "yes" : "no";
}

static void
show_addrs(const struct look *k, const struct linktable_link *l)
{
	struct strbuf list = { 0 };
	char text[IPADDR_TEXT];
	size_t i;

	for (i = 0; i < l->n_addrs; i++)
		strbuf_addf(&list, "%s%s", i > 0 ? " " : "",
		    ipaddr_format(&l->addrs[i].addr, true, text));
	show(k, l, "inet", strbuf_str(&list));
	strbuf_fini(&list);
}

static void
show_aggregate(const struct look *k, const struct linktable_link *l)
{
	struct strbuf list = { 0 };
	const struct linktable_link *port;
	size_t i;

	for (i = 0; i < k->table->n_links; i++) {
		port = &k->table->links[i];
		if (port->master == l->index)
			strbuf_addf(&list, "%s%s", list.bytes > 0 ? " " : "",
			    port->name);
	}
	show(k, l, "ports", strbuf_str(&list));
	strbuf_fini(&list);
	show(k, l, "master", linktable_name(k->table, l->primary, "none"));
	show(k, l, "active", linktable_name(k->table, l->active, "none"));
}

static void
show_link(const struct look *k, const struct linktable_link *l)
{
	static const char *const links[] = { "unknown", "down", "up" };
	char text[MAC_TEXT];

	show(k, l, "exists", "yes");
	show(k, l, "up", yes_no(l->up));
	show(k, l, "running", yes_no(l->running));
	show(k, l, "link", links[l->link]);
	if (l->has_mac)
		show(k, l, "mac", mac_format(l->mac, text));
	if (l->mtu != 0) {
		snprintf(text, sizeof(text), "%" PRIu32, l->mtu);
		show(k, l, "mtu", text);
	}
	show_addrs(k, l);
	show(k, l, "member-of", linktable_name(k->table, l->master, "none"));
	if (l->vlan)
		show(k, l, "parent",
		    linktable_name(k->table, l->parent, "none"));
	if (l->aggregate)
		show_aggregate(k, l);
}

static void
show_default(const struct look *k, const char *field, unsigned family)
{
	const struct linktable_route *r = linktable_default(k->table, family);
	const char *name;
	char text[IPADDR_TEXT + IFEVENT_NAME + 8], gateway[IPADDR_TEXT];

	if (r == NULL) {
		trace_set_state(k->trace, k->at_ns, "route", field, "none");
		return;
	}
	name = linktable_name(k->table, r->index, "?");
	if (r->gateway.family == 0)
		snprintf(text, sizeof(text), "via %s", name);
	else
		snprintf(text, sizeof(text), "%s via %s",
		    ipaddr_format(&r->gateway, false, gateway), name);
	trace_set_state(k->trace, k->at_ns, "route", field, text);
}

static bool
is_connected(const struct linktable_route *r)
{
	return r->to.prefix != 0 && r->to.family == 4;
}

/* The interface that a connected net is reached over. */
static const struct linktable_route *
best_to(const struct linktable *t, const struct ipaddr *to)
{
	const struct linktable_route *best = NULL, *r;
	size_t i;

	for (i = 0; i < t->n_routes; i++) {
		r = &t->routes[i];
		if (is_connected(r) && ipaddr_equal(&r->to, to) &&
		    (best == NULL || r->metric < best->metric))
			best = r;
	}
	return best;
}

static void
show_net(const struct look *k, const struct ipaddr *net, const char *name)
{
	char text[IPADDR_TEXT];

	trace_set_state(k->trace, k->at_ns, "route",
	    ipaddr_format(net, true, text), name);
}

static void
show_routes(struct record_seen *s, const struct look *k)
{
	const struct linktable_route *r;
	size_t i, kept = 0;

	show_default(k, "default", 4);
	if (linktable_default(k->table, 6) != NULL ||
	    trace_get_state(k->trace, "route", "default6") != NULL)
		show_default(k, "default6", 6);
	for (i = 0; i < s->n_nets; i++)
		if (best_to(k->table, &s->nets[i]) == NULL)
			show_net(k, &s->nets[i], "none");
	for (i = 0; i < k->table->n_routes; i++) {
		r = &k->table->routes[i];
		if (!is_connected(r) || best_to(k->table, &r->to) != r)
			continue;
		show_net(k, &r->to, linktable_name(k->table, r->index, "none"));
		s->nets =
		    mem_grow(s->nets, &s->cap_nets, kept + 1, sizeof(*s->nets));
		s->nets[kept++] = r->to;
	}
	s->n_nets = kept;
}

void
record_seen_table(struct record_seen *s, struct trace *t, int64_t at_ns,
    struct linktable *table)
{
	const struct look k = { t, at_ns, table };
	size_t i;

	for (i = 0; i < table->n_links; i++) {
		if (!table->links[i].changed)
			continue;
		show_link(&k, &table->links[i]);
		table->links[i].changed = false;
	}
	if (table->routes_changed)
		show_routes(s, &k);
	table->routes_changed = false;
}

void
record_seen_fini(struct record_seen *s)
{
	free(s->nets);
	s->nets = NULL;
	s->n_nets = s->cap_nets = 0;
}

void
record_seen_gone(struct trace *t, int64_t at_ns, const char *name)
{
	trace_set_state(t, at_ns, name, "exists", "no");
}
