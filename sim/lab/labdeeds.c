/* SPDX-License-Identifier: BSD-2-Clause */
/* What a scenario has done to the guest: by its host, which is QEMU, or inside
 * it, by its part there. */
#include <string.h>

#include "base/mem.h"
#include "sim/lab/lab_parts.h"

/* --- the VF --- */

static void work_on(struct lab *l);

static void
work_done(void *ctx, const struct err *e)
{
	struct lab *l = ctx;

	/* To take away what is not there, and to give what is, does nothing;
	 * as the simulated host has it. */
	if (e != NULL && e->code == ERR_IO)
		lab_fail(l, ERR_IO, "%s", e->text);
	else if (e != NULL)
		lab_note(l, "%s", e->text);
	l->working = false;
	work_on(l);
}

/* A host takes no VF away that it is just giving: one after the other. */
static void
work_on(struct lab *l)
{
	struct qemu_done done = { work_done, l };
	bool attach;

	if (l->working || l->n_work == 0 || l->trouble.code != ERR_NONE)
		return;
	attach = l->work[0];
	memmove(l->work, l->work + 1, --l->n_work * sizeof(*l->work));
	l->working = true;
	if (attach)
		qemu_vf_attach(l->here->q, 0, done);
	else
		qemu_vf_eject(l->here->q, 0, done);
}

static void
vf_work(struct lab *l, bool attach)
{
	*MEM_PUSH(l->work, l->n_work, l->cap_work) = attach;
	work_on(l);
}

/* --- the machine --- */

static void
told(void *ctx, const struct err *e)
{
	if (e != NULL)
		lab_fail(ctx, e->code, "%s", e->text);
}

static void
thaw(void *ctx, int64_t now_ns)
{
	struct lab *l = ctx;

	(void)now_ns;
	qemu_cont(l->here->q, (struct qemu_done){ told, l });
}

static void
freeze(struct lab *l, const struct scn_step *step)
{
	qemu_stop(l->here->q, (struct qemu_done){ told, l });
	labloop_arm(l->loop, &l->thaw,
	    l->zero_ns + step->at_ns + step->duration_ns);
}

/* --- migration --- */

/* Whether the VF is there when this step comes. */
static bool
has_vf(const struct lab *l, size_t step)
{
	bool there = l->s->n_vfs > 0 && l->s->vfs[0].present;
	size_t i;

	for (i = 0; i < step; i++) {
		if (l->s->steps[i].kind == SCN_VF_ATTACH)
			there = true;
		else if (l->s->steps[i].kind == SCN_VF_EJECT)
			there = false;
	}
	return there;
}

/* The destination of the next migration is started early: the moment at which
 * it is to begin must not be that at which a process is made. */
static void
prepare_after(struct lab *l, int64_t at_ns)
{
	size_t i;

	for (i = 0; i < l->s->n_steps; i++)
		if (l->s->steps[i].kind == SCN_VM_MIGRATE &&
		    l->s->steps[i].at_ns > at_ns)
			break;
	if (i < l->s->n_steps)
		l->next = labhost_start(l, has_vf(l, i));
}

static void
migrated(void *ctx, const struct qemu_migrated *m)
{
	static const char *const words[] = {
		[QEMU_MIGRATE_COMPLETED] = "completed",
		[QEMU_MIGRATE_CANCELLED] = "cancelled",
		[QEMU_MIGRATE_FAILED] = "failed",
	};
	struct lab *l = ctx;

	labloop_disarm(l->loop, &l->cancel);
	l->migrating = false;
	labrows_state(l->rows, LABROWS_HOST, m->to_ns, "vm", "migrating", "no");
	lab_note(l, "migration %s: %.3f s in all, %.3f s of downtime, %.1f MB",
	    words[m->end], (double)m->total_ns / 1e9,
	    (double)m->downtime_ns / 1e9, (double)m->transferred_bytes / 1e6);
	if (m->end == QEMU_MIGRATE_FAILED)
		lab_fail(l, ERR_IO, "the migration has failed: %s",
		    m->err.text);
	if (m->end == QEMU_MIGRATE_CANCELLED && l->next != NULL) {
		qemu_end(l->next->q);
		l->next = NULL;
		prepare_after(l, m->to_ns - l->zero_ns);
	}
	labdeeds_moved(l);
}

void
labdeeds_moved(struct lab *l)
{
	if (l->left == NULL || l->migrating)
		return;
	qemu_end(l->left->q);
	l->left = NULL;
	prepare_after(l, labloop_now(l->loop) - l->zero_ns);
}

static void
call_off(void *ctx, int64_t now_ns)
{
	struct lab *l = ctx;

	(void)now_ns;
	qemu_migrate_cancel(l->here->q, (struct qemu_done){ told, l });
}

static void
migrate(struct lab *l, const struct scn_step *step)
{
	/* One that is to be cancelled must not be over before. */
	const struct qemu_migrate how = {
		.bytes_per_s = step->duration_ns > 0 ? 8000000 : 0
	};
	struct labhost *to = l->next;
	int fd;

	if (to == NULL || !to->ready || to->exited) {
		lab_fail(l, ERR_BUSY,
		    "the other QEMU was not ready for a "
		    "migration: leave more time before it");
		return;
	}
	fd = to->migrate_fd;
	to->migrate_fd = -1;
	l->migrating = true;
	labrows_state(l->rows, LABROWS_HOST, labloop_now(l->loop), "vm",
	    "migrating", "yes");
	qemu_migrate(l->here->q, fd, &how, migrated, l);
	if (step->duration_ns > 0)
		labloop_arm(l->loop, &l->cancel,
		    l->zero_ns + step->at_ns + step->duration_ns);
}

/* --- inside --- */

static void
reload(struct lab *l)
{
	struct labwire m = { .kind = LABWIRE_DAEMON_RELOAD };

	labguest_must(l, &m);
}

static void
daemon_start(void *ctx, int64_t now_ns)
{
	(void)now_ns;
	labguest_daemon(ctx, true);
}

void
labdeeds_prepare(struct lab *l)
{
	l->thaw.fire = thaw;
	l->cancel.fire = call_off;
	l->daemon_start.fire = daemon_start;
	l->thaw.ctx = l->cancel.ctx = l->daemon_start.ctx = l;
	labloop_arm(l->loop, &l->daemon_start,
	    l->zero_ns + l->options.start_ns);
	prepare_after(l, -1);
}

void
labdeeds_do(struct lab *l, const struct scn_step *step)
{
	struct qemu_done done = { told, l };

	switch (step->kind) {
	case SCN_VF_ATTACH:
	case SCN_VF_EJECT:
		vf_work(l, step->kind == SCN_VF_ATTACH);
		break;
	case SCN_VF_LINK:
		qemu_link(l->here->q, QEMU_VF, 0, step->up, done);
		break;
	case SCN_HOST_MEDIA:
		qemu_link(l->here->q, QEMU_HN, 0, step->up, done);
		break;
	case SCN_VM_FREEZE:
		freeze(l, step);
		break;
	case SCN_VM_MIGRATE:
		migrate(l, step);
		break;
	case SCN_DAEMON_KILL:
		labguest_daemon(l, false);
		break;
	case SCN_DAEMON_RESTART:
		labguest_daemon(l, false);
		labguest_daemon(l, true);
		break;
	case SCN_DAEMON_START:
		labguest_daemon(l, true);
		break;
	case SCN_DAEMON_RELOAD:
		reload(l);
		break;
	case SCN_USER:
	case SCN_USER_SH:
		labguest_shell(l, step->text);
		break;
	default: /* labcan_run() has let no other through */
		break;
	}
}
