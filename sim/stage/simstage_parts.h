/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * simstage_parts - a run's inside, shared by the stage (simstage.c) and who
 * leads it by the hand (simwalk.c).
 */
#ifndef SIM_STAGE_SIMSTAGE_PARTS_H
#define SIM_STAGE_SIMSTAGE_PARTS_H

#include <sys/queue.h>

#include "sim/stage/simdaemon.h"
#include "sim/stage/simoptions.h"
#include "sim/stage/simstage.h"
#include "sim/stage/stage.h"

struct user_command; /* simstage.c */

struct simrun { /* one run: the stage's ctx */
	const struct simstage *in;
	struct machine *m;
	struct trace *t;
	struct simdaemon *daemon;
	struct simdaemon *devd; /* a stock one beside it, or NULL */
	struct scribe *scribe;	/* NULL: no decisions are written down */
	struct traffic *traffic;
	struct facts *facts;
	struct shellguest *shell;
	struct migration *migration; /* NULL: there is none */
	bool troubled;
	struct rcvars rc;
	struct simoptions options;
	SLIST_HEAD(, user_command) commands; /* all there were */
	struct vevent boot_netif, boot_daemon, boot_devd, thaw;
	bool netif_ended, daemon_waits, devd_waits;
	int64_t seen_ns; /* the clock; and how much has happened since then */
	uint32_t at_once;
};

struct simwalk {
	struct simrun g;
	struct stage stage;
	struct stage_walk walk;
	bool good;
};

/* What has happened is seen by the trace and the packets. */
void simstage_look(struct simrun *g);

#endif
