/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * comparestage - "switchback compare --stage A,B": runs of one scenario on two
 * stages, side by side; made now, or taken from a store.
 */
#ifndef CMD_COMPARESTAGE_H
#define CMD_COMPARESTAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "cmd/policies.h"

struct comparestage {
	const char *stages;   /* "sim,vm" */
	const char *db;	      /* NULL: the scenarios are run */
	const char *which[2]; /* runs of it by number or title; NULL: of each */
	int n_which;	      /* scenario and policy the newest ones */
	struct policies policies;
	int64_t jobs;
	const char *machine; /* of runs that are made; NULL: their own */
	bool json;
	const char *out_path; /* NULL: standard output */
};

/* False after a message: the options do not go together, or a stage is not
 * known. */
bool comparestage_check(const struct comparestage *c, int n_paths);

/* paths: of scenarios, NULL-terminated; not looked at with a store. Gives the
 * exit status: 0 each pair ended in the same state and nothing failed, 1 some
 * did not, 2 bad input, 3 trouble, 4 there was nothing to compare. */
int comparestage_run(const struct comparestage *c, char *const *paths);

#endif
