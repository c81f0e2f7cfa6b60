/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/notify.h"

#include <sys/types.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

struct notify {
	int fd; /* connected: who is to hear us may be out of reach later */
};

int
notify_open(const char *name, struct notify **out, struct err *err)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	size_t bytes = strlen(name);
	socklen_t length;
	int fd;

	*out = NULL;
	if (bytes < 2 || (*name != '/' && *name != '@'))
		return err_set(err, ERR_INPUT,
		    "NOTIFY_SOCKET=%s: is neither a path nor an abstract name",
		    name);
	if (bytes >= sizeof(to.sun_path))
		return err_set(err, ERR_INPUT,
		    "NOTIFY_SOCKET=%s: is longer than a socket's name", name);
	memcpy(to.sun_path, name, bytes);
	length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + bytes);
	/* An abstract name ends where its length says, a path by its NUL. */
	if (*name == '@')
		to.sun_path[0] = '\0';
	else
		length++;
	if ((fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) < 0)
		return err_sys(err, errno, "socket");
	if (connect(fd, (const struct sockaddr *)&to, length) < 0) {
		int rc = err_sys(err, errno, "NOTIFY_SOCKET=%s", name);

		close(fd);
		return rc;
	}
	*out = mem_zero(1, sizeof(**out));
	(*out)->fd = fd;
	return 0;
}

void
notify_close(struct notify *n)
{
	if (n == NULL)
		return;
	close(n->fd);
	free(n);
}

bool
notify_send(const struct notify *n, const char *lines)
{
	size_t bytes = strlen(lines);

	return send(n->fd, lines, bytes, MSG_DONTWAIT | MSG_NOSIGNAL) ==
	    (ssize_t)bytes;
}
