/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * journey - one history of a small world, led from one crossroads to the next:
 * what may come there is what is due, or that time passes, or a deed from
 * outside. Whoever leads it decides, also whether a fault strikes.
 *
 * A deed may come between any two things while not too many are under way;
 * while all rests, when the engine has just looked or is about to: how long
 * before that is all the same to it. When there were as many as are allowed,
 * what is still broken is mended, one after another, each when all rests.
 */
#ifndef SIM_SEARCH_JOURNEY_H
#define SIM_SEARCH_JOURNEY_H

#include "base/digest.h"
#include "sim/search/exhaustive.h"
#include "sim/search/smallworld.h"

#define JOURNEY_DUE 64

struct journey { /* nothing in it is outside of its memory but what is lent */
	const struct exhaustive *e;
	const struct smallworld *world;
	struct profile *profile; /* owned, coarse */
	struct simstage stage;
	struct trace *trace;
	struct simwalk *walk;
	struct machine *m;
	struct watch watch;
	unsigned deeds;	    /* that were done */
	unsigned under_way; /* of them, since all rested */
	unsigned faults;    /* that may still strike */
	uint32_t stands;    /* enum smallworld_bit */
	bool begun;	    /* it has come to its first rest */
	bool quiet;	    /* since it was set: nothing came from outside */
	bool (*strikes)(void *ctx);
	void *ctx;
};

struct crossroads {
	struct vevent *due[JOURNEY_DUE];
	size_t n_due;
	bool passes; /* nothing is due: time may pass until next_ns */
	int64_t next_ns;
	uint8_t deeds[SMALLWORLD_DEEDS]; /* that may come */
	size_t n_deeds;
	bool cut; /* more could come, but for exhaustive.events */
};

/* Up to the first rest all comes in the usual order: the engine brings up what
 * was there from the start. All is lent. strikes() says whether a fault that
 * may strike does. t is written whole when it is given; else it has what the
 * invariants need. */
struct journey *journey_new(const struct exhaustive *e,
    const struct smallworld *world, struct trace *t, bool (*strikes)(void *ctx),
    void *ctx);
void journey_free(struct journey *j);

/* How many ways there are from here. */
size_t journey_look(struct journey *j, struct crossroads *c);
void journey_take(struct journey *j, const struct crossroads *c, size_t way);

/* Nothing is under way but, perhaps, an engine that looks again some time. */
bool journey_rests(const struct journey *j);
/* Nothing will ever come by itself. */
bool journey_is_over(const struct journey *j);

/* All that decides what can come, but for how many deeds may. */
void journey_digest(const struct journey *j, struct digest *d);

#endif
