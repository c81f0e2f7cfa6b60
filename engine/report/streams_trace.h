/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * streams_trace - what captures said, as a run: probes and gaps in a trace,
 * beside the records and states of a recording, ready for the store.
 */
#ifndef REPORT_STREAMS_TRACE_H
#define REPORT_STREAMS_TRACE_H

#include "db/trace.h"
#include "report/streams.h"

/* Appends probe number i for s->list[i] of the whole, its gaps in order of
 * time, and the single packets worth a mark. origin_ns is the trace's time 0 on
 * side 0's clock. Gaps that last for less than nothing are not taken. */
void streams_trace(const struct streams *s, int64_t origin_ns, struct trace *t);

#endif
