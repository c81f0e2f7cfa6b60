/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/host.h"

#include <sys/utsname.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* In devd's place the pid file that its rules name is our own, locked by the
 * engine, which is us or has forked us. */
static bool
is_ours(int fd)
{
	char number[24];
	ssize_t n = pread(fd, number, sizeof(number) - 1, 0);
	long pid;

	number[n > 0 ? n : 0] = '\0';
	pid = strtol(number, NULL, 10);
	return pid == (long)getpid() || pid == (long)getppid();
}

/* A pidfile(3) is locked for as long as its process lives. To ask for the lock
 * instead of taking it lets a devd start that comes just now. */
bool
host_devd_has_hyperv(void)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd = open(HOST_DEVD_PIDFILE, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	bool runs;

	if (fd < 0)
		return false;
	runs = fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK &&
	    !is_ours(fd);
	close(fd);
	return runs && access(HOST_DEVD_HYPERV, F_OK) == 0;
}

void
host_name(char *buf, size_t bytes)
{
	struct utsname u;

	if (uname(&u) < 0)
		snprintf(buf, bytes, "unknown host");
	else
		snprintf(buf, bytes, "%s (%s %s %s)", u.nodename, u.sysname,
		    u.release, u.machine);
}
