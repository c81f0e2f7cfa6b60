/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * timeline - one run as text for people: what happened when, the state of
 * every interface, the aggregate's active port and the packets beside it.
 * Pure: trace in, text out.
 *
 * Every line is printable ASCII, ends in a newline and is no wider than asked
 * for, whatever the trace holds: texts are cut with "..", and interfaces for
 * which there is no room have no column, which is said.
 */
#ifndef REPORT_TIMELINE_H
#define REPORT_TIMELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "db/trace.h"

struct timeline_options {
	int64_t from_ns, until_ns; /* until 0: to the end of the run */
	bool color;
	unsigned width;	  /* columns; 0: 120; at least 80 are taken */
	bool all;	  /* every state field, not only what people look for */
	bool legend;	  /* say below the head what the signs mean */
	const char *here; /* not NULL: this line stands behind here_ns */
	int64_t here_ns;
	size_t rows; /* with here: at most so many, the nearest; 0: all */
};

/* Appends to out. */
void timeline_write(const struct trace *t, const struct timeline_options *o,
    struct strbuf *out);

#endif
