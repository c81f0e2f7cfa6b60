/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * final - what a run left behind: aggregates with their ports, and addresses.
 */
#ifndef REPORT_FINAL_H
#define REPORT_FINAL_H

#include <stdbool.h>

#include "base/strbuf.h"
#include "db/trace.h"

/* Appends "lagg0: active mce0 of hn0 mce0", one after the other, or "no
 * aggregate". */
void final_aggregates(const struct trace *t, struct strbuf *out);

/* Appends "10.0.0.4/24 on lagg0, ..."; "none" when there is none. */
void final_addresses(const struct trace *t, struct strbuf *out);

/* Appends a line for each object that is there, or for this one alone, with
 * the newest value of each of its fields: "hn0: up yes, link up, ...". False
 * when there is none. */
bool final_objects(const struct trace *t, const char *object,
    struct strbuf *out);

/* One word for how the aggregates of synthetic NICs stand: "VF-ON" when a VF
 * carries, "SYN" when a synthetic NIC does, "DEAD" when nothing does, "MIXED"
 * when they differ, "NONE" when there is no aggregate. */
const char *final_word(const struct trace *t);

#endif
