/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * linklook - one look at all interfaces of a Linux system: the answers to
 * three questions (links, addresses, routes) as they were decoded. Pure.
 *
 * Taken are at most LINKLOOK_LINKS and LINKLOOK_ADDRS; what is beyond them is
 * counted and left out.
 */
#ifndef WORLD_LINKLOOK_H
#define WORLD_LINKLOOK_H

#include <stddef.h>

#include "world/ifevent.h"

#define LINKLOOK_LINKS 16384
#define LINKLOOK_ADDRS 65536

struct linklook_addr {
	uint32_t index;
	size_t order; /* in which it came */
	unsigned is;  /* IFADDR_* */
	struct ipaddr addr;
};

struct linklook_route { /* a default one; index 0: none */
	uint32_t index, metric;
	struct ipaddr gateway; /* family 0: straight out of the interface */
};

struct linklook {	       /* zeroed is empty */
	struct ifevent *links; /* by index, ascending; owned */
	size_t n_links, cap_links;
	struct linklook_addr *addrs; /* by index, as they came; owned */
	size_t n_addrs, cap_addrs;
	struct linklook_route route4, route6; /* the best */
	size_t left_out;
};

void linklook_reset(struct linklook *l);
void linklook_fini(struct linklook *l);
void linklook_take(struct linklook *l, const struct ifevent *e);
void linklook_sort(struct linklook *l); /* when all is taken */

/* NULL if absent. The addresses of an interface are *count in a row. */
const struct ifevent *linklook_find(const struct linklook *l, uint32_t index);
const struct ifevent *linklook_named(const struct linklook *l,
    const char *name);
const struct linklook_addr *linklook_addrs(const struct linklook *l,
    uint32_t index, size_t *count);

#endif
