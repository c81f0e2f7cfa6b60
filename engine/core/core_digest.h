/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * core_digest - all that decides what a core will do from now on
 * (base/digest.h): what it knows, what it waits for and until when, under
 * whatever numbers.
 */
#ifndef CORE_CORE_DIGEST_H
#define CORE_CORE_DIGEST_H

#include "core/core.h"
#include "failover/native_digest.h"

struct jobs;

void core_digest(const struct core *c, native_is_current_fn *is_current,
    void *ctx, struct digest *d);

/* How many operations and commands ago this one was begun. */
uint32_t core_ago(const struct core *c, uint32_t id);

void jobs_digest(const struct jobs *j, struct digest *d);

#endif
