/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * channel - the guest's end of the stream to the lab: a virtio-serial port, a
 * serial line, a unix(4) socket. Rows go out in order and nothing waits.
 */
#ifndef AGENT_CHANNEL_H
#define AGENT_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>

#include "agent/labwire.h"
#include "base/err.h"

/* What waits to be written, at most; the lab that takes no more is dead. */
#define CHANNEL_WAITING (48u * 1024 * 1024)

struct channel;

/* path is a device or the name of a socket; "fd:N" a descriptor that was
 * inherited; NULL: the virtio-serial port whose name is LABWIRE_PORT.
 * ERR_NOTFOUND while it is not there. 0, ERR_IO or ERR_INPUT. */
int channel_open(const char *path, struct channel **out, struct err *err);
void channel_close(struct channel *c); /* NULL is fine */

int channel_fd(const struct channel *c);
short channel_events(const struct channel *c); /* to poll for */

/* Appends a row. */
void channel_put(struct channel *c, const struct labwire *m);
bool channel_has_waiting(const struct channel *c);

/* After poll(2), with what it found: reads and writes what can be. 0, or
 * ERR_STATE when nobody is at the other end, ERR_IO. A port whose other end
 * is not there yet, or not any more, may have one again. */
int channel_polled(struct channel *c, short revents, struct err *err);
bool channel_is_port(const struct channel *c);

/* As labwire_next(), of the lab. */
int channel_next(struct channel *c, struct labwire *m, struct err *err);

#endif
