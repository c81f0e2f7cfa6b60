/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/guest/guest.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/suggest.h"
#include "sim/guest/guest_parts.h"

#define FIRST_PID 100001 /* above what a host's processes have */

static const struct guest_program programs[] = {
	{ "ifconfig", guest_plan_ifconfig,
	    "ifconfig IF [create] [inet|inet6] [ADDR[/BITS]] [alias|-alias] "
	    "[up|down] [laggproto failover] [[-]laggport IF] ...",
	    false },
	{ "sysctl", guest_plan_sysctl, "sysctl [-n] NAME|NAME=NUMBER ...",
	    false },
	{ "route", guest_plan_route,
	    "route [-n] add|delete|get [-inet|-inet6] default [ADDR]", false },
	{ "netstat", guest_plan_netstat, "netstat -rn [-f inet|inet6]", false },
	{ "dhclient", guest_plan_dhclient, "dhclient [-b] IF", false },
	{ "service", guest_plan_service,
	    "service dhclient|netif start|quietstart|stop|restart [IF]", true },
	{ "pccard_ether", guest_plan_pccard, "/etc/pccard_ether IF start|stop",
	    true },
	{ "daemon", guest_plan_daemon, "daemon [-f] COMMAND ...", false },
	{ "kill", guest_plan_kill, "kill [-SIGNAL] PID ...", false },
	{ "pkill", guest_plan_pkill, "pkill [-x] NAME", false },
	{ "ps", guest_plan_ps, "ps axo pid,command", false },
	{ "sleep", guest_plan_sleep, "sleep SECONDS", false },
	{ "logger", guest_plan_logger, "logger TEXT ...", false },
	{ "ip", guest_plan_ip, "ip link|addr|route ... (a Linux guest)",
	    false },
	{ "devctl", guest_plan_devctl, "devctl detach|attach DEVICE", false },
};
#define N_PROGRAMS (sizeof(programs) / sizeof(programs[0]))

/* --- what the programs are written with --- */

struct guest_step *
guest_push(struct guest_run *g, enum op_kind kind)
{
	struct guest_step *s = MEM_PUSH(g->steps, g->n_steps, g->cap_steps);

	s->op.kind = kind;
	return s;
}

struct guest_step *
guest_push_own(struct guest_run *g, enum op_kind kind, const char *what)
{
	struct guest_step *s = guest_push(g, kind);

	s->own_name = true;
	s->what = what;
	return s;
}

static void complain(struct guest_run *g, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));

static void
complain(struct guest_run *g, const char *fmt, va_list ap)
{
	char text[256];

	vsnprintf(text, sizeof(text), fmt, ap);
	strbuf_addf(&g->errors, "%s: %s\n", g->argv[0], text);
}

void
guest_die(struct guest_run *g, int status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	complain(g, fmt, ap);
	va_end(ap);
	g->status = status;
	g->ending = true;
}

static bool
die_of_text(struct guest_run *g, struct guest_step *s)
{
	guest_die(g, 1, "%s", s->text);
	return false;
}

bool
guest_bad(struct guest_run *g, const char *fmt, ...)
{
	struct guest_step *s = guest_push(g, OP_PROCESS);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(s->text, sizeof(s->text), fmt, ap);
	va_end(ap);
	s->ready = die_of_text;
	g->bad = true;
	return false;
}

struct ifnet *
guest_find(const struct guest_run *g, const char *name)
{
	struct ifnet *ifp = ifnet_find(g->m, name);

	return ifp == NULL || ifp->in_jail ? NULL : ifp;
}

/* --- running --- */

static void go_on(struct guest_run *g);

void
guest_run_free(struct guest_run *g)
{
	guest_words_free(g->argc, g->argv);
	free(g->steps);
	strbuf_fini(&g->out);
	strbuf_fini(&g->errors);
	free(g);
}

static void
end(struct guest_run *g)
{
	struct guest_end how = { g->status, g->error, &g->out, &g->errors };

	TAILQ_REMOVE(&g->m->guests->running, g, entry);
	if (g->done != NULL)
		g->done(g->ctx, &how);
	guest_run_free(g);
}

/* Interfaces that are missing from the start are told in other words than
 * those that go meanwhile. */
static bool
is_missing(const struct guest_run *g, const struct guest_step *s)
{
	return s->own_name && g->next == 0 && s->op.kind != OP_CLONE &&
	    guest_find(g, g->ifname) == NULL;
}

static void
take_result(struct guest_run *g, struct guest_step *s, int error)
{
	if (error != 0)
		g->error = error;
	if (s->after != NULL && s->after(g, s, error))
		return;
	if (error == 0 || s->fail == FAIL_SILENT)
		return;
	if (error == SIM_ENXIO && is_missing(g, s)) {
		guest_die(g, 1, "interface %s does not exist", g->ifname);
		return;
	}
	guest_die(g, 1, "%s: %s", s->what != NULL ? s->what : g->ifname,
	    guest_strerror(error));
	g->ending = s->fail == FAIL_ENDS;
}

static void
step_done(struct ktask *k)
{
	struct guest_run *g = k->ctx;

	g->paid = true;
	/* A clone has got its name. */
	memcpy(g->steps[g->next].op.ifname, k->op.ifname, sizeof(k->op.ifname));
	take_result(g, &g->steps[g->next], k->result);
	g->next++;
	go_on(g);
}

static void
task_done(struct ktask *k)
{
	struct guest_run *g = k->ctx;

	g->steps[g->next].op.value = k->sub; /* of rc's scripts: the status */
	take_result(g, &g->steps[g->next], k->result);
	g->next++;
	go_on(g);
}

static void
paid(struct ktask *k)
{
	struct guest_run *g = k->ctx;

	g->paid = true;
	go_on(g);
}

static void
script_paid(void *ctx, struct vevent *e)
{
	struct guest_run *g = ctx;

	(void)e;
	g->sleeping = false;
	g->paid = true;
	go_on(g);
}

static void
wait_for(struct guest_run *g, void (*fire)(void *, struct vevent *),
    int64_t delay_ns)
{
	g->sleeping = true;
	g->pause.fire = fire;
	g->pause.ctx = g;
	g->pause.domain = VGUEST;
	vclock_after(&g->m->clock, &g->pause, delay_ns);
}

static void
pay(struct guest_run *g)
{
	struct operation op = { .kind = OP_PROCESS };

	/* What the shell does not find takes nobody's time. */
	if (g->program != NULL)
		snprintf(op.program, sizeof(op.program), "%.20s", g->argv[0]);
	if (g->program != NULL && g->program->is_script)
		wait_for(g, script_paid,
		    profile_program_delay(g->m->profile, "command",
			g->argv[0]));
	else
		sysop_begin(g->m, &op, paid, g);
}

static void
pause_over(void *ctx, struct vevent *e)
{
	struct guest_run *g = ctx;

	(void)e;
	g->sleeping = false;
	g->next++;
	go_on(g);
}

static void
begin(struct guest_run *g, struct guest_step *s)
{
	struct ktask *k;

	if (s->pause_ns > 0) {
		wait_for(g, pause_over, s->pause_ns);
		return;
	}
	if (s->begin != NULL) {
		if ((k = s->begin(g, s)) == NULL) {
			go_on(g);
			return;
		}
		k->done = task_done;
		k->ctx = g;
		return;
	}
	if (s->own_name)
		memcpy(s->op.ifname, g->ifname, sizeof(s->op.ifname));
	if (!g->paid)
		snprintf(s->op.program, sizeof(s->op.program), "%.20s",
		    g->argv[0]);
	sysop_begin(g->m, &s->op, step_done, g);
}

static void
go_on(struct guest_run *g)
{
	struct guest_step *s;

	while (!g->ending && g->next < g->n_steps) {
		s = &g->steps[g->next];
		if (!g->paid &&
		    (s->ready != NULL || s->begin != NULL || s->pause_ns > 0 ||
			g->program->is_script)) {
			pay(g);
			return;
		}
		if (s->ready != NULL && is_missing(g, s)) {
			g->error = SIM_ENXIO;
			guest_die(g, 1, "interface %s does not exist",
			    g->ifname);
		} else if (s->ready == NULL || s->ready(g, s)) {
			begin(g, s);
			return;
		} else {
			g->next++;
		}
	}
	if (!g->paid) {
		pay(g);
		return;
	}
	if (!g->ending && g->finish != NULL)
		g->finish(g);
	end(g);
}

/* A call into the kernel comes to its end before the signal is seen. */
static void
signal_run(struct guest_run *g)
{
	g->ending = true;
	g->status = 128 + 15;
	if (!g->sleeping)
		return;
	vclock_cancel(&g->m->clock, &g->pause);
	wait_for(g, script_paid, 0);
}

size_t
guest_kill(struct machine *m, unsigned pid, const char *name)
{
	struct guest_run *g;
	size_t n = 0;

	if (m->guests == NULL)
		return 0;
	TAILQ_FOREACH (g, &m->guests->running, entry)
		if (name != NULL ? strcmp(g->argv[0], name) == 0
				 : g->pid == pid) {
			signal_run(g);
			n++;
		}
	return n;
}

/* --- starting --- */

struct guest_run *
guest_run_new(size_t argc, char *const argv[])
{
	struct guest_run *g = mem_zero(1, sizeof(*g));
	const char *slash;
	size_t i;

	g->argc = argc;
	g->argv = mem_zero(argc + 1, sizeof(g->argv[0]));
	for (i = 0; i < argc; i++) {
		slash = i == 0 ? strrchr(argv[0], '/') : NULL;
		g->argv[i] = mem_str(slash != NULL ? slash + 1 : argv[i]);
	}
	for (i = 0; argc > 0 && i < N_PROGRAMS; i++)
		if (strcmp(programs[i].name, g->argv[0]) == 0)
			g->program = &programs[i];
	return g;
}

static bool
not_found(struct guest_run *g, struct guest_step *s)
{
	(void)s;
	guest_die(g, 127, "not found");
	return false;
}

static void
forget_all(struct machine *m)
{
	struct guest_run *g;

	if (m->guests == NULL)
		return;
	while ((g = TAILQ_FIRST(&m->guests->running)) != NULL) {
		TAILQ_REMOVE(&m->guests->running, g, entry);
		/* Others leave the clock after these. */
		if (g->sleeping)
			vclock_cancel(&m->clock, &g->pause);
		guest_run_free(g);
	}
	free(m->guests->clients);
	free(m->guests);
	m->guests = NULL;
}

struct guests *
guest_all(struct machine *m)
{
	if (m->guests == NULL) {
		m->guests = mem_zero(1, sizeof(*m->guests));
		TAILQ_INIT(&m->guests->running);
		m->guests->last_pid = FIRST_PID - 1;
		machine_at_end(m, forget_all);
	}
	return m->guests;
}

void
guest_exec(struct machine *m, size_t argc, char *const argv[], guest_done *done,
    void *ctx)
{
	struct guest_run *g = guest_run_new(argc, argv);

	g->m = m;
	g->done = done;
	g->ctx = ctx;
	g->pid = ++guest_all(m)->last_pid;
	TAILQ_INSERT_TAIL(&m->guests->running, g, entry);
	if (g->program == NULL)
		guest_push(g, OP_PROCESS)->ready = not_found;
	else
		g->program->plan(g);
	go_on(g);
}

static int
unknown_program(const char *name, struct err *err)
{
	const char *names[N_PROGRAMS], *nearest;
	struct strbuf list = { 0 };
	size_t i;

	for (i = 0; i < N_PROGRAMS; i++) {
		names[i] = programs[i].name;
		strbuf_addf(&list, "%s%s", i > 0 ? ", " : "", names[i]);
	}
	nearest = suggest(name, names, N_PROGRAMS);
	if (nearest != NULL)
		err_set(err, ERR_INPUT,
		    "the machine does not know the command \"%.40s\"; did you "
		    "mean %s?",
		    name, nearest);
	else
		err_set(err, ERR_INPUT,
		    "the machine does not know the command \"%.40s\"; it "
		    "knows: %s",
		    name, strbuf_str(&list));
	strbuf_fini(&list);
	return ERR_INPUT;
}

int
guest_check(size_t argc, char *const argv[], struct err *err)
{
	struct guest_run *g;
	int rc = 0;

	if (argc == 0)
		return unknown_program("", err);
	g = guest_run_new(argc, argv);
	if (g->program == NULL)
		rc = unknown_program(g->argv[0], err);
	else if (!g->program->plan(g))
		rc = err_set(err, ERR_INPUT, "%s: %s; the machine knows: %s",
		    g->argv[0], g->steps[g->n_steps - 1].text,
		    g->program->forms);
	guest_run_free(g);
	return rc;
}
