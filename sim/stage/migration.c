/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/stage/migration.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/ipaddr.h"
#include "base/mem.h"
#include "sim/machine/ktask.h"

struct migration {
	struct machine *m;
	void (*stop)(void *ctx, int64_t duration_ns);
	void *ctx;
	bool copying, moving; /* neither: none is under way */
	unsigned host;
	struct vevent copied, given_up, arrived;
};

static void note(struct migration *g, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void
note(struct migration *g, const char *fmt, ...)
{
	char text[128];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	trace_add_note(g->m->trace, g->m->clock.now_ns, "host", text);
}

static void
show(struct migration *g)
{
	int64_t now = g->m->clock.now_ns;
	char host[16];

	snprintf(host, sizeof(host), "%u", g->host);
	trace_set_state(g->m->trace, now, "vm", "host", host);
	trace_set_state(g->m->trace, now, "vm", "migrating",
	    g->copying || g->moving ? "yes" : "no");
}

/* The guest does its part when it runs: neighbours are told, and so is who
 * listens to the kernel. */
static int64_t
announce_step(struct machine *m, struct ktask *k)
{
	if (k->pc++ == 0)
		return machine_delay(m, "kernel.link_task");
	machine_hint(m);
	return KTASK_DONE;
}

static void
announce(struct migration *g)
{
	const struct ifnet *ifp;
	char mac[MAC_TEXT];

	TAILQ_FOREACH (ifp, &g->m->ifs, entry)
		if (ifp->kind == KIND_HN || ifp->kind == KIND_VF)
			note(g, "host %u announces %s of %s", g->host,
			    mac_format(ifp->hw_mac, mac), ifp->name);
	if (g->m->os == SNAP_LINUX)
		ktask_start(g->m, announce_step, 0);
}

static void
arrived_fire(void *ctx, struct vevent *e)
{
	struct migration *g = ctx;
	const struct ifnet *ifp;

	(void)e;
	g->moving = false;
	g->host++;
	TAILQ_FOREACH (ifp, &g->m->ifs, entry)
		if (ifp->kind == KIND_VF)
			machine_reach(g->m, "migrated-with-vf");
	show(g);
	announce(g);
}

static void
copied_fire(void *ctx, struct vevent *e)
{
	struct migration *g = ctx;
	int64_t downtime = machine_delay(g->m, "vm.downtime");

	(void)e;
	vclock_cancel(&g->m->clock, &g->given_up);
	g->copying = false;
	g->moving = true;
	g->stop(g->ctx, downtime);
	vclock_after(&g->m->clock, &g->arrived, downtime);
}

static void
given_up_fire(void *ctx, struct vevent *e)
{
	struct migration *g = ctx;

	(void)e;
	vclock_cancel(&g->m->clock, &g->copied);
	g->copying = false;
	note(g, "the migration is cancelled");
	show(g);
}

static void
host_event(struct migration *g, struct vevent *e,
    void (*fire)(void *ctx, struct vevent *e))
{
	e->fire = fire;
	e->ctx = g;
	e->domain = VHOST;
}

struct migration *
migration_new(struct machine *m, void (*stop)(void *ctx, int64_t duration_ns),
    void *ctx)
{
	struct migration *g = mem_zero(1, sizeof(*g));

	g->m = m;
	g->stop = stop;
	g->ctx = ctx;
	g->host = 1;
	host_event(g, &g->copied, copied_fire);
	host_event(g, &g->given_up, given_up_fire);
	host_event(g, &g->arrived, arrived_fire);
	show(g);
	return g;
}

void
migration_free(struct migration *g)
{
	free(g);
}

void
migration_begin(struct migration *g, int64_t cancel_ns)
{
	if (g->copying || g->moving) {
		note(g, "another migration is refused: one is under way");
		return;
	}
	g->copying = true;
	vclock_after(&g->m->clock, &g->copied,
	    machine_delay(g->m, "vm.precopy"));
	if (cancel_ns > 0)
		vclock_after(&g->m->clock, &g->given_up, cancel_ns);
	show(g);
}
