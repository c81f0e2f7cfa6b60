/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * status - what a daemon says of itself when it is asked: as a row of words
 * (base/rowtext.h), and as metrics in Prometheus's text form (exposition
 * format 0.0.4). Pure.
 */
#ifndef DAEMON_STATUS_H
#define DAEMON_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "daemon/failover_times.h"

struct status {
	char version[40];
	char phase[16]; /* starting, ready, ending */
	char policy[16];
	char rules_file[256];
	char source[128];
	char source_state[16]; /* open, lost, ended, failed */
	int64_t up_ns;	       /* since it began */
	uint64_t rules;
	uint64_t records;
	uint64_t fired; /* rules that ran */
	uint64_t started, running, waiting, failed, cancelled; /* commands */
	uint64_t reloads, refused_reloads;
	uint64_t source_losses; /* its other side closed, and was found again */
	uint64_t clients, clients_accepted, clients_refused, clients_dropped;
	uint64_t flight_bytes;
	uint64_t overflows; /* the kernel had more to tell than there was room
			     * for, and says so */
	/* With native control only: */
	const struct failover_totals *failovers; /* NULL: without; borrowed */
	uint64_t resyncs;   /* looks without any reason but the time */
	char why_idle[128]; /* why it does nothing for anybody; "": it does */
	int64_t last_ago_ns, last_wall_ns; /* of the newest fail-over's end */
};

/* Appends the row with its newline. Zeros are left out. */
void status_row(const struct status *s, struct strbuf *out);

/* Every number, zeros too. */
void status_metrics(const struct status *s, struct strbuf *out);

#endif
