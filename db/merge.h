/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * merge - puts the runs of several stores into one.
 *
 * Every run is copied as it is, with all rows of all tables; only its number
 * is new: runs are added in the order of the files, and of their numbers
 * within each. A file of an older schema is read through a copy in memory
 * that is brought up to date; no file but the output is written.
 *
 * A run that the output has already is left out: one of the same title,
 * policy, seed, source and trace_hash. Of runs that were written piece by
 * piece, which have no hash, all rows are compared, and their packets by
 * number, length and time.
 *
 * All or nothing. Each input is examined whole (its pages, references and
 * hashes) before the output is opened; the runs are added in one transaction,
 * and an output that did not exist gets its name when it is complete.
 *
 * Errors are those of db/store.h, with the name of the file that is to blame;
 * besides, ERR_INPUT when the output is one of the inputs.
 */
#ifndef DB_MERGE_H
#define DB_MERGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "db/trace.h"

#define MERGE_ALL 1u /* also runs that the output has already */

/* One run of an input. */
struct merge_run {
	size_t input;		       /* index of the file */
	int64_t was;		       /* its number there */
	int64_t run;		       /* its number in the output */
	bool known;		       /* … where it was already */
	const struct trace_run *about; /* borrowed, as all of this */
};

/* Called for every run, in order, once all is done. */
typedef void merge_fn(void *ctx, const struct merge_run *run);

int merge_stores(const char *output, const char *const *inputs, size_t n,
    unsigned flags, merge_fn *fn, void *ctx, struct err *e);

#endif
