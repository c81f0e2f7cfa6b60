/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * clock - the two clocks of the system we run on.
 */
#ifndef WORLD_CLOCK_H
#define WORLD_CLOCK_H

#include <stddef.h>
#include <stdint.h>

int64_t clock_monotonic(void); /* ns; never goes back */

/* Wall clock as "seconds.microseconds", the form of devd's $timestamp. */
void clock_timestamp(char *buf, size_t bytes);

#endif
