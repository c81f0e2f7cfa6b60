/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stimuli - what the outside world did, found in a recording (DESIGN.md 6):
 * a VF that comes, goes or loses its link, a network change, a media loss.
 * Everything else in it is a consequence, and left to the machine.
 *
 * The recording's clock becomes the scenario's: virtual time 0 is the zero of
 * the guest's monotonic clock, its boot. A recording that begins with the
 * queue of a boot tells when the daemon started; a VF that such a queue shows,
 * or that goes before it came, was there at boot.
 *
 * Marks: gone.N and back.N for each VF's departure and return, flap.N and
 * mend.N for its link, change.N for a network change, unplug.N and plug.N for
 * the media of the synthetic NIC.
 */
#ifndef SIM_STAGE_STIMULI_H
#define SIM_STAGE_STIMULI_H

#include <stdbool.h>

#include "base/err.h"
#include "db/recording.h"
#include "sim/scenario/scenario.h"

#define STIMULI_TAIL (INT64_C(6) * 1000000000) /* the run goes on so long */

/* Adds VFs and steps to the scenario, and an hn0 with a configuration and a
 * probe when it has no nic. A scenario that names VFs means these and no
 * others. Its end moves STIMULI_TAIL behind the last record
 * unless it has an end of its own that is later. ERR_INPUT when there is no
 * stimulus in the recording at all. */
int stimuli_add(struct scenario *s, const struct recording *r, struct err *e);

/* A scenario with nothing but its machine, for a recording without one. */
struct scenario *stimuli_scenario(const struct recording *r);

#endif
