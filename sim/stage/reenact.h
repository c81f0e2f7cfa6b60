/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reenact - a scenario that does what was done in a recording: the commands
 * that somebody typed and what the host did, each at its time, and nothing
 * else (DESIGN.md 6, closed replay). What came of it is left to the machine.
 *
 * Which NICs there were, and how they stood when the recording began, is read
 * off the recording (db/witness.h): the aggregate's first look, the first
 * outputs, who is heard of before anybody made it. The machine is brought
 * there by commands of its own before from_ns.
 *
 * Of a command line the parts are taken that guest programs know
 * (sim/guest/guest.h); loops of sh(1) over words or counts are unrolled, pipes
 * and redirections cut off. A guest that was recorded with devd(8) has the
 * stock daemon; "devd stopped" and "no devd" have none. The queue of a boot,
 * which is the whole bus, is put into devctl as it was.
 */
#ifndef SIM_STAGE_REENACT_H
#define SIM_STAGE_REENACT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "db/recording.h"
#include "sim/scenario/scenario.h"

/* FREEBSD.md: what the kernel waits after the attention button of a slot. */
#define REENACT_ATTENTION (INT64_C(5) * 1000000000)

struct reenact {
	struct scenario *scenario; /* owned by the caller after the call */
	int64_t from_ns;	   /* the recording begins here */
	struct strbuf left_out;	   /* deeds that were not taken, a line each */
};

/* Whether somebody did something in it, so that there is a reenactment. */
bool reenact_is_possible(const struct recording *r);
void reenact(const struct recording *r, struct reenact *out);

#endif
