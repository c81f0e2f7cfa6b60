/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/dur.h"
#include "report/compare.h"
#include "report_rig.h"
#include "sample_trace.h"

/* The caller frees. */
static char *
table(const struct trace *a, const struct trace *b)
{
	const struct trace *list[2] = { a, b };
	struct strbuf out = { 0 };

	compare_write(list, b == NULL ? 1 : 2, false, &out);
	return strbuf_take(&out);
}

/* The table must have the row, with these cells; right is NULL for one run. */
static void
expect_row(const struct trace *a, const struct trace *b, const char *label,
    const char *left, const char *right)
{
	char *text = table(a, b);
	struct strbuf want = { 0 };

	strbuf_addf(&want, "\n%-22s ", label);
	if (right == NULL || right[0] == '\0')
		strbuf_addf(&want, "%s\n", left);
	else
		strbuf_addf(&want, "%-44s %s\n", left, right);
	if (strstr(text, strbuf_str(&want)) == NULL)
		fail_msg("no%sin\n%s", strbuf_str(&want), text);
	strbuf_fini(&want);
	free(text);
}

/* Without a loss, and without a default route in the end. */
static struct trace *
native(void)
{
	struct trace *t = rig_migration("native");

	trace_set_state(t, 6 * DUR_SEC, "route", "default", "none");
	t->probes[0].lost = 0;
	t->probes[0].delivered = 10000;
	t->probes[0].longest_gap_ns = 0;
	t->gaps[0].count = 0;
	t->gaps[0].to_ns = t->gaps[0].from_ns;
	return t;
}

static void
policies_stand_side_by_side(void **state)
{
	struct trace *a = rig_migration("stock"), *b = native();
	char *text = table(a, b);

	(void)state;
	assert_memory_equal(text, "VF ejected\n", 11);
	free(text);
	expect_row(a, b, "policy", "stock", "native");
	expect_row(a, b, "probe p1 echo", "10 lost of 10000",
	    "0 lost of 10000");
	expect_row(a, b, "  longest gap", "11ms at 5.000 s", "none");
	expect_row(a, b, "addresses", "10.0.0.4/24 on lagg0",
	    "10.0.0.4/24 on lagg0");
	expect_row(a, b, "default route", "10.0.0.1 via lagg0", "none");
	expect_row(a, b, "at the end", "lagg0: active hn0 of hn0 mce0",
	    "lagg0: active hn0 of hn0 mce0");
	expect_row(a, b, "work", "1 operations, 1 programs, 1 rules fired",
	    "1 operations, 1 programs, 1 rules fired");
	trace_free(a);
	trace_free(b);
}

static void
a_verdict_counts_what_failed_and_what_is_known(void **state)
{
	struct trace *t = rig_migration("stock");

	(void)state;
	expect_row(t, NULL, "verdict", "nothing was expected", NULL);
	rig_check(t, TRACE_SKIP, "a", 0);
	expect_row(t, NULL, "verdict", "nothing was expected", NULL);
	rig_check(t, TRACE_PASS, "a", 0);
	expect_row(t, NULL, "verdict", "PASSED", NULL);
	rig_check(t, TRACE_KNOWN_FAULT, "a", 0);
	expect_row(t, NULL, "verdict", "as expected, with 1 known fault", NULL);
	rig_check(t, TRACE_MENDED, "a", 0);
	expect_row(t, NULL, "verdict", "FAILED", NULL);
	expect_row(t, NULL, "checks", "1 held, 1 failed, 1 known fault", NULL);
	rig_check(t, TRACE_FAIL, "a", 0);
	expect_row(t, NULL, "checks", "1 held, 2 failed, 1 known fault", NULL);
	trace_free(t);
}

static void
each_stimulus_has_its_failover_and_its_losses(void **state)
{
	struct trace *a = rig_migration("stock"), *b = native();

	(void)state;
	expect_row(a, b, "bring-up", "mce0 after 0s", "mce0 after 0s");
	expect_row(a, b, "vf eject mce0", "hn0 after 10.5ms, 10 lost, gap 11ms",
	    "hn0 after 10.5ms");
	trace_add_stimulus(a, 8 * DUR_SEC, "host freeze", 30);
	rig_gap(a, 0, 8001, 3, 8 * DUR_SEC, 8004 * DUR_MS);
	rig_gap(a, 0, 9001, 2, 9 * DUR_SEC, 9003 * DUR_MS);
	expect_row(a, NULL, "host freeze", "no change, 5 lost, gap 4ms", NULL);
	expect_row(a, NULL, "vf eject mce0",
	    "hn0 after 10.5ms, 10 lost, gap 11ms", NULL);
	trace_free(a);
	trace_free(b);
}

static void
a_gap_belongs_to_the_stimulus_before_its_first_missing_packet(void **state)
{
	struct trace *t = rig_migration("stock");

	(void)state;
	/* The last packet that came was sent before the stimulus. */
	trace_add_stimulus(t, 7000 * DUR_MS + 500 * DUR_US, "vf attach", 30);
	rig_gap(t, 0, 7001, 1, 7000 * DUR_MS, 7002 * DUR_MS);
	expect_row(t, NULL, "vf attach", "no change, 1 lost, gap 2ms", NULL);
	trace_free(t);
}

static void
what_happens_at_the_moment_of_a_stimulus_came_of_it(void **state)
{
	struct trace *t = rig_migration("stock");

	(void)state;
	trace_add_stimulus(t, 8 * DUR_SEC, "user down", 30);
	trace_set_state(t, 8 * DUR_SEC, "lagg0", "active", "none");
	expect_row(t, NULL, "user down", "none after 0s", NULL);
	trace_free(t);
}

static void
many_stimuli_are_cut_short_with_their_number(void **state)
{
	struct trace *t = rig_migration("stock");
	char *text;
	int i;

	(void)state;
	for (i = 0; i < 20; i++)
		trace_add_stimulus(t, (6 + i) * DUR_SEC, "again", 30);
	text = table(t, NULL);
	assert_int_equal(rig_times(text, "again "), 11);
	assert_non_null(strstr(text, "... 9 more, see the time line\n"));
	free(text);
	trace_free(t);
}

static void
what_the_second_run_lacks_is_left_blank(void **state)
{
	struct trace *a = rig_migration("stock"), *b = trace_new();

	(void)state;
	expect_row(a, b, "policy", "stock", "none");
	expect_row(a, b, "probe p1 echo", "10 lost of 10000", "");
	expect_row(a, b, "vf eject mce0", "hn0 after 10.5ms, 10 lost, gap 11ms",
	    "");
	expect_row(a, b, "addresses", "10.0.0.4/24 on lagg0", "none");
	expect_row(a, b, "default route", "10.0.0.1 via lagg0", "none");
	trace_free(a);
	trace_free(b);
}

static void
each_interface_tells_its_addresses_once(void **state)
{
	struct trace *t = rig_migration("stock");

	(void)state;
	/* A name within another's name, and one that came twice. */
	trace_set_state(t, 1, "lagg", "exists", "yes");
	trace_set_state(t, 1, "lagg", "inet", "10.1.0.1/24");
	trace_set_state(t, 2, "mce0", "exists", "no");
	trace_set_state(t, 3, "mce0", "exists", "yes");
	trace_set_state(t, 3, "mce0", "inet", "10.2.0.1/24");
	trace_set_state(t, 4, "mce0", "exists", "no");
	trace_set_state(t, 5, "mce0", "exists", "yes");
	trace_set_state(t, 5, "mce0", "inet", "10.3.0.1/24");
	trace_set_state(t, 5, "hn0", "inet", "10.4.0.1/24");
	trace_set_state(t, 6, "hn0", "exists", "no");
	expect_row(t, NULL, "addresses",
	    "10.1.0.1/24 on lagg, 10.0.0.4/24 on lagg0, 10.3.0.1/24 on mce0",
	    NULL);
	trace_free(t);
}

static void
no_line_is_wider_than_120_columns(void **state)
{
	struct trace *list[5] = { sample_trace(), rig_migration("\033[2J\n"),
		sample_trace(), sample_trace(), sample_trace() };
	const struct trace *borrowed[5], *many[100];
	struct strbuf out = { 0 };
	char wide[300];
	size_t i, n;

	(void)state;
	memset(wide, 'w', sizeof(wide) - 1);
	wide[sizeof(wide) - 1] = '\0';
	for (i = 0; i < 5; i++) {
		rig_set(&list[i]->run.title, wide);
		trace_add_stimulus(list[i], 1, wide, 1);
		trace_set_state(list[i], 1, "route", "default", wide);
		trace_set_state(list[i], 1, wide, "active", wide);
		rig_probe(list[i], wide, "\xff\n");
		borrowed[i] = list[i];
	}
	for (n = 0; n <= 5; n++) {
		strbuf_reset(&out);
		compare_write(borrowed, n, false, &out);
		rig_expect_lines(strbuf_str(&out), 120, false);
	}
	/* More than there is room for: the first ones. */
	for (n = 0; n < 100; n++)
		many[n] = list[0];
	strbuf_reset(&out);
	compare_write(many, 100, false, &out);
	rig_expect_lines(strbuf_str(&out), 120, false);
	strbuf_reset(&out);
	compare_write(borrowed, 2, true, &out);
	rig_expect_lines(strbuf_str(&out), 120, true);
	strbuf_fini(&out);
	for (i = 0; i < 5; i++)
		trace_free(list[i]);
}

static void
the_json_says_the_same_as_the_table(void **state)
{
	struct trace *a = rig_migration("stock"), *b = native();
	const struct trace *list[2] = { a, b };
	struct strbuf out = { 0 };
	json_t *root, *run, *answer;

	(void)state;
	rig_check(a, TRACE_FAIL, "p1 lost == 0", TRACE_OPEN);
	compare_write_json(list, 2, &out);
	root = json_loads(strbuf_str(&out), 0, NULL);
	assert_non_null(root);
	assert_string_equal(json_string_value(json_object_get(root, "title")),
	    "VF ejected");
	assert_int_equal(json_array_size(json_object_get(root, "runs")), 2);
	run = json_array_get(json_object_get(root, "runs"), 0);
	assert_string_equal(json_string_value(json_object_get(run, "policy")),
	    "stock");
	assert_string_equal(json_string_value(json_object_get(run, "seed")),
	    "7");
	assert_int_equal(json_integer_value(json_object_get(run, "failed")), 1);
	assert_true(json_is_null(
	    json_object_get(json_array_get(json_object_get(run, "checks"), 0),
		"at_ns")));
	answer = json_array_get(json_object_get(run, "responses"), 1);
	assert_string_equal(json_string_value(
				json_object_get(answer, "stimulus")),
	    "vf eject mce0");
	assert_int_equal(json_integer_value(json_object_get(answer, "missing")),
	    10);
	assert_int_equal(json_integer_value(
			     json_object_get(answer, "after_ns")),
	    10500000);
	json_decref(root);
	strbuf_fini(&out);
	trace_free(a);
	trace_free(b);
}

static void
the_json_of_any_trace_can_be_read_back(void **state)
{
	struct trace *t = sample_trace();
	const struct trace *list[1] = { t };
	struct strbuf out = { 0 };
	json_t *root;

	(void)state;
	rig_set(&t->run.policy, "\xff\xfe\xc3");
	rig_gap(t, -1, 1, UINT64_MAX, INT64_MIN, INT64_MAX);
	compare_write_json(list, 1, &out);
	root = json_loads(strbuf_str(&out), 0, NULL);
	assert_non_null(root);
	assert_string_equal(json_string_value(json_object_get(root, "title")),
	    "Azure \xc3\xa4 'quoted'; DROP TABLE run");
	assert_string_equal(json_string_value(json_object_get(
				json_array_get(json_object_get(root, "runs"),
				    0),
				"policy")),
	    "???");
	json_decref(root);
	strbuf_reset(&out);
	compare_write_json(list, 0, &out);
	root = json_loads(strbuf_str(&out), 0, NULL);
	assert_non_null(root);
	json_decref(root);
	strbuf_fini(&out);
	trace_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(policies_stand_side_by_side),
		cmocka_unit_test(
		    a_verdict_counts_what_failed_and_what_is_known),
		cmocka_unit_test(each_stimulus_has_its_failover_and_its_losses),
		cmocka_unit_test(
		    a_gap_belongs_to_the_stimulus_before_its_first_missing_packet),
		cmocka_unit_test(
		    what_happens_at_the_moment_of_a_stimulus_came_of_it),
		cmocka_unit_test(many_stimuli_are_cut_short_with_their_number),
		cmocka_unit_test(what_the_second_run_lacks_is_left_blank),
		cmocka_unit_test(each_interface_tells_its_addresses_once),
		cmocka_unit_test(no_line_is_wider_than_120_columns),
		cmocka_unit_test(the_json_says_the_same_as_the_table),
		cmocka_unit_test(the_json_of_any_trace_can_be_read_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
