/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * history - the recording that explains a capture's gaps: a text recording,
 * or a run of a store, with the clock it is on.
 */
#ifndef CMD_HISTORY_H
#define CMD_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

#include "db/trace.h"
#include "packet/flows.h"

struct history {
	const char *recording; /* FILE[#NAME...], a store's as FILE#RUN; or */
	const char *db, *run;  /* ... these; NULL: none */
	bool has_offset;
	int64_t offset_ns;   /* what to add to its times */
	struct trace *trace; /* once read; owned */
	bool joined;	     /* its clock is known */
	int64_t shift_ns;
};

/* Reads what is named, if anything. The exit status, after a message. */
int history_read(struct history *h);

/* Finds its clock for captures that span these times, or says on standard
 * error that it cannot be joined. Gives the time that is 0 for both: the
 * first of all. */
int64_t history_join(struct history *h, int64_t from_ns, int64_t until_ns);

/* Gives the run's stored packets to f, as those of one host. */
int history_packets(const struct history *h, struct flows *f);

void history_fini(struct history *h);

#endif
