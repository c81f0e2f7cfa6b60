/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * traffic - the scenario's probes on the simulated machine. Two ways to the
 * same numbers: in closed form, from the moments at which a packet's fate
 * changes; and frame by frame, each packet an event of its own.
 */
#ifndef SIM_TRAFFIC_H
#define SIM_TRAFFIC_H

#include "packet/continuity.h"
#include "sim/judge.h"
#include "sim/machine.h"
#include "sim/scenario.h"

struct traffic;

struct traffic_setup {
	struct machine *m;	   /* borrowed */
	const struct scenario *s;  /* borrowed */
	struct ifnet *hn;	   /* whose MAC the peer sends to */
	struct ipaddr guest, peer; /* addresses of the two ends */
	int64_t end_ns;
	bool frames; /* frame by frame */
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
