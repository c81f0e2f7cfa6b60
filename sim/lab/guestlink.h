/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guestlink - the lab's end of the stream to the guest's part
 * (agent/labwire.h): asks, gives each answer to who asked, and everything else
 * to the lab; asks for the guest's clock now and then.
 *
 * When the machine has moved to another QEMU the stream goes on there. What
 * was asked and is not answered is asked again: the guest does it once.
 */
#ifndef SIM_LAB_GUESTLINK_H
#define SIM_LAB_GUESTLINK_H

#include "agent/labwire.h"
#include "base/err.h"
#include "sim/lab/labclock.h"
#include "sim/lab/labloop.h"

struct guestlink;

struct guestlink_user {
	/* A row that answers nobody; got_ns is when it was read. */
	void (*row)(void *ctx, const struct labwire *m, int64_t got_ns);
	/* A row that is none, or the end of the stream (ERR_STATE). */
	void (*trouble)(void *ctx, const struct err *err);
	void *ctx;
};

/* Takes fd, a stream socket. The user is copied. */
struct guestlink *guestlink_new(struct labloop *loop, int fd,
    const struct guestlink_user *user);
void guestlink_free(struct guestlink *g); /* NULL is fine */

/* From now on the stream is that one; the old one is read to its end first and
 * closed. To be called when the destination runs. */
void guestlink_move(struct guestlink *g, int fd);

/* Sends m; its id is set here and given back. answer() gets is=data and
 * is=packets of it too: is=answer is the last. NULL: nobody wants it. Nothing
 * waits: what cannot be sent now is sent later. */
uint32_t guestlink_ask(struct guestlink *g, const struct labwire *m,
    void (*answer)(void *ctx, const struct labwire *m, int64_t got_ns),
    void *ctx);

/* Asks for the clock every period_ns, and puts the samples there; 0 ends
 * that. The clock is borrowed. */
void guestlink_sample(struct guestlink *g, struct labclock *clock,
    int64_t period_ns);

#endif
