/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * devd_audience - who listens to devd's sockets: who comes in, who is told
 * what, and who has to go (daemon/devd_clients.h says the rules). Pure, but
 * for the calls that it is given.
 */
#ifndef DAEMON_DEVD_AUDIENCE_H
#define DAEMON_DEVD_AUDIENCE_H

#include <sys/types.h>

#include <poll.h>
#include <stddef.h>
#include <stdint.h>

#include "event/devline.h"

#define AUDIENCE_DOORS	 2
#define AUDIENCE_AT_ONCE 8 /* who come in at a door in one turn */

/* What is done with descriptors. None waits. */
struct audience_calls {
	int (*accept)(void *ctx, int door); /* -1: nobody waits there */
	/* How much of it was taken, or -1. place: of the door that the client
	 * came in by, in doors[]. */
	ssize_t (*send)(void *ctx, int client, size_t place, const void *data,
	    size_t bytes);
	void (*close)(void *ctx, int client);
};

struct devd_clients_counts {
	size_t connected;
	uint64_t accepted;
	uint64_t refused; /* the limit was reached */
	uint64_t dropped; /* did not keep up */
};

struct audience_client {
	int fd;
	size_t place; /* of its door */
};

struct devd_audience {
	const struct audience_calls *calls;
	void *ctx;
	int doors[AUDIENCE_DOORS]; /* -1: not there */
	struct audience_client *clients;
	size_t count, cap;
	size_t limit;
	struct devd_clients_counts counts;
	char record[DEVLINE_MAX + 2]; /* the one that is sent, with its LF */
};

/* Both doors are not there yet. */
void audience_init(struct devd_audience *a, const struct audience_calls *calls,
    void *ctx, size_t limit);
void audience_fini(struct devd_audience *a); /* closes clients, no doors */

/* The rest is that of daemon/devd_clients.h. */
void audience_send(struct devd_audience *a, const char *raw, size_t bytes);
size_t audience_polls(const struct devd_audience *a);
size_t audience_fill(const struct devd_audience *a, struct pollfd *fds);
void audience_polled(struct devd_audience *a, const struct pollfd *fds,
    size_t count);

#endif
