/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * agent - the guest's part of the lab: does what comes over the channel
 * (labwire.h), and tells what it sees without being asked. It is beside the
 * daemon, not of it, so that it goes on when that is killed.
 */
#ifndef AGENT_AGENT_H
#define AGENT_AGENT_H

#include <stdbool.h>

#include "base/err.h"

/* Its own tick, and how late that may be before it is told: a measure of what
 * the guest, or who runs it, does with its time. */
#define AGENT_TICK  INT64_C(10000000)
#define AGENT_STALL INT64_C(30000000)

struct agent_config {
	const char *channel; /* channel_open(); awaited for AGENT_WAIT */
	const char *daemon;  /* what do=daemon-start starts, for a shell */
	bool first; /* the first process of its system: others' children, too,
		     * are its to reap, and a lost channel is awaited */
};

#define AGENT_WAIT INT64_C(20000000000)

/* Until do=end, or the channel's end, or SIGTERM. What it has started is
 * killed. 0, ERR_IO, ERR_INPUT, ERR_NOTFOUND. */
int agent_run(const struct agent_config *config, struct err *err);

#endif
