/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * captures - the files of continuity, read side by side: their packets go
 * into one table of flows in the order of their times, so that interfaces of
 * one host are seen together. Only one packet of each file is in memory.
 */
#ifndef CMD_CAPTURES_H
#define CMD_CAPTURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "packet/flows.h"

#define CAPTURES_MAX 64

struct captures {
	const char *filter; /* or NULL */
	const char *paths[CAPTURES_MAX];
	unsigned sides[CAPTURES_MAX];
	size_t n_paths;
	bool progress; /* on standard error */
	/* What was found: */
	uint64_t cut, dropped; /* files cut off; packets their captures lost */
	bool unknown_link;
};

/* Reads all of them into f. Warnings and errors are told on standard error;
 * gives the exit status, CMD_PASS when all went well. */
int captures_read(struct captures *c, struct flows *f);

#endif
