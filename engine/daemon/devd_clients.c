/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/devd_clients.h"

#include <sys/socket.h>

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "event/devline.h"
#include "world/local_socket.h"

/* devd's: what a client may be behind before it is dropped. */
#define SEND_BUFFER (256 * 1024)
#define DOORS	    2

struct door {
	char *path; /* NULL: not there */
	int fd;
};

struct devd_clients {
	struct door doors[DOORS];
	int *fds; /* of the clients */
	size_t count, cap;
	size_t limit;
	struct devd_clients_counts counts;
	char record[DEVLINE_MAX + 2]; /* the one that is sent, with its LF */
};

static int
open_door(struct door *door, const char *path, int type, struct err *err)
{
	int fd;

	door->fd = -1;
	if (path == NULL)
		return 0;
	if ((fd = local_socket_listen(path, type, 0666, err)) < 0)
		return fd;
	door->path = mem_str(path);
	door->fd = fd;
	return 0;
}

int
devd_clients_open(const struct devd_clients_config *config,
    struct devd_clients **out, struct err *err)
{
	struct devd_clients *c = mem_zero(1, sizeof(*c));
	int rc;

	c->limit = config->limit;
	c->doors[1].fd = -1;
	rc = open_door(&c->doors[0], config->stream, SOCK_STREAM, err);
	if (rc == 0)
		rc = open_door(&c->doors[1], config->seqpacket, SOCK_SEQPACKET,
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
		free(c->doors[i].path);
		c->doors[i].path = NULL;
	}
}

void
devd_clients_close(struct devd_clients *c)
{
	size_t i;

	if (c == NULL)
		return;
	for (i = 0; i < DOORS; i++) {
		local_socket_close(c->doors[i].path, c->doors[i].fd);
		free(c->doors[i].path);
	}
	for (i = 0; i < c->count; i++)
		close(c->fds[i]);
	free(c->fds);
	free(c);
}

/* The order of the others is kept: they are told in the order in which they
 * came. */
static void
drop(struct devd_clients *c, size_t i)
{
	close(c->fds[i]);
	c->count--;
	memmove(&c->fds[i], &c->fds[i + 1], (c->count - i) * sizeof(*c->fds));
}

/* A part of a record on a stream cannot be taken back: such a client is
 * dropped like one that takes nothing. */
void
devd_clients_send(struct devd_clients *c, const char *raw, size_t bytes)
{
	size_t i;

	if (bytes > sizeof(c->record) - 1)
		bytes = sizeof(c->record) - 1;
	memcpy(c->record, raw, bytes);
	c->record[bytes++] = '\n';
	for (i = 0; i < c->count;) {
		ssize_t n = send(c->fds[i], c->record, bytes,
		    MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n == (ssize_t)bytes) {
			i++;
			continue;
		}
		c->counts.dropped++;
		drop(c, i);
	}
}

size_t
devd_clients_polls(const struct devd_clients *c)
{
	return DOORS + c->count;
}

size_t
devd_clients_fill(const struct devd_clients *c, struct pollfd *fds)
{
	size_t i, n = 0;

	for (i = 0; i < DOORS; i++)
		fds[n++] =
		    (struct pollfd){ .fd = c->doors[i].fd, .events = POLLIN };
	for (i = 0; i < c->count; i++)
		fds[n++] = (struct pollfd){ .fd = c->fds[i], .events = POLLIN };
	return n;
}

static void
accept_all(struct devd_clients *c, int door)
{
	int fd, room = SEND_BUFFER;

	while ((fd = local_socket_accept(door)) >= 0) {
		if (c->count >= c->limit) {
			c->counts.refused++;
			close(fd);
			continue;
		}
		/* Refused: it has what the system gives it. */
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
		*MEM_PUSH(c->fds, c->count, c->cap) = fd;
		c->counts.accepted++;
	}
}

/* Whether it is still there. */
static bool
drain(int fd)
{
	char waste[512];
	ssize_t n;
	int turns;

	/* One that talks without end is left for the next turn. */
	for (turns = 0; turns < 8; turns++) {
		n = recv(fd, waste, sizeof(waste), MSG_DONTWAIT);
		if (n <= 0)
			return n < 0 && (errno == EAGAIN || errno == EINTR);
	}
	return true;
}

void
devd_clients_polled(struct devd_clients *c, const struct pollfd *fds,
    size_t count)
{
	size_t i, k;

	/* From the end on, so that a drop moves none that is still to come;
	 * new clients come last, and were not polled. */
	for (i = count; i-- > DOORS;) {
		k = i - DOORS;
		if (fds[i].revents != 0 && k < c->count &&
		    c->fds[k] == fds[i].fd && !drain(c->fds[k]))
			drop(c, k);
	}
	for (i = 0; i < DOORS && i < count; i++)
		if (fds[i].revents != 0)
			accept_all(c, fds[i].fd);
}

void
devd_clients_count(const struct devd_clients *c,
    struct devd_clients_counts *out)
{
	*out = c->counts;
	out->connected = c->count;
}
