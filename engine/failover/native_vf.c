/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "base/diag.h"
#include "base/ipaddr.h"
#include "failover/native_life.h"
#include "failover/native_plans.h"
#include "failover/native_why.h"

/* The kernel sets a leaving VF down shortly before it is gone. */
#define TELL_AFTER (INT64_C(2) * 1000000000)

/* Newer kernels hand over some time after the flag has changed, a second
 * later when the host was busy (FACTS.md B.13). */
#define SETTLES (INT64_C(1200) * 1000000)

int64_t
native_twice(int64_t ns, int64_t most)
{
	return ns > most / 2 ? most : ns * 2;
}

/* --- which NIC it is --- */

static bool
is_nic(const struct snap_if *i)
{
	return i->class == IF_OTHER && i->parent[0] != '\0';
}

static const struct snap_if *
nic_with_mac(const struct look *l, const uint8_t mac[6])
{
	size_t i;

	for (i = 0; i < l->s->n_ifs; i++)
		if (is_nic(&l->s->ifs[i]) &&
		    memcmp(l->s->ifs[i].mac, mac, 6) == 0)
			return &l->s->ifs[i];
	return NULL;
}

/* What a planner before us has begun, and been killed over, may still end. */
#define FORERUNNER (INT64_C(10) * 1000000000)

/* A VF is seen before its driver has told the hn of it, and after. */
#define UNPAIRED (INT64_C(5) * 1000000000)

/* There is a NIC that could be its VF, but the hn does not know it: renamed,
 * there before the hn, or left behind by a change of the hn's MAC. To down and
 * up it may panic the kernel (FACTS.md B.10, B.12), so it is left as it is. A
 * MAC that a person has given to the aggregate is his wish: to take it back
 * would be a fight, and the synthetic NIC goes on carrying with it. */
static void
tell_unpaired(struct look *l)
{
	const struct snap_if *nic = nic_with_mac(l, l->hn->mac);
	struct vf_care *c = &l->p->vf;
	char was[MAC_TEXT];

	if (nic == NULL)
		c->unpaired_ns = 0;
	else if (c->unpaired_ns == 0)
		c->unpaired_ns = l->now_ns + UNPAIRED;
	if (nic == NULL)
		l->p->told &= ~(unsigned)TOLD_UNPAIRED;
	else if ((l->p->told & TOLD_UNPAIRED) == 0 &&
	    native_is_due(l, c->unpaired_ns))
		native_tell_once(l, TOLD_UNPAIRED,
		    "%s has %s's MAC, but %s does not know it (renamed, or "
		    "there first); it must be detached and attached again",
		    nic->name, l->p->hn, l->p->hn);
	if (memcmp(l->hn->mac, l->p->mac, sizeof(l->p->mac)) == 0) {
		l->p->told &= ~(unsigned)TOLD_OTHER_MAC;
		return;
	}
	nic = nic_with_mac(l, l->p->mac);
	if (nic != NULL)
		native_tell_once(l, TOLD_OTHER_MAC,
		    "%s cannot be %s's VF since its MAC was changed; "
		    "\"ifconfig %s ether %s\" brings it back",
		    nic->name, l->p->hn, l->p->lagg,
		    mac_format(l->p->mac, was));
}

static bool
has_an_address(const struct snap_if *vf)
{
	size_t i;

	for (i = 0; i < vf->n_addrs; i++)
		if (native_is_own_addr(vf, i) &&
		    (vf->addr_flags[i] & SNAP_ADDR_LEASED) == 0)
			return true;
	return false;
}

/* A name alone proves nothing: the VF has the hn's MAC, hangs on a bus and
 * carries no configuration of its own. */
const char *
native_unproven(const struct pair *p, const struct snap_if *hn,
    const struct snap_if *vf)
{
	if (!is_nic(vf))
		return "hangs on no bus";
	if (memcmp(vf->mac, hn->mac, sizeof(vf->mac)) != 0)
		return "has another MAC by now";
	if (has_an_address(vf))
		return "has an address of its own";
	if (vf->lagg[0] != '\0' && strcmp(vf->lagg, p->lagg) != 0)
		return "is in another lagg";
	return NULL;
}

static const struct snap_if *
proven_vf(struct look *l)
{
	const struct snap_if *vf;
	const char *why;

	if (l->hn->vf[0] == '\0') {
		tell_unpaired(l);
		return NULL;
	}
	l->p->told &= ~(unsigned)TOLD_UNPAIRED;
	vf = native_find(l, l->hn->vf, &l->p->at_vf);
	if (vf == NULL)
		return NULL;
	why = native_unproven(l->p, l->hn, vf);
	if (why == NULL) {
		l->p->told &= ~(unsigned)TOLD_NOT_VF;
		return vf;
	}
	native_tell_once(l, TOLD_NOT_VF, "%s lists %s, which %s; left alone",
	    l->p->hn, vf->name, why);
	return NULL;
}

/* A host that is serviced gives its VF back within minutes (FACTS.md F.2). */
#define MISSED_MIN 10
#define MISSED	   (INT64_C(60) * 1000000000 * MISSED_MIN)

static void
tell_missed(struct look *l)
{
	struct vf_care *c = &l->p->vf;

	if (c->missed_ns == 0 || c->missed_ns == NATIVE_NEVER ||
	    l->hn->vf[0] != '\0' || !native_is_due(l, c->missed_ns))
		return;
	c->missed_ns = NATIVE_NEVER;
	native_tell(l,
	    "%s: its VF has not returned for %d min; the synthetic "
	    "NIC carries alone",
	    l->p->hn, MISSED_MIN);
}

/* Also one that a record tells of only now, long since met: nothing is gone. */
static bool
has_met(const struct look *l)
{
	const struct vf_care *c = &l->p->vf;

	return l->vf != NULL && c->index == l->vf->index &&
	    strcmp(c->name, l->vf->name) == 0;
}

static void
forget_vf(struct look *l)
{
	struct vf_care *c = &l->p->vf;
	int64_t stray_ns = c->stray_ns, unpaired_ns = c->unpaired_ns;
	int64_t missed_ns = c->index == 0 ? c->missed_ns : l->now_ns + MISSED;

	if (c->index != 0 && !has_met(l) && !c->seen_up &&
	    c->due_ns > l->now_ns)
		native_tell(l, "%s is gone, its delay is cancelled", c->name);
	memset(c, 0, sizeof(*c));
	c->idle_ns = NATIVE_NEVER;
	c->stray_ns = stray_ns;
	c->unpaired_ns = unpaired_ns;
	c->missed_ns = missed_ns;
}

static void
meet_vf(struct look *l)
{
	struct vf_care *c = &l->p->vf;

	l->vf = proven_vf(l);
	if (has_met(l) && !c->replaced)
		return;
	forget_vf(l);
	if (l->vf == NULL)
		return;
	native_forget_holds(l->p, l->vf->name);
	memcpy(c->name, l->vf->name, sizeof(c->name));
	c->index = l->vf->index;
	if (c->missed_ns == NATIVE_NEVER)
		native_tell(l, "%s has a VF again: %s", l->p->hn, c->name);
	c->stray_ns = c->unpaired_ns = c->missed_ns = 0;
	c->retry_ns = NATIVE_RETRY_FIRST;
	c->grace_ns = NATIVE_GRACE_FIRST;
	c->theirs_ns = l->vf->up ? l->now_ns + FORERUNNER : l->now_ns;
	/* One that is up already has settled long ago. */
	c->due_ns = l->now_ns + (l->vf->up ? 0 : l->p->net.vf_delay_ns);
}

static bool
stop_client(struct look *l, const struct snap_if *vf)
{
	native_begin(l, OP_DHCP_STOP, vf->name,
	    "a VF has no address of its own");
	return native_may_try(l);
}

/* --- without one --- */

/* A client on a NIC that the hn does not know takes its address away when the
 * lease is over, and an address that comes or goes is to the hn as a flag that
 * changes: that may panic the kernel (FACTS.md B.3, B.10). So the client ends,
 * and the address stays. */
static bool
stop_unpaired(struct look *l)
{
	const struct snap_if *nic = NULL;
	struct diag quiet = { 0 };
	struct rc_net net;

	if (l->hn->vf[0] == '\0')
		nic = nic_with_mac(l, l->hn->mac);
	if (nic == NULL || !nic->dhclient ||
	    native_unproven(l->p, l->hn, nic) != NULL)
		return false;
	/* Who configures it by name wants it so. */
	rcvars_net(l->config->rc, nic->name, &quiet, &net);
	return (!net.configured || net.by_default) && stop_client(l, nic);
}

/* The hn was gone and has come back without its VF, which meanwhile is the
 * aggregate's first port: what is sent to it goes nowhere, since the host
 * sends and takes on the synthetic path again (FACTS.md B.12, N11). Leaving
 * the aggregate neither ups nor downs it. */
static bool
plan_stray(struct look *l)
{
	struct vf_care *c = &l->p->vf;
	const struct snap_if *nic = NULL;
	size_t i, at = 0;

	if (l->hn->vf[0] == '\0' && !l->hn->rxvf && l->hn->link == LINK_UP)
		for (i = 0; i < l->lagg->n_ports; i++) {
			if (!l->lagg->ports[i].active ||
			    strcmp(l->lagg->ports[i].name, l->p->hn) == 0)
				continue;
			nic = native_find(l, l->lagg->ports[i].name, &at);
		}
	if (nic == NULL || !is_nic(nic)) {
		c->stray_ns = 0;
		return false;
	}
	if (c->stray_ns == 0)
		c->stray_ns = l->now_ns + SETTLES;
	if (!native_is_due(l, c->stray_ns))
		return false;
	native_begin(l, OP_PORT_DEL, l->p->lagg, "%s does not know it",
	    l->p->hn);
	memcpy(l->op->other, nic->name, sizeof(l->op->other));
	return native_may_try(l);
}

/* Newer kernels set the ports up with the aggregate (sys/net/if_lagg.c). A VF
 * that is met before has its delay, although it is up behind that. One that is
 * down and that the hn does not know, since that was away, would take its path
 * for good or panic the kernel (FACTS.md B.10, B.12): so it leaves the
 * aggregate before that is upped. */
bool
native_plan_ports(struct look *l)
{
	const struct snap_if *nic;
	size_t i, at = 0;

	if (l->lagg->up || l->s->os == SNAP_LINUX)
		return false;
	if (l->hn->vf[0] != '\0') {
		if (snap_port_find(l->lagg, l->hn->vf) != NULL)
			meet_vf(l);
		return false;
	}
	for (i = 0; i < l->lagg->n_ports; i++) {
		nic = native_find(l, l->lagg->ports[i].name, &at);
		if (nic == NULL || nic->up || !is_nic(nic) ||
		    strcmp(nic->name, l->p->hn) == 0)
			continue;
		native_begin(l, OP_PORT_DEL, l->p->lagg,
		    "%s does not know it, and must not be upped with it",
		    l->p->hn);
		memcpy(l->op->other, nic->name, sizeof(l->op->other));
		return native_may_try(l);
	}
	return false;
}

/* Newer kernels set the ports down shortly before they destroy an aggregate:
 * nobody has decided to have the VF down. */
void
native_forget_down(struct look *l)
{
	struct vf_care *c = &l->p->vf;

	if (c->tell_ns != NATIVE_NEVER)
		c->left_down = false;
}

/* Who has set the hn down may set all down, as "service netif restart" does,
 * and nobody will up the VF then: that is no decision about it. */
void
native_expect_down(struct look *l)
{
	struct vf_care *c = &l->p->vf;

	c->all_down_ns = l->now_ns + TELL_AFTER;
}

/* --- with one --- */

static bool
set_vf_down(struct look *l, const char *why)
{
	native_begin(l, OP_DOWN, l->vf->name, "%s", why);
	if (!native_may_try(l))
		return false;
	l->p->vf.set_down = true;
	l->p->vf.carried = false;
	l->p->vf.idle_ns = NATIVE_NEVER;
	return true;
}

/* Somebody's up is under way: the flag is set before the hn is told (FACTS.md
 * B.3). A down would overtake that, and leave an hn that hands over to a VF
 * that is down. Meanwhile the hn carries, if anybody can. */
static bool
is_settling(struct look *l)
{
	struct vf_care *c = &l->p->vf;

	if (l->hn->rxvf || l->s->os == SNAP_LINUX) {
		c->loose_ns = 0;
		return false;
	}
	if (c->loose_ns == 0)
		c->loose_ns = l->now_ns + SETTLES;
	return !native_is_due(l, c->loose_ns);
}

/* Nothing is amiss: always false, there is nothing to do. */
static bool
is_well(struct vf_care *c)
{
	c->idle_ns = NATIVE_NEVER;
	c->loose_ns = 0;
	return false;
}

/* Up and a port: carrying, about to, or to be set down. */
static bool
watch_vf(struct look *l, const struct snap_port *port)
{
	struct vf_care *c = &l->p->vf;

	c->set_down = c->left_down = false;
	if (port->active) {
		if (!c->carried)
			c->since_ns = l->now_ns;
		c->carried = true;
		return is_well(c);
	}
	/* A bond sees a link at its next poll. */
	if (l->s->os == SNAP_LINUX && l->vf->link == LINK_UP)
		return is_well(c);
	/* The hn has not handed over yet, or has taken back what the host
	 * withdrew (FACTS.md B.13): it carries, and nothing is amiss. */
	if (!l->hn->rxvf && (l->vf->link == LINK_UP || l->hn->link == LINK_UP))
		return is_well(c);
	/* Neither has a link, and a forerunner of us was killed over its up. */
	if (is_settling(l))
		return false;
	if (c->idle_ns == NATIVE_NEVER)
		c->idle_ns = l->now_ns;
	if (!native_is_due(l, c->idle_ns + (c->carried ? 0 : c->grace_ns)))
		return false;
	/* A link that held for long is a good one again. */
	if (c->carried && l->now_ns - c->since_ns >= NATIVE_RETRY_LAST)
		c->retry_ns = NATIVE_RETRY_FIRST;
	native_tell(l, "%s is up without link; set down, next try in %lld s",
	    l->vf->name, (long long)(c->retry_ns / 1000000000));
	/* Newer kernels up it with the aggregate before its delay is over. */
	if (c->due_ns < l->now_ns + c->retry_ns)
		c->due_ns = l->now_ns + c->retry_ns;
	c->retry_ns = native_twice(c->retry_ns, NATIVE_RETRY_LAST);
	/* Each try is an outage of this length while the link is away, but a
	 * driver that is slow to find its link must get it in the end. */
	if (!c->carried)
		c->grace_ns = native_twice(c->grace_ns, NATIVE_GRACE_LAST);
	return set_vf_down(l, "up without link: the synthetic NIC takes over");
}

/* Down, and the hn still hands over to it: two who upped and downed it at once
 * leave that behind (FACTS.md C.3: N2 and N3 look at no flag), and without a
 * VF there is then no way out. Only another up, and down, brings hn back. One
 * that has come since has its delay first: the host that took its VF away and
 * gave it back at once leaves an hn that hands over to the new one. */
static bool
free_hn(struct look *l)
{
	struct vf_care *c = &l->p->vf;

	if (!l->hn->rxvf) {
		c->loose_ns = 0;
		return false;
	}
	if (c->loose_ns == 0)
		c->loose_ns = l->now_ns + SETTLES;
	if (!native_is_due(l, c->loose_ns))
		return false;
	if (!c->set_down && !c->left_down && !native_is_due(l, c->due_ns))
		return false;
	native_begin(l, OP_UP, l->vf->name,
	    "it is down, yet the hn hands over to it");
	if (!native_may_try(l))
		return false;
	c->loose_ns = l->now_ns + NATIVE_RETRY_FIRST;
	c->left_down = false;
	return true;
}

/* What the stock rules, or somebody, have put on it (FACTS.md E.5 H18); also
 * the 0.0.0.0 of a client that has ended before it had a lease. */
static bool
strip_vf(struct look *l)
{
	size_t i;

	if (l->vf->dhclient)
		return stop_client(l, l->vf);
	for (i = 0; i < l->vf->n_addrs; i++) {
		if ((l->vf->addr_flags[i] & SNAP_ADDR_LEASED) == 0 &&
		    (l->vf->addrs[i].family != 4 ||
			native_is_own_addr(l->vf, i)))
			continue;
		native_begin(l, OP_ADDR_DEL, l->vf->name,
		    "a VF has no address of its own");
		l->op->addr = l->vf->addrs[i];
		return native_may_try(l);
	}
	return false;
}

static bool
up_vf(struct look *l, bool was_up)
{
	struct vf_care *c = &l->p->vf;

	if (was_up && !c->set_down && l->now_ns < c->theirs_ns) {
		c->set_down = true;
		c->due_ns = l->now_ns + c->retry_ns;
	} else if (was_up && !c->set_down && !c->left_down &&
	    l->now_ns >= c->all_down_ns) {
		c->left_down = true;
		c->tell_ns = l->now_ns + TELL_AFTER;
	}
	if (c->left_down && c->tell_ns != NATIVE_NEVER &&
	    native_is_due(l, c->tell_ns)) {
		c->tell_ns = NATIVE_NEVER;
		native_tell(l, "%s was set down by somebody else; left so",
		    l->vf->name);
	}
	/* Without its fall-back it is not upped. */
	if (c->left_down || !l->hn->up || !native_is_due(l, c->due_ns))
		return false;
	native_begin(l, OP_UP, l->vf->name, "joined, and the delay is over");
	return native_may_try(l);
}

bool
native_plan_vf(struct look *l)
{
	struct vf_care *c = &l->p->vf;
	const struct snap_port *port;
	bool was_up;

	meet_vf(l);
	if (l->vf == NULL) {
		tell_missed(l);
		return stop_unpaired(l) || plan_stray(l);
	}
	was_up = c->seen_up;
	c->seen_up = l->vf->up;
	if (strip_vf(l))
		return true;
	port = snap_port_find(l->lagg, l->vf->name);
	if (port == NULL && native_joins_by_down(l, l->vf) && !l->vf->up &&
	    !native_is_due(l, c->due_ns))
		return false; /* joining ups it */
	if (port == NULL) {
		/* Joining while up would restart its driver and, until then,
		 * leave the hn without link: down, join, up. */
		if (l->vf->up)
			return !is_settling(l) &&
			    set_vf_down(l, "up, but not a port");
		/* Newer kernels up it with the aggregate. */
		if (!l->lagg->up && !native_is_due(l, c->due_ns))
			return false;
		native_begin(l, OP_PORT_ADD, l->p->lagg, "join before up");
		memcpy(l->op->other, l->vf->name, sizeof(l->op->other));
		return native_may_try(l);
	}
	/* A bond has its VF for primary (FACTS.md G.4 4 and 5). */
	if (l->s->os == SNAP_LINUX && !port->master) {
		native_begin(l, OP_PRIMARY, l->p->lagg, "the VF carries");
		memcpy(l->op->other, l->vf->name, sizeof(l->op->other));
		if (native_may_try(l))
			return true;
	}
	if (l->vf->up)
		return watch_vf(l, port);
	return free_hn(l) || up_vf(l, was_up);
}
