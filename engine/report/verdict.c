/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/verdict.h"

bool
verdict_is_failure(const struct trace_check *c)
{
	return c->verdict == TRACE_FAIL || c->verdict == TRACE_MENDED;
}

struct verdicts
verdict_count(const struct trace *t)
{
	struct verdicts v = { 0 };
	size_t i;

	for (i = 0; i < t->n_checks; i++) {
		v.held += t->checks[i].verdict == TRACE_PASS;
		v.failed += verdict_is_failure(&t->checks[i]);
		v.known += t->checks[i].verdict == TRACE_KNOWN_FAULT;
	}
	v.judged = v.held + v.failed + v.known;
	return v;
}
