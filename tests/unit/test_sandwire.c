/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "world/sandwire.h"

static void
a_frame_has_length_kind_and_little_endian_fields(void **state)
{
	static const unsigned char want[] = { 17, 0, 0, 0, WIRE_RUN, 0x02, 0x01,
		0, 0, 0, 0, 0, 0x80, 4, 0, 0, 0, 'e', 'c', 'h', 'o' };
	struct strbuf sb = { 0 };
	size_t mark = wire_begin(&sb, WIRE_RUN);

	(void)state;
	wire_number(&sb, INT64_MIN + 0x0102);
	wire_text(&sb, "echo", 4);
	wire_end(&sb, mark);
	assert_int_equal(sb.bytes, sizeof(want));
	assert_memory_equal(sb.data, want, sizeof(want));
	strbuf_fini(&sb);
}

static void
what_was_written_is_read_back(void **state)
{
	struct strbuf sb = { 0 };
	struct wire w;
	size_t mark, used, bytes;
	char *word;

	(void)state;
	strbuf_adds(&sb, "before");
	mark = wire_begin(&sb, WIRE_CALL);
	wire_number(&sb, -5);
	wire_text(&sb, "a\0b", 3);
	wire_text(&sb, "", 0);
	wire_text(&sb, "lagg0", 5);
	wire_end(&sb, mark);
	assert_int_equal(wire_frame(sb.data + 6, sb.bytes - 6, &w, &used), 1);
	assert_int_equal(used, sb.bytes - 6);
	assert_int_equal(w.kind, WIRE_CALL);
	assert_int_equal(wire_take_number(&w), -5);
	assert_memory_equal(wire_take_text(&w, &bytes), "a\0b", 3);
	assert_int_equal(bytes, 3);
	wire_take_text(&w, &bytes);
	assert_int_equal(bytes, 0);
	assert_true(wire_more(&w));
	word = wire_take_str(&w);
	assert_string_equal(word, "lagg0");
	assert_false(wire_more(&w));
	assert_false(w.bad);
	free(word);
	strbuf_fini(&sb);
}

static void
a_frame_is_none_until_its_last_byte_is_there(void **state)
{
	struct strbuf sb = { 0 };
	size_t mark = wire_begin(&sb, WIRE_ANSWER), i, used;
	struct wire w;

	(void)state;
	wire_text(&sb, "some output\n", 12);
	wire_end(&sb, mark);
	for (i = 0; i < sb.bytes; i++)
		assert_int_equal(wire_frame(sb.data, i, &w, &used), 0);
	assert_int_equal(wire_frame(sb.data, sb.bytes, &w, &used), 1);
	/* What lies behind it is the next one's. */
	strbuf_adds(&sb, "more");
	assert_int_equal(wire_frame(sb.data, sb.bytes, &w, &used), 1);
	assert_int_equal(used, sb.bytes - 4);
	strbuf_fini(&sb);
}

static void
nonsense_is_no_frame(void **state)
{
	static const unsigned char empty[] = { 0, 0, 0, 0 };
	static const unsigned char huge[] = { 0xff, 0xff, 0xff, 0x7f, 1 };
	struct wire w;
	size_t used;

	(void)state;
	assert_int_equal(wire_frame(empty, sizeof(empty), &w, &used), -1);
	assert_int_equal(wire_frame(huge, sizeof(huge), &w, &used), -1);
}

static void
a_field_that_lies_about_its_length_is_empty_and_bad(void **state)
{
	static const unsigned char raw[] = { 9, 0, 0, 0, WIRE_CALL, 0xff, 0xff,
		0xff, 0xff, 'a', 'b', 'c', 'd' };
	struct wire w;
	size_t used, bytes = 7;

	(void)state;
	assert_int_equal(wire_frame(raw, sizeof(raw), &w, &used), 1);
	wire_take_text(&w, &bytes);
	assert_int_equal(bytes, 0);
	assert_true(w.bad);
	assert_false(wire_more(&w));
	assert_int_equal(wire_take_number(&w), 0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_frame_has_length_kind_and_little_endian_fields),
		cmocka_unit_test(what_was_written_is_read_back),
		cmocka_unit_test(a_frame_is_none_until_its_last_byte_is_there),
		cmocka_unit_test(nonsense_is_no_frame),
		cmocka_unit_test(
		    a_field_that_lies_about_its_length_is_empty_and_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
