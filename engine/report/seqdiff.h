/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * seqdiff - where two sequences of texts part: the longest common one, and
 * what only one of them has. Pure.
 */
#ifndef REPORT_SEQDIFF_H
#define REPORT_SEQDIFF_H

#include <stdbool.h>
#include <stddef.h>

#define SEQDIFF_MAX 1500 /* texts of a side; of longer ones only the first */

/* a or b is the element's number, SEQDIFF_NONE: it is not there. In order. A
 * text that is only in one of them at one place, and only in the other at
 * another, is told by fn as moved, both times. */
#define SEQDIFF_NONE ((size_t)-1)
typedef void seqdiff_fn(void *ctx, size_t a, size_t b, bool moved);
void seqdiff(const char *const *a, size_t n_a, const char *const *b, size_t n_b,
    seqdiff_fn *fn, void *ctx);

#endif
