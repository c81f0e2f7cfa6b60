/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * exhaustive - every history of a small world (sim/search/smallworld.h) with a
 * number of events from outside, each of them any that the world allows as it
 * then stands, and a number of faults.
 *
 * Time is coarse: what takes less than half a second takes none, and of all
 * that is due at one moment anything may come first; so every order of
 * records, tasks, timers and commands is tried. An event may come before and
 * behind each of them, and whenever time is about to pass. A fault may strike
 * everything that it matches.
 *
 * Where a history comes to a state that was met before (base/digest.h), it
 * ends: orders that come to the same thing are tried once. How many events may
 * still come is no part of a state, since all that is reached after fewer
 * events is looked at first: who comes there later has no event left that was
 * not tried. So once nothing new is reached with one event more, nothing will
 * be with any number of them: it is closed.
 *
 * Invariants are looked at in every state. Those of the end are looked at in
 * every state that rests (nothing is under way but a timer of the engine's far
 * away), in which nothing is broken that the world can mend, and that lasts:
 * nothing will happen any more, or it comes back to it for ever.
 */
#ifndef SIM_SEARCH_EXHAUSTIVE_H
#define SIM_SEARCH_EXHAUSTIVE_H

#include "rules/ruleset.h"
#include "sim/machine/profile.h"
#include "sim/search/invariant.h"

struct exhaustive { /* all borrowed */
	const struct ruleset *rules;
	const struct profile *profile; /* smallworld_machine */
	enum core_policy policy;
	const char *world, *alphabet; /* of smallworld_open() */
	unsigned events, faults;      /* at most */
	unsigned overlap;	      /* events under way at a time, at most */
	/* Goes on from each state a second time, when it is met again by
	 * another way, and counts those from which something else comes then:
	 * what a digest leaves out does decide. */
	bool twice;
	/* Asked after each history; true stops. May be NULL. */
	bool (*enough)(void *ctx, uint64_t states, uint64_t histories);
	void *ctx;
};

struct exhaustive_result {
	uint64_t states, folded;  /* and how often one was met again */
	uint64_t moves;		  /* from one state to another */
	uint64_t histories;	  /* that were begun */
	uint64_t rests, restless; /* of the states; restless: it never rests */
	uint64_t unlike;	  /* of them, see twice */
	size_t deepest;		  /* open choices in one history */
	bool complete;
	bool closed; /* and would be with any number of events */
	struct exhaustive_find {
		struct violation violation; /* of each one the first */
		uint16_t *path;		    /* what led there; owned */
		size_t n_path;
	} found[INVARIANTS];
	size_t n_found;
	uint64_t broken; /* a bit for each invariant */
	/* What led to one of the restless; owned; NULL: there are none. */
	uint16_t *restless_path;
	size_t n_restless_path;
};

/* False when the alphabet has a word that is not known. */
bool exhaustive_run(const struct exhaustive *e, struct exhaustive_result *out);
void exhaustive_result_fini(struct exhaustive_result *r);

/* Runs one history of choices, up to where they end, and writes all of it to
 * t; told() is called after each thing that happens. False when there are no
 * such choices. */
bool exhaustive_tell(const struct exhaustive *e, const uint16_t *path,
    size_t n_path, struct trace *t,
    void (*told)(void *ctx, const struct trace *t), void *ctx);

#endif
