/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * verdict - how the expectations of one run came out.
 */
#ifndef REPORT_VERDICT_H
#define REPORT_VERDICT_H

#include <stdbool.h>
#include <stddef.h>

#include "db/trace.h"

struct verdicts {
	size_t held;
	size_t failed; /* known faults that held are among them */
	size_t known;  /* known faults that failed, as the scenario says */
	size_t judged; /* all of these; skipped ones are not */
};

struct verdicts verdict_count(const struct trace *t);
bool verdict_is_failure(const struct trace_check *c);

#endif
