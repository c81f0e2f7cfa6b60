/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * flight_dump - writes what a flight recorder holds into a store.
 *
 * A child does it, with its own copy of all memory, so that the daemon waits
 * for no disk. The keeper (daemon/keeper.h) opens another file beside for it,
 * which takes the name of the old one when it is whole: a dump that was cut off
 * leaves the old one as it was.
 * One at a time; what is asked for meanwhile is done behind it, once.
 */
#ifndef DAEMON_FLIGHT_DUMP_H
#define DAEMON_FLIGHT_DUMP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/log.h"
#include "daemon/flight.h"

/* Dumps that nobody asked for come no more often than this. */
#define FLIGHT_DUMP_PAUSE (INT64_C(60) * 1000000000)

struct flight_dump;
struct keeper; /* daemon/keeper.h */

/* All is borrowed. store_image_prepare() was called. */
struct flight_dump *flight_dump_new(struct keeper *keeper, const char *source,
    const struct log *log);
/* Waits for a child for ten seconds; NULL is fine. */
void flight_dump_free(struct flight_dump *d);

/* Begins a dump: word says for which reason ("signal"), why in a few more. */
void flight_dump_begin(struct flight_dump *d, const struct flight *f,
    int64_t now_ns, const char *word, const char *why);

/* The same for one that nobody asked for; false: it is too early. */
bool flight_dump_offer(struct flight_dump *d, const struct flight *f,
    int64_t now_ns, const char *word, const char *why);

/* To be polled for reading, and then to be told so; -1: none is written. */
int flight_dump_fd(const struct flight_dump *d);
void flight_dump_readable(struct flight_dump *d, const struct flight *f,
    int64_t now_ns);

#endif
