/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/words.h"

static void
a_word_is_found_where_it_stands_whole(void **state)
{
	(void)state;
	assert_true(words_have("lagg0 port-add mce0", "lagg0"));
	assert_true(words_have("lagg0 port-add mce0", "port-add"));
	assert_true(words_have("lagg0 port-add mce0", "mce0"));
	assert_true(words_have("mce0", "mce0"));
	assert_true(words_have("mce01 xmce0 mce0", "mce0"));
	assert_true(words_have("lagg0 port-add mce0", "port-add mce0"));
}

static void
a_part_of_a_word_is_none(void **state)
{
	(void)state;
	assert_false(words_have("lagg0 port-add mce0", "mce"));
	assert_false(words_have("lagg0 port-add mce0", "agg0"));
	assert_false(words_have("lagg0 port-add mce0", "port"));
	assert_false(words_have("mce0:1 mce0,", "mce0"));
}

static void
nothing_is_no_word(void **state)
{
	(void)state;
	assert_false(words_have("", ""));
	assert_false(words_have("a  b ", ""));
	assert_false(words_have("", "mce0"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_word_is_found_where_it_stands_whole),
		cmocka_unit_test(a_part_of_a_word_is_none),
		cmocka_unit_test(nothing_is_no_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
