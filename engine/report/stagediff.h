/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stagediff - two runs of one scenario on two stages, side by side: what they
 * left behind, the order of operations and records, the phases of each
 * fail-over, the packets; and where they differ. Pure.
 *
 * What happens is compared within each stretch from one deed of the outside
 * world to the next. The engine does one thing after the other, so the order
 * of all its operations counts. Of the records, those of network interfaces
 * are compared, and their order within each interface: between two of them
 * the kernel leaves it open. What was told before the engine first ran is left
 * out. A phase counts from the one before it. A time differs when it is off by
 * more than STAGEDIFF_FLOOR and by more than half of the lesser one; of a gap,
 * the time while the machine stood still does not count, which is the host's.
 */
#ifndef REPORT_STAGEDIFF_H
#define REPORT_STAGEDIFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "db/trace.h"
#include "report/endstate.h"
#include "report/phases.h"

#define STAGEDIFF_FLOOR (INT64_C(20) * 1000000)

struct stagediff_run {	   /* borrowed */
	const char *stage; /* "sim", "vm" */
	const struct trace *t;
	int64_t run; /* its number in the store; 0: it is in none */
};

enum stagediff_topic {
	STAGEDIFF_FINAL,     /* a field at the end */
	STAGEDIFF_CHECK,     /* an expectation that held on one only */
	STAGEDIFF_COURSE,    /* the outside world did something else */
	STAGEDIFF_PORT,	     /* who carries after a deed */
	STAGEDIFF_OPERATION, /* one that the other does not do, or elsewhere */
	STAGEDIFF_RECORD,
	STAGEDIFF_TIME, /* of a phase */
	STAGEDIFF_GAP,
	STAGEDIFF_TOPICS,
};
const char *stagediff_topic_word(enum stagediff_topic topic);

struct stagediff_difference {
	enum stagediff_topic topic;
	char *after; /* which deed; "" where that does not matter; owned */
	char *what;  /* owned, as all here */
	char *a, *b; /* in words; "-" where there is nothing */
};

struct stagediff_stream {
	const char *name, *way;
	const struct trace_probe *of[2]; /* NULL: not there */
	int64_t stood_ns[2];		 /* of the longest gap */
};

struct stagediff {
	struct stagediff_run runs[2];
	struct endstate end;
	struct phases *phases[2];
	size_t n_phases[2];
	size_t n_common; /* phases of the same deeds, from the first on */
	struct stagediff_stream *streams;
	size_t n_streams, cap_streams;
	struct stagediff_difference *list; /* by topic, in order of time */
	size_t n, cap;
	bool failed; /* an expectation failed on one of them */
};

struct stagediff *stagediff_new(const struct stagediff_run *a,
    const struct stagediff_run *b);
void stagediff_free(struct stagediff *d); /* NULL is fine */

/* Both ended in the same state. */
bool stagediff_same_end(const struct stagediff *d);

/* Text, at most 120 columns wide. */
void stagediff_write(const struct stagediff *d, struct strbuf *out);

/* All of them as {"cases": [...]}, with the number of those that ended
 * alike. */
void stagediff_write_json(struct stagediff *const *list, size_t n,
    struct strbuf *out);

#endif
