/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * flight_rows - the rows of a flight recorder as a trace: the decisions as
 * they are, and what they say as records, firings, operations and commands,
 * so that everything that reads a run can read it.
 */
#ifndef DAEMON_FLIGHT_ROWS_H
#define DAEMON_FLIGHT_ROWS_H

#include "daemon/flight_ring.h"
#include "db/trace.h"

struct flight_rows;

struct flight_rows *flight_rows_new(const char *why, const char *source,
    int64_t now_ns);
void flight_rows_setup(struct flight_rows *r, const char *name,
    const char *body, size_t bytes);
void flight_rows_add(void *rows, const struct flight_row *row);

/* lost: so many rows had gone before the first one. The caller frees the
 * trace; r is gone. */
struct trace *flight_rows_end(struct flight_rows *r, uint64_t lost);

#endif
