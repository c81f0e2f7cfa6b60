/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Programs that start, stop or await others: daemon, kill, pkill, ps, sleep;
 * logger and devctl.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "sim/guest/guest_parts.h"
#include "sim/machine/ifdriver.h"

/* --- sleep, logger --- */

/* "2", "0.5": seconds. */
static bool
parse_seconds(const char *text, int64_t *ns)
{
	char with_unit[40];

	if (strlen(text) + 2 > sizeof(with_unit))
		return false;
	snprintf(with_unit, sizeof(with_unit), "%ss", text);
	return strpbrk(text, "mnuhs") == NULL &&
	    dur_parse(with_unit, strlen(with_unit), ns);
}

bool
guest_plan_sleep(struct guest_run *g)
{
	int64_t ns;

	if (g->argc != 2 || !parse_seconds(g->argv[1], &ns))
		return guest_bad(g, "usage: sleep seconds");
	if (ns > 0)
		guest_push(g, OP_PROCESS)->pause_ns = ns;
	return true;
}

static void
log_words(struct guest_run *g)
{
	struct strbuf text = { 0 };
	size_t i = 1;

	/* -t TAG and -p PRIORITY say nothing here. */
	while (i + 1 < g->argc &&
	    (strcmp(g->argv[i], "-t") == 0 || strcmp(g->argv[i], "-p") == 0))
		i += 2;
	for (; i < g->argc; i++)
		strbuf_addf(&text, "%s%s", text.bytes > 0 ? " " : "",
		    g->argv[i]);
	trace_add_note(g->m->trace, g->m->clock.now_ns, "logger",
	    strbuf_str(&text));
	strbuf_fini(&text);
}

bool
guest_plan_logger(struct guest_run *g)
{
	if (g->argc < 2)
		return guest_bad(g, "a text is missing");
	g->finish = log_words;
	return true;
}

/* --- daemon --- */

static size_t
daemon_command(const struct guest_run *g)
{
	size_t at = 1;

	while (at < g->argc && g->argv[at][0] == '-' &&
	    strchr("cfr", g->argv[at][1]) != NULL && strlen(g->argv[at]) == 2)
		at++;
	return at;
}

static void
detach(struct guest_run *g)
{
	size_t at = daemon_command(g);

	guest_exec(g->m, g->argc - at, g->argv + at, NULL, NULL);
}

bool
guest_plan_daemon(struct guest_run *g)
{
	size_t at = daemon_command(g);
	struct err err;

	if (at == g->argc)
		return guest_bad(g, "a command is missing");
	if (g->m == NULL && guest_check(g->argc - at, g->argv + at, &err) < 0)
		return guest_bad(g, "%.60s", err.text);
	g->finish = detach;
	return true;
}

/* --- kill, pkill, ps --- */

static bool
is_signal(const char *word)
{
	static const char *const names[] = { "-TERM", "-KILL", "-HUP", "-INT",
		"-SIGTERM", "-SIGKILL", "-SIGHUP", "-SIGINT", "-15", "-9", "-1",
		"-2" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], word) == 0)
			return true;
	return false;
}

/* A DHCP client is no process of its own here: it is stopped by its
 * interface. False when there is none of this pid; 0 is any. */
static bool
find_client(const struct guest_run *g, unsigned pid, char ifname[IFNAME_MAX])
{
	const struct ifnet *ifp;
	unsigned runs;

	TAILQ_FOREACH (ifp, &g->m->ifs, entry) {
		runs = guest_client_pid(g->m, ifp->name);
		if (runs == 0 || (pid != 0 && runs != pid))
			continue;
		memcpy(ifname, ifp->name, IFNAME_MAX);
		return true;
	}
	return false;
}

static bool
kill_one(struct guest_run *g, struct guest_step *s)
{
	unsigned pid = (unsigned)s->op.value;

	if (find_client(g, pid, s->op.ifname))
		return true;
	if (guest_kill(g->m, pid, NULL) == 0) {
		guest_die(g, 1, "%u: No such process", pid);
		g->ending = false;
	}
	return false;
}

bool
guest_plan_kill(struct guest_run *g)
{
	struct guest_step *s;
	size_t at = 1;
	int64_t pid;

	if (at < g->argc && is_signal(g->argv[at]))
		at++;
	if (at == g->argc)
		return guest_bad(g, "a pid is missing");
	for (; at < g->argc; at++) {
		if (!num_parse(g->argv[at], strlen(g->argv[at]), 1, 1000000000,
			&pid))
			return guest_bad(g, "illegal process id: %.30s",
			    g->argv[at]);
		s = guest_push(g, OP_DHCP_STOP);
		s->op.value = (int)pid;
		s->ready = kill_one;
		s->fail = FAIL_SILENT;
	}
	return true;
}

/* One client after the other: the step is taken again until there is none. */
static bool
kill_named(struct guest_run *g, struct guest_step *s)
{
	const char *name = g->argv[g->argc - 1];

	if (s->op.value == 0 && guest_kill(g->m, 0, name) > 0)
		s->op.value = 1;
	if (strcmp(name, "dhclient") == 0 && find_client(g, 0, s->op.ifname))
		return true;
	if (s->op.value == 0)
		g->status = 1;
	return false;
}

static bool
kill_next(struct guest_run *g, struct guest_step *s, int error)
{
	s->op.value = 1;
	/* One that cannot be stopped is not tried for ever. */
	if (error == 0)
		g->next--;
	return true;
}

bool
guest_plan_pkill(struct guest_run *g)
{
	struct guest_step *s;
	size_t at = 1;

	while (at + 1 < g->argc &&
	    (strcmp(g->argv[at], "-x") == 0 || is_signal(g->argv[at])))
		at++;
	if (at + 1 != g->argc || g->argv[at][0] == '-')
		return guest_bad(g, "one name is wanted");
	s = guest_push(g, OP_DHCP_STOP);
	s->ready = kill_named;
	s->after = kill_next;
	return true;
}

static void
list_processes(struct guest_run *g)
{
	const struct guest_run *p;
	const struct ifnet *ifp;
	unsigned pid;
	size_t i;

	strbuf_adds(&g->out, "PID COMMAND\n");
	TAILQ_FOREACH (ifp, &g->m->ifs, entry)
		if ((pid = guest_client_pid(g->m, ifp->name)) != 0)
			strbuf_addf(&g->out, "%u dhclient: %s (dhclient)\n",
			    pid, ifp->name);
	TAILQ_FOREACH (p, &g->m->guests->running, entry) {
		strbuf_addf(&g->out, "%u", p->pid);
		for (i = 0; i < p->argc; i++)
			strbuf_addf(&g->out, " %s", p->argv[i]);
		strbuf_addc(&g->out, '\n');
	}
}

bool
guest_plan_ps(struct guest_run *g)
{
	g->finish = list_processes;
	return true;
}

/* --- devctl --- */

static struct ktask *
begin_devctl(struct guest_run *g, struct guest_step *s)
{
	struct ktask *k = s->op.value == 0 ? vf_unbind(g->m, g->argv[2])
					   : vf_bind(g->m, g->argv[2]);

	if (k == NULL) {
		g->error = SIM_ENOENT;
		guest_die(g, 1, "Failed to %s %s: %s", g->argv[1], g->argv[2],
		    guest_strerror(SIM_ENOENT));
	}
	return k;
}

bool
guest_plan_devctl(struct guest_run *g)
{
	struct guest_step *s;

	if (g->argc != 3 ||
	    (strcmp(g->argv[1], "detach") != 0 &&
		strcmp(g->argv[1], "attach") != 0))
		return guest_bad(g, "detach and attach are known");
	s = guest_push(g, OP_PROCESS);
	s->op.value = strcmp(g->argv[1], "attach") == 0;
	s->begin = begin_devctl;
	return true;
}
