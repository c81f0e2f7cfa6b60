/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/childproc.h"

#include <sys/types.h>
#include <sys/procctl.h>

#include <errno.h>
#include <signal.h>
#include <unistd.h>

int
childproc_die_with(pid_t parent)
{
	int signo = SIGKILL;

	if (procctl(P_PID, 0, PROC_PDEATHSIG_CTL, &signo) != 0)
		return errno;
	/* Who ended before that will send nothing. */
	return getppid() == parent ? 0 : ESRCH;
}
