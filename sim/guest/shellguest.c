/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/guest/shellguest.h"

#include <sys/queue.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "sim/guest/guest.h"
#include "sim/guest/shellfiles.h"
#include "sim/machine/sysops.h"
#include "world/sandbox.h"

#define GRACE	     (2 * DUR_SEC)
#define GUEST_PID    100000 /* the guest's own begin above this */
#define OUTCOME_TEXT 120

struct command {
	TAILQ_ENTRY(command) entry;
	struct shellguest *g;
	uint32_t number; /* in the sandbox */
	uint32_t id;
	char *text;
	shellguest_done *done;
	void *ctx;
	int32_t row;
	struct vevent event; /* its start, then its end */
	struct vevent kill;
	bool started, ended, cancelled;
	int status;
	char last_words[OUTCOME_TEXT];
};

struct call { /* of a program, from within the sandbox */
	TAILQ_ENTRY(call) entry;
	struct shellguest *g;
	uint32_t id;
	int32_t row;
};

struct shellguest {
	const struct scenario *s;
	struct machine *m;
	struct sandbox *box;
	struct shellfiles *files;
	TAILQ_HEAD(, command) commands;
	TAILQ_HEAD(, call) calls;
	uint32_t last_number;
	bool broken;
	struct err trouble;
};

bool
shellguest_is_wanted(const struct scenario *s)
{
	size_t i;

	for (i = 0; i < s->n_steps; i++)
		if (s->steps[i].kind == SCN_USER_SH)
			return true;
	return s->shell_actions || s->n_shells > 0;
}

static bool
has_file(const struct shellguest *g, const char *path)
{
	size_t i;

	for (i = 0; i < g->s->n_shells; i++)
		if (strcmp(g->s->shells[i].path, path) == 0)
			return true;
	return false;
}

bool
shellguest_has_vfup(const struct shellguest *g, const char *nic)
{
	char path[64];

	snprintf(path, sizeof(path), "/usr/libexec/hyperv/hyperv_vfup.%s", nic);
	return has_file(g, path);
}

bool
shellguest_takes(const struct shellguest *g, const char *command)
{
	size_t n = strcspn(command, " \t");
	char *program = mem_strn(command, n);
	bool takes = g->s->shell_actions || has_file(g, program);

	free(program);
	return takes;
}

const struct err *
shellguest_trouble(const struct shellguest *g)
{
	return g->broken ? &g->trouble : NULL;
}

/* --- ends --- */

static void
arm(struct shellguest *g, struct vevent *e,
    void (*fire)(void *, struct vevent *), void *ctx, int64_t delay_ns)
{
	e->fire = fire;
	e->ctx = ctx;
	e->domain = VGUEST;
	vclock_after(&g->m->clock, e, delay_ns);
}

static void
command_free(struct command *c)
{
	TAILQ_REMOVE(&c->g->commands, c, entry);
	vclock_cancel(&c->g->m->clock, &c->event);
	vclock_cancel(&c->g->m->clock, &c->kill);
	free(c->text);
	free(c);
}

static void
end_fire(void *ctx, struct vevent *e)
{
	struct command *c = ctx;
	struct shellguest *g = c->g;
	struct strbuf outcome = { 0 };

	(void)e;
	if (c->cancelled)
		strbuf_adds(&outcome, "cancelled");
	else
		strbuf_addf(&outcome, "exit %d", c->status);
	if (!c->cancelled && c->status != 0 && c->last_words[0] != '\0')
		strbuf_addf(&outcome, ": %s", c->last_words);
	trace_end_command(g->m->trace, c->row, g->m->clock.now_ns,
	    strbuf_str(&outcome));
	strbuf_fini(&outcome);
	if (c->done != NULL)
		c->done(c->ctx, c->id, c->status);
	command_free(c);
}

/* An end is an event of its own: whoever hears of it may start commands. */
static void
end_command(struct command *c, int status)
{
	if (c->ended)
		return;
	c->ended = true;
	c->status = status;
	vclock_cancel(&c->g->m->clock, &c->event);
	vclock_cancel(&c->g->m->clock, &c->kill);
	arm(c->g, &c->event, end_fire, c, 0);
}

/* The sandbox is of no more use: nothing that was begun in it goes on. */
static void
break_down(struct shellguest *g)
{
	struct command *c;

	g->broken = true;
	TAILQ_FOREACH (c, &g->commands, entry)
		end_command(c, 128 + SIGKILL);
}

static void
keep_last_words(struct command *c, const char *output)
{
	size_t n = strlen(output), from;

	while (n > 0 && output[n - 1] == '\n')
		n--;
	for (from = n; from > 0 && output[from - 1] != '\n';)
		from--;
	snprintf(c->last_words, sizeof(c->last_words), "%.*s", (int)(n - from),
	    output + from);
}

static void
take_end(struct shellguest *g, const struct sandbox_event *e)
{
	struct command *c;

	TAILQ_FOREACH (c, &g->commands, entry)
		if (c->number == e->id) {
			keep_last_words(c, e->output);
			end_command(c, e->status);
			return;
		}
}

/* --- calls --- */

static void settle(struct shellguest *g);

static void
call_free(struct call *c)
{
	TAILQ_REMOVE(&c->g->calls, c, entry);
	free(c);
}

static void
answered(void *ctx, const struct guest_end *end)
{
	struct call *c = ctx;
	struct shellguest *g = c->g;
	char outcome[16];

	snprintf(outcome, sizeof(outcome), "exit %d", end->status);
	trace_end_command(g->m->trace, c->row, g->m->clock.now_ns, outcome);
	if (!g->broken && shellfiles_update(g->files, &g->trouble) < 0)
		break_down(g);
	if (!g->broken)
		sandbox_answer(g->box, c->id, end->status, end->out->data,
		    end->out->bytes, end->errors->data, end->errors->bytes);
	call_free(c);
	settle(g);
}

/* Its time is over; the rest it does in the sandbox. */
static void
may_go(struct ktask *k)
{
	struct call *c = k->ctx;
	struct shellguest *g = c->g;

	trace_end_command(g->m->trace, c->row, g->m->clock.now_ns, "exit 0");
	if (!g->broken)
		sandbox_go(g->box, c->id,
		    WALL_EPOCH * DUR_SEC + g->m->clock.now_ns);
	call_free(c);
	settle(g);
}

static void
client_stopped(struct ktask *k)
{
	struct strbuf none = { 0 };
	struct guest_end end = { 0, 0, &none, &none };

	answered(k->ctx, &end);
}

/* Whether kill(1) is about a process of the machine; other numbers are real
 * ones, and of no interest to the trace. */
static bool
is_guest_pid(const char *word)
{
	return strtol(word, NULL, 10) > GUEST_PID;
}

static bool
kills_real_ones(const struct sandbox_event *e)
{
	size_t i;

	for (i = 1; i < e->argc; i++)
		if (is_guest_pid(e->argv[i]))
			return false;
	return true;
}

static struct call *
call_new(struct shellguest *g, const struct sandbox_event *e)
{
	struct call *c = mem_zero(1, sizeof(*c));
	struct strbuf text = { 0 };
	bool kill = strcmp(e->argv[0], "kill") == 0;
	size_t i;

	strbuf_adds(&text, "sh:");
	for (i = 0; i < e->argc; i++)
		if (kill && i > 0 && e->argv[i][0] != '-' &&
		    !is_guest_pid(e->argv[i]))
			strbuf_adds(&text, " PID");
		else
			strbuf_addf(&text, " %s", e->argv[i]);
	c->g = g;
	c->id = e->id;
	c->row = trace_begin_command(g->m->trace, g->m->clock.now_ns,
	    strbuf_str(&text), TRACE_NONE);
	TAILQ_INSERT_TAIL(&g->calls, c, entry);
	strbuf_fini(&text);
	return c;
}

static void
begin_call(struct shellguest *g, const struct sandbox_event *e)
{
	struct call *c = call_new(g, e);
	const char *name = e->argv[0];
	struct operation op = { .kind = OP_PROCESS };

	snprintf(op.program, sizeof(op.program), "%.20s", name);
	if (strcmp(name, "kill") == 0 && e->argc > 1 &&
	    shellfiles_client(g->files, e->argv[e->argc - 1], op.ifname)) {
		op.kind = OP_DHCP_STOP;
		sysop_begin(g->m, &op, client_stopped, c);
	} else if (strcmp(name, "daemon") == 0 || strcmp(name, "date") == 0 ||
	    (strcmp(name, "kill") == 0 && kills_real_ones(e))) {
		sysop_begin(g->m, &op, may_go, c);
	} else {
		guest_exec(g->m, e->argc, e->argv, answered, c);
	}
}

/* Lets the sandbox come to rest, and begins what it asks for. No virtual time
 * goes by. */
static void
settle(struct shellguest *g)
{
	struct sandbox_event e;

	if (g->broken)
		return;
	if (sandbox_settle(g->box, &g->trouble) < 0) {
		break_down(g);
		return;
	}
	while (sandbox_next(g->box, &e)) {
		if (e.kind == SANDBOX_CALL)
			begin_call(g, &e);
		else
			take_end(g, &e);
	}
}

/* --- commands --- */

static void
start_fire(void *ctx, struct vevent *e)
{
	struct command *c = ctx;
	struct shellguest *g = c->g;

	(void)e;
	c->started = true;
	if (shellfiles_update(g->files, &g->trouble) < 0 ||
	    sandbox_run(g->box, c->number, c->text, &g->trouble) < 0)
		break_down(g);
	settle(g);
}

void
shellguest_run(struct shellguest *g, const struct shellguest_command *from)
{
	struct command *c = mem_zero(1, sizeof(*c));
	struct machine *m = g->m;

	c->g = g;
	c->number = ++g->last_number;
	c->id = from->id;
	c->text = mem_str(from->text);
	c->done = from->done;
	c->ctx = from->ctx;
	c->row = trace_begin_command(m->trace, m->clock.now_ns, from->shown,
	    from->record);
	TAILQ_INSERT_TAIL(&g->commands, c, entry);
	if (g->broken)
		end_command(c, 128 + SIGKILL);
	else
		arm(g, &c->event, start_fire, c,
		    profile_program_delay(m->profile, "program", "sh"));
}

static void
kill_fire(void *ctx, struct vevent *e)
{
	struct command *c = ctx;
	struct shellguest *g = c->g;

	(void)e;
	if (!g->broken &&
	    sandbox_signal(g->box, c->number, SIGKILL, &g->trouble) < 0)
		break_down(g);
	settle(g);
}

void
shellguest_cancel(struct shellguest *g, const void *ctx, uint32_t id)
{
	struct command *c;

	TAILQ_FOREACH (c, &g->commands, entry)
		if (c->ctx == ctx && c->id == id && !c->ended)
			break;
	if (c == NULL)
		return;
	c->cancelled = true;
	if (!c->started) {
		end_command(c, 128 + SIGTERM);
		return;
	}
	if (!g->broken &&
	    sandbox_signal(g->box, c->number, SIGTERM, &g->trouble) < 0)
		break_down(g);
	arm(g, &c->kill, kill_fire, c, GRACE);
	settle(g);
}

void
shellguest_edit_rc(struct shellguest *g, const struct scn_step *step)
{
	if (!g->broken && shellfiles_edit_rc(g->files, step, &g->trouble) < 0)
		break_down(g);
}

/* --- coming and going --- */

static int
put_files(struct shellguest *g, struct err *err)
{
	const struct scn_shell *f;
	size_t i;
	int rc;

	for (i = 0; i < g->s->n_shells; i++) {
		f = &g->s->shells[i];
		rc = sandbox_put(g->box, f->path, 0755,
		    f->text != NULL ? f->text : "", f->bytes, err);
		if (rc < 0)
			return rc;
	}
	return shellfiles_put_rc(g->files, err);
}

int
shellguest_open(const struct scenario *s, int64_t guard_ns,
    struct shellguest **out, struct err *err)
{
	struct shellguest *g = mem_zero(1, sizeof(*g));
	int rc;

	g->s = s;
	TAILQ_INIT(&g->commands);
	TAILQ_INIT(&g->calls);
	rc = sandbox_open(guard_ns, &g->box, err);
	if (rc == 0) {
		g->files = shellfiles_new(g->box, s);
		rc = put_files(g, err);
	}
	if (rc < 0) {
		shellguest_close(g);
		return rc;
	}
	*out = g;
	return 0;
}

void
shellguest_join(struct shellguest *g, struct machine *m)
{
	g->m = m;
	m->shell = g;
	shellfiles_join(g->files, m);
}

void
shellguest_close(struct shellguest *g)
{
	if (g == NULL)
		return;
	sandbox_close(g->box);
	shellfiles_free(g->files);
	while (!TAILQ_EMPTY(&g->commands))
		command_free(TAILQ_FIRST(&g->commands));
	while (!TAILQ_EMPTY(&g->calls))
		call_free(TAILQ_FIRST(&g->calls));
	if (g->m != NULL)
		g->m->shell = NULL;
	free(g);
}
