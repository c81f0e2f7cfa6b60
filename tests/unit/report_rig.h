/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * report_rig - traces to be reported, and what every report must keep to.
 */
#ifndef TESTS_REPORT_RIG_H
#define TESTS_REPORT_RIG_H

#include <stdbool.h>

#include "db/trace.h"

/* A run of 10 s: lagg0 over hn0 and mce0 with one probe of 1000/s, mce0 is
 * ejected at 5 s (mark "gone") and hn0 becomes active 10.5 ms later. Packets
 * 5001 to 5010, sent from 5.001 s on, are missing. No expectations. */
struct trace *rig_migration(const char *policy);

/* Adds an expectation at line 20 and up; at_ns may be TRACE_OPEN. */
struct trace_check *rig_check(struct trace *t, enum trace_verdict verdict,
    const char *text, int64_t at_ns);

struct trace_probe *rig_probe(struct trace *t, const char *name,
    const char *way);
struct trace_gap *rig_gap(struct trace *t, int32_t probe, uint64_t first_seq,
    uint64_t count, int64_t from_ns, int64_t to_ns);

/* Replaces a string that a trace owns. */
void rig_set(char **to, const char *text);

/* Fails the test unless every line ends and is printable ASCII of at most
 * width columns, between the colour codes if colour is allowed. */
void rig_expect_lines(const char *text, size_t width, bool color);

/* The number of times that part is in text. */
int rig_times(const char *text, const char *part);

#endif
