/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/scenario/reach.h"

#include <string.h>

static const char *const known[] = { "N1", "N2", "N3", "N4", "N5", "N6", "N7",
	"N8", "N9", "N10", "N11", "N12", "X1", "X2", "X3", "X4", "X5", "X6",
	"X7", "X8", REACH_D2_SYNTHETIC, REACH_D2_BOTH, REACH_D2_VF,
	REACH_D2_NONE, REACH_OVERFLOW, REACH_CANCELLED };
#define N_KNOWN (sizeof(known) / sizeof(known[0]))

bool
reach_is_known(const char *name)
{
	size_t i;

	for (i = 0; i < N_KNOWN; i++)
		if (strcmp(known[i], name) == 0)
			return true;
	return false;
}

size_t
reach_names(const char *names[], size_t max)
{
	size_t i;

	for (i = 0; i < N_KNOWN && i < max; i++)
		names[i] = known[i];
	return i;
}
