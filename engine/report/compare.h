/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * compare - several runs of one scenario side by side, a column each: what
 * was judged, what became of the packets, how fast it failed over and back,
 * how it ended and what it cost.
 */
#ifndef REPORT_COMPARE_H
#define REPORT_COMPARE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "db/trace.h"

/* Appends the table. A run's column is headed by its policy, or by its title
 * when it has none. No trace may be NULL; n may be 0, which gives nothing. */
void compare_write(const struct trace *const *traces, size_t n, bool color,
    struct strbuf *out);

#endif
