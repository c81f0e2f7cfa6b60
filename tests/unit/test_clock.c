/* SPDX-License-Identifier: BSD-2-Clause */
/* What both clocks say of each other, and a wall time as text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/dur.h"
#include "world/clock.h"

static void
the_offset_leads_from_one_clock_to_the_other(void **state)
{
	int64_t before = clock_monotonic(), wall = clock_wall();
	int64_t offset = clock_wall_offset();
	int64_t after = clock_monotonic(), least, most;

	(void)state;
	/* However long it took, unless the wall clock was set meanwhile. */
	least = wall - after - 50 * DUR_MS;
	most = clock_wall() - before + 50 * DUR_MS;
	assert_true(offset >= least && offset <= most);
}

static void
a_wall_time_is_written_as_utc(void **state)
{
	char buf[CLOCK_UTC_TEXT];

	(void)state;
	assert_string_equal(clock_utc(0, buf),
	    "1970-01-01T00:00:00.000000000Z");
	assert_string_equal(clock_utc(INT64_C(1795924648123456789), buf),
	    "2026-11-29T03:57:28.123456789Z");
	assert_string_equal(clock_utc(-1, buf), "");
	assert_true(clock_utc(INT64_MAX, buf) == buf);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_offset_leads_from_one_clock_to_the_other),
		cmocka_unit_test(a_wall_time_is_written_as_utc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
