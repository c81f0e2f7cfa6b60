/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * iflook - the interfaces of this system as they are now: getifaddrs(3) and,
 * interface by interface, what only an ioctl(2) or the like tells.
 *
 * What is seen is not of one moment: interfaces come and go meanwhile.
 */
#ifndef WORLD_IFLOOK_H
#define WORLD_IFLOOK_H

#include "base/err.h"
#include "world/linktable.h"

/* Makes the table say what there is. 0, or ERR_IO, the table left half way. */
int iflook(struct linktable *t, struct err *err);

#endif
