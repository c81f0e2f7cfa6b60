/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reach - the places of the model that a suite of scenarios must come
 * through, or it proves little. scenarios/sometimes lists them; a run counts
 * them in its trace (machine_reach()).
 *
 * Names are those of the fact sheet: N1 to N12 (FACTS.md C.3), X1 to X8
 * (C.5), the four rows of D.2's table by what hn and VF do.
 */
#ifndef SIM_SCENARIO_REACH_H
#define SIM_SCENARIO_REACH_H

#include <stdbool.h>
#include <stddef.h>

#define REACH_D2_SYNTHETIC "D2-hn-up-vf-no"   /* row 1 */
#define REACH_D2_BOTH	   "D2-hn-up-vf-up"   /* row 2 */
#define REACH_D2_VF	   "D2-hn-down-vf-up" /* row 3 */
#define REACH_D2_NONE	   "D2-hn-down-vf-no" /* row 4 */
#define REACH_OVERFLOW	   "devctl-overflow"
#define REACH_CANCELLED	   "delay-cancelled" /* hyperv_vf_delay, VF gone */

#define REACH_MAX 64 /* names, at most */

bool reach_is_known(const char *name);
/* All names, at most max of them; gives how many. */
size_t reach_names(const char *names[], size_t max);

#endif
