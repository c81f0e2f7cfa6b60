/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * linktable - the interfaces of a system, their addresses and those routes
 * that decide where traffic goes, as far as they were told of.
 *
 * Fed with what happens (linktable_take) and, between linktable_begin() and
 * linktable_end(), with all that there is: what is not told of then is gone.
 * No call, no clock. Whatever it is fed, it takes no more than LINKTABLE_* of
 * each kind.
 *
 * Kept of the routes are the default ones and those to a net on an interface.
 */
#ifndef WORLD_LINKTABLE_H
#define WORLD_LINKTABLE_H

#include <stddef.h>

#include "world/ifevent.h"

#define LINKTABLE_LINKS	 16384
#define LINKTABLE_ADDRS	 1024 /* of one link */
#define LINKTABLE_ROUTES 1024

struct linktable_addr {
	struct ipaddr addr;
	unsigned told; /* in which round */
};

struct linktable_link {
	uint32_t index;
	char name[IFEVENT_NAME]; /* never "" */
	bool up, running, has_mac, aggregate, vlan;
	enum ifevent_link link;
	uint8_t mac[6];
	uint32_t mtu;		  /* 0: not told */
	uint32_t master;	  /* indexes; 0: none */
	uint32_t active, primary; /* of an aggregate */
	uint32_t parent;	  /* of a VLAN */
	struct linktable_addr *addrs;
	size_t n_addrs, cap_addrs;
	unsigned told;
	bool changed; /* since the user of the table last cleared it */
};

struct linktable_route {
	struct ipaddr to, gateway; /* prefix 0: default; family 0: none */
	uint32_t index, metric;
	unsigned told;
};

/* What the table tells. Texts are the words of a routing hint, db/trace.h:
 * "IFINFO eth0 up link-up". Neither may change the table. */
struct linktable_user {
	void (*hint)(void *ctx, const char *text);
	void (*gone)(void *ctx, const char *name); /* an interface */
	void *ctx;
};

struct linktable {
	struct linktable_user user;
	struct linktable_link *links; /* by index, ascending */
	size_t n_links, cap_links;
	struct linktable_route *routes; /* as they came */
	size_t n_routes, cap_routes;
	unsigned round;
	bool routes_changed;
	/* Something happened whose consequences the system does not tell: ask
	 * for everything soon. The asker clears it. */
	bool stale;
};

void linktable_init(struct linktable *t, const struct linktable_user *user);
void linktable_fini(struct linktable *t);

void linktable_take(struct linktable *t, const struct ifevent *e);

/* Everything of one kind (IFEVENT_LINK, _ADDR, _ROUTE) comes now, and has come.
 * A begin that is followed by another one of its kind counts for nothing. */
void linktable_begin(struct linktable *t, enum ifevent_kind what);
void linktable_end(struct linktable *t, enum ifevent_kind what);

const struct linktable_link *linktable_find(const struct linktable *t,
    uint32_t index);
const char *linktable_name(const struct linktable *t, uint32_t index,
    const char *otherwise);

/* The best default route of family 4 or 6; NULL: none. */
const struct linktable_route *linktable_default(const struct linktable *t,
    unsigned family);

#endif
