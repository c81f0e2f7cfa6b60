/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * draft - a scenario made of a run that is stored: somebody's log or recording
 * (db/foreign.h, db/recording.h), or a simulated run. For a person to edit.
 *
 * What the outside world did is taken, and nothing else: a simulated run's own
 * stimuli; else those which sim/stage/stimuli.h finds in the records. The
 * machine makes the consequences.
 *
 * Who plays which part is read off the states: an object with a field "vf" is
 * a synthetic NIC, what is in that field its VF; else off the records, as
 * sim/stage/reenact_parts.h casts a recording. Addresses and router are those
 * that were seen, or stand-ins out of RFC 5737, which a comment says.
 *
 * A bond makes it a Linux scenario. A Linux guest whose netvsc is its VF's
 * master already has nothing for an engine to do, so what its host did is done
 * to a FreeBSD guest, whose names hn0 and mce0 stand for the log's.
 *
 * The first stimulus is moved to DRAFT_FIRST, when every machine has settled;
 * the distances are kept. A VF that came while its machine booted, and did
 * more later, is there from boot.
 *
 * Expectations are proposed in two steps: bounds out of what the native engine
 * needs, with room (draft_propose()); then every proposal is judged, and what
 * stock does not meet is its known fault, what native does not meet becomes a
 * comment. So the draft is green.
 */
#ifndef SIM_STAGE_DRAFT_H
#define SIM_STAGE_DRAFT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "db/trace.h"
#include "rules/ruleset.h"
#include "sim/machine/profile.h"

#define DRAFT_FIRST (INT64_C(30) * 1000000000)

struct draft;

struct draft_stage { /* what a run of it needs */
	const struct ruleset *rules;
	/* A profile by name, which the draft frees; NULL after a message. */
	struct profile *(*profile)(const char *name);
};

/* title NULL: the run's own. ERR_INPUT, with what is missing, when nothing
 * happens in the run that a machine could do. The caller frees. */
int draft_make(const struct trace *t, const char *title, struct draft **out,
    struct err *e);
void draft_free(struct draft *d); /* NULL is fine */

/* Adds the expectations. ERR_STATE when the machine cannot do what the draft
 * says, which the text tells. */
int draft_propose(struct draft *d, const struct draft_stage *stage,
    struct err *e);

/* The scenario in its canonical form. */
int draft_write(const struct draft *d, struct strbuf *out, struct err *e);

#endif
