/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/dur.h"
#include "base/mem.h"
#include "report/markup.h"
#include "report/suite.h"
#include "report_rig.h"

static char *
write_cases(const struct suite_case *cases, size_t n)
{
	struct strbuf out = { 0 };

	suite_write(SUITE_MARKDOWN, cases, n, false, false, &out);
	return strbuf_take(&out);
}

/* The bars of a row that are not escaped. */
static int
bars_of(const char *line)
{
	int n = 0;

	for (; *line != '\0' && *line != '\n'; line++) {
		if (*line == '\\' && line[1] != '\0')
			line++;
		else if (*line == '|')
			n++;
	}
	return n;
}

static void
failures_come_first(void **state)
{
	struct trace *good = rig_migration("native");
	struct trace *bad = rig_migration("stock");
	struct suite_case cases[] = {
		{ .name = "good.scn", .policy = "native", .trace = good },
		{ .name = "bad.scn",
		    .policy = "stock",
		    .trace = bad,
		    .repeat = "switchback test bad.scn" },
		{ .name = "not.scn", .policy = "stock", .skipped = "why not" },
		{ .name = "broken.scn",
		    .policy = "stock",
		    .error = "mistakes" },
	};
	static const char row[] =
	    "| bad.scn \\[stock\\] | **FAILED** | 0 of 1 | 10 | 11ms |  |\n";
	const char *table, *first;
	char *text;

	(void)state;
	rig_check(good, TRACE_PASS, "p1 lost == 10", 5 * DUR_SEC);
	rig_check(bad, TRACE_FAIL, "p1 lost == 0", 5 * DUR_SEC);
	text = write_cases(cases, 4);
	assert_int_equal(strncmp(text,
			     "## Switchback: 1 passed, 2 failed, 1 skipped\n\n",
			     46),
	    0);
	table = strstr(text, "| run | result |");
	assert_non_null(table);
	first = strstr(table, "---|\n") + 5;
	assert_int_equal(strncmp(first, row, strlen(row)), 0);
	assert_non_null(
	    strstr(table, "| good.scn \\[native\\] | passed | 1 of 1 |"));
	assert_non_null(strstr(table, "| skipped | | | | why not |"));
	assert_non_null(strstr(table, "| **error** | | | | mistakes |"));
	assert_non_null(strstr(text, "<summary>bad.scn [stock]</summary>"));
	assert_non_null(strstr(text, "  expected: what was expected\n"));
	assert_non_null(strstr(text, "repeat: switchback test bad.scn\n"));
	free(text);
	trace_free(good);
	trace_free(bad);
}

#define EVIL "a|b `c` <script>*x*</pre></details>\n# [y](http://z) & \\| _q_"

static void
hostile_text_breaks_no_table(void **state)
{
	struct trace *t = rig_migration(EVIL);
	struct suite_case cases[] = {
		{ .name = EVIL, .policy = EVIL, .trace = t, .repeat = EVIL },
		{ .name = EVIL, .policy = EVIL, .skipped = EVIL },
		{ .name = EVIL, .policy = EVIL, .error = EVIL },
	};
	char *text, *line;
	int rows = 0;

	(void)state;
	rig_check(t, TRACE_FAIL, EVIL, 5 * DUR_SEC);
	rig_set(&t->checks[0].happened, EVIL);
	text = write_cases(cases, 3);
	assert_null(strstr(text, "<script"));
	/* Only our own: one for each failure. */
	assert_int_equal(rig_times(text, "</pre>"), 2);
	assert_int_equal(rig_times(text, "</details>"), 2);
	for (line = strstr(text, "| run |"); line != NULL && line[0] == '|';
	     line = strchr(line, '\n') + 1) {
		assert_int_equal(bars_of(line), 7);
		rows++;
	}
	assert_int_equal(rows, 5);
	free(text);
	trace_free(t);
}

static void
a_long_suite_is_cut_with_a_word(void **state)
{
	size_t n = 700, i;
	struct suite_case *cases = mem_zero(n, sizeof(*cases));
	char *text;

	(void)state;
	for (i = 0; i < n; i++) {
		cases[i].name = "a.scn";
		cases[i].policy = "stock";
		cases[i].error = i % 7 == 0 ? "mistakes" : NULL;
		cases[i].skipped = i % 7 == 0 ? NULL : "not now";
	}
	text = write_cases(cases, n);
	assert_int_equal(rig_times(text, "| a.scn "), 500);
	assert_int_equal(rig_times(text, "| **error** |"), 100);
	assert_non_null(strstr(text, "200 more runs are not in the table."));
	assert_int_equal(rig_times(text, "<details>"), 50);
	assert_non_null(strstr(text, "50 more failed and are not told"));
	free(text);
	free(cases);
}

static void
text_is_cut_at_a_character(void **state)
{
	struct strbuf out = { 0 };

	(void)state;
	markup_cut(&out, "a\xc3\xa4\xc3\xa4\xc3\xa4", 5);
	assert_string_equal(strbuf_str(&out), "a\xc3\xa4..");
	strbuf_reset(&out);
	markup_cut(&out, "12345", 5);
	assert_string_equal(strbuf_str(&out), "12345");
	strbuf_reset(&out);
	markup_attribute(&out, "n", "\"'<>&\n");
	assert_string_equal(strbuf_str(&out), " n=\"&quot;'&lt;&gt;&amp;?\"");
	strbuf_fini(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(failures_come_first),
		cmocka_unit_test(hostile_text_breaks_no_table),
		cmocka_unit_test(a_long_suite_is_cut_with_a_word),
		cmocka_unit_test(text_is_cut_at_a_character),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
