/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/guest/netif.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "failover/rcvars.h"
#include "sim/machine/bond.h"
#include "sim/machine/dhclient.h"
#include "sim/machine/inet.h"
#include "sim/machine/inet6.h"
#include "sim/machine/sysops.h"

void
netif_plan_fini(struct netif_plan *p)
{
	free(p->ops);
	memset(p, 0, sizeof(*p));
}

/* --- what is to be done ----------------------------------------------------
 */

static struct operation *
push(struct netif_plan *p, enum op_kind kind, const char *ifname)
{
	struct operation *op = MEM_PUSH(p->ops, p->n, p->cap);

	op->kind = kind;
	snprintf(op->ifname, sizeof(op->ifname), "%s", ifname);
	return op;
}

/* ifconfig_up: the arguments of ifconfig_IF, and the client that rc waits
 * for. */
static void
plan_main(const struct ifnet *ifp, const struct rc_net *net, const char *ifname,
    struct netif_plan *p)
{
	size_t i;

	if (net->mtu > 0)
		push(p, OP_MTU, ifname)->value = (int)net->mtu;
	if ((net->caps_on | net->caps_off) != 0 && ifp != NULL)
		push(p, OP_CAPS, ifname)->value =
		    (int)((ifp->capenable | net->caps_on) & ~net->caps_off);
	for (i = 0; i < net->n_ports; i++)
		memcpy(push(p, OP_PORT_ADD, ifname)->other, net->ports[i],
		    IFNAME_MAX);
	for (i = 0; i < net->n_main; i++)
		push(p, OP_ADDR_ADD, ifname)->addr = net->addrs[i];
	/* On FreeBSD its address brings it up. */
	if (!net->down &&
	    (net->n_main == 0 || (ifp != NULL && bond_guest(ifp->m))))
		push(p, OP_UP, ifname);
	if (net->dhcp == RC_DHCP_SYNC) {
		struct operation *op = push(p, OP_DHCP_START, ifname);

		op->value = strstr(net->dhclient_flags, "-b") == NULL;
		snprintf(op->program, sizeof(op->program), "dhclient");
	}
}

static void
plan_rest(const struct rc_net *net, const char *ifname, struct netif_plan *p)
{
	size_t i;

	for (i = net->n_main; i < net->n_addrs; i++)
		push(p, OP_ADDR_ADD, ifname)->addr = net->addrs[i];
	if (net->no_dad)
		push(p, OP_NO_DAD, ifname)->value = 1;
	if (net->accept_rtadv) {
		push(p, OP_RTADV, ifname)->value = 1;
		if (!net->rtsold)
			push(p, OP_RTSOL, ifname);
	}
	if (net->descr[0] != '\0')
		snprintf(push(p, OP_DESCR, ifname)->text,
		    sizeof(p->ops[0].text), "%.63s", net->descr);
	if (net->down)
		push(p, OP_DOWN, ifname);
}

/* "hn0.10" says by its name what it is; another name is given afterwards. */
static void
plan_vlan(const struct rc_vlan *vlan, const char *parent, struct netif_plan *p)
{
	char name[IFNAME_MAX];
	struct operation *op;

	if (strchr(vlan->name, '.') != NULL) {
		push(p, OP_CLONE, vlan->name);
		return;
	}
	snprintf(name, sizeof(name), "vlan%u", vlan->tag);
	push(p, OP_CLONE, name);
	op = push(p, OP_VLAN, name);
	op->value = (int)vlan->tag;
	snprintf(op->other, sizeof(op->other), "%s", parent);
	if (strcmp(name, vlan->name) != 0)
		snprintf(push(p, OP_RENAME, name)->other, IFNAME_MAX, "%s",
		    vlan->name);
}

void
netif_plan_start(struct machine *m, const char *ifname, struct netif_plan *p)
{
	struct ifnet *ifp = ifnet_find(m, ifname);
	struct diag quiet = { 0 };
	struct rc_net net;
	size_t i;

	rcvars_net(m->rc, ifname, &quiet, &net);
	if (ifp != NULL)
		inet6_set_disabled(ifp, !net.ipv6);
	if (net.configured && !net.no_auto) {
		plan_main(ifp, &net, ifname, p);
		plan_rest(&net, ifname, p);
	}
	for (i = 0; i < net.n_vlans; i++) {
		plan_vlan(&net.vlans[i], ifname, p);
		netif_plan_start(m, net.vlans[i].name, p);
	}
	if (net.rtsold)
		inet6_set_rtsold(m, true);
}

void
netif_plan_stop(struct machine *m, const char *ifname, struct netif_plan *p)
{
	const struct ifnet *ifp = ifnet_find(m, ifname);
	size_t i;

	if (ifp == NULL)
		return;
	if (dhclient_runs(m, ifname))
		push(p, OP_DHCP_STOP, ifname);
	for (i = 0; i < ifp->n_addrs; i++)
		push(p, OP_ADDR_DEL, ifname)->addr = ifp->addrs[i];
	push(p, OP_DOWN, ifname);
}

/* rc.d/routing. A link-local router is written as fe80::1%hn0. */
static void
plan_routing(struct machine *m, struct netif_plan *p)
{
	const char *text = rcvars_get(m->rc, "ipv6_defaultrouter");
	const char *percent = text == NULL ? NULL : strchr(text, '%');
	struct diag quiet = { 0 };
	struct operation *op;
	struct rc_net net;

	rcvars_net(m->rc, "lo0", &quiet, &net);
	if (net.gateway.family != 0)
		push(p, OP_DEFAULT_ADD, "")->addr = net.gateway;
	if (net.gateway6.family != 0) {
		op = push(p, OP_DEFAULT_ADD, "");
		op->addr = net.gateway6;
		if (percent != NULL)
			snprintf(op->ifname, sizeof(op->ifname), "%s",
			    percent + 1);
	}
}

void
netif_plan_boot(struct machine *m, struct netif_plan *p)
{
	const struct ifnet *ifp;
	char name[IFNAME_MAX];
	size_t i;

	for (i = 0; rc_cloned(m->rc, i, name); i++)
		push(p,
		    strncmp(name, "lagg", 4) == 0 ? OP_LAGG_CREATE : OP_CLONE,
		    name);
	TAILQ_FOREACH (ifp, &m->ifs, entry)
		netif_plan_start(m, ifp->name, p);
	for (i = 0; rc_cloned(m->rc, i, name); i++)
		netif_plan_start(m, name, p);
	plan_routing(m, p);
}

/* --- doing it --------------------------------------------------------------
 */

struct netif_run {
	TAILQ_ENTRY(netif_run) entry;
	struct machine *m;
	struct netif_plan plan;
	size_t next;
	struct vevent start;
	void (*done)(void *ctx);
	void *ctx;
};

static void
forget(struct netif_run *r)
{
	vclock_cancel(&r->m->clock, &r->start);
	TAILQ_REMOVE(&r->m->netif_runs, r, entry);
	netif_plan_fini(&r->plan);
	free(r);
}

static void go_on(struct netif_run *r);

static void
operation_done(struct ktask *k)
{
	go_on(k->ctx);
}

static void
go_on(struct netif_run *r)
{
	if (r->next < r->plan.n) {
		sysop_begin(r->m, &r->plan.ops[r->next++], operation_done, r);
		return;
	}
	if (r->done != NULL)
		r->done(r->ctx);
	forget(r);
}

static void
start_fire(void *ctx, struct vevent *e)
{
	(void)e;
	go_on(ctx);
}

static void
forget_all(struct machine *m)
{
	while (!TAILQ_EMPTY(&m->netif_runs))
		forget(TAILQ_FIRST(&m->netif_runs));
}

struct netif_run *
netif_run(struct machine *m, struct netif_plan *p, void (*done)(void *ctx),
    void *ctx)
{
	struct netif_run *r = mem_zero(1, sizeof(*r));

	r->m = m;
	r->plan = *p;
	memset(p, 0, sizeof(*p));
	r->done = done;
	r->ctx = ctx;
	r->start.fire = start_fire;
	r->start.ctx = r;
	r->start.domain = VGUEST;
	TAILQ_INSERT_TAIL(&m->netif_runs, r, entry);
	machine_at_end(m, forget_all);
	vclock_after(&m->clock, &r->start, 0);
	return r;
}

void
netif_run_forget(struct netif_run *r)
{
	r->done = NULL;
}
