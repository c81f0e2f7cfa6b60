/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dhclient and service(8), and the clients' pids: each run of a client has
 * one, given out when somebody first asks.
 */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "failover/rcvars.h"
#include "sim/dhclient.h"
#include "sim/guest_parts.h"

unsigned
guest_client_pid(struct machine *m, const char *ifname)
{
	struct guests *all = guest_all(m);
	int id = dhclient_id(m, ifname);
	struct guest_client *c = NULL;
	size_t i;

	if (id == 0)
		return 0;
	for (i = 0; i < all->n_clients; i++)
		if (strcmp(all->clients[i].ifname, ifname) == 0)
			c = &all->clients[i];
	if (c == NULL) {
		c = MEM_PUSH(all->clients, all->n_clients, all->cap_clients);
		snprintf(c->ifname, sizeof(c->ifname), "%.15s", ifname);
	}
	if (c->id != id) {
		c->id = id;
		c->pid = ++all->last_pid;
	}
	return c->pid;
}

/* --- dhclient --- */

static void
client_failed(struct guest_run *g, const struct guest_step *s, int error)
{
	g->status = 1;
	g->ending = true;
	switch (error) {
	case SIM_EEXIST:
		guest_die(g, 1, "dhclient already running, pid: %u.",
		    guest_client_pid(g->m, s->op.ifname));
		break;
	case SIM_ENXIO:
		guest_die(g, 1, "%s: not found", s->op.ifname);
		break;
	case SIM_ENETDOWN:
		strbuf_addf(&g->errors,
		    "%s: no link .............. giving up\n", s->op.ifname);
		break;
	default:
		break;
	}
}

/* Its last line as recorded (o_misc.txt): the server's leases are for a day,
 * and renewed after half of it. */
static bool
client_result(struct guest_run *g, struct guest_step *s, int error)
{
	const struct ifnet *ifp = guest_find(g, s->op.ifname);
	char text[IPADDR_TEXT];
	size_t i;

	if (s->op.kind == OP_DHCP_STOP)
		return true;
	if (error != 0)
		client_failed(g, s, error);
	for (i = 0;
	     error == 0 && s->op.value != 0 && ifp != NULL && i < ifp->n_addrs;
	     i++)
		if ((ifp->addr_flags[i] & SNAP_ADDR_LEASED) != 0)
			strbuf_addf(&g->out,
			    "bound to %s -- renewal in 43200 seconds.\n",
			    ipaddr_format(&ifp->addrs[i], false, text));
	return true;
}

bool
guest_plan_dhclient(struct guest_run *g)
{
	struct guest_step *s;
	size_t at = 1;
	bool waits = true;

	for (; at < g->argc && g->argv[at][0] == '-'; at++) {
		if (strcmp(g->argv[at], "-b") == 0)
			waits = false;
		else if (strcmp(g->argv[at], "-q") != 0 &&
		    strcmp(g->argv[at], "-d") != 0)
			return guest_bad(g, "illegal option %.20s",
			    g->argv[at]);
	}
	if (at + 1 != g->argc || strlen(g->argv[at]) >= IFNAME_MAX)
		return guest_bad(g, "one interface is wanted");
	s = guest_push(g, OP_DHCP_START);
	snprintf(s->op.ifname, sizeof(s->op.ifname), "%s", g->argv[at]);
	s->op.value = waits;
	s->after = client_result;
	return true;
}

/* --- service --- */

/* rc.d/dhclient: only where rc.conf asks for DHCP and none runs. It waits for
 * the lease, or for the end of the wait for link (FREEBSD-HN.md h 1). */
static bool
is_wanted(struct guest_run *g, struct guest_step *s)
{
	struct diag quiet = { 0 };
	struct rc_net net = { 0 };

	if (g->m->rc != NULL)
		rcvars_net(g->m->rc, s->op.ifname, &quiet, &net);
	if (net.dhcp == RC_DHCP_NONE) {
		if (s->text[0] != 'q')
			guest_die(g, 1, "'%s' is not a DHCP-enabled interface",
			    s->op.ifname);
		return false;
	}
	s->op.value = 1;
	return guest_find(g, s->op.ifname) != NULL &&
	    !dhclient_runs(g->m, s->op.ifname);
}

static bool
is_running(struct guest_run *g, struct guest_step *s)
{
	return dhclient_runs(g->m, s->op.ifname);
}

static void
push_client(struct guest_run *g, enum op_kind kind, const char *verb)
{
	struct guest_step *s = guest_push(g, kind);

	snprintf(s->op.ifname, sizeof(s->op.ifname), "%s", g->argv[3]);
	snprintf(s->text, sizeof(s->text), "%s", verb);
	s->ready = kind == OP_DHCP_START ? is_wanted : is_running;
	s->after = client_result;
}

bool
guest_plan_service(struct guest_run *g)
{
	static const char *const verbs[] = { "start", "stop", "restart",
		"quietstart", "quietstop", "onestart", "onestop" };
	const char *verb;
	size_t i;

	if (g->argc < 3 || g->argc > 4 ||
	    (strcmp(g->argv[1], "dhclient") != 0 &&
		strcmp(g->argv[1], "netif") != 0))
		return guest_bad(g, "dhclient and netif are known");
	verb = g->argv[2];
	for (i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (strcmp(verbs[i], verb) == 0)
			break;
	if (i == sizeof(verbs) / sizeof(verbs[0]))
		return guest_bad(g, "unknown directive '%.20s'", verb);
	if (strcmp(g->argv[1], "dhclient") != 0)
		return true;
	if (g->argc != 4 || strlen(g->argv[3]) >= IFNAME_MAX)
		return guest_bad(g, "dhclient: one interface is wanted");
	if (strstr(verb, "start") == NULL || strcmp(verb, "restart") == 0)
		push_client(g, OP_DHCP_STOP, verb);
	if (strstr(verb, "start") != NULL)
		push_client(g, OP_DHCP_START, verb);
	return true;
}
