/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stream_maker - a packet stream with faults of which the truth is known:
 * seeded, sent at a steady pace, some lost, doubled and put out of order. The
 * truth is counted from the list of arrivals with an array of all numbers, in
 * the words of RFC 4737, and nothing of engine/packet.
 */
#ifndef TESTS_UNIT_STREAM_MAKER_H
#define TESTS_UNIT_STREAM_MAKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "packet/flows.h"

enum maker_kind { MAKER_PROBE, MAKER_ECHO, MAKER_IPID };

struct maker {
	enum maker_kind kind;
	uint64_t seed, count;
	uint64_t first; /* number */
	int64_t start_ns, period_ns, latency_ns;
	unsigned lost, doubled, held; /* of 10,000 */
	int64_t held_ns;	      /* at most so much longer under way */
	uint64_t burst_at, burst;     /* lost one after the other */
	uint64_t refused_at, refused; /* not sent at all */
	uint64_t pause_at; /* the sender stands still before this one ... */
	int64_t pause_ns;
	uint32_t stream;
	bool back; /* from the peer to the guest */
};

struct maker_event {
	uint64_t number; /* from 0 */
	int64_t sent_ns, at_ns;
	size_t order; /* ties keep theirs */
};

struct made {
	struct maker maker;
	struct maker_event *sent, *came; /* in order of their times; owned */
	size_t n_sent, n_came, cap_sent, cap_came;
};

struct made *maker_make(const struct maker *m);
void made_free(struct made *m);

struct truth {
	uint64_t sent, delivered, lost, unsent; /* of two sides */
	uint64_t missing;			/* of one: between its ends */
	uint64_t duplicated, reordered, late, extent_max;
	int64_t late_max_ns, longest_ns, longest_one_side_ns;
};

void made_truth(const struct made *m, int64_t late_ns, struct truth *t);

/* The event as a frame at a place, its time shifted. */
void made_give(const struct made *m, const struct maker_event *e, bool arrival,
    int64_t clock_ns, size_t place, struct flows *f);

#endif
