/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * trace - everything that was seen to happen in one run, in memory.
 *
 * The simulated machine and the recorder append rows; the judge, the store
 * and the reports read them. A trace knows nothing of where it came from and
 * does no I/O. Times are nanoseconds on the run's own clock: virtual time
 * from 0 in a simulated run, the recording's clock in a replayed one.
 *
 * Every table is in the order in which its rows were appended, which is time
 * order but for rows that are completed later (an operation's end).
 * Row numbers (indexes) are the references between tables; TRACE_NONE is "no
 * row". All strings are owned by the trace.
 */
#ifndef DB_TRACE_H
#define DB_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "db/trace_rows.h"

struct trace_probe { /* one direction of one packet stream */
	char *name;
	char *way; /* "out" (guest to peer), "in", "echo" (round trip) */
	int64_t period_ns;
	uint64_t sent;
	uint64_t delivered;
	uint64_t lost;	      /* sent, never arrived (echo: no answer) */
	uint64_t send_errors; /* the sender was refused; part of neither */
	uint64_t duplicated;
	uint64_t reordered;
	int64_t longest_gap_ns; /* 0 when no probe is missing */
	int64_t longest_gap_at_ns;
};

struct trace_gap { /* a run of missing probes */
	int32_t probe;
	uint64_t first_seq;
	uint64_t count;	      /* missing probes: lost + refused */
	uint64_t send_errors; /* of these */
	int64_t from_ns;      /* when the last probe before it was sent */
	int64_t to_ns;	      /* when the first probe after it was sent */
	char *why;	/* what the path said: "lagg0 has no active port" */
	int32_t state;	/* state row that began it, or TRACE_NONE */
	int32_t record; /* record that explains it, or TRACE_NONE */
};

enum trace_verdict {
	TRACE_PASS,
	TRACE_FAIL,
	TRACE_KNOWN_FAULT, /* failed, and the scenario says this policy does */
	TRACE_MENDED,	   /* should have failed as a known fault and held */
	TRACE_SKIP,	   /* not for this policy */
};

struct trace_check { /* one expectation, judged */
	char *file;
	unsigned line;
	char *text; /* the expectation as written */
	enum trace_verdict verdict;
	char *expected;
	char *happened;
	char *reason;  /* of a known fault; "" */
	int64_t at_ns; /* when it was violated or met; TRACE_OPEN if never */
};

#define TRACE_TABLE(type, name)                                                \
	struct trace_##type *name;                                             \
	size_t n_##name;                                                       \
	size_t cap_##name

struct trace {
	struct trace_run run;
	TRACE_TABLE(record, records);
	TRACE_TABLE(firing, firings);
	TRACE_TABLE(operation, operations);
	TRACE_TABLE(command, commands);
	TRACE_TABLE(state, states);
	TRACE_TABLE(mark, marks);
	TRACE_TABLE(stimulus, stimuli);
	TRACE_TABLE(note, notes);
	TRACE_TABLE(probe, probes);
	TRACE_TABLE(gap, gaps);
	TRACE_TABLE(check, checks);
	TRACE_TABLE(hint, hints);
	TRACE_TABLE(reach, reached);
	struct trace_last *last; /* newest value of each object and field */
};

struct trace *trace_new(void);
void trace_free(struct trace *t); /* NULL is fine */

/* Each gives the new row's number. Strings are copied; NULL counts as "". */
int32_t trace_add_record(struct trace *t, int64_t emit_ns, const void *raw,
    size_t bytes);
int32_t trace_add_firing(struct trace *t, int64_t at_ns, int32_t record,
    const char *file, unsigned line, const char *action, const char *carried);
int32_t trace_begin_operation(struct trace *t, int64_t at_ns, const char *text,
    const char *why, int32_t record);
void trace_end_operation(struct trace *t, int32_t operation, int64_t at_ns,
    int result);
int32_t trace_begin_command(struct trace *t, int64_t at_ns, const char *text,
    int32_t record);
void trace_end_command(struct trace *t, int32_t command, int64_t at_ns,
    const char *outcome);
int32_t trace_add_mark(struct trace *t, int64_t at_ns, const char *name);
int32_t trace_add_stimulus(struct trace *t, int64_t at_ns, const char *text,
    unsigned line);
void trace_add_note(struct trace *t, int64_t at_ns, const char *who,
    const char *text);

void trace_add_hint(struct trace *t, int64_t at_ns, const char *text);
void trace_add_reach(struct trace *t, const char *name);

/* Appends a row only when the value differs from the newest one of this
 * object and field; gives its number, or TRACE_NONE when nothing changed. */
int32_t trace_set_state(struct trace *t, int64_t at_ns, const char *object,
    const char *field, const char *value);

/* The newest value, or NULL when there is none or the object has gone. */
const char *trace_get_state(const struct trace *t, const char *object,
    const char *field);

/* Every row as text, one line each, sorted by nothing but the tables' own
 * order: equal runs give equal bytes. */
void trace_dump(const struct trace *t, struct strbuf *out);

/* hash_bytes() of the dump without the run's source and version, so that the
 * same run from another folder or build has the same one. */
uint64_t trace_hash(const struct trace *t);

/* The words of the dump and of the store: "read", "known-fault", … */
const char *trace_fate_word(enum trace_fate fate);
const char *trace_verdict_word(enum trace_verdict verdict);

#endif
