/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * explorer - runs the histories of many seeds, several at a time, and keeps
 * which invariants they break. What is found does not depend on how many run
 * at a time, unless the time is limited.
 */
#ifndef CMD_EXPLORER_H
#define CMD_EXPLORER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "core/core.h"
#include "sim/search/shrink.h"
#include "sim/search/states.h"

#define EXPLORER_SEEDS 4 /* of each invariant are made short */

struct explorer_find {			/* of one invariant */
	uint64_t count;			/* seeds that break it */
	uint64_t seeds[EXPLORER_SEEDS]; /* the lowest of them, ascending */
	size_t n_seeds;
	struct violation violation; /* of the first */
};

struct explorer {
	/* what is asked for */
	uint64_t first, last, step; /* seeds first, first + step, ... <= last */
	enum core_policy policy;
	unsigned stimuli; /* 0: drawn */
	int64_t jobs;
	int64_t time_ns; /* 0: no limit */
	bool hash;	 /* keep the hash of each trace */
	bool progress;	 /* a line on stderr that is written over */

	/* what came of it */
	uint64_t histories, failed;
	uint64_t reached;   /* reach_bit() of each place */
	struct states ends; /* the distinct ones */
	int64_t took_ns;
	struct explorer_find found[INVARIANTS];
	struct strbuf hashes; /* "HASH SEED" lines, in the order of seeds */

	struct ruleset *rules;
};

/* Reads rules and profiles. False after a message. */
bool explorer_open(struct explorer *x);
void explorer_run(struct explorer *x);
void explorer_fini(struct explorer *x);

/* How many places were reached; the names of the others are appended, a blank
 * in front of each. */
size_t explorer_places(const struct explorer *x, struct strbuf *never);

/* One who runs trials: its profiles are its own. False after a message. */
bool explorer_hand(const struct explorer *x, struct trial *t);
void explorer_hand_fini(struct trial *t);

#endif
