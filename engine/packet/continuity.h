/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * continuity - what became of a numbered packet stream: counts, and the gaps
 * in it. Pure; it is told of packets in the order of their numbers, singly or
 * in runs, and both give the same numbers.
 *
 * A gap lies between two delivered packets which were sent further apart than
 * the stream's period, be it because packets in between are missing or because
 * the sender stood still. Its length is the time between the sending of these
 * two (so one lost packet at 1000/s is a gap of 2 ms), as in the recordings'
 * flow files. At the stream's ends the first and last sending time stand in.
 */
#ifndef PACKET_CONTINUITY_H
#define PACKET_CONTINUITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum packet_fate {
	PACKET_DELIVERED,
	PACKET_LOST,	/* sent, never arrived */
	PACKET_REFUSED, /* the sender got an error instead */
};

struct continuity_gap {
	uint64_t first_seq; /* first packet behind the last delivered one */
	uint64_t missing;   /* lost and refused; 0: the sender stood still */
	uint64_t refused;
	int64_t from_ns, to_ns;
	int why; /* the caller's word for its first missing packet */
};

struct continuity {
	int64_t period_ns;
	uint64_t sent; /* with the refused ones */
	uint64_t delivered, lost, refused;
	struct continuity_gap *gaps; /* owned */
	size_t n_gaps, cap_gaps;
	bool open;	   /* the last gap is not closed yet */
	bool any;	   /* something has been sent */
	int64_t last_ns;   /* sending time of the last delivered, or first */
	int64_t first_ns;  /* sending time of the first of all */
	int64_t newest_ns; /* sending time of the last of all */
};

void continuity_init(struct continuity *c, int64_t period_ns);
void continuity_fini(struct continuity *c);

/* count packets, sent period_ns apart from first_ns on, all with one fate. */
void continuity_add(struct continuity *c, uint64_t count, int64_t first_ns,
    enum packet_fate fate, int why);

/* Closes a gap that is open at the end. */
void continuity_end(struct continuity *c);

/* The longest gap, the earliest of equals; NULL when there is none. */
const struct continuity_gap *continuity_longest(const struct continuity *c);

#endif
