/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * simdaemon - our engine running inside the simulated machine: the machine
 * seen as a world (world/world.h), with start, crash and restart.
 *
 * A crash takes a native engine whole; an operation that it had begun comes
 * to its end in the kernel. A stock one leaves its scripts behind, as the
 * processes of a killed devd go on.
 */
#ifndef SIM_SIMDAEMON_H
#define SIM_SIMDAEMON_H

#include "core/core.h"
#include "sim/machine.h"

struct simdaemon;

/* config is copied; what it points at is borrowed. */
struct simdaemon *simdaemon_new(struct machine *m,
    const struct core_config *config);
void simdaemon_free(struct simdaemon *d); /* NULL is fine */

void simdaemon_start(struct simdaemon *d); /* no-op while it runs */
void simdaemon_kill(struct simdaemon *d);

#endif
