/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * streams - the flows of captures as people ask for them: a line for each
 * direction, requests and answers taken together, sender and receiver held
 * against each other.
 *
 * With two sides it is found out which way each flow goes: between two hosts,
 * the direction that seems to take longer is the one from the sender's side,
 * for a clock's offset makes one way as much longer as the other shorter. The
 * offset is half the difference, and wrong by half the sum at most.
 */
#ifndef REPORT_STREAMS_H
#define REPORT_STREAMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "packet/flows.h"
#include "packet/losses.h"

enum stream_delay {
	STREAM_NO_DELAY,
	STREAM_ROUND_TRIP, /* request to answer, on one clock */
	STREAM_ONE_WAY,	   /* with what the clocks differ in it */
};

struct stream {
	struct flow *flow;    /* borrowed */
	struct flow *answers; /* of an echo, or NULL */
	char *name;	      /* owned */
	const char *way;      /* "out", "in", "echo" */
	const char *numbered; /* by what, or "none" */
	bool numbers;	      /* what is missing can be told */
	bool one_side;	      /* of two, only one saw anything of these hosts */
	unsigned from, to;    /* the sides */
	/* At the receiving end, or of the answers: */
	uint64_t packets, duplicated, reordered, late, retransmitted, copies;
	uint64_t extent_max, old;
	int64_t late_max_ns;
	struct losses losses;
	int64_t convergence_ns; /* RFC 6412: lost packets times the period */
	int64_t silence_ns, silence_at_ns; /* the longest, at that end */
	int64_t
	    spread_ns; /* of probes: the slowest's way minus the fastest's */
	enum stream_delay delay;
	struct sample_delays delays;
	uint64_t shift;	  /* number at the receiving end minus the sender's */
	int64_t moved_ns; /* its stamps plus this are times of side 0 */
};

struct streams {
	const struct flows *flows; /* borrowed */
	struct stream *list;
	size_t count, cap;
	size_t whole; /* behind these come the legs of round trips, which are
			 in the numbers already */
	bool two_sided;
	/* Side 1's clock minus side 0's. */
	bool offset_known, both_ways;
	int64_t offset_ns, uncertain_ns;
	size_t one_side; /* flows */
};

/* f keeps belonging to the caller; its samples are sorted. */
void streams_judge(struct flows *f, struct streams *out);
void streams_fini(struct streams *s);

/* The number of the first packet, as losses count. */
uint64_t stream_base(const struct stream *s);

/* What a packet bears itself that is number of losses: wrapped numbers count
 * on in losses, from one turn up. */
uint64_t stream_shown(const struct stream *s, uint64_t number);

/* When a gap began and ended, on side 0's clock. */
int64_t stream_time(const struct stream *s, int64_t stamp_ns);

#endif
