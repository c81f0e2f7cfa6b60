/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * happening - everything that a trace tells, from all its tables, in one list
 * in order of time; and each of these as one line of text.
 */
#ifndef REPORT_HAPPENING_H
#define REPORT_HAPPENING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "db/trace.h"

/* Things of one instant stand in this order. */
enum happening_kind {
	HAPPENING_MARK,
	HAPPENING_STIMULUS,
	HAPPENING_STATE,
	HAPPENING_RECORD,
	HAPPENING_FIRING,
	HAPPENING_OPERATION,
	HAPPENING_COMMAND,
	HAPPENING_NOTE,
	HAPPENING_GAP,
	HAPPENING_GAP_END
};

struct happening {
	int64_t at_ns;
	enum happening_kind kind;
	size_t number; /* in its table */
};

struct happenings {		/* zeroed memory is an empty one */
	struct happening *list; /* owned */
	size_t count, cap;
};

/* What happened in from_ns <= t <= until_ns. Of the state changes those that
 * people look for, or all. */
void happenings_gather(struct happenings *h, const struct trace *t,
    int64_t from_ns, int64_t until_ns, bool all);
/* Where a trace stands, and what has come since then, in the order in which
 * rows came, but for gaps, which are known at the end only. */
struct happening_mark {
	size_t rows[HAPPENING_GAP];
};
void happenings_mark(const struct trace *t, struct happening_mark *m);
void happenings_since(struct happenings *h, const struct trace *t,
    const struct happening_mark *m, bool all);
void happenings_fini(struct happenings *h);

/* Appends one line without its newline; it begins with the sign of its kind,
 * but for records, which begin as they are. Not cleaned. */
void happening_text(const struct trace *t, const struct happening *h,
    struct strbuf *out);

/* What the signs mean: line n of it, at most 84 bytes, NULL behind the last.
 */
const char *happening_legend(size_t n);

#endif
