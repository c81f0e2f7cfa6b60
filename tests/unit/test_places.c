/* SPDX-License-Identifier: BSD-2-Clause */
/* Places that a search comes through, and the ends by which it tells one
 * history from another. */
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "search_hand.h"
#include "base/strbuf.h"
#include "sim/scenario/reach.h"
#include "sim/stage/places.h"

static void
each_has_a_bit_of_its_own(void **state)
{
	const char *names[REACH_MAX];
	size_t n = reach_names(names, REACH_MAX), i;
	uint64_t all = 0;

	(void)state;
	assert_int_equal(n, reach_names(NULL, 0));
	for (i = 0; i < n; i++) {
		assert_true(reach_is_known(names[i]));
		assert_true((all & reach_bit(names[i])) == 0);
		all |= reach_bit(names[i]);
	}
	assert_false(reach_is_known("N13"));
	assert_false(reach_is_known(""));
}

/* A place that is known by words which the engine no longer has is never
 * reached, and nobody would see it. */
static void
the_engine_has_these_words(void **state)
{
	struct strbuf text = { 0 };
	char bytes[4096];
	const char *words;
	glob_t found;
	size_t i, n;
	FILE *f;

	(void)state;
	assert_int_equal(glob("engine/failover/native*.c", 0, NULL, &found), 0);
	for (i = 0; i < found.gl_pathc; i++) {
		f = fopen(found.gl_pathv[i], "r");
		assert_non_null(f);
		while ((n = fread(bytes, 1, sizeof(bytes), f)) > 0)
			strbuf_add(&text, bytes, n);
		fclose(f);
	}
	globfree(&found);
	for (i = 0; (words = places_words(i)) != NULL; i++)
		if (strstr(strbuf_str(&text), words) == NULL)
			fail_msg("no native*.c has \"%s\"", words);
	assert_true(i > 5);
	strbuf_fini(&text);
}

/* The simplest history and one with another machine end otherwise; the same
 * one ends the same. */
static void
ends_differ(void **state)
{
	static const uint32_t other[] = { 1 };
	struct trial_result a, b, c;
	struct choices choices = { 0 };

	(void)state;
	choices_follow(&choices, NULL, 0);
	trial_run(&search_hand, &choices, NULL, &a);
	choices_follow(&choices, NULL, 0);
	trial_run(&search_hand, &choices, NULL, &b);
	choices_follow(&choices, other, 1);
	trial_run(&search_hand, &choices, NULL, &c);
	assert_true(a.end.low == b.end.low && a.end.high == b.end.high);
	assert_true(a.end.low != c.end.low || a.end.high != c.end.high);
	assert_true((a.reached & reach_bit("N1")) != 0);
	assert_true((a.reached & reach_bit(REACH_D2_VF)) != 0);
	assert_true((a.reached & reach_bit("bond-failover")) == 0);
	choices_fini(&choices);
}

/* What a run tells without a trace is what its trace tells. */
static void
a_trace_tells_the_same(void **state)
{
	struct trial_result with, without;
	struct choices choices = { 0 };
	struct trace *t;
	uint64_t seed, told;
	size_t i;

	(void)state;
	for (seed = 1; seed <= 60; seed++) {
		t = trace_new();
		choices_draw(&choices, seed);
		trial_run(&search_hand, &choices, t, &with);
		choices_draw(&choices, seed);
		trial_run(&search_hand, &choices, NULL, &without);
		for (told = 0, i = 0; i < t->n_reached; i++)
			told |= reach_bit(t->reached[i].name);
		assert_true(told == with.reached);
		assert_true(told == without.reached);
		trace_free(t);
	}
	choices_fini(&choices);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_has_a_bit_of_its_own),
		cmocka_unit_test(the_engine_has_these_words),
		cmocka_unit_test(ends_differ),
		cmocka_unit_test(a_trace_tells_the_same),
	};

	return cmocka_run_group_tests(tests, search_hand_open,
	    search_hand_close);
}
