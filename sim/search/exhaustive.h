/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * exhaustive - every history of a small world (sim/search/smallworld.h) with a
 * number of events from outside and a number of faults.
 *
 * Time is coarse: what takes less than half a second takes none, and of all
 * that is due at one moment anything may come first; so every order of
 * records, tasks, timers and commands is tried. An event may come before and
 * behind each of them, and whenever time is about to pass. A fault may strike
 * everything that it matches.
 *
 * A history is run anew for each choice that was left open in one before.
 * Where it comes to a state that was met before (base/digest.h), it ends:
 * orders that come to the same thing are tried once. Invariants are looked at
 * in every state, and those of the end in every state that rests, in which
 * nothing is under way but a timer of the engine's far away.
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
	unsigned events, faults; /* at most */
	unsigned overlap;	 /* events under way at a time, at most */
	/* Asked after each history; true stops. May be NULL. */
	bool (*enough)(void *ctx, uint64_t states, uint64_t histories);
	void *ctx;
};

struct exhaustive_result {
	uint64_t states, folded;  /* and how often one was met again */
	uint64_t moves;		  /* from one state to another */
	uint64_t histories;	  /* that were begun */
	uint64_t rests, restless; /* of the states; restless: it never rests */
	size_t deepest;		  /* open choices in one history */
	bool complete;
	struct violation found[INVARIANTS];
	size_t n_found;
	uint32_t broken; /* a bit for each invariant */
	/* The history that broke the first one, as choices; owned. */
	uint16_t *path;
	size_t n_path;
};

void exhaustive_run(const struct exhaustive *e, struct exhaustive_result *out);
void exhaustive_result_fini(struct exhaustive_result *r);

/* Runs one history of choices, up to where they end, and writes all of it to
 * t; told() is called after each thing that happens. False when there are no
 * such choices. */
bool exhaustive_tell(const struct exhaustive *e, const uint16_t *path,
    size_t n_path, struct trace *t,
    void (*told)(void *ctx, const struct trace *t), void *ctx);

#endif
