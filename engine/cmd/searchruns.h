/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * searchruns - a search in the store (db/store.h), so that report, diff and
 * merge know of it: the run of each shrunk history, as switchback test would
 * store it, and behind them a run of the kind "search" that has a check for
 * each invariant and no time of its own.
 */
#ifndef CMD_SEARCHRUNS_H
#define CMD_SEARCHRUNS_H

#include "cmd/explorer.h"
#include "db/store.h"

/* Each gives an exit status, after a message. path NULL: no store, and *out is
 * NULL. */
int searchruns_open(const char *path, struct store **out);
int searchruns_add(struct store *s, const struct trace *t); /* s may be NULL */

/* The caller frees it. */
struct trace *searchruns_summary(const struct explorer *x);

#endif
