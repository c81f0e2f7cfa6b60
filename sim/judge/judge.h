/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * judge - holds a finished trace against a scenario's expectations and
 * appends one check row for each. Pure: trace in, rows out.
 */
#ifndef SIM_JUDGE_JUDGE_H
#define SIM_JUDGE_JUDGE_H

#include <stdbool.h>

#include "db/trace.h"
#include "sim/scenario/scenario.h"

/* Numbers of one direction of a probe inside a window, which only the stage
 * that sent it knows. way is "out", "in", "echo" or "" for all summed up (the
 * gap being the longest of them). */
struct judge_probe {
	uint64_t sent, lost, refused, duplicated, reordered;
	int64_t longest_gap_ns, longest_gap_at_ns;
};
/* False when there is no such probe. from_ns and until_ns bound the sending
 * time: from_ns <= t < until_ns. */
typedef bool judge_probe_fn(void *ctx, const char *name, int64_t from_ns,
    int64_t until_ns, struct judge_probe *out);

/* Appends to t->checks. Returns true when nothing failed (known faults that
 * did fail count as good; a known fault that held counts as a failure, so
 * that the scenario gets corrected). */
bool judge_run(const struct scenario *s, const char *policy, struct trace *t,
    judge_probe_fn *probe, void *ctx);

#endif
