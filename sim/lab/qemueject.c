/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "sim/lab/qemuparts.h"

void
qemu_eject_end(struct qemu *q, size_t nic, const struct err *e)
{
	struct qemu_eject *j = &q->ejects[nic];

	labloop_disarm(q->loop, &j->again);
	j->stale = j->outstanding;
	if (!j->active)
		return;
	j->active = false;
	if (j->done.call != NULL)
		j->done.call(j->done.ctx, e);
}

/* A refusal may only mean that it is under way already, which QEMU tells by a
 * text alone; and a device that it finds no more the second time is gone, but
 * the event comes when its last reference has been dropped, which is later. */
static void
answered(void *ctx, const struct err *e)
{
	struct qemu_eject *j = ctx;

	j->outstanding--;
	if (j->stale > 0)
		j->stale--;
	else if (e == NULL)
		j->found = true;
	else if (e->code == ERR_STATE || (e->code == ERR_NOTFOUND && j->found))
		j->refusal = *e;
	else
		qemu_eject_end(j->qemu, j->nic, e);
}

/* A request in the guest's first millisecond QEMU takes for one that never
 * expires (its limit is then 0), so that none behind it is heard. */
static bool
is_too_early(const struct qemu *q, int64_t now_ns)
{
	return q->ready_ns == 0 || now_ns < q->ready_ns + QEMU_BEGINS;
}

static void
ask(struct qemu_eject *j, int64_t now_ns)
{
	struct qmp_done done = { .plain = answered, .ctx = j };

	labloop_arm(j->qemu->loop, &j->again, now_ns + QEMU_ASK_AGAIN);
	if (is_too_early(j->qemu, now_ns))
		return;
	j->outstanding++;
	qmp_command(j->qemu->qmp, "device_del",
	    json_pack("{s:o}", "id", json_sprintf("vf%d", (int)j->nic)), done);
}

static void
ask_again(void *ctx, int64_t now_ns)
{
	struct qemu_eject *j = ctx;
	struct err e;

	if (now_ns < j->until_ns) {
		ask(j, now_ns);
		return;
	}
	err_set(&e, ERR_BUSY, "the guest has not let go of vf%d for %d s%s%s",
	    (int)j->nic, (int)(QEMU_EJECT / 1000000000),
	    j->refusal.code != ERR_NONE ? "; " : "", j->refusal.text);
	qemu_eject_end(j->qemu, j->nic, &e);
}

void
qemu_eject_init(struct qemu *q, size_t nic)
{
	struct qemu_eject *j = &q->ejects[nic];

	j->qemu = q;
	j->nic = nic;
	j->again.fire = ask_again;
	j->again.ctx = j;
}

void
qemu_vf_eject(struct qemu *q, size_t nic, struct qemu_done done)
{
	struct qemu_eject *j = &q->ejects[nic];
	int64_t now_ns = labloop_now(q->loop);
	struct err e;

	if (j->active) {
		err_set(&e, ERR_BUSY, "vf%d is being taken away already",
		    (int)nic);
		if (done.call != NULL)
			done.call(done.ctx, &e);
		return;
	}
	j->active = true;
	j->found = false;
	j->done = done;
	j->until_ns = now_ns + QEMU_EJECT;
	memset(&j->refusal, 0, sizeof(j->refusal));
	ask(j, now_ns);
}
