/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * control - questions and orders of the operator, over a local socket that
 * only its owner may use (mode 0600).
 *
 *	request	= word { blank word } LF; at most CONTROL_REQUEST_MAX bytes
 *	reply	= "ok" blank BYTES LF, and BYTES bytes of text, or
 *		  "error" blank BYTES LF, and BYTES bytes that say why
 *
 * A client may ask again when it has its answer; what it sends before waits
 * for that. Nobody is waited for: a client that does not read its answer, or
 * says nothing, for CONTROL_PATIENCE is sent away, and so is one whose request
 * has no end.
 */
#ifndef DAEMON_CONTROL_H
#define DAEMON_CONTROL_H

#include <poll.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "daemon/control_talk.h"

#define CONTROL_SOCKET	    "/var/run/switchbackd.sock"
#define CONTROL_CLIENTS_MAX 8
#define CONTROL_PATIENCE    (INT64_C(30) * 1000000000)

struct control;

/* 0 and *out, or the error of local_socket_listen(). */
int control_open(const char *path, control_fn *fn, void *ctx,
    struct control **out, struct err *err);
/* Somebody else removes the names at the end. */
void control_leave_name(struct control *c);
void control_close(struct control *c); /* NULL is fine */

/* What to poll: at most control_polls() entries, of which it fills and gives
 * the number. Hand the same array back after poll(). */
size_t control_polls(const struct control *c);
size_t control_fill(const struct control *c, struct pollfd *fds);
void control_polled(struct control *c, const struct pollfd *fds, size_t count,
    int64_t now_ns);

/* When control_tick() is due; INT64_MAX: not at all. */
int64_t control_deadline(const struct control *c);
void control_tick(struct control *c, int64_t now_ns);

#endif
