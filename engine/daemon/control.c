/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/control.h"

#include <sys/socket.h>

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "world/local_socket.h"

struct client {
	int fd; /* -1: nobody */
	char request[CONTROL_REQUEST_MAX];
	size_t got;
	struct strbuf reply;
	size_t sent;	  /* of the reply */
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
	cl->got = cl->sent = 0;
	strbuf_fini(&cl->reply);
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
	return cl->sent < cl->reply.bytes;
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

/* line[0..bytes) into its words; 0 when it is no line of ours. */
static size_t
split(char *line, size_t bytes, char **words)
{
	size_t i, n = 0;
	bool within = false;

	for (i = 0; i < bytes; i++) {
		if (line[i] == ' ') {
			line[i] = '\0';
			within = false;
			continue;
		}
		if (line[i] < '!' || line[i] > '~')
			return 0;
		if (!within) {
			if (n == CONTROL_WORDS_MAX)
				return 0;
			words[n++] = &line[i];
			within = true;
		}
	}
	line[bytes] = '\0'; /* where its newline was */
	return n;
}

static void
answer(struct control *c, struct client *cl, size_t line_bytes)
{
	char *words[CONTROL_WORDS_MAX];
	struct strbuf text = { 0 };
	struct err err = { .code = ERR_INPUT };
	size_t n = split(cl->request, line_bytes, words);
	int rc;

	if (n == 0)
		rc = err_set(&err, ERR_INPUT,
		    "a request is a line of at most %d printable words",
		    CONTROL_WORDS_MAX);
	else
		rc = c->fn(c->ctx, n, words, &text, &err);
	if (rc < 0) {
		strbuf_reset(&text);
		strbuf_adds(&text, err.text);
	}
	strbuf_reset(&cl->reply);
	cl->sent = 0;
	strbuf_addf(&cl->reply, "%s %zu\n", rc < 0 ? "error" : "ok",
	    text.bytes);
	if (text.bytes > 0)
		strbuf_add(&cl->reply, text.data, text.bytes);
	strbuf_fini(&text);
}

/* False: the client has gone. */
static bool
flush(struct client *cl)
{
	ssize_t n;

	while (owes(cl)) {
		n = send(cl->fd, cl->reply.data + cl->sent,
		    cl->reply.bytes - cl->sent, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n < 0)
			return errno == EAGAIN || errno == EINTR;
		cl->sent += (size_t)n;
	}
	return true;
}

/* Answers the requests that are there whole, one after the other, for as long
 * as the client takes the answers. */
static bool
serve(struct control *c, struct client *cl)
{
	char *end;
	size_t line;

	while (
	    !owes(cl) && (end = memchr(cl->request, '\n', cl->got)) != NULL) {
		line = (size_t)(end - cl->request);
		answer(c, cl, line);
		cl->got -= line + 1;
		memmove(cl->request, end + 1, cl->got);
		if (!flush(cl))
			return false;
	}
	return owes(cl) || cl->got < sizeof(cl->request);
}

/* False: it has gone, or has said what nobody says. */
static bool
hear(struct client *cl)
{
	ssize_t n = recv(cl->fd, cl->request + cl->got,
	    sizeof(cl->request) - cl->got, MSG_DONTWAIT);

	if (n == 0)
		return false;
	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	cl->got += (size_t)n;
	return true;
}

static void
accept_one(struct control *c, int64_t now_ns)
{
	size_t i;
	int fd;

	while ((fd = local_socket_accept(c->fd)) >= 0) {
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
