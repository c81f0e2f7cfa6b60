/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reach - the places that a suite of scenarios, or a search, must come
 * through, or it proves little. scenarios/sometimes lists those of a suite; a
 * run counts them in its trace (machine_reach()), and switchback explore tells
 * which it never came through.
 *
 * Places of the model have the names of the fact sheet: N1 to N12 (FACTS.md
 * C.3), X1 to X8 (C.5), the four rows of D.2's table by what hn and VF do.
 * Those of the engine are in sim/stage/places.h.
 */
#ifndef SIM_SCENARIO_REACH_H
#define SIM_SCENARIO_REACH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REACH_D2_SYNTHETIC "D2-hn-up-vf-no"   /* row 1 */
#define REACH_D2_BOTH	   "D2-hn-up-vf-up"   /* row 2 */
#define REACH_D2_VF	   "D2-hn-down-vf-up" /* row 3 */
#define REACH_D2_NONE	   "D2-hn-down-vf-no" /* row 4 */
#define REACH_OVERFLOW	   "devctl-overflow"
#define REACH_CANCELLED	   "delay-cancelled" /* hyperv_vf_delay, VF gone */

#define REACH_MAX 64 /* names, at most: a bit each */

bool reach_is_known(const char *name);
/* Its bit; the name is known. */
uint64_t reach_bit(const char *name);
/* All names, at most max of them; gives how many, with max 0 all there are. */
size_t reach_names(const char *names[], size_t max);

#endif
