/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * iflook_parts - what each system answers in its own way, for iflook.h.
 */
#ifndef WORLD_IFLOOK_PARTS_H
#define WORLD_IFLOOK_PARTS_H

#include "world/linktable.h"

struct ifaddrs; /* <ifaddrs.h> */

/* The family of the addresses that stand for interfaces. */
extern const int iflook_link_family;

/* Each tells the table; fd is a socket to ask ioctls of, or -1. */
void iflook_link(struct linktable *t, int fd, const struct ifaddrs *a);
void iflook_addr(struct linktable *t, const struct ifaddrs *a);
void iflook_routes(struct linktable *t);

#endif
