/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/local_socket.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

/* With a full one FreeBSD refuses, as if nobody listened, and the name would be
 * taken over: it is long. */
#define BACKLOG 128

static bool
is_answered(const struct sockaddr_un *name, int type)
{
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool answered;

	if (fd < 0)
		return true; /* not known: nothing is taken over */
	answered =
	    connect(fd, (const struct sockaddr *)name, sizeof(*name)) == 0 ||
	    errno != ECONNREFUSED;
	close(fd);
	return answered;
}

/* Makes room for the name. */
static int
clear_name(const struct sockaddr_un *name, int type, struct err *err)
{
	struct stat st;

	if (lstat(name->sun_path, &st) < 0)
		return errno == ENOENT
		    ? 0
		    : err_sys(err, errno, "%s", name->sun_path);
	if (!S_ISSOCK(st.st_mode))
		return err_set(err, ERR_STATE,
		    "%s: is a file and no socket: remove it, or name another",
		    name->sun_path);
	if (is_answered(name, type))
		return err_set(err, ERR_BUSY,
		    "%s: another process listens there: end it, or name "
		    "another socket",
		    name->sun_path);
	if (unlink(name->sun_path) < 0 && errno != ENOENT)
		return err_sys(err, errno, "%s", name->sun_path);
	return 0;
}

/* The file is made without any right for others and then opened up: between
 * bind() and chmod() nobody gets in who should not. */
static int
bind_name(int fd, const struct sockaddr_un *name, mode_t mode)
{
	mode_t old = umask(0177);
	int rc = bind(fd, (const struct sockaddr *)name, sizeof(*name));
	int why = errno;

	umask(old);
	errno = why;
	if (rc < 0 || listen(fd, BACKLOG) < 0 ||
	    chmod(name->sun_path, mode) < 0)
		return -1;
	return 0;
}

int
local_socket_listen(const char *path, int type, mode_t mode, struct err *err)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd, rc;

	if (strlen(path) >= sizeof(name.sun_path))
		return err_set(err, ERR_INPUT,
		    "%s: is longer than the %zu bytes of a socket's name: "
		    "name a shorter one",
		    path, sizeof(name.sun_path) - 1);
	memcpy(name.sun_path, path, strlen(path) + 1);
	if ((rc = clear_name(&name, type, err)) < 0)
		return rc;
	fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return err_sys(err, errno, "%s", path);
	if (bind_name(fd, &name, mode) == 0)
		return fd;
	rc = err_sys(err, errno, "%s", path);
	close(fd);
	return rc;
}

void
local_socket_clear(const char *path, int type)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof(name.sun_path))
		return;
	memcpy(name.sun_path, path, strlen(path) + 1);
	(void)clear_name(&name, type, NULL);
}

int
local_socket_accept(int fd)
{
	return accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

/* Another process may have taken the name over, if it thought us dead. */
static bool
is_still_ours(const char *path, int fd)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	socklen_t bytes = sizeof(name);
	struct stat st;

	return getsockname(fd, (struct sockaddr *)&name, &bytes) == 0 &&
	    strcmp(name.sun_path, path) == 0 && lstat(path, &st) == 0 &&
	    S_ISSOCK(st.st_mode);
}

void
local_socket_close(const char *path, int fd)
{
	if (fd < 0)
		return;
	if (path != NULL && is_still_ours(path, fd))
		unlink(path);
	close(fd);
}
