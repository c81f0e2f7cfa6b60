/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * native_life - the planner's own times, what it remembers of an interface and
 * for how long, and what native.c lets native_digest.c see of it.
 */
#ifndef FAILOVER_NATIVE_LIFE_H
#define FAILOVER_NATIVE_LIFE_H

#include "base/digest.h"
#include "failover/native_parts.h"

/* An operation that succeeds and is wanted again at once has no effect here:
 * from the third time on it is held back like one that fails. */
#define NATIVE_AT_ONCE (INT64_C(2) * 1000000000)

/* So late a look means that the whole machine stood still, or that we did. */
#define NATIVE_LATE (INT64_C(1) * 1000000000)

/* Every pair is looked at so often, changed or not. */
#define NATIVE_STALE (INT64_C(5) * 1000000000)

/* Longer than an engine goes without any look (core/core.h, CORE_RESYNC). */
#define NATIVE_RENEWED (INT64_C(20) * 1000000000)

/* An interface of this name is another one now. */
void native_forget_holds(struct pair *p, const char *ifname);

void native_pair_digest(const struct pair *p, struct digest *d);

#endif
