/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * traffic - the scenario's probes on the simulated machine. Two ways to the
 * same numbers: in closed form, from the moments at which a packet's fate
 * changes; and frame by frame, each packet an event of its own, which a
 * capture then can show.
 *
 * Not modelled: duplicates, and the reordering of FACTS.md C.6 when the data
 * path changes. What arrives arrives once and in order.
 */
#ifndef SIM_PACKETS_TRAFFIC_H
#define SIM_PACKETS_TRAFFIC_H

#include "packet/continuity.h"
#include "sim/judge/judge.h"
#include "sim/machine/machine.h"
#include "sim/packets/capture.h"
#include "sim/scenario/scenario.h"

struct traffic;

/* The two ends of the wire behind one NIC. An address of family 0 is the one
 * that the machine has there at the moment (a lease, an address from a
 * router's advertisement); once it has none, the peer goes on with the last.
 * A peer of family 0 is the default gateway, or the first host of the
 * guest's prefix; as long as there is neither, nothing can be sent. */
struct traffic_nic {
	struct ifnet *hn; /* whose MAC the peer sends to; NULL: see netpath.h */
	struct ipaddr guest[2], peer[2]; /* of IPv4 and IPv6 */
};

struct traffic_setup {
	struct machine *m;		/* borrowed */
	const struct scenario *s;	/* borrowed */
	const struct traffic_nic *nics; /* as the scenario's; copied */
	size_t n_nics;			/* at least one */
	int64_t end_ns;
	bool frames;		 /* frame by frame */
	struct capture *capture; /* borrowed; not NULL: frames, and shown */
};

struct traffic *traffic_new(const struct traffic_setup *setup);
void traffic_free(struct traffic *t); /* NULL is fine */

/* To be called after everything that happened at one instant: notes how
 * packets fare from now on. */
void traffic_look(struct traffic *t);

/* Puts probes and gaps into the trace. */
void traffic_report(struct traffic *t);

judge_probe_fn traffic_judge; /* ctx is the traffic */

#endif
