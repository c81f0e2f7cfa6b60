/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/dur.h"
#include "report/final.h"
#include "report/versus.h"
#include "report_rig.h"

static const char *const policies[] = { "stock", "native" };

static struct versus_row
row_of(const char *name, const struct trace *a, const struct trace *b)
{
	struct versus_row r = { .name = name };

	r.cells[0] = versus_cell_of(a);
	r.cells[1] = versus_cell_of(b);
	return r;
}

static char *
write_rows(enum versus_format format, const struct versus_row *rows, size_t n)
{
	struct strbuf out = { 0 };

	versus_write(format, rows, n, policies, 2, &out);
	return strbuf_take(&out);
}

/* What the last word says of a synthetic NIC, its VF and the aggregate. */
static void
expect_word(struct trace *t, const char *active, const char *word)
{
	trace_set_state(t, 9 * DUR_SEC, "hn0", "datapath", "synthetic");
	trace_set_state(t, 9 * DUR_SEC, "lagg0", "active", active);
	assert_string_equal(final_word(t), word);
}

static void
a_word_says_who_carries_at_the_end(void **state)
{
	struct trace *t = trace_new();

	(void)state;
	assert_string_equal(final_word(t), "NONE");
	trace_set_state(t, 0, "lagg7", "ports", "em0");
	trace_set_state(t, 0, "lagg7", "active", "em0");
	assert_string_equal(final_word(t), "NONE");
	trace_set_state(t, 0, "lagg0", "ports", "hn0 mce0");
	expect_word(t, "hn0", "SYN");
	expect_word(t, "mce0", "VF-ON");
	expect_word(t, "none", "DEAD");
	trace_set_state(t, 0, "lagg1", "ports", "hn0");
	trace_set_state(t, 0, "lagg1", "active", "hn0");
	assert_string_equal(final_word(t), "MIXED");
	trace_set_state(t, 9 * DUR_SEC, "lagg0", "exists", "no");
	assert_string_equal(final_word(t), "SYN");
	trace_free(t);
}

static void
a_line_has_numbers_and_verdicts_of_both_policies(void **state)
{
	struct trace *a = rig_migration("stock"), *b = rig_migration("native");
	struct versus_row rows[2];
	char *text;

	(void)state;
	trace_set_state(a, 0, "hn0", "datapath", "synthetic");
	trace_set_state(b, 0, "hn0", "datapath", "synthetic");
	rig_check(a, TRACE_KNOWN_FAULT, "x", TRACE_OPEN);
	rig_check(b, TRACE_FAIL, "x", TRACE_OPEN);
	rows[0] = row_of("scenarios/a/b.scn", a, b);
	rows[1] = row_of("c", b, a);
	rows[1].cells[1].verdict = VERSUS_SKIP;
	text = write_rows(VERSUS_TEXT, rows, 2);
	rig_expect_lines(text, 120, false);
	assert_int_equal(rig_times(text, "a/b  "), 1);
	assert_int_equal(rig_times(text, "scenarios/"), 0);
	assert_int_equal(rig_times(text, "known"), 2); /* and in the sum */
	assert_int_equal(rig_times(text, " FAIL\n"), 1);
	assert_int_equal(rig_times(text, " skip\n"), 1);
	assert_int_equal(rig_times(text, "SYN"), 4);
	assert_int_equal(rig_times(text,
			     "stock: 1 of 2 as expected, 1 of them with known"),
	    1);
	assert_int_equal(rig_times(text, "native: 0 of 1 as expected\n"), 1);
	free(text);
	trace_free(a);
	trace_free(b);
}

static void
the_sum_has_all_lost_and_the_longest_gap(void **state)
{
	struct versus_row rows[2] = { { .name = "a" }, { .name = "b" } };
	char *text;

	(void)state;
	rows[0].cells[0].probed = rows[1].cells[0].probed = true;
	rows[0].cells[0].lost = 30;
	rows[1].cells[0].lost = 12;
	rows[0].cells[0].longest_gap_ns = 7 * DUR_MS;
	rows[1].cells[0].longest_gap_ns = 90 * DUR_MS;
	text = write_rows(VERSUS_TEXT, rows, 2);
	assert_non_null(strstr(text, "\nall "));
	assert_non_null(strstr(strstr(text, "\nall "), " 42 "));
	assert_non_null(strstr(strstr(text, "\nall "), " 90ms"));
	free(text);
	text = write_rows(VERSUS_MARKDOWN, rows, 2);
	assert_non_null(strstr(text, "| **all** | 42 | 90ms |"));
	assert_non_null(strstr(text, "\n| a | 30 | 7ms |"));
	free(text);
}

static void
json_has_every_number(void **state)
{
	struct versus_row row = { .name = "x\n\"" };
	json_t *root, *cell;
	char *text;

	(void)state;
	row.cells[0] = (struct versus_cell){ VERSUS_FAIL, true, 7, 9, "SYN" };
	row.cells[1].verdict = VERSUS_BAD;
	text = write_rows(VERSUS_JSON, &row, 1);
	root = json_loads(text, 0, NULL);
	assert_non_null(root);
	cell =
	    json_object_get(json_array_get(json_object_get(root, "scenarios"),
				0),
		"stock");
	assert_int_equal(json_integer_value(json_object_get(cell, "lost")), 7);
	assert_string_equal(json_string_value(json_object_get(cell, "at_end")),
	    "SYN");
	cell = json_object_get(json_object_get(root, "all"), "native");
	assert_int_equal(json_integer_value(json_object_get(cell, "runs")), 1);
	assert_int_equal(json_integer_value(
			     json_object_get(cell, "as_expected")),
	    0);
	json_decref(root);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_word_says_who_carries_at_the_end),
		cmocka_unit_test(
		    a_line_has_numbers_and_verdicts_of_both_policies),
		cmocka_unit_test(the_sum_has_all_lost_and_the_longest_gap),
		cmocka_unit_test(json_has_every_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
