/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dur - durations as people write them, and whole numbers with limits.
 *
 *	duration = number unit        unit = ns | us | ms | s | min | h
 *
 * The number may have a decimal fraction ("64.6s"); finer than 1 ns is
 * refused. Everything is held in nanoseconds, signed, and at most 100 years.
 */
#ifndef BASE_DUR_H
#define BASE_DUR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DUR_US	 INT64_C(1000)
#define DUR_MS	 INT64_C(1000000)
#define DUR_SEC	 INT64_C(1000000000)
#define DUR_MAX	 (INT64_C(100) * 365 * 86400 * DUR_SEC)
#define DUR_TEXT 40 /* room for any dur_format() or dur_stamp() */

/* False when s[0..bytes) is not exactly one non-negative duration. */
bool dur_parse(const char *s, size_t bytes, int64_t *ns);

/* Shortest exact form in the largest unit up to seconds that needs no more
 * than 9 digits of fraction: "64.6s", "50ms", "0s". Returns buf. */
const char *dur_format(int64_t ns, char buf[DUR_TEXT]);

/* Seconds with 9 decimals, "12.000000345"; the form of recordings. */
const char *dur_stamp(int64_t ns, char buf[DUR_TEXT]);

/* Seconds with 3 decimals, for tables read by people: "12.346". */
const char *dur_short(int64_t ns, char buf[DUR_TEXT]);

/* False unless s[0..bytes) is a decimal number in [min, max]. */
bool num_parse(const char *s, size_t bytes, int64_t min, int64_t max,
    int64_t *out);

#endif
