/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * devctl_source - where records come from.
 *
 *	/dev/devctl	one read is one record; one reader at a time, so it is
 *			busy while devd(8) runs. What was queued before the
 *			opening comes first, and may be old.
 *	a socket	devd's SOCK_SEQPACKET one: one recv is one record, from
 *			the time of the connection on. Closed by the other
 *			side, it is connected again, after a time that doubles
 *			from 100 ms to 10 s until a record has come.
 *	a FIFO		one record a line; stays open when its writers go.
 *	a file, or "-"	one record a line, until its end.
 *	"kernel"	Linux, which has no such device: its messages translated
 *			to records (kernelevents.h), and hints for the rest.
 *
 * Nothing here waits: poll source_fd() for reading, tell source_readable(),
 * and take records until source_next() says no.
 */
#ifndef WORLD_DEVCTL_SOURCE_H
#define WORLD_DEVCTL_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "world/world.h"

#define SOURCE_DEVICE "/dev/devctl"
#define SOURCE_SOCKET "/var/run/devd.seqpacket.pipe"
#define SOURCE_KERNEL "kernel"

enum source_state {
	SOURCE_OPEN,
	SOURCE_LOST,   /* the other side closed; records may be missed */
	SOURCE_ENDED,  /* all that there was has been taken */
	SOURCE_FAILED, /* reading is refused */
};

struct devctl_source;

/* path NULL: SOURCE_DEVICE, or SOURCE_SOCKET when that is busy or not there,
 * or SOURCE_KERNEL where neither is and the kernel can tell it so. 0 and *out,
 * or ERR_IO, ERR_NOTFOUND, ERR_BUSY. */
int source_open(const char *path, struct devctl_source **out, struct err *err);
void source_close(struct devctl_source *s); /* NULL is fine */

/* 0, or ERR_STATE when no record will ever come, and what to do: the kernel was
 * told to keep none. */
int source_hears(const struct devctl_source *s, struct err *err);

const char *source_path(const struct devctl_source *s);
enum source_state source_state(const struct devctl_source *s);
const struct err *source_why(const struct devctl_source *s); /* LOST, FAILED */

int source_fd(const struct devctl_source *s); /* -1: nothing to wait for */
void source_readable(struct devctl_source *s);
bool source_has_more(const struct devctl_source *s); /* without a wait */

/* Fills raw, bytes, number and timestamp; media is left alone. */
bool source_next(struct devctl_source *s, struct world_record *out);

/* Whether something has happened that is no record, or records were lost:
 * look again. Asking takes it. */
bool source_take_hint(struct devctl_source *s);

/* A line for the log, or NULL; each is given once. */
const char *source_note(struct devctl_source *s);

/* A new connection to a socket: a descriptor, or a negative err_code. */
int source_connect(const char *path, struct err *err);
/* Whether it is a socket that is connected again when it is lost, and who does
 * that when we may not ourselves. */
bool source_is_socket(const struct devctl_source *s);
void source_reconnect_by(struct devctl_source *s,
    int (*connect)(void *ctx, struct err *err), void *ctx);

/* When source_tick() is due; INT64_MAX: never. It connects again. */
int64_t source_deadline(const struct devctl_source *s);
void source_tick(struct devctl_source *s, int64_t now_ns);

#endif
