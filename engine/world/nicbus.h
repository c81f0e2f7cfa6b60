/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nicbus - on which bus an interface is, from sysfs, for kernels whose routing
 * messages do not tell (IFLA_PARENT_DEV_NAME is of Linux 5.14).
 */
#ifndef WORLD_NICBUS_H
#define WORLD_NICBUS_H

#include "world/linklook.h"

/* Fills bus and device of the links of which neither is told, if not even one
 * link tells. sys is the mount point of sysfs; what it says of an interface
 * with another index, of another network namespace, is not taken. */
void nicbus_fill(const char *sys, struct linklook *l);

#endif
