/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * trace_results - what one row says of a packet stream, a gap in it, or an
 * expectation: the tables of db/trace.h that are filled when a run has ended.
 */
#ifndef DB_TRACE_RESULTS_H
#define DB_TRACE_RESULTS_H

#include <stdint.h>

struct trace_probe { /* one direction of one packet stream */
	char *name;
	char *way; /* "out" (guest to peer), "in", "echo" (round trip) */
	int64_t period_ns;
	int64_t first_ns, last_ns; /* when the first packet was sent, and the
				      last; both 0 when it is not known */
	uint64_t sent;
	uint64_t delivered;
	uint64_t lost;	      /* sent, never arrived (echo: no answer) */
	uint64_t send_errors; /* the sender was refused; part of neither */
	uint64_t duplicated;
	uint64_t reordered;
	uint64_t late; /* of the delivered; 0 where there was no bound */
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

struct trace_oddity { /* a single packet that is worth a mark */
	int32_t probe;
	int64_t at_ns;
	uint64_t number; /* the packet's own */
	char *kind;	 /* "duplicated", "reordered", "late" */
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

#endif
