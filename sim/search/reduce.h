/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reduce - makes the text of a scenario that somebody wrote as short and as
 * plain as it gets while something about it stays as it is: lines and words are
 * left out, times lowered. What comes of it is tried, so most of what it makes
 * up may be nonsense.
 *
 * Unlike sim/search/shrink.h it knows nothing of how the scenario came about.
 */
#ifndef SIM_SEARCH_REDUCE_H
#define SIM_SEARCH_REDUCE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"

struct reduce {
	/* Whether this text will do. */
	bool (*holds)(void *ctx, const char *text, size_t bytes);
	void *ctx;
	unsigned tries, most_tries;
	/* Asked before each try; true stops. May be NULL. */
	bool (*enough)(void *ctx);
};

/* text holds, is canonical, and has absolute times only. The line number keep
 * and the first statement stay as they are. */
void reduce_run(struct reduce *r, struct strbuf *text, unsigned keep);

#endif
