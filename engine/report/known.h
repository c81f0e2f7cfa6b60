/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * known - differences between machine and recordings that somebody has looked
 * into, and the spread that was measured: a Markdown file for people, of
 * which the tables are read here.
 *
 *	| recordings | kind | difference | reason |
 *	| recordings | missing probes | longest hole ms | source |
 *
 * recordings and difference are patterns as of sh(1), in backquotes or not. A
 * difference is "missing TEXT", "extra TEXT", "order TEXT" or "spread TEXT";
 * kind is record, route, aggregate or probe. A spread is "LOW..HIGH".
 */
#ifndef REPORT_KNOWN_H
#define REPORT_KNOWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"

struct known_row {
	char *recordings, *kind, *difference, *reason;
	unsigned line;
};

struct known_spread {
	char *recordings;
	int64_t low, high; /* probes missing */
	int64_t hole_low_ns, hole_high_ns;
	unsigned line;
};

struct known {
	char *path;
	struct known_row *rows;
	size_t n_rows, cap_rows;
	struct known_spread *spreads;
	size_t n_spreads, cap_spreads;
};

/* NULL, with findings in d, when a row is not understood. */
struct known *known_parse(const char *path, const char *text, size_t bytes,
    struct diag *d);
void known_free(struct known *k); /* NULL is fine */

/* The first that fits, or NULL. k may be NULL. */
const struct known_row *known_find(const struct known *k, const char *recording,
    const char *kind, const char *difference);
const struct known_spread *known_find_spread(const struct known *k,
    const char *recording);

#endif
