/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * routesock - the socket on which this system tells what becomes of its
 * interfaces, addresses and routes: rtnetlink(7) on Linux, route(4) on FreeBSD.
 * The calls only; what the bytes say is rtnetlink.h's and rtsock.h's.
 */
#ifndef WORLD_ROUTESOCK_H
#define WORLD_ROUTESOCK_H

#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"
#include "world/ifevent.h"

#define ROUTESOCK_BYTES 65536 /* no read gives more */

enum {
	ROUTESOCK_NOTHING = 0, /* nothing to read */
	ROUTESOCK_LOST = -1,   /* messages were dropped: ask for everything */
	ROUTESOCK_FAILED = -2,
};

struct routesock;

/* 0, or ERR_IO. */
int routesock_open(struct routesock **out, struct err *err);
void routesock_close(struct routesock *s); /* NULL is fine */
int routesock_fd(const struct routesock *s);

/* Never waits. Bytes of whole messages, or one of the above. */
ssize_t routesock_read(struct routesock *s, void *buf, struct err *err);

/* As rtnetlink_next(). */
size_t routesock_next(const void *data, size_t bytes, struct ifevent *out);

/* Whether nothing that belongs into a linktable changes untold. */
bool routesock_tells_all(void);

/* Asks for everything of one kind (IFEVENT_LINK, _ADDR, _ROUTE); the answers
 * have this sequence, the last is IFEVENT_END or _ERROR. ERR_UNSUPPORTED where
 * a socket cannot be asked; see iflook.h. */
int routesock_ask(struct routesock *s, enum ifevent_kind what,
    uint32_t sequence, struct err *err);

#endif
