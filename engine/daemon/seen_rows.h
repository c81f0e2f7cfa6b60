/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * seen_rows - what the controller last saw, as rows of base/rowtext.h for an
 * operator. Pure. What is zero, empty or unknown is left out.
 *
 * Of the interfaces, one a row:
 *
 *	system os=linux default_if=bond0 gateway=10.0.0.1
 *	if=eth0 class=hn index=2 mac=... mtu=1500 up running link=up lagg=bond0
 *		vf=ens5
 *	if=bond0 class=lagg index=7 ... ports="eth0 ens5" active=ens5
 *		addrs="10.0.0.4/24 fe80::1/64"
 *
 * Of the pairs, one a row:
 *
 *	system os=linux pairs=1 [why="..."]
 *	pair=eth0 unit=0 paired_by=stand-in vf=ens5 aggregate=bond0 active=ens5
 *		[why="..."] [under_way_ns=...] way=to-vf carrier=ens5
 *		ago_ns=... total_ns=... decide_ns=... apply_ns=... settle_ns=...
 *
 * why says why nothing is done, or why the VF does not carry. The last words
 * are of its newest fail-over.
 */
#ifndef DAEMON_SEEN_ROWS_H
#define DAEMON_SEEN_ROWS_H

#include "base/strbuf.h"
#include "daemon/failover_times.h"
#include "failover/snapshot.h"

/* Both append. */
void seen_state_rows(const struct snapshot *s, struct strbuf *out);

/* why() appends as core_why() does; hn NULL: of the system. */
void seen_pair_rows(const struct snapshot *s, const struct failover_times *t,
    int64_t now_ns,
    bool (*why)(void *ctx, const struct snap_if *hn, struct strbuf *out),
    void *ctx, struct strbuf *out);

/* "to-vf", "to-synthetic"; "decide", "apply", "settle". */
extern const char *const failover_way_words[FAILOVER_WAYS];
extern const char *const failover_phase_words[FAILOVER_PHASES];

#endif
