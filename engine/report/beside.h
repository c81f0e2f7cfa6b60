/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * beside - a recording put beside what captures said, on their clock.
 */
#ifndef REPORT_BESIDE_H
#define REPORT_BESIDE_H

#include <stdbool.h>
#include <stdint.h>

#include "db/recording.h"
#include "db/trace.h"

/* What to add to the run's times so that they lie in [from_ns, until_ns],
 * nanoseconds since 1970: nothing when it is on that clock already, or the
 * simulated machine's epoch (epoch_ns) for a run of its own. False: neither
 * fits. */
bool beside_clock(const struct trace *run, int64_t epoch_ns, int64_t from_ns,
    int64_t until_ns, int64_t *shift_ns);

/* Appends the run's records, states, operations, stimuli and marks to t, each
 * time moved by shift_ns. */
void beside_take(const struct trace *run, int64_t shift_ns, struct trace *t);

/* Makes states of what stood beside the records of r (db/witness.h): the
 * aggregate's ports. */
void beside_witness(const struct recording *r, struct trace *t);

#endif
