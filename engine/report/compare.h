/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * compare - the same scenario under several policies, side by side: verdict,
 * packets, fail-over times, final state. Pure.
 */
#ifndef REPORT_COMPARE_H
#define REPORT_COMPARE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "db/trace.h"

void compare_write(const struct trace *const *traces, size_t n, bool color,
    struct strbuf *out);

#endif
