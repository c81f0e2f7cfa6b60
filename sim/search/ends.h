/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ends - in what a history ends, as far as people would tell one end from
 * another: which interfaces there are, up or down, linked, joined, carrying,
 * with which addresses and routes.
 */
#ifndef SIM_SEARCH_ENDS_H
#define SIM_SEARCH_ENDS_H

#include "base/digest.h"
#include "sim/machine/machine.h"

void end_digest(const struct machine *m, struct digest *d);

#endif
