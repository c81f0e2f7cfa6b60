/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/child.h"

#include <sys/types.h>
#include <sys/event.h>
#include <sys/procdesc.h>
#include <sys/wait.h>

#include <errno.h>
#include <poll.h>
#include <stdint.h>
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

/* Until it has ended; its status as wait(2) has it, or -1: nobody tells. */
static int
await(int fd)
{
	int kq = kqueue(), n = -1;
	struct kevent event;

	EV_SET(&event, (uintptr_t)fd, EVFILT_PROCDESC, EV_ADD, NOTE_EXIT, 0,
	    NULL);
	if (kq >= 0) {
		while ((n = kevent(kq, &event, 1, &event, 1, NULL)) < 0 &&
		    errno == EINTR)
			;
		close(kq);
	}
	return n == 1 && (event.flags & EV_ERROR) == 0 ? (int)event.data : -1;
}

/* POLLHUP is the end of the process, too. */
static void
await_without_status(int fd)
{
	struct pollfd end = { .fd = fd };

	while (poll(&end, 1, -1) < 0 && errno == EINTR)
		;
}

void
child_wait(struct child *c, char *how, size_t size)
{
	int status;

	snprintf(how, size, "it has ended");
	if (c->pid == 0)
		return;
	status = await(c->fd);
	if (status < 0)
		await_without_status(c->fd);
	else if (WIFSIGNALED(status))
		snprintf(how, size, "it was killed by signal %d",
		    WTERMSIG(status));
	else
		snprintf(how, size, "it ended with status %d",
		    WEXITSTATUS(status));
	close(c->fd);
	*c = (struct child){ 0 };
}
