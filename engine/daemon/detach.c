/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/detach.h"

#include <sys/types.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

void
detach_standard(void)
{
	int fd;

	while ((fd = open("/dev/null", O_RDWR)) >= 0 && fd <= STDERR_FILENO)
		;
	if (fd > STDERR_FILENO)
		close(fd);
}

static int
wait_for_child(int fd, pid_t child, struct err *err)
{
	ssize_t n;
	char byte;

	do
		n = read(fd, &byte, 1);
	while (n < 0 && errno == EINTR);
	close(fd);
	if (n == 1)
		return (int)child;
	return err_set(err, ERR_STATE,
	    "it ended before it was ready; the system's log says why");
}

int
detach(int *ready, struct err *err)
{
	int fds[2], null;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return err_sys(err, errno, "pipe");
	if ((pid = fork()) < 0) {
		close(fds[0]);
		close(fds[1]);
		return err_sys(err, errno, "fork");
	}
	if (pid > 0) {
		close(fds[1]);
		return wait_for_child(fds[0], pid, err);
	}
	close(fds[0]);
	*ready = fds[1];
	setsid();
	if (chdir("/") < 0 || (null = open("/dev/null", O_RDWR)) < 0)
		return 0;
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	if (null > STDERR_FILENO)
		close(null);
	return 0;
}

void
detach_ready(int *ready)
{
	ssize_t n = 1;

	if (*ready < 0)
		return;
	do
		n = write(*ready, "", 1);
	while (n < 0 && errno == EINTR);
	close(*ready);
	*ready = -1;
}
