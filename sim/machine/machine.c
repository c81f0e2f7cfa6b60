/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/machine/machine.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "sim/machine/bond.h"
#include "sim/machine/hn.h"
#include "sim/machine/dhclient.h"
#include "sim/machine/dhcp.h"
#include "sim/machine/inet.h"
#include "sim/machine/inet6.h"
#include "sim/machine/lagg.h"
#include "sim/scenario/reach.h"

#define DEVCTL_QUEUE 1000 /* hw.bus.devctl_queue's default (FACTS.md A.6) */

static void
record_fire(void *ctx, struct vevent *e)
{
	struct machine *m = ctx;

	(void)e;
	if (m->on_record != NULL)
		m->on_record(m->engine_ctx);
}

static void
hint_fire(void *ctx, struct vevent *e)
{
	struct machine *m = ctx;

	(void)e;
	if (m->on_hint != NULL)
		m->on_hint(m->engine_ctx);
}

struct machine *
machine_new(struct profile *profile, struct trace *trace)
{
	struct machine *m = mem_zero(1, sizeof(*m));

	m->profile = profile;
	m->old_kernel = profile_flag(profile, "hn.old_kernel");
	m->hn_thread = profile_flag(profile, "hn.async") ||
	    profile_flag(profile, "hn.association");
	m->clock.drawn = profile_drawn(profile);
	m->trace = trace;
	m->devctl_limit = DEVCTL_QUEUE;
	m->dirty = true;
	TAILQ_INIT(&m->ifs);
	TAILQ_INIT(&m->gone);
	TAILQ_INIT(&m->jailed);
	TAILQ_INIT(&m->swi);
	TAILQ_INIT(&m->bus_queue);
	TAILQ_INIT(&m->bus_unnamed);
	TAILQ_INIT(&m->routes);
	TAILQ_INIT(&m->netif_runs);
	TAILQ_INIT(&m->tasks);
	STAILQ_INIT(&m->devctl);
	m->record_event.fire = record_fire;
	m->hint_event.fire = hint_fire;
	m->record_event.ctx = m->hint_event.ctx = m;
	m->record_event.domain = m->hint_event.domain = VGUEST;
	return m;
}

void
machine_free(struct machine *m)
{
	struct ifnet *ifp;

	if (m == NULL)
		return;
	m->on_record = m->on_hint = NULL;
	ktask_forget_all(m);
	while (m->n_at_end > 0)
		m->at_end[--m->n_at_end](m);
	dhcp_free(m);
	inet6_free(m);
	inet_fini(m);
	devctl_fini(m);
	TAILQ_CONCAT(&m->ifs, &m->jailed, entry);
	TAILQ_CONCAT(&m->ifs, &m->gone, entry);
	while ((ifp = TAILQ_FIRST(&m->ifs)) != NULL) {
		TAILQ_REMOVE(&m->ifs, ifp, entry);
		free(ifp);
	}
	free(m->dirty_ifs);
	vclock_fini(&m->clock);
	free(m);
}

void
machine_at_end(struct machine *m, void (*leave)(struct machine *m))
{
	size_t i;

	for (i = 0; i < m->n_at_end; i++)
		if (m->at_end[i] == leave)
			return;
	assert(m->n_at_end < MACHINE_AT_END);
	m->at_end[m->n_at_end++] = leave;
}

int64_t
machine_delay(struct machine *m, const char *name)
{
	return profile_delay(m->profile, name);
}

bool
machine_flag(const struct machine *m, const char *name)
{
	return profile_flag(m->profile, name);
}

static void
mark_dirty(struct machine *m, struct ifnet *ifp)
{
	ifp->version = ++m->versions;
	if (ifp->dirty)
		return;
	ifp->dirty = true;
	*MEM_PUSH(m->dirty_ifs, m->n_dirty, m->cap_dirty) = ifp;
}

void
machine_changed(struct machine *m, struct ifnet *ifp)
{
	m->dirty = m->path_changed = true;
	if (ifp == NULL) {
		m->path_all = true;
		return;
	}
	mark_dirty(m, ifp);
	/* What a lagg shows follows from its ports. */
	if (ifp->member_of != NULL)
		mark_dirty(m, ifp->member_of);
}

/* The last that was changed is nothing that the trace has to show. */
void
machine_overlook(struct machine *m, struct ifnet *newest)
{
	if (m->n_dirty > 0 && m->dirty_ifs[m->n_dirty - 1] == newest) {
		m->n_dirty--;
		newest->dirty = false;
	}
}

/* Its name is about to change: the old one is gone for who looks, and all
 * that show it show another. */
void
machine_renamed(struct machine *m, struct ifnet *ifp)
{
	struct ifnet *other;
	size_t i;

	machine_settle(m);
	if (m->trace != NULL)
		trace_set_state(m->trace, m->clock.now_ns, ifp->name, "exists",
		    "no");
	ifp->shown_caps = 0;
	machine_changed(m, ifp);
	/* A name is shown by others too: who it belongs to, its ports, its
	 * vlans. */
	if (ifp->vf.hn != NULL)
		machine_changed(m, ifp->vf.hn);
	for (i = 0; i < ifp->lagg.n_ports; i++)
		machine_changed(m, ifp->lagg.ports[i]);
	TAILQ_FOREACH (other, &m->ifs, entry)
		if (other->kind == KIND_VLAN && other->vlan.parent == ifp)
			machine_changed(m, other);
}

void
machine_panic(struct machine *m, const char *why)
{
	if (m->panicked)
		return;
	m->panicked = true;
	machine_kernel_note(m, "panic: %s", why);
	vclock_freeze(&m->clock, INT64_MAX - m->clock.now_ns);
	machine_changed(m, NULL);
}

void
machine_hint(struct machine *m)
{
	if (m->on_hint != NULL && !timer_is_armed(&m->hint_event.timer))
		vclock_after(&m->clock, &m->hint_event,
		    machine_delay(m, "kernel.route"));
}

void
machine_rt(struct machine *m, const char *fmt, ...)
{
	char text[128];
	va_list ap;

	if ((m->trace == NULL || m->trace->sparse) && !dhclient_listens(m) &&
	    !inet6_listens(m)) {
		machine_hint(m); /* what it says nobody reads */
		return;
	}
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (m->trace != NULL)
		trace_add_hint(m->trace, m->clock.now_ns, text);
	dhclient_hear(m, text);
	inet6_hear(m, text);
	machine_hint(m);
}

void
machine_reach(struct machine *m, const char *name)
{
	m->reached |= reach_bit(name);
	if (m->trace != NULL)
		trace_add_reach(m->trace, name);
}

void
machine_kernel_note(struct machine *m, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	trace_add_note(m->trace, m->clock.now_ns, "kernel", text);
}

/* --- what the trace sees --- */

static const char *
yes_no(bool b)
{
	return b ? "yes" : "no";
}

static const char *
name_or_none(const struct ifnet *ifp)
{
	return ifp == NULL ? "none" : ifp->name;
}

static void
show(const struct ifnet *ifp, const char *field, const char *value)
{
	trace_set_state(ifp->m->trace, ifp->m->clock.now_ns, ifp->name, field,
	    value);
}

static void
show_addresses(const struct ifnet *ifp)
{
	struct strbuf list = { 0 };
	char text[IPADDR_TEXT];
	size_t i;

	for (i = 0; i < ifp->n_addrs; i++)
		strbuf_addf(&list, "%s%s", i > 0 ? " " : "",
		    ipaddr_format(&ifp->addrs[i], true, text));
	show(ifp, "inet", strbuf_str(&list));
	strbuf_fini(&list);
}

/* The words of ifconfig(8). */
static void
show_capabilities(struct ifnet *ifp)
{
	static const struct {
		uint32_t bit;
		const char *word;
	} words[] = { { CAP_RXCSUM, "rxcsum" }, { CAP_TXCSUM, "txcsum" },
		{ CAP_VLAN_MTU, "vlanmtu" },
		{ CAP_VLAN_HWTAGGING, "vlanhwtag" },
		{ CAP_JUMBO_MTU, "jumbomtu" },
		{ CAP_VLAN_HWCSUM, "vlanhwcsum" }, { CAP_TSO4, "tso4" },
		{ CAP_TSO6, "tso6" }, { CAP_LRO, "lro" },
		{ CAP_VLAN_HWTSO, "vlanhwtso" }, { CAP_LINKSTATE, "linkstate" },
		{ CAP_RXCSUM_IPV6, "rxcsum6" },
		{ CAP_TXCSUM_IPV6, "txcsum6" } };
	struct strbuf list = { 0 };
	size_t i;

	if (ifp->shown_caps == ifp->capenable)
		return;
	ifp->shown_caps = ifp->capenable;
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if ((ifp->capenable & words[i].bit) != 0)
			strbuf_addf(&list, "%s%s", list.bytes > 0 ? " " : "",
			    words[i].word);
	show(ifp, "capabilities", strbuf_str(&list));
	strbuf_fini(&list);
}

static void
show_lagg(const struct ifnet *lagg)
{
	struct strbuf list = { 0 };
	size_t i;

	for (i = 0; i < lagg->lagg.n_ports; i++)
		strbuf_addf(&list, "%s%s", i > 0 ? " " : "",
		    lagg->lagg.ports[i]->name);
	show(lagg, "ports", strbuf_str(&list));
	show(lagg, "master",
	    bond_guest(lagg->m) ? bond_primary_name(lagg)
				: name_or_none(lagg->lagg.primary));
	show(lagg, "active", name_or_none(lagg_active(lagg)));
	strbuf_fini(&list);
}

/* Which row of D.2's table it is in: what hn and the VF could carry. */
static void
reach_row(const struct ifnet *lagg)
{
	bool hn = false, hn_up = false, vf_up = false;
	const struct ifnet *port;
	size_t i;

	for (i = 0; i < lagg->lagg.n_ports; i++) {
		port = lagg->lagg.ports[i];
		if (port->kind == KIND_HN) {
			hn = true;
			hn_up = port->link == LINK_UP;
		} else if (port->up && port->link == LINK_UP) {
			vf_up = true;
		}
	}
	if (hn)
		machine_reach(lagg->m,
		    hn_up	? vf_up ? REACH_D2_BOTH : REACH_D2_SYNTHETIC
			: vf_up ? REACH_D2_VF
				: REACH_D2_NONE);
}

/* A transparent pair on Linux: the synthetic NIC is its VF's master, as
 * netvsc and net_failover have it (FACTS.md G.1; seen in the lab). */
static const struct ifnet *
master_of(struct ifnet *ifp)
{
	const struct ifnet *hn;

	if (ifp->kind != KIND_VF || !bond_guest(ifp->m) ||
	    !ifp->m->transparent || (hn = hn_of(ifp)) == NULL)
		return ifp->member_of;
	return hn->hn.vf == ifp ? hn : ifp->member_of;
}

static void
show_interface(struct ifnet *ifp)
{
	static const char *const links[] = { "unknown", "down", "up" };
	char text[MAC_TEXT];

	show(ifp, "exists", yes_no(ifp->attached));
	if (!ifp->attached)
		return;
	show(ifp, "up", yes_no(ifp->up));
	show(ifp, "running", yes_no(ifp->running));
	show(ifp, "link", links[ifp->link]);
	show(ifp, "mac", mac_format(ifp->mac, text));
	snprintf(text, sizeof(text), "%u", ifp->mtu);
	show(ifp, "mtu", text);
	show_addresses(ifp);
	show_capabilities(ifp);
	show(ifp, "dhclient", dhclient_state(ifp->m, ifp->name));
	show(ifp, "member-of", name_or_none(master_of(ifp)));
	if (ifp->kind != KIND_VF)
		show(ifp, "accept-rtadv", yes_no(ifp->accept_rtadv));
	if (ifp->kind == KIND_LAGG) {
		show_lagg(ifp);
		reach_row(ifp);
	}
	if (ifp->kind == KIND_VLAN)
		show(ifp, "parent", name_or_none(ifp->vlan.parent));
	if (ifp->kind == KIND_HN) {
		show(ifp, "vf", name_or_none(ifp->hn.vf));
		show(ifp, "rxvf", yes_no(ifp->hn.rxvf));
		show(ifp, "datapath",
		    ifp->hn.host_path_vf ? "vf" : "synthetic");
	}
}

static void
show_default(struct machine *m, const char *field, const struct route *r)
{
	char text[IPADDR_TEXT + IFNAME_MAX + 8], gw[IPADDR_TEXT];

	if (r == NULL)
		snprintf(text, sizeof(text), "none");
	else
		snprintf(text, sizeof(text), "%s via %s",
		    ipaddr_format(&r->gateway, false, gw), r->ifp->name);
	trace_set_state(m->trace, m->clock.now_ns, "route", field, text);
}

static void
show_system(struct machine *m)
{
	int64_t now = m->clock.now_ns;

	show_default(m, "default", inet_default(m));
	if (m->inet6 != NULL || inet_default6(m) != NULL)
		show_default(m, "default6", inet_default6(m));
	trace_set_state(m->trace, now, "vm", "panicked", yes_no(m->panicked));
	trace_set_state(m->trace, now, "sysctl",
	    "net.link.lagg.failover_rx_all", m->failover_rx_all ? "1" : "0");
	trace_set_state(m->trace, now, "sysctl", "hw.hn.vf_transparent",
	    m->transparent ? "1" : "0");
}

/* What went away is told before what may have taken its name; then by
 * index. */
static int
by_place(const void *left, const void *right)
{
	const struct ifnet *a = *(struct ifnet *const *)left;
	const struct ifnet *b = *(struct ifnet *const *)right;
	uint32_t x = a->attached ? a->index : a->departed;
	uint32_t y = b->attached ? b->index : b->departed;

	if (a->attached != b->attached)
		return a->attached ? 1 : -1;
	return (x > y) - (x < y);
}

static void
show_changes(struct machine *m)
{
	size_t i;

	show_system(m);
	if (m->n_dirty > 1)
		qsort(m->dirty_ifs, m->n_dirty, sizeof(m->dirty_ifs[0]),
		    by_place);
	for (i = 0; i < m->n_dirty; i++)
		show_interface(m->dirty_ifs[i]);
}

void
machine_settle(struct machine *m)
{
	size_t i;

	if (!m->dirty || m->trace == NULL)
		return;
	m->dirty = false;
	if (!m->trace->sparse)
		show_changes(m);
	for (i = 0; i < m->n_dirty; i++) {
		if (m->trace->sparse && m->dirty_ifs[i]->kind == KIND_LAGG &&
		    m->dirty_ifs[i]->attached)
			reach_row(m->dirty_ifs[i]);
		m->dirty_ifs[i]->dirty = false;
	}
	m->n_dirty = 0;
	/* Who watches packets has not seen this list. */
	m->path_all |= m->path_changed;
}

/* --- what the engine sees --------------------------------------------------
 */

static enum if_class
class_of(const struct ifnet *ifp)
{
	switch (ifp->kind) {
	case KIND_HN:
		return IF_HN;
	case KIND_LAGG:
		return IF_LAGG;
	case KIND_VLAN:
		return IF_VLAN;
	default:
		break;
	}
	return IF_OTHER;
}

static void
observe_ports(const struct ifnet *lagg, struct snap_if *s)
{
	const struct ifnet *active = lagg_active(lagg), *port;
	size_t i;

	s->n_ports = lagg->lagg.n_ports;
	for (i = 0; i < s->n_ports; i++) {
		port = lagg->lagg.ports[i];
		memcpy(s->ports[i].name, port->name, IFNAME_MAX);
		s->ports[i].master = bond_guest(lagg->m)
		    ? bond_is_primary(lagg, port)
		    : port == lagg->lagg.primary;
		s->ports[i].active = port == active;
	}
}

static void
observe_interface(const struct ifnet *ifp, struct snap_if *s)
{
	memcpy(s->name, ifp->name, IFNAME_MAX);
	s->index = ifp->index;
	s->version = ifp->version;
	s->class = class_of(ifp);
	memcpy(s->mac, ifp->mac, sizeof(s->mac));
	s->mtu = ifp->mtu;
	s->up = ifp->up;
	s->running = ifp->running;
	s->link = ifp->link;
	memcpy(s->descr, ifp->descr, sizeof(s->descr));
	s->caps = ifp->caps;
	s->capenable = ifp->capenable;
	if (ifp->kind == KIND_VF)
		snprintf(s->parent, sizeof(s->parent), "pci%u", ifp->vf.bus);
	if (ifp->member_of != NULL)
		memcpy(s->lagg, ifp->member_of->name, IFNAME_MAX);
	s->n_addrs = ifp->n_addrs;
	memcpy(s->addrs, ifp->addrs, s->n_addrs * sizeof(s->addrs[0]));
	memcpy(s->addr_flags, ifp->addr_flags,
	    s->n_addrs * sizeof(s->addr_flags[0]));
	/* Where IPv6 is disabled it takes none (world/bsdreply.c). */
	s->accept_rtadv =
	    ifp->accept_rtadv && (bond_guest(ifp->m) || !ifp->ifdisabled);
	s->no_dad = ifp->no_dad;
	s->dhclient = dhclient_runs(ifp->m, ifp->name);
	if (ifp->kind == KIND_VLAN && ifp->vlan.parent != NULL) {
		memcpy(s->vlan_parent, ifp->vlan.parent->name, IFNAME_MAX);
		s->vlan_tag = ifp->vlan.tag;
	}
	if (ifp->kind == KIND_LAGG)
		observe_ports(ifp, s);
	if (ifp->kind == KIND_HN) {
		s->unit = ifp->unit;
		/* Linux tells nobody (engine/world/linuxsnap.h). */
		s->rxvf = ifp->hn.rxvf && !bond_guest(ifp->m);
		if (ifp->hn.vf != NULL)
			memcpy(s->vf, ifp->hn.vf->name, IFNAME_MAX);
	}
}

/* That nothing has changed without a machine_changed(): now and then only,
 * since it takes as long as to fill it anew. */
static void
check_kept(struct machine *m, const struct ifnet *ifp, const struct snap_if *s)
{
	struct snap_if fresh;

	if (m->versions % 256 != 0)
		return;
	memset(&fresh, 0, sizeof(fresh));
	observe_interface(ifp, &fresh);
	fresh.custom_vfup = s->custom_vfup;
	assert(memcmp(&fresh, s, sizeof(fresh)) == 0);
}

void
machine_observe(struct machine *m, struct snapshot *out)
{
	const struct route *r = inet_default(m), *r6 = inet_default6(m);
	const struct ifnet *ifp;

	out->os = m->os;
	out->no_bonding =
	    m->os == SNAP_LINUX && profile_flag(m->profile, "bond.none");
	out->vf_transparent = m->transparent ? 1 : 0;
	if (m->old_kernel)
		out->vf_transparent = -1;
	out->failover_rx_all = m->failover_rx_all;
	TAILQ_FOREACH (ifp, &m->ifs, entry)
		if (snapshot_keep(out, ifp->version))
			check_kept(m, ifp, &out->ifs[out->n_ifs - 1]);
		else
			observe_interface(ifp, snapshot_add(out));
	if (r != NULL) {
		out->default_gateway = r->gateway;
		memcpy(out->default_if, r->ifp->name, IFNAME_MAX);
	}
	if (r6 != NULL) {
		out->default_gateway6 = r6->gateway;
		memcpy(out->default_if6, r6->ifp->name, IFNAME_MAX);
	}
}
