/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/dur.h"
#include "base/prng.h"

static void
durations_are_read_in_every_unit(void **state)
{
	static const struct {
		const char *text;
		int64_t ns;
	} rows[] = { { "0s", 0 }, { "1ns", 1 }, { "7us", 7000 },
		{ "50ms", 50 * DUR_MS }, { "64.6s", 64600 * DUR_MS },
		{ "2min", 120 * DUR_SEC }, { "24h", 86400 * DUR_SEC },
		{ "0.000000001s", 1 }, { "1.5us", 1500 },
		{ "876000h", DUR_MAX }, { "0.5h", 1800 * DUR_SEC },
		{ "007s", 7 * DUR_SEC } };
	size_t i;
	int64_t ns;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(dur_parse(rows[i].text, strlen(rows[i].text), &ns));
		assert_int_equal(ns, rows[i].ns);
	}
}

static void
what_is_no_duration_is_refused(void **state)
{
	static const char *const rows[] = { "", "s", "5", "-5s", "+5s", " 5s",
		"5 s", "5s ", "5S", "5sec", "5m", ".5s", "5.s", "5..5s",
		"1.5ns", "0.0000000001s", "876001h", "99999999999999999999s",
		"9223372036854775808ns", "0x5s", "5e3s", "1h30min" };
	size_t i;
	int64_t ns = 77;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_false(dur_parse(rows[i], strlen(rows[i]), &ns));
	assert_false(dur_parse("5\0s", 3, &ns));
	assert_false(dur_parse("5sx", 1, &ns)); /* its bytes alone count */
	assert_true(dur_parse("5sx", 2, &ns));
}

static void
a_duration_is_written_in_its_shortest_exact_form(void **state)
{
	static const struct {
		int64_t ns;
		const char *text;
	} rows[] = { { 0, "0s" }, { 1, "1ns" }, { 1500, "1.5us" },
		{ 50 * DUR_MS, "50ms" }, { 64600 * DUR_MS, "64.6s" },
		{ 120 * DUR_SEC, "120s" }, { -DUR_MS, "-1ms" },
		{ INT64_MIN, "-9223372036.854775808s" } };
	char text[DUR_TEXT];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(dur_format(rows[i].ns, text), rows[i].text);
}

static void
what_is_written_is_read_back_as_the_same(void **state)
{
	char text[DUR_TEXT];
	struct prng p;
	int64_t ns, back;
	int i;

	(void)state;
	prng_seed(&p, 3);
	for (i = 0; i < 20000; i++) {
		ns = (int64_t)(prng_next(&p) % (uint64_t)DUR_MAX);
		ns >>= prng_below(&p, 60);
		dur_format(ns, text);
		assert_true(dur_parse(text, strlen(text), &back));
		assert_int_equal(back, ns);
	}
}

static void
stamps_have_nine_decimals_and_short_ones_three(void **state)
{
	char text[DUR_TEXT];

	(void)state;
	assert_string_equal(dur_stamp(0, text), "0.000000000");
	assert_string_equal(dur_stamp(12 * DUR_SEC + 345, text),
	    "12.000000345");
	assert_string_equal(dur_stamp(-1, text), "-0.000000001");
	assert_string_equal(dur_short(12 * DUR_SEC + 345600000, text),
	    "12.346");
	assert_string_equal(dur_short(999999999, text), "1.000");
}

static void
numbers_keep_to_their_limits(void **state)
{
	int64_t v = 5;

	(void)state;
	assert_true(num_parse("0", 1, 0, 10, &v));
	assert_int_equal(v, 0);
	assert_true(num_parse("10", 2, 0, 10, &v));
	assert_false(num_parse("11", 2, 0, 10, &v));
	assert_true(num_parse("-3", 2, -5, 10, &v));
	assert_int_equal(v, -3);
	assert_false(num_parse("", 0, 0, 10, &v));
	assert_false(num_parse("1 ", 2, 0, 10, &v));
	assert_false(num_parse("0x1", 3, 0, 10, &v));
	assert_false(num_parse("99999999999999999999", 20, 0, INT64_MAX, &v));
	assert_true(num_parse("9223372036854775807", 19, 0, INT64_MAX, &v));
	assert_true(v == INT64_MAX);
	assert_false(num_parse("9223372036854775808", 19, 0, INT64_MAX, &v));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(durations_are_read_in_every_unit),
		cmocka_unit_test(what_is_no_duration_is_refused),
		cmocka_unit_test(
		    a_duration_is_written_in_its_shortest_exact_form),
		cmocka_unit_test(what_is_written_is_read_back_as_the_same),
		cmocka_unit_test(
		    stamps_have_nine_decimals_and_short_ones_three),
		cmocka_unit_test(numbers_keep_to_their_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
