/* SPDX-License-Identifier: BSD-2-Clause */
#include "scarce.h"

#include <sys/types.h>
#include <sys/resource.h>

#include <unistd.h>

#define NOBODY 65534

static bool no_files, no_processes, is_nobody;
static struct rlimit files, processes;

void
scarce_files(void)
{
	struct rlimit few;

	getrlimit(RLIMIT_NOFILE, &files);
	few = files;
	few.rlim_cur = 3;
	no_files = setrlimit(RLIMIT_NOFILE, &few) == 0;
}

/* The limit does not hold for the superuser. */
bool
scarce_processes(void)
{
	struct rlimit none;

	getrlimit(RLIMIT_NPROC, &processes);
	none = processes;
	none.rlim_cur = 0;
	no_processes = setrlimit(RLIMIT_NPROC, &none) == 0;
	if (geteuid() == 0)
		is_nobody = setresuid(NOBODY, NOBODY, 0) == 0;
	return no_processes && geteuid() != 0;
}

void
scarce_end(void)
{
	if (is_nobody)
		(void)!setresuid(0, 0, 0);
	if (no_files)
		setrlimit(RLIMIT_NOFILE, &files);
	if (no_processes)
		setrlimit(RLIMIT_NPROC, &processes);
	no_files = no_processes = is_nobody = false;
}
