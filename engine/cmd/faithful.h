/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * faithful - a recording reenacted and held against what was recorded: the
 * part of "switchback replay --closed" around sim/stage/reenact.h and
 * report/fidelity.h.
 */
#ifndef CMD_FAITHFUL_H
#define CMD_FAITHFUL_H

#include <stdbool.h>

#include "db/recording.h"
#include "db/trace.h"
#include "report/fidelity.h"
#include "report/known.h"
#include "sim/scenario/scenario.h"

struct faithful { /* zeroed: nothing is reenacted */
	int64_t from_ns;
	struct known *known;
	struct fidelity *fidelity;
	struct strbuf left_out; /* deeds that no machine does */
};

/* The scenario, which the caller frees; NULL when nothing was done in the
 * recording, so that there is nothing to reenact, and NULL with *bad set after
 * a message. The file DIFFERENCES.md beside the recording, or else the shipped
 * one, says which differences are known. */
struct scenario *faithful_open(struct faithful *f, const struct recording *r,
    bool *bad);
void faithful_close(struct faithful *f);

void faithful_judge(struct faithful *f, const struct recording *r,
    const struct trace *t);

/* Whether nothing was judged, or all differences are known. */
bool faithful_is_good(const struct faithful *f);

/* What was found, as text; nothing when nothing was judged. */
void faithful_write(const struct faithful *f, bool color, struct strbuf *out);

#endif
