/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/packets/traffic.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sim/machine/inet.h"
#include "sim/packets/proberows.h"
#include "sim/packets/traffic_parts.h"

/* --- the ends of the wire --- */

static bool
is_usable(const struct ifnet *ifp, size_t i, bool v6)
{
	static const uint8_t zero[16];
	const struct ipaddr *a = &ifp->addrs[i];

	if (a->family != (v6 ? 6 : 4) || memcmp(a->bytes, zero, 16) == 0)
		return false;
	/* Nobody beyond the link knows a link-local one. */
	if (v6 && a->bytes[0] == 0xfe && (a->bytes[1] & 0xc0) == 0x80)
		return false;
	return (ifp->addr_flags[i] &
		   (SNAP_ADDR_TENTATIVE | SNAP_ADDR_DUPLICATED)) == 0;
}

/* A /32 alias: nobody else is on its link. */
static bool
is_alone(const struct ipaddr *a)
{
	return a->prefix == (a->family == 6 ? 128 : 32);
}

static const struct ipaddr *
usable_address(const struct ifnet *ifp, bool v6)
{
	const struct ipaddr *alone = NULL;
	size_t i;

	for (i = 0; ifp != NULL && i < ifp->n_addrs; i++) {
		if (!is_usable(ifp, i, v6))
			continue;
		if (!is_alone(&ifp->addrs[i]))
			return &ifp->addrs[i];
		if (alone == NULL)
			alone = &ifp->addrs[i];
	}
	return alone;
}

/* On an aggregate before any NIC of its own. */
static const struct ipaddr *
any_address(const struct machine *m, bool v6)
{
	const struct ipaddr *a, *found = NULL;
	const struct ifnet *ifp;

	TAILQ_FOREACH (ifp, &m->ifs, entry) {
		if (ifp->kind != KIND_LAGG && ifp->kind != KIND_VF)
			continue;
		a = usable_address(ifp, v6);
		if (a != NULL && ifp->kind == KIND_LAGG)
			return a;
		found = a != NULL ? a : found;
	}
	return found;
}

/* The address of the pair: on the aggregate, on hn, on the VF. */
static const struct ipaddr *
pair_address(const struct machine *m, const struct end *e)
{
	const struct ipaddr *a;

	if (e->hn == NULL)
		return any_address(m, e->v6);
	a = usable_address(e->hn->member_of, e->v6);
	if (a == NULL)
		a = usable_address(e->hn, e->v6);
	if (a == NULL)
		a = usable_address(e->hn->hn.vf, e->v6);
	return a;
}

static void
find_peer(const struct machine *m, struct end *e)
{
	const struct route *r = inet_default(m);

	if (!e->v6 && r != NULL &&
	    (is_alone(&e->guest) || ipaddr_in_net(&r->gateway, &e->guest))) {
		e->peer = r->gateway;
		return;
	}
	if (is_alone(&e->guest))
		return; /* else it would be the guest itself */
	e->peer = ipaddr_network(&e->guest); /* a neighbour on the link */
	e->peer.bytes[e->v6 ? 15 : 3] |= 1;
}

static void
look_at_end(const struct machine *m, struct end *e)
{
	const struct ipaddr *a;
	struct ifnet *ifp;

	if (e->hn != NULL && !e->hn->attached)
		TAILQ_FOREACH (ifp, &m->ifs, entry)
			if (ifp->kind == KIND_HN &&
			    memcmp(ifp->own_mac, e->mac, 6) == 0)
				e->hn = ifp;
	if (!e->fixed && (a = pair_address(m, e)) != NULL)
		e->guest = *a;
	if (e->peer.family == 0 && e->guest.family != 0)
		find_peer(m, e);
}

static const struct traffic_nic *
nic_of(const struct traffic *t, const struct scn_probe *p)
{
	size_t i;

	for (i = 0; p->of[0] != '\0' && i < t->setup.n_nics; i++)
		if (strcmp(t->setup.s->nics[i].name, p->of) == 0)
			return &t->setup.nics[i];
	return t->setup.nics;
}

static size_t
end_of(struct traffic *t, const struct scn_probe *p)
{
	const struct traffic_nic *nic = nic_of(t, p);
	struct end *e;
	size_t i, v6 = p->v6 ? 1 : 0;

	for (i = 0; i < t->n_ends; i++)
		if (t->ends[i].hn == nic->hn && t->ends[i].v6 == p->v6)
			return i;
	e = MEM_PUSH(t->ends, t->n_ends, t->cap_ends);
	e->hn = nic->hn;
	e->v6 = p->v6;
	if (nic->hn != NULL)
		memcpy(e->mac, nic->hn->own_mac, 6);
	e->peer_mac[0] = 0x02; /* locally administered */
	e->peer_mac[5] = (uint8_t)(i + 1);
	e->guest = nic->guest[v6];
	e->fixed = e->guest.family != 0;
	e->peer = nic->peer[v6];
	return i;
}

/* --- the moments at which things change --- */

const struct ipaddr *
traffic_destination(const struct stream *s)
{
	return s->to.family != 0 ? &s->to : &s->t->ends[s->end].peer;
}

enum path
traffic_path_out(const struct stream *s)
{
	const struct machine *m = s->t->setup.m;
	const struct ipaddr *to = traffic_destination(s);

	if (vclock_is_frozen(&m->clock))
		return m->panicked ? PATH_VM_PANICKED : PATH_VM_FROZEN;
	return to->family == 0 ? PATH_NO_ROUTE : netpath_out(m, to);
}

static enum path
path_in(const struct traffic *t, const struct end *e)
{
	const struct machine *m = t->setup.m;

	if (vclock_is_frozen(&m->clock))
		return m->panicked ? PATH_VM_PANICKED : PATH_VM_FROZEN;
	return e->hn == NULL ? netpath_in_by_any(m, &e->guest)
			     : netpath_in(m, e->hn, &e->guest);
}

enum path
traffic_path_in(const struct stream *s)
{
	return path_in(s->t, &s->t->ends[s->end]);
}

/* --- whom a change concerns --- */

struct touched { /* the pairs and aggregates in which something changed */
	const struct ifnet *list[32];
	size_t n;
	bool all;
};

static void
touch(struct touched *t, const struct ifnet *ifp)
{
	size_t i;

	for (i = 0; ifp != NULL && i < t->n; i++)
		if (t->list[i] == ifp)
			return;
	if (ifp == NULL || t->all)
		return;
	if (t->n == sizeof(t->list) / sizeof(t->list[0]))
		t->all = true;
	else
		t->list[t->n++] = ifp;
}

static void
touch_pair(struct touched *t, const struct ifnet *ifp)
{
	if (ifp == NULL)
		return;
	touch(t, ifp);
	touch(t, ifp->member_of);
}

/* The machine's list holds what changed since the trace last looked; without
 * one, and where VLANs lead elsewhere, anything may have. */
static void
gather(const struct machine *m, struct touched *t)
{
	size_t i;

	t->n = 0;
	t->all = m->path_all || m->n_dirty == 0 || m->n_vlans > 0;
	for (i = 0; i < m->n_dirty && !t->all; i++) {
		touch_pair(t, m->dirty_ifs[i]);
		touch_pair(t, m->dirty_ifs[i]->vf.hn);
		touch_pair(t, m->dirty_ifs[i]->hn.vf);
	}
}

/* Whether it may matter to packets by way of via. */
static bool
matters(const struct touched *t, const struct ifnet *via)
{
	const struct ifnet *ifp;
	size_t i;

	if (t->all || via == NULL)
		return t->all;
	for (i = 0; i < t->n; i++) {
		ifp = t->list[i];
		if (ifp == via || ifp == via->member_of || ifp == via->hn.vf ||
		    ifp == via->hn.rewrite || ifp == via->vf.hn)
			return true;
	}
	return false;
}

static const struct ifnet *
way_out(const struct stream *s)
{
	const struct ipaddr *to = traffic_destination(s);
	const struct route *r = NULL;

	if (to->family != 0)
		r = inet_lookup(s->t->setup.m, to);
	return r == NULL ? NULL : r->ifp;
}

void
traffic_look(struct traffic *t)
{
	struct machine *m = t->setup.m;
	struct stream *s;
	struct touched touched;
	struct end *e;
	bool had_peer;
	size_t i;

	if (!m->path_changed)
		return;
	gather(m, &touched);
	for (i = 0; i < t->n_ends; i++) {
		e = &t->ends[i];
		/* One that is gone comes back as another. */
		if (e->hn != NULL && e->hn->attached &&
		    !matters(&touched, e->hn))
			continue;
		had_peer = e->peer.family != 0;
		look_at_end(m, e);
		/* Now there is a way to it. */
		if (!had_peer && e->peer.family != 0)
			touched.all = m->path_all = true;
		turns_add(&e->in, m->clock.now_ns, path_in(t, e));
	}
	for (i = 0; i < t->n_streams; i++) {
		s = &t->streams[i];
		if (!s->from_guest || !matters(&touched, s->via))
			continue;
		/* Without a change of routes it is the one it was. */
		if (m->path_all)
			s->via = way_out(s);
		turns_add(&s->out, m->clock.now_ns,
		    vclock_is_frozen(&m->clock) ? PATH_VM_FROZEN
						: netpath_out_of(m, s->via));
	}
	m->path_changed = m->path_all = false;
}

/* --- setting up --- */

static void
add_stream(struct traffic *t, const struct scn_probe *p, const char *way)
{
	struct stream *s = MEM_PUSH(t->streams, t->n_streams, t->cap_streams);

	s->probe = p;
	s->way = way;
	s->end = end_of(t, p);
	s->number = (uint32_t)t->n_streams;
	s->echo = strcmp(way, "echo") == 0;
	s->from_guest = s->echo || strcmp(way, "out") == 0;
	if (memcmp(p->to, "\0\0\0\0", 4) != 0) {
		s->to.family = 4;
		s->to.prefix = 32;
		memcpy(s->to.bytes, p->to, 4);
	}
	s->start_ns = p->from_ns;
	s->stop_ns = p->until_ns >= 0 && p->until_ns < t->setup.end_ns
	    ? p->until_ns
	    : t->setup.end_ns;
}

struct traffic *
traffic_new(const struct traffic_setup *setup)
{
	struct traffic *t = mem_zero(1, sizeof(*t));
	const struct scn_probe *p;
	size_t i;

	t->setup = *setup;
	TAILQ_INIT(&t->flights);
	t->latency_ns = machine_delay(setup->m, "wire.latency");
	for (i = 0; i < setup->s->n_probes; i++) {
		p = &setup->s->probes[i];
		if (p->way == SCN_ECHO)
			add_stream(t, p, "echo");
		if (p->way == SCN_OUT || p->way == SCN_BOTH)
			add_stream(t, p, "out");
		if (p->way == SCN_IN || p->way == SCN_BOTH)
			add_stream(t, p, "in");
	}
	t->setup.nics = NULL; /* the ends have what is needed of them */
	for (i = 0; i < t->n_streams; i++) {
		t->streams[i].t = t;
		if (setup->frames || setup->capture != NULL)
			frames_arm(&t->streams[i]);
	}
	setup->m->path_changed = setup->m->path_all = true;
	return t;
}

void
traffic_free(struct traffic *t)
{
	size_t i;

	if (t == NULL)
		return;
	frames_free(t);
	for (i = 0; i < t->n_streams; i++)
		free(t->streams[i].out.list);
	for (i = 0; i < t->n_ends; i++)
		free(t->ends[i].in.list);
	free(t->streams);
	free(t->ends);
	free(t);
}

int64_t
traffic_next_send(const struct stream *s, int64_t at_ns)
{
	int64_t period = s->probe->period_ns;

	if (at_ns <= s->start_ns)
		return s->start_ns;
	return s->start_ns +
	    (at_ns - s->start_ns + period - 1) / period * period;
}

void
traffic_count(struct continuity *c, uint64_t n, int64_t first_ns, enum path p)
{
	continuity_add(c, n, first_ns,
	    p == PATH_OK	     ? PACKET_DELIVERED
		: path_is_refusal(p) ? PACKET_REFUSED
				     : PACKET_LOST,
	    (int)p);
}

/* --- results --- */

static void
evaluate(const struct stream *s, int64_t from_ns, int64_t until_ns,
    struct continuity *c)
{
	continuity_init(c, s->probe->period_ns);
	if (s->t->setup.frames || s->t->setup.capture != NULL)
		frames_count(s, from_ns, until_ns, c);
	else
		closed_form(s, from_ns, until_ns, c);
}

static char *
why(const void *ctx, const struct continuity_gap *gap)
{
	(void)ctx;
	return mem_str(gap->missing == 0
		? "the sender stood still: the VM was frozen"
		: path_text((enum path)gap->why));
}

static void
report_stream(struct trace *tr, const struct stream *s)
{
	struct proberows rows = { .name = s->probe->name,
		.way = s->way,
		.period_ns = s->probe->period_ns,
		.why = why };
	struct continuity c;

	evaluate(s, 0, INT64_MAX, &c);
	proberows_add(&rows, &c, tr);
	continuity_fini(&c);
}

void
traffic_report(struct traffic *t)
{
	size_t i;

	frames_land_all(t);
	for (i = 0; i < t->n_streams; i++)
		report_stream(t->setup.m->trace, &t->streams[i]);
}

bool
traffic_judge(void *ctx, const char *name, int64_t from_ns, int64_t until_ns,
    struct judge_probe *out)
{
	struct traffic *t = ctx;
	struct continuity c;
	bool found = false;
	size_t i;

	memset(out, 0, sizeof(*out));
	for (i = 0; i < t->n_streams; i++) {
		if (strcmp(t->streams[i].probe->name, name) != 0)
			continue;
		found = true;
		evaluate(&t->streams[i], from_ns, until_ns, &c);
		proberows_judge(&c, out);
		continuity_fini(&c);
	}
	return found;
}
