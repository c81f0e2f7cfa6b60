/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/stage/simdaemon.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "core/core_digest.h"
#include "core/pump.h"
#include "event/devline.h"
#include "sim/guest/program.h"
#include "sim/guest/rcscript.h"
#include "sim/guest/shellguest.h"
#include "sim/machine/machine_digest.h"
#include "sim/machine/sysops.h"
#include "sim/scenario/reach.h"
#include "sim/stage/places.h"

#define CUSTOM_VFUP "hyperv_vfup." /* and the NIC's name */
#define FOR_EVER    (INT64_C(400) * 86400 * INT64_C(1000000000))

/* What a native daemon has read of rc.conf. An older one stays, because the
 * engine may still compare with it. */
struct rc_copy {
	SLIST_ENTRY(rc_copy) entry;
	struct rcvars rc;
};

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
	struct faulty *faulty; /* its world, or NULL */
	bool started;
	bool dead; /* nobody hears it any more */
};

struct simdaemon {
	struct machine *m;
	struct places places;
	struct core_config config;
	const struct rcvars *files; /* rc.conf as it is now */
	struct scribe *scribe;
	SLIST_HEAD(, rc_copy) read;
	TAILQ_HEAD(, life) lives;
	struct life *now; /* the one that reads, or NULL */
	struct devline line;
	struct faults *faults; /* NULL: none */
	const char *object;    /* in the trace: "daemon", or "devd" */
	const char *who;       /* of its notes: "engine", or "devd" */

	/* A stock devd that runs beside hands its records on to its client,
	 * and both are woken by one machine. */
	struct simdaemon *client, *server;
	int32_t *handed; /* rows that this client has not read */
	size_t n_handed, cap_handed, next_handed;
	struct vevent readable;

	unsigned starts;
	bool deaf; /* its connection is gone */
	struct vevent connect, loss;

	struct scn_custom *customs;
	size_t n_customs, cap_customs;
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

	if (memmem(r->raw, r->bytes, "subsystem", 9) == NULL)
		return RULE_MEDIA_NONE;
	devline_parse(&l->d->line, r->raw, r->bytes);
	ifp = ifnet_find(l->d->m, devline_subsystem(&l->d->line));
	/* FREEBSD.md, ioctls: lo0 answers EINVAL. */
	return ifp == NULL || ifp->kind == KIND_LOOP ? RULE_MEDIA_NONE
						     : RULE_MEDIA_ETHERNET;
}

static bool
is_running(const struct simdaemon *d)
{
	return d != NULL && d->now != NULL && d->now->started;
}

/* They were for somebody who was not there. */
static void
lose_records(struct simdaemon *d)
{
	int32_t row;

	while (devctl_pop(d->m, &row)) {
		d->m->trace->records[row].fate = TRACE_RECORD_DROPPED;
		d->m->trace->records[row].read_ns = TRACE_OPEN;
	}
}

static void
hand_on(struct simdaemon *client, int32_t row)
{
	if (!is_running(client) || client->deaf)
		return;
	*MEM_PUSH(client->handed, client->n_handed, client->cap_handed) = row;
	if (!timer_is_armed(&client->readable.timer))
		vclock_after(&client->m->clock, &client->readable,
		    machine_delay(client->m, "kernel.devctl"));
}

/* devd gives each record to its clients before it acts on it (FACTS.md A.10);
 * without a devd beside, the engine reads the device itself. */
static bool
next_row(struct simdaemon *d, int32_t *row)
{
	if (d->server == NULL || !is_running(d->server)) {
		if (d->deaf)
			lose_records(d);
		if (d->deaf || !devctl_pop(d->m, row))
			return false;
		if (d->client != NULL)
			hand_on(d->client, *row);
		return true;
	}
	if (d->next_handed == d->n_handed)
		return false;
	*row = d->handed[d->next_handed++];
	if (d->next_handed == d->n_handed)
		d->next_handed = d->n_handed = 0;
	return true;
}

/* Seconds, a point, six digits, as every record has them: for the many runs of
 * a search, by hand. */
static void
stamp(int64_t now_ns, char *buf, size_t size)
{
	int64_t us = WALL_EPOCH * 1000000 + now_ns / 1000;
	char digits[24], *at = digits + sizeof(digits);
	int n;

	*--at = '\0';
	for (n = 0; us > 0 || n < 8; n++, us /= 10) {
		if (n == 6)
			*--at = '.';
		*--at = (char)('0' + us % 10);
	}
	assert((size_t)(digits + sizeof(digits) - at) <= size);
	memcpy(buf, at, (size_t)(digits + sizeof(digits) - at));
}

static bool
world_next_record(void *ctx, struct world_record *out)
{
	struct life *l = ctx;
	struct machine *m = l->d->m;
	const struct trace_record *r;
	int32_t row;

	if (l != l->d->now || !next_row(l->d, &row))
		return false;
	r = &m->trace->records[row];
	out->bytes = r->raw_bytes < DEVLINE_MAX ? r->raw_bytes : DEVLINE_MAX;
	memcpy(out->raw, r->raw, out->bytes);
	out->raw[out->bytes] = '\0';
	out->number = row;
	stamp(m->clock.now_ns, out->timestamp, sizeof(out->timestamp));
	out->media = media_of(l, out);
	return true;
}

static const struct scn_custom *
find_custom(const struct simdaemon *d, const char *nic)
{
	size_t i;

	for (i = 0; i < d->n_customs; i++)
		if (strcmp(d->customs[i].nic, nic) == 0)
			return &d->customs[i];
	return NULL;
}

static void
world_observe(void *ctx, struct snapshot *out)
{
	struct life *l = ctx;
	const struct shellguest *shell = l->d->m->shell;
	const struct scn_custom *c;
	struct snap_if *ifp;
	size_t i;

	machine_observe(l->d->m, out);
	out->other_daemon = out->other_daemon || is_running(l->d->server);
	places_see(&l->d->places, l->d->m, out);
	if (shell == NULL && l->d->n_customs == 0)
		return;
	for (i = 0; i < out->n_ifs; i++) {
		ifp = &out->ifs[i];
		if (shell != NULL && shellguest_has_vfup(shell, ifp->name))
			ifp->custom_vfup = true;
		c = ifp->class == IF_HN ? find_custom(l->d, ifp->name) : NULL;
		if (c != NULL)
			ifp->custom_vfup = c->script != SCN_SCRIPT_MISSING;
	}
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
	places_end(k);
	/* Stock wakes from its delay and ups what is gone (FACTS.md E.5, H9).
	 */
	if (l->d->config.policy == CORE_STOCK && k->op.kind == OP_UP &&
	    k->result != 0 && strstr(k->op.why, "delay") != NULL)
		machine_reach(k->m, REACH_CANCELLED);
	if (l->faulty != NULL && faulty_ended(l->faulty, k->id))
		return;
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

	places_begin(m, op);
	k->id = id;
	k->engine = true;
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

/* result is set when it was cancelled, sub is its own exit status. */
static void
command_done(struct ktask *k)
{
	struct life *l = k->ctx;
	char outcome[32];

	snprintf(outcome, sizeof(outcome), "exit %d", k->sub);
	trace_end_command(k->m->trace, k->row, k->m->clock.now_ns,
	    k->result == 0 ? outcome : "cancelled");
	if (!l->dead)
		pump_exited(l->pump, k->id,
		    k->result == 0 ? k->sub : k->result);
}

/* How long the administrator's script takes, and how it exits. */
static int64_t
custom_fate(const struct scn_custom *c, int64_t usual_ns, int *status)
{
	*status = 0;
	switch (c->script) {
	case SCN_SCRIPT_MISSING:
		*status = 127;
		break;
	case SCN_SCRIPT_EXITS:
		*status = c->status;
		break;
	case SCN_SCRIPT_TAKES:
		return c->takes_ns;
	case SCN_SCRIPT_HANGS:
		return FOR_EVER;
	case SCN_SCRIPT_NOT_EXECUTABLE:
		*status = 126;
		break;
	}
	return usual_ns;
}

static void
shell_done(void *ctx, uint32_t id, int status)
{
	struct life *l = ctx;

	if (!l->dead)
		pump_exited(l->pump, id, status);
}

static void
world_run(void *ctx, uint32_t id, const char *command,
    const struct world_cause *cause)
{
	struct life *l = ctx;
	struct machine *m = l->d->m;
	const struct scn_custom *c = NULL;
	int64_t delay_ns;
	struct shellguest_command real = { command, command, cause->record, id,
		shell_done, l };
	struct ktask *k;
	int status = 0;
	char name[48];

	if (m->shell != NULL && shellguest_takes(m->shell, command)) {
		shellguest_run(m->shell, &real);
		return;
	}
	program_name(command, name, sizeof(name));
	delay_ns = profile_program_delay(m->profile, "command", name);
	if (strncmp(name, CUSTOM_VFUP, strlen(CUSTOM_VFUP)) == 0)
		c = find_custom(l->d, name + strlen(CUSTOM_VFUP));
	if (c != NULL) {
		machine_reach(m, "script-ran");
		delay_ns = custom_fate(c, delay_ns, &status);
	}
	k = ktask_start(m, rcscript_step, delay_ns);
	k->owned = rcscript_new(command);
	k->sub = status;
	k->done = command_done;
	k->ctx = l;
	k->id = id;
	k->row = trace_begin_command(m->trace, m->clock.now_ns, command,
	    cause->record);
}

static int64_t
killed_step(struct machine *m, struct ktask *k)
{
	(void)m;
	k->result = 128 + 9;
	return KTASK_DONE;
}

static void
world_cancel(void *ctx, uint32_t id)
{
	struct life *l = ctx;
	struct machine *m = l->d->m;
	struct ktask *k;

	if (m->shell != NULL)
		shellguest_cancel(m->shell, l, id);
	TAILQ_FOREACH (k, &m->tasks, entry)
		if (k->ctx == l && k->id == id && k->step == rcscript_step) {
			rcscript_abandon(m, k);
			k->step = killed_step;
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

	trace_add_note(m->trace, m->clock.now_ns, l->d->who, text);
	places_tell(m, text);
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

/* ctx is the daemon that holds the device. */
static void
records_wait(void *ctx)
{
	struct simdaemon *d = ctx;

	if (is_running(d))
		pump_readable(d->now->pump);
	else if (is_running(d->client))
		pump_readable(d->client->now->pump);
}

static void
route_socket_spoke(void *ctx)
{
	struct simdaemon *d = ctx;

	if (is_running(d))
		pump_hint(d->now->pump);
	if (is_running(d->client))
		pump_hint(d->client->now->pump);
}

static void
handed_fire(void *ctx, struct vevent *e)
{
	struct simdaemon *d = ctx;

	(void)e;
	if (is_running(d))
		pump_readable(d->now->pump);
}

static void
connect_fire(void *ctx, struct vevent *e)
{
	struct simdaemon *d = ctx;

	(void)e;
	if (d->server == NULL)
		lose_records(d);
	d->deaf = false;
	/* What it missed nobody tells it: it looks. */
	if (is_running(d))
		pump_lost(d->now->pump);
}

static void
loss_fire(void *ctx, struct vevent *e)
{
	struct simdaemon *d = ctx;

	(void)e;
	if (is_running(d))
		pump_hint(d->now->pump);
}

static void
init_event(struct simdaemon *d, struct vevent *e,
    void (*fire)(void *, struct vevent *))
{
	e->fire = fire;
	e->ctx = d;
	e->domain = VGUEST;
}

static void
owner_kill(void *ctx)
{
	simdaemon_kill(ctx);
}

static void
owner_start(void *ctx)
{
	simdaemon_start(ctx);
}

static void
owner_applied(void *life, uint32_t id, int result)
{
	struct life *l = life;

	pump_applied(l->pump, id, result);
}

static void
owner_exited(void *life, uint32_t id, int result)
{
	struct life *l = life;

	pump_exited(l->pump, id, result);
}

struct simdaemon *
simdaemon_new(const struct simdaemon_setup *setup)
{
	struct simdaemon *d = mem_zero(1, sizeof(*d));
	const struct faults_owner owner = { d, owner_kill, owner_start,
		records_wait, owner_applied, owner_exited };
	struct machine *m = setup->m;

	d->m = m;
	d->config = *setup->config;
	d->files = setup->config->rc;
	d->scribe = setup->scribe;
	d->object = setup->beside ? "devd" : "daemon";
	d->who = setup->beside ? "devd" : "engine";
	TAILQ_INIT(&d->lives);
	SLIST_INIT(&d->read);
	init_event(d, &d->readable, handed_fire);
	init_event(d, &d->connect, connect_fire);
	init_event(d, &d->loss, loss_fire);
	if (!setup->beside && setup->scenario != NULL)
		d->faults =
		    faults_new(setup->scenario, setup->policy, m, &owner);
	m->on_record = records_wait;
	m->on_hint = route_socket_spoke;
	m->engine_ctx = d;
	trace_set_state(m->trace, m->clock.now_ns, d->object, "running", "no");
	return d;
}

void
simdaemon_serve(struct simdaemon *devd, struct simdaemon *client)
{
	devd->client = client;
	client->server = devd;
	devd->m->engine_ctx = devd;
}

static void
free_lives(struct simdaemon *d)
{
	struct life *l;

	while ((l = TAILQ_FIRST(&d->lives)) != NULL) {
		TAILQ_REMOVE(&d->lives, l, entry);
		vclock_cancel(&d->m->clock, &l->timer);
		vclock_cancel(&d->m->clock, &l->start);
		pump_free(l->pump);
		core_free(l->core);
		faulty_free(l->faulty);
		free(l);
	}
}

void
simdaemon_free(struct simdaemon *d)
{
	struct rc_copy *copy;

	if (d == NULL)
		return;
	free_lives(d);
	while ((copy = SLIST_FIRST(&d->read)) != NULL) {
		SLIST_REMOVE_HEAD(&d->read, entry);
		rcvars_fini(&copy->rc);
		free(copy);
	}
	faults_free(d->faults);
	vclock_cancel(&d->m->clock, &d->readable);
	vclock_cancel(&d->m->clock, &d->connect);
	vclock_cancel(&d->m->clock, &d->loss);
	devline_fini(&d->line);
	free(d->handed);
	free(d->customs);
	free(d);
}

/* Stock's scripts read the files whenever they run, ours when it is told. */
static const struct rcvars *
read_rc(struct simdaemon *d)
{
	const struct rcvar *v;
	struct rc_copy *copy;
	size_t i;

	if (d->config.policy == CORE_STOCK)
		return d->files;
	copy = mem_zero(1, sizeof(*copy));
	SLIST_INSERT_HEAD(&d->read, copy, entry);
	copy->rc.file = mem_str(d->files->file);
	for (i = 0; i < d->files->n_vars; i++) {
		v = &d->files->vars[i];
		rcvars_set_in(&copy->rc, v->file, v->path, v->name, v->value,
		    v->line, v->col);
	}
	return &copy->rc;
}

static void
start_fire(void *ctx, struct vevent *e)
{
	struct life *l = ctx;

	(void)e;
	if (l->dead)
		return;
	/* Netlink tells who listens, and keeps nothing for who comes later. */
	if (l->d->m->os == SNAP_LINUX)
		devctl_forget(l->d->m);
	/* What is told to it while it starts is in the files by now. */
	l->d->config.rc = read_rc(l->d);
	l->core = core_new(&l->d->config);
	if (l->d->scribe != NULL)
		scribe_begin(l->d->scribe, l->core, &l->d->config,
		    l->d->m->clock.now_ns);
	l->pump = pump_new(l->core, &l->world);
	l->started = true;
	l->d->starts++;
	trace_set_state(l->d->m->trace, l->d->m->clock.now_ns, l->d->object,
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
	if (d->faults != NULL) {
		l->faulty = faulty_new(d->faults, &l->world, l);
		l->world = faulty_world(l->faulty);
	}
	l->timer.fire = timer_fire;
	l->start.fire = start_fire;
	l->timer.ctx = l->start.ctx = l;
	l->timer.domain = l->start.domain = VGUEST;
	TAILQ_INSERT_TAIL(&d->lives, l, entry);
	d->now = l;
	vclock_after(&m->clock, &l->start, machine_delay(m, "daemon.start"));
}

unsigned
simdaemon_starts(const struct simdaemon *d)
{
	return d->starts;
}

void
simdaemon_kill(struct simdaemon *d)
{
	struct life *l = d->now;

	if (l == NULL)
		return;
	d->now = NULL;
	d->n_handed = d->next_handed = 0;
	trace_set_state(d->m->trace, d->m->clock.now_ns, d->object, "running",
	    "no");
	if (d->config.policy == CORE_STOCK && l->started) {
		core_orphan(l->core);
		return;
	}
	if (places_amid(d->m, l))
		machine_reach(d->m, "killed-amid-operation");
	l->dead = true;
	if (l->faulty != NULL)
		faulty_die(l->faulty);
	vclock_cancel(&d->m->clock, &l->timer);
	vclock_cancel(&d->m->clock, &l->start);
}

void
simdaemon_describe(const struct simdaemon *d, struct strbuf *out)
{
	const struct life *l;
	bool any = false;

	TAILQ_FOREACH (l, &d->lives, entry) {
		if (l->dead || (l != d->now && core_is_idle(l->core)))
			continue;
		any = true;
		if (l != d->now)
			strbuf_adds(out, "  killed, its scripts go on\n");
		if (!l->started)
			strbuf_adds(out, "  it is being started\n");
		else
			core_describe(l->core, out);
	}
	if (!any)
		strbuf_adds(out, "  it does not run\n");
}

/* --- a search's view --- */

void
simdaemon_decide(struct simdaemon *d, faults_decide_fn *decide, void *ctx)
{
	if (d->faults != NULL)
		faults_decide(d->faults, decide, ctx);
}

static bool
is_current(void *ctx, uint64_t version)
{
	const struct machine *m = ctx;
	const struct ifnet *ifp;

	TAILQ_FOREACH (ifp, &m->ifs, entry)
		if (ifp->version == version)
			return true;
	return false;
}

/* What a daemon that was killed has begun comes to its end unheard. */
static uint64_t
task_number(void *ctx, const struct ktask *k)
{
	const struct simdaemon *d = ctx;
	const struct life *l;

	TAILQ_FOREACH (l, &d->lives, entry)
		if (k->ctx == l || (l->faulty != NULL && k->ctx == l->faulty))
			return l->dead || l->core == NULL
			    ? 1
			    : 2 + core_ago(l->core, k->id);
	return 0;
}

static void
life_digest(const struct life *l, struct digest *digest)
{
	digest_number(digest, l->started);
	vevent_digest(&l->d->m->clock, &l->timer, digest);
	vevent_digest(&l->d->m->clock, &l->start, digest);
	if (l->core == NULL)
		return;
	core_digest(l->core, is_current, l->d->m, digest);
	if (l->faulty != NULL && faulty_dies_of(l->faulty) != 0)
		digest_number(digest,
		    core_ago(l->core, faulty_dies_of(l->faulty)));
}

void
simdaemon_digest(const struct simdaemon *d, struct digest *digest)
{
	union {
		const struct simdaemon *in;
		void *out;
	} ctx = { .in = d };
	const struct life *l;

	TAILQ_FOREACH (l, &d->lives, entry)
		if (!l->dead && (l == d->now || !core_is_idle(l->core)))
			life_digest(l, digest);
	digest_number(digest, d->now != NULL);
	digest_number(digest, d->deaf);
	vevent_digest(&d->m->clock, &d->connect, digest);
	vevent_digest(&d->m->clock, &d->loss, digest);
	if (d->faults != NULL)
		faults_digest(d->faults, digest);
	digest->blind = digest->blind || d->client != NULL ||
	    d->server != NULL || d->n_customs > 0;
	machine_digest(d->m, task_number, ctx.out, digest);
}

/* --- what is done to it --- */

void
simdaemon_reload(struct simdaemon *d)
{
	/* A stock devd told to read again reads its rules, which are the same;
	 * its scripts read rc.conf by themselves. */
	if (!is_running(d) || d->config.policy == CORE_STOCK)
		return;
	d->config.rc = read_rc(d);
	core_set_rc(d->now->core, d->config.rc);
	pump_hint(d->now->pump);
}

/* Ours has read them, and is told when it is to read them again. */
void
simdaemon_rc_edited(struct simdaemon *d)
{
	struct life *l;

	if (d->config.policy != CORE_STOCK)
		return;
	TAILQ_FOREACH (l, &d->lives, entry)
		if (l->started)
			core_set_rc(l->core, d->files);
}

void
simdaemon_close_socket(struct simdaemon *d)
{
	/* Stock's devd has the socket, it is no client of it. */
	if (!is_running(d) || d->config.policy == CORE_STOCK || d->deaf)
		return;
	machine_reach(d->m, "messages-lost");
	d->deaf = true;
	d->n_handed = d->next_handed = 0;
	vclock_after(&d->m->clock, &d->connect,
	    machine_delay(d->m, "daemon.reconnect"));
}

void
simdaemon_netlink_overflow(struct simdaemon *d, bool records)
{
	struct machine *m = d->m;

	vclock_cancel(&m->clock, &m->hint_event);
	if (records)
		lose_records(d);
	vclock_after(&m->clock, &d->loss, machine_delay(m, "kernel.route"));
}

void
simdaemon_set_custom(struct simdaemon *d, const struct scn_custom *custom)
{
	size_t i;

	for (i = 0; i < d->n_customs; i++)
		if (strcmp(d->customs[i].nic, custom->nic) == 0)
			break;
	if (i == d->n_customs)
		MEM_PUSH(d->customs, d->n_customs, d->cap_customs);
	d->customs[i] = *custom;
}
