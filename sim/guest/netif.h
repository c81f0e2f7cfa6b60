/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * netif - what rc(8) does to interfaces as rc.conf asks for it: rc.d/netif
 * (clones, arguments, aliases, IPv6, VLANs, a synchronous DHCP client) and
 * rc.d/routing, as operations in their order (FACTS.md E.4).
 *
 * With plain DHCP netif only brings the interface up: devd starts the client
 * when the link comes (FREEBSD-HN.md h).
 */
#ifndef SIM_GUEST_NETIF_H
#define SIM_GUEST_NETIF_H

#include "sim/machine/machine.h"

struct netif_plan { /* zeroed is empty */
	struct operation *ops;
	size_t n, cap;
};

void netif_plan_fini(struct netif_plan *p);

/* Each appends. nd6's "ifdisabled" is set at once, as the first thing. */
void netif_plan_start(struct machine *m, const char *ifname,
    struct netif_plan *p);
void netif_plan_stop(struct machine *m, const char *ifname,
    struct netif_plan *p);
void netif_plan_boot(struct machine *m, struct netif_plan *p);

/* Carries a plan out, one operation after the other, whatever comes of them.
 * The plan is taken over. done(ctx), which may be NULL, is called at the end,
 * not from within this call. */
struct netif_run;
struct netif_run *netif_run(struct machine *m, struct netif_plan *p,
    void (*done)(void *ctx), void *ctx);
/* Nobody wants to hear of its end any more. Not after done(). */
void netif_run_forget(struct netif_run *r);

#endif
