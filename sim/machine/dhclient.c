/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/machine/dhclient.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "sim/machine/dhcp.h"
#include "sim/machine/inet.h"
#include "sim/machine/lagg.h"
#include "sim/machine/netpath.h"
#include "sim/machine/sysops.h"

#define LINK_TRIES 11 /* one a second */

struct dhclient {
	TAILQ_ENTRY(dhclient) entry;
	struct machine *m;
	struct ifnet *ifp;
	char ifname[IFNAME_MAX];
	int id;
	const char *state;
	struct vevent timer; /* what it does next, by itself */
	void (*then)(struct dhclient *c);
	struct vevent wake;   /* it reads the routing socket */
	struct ktask *parent; /* waits for it in the foreground, or NULL */
	bool background;
	bool linked;		   /* what it last saw */
	bool scripting;		   /* its script runs: it does nothing else */
	bool selecting;		   /* an offer has come, it waits for others */
	bool heard, gone, deleted; /* on the routing socket, unread */
	bool has_lease;
	struct dhcp_lease lease, offered;
	int tries;
	int64_t first_ns; /* when it began to ask */
	int64_t interval_ns;
	int64_t script_ns; /* when its script last ran */
};

static void discover(struct dhclient *c);
static void request(struct dhclient *c);
static void init(struct dhclient *c);

static struct dhclient *
find(struct machine *m, const char *ifname)
{
	struct dhclient *c;

	if (m->dhcp == NULL)
		return NULL;
	TAILQ_FOREACH (c, &m->dhcp->clients, entry)
		if (strcmp(c->ifname, ifname) == 0)
			return c;
	return NULL;
}

static struct dhclient *
find_id(struct machine *m, int id)
{
	struct dhclient *c;

	TAILQ_FOREACH (c, &m->dhcp->clients, entry)
		if (c->id == id)
			return c;
	return NULL;
}

bool
dhclient_runs(struct machine *m, const char *ifname)
{
	return find(m, ifname) != NULL;
}

int
dhclient_id(struct machine *m, const char *ifname)
{
	const struct dhclient *c = find(m, ifname);

	return c == NULL ? 0 : c->id;
}

const char *
dhclient_state(struct machine *m, const char *ifname)
{
	const struct dhclient *c = find(m, ifname);

	return c == NULL ? "none" : c->state;
}

/* --- its own life --- */

/* A client is told by the name that its interface had when it was started. By
 * now the name may be another one's, which then shows it. */
static void
changed(struct machine *m, struct ifnet *ifp, const char *ifname)
{
	struct ifnet *other = ifnet_find(m, ifname);

	machine_changed(m, ifp);
	if (other != NULL && other != ifp)
		machine_changed(m, other);
}

static void
set_state(struct dhclient *c, const char *state)
{
	c->state = state;
	changed(c->m, c->ifp, c->ifname);
}

static void
later(struct dhclient *c, const char *delay, void (*then)(struct dhclient *))
{
	c->then = then;
	vclock_after(&c->m->clock, &c->timer, machine_delay(c->m, delay));
}

static void
timer_fire(void *ctx, struct vevent *e)
{
	struct dhclient *c = ctx;

	(void)e;
	c->then(c);
}

/* The parent is called again: the client is in the background, or gone. */
static void
release_parent(struct dhclient *c, int result)
{
	struct ktask *k = c->parent;

	c->parent = NULL;
	if (k == NULL)
		return;
	k->result = result;
	vclock_after(&c->m->clock, &k->event, 0);
}

static void
drop(struct dhclient *c)
{
	vclock_cancel(&c->m->clock, &c->timer);
	vclock_cancel(&c->m->clock, &c->wake);
	TAILQ_REMOVE(&c->m->dhcp->clients, c, entry);
	free(c);
}

static void
end(struct dhclient *c, int result)
{
	struct machine *m = c->m;
	struct ifnet *ifp = c->ifp;
	char ifname[IFNAME_MAX];

	memcpy(ifname, c->ifname, sizeof(ifname));
	release_parent(c, result);
	drop(c);
	changed(m, ifp, ifname);
}

/* As SIOCGIFMEDIA shows it; what has no media counts as linked. */
static bool
link_is_up(const struct ifnet *ifp)
{
	switch (ifp->kind) {
	case KIND_LAGG:
		return lagg_active(ifp) != NULL;
	case KIND_VLAN:
		return ifp->vlan.parent != NULL && link_is_up(ifp->vlan.parent);
	case KIND_HN:
	case KIND_VF:
		return ifp->link == LINK_UP;
	default:
		break;
	}
	return true;
}

/* --- its script ------------------------------------------------------------
 */

static void
script_begins(struct dhclient *c)
{
	c->scripting = true;
	c->script_ns = c->m->clock.now_ns;
}

static void
script_ends(struct dhclient *c)
{
	c->scripting = false;
	c->script_ns = c->m->clock.now_ns;
	if (c->heard && !timer_is_armed(&c->wake.timer))
		vclock_after(&c->m->clock, &c->wake,
		    machine_delay(c->m, "dhclient.wake"));
}

/* ifconfig IF inet ADDR: a system call of its own, which may take its time to
 * bring the interface up. */
static void
ifconfig(struct dhclient *c, const struct ipaddr *a,
    void (*done)(struct ktask *k))
{
	struct operation op;
	struct ktask *k;

	memset(&op, 0, sizeof(op));
	op.kind = OP_ADDR_ADD;
	op.addr = *a;
	snprintf(op.ifname, sizeof(op.ifname), "%s", c->ifp->name);
	k = sysop_begin(c->m, &op, done, NULL);
	k->id = (uint32_t)c->id;
}

static void
bound(struct dhclient *c)
{
	int64_t left = c->lease.until_ns - c->m->clock.now_ns;

	set_state(c, "bound");
	release_parent(c, 0);
	c->then = request;
	c->first_ns = c->m->clock.now_ns + left / 2;
	c->interval_ns = 0;
	vclock_at(&c->m->clock, &c->timer, c->first_ns);
}

/* route add default: it fails where there is one, and nobody minds. */
static void
script_routes(struct dhclient *c)
{
	inet_default_add(c->m, &c->lease.router, NULL);
	script_ends(c);
	bound(c);
}

static void
address_set(struct ktask *k)
{
	struct dhclient *c = find_id(k->m, (int)k->id);
	int i;

	if (c == NULL)
		return;
	i = inet_find(c->ifp, &c->lease.addr);
	if (i >= 0)
		c->ifp->addr_flags[i] |= SNAP_ADDR_LEASED;
	later(c, "dhclient.route", script_routes);
}

/* Without "alias" ifconfig deletes the interface's first IPv4 address. */
static void
delete_first(struct ifnet *ifp)
{
	struct ipaddr a;
	size_t i;

	for (i = 0; i < ifp->n_addrs; i++)
		if (ifp->addrs[i].family == 4) {
			a = ifp->addrs[i];
			inet_del(ifp, &a);
			return;
		}
}

static void
script_address(struct dhclient *c)
{
	delete_first(c->ifp);
	ifconfig(c, &c->lease.addr, address_set);
}

/* --- asking --- */

static void
take_lease(struct dhclient *c, const struct dhcp_lease *lease)
{
	bool renewed = strcmp(c->state, "renewing") == 0 &&
	    ipaddr_equal(&c->lease.addr, &lease->addr);

	c->lease = *lease;
	c->has_lease = true;
	dhcp_remember(c->m, c->ifname, lease);
	if (renewed) {
		bound(c);
		return;
	}
	script_begins(c);
	later(c, "dhclient.script", script_address);
}

static void
answered(struct machine *m, int id, enum dhcp_answer answer,
    const struct dhcp_lease *lease)
{
	struct dhclient *c = find_id(m, id);

	if (c == NULL || c->scripting)
		return;
	if (answer == DHCP_OFFER) {
		if (strcmp(c->state, "init") != 0 || c->selecting)
			return;
		c->selecting = true;
		c->offered = *lease;
		/* Its script cannot tell whether somebody else has the
		 * address, so it waits for up to 2 s of whole seconds. */
		later(c, "dhclient.select", request);
	} else if (strcmp(c->state, "requesting") == 0 ||
	    strcmp(c->state, "rebooting") == 0 ||
	    strcmp(c->state, "renewing") == 0) {
		if (answer == DHCP_ACK) {
			take_lease(c, lease);
		} else {
			c->has_lease = false;
			init(c);
		}
	}
}

/* The next try: 3 s, and then twice as long up to 15 s. The real one draws
 * from around these (FACTS.md E.6). */
static void
again(struct dhclient *c, void (*then)(struct dhclient *))
{
	int64_t most = machine_delay(c->m, "dhclient.cutoff");

	c->interval_ns = c->interval_ns == 0
	    ? machine_delay(c->m, "dhclient.initial")
	    : c->interval_ns * 2;
	if (c->interval_ns > most)
		c->interval_ns = most;
	c->then = then;
	vclock_after(&c->m->clock, &c->timer, c->interval_ns);
}

static bool
has_asked_for(const struct dhclient *c, const char *delay)
{
	return c->m->clock.now_ns - c->first_ns > machine_delay(c->m, delay);
}

/* Nobody answers: the lease on record is good enough if its router can be
 * reached, else it sleeps, in the background. */
static void
panic(struct dhclient *c)
{
	const struct dhcp_lease *old = dhcp_recall(c->m, c->ifname);

	if (old != NULL && netpath_frame_out(c->ifp) == PATH_OK &&
	    netpath_frame_in(c->ifp, true) == PATH_OK) {
		take_lease(c, old);
		return;
	}
	set_state(c, "sleeping");
	release_parent(c, 0);
	later(c, "dhclient.retry", init);
}

static void
discover(struct dhclient *c)
{
	if (has_asked_for(c, "dhclient.timeout")) {
		panic(c);
		return;
	}
	dhcp_send(c->m, c->ifp, DHCP_DISCOVER, NULL, answered, c->id);
	again(c, discover);
}

static void
init(struct dhclient *c)
{
	set_state(c, "init");
	c->selecting = false;
	c->first_ns = c->m->clock.now_ns;
	c->interval_ns = 0;
	discover(c);
}

/* The lease is over: its script takes the address away. */
static void
expire(struct dhclient *c)
{
	script_begins(c);
	inet_del(c->ifp, &c->lease.addr);
	c->has_lease = false;
	script_ends(c);
	init(c);
}

static void
request(struct dhclient *c)
{
	const struct ipaddr *wanted = &c->lease.addr;

	if (strcmp(c->state, "init") == 0) {
		set_state(c, "requesting");
		c->first_ns = c->m->clock.now_ns;
		c->interval_ns = 0;
	} else if (strcmp(c->state, "bound") == 0) {
		set_state(c, "renewing");
	}
	if (strcmp(c->state, "requesting") == 0)
		wanted = &c->offered.addr;
	if (strcmp(c->state, "renewing") == 0) {
		if (c->m->clock.now_ns >= c->lease.until_ns) {
			expire(c);
			return;
		}
	} else if (has_asked_for(c, "dhclient.reboot")) {
		init(c);
		return;
	}
	dhcp_send(c->m, c->ifp, DHCP_REQUEST, wanted, answered, c->id);
	again(c, request);
}

/* It asks for the address it has, or has had. */
static void
reboot(struct dhclient *c)
{
	if (!c->has_lease || c->lease.until_ns <= c->m->clock.now_ns) {
		init(c);
		return;
	}
	set_state(c, "rebooting");
	c->first_ns = c->m->clock.now_ns;
	c->interval_ns = 0;
	request(c);
}

/* --- start and end --- */

static void
preinit_done(struct ktask *k)
{
	struct dhclient *c = find_id(k->m, (int)k->id);
	const struct dhcp_lease *old;

	if (c == NULL)
		return;
	script_ends(c);
	c->linked = link_is_up(c->ifp);
	if (c->background)
		release_parent(c, 0);
	old = dhcp_recall(c->m, c->ifname);
	if (old != NULL) {
		c->lease = *old;
		c->has_lease = true;
	}
	reboot(c);
}

static void
preinit(struct dhclient *c)
{
	static const struct ipaddr none = { .family = 4, .prefix = 8 };

	ifconfig(c, &none, preinit_done);
}

static void
wait_for_link(struct dhclient *c)
{
	if (link_is_up(c->ifp)) {
		script_begins(c);
		set_state(c, "init");
		later(c, "dhclient.preinit", preinit);
	} else if (++c->tries > LINK_TRIES) {
		end(c, SIM_ENETDOWN);
	} else {
		set_state(c, "link");
		later(c, "dhclient.link_step", wait_for_link);
	}
}

/* What has been said on the routing socket, all at once: a link that has gone
 * and come meanwhile has not changed. */
static void
read_socket(void *ctx, struct vevent *e)
{
	struct dhclient *c = ctx;
	int64_t now = c->m->clock.now_ns;
	bool deleted = c->deleted, link;

	(void)e;
	if (c->scripting)
		return;
	c->heard = c->deleted = false;
	if (strcmp(c->state, "link") == 0 && !c->gone)
		return;
	if (c->gone || !c->ifp->up ||
	    (deleted &&
		now >= c->script_ns + machine_delay(c->m, "dhclient.quiet"))) {
		end(c, SIM_ENETDOWN);
		return;
	}
	link = link_is_up(c->ifp);
	if (link == c->linked)
		return;
	c->linked = link;
	if (link)
		reboot(c);
}

int64_t
dhclient_start(struct machine *m, const char *ifname, bool background,
    struct ktask *k)
{
	struct ifnet *ifp = ifnet_find(m, ifname);
	struct dhclient *c;
	int error = ifp == NULL	       ? SIM_ENXIO
	    : dhclient_runs(m, ifname) ? SIM_EEXIST
				       : 0;

	if (error != 0) {
		if (k != NULL)
			k->result = error;
		return 0;
	}
	c = mem_zero(1, sizeof(*c));
	c->m = m;
	c->ifp = ifp;
	snprintf(c->ifname, sizeof(c->ifname), "%s", ifname);
	c->id = ++dhcp_of(m)->last_pid;
	c->state = "link";
	c->timer.fire = timer_fire;
	c->wake.fire = read_socket;
	c->timer.ctx = c->wake.ctx = c;
	c->timer.domain = c->wake.domain = VGUEST;
	c->background = background;
	c->parent = k;
	TAILQ_INSERT_TAIL(&m->dhcp->clients, c, entry);
	wait_for_link(c);
	return DUR_MAX / 2;
}

bool
dhclient_stop(struct machine *m, const char *ifname)
{
	struct dhclient *c = find(m, ifname);

	if (c == NULL)
		return false;
	end(c, SIM_EINTR);
	return true;
}

void
dhclient_abandon(struct machine *m, struct ktask *k)
{
	struct dhclient *c, *next;

	if (m->dhcp == NULL)
		return;
	for (c = TAILQ_FIRST(&m->dhcp->clients); c != NULL; c = next) {
		next = TAILQ_NEXT(c, entry);
		if (c->parent != k)
			continue;
		c->parent = NULL;
		end(c, SIM_EINTR);
	}
}

/* --- what it hears --- */

static bool
is_own_address(const struct dhclient *c, const char *text)
{
	struct ipaddr a;

	return c->has_lease && ipaddr_parse(text, &a) &&
	    ipaddr_same_host(&c->lease.addr, &a);
}

bool
dhclient_listens(const struct machine *m)
{
	return m->dhcp != NULL && !TAILQ_EMPTY(&m->dhcp->clients);
}

/* A message is "VERB NAME REST". */
static bool
is_verb(const char *message, const char *verb)
{
	size_t bytes = strlen(verb);

	return strncmp(message, verb, bytes) == 0 && message[bytes] == ' ';
}

static const char *
behind_name(const char *message, char name[IFNAME_MAX])
{
	const char *from = strchr(message, ' '), *end;

	if (from == NULL || (end = strchr(++from, ' ')) == NULL ||
	    end - from >= IFNAME_MAX)
		return NULL;
	memcpy(name, from, (size_t)(end - from));
	name[end - from] = '\0';
	return end + 1;
}

void
dhclient_hear(struct machine *m, const char *message)
{
	char ifname[IFNAME_MAX];
	const char *rest;
	struct dhclient *c;

	if (!dhclient_listens(m) ||
	    (rest = behind_name(message, ifname)) == NULL ||
	    (c = find(m, ifname)) == NULL)
		return;
	if (is_verb(message, "ANNOUNCE") && strcmp(rest, "departure") == 0)
		c->gone = true;
	else if (is_verb(message, "DELADDR") && is_own_address(c, rest))
		c->deleted = true;
	else if (!is_verb(message, "IFINFO"))
		return;
	c->heard = true;
	if (!c->scripting && !timer_is_armed(&c->wake.timer))
		vclock_after(&m->clock, &c->wake,
		    machine_delay(m, "dhclient.wake"));
}

void
dhclient_free_all(struct machine *m)
{
	while (!TAILQ_EMPTY(&m->dhcp->clients))
		drop(TAILQ_FIRST(&m->dhcp->clients));
}
