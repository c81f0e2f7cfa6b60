/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/dur.h"
#include "base/strbuf.h"
#include "sim/machine/profile.h"
#include "sim_rig.h"

#define DRAWS 2000

/* Every draw lies in [low, high], and both halves of it are met. */
static void
expect_between(struct profile *p, const char *name, int64_t low, int64_t high)
{
	int64_t d, middle = low + (high - low) / 2;
	int i, below = 0;

	for (i = 0; i < DRAWS; i++) {
		d = profile_delay(p, name);
		assert_true(d >= low && d <= high);
		below += d <= middle;
	}
	assert_in_range(below, DRAWS / 10, DRAWS - DRAWS / 10);
}

static void
a_fixed_delay_is_always_the_same(void **state)
{
	struct profile *p = rig_profile(NULL);
	int i;

	(void)state;
	for (i = 0; i < 10; i++)
		assert_int_equal(profile_delay(p, "vf.open"), 5 * DUR_MS);
	profile_free(p);
}

static void
uniform_and_triangular_delays_stay_between_their_ends(void **state)
{
	struct profile *p = rig_profile("delay vf.open = 2ms..4ms\n"
					"delay vf.stop = 1ms..6ms..7ms\n");

	(void)state;
	expect_between(p, "vf.open", 2 * DUR_MS, 4 * DUR_MS);
	expect_between(p, "vf.stop", DUR_MS, 7 * DUR_MS);
	profile_free(p);
}

static void
a_triangular_delay_prefers_its_mode(void **state)
{
	struct profile *p = rig_profile("delay vf.open = 0ms..9ms..10ms\n");
	int i, near = 0;

	(void)state;
	for (i = 0; i < DRAWS; i++)
		near += profile_delay(p, "vf.open") >= 5 * DUR_MS;
	/* The triangle's right part: 1 - 25/90. */
	assert_in_range(near, DRAWS * 67 / 100, DRAWS * 77 / 100);
	profile_free(p);
}

static void
one_of_gives_each_measured_value_and_no_other(void **state)
{
	struct profile *p =
	    rig_profile("delay vf.open = one-of 3ms 5ms 3ms 11ms\n");
	int i, three = 0;
	int64_t d;

	(void)state;
	for (i = 0; i < DRAWS; i++) {
		d = profile_delay(p, "vf.open");
		assert_true(
		    d == 3 * DUR_MS || d == 5 * DUR_MS || d == 11 * DUR_MS);
		three += d == 3 * DUR_MS;
	}
	assert_in_range(three, DRAWS * 4 / 10, DRAWS * 6 / 10);
	profile_free(p);
}

static void
a_seed_gives_the_same_delays_again(void **state)
{
	struct profile *p = rig_profile("delay vf.open = 0s..1h\n");
	int64_t first[5];
	int i;

	(void)state;
	profile_seed(p, 42);
	for (i = 0; i < 5; i++)
		first[i] = profile_delay(p, "vf.open");
	profile_seed(p, 42);
	for (i = 0; i < 5; i++)
		assert_int_equal(profile_delay(p, "vf.open"), first[i]);
	profile_seed(p, 43);
	assert_int_not_equal(profile_delay(p, "vf.open"), first[0]);
	profile_free(p);
}

static void
one_delays_draws_do_not_shift_anothers(void **state)
{
	struct profile *p = rig_profile("delay vf.open = 0s..1h\n"
					"delay vf.stop = 0s..1h\n");
	int64_t first;

	(void)state;
	profile_seed(p, 42);
	first = profile_delay(p, "vf.stop");
	profile_seed(p, 42);
	profile_delay(p, "vf.open");
	profile_delay(p, "vf.open");
	assert_int_equal(profile_delay(p, "vf.stop"), first);
	profile_free(p);
}

static void
a_driver_of_its_own_wins_over_vf(void **state)
{
	struct profile *p = rig_profile("delay mlx5.open = 300ms\n");

	(void)state;
	assert_int_equal(profile_driver_delay(p, "mlx5", "open"), 300 * DUR_MS);
	assert_int_equal(profile_driver_delay(p, "mlx4", "open"), 5 * DUR_MS);
	assert_true(profile_driver_flag(p, "vf", "detach_link_down"));
	assert_false(profile_driver_flag(p, "gentle", "detach_link_down"));
	assert_true(profile_driver_flag(p, "mlx5", "detach_link_down"));
	assert_false(profile_driver_flag(p, "mlx5", "initial_link_down"));
	profile_free(p);
}

static void
load_scales_programs_and_commands_and_nothing_else(void **state)
{
	struct profile *p = rig_profile("load = 200%\n");

	(void)state;
	assert_int_equal(profile_program_delay(p, "program", "ifconfig"),
	    200 * DUR_US);
	assert_int_equal(profile_program_delay(p, "command", "any"),
	    20 * DUR_MS);
	assert_int_equal(profile_delay(p, "vf.open"), 5 * DUR_MS);
	profile_free(p);
}

static void
a_program_without_a_cost_of_its_own_has_the_default(void **state)
{
	struct profile *p = rig_profile("delay program.default = 6ms\n");

	(void)state;
	assert_int_equal(profile_program_delay(p, "program", "sed"),
	    6 * DUR_MS);
	profile_free(p);
}

static void
records_are_given_in_order_up_to_the_last(void **state)
{
	struct profile *p = rig_profile(NULL);

	(void)state;
	assert_string_equal(profile_record(p, "vf", 1), "pci%u at   on pcib%u");
	assert_null(profile_record(p, "vf", 2));
	assert_null(profile_record(p, "mlx9", 0));
	profile_free(p);
}

static void
an_override_replaces_a_known_delay(void **state)
{
	struct profile *p = rig_profile(NULL);
	struct diag d = { 0 };

	(void)state;
	assert_true(profile_override(p, "vf.open", "9ms", "a.scn", 3, 10, &d));
	assert_int_equal(profile_delay(p, "vf.open"), 9 * DUR_MS);
	assert_true(profile_override(p, "mlx5.open", "one-of 1ms 1ms", "a.scn",
	    3, 10, &d));
	profile_seed(p, 1);
	assert_int_equal(profile_driver_delay(p, "mlx5", "open"), DUR_MS);
	profile_free(p);
}

static void
a_wrong_override_is_told_at_its_place_in_the_scenario(void **state)
{
	struct profile *p = rig_profile(NULL);
	struct strbuf told = { 0 };
	struct diag d = { .emit = diag_emit_strbuf, .ctx = &told };

	(void)state;
	assert_false(profile_override(p, "vf.opn", "9ms", "a.scn", 3, 10, &d));
	assert_false(profile_override(p, "vf.open", "9", "a.scn", 4, 20, &d));
	assert_non_null(strstr(strbuf_str(&told), "a.scn:3:10: error: "));
	assert_non_null(strstr(strbuf_str(&told), "did you mean vf.open?"));
	assert_non_null(strstr(strbuf_str(&told), "a.scn:4:20: error: "));
	strbuf_fini(&told);
	profile_free(p);
}

static void
every_missing_delay_is_named(void **state)
{
	struct strbuf told = { 0 };
	struct diag d = { .emit = diag_emit_strbuf, .ctx = &told };

	(void)state;
	assert_null(profile_parse("x.profile", "machine \"x\"\n", 12, &d));
	assert_true(d.errors >= 44);
	assert_non_null(
	    strstr(strbuf_str(&told), "x.profile: error: delay vf.open"));
	strbuf_fini(&told);
}

/* --- flags of the machine, and limits --- */

static void
a_limit_is_a_number_and_a_drivers_own_wins(void **state)
{
	struct profile *p = rig_profile("limit vf.mtu = 9000\n"
					"limit small.mtu = 1500 from \"x\"\n"
					"limit vf.caps = 0x80028\n");
	int64_t v = -1;

	(void)state;
	assert_true(profile_driver_limit(p, "any", "mtu", &v));
	assert_int_equal(v, 9000);
	assert_true(profile_driver_limit(p, "small", "mtu", &v));
	assert_int_equal(v, 1500);
	assert_true(profile_driver_limit(p, "small", "caps", &v));
	assert_int_equal(v, 0x80028);
	assert_false(profile_limit(p, "hn.mtu", &v));
	assert_int_equal(v, 0x80028); /* untouched */
	assert_true(profile_has_driver(p, "small"));
	profile_free(p);
}

static void
a_scenario_sets_limits_and_flags(void **state)
{
	struct profile *p = rig_profile("limit vf.mtu = 9000\n");
	struct strbuf told = { 0 };
	struct diag d = { .emit = diag_emit_strbuf, .ctx = &told };
	int64_t v = 0;

	(void)state;
	assert_true(
	    profile_override_limit(p, "vf.mtu", "1500", "a.scn", 3, 7, &d));
	assert_true(profile_limit(p, "vf.mtu", &v));
	assert_int_equal(v, 1500);
	assert_false(profile_flag(p, "hn.rings"));
	assert_true(
	    profile_override_flag(p, "hn.rings", true, "a.scn", 4, 7, &d));
	assert_true(profile_flag(p, "hn.rings"));
	assert_false(
	    profile_override_limit(p, "vf.mtu", "many", "a.scn", 5, 17, &d));
	assert_non_null(strstr(strbuf_str(&told), "a.scn:5:17: error: "));
	assert_false(
	    profile_override_limit(p, "vf.size", "9", "a.scn", 6, 17, &d));
	assert_false(
	    profile_override_flag(p, "hn.ring", true, "a.scn", 7, 6, &d));
	assert_non_null(strstr(strbuf_str(&told), "did you mean hn.rings?"));
	assert_true(profile_limit(p, "vf.mtu", &v));
	assert_int_equal(v, 1500);
	strbuf_fini(&told);
	profile_free(p);
}

/* The table of refused lines: each mistake is told at its column, and nothing
 * else is. */
static void
every_malformed_line_is_told_at_its_column(void **state)
{
	FILE *f = fopen("fixtures/bad/profiles/refused.txt", "r");
	char line[512], want[64];
	struct strbuf told = { 0 };
	struct diag d = { .emit = diag_emit_strbuf, .ctx = &told };
	unsigned col, rows = 0;
	const char *text;

	(void)state;
	assert_non_null(f);
	while (fgets(line, sizeof(line), f) != NULL) {
		if (line[0] == '#')
			continue;
		assert_int_equal(sscanf(line, "%u", &col), 1);
		text = strchr(line, ' ') + 1;
		strbuf_reset(&told);
		assert_null(profile_parse("x", text, strlen(text), &d));
		snprintf(want, sizeof(want), "x:1:%u: error: ", col);
		if (strstr(strbuf_str(&told), want) != strbuf_str(&told))
			fail_msg("%s is told as %.200s", line,
			    strbuf_str(&told));
		rows++;
	}
	assert_true(rows >= 60);
	fclose(f);
	strbuf_fini(&told);
}

static void
a_nul_byte_and_an_endless_word_are_refused(void **state)
{
	static const char nul[] = "machine \"a\0b\"\n";
	struct strbuf text = { 0 }, told = { 0 };
	struct diag d = { .emit = diag_emit_strbuf, .ctx = &told };
	int i;

	(void)state;
	assert_null(profile_parse("x", nul, sizeof(nul) - 1, &d));
	assert_non_null(strstr(strbuf_str(&told), "x:1:10: error: "));
	strbuf_reset(&told);
	strbuf_adds(&text, "delay ");
	for (i = 0; i < 100; i++)
		strbuf_adds(&text, "long");
	assert_null(profile_parse("x", text.data, text.bytes, &d));
	assert_non_null(strstr(strbuf_str(&told), "x:1:7: error: "));
	strbuf_fini(&text);
	strbuf_fini(&told);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_fixed_delay_is_always_the_same),
		cmocka_unit_test(
		    uniform_and_triangular_delays_stay_between_their_ends),
		cmocka_unit_test(a_triangular_delay_prefers_its_mode),
		cmocka_unit_test(one_of_gives_each_measured_value_and_no_other),
		cmocka_unit_test(a_seed_gives_the_same_delays_again),
		cmocka_unit_test(one_delays_draws_do_not_shift_anothers),
		cmocka_unit_test(a_driver_of_its_own_wins_over_vf),
		cmocka_unit_test(
		    load_scales_programs_and_commands_and_nothing_else),
		cmocka_unit_test(
		    a_program_without_a_cost_of_its_own_has_the_default),
		cmocka_unit_test(records_are_given_in_order_up_to_the_last),
		cmocka_unit_test(an_override_replaces_a_known_delay),
		cmocka_unit_test(
		    a_wrong_override_is_told_at_its_place_in_the_scenario),
		cmocka_unit_test(every_missing_delay_is_named),
		cmocka_unit_test(a_limit_is_a_number_and_a_drivers_own_wins),
		cmocka_unit_test(a_scenario_sets_limits_and_flags),
		cmocka_unit_test(every_malformed_line_is_told_at_its_column),
		cmocka_unit_test(a_nul_byte_and_an_endless_word_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
