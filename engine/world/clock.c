/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/clock.h"

#include <stdio.h>
#include <time.h>

int64_t
clock_monotonic(void)
{
	struct timespec t = { 0, 0 };

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

void
clock_timestamp(char *buf, size_t bytes)
{
	struct timespec t = { 0, 0 };

	clock_gettime(CLOCK_REALTIME, &t);
	snprintf(buf, bytes, "%jd.%06ld", (intmax_t)t.tv_sec, t.tv_nsec / 1000);
}
