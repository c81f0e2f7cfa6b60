/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sometimes - the places of the model that all runs of a folder together must
 * come through (sim/scenario/reach.h): a file called "sometimes" in the folder
 * names them, one a line, with a comment behind "#".
 */
#ifndef CMD_SOMETIMES_H
#define CMD_SOMETIMES_H

#include <stdbool.h>
#include <stddef.h>

#include "db/trace.h"
#include "report/suite.h"

struct sometimes { /* zeroed is empty */
	struct sometimes_list *lists;
	size_t n, cap;
};

/* Reads the files in and below the folders among the paths. Mistakes are told
 * on stderr; false then. */
bool sometimes_read(struct sometimes *s, char *const *paths, int count);
void sometimes_fini(struct sometimes *s);

/* A scenario was run: counts where it came through. */
void sometimes_note(struct sometimes *s, const char *scenario,
    const struct trace *t);

/* The result of list i < s->n: as if it were a scenario, with one expectation
 * for each place. Borrows from s. */
struct suite_case sometimes_result(const struct sometimes *s, size_t i);

#endif
