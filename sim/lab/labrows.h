/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * labrows - what was seen of a run in the lab, from the guest and from outside
 * it, as the rows of a trace. Pure.
 *
 * It comes by several ways, each in its own order and on its own clock: what
 * the guest's part saw live (states, records, the daemon's log), the daemon's
 * flight recording, which is fetched at the end, and what QEMU said. All is
 * kept until the run has ended, when it is known how the guest's clock went,
 * and then brought into one order on the run's clock. What came before the
 * run's beginning, such as the records of boot, counts as at it.
 */
#ifndef SIM_LAB_LABROWS_H
#define SIM_LAB_LABROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/trace.h"

struct labrows;

/* A guest may say what it likes, as often as it likes. Of what is told live no
 * more is kept than this, a hundred times what a run has; the rest is counted,
 * and without it the rows are no basis for a verdict. */
#define LABROWS_MOST  200000		     /* rows */
#define LABROWS_BYTES (64 * (size_t)1048576) /* of text in them */

struct labrows *labrows_new(void);
void labrows_free(struct labrows *r); /* NULL is fine */

/* Rows that were told and are not kept. */
uint64_t labrows_left_out(const struct labrows *r);

enum labrows_clock { LABROWS_GUEST, LABROWS_HOST };

/* All strings are copied. at_ns is of the clock that is named. */
void labrows_state(struct labrows *r, enum labrows_clock clock, int64_t at_ns,
    const char *object, const char *field, const char *value);
void labrows_note(struct labrows *r, enum labrows_clock clock, int64_t at_ns,
    const char *who, const char *text);
void labrows_record(struct labrows *r, int64_t guest_ns, const char *raw,
    size_t bytes);

/* A life of the daemon begins, or has ended. Between them: its log's lines
 * ("failover: bond0 port-add eth1 (why)"), which stand for the operations of a
 * life whose flight recording could not be had. */
void labrows_daemon(struct labrows *r, enum labrows_clock clock, int64_t at_ns,
    bool runs);
void labrows_log(struct labrows *r, int64_t guest_ns, const char *line);

/* The flight recording (daemon/flight.h) of the life that began last; its
 * times are the guest's. t is taken over. */
void labrows_flight(struct labrows *r, struct trace *t);

/* Appends it all to t. host_of() turns the guest's time into this machine's;
 * zero_ns is the run's beginning there. To be called once. */
void labrows_end(struct labrows *r, int64_t (*host_of)(void *ctx, int64_t ns),
    void *ctx, int64_t zero_ns, struct trace *t);

#endif
