/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * perfetto - runs as a trace of TrackEvents, in the protobuf form that
 * ui.perfetto.dev and trace_processor open. Pure: traces in, bytes out.
 *
 * Each run is a process. Its tracks: what the outside world did, each
 * aggregate's active port and each interface's state (slices, one after the
 * other), each probe's packets (a slice for each gap, a counter of missing
 * ones), records, rules, operations, programs, notes and expectations.
 * An arrow leads from a record to the rules, operations and programs that
 * came of it. A time stamp is nanoseconds since the run began.
 *
 * Field numbers are those of perfetto's protos/perfetto/trace (trace.proto,
 * trace_packet.proto, track_descriptor.proto, track_event.proto), which never
 * change there.
 */
#ifndef REPORT_PERFETTO_H
#define REPORT_PERFETTO_H

#include <stddef.h>

#include "base/strbuf.h"
#include "db/trace.h"

/* Appends the trace of runs[0..n). */
void perfetto_write(const struct trace *const *runs, size_t n,
    struct strbuf *out);

#endif
