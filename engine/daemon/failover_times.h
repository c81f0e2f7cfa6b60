/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * failover_times - how many fail-overs there were, and how long each took, by
 * what the daemon's loop sees: records, looks, operations. Pure; times are
 * those of the caller's clock.
 *
 * A fail-over is that the traffic of a synthetic NIC has gone from it to its
 * VF, or back, and nothing is left to be done at that look. Its time is
 *
 *	read	 the first record or hint since the last look that left
 *		 nothing to do; or that look itself, when it had no such reason
 *	decided	 the first operation is asked for
 *	applied	 the last one has been answered
 *	settled	 the look that finds the traffic moved and asks for nothing
 *
 * and three phases, decide, apply and settle, that add up to it. Without an
 * operation, as when a bond takes another port by itself, all of it is the
 * last phase. What waits in between, such as the delay before a VF is set up,
 * belongs to it. The first time that traffic flows at all is none.
 */
#ifndef DAEMON_FAILOVER_TIMES_H
#define DAEMON_FAILOVER_TIMES_H

#include <stdbool.h>
#include <stdint.h>

#include "failover/operation.h"
#include "failover/snapshot.h"

enum failover_way { FAILOVER_TO_SYNTHETIC, FAILOVER_TO_VF, FAILOVER_WAYS };
enum failover_phase {
	FAILOVER_DECIDE,
	FAILOVER_APPLY,
	FAILOVER_SETTLE,
	FAILOVER_PHASES,
};

/* Upper bounds of the histogram, in ns; what is longer is in one more. */
#define FAILOVER_BUCKETS 9
extern const int64_t failover_buckets[FAILOVER_BUCKETS];

struct failover { /* one that has ended */
	enum failover_way way;
	char nic[IFNAME_MAX];  /* the synthetic one */
	char port[IFNAME_MAX]; /* which carries now */
	int64_t settled_ns;
	int64_t total_ns;
	int64_t phase_ns[FAILOVER_PHASES]; /* their sum is total_ns */
	uint64_t operations, failed;
};

struct failover_sums { /* of those in one direction */
	uint64_t count;
	int64_t total_ns;
	int64_t phase_ns[FAILOVER_PHASES];
	uint64_t buckets[FAILOVER_BUCKETS + 1]; /* each counts its own */
};

struct failover_totals {
	struct failover_sums ways[FAILOVER_WAYS];
	struct failover last;	     /* when any has a count */
	uint64_t operations, failed; /* all, of fail-overs or not */
};

struct failover_times;

struct failover_times *failover_times_new(void);
void failover_times_free(struct failover_times *t); /* NULL is fine */

/* A record or a hint was read. */
void failover_times_cause(struct failover_times *t, int64_t now_ns);
void failover_times_look(struct failover_times *t, int64_t now_ns,
    const struct snapshot *s);
void failover_times_asked(struct failover_times *t, int64_t now_ns,
    const struct operation *op);
void failover_times_answered(struct failover_times *t, int64_t now_ns,
    const struct operation *op, int result);
/* The look before asked for nothing. True when a fail-over has ended by it. */
bool failover_times_rest(struct failover_times *t, int64_t now_ns);

const struct failover_totals *failover_times_totals(
    const struct failover_times *t);

/* The newest of this synthetic NIC (snap_if.unit), or NULL. */
const struct failover *failover_times_of(const struct failover_times *t,
    int unit);
/* Since when there is something that may become a fail-over of it, or is no
 * more than an operation; 0: there is nothing. */
int64_t failover_times_open(const struct failover_times *t, int unit);

#endif
