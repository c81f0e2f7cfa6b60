/* SPDX-License-Identifier: BSD-2-Clause */
/* What holds at the end of a run. */
#include <string.h>

#include "base/dur.h"
#include "failover/native.h"
#include "sim/machine/dhclient.h"
#include "sim/machine/dhcp.h"
#include "sim/machine/ifnet.h"
#include "sim/machine/inet.h"
#include "sim/machine/lagg.h"
#include "sim/search/watch_parts.h"

/* One pair, as it stands. */
struct stand {
	struct watch *w;
	const struct course_pair *p;
	size_t pair;
	struct ifnet *hn, *home; /* who has the addresses; hn may be NULL */
	struct ifnet *vf;	 /* one that works, or NULL */
};

static bool
works(const struct ifnet *vf)
{
	return vf != NULL && vf->attached && !vf->dying && vf->vf.carrier &&
	    !vf->vf.ghost && !vf->vf.surprised;
}

/* That a person set a VF down is not known to a daemon that starts. */
static bool
brings_up(const struct watch *w)
{
	size_t i;

	for (i = 0; i < w->h->n_pairs; i++)
		if (w->h->anew && w->h->pairs[i].vf_excused)
			return true;
	return false;
}

/* --- what carries --- */

static void
check_carrier(struct stand *s)
{
	struct watch *w = s->w;
	const struct ifnet *active, *should = s->vf != NULL ? s->vf : s->hn;
	struct violation *v;

	if (s->home == s->hn) {
		v = watch_broken(w, INVARIANT_JOINED,
		    "%s is no port of an aggregate", s->hn->name);
		watch_expect(v, "%s member-of none never from " COURSE_CALM,
		    s->hn->name);
	}
	if (!s->hn->up) {
		v = watch_broken(w, INVARIANT_UP, "%s is down", s->hn->name);
		watch_expect(v, "%s up", s->hn->name);
	}
	if (!s->home->up) {
		v = watch_broken(w, INVARIANT_UP, "%s is down", s->home->name);
		watch_expect(v, "%s up", s->home->name);
	}
	if (s->home == s->hn)
		return;
	active = lagg_active(s->home);
	if (active == NULL && !brings_up(w)) {
		v = watch_broken(w, INVARIANT_PORT,
		    "%s has no active port, and %s works", s->home->name,
		    should->name);
		watch_expect(v, "%s active %s", s->home->name, should->name);
	} else if (active != NULL && s->vf != NULL && active != s->vf &&
	    !s->p->vf_excused) {
		v = watch_broken(w, INVARIANT_VF, "%s works, and %s carries",
		    s->vf->name, active->name);
		watch_expect(v, "%s active %s", s->home->name, s->vf->name);
	}
}

/* FACTS.md I (d). */
static void
check_path(struct stand *s)
{
	const struct ifnet *vf = s->hn->hn.vf;
	struct violation *v;

	if (!s->hn->hn.rxvf || s->w->h->on_linux)
		return;
	if (vf != NULL && s->home != s->hn && vf->member_of == s->home)
		return;
	v = watch_broken(s->w, INVARIANT_PATH,
	    "%s hands over to %s, which is no port beside it", s->hn->name,
	    vf != NULL ? vf->name : "a VF that is gone");
	watch_expect(v, "%s rxvf no", s->hn->name);
}

/* --- addresses --- */

/* To change the addresses of a VF that its NIC does not know may panic the
 * kernel (FACTS.md B.3, B.10), so that they stay. */
static bool
is_untouchable(const struct ifnet *ifp)
{
	return ifp->kind == KIND_VF && ifp->vf.hn == NULL;
}

static void
check_address(struct stand *s, enum invariant i, const struct ipaddr *a)
{
	char text[IPADDR_TEXT];
	struct ifnet *ifp;
	struct violation *v;
	bool there = false;
	int k;

	ipaddr_format(a, true, text);
	TAILQ_FOREACH (ifp, &s->w->m->ifs, entry) {
		k = inet_find(ifp, a);
		if (k < 0)
			continue;
		if (ifp == s->home) {
			there = true;
			continue;
		}
		if (is_untouchable(ifp))
			continue;
		v = watch_broken(s->w, INVARIANT_TWICE, "%s is on %s", text,
		    ifp->name);
		watch_expect(v, "address %s only on %s", text, s->home->name);
	}
	if (there)
		return;
	v = watch_broken(s->w, i, "%s is not on %s", text, s->home->name);
	watch_expect(v, "address %s on %s", text, s->home->name);
}

static void
check_stale(struct stand *s, const struct ipaddr *former)
{
	struct violation *v;
	char text[IPADDR_TEXT];

	if (s->w->h->died_ns > s->p->edited_ns ||
	    inet_find(s->home, former) < 0)
		return;
	ipaddr_format(former, true, text);
	v = watch_broken(s->w, INVARIANT_STALE, "%s is still on %s", text,
	    s->home->name);
	watch_expect(v, "no address %s on %s", text, s->home->name);
}

static void
check_addresses(struct stand *s)
{
	const struct course_pair *p = s->p;
	size_t i;

	if (p->extra.family != 0 && p->extra_wanted)
		check_address(s, INVARIANT_ALIAS, &p->extra);
	else if (p->extra.family != 0)
		check_stale(s, &p->extra);
	/* What the engine cannot tell from a person's own stays, there. */
	if (p->former_read)
		check_stale(s, &p->former);
	for (i = 0; i < p->n_addrs; i++)
		check_address(s,
		    p->addrs[i].family == 6  ? INVARIANT_ADDRESS6
			: i == 0 && !p->dhcp ? INVARIANT_ADDRESS
					     : INVARIANT_ALIAS,
		    &p->addrs[i]);
}

static void
check_route(struct stand *s)
{
	const struct route *r = inet_default(s->w->m);
	char text[IPADDR_TEXT];
	struct violation *v;

	if (s->p->router.family == 0 || (r != NULL && r->ifp == s->home))
		return;
	ipaddr_format(&s->p->router, false, text);
	v = watch_broken(s->w, INVARIANT_ROUTE, "the default route is %s%s",
	    r == NULL ? "gone" : "via ", r == NULL ? "" : r->ifp->name);
	watch_expect(v, "default route %s via %s", text, s->home->name);
}

/* --- DHCP --- */

static bool
has_leased(const struct ifnet *ifp)
{
	size_t i;

	for (i = 0; i < ifp->n_addrs; i++)
		if ((ifp->addr_flags[i] & SNAP_ADDR_LEASED) != 0)
			return true;
	return false;
}

static void
check_client(struct stand *s)
{
	struct machine *m = s->w->m;
	struct dhcp_lease lease;
	struct violation *v;

	if (!s->p->dhcp)
		return;
	if (s->home != s->hn && dhclient_runs(m, s->hn->name)) {
		v = watch_broken(s->w, INVARIANT_CLIENT,
		    "a DHCP client runs on %s, a port", s->hn->name);
		watch_expect(v, "%s dhclient none", s->hn->name);
	}
	if (!dhclient_runs(m, s->home->name)) {
		v = watch_broken(s->w, INVARIANT_CLIENT,
		    "no DHCP client runs on %s", s->home->name);
		watch_expect(v, "%s dhclient running", s->home->name);
	}
	/* What it has leased before is as good, until it is to be renewed. */
	if (dhcp_address(m, s->home, &lease) && !has_leased(s->home))
		check_address(s, INVARIANT_LEASE, &lease.addr);
}

/* --- what else moves along --- */

static void
check_vlan(struct stand *s)
{
	const struct ifnet *vlan;
	struct violation *v;
	char text[IPADDR_TEXT];

	if (s->p->vlan[0] == '\0')
		return;
	vlan = ifnet_find(s->w->m, s->p->vlan);
	ipaddr_format(&s->p->vlan_addr, true, text);
	if (vlan == NULL || inet_find(vlan, &s->p->vlan_addr) < 0) {
		v = watch_broken(s->w, INVARIANT_VLAN, "%s is not on %s", text,
		    s->p->vlan);
		watch_expect(v, "address %s on %s", text, s->p->vlan);
	} else if (vlan->vlan.parent != s->home) {
		v = watch_broken(s->w, INVARIANT_VLAN, "%s is no child of %s",
		    vlan->name, s->home->name);
		watch_expect(v, "%s parent %s", vlan->name, s->home->name);
	}
}

static void
check_slaac(struct stand *s)
{
	const struct route *r = inet_default6(s->w->m);
	struct violation *v;
	bool learned = false;
	size_t i;

	if (!s->p->slaac)
		return;
	for (i = 0; i < s->home->n_addrs; i++)
		learned = learned ||
		    (s->home->addr_flags[i] & SNAP_ADDR_AUTOCONF) != 0;
	if (!s->home->accept_rtadv || !learned) {
		v = watch_broken(s->w, INVARIANT_SLAAC,
		    "%s has learned no address", s->home->name);
		watch_expect(v, "default route6 via %s", s->home->name);
	} else if (s->w->h->n_pairs == 1 && (r == NULL || r->ifp != s->home)) {
		v = watch_broken(s->w, INVARIANT_SLAAC,
		    "the default route is %s%s", r == NULL ? "gone" : "via ",
		    r == NULL ? "" : r->ifp->name);
		watch_expect(v, "default route6 via %s", s->home->name);
	}
}

static void
check_mtu(struct stand *s)
{
	const struct ifnet *port;
	struct violation *v;
	size_t i;

	if (s->home == s->hn)
		return;
	for (i = 0; i < s->home->lagg.n_ports; i++) {
		port = s->home->lagg.ports[i];
		if (port->mtu == s->home->mtu)
			continue;
		v = watch_broken(s->w, INVARIANT_MTU, "%s has %u, %s has %u",
		    port->name, port->mtu, s->home->name, s->home->mtu);
		watch_expect(v, "%s mtu %u", port->name, s->home->mtu);
	}
}

/* One of them, as ifconfig(8) has it. */
static const char *
capability(uint32_t caps)
{
	static const struct {
		uint32_t bit;
		const char *word;
	} words[] = { { CAP_TSO4, "tso4" }, { CAP_TSO6, "tso6" },
		{ CAP_LRO, "lro" }, { CAP_RXCSUM, "rxcsum" },
		{ CAP_TXCSUM, "txcsum" }, { CAP_VLAN_MTU, "vlanmtu" },
		{ CAP_VLAN_HWTAGGING, "vlanhwtag" },
		{ CAP_JUMBO_MTU, "jumbomtu" },
		{ CAP_VLAN_HWCSUM, "vlanhwcsum" },
		{ CAP_VLAN_HWTSO, "vlanhwtso" }, { CAP_RXCSUM_IPV6, "rxcsum6" },
		{ CAP_TXCSUM_IPV6, "txcsum6" } };
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if ((caps & words[i].bit) != 0)
			return words[i].word;
	return "linkstate";
}

/* FACTS.md D.3. However a VF came and went, and whoever joined it. */
static void
check_caps(struct stand *s)
{
	uint32_t lost =
	    s->w->nics[s->pair].capenable & ~s->hn->capenable & ~s->p->caps_off;
	struct violation *v;

	if (s->hn->hn.vf != NULL || lost == 0 || s->home->lagg.n_ports > 1)
		return;
	v = watch_broken(s->w, INVARIANT_CAPS, "%s has lost 0x%x", s->hn->name,
	    lost);
	watch_expect(v, "%s capability %s on", s->hn->name, capability(lost));
}

/* --- what is there at all --- */

static void
check_offered(struct watch *w, size_t pair)
{
	const struct course_pair *p = &w->h->pairs[pair];
	const struct ifnet *ifp, *vf = NULL;
	struct violation *v;

	TAILQ_FOREACH (ifp, &w->m->ifs, entry)
		if (ifp->kind == KIND_VF && !ifp->vf.ghost &&
		    memcmp(ifp->hw_mac, p->mac, sizeof(p->mac)) == 0)
			vf = ifp;
	/* On Linux people move it elsewhere; of a small world nobody knows how
	 * far it has come. */
	if ((vf != NULL) == p->offered || w->h->on_linux ||
	    w->h->calm_ns == INT64_MAX)
		return;
	v = watch_broken(w, INVARIANT_OFFERED, "%s is %s", p->vf,
	    p->offered ? "offered, and not there"
		       : "there, and not offered any more");
	watch_expect(v, "%s %s", p->vf, p->offered ? "exists" : "absent");
}

/* FACTS.md I 29: by its mark it is known, under whatever name. Without one, as
 * a crash leaves it behind, it may be anybody's once it is renamed. */
static void
check_alone(struct watch *w)
{
	const struct ifnet *ifp, *bare = NULL;
	struct violation *v;
	size_t n = 0;

	TAILQ_FOREACH (ifp, &w->m->ifs, entry) {
		if (ifp->kind != KIND_LAGG || ifp->descr[0] == '\0')
			continue;
		n++;
		if (ifp->lagg.n_ports == 0)
			bare = ifp;
	}
	if (n <= w->h->n_pairs || bare == NULL)
		return;
	v = watch_broken(w, INVARIANT_ALONE, "%s is one more, without a port",
	    bare->name);
	watch_expect(v, "%s absent", bare->name);
}

static void
check_rx_all(struct watch *w)
{
	struct violation *v;

	if (w->m->failover_rx_all != 0 || w->h->on_linux)
		return;
	v = watch_broken(w, INVARIANT_RXALL, "net.link.lagg.failover_rx_all=0");
	watch_expect(v, "sysctl net.link.lagg.failover_rx_all 1");
}

/* --- packets and operations --- */

static void
check_loss(struct watch *w, size_t pair)
{
	struct judge_probe n;
	struct violation *v;

	if (pair >= w->h->scn->n_probes || w->h->pairs[pair].moved ||
	    brings_up(w) ||
	    !simwalk_probe(w->walk, w->h->scn->probes[pair].name, w->h->calm_ns,
		w->h->scn->end_ns, &n) ||
	    n.lost == 0)
		return;
	v = watch_broken(w, INVARIANT_LOST, "%llu of %llu packets of %s",
	    (unsigned long long)n.lost,
	    (unsigned long long)(n.sent + n.refused),
	    w->h->scn->probes[pair].name);
	watch_expect(v, "%s lost == 0 between " COURSE_CALM " and end",
	    w->h->scn->probes[pair].name);
}

static void
check_calm(struct watch *w)
{
	const struct trace_operation *o;
	struct violation *v;

	if (w->t->n_operations == 0)
		return;
	o = &w->t->operations[w->t->n_operations - 1];
	if (o->start_ns < w->h->calm_ns)
		return;
	if (brings_up(w))
		return;
	v = watch_broken(w, w->h->anew ? INVARIANT_ANEW : INVARIANT_CALM, "%s",
	    o->text);
	watch_expect(v,
	    "count operation \" \" == 0 between " COURSE_CALM " and end");
}

/* An aggregate without our mark is somebody's own, renamed before it had one
 * perhaps. The engine takes nothing out of it, and says so; but up there, the
 * VF has the path. */
static bool
is_lent(const struct stand *s)
{
	const struct ifnet *vf = s->hn->hn.vf;
	const struct ifnet *lagg = vf == NULL ? NULL : vf->member_of;

	return lagg != NULL && lagg != s->home &&
	    strncmp(lagg->descr, NATIVE_MARK, strlen(NATIVE_MARK)) != 0;
}

static void
check_pair(struct watch *w, size_t pair)
{
	struct stand s = { .w = w, .p = &w->h->pairs[pair], .pair = pair };

	s.hn = watch_find_hn(w, pair);
	if (s.hn == NULL)
		return;
	s.home = s.hn->member_of != NULL ? s.hn->member_of : s.hn;
	if (works(s.hn->hn.vf))
		s.vf = s.hn->hn.vf;
	/* With a VF there is a way out of it, which the engine takes. */
	if (!is_lent(&s) && (!s.p->raced || s.vf != NULL))
		check_path(&s);
	if (!is_lent(&s) && !s.p->raced) {
		check_carrier(&s);
		check_loss(w, pair);
	}
	check_addresses(&s);
	check_route(&s);
	check_client(&s);
	check_vlan(&s);
	check_slaac(&s);
	check_mtu(&s);
	check_caps(&s);
	watch_join_end(w, pair);
}

void
watch_end(struct watch *w)
{
	size_t i;

	watch_step(w);
	/* Nothing else is to be expected of it then. */
	if (w->m->panicked || w->h->transparent || w->h->no_bonding)
		return;
	for (i = 0; i < w->h->n_pairs; i++) {
		check_pair(w, i);
		check_offered(w, i);
	}
	check_alone(w);
	check_rx_all(w);
	check_calm(w);
}
