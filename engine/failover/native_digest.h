/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * native_digest - all that decides what a planner will do from now on
 * (base/digest.h). What it only tells a person about is left out.
 */
#ifndef FAILOVER_NATIVE_DIGEST_H
#define FAILOVER_NATIVE_DIGEST_H

#include "base/digest.h"
#include "failover/native.h"

/* Whether an interface is now as it was in this version (struct snap_if). */
typedef bool native_is_current_fn(void *ctx, uint64_t version);

void native_digest(const struct native *n, native_is_current_fn *is_current,
    void *ctx, struct digest *d);

/* What the planner of an operation sees of it. */
void operation_digest(const struct operation *op, struct digest *d);

#endif
