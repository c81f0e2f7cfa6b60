/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sample_trace - a trace with rows in every table and every odd value a
 * column can take, for the tests of what stores and prints traces.
 */
#ifndef TESTS_SAMPLE_TRACE_H
#define TESTS_SAMPLE_TRACE_H

#include "db/trace.h"

struct trace *sample_trace(void);

/* The whole of a file; the caller frees. Fails the test when there is none. */
char *sample_file(const char *path, size_t *bytes);

#endif
