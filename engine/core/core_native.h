/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * core_native - what a core under CORE_NATIVE says of its fail-over.
 */
#ifndef CORE_CORE_NATIVE_H
#define CORE_CORE_NATIVE_H

#include "base/strbuf.h"
#include "core/core.h"

/* Looks that had no other reason than that time had passed. */
uint64_t core_resyncs(const struct core *c);

/* As native_why(); false under another policy. */
bool core_why(const struct core *c, const struct snapshot *s,
    const struct snap_if *hn, struct strbuf *out);

#endif
