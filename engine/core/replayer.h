/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * replayer - runs again what was written down of cores (core/decision.h): each
 * is made anew from its setup, told the same inputs at the same times, and has
 * to give the same intents, bit for bit.
 *
 * What differs is the finding. It is told once: from there on the core is
 * another than it was, and its rows are passed over until a row at which it is
 * known again ("rest"). So are those of a core whose beginning is missing.
 *
 * Rows are hostile: what is wrong with one is an error with its place in it.
 */
#ifndef CORE_REPLAYER_H
#define CORE_REPLAYER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct replay_row { /* borrowed */
	size_t number;
	int64_t at_ns;
	bool in;
	const char *kind, *body;
	size_t bytes;
};

struct replay_difference { /* lives during the call */
	uint32_t core;
	/* The input that led to it; its body is without the core's number only
	 * when that is 0. A rest that is none is an input, too. */
	struct replay_row input;
	/* What was answered to it: then and now. */
	const struct replay_row *recorded, *replayed;
	size_t n_recorded, n_replayed;
	size_t first; /* place of the first that differs, in both */
};

struct replay_counts {
	uint32_t cores;	 /* that there are rows of */
	uint64_t inputs; /* given again, and answered as then */
	uint64_t intents;
	uint64_t passed; /* inputs that were not given again: see above */
	uint64_t differences;
};

struct replayer;
struct replayer *replayer_new(void (*found)(void *ctx,
				  const struct replay_difference *d),
    void *ctx);
void replayer_free(struct replayer *r); /* NULL is fine */

/* All setups first, then the rows. Copied. ERR_INPUT, and e says where. */
int replayer_setup(struct replayer *r, const char *name, const void *body,
    size_t bytes, struct err *e);
int replayer_row(struct replayer *r, const struct replay_row *row,
    struct err *e);

/* The last input is compared; counts may be NULL. */
void replayer_end(struct replayer *r, struct replay_counts *counts);

#endif
