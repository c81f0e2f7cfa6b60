/* SPDX-License-Identifier: BSD-2-Clause */
#include "failover/native.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"

/* The kernel sets a leaving VF down shortly before it is gone. */
#define TELL_AFTER (INT64_C(2) * 1000000000)

#define HOLDS 16
#define NOTES 8

struct hold { /* an operation that failed, and when it may be tried again */
	struct operation op;
	int64_t until_ns;
	int64_t step_ns;
	bool used;
};

struct vf_care {
	char name[IFNAME_MAX];
	uint32_t index;	  /* tells a returned VF from the one before */
	bool seen_up;	  /* was up when last looked at */
	bool set_down;	  /* by us, because it did not carry */
	bool left_down;	  /* by somebody else: not ours to change */
	int64_t tell_ns;  /* when that is worth a word; NATIVE_NEVER: not */
	bool carried;	  /* has been the active port since it was upped */
	int64_t since_ns; /* carried: from when on */
	int64_t due_ns;	  /* not upped before this */
	int64_t idle_ns;  /* up without carrying since; NATIVE_NEVER: no */
	int64_t grace_ns; /* how long its link may take to come */
	int64_t retry_ns; /* the next wait after a lost link */
	int64_t loose_ns; /* not freed from the hn again before this */
};

struct pair {
	char hn[IFNAME_MAX];
	char lagg[IFNAME_MAX];
	struct rc_net net;
	struct vf_care vf;
	bool told_foreign, told_refused;
};

struct native {
	struct native_config config;
	struct pair *pairs;
	size_t n_pairs, cap_pairs;
	struct hold holds[HOLDS];
	char notes[NOTES][160];
	size_t first_note, n_notes;
	char given[160];
	bool told_mode;
};

/* What one look at one pair works with. */
struct look {
	struct native *n;
	struct pair *p;
	const struct snapshot *s;
	const struct snap_if *hn, *lagg, *vf;
	int64_t now_ns;
	int64_t *wake_ns;
	struct operation *op;
};

__attribute__((format(printf, 2, 3))) static void
note(struct native *n, const char *fmt, ...)
{
	va_list ap;
	size_t at;

	if (n->n_notes == NOTES)
		return;
	at = (n->first_note + n->n_notes++) % NOTES;
	va_start(ap, fmt);
	vsnprintf(n->notes[at], sizeof(n->notes[at]), fmt, ap);
	va_end(ap);
}

const char *
native_note(struct native *n)
{
	if (n->n_notes == 0)
		return NULL;
	memcpy(n->given, n->notes[n->first_note], sizeof(n->given));
	n->first_note = (n->first_note + 1) % NOTES;
	n->n_notes--;
	return n->given;
}

struct native *
native_new(const struct native_config *config)
{
	struct native *n = mem_zero(1, sizeof(*n));

	n->config = *config;
	return n;
}

void
native_free(struct native *n)
{
	if (n == NULL)
		return;
	free(n->pairs);
	free(n);
}

static void
wake_at(struct look *l, int64_t at_ns)
{
	if (at_ns < *l->wake_ns)
		*l->wake_ns = at_ns;
}

/* --- operations that failed --- */

static bool
same_operation(const struct operation *a, const struct operation *b)
{
	return a->kind == b->kind && strcmp(a->ifname, b->ifname) == 0 &&
	    strcmp(a->other, b->other) == 0 && strcmp(a->text, b->text) == 0 &&
	    ipaddr_equal(&a->addr, &b->addr);
}

static struct hold *
find_hold(struct native *n, const struct operation *op)
{
	size_t i;

	for (i = 0; i < HOLDS; i++)
		if (n->holds[i].used && same_operation(&n->holds[i].op, op))
			return &n->holds[i];
	return NULL;
}

static struct hold *
new_hold(struct native *n, const struct operation *op)
{
	struct hold *h = &n->holds[0];
	size_t i;

	/* The one that ends first makes room when all are taken. */
	for (i = 0; i < HOLDS; i++) {
		if (!n->holds[i].used) {
			h = &n->holds[i];
			break;
		}
		if (n->holds[i].until_ns < h->until_ns)
			h = &n->holds[i];
	}
	memset(h, 0, sizeof(*h));
	h->used = true;
	h->op = *op;
	return h;
}

void
native_result(struct native *n, const struct operation *op, int result,
    int64_t now_ns)
{
	struct hold *h = find_hold(n, op);

	if (result == 0) {
		if (h != NULL)
			h->used = false;
		return;
	}
	if (h == NULL)
		h = new_hold(n, op);
	h->step_ns = h->step_ns == 0 ? NATIVE_HOLD_FIRST : h->step_ns * 2;
	if (h->step_ns > NATIVE_HOLD_LAST)
		h->step_ns = NATIVE_HOLD_LAST;
	h->until_ns = now_ns + h->step_ns;
	note(n, "%s: operation failed (errno %d), tried again in %lld ms",
	    op->ifname, result, (long long)(h->step_ns / 1000000));
}

/* True when l->op may be carried out now; false arms the wake-up. */
static bool
may_try(struct look *l)
{
	const struct hold *h = find_hold(l->n, l->op);

	if (h == NULL || h->until_ns <= l->now_ns)
		return true;
	wake_at(l, h->until_ns);
	return false;
}

__attribute__((format(printf, 4, 5))) static void
begin(struct look *l, enum op_kind kind, const char *ifname, const char *why,
    ...)
{
	va_list ap;

	memset(l->op, 0, sizeof(*l->op));
	l->op->kind = kind;
	snprintf(l->op->ifname, sizeof(l->op->ifname), "%s", ifname);
	va_start(ap, why);
	vsnprintf(l->op->why, sizeof(l->op->why), why, ap);
	va_end(ap);
}

/* --- the aggregate --- */

static void
our_descr(const struct pair *p, char *buf, size_t size)
{
	snprintf(buf, size, "switchback %s", p->hn);
}

static bool
is_named_in_rc(const struct rcvars *rc, const char *lagg)
{
	const char *s = rcvars_get(rc, "cloned_interfaces");
	char var[32];
	size_t bytes;

	snprintf(var, sizeof(var), "ifconfig_%s", lagg);
	if (rcvars_get(rc, var) != NULL)
		return true;
	for (; s != NULL && *s != '\0'; s += bytes) {
		s += strspn(s, " \t\n");
		bytes = strcspn(s, " \t\n");
		if (bytes == strlen(lagg) && strncmp(s, lagg, bytes) == 0)
			return true;
	}
	return false;
}

static bool
holds_a_stranger(const struct look *l, const struct snap_if *lagg)
{
	size_t i;

	for (i = 0; i < lagg->n_ports; i++)
		if (strcmp(lagg->ports[i].name, l->hn->name) != 0 &&
		    strcmp(lagg->ports[i].name, l->hn->vf) != 0)
			return true;
	return false;
}

/* Ours: it carries our mark. Or it carries none and rc.conf does not name it,
 * and our hn is in it, as stock's script leaves it behind; or nothing, unless
 * our VF, as a crash between create and mark does. */
static bool
lagg_is_ours(struct look *l, const struct snap_if *lagg)
{
	char descr[64];

	our_descr(l->p, descr, sizeof(descr));
	if (strcmp(lagg->descr, descr) == 0)
		return true;
	if (lagg->descr[0] != '\0' ||
	    is_named_in_rc(l->n->config.rc, lagg->name))
		return false;
	return snap_port_find(lagg, l->p->hn) != NULL ||
	    (!holds_a_stranger(l, lagg) && lagg->n_addrs == 0);
}

/* No lagg that we may touch: this pair is left alone. */
static void
refuse_lagg(struct look *l, const char *name)
{
	struct pair *p = l->p;

	if (!p->told_refused)
		note(l->n, "%s is somebody else's; %s is left alone", name,
		    p->hn);
	p->told_refused = true;
	p->lagg[0] = '\0';
	l->lagg = NULL;
}

/* Finds or names the pair's lagg: laggN of the hn's unit, or lagg100+N when
 * the administrator uses that name for something else. */
static void
choose_lagg(struct look *l)
{
	struct pair *p = l->p;
	int unit = l->hn->unit;

	if (l->hn->lagg[0] != '\0') {
		memcpy(p->lagg, l->hn->lagg, sizeof(p->lagg));
		l->lagg = snapshot_find(l->s, p->lagg);
		if (l->lagg == NULL || !lagg_is_ours(l, l->lagg))
			refuse_lagg(l, l->hn->lagg);
		return;
	}
	snprintf(p->lagg, sizeof(p->lagg), "lagg%d", unit);
	l->lagg = snapshot_find(l->s, p->lagg);
	/* A name that rc.conf uses is taken, even before it exists. */
	if (l->lagg == NULL ? !is_named_in_rc(l->n->config.rc, p->lagg)
			    : lagg_is_ours(l, l->lagg))
		return;
	if (!p->told_foreign)
		note(l->n, "%s is not ours; %s uses lagg%d", p->lagg, p->hn,
		    unit + 100);
	p->told_foreign = true;
	snprintf(p->lagg, sizeof(p->lagg), "lagg%d", unit + 100);
	l->lagg = snapshot_find(l->s, p->lagg);
	if (l->lagg == NULL ? is_named_in_rc(l->n->config.rc, p->lagg)
			    : !lagg_is_ours(l, l->lagg))
		refuse_lagg(l, p->lagg);
}

static bool
plan_lagg(struct look *l)
{
	char descr[64];

	if (l->p->lagg[0] == '\0')
		return false;
	if (l->lagg == NULL) {
		begin(l, OP_LAGG_CREATE, l->p->lagg, "%s has no aggregate",
		    l->p->hn);
		return may_try(l);
	}
	our_descr(l->p, descr, sizeof(descr));
	if (strcmp(l->lagg->descr, descr) != 0) {
		begin(l, OP_DESCR, l->p->lagg, "mark the aggregate as ours");
		memcpy(l->op->text, descr, sizeof(descr));
		if (may_try(l))
			return true;
	}
	if (l->s->failover_rx_all == 0 && !l->n->config.keep_rx_all) {
		begin(l, OP_SYSCTL, l->p->lagg, "accept on every port");
		snprintf(l->op->text, sizeof(l->op->text),
		    "net.link.lagg.failover_rx_all");
		l->op->value = 1;
		if (may_try(l))
			return true;
	}
	if (!l->hn->up) {
		begin(l, OP_UP, l->p->hn, "the synthetic NIC stays up");
		return may_try(l);
	}
	return false;
}

/* The new address first, the old one after: the kernel moves the connected
 * route when the old one goes, so no moment is without (FREEBSD-HN.md h). */
static bool
plan_addresses(struct look *l)
{
	const struct rc_net *net = &l->p->net;
	size_t i;

	for (i = 0; i < net->n_addrs; i++)
		if (!snap_if_has_addr(l->lagg, &net->addrs[i])) {
			begin(l, OP_ADDR_ADD, l->p->lagg, "configured for %s",
			    l->p->hn);
			l->op->addr = net->addrs[i];
			if (may_try(l))
				return true;
		}
	if (!l->lagg->up) {
		begin(l, OP_UP, l->p->lagg, "the aggregate stays up");
		if (may_try(l))
			return true;
	}
	if (snap_port_find(l->lagg, l->p->hn) == NULL) {
		begin(l, OP_PORT_ADD, l->p->lagg, "the synthetic NIC first");
		memcpy(l->op->other, l->p->hn, sizeof(l->op->other));
		return may_try(l);
	}
	for (i = 0; i < l->hn->n_addrs; i++)
		if (snap_if_has_addr(l->lagg, &l->hn->addrs[i])) {
			begin(l, OP_ADDR_DEL, l->p->hn,
			    "a port has no address of its own");
			l->op->addr = l->hn->addrs[i];
			if (may_try(l))
				return true;
		}
	return false;
}

static bool
plan_default_route(struct look *l)
{
	const struct rc_net *net = &l->p->net;
	const char *on = l->s->default_if;
	size_t i;

	/* The kernel sends it over who has the prefix: this must be the
	 * aggregate by now, or the route would be set and taken back without
	 * end. */
	for (i = 0; i < net->n_addrs; i++)
		if (ipaddr_in_net(&net->gateway, &net->addrs[i]) &&
		    snap_if_has_addr(l->lagg, &net->addrs[i]))
			break;
	if (net->gateway.family == 0 || i == net->n_addrs)
		return false;
	for (i = 0; i < l->hn->n_addrs; i++)
		if (ipaddr_in_net(&net->gateway, &l->hn->addrs[i]))
			return false;
	if (l->s->default_gateway.family != 0) {
		/* Another interface's default route is somebody's choice. */
		if (strcmp(on, l->p->hn) != 0)
			return false;
		begin(l, OP_DEFAULT_DEL, l->p->hn, "it points at a port");
		if (may_try(l))
			return true;
		return false;
	}
	begin(l, OP_DEFAULT_ADD, l->p->lagg, "defaultrouter");
	l->op->addr = net->gateway;
	return may_try(l);
}

/* --- the VF --- */

/* A name alone proves nothing: the VF has the hn's MAC, hangs on a bus and
 * carries no configuration of its own. */
static const struct snap_if *
proven_vf(struct look *l)
{
	const struct snap_if *vf;

	if (l->hn->vf[0] == '\0')
		return NULL;
	vf = snapshot_find(l->s, l->hn->vf);
	if (vf == NULL || vf->class != IF_OTHER || vf->parent[0] == '\0' ||
	    memcmp(vf->mac, l->hn->mac, sizeof(vf->mac)) != 0 ||
	    vf->n_addrs > 0 ||
	    (vf->lagg[0] != '\0' && strcmp(vf->lagg, l->p->lagg) != 0))
		return NULL;
	return vf;
}

static void
meet_vf(struct look *l)
{
	struct vf_care *c = &l->p->vf;

	l->vf = proven_vf(l);
	if (l->vf == NULL) {
		memset(c, 0, sizeof(*c));
		c->idle_ns = NATIVE_NEVER;
		return;
	}
	if (c->index == l->vf->index && strcmp(c->name, l->vf->name) == 0)
		return;
	memset(c, 0, sizeof(*c));
	memcpy(c->name, l->vf->name, sizeof(c->name));
	c->index = l->vf->index;
	c->idle_ns = NATIVE_NEVER;
	c->retry_ns = NATIVE_RETRY_FIRST;
	c->grace_ns = NATIVE_GRACE_FIRST;
	/* One that is up already has settled long ago. */
	c->due_ns = l->now_ns + (l->vf->up ? 0 : l->p->net.vf_delay_ns);
}

static bool
set_vf_down(struct look *l, const char *why)
{
	begin(l, OP_DOWN, l->vf->name, "%s", why);
	if (!may_try(l))
		return false;
	l->p->vf.set_down = true;
	l->p->vf.carried = false;
	l->p->vf.idle_ns = NATIVE_NEVER;
	return true;
}

static int64_t
twice(int64_t ns, int64_t most)
{
	return ns > most / 2 ? most : ns * 2;
}

/* Up and a port: carrying, about to, or to be set down. */
static bool
watch_vf(struct look *l, const struct snap_port *port)
{
	struct vf_care *c = &l->p->vf;
	int64_t deadline;

	c->set_down = c->left_down = false;
	if (port->active) {
		if (!c->carried)
			c->since_ns = l->now_ns;
		c->carried = true;
		c->idle_ns = NATIVE_NEVER;
		return false;
	}
	if (l->vf->link == LINK_UP && !l->hn->rxvf)
		return false; /* the hn has not handed over yet */
	if (c->idle_ns == NATIVE_NEVER)
		c->idle_ns = l->now_ns;
	deadline = c->idle_ns + (c->carried ? 0 : c->grace_ns);
	if (l->now_ns < deadline) {
		wake_at(l, deadline);
		return false;
	}
	/* A link that held for long is a good one again. */
	if (c->carried && l->now_ns - c->since_ns >= NATIVE_RETRY_LAST)
		c->retry_ns = NATIVE_RETRY_FIRST;
	note(l->n, "%s is up without link; set down, next try in %lld s",
	    l->vf->name, (long long)(c->retry_ns / 1000000000));
	c->due_ns = l->now_ns + c->retry_ns;
	c->retry_ns = twice(c->retry_ns, NATIVE_RETRY_LAST);
	/* Each try is an outage of this length while the link is away, but a
	 * driver that is slow to find its link must get it in the end. */
	if (!c->carried)
		c->grace_ns = twice(c->grace_ns, NATIVE_GRACE_LAST);
	return set_vf_down(l, "up without link: the synthetic NIC takes over");
}

/* Down, and the hn still hands over to it: two who upped and downed it at once
 * leave that behind (FACTS.md C.3: N2 and N3 look at no flag), and without a
 * VF there is then no way out. Only another up, and down, brings hn back. */
static bool
free_hn(struct look *l)
{
	struct vf_care *c = &l->p->vf;

	if (!l->hn->rxvf || l->now_ns < c->loose_ns)
		return false;
	begin(l, OP_UP, l->vf->name, "it is down, yet the hn hands over to it");
	if (!may_try(l))
		return false;
	c->loose_ns = l->now_ns + NATIVE_RETRY_FIRST;
	c->left_down = false;
	return true;
}

static bool
plan_vf(struct look *l)
{
	struct vf_care *c = &l->p->vf;
	const struct snap_port *port;
	bool was_up = c->seen_up;

	if (l->vf == NULL)
		return false;
	c->seen_up = l->vf->up;
	port = snap_port_find(l->lagg, l->vf->name);
	if (port == NULL) {
		/* Joining while up would restart its driver and, until then,
		 * leave the hn without link: down, join, up. */
		if (l->vf->up)
			return set_vf_down(l, "up, but not a port");
		begin(l, OP_PORT_ADD, l->p->lagg, "join before up");
		memcpy(l->op->other, l->vf->name, sizeof(l->op->other));
		return may_try(l);
	}
	if (l->vf->up)
		return watch_vf(l, port);
	if (free_hn(l))
		return true;
	if (was_up && !c->set_down && !c->left_down) {
		c->left_down = true;
		c->tell_ns = l->now_ns + TELL_AFTER;
	}
	if (c->left_down && l->now_ns < c->tell_ns) {
		wake_at(l, c->tell_ns);
	} else if (c->left_down && c->tell_ns != NATIVE_NEVER) {
		c->tell_ns = NATIVE_NEVER;
		note(l->n, "%s was set down by somebody else; left so",
		    l->vf->name);
	}
	if (c->left_down)
		return false;
	if (l->now_ns < c->due_ns) {
		wake_at(l, c->due_ns);
		return false;
	}
	begin(l, OP_UP, l->vf->name, "joined, and the delay is over");
	return may_try(l);
}

/* --- all pairs --- */

static struct pair *
pair_of(struct native *n, const char *hn)
{
	struct diag quiet = { 0 };
	struct pair *p;
	size_t i;

	for (i = 0; i < n->n_pairs; i++)
		if (strcmp(n->pairs[i].hn, hn) == 0)
			return &n->pairs[i];
	p = MEM_PUSH(n->pairs, n->n_pairs, n->cap_pairs);
	snprintf(p->hn, sizeof(p->hn), "%s", hn);
	p->vf.idle_ns = NATIVE_NEVER;
	rcvars_net(n->config.rc, hn, &quiet, &p->net);
	if (p->net.configured && (p->net.dhcp || p->net.n_addrs == 0))
		note(n,
		    "%s: only static IPv4 addresses are carried over; left "
		    "alone",
		    hn);
	return p;
}

static bool
plan_pair(struct look *l)
{
	const struct rc_net *net = &l->p->net;

	if (!net->configured || net->dhcp || net->n_addrs == 0)
		return false;
	choose_lagg(l);
	if (plan_lagg(l))
		return true;
	if (l->lagg == NULL)
		return false;
	if (plan_addresses(l) || plan_default_route(l))
		return true;
	/* Without its first port the aggregate is no place for a VF. */
	if (snap_port_find(l->lagg, l->p->hn) == NULL)
		return false;
	meet_vf(l);
	return plan_vf(l);
}

bool
native_plan(struct native *n, const struct snapshot *s, int64_t now_ns,
    struct operation *op, int64_t *wake_ns)
{
	struct look l = { .n = n, .s = s, .now_ns = now_ns, .op = op };
	size_t i;

	*wake_ns = NATIVE_NEVER;
	l.wake_ns = wake_ns;
	if (s->vf_transparent != 0) {
		if (!n->told_mode)
			note(n,
			    s->vf_transparent > 0
				? "hn(4) is in transparent mode: nothing to do"
				: "no hw.hn.vf_transparent: nothing to do");
		n->told_mode = true;
		return false;
	}
	for (i = 0; i < s->n_ifs; i++) {
		if (s->ifs[i].class != IF_HN)
			continue;
		l.hn = &s->ifs[i];
		l.lagg = l.vf = NULL;
		l.p = pair_of(n, l.hn->name);
		if (plan_pair(&l))
			return true;
	}
	return false;
}
