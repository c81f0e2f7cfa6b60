/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * agent_parts - what the files of agent.h share.
 */
#ifndef AGENT_AGENT_PARTS_H
#define AGENT_AGENT_PARTS_H

#include <poll.h>

#include "agent/agent.h"
#include "agent/channel.h"
#include "agent/daemonrun.h"
#include "agent/labwire.h"
#include "agent/observer.h"
#include "agent/probes.h"
#include "world/command_runner.h"

struct agent_wait { /* for a command's end */
	uint32_t id;
	int64_t limit_ns;
	bool too_late;
};

struct agent {
	const struct agent_config *config;
	struct channel *channel;
	struct observer *observer;
	struct probes *probes;
	struct command_runner *runner;
	struct daemonrun *daemon;
	struct agent_wait *waits;
	size_t n_waits, cap_waits;
	struct pollfd *fds;
	size_t cap_fds;
	int signal_fd;
	uint32_t last_id; /* of what was done */
	int64_t tick_ns;  /* when it is due */
	bool alone;	  /* nobody is at the channel's other end */
	bool ending;
};

/* Sends the row, with its time; re: of which order, 0 none. */
void agent_tell(struct agent *a, struct labwire *m, uint32_t re);

/* The end of an order: done, or why not (NULL: done). */
void agent_answer(struct agent *a, uint32_t re, const struct err *why);

/* A line of ours. */
void agent_note(struct agent *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* --- agent_orders.c --- */

/* Does it, or begins to. */
void agent_order(struct agent *a, const struct labwire *m);

/* A command of do=run or do=setup has ended: what runner_new() is given. */
void agent_ended(void *ctx, const struct command_end *end);

int64_t agent_limit(const struct agent *a); /* of the waits, the first */
void agent_check_limits(struct agent *a, int64_t now_ns);

#endif
