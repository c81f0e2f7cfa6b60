/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * flight - the daemon's flight recorder: the last of what the core was told
 * and answered, of what commands wrote and of the log, always on, in a bounded
 * room (daemon/flight_ring.h).
 *
 * What the rows are about (rules, rc.conf, settings) stands beside the ring,
 * and goes when no row is left that needs it; both together are bounded, but
 * for what is in force now, which always stays.
 *
 * A replay must begin where the state of the core is known: at its beginning,
 * or, when the ring has lost that, at the first row "rest" in it, where the
 * core had nothing under way (core/scribe.h). What comes before is for reading;
 * so is all of a core of CORE_NATIVE that has lost its beginning, because such
 * a core is never without a memory.
 */
#ifndef DAEMON_FLIGHT_H
#define DAEMON_FLIGHT_H

#include <stddef.h>
#include <stdint.h>

#include "base/log.h"
#include "core/core.h"
#include "db/trace.h"

#define FLIGHT_BYTES (8u * 1024 * 1024)
/* Long: a core that only looks now and then fills the room in days, and is
 * verified from its beginning on for as long as that is there. */
#define FLIGHT_KEEP (INT64_C(24) * 3600 * 1000000000)

struct flight;

struct flight *flight_new(size_t bytes, int64_t keep_ns);
/* NULL is fine. The cores that it watched are not stepped any more. */
void flight_free(struct flight *f);

/* Watches a core that was just made. */
void flight_watch(struct flight *f, struct core *c,
    const struct core_config *config, int64_t now_ns);

/* What a command wrote at its end, of which the core is told behind this. */
void flight_output(struct flight *f, int64_t now_ns, uint32_t id,
    const char *output, size_t bytes);
void flight_log(struct flight *f, int64_t now_ns, const char *line);

size_t flight_bytes(const struct flight *f); /* all that it holds */

/* What is there, as a run of kind "flight"; the caller frees. Times are those
 * of the daemon's clock. why and source are put into the run. */
struct trace *flight_trace(const struct flight *f, int64_t now_ns,
    const char *why, const char *source);

#endif
