/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * shrink - makes a history that breaks an invariant as short and as plain as
 * it gets: stimuli and faults are left out, numbers lowered, as long as the
 * same invariant stays broken. Works on the choices (sim/search/choices.h).
 */
#ifndef SIM_SEARCH_SHRINK_H
#define SIM_SEARCH_SHRINK_H

#include "sim/search/trial.h"

struct shrink {
	struct trial *trial;
	enum invariant broken;
	unsigned tries, most_tries;
	/* Asked now and then; true stops. May be NULL. */
	bool (*enough)(void *ctx);
	void *ctx;
};

#define SHRINK_TRIES 5000

/* c has been run and breaks it; then holds the shorter choices, followed. */
void shrink_run(struct shrink *s, struct choices *c, struct trial_result *out);

#endif
