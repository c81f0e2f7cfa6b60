/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * compare - the same scenario under several policies, side by side: verdict,
 * packets, what came of each deed of the outside world, final state. Pure.
 */
#ifndef REPORT_COMPARE_H
#define REPORT_COMPARE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "db/trace.h"
#include "report/fidelity.h"

/* A table in printable ASCII, 120 columns wide at most. Its rows are those of
 * the first trace: the others must be runs of the same scenario, at most 4 in
 * all. */
void compare_write(const struct trace *const *traces, size_t n, bool color,
    struct strbuf *out);

/* The same and each expectation and gap besides, as one JSON object: title
 * and "runs", one for each trace. */
void compare_write_json(const struct trace *const *traces, size_t n,
    struct strbuf *out);

/* With "fidelity" besides, unless f is NULL. */
void compare_write_json_beside(const struct trace *const *traces, size_t n,
    const struct fidelity *f, struct strbuf *out);

#endif
