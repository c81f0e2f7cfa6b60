/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/routesock.h"

#include <sys/types.h>
#include <sys/socket.h>

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "world/rtsock.h"

/* The default of 8 KB holds some 90 messages, and one port that joins a lagg
 * makes 40 (FREEBSD.md, PF_ROUTE). */
#define RECEIVE_BYTES (1024 * 1024)

struct routesock {
	int fd;
};

int
routesock_open(struct routesock **out, struct err *err)
{
	int fd = socket(PF_ROUTE, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int bytes = RECEIVE_BYTES;
	struct routesock *s;

	if (fd < 0)
		return err_sys(err, errno, "routing messages (PF_ROUTE)");
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
#ifdef SO_RERROR
	/* So that losses are told, where that is known. */
	bytes = 1;
	(void)setsockopt(fd, SOL_SOCKET, SO_RERROR, &bytes, sizeof(bytes));
#endif
	s = mem_zero(1, sizeof(*s));
	s->fd = fd;
	*out = s;
	return 0;
}

void
routesock_close(struct routesock *s)
{
	if (s == NULL)
		return;
	close(s->fd);
	free(s);
}

int
routesock_fd(const struct routesock *s)
{
	return s->fd;
}

ssize_t
routesock_read(struct routesock *s, void *buf, struct err *err)
{
	ssize_t n;

	do {
		n = recv(s->fd, buf, ROUTESOCK_BYTES, 0);
	} while (n < 0 && errno == EINTR);
	if (n > 0)
		return n;
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return ROUTESOCK_NOTHING;
	if (n < 0 && errno == ENOBUFS)
		return ROUTESOCK_LOST;
	err_sys(err, n == 0 ? EIO : errno, "routing messages (PF_ROUTE)");
	return ROUTESOCK_FAILED;
}

size_t
routesock_next(const void *data, size_t bytes, struct ifevent *out)
{
	return rtsock_next(data, bytes, out);
}

/* A lagg does not say that its ports or the active one are others. */
bool
routesock_tells_all(void)
{
	return false;
}

int
routesock_ask(struct routesock *s, enum ifevent_kind what, uint32_t sequence,
    struct err *err)
{
	(void)s;
	(void)what;
	(void)sequence;
	return err_set(err, ERR_UNSUPPORTED,
	    "a routing socket does not tell everything");
}
