/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pcapdir - the folder of one run's captures, below the one that the user
 * named: SCENARIO.POLICY, with .SEED when several seeds run.
 */
#ifndef CMD_PCAPDIR_H
#define CMD_PCAPDIR_H

#include <stdbool.h>
#include <stdint.h>

#include "core/core.h"
#include "sim/packets/capture.h"

/* The folder's path; the caller frees. */
char *pcapdir_path(const char *dir, const char *scenario,
    enum core_policy policy, uint64_t seed);

/* scenario is a path; its slashes become underlines. seed 0: none is named. */
struct capture *pcapdir_open(const char *dir, const char *scenario,
    enum core_policy policy, uint64_t seed);

/* Whether two of the paths, which end with NULL, have one name then, as a/b
 * and a_b have; which two, borrowed. */
bool pcapdir_clash(char *const *scenarios, const char *which[2]);

#endif
