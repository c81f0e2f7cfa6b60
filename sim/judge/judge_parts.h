/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * judge_parts - what the judge's files share; the door is sim/judge/judge.h.
 * Each part judges one kind of expectation and says in words what happened.
 */
#ifndef SIM_JUDGE_JUDGE_PARTS_H
#define SIM_JUDGE_JUDGE_PARTS_H

#include "base/strbuf.h"
#include "db/trace.h"
#include "sim/judge/judge.h"
#include "sim/judge/judge_line.h"
#include "sim/scenario/scn_names.h"

struct judge {
	const struct scenario *s;
	const struct trace *t;
	struct judge_states *states;
	struct scn_names marks; /* first time of each mark of the trace */
	judge_probe_fn *probe;	/* NULL: the trace's own probe rows */
	void *ctx;
};

struct judge_window { /* from_ns <= t < until_ns */
	int64_t from_ns, until_ns;
	bool whole; /* no marks bound it */
};

struct judge_result {
	bool holds;
	bool moot;     /* could not be judged: fails, known fault or not */
	int64_t at_ns; /* TRACE_OPEN unless some moment tells the reason */
	struct strbuf happened;
};

/* A mark's time; "start" and "end" are the run's. */
bool judge_mark(const struct judge *j, const char *name, int64_t *ns);

/* For people: to the microsecond below a second, above to the millisecond. */
void judge_add_dur(struct strbuf *out, int64_t ns);
void judge_add_time(struct strbuf *out, int64_t ns); /* "12.346" */

/* True when value CMP limit. */
bool judge_compare(int64_t value, enum scn_cmp cmp, int64_t limit);
const char *judge_cmp_word(enum scn_cmp cmp); /* "at most" */

/* The window is e's own for the kinds that may have one. */
void judge_state(const struct judge *j, const struct scn_expect *e,
    const struct judge_window *w, struct judge_result *r);
void judge_probe_numbers(const struct judge *j, const struct scn_expect *e,
    const struct judge_window *w, struct judge_result *r);
void judge_count(const struct judge *j, const struct scn_expect *e,
    const struct judge_window *w, struct judge_result *r);
void judge_order(const struct judge *j, const struct scn_expect *e,
    const struct judge_window *w, struct judge_result *r);
void judge_reach(const struct judge *j, const struct scn_expect *e,
    struct judge_result *r);

/* How often the fault of this line struck, by the trace's notes. */
size_t judge_strikes(const struct trace *t, unsigned line);

#endif
