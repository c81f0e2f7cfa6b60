/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rtnetlink - Linux's routing messages (rtnetlink(7)), decoded from bytes.
 *
 * Needs no header of the system and makes no call, so it can be tested, and
 * read recordings, everywhere. Numbers are in the byte order of the machine,
 * as netlink has them. Whatever the bytes, nothing beyond them is read.
 *
 * Links of the family "unspecified", addresses of IPv4 and IPv6, and unicast
 * routes of the main table are told; all else is IFEVENT_OTHER: neighbours,
 * what a bridge says of its ports, multicast and local routes, cloned ones.
 * Of a route with several ways the first is told.
 */
#ifndef WORLD_RTNETLINK_H
#define WORLD_RTNETLINK_H

#include <stddef.h>

#include "world/ifevent.h"

/* Decodes the message that begins at data. Gives the bytes that it takes, at
 * most `bytes`; 0 when there is no whole message. */
size_t rtnetlink_next(const void *data, size_t bytes, struct ifevent *out);

#endif
