/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/bsderrno.h"

#include <stddef.h>

enum { BSD_EIO = 5 };

/* asm-generic/errno.h and errno-base.h; sys/errno.h. */
static const struct {
	int linux_number, bsd_number;
} table[] = {
	{ 11, 35 },  /* EAGAIN */
	{ 35, 11 },  /* EDEADLK */
	{ 36, 63 },  /* ENAMETOOLONG */
	{ 38, 78 },  /* ENOSYS */
	{ 75, 84 },  /* EOVERFLOW */
	{ 88, 38 },  /* ENOTSOCK */
	{ 90, 40 },  /* EMSGSIZE */
	{ 92, 42 },  /* ENOPROTOOPT */
	{ 93, 43 },  /* EPROTONOSUPPORT */
	{ 95, 45 },  /* EOPNOTSUPP */
	{ 96, 46 },  /* EPFNOSUPPORT */
	{ 97, 47 },  /* EAFNOSUPPORT */
	{ 98, 48 },  /* EADDRINUSE */
	{ 99, 49 },  /* EADDRNOTAVAIL */
	{ 100, 50 }, /* ENETDOWN */
	{ 101, 51 }, /* ENETUNREACH */
	{ 102, 52 }, /* ENETRESET */
	{ 103, 53 }, /* ECONNABORTED */
	{ 104, 54 }, /* ECONNRESET */
	{ 105, 55 }, /* ENOBUFS */
	{ 106, 56 }, /* EISCONN */
	{ 107, 57 }, /* ENOTCONN */
	{ 110, 60 }, /* ETIMEDOUT */
	{ 111, 61 }, /* ECONNREFUSED */
	{ 112, 64 }, /* EHOSTDOWN */
	{ 113, 65 }, /* EHOSTUNREACH */
	{ 114, 37 }, /* EALREADY */
	{ 115, 36 }, /* EINPROGRESS */
	{ 125, 85 }, /* ECANCELED */
};

int
bsderrno_of_linux(int number)
{
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].linux_number == number)
			return table[i].bsd_number;
	/* ENODEV is 19 on both; the core calls an interface that is gone ENXIO
	 * as FreeBSD does. */
	if (number == 19)
		return 6;
	return number >= 0 && number <= 34 ? number : BSD_EIO;
}
