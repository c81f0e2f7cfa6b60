/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * verify - "replay --verify": the decisions of stored runs, made again.
 */
#ifndef CMD_VERIFY_H
#define CMD_VERIFY_H

#include <stdbool.h>

/* Of the run, or of all that have decisions for NULL. Prints what differs, and
 * a line (or a JSON object) for each run. Gives the exit status: CMD_FAIL when
 * something differs, CMD_NOTHING when there was nothing to compare. */
int verify_runs(const char *db, const char *which, bool json);

#endif
