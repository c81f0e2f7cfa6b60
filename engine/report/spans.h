/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * spans - a trace's rows as stretches of time: how long an aggregate had a
 * port, an interface a state, an operation or program its turn.
 */
#ifndef REPORT_SPANS_H
#define REPORT_SPANS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/trace.h"

struct spans_names {
	const char **list; /* owned; the strings are the trace's */
	size_t n;
};

/* The objects that ever had the field, in the order of their first row. */
void spans_objects(const struct trace *t, const char *field,
    struct spans_names *out);

/* What an interface is at a time. */
enum spans_state {
	SPANS_UP_LINK,
	SPANS_UP_NO_LINK,
	SPANS_UP_UNKNOWN, /* nobody says whether there is a link */
	SPANS_DOWN_LINK,
	SPANS_DOWN
};

/* "up, link", "up, no link", ... */
const char *spans_state_text(enum spans_state state);

/* Stretches longer than nothing, in order of time, until the run's end; none
 * while the object does not exist. */
typedef void spans_fn(void *ctx, const char *text, int64_t from_ns,
    int64_t until_ns);
typedef void spans_state_fn(void *ctx, enum spans_state state, int64_t from_ns,
    int64_t until_ns);

/* The values of its active port, "none" among them. */
void spans_active(const struct trace *t, const char *aggregate, spans_fn *fn,
    void *ctx);
void spans_states(const struct trace *t, const char *interface,
    spans_state_fn *fn, void *ctx);

/* The same with its text. */
void spans_interface(const struct trace *t, const char *interface, spans_fn *fn,
    void *ctx);

/* Operations or programs in rows, so that those of one row do not overlap; in
 * order of their starts. What has no end lasts until the run's. The last of
 * most rows takes what is left, and may overlap. */
struct spans_work {
	int64_t from_ns, until_ns;
	size_t number; /* of its table */
	size_t row;
};

struct spans_rows {
	struct spans_work *list; /* owned */
	size_t n, rows;
};

void spans_pack(const struct trace *t, bool commands, size_t most,
    struct spans_rows *out);

#endif
