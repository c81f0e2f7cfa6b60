/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * record_lines - bytes in pieces of any size become records, one a line.
 *
 * Empty lines are no records. A line longer than a record may be is cut, as
 * devd cuts a record. Needs no memory but its own.
 */
#ifndef WORLD_RECORD_LINES_H
#define WORLD_RECORD_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "event/devline.h"

struct record_lines {	  /* zeroed is empty */
	char chunk[8192]; /* what is not looked at yet: [at, end) */
	size_t at, end;
	char line[DEVLINE_MAX];
	size_t used;
};

/* Where to put the next bytes, and how many. Only when all is taken. */
char *record_lines_room(struct record_lines *l, size_t *bytes);
void record_lines_filled(struct record_lines *l, size_t bytes);

/* The next whole line, or with at_end also a last one without its newline.
 * Copied to out, of DEVLINE_MAX bytes; not terminated. False: none. */
bool record_lines_take(struct record_lines *l, bool at_end, char *out,
    size_t *bytes);

#endif
