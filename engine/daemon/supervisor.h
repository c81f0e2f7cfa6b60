/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * supervisor - who has started the daemon and wants to know how it is: systemd,
 * or anybody else who speaks the protocol of sd_notify(3) (world/notify.h).
 *
 * Told are READY=1, in the background with MAINPID=, RELOADING=1 with
 * MONOTONIC_USEC= and then READY=1 again, STOPPING=1, STATUS= with a line for a
 * person, and, where WATCHDOG_USEC asks for it, WATCHDOG=1 twice as often as it
 * must be.
 *
 * Every function takes NULL: nobody wants to know.
 */
#ifndef DAEMON_SUPERVISOR_H
#define DAEMON_SUPERVISOR_H

#include <stdint.h>

#include "base/err.h"

struct supervisor;

/* By NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID, which are removed from the
 * environment, so that no child takes itself to be meant. To be called before
 * the process goes into the background. 0, and *out is NULL when there is no
 * NOTIFY_SOCKET; or why that cannot be told anything, *out is NULL then. */
int supervisor_open(struct supervisor **out, struct err *err);
void supervisor_close(struct supervisor *s);

/* In the background the process that was started is the one who is heard at
 * first: in the child, supervisor_detached() leaves the first READY=1 to it,
 * and it says with supervisor_hand_over() that child is ready. */
void supervisor_detached(struct supervisor *s);
void supervisor_hand_over(struct supervisor *s, int child);

/* status is one line; what is not printable in it is blanked. */
void supervisor_ready(struct supervisor *s, const char *status);
void supervisor_status(struct supervisor *s, const char *status);
void supervisor_reloading(struct supervisor *s, int64_t now_ns);
void supervisor_stopping(struct supervisor *s, const char *status);

/* When supervisor_tick() is due; INT64_MAX: not at all, or not before
 * supervisor_ready(). */
int64_t supervisor_deadline(const struct supervisor *s);
/* Says that we live, if that is due. */
void supervisor_tick(struct supervisor *s, int64_t now_ns);

#endif
