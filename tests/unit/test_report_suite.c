/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/dur.h"
#include "report/suite.h"
#include "report_rig.h"
#include "sample_trace.h"

static const char hostile[] = "\033[2J#<&>\"'\\\r\n\t\x01\xff\xc2\x9b ]]>";

/* The caller frees. */
static char *
suite(enum suite_format format, const struct suite_case *cases, size_t n)
{
	struct strbuf out = { 0 };

	suite_write(format, cases, n, false, false, &out);
	return strbuf_take(&out);
}

static struct suite_case
make_case(const struct trace *t)
{
	struct suite_case c = { .name = "dir/a.scn",
		.policy = "native",
		.seed = 7,
		.trace = t,
		.repeat = "switchback test dir/a.scn" };

	return c;
}

/* One of each kind: passed, failed, skipped, bad input. */
struct four {
	struct trace *good, *bad;
	struct suite_case cases[4];
};

static void
four_init(struct four *f)
{
	f->good = rig_migration("native");
	f->bad = rig_migration("native");
	rig_check(f->good, TRACE_PASS, "p1 lost <= 10", 0);
	rig_check(f->bad, TRACE_FAIL, "p1 lost == 0", 5 * DUR_SEC);
	f->cases[0] = make_case(f->good);
	f->cases[1] = make_case(f->bad);
	f->cases[2] = make_case(NULL);
	f->cases[2].skipped = "needs root";
	f->cases[3] = make_case(NULL);
	f->cases[3].error = "bad input";
}

static void
four_fini(struct four *f)
{
	trace_free(f->good);
	trace_free(f->bad);
}

static void
expect_in(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		fail_msg("no \"%s\" in\n%s", part, text);
}

static void
text_has_a_line_for_each_run_and_a_sum(void **state)
{
	struct four f;
	char *text;

	(void)state;
	four_init(&f);
	text = suite(SUITE_TEXT, f.cases, 4);
	expect_in(text,
	    "ok   dir/a.scn [native] 1 check, lost 10, longest gap 11ms\n");
	expect_in(text,
	    "\nFAIL dir/a.scn [native] 1 check, lost 10, longest gap 11ms\n");
	expect_in(text, "\nskip dir/a.scn [native]: needs root\n");
	expect_in(text, "\nFAIL dir/a.scn [native]: bad input\n");
	expect_in(text, "\n1 passed, 2 failed, 1 skipped\n");
	rig_expect_lines(text, 120, false);
	free(text);
	four_fini(&f);
}

static void
a_failure_tells_place_wish_fact_moment_time_line_and_command(void **state)
{
	struct four f;
	char *text;

	(void)state;
	four_init(&f);
	text = suite(SUITE_TEXT, &f.cases[1], 1);
	expect_in(text,
	    "\n  dir/a.scn:20: expect p1 lost == 0\n"
	    "    expected: what was expected\n"
	    "    happened: what happened\n"
	    "    when:     5.000000000 s\n"
	    "    |     seconds  what happened ");
	expect_in(text, "\n    |    5.000000  >> vf eject mce0 ");
	expect_in(text,
	    "\n    |    5.000000  ^^ line 20 speaks of this moment ");
	expect_in(text, "\n    |    5.000500    > hyperv.conf:12 ");
	expect_in(text, "\n  repeat: switchback test dir/a.scn\n");
	free(text);
	four_fini(&f);
}

static void
the_signs_are_explained_once_a_suite(void **state)
{
	struct four f;
	struct suite_case list[2];
	char *text;

	(void)state;
	four_init(&f);
	rig_check(f.bad, TRACE_FAIL, "p1 gap == 0", 5010 * DUR_MS);
	list[0] = list[1] = f.cases[1];
	text = suite(SUITE_TEXT, list, 2);
	assert_int_equal(rig_times(text, " signs: >> outside world"), 1);
	assert_int_equal(rig_times(text, "seconds  what happened"), 4);
	free(text);
	four_fini(&f);
}

static void
what_never_came_is_looked_for_at_the_mark_it_waits_for(void **state)
{
	struct trace *t = rig_migration("native");
	struct suite_case c = make_case(t);
	char *text;

	(void)state;
	trace_add_mark(t, 1 * DUR_SEC, "go");
	trace_add_mark(t, 2 * DUR_SEC, "gone2");
	rig_check(t, TRACE_FAIL, "lagg0 active mce1 within 1s of gone",
	    TRACE_OPEN);
	text = suite(SUITE_TEXT, &c, 1);
	expect_in(text, "\n    when:     never\n");
	expect_in(text, "  5.000000  ^^ line 20 waited from here on");
	free(text);
	trace_free(t);
}

static void
a_known_fault_that_held_says_what_to_do(void **state)
{
	struct trace *t = rig_migration("native");
	struct suite_case c = make_case(t);
	char *text;

	(void)state;
	rig_check(t, TRACE_MENDED, "p1 lost == 0", TRACE_OPEN);
	text = suite(SUITE_TEXT, &c, 1);
	assert_memory_equal(text, "FAIL ", 5);
	expect_in(text, "known fault: the reason\n");
	expect_in(text, "but it held: take the known-fault off the scenario\n");
	free(text);
	trace_free(t);
}

static void
verbose_tells_known_faults_with_their_reasons(void **state)
{
	struct trace *t = rig_migration("stock");
	struct suite_case c = make_case(t);
	struct strbuf out = { 0 };
	char *text;

	(void)state;
	rig_check(t, TRACE_KNOWN_FAULT, "p1 lost == 0", DUR_SEC);
	rig_check(t, TRACE_PASS, "lagg0 up", DUR_SEC);
	rig_check(t, TRACE_SKIP, "hn0 up", DUR_SEC);
	text = suite(SUITE_TEXT, &c, 1);
	expect_in(text, " 2 checks, 1 known fault, lost");
	assert_null(strstr(text, "the reason"));
	free(text);
	suite_write(SUITE_TEXT, &c, 1, false, true, &out);
	expect_in(strbuf_str(&out),
	    "\n  known-fault: p1 lost == 0: what "
	    "happened; known, because the reason\n");
	expect_in(strbuf_str(&out), "\n  pass: lagg0 up: what happened\n");
	assert_null(strstr(strbuf_str(&out), "hn0 up: "));
	strbuf_fini(&out);
	trace_free(t);
}

static void
a_run_of_which_nothing_is_expected_says_so(void **state)
{
	struct trace *t = rig_migration("stock");
	struct suite_case c = make_case(t);
	char *text;

	(void)state;
	rig_check(t, TRACE_SKIP, "hn0 up", DUR_SEC);
	text = suite(SUITE_TEXT, &c, 1);
	expect_in(text, "ok   dir/a.scn [native] nothing expected, lost 10");
	free(text);
	trace_free(t);
}

static void
a_seed_that_was_asked_for_is_part_of_the_name(void **state)
{
	struct four f;
	enum suite_format format;
	char *text;

	(void)state;
	four_init(&f);
	f.cases[0].seeded = true;
	for (format = SUITE_TEXT; format <= SUITE_JUNIT; format++) {
		text = suite(format, &f.cases[0], 1);
		expect_in(text, "dir/a.scn [native] seed 7");
		free(text);
		text = suite(format, &f.cases[1], 1);
		assert_null(strstr(text, "seed 7"));
		free(text);
	}
	four_fini(&f);
}

static void
tap_has_its_plan_and_a_point_for_each_run(void **state)
{
	struct four f;
	char *text;

	(void)state;
	four_init(&f);
	text = suite(SUITE_TAP, f.cases, 4);
	assert_memory_equal(text, "TAP version 14\n1..4\n", 20);
	expect_in(text,
	    "\nok 1 - dir/a.scn [native]\n"
	    "not ok 2 - dir/a.scn [native]\n"
	    "  ---\n"
	    "  repeat: \"switchback test dir/a.scn\"\n"
	    "  failures:\n"
	    "    - expect: \"p1 lost == 0\"\n"
	    "      verdict: \"fail\"\n"
	    "      expected: \"what was expected\"\n"
	    "      happened: \"what happened\"\n"
	    "      file: \"dir/a.scn\"\n"
	    "      line: 20\n"
	    "      seconds: 5.000000000\n"
	    "  ...\n"
	    "ok 3 - dir/a.scn [native] # SKIP needs root\n"
	    "not ok 4 - dir/a.scn [native]\n"
	    "  ---\n"
	    "  error: \"bad input\"\n");
	free(text);
	text = suite(SUITE_TAP, NULL, 0);
	assert_string_equal(text, "TAP version 14\n1..0\n");
	free(text);
	four_fini(&f);
}

/* --- a checker of XML: tags nest, attributes are quoted, text is escaped ---
 */

static const char *
skip_reference(const char *p)
{
	static const char *const known[] = { "&lt;", "&gt;", "&amp;",
		"&quot;" };
	size_t i;

	for (i = 0; i < 4; i++)
		if (strncmp(p, known[i], strlen(known[i])) == 0)
			return p + strlen(known[i]);
	fail_msg("a bare & at %.40s", p);
	return p;
}

static const char *
skip_attributes(const char *p)
{
	while (*p == ' ') {
		p++;
		assert_true(islower((unsigned char)*p));
		while (islower((unsigned char)*p))
			p++;
		assert_memory_equal(p, "=\"", 2);
		for (p += 2; *p != '"';) {
			assert_true((unsigned char)*p >= ' ' && *p != '<');
			p = *p == '&' ? skip_reference(p) : p + 1;
		}
		p++;
	}
	return p;
}

static void
expect_xml(const char *text)
{
	static const char head[] =
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
	const char *open[16], *p = text + strlen(head);
	size_t depth = 0, bytes[16], roots = 0;

	assert_memory_equal(text, head, strlen(head));
	while (*p != '\0') {
		if (*p == '&') {
			assert_true(depth > 0);
			p = skip_reference(p);
		} else if (*p != '<') {
			assert_true(*p == '\n' || (unsigned char)*p >= ' ');
			assert_true(depth > 0 || *p == '\n');
			p++;
		} else if (p[1] == '/') {
			assert_true(depth-- > 0);
			assert_memory_equal(p + 2, open[depth], bytes[depth]);
			p += 2 + bytes[depth];
			assert_int_equal(*p++, '>');
		} else {
			assert_true(depth < 16);
			roots += depth == 0;
			open[depth] = ++p;
			while (islower((unsigned char)*p))
				p++;
			bytes[depth] = (size_t)(p - open[depth]);
			assert_true(bytes[depth] > 0);
			p = skip_attributes(p);
			depth++;
			if (*p == '/') {
				depth--;
				p++;
			}
			assert_int_equal(*p++, '>');
		}
	}
	assert_int_equal(depth, 0);
	assert_int_equal(roots, 1);
}

static void
junit_is_well_formed_and_counts(void **state)
{
	struct four f;
	char *text;

	(void)state;
	four_init(&f);
	rig_check(f.bad, TRACE_FAIL, "p1 gap == 0", 5 * DUR_SEC);
	text = suite(SUITE_JUNIT, f.cases, 4);
	expect_xml(text);
	expect_in(text,
	    "<testsuite name=\"switchback\" tests=\"4\" "
	    "failures=\"1\" errors=\"1\" skipped=\"1\">\n");
	expect_in(text,
	    "  <testcase classname=\"native\" "
	    "name=\"dir/a.scn [native]\" time=\"10.000\">\n");
	assert_int_equal(rig_times(text, "<testcase "), 4);
	assert_int_equal(rig_times(text, "<failure "), 1);
	expect_in(text,
	    "<failure message=\"p1 lost == 0 (and 1 more)\" "
	    "type=\"fail\">dir/a.scn:20: expect p1 lost == 0\n"
	    "  expected: what was expected\n");
	expect_in(text, "dir/a.scn:21: expect p1 gap == 0\n");
	expect_in(text, "  |    5.000000  &gt;&gt; vf eject mce0 ");
	expect_in(text, "\nrepeat: switchback test dir/a.scn\n</failure>\n");
	expect_in(text, "<skipped message=\"needs root\"/>\n");
	expect_in(text, "<error message=\"bad input\"/>\n");
	free(text);
	text = suite(SUITE_JUNIT, NULL, 0);
	expect_xml(text);
	free(text);
	four_fini(&f);
}

static void
json_can_be_read_back(void **state)
{
	struct four f;
	json_t *root, *one;
	char *text;

	(void)state;
	four_init(&f);
	text = suite(SUITE_JSON, f.cases, 4);
	root = json_loads(text, 0, NULL);
	assert_non_null(root);
	assert_int_equal(json_integer_value(json_object_get(root, "passed")),
	    1);
	assert_int_equal(json_integer_value(json_object_get(root, "failed")),
	    2);
	assert_int_equal(json_integer_value(json_object_get(root, "skipped")),
	    1);
	one = json_array_get(json_object_get(root, "cases"), 1);
	assert_string_equal(json_string_value(json_object_get(one, "result")),
	    "failed");
	assert_string_equal(json_string_value(json_object_get(one, "repeat")),
	    "switchback test dir/a.scn");
	one = json_array_get(json_object_get(one, "checks"), 0);
	assert_string_equal(json_string_value(json_object_get(one, "expect")),
	    "p1 lost == 0");
	assert_int_equal(json_integer_value(json_object_get(one, "line")), 20);
	json_decref(root);
	free(text);
	four_fini(&f);
}

/* Every text of a run and of a case is hostile. */
static void
hostile_text_breaks_no_form(void **state)
{
	struct trace *t = sample_trace();
	struct suite_case list[3] = { { .name = hostile,
					  .policy = "native",
					  .seed = UINT64_MAX,
					  .seeded = true,
					  .trace = t,
					  .repeat = hostile },
		{ .name = hostile, .policy = "stock", .error = hostile },
		{ .name = hostile, .policy = "stock", .skipped = hostile } };
	struct trace_check *k;
	json_t *root;
	char *text, *line, *end;
	int directives = 0;
	const char *p;

	(void)state;
	k = rig_check(t, TRACE_FAIL, hostile, DUR_SEC);
	rig_set(&k->file, hostile);
	rig_set(&k->expected, hostile);
	rig_set(&k->happened, hostile);
	rig_set(&t->run.title, hostile);
	trace_add_mark(t, DUR_SEC, hostile);
	text = suite(SUITE_TEXT, list, 3);
	for (p = text; *p != '\0'; p++)
		assert_true(*p == '\n' || (unsigned char)*p >= ' ');
	free(text);
	text = suite(SUITE_JUNIT, list, 3);
	expect_xml(text);
	free(text);
	text = suite(SUITE_JSON, list, 3);
	root = json_loads(text, 0, NULL);
	assert_non_null(root);
	json_decref(root);
	free(text);
	text = suite(SUITE_TAP, list, 3);
	expect_in(text, "happened: \"?[2J#<&>\\\"'\\\\????");
	/* Of the test lines, only ours has a directive. */
	for (line = text; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		*end = '\0';
		if (strncmp(line, "ok ", 3) == 0 ||
		    strncmp(line, "not ok ", 7) == 0)
			directives +=
			    rig_times(line, "#") - rig_times(line, "\\#");
		else
			assert_true(line == text || *line == ' ' ||
			    strcmp(line, "1..3") == 0);
	}
	assert_int_equal(directives, 1);
	free(text);
	trace_free(t);
}

static void
letters_of_every_language_pass_and_what_cannot_be_seen_does_not(void **state)
{
	static const struct {
		const char *from, *to;
	} names[] = {
		{ "Zürich", "Zürich" }, { "切り替え", "切り替え" },
		{ "\xf0\x9f\x94\x8c", "\xf0\x9f\x94\x8c" },
		{ "a\xe2\x80\xae"
		  "b",
		    "a???b" }, /* right-to-left */
		{ "a\xc2\x9b"
		  "b",
		    "a??b" }, /* control */
		{ "a\xe2\x80\xa8"
		  "b",
		    "a???b" }, /* line separator */
		{ "a\xc0\xaf"
		  "b",
		    "a??b" }, /* too long a form */
		{ "a\xed\xa0\x80"
		  "b",
		    "a???b" }, /* half a character */
		{ "a\xf4\x90\x80\x80"
		  "b",
		    "a????b" }, /* beyond Unicode */
		{ "a\xef\xbf\xbf"
		  "b",
		    "a???b" },			/* no character */
		{ "a\xe5\x88", "a??" },		/* cut off */
		{ "\xe0\x83\xbc", "???" },	/* too long a form */
		{ "\xf0\x9f\xbf\xbe", "????" }, /* no character */
	};
	struct trace *t = rig_migration("native");
	struct suite_case c = make_case(t);
	struct strbuf want = { 0 };
	char *text;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		c.name = names[i].from;
		strbuf_reset(&want);
		strbuf_addf(&want, "ok   %s [native] ", names[i].to);
		text = suite(SUITE_TEXT, &c, 1);
		expect_in(text, strbuf_str(&want));
		free(text);
	}
	strbuf_fini(&want);
	trace_free(t);
}

static void
the_failures_of_one_run_can_be_had_alone(void **state)
{
	struct strbuf out = { 0 };
	struct four f;

	(void)state;
	four_init(&f);
	suite_write_failures(&f.cases[0], false, &out);
	assert_int_equal(out.bytes, 0);
	suite_write_failures(&f.cases[1], true, &out);
	assert_memory_equal(strbuf_str(&out), "dir/a.scn:20: expect ", 21);
	rig_expect_lines(strbuf_str(&out), 120, true);
	strbuf_fini(&out);
	four_fini(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_has_a_line_for_each_run_and_a_sum),
		cmocka_unit_test(
		    a_failure_tells_place_wish_fact_moment_time_line_and_command),
		cmocka_unit_test(the_signs_are_explained_once_a_suite),
		cmocka_unit_test(
		    what_never_came_is_looked_for_at_the_mark_it_waits_for),
		cmocka_unit_test(a_known_fault_that_held_says_what_to_do),
		cmocka_unit_test(verbose_tells_known_faults_with_their_reasons),
		cmocka_unit_test(a_run_of_which_nothing_is_expected_says_so),
		cmocka_unit_test(a_seed_that_was_asked_for_is_part_of_the_name),
		cmocka_unit_test(tap_has_its_plan_and_a_point_for_each_run),
		cmocka_unit_test(junit_is_well_formed_and_counts),
		cmocka_unit_test(json_can_be_read_back),
		cmocka_unit_test(hostile_text_breaks_no_form),
		cmocka_unit_test(
		    letters_of_every_language_pass_and_what_cannot_be_seen_does_not),
		cmocka_unit_test(the_failures_of_one_run_can_be_had_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
