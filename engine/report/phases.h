/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * phases - how long each step of a fail-over took, from the deed of the
 * outside world that began it: for the bring-up and each stimulus, until the
 * next one. Pure.
 */
#ifndef REPORT_PHASES_H
#define REPORT_PHASES_H

#include <stddef.h>
#include <stdint.h>

#include "db/trace.h"

enum phase {
	PHASE_EMITTED, /* the kernel told of it: the first record */
	PHASE_READ,    /* the engine read that, or a later one */
	PHASE_DECIDED, /* the engine asked for the first operation */
	PHASE_APPLIED, /* the last one was answered */
	PHASE_SETTLED, /* the aggregate got the port that it had in the end */
	PHASES,
};
extern const char *const phase_words[PHASES]; /* "emitted", ... */

struct phases {
	const char *what;	 /* the stimulus, or "bring-up"; the trace's */
	int64_t at_ns, until_ns; /* on the run's clock; until before the next */
	int64_t since_ns[PHASES]; /* at_ns, TRACE_OPEN: it did not come to it */
	const char *active;	  /* the port in the end; NULL: as it was */
	int64_t stood_ns;	  /* how long the machine stood still */
};

/* One for each of outage_responses(), whose numbers they have. The caller
 * frees. */
struct phases *phases_of(const struct trace *t, size_t *count);

/* How long of [from_ns, until_ns) the machine stood still: the vm's state
 * frozen. */
int64_t phases_stood(const struct trace *t, int64_t from_ns, int64_t until_ns);

#endif
