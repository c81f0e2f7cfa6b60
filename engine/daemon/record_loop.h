/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * record_loop - what this machine sees, on one clock, into the store: the
 * loop of "switchback record".
 *
 * One thread around poll(2). Whatever can be read gets its time when it is
 * read, on the run's own clock: CLOCK_MONOTONIC from zero_ns on. What the wall
 * clock said at that moment, and at the end, is a note of "clock", so that
 * what was recorded elsewhere can be aligned.
 *
 * What Linux tells of devices that come and go is a note of "uevent".
 *
 * Interfaces, addresses and routes are state rows from the start on, and what
 * the system tells of them are hints. Where a change may go untold
 * (ifwatch_must_look()), all are looked at after each record, many records
 * together, and every RECORD_LOOK; else every RECORD_RESYNC, in case.
 *
 * Rows and packets wait for at most batch_ns, and no more than RECORD_WAITING
 * or RECORD_BYTES of them, for the commit that makes them safe (db/live.h). A
 * source that is faster than the disk waits where it is: its pipe, its socket,
 * the kernel's queue.
 *
 * It ends, orderly and with everything committed, after for_ns, after the
 * record that holds until, at SIGINT, SIGTERM or SIGHUP, or when the source of
 * records has ended (a file). A source that fails ends it with an error, as
 * does a store that takes no more; what was committed stays.
 */
#ifndef DAEMON_RECORD_LOOP_H
#define DAEMON_RECORD_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "db/store.h"
#include "db/trace.h"
#include "world/devctl_source.h"
#include "world/ifwatch.h"
#include "world/packets.h"

#define RECORD_WAITING 16384		 /* rows */
#define RECORD_BYTES   (8 * 1024 * 1024) /* and bytes of them */
#define RECORD_LOOK    (INT64_C(500) * 1000000)
#define RECORD_RESYNC  (INT64_C(30) * 1000000000)
#define RECORD_TICK    (INT64_C(500) * 1000000)

struct record_counts {
	uint64_t records, hints, states, notes, packets;
	uint64_t dropped; /* packets that the kernel threw away */
	int64_t at_ns;	  /* on the run's clock */
};

struct record_config {
	struct store *store;
	const char *title;
	int64_t zero_ns;
	int64_t for_ns;	   /* INT64_MAX: no limit */
	int64_t batch_ns;  /* > 0 */
	const char *until; /* a record that has this in it is the last; NULL */
	struct devctl_source *source; /* borrowed; NULL: no records */
	enum ifwatch_how interfaces;
	struct packets *packets; /* borrowed, not yet started; NULL: none */
	/* Once: from here on nothing is missed. May be NULL. */
	void (*ready)(void *ctx, int64_t run_id);
	/* Told when SIGUSR1 (or SIGINFO) asked, and every RECORD_TICK when
	 * ticks is set. */
	void (*tell)(void *ctx, const struct record_counts *c, bool asked);
	void *ctx;
	bool ticks;
};

/* 0 after an orderly end. In either case *run_id is the run, 0 when it was not
 * even begun, and *counts what of it is in the store. ERR_STATE and
 * ERR_UNSUPPORTED: packets cannot be taken; ERR_IO a source failed, or as
 * db/live.h. */
int record_run(const struct record_config *config, int64_t *run_id,
    struct record_counts *counts, struct err *err);

#endif
