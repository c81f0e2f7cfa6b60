/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/scenario/errnos.h"

#include <string.h>

static const struct {
	const char *name;
	int number;
} errnos[] = {
	{ "EPERM", 1 },
	{ "ENOENT", 2 },
	{ "EINTR", 4 },
	{ "EIO", 5 },
	{ "ENXIO", 6 },
	{ "EBADF", 9 },
	{ "ENOMEM", 12 },
	{ "EACCES", 13 },
	{ "EFAULT", 14 },
	{ "EBUSY", 16 },
	{ "EEXIST", 17 },
	{ "ENODEV", 19 },
	{ "EINVAL", 22 },
	{ "ENFILE", 23 },
	{ "EMFILE", 24 },
	{ "ENOTTY", 25 },
	{ "ENOSPC", 28 },
	{ "EAGAIN", 35 },
	{ "EINPROGRESS", 36 },
	{ "EPROTONOSUPPORT", 43 },
	{ "EOPNOTSUPP", 45 },
	{ "EAFNOSUPPORT", 47 },
	{ "EADDRINUSE", 48 },
	{ "EADDRNOTAVAIL", 49 },
	{ "ENETDOWN", 50 },
	{ "ENETUNREACH", 51 },
	{ "ENOBUFS", 55 },
	{ "ETIMEDOUT", 60 },
	{ "EHOSTDOWN", 64 },
	{ "EHOSTUNREACH", 65 },
	{ "EPROCLIM", 67 },
	{ "ECANCELED", 85 },
};
#define N_ERRNOS (sizeof(errnos) / sizeof(errnos[0]))

int
errno_by_name(const char *name)
{
	size_t i;

	for (i = 0; i < N_ERRNOS; i++)
		if (strcmp(errnos[i].name, name) == 0)
			return errnos[i].number;
	return 0;
}

const char *
errno_name(int number)
{
	size_t i;

	for (i = 0; i < N_ERRNOS; i++)
		if (errnos[i].number == number)
			return errnos[i].name;
	return NULL;
}

size_t
errno_names(const char *names[], size_t max)
{
	size_t i;

	for (i = 0; i < N_ERRNOS && i < max; i++)
		names[i] = errnos[i].name;
	return i;
}
