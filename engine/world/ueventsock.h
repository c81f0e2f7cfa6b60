/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ueventsock - the socket on which Linux's kernel tells of devices. Elsewhere
 * there is none: records of devctl(4) tell the same.
 */
#ifndef WORLD_UEVENTSOCK_H
#define WORLD_UEVENTSOCK_H

#include "base/err.h"
#include "world/uevent.h"

enum ueventsock_got {
	UEVENTSOCK_NOTHING, /* nothing to read */
	UEVENTSOCK_EVENT,
	UEVENTSOCK_OTHER, /* something else was read */
	UEVENTSOCK_LOST,  /* the kernel's buffer was full */
};

struct ueventsock;

/* 0, ERR_IO, or ERR_UNSUPPORTED. */
int ueventsock_open(struct ueventsock **out, struct err *err);
void ueventsock_close(struct ueventsock *s); /* NULL is fine */
int ueventsock_fd(const struct ueventsock *s);

/* Never waits. */
enum ueventsock_got ueventsock_next(struct ueventsock *s, struct uevent *out);

#endif
