/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * observer - what the guest's kernel tells of its interfaces, as rows for the
 * lab: every change of a state (daemon/record_seen.h), and every record that
 * the daemon gets, too (world/kernelevents.h; FreeBSD gives its records to one
 * reader, and that is the daemon). It asks the kernel for itself, so that it
 * sees the same whether the daemon runs or not.
 */
#ifndef AGENT_OBSERVER_H
#define AGENT_OBSERVER_H

#include <poll.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/labwire.h"
#include "base/err.h"

#define OBSERVER_POLLS 2

struct observer;

/* row() gets is=state, is=record and is=log rows without their time. What
 * there is now is told at once. 0 or ERR_IO. */
int observer_open(void (*row)(void *ctx, struct labwire *m), void *ctx,
    struct observer **out, struct err *err);
void observer_close(struct observer *o); /* NULL is fine */

size_t observer_fill(const struct observer *o, struct pollfd *fds);
void observer_polled(struct observer *o, const struct pollfd *fds, size_t n);

int64_t observer_deadline(const struct observer *o);
void observer_tick(struct observer *o, int64_t now_ns);

#endif
