/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sysops - the system calls by which a guest's programs and daemons change its
 * network: the operations of the engine.
 */
#ifndef SIM_MACHINE_SYSOPS_H
#define SIM_MACHINE_SYSOPS_H

#include "base/err.h"
#include "sim/machine/machine.h"

/* Begins; done(k) is called with k->result (0 or SIM_E…) at its end, and k is
 * gone after that. done may be NULL. */
struct ktask *sysop_begin(struct machine *m, const struct operation *op,
    void (*done)(struct ktask *k), void *ctx);

/* A sysctl at boot (a loader tunable) or later. ERR_INPUT when the machine
 * has no such one or the value is wrong. */
int sysop_sysctl(struct machine *m, const char *name, const char *value,
    struct err *err);

#endif
