/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/simdaemon.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "core/pump.h"
#include "event/devline.h"
#include "sim/sysops.h"

/* One life of the daemon. It stays until the run's end, because operations
 * and scripts may outlive it. */
struct life {
	TAILQ_ENTRY(life) entry;
	struct simdaemon *d;
	struct core *core;
	struct pump *pump;
	struct world world;
	struct vevent timer;
	struct vevent start;
	bool started;
	bool dead; /* nobody hears it any more */
};

struct simdaemon {
	struct machine *m;
	struct core_config config;
	TAILQ_HEAD(, life) lives;
	struct life *now; /* the one that reads, or NULL */
	struct devline line;
};

/* --- the machine as a world --------------------------------------------------
 */

static int64_t
world_now(void *ctx)
{
	struct life *l = ctx;

	return l->d->m->clock.now_ns;
}

static int
media_of(struct life *l, const struct world_record *r)
{
	const struct ifnet *ifp;

	devline_parse(&l->d->line, r->raw, r->bytes);
	ifp = ifnet_find(l->d->m, devline_subsystem(&l->d->line));
	return ifp == NULL ? RULE_MEDIA_NONE : RULE_MEDIA_ETHERNET;
}

static bool
world_next_record(void *ctx, struct world_record *out)
{
	struct life *l = ctx;
	struct machine *m = l->d->m;
	const struct trace_record *r;
	int64_t us;
	int32_t row;

	if (l != l->d->now || !devctl_pop(m, &row))
		return false;
	r = &m->trace->records[row];
	out->bytes = r->raw_bytes < DEVLINE_MAX ? r->raw_bytes : DEVLINE_MAX;
	memcpy(out->raw, r->raw, out->bytes);
	out->raw[out->bytes] = '\0';
	out->number = row;
	us = m->clock.now_ns / 1000;
	snprintf(out->timestamp, sizeof(out->timestamp),
	    "%" PRId64 ".%06" PRId64, WALL_EPOCH + us / 1000000, us % 1000000);
	out->media = media_of(l, out);
	return true;
}

static void
world_observe(void *ctx, struct snapshot *out)
{
	struct life *l = ctx;

	machine_observe(l->d->m, out);
}

static void
operation_done(struct ktask *k)
{
	struct life *l = k->ctx;
	struct trace *t = k->m->trace;

	if (k->op.kind == OP_PROCESS)
		trace_end_command(t, k->row, k->m->clock.now_ns, "exit 0");
	else
		trace_end_operation(t, k->row, k->m->clock.now_ns, k->result);
	if (!l->dead)
		pump_applied(l->pump, k->id, k->result);
}

static void
world_apply(void *ctx, uint32_t id, const struct operation *op, int32_t record)
{
	struct life *l = ctx;
	struct machine *m = l->d->m;
	struct strbuf text = { 0 };
	struct ktask *k = sysop_begin(m, op, operation_done, l);

	k->id = id;
	if (op->kind == OP_PROCESS) {
		strbuf_addf(&text, "%s: %s", op->program, op->text);
		k->row = trace_begin_command(m->trace, m->clock.now_ns,
		    strbuf_str(&text), record);
	} else {
		operation_text(op, &text);
		k->row = trace_begin_operation(m->trace, m->clock.now_ns,
		    strbuf_str(&text), op->why, record);
	}
	strbuf_fini(&text);
}

static int64_t
command_step(struct machine *m, struct ktask *k)
{
	(void)m;
	(void)k;
	return KTASK_DONE;
}

static void
command_done(struct ktask *k)
{
	struct life *l = k->ctx;

	trace_end_command(k->m->trace, k->row, k->m->clock.now_ns,
	    k->result == 0 ? "exit 0" : "cancelled");
	if (!l->dead)
		pump_exited(l->pump, k->id, k->result);
}

/* The program's own name: what decides how long it takes. */
static void
program_name(const char *command, char *name, size_t size)
{
	size_t bytes = strcspn(command, " \t");
	const char *p;

	for (p = command; p < command + bytes; p++)
		if (*p == '/') {
			bytes -= (size_t)(p + 1 - command);
			command = p + 1;
		}
	snprintf(name, size, "%.*s", (int)bytes, command);
}

static void
world_run(void *ctx, uint32_t id, const char *command, int32_t record)
{
	struct life *l = ctx;
	struct machine *m = l->d->m;
	struct ktask *k;
	char name[48];

	program_name(command, name, sizeof(name));
	k = ktask_start(m, command_step,
	    profile_program_delay(m->profile, "command", name));
	k->done = command_done;
	k->ctx = l;
	k->id = id;
	k->row =
	    trace_begin_command(m->trace, m->clock.now_ns, command, record);
}

static void
world_cancel(void *ctx, uint32_t id)
{
	struct life *l = ctx;
	struct machine *m = l->d->m;
	struct ktask *k;

	TAILQ_FOREACH (k, &m->tasks, entry)
		if (k->ctx == l && k->id == id && k->step == command_step) {
			k->result = 128 + 9;
			vclock_after(&m->clock, &k->event, 0);
			return;
		}
}

static void
timer_fire(void *ctx, struct vevent *e)
{
	struct life *l = ctx;

	(void)e;
	if (!l->dead)
		pump_timer(l->pump);
}

static void
world_arm(void *ctx, int64_t deadline_ns)
{
	struct life *l = ctx;
	struct vclock *c = &l->d->m->clock;

	if (deadline_ns == CORE_NEVER)
		vclock_cancel(c, &l->timer);
	else
		vclock_at(c, &l->timer,
		    deadline_ns > c->now_ns ? deadline_ns : c->now_ns);
}

static void
world_fired(void *ctx, int32_t record, const char *file, unsigned line,
    const char *action, const char *carried)
{
	struct life *l = ctx;
	struct machine *m = l->d->m;

	trace_add_firing(m->trace, m->clock.now_ns, record, file, line, action,
	    carried);
}

static void
world_note(void *ctx, const char *text)
{
	struct life *l = ctx;
	struct machine *m = l->d->m;

	trace_add_note(m->trace, m->clock.now_ns, "engine", text);
}

static const struct world_ops machine_world = {
	.now = world_now,
	.next_record = world_next_record,
	.observe = world_observe,
	.apply = world_apply,
	.run = world_run,
	.cancel = world_cancel,
	.arm = world_arm,
	.fired = world_fired,
	.note = world_note,
};

/* --- lives --- */

static void
records_wait(void *ctx)
{
	struct simdaemon *d = ctx;

	if (d->now != NULL && d->now->started)
		pump_readable(d->now->pump);
}

static void
route_socket_spoke(void *ctx)
{
	struct simdaemon *d = ctx;

	if (d->now != NULL && d->now->started)
		pump_hint(d->now->pump);
}

struct simdaemon *
simdaemon_new(struct machine *m, const struct core_config *config)
{
	struct simdaemon *d = mem_zero(1, sizeof(*d));

	d->m = m;
	d->config = *config;
	TAILQ_INIT(&d->lives);
	m->on_record = records_wait;
	m->on_hint = route_socket_spoke;
	m->engine_ctx = d;
	trace_set_state(m->trace, m->clock.now_ns, "daemon", "running", "no");
	return d;
}

void
simdaemon_free(struct simdaemon *d)
{
	struct life *l;

	if (d == NULL)
		return;
	while ((l = TAILQ_FIRST(&d->lives)) != NULL) {
		TAILQ_REMOVE(&d->lives, l, entry);
		vclock_cancel(&d->m->clock, &l->timer);
		vclock_cancel(&d->m->clock, &l->start);
		pump_free(l->pump);
		core_free(l->core);
		free(l);
	}
	devline_fini(&d->line);
	free(d);
}

static void
start_fire(void *ctx, struct vevent *e)
{
	struct life *l = ctx;

	(void)e;
	if (l->dead)
		return;
	l->started = true;
	trace_set_state(l->d->m->trace, l->d->m->clock.now_ns, "daemon",
	    "running", "yes");
	pump_start(l->pump);
}

void
simdaemon_start(struct simdaemon *d)
{
	struct machine *m = d->m;
	struct life *l;

	if (d->now != NULL)
		return;
	l = mem_zero(1, sizeof(*l));
	l->d = d;
	l->world.ops = &machine_world;
	l->world.ctx = l;
	l->core = core_new(&d->config);
	l->pump = pump_new(l->core, &l->world);
	l->timer.fire = timer_fire;
	l->start.fire = start_fire;
	l->timer.ctx = l->start.ctx = l;
	l->timer.domain = l->start.domain = VGUEST;
	TAILQ_INSERT_TAIL(&d->lives, l, entry);
	d->now = l;
	vclock_after(&m->clock, &l->start, machine_delay(m, "daemon.start"));
}

void
simdaemon_kill(struct simdaemon *d)
{
	struct life *l = d->now;

	if (l == NULL)
		return;
	d->now = NULL;
	trace_set_state(d->m->trace, d->m->clock.now_ns, "daemon", "running",
	    "no");
	if (d->config.policy == CORE_STOCK && l->started) {
		core_orphan(l->core);
		return;
	}
	l->dead = true;
	vclock_cancel(&d->m->clock, &l->timer);
}
