/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * doors - where others come in to the daemon: devd's sockets
 * (daemon/devd_clients.h) and the control socket (daemon/control.h), each of
 * which may be closed, seen by the loop as one.
 */
#ifndef DAEMON_DOORS_H
#define DAEMON_DOORS_H

#include <poll.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/control.h"
#include "daemon/devd_clients.h"

struct doors { /* zeroed: all are closed */
	struct devd_clients *clients;
	struct control *control;
	size_t clients_filled; /* of the last doors_fill() */
};

/* The keeper removes the names at the end. */
void doors_leave_names(struct doors *d);
void doors_close(struct doors *d);

size_t doors_polls(const struct doors *d);
size_t doors_fill(struct doors *d, struct pollfd *fds);
void doors_polled(struct doors *d, const struct pollfd *fds, size_t count,
    int64_t now_ns);
int64_t doors_deadline(const struct doors *d); /* INT64_MAX: none */
void doors_tick(struct doors *d, int64_t now_ns);

/* A record, without its newline, to those who listen. */
void doors_record(struct doors *d, const char *raw, size_t bytes);

/* All zero when nobody can listen. */
void doors_count(const struct doors *d, struct devd_clients_counts *out);

#endif
