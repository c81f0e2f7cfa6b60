/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smallworld - one machine with one pair, small enough to be searched whole:
 * a scenario whose steps come in their order, but at any time, and whose
 * faults may strike anything they match; and what the end must look like.
 *
 * The VF is ejected and comes back, the host has a network change, the VF is
 * ejected again, the daemon restarted, and the VF comes back.
 */
#ifndef SIM_SEARCH_SMALLWORLD_H
#define SIM_SEARCH_SMALLWORLD_H

#include "sim/search/course.h"

#define SMALLWORLD_EVENTS 6

struct smallworld {
	struct course course; /* with the scenario */
};

extern const char smallworld_machine[]; /* the profile's name */

/* The built-in one. */
void smallworld_open(struct smallworld *w);
void smallworld_fini(struct smallworld *w);

#endif
