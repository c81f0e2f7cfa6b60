/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * probes - sends and receives numbered packets (packet/probehdr.h) over plain
 * sockets, as a program in the guest would, and keeps what became of each.
 *
 *	out	sends one way to the peer
 *	in	listens for what the peer sends one way
 *	echo	sends requests, and listens for their replies
 *
 * Number k is due at first + k * period, whatever became of those before: who
 * is late sends what is due at once. One that the system refuses has its
 * number and the reason. UDP goes from port 49152 + stream to
 * PROBE_UDP_PORT; ICMP needs root.
 *
 * Times are clock_monotonic(), but for what stands in the packets.
 */
#ifndef AGENT_PROBES_H
#define AGENT_PROBES_H

#include <poll.h>
#include <stdint.h>

#include "agent/labwire.h"
#include "base/err.h"

#define PROBES_STREAMS 32
#define PROBES_PERIOD  INT64_C(100000) /* ns; none is shorter */
#define PROBES_LOG     (1024u * 1024)  /* packets of one log of a stream */

struct probes;

struct probes *probes_new(void);
void probes_free(struct probes *p); /* NULL is fine */

/* As a do=probe says; first 0: now, stop 0: never. 0, ERR_INPUT, ERR_STATE
 * (there is such a stream already, or no room), ERR_IO. */
int probes_add(struct probes *p, const struct labwire *m, int64_t now_ns,
    struct err *err);

int64_t probes_deadline(const struct probes *p); /* INT64_MAX: none */
void probes_tick(struct probes *p);		 /* sends what is due */

/* At most PROBES_STREAMS. */
size_t probes_fill(const struct probes *p, struct pollfd *fds);
void probes_polled(struct probes *p, const struct pollfd *fds, size_t n);

/* Gives all logs so far as is=packets rows; a log that is full says so in an
 * is=log. The row lives during the call. */
void probes_report(const struct probes *p,
    void (*row)(void *ctx, struct labwire *m), void *ctx);

#endif
