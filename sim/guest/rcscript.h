/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rcscript - what the commands of devd's own rules do to the machine, beside
 * the time that they take:
 *
 *	service dhclient [quiet]start|[quiet]stop IF
 *	service netif [quiet]start|[quiet]stop|restart IF
 *	/etc/pccard_ether IF start|stop
 *
 * Any other command does nothing. rc.d/dhclient starts a client only where
 * rc.conf asks for DHCP and none runs, and stands in the foreground until it
 * has a lease: whoever waits for the command waits for that (FACTS.md E.5
 * H8). pccard_ether leaves an interface alone that is up.
 */
#ifndef SIM_GUEST_RCSCRIPT_H
#define SIM_GUEST_RCSCRIPT_H

#include "sim/machine/machine.h"

struct rcscript;

/* For k->owned of the task that carries the command out. */
struct rcscript *rcscript_new(const char *command);

/* A step of that task: the time until the next call, or KTASK_DONE, and the
 * exit status is in k->sub, unchanged for a command that is not known. */
int64_t rcscript_step(struct machine *m, struct ktask *k);

/* The task is killed; its step must not be called again. */
void rcscript_abandon(struct machine *m, struct ktask *k);

/* Begins one now, to be waited for: done(k) with the status in k->sub. */
struct ktask *rcscript_begin(struct machine *m, const char *command,
    void (*done)(struct ktask *k), void *ctx);

#endif
