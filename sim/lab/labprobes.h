/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * labprobes - what became of the lab's probes: the sender's log and the
 * receiver's, on one clock, as the rows and numbers that sim/packets gives of
 * simulated ones, by the same packet/continuity.h. Pure.
 *
 * A packet counts where it was sent: windows and gaps are by sending times, as
 * in the simulated machine. It is delivered when any copy arrived, however
 * late: later than LABPROBES_LATE behind the fastest of its stream is "late"
 * besides. A real sender is not on time to the nanosecond, and an
 * emulated one waits for a processor, so a pause between two packets is a gap
 * with nothing missing only when it is longer than a period by half of it and
 * by LABPROBES_PAUSE (a simulated one is whole periods).
 */
#ifndef SIM_LAB_LABPROBES_H
#define SIM_LAB_LABPROBES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/trace.h"
#include "sim/judge/judge.h"

#define LABPROBES_LATE	   INT64_C(100000000)
#define LABPROBES_PAUSE	   INT64_C(40000000)
#define LABPROBES_ODDITIES 10000 /* rows at most; the numbers count all */

struct labprobes;

struct labprobes_sent {
	uint64_t seq; /* grows; may leave numbers out that were never tried */
	int64_t at_ns;
	int refused; /* the sender's errno; 0: it went */
};

struct labprobes_got {
	uint64_t seq;
	int64_t at_ns;
	int64_t sent_ns; /* as the packet says, its sender's wall clock; for
			    whoever wants it, not looked at here */
};

struct labprobes_stream { /* one direction of one probe */
	const char *name;
	const char *way; /* "out", "in", "echo" */
	int64_t period_ns;
	const struct labprobes_sent *sent;
	size_t n_sent;
	const struct labprobes_got *got; /* of an echo: the answers */
	size_t n_got;
};

/* All times given are of one clock; in rows and windows they count from
 * origin_ns of it. */
struct labprobes *labprobes_new(int64_t origin_ns);
void labprobes_free(struct labprobes *l); /* NULL is fine */

/* Copies. In the scenario's order, an echo or "out" before "in", rows are as
 * the simulated machine's. */
void labprobes_add(struct labprobes *l, const struct labprobes_stream *s);

/* The VM stood still (STOP to RESUME, of whichever QEMU). Any order; they may
 * overlap. */
void labprobes_add_stop(struct labprobes *l, int64_t from_ns, int64_t to_ns);

/* Puts probes, gaps and oddities into the trace. */
void labprobes_report(const struct labprobes *l, struct trace *t);

judge_probe_fn labprobes_judge; /* ctx is the labprobes */

struct labprobes_gap {
	int64_t from_ns, to_ns; /* from origin_ns */
	int64_t stopped_ns;	/* of it, while the VM stood still ... */
	int64_t rest_ns;	/* ... and while it ran */
	uint64_t missing, refused;
};

/* The longest gap of one direction in a window, split. False: no such stream,
 * or no gap. */
bool labprobes_longest(const struct labprobes *l, const char *name,
    const char *way, int64_t from_ns, int64_t until_ns,
    struct labprobes_gap *out);

/* Arrivals whose sending nobody logged (a sender's log that was lost). */
uint64_t labprobes_strays(const struct labprobes *l);

#endif
