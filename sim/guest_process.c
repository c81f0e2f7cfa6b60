/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Programs that start, stop or await others: dhclient, service, daemon,
 * kill, pkill, ps, sleep, logger, devctl.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "sim/guest_parts.h"
#include "sim/ifdriver.h"

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

static bool
kill_one(struct guest_run *g, struct guest_step *s)
{
	if (guest_kill(g->m, (unsigned)s->op.value, NULL) == 0) {
		guest_die(g, 1, "%d: No such process", s->op.value);
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
		s = guest_push(g, OP_PROCESS);
		s->op.value = (int)pid;
		s->ready = kill_one;
	}
	return true;
}

static void
kill_named(struct guest_run *g)
{
	if (guest_kill(g->m, 0, g->argv[g->argc - 1]) == 0)
		g->status = 1;
}

bool
guest_plan_pkill(struct guest_run *g)
{
	size_t at = 1;

	while (at + 1 < g->argc &&
	    (strcmp(g->argv[at], "-x") == 0 || is_signal(g->argv[at])))
		at++;
	if (at + 1 != g->argc || g->argv[at][0] == '-')
		return guest_bad(g, "one name is wanted");
	g->finish = kill_named;
	return true;
}

static void
list_processes(struct guest_run *g)
{
	const struct guest_run *p;
	size_t i;

	strbuf_adds(&g->out, "PID COMMAND\n");
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

/* --- dhclient, service --- */

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
	s->what = s->op.ifname;
	return true;
}

bool
guest_plan_service(struct guest_run *g)
{
	static const char *const verbs[] = { "start", "stop", "restart",
		"quietstart", "quietstop", "onestart", "onestop" };
	struct guest_step *s;
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
	if (strcmp(g->argv[1], "dhclient") != 0 || g->argc != 4)
		return true;
	if (strlen(g->argv[3]) >= IFNAME_MAX)
		return guest_bad(g, "%.30s: no interface", g->argv[3]);
	s = guest_push(g,
	    strstr(verb, "stop") != NULL ? OP_DHCP_STOP : OP_DHCP_START);
	snprintf(s->op.ifname, sizeof(s->op.ifname), "%s", g->argv[3]);
	s->fail = FAIL_SILENT;
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
