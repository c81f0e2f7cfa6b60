/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * notify - the datagrams by which a service tells its manager how it is
 * (sd_notify(3)): lines "NAME=value" to the socket that NOTIFY_SOCKET names,
 * a path, or "@" and an abstract name (Linux).
 *
 * Nobody is waited for: what the manager has no room for is lost.
 */
#ifndef WORLD_NOTIFY_H
#define WORLD_NOTIFY_H

#include <stdbool.h>

#include "base/err.h"

struct notify;

/* 0 and *out; ERR_INPUT for a name that can be none; ERR_IO. The descriptor
 * is not inherited by what is executed. */
int notify_open(const char *name, struct notify **out, struct err *err);
void notify_close(struct notify *n); /* NULL is fine */

/* Lines with a newline between them. False when it was not taken. */
bool notify_send(const struct notify *n, const char *lines);

#endif
