/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * packetlog - the text of a row of is=packets (labwire.h): what became of
 * probes at one end of a stream. "0,1000,2000,0 1,6000,7000,101", each
 * SEQUENCE,AT,SENT,ERROR. Pure.
 */
#ifndef AGENT_PACKETLOG_H
#define AGENT_PACKETLOG_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"

#define PACKETLOG_ROW 256 /* packets at most of one row */

struct packetlog_entry {
	uint64_t sequence;
	/* Times are at most DUR_MAX (base/dur.h). */
	int64_t at_ns;	 /* sent: when it was handed over; got: when read */
	int64_t sent_ns; /* as its header says: the sender's wall clock */
	int error;	 /* sent: the errno it was refused with; 0: it went */
};

/* Appends. */
void packetlog_put(struct strbuf *text, const struct packetlog_entry *p);

/* Takes one from text[*at..bytes), in the order they were put: 1, 0 at the
 * end, or ERR_INPUT. */
int packetlog_take(const char *text, size_t bytes, size_t *at,
    struct packetlog_entry *p, struct err *err);

#endif
