/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/guest/rcscript.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "failover/rcvars.h"
#include "sim/guest/netif.h"
#include "sim/machine/dhclient.h"

#define WORDS	   4
#define WORD_BYTES 64

enum { SCRIPT_BEGINS, SCRIPT_CLIENT, SCRIPT_NETIF, SCRIPT_LOADS_NETIF };

/* One block of memory: the task frees it with free(). */
struct rcscript {
	struct netif_run *run; /* NULL unless netif works */
	size_t n;
	char words[WORDS][WORD_BYTES];
};

/* devd's way of quoting, $'...', is unpacked; other quotes stay in the word,
 * which then is none of those that are known. */
static void
take_word(const char *s, size_t bytes, char word[WORD_BYTES])
{
	if (bytes >= 3 && strncmp(s, "$'", 2) == 0 && s[bytes - 1] == '\'') {
		s += 2;
		bytes -= 3;
	}
	snprintf(word, WORD_BYTES, "%.*s", (int)bytes, s);
}

struct rcscript *
rcscript_new(const char *command)
{
	struct rcscript *s = mem_zero(1, sizeof(*s));
	size_t bytes;

	for (;;) {
		command += strspn(command, " \t");
		bytes = strcspn(command, " \t");
		if (bytes == 0)
			return s;
		if (s->n == WORDS || bytes >= WORD_BYTES) {
			s->n = 0;
			return s;
		}
		take_word(command, bytes, s->words[s->n++]);
		command += bytes;
	}
}

static int64_t
ends(struct ktask *k, int status)
{
	k->result = 0;
	k->sub = status;
	return KTASK_DONE;
}

/* --- rc.d/dhclient --- */

static bool
runs_in_background(const struct rcvars *rc, const struct rc_net *net,
    const char *ifname)
{
	const struct rcvar *v =
	    rcvars_find_if(rc, "background_dhclient", ifname, "");

	return strstr(net->dhclient_flags, "-b") != NULL ||
	    rcvars_is_yes(rc, v != NULL ? v->name : "background_dhclient");
}

static int64_t
dhclient_service(struct ktask *k, const char *verb, const char *ifname)
{
	struct diag quiet = { 0 };
	struct rc_net net;

	if (strstr(verb, "stop") != NULL)
		return ends(k, dhclient_stop(k->m, ifname) ? 0 : 1);
	if (strstr(verb, "start") == NULL || k->m->rc == NULL)
		return ends(k, 0);
	rcvars_net(k->m->rc, ifname, &quiet, &net);
	/* "'IF' is not a DHCP-enabled interface" */
	if (net.dhcp == RC_DHCP_NONE)
		return ends(k, 1);
	if (dhclient_runs(k->m, ifname))
		return ends(k, 0);
	k->pc = SCRIPT_CLIENT;
	return dhclient_start(k->m, ifname,
	    runs_in_background(k->m->rc, &net, ifname), k);
}

/* --- rc.d/netif, pccard_ether --- */

static void
netif_done(void *ctx)
{
	struct ktask *k = ctx;
	struct rcscript *s = k->owned;

	s->run = NULL;
	vclock_after(&k->m->clock, &k->event, 0);
}

static int64_t
netif_service(struct ktask *k, const char *verb, const char *ifname)
{
	struct rcscript *s = k->owned;
	struct netif_plan plan = { 0 };

	if (k->m->rc == NULL)
		return ends(k, 0);
	if (strstr(verb, "stop") != NULL || strcmp(verb, "restart") == 0)
		netif_plan_stop(k->m, ifname, &plan);
	if (strstr(verb, "start") != NULL)
		netif_plan_start(k->m, ifname, &plan);
	if (plan.n == 0)
		return ends(k, 0);
	k->pc = SCRIPT_NETIF;
	s->run = netif_run(k->m, &plan, netif_done, k);
	return DUR_MAX / 2;
}

/* Of one that is down rc.d/netif is run, which takes its time before it finds
 * out whether there is anything to do. pflog(4) is in every guest, down, and
 * plays no part in the machine but this. */
static int64_t
pccard_ether(struct ktask *k, const char *ifname, const char *verb)
{
	const struct ifnet *ifp = ifnet_find(k->m, ifname);

	if (ifp == NULL && strncmp(ifname, "pflog", 5) != 0)
		return ends(k, 1);
	if (strcmp(verb, "start") == 0) {
		if (ifp != NULL && ifp->up)
			return ends(k, 0);
		if (k->pc != SCRIPT_LOADS_NETIF) {
			k->pc = SCRIPT_LOADS_NETIF;
			return profile_program_delay(k->m->profile, "program",
			    "netif");
		}
	}
	return netif_service(k, verb, ifname);
}

int64_t
rcscript_step(struct machine *m, struct ktask *k)
{
	struct rcscript *s = k->owned;

	(void)m;
	if (k->pc == SCRIPT_CLIENT)
		return ends(k, k->result == 0 ? 0 : 1);
	if (k->pc == SCRIPT_NETIF)
		return ends(k, 0);
	if (s->n == 4 && strcmp(s->words[0], "service") == 0) {
		if (strcmp(s->words[1], "dhclient") == 0)
			return dhclient_service(k, s->words[2], s->words[3]);
		if (strcmp(s->words[1], "netif") == 0)
			return netif_service(k, s->words[2], s->words[3]);
	}
	if (s->n == 3 && strcmp(s->words[0], "/etc/pccard_ether") == 0)
		return pccard_ether(k, s->words[1], s->words[2]);
	return KTASK_DONE;
}

void
rcscript_abandon(struct machine *m, struct ktask *k)
{
	struct rcscript *s = k->owned;

	dhclient_abandon(m, k);
	if (s->run != NULL)
		netif_run_forget(s->run);
	s->run = NULL;
}

struct ktask *
rcscript_begin(struct machine *m, const char *command,
    void (*done)(struct ktask *k), void *ctx)
{
	struct ktask *k = ktask_start(m, rcscript_step, 0);

	k->owned = rcscript_new(command);
	k->done = done;
	k->ctx = ctx;
	return k;
}
