/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * versus - many scenarios under several policies, one line for each scenario:
 * packets lost, the longest gap, what is left at the end, the verdict. Pure.
 */
#ifndef REPORT_VERSUS_H
#define REPORT_VERSUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "db/trace.h"

#define VERSUS_POLICIES 2

enum versus_verdict {
	VERSUS_PASS,
	VERSUS_KNOWN, /* a known fault, as the scenario says */
	VERSUS_FAIL,
	VERSUS_SKIP, /* not for this policy, or not on this system */
	VERSUS_BAD,  /* it did not run */
};

struct versus_cell {
	enum versus_verdict verdict;
	bool probed; /* there were packets, and the two numbers */
	uint64_t lost;
	int64_t longest_gap_ns;
	const char *state; /* final_word(); NULL when it did not run */
};

struct versus_row {
	const char *name; /* borrowed: the scenario's path */
	struct versus_cell cells[VERSUS_POLICIES];
};

/* What is told of one run. */
struct versus_cell versus_cell_of(const struct trace *t);

enum versus_format { VERSUS_TEXT, VERSUS_MARKDOWN, VERSUS_JSON };

/* Appends the table, and the totals below it. policies are the heads of the
 * columns, n_policies of them; text is at most 120 columns wide. */
void versus_write(enum versus_format format, const struct versus_row *rows,
    size_t n, const char *const *policies, size_t n_policies,
    struct strbuf *out);

#endif
