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
 *   - a lagg of our own, the hn its first port, all addresses with the routes
 *     to their networks, the default routes, the DHCP client, router
 *     advertisements and the VLANs on it, nothing left on the hn; the hn up;
 *   - net.link.lagg.failover_rx_all=1 while we manage (FREEBSD-HN.md d);
 *   - the VF a port before it is upped, upped hyperv_vf_delay after it came;
 *     one that does not join (its MTU) is not upped, and the hn carries;
 *   - a VF that is up without carrying traffic is set down, so that the hn
 *     takes over (FACTS.md J.1.6), and tried again later, ever more seldom;
 *   - the capabilities that the hn lost to a VF put back when that has left;
 *   - on each port the MTU of the lagg, no client and no lease on the VF.
 * A lagg, VF or route which it cannot prove to be ours it leaves alone. An hn
 * is known by its unit and index, a VF by MAC, bus and index, our lagg by its
 * description: never by name.
 */
#ifndef FAILOVER_NATIVE_H
#define FAILOVER_NATIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
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

/* A deadline that is over at the first look after all stood still (a frozen
 * VM, a hanging operation) is over only when a second look, so much later,
 * says the same. */
#define NATIVE_FRESH (INT64_C(100) * 1000000)

#define NATIVE_MARK "switchback " /* and "hn0": our lagg's description */

struct native;

struct native_config {
	const struct rcvars *rc; /* borrowed, outlives the planner */
	bool keep_rx_all;	 /* do not touch failover_rx_all */
};

struct native *native_new(const struct native_config *config);
void native_free(struct native *n); /* NULL is fine */

/* From the next look on this is what rc.conf says (borrowed). What it asks
 * for no more is taken back where we had put it. */
void native_set_rc(struct native *n, const struct rcvars *rc);

/* Gives true and the next operation, or false when there is nothing to do
 * before *wake_ns (NATIVE_NEVER: before something changes). */
bool native_plan(struct native *n, const struct snapshot *s, int64_t now_ns,
    struct operation *op, int64_t *wake_ns);

/* A record says that this interface is gone, or has come. Nothing is done about
 * it before the next look; but if that shows one like the one before, it is
 * another one, which came while nobody looked: the kernel gives a name and an
 * index out again. */
void native_replaced(struct native *n, const char *ifname);
/* Records were lost, on FreeBSD, where an index is given anew at once. A VF
 * that has not been up may be another one by now, with the name and the index
 * of the one before. */
void native_lost_records(struct native *n);

/* Tells how the last planned operation ended (0 or errno). A failed one is
 * held back for a while, longer each time. */
void native_result(struct native *n, const struct operation *op, int result,
    int64_t now_ns);

/* Whether this interface is ours to configure: an hn that we manage, its
 * lagg, or a NIC that is, or is about to be, its VF. Then no other rule may
 * start a DHCP client on it or apply rc.conf to it. */
bool native_owns(const struct native *n, const struct snapshot *s,
    const char *ifname);

/* Appends why the VF of this hn (of the snapshot that was planned for last)
 * does not carry, or why nothing is done for it at all; with NULL, why nothing
 * is done for anybody. False when there is no such reason. */
bool native_why(const struct native *n, const struct snapshot *s,
    const struct snap_if *hn, struct strbuf *out);

/* The next thing a person should know ("mce0's link is lost, set down"), or
 * NULL. Each is given once. Valid until the next call on n. */
const char *native_note(struct native *n);

#endif
