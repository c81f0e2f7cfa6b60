/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * clock - the two clocks of the system we run on.
 */
#ifndef WORLD_CLOCK_H
#define WORLD_CLOCK_H

#include <stddef.h>
#include <stdint.h>

int64_t clock_monotonic(void); /* ns; never goes back */
int64_t clock_wall(void);      /* ns since 1970; may be set at any time */

/* clock_wall() at clock_monotonic() 0, as the clocks go now. Both are read
 * within a millisecond, if the system lets us. */
int64_t clock_wall_offset(void);

#define CLOCK_UTC_TEXT 40
/* A wall time as "2026-11-29T04:01:01.000000345Z"; returns buf. */
const char *clock_utc(int64_t wall_ns, char buf[CLOCK_UTC_TEXT]);

/* Wall clock as "seconds.microseconds", the form of devd's $timestamp. */
void clock_timestamp(char *buf, size_t bytes);

#endif
