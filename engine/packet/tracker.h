/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tracker - which numbers of a stream were seen at one place, in whatever
 * order they came. Pure; unlike packet/continuity.h, which is told the fate of
 * each packet in order, it finds the fates out.
 *
 * Only what is missing is remembered: everything between base and next has
 * been seen but for the holes. So a stream in order costs nothing to follow,
 * a late packet is told from a second one however late it is, and the holes
 * that are left are the losses. Of very many (TRACKER_HOLES, or when the
 * budget that trackers share is used up) the oldest are settled: their
 * numbers are summed up, and what still comes of these is TRACKER_OLD.
 *
 * Stamps are what holes are measured by: sending times where packets carry
 * them, else the times of arrival. Numbers wrap after a number of bits and
 * count on here (tracker_unwrap), from one turn up, so that an earlier one
 * has room below.
 */
#ifndef PACKET_TRACKER_H
#define PACKET_TRACKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "packet/holes.h"

#define TRACKER_HOLES  65536   /* of one tracker */
#define TRACKER_BUDGET 1000000 /* of all that share one budget */

struct tracker_budget {
	size_t holes; /* that there is room for */
};

struct tracker {
	struct tracker_budget *budget; /* may be NULL */
	bool sent_stamps;	       /* stamps are sending times */
	int64_t
	    pause_ns; /* longer steps than this may be pauses; 0: none are */
	unsigned pause_tenths; /* ... and than so many tenths of the usual */
	bool any;
	uint64_t base, next, arrivals;
	int64_t first_ns, last_ns; /* stamps of base and of next - 1 */
	int64_t first_at, last_at; /* times of arrival, of any */
	uint64_t steps;		   /* from one number to the next ... */
	int64_t steps_ns;	   /* ... and what they took */
	int64_t usual_ns;	   /* about steps_ns / steps */
	/* of the newest TRACKER_REORDERED (RFC 4737, 4.2) */
	int64_t late_ns; /* late time offset */
	uint64_t extent;
	struct holes holes;
	uint64_t floor; /* below, all is settled */
	uint64_t settled, settled_numbers;
	struct hole longest; /* of the settled */
};

enum tracker_verdict {
	TRACKER_NEW,	   /* the next one, or one beyond */
	TRACKER_REORDERED, /* fills a hole, or comes before the first */
	TRACKER_DUPLICATE,
	TRACKER_OLD,	 /* settled: nobody knows any more */
	TRACKER_RESTART, /* not of this stream: it began anew. Not taken */
};

void tracker_init(struct tracker *t, struct tracker_budget *budget);
void tracker_fini(struct tracker *t);

/* *to becomes another one like from. */
void tracker_copy(struct tracker *to, const struct tracker *from);

/* The full number for one that wraps, nearest to the next; after a silence
 * longer than half a turn takes, by how long it was. */
uint64_t tracker_unwrap(const struct tracker *t, uint64_t value, unsigned bits,
    int64_t at_ns);

/* The numbers number to number + count - 1 are here. number + count is below
 * 2^63, count at least 1; stamps and times are not negative. */
enum tracker_verdict tracker_add(struct tracker *t, uint64_t number,
    uint64_t count, int64_t stamp_ns, int64_t at_ns);

/* Numbers missing between base and next. */
uint64_t tracker_missing(const struct tracker *t);

/* The usual time between two packets; 0 when there is none. */
int64_t tracker_period(const struct tracker *t);

#endif
