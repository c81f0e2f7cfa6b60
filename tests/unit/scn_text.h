/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * scn_text - scenarios for tests: made from text, and written out as text.
 */
#ifndef TESTS_SCN_TEXT_H
#define TESTS_SCN_TEXT_H

#include "sim/scenario/scenario.h"

/* Parses `scenario "t"` and a NIC hn0 (00:0d:3a:f5:76:bd), a VF mce0 and a
 * probe p4 (udp, 1000/s), then the lines. Fails the test on any mistake. */
struct scenario *scn_text_parse(const char *lines);

/* As written, nothing in front. */
struct scenario *scn_text_parse_all(const char *text);

/* The findings for a whole text, one line each; the caller frees. */
char *scn_text_findings(const char *text, size_t bytes);

/* All that the tree says but lines and columns; the caller frees. */
char *scn_text_dump(const struct scenario *s);

#endif
