/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * outage - what a gap in a packet stream says to a person: when it began,
 * what explains it, and which deed of the outside world it followed.
 */
#ifndef REPORT_OUTAGE_H
#define REPORT_OUTAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "db/trace.h"

/* a - b, held within the type: stored times may be anything. */
int64_t outage_since(int64_t a, int64_t b);

/* When the first missing packet was sent, or would have been. */
int64_t outage_begin(const struct trace *t, const struct trace_gap *g);

/* Whether packets went missing until the stream's own end. */
bool outage_is_open(const struct trace *t, const struct trace_gap *g);

/* Appends the stream's name, with its way if it is not an echo: "p4 out". */
void outage_stream(const struct trace *t, const struct trace_gap *g,
    struct strbuf *out);

/* Appends what the gap is joined to: "1ms after mce0 exists no; record IFNET
 * mce0 DETACH". False when it is joined to nothing. */
bool outage_cause(const struct trace *t, const struct trace_gap *g,
    struct strbuf *out);

/* Appends a record in short: "IFNET mce0 DETACH", "-mlx5_core0". */
void outage_record(const struct trace_record *r, struct strbuf *out);

/* What came of one deed of the outside world, until the next one. */
struct response {
	const char *what; /* the stimulus, or "bring-up"; the trace's */
	int64_t at_ns;
	const char *active; /* the aggregate's port in the end, or NULL: as
			       it was; the trace's */
	int64_t after_ns;   /* when it became so */
	uint64_t missing;   /* packets of all streams, lost or refused */
	int64_t longest_gap_ns;
};

/* One for the bring-up and one for each stimulus, in order of time. The
 * caller frees. */
struct response *outage_responses(const struct trace *t, size_t *count);

/* Which of them a moment belongs to; what is before the first is the first's.
 */
size_t outage_response_number(const struct trace *t, int64_t at_ns);

#endif
