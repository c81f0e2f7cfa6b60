/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/sysctltable.h"

#include <sys/types.h>
#include <sys/sysctl.h>

#include <errno.h>
#include <stdlib.h>

#include "base/mem.h"

#define TRIES 8

int
sysctltable_read(const int *mib, unsigned n, struct strbuf *out)
{
	size_t bytes, room;
	char *buf;
	int tries, rc = ENOMEM;

	for (tries = 0; tries < TRIES && rc == ENOMEM; tries++) {
		if (sysctl(mib, n, NULL, &bytes, NULL, 0) < 0)
			return errno;
		room = bytes += bytes / 4 + 1024;
		buf = mem_zero(room, 1);
		rc = sysctl(mib, n, buf, &bytes, NULL, 0) < 0 ? errno : 0;
		/* Routes that have no room are left out without a word: ENOMEM
		 * is lost on the way (sysctl_dumpentry() in sys/net/rtsock.c).
		 */
		if (rc == 0 && bytes + 1024 > room)
			rc = ENOMEM;
		if (rc == 0)
			strbuf_add(out, buf, bytes);
		free(buf);
	}
	return rc;
}
