/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * watch_parts - the inside of the watch over a run (sim/search/invariant.h):
 * what is looked at after everything that happens (watch.c), and what at the
 * end (watch_end.c).
 */
#ifndef SIM_SEARCH_WATCH_PARTS_H
#define SIM_SEARCH_WATCH_PARTS_H

#include "sim/search/invariant.h"

/* Notes the first time that one is broken, and gives NULL afterwards, or when
 * it is not claimed of this policy. The expectation is still to be told. */
struct violation *watch_broken(struct watch *w, enum invariant i,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* v may be NULL. */
void watch_expect(struct violation *v, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
