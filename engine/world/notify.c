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
	int fd;
	struct sockaddr_un name;
	socklen_t bytes;
};

int
notify_open(const char *name, struct notify **out, struct err *err)
{
	size_t bytes = strlen(name);
	struct notify *n;
	int fd;

	*out = NULL;
	if (bytes < 2 || (*name != '/' && *name != '@'))
		return err_set(err, ERR_INPUT,
		    "NOTIFY_SOCKET=%s: is neither a path nor an abstract name",
		    name);
	if (bytes >= sizeof(n->name.sun_path))
		return err_set(err, ERR_INPUT,
		    "NOTIFY_SOCKET=%s: is longer than a socket's name", name);
	if ((fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) < 0)
		return err_sys(err, errno, "socket");
	n = mem_zero(1, sizeof(*n));
	n->fd = fd;
	n->name.sun_family = AF_UNIX;
	memcpy(n->name.sun_path, name, bytes);
	n->bytes = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + bytes);
	/* An abstract name ends where its length says, a path by its NUL. */
	if (*name == '@')
		n->name.sun_path[0] = '\0';
	else
		n->bytes++;
	*out = n;
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

	return sendto(n->fd, lines, bytes, MSG_DONTWAIT | MSG_NOSIGNAL,
		   (const struct sockaddr *)&n->name,
		   n->bytes) == (ssize_t)bytes;
}
