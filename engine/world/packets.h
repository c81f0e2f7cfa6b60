/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * packets - what goes by on interfaces of this system, live, by libpcap.
 *
 * An interface may be missing or down, at the start or later: it is tried
 * again until it is there, because a VF comes and goes. It is not put into
 * promiscuous mode. Nothing waits; between the polls a ring of the kernel's
 * holds PACKETS_RING bytes for each interface.
 *
 * A packet's time is the kernel's, which is of the wall clock; it is brought
 * onto clock_monotonic() by what both clocks say at the reading. So a packet
 * that waits in the ring while somebody sets the wall clock is off by as much.
 */
#ifndef WORLD_PACKETS_H
#define WORLD_PACKETS_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define PACKETS_RING (8 * 1024 * 1024)
#define PACKETS_SNAP 128

struct packets_user {
	/* data lives during the call only; at_ns is of clock_monotonic(). */
	void (*packet)(void *ctx, size_t place, int64_t at_ns,
	    uint32_t wire_bytes, const void *data, uint32_t bytes);
	/* A line for the log: an interface came, went, lost packets. */
	void (*note)(void *ctx, const char *text);
	void *ctx;
};

struct packets;

struct packets *packets_new(uint32_t snap_bytes);
void packets_free(struct packets *p); /* NULL is fine */

/* One interface more, and the packets that are wanted of it: "eth0", or
 * "eth0:udp port 7" (pcap-filter(7)). Nothing is opened. ERR_INPUT: no filter,
 * or an interface that was named before. */
int packets_add(struct packets *p, const char *spec, struct err *err);

size_t packets_count(const struct packets *p); /* of places: as added */
const char *packets_name(const struct packets *p, size_t place);
uint32_t packets_snap(const struct packets *p);

/* LINKTYPE_ of pcap-linktype(7), or -1 as long as it was never open. It never
 * changes: an interface that returns as another kind is left alone. */
int packets_linktype(const struct packets *p, size_t place);

/* Opens what can be opened; the rest is a note. ERR_STATE: this may not be
 * done; ERR_UNSUPPORTED: this system's kernel cannot. */
int packets_start(struct packets *p, const struct packets_user *user,
    struct err *err);

/* One pollfd for each place; fds has room for them. Then what poll(2) made of
 * them. */
void packets_fill(const struct packets *p, struct pollfd *fds);
void packets_polled(struct packets *p, const struct pollfd *fds);

/* This interface is up: if it is not open, the next tick is due now. */
void packets_hurry(struct packets *p, const char *name);

/* When packets_tick() is due, on clock_monotonic(). */
int64_t packets_deadline(const struct packets *p);
void packets_tick(struct packets *p, int64_t now_ns);

/* Takes what is in the rings, for so long as a ring may keep to itself what it
 * has got. */
void packets_drain(struct packets *p);

/* Packets which the kernel threw away because nobody read fast enough, as of
 * the last tick. */
uint64_t packets_dropped(const struct packets *p);

#endif
