/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * flight_ring - the newest rows in a fixed room of memory. What is older goes,
 * whole groups of rows at a time: an input together with all that it was
 * answered. Adding costs the same however much is there; nothing is allocated
 * after the ring was made.
 */
#ifndef DAEMON_FLIGHT_RING_H
#define DAEMON_FLIGHT_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum flight_type {
	FLIGHT_IN,     /* a row of core/decision.h; begins a group */
	FLIGHT_OUT,    /* another, of the group before */
	FLIGHT_OUTPUT, /* what a command wrote; a group of its own, as below */
	FLIGHT_LOG,
};

struct flight_row {
	enum flight_type type;
	int64_t at_ns;
	const char *kind; /* NUL-terminated; of a command its id */
	const char *body;
	size_t bytes;
};

struct flight_ring;

#define FLIGHT_RING_MIN (64u * 1024)

/* At least FLIGHT_RING_MIN; rows older than keep_ns go with the next ones. */
struct flight_ring *flight_ring_new(size_t bytes, int64_t keep_ns);
void flight_ring_free(struct flight_ring *r); /* NULL is fine */

/* A row for which there is no room at all is left out, and then all that was
 * there has gone; so is the rest of its group. */
void flight_ring_add(struct flight_ring *r, const struct flight_row *row);

/* The oldest group goes. False: the ring is empty. */
bool flight_ring_drop(struct flight_ring *r);

/* Rows are numbered from 0 as they are added. */
uint64_t flight_ring_first(const struct flight_ring *r); /* the oldest there */
uint64_t flight_ring_next(const struct flight_ring *r);	 /* the next to come */
size_t flight_ring_used(const struct flight_ring *r);	 /* bytes */

/* Oldest first. What row says lives during the call. */
void flight_ring_each(const struct flight_ring *r,
    void (*fn)(void *ctx, const struct flight_row *row), void *ctx);

#endif
