/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/child.h"

#include <sys/wait.h>

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

pid_t
child_fork(enum child_kind kind, struct child *out)
{
	pid_t pid = fork();

	(void)kind;
	*out = (struct child){ .pid = pid > 0 ? pid : 0 };
	return pid;
}

void
child_wait(struct child *c, char *how, size_t size)
{
	int status = 0;

	snprintf(how, size, "it has ended");
	if (c->pid == 0)
		return;
	while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
		;
	*c = (struct child){ 0 };
	if (WIFSIGNALED(status))
		snprintf(how, size, "it was killed by signal %d",
		    WTERMSIG(status));
	else
		snprintf(how, size, "it ended with status %d",
		    WEXITSTATUS(status));
}
