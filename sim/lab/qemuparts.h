/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * qemuparts - what the files of a QEMU share: qemu.c (the process and what is
 * heard of it), qemueject.c (taking a VF away), qemumigrate.c.
 */
#ifndef SIM_LAB_QEMUPARTS_H
#define SIM_LAB_QEMUPARTS_H

#include "base/strbuf.h"
#include "sim/lab/qemu.h"
#include "sim/lab/qemumigrate.h"
#include "sim/lab/qmp.h"

struct qemu_eject { /* one for each pair */
	struct qemu *qemu;
	size_t nic;
	bool active;
	bool found; /* it was there when it was asked for */
	struct qemu_done done;
	struct labtimer again;
	int64_t until_ns;
	/* Questions on their way, and how many of them are an earlier
	 * eject's: they come first. */
	unsigned outstanding, stale;
	struct err refusal; /* the latest */
};

struct qemu_migration {
	bool active;
	bool started;	/* "migrate" is answered */
	bool asked;	/* query-migrate is on its way */
	unsigned empty; /* answers without the numbers */
	struct labtimer ask;
	struct qemu_migrated so_far;
	void (*done)(void *ctx, const struct qemu_migrated *m);
	void *ctx;
};

struct qemu {
	struct labloop *loop;
	void (*event)(void *ctx, const struct qemu_event *e);
	void *ctx;

	pid_t pid; /* 0: reaped */
	int status;
	bool asked; /* to end */
	bool lost;  /* nothing more comes by QMP */
	struct labtimer reap, kill;
	int output_fd; /* -1: nothing more comes */
	struct labwatch *output;
	struct strbuf said; /* its last words */

	struct qmp *qmp;
	int64_t ready_ns;		 /* QEMU_READY came; 0: not yet */
	struct qemu_nic nics[QEMU_NICS]; /* descriptors are not ours */
	size_t n_nics;
	struct qemu_eject ejects[QEMU_NICS];
	struct qemu_migration migration;
	void (*flags)(void *ctx, const char *flags, const struct err *e);
	void *flags_ctx;
};

void qemu_eject_init(struct qemu *q, size_t nic);
/* The guest has let go, e NULL, or will not. Harmless when nobody has asked. */
void qemu_eject_end(struct qemu *q, size_t nic, const struct err *e);

void qemu_migration_init(struct qemu *q);
/* QEMU has said MIGRATION. */
void qemu_migration_status(struct qemu *q, const char *status);
void qemu_migration_lost(struct qemu *q, const struct err *e);

#endif
