/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * simcheck - whether the simulated machine can do what a scenario asks for.
 */
#ifndef SIM_SIMCHECK_H
#define SIM_SIMCHECK_H

#include "base/diag.h"
#include "sim/profile.h"
#include "sim/scenario.h"

/* Reports each stimulus, fault and setting that the machine does not model,
 * at its place. */
void simcheck_modelled(const struct scenario *s, struct diag *d);

#endif
