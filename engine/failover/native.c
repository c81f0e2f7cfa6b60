/* SPDX-License-Identifier: BSD-2-Clause */
#include "failover/native.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "failover/native_digest.h"
#include "failover/native_life.h"
#include "failover/native_plans.h"
#include "failover/native_why.h"
#include "failover/native_seen.h"

#define NOTES	  16
#define NOTE_SIZE 160

#define HOLDS_MOST 256 /* then one that has not ended makes room, too */

/* FreeBSD's: hn(4) of newer kernels gives it while the host has not answered,
 * and itself tries again after a second (FACTS.md B.13). */
#define OP_EAGAIN     35
#define OP_EOPNOTSUPP 45
#define AGAIN	      (INT64_C(1) * 1000000000)

#define MOST_REPEATS 2 /* see NATIVE_AT_ONCE */

/* An operation is tried some times before its hold is longer than this. */
#define LATELY (INT64_C(1) * 1000000000)

struct native {
	struct native_config config;
	struct pair *pairs; /* in the order of their hn in the snapshot */
	size_t n_pairs, cap_pairs;
	size_t n_present; /* the first of them, whose hn is there */
	struct seen seen;
	bool looked;	/* at all pairs, since this system became ours */
	size_t planned; /* whose operation is under way */
	int64_t promised_ns, fresh_ns;
	char notes[NOTES][NOTE_SIZE];
	size_t first_note, n_notes;
	char given[NOTE_SIZE];
	bool no_bonding; /* as its creation was answered */
	bool told_mode, told_other, told_bonding;
};

/* --- what a person should know --- */

__attribute__((format(printf, 2, 0))) static void
vnote(struct native *n, const char *fmt, va_list ap)
{
	size_t at;

	if (n->n_notes == NOTES)
		return;
	at = (n->first_note + n->n_notes++) % NOTES;
	vsnprintf(n->notes[at], sizeof(n->notes[at]), fmt, ap);
}

__attribute__((format(printf, 2, 3))) static void
note(struct native *n, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vnote(n, fmt, ap);
	va_end(ap);
}

void
native_tell(struct look *l, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vnote(l->n, fmt, ap);
	va_end(ap);
}

void
native_tell_once(struct look *l, enum told what, const char *fmt, ...)
{
	va_list ap;

	if ((l->p->told & what) != 0)
		return;
	l->p->told |= what;
	va_start(ap, fmt);
	vnote(l->n, fmt, ap);
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

/* --- a planner's life --- */

struct native *
native_new(const struct native_config *config)
{
	struct native *n = mem_zero(1, sizeof(*n));

	n->config = *config;
	n->promised_ns = NATIVE_NEVER;
	return n;
}

void
native_free(struct native *n)
{
	size_t i;

	if (n == NULL)
		return;
	for (i = 0; i < n->n_pairs; i++) {
		free(n->pairs[i].config.vlans);
		free(n->pairs[i].holds);
	}
	free(n->pairs);
	seen_fini(&n->seen);
	free(n);
}

static bool
is_for_us(const struct rc_net *net)
{
	return net->configured && !net->no_auto && net->uncarried == NULL &&
	    net->vnet[0] == '\0' &&
	    (net->dhcp != RC_DHCP_NONE || net->n_addrs > 0 ||
		net->accept_rtadv || net->n_vlans > 0);
}

static const char *
why_not(const struct rc_net *net, bool errors)
{
	if (errors)
		return "its configuration in rc.conf is not understood";
	if (net->no_auto)
		return "rc.conf says NOAUTO";
	if (net->uncarried != NULL)
		return net->uncarried;
	return "nothing in its configuration to carry over";
}

/* What rc.conf says of the pair: by the name that the hn has now, or by the
 * one that its driver gave it. */
static void
read_config(struct native *n, struct pair *p)
{
	struct diag quiet = { 0 };
	char name[IFNAME_MAX];
	struct rc_net net;

	rcvars_net(n->config.rc, p->hn, &quiet, &net);
	snprintf(name, sizeof(name), "hn%d", p->unit);
	if (p->is_hn && (!net.configured || net.by_default) &&
	    strcmp(name, p->hn) != 0) {
		quiet.errors = 0;
		rcvars_net(n->config.rc, name, &quiet, &net);
	}
	native_new_config(p, &net);
	p->managed = is_for_us(&net) && quiet.errors == 0;
	if (net.configured && !p->managed)
		note(n, "%s: %s; left alone", p->hn,
		    why_not(&net, quiet.errors > 0));
}

void
native_set_rc(struct native *n, const struct rcvars *rc)
{
	size_t i;

	n->config.rc = rc;
	n->looked = false;
	for (i = 0; i < n->n_pairs; i++)
		read_config(n, &n->pairs[i]);
}

/* --- when --- */

static void
wake_at(struct look *l, int64_t at_ns)
{
	if (at_ns < *l->wake_ns)
		*l->wake_ns = at_ns;
}

bool
native_is_due(struct look *l, int64_t at_ns)
{
	/* What was over while nobody could look waits for a fresh look. */
	if (at_ns < l->fresh_ns)
		at_ns = l->fresh_ns;
	if (l->now_ns >= at_ns)
		return true;
	wake_at(l, at_ns);
	return false;
}

/* --- operations that were tried --- */

static bool
same_operation(const struct operation *a, const struct operation *b)
{
	return a->kind == b->kind && strcmp(a->ifname, b->ifname) == 0 &&
	    strcmp(a->other, b->other) == 0 && strcmp(a->text, b->text) == 0 &&
	    a->value == b->value && ipaddr_equal(&a->addr, &b->addr);
}

static struct hold *
find_hold(struct pair *p, const struct operation *op)
{
	size_t i;

	for (i = 0; i < p->n_holds; i++)
		if (same_operation(&p->holds[i].op, op))
			return &p->holds[i];
	return NULL;
}

static struct hold *
new_hold(struct pair *p, const struct operation *op, int64_t now_ns)
{
	struct hold *h = NULL;
	size_t i;

	/* The one that ended first makes room. One that has not would be tried
	 * at once, and nothing else ever again. */
	for (i = 0; i < p->n_holds && p->n_holds >= NATIVE_HOLDS; i++)
		if (h == NULL || p->holds[i].until_ns < h->until_ns)
			h = &p->holds[i];
	if (h == NULL || (h->until_ns > now_ns && p->n_holds < HOLDS_MOST))
		h = MEM_PUSH(p->holds, p->n_holds, p->cap_holds);
	memset(h, 0, sizeof(*h));
	h->op = *op;
	return h;
}

/* What was refused of one says nothing of another one by its name. */
void
native_forget_holds(struct pair *p, const char *ifname)
{
	size_t i, kept = 0;

	for (i = 0; i < p->n_holds; i++)
		if (strcmp(p->holds[i].op.ifname, ifname) != 0 &&
		    strcmp(p->holds[i].op.other, ifname) != 0)
			p->holds[kept++] = p->holds[i];
	p->n_holds = kept;
}

static void
hold_back(struct hold *h, int result, int64_t now_ns)
{
	h->step_ns = h->step_ns == 0
	    ? NATIVE_HOLD_FIRST
	    : native_twice(h->step_ns, NATIVE_HOLD_LAST);
	if (result == OP_EAGAIN)
		h->step_ns = AGAIN;
	h->until_ns = now_ns + h->step_ns;
}

static void
went_well(struct hold *h, int64_t now_ns)
{
	bool again = h->repeats > 0 && now_ns - h->done_ns < NATIVE_AT_ONCE;

	h->repeats = again ? h->repeats + 1 : 1;
	h->done_ns = h->until_ns = now_ns;
	if (h->repeats > MOST_REPEATS) {
		hold_back(h, 0, now_ns);
		h->done_ns = h->until_ns;
	} else {
		h->step_ns = 0;
	}
}

void
native_result(struct native *n, const struct operation *op, int result,
    int64_t now_ns)
{
	struct pair *p;
	struct hold *h;
	bool tell;

	if (n->planned >= n->n_pairs)
		return;
	p = &n->pairs[n->planned];
	h = find_hold(p, op);
	if (h == NULL)
		h = new_hold(p, op, now_ns);
	if (result == 0) {
		went_well(h, now_ns);
		if (op->kind == OP_PORT_ADD)
			p->just_joined = true;
		return;
	}
	if (op->kind == OP_LAGG_CREATE && result == OP_EOPNOTSUPP)
		n->no_bonding = true;
	/* In the end it has been said often enough. */
	tell = h->step_ns < NATIVE_HOLD_LAST && !n->no_bonding;
	h->repeats = 0;
	hold_back(h, result, now_ns);
	if (tell)
		note(n,
		    "%s: operation failed (errno %d), tried again in "
		    "%lld ms",
		    op->ifname, result, (long long)(h->step_ns / 1000000));
}

bool
native_may_try(struct look *l)
{
	const struct hold *h = find_hold(l->p, l->op);

	if (h == NULL || h->step_ns == 0)
		return true;
	return native_is_due(l, h->until_ns);
}

bool
native_has_failed(const struct look *l)
{
	const struct hold *h = find_hold(l->p, l->op);

	return h != NULL && h->step_ns > 0 && h->repeats == 0;
}

bool
native_failed_lately(const struct look *l)
{
	const struct hold *h = find_hold(l->p, l->op);

	return h != NULL && h->step_ns > 0 && h->step_ns <= LATELY;
}

void
native_begin(struct look *l, enum op_kind kind, const char *ifname,
    const char *why, ...)
{
	va_list ap;

	memset(l->op, 0, sizeof(*l->op));
	l->op->kind = kind;
	snprintf(l->op->ifname, sizeof(l->op->ifname), "%s", ifname);
	va_start(ap, why);
	vsnprintf(l->op->why, sizeof(l->op->why), why, ap);
	va_end(ap);
}

const struct snap_if *
native_find(const struct look *l, const char *name, size_t *at)
{
	const struct snap_if *i;

	if (*at < l->s->n_ifs && strcmp(l->s->ifs[*at].name, name) == 0)
		return &l->s->ifs[*at];
	i = snapshot_find(l->s, name);
	if (i != NULL)
		*at = (size_t)(i - l->s->ifs);
	return i;
}

/* --- all pairs --- */

static void
swap_pairs(struct native *n, size_t a, size_t b)
{
	struct pair p = n->pairs[a];

	n->pairs[a] = n->pairs[b];
	n->pairs[b] = p;
}

/* The pair of the snapshot's hn number k. An hn is known by its index, and by
 * its unit when it was gone in between; its name may be changed. */
static struct pair *
pair_of(struct native *n, const struct snapshot *s, const struct snap_if *hn,
    size_t k)
{
	struct pair *p;
	size_t i;

	for (i = k; i < n->n_pairs; i++)
		if (n->pairs[i].unit == hn->unit)
			break;
	if (i == n->n_pairs) {
		p = MEM_PUSH(n->pairs, n->n_pairs, n->cap_pairs);
		p->unit = hn->unit;
		p->is_hn = s->os == SNAP_FREEBSD;
		snprintf(p->descr, sizeof(p->descr), NATIVE_MARK "hn%d",
		    p->unit);
		memcpy(p->mac, hn->mac, sizeof(p->mac));
		memcpy(p->hn, hn->name, sizeof(p->hn));
		p->vf.idle_ns = NATIVE_NEVER;
		read_config(n, p);
		/* Who declares it expects something. */
		if (!p->net.configured && hn->paired == PAIRED_AS_DECLARED)
			note(n,
			    "%s: no ifconfig_%s in rc.conf: there is nothing "
			    "to carry over, it is left alone",
			    p->hn, p->hn);
	}
	if (i != k)
		swap_pairs(n, i, k);
	p = &n->pairs[k];
	if (p->index != hn->index)
		memcpy(p->mac, hn->mac, sizeof(p->mac));
	p->index = hn->index;
	memcpy(p->hn, hn->name, sizeof(p->hn));
	return p;
}

/* Not ours to configure; but when we, or somebody, have put something on it,
 * its VF must not be its only way (FACTS.md I 66). */
static bool
plan_fallback(struct look *l)
{
	size_t i;

	if (l->hn->up || (l->hn->vf[0] == '\0' && l->hn->lagg[0] == '\0'))
		return false;
	if (l->hn->lagg[0] != '\0') {
		l->lagg = native_find(l, l->hn->lagg, &l->p->at_lagg);
		if (l->lagg == NULL ||
		    strncmp(l->lagg->descr, NATIVE_MARK, strlen(NATIVE_MARK)) !=
			0)
			return false;
	} else {
		for (i = 0; i < l->hn->n_addrs; i++)
			if (native_is_own_addr(l->hn, i))
				break;
		if (i == l->hn->n_addrs)
			return false;
	}
	native_begin(l, OP_UP, l->p->hn, "the VF's fall-back is down");
	return native_may_try(l);
}

static bool
plan_pair(struct look *l)
{
	if (!l->p->managed)
		return plan_fallback(l);
	native_choose_lagg(l);
	native_note_caps(l);
	if (native_plan_lagg(l))
		return true;
	if (l->lagg == NULL || !native_lagg_is_known(l))
		return false;
	if (native_plan_ports(l) || native_plan_config(l))
		return true;
	/* Without its first port the aggregate is no place for a VF. */
	if (snap_port_find(l->lagg, l->p->hn) == NULL)
		return false;
	return native_plan_vf(l) || native_plan_vlans(l) || native_plan_caps(l);
}

/* True when this system is not ours to change. */
static bool
keep_off(struct native *n, const struct snapshot *s)
{
	if (s->vf_transparent != 0) {
		if (!n->told_mode)
			note(n,
			    s->vf_transparent > 0
				? "hn(4) is in transparent mode: nothing to do"
				: "no hw.hn.vf_transparent: nothing to do");
		n->told_mode = true;
		return true;
	}
	if (s->os == SNAP_LINUX && (s->no_bonding || n->no_bonding)) {
		if (!n->told_bonding)
			note(n,
			    "this kernel has no bonding: the synthetic "
			    "NIC is left alone");
		n->told_bonding = true;
		return true;
	}
	/* Two that upped and downed the same VF would undo each other. */
	if (s->other_daemon != n->told_other)
		note(n,
		    s->other_daemon ? "devd carries out Hyper-V rules of its "
				      "own: nothing is done until it ends"
				    : "no other devd any more: going on");
	n->told_other = s->other_daemon;
	return s->other_daemon;
}

/* Finds the pairs of the hns that are there. All of them are to be looked at.
 */
static void
meet_pairs(struct native *n, const struct snapshot *s)
{
	struct pair *p;
	size_t i;

	n->n_present = 0;
	for (i = 0; i < s->n_ifs; i++) {
		if (s->ifs[i].class != IF_HN)
			continue;
		p = pair_of(n, s, &s->ifs[i], n->n_present);
		p->dirty = true;
		p->at_hn = i;
		seen_own(&n->seen, i, n->n_present++);
	}
	n->looked = true;
}

/* True when it has an operation. What it may do next depends on what is done,
 * so it stays dirty then. */
static bool
look_at(struct look *l, size_t k)
{
	struct native *n = l->n;
	struct pair *p = l->p;

	l->hn = &l->s->ifs[p->at_hn];
	l->lagg = l->vf = NULL;
	memcpy(p->hn, l->hn->name, sizeof(p->hn));
	p->wake_ns = NATIVE_NEVER;
	p->seen_ns = l->now_ns;
	l->wake_ns = &p->wake_ns;
	n->planned = k;
	p->dirty = plan_pair(l);
	if (l->lagg != NULL)
		seen_own(&n->seen, (size_t)(l->lagg - l->s->ifs), k);
	if (l->hn->vf[0] != '\0' && p->at_vf < l->s->n_ifs &&
	    strcmp(l->s->ifs[p->at_vf].name, l->hn->vf) == 0)
		seen_own(&n->seen, p->at_vf, k);
	return p->dirty;
}

bool
native_plan(struct native *n, const struct snapshot *s, int64_t now_ns,
    struct operation *op, int64_t *wake_ns)
{
	struct look l = { .n = n, .s = s, .now_ns = now_ns, .op = op };
	bool more = false;
	size_t k;

	*wake_ns = NATIVE_NEVER;
	if (n->promised_ns != NATIVE_NEVER &&
	    now_ns > n->promised_ns + NATIVE_LATE)
		n->fresh_ns = now_ns + NATIVE_FRESH;
	n->promised_ns = NATIVE_NEVER;
	n->planned = SIZE_MAX;
	if (keep_off(n, s)) {
		n->looked = false;
		return false;
	}
	if (!seen_update(&n->seen, s, n->pairs) || !n->looked)
		meet_pairs(n, s);
	l.fresh_ns = n->fresh_ns;
	l.config = &n->config;
	l.has_vlans = n->seen.has_vlans;
	for (k = 0; k < n->n_present && !more; k++) {
		l.p = &n->pairs[k];
		if (l.p->dirty || l.p->wake_ns <= now_ns ||
		    now_ns - l.p->seen_ns >= NATIVE_STALE)
			more = look_at(&l, k);
		if (l.p->wake_ns < *wake_ns)
			*wake_ns = l.p->wake_ns;
	}
	n->promised_ns = *wake_ns;
	return more;
}

void
native_replaced(struct native *n, const char *ifname)
{
	size_t k;

	for (k = 0; k < n->n_pairs; k++)
		if (strcmp(n->pairs[k].vf.name, ifname) == 0)
			n->pairs[k].vf.replaced = n->pairs[k].dirty = true;
}

void
native_lost_records(struct native *n)
{
	size_t k;

	for (k = 0; k < n->n_pairs; k++)
		/* That somebody has set down is known of one that is there. */
		if (n->pairs[k].vf.index != 0 && !n->pairs[k].vf.seen_up &&
		    !n->pairs[k].vf.left_down)
			n->pairs[k].vf.replaced = n->pairs[k].dirty = true;
}

const struct pair *
native_pair(const struct native *n, uint32_t index)
{
	size_t k;

	for (k = 0; k < n->n_pairs; k++)
		if (n->pairs[k].index == index)
			return &n->pairs[k];
	return NULL;
}

bool
native_has_bonding(const struct native *n)
{
	return !n->no_bonding;
}

void
native_digest(const struct native *n, native_is_current_fn *is_current,
    void *ctx, struct digest *d)
{
	const struct seen_row *row;
	size_t i;

	for (i = 0; i < n->n_pairs; i++)
		native_pair_digest(&n->pairs[i], d);
	digest_number(d, n->n_present);
	digest_number(d, n->planned);
	digest_number(d, (uint64_t)(n->looked << 0 | n->no_bonding << 1));
	/* Before it is late by that much it is promised anew. */
	digest_due(d,
	    n->promised_ns > d->now_ns + NATIVE_RENEWED
		? NATIVE_NEVER
		: n->promised_ns + NATIVE_LATE);
	digest_due(d, n->fresh_ns);
	for (i = 0; i < n->seen.n_rows; i++) {
		row = &n->seen.rows[i];
		digest_number(d, row->index);
		digest_number(d, row->owner);
		digest_number(d, is_current(ctx, row->version));
	}
}

/* --- whose rules --- */

static bool
is_candidate(const struct native *n, const struct snapshot *s,
    const struct snap_if *i)
{
	struct diag quiet = { 0 };
	struct rc_net net;
	size_t k;

	if (i->class != IF_OTHER || i->parent[0] == '\0')
		return false;
	/* Who configures it by name wants it so. */
	rcvars_net(n->config.rc, i->name, &quiet, &net);
	if (net.configured && !net.by_default)
		return false;
	for (k = 0; k < s->n_ifs; k++)
		if (s->ifs[k].class == IF_HN &&
		    memcmp(s->ifs[k].mac, i->mac, sizeof(i->mac)) == 0)
			return native_owns(n, s, s->ifs[k].name);
	/* An hn that is away comes back without it (FACTS.md B.12). A VF that
	 * is up by then takes its path and never gives it back. */
	for (k = 0; k < n->n_pairs; k++)
		if (n->pairs[k].managed &&
		    memcmp(n->pairs[k].mac, i->mac, sizeof(i->mac)) == 0)
			return true;
	return false;
}

bool
native_owns(const struct native *n, const struct snapshot *s,
    const char *ifname)
{
	const struct snap_if *i = snapshot_find(s, ifname);
	struct diag quiet = { 0 };
	const struct pair *p;
	struct rc_net net;
	size_t k;

	if (s->vf_transparent != 0 || s->other_daemon || i == NULL)
		return false;
	if (i->class == IF_LAGG) {
		for (k = 0; k < n->n_pairs; k++)
			if (n->pairs[k].managed &&
			    strcmp(n->pairs[k].lagg, ifname) == 0)
				return true;
		return false;
	}
	if (i->class != IF_HN)
		return is_candidate(n, s, i);
	if ((p = native_pair(n, i->index)) != NULL)
		return p->managed && (p->told & TOLD_REFUSED) == 0;
	rcvars_net(n->config.rc, ifname, &quiet, &net);
	return is_for_us(&net) && quiet.errors == 0;
}
