/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * qemu - one QEMU, its child process and its control socket: start, what
 * happens to it, and what a host does to a machine.
 *
 * It needs no right, no file and no address of this host: all that connects it
 * are sockets that it inherits, and it is killed when the thread that started
 * it ends. Nothing here waits; everything happens in the loop.
 *
 * After QEMU_EXITED no event comes, and every command is refused.
 */
#ifndef SIM_LAB_QEMU_H
#define SIM_LAB_QEMU_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "sim/lab/labloop.h"
#include "sim/lab/qemuargs.h"

enum qemu_event_kind {
	QEMU_READY,	/* it takes commands; text: its version */
	QEMU_VF_GONE,	/* device (and nic) has been taken away, at last */
	QEMU_STOPPED,	/* the guest stands still... */
	QEMU_RESUMED,	/* ...and runs */
	QEMU_MIGRATION, /* text: "setup", "active", "completed" and so on */
	QEMU_CHANNEL,	/* the guest's part has opened (on) or closed it */
	QEMU_PANICKED,	/* the guest's kernel says so of itself */
	QEMU_SHUTDOWN,	/* text: why, e.g. "guest-reset", "host-qmp-quit" */
	QEMU_OTHER,	/* any other of QMP's events */
	QEMU_EXITED,	/* status, and text: what it has written last */
};

struct qemu_event { /* lives during the call */
	enum qemu_event_kind kind;
	int64_t at_ns;	    /* clock_monotonic() when we have read it */
	int64_t wall_ns;    /* QEMU's own stamp, since 1970; 0: none */
	const char *name;   /* QMP's, "" if it is none of QMP's */
	const char *device; /* "" if it has none */
	int nic;	    /* of QEMU_VF_GONE; -1: not one of ours */
	bool on;
	int status; /* of exit; 128+N: ended by signal N */
	bool asked; /* QEMU_EXITED: after qemu_end() */
	const char *text;
};

struct qemu;

/* NULL, and what QEMU needs, if it cannot be started: ERR_NOTFOUND without the
 * program. Descriptors of the configuration are closed here in any case. */
struct qemu *qemu_start(struct labloop *l, const struct qemu_config *c,
    void (*event)(void *ctx, const struct qemu_event *e), void *ctx,
    struct err *err);

/* Kills it if it still runs, and waits for that. Nobody is told any more; not
 * within one of its calls. NULL is fine. */
void qemu_free(struct qemu *q);

/* "quit", and SIGKILL if it has not ended QEMU_END later: QEMU_EXITED. */
#define QEMU_END (INT64_C(2) * 1000000000)
void qemu_end(struct qemu *q);

pid_t qemu_pid(const struct qemu *q); /* 0: it has ended */

/* What ends a command, once: e is NULL when it was done, and lives during the
 * call. call may be NULL. ERR_STATE: refused; ERR_IO: QEMU has ended. */
struct qemu_done {
	void (*call)(void *ctx, const struct err *e);
	void *ctx;
};

/* Takes the VF away as a host does: the guest is asked, and done when it has
 * let go. Not before QEMU_BEGINS after QEMU_READY; asked again every
 * QEMU_ASK_AGAIN, since a guest whose kernel only just starts loses the
 * request; ERR_BUSY after QEMU_EJECT. ERR_NOTFOUND when there is no VF. */
#define QEMU_BEGINS    (INT64_C(50) * 1000000)
#define QEMU_ASK_AGAIN (INT64_C(250) * 1000000)
#define QEMU_EJECT     (INT64_C(30) * 1000000000)
void qemu_vf_eject(struct qemu *q, size_t nic, struct qemu_done done);
void qemu_vf_attach(struct qemu *q, size_t nic, struct qemu_done done);

enum qemu_side { QEMU_HN, QEMU_VF };
/* The carrier of one side of a pair. */
void qemu_link(struct qemu *q, enum qemu_side side, size_t nic, bool up,
    struct qemu_done done);

void qemu_stop(struct qemu *q, struct qemu_done done);
void qemu_cont(struct qemu *q, struct qemu_done done);

/* The hv-* flags of the processor which QEMU says it can give with the host's
 * KVM ("hv-relaxed,hv-time"; "" for none), by query-cpu-model-expansion. */
void qemu_ask_enlightenments(struct qemu *q,
    void (*done)(void *ctx, const char *flags, const struct err *e), void *ctx);

#endif
