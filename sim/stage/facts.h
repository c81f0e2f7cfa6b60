/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * facts - a machine that follows a recording: every record is taken as a fact
 * about the interfaces it names, and given to the engine as it was. The
 * machine has no will of its own then: what the engine does changes flags,
 * addresses and ports, and has no consequence beyond these; but for the hn's
 * handing over to its VF, where the recording has no record of any.
 */
#ifndef SIM_STAGE_FACTS_H
#define SIM_STAGE_FACTS_H

#include "db/recording.h"
#include "sim/machine/machine.h"

struct facts;

/* Arms every record of the recording at its time (one before the clock's is
 * given at once). hn is the synthetic NIC whose VFs it tells of. */
struct facts *facts_follow(struct machine *m, const struct recording *r,
    struct ifnet *hn);
void facts_free(struct facts *f); /* NULL is fine */

#endif
