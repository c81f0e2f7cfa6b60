/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * suite - the results of many runs, as text for people, TAP 14, JUnit XML or
 * JSON. Pure.
 */
#ifndef REPORT_SUITE_H
#define REPORT_SUITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "db/trace.h"

struct suite_case {
	const char *name; /* the scenario's path */
	const char *policy;
	uint64_t seed;
	const struct trace *trace; /* NULL when it did not run */
	const char *skipped;	   /* the reason, or NULL */
	const char *error;	   /* bad input or infrastructure, or NULL */
	const char *repeat;	   /* the command that repeats it, or NULL */
};

enum suite_format { SUITE_TEXT, SUITE_TAP, SUITE_JUNIT, SUITE_JSON };

void suite_write(enum suite_format format, const struct suite_case *cases,
    size_t n, bool color, bool verbose, struct strbuf *out);

#endif
