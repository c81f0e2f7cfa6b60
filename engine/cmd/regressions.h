/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * regressions - scenarios that were found once and are kept: they are tried
 * before a search begins.
 */
#ifndef CMD_REGRESSIONS_H
#define CMD_REGRESSIONS_H

#include <stddef.h>

#include "core/core.h"

/* Runs the scenarios in and below the folder under the policy and prints those
 * that fail. Gives a cmd_status; *run is how many there were. */
int regressions_run(const char *folder, enum core_policy policy, size_t *run);

#endif
