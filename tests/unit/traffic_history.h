/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * traffic_history - probes on a simulated machine to which random things
 * happen: VFs, links, freezes, commands. The same seed gives the same.
 */
#ifndef TESTS_TRAFFIC_HISTORY_H
#define TESTS_TRAFFIC_HISTORY_H

#include "base/dur.h"
#include "base/prng.h"
#include "sim/packets/traffic.h"
#include "sim_rig.h"

#define HISTORY_ACTIONS 30
#define HISTORY_LENGTH	(20 * DUR_SEC)

struct history;

struct history_action {
	struct vevent event;
	struct history *run;
	unsigned what, value;
};

struct history {
	struct rig rig;
	struct ifnet *hn;
	struct traffic *traffic;
	struct scenario scenario;
	struct scn_probe probes[3];
	struct history_action actions[HISTORY_ACTIONS];
	struct vevent thaw;
	int results[HISTORY_ACTIONS];
	size_t n_results;
};

/* An echo, one both ways and one to far away, the first every millisecond. */
void history_begin(struct history *run, uint64_t seed, bool frames);
/* Lives through it, and puts probes and gaps into the trace. */
void history_finish(struct history *run);
void history_end(struct history *run);

/* Some moment in it; some are those of packets, to the nanosecond. */
int64_t history_moment(struct prng *p);

#endif
