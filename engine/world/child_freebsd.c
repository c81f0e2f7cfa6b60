/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/child.h"

#include <sys/procdesc.h>

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

pid_t
child_fork(enum child_kind kind, struct child *out)
{
	int fd = 0;
	pid_t pid =
	    pdfork(&fd, PD_CLOEXEC | (kind == CHILD_LASTING ? PD_DAEMON : 0));

	*out = (struct child){ 0 };
	if (pid > 0)
		*out = (struct child){ .pid = pid, .fd = fd };
	return pid;
}

/* POLLHUP is the end of the process. How it ended would be a kevent(2)'s to
 * tell; the process has told the log what it had to say. */
void
child_wait(struct child *c, char *how, size_t size)
{
	struct pollfd fd = { .fd = c->fd };

	snprintf(how, size, "it has ended");
	if (c->pid == 0)
		return;
	while (poll(&fd, 1, -1) < 0 && errno == EINTR)
		;
	close(c->fd);
	*c = (struct child){ 0 };
}
