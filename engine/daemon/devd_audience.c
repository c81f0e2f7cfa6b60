/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/devd_audience.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#ifndef POLLRDHUP
#define POLLRDHUP 0 /* FreeBSD before 13.1: seen at the next turn */
#endif

void
audience_init(struct devd_audience *a, const struct audience_calls *calls,
    void *ctx, size_t limit)
{
	size_t i;

	memset(a, 0, sizeof(*a));
	a->calls = calls;
	a->ctx = ctx;
	a->limit = limit;
	for (i = 0; i < AUDIENCE_DOORS; i++)
		a->doors[i] = -1;
}

void
audience_fini(struct devd_audience *a)
{
	size_t i;

	for (i = 0; i < a->count; i++)
		a->calls->close(a->ctx, a->clients[i].fd);
	free(a->clients);
	a->clients = NULL;
	a->count = a->cap = 0;
}

/* The order of the others is kept: they are told in the order in which they
 * came. */
static void
drop(struct devd_audience *a, size_t i)
{
	a->calls->close(a->ctx, a->clients[i].fd);
	a->count--;
	memmove(&a->clients[i], &a->clients[i + 1],
	    (a->count - i) * sizeof(*a->clients));
}

/* A part of a record on a stream cannot be taken back: such a client is
 * dropped like one that takes nothing. */
void
audience_send(struct devd_audience *a, const char *raw, size_t bytes)
{
	size_t i;

	if (bytes > sizeof(a->record) - 1)
		bytes = sizeof(a->record) - 1;
	memcpy(a->record, raw, bytes);
	a->record[bytes++] = '\n';
	for (i = 0; i < a->count;) {
		ssize_t n = a->calls->send(a->ctx, a->clients[i].fd,
		    a->clients[i].place, a->record, bytes);

		if (n == (ssize_t)bytes) {
			i++;
			continue;
		}
		a->counts.dropped++;
		drop(a, i);
	}
}

size_t
audience_polls(const struct devd_audience *a)
{
	return AUDIENCE_DOORS + a->count;
}

size_t
audience_fill(const struct devd_audience *a, struct pollfd *fds)
{
	size_t i, n = 0;

	for (i = 0; i < AUDIENCE_DOORS; i++)
		fds[n++] =
		    (struct pollfd){ .fd = a->doors[i], .events = POLLIN };
	/* FreeBSD wakes nobody who asks for nothing (sopoll_generic() in
	 * sys/kern/uipc_socket.c). */
	for (i = 0; i < a->count; i++)
		fds[n++] = (struct pollfd){ .fd = a->clients[i].fd,
			.events = POLLRDHUP };
	return n;
}

/* Anybody may knock, and as fast as we open: the rest is for the next turn. */
static void
accept_some(struct devd_audience *a, size_t place)
{
	int client, n;

	for (n = 0; n < AUDIENCE_AT_ONCE; n++) {
		client = a->calls->accept(a->ctx, a->doors[place]);
		if (client < 0)
			break;
		if (a->count >= a->limit) {
			a->counts.refused++;
			a->calls->close(a->ctx, client);
			continue;
		}
		*MEM_PUSH(a->clients, a->count, a->cap) =
		    (struct audience_client){ client, place };
		a->counts.accepted++;
	}
}

void
audience_polled(struct devd_audience *a, const struct pollfd *fds, size_t count)
{
	size_t i, k;

	/* From the end on, so that a drop moves none that is still to come;
	 * new clients come last, and were not polled. */
	for (i = count; i-- > AUDIENCE_DOORS;) {
		k = i - AUDIENCE_DOORS;
		if (fds[i].revents != 0 && k < a->count &&
		    a->clients[k].fd == fds[i].fd)
			drop(a, k);
	}
	for (i = 0; i < AUDIENCE_DOORS && i < count; i++)
		if (fds[i].revents != 0)
			accept_some(a, i);
}
