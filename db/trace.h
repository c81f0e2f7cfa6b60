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

#include "base/hash128.h"
#include "base/strbuf.h"
#include "db/trace_results.h"
#include "db/trace_rows.h"

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
	TRACE_TABLE(oddity, oddities);
	TRACE_TABLE(setup, setups);
	TRACE_TABLE(decision, decisions);
	struct trace_last *last; /* newest value of each object and field */
	/* Only records, operations, commands and marks are written down. For
	 * who runs millions and keeps none. */
	bool sparse;
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
void trace_add_oddity(struct trace *t, int32_t probe, int64_t at_ns,
    uint64_t number, const char *kind);
void trace_add_setup(struct trace *t, const char *name, const void *body,
    size_t bytes);
void trace_add_decision(struct trace *t, int64_t at_ns, bool in,
    const char *kind, const void *body, size_t bytes);

/* Appends a row only when the value differs from the newest one of this
 * object and field; gives its number, or TRACE_NONE when nothing changed. */
int32_t trace_set_state(struct trace *t, int64_t at_ns, const char *object,
    const char *field, const char *value);

/* Drops all rows, as if what follows were a new run, but for the newest state
 * of each field: trace_set_state() still knows what has not changed. For a
 * recorder whose rows are stored; states[] then begins with rows that were
 * stored before, and *kept (may be NULL) gets their number. */
void trace_forget(struct trace *t, size_t *kept);

/* Whether row number state is the newest of its field: one that
 * trace_forget() leaves, in this order. */
bool trace_is_newest(const struct trace *t, size_t state);

/* The newest value, or NULL when there is none or the object has gone. */
const char *trace_get_state(const struct trace *t, const char *object,
    const char *field);

/* Every row as text, one line each, sorted by nothing but the tables' own
 * order: equal runs give equal bytes. Columns that are newer than schema
 * version 1 are there only when they hold something. */
void trace_dump(const struct trace *t, struct strbuf *out);

/* hash_bytes() of the dump without the run's source and version, so that the
 * same run from another folder or build has the same one. */
uint64_t trace_hash(const struct trace *t);

/* Whether a real kernel did it, in a virtual machine of the lab: its times are
 * real time. */
#define TRACE_KIND_VM "vm"
bool trace_is_real(const struct trace *t);

/* The same with 128 bits, in hexadecimal: for those who compare many. Returns
 * buf. */
const char *trace_digest(const struct trace *t, char buf[HASH128_TEXT]);

/* The words of the dump and of the store: "read", "known-fault", … */
const char *trace_fate_word(enum trace_fate fate);
const char *trace_verdict_word(enum trace_verdict verdict);

#endif
