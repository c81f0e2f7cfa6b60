/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * calibrate - delays of a machine profile, measured in runs of a real machine.
 * Pure.
 *
 * A run shows how long some things take from outside: an operation, a VF from
 * the host's offer to its interface, the standstill of a migration. Each is
 * the sum of delays of the simulated machine. One that shows elsewhere by
 * itself is taken off; what is left is one delay, or two that are divided as
 * the profile has them. What a run does not show stays as the profile has it.
 * An operation that took no time at all is one of which only the log told.
 *
 * Of n measured times the delay is "least..median..most", of two "a..b", of
 * one that time. The driver of a VF is not in a trace: its delays are those of
 * vf.*.
 */
#ifndef SIM_STAGE_CALIBRATE_H
#define SIM_STAGE_CALIBRATE_H

#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "db/trace.h"
#include "sim/machine/profile.h"

struct calibration;

/* base is borrowed. */
struct calibration *calibration_new(const struct profile *base);
void calibration_free(struct calibration *c); /* NULL is fine */

/* Measures one run. */
void calibration_take(struct calibration *c, const struct trace *t);

/* How many delays were measured so far. */
size_t calibration_count(const struct calibration *c);

/* Appends the text of a profile, base_text being that of base: its lines,
 * but those of measured delays with what was measured. name tells in its
 * machine line whose runs these were. */
void calibration_profile(const struct calibration *c, const char *base_text,
    size_t bytes, const char *name, struct strbuf *out);

/* Appends a table for a person: each delay, how often it was measured, what
 * it is now and how the profile had it. */
void calibration_table(const struct calibration *c, struct strbuf *out);

#endif
