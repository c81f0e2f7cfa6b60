/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/jobs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "core/core_digest.h"
#include "core/custom_vfup.h"

struct intent *
intents_add(struct intents *o, enum intent_kind kind, const char *text)
{
	struct intent *i = MEM_PUSH(o->list, o->count, o->cap);

	i->kind = kind;
	i->record = -1;
	i->text = mem_str(text);
	return i;
}

void
intents_reset(struct intents *o)
{
	size_t i;

	for (i = 0; i < o->count; i++)
		free(o->list[i].text);
	o->count = 0;
}

void
intents_fini(struct intents *o)
{
	intents_reset(o);
	free(o->list);
	memset(o, 0, sizeof(*o));
}

void
jobs_init(struct jobs *j, const struct core_config *config)
{
	memset(j, 0, sizeof(*j));
	TAILQ_INIT(&j->list);
	j->config = config;
}

static void
forget(struct jobs *j, struct job *job)
{
	TAILQ_REMOVE(&j->list, job, entry);
	j->count--;
	cause_free(&job->cause);
	free(job->command);
	free(job);
}

void
jobs_fini(struct jobs *j)
{
	while (!TAILQ_EMPTY(&j->list))
		forget(j, TAILQ_FIRST(&j->list));
}

static struct job *
add(struct jobs *j, enum job_kind kind, const char *key, int32_t record)
{
	struct job *job = mem_zero(1, sizeof(*job));

	job->kind = kind;
	job->cause.told.record = record;
	job->wake_ns = CORE_NEVER;
	snprintf(job->key, sizeof(job->key), "%s", key);
	TAILQ_INSERT_TAIL(&j->list, job, entry);
	j->count++;
	return job;
}

void
jobs_add_command(struct jobs *j, const char *key, const char *command,
    const struct world_cause *cause)
{
	struct job *job = add(j, JOB_COMMAND, key, cause->record);

	job->command = mem_str(command);
	cause_copy(&job->cause, cause);
}

void
jobs_add_script(struct jobs *j, const struct stock *script, const char *key,
    int32_t record, bool beside)
{
	struct job *job = add(j, JOB_SCRIPT, key, record);

	job->stock = *script;
	job->beside = beside;
}

void
jobs_add_vfup(struct jobs *j, const char *hn, const char *key, int32_t record)
{
	struct job *job = add(j, JOB_VFUP, key, record);

	snprintf(job->stock.ifname, sizeof(job->stock.ifname), "%s", hn);
}

static void
run(struct jobs *j, struct job *job, const char *command, int64_t now_ns,
    struct intents *out)
{
	struct intent *i = intents_add(out, INTENT_RUN, command);
	int64_t limit = j->config->deadline_ns;

	i->id = job->id = ++j->last_id;
	i->cause = &job->cause.told;
	i->record = i->cause->record;
	job->state = JOB_RUNNING;
	/* devd waits for ever; so does stock (DEVD.md, daemon behaviour). */
	job->wake_ns = j->config->policy == CORE_STOCK
	    ? CORE_NEVER
	    : now_ns + (limit > 0 ? limit : CORE_DEADLINE);
}

static void
run_custom(struct jobs *j, struct job *job, int64_t now_ns, struct intents *out)
{
	char command[sizeof(CUSTOM_VFUP) + IFNAME_MAX];

	if (custom_vfup_command(job->stock.ifname, command))
		run(j, job, command, now_ns, out);
	else
		job->state = JOB_ENDED;
}

static struct job *
find(struct jobs *j, uint32_t id)
{
	struct job *job;

	TAILQ_FOREACH (job, &j->list, entry)
		if (job->id == id &&
		    (job->state == JOB_APPLYING || job->state == JOB_RUNNING))
			return job;
	return NULL;
}

bool
jobs_ended(struct jobs *j, uint32_t id, int result, struct intents *out)
{
	struct job *job = find(j, id);
	struct strbuf text = { 0 };

	if (job == NULL)
		return false;
	job->wake_ns = CORE_NEVER;
	job->result = result;
	/* devd does not look at it. */
	if (job->state == JOB_RUNNING && result != 0 &&
	    j->config->policy != CORE_STOCK) {
		strbuf_addf(&text, "command failed (status %d): %s", result,
		    job->command != NULL ? job->command : CUSTOM_VFUP);
		if (job->command == NULL)
			strbuf_adds(&text, job->stock.ifname);
		intents_add(out, INTENT_NOTE, strbuf_str(&text));
		strbuf_fini(&text);
	}
	if (job->kind == JOB_SCRIPT)
		job->state = JOB_LOOK;
	else
		job->state = JOB_ENDED;
	return true;
}

void
jobs_tick(struct jobs *j, int64_t now_ns, struct intents *out)
{
	struct strbuf text = { 0 };
	struct job *job;

	TAILQ_FOREACH (job, &j->list, entry) {
		if (job->wake_ns > now_ns)
			continue;
		job->wake_ns = CORE_NEVER;
		if (job->state == JOB_SLEEPING)
			job->state = JOB_LOOK;
		if (job->state != JOB_RUNNING)
			continue;
		strbuf_reset(&text);
		strbuf_addf(&text, "deadline over, cancelled: %s",
		    job->command != NULL ? job->command : job->stock.ifname);
		intents_add(out, INTENT_NOTE, strbuf_str(&text));
		intents_add(out, INTENT_CANCEL, NULL)->id = job->id;
	}
	strbuf_fini(&text);
}

static bool
is_blocked(const struct jobs *j, const struct job *job)
{
	const struct job *before;

	TAILQ_FOREACH (before, &j->list, entry) {
		if (before == job)
			return false;
		if (before->beside || before->state == JOB_ENDED)
			continue;
		if (j->config->policy == CORE_STOCK || j->config->serial ||
		    strcmp(before->key, job->key) == 0)
			return true;
	}
	return false;
}

void
jobs_start(struct jobs *j, int64_t now_ns, struct intents *out)
{
	size_t running = 0, most = j->config->parallel;
	struct job *job, *next;

	for (job = TAILQ_FIRST(&j->list); job != NULL; job = next) {
		next = TAILQ_NEXT(job, entry);
		if (job->state == JOB_ENDED)
			forget(j, job);
		else if (job->state == JOB_RUNNING)
			running++;
	}
	TAILQ_FOREACH (job, &j->list, entry) {
		if (job->state != JOB_QUEUED)
			continue;
		if (job->kind == JOB_COMMAND && most > 0 && running >= most)
			continue;
		if (!job->beside && is_blocked(j, job))
			continue;
		if (job->kind == JOB_COMMAND) {
			run(j, job, job->command, now_ns, out);
			running++;
		} else
			job->state = JOB_LOOK;
	}
}

bool
jobs_want_look(const struct jobs *j)
{
	const struct job *job;

	TAILQ_FOREACH (job, &j->list, entry)
		if (job->state == JOB_LOOK)
			return true;
	return false;
}

static void
script_step(struct jobs *j, struct job *job, const struct snapshot *s,
    int64_t now_ns, struct intents *out)
{
	struct stock later;
	struct operation op;
	struct intent *i;
	int64_t delay_ns = 0;

	switch (stock_next(&job->stock, s, j->config->rc, job->result, &op,
	    &delay_ns)) {
	case STOCK_OPERATION:
		i = intents_add(out, INTENT_APPLY, NULL);
		i->op = op;
		i->id = job->id = ++j->last_id;
		i->record = job->cause.told.record;
		job->state = JOB_APPLYING;
		break;
	case STOCK_SLEEP:
		job->state = JOB_SLEEPING;
		job->wake_ns = now_ns + delay_ns;
		break;
	case STOCK_SPAWN:
		stock_vfattach_delayed(&later, job->stock.ifname, delay_ns);
		jobs_add_script(j, &later, "", job->cause.told.record, true);
		break; /* and look again */
	case STOCK_CUSTOM:
		run_custom(j, job, now_ns, out);
		break;
	case STOCK_DONE:
		job->state = JOB_ENDED;
		break;
	}
	job->result = 0;
}

void
jobs_look(struct jobs *j, const struct snapshot *s, int64_t now_ns,
    struct intents *out)
{
	const struct snap_if *hn;
	struct job *job;

	TAILQ_FOREACH (job, &j->list, entry) {
		if (job->state != JOB_LOOK)
			continue;
		if (job->kind == JOB_SCRIPT) {
			script_step(j, job, s, now_ns, out);
			continue;
		}
		hn = snapshot_find(s, job->stock.ifname);
		if (hn != NULL && hn->custom_vfup)
			run_custom(j, job, now_ns, out);
		else
			job->state = JOB_ENDED;
	}
}

void
jobs_cancel_key(struct jobs *j, const char *key, struct intents *out)
{
	struct job *job;

	TAILQ_FOREACH (job, &j->list, entry) {
		if (strcmp(job->key, key) != 0)
			continue;
		if (job->state == JOB_QUEUED) {
			job->state = JOB_ENDED;
		} else if (job->state == JOB_RUNNING && !job->cancelled) {
			job->cancelled = true;
			intents_add(out, INTENT_CANCEL, NULL)->id = job->id;
		}
	}
}

void
jobs_drop_queued(struct jobs *j)
{
	struct job *job;

	TAILQ_FOREACH (job, &j->list, entry)
		if (job->state == JOB_QUEUED && !job->beside)
			job->state = JOB_ENDED;
}

bool
jobs_block_reading(const struct jobs *j)
{
	const struct job *job;

	if (j->config->policy != CORE_STOCK)
		return j->count >= CORE_JOBS_MAX;
	TAILQ_FOREACH (job, &j->list, entry)
		if (!job->beside && job->state != JOB_ENDED)
			return true;
	return false;
}

int64_t
jobs_deadline(const struct jobs *j)
{
	const struct job *job;
	int64_t first = CORE_NEVER;

	TAILQ_FOREACH (job, &j->list, entry)
		if (job->wake_ns < first)
			first = job->wake_ns;
	return first;
}

static const char *
job_name(const struct job *job)
{
	switch (job->kind) {
	case JOB_COMMAND:
		return job->command;
	case JOB_VFUP:
		return CUSTOM_VFUP;
	case JOB_SCRIPT:
		break;
	}
	switch (job->stock.script) {
	case STOCK_VFATTACH:
		return "hyperv_vfattach ";
	case STOCK_VFATTACH_DELAYED:
		return "hyperv_vfattach, its delay over, ";
	case STOCK_VFUP:
		break;
	}
	return "hyperv_vfup ";
}

void
jobs_describe(const struct jobs *j, struct strbuf *out)
{
	static const char *const states[] = {
		[JOB_QUEUED] = "waits for its turn",
		[JOB_LOOK] = "looks at the system",
		[JOB_APPLYING] = "waits for an operation",
		[JOB_RUNNING] = "runs",
		[JOB_SLEEPING] = "sleeps",
		[JOB_ENDED] = "has ended",
	};
	const struct job *job;
	char at[DUR_TEXT];

	TAILQ_FOREACH (job, &j->list, entry) {
		strbuf_addf(out, "  %s%s: %s", job_name(job),
		    job->kind == JOB_COMMAND ? "" : job->stock.ifname,
		    states[job->state]);
		if (job->wake_ns != CORE_NEVER)
			strbuf_addf(out, " until %s",
			    dur_stamp(job->wake_ns, at));
		strbuf_adds(out, job->cancelled ? ", cancelled\n" : "\n");
	}
}

void
jobs_digest(const struct jobs *j, struct digest *d)
{
	const struct job *job;

	digest_number(d, j->count);
	TAILQ_FOREACH (job, &j->list, entry) {
		digest_number(d, job->kind);
		digest_number(d, job->state);
		digest_number(d, job->id == 0 ? 0 : 1 + j->last_id - job->id);
		digest_text(d, job->key);
		digest_number(d,
		    (uint64_t)(job->beside << 0 | job->cancelled << 1));
		digest_text(d, job->command);
		digest_number(d, job->stock.script);
		digest_text(d, job->stock.ifname);
		digest_text(d, job->stock.lagg);
		digest_text(d, job->stock.vf);
		digest_number(d, (uint64_t)job->stock.delay_ns);
		digest_number(d, (uint64_t)job->stock.step);
		digest_number(d, (uint64_t)job->result);
		digest_due(d, job->wake_ns);
	}
}
