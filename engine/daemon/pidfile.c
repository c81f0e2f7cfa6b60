/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/pidfile.h"

#include <sys/types.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

#define TRIES 10

struct pidfile {
	char *path;
	int fd;
};

static int
refuse_second(const char *path, int fd, struct err *err)
{
	char number[24];
	ssize_t n = pread(fd, number, sizeof(number) - 1, 0);

	number[n > 0 ? n : 0] = '\0';
	number[strspn(number, "0123456789")] = '\0';
	return err_set(err, ERR_BUSY, "%s: switchbackd runs already%s%s", path,
	    *number != '\0' ? ", as process " : "", number);
}

/* Whether the file is still the one under its name: the one before us removes
 * it at its end. */
static bool
is_current(const char *path, int fd)
{
	struct stat named, opened;

	return stat(path, &named) == 0 && fstat(fd, &opened) == 0 &&
	    named.st_ino == opened.st_ino && named.st_dev == opened.st_dev;
}

int
pidfile_open(const char *path, struct pidfile **out, struct err *err)
{
	int fd = -1, i, rc;

	for (i = 0; i < TRIES; i++) {
		fd =
		    open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (fd < 0)
			return err_sys(err, errno, "%s", path);
		if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
			rc = errno == EWOULDBLOCK
			    ? refuse_second(path, fd, err)
			    : err_sys(err, errno, "%s", path);
			close(fd);
			return rc;
		}
		if (is_current(path, fd))
			break;
		close(fd);
		fd = -1;
	}
	if (fd < 0)
		return err_set(err, ERR_BUSY, "%s: it comes and goes", path);
	*out = mem_zero(1, sizeof(**out));
	(*out)->path = mem_str(path);
	(*out)->fd = fd;
	return 0;
}

int
pidfile_write(struct pidfile *p, struct err *err)
{
	char number[24];
	int n = snprintf(number, sizeof(number), "%jd", (intmax_t)getpid());

	if (ftruncate(p->fd, 0) < 0 || fchmod(p->fd, 0600) < 0 ||
	    pwrite(p->fd, number, (size_t)n, 0) != n)
		return err_sys(err, errno, "%s", p->path);
	return 0;
}

int
pidfile_fd(const struct pidfile *p)
{
	return p->fd;
}

void
pidfile_unlink(const struct pidfile *p)
{
	unlink(p->path);
}

void
pidfile_leave(struct pidfile *p)
{
	if (p == NULL)
		return;
	close(p->fd);
	free(p->path);
	free(p);
}

void
pidfile_remove(struct pidfile *p)
{
	if (p != NULL)
		unlink(p->path);
	pidfile_leave(p);
}
