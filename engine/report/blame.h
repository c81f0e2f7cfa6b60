/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * blame - which record or state change of a run explains a gap in a packet
 * stream, and the sentence that says so to a person:
 *
 *	because hn0's link came 10.8ms after VF_DOWN
 *	because mce0 became lagg0's active port only 172ms after VF_UP
 *	because mce0 lost its link, until LINK_UP 2.1s later
 *	because lagg0 had no active port for 203ms
 *	because the VM was frozen for 300ms
 *	11ms after -mlx5_core0
 *
 * The reasons are those of the fail-over itself (FACTS.md B.4 to B.9, C.3,
 * D.5); what is none of them is only put beside the gap, not blamed.
 */
#ifndef REPORT_BLAME_H
#define REPORT_BLAME_H

#include "db/trace.h"

/* How long before a gap something may have happened that explains it. */
#define BLAME_NS INT64_C(5000000000)

/* Sets why, record and state of every gap of t, whose records and states are
 * on the gaps' clock. "" when t has neither records nor states. */
void blame_gaps(struct trace *t);

#endif
