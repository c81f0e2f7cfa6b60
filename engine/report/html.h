/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * html - one run, or several side by side, as one HTML file for people:
 * numbers, time line with lanes, sequence plots of the packets, expectations
 * and a table of everything that happened. Pure: traces in, text out.
 *
 * The file needs nothing beside it and asks no network for anything, which
 * its Content-Security-Policy also forbids. Everything is drawn already when
 * no script runs (on paper, in a mail reader); the script adds zooming,
 * details and the filter. Every picture's content is in the tables too.
 *
 * Whatever a trace holds: its texts are never markup (report/markup.h), and
 * the file stays within a few megabytes. What is left out to keep it so is
 * said on the page.
 *
 * Times are on the runs' clock when all begin at the same reading, else each
 * counts from its run's beginning.
 */
#ifndef REPORT_HTML_H
#define REPORT_HTML_H

#include <stddef.h>

#include "base/strbuf.h"
#include "db/trace.h"

#define HTML_RUNS_MAX 4

/* Appends the page for traces[0..n), 1 <= n <= HTML_RUNS_MAX. */
void html_write(const struct trace *const *traces, size_t n,
    struct strbuf *out);

#endif
