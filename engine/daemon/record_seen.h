/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * record_seen - a table of interfaces as state rows of a trace: the fields of
 * db/trace_rows.h, as far as a running system tells them. Fields that nobody
 * asks a kernel for (dhclient, capabilities) have no rows.
 */
#ifndef DAEMON_RECORD_SEEN_H
#define DAEMON_RECORD_SEEN_H

#include "db/trace.h"
#include "world/linktable.h"

struct record_seen {	     /* zeroed to begin with */
	struct ipaddr *nets; /* that had a row: some may be gone */
	size_t n_nets, cap_nets;
};

void record_seen_fini(struct record_seen *s);

/* Rows for what has changed in the table, which is then marked unchanged. */
void record_seen_table(struct record_seen *s, struct trace *t, int64_t at_ns,
    struct linktable *table);

/* An interface is no more. */
void record_seen_gone(struct trace *t, int64_t at_ns, const char *name);

#endif
