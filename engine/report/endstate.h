/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * endstate - what two runs left behind, field by field, as far as both know
 * it. Pure.
 *
 * An interface that one run never saw does not exist there. What a system
 * has by itself, and another need not have, is left out: the loopback
 * interface, and IPv6 link-local addresses. Ports and addresses are compared
 * whatever their order. A field that one side does not know (a real kernel is
 * not asked for everything) is counted, and is no difference.
 */
#ifndef REPORT_ENDSTATE_H
#define REPORT_ENDSTATE_H

#include <stddef.h>

#include "db/trace.h"

struct endstate_difference {
	char *object, *field; /* owned, as all here */
	char *a, *b;
};

struct endstate {
	size_t equal, only_a, only_b;	  /* fields */
	struct endstate_difference *list; /* by object and field */
	size_t n, cap;
};

void endstate_compare(const struct trace *a, const struct trace *b,
    struct endstate *out);
void endstate_fini(struct endstate *e);

#endif
