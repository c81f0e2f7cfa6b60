/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/devd_clients.h"

#include <sys/socket.h>

#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "world/local_socket.h"

/* devd's: what a client may be behind before it is dropped. */
#define SEND_BUFFER (256 * 1024)
#define DOORS	    AUDIENCE_DOORS

enum { STREAM, SEQPACKET }; /* places of doors */

struct devd_clients {
	char *paths[DOORS]; /* NULL: not there, or not ours to remove */
	struct devd_audience audience;
};

/* --- calls --- */

static int
accept_client(void *ctx, int door)
{
	int fd = local_socket_accept(door), room = SEND_BUFFER;

	(void)ctx;
	/* Refused: it has what the system gives it. */
	if (fd >= 0)
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	return fd;
}

/* FreeBSD's SOCK_SEQPACKET of 15 is a stream that keeps records apart only
 * where it was told that one ends, as devd tells it. */
static ssize_t
send_record(void *ctx, int client, size_t place, const void *data, size_t bytes)
{
	int end = place == SEQPACKET ? MSG_EOR : 0;

	(void)ctx;
	return send(client, data, bytes, end | MSG_DONTWAIT | MSG_NOSIGNAL);
}

static void
close_client(void *ctx, int client)
{
	(void)ctx;
	close(client);
}

static const struct audience_calls calls = {
	.accept = accept_client,
	.send = send_record,
	.close = close_client,
};

/* --- doors --- */

static int
open_door(struct devd_clients *c, size_t i, const char *path, int type,
    struct err *err)
{
	int fd;

	if (path == NULL)
		return 0;
	if ((fd = local_socket_listen(path, type, 0666, err)) < 0)
		return fd;
	c->paths[i] = mem_str(path);
	c->audience.doors[i] = fd;
	return 0;
}

int
devd_clients_open(const struct devd_clients_config *config,
    struct devd_clients **out, struct err *err)
{
	struct devd_clients *c = mem_zero(1, sizeof(*c));
	int rc;

	audience_init(&c->audience, &calls, NULL, config->limit);
	rc = open_door(c, STREAM, config->stream, SOCK_STREAM, err);
	if (rc == 0)
		rc = open_door(c, SEQPACKET, config->seqpacket, SOCK_SEQPACKET,
		    err);
	if (rc == 0)
		*out = c;
	else
		devd_clients_close(c);
	return rc;
}

void
devd_clients_leave_name(struct devd_clients *c)
{
	size_t i;

	for (i = 0; i < DOORS; i++) {
		free(c->paths[i]);
		c->paths[i] = NULL;
	}
}

void
devd_clients_close(struct devd_clients *c)
{
	size_t i;

	if (c == NULL)
		return;
	for (i = 0; i < DOORS; i++) {
		local_socket_close(c->paths[i], c->audience.doors[i]);
		free(c->paths[i]);
	}
	audience_fini(&c->audience);
	free(c);
}

/* --- what is done with it --- */

void
devd_clients_send(struct devd_clients *c, const char *raw, size_t bytes)
{
	audience_send(&c->audience, raw, bytes);
}

size_t
devd_clients_polls(const struct devd_clients *c)
{
	return audience_polls(&c->audience);
}

size_t
devd_clients_fill(const struct devd_clients *c, struct pollfd *fds)
{
	return audience_fill(&c->audience, fds);
}

void
devd_clients_polled(struct devd_clients *c, const struct pollfd *fds,
    size_t count)
{
	audience_polled(&c->audience, fds, count);
}

void
devd_clients_count(const struct devd_clients *c,
    struct devd_clients_counts *out)
{
	*out = c->audience.counts;
	out->connected = c->audience.count;
}
