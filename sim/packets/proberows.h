/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * proberows - one direction of a probe, counted, as rows of a trace and as the
 * judge's numbers. One way for all that send probes, so that an expectation
 * means the same of all of them.
 */
#ifndef SIM_PACKETS_PROBEROWS_H
#define SIM_PACKETS_PROBEROWS_H

#include "db/trace.h"
#include "packet/continuity.h"
#include "sim/judge/judge.h"

struct proberows {
	const char *name, *way;
	int64_t period_ns;
	/* Why there is this gap, for a person; freed by the caller of it. */
	char *(*why)(const void *ctx, const struct continuity_gap *gap);
	const void *ctx;
};

/* Appends the probe's row and those of its gaps. */
struct trace_probe *proberows_add(const struct proberows *p,
    const struct continuity *c, struct trace *t);

/* Adds to out, which sums up a probe's directions. */
void proberows_judge(const struct continuity *c, struct judge_probe *out);

#endif
