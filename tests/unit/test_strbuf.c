/* SPDX-License-Identifier: BSD-2-Clause */
/* strbuf and mem: bytes that grow, and arrays that do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/strbuf.h"

static void
an_empty_one_is_an_empty_string(void **state)
{
	struct strbuf sb = { 0 };
	char *s;

	(void)state;
	assert_string_equal(strbuf_str(&sb), "");
	s = strbuf_take(&sb);
	assert_string_equal(s, "");
	free(s);
	strbuf_fini(&sb);
}

static void
pieces_are_put_together_and_always_ended(void **state)
{
	struct strbuf sb = { 0 };
	int i;

	(void)state;
	strbuf_adds(&sb, "ab");
	strbuf_addc(&sb, 'c');
	strbuf_addf(&sb, "%d-%s", 42, "x");
	strbuf_add(&sb, "yz!", 2);
	assert_string_equal(strbuf_str(&sb), "abc42-xyz");
	assert_int_equal(sb.bytes, 9);
	strbuf_reset(&sb);
	for (i = 0; i < 10000; i++) {
		strbuf_addc(&sb, 'q');
		assert_int_equal(sb.data[sb.bytes], '\0');
	}
	assert_int_equal(strlen(sb.data), 10000);
	strbuf_fini(&sb);
	assert_null(sb.data);
}

static void
nul_bytes_are_bytes(void **state)
{
	struct strbuf sb = { 0 };

	(void)state;
	strbuf_add(&sb, "a\0b", 3);
	strbuf_addc(&sb, '\0');
	assert_int_equal(sb.bytes, 4);
	assert_memory_equal(sb.data, "a\0b\0", 5);
	strbuf_fini(&sb);
}

static void
a_long_formatted_text_is_not_cut(void **state)
{
	struct strbuf sb = { 0 };
	char *long_one = mem_zero(1, 5001);

	(void)state;
	memset(long_one, 'l', 5000);
	strbuf_addf(&sb, "<%s>", long_one);
	assert_int_equal(sb.bytes, 5002);
	assert_int_equal(sb.data[5001], '>');
	strbuf_fini(&sb);
	free(long_one);
}

static void
what_is_taken_belongs_to_the_taker(void **state)
{
	struct strbuf sb = { 0 };
	char *s;

	(void)state;
	strbuf_adds(&sb, "mine");
	s = strbuf_take(&sb);
	assert_string_equal(strbuf_str(&sb), "");
	strbuf_adds(&sb, "other");
	assert_string_equal(s, "mine");
	free(s);
	strbuf_fini(&sb);
}

static void
pushed_elements_are_zeroed_and_keep_their_values(void **state)
{
	struct pair {
		int a, b;
	} *list = NULL;
	size_t n = 0, cap = 0;
	int i;

	(void)state;
	for (i = 0; i < 1000; i++) {
		struct pair *p = MEM_PUSH(list, n, cap);

		assert_int_equal(p->a, 0);
		assert_int_equal(p->b, 0);
		p->a = i;
	}
	assert_int_equal(n, 1000);
	assert_true(cap >= n);
	for (i = 0; i < 1000; i++)
		assert_int_equal(list[i].a, i);
	free(list);
}

static void
copies_are_copies(void **state)
{
	char text[] = "abc";
	char *a = mem_str(text), *b = mem_strn(text, 2), *c = mem_copy(text, 4);

	(void)state;
	text[0] = 'x';
	assert_string_equal(a, "abc");
	assert_string_equal(b, "ab");
	assert_string_equal(c, "abc");
	assert_null(mem_str(NULL));
	free(a);
	free(b);
	free(c);
	free(mem_copy(NULL, 0));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_one_is_an_empty_string),
		cmocka_unit_test(pieces_are_put_together_and_always_ended),
		cmocka_unit_test(nul_bytes_are_bytes),
		cmocka_unit_test(a_long_formatted_text_is_not_cut),
		cmocka_unit_test(what_is_taken_belongs_to_the_taker),
		cmocka_unit_test(
		    pushed_elements_are_zeroed_and_keep_their_values),
		cmocka_unit_test(copies_are_copies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
