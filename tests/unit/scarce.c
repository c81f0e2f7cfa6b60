/* SPDX-License-Identifier: BSD-2-Clause */
#include "scarce.h"

#include <sys/types.h>
#include <sys/resource.h>

#include <unistd.h>

#define NOBODY 65534

static int resource = -1;
static struct rlimit before;
static uid_t real, effective;

static void
limit(int what, rlim_t most)
{
	struct rlimit now;

	resource = what;
	getrlimit(what, &before);
	now = before;
	now.rlim_cur = most;
	setrlimit(what, &now);
}

void
scarce_files(void)
{
	real = getuid();
	effective = geteuid();
	limit(RLIMIT_NOFILE, 3);
}

/* The limit does not hold for the superuser. */
bool
scarce_processes(void)
{
	real = getuid();
	effective = geteuid();
	limit(RLIMIT_NPROC, 0);
	if (effective != 0)
		return true;
	return setresuid(NOBODY, NOBODY, 0) == 0;
}

void
scarce_end(void)
{
	if (real != getuid() || effective != geteuid())
		(void)!setresuid(real, effective, effective);
	if (resource >= 0)
		setrlimit(resource, &before);
	resource = -1;
}
