/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dhclient, service(8) and pccard_ether, and the clients' pids: each run of a
 * client has one, given out when somebody first asks.
 */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "sim/guest/guest_parts.h"
#include "sim/guest/rcscript.h"
#include "sim/machine/dhclient.h"

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

/* --- service, pccard_ether: rc's scripts --- */

static struct ktask *
begin_script(struct guest_run *g, struct guest_step *s)
{
	return rcscript_begin(g->m, s->op.text, NULL, NULL);
}

static bool
script_result(struct guest_run *g, struct guest_step *s, int error)
{
	(void)error;
	g->status = s->op.value;
	if (s->op.value != 0 && strstr(s->op.text, " start ") != NULL &&
	    strcmp(g->argv[1], "dhclient") == 0)
		strbuf_addf(&g->errors,
		    "'%s' is not a DHCP-enabled interface\n", g->argv[3]);
	return true;
}

static struct guest_step *
push_script(struct guest_run *g, const char *script, const char *verb,
    const char *ifname)
{
	struct guest_step *s = guest_push(g, OP_PROCESS);

	snprintf(s->op.text, sizeof(s->op.text), "%s %.16s %.15s", script, verb,
	    ifname);
	s->begin = begin_script;
	s->after = script_result;
	return s;
}

/* Without an interface netif takes one after the other, as they came. */
static bool
next_interface(struct guest_run *g, struct guest_step *s)
{
	const struct ifnet *ifp, *next = NULL;

	TAILQ_FOREACH (ifp, &g->m->ifs, entry)
		if (ifp->kind != KIND_LOOP && ifp->born > s->done_until &&
		    (next == NULL || ifp->born < next->born))
			next = ifp;
	if (next == NULL)
		return false;
	s->done_until = next->born;
	snprintf(s->op.text, sizeof(s->op.text), "service netif %.16s %s",
	    g->argv[2], next->name);
	return true;
}

static bool
take_next(struct guest_run *g, struct guest_step *s, int error)
{
	(void)s;
	(void)error;
	g->next--;
	return true;
}

static bool
plan_netif(struct guest_run *g, const char *verb)
{
	struct guest_step *s;

	if (g->argc == 4) {
		push_script(g, "service netif", verb, g->argv[3]);
		return true;
	}
	s = push_script(g, "service netif", verb, "");
	s->ready = next_interface;
	s->after = take_next;
	return true;
}

static bool
plan_dhclient_service(struct guest_run *g, const char *verb)
{
	if (g->argc != 4)
		return guest_bad(g, "dhclient: one interface is wanted");
	if (strcmp(verb, "restart") == 0) {
		push_script(g, "service dhclient", "stop", g->argv[3]);
		verb = "start";
	}
	push_script(g, "service dhclient", verb, g->argv[3]);
	return true;
}

bool
guest_plan_service(struct guest_run *g)
{
	static const char *const verbs[] = { "start", "stop", "restart",
		"quietstart", "quietstop", "onestart", "onestop" };
	size_t i;

	if (g->argc < 3 || g->argc > 4 ||
	    (strcmp(g->argv[1], "dhclient") != 0 &&
		strcmp(g->argv[1], "netif") != 0))
		return guest_bad(g, "dhclient and netif are known");
	for (i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (strcmp(verbs[i], g->argv[2]) == 0)
			break;
	if (i == sizeof(verbs) / sizeof(verbs[0]))
		return guest_bad(g, "unknown directive '%.20s'", g->argv[2]);
	if (g->argc == 4 && strlen(g->argv[3]) >= IFNAME_MAX)
		return guest_bad(g, "%.30s: interface name too long",
		    g->argv[3]);
	return strcmp(g->argv[1], "netif") == 0
	    ? plan_netif(g, verbs[i])
	    : plan_dhclient_service(g, verbs[i]);
}

bool
guest_plan_pccard(struct guest_run *g)
{
	if (g->argc != 3 || strlen(g->argv[1]) >= IFNAME_MAX ||
	    (strcmp(g->argv[2], "start") != 0 &&
		strcmp(g->argv[2], "stop") != 0))
		return guest_bad(g, "an interface, and start or stop");
	push_script(g, "/etc/pccard_ether", g->argv[1], g->argv[2]);
	return true;
}
