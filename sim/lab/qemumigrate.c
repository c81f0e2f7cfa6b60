/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/lab/qemumigrate.h"

#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "sim/lab/qemuparts.h"

/* QEMU is asked this often, beside what it tells by itself. */
#define ASK_AGAIN INT64_C(50000000)
/* "completed" may come before the numbers do. */
#define EMPTY_MOST 20
#define FDNAME	   "migration"

/* --- the end --- */

static void
end(struct qemu *q, enum qemu_migrate_end how)
{
	struct qemu_migration *m = &q->migration;

	if (!m->active)
		return;
	m->active = false;
	labloop_disarm(q->loop, &m->ask);
	m->so_far.end = how;
	m->so_far.to_ns = labloop_now(q->loop);
	m->done(m->ctx, &m->so_far);
}

static void
fail(struct qemu *q, const struct err *e)
{
	q->migration.so_far.err = *e;
	end(q, QEMU_MIGRATE_FAILED);
}

void
qemu_migration_lost(struct qemu *q, const struct err *e)
{
	fail(q, e);
}

/* --- how it goes --- */

static int64_t
number_in(const struct json_t *o, const char *key)
{
	return qmpread_number(json_object_get(o, key));
}

static void
take_numbers(struct qemu_migrated *m, const struct json_t *value)
{
	const struct json_t *ram = json_object_get(value, "ram");

	m->total_ns = number_in(value, "total-time") * 1000000;
	m->downtime_ns = number_in(value, "downtime") * 1000000;
	m->setup_ns = number_in(value, "setup-time") * 1000000;
	m->transferred_bytes = number_in(ram, "transferred");
	m->ram_bytes = number_in(ram, "total");
}

static void
take_state(struct qemu *q, const struct json_t *value)
{
	struct qemu_migration *m = &q->migration;
	const char *status =
	    json_string_value(json_object_get(value, "status"));
	const char *why =
	    json_string_value(json_object_get(value, "error-desc"));
	struct err e;

	take_numbers(&m->so_far, value);
	if (status == NULL)
		return;
	if (strcmp(status, "completed") == 0) {
		if (m->so_far.total_ns == 0 && m->empty++ < EMPTY_MOST)
			return;
		end(q, QEMU_MIGRATE_COMPLETED);
	} else if (strcmp(status, "cancelled") == 0) {
		end(q, QEMU_MIGRATE_CANCELLED);
	} else if (strcmp(status, "failed") == 0) {
		err_set(&e, ERR_STATE, "the migration has failed%s%s",
		    why != NULL ? ": " : "", why != NULL ? why : "");
		fail(q, &e);
	}
}

static void
told(void *ctx, struct json_t *value, const struct err *e)
{
	struct qemu *q = ctx;
	struct qemu_migration *m = &q->migration;

	m->asked = false;
	if (!m->active || !m->started)
		return;
	labloop_arm(q->loop, &m->ask, labloop_now(q->loop) + ASK_AGAIN);
	if (e != NULL)
		fail(q, e);
	else
		take_state(q, value);
}

static void
ask(void *ctx, int64_t now_ns)
{
	struct qemu *q = ctx;

	(void)now_ns;
	if (q->migration.asked)
		return;
	q->migration.asked = true;
	qmp_command(q->qmp, "query-migrate", NULL,
	    (struct qmp_done){ .call = told, .ctx = q });
}

void
qemu_migration_init(struct qemu *q)
{
	q->migration.ask.fire = ask;
	q->migration.ask.ctx = q;
}

void
qemu_migration_status(struct qemu *q, const char *status)
{
	/* Only what may be the end is looked at without delay. */
	if (q->migration.started && strcmp(status, "setup") != 0 &&
	    strcmp(status, "active") != 0)
		ask(q, labloop_now(q->loop));
}

/* --- the beginning --- */

/* A step before the last one; and nothing follows one that was refused. */
static void
stepped(void *ctx, const struct err *e)
{
	struct qemu *q = ctx;

	if (e != NULL && !q->migration.started)
		fail(q, e);
}

static void
started(void *ctx, const struct err *e)
{
	struct qemu *q = ctx;
	struct qmp_done nobody = { NULL, NULL, NULL };

	if (e == NULL) {
		q->migration.started = true;
		ask(q, labloop_now(q->loop));
		return;
	}
	/* The destination must not wait for a source that will not come. */
	qmp_command(q->qmp, "closefd", json_pack("{s:s}", "fdname", FDNAME),
	    nobody);
	fail(q, e);
}

/* Always both: QEMU keeps those of the migration before. */
static void
set_limits(struct qemu *q, const struct qemu_migrate *how)
{
	int64_t bytes = how->bytes_per_s, down_ns = how->downtime_ns;

	if (bytes == 0)
		bytes = QEMU_MIGRATE_BYTES_PER_S;
	if (down_ns == 0)
		down_ns = QEMU_MIGRATE_DOWNTIME;
	qmp_command(q->qmp, "migrate-set-parameters",
	    json_pack("{s:I,s:I}", "max-bandwidth", (json_int_t)bytes,
		"downtime-limit", (json_int_t)(down_ns / 1000000)),
	    (struct qmp_done){ .plain = stepped, .ctx = q });
}

static void
refuse_second(void (*done)(void *ctx, const struct qemu_migrated *m), void *ctx)
{
	struct qemu_migrated m = { .end = QEMU_MIGRATE_FAILED };

	err_set(&m.err, ERR_BUSY, "a migration is under way already");
	done(ctx, &m);
}

void
qemu_migrate(struct qemu *q, int fd, const struct qemu_migrate *how,
    void (*done)(void *ctx, const struct qemu_migrated *m), void *ctx)
{
	struct qemu_migration *m = &q->migration;

	if (m->active) {
		close(fd);
		refuse_second(done, ctx);
		return;
	}
	m->active = true;
	m->started = false;
	m->empty = 0;
	m->done = done;
	m->ctx = ctx;
	memset(&m->so_far, 0, sizeof(m->so_far));
	m->so_far.from_ns = labloop_now(q->loop);
	set_limits(q, how);
	qmp_command_fd(q->qmp, "getfd", json_pack("{s:s}", "fdname", FDNAME),
	    fd, (struct qmp_done){ .plain = stepped, .ctx = q });
	qmp_command(q->qmp, "migrate", json_pack("{s:s}", "uri", "fd:" FDNAME),
	    (struct qmp_done){ .plain = started, .ctx = q });
}

void
qemu_migrate_cancel(struct qemu *q, struct qemu_done done)
{
	qmp_command(q->qmp, "migrate_cancel", NULL,
	    (struct qmp_done){ .plain = done.call, .ctx = done.ctx });
}
