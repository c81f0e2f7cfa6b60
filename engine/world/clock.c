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

int64_t
clock_wall(void)
{
	struct timespec t = { 0, 0 };

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

int64_t
clock_wall_offset(void)
{
	int64_t before, wall, after, offset = 0, best = INT64_MAX;
	int i;

	/* Another process may have had its turn in between. */
	for (i = 0; i < 5 && best > 1000000; i++) {
		before = clock_monotonic();
		wall = clock_wall();
		after = clock_monotonic();
		if (after - before >= best)
			continue;
		best = after - before;
		offset = wall - before - best / 2;
	}
	return offset;
}

const char *
clock_utc(int64_t wall_ns, char buf[CLOCK_UTC_TEXT])
{
	time_t seconds = (time_t)(wall_ns / 1000000000);
	struct tm tm;
	size_t used;

	buf[0] = '\0';
	if (wall_ns < 0 || gmtime_r(&seconds, &tm) == NULL)
		return buf;
	used = strftime(buf, CLOCK_UTC_TEXT, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(buf + used, CLOCK_UTC_TEXT - used, ".%09dZ",
	    (int)(wall_ns % 1000000000));
	return buf;
}

void
clock_timestamp(char *buf, size_t bytes)
{
	struct timespec t = { 0, 0 };

	clock_gettime(CLOCK_REALTIME, &t);
	snprintf(buf, bytes, "%jd.%06ld", (intmax_t)t.tv_sec, t.tv_nsec / 1000);
}
