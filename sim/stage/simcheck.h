/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * simcheck - whether what a scenario sets on the machine can be set.
 */
#ifndef SIM_STAGE_SIMCHECK_H
#define SIM_STAGE_SIMCHECK_H

#include "base/diag.h"
#include "sim/machine/profile.h"
#include "sim/scenario/scenario.h"

/* Reports each flag whose value is neither yes nor no, at its place. */
void simcheck_flags(const struct scenario *s, struct diag *d);

#endif
