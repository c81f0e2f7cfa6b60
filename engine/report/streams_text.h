/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * streams_text - what captures said, for people: a table of streams, the
 * ports below those that were seen on several, the gaps with what explains
 * them, and what cannot be told.
 */
#ifndef REPORT_STREAMS_TEXT_H
#define REPORT_STREAMS_TEXT_H

#include <stdbool.h>

#include "base/strbuf.h"
#include "db/trace.h"
#include "report/streams.h"

struct streams_text {
	bool all; /* every stream and gap, not only the worst */
	bool color;
	const char *const *sides; /* what the two sides are called */
	int64_t origin_ns;	  /* the trace's time 0, since 1970 */
};

/* t is what streams_trace() made of s, its gaps explained. */
void streams_write_text(const struct streams *s, const struct trace *t,
    const struct streams_text *o, struct strbuf *out);

/* The same as one JSON object: times in nanoseconds, those of gaps since the
 * trace's time 0, which is "origin_ns" since 1970. */
void streams_write_json(const struct streams *s, const struct trace *t,
    int64_t origin_ns, struct strbuf *out);

/* "4 packets lost, longest gap 11.2ms, because ..." of all streams. */
void streams_sentence(const struct streams *s, const struct trace *t,
    struct strbuf *out);

#endif
