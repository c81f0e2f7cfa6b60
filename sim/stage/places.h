/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * places - moments of the engine that a search should come through now and
 * then (sim/scenario/reach.h): what it sees that changed behind its back, why
 * it does what it does, what it tells, and what strikes it amid an operation.
 *
 * They are known by the engine's own words. A unit test holds each of them
 * against the engine's sources.
 */
#ifndef SIM_STAGE_PLACES_H
#define SIM_STAGE_PLACES_H

#include "failover/snapshot.h"
#include "sim/machine/ktask.h"
#include "sim/machine/machine.h"

#define PLACES_PAIRS 4 /* more are not watched */

struct places { /* zeroed: nothing was seen */
	struct {
		char vf[IFNAME_MAX], active[IFNAME_MAX];
		uint32_t vf_born;	/* which VF it is; 0: none is there */
		int64_t failed_over_ns; /* 0: never */
	} pairs[PLACES_PAIRS];
};

/* What the engine was just given to see. */
void places_see(struct places *p, struct machine *m, const struct snapshot *s);

void places_tell(struct machine *m, const char *note);
void places_begin(struct machine *m, const struct operation *op);
void places_end(const struct ktask *k);

/* Whether something that owner has begun is under way; NULL: that any engine
 * has. */
bool places_amid(const struct machine *m, const void *owner);

/* The words of an engine that makes a place; NULL behind the last. */
const char *places_words(size_t number);

#endif
