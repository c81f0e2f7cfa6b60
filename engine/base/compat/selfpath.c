/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/compat/selfpath.h"

#include <sys/types.h>
#ifdef __FreeBSD__
#include <sys/sysctl.h>
#endif

#include <errno.h>
#include <unistd.h>

#ifdef __FreeBSD__

int
selfpath(char *buf, size_t bytes, struct err *err)
{
	int name[] = { CTL_KERN, KERN_PROC, KERN_PROC_PATHNAME, -1 };
	size_t used = bytes;

	if (sysctl(name, 4, buf, &used, NULL, 0) == 0)
		return 0;
	if (errno == ENOMEM)
		return err_set(err, ERR_INPUT,
		    "the program's own path is longer than %zu bytes", bytes);
	return err_sys(err, errno, "cannot find the program's own path");
}

#else

int
selfpath(char *buf, size_t bytes, struct err *err)
{
	ssize_t n = readlink("/proc/self/exe", buf, bytes);

	if (n < 0)
		return err_sys(err, errno, "/proc/self/exe");
	if ((size_t)n >= bytes)
		return err_set(err, ERR_INPUT,
		    "the program's own path is longer than %zu bytes", bytes);
	buf[n] = '\0';
	return 0;
}

#endif
