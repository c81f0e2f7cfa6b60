/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/stage/faults.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "sim/guest/program.h"
#include "sim/machine/machine_digest.h"
#include "sim/scenario/scn_steps.h"

/* Longer than any run: what hangs ends only when it is cancelled. */
#define FOR_EVER (INT64_C(400) * 86400 * INT64_C(1000000000))

struct fault {
	const struct scn_injection *in;
	unsigned seen;	 /* matches so far */
	unsigned struck; /* of these */
};

/* A record that was read and is not given yet. */
struct held {
	TAILQ_ENTRY(held) entry;
	struct vevent due;
	struct faults *f;
	struct world_record record;
	bool ready;	 /* it is given next */
	bool behind_one; /* it becomes ready behind the next record */
};

struct faults {
	struct machine *m;
	struct faults_owner owner;
	struct fault *list;
	size_t n, cap;
	TAILQ_HEAD(, held) held;
	struct vevent restart;	  /* of a daemon that a fault killed */
	faults_decide_fn *decide; /* or NULL */
	void *decide_ctx;
};

struct faulty {
	struct faults *f;
	struct world inner;
	void *life;
	bool dead;
	uint32_t dies_of; /* the end of this operation; 0: of none */
	const struct scn_injection *death;
};

/* --- whether one strikes --- */

static bool
matches(struct faults *f, struct fault *fault, enum scn_break low,
    enum scn_break high, const char *text, size_t bytes)
{
	const struct scn_injection *in = fault->in;
	int64_t now = f->m->clock.now_ns;

	if (in->what < low || in->what > high || now < in->from_ns ||
	    (in->until_ns >= 0 && now >= in->until_ns) ||
	    memmem(text, bytes, in->text, strlen(in->text)) == NULL)
		return false;
	if (f->decide != NULL)
		return f->decide(f->decide_ctx, in);
	return ++fault->seen >= in->nth &&
	    (in->times == 0 || fault->struck < in->times);
}

/* Of several that match, the first in the file strikes. */
static struct fault *
strike(struct faults *f, enum scn_break low, enum scn_break high,
    const char *text, size_t bytes)
{
	struct fault *struck = NULL;
	struct strbuf note = { 0 };
	size_t i;

	for (i = 0; i < f->n && (f->decide == NULL || struck == NULL); i++)
		if (matches(f, &f->list[i], low, high, text, bytes) &&
		    struck == NULL)
			struck = &f->list[i];
	if (struck == NULL)
		return NULL;
	struck->struck++;
	if (f->m->trace->sparse)
		return struck;
	strbuf_addf(&note, "line %u: %s strikes ", struck->in->line,
	    struck->in->words);
	strbuf_add(&note, text, bytes);
	trace_add_note(f->m->trace, f->m->clock.now_ns, "fault",
	    strbuf_str(&note));
	strbuf_fini(&note);
	return struck;
}

/* --- records --- */

static void
held_fire(void *ctx, struct vevent *e)
{
	struct held *h = ctx;

	(void)e;
	h->ready = true;
	h->f->owner.readable(h->f->owner.ctx);
}

static struct held *
hold(struct faults *f, const struct world_record *r)
{
	struct held *h = mem_zero(1, sizeof(*h));

	h->f = f;
	h->record = *r;
	h->due.fire = held_fire;
	h->due.ctx = h;
	h->due.domain = VGUEST;
	TAILQ_INSERT_TAIL(&f->held, h, entry);
	return h;
}

static bool
give_held(struct faults *f, struct world_record *out)
{
	struct held *h;

	TAILQ_FOREACH (h, &f->held, entry)
		if (h->ready)
			break;
	if (h == NULL)
		return false;
	*out = h->record;
	f->m->trace->records[out->number].fate = TRACE_RECORD_READ;
	f->m->trace->records[out->number].read_ns = f->m->clock.now_ns;
	vclock_cancel(&f->m->clock, &h->due);
	TAILQ_REMOVE(&f->held, h, entry);
	free(h);
	return true;
}

/* The daemon has not seen it (yet). */
static void
unread(struct faults *f, const struct world_record *r)
{
	f->m->trace->records[r->number].fate = TRACE_RECORD_DROPPED;
	f->m->trace->records[r->number].read_ns = TRACE_OPEN;
}

/* False when the record is not to be given now. */
static bool
pass_record(struct faults *f, const struct world_record *r)
{
	const struct fault *fault =
	    strike(f, SCN_RECORD_LOSE, SCN_RECORD_REORDER, r->raw, r->bytes);
	struct held *h;

	if (fault == NULL)
		return true;
	if (fault->in->what == SCN_RECORD_DOUBLE) {
		hold(f, r)->ready = true;
		return true;
	}
	unread(f, r);
	if (fault->in->what == SCN_RECORD_LOSE)
		return false;
	h = hold(f, r);
	if (fault->in->what == SCN_RECORD_DELAY)
		vclock_after(&f->m->clock, &h->due, fault->in->by_ns);
	else
		h->behind_one = true;
	return false;
}

static bool
next_record(void *ctx, struct world_record *out)
{
	struct faulty *w = ctx;
	struct faults *f = w->f;
	struct held *h;

	if (w->dead)
		return false;
	if (give_held(f, out))
		return true;
	do {
		if (!w->inner.ops->next_record(w->inner.ctx, out))
			return false;
	} while (!pass_record(f, out));
	TAILQ_FOREACH (h, &f->held, entry)
		h->ready = h->ready || h->behind_one;
	return true;
}

/* --- operations and commands --- */

/* What a fault holds back or answers in the machine's place. */
struct call {
	int32_t record;
	int answer;	/* -1: none, it is passed on */
	char command[]; /* "": an operation, see the task's op */
};

static int64_t
call_step(struct machine *m, struct ktask *k)
{
	(void)m;
	(void)k;
	return KTASK_DONE;
}

static struct ktask *
call_later(struct faulty *w, uint32_t id, const char *command, int32_t record,
    int64_t delay_ns, int answer)
{
	struct ktask *k = ktask_start(w->f->m, call_step, delay_ns);
	size_t bytes = strlen(command) + 1;
	struct call *call = mem_zero(1, sizeof(*call) + bytes);

	call->record = record;
	call->answer = answer;
	memcpy(call->command, command, bytes);
	k->ctx = w;
	k->id = id;
	k->owned = call;
	k->owned_bytes = sizeof(*call) + bytes;
	return k;
}

static void
operation_ends(struct ktask *k)
{
	const struct call *call = k->owned;
	struct faulty *w = k->ctx;

	if (call->answer < 0) {
		if (!w->dead)
			w->inner.ops->apply(w->inner.ctx, k->id, &k->op,
			    call->record);
		return;
	}
	if (k->op.kind == OP_PROCESS)
		trace_end_command(k->m->trace, k->row, k->m->clock.now_ns,
		    "exit 1");
	else
		trace_end_operation(k->m->trace, k->row, k->m->clock.now_ns,
		    call->answer);
	if (!w->dead && !faulty_ended(w, k->id))
		w->f->owner.applied(w->life, k->id, call->answer);
}

static void
begin_operation_row(struct ktask *k, const char *text, int32_t record)
{
	struct trace *t = k->m->trace;
	int64_t now = k->m->clock.now_ns;

	k->row = k->op.kind == OP_PROCESS
	    ? trace_begin_command(t, now, text, record)
	    : trace_begin_operation(t, now, text, k->op.why, record);
}

static void
kill_daemon(struct faulty *w, const struct scn_injection *in)
{
	struct faults *f = w->f;

	f->owner.kill(f->owner.ctx);
	if (in->by_ns >= 0)
		vclock_after(&f->m->clock, &f->restart, in->by_ns);
}

static void
pass_operation(struct faulty *w, uint32_t id, const struct operation *op,
    const char *text, int32_t record)
{
	struct machine *m = w->f->m;
	const struct fault *fault = strike(w->f, SCN_OPERATION_FAILS,
	    SCN_OPERATION_SLOW, text, strlen(text));
	struct ktask *k;

	if (fault == NULL) {
		w->inner.ops->apply(w->inner.ctx, id, op, record);
		return;
	}
	if (fault->in->what == SCN_OPERATION_SLOW)
		k = call_later(w, id, "", record, fault->in->by_ns, -1);
	else
		k = call_later(w, id, "", record,
		    op->program[0] == '\0' ? machine_delay(m, "kernel.syscall")
					   : profile_program_delay(m->profile,
						 "program", op->program),
		    fault->in->number);
	k->op = *op;
	k->done = operation_ends;
	if (fault->in->what == SCN_OPERATION_FAILS)
		begin_operation_row(k, text, record);
}

static void
apply(void *ctx, uint32_t id, const struct operation *op, int32_t record)
{
	struct faulty *w = ctx;
	struct strbuf text = { 0 };
	const struct fault *death;

	if (w->dead)
		return;
	operation_text(op, &text);
	death = strike(w->f, SCN_DAEMON_KILLED_BEFORE, SCN_DAEMON_KILLED_AFTER,
	    strbuf_str(&text), text.bytes);
	if (death != NULL && death->in->what == SCN_DAEMON_KILLED_AFTER) {
		w->dies_of = id;
		w->death = death->in;
	}
	if (death != NULL && death->in->what == SCN_DAEMON_KILLED_BEFORE)
		kill_daemon(w, death->in);
	/* Stock's scripts live on without their daemon. */
	if (!w->dead)
		pass_operation(w, id, op, strbuf_str(&text), record);
	if (death != NULL && death->in->what == SCN_DAEMON_KILLED_DURING)
		kill_daemon(w, death->in);
	strbuf_fini(&text);
}

bool
faulty_ended(struct faulty *w, uint32_t id)
{
	if (w->dies_of == 0 || w->dies_of != id)
		return false;
	w->dies_of = 0;
	kill_daemon(w, w->death);
	return w->dead;
}

static void
command_ends(struct ktask *k)
{
	const struct call *call = k->owned;
	const struct world_cause cause = { .record = call->record };
	struct faulty *w = k->ctx;
	int status = k->result != 0 ? k->result : call->answer;
	struct strbuf outcome = { 0 };

	if (status < 0) {
		if (!w->dead)
			w->inner.ops->run(w->inner.ctx, k->id, call->command,
			    &cause);
		return;
	}
	if (k->row != TRACE_NONE) {
		strbuf_addf(&outcome, k->result != 0 ? "cancelled" : "exit %d",
		    status);
		trace_end_command(k->m->trace, k->row, k->m->clock.now_ns,
		    strbuf_str(&outcome));
		strbuf_fini(&outcome);
	}
	if (!w->dead)
		w->f->owner.exited(w->life, k->id, status);
}

static void
run(void *ctx, uint32_t id, const char *command,
    const struct world_cause *cause)
{
	struct faulty *w = ctx;
	struct machine *m = w->f->m;
	const struct fault *fault;
	struct ktask *k;
	char name[48];

	if (w->dead)
		return;
	fault = strike(w->f, SCN_COMMAND_FAILS, SCN_COMMAND_SLOW, command,
	    strlen(command));
	if (fault == NULL) {
		w->inner.ops->run(w->inner.ctx, id, command, cause);
		return;
	}
	if (fault->in->what == SCN_COMMAND_SLOW) {
		k = call_later(w, id, command, cause->record, fault->in->by_ns,
		    -1);
		k->done = command_ends;
		return;
	}
	program_name(command, name, sizeof(name));
	k = call_later(w, id, command, cause->record,
	    fault->in->what == SCN_COMMAND_HANGS
		? FOR_EVER
		: profile_program_delay(m->profile, "command", name),
	    fault->in->number);
	k->done = command_ends;
	k->row = trace_begin_command(m->trace, m->clock.now_ns, command,
	    cause->record);
}

static void
cancel(void *ctx, uint32_t id)
{
	struct faulty *w = ctx;
	struct machine *m = w->f->m;
	struct ktask *k;

	if (w->dead)
		return;
	TAILQ_FOREACH (k, &m->tasks, entry)
		if (k->ctx == w && k->id == id && k->done == command_ends) {
			k->result = 128 + 9;
			vclock_after(&m->clock, &k->event, 0);
			return;
		}
	w->inner.ops->cancel(w->inner.ctx, id);
}

/* --- the rest is passed on --- */

static int64_t
now(void *ctx)
{
	const struct faulty *w = ctx;

	return w->inner.ops->now(w->inner.ctx);
}

static void
observe(void *ctx, struct snapshot *out)
{
	const struct faulty *w = ctx;

	w->inner.ops->observe(w->inner.ctx, out);
}

static void
arm(void *ctx, int64_t deadline_ns)
{
	const struct faulty *w = ctx;

	if (!w->dead)
		w->inner.ops->arm(w->inner.ctx, deadline_ns);
}

static void
fired(void *ctx, int32_t record, const char *file, unsigned line,
    const char *action, const char *carried)
{
	const struct faulty *w = ctx;

	if (!w->dead)
		w->inner.ops->fired(w->inner.ctx, record, file, line, action,
		    carried);
}

static void
note(void *ctx, const char *text)
{
	const struct faulty *w = ctx;

	if (!w->dead)
		w->inner.ops->note(w->inner.ctx, text);
}

static const struct world_ops faulty_ops = {
	.now = now,
	.next_record = next_record,
	.observe = observe,
	.apply = apply,
	.run = run,
	.cancel = cancel,
	.arm = arm,
	.fired = fired,
	.note = note,
};

/* --- making and freeing --- */

static void
restart_fire(void *ctx, struct vevent *e)
{
	struct faults *f = ctx;

	(void)e;
	f->owner.start(f->owner.ctx);
}

struct faults *
faults_new(const struct scenario *s, const char *policy, struct machine *m,
    const struct faults_owner *owner)
{
	struct faults *f = mem_zero(1, sizeof(*f));
	const struct scn_injection *in;
	size_t i;

	f->m = m;
	f->owner = *owner;
	TAILQ_INIT(&f->held);
	f->restart.fire = restart_fire;
	f->restart.ctx = f;
	f->restart.domain = VGUEST;
	for (i = 0; i < s->n_injections; i++) {
		in = &s->injections[i];
		if (in->under == NULL || strcmp(in->under, policy) == 0)
			MEM_PUSH(f->list, f->n, f->cap)->in = in;
	}
	if (f->n > 0)
		return f;
	faults_free(f);
	return NULL;
}

void
faults_free(struct faults *f)
{
	struct held *h;

	if (f == NULL)
		return;
	while ((h = TAILQ_FIRST(&f->held)) != NULL) {
		vclock_cancel(&f->m->clock, &h->due);
		TAILQ_REMOVE(&f->held, h, entry);
		free(h);
	}
	vclock_cancel(&f->m->clock, &f->restart);
	free(f->list);
	free(f);
}

void
faults_decide(struct faults *f, faults_decide_fn *decide, void *ctx)
{
	f->decide = decide;
	f->decide_ctx = ctx;
}

void
faults_digest(const struct faults *f, struct digest *d)
{
	const struct held *h;

	TAILQ_FOREACH (h, &f->held, entry) {
		digest_bytes(d, h->record.raw, h->record.bytes);
		digest_number(d,
		    (uint64_t)(h->ready << 0 | h->behind_one << 1));
		vevent_digest(&f->m->clock, &h->due, d);
	}
	vevent_digest(&f->m->clock, &f->restart, d);
}

uint32_t
faulty_dies_of(const struct faulty *w)
{
	return w->dies_of;
}

struct faulty *
faulty_new(struct faults *f, const struct world *inner, void *life)
{
	struct faulty *w = mem_zero(1, sizeof(*w));

	w->f = f;
	w->inner = *inner;
	w->life = life;
	return w;
}

struct world
faulty_world(struct faulty *w)
{
	return (struct world){ &faulty_ops, w };
}

void
faulty_free(struct faulty *w)
{
	free(w);
}

void
faulty_die(struct faulty *w)
{
	w->dead = true;
}
