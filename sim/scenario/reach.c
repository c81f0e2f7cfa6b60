/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/scenario/reach.h"

#include <assert.h>
#include <string.h>

static const char *const known[] = { "N1", "N2", "N3", "N4", "N5", "N6", "N7",
	"N8", "N9", "N10", "N11", "N12", "X1", "X2", "X3", "X4", "X5", "X6",
	"X7", "X8", REACH_D2_SYNTHETIC, REACH_D2_BOTH, REACH_D2_VF,
	REACH_D2_NONE, REACH_OVERFLOW, REACH_CANCELLED,
	/* of the guest */
	"bond-failover", "messages-lost", "migrated-with-vf", "script-ran",
	"address-amid-join", "frozen-amid-operation", "killed-amid-operation",
	"vf-gone-amid-join",
	/* of the engine: sim/stage/places.c */
	"vf-back-unseen", "vf-other-name", "failovers-at-once",
	"vf-without-link", "vf-left-down", "vf-missed", "vf-unpaired",
	"operation-again", "left-alone", "hn-freed", "vf-up-before-join",
	"vf-stripped", "route-off-port", "route-restored", "lease-anew",
	"config-dropped" };
#define N_KNOWN (sizeof(known) / sizeof(known[0]))

_Static_assert(N_KNOWN <= REACH_MAX, "a bit for each");

static size_t
number_of(const char *name)
{
	size_t i;

	/* The first letter tells most of them apart: a run asks often. */
	for (i = 0; i < N_KNOWN; i++)
		if (known[i][0] == name[0] && strcmp(known[i], name) == 0)
			return i;
	return N_KNOWN;
}

bool
reach_is_known(const char *name)
{
	return number_of(name) < N_KNOWN;
}

uint64_t
reach_bit(const char *name)
{
	size_t i = number_of(name);

	assert(i < N_KNOWN);
	return UINT64_C(1) << i;
}

size_t
reach_names(const char *names[], size_t max)
{
	size_t i;

	for (i = 0; i < N_KNOWN && i < max; i++)
		names[i] = known[i];
	return max == 0 ? N_KNOWN : i;
}
