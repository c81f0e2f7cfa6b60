/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hostacts - what the host and the network behind it do to the guest by the
 * words of a scenario: the synthetic NIC, its association with a VF, the DHCP
 * server, the IPv6 router.
 */
#ifndef SIM_STAGE_HOSTACTS_H
#define SIM_STAGE_HOSTACTS_H

#include "sim/machine/machine.h"
#include "sim/scenario/scenario.h"

/* True when the step is one of these; it has been done then. */
bool hostacts_do(struct machine *m, const struct scenario *s,
    const struct scn_step *step);

#endif
