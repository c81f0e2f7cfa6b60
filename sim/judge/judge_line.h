/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * judge_line - over a run's whole time: when a claim about state held and
 * when it did not.
 *
 * An object that is gone (exists=no) or was never seen has no value, and no
 * claim holds of it but `absent`. While no default route was ever set, it is
 * "none". Several changes at one instant count as one: the last.
 */
#ifndef SIM_JUDGE_JUDGE_LINE_H
#define SIM_JUDGE_JUDGE_LINE_H

#include "db/trace.h"
#include "sim/scenario/scenario.h"

/* The trace's state rows by object and field. Borrows the trace, which must
 * not get new state rows meanwhile. */
struct judge_states;

struct judge_states *judge_states_new(const struct trace *t);
void judge_states_free(struct judge_states *st);

struct judge_span { /* from at_ns until the next span */
	int64_t at_ns;
	bool holds;
	const char *value; /* the field's; borrowed; NULL: none */
	const char *other; /* "only": who else has it; NULL: nobody */
};

struct judge_line {
	struct judge_span *spans; /* owned; at_ns strictly grows */
	size_t n, cap;
	int64_t end_ns; /* of the run */
};

/* e is of kind STATE or ADDRESS. There is always a span at the run's start. */
void judge_line_make(const struct judge_states *st, const struct scn_expect *e,
    struct judge_line *out);
void judge_line_fini(struct judge_line *line);

/* The span that t_ns lies in. */
const struct judge_span *judge_line_at(const struct judge_line *line,
    int64_t t_ns);

/* The earliest moment of [from_ns, until_ns) at which the claim holds, or
 * does not when holds is false; TRACE_OPEN if there is none. */
int64_t judge_line_first(const struct judge_line *line, bool holds,
    int64_t from_ns, int64_t until_ns);

/* Since when it has been as it is at t_ns. */
int64_t judge_line_since(const struct judge_line *line, int64_t t_ns);

#endif
