/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "rules/regex.h"

/* 1 or 0 for a match, -1 when the pattern is refused. */
static int
answer(const char *pattern, const char *text, bool old)
{
	const char *why = NULL;
	struct regex *re = regex_new(pattern, old, &why);
	int got;

	if (re == NULL) {
		assert_non_null(why);
		return -1;
	}
	assert_null(why);
	got = regex_match(re, text);
	regex_free(re);
	return got;
}

struct row {
	const char *pattern;
	const char *text;
	int want;
};

static void
check(const struct row *rows, size_t count)
{
	size_t i;
	int got;

	for (i = 0; i < count; i++) {
		got = answer(rows[i].pattern, rows[i].text, false);
		if (got != rows[i].want)
			fail_msg("'%s' on '%s': %d, not %d", rows[i].pattern,
			    rows[i].text, got, rows[i].want);
	}
}
#define CHECK(rows) check((rows), sizeof(rows) / sizeof(*(rows)))

static void
ordinary_patterns_match_without_regard_to_case(void **state)
{
	static const struct row rows[] = {
		{ "^hn[0-9]+$", "HN12", 1 },
		{ "^hn[0-9]+$", "hn", 0 },
		{ "^[[:upper:]]$", "a", 1 },
		{ "^[^a]$", "A", 0 },
		{ "^a.c$", "a\nc", 1 },
		{ "b", "abc", 1 },
		{ "^(ab|c)*d?$", "ABcabd", 1 },
		{ "^(ab|c)*d?$", "abdd", 0 },
		{ "^()a$", "a", 1 },
		{ "^\xe9$", "\xc9", 0 },
	};

	(void)state;
	CHECK(rows);
}

static void
a_branch_without_parentheses_is_anchored_on_one_side(void **state)
{
	static const struct row rows[] = {
		{ "^foo|bar$", "foolish", 1 },
		{ "^foo|bar$", "rebar", 1 },
		{ "^foo|bar$", "xfoo bar!", 0 },
		{ "^a|b|c$", "xbx", 1 },
	};

	(void)state;
	CHECK(rows);
}

static void
repeats_have_bounds_up_to_255(void **state)
{
	static const struct row rows[] = {
		{ "^a{2}$", "aa", 1 },
		{ "^a{2}$", "aaa", 0 },
		{ "^a{2,3}$", "aaa", 1 },
		{ "^a{2,3}$", "aaaa", 0 },
		{ "^a{2,}$", "aaaaaaa", 1 },
		{ "^a{0}b$", "b", 1 },
		{ "^a{0,1}b$", "ab", 1 },
		{ "^a{255}$", "a", 0 },
		{ "^(a{0})$", "", -1 },
		{ "^a{256}$", "a", -1 },
		{ "^a{3,2}$", "a", -1 },
		{ "^a{,2}$", "a", -1 },
		{ "^a{x}$", "a", -1 },
		{ "^a{1$", "a", -1 },
		{ "^a{1,2", "a", -1 },
		{ "^a{1}{2}$", "a", -1 },
	};

	(void)state;
	CHECK(rows);
}

static void
what_libc_refuses_is_refused(void **state)
{
	static const char *const bad[] = { "(", ")", "^(a$", "^a)$", "^*a$",
		"^+$", "^?$", "^a**$", "^a*?$", "^a+?$", "^(a|)$", "^(|a)$",
		"^a||b$", "|a", "a|", "^(?:a)$", "^{$", "^a{$", "^[a$", "^[]$",
		"^[b-a]$", "^[a-b-c]$", "^[[:bogus:]]$", "^[[:alpha]$",
		"^[[.nosuch.]]$", "^[[=ab=]]$", "^\\d$", "^\\'$", "^\\`$",
		"a\\", "^[--]$x[", "^[[:alpha:]-z]$", "" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (answer(bad[i], "a", false) != -1)
			fail_msg("'%s' is accepted", bad[i]);
}

static void
bracket_expressions_know_every_form(void **state)
{
	static const struct row rows[] = {
		{ "^[]a]+$", "]a", 1 },
		{ "^[^]a]$", "]", 0 },
		{ "^[a-]+$", "a-", 1 },
		{ "^[-a]+$", "-a", 1 },
		{ "^[+--]$", ",", 1 },
		{ "^[%--]$", "-", 1 },
		{ "^[[:space:]]$", "\v", 1 },
		{ "^[[:xdigit:][:punct:]]+$", "0aF!", 1 },
		{ "^[[.hyphen.]]$", "-", 1 },
		{ "^[[.a.]-c]$", "b", 1 },
		{ "^[[=a=]]$", "A", 1 },
		{ "^[\\n]$", "n", 1 },
		{ "^[[.].]]$", "]", 1 },
		{ "^[[:cntrl:]]$", "\177", 1 },
	};

	(void)state;
	CHECK(rows);
}

static void
word_edges_are_passed_after_line_edges(void **state)
{
	static const struct row rows[] = {
		{ "^\\<foo$", "foo", 1 },
		{ "^[[:<:]]foo$", "foo", 1 },
		{ "^foo\\>$", "foo", 0 },
		{ "^foo[[:>:]]$", "foo", 0 },
		{ "^foo\\>.bar$", "foo-bar", 1 },
		{ "^foo\\>.bar$", "foo_bar", 0 },
		{ "\\<b", "a b", 1 },
		{ "\\<b", "ab", 0 },
	};

	(void)state;
	CHECK(rows);
}

static void
an_edge_is_passed_once_a_round_in_a_small_program(void **state)
{
	char large[200] = "^\\<\\<a";
	size_t i;

	(void)state;
	assert_int_equal(answer("^\\<\\<a$", "a", false), 0);
	/* Above 64 operations, of which a group is two, libc goes as far as
	 * it can. */
	for (i = 0; i < 28; i++)
		strcat(large, "()");
	strcat(large, "$$");
	assert_int_equal(answer(large, "a", false), 0);
	strcat(large, "$");
	assert_int_equal(answer(large, "a", false), 1);
}

static void
an_escaped_letter_means_itself_only_in_12_1(void **state)
{
	(void)state;
	assert_int_equal(answer("^\\d$", "d", true), 1);
	assert_int_equal(answer("^\\d$", "d", false), -1);
	assert_int_equal(answer("^\\1$", "1", false), 1);
	assert_int_equal(answer("^\\-$", "-", false), 1);
	assert_int_equal(answer("^\\\xe9$", "\xe9", false), 1);
}

static void
an_anchor_inside_never_matches_the_wrong_place(void **state)
{
	static const struct row rows[] = {
		{ "^a^b$", "ab", 0 },
		{ "^a$b$", "ab", 0 },
		{ "^^a$", "a", 1 },
		{ "^a$$", "a", 1 },
		{ "^a\\$", "a$x", 1 },
		{ "^^*$", "", -1 },
	};

	(void)state;
	CHECK(rows);
}

static void
a_pattern_that_explodes_is_refused(void **state)
{
	char deep[5000] = "";
	size_t i;

	(void)state;
	assert_int_equal(answer("^(a{255}){255}$", "a", false), 0);
	assert_int_equal(answer("^((a{255}){255}){255}$", "a", false), -1);
	assert_int_equal(answer("^((((((x{9}){9}){99}){99}){99}){99}){99}$", "",
			     false),
	    -1);
	for (i = 0; i < 2000; i++)
		strcat(deep, "(");
	assert_int_equal(answer(deep, "a", false), -1);
}

static void
nothing_takes_exponential_time(void **state)
{
	char *text = mem_zero(1, 8192);

	(void)state;
	memset(text, 'a', 8191);
	assert_int_equal(answer("^(a+)+b$", text, false), 0);
	assert_int_equal(answer("^((a|a)*)*c$", text, false), 0);
	assert_int_equal(answer("^(a?){100}(a*){100}x$", text, false), 0);
	free(text);
}

static void
many_states_give_the_same_answers_as_few(void **state)
{
	/* The same language below and above 64 states: branches that read
	 * bytes which are in no text make it large. */
	static const char *const small[] = { "(ab|c)+d{2,3}", "[^a-c]*e",
		"a(b(c|d)*)?", ".*x.*" };
	static const char *const texts[] = { "", "abcdd", "CDDD", "xye", "abcd",
		"a", "zzxzz", "abcddd", "e", "abdc" };
	char few[64], many[2000];
	size_t i, k, n;

	(void)state;
	for (i = 0; i < 4; i++) {
		snprintf(few, sizeof(few), "^(%s)$", small[i]);
		snprintf(many, sizeof(many), "^(%s", small[i]);
		for (n = 0; n < 200; n++)
			strcat(many, "|\001\002");
		strcat(many, ")$");
		for (k = 0; k < 10; k++)
			assert_int_equal(answer(few, texts[k], false),
			    answer(many, texts[k], false));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    ordinary_patterns_match_without_regard_to_case),
		cmocka_unit_test(
		    a_branch_without_parentheses_is_anchored_on_one_side),
		cmocka_unit_test(repeats_have_bounds_up_to_255),
		cmocka_unit_test(what_libc_refuses_is_refused),
		cmocka_unit_test(bracket_expressions_know_every_form),
		cmocka_unit_test(word_edges_are_passed_after_line_edges),
		cmocka_unit_test(
		    an_edge_is_passed_once_a_round_in_a_small_program),
		cmocka_unit_test(an_escaped_letter_means_itself_only_in_12_1),
		cmocka_unit_test(
		    an_anchor_inside_never_matches_the_wrong_place),
		cmocka_unit_test(a_pattern_that_explodes_is_refused),
		cmocka_unit_test(nothing_takes_exponential_time),
		cmocka_unit_test(many_states_give_the_same_answers_as_few),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
