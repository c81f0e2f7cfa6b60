/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "failover/native_life.h"
#include "failover/native_plans.h"

/* A bond's default is to look at no link, ever (FACTS.md G.4 6). */
#define MIIMON_MS 100

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
		bytes = strcspn(s, ": \t\n"); /* "lagg0:sticky" is lagg0 */
		if (bytes == strlen(lagg) && strncmp(s, lagg, bytes) == 0)
			return true;
		bytes = strcspn(s, " \t\n");
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

static bool
has_our_mark(const struct look *l, const struct snap_if *lagg)
{
	return strcmp(lagg->descr, l->p->descr) == 0;
}

/* Ours: it carries our mark. Or it carries none and rc.conf does not name it,
 * and our hn is in it, as stock's script leaves it behind; or nothing, unless
 * our VF, as a crash between create and mark does. */
static bool
lagg_is_ours(const struct look *l, const struct snap_if *lagg)
{
	size_t i;

	/* What only has the name of one is none: Linux's bonding makes a bond0
	 * of another mode when it is loaded. */
	if (lagg->class != IF_LAGG)
		return false;
	if (has_our_mark(l, lagg))
		return true;
	if (lagg->descr[0] != '\0' || is_named_in_rc(l->config->rc, lagg->name))
		return false;
	if (snap_port_find(lagg, l->p->hn) != NULL)
		return true;
	for (i = 0; i < lagg->n_addrs; i++)
		if (native_is_own_addr(lagg, i))
			return false;
	return !holds_a_stranger(l, lagg);
}

/* No lagg that we may touch: this pair is left alone. */
static void
refuse_lagg(struct look *l, const char *name)
{
	struct pair *p = l->p;

	if (l->lagg == NULL && snapshot_find(l->s, name) == NULL)
		native_tell_once(l, TOLD_REFUSED,
		    "%s is out of sight; %s is left alone", name, p->hn);
	else
		native_tell_once(l, TOLD_REFUSED,
		    "%s is somebody else's; %s is left alone", name, p->hn);
	p->lagg[0] = '\0';
	l->lagg = NULL;
}

/* The one with our mark, whatever its name is by now. */
static const struct snap_if *
marked_lagg(struct look *l)
{
	struct pair *p = l->p;
	const struct snap_if *i;
	size_t k;

	if (p->lagg[0] != '\0') {
		i = native_find(l, p->lagg, &p->at_lagg);
		if (i != NULL && has_our_mark(l, i))
			return i;
	}
	for (k = 0; k < l->s->n_ifs; k++)
		if (l->s->ifs[k].class == IF_LAGG &&
		    has_our_mark(l, &l->s->ifs[k]))
			return &l->s->ifs[k];
	return NULL;
}

static bool
may_have(struct look *l)
{
	l->lagg = native_find(l, l->p->lagg, &l->p->at_lagg);
	/* A name that rc.conf uses is taken, even before it exists. */
	return l->lagg == NULL ? !is_named_in_rc(l->config->rc, l->p->lagg)
			       : lagg_is_ours(l, l->lagg);
}

/* laggN of the hn's unit (bondN on Linux), or lagg100+N when the administrator
 * uses that name for something else. */
static void
name_lagg(struct look *l)
{
	const char *kind = l->s->os == SNAP_LINUX ? "bond" : "lagg";
	struct pair *p = l->p;

	snprintf(p->lagg, sizeof(p->lagg), "%s%d", kind, p->unit);
	if (may_have(l))
		return;
	native_tell_once(l, TOLD_FOREIGN, "%s is not ours; %s uses %s%d",
	    p->lagg, p->hn, kind, p->unit + 100);
	snprintf(p->lagg, sizeof(p->lagg), "%s%d", kind, p->unit + 100);
	if (!may_have(l))
		refuse_lagg(l, p->lagg);
}

void
native_choose_lagg(struct look *l)
{
	struct pair *p = l->p;

	if (l->hn->lagg[0] != '\0') {
		memcpy(p->lagg, l->hn->lagg, sizeof(p->lagg));
		l->lagg = native_find(l, p->lagg, &p->at_lagg);
		if (l->lagg == NULL || !lagg_is_ours(l, l->lagg)) {
			refuse_lagg(l, l->hn->lagg);
			return;
		}
	} else if ((l->lagg = marked_lagg(l)) != NULL) {
		memcpy(p->lagg, l->lagg->name, sizeof(p->lagg));
	} else {
		name_lagg(l);
	}
	if (p->lagg[0] != '\0')
		p->told &= ~(unsigned)TOLD_REFUSED;
}

/* An address on a lagg without mark and without our hn is a stranger's, even
 * if it was we who put it there: the mark was refused, and comes first. */
bool
native_lagg_is_known(const struct look *l)
{
	return has_our_mark(l, l->lagg) ||
	    snap_port_find(l->lagg, l->p->hn) != NULL;
}

/* A change of the aggregate's gives each port its own first, and takes a second
 * or so for each. */
#define MTU_CHANGES (INT64_C(10) * 1000000000)
/* A host may have a lower limit than its hn says (FACTS.md C.8), and each try
 * stops all ports for a while. */
#define MTU_TRIES 2

/* The hn's was being changed just as it joined: the kernel asks what it is, and
 * not what it is about to be. Set again, the aggregate's goes to all ports. */
static bool
has_odd_port(struct look *l)
{
	struct config_care *c = &l->p->config;
	const struct snap_if *port;
	bool odd = false;
	size_t i;

	for (i = 0; i < l->lagg->n_ports && !odd; i++) {
		port = l->hn;
		if (strcmp(l->lagg->ports[i].name, l->p->hn) != 0)
			port = native_find(l, l->lagg->ports[i].name,
			    &l->p->at_vf);
		odd = port != NULL && port->mtu != l->lagg->mtu;
	}
	if (!odd || c->odd_mtu != l->lagg->mtu)
		c->odd_tries = 0;
	c->odd_mtu = l->lagg->mtu;
	if (!odd)
		c->odd_mtu_ns = 0;
	else if (c->odd_mtu_ns == 0)
		c->odd_mtu_ns = l->now_ns + MTU_CHANGES;
	return odd && c->odd_tries < MTU_TRIES &&
	    native_is_due(l, c->odd_mtu_ns);
}

/* The first port's MTU is the aggregate's (FACTS.md D.3), so it must be right
 * before the hn joins; a port's cannot be changed, the aggregate's can. One
 * that a person has changed since stays as it is. A bond's ports get the bond's
 * (FACTS.md G.4 2): there it is the bond's that must be right, and what the hn
 * has is what somebody has given it. */
static bool
plan_mtu(struct look *l)
{
	struct config_care *c = &l->p->config;
	bool first = l->lagg->n_ports == 0, bond = l->s->os == SNAP_LINUX;
	uint32_t mtu = l->p->net.mtu;
	unsigned odd = 0;

	if (first && bond && mtu == 0)
		mtu = l->hn->mtu;
	if (first && bond && l->lagg->mtu != mtu) {
		native_begin(l, OP_MTU, l->p->lagg, "before its first port");
	} else if (first && !bond && mtu != 0 && l->hn->mtu != mtu) {
		native_begin(l, OP_MTU, l->p->hn, "rc.conf says so");
	} else if (c->new_mtu) {
		c->new_mtu = false;
		if (mtu == 0 || l->lagg->mtu == mtu)
			return false;
		native_begin(l, OP_MTU, l->p->lagg, "rc.conf says so now");
	} else if (!bond && has_odd_port(l)) {
		mtu = l->lagg->mtu;
		native_begin(l, OP_MTU, l->p->lagg, "a port has another one");
		odd = 1;
	} else {
		return false;
	}
	l->op->value = (int)mtu;
	if (!native_may_try(l))
		return false;
	c->odd_tries += odd;
	return true;
}

/* Bonding refuses a device that is up, and opens it itself (FACTS.md G.4). */
bool
native_joins_by_down(const struct look *l, const struct snap_if *i)
{
	return l->s->os == SNAP_LINUX && i->lagg[0] == '\0';
}

bool
native_plan_lagg(struct look *l)
{
	if (l->p->lagg[0] == '\0')
		return false;
	if (l->lagg == NULL) {
		native_forget_down(l);
		native_begin(l, OP_LAGG_CREATE, l->p->lagg,
		    "%s has no aggregate", l->p->hn);
		if (l->s->os == SNAP_LINUX)
			l->op->value = MIIMON_MS;
		return native_may_try(l);
	}
	if (!has_our_mark(l, l->lagg)) {
		native_begin(l, OP_DESCR, l->p->lagg,
		    "mark the aggregate as ours");
		snprintf(l->op->text, sizeof(l->op->text), "%s", l->p->descr);
		if (native_may_try(l))
			return true;
	}
	if (l->s->failover_rx_all == 0 && l->s->os == SNAP_FREEBSD &&
	    !l->config->keep_rx_all) {
		native_begin(l, OP_SYSCTL, l->p->lagg, "accept on every port");
		snprintf(l->op->text, sizeof(l->op->text),
		    "net.link.lagg.failover_rx_all");
		l->op->value = 1;
		if (native_may_try(l))
			return true;
	}
	if (!l->hn->up && !native_joins_by_down(l, l->hn)) {
		native_begin(l, OP_UP, l->p->hn, "the synthetic NIC stays up");
		if (!native_may_try(l))
			return false;
		native_expect_down(l);
		return true;
	}
	return plan_mtu(l);
}

/* Joining narrows what is enabled on all ports to what all can do, and a VF's
 * leaving does not widen it again (FACTS.md D.3). Only what a joining took is
 * given back: what is off for another reason somebody wants off. Our own
 * joining counts also when its VF is gone by the next look, and when a VF takes
 * what the one before it has left, or the hn joins a VF that is there already.
 */
void
native_note_caps(struct look *l)
{
	struct pair *p = l->p;
	bool is_port = l->lagg != NULL && l->hn->lagg[0] != '\0';

	if (p->just_joined ||
	    (is_port && l->lagg->n_ports > 1 && !p->has_joined)) {
		p->lost |= p->caps & ~l->hn->capenable;
		p->has_joined = true;
	}
	p->just_joined = false;
	p->caps = l->hn->capenable | p->lost;
}

bool
native_plan_caps(struct look *l)
{
	struct pair *p = l->p;
	uint32_t back;

	if (l->lagg->n_ports > 1)
		return false;
	back = p->lost & l->hn->caps & ~l->hn->capenable;
	if (p->has_joined && back != 0) {
		native_begin(l, OP_CAPS, p->hn, "lost to the VF that has left");
		l->op->value = (int)(l->hn->capenable | back);
		return native_may_try(l);
	}
	p->has_joined = false;
	p->lost = 0;
	return false;
}
