/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * kernelevents - records of devctl(4) on a system whose kernel has no such
 * device: Linux, from its routing messages (linkrecords.h) and its uevents
 * (uevent.h). FreeBSD's kernel has the device: ERR_UNSUPPORTED there.
 *
 * Interfaces that are there at the opening are not told. What is no record
 * (an address, a flag, a slave that became active, messages that were lost) is
 * a hint: look again.
 *
 * Nothing waits. Poll kernelevents_fd(), tell kernelevents_readable(), then
 * take records and the hint.
 */
#ifndef WORLD_KERNELEVENTS_H
#define WORLD_KERNELEVENTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

#define KERNELEVENTS_QUEUE 1000 /* records; the oldest make room */

struct kernelevents;

int kernelevents_open(struct kernelevents **out, struct err *err);
void kernelevents_close(struct kernelevents *k); /* NULL is fine */

int kernelevents_fd(const struct kernelevents *k);
void kernelevents_readable(struct kernelevents *k);

/* The next record, of at most size - 1 bytes; 0: none. */
size_t kernelevents_next(struct kernelevents *k, char *out, size_t size);
bool kernelevents_has_more(const struct kernelevents *k);

/* Whether something happened since it was asked last. */
bool kernelevents_take_hint(struct kernelevents *k);

/* A line for the log ("routing messages were lost"), or NULL; once each. */
const char *kernelevents_note(struct kernelevents *k);

#endif
