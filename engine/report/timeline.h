/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * timeline - a run as lines of text, oldest first: when, what happened, and
 * beside it how every interface, the aggregate and the packets stood then.
 *
 *	     0.000  >> vf eject mce0       up/link  up/----  mce0    ok
 *	     0.050  IFNET mce0 LINK_DOWN   up/link  up/----  hn0     ok
 *
 * Only moments at which something happened have a line; equal lines close
 * together are folded into one that says how often, and long silences are
 * said. Bytes that a terminal would act upon are shown as "\xNN". Equal
 * traces give equal bytes. The text is plain ASCII but for what the trace
 * itself holds in valid UTF-8, and for the escapes when colour is on.
 */
#ifndef REPORT_TIMELINE_H
#define REPORT_TIMELINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "db/trace.h"

struct timeline_options {
	int64_t from_ns;  /* moments before it are left out … */
	int64_t until_ns; /* … and after it; 0: to the end of the run */
	bool color;
	unsigned width; /* columns of the screen; 0: 120 */
	bool all;	/* every state field, record and note, nothing folded */
};

/* Appends. The state columns at from_ns hold what came before it. */
void timeline_write(const struct trace *t, const struct timeline_options *o,
    struct strbuf *out);

#endif
