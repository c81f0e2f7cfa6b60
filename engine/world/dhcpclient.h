/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dhcpclient - dhclient(8) of an interface on Linux: whether one runs, by its
 * pid file and what the process is; started in the background, without a
 * shell; ended by a signal, which leaves its lease in place.
 */
#ifndef WORLD_DHCPCLIENT_H
#define WORLD_DHCPCLIENT_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DHCPCLIENT_MOST 32 /* starting, and ending, at a time */
/* One that was told to end counts for ended, unless it is there after this. */
#define DHCPCLIENT_ENDS (INT64_C(3) * 1000000000)

struct dhcpclients {			 /* zeroed: there are none */
	pid_t starting[DHCPCLIENT_MOST]; /* and not yet in the background */
	size_t count;
	struct {
		pid_t pid;
		int64_t until_ns;
	} ending[DHCPCLIENT_MOST];
	size_t next_ending;
};

bool dhcpclient_runs(const struct dhcpclients *c, const char *ifname,
    int64_t now_ns);

/* flags: more arguments, separated by blanks. 0 or an errno of Linux; EAGAIN
 * while the one before is still ending. */
int dhcpclient_start(struct dhcpclients *c, const char *ifname,
    const char *flags);
int dhcpclient_stop(struct dhcpclients *c, const char *ifname,
    int64_t now_ns); /* ENOENT: none runs */

/* Takes leave of those that are in the background by now. */
void dhcpclient_reap(struct dhcpclients *c);

#endif
