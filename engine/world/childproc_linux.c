/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/childproc.h"

#include <sys/prctl.h>

#include <errno.h>
#include <signal.h>
#include <unistd.h>

int
childproc_die_with(pid_t parent)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0)
		return errno;
	/* Who ended before that will send nothing. */
	return getppid() == parent ? 0 : ESRCH;
}
