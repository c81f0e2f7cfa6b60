/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/strbuf.h"
#include "world/record_lines.h"

/* Feeds text in pieces of the given size; the records joined by '|'. */
static const char *
split(struct strbuf *got, const char *text, size_t bytes, size_t piece)
{
	struct record_lines *l = calloc(1, sizeof(*l));
	char out[DEVLINE_MAX], *room;
	size_t at, n, most;

	strbuf_reset(got);
	for (at = 0; at < bytes; at += n) {
		room = record_lines_room(l, &most);
		n = piece < most ? piece : most;
		n = n < bytes - at ? n : bytes - at;
		memcpy(room, text + at, n);
		record_lines_filled(l, n);
		while (record_lines_take(l, false, out, &most)) {
			strbuf_add(got, out, most);
			strbuf_addc(got, '|');
		}
	}
	while (record_lines_take(l, true, out, &most)) {
		strbuf_add(got, out, most);
		strbuf_addc(got, '$');
	}
	free(l);
	return strbuf_str(got);
}

static void
pieces_of_any_size_give_the_same_lines(void **state)
{
	static const char text[] = "!one\n\n\n+two at x on y\n-three\n!four";
	struct strbuf got = { 0 };
	size_t piece;

	(void)state;
	for (piece = 1; piece < sizeof(text); piece++)
		assert_string_equal(split(&got, text, sizeof(text) - 1, piece),
		    "!one|+two at x on y|-three|!four$");
	assert_string_equal(split(&got, "", 0, 1), "");
	assert_string_equal(split(&got, "\n\n", 2, 1), "");
	strbuf_fini(&got);
}

static void
a_line_is_cut_where_a_record_is(void **state)
{
	struct strbuf text = { 0 }, got = { 0 };
	size_t i, piece;

	(void)state;
	for (i = 0; i < DEVLINE_MAX; i++)
		strbuf_addc(&text, 'a');
	strbuf_adds(&text, "bcd\n!next\n");
	for (piece = 1; piece < 20000; piece += 997) {
		split(&got, text.data, text.bytes, piece);
		assert_int_equal(got.bytes, DEVLINE_MAX + 1 + 6);
		assert_string_equal(got.data + DEVLINE_MAX - 1, "a|!next|");
	}
	strbuf_fini(&text);
	strbuf_fini(&got);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_of_any_size_give_the_same_lines),
		cmocka_unit_test(a_line_is_cut_where_a_record_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
