/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * native - the planner of our own fail-over (DESIGN.md 4, FACTS.md J.1).
 *
 * Level-triggered: given what was observed now, it names the one operation
 * that comes next, or none; the caller carries it out, observes, and asks
 * again. So lost, doubled and late records all end in the same state, and a
 * fresh planner put into a half-made state goes on from there.
 *
 * Wanted, for every hn that rc.conf configures, in non-transparent mode:
 *   - a lagg of our own, the hn its first port, all addresses and the default
 *     route on it, nothing left on the hn; the hn up;
 *   - net.link.lagg.failover_rx_all=1 while we manage (FREEBSD-HN.md d);
 *   - the VF a port before it is upped, upped hyperv_vf_delay after it came;
 *   - a VF that is up without carrying traffic is set down, so that the hn
 *     takes over (FACTS.md J.1.6), and tried again later, ever more seldom.
 * A lagg, VF or route which it cannot prove to be ours it leaves alone.
 */
#ifndef FAILOVER_NATIVE_H
#define FAILOVER_NATIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "failover/operation.h"
#include "failover/rcvars.h"
#include "failover/snapshot.h"

/* Up, link not yet up: so long, and twice as long at each try. */
#define NATIVE_GRACE_FIRST (INT64_C(100) * 1000000)
#define NATIVE_GRACE_LAST  (INT64_C(2) * 1000000000)
#define NATIVE_RETRY_FIRST (INT64_C(3) * 1000000000) /* after a lost link */
#define NATIVE_RETRY_LAST  (INT64_C(60) * 1000000000)
#define NATIVE_HOLD_FIRST  (INT64_C(100) * 1000000) /* after a failed op */
#define NATIVE_HOLD_LAST   (INT64_C(30) * 1000000000)
#define NATIVE_NEVER	   INT64_MAX

struct native;

struct native_config {
	const struct rcvars *rc; /* borrowed, outlives the planner */
	bool keep_rx_all;	 /* do not touch failover_rx_all */
};

struct native *native_new(const struct native_config *config);
void native_free(struct native *n); /* NULL is fine */

/* Gives true and the next operation, or false when there is nothing to do
 * before *wake_ns (NATIVE_NEVER: before something changes). */
bool native_plan(struct native *n, const struct snapshot *s, int64_t now_ns,
    struct operation *op, int64_t *wake_ns);

/* Tells how the last planned operation ended (0 or errno). A failed one is
 * held back for a while, longer each time. */
void native_result(struct native *n, const struct operation *op, int result,
    int64_t now_ns);

/* The next thing a person should know ("mce0's link is lost, set down"), or
 * NULL. Each is given once. Valid until the next call on n. */
const char *native_note(struct native *n);

#endif
