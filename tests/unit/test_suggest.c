/* SPDX-License-Identifier: BSD-2-Clause */
/* suggest, diag and err: what people are told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <string.h>

#include <cmocka.h>

#include "base/diag.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "base/suggest.h"

static const char *const known[] = { "machine", "origin", "delay", "flag",
	"load", "records" };
#define KNOWN (sizeof(known) / sizeof(known[0]))

static void
each_kind_of_slip_finds_the_word(void **state)
{
	static const char *const slips[] = { "machin", "machinne", "mochine",
		"mcahine", "amchien" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(slips) / sizeof(slips[0]); i++)
		assert_string_equal(suggest(slips[i], known, KNOWN), "machine");
	assert_string_equal(suggest("flga", known, KNOWN), "flag");
}

static void
what_is_too_far_away_finds_nothing(void **state)
{
	(void)state;
	assert_null(suggest("zebra", known, KNOWN));
	assert_null(suggest("", known, KNOWN));
	assert_null(suggest("fl", known, KNOWN)); /* a third of two is none */
	assert_null(suggest("machine", known, 0));
	assert_null(
	    suggest("averyveryverylongwordthatisnobodysfriend", known, KNOWN));
}

static void
the_nearest_of_several_wins(void **state)
{
	static const char *const near[] = { "hn.filters", "hn.filter" };

	(void)state;
	assert_string_equal(suggest("hn.filte", near, 2), "hn.filter");
	assert_string_equal(suggest("hn.filter", near, 2), "hn.filter");
}

static void
a_finding_is_printed_with_its_place(void **state)
{
	struct strbuf out = { 0 };
	struct diag d = { .emit = diag_emit_strbuf, .ctx = &out };

	(void)state;
	diag_report(&d, DIAG_ERROR, "a.conf", 3, 7, "no %s here", "rule");
	diag_report(&d, DIAG_WARNING, "a.conf", 4, 0, "odd");
	diag_report(&d, DIAG_NOTE, "a.conf", 0, 0, "see above");
	assert_string_equal(strbuf_str(&out),
	    "a.conf:3:7: error: no rule here\n"
	    "a.conf:4: warning: odd\n"
	    "a.conf: note: see above\n");
	assert_int_equal(d.errors, 1);
	assert_int_equal(d.warnings, 1);
	strbuf_fini(&out);
}

static void
findings_count_even_when_nobody_listens(void **state)
{
	struct diag d = { 0 };

	(void)state;
	diag_report(&d, DIAG_ERROR, "a", 1, 1, "x");
	assert_int_equal(d.errors, 1);
}

static void
an_error_has_a_code_a_text_and_the_systems_word(void **state)
{
	struct err e;
	char long_text[2000];

	(void)state;
	assert_int_equal(err_set(&e, ERR_INPUT, "bad %d", 7), ERR_INPUT);
	assert_string_equal(e.text, "bad 7");
	assert_int_equal(e.sys_errno, 0);
	assert_int_equal(err_sys(&e, ENOENT, "open %s", "f"), ERR_IO);
	assert_int_equal(e.sys_errno, ENOENT);
	assert_string_equal(e.text, "open f: No such file or directory");
	assert_int_equal(err_set(NULL, ERR_BUSY, "x"), ERR_BUSY);
	memset(long_text, 'x', sizeof(long_text));
	long_text[sizeof(long_text) - 1] = '\0';
	err_sys(&e, EIO, "%s", long_text);
	assert_int_equal(strlen(e.text), sizeof(e.text) - 1);
}

static void
every_code_has_a_word(void **state)
{
	int code;

	(void)state;
	for (code = ERR_NONE; code >= ERR_UNSUPPORTED; code--)
		assert_true(err_word((enum err_code)code)[0] != '\0');
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_of_slip_finds_the_word),
		cmocka_unit_test(what_is_too_far_away_finds_nothing),
		cmocka_unit_test(the_nearest_of_several_wins),
		cmocka_unit_test(a_finding_is_printed_with_its_place),
		cmocka_unit_test(findings_count_even_when_nobody_listens),
		cmocka_unit_test(
		    an_error_has_a_code_a_text_and_the_systems_word),
		cmocka_unit_test(every_code_has_a_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
