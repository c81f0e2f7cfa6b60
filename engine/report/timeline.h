/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * timeline - one run as text for people: what happened when, the state of
 * every interface, the aggregate's active port and the packets beside it.
 * Pure: trace in, text out.
 */
#ifndef REPORT_TIMELINE_H
#define REPORT_TIMELINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "db/trace.h"

struct timeline_options {
	int64_t from_ns, until_ns; /* until 0: to the end of the run */
	bool color;
	unsigned width; /* columns; 0: 120 */
	bool all;	/* every state field, not only what people look for */
};

/* Appends to out; every line ends in a newline. */
void timeline_write(const struct trace *t, const struct timeline_options *o,
    struct strbuf *out);

#endif
