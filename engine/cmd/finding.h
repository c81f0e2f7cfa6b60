/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * finding - one seed that breaks one invariant: shrunk, written as a scenario,
 * and run again from that text, so that nobody is handed a file which does not
 * fail.
 */
#ifndef CMD_FINDING_H
#define CMD_FINDING_H

#include "cmd/explorer.h"

struct finding {
	uint64_t seed;
	enum invariant broken;
	char *repeat;	    /* a command */
	struct strbuf text; /* the scenario */
	size_t lines, lines_before;
	unsigned tries;
	int64_t took_ns;
	bool fails;	   /* the text does, for the same reason */
	struct trace *run; /* of the text; owned */
};

/* path: where the text is going to be, which its run tells.
 * Shrinks no longer than most_ns; 0: until it is done. False, after a message,
 * when rules or profiles are missing, or the seed does not break it. */
bool finding_make(const struct explorer *x, uint64_t seed,
    enum invariant broken, const char *program, const char *path,
    int64_t most_ns, struct finding *f);
void finding_fini(struct finding *f);

#endif
