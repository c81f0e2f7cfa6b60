/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * run_json - one run as a JSON object: what was asked, how it came out, and
 * the packets. Times are nanoseconds on the run's clock; one that has not
 * come is null. Strings are cleaned (report/clean.h).
 */
#ifndef REPORT_RUN_JSON_H
#define REPORT_RUN_JSON_H

#include <jansson.h>

#include "base/strbuf.h"
#include "db/trace.h"

/* Each gives a new reference. */
json_t *run_json(const struct trace *t);
json_t *run_json_checks(const struct trace *t);
json_t *run_json_probes(const struct trace *t);
json_t *run_json_text(const char *s); /* null for NULL */
/* As a string: not every reader's numbers have 64 bits. */
json_t *run_json_seed(uint64_t seed);

/* Appends the text and a newline; takes the reference. */
void run_json_write(json_t *value, struct strbuf *out);

#endif
