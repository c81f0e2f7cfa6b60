/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * course_text - a course of events as a scenario file, which expects what did
 * not hold: for a person to read, and to be kept as a regression.
 */
#ifndef SIM_SEARCH_COURSE_TEXT_H
#define SIM_SEARCH_COURSE_TEXT_H

#include "base/strbuf.h"
#include "sim/search/invariant.h"

/* Appends it in its canonical form; v may be NULL. command repeats the search
 * that found it, and stands in a comment. */
void course_text(const struct course *h, const struct violation *v,
    enum core_policy policy, const char *command, struct strbuf *out);

/* Lines that are no comment and not empty. */
size_t course_lines(const char *text);

#endif
