/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dhcpclient - dhclient(8) of an interface on Linux: whether one runs, by its
 * pid file and what the process is; started in the background, without a
 * shell; ended by a signal, which leaves its lease in place.
 */
#ifndef WORLD_DHCPCLIENT_H
#define WORLD_DHCPCLIENT_H

#include <stdbool.h>
#include <sys/types.h>

#define DHCPCLIENT_STARTED 32 /* at most, and not yet in the background */

struct dhcpclients { /* zeroed: none is starting */
	pid_t starting[DHCPCLIENT_STARTED];
	size_t count;
};

bool dhcpclient_runs(const char *ifname);

/* flags: more arguments, separated by blanks. 0 or an errno of Linux. */
int dhcpclient_start(struct dhcpclients *c, const char *ifname,
    const char *flags);
int dhcpclient_stop(const char *ifname); /* ENOENT: none runs */

/* Takes leave of those that are in the background by now. */
void dhcpclient_reap(struct dhcpclients *c);

#endif
