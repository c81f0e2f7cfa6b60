/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fidelity - what a simulated run emitted, held against what was recorded
 * when the same things were done to a real kernel.
 *
 * Compared are the records of network interfaces, the routing-socket
 * messages, what the aggregate looked like, and the packets that were missed.
 * Each is a set of emitters (an interface's link task, the bus, a hn's VF
 * switch ...). What one emitter says has an order; between two of them any
 * order is good that the kernel leaves open (FACTS.md A.7). Equal texts are
 * paired within an emitter when their times are near:
 * FIDELITY_NEAR, and half the time since somebody did something but look.
 *
 * Not compared: records of other systems (GEOM, ACPI ...), the queue of a
 * boot, which holds the whole bus, what came before from_ns on the machine's
 * side, and what is said in db/witness.h. A link record (or its message) that
 * is followed by another one of the same interface within FIDELITY_COALESCE may
 * be missing: the kernel reports the last of several changes. So may a look of
 * the aggregate of less than FIDELITY_BLINK: who recorded it polled. IFINFO
 * messages without news count once.
 */
#ifndef REPORT_FIDELITY_H
#define REPORT_FIDELITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "db/recording.h"
#include "db/trace.h"
#include "report/known.h"

#define FIDELITY_NEAR	  (INT64_C(1000) * 1000000)
#define FIDELITY_COALESCE (INT64_C(50) * 1000000)
#define FIDELITY_BLINK	  (INT64_C(60) * 1000000)

enum fidelity_kind {
	FIDELITY_RECORD,
	FIDELITY_ROUTE,
	FIDELITY_AGGREGATE,
	FIDELITY_PROBE,
};
#define FIDELITY_KINDS 4

enum fidelity_fault {
	FIDELITY_MISSING, /* recorded, not emitted */
	FIDELITY_EXTRA,	  /* emitted, not recorded */
	FIDELITY_ORDER,	  /* emitted in an order the kernel never has */
	FIDELITY_SPREAD,  /* packets: not in the measured spread */
};

struct fidelity_difference {
	enum fidelity_kind kind;
	enum fidelity_fault fault;
	char *text;
	int64_t recorded_ns, emitted_ns; /* TRACE_OPEN: none */
	const struct known_row *known;	 /* NULL: nobody said why */
};

struct fidelity_count {
	bool compared; /* the recording has this kind */
	size_t recorded, emitted, equal;
	size_t folded;	 /* coalesced, blinks, repeated: on either side */
	size_t left_out; /* not modelled, or of the boot */
};

struct fidelity {
	char *recording;
	struct fidelity_count counts[FIDELITY_KINDS];
	struct fidelity_difference *list; /* by kind, then by time */
	size_t n, cap;
};

/* known may be NULL; its rows are borrowed. */
struct fidelity *fidelity_compare(const struct recording *r,
    const struct trace *t, int64_t from_ns, const struct known *known);
void fidelity_free(struct fidelity *f); /* NULL is fine */

/* Differences of which nobody said why. */
size_t fidelity_unknown(const struct fidelity *f);

void fidelity_write(const struct fidelity *f, bool color, struct strbuf *out);

const char *fidelity_kind_word(enum fidelity_kind kind);
const char *fidelity_fault_word(enum fidelity_fault fault);

#endif
