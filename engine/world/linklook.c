/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/linklook.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void
linklook_reset(struct linklook *l)
{
	l->n_links = l->n_addrs = l->left_out = 0;
	memset(&l->route4, 0, sizeof(l->route4));
	memset(&l->route6, 0, sizeof(l->route6));
}

void
linklook_fini(struct linklook *l)
{
	free(l->links);
	free(l->addrs);
	memset(l, 0, sizeof(*l));
}

static void
take_route(struct linklook *l, const struct ifevent *e)
{
	struct linklook_route *r =
	    e->addr.family == 6 ? &l->route6 : &l->route4;

	/* Of two equal ones the first is the older one. */
	if (e->addr.prefix != 0 || (r->index != 0 && e->metric >= r->metric))
		return;
	r->index = e->index;
	r->metric = e->metric;
	r->gateway = e->gateway;
}

void
linklook_take(struct linklook *l, const struct ifevent *e)
{
	struct linklook_addr *a;

	if (e->kind == IFEVENT_ROUTE) {
		take_route(l, e);
	} else if (e->kind == IFEVENT_LINK && (e->has & IFHAS_NAME) != 0) {
		if (l->n_links == LINKLOOK_LINKS)
			l->left_out++;
		else
			*MEM_PUSH(l->links, l->n_links, l->cap_links) = *e;
	} else if (e->kind == IFEVENT_ADDR) {
		if (l->n_addrs == LINKLOOK_ADDRS) {
			l->left_out++;
			return;
		}
		a = MEM_PUSH(l->addrs, l->n_addrs, l->cap_addrs);
		a->index = e->index;
		a->order = l->n_addrs;
		a->is = e->addr_is;
		a->addr = e->addr;
	}
}

static int
by_link(const void *a, const void *b)
{
	const struct ifevent *x = a, *y = b;

	return (x->index > y->index) - (x->index < y->index);
}

/* The kernel's order within an interface says which address is the first. */
static int
by_addr(const void *a, const void *b)
{
	const struct linklook_addr *x = a, *y = b;

	if (x->index != y->index)
		return x->index > y->index ? 1 : -1;
	return (x->order > y->order) - (x->order < y->order);
}

void
linklook_sort(struct linklook *l)
{
	if (l->n_links > 1)
		qsort(l->links, l->n_links, sizeof(*l->links), by_link);
	if (l->n_addrs > 1)
		qsort(l->addrs, l->n_addrs, sizeof(*l->addrs), by_addr);
}

const struct ifevent *
linklook_find(const struct linklook *l, uint32_t index)
{
	const struct ifevent key = { .index = index };

	if (l->n_links == 0)
		return NULL;
	return bsearch(&key, l->links, l->n_links, sizeof(key), by_link);
}

const struct ifevent *
linklook_named(const struct linklook *l, const char *name)
{
	size_t i;

	for (i = 0; i < l->n_links; i++)
		if (strcmp(l->links[i].name, name) == 0)
			return &l->links[i];
	return NULL;
}

const struct linklook_addr *
linklook_addrs(const struct linklook *l, uint32_t index, size_t *count)
{
	size_t low = 0, high = l->n_addrs, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (l->addrs[middle].index < index)
			low = middle + 1;
		else
			high = middle;
	}
	for (*count = 0;
	     low + *count < l->n_addrs && l->addrs[low + *count].index == index;
	     (*count)++)
		;
	return *count > 0 ? &l->addrs[low] : NULL;
}
