/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/host.h"

#include <sys/utsname.h>

#include <stdio.h>

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
