/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * suite - the results of many runs, for a person, a test harness or a CI
 * server.
 *
 *	SUITE_TEXT	a line for each case, and all about those that failed
 *	SUITE_TAP	version 14, with the details as YAML
 *	SUITE_JUNIT	XML as CI servers read it
 *	SUITE_JSON	one object; keys always in the same order
 *
 * All four are well formed whatever bytes the strings hold: what the format
 * cannot carry is shown as "\xNN". Nothing depends on the clock or on the
 * machine, so equal cases give equal bytes.
 */
#ifndef REPORT_SUITE_H
#define REPORT_SUITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "db/trace.h"

struct suite_case { /* everything is borrowed for the call */
	const char *name;
	const char *policy; /* or "" */
	uint64_t seed;
	const struct trace *trace; /* NULL when it did not run */
	const char *skipped;	   /* the reason, or NULL */
	const char *error;	   /* trouble or bad input, or NULL: it fails */
	const char *repeat;	   /* the command that repeats it, or NULL */
};

enum suite_format { SUITE_TEXT, SUITE_TAP, SUITE_JUNIT, SUITE_JSON };

/* "text", "tap", "junit" or "json" into *f; false for any other word. */
bool suite_format_parse(const char *word, enum suite_format *f);

enum suite_outcome { SUITE_PASSED, SUITE_FAILED, SUITE_SKIPPED };

/* Failed when there is an error, when a check failed, or when a known fault
 * held (TRACE_MENDED); else skipped when a reason is given. A case with none
 * of trace, reason and error has failed: it says nothing. */
enum suite_outcome suite_outcome(const struct suite_case *c);

/* Appends. verbose shows, as text, every check of cases that passed too.
 * SUITE_TEXT ends with a line of its own: "N passed, N failed, N skipped". */
void suite_write(enum suite_format f, const struct suite_case *cases, size_t n,
    bool color, bool verbose, struct strbuf *out);

#endif
