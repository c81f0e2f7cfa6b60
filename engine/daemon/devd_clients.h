/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * devd_clients - devd(8)'s two sockets, for programs that listen to devd when
 * switchbackd runs in its place.
 *
 *	devd.pipe		SOCK_STREAM: the records as a stream of bytes
 *	devd.seqpacket.pipe	SOCK_SEQPACKET: one record a recv(2)
 *
 * Every client gets every record from its connection on, as the kernel wrote
 * it, with its newline, before anything is done about it. A client that does
 * not keep up is dropped, which its end of file tells it: records are never
 * left out in silence (FREEBSD.md; DEVD.md, daemon behaviour). Nobody is
 * waited for. What clients send nobody reads: who sends without end waits for
 * himself, as with devd.
 */
#ifndef DAEMON_DEVD_CLIENTS_H
#define DAEMON_DEVD_CLIENTS_H

#include <poll.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "daemon/devd_audience.h"

#define DEVD_STREAM	 "/var/run/devd.pipe"
#define DEVD_SEQPACKET	 "/var/run/devd.seqpacket.pipe"
#define DEVD_CLIENTS_MAX 50 /* newest devd's own default; -l changes it */

struct devd_clients_config {
	const char *stream, *seqpacket; /* where; NULL: not there */
	size_t limit;			/* of both together */
};

struct devd_clients;

/* 0 and *out, or the error of local_socket_listen() and nothing is left. */
int devd_clients_open(const struct devd_clients_config *config,
    struct devd_clients **out, struct err *err);
/* Somebody else removes the names at the end. */
void devd_clients_leave_name(struct devd_clients *c);
void devd_clients_close(struct devd_clients *c); /* NULL is fine */

/* A record without its newline, to everybody. */
void devd_clients_send(struct devd_clients *c, const char *raw, size_t bytes);

/* What to poll: at most devd_clients_polls() entries, of which it fills and
 * gives the number. Hand the same array back after poll(). */
size_t devd_clients_polls(const struct devd_clients *c);
size_t devd_clients_fill(const struct devd_clients *c, struct pollfd *fds);
void devd_clients_polled(struct devd_clients *c, const struct pollfd *fds,
    size_t count);

void devd_clients_count(const struct devd_clients *c,
    struct devd_clients_counts *out);

#endif
