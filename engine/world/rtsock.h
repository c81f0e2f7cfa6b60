/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rtsock - FreeBSD's routing messages (route(4)), decoded from bytes: of the
 * socket, and of sysctl(3) NET_RT_DUMP.
 *
 * The layout is that of 64-bit FreeBSD, version 5 of the messages, and comes
 * from no header of the system, so that it is tested everywhere (measured on
 * 12.1: fixtures/routing). Numbers are in the byte order of the machine.
 * Whatever the bytes, nothing beyond them is read.
 *
 * Interfaces, their names' coming and going, addresses and routes to nets are
 * told; all else is IFEVENT_OTHER: multicast memberships, host routes (ARP and
 * ND), misses, requests that were refused. The scope which the kernel keeps
 * within a link-local address is taken out.
 */
#ifndef WORLD_RTSOCK_H
#define WORLD_RTSOCK_H

#include <stddef.h>

#include "world/ifevent.h"

/* As rtnetlink_next(). */
size_t rtsock_next(const void *data, size_t bytes, struct ifevent *out);

#endif
