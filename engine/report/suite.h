/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * suite - the results of many runs, as text for people, TAP 14, JUnit XML,
 * JSON or Markdown. Pure.
 *
 * Every expectation that failed says in each form what was expected, what
 * happened, when, and the command that repeats the run; text and JUnit also
 * have the time line around it. Whatever the traces hold, the forms stay well
 * formed (report/clean.h).
 */
#ifndef REPORT_SUITE_H
#define REPORT_SUITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "db/trace.h"

struct suite_case {	  /* all borrowed */
	const char *name; /* the scenario's path */
	const char *policy;
	uint64_t seed;
	bool seeded;		   /* not the scenario's own seed: it is told */
	const struct trace *trace; /* NULL when it did not run */
	const char *skipped;	   /* the reason, or NULL */
	const char *error;	   /* bad input or infrastructure, or NULL */
	const char *repeat;	   /* the command that repeats it, or NULL */
};

enum suite_format {
	SUITE_TEXT,
	SUITE_TAP,
	SUITE_JUNIT,
	SUITE_JSON,
	SUITE_MARKDOWN
};

/* verbose: what held, and known faults with their reasons, in text too. */
void suite_write(enum suite_format format, const struct suite_case *cases,
    size_t n, bool color, bool verbose, struct strbuf *out);

/* The text of one case's failures alone; nothing when there is none. */
void suite_write_failures(const struct suite_case *c, bool color,
    struct strbuf *out);

#endif
