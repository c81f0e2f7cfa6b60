/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/control.h"

#include <sys/socket.h>

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "world/local_socket.h"

struct client {
	int fd; /* -1: nobody */
	struct control_talk talk;
	int64_t until_ns; /* when its time is up */
};

struct control {
	char *path;
	int fd;
	control_fn *fn;
	void *ctx;
	struct client clients[CONTROL_CLIENTS_MAX];
};

int
control_open(const char *path, control_fn *fn, void *ctx, struct control **out,
    struct err *err)
{
	int fd = local_socket_listen(path, SOCK_STREAM, 0600, err);
	struct control *c;
	size_t i;

	if (fd < 0)
		return fd;
	c = mem_zero(1, sizeof(*c));
	c->path = mem_str(path);
	c->fd = fd;
	c->fn = fn;
	c->ctx = ctx;
	for (i = 0; i < CONTROL_CLIENTS_MAX; i++)
		c->clients[i].fd = -1;
	*out = c;
	return 0;
}

static void
drop(struct client *cl)
{
	if (cl->fd >= 0)
		close(cl->fd);
	cl->fd = -1;
	control_talk_fini(&cl->talk);
}

void
control_leave_name(struct control *c)
{
	free(c->path);
	c->path = NULL;
}

void
control_close(struct control *c)
{
	size_t i;

	if (c == NULL)
		return;
	for (i = 0; i < CONTROL_CLIENTS_MAX; i++)
		drop(&c->clients[i]);
	local_socket_close(c->path, c->fd);
	free(c->path);
	free(c);
}

static bool
owes(const struct client *cl)
{
	size_t bytes;

	return control_talk_owed(&cl->talk, &bytes) != NULL;
}

size_t
control_polls(const struct control *c)
{
	(void)c;
	return 1 + CONTROL_CLIENTS_MAX;
}

/* A free place has an entry too, which poll() passes over: so place and entry
 * belong together. */
size_t
control_fill(const struct control *c, struct pollfd *fds)
{
	size_t i;

	fds[0] = (struct pollfd){ .fd = c->fd, .events = POLLIN };
	for (i = 0; i < CONTROL_CLIENTS_MAX; i++)
		fds[1 + i] = (struct pollfd){ .fd = c->clients[i].fd,
			.events = owes(&c->clients[i]) ? POLLOUT : POLLIN };
	return 1 + CONTROL_CLIENTS_MAX;
}

/* False: the client has gone. */
static bool
flush(struct client *cl)
{
	const char *owed;
	size_t bytes;
	ssize_t n;

	while ((owed = control_talk_owed(&cl->talk, &bytes)) != NULL) {
		n = send(cl->fd, owed, bytes, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n < 0)
			return errno == EAGAIN || errno == EINTR;
		control_talk_sent(&cl->talk, (size_t)n);
	}
	return true;
}

/* Answers the requests that are there whole, one after the other, for as long
 * as the client takes the answers. */
static bool
serve(struct control *c, struct client *cl)
{
	while (control_talk_answer(&cl->talk, c->fn, c->ctx))
		if (!flush(cl))
			return false;
	return control_talk_goes_on(&cl->talk);
}

/* False: it has gone, or has said what nobody says. */
static bool
hear(struct client *cl)
{
	size_t room;
	char *to = control_talk_room(&cl->talk, &room);
	ssize_t n = recv(cl->fd, to, room, MSG_DONTWAIT);

	if (n == 0)
		return false;
	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	control_talk_heard(&cl->talk, (size_t)n);
	return true;
}

static void
accept_one(struct control *c, int64_t now_ns)
{
	size_t i;
	int fd, n;

	for (n = 0; n < CONTROL_CLIENTS_MAX; n++) {
		if ((fd = local_socket_accept(c->fd)) < 0)
			break;
		for (i = 0; i < CONTROL_CLIENTS_MAX; i++)
			if (c->clients[i].fd < 0)
				break;
		if (i == CONTROL_CLIENTS_MAX) {
			close(fd);
			continue;
		}
		c->clients[i].fd = fd;
		c->clients[i].until_ns = now_ns + CONTROL_PATIENCE;
	}
}

void
control_polled(struct control *c, const struct pollfd *fds, size_t count,
    int64_t now_ns)
{
	size_t i;

	for (i = 0; i < CONTROL_CLIENTS_MAX && 1 + i < count; i++) {
		struct client *cl = &c->clients[i];
		const struct pollfd *p = &fds[1 + i];

		if (p->revents == 0 || p->fd != cl->fd || cl->fd < 0)
			continue;
		cl->until_ns = now_ns + CONTROL_PATIENCE;
		if (!(owes(cl) ? flush(cl) : hear(cl)) || !serve(c, cl))
			drop(cl);
	}
	if (count > 0 && fds[0].revents != 0)
		accept_one(c, now_ns);
}

int64_t
control_deadline(const struct control *c)
{
	int64_t first = INT64_MAX;
	size_t i;

	for (i = 0; i < CONTROL_CLIENTS_MAX; i++)
		if (c->clients[i].fd >= 0 && c->clients[i].until_ns < first)
			first = c->clients[i].until_ns;
	return first;
}

void
control_tick(struct control *c, int64_t now_ns)
{
	size_t i;

	for (i = 0; i < CONTROL_CLIENTS_MAX; i++)
		if (c->clients[i].fd >= 0 && c->clients[i].until_ns <= now_ns)
			drop(&c->clients[i]);
}
