/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * qmp - commands to a QEMU over its control socket, and what comes back. Never
 * waits: everything happens in the loop.
 *
 * Commands may be given before the greeting has come; they are sent after
 * qmp_capabilities has been answered.
 */
#ifndef SIM_LAB_QMP_H
#define SIM_LAB_QMP_H

#include <stdint.h>

#include "base/err.h"
#include "sim/lab/labloop.h"
#include "sim/lab/qmpread.h"

/* A command that is not answered within this time means a QEMU that hangs. */
#define QMP_ANSWER (INT64_C(60) * 1000000000)

struct qmp_calls {
	/* The greeting has come and its capabilities are set. */
	void (*ready)(void *ctx, const char *version, int64_t now_ns);
	/* A QMP_EVENT; m lives during the call. */
	void (*event)(void *ctx, const struct qmp_message *m, int64_t now_ns);
	/* No more will come: the socket is closed (ERR_IO), what came is no QMP
	 * (ERR_INPUT), or a command was not answered (ERR_BUSY). Once, and
	 * after all commands have been told so. It may free the qmp. */
	void (*lost)(void *ctx, const struct err *e);
};

/* Tells how a command ended, once: e is NULL when it was done. The value is
 * borrowed, may be NULL, and lives during the call. Codes: ERR_NOTFOUND (class
 * DeviceNotFound), ERR_UNSUPPORTED (CommandNotFound), ERR_STATE (all other
 * refusals), or lost()'s. */
struct qmp_done {
	void (*call)(void *ctx, struct json_t *value, const struct err *e);
	void (*plain)(void *ctx, const struct err *e); /* or so */
	void *ctx;
};

struct qmp;

/* Takes fd, which is made not to wait. */
struct qmp *qmp_new(struct labloop *l, int fd, const struct qmp_calls *calls,
    void *ctx);
/* Nobody is told any more; NULL is fine. */
void qmp_free(struct qmp *q);

/* Takes the arguments, which may be NULL. With neither call nor plain nobody
 * is told. */
void qmp_command(struct qmp *q, const char *name, struct json_t *arguments,
    struct qmp_done done);
/* The same, with a descriptor that QEMU gets a copy of; takes fd, too. */
void qmp_command_fd(struct qmp *q, const char *name, struct json_t *arguments,
    int fd, struct qmp_done done);

#endif
