/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/linktable.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void
linktable_init(struct linktable *t, const struct linktable_user *user)
{
	memset(t, 0, sizeof(*t));
	t->user = *user;
}

void
linktable_fini(struct linktable *t)
{
	size_t i;

	for (i = 0; i < t->n_links; i++)
		free(t->links[i].addrs);
	free(t->links);
	free(t->routes);
	memset(t, 0, sizeof(*t));
}

/* Hints are of what happened, not of what there is. */
static void __attribute__((format(printf, 3, 4)))
hint(const struct linktable *t, const struct ifevent *e, const char *fmt, ...)
{
	char text[160], *p;
	va_list ap;

	if (e->answer || t->user.hint == NULL)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	/* A kernel takes any name (FACTS.md A.4), and a hint is a line. */
	for (p = text; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == '\177')
			*p = '?';
	t->user.hint(t->user.ctx, text);
}

/* --- links --- */

/* Where it is, or would be. */
static size_t
place_of(const struct linktable *t, uint32_t index)
{
	size_t low = 0, high = t->n_links, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (t->links[mid].index < index)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static struct linktable_link *
link_of(struct linktable *t, uint32_t index)
{
	size_t at = place_of(t, index);

	return at < t->n_links && t->links[at].index == index ? &t->links[at]
							      : NULL;
}

const struct linktable_link *
linktable_find(const struct linktable *t, uint32_t index)
{
	size_t at = place_of(t, index);

	return at < t->n_links && t->links[at].index == index ? &t->links[at]
							      : NULL;
}

const char *
linktable_name(const struct linktable *t, uint32_t index, const char *otherwise)
{
	const struct linktable_link *l = linktable_find(t, index);

	return l != NULL ? l->name : otherwise;
}

/* Others may name it. */
static void
all_changed(struct linktable *t)
{
	size_t i;

	for (i = 0; i < t->n_links; i++)
		t->links[i].changed = true;
	t->routes_changed = true;
}

static void
drop_routes(struct linktable *t, uint32_t index, unsigned family)
{
	size_t i, kept = 0;

	for (i = 0; i < t->n_routes; i++)
		if (t->routes[i].index != index ||
		    (family != 0 && t->routes[i].to.family != family))
			t->routes[kept++] = t->routes[i];
	t->routes_changed |= kept != t->n_routes;
	t->n_routes = kept;
}

static void
remove_link(struct linktable *t, size_t at, const struct ifevent *e)
{
	struct linktable_link l = t->links[at];

	memmove(&t->links[at], &t->links[at + 1],
	    (t->n_links - at - 1) * sizeof(*t->links));
	t->n_links--;
	drop_routes(t, l.index, 0);
	all_changed(t);
	t->stale |= !e->answer;
	hint(t, e, "ANNOUNCE %s departure", l.name);
	if (t->user.gone != NULL)
		t->user.gone(t->user.ctx, l.name);
	free(l.addrs);
}

/* Nobody else has the name any more, whatever we missed. */
static void
free_name(struct linktable *t, const struct ifevent *e)
{
	size_t i;

	for (i = 0; i < t->n_links; i++)
		if (t->links[i].index != e->index &&
		    strcmp(t->links[i].name, e->name) == 0) {
			remove_link(t, i, e);
			return;
		}
}

static struct linktable_link *
add_link(struct linktable *t, const struct ifevent *e)
{
	size_t at = place_of(t, e->index);
	struct linktable_link *l;

	if ((e->has & IFHAS_NAME) == 0 || t->n_links >= LINKTABLE_LINKS)
		return NULL;
	t->links = mem_grow(t->links, &t->cap_links, t->n_links + 1,
	    sizeof(*t->links));
	memmove(&t->links[at + 1], &t->links[at],
	    (t->n_links - at) * sizeof(*t->links));
	t->n_links++;
	l = &t->links[at];
	memset(l, 0, sizeof(*l));
	l->index = e->index;
	memcpy(l->name, e->name, sizeof(l->name));
	all_changed(t);
	hint(t, e, "ANNOUNCE %s arrival", l->name);
	return l;
}

static void
rename_link(struct linktable *t, struct linktable_link *l,
    const struct ifevent *e)
{
	hint(t, e, "ANNOUNCE %s departure", l->name);
	if (t->user.gone != NULL)
		t->user.gone(t->user.ctx, l->name);
	memcpy(l->name, e->name, sizeof(l->name));
	hint(t, e, "ANNOUNCE %s arrival", l->name);
	all_changed(t);
}

static void
went_down(struct linktable *t, uint32_t index, const struct ifevent *e)
{
	/* Linux takes IPv4's routes away with the interface and does not say
	 * so (its fib_sync_down_dev()). */
	drop_routes(t, index, 4);
	t->stale |= !e->answer;
}

static void
fill_link(struct linktable *t, struct linktable_link *l,
    const struct ifevent *e)
{
	const unsigned refers = IFHAS_MASTER;
	bool was_up = l->up;

	if ((e->has & refers) != 0 && l->master != e->master)
		all_changed(t);
	if ((e->has & IFHAS_FLAGS) != 0) {
		l->up = e->up;
		l->running = e->running;
	}
	if ((e->has & IFHAS_LINK) != 0)
		l->link = e->link;
	if ((e->has & IFHAS_MAC) != 0) {
		memcpy(l->mac, e->mac, sizeof(l->mac));
		l->has_mac = true;
	}
	if ((e->has & IFHAS_MTU) != 0)
		l->mtu = e->mtu;
	if ((e->has & IFHAS_MASTER) != 0)
		l->master = e->master;
	if ((e->has & IFHAS_AGGREGATE) != 0) {
		l->aggregate = true;
		l->active = e->active;
		l->primary = e->primary;
	}
	if ((e->has & IFHAS_PARENT) != 0) {
		l->vlan = true;
		l->parent = e->parent;
	}
	l->changed = true;
	l->told = t->round;
	if (was_up && !l->up)
		went_down(t, l->index, e);
}

static void
take_link(struct linktable *t, const struct ifevent *e)
{
	static const char *const links[] = { "unknown", "down", "up" };
	struct linktable_link *l = link_of(t, e->index);

	if (e->gone) {
		if (l != NULL)
			remove_link(t, (size_t)(l - t->links), e);
		return;
	}
	if ((e->has & IFHAS_NAME) != 0) {
		free_name(t, e);
		l = link_of(t, e->index);
	}
	if (l == NULL)
		l = add_link(t, e);
	else if ((e->has & IFHAS_NAME) != 0 && strcmp(l->name, e->name) != 0)
		rename_link(t, l, e);
	if (l == NULL)
		return;
	fill_link(t, l, e);
	if ((e->has & (IFHAS_FLAGS | IFHAS_LINK)) != 0)
		hint(t, e, "IFINFO %s %s link-%s", l->name,
		    l->up ? "up" : "down", links[l->link]);
}

/* --- addresses --- */

static void
take_addr(struct linktable *t, const struct ifevent *e)
{
	struct linktable_link *l = link_of(t, e->index);
	char text[IPADDR_TEXT];
	size_t i;

	if (l == NULL)
		return;
	hint(t, e, "%s %s %s", e->gone ? "DELADDR" : "NEWADDR", l->name,
	    ipaddr_format(&e->addr, true, text));
	for (i = 0; i < l->n_addrs; i++)
		if (ipaddr_equal(&l->addrs[i].addr, &e->addr))
			break;
	if (e->gone && i < l->n_addrs) {
		l->n_addrs--;
		memmove(&l->addrs[i], &l->addrs[i + 1],
		    (l->n_addrs - i) * sizeof(*l->addrs));
	}
	l->changed = true;
	if (e->gone) {
		t->stale |= !e->answer; /* routes from it go untold */
		return;
	}
	if (i == l->n_addrs && l->n_addrs < LINKTABLE_ADDRS)
		MEM_PUSH(l->addrs, l->n_addrs, l->cap_addrs)->addr = e->addr;
	if (i < l->n_addrs)
		l->addrs[i].told = t->round;
}

/* --- routes --- */

static bool
is_kept(const struct ifevent *e)
{
	return e->addr.prefix == 0 || e->gateway.family == 0;
}

static bool
same_place(const struct linktable_route *r, const struct ifevent *e)
{
	return ipaddr_equal(&r->to, &e->addr) && r->metric == e->metric;
}

static bool
same_route(const struct linktable_route *r, const struct ifevent *e)
{
	return same_place(r, e) && r->index == e->index &&
	    ipaddr_equal(&r->gateway, &e->gateway);
}

static void
hint_route(const struct linktable *t, const struct ifevent *e)
{
	const char *name = linktable_name(t, e->index, "?");
	const char *word = e->gone ? "DELETE" : "ADD";
	char text[IPADDR_TEXT];

	if (e->addr.prefix == 0)
		hint(t, e, "%s default%s %s", word,
		    e->addr.family == 6 ? "6" : "", name);
	else
		hint(t, e, "%s %s %s", word,
		    ipaddr_format(&e->addr, true, text), name);
}

static void
take_route(struct linktable *t, const struct ifevent *e)
{
	struct linktable_route *r;
	size_t i, kept = 0;
	bool found = false;

	hint_route(t, e);
	for (i = 0; i < t->n_routes; i++) {
		r = &t->routes[i];
		if (e->gone && same_route(r, e))
			continue;
		if (!e->gone && same_route(r, e)) {
			r->told = t->round;
			found = true;
		} else if (!e->gone && e->replace && same_place(r, e))
			continue;
		t->routes[kept++] = *r;
	}
	t->routes_changed |= kept != t->n_routes;
	t->n_routes = kept;
	if (e->gone || found || !is_kept(e) || t->n_routes >= LINKTABLE_ROUTES)
		return;
	r = MEM_PUSH(t->routes, t->n_routes, t->cap_routes);
	r->to = e->addr;
	r->gateway = e->gateway;
	r->index = e->index;
	r->metric = e->metric;
	r->told = t->round;
	t->routes_changed = true;
}

const struct linktable_route *
linktable_default(const struct linktable *t, unsigned family)
{
	const struct linktable_route *best = NULL, *r;
	size_t i;

	for (i = 0; i < t->n_routes; i++) {
		r = &t->routes[i];
		if (r->to.prefix == 0 && r->to.family == family &&
		    (best == NULL || r->metric < best->metric))
			best = r;
	}
	return best;
}

/* --- all --- */

void
linktable_take(struct linktable *t, const struct ifevent *e)
{
	switch (e->kind) {
	case IFEVENT_LINK:
		take_link(t, e);
		break;
	case IFEVENT_ADDR:
		take_addr(t, e);
		break;
	case IFEVENT_ROUTE:
		take_route(t, e);
		break;
	case IFEVENT_OTHER:
	case IFEVENT_END:
	case IFEVENT_ERROR:
		break;
	}
}

/* What there is of this kind bears another round until it is told again; a
 * round is begun for each kind, so the others must come along. */
void
linktable_begin(struct linktable *t, enum ifevent_kind what)
{
	unsigned old = t->round++;
	size_t i, k;

	for (i = 0; i < t->n_links; i++) {
		struct linktable_link *l = &t->links[i];

		l->told = what == IFEVENT_LINK ? old : t->round;
		for (k = 0; k < l->n_addrs; k++)
			l->addrs[k].told =
			    what == IFEVENT_ADDR ? old : t->round;
	}
	for (i = 0; i < t->n_routes; i++)
		t->routes[i].told = what == IFEVENT_ROUTE ? old : t->round;
}

static void
sweep_links(struct linktable *t)
{
	const struct ifevent sweep = { .answer = true };
	size_t i;

	for (i = t->n_links; i-- > 0;)
		if (t->links[i].told != t->round)
			remove_link(t, i, &sweep);
}

static void
sweep_addrs(struct linktable *t)
{
	struct linktable_link *l;
	size_t i, k, kept;

	for (i = 0; i < t->n_links; i++) {
		l = &t->links[i];
		for (k = kept = 0; k < l->n_addrs; k++)
			if (l->addrs[k].told == t->round)
				l->addrs[kept++] = l->addrs[k];
		l->changed |= kept != l->n_addrs;
		l->n_addrs = kept;
	}
}

static void
sweep_routes(struct linktable *t)
{
	size_t i, kept = 0;

	for (i = 0; i < t->n_routes; i++)
		if (t->routes[i].told == t->round)
			t->routes[kept++] = t->routes[i];
	t->routes_changed |= kept != t->n_routes;
	t->n_routes = kept;
}

void
linktable_end(struct linktable *t, enum ifevent_kind what)
{
	if (what == IFEVENT_LINK)
		sweep_links(t);
	else if (what == IFEVENT_ADDR)
		sweep_addrs(t);
	else if (what == IFEVENT_ROUTE)
		sweep_routes(t);
}
