/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * machine_digest - all that decides what a machine will do from now on
 * (base/digest.h): interfaces, routes, records that wait, and what is under
 * way. Names and places count; how often something was there before does not.
 *
 * Programs of users, DHCP clients and jails cannot be fed in: with any of them
 * the digest is blind.
 */
#ifndef SIM_MACHINE_MACHINE_DIGEST_H
#define SIM_MACHINE_MACHINE_DIGEST_H

#include "base/digest.h"
#include "sim/machine/machine.h"

/* number(ctx, k): the number of a task that somebody waits for, so that it does
 * not depend on how many there were before; 0 when nobody does. */
typedef uint64_t machine_task_number(void *ctx, const struct ktask *k);

void machine_digest(const struct machine *m, machine_task_number *number,
    void *ctx, struct digest *d);

/* Whether it is armed, how long it has still to go, and what must come before
 * it. */
void vevent_digest(const struct vclock *c, const struct vevent *e,
    struct digest *d);

#endif
