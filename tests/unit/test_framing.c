/* SPDX-License-Identifier: BSD-2-Clause */
/* sim/lab/framing.h: the same frames, in whatever pieces they come. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "sim/lab/framing.h"

/* Frames of lengths 60, 0, 1, the longest, 4: byte i is length + i. */
static const size_t lengths[] = { 60, 0, 1, FRAMING_MAX, 4 };
#define FRAMES (sizeof(lengths) / sizeof(lengths[0]))

static void
put_frame(struct strbuf *sb, size_t bytes)
{
	uint8_t head[FRAMING_HEAD];
	size_t i;

	framing_head(head, bytes);
	strbuf_add(sb, head, sizeof(head));
	for (i = 0; i < bytes; i++)
		strbuf_addc(sb, (char)(uint8_t)(bytes + i));
}

static void
check_frame(const struct framing *f, size_t bytes)
{
	size_t i;

	assert_int_equal(f->bytes, bytes);
	for (i = 0; i < bytes; i++)
		assert_int_equal(f->frame[i], (uint8_t)(bytes + i));
}

/* Feeds all in pieces of that size; gives how many frames came. */
static size_t
feed(struct framing *f, const struct strbuf *sb, size_t piece)
{
	const uint8_t *data = (const uint8_t *)sb->data;
	size_t at, used, end, n = 0;

	for (at = 0; at < sb->bytes; at += piece) {
		end = sb->bytes - at < piece ? sb->bytes - at : piece;
		used = 0;
		while (
		    framing_take(f, data + at, end, &used) == FRAMING_FRAME) {
			assert_true(n < FRAMES);
			check_frame(f, lengths[n++]);
		}
		assert_int_equal(used, end);
	}
	return n;
}

static void
frames_come_in_any_pieces(void **state)
{
	const size_t pieces[] = { 1, 2, 3, 5, 64, 65, 4096, 1u << 20 };
	struct framing *f = mem_zero(1, sizeof(*f));
	struct strbuf sb = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < FRAMES; i++)
		put_frame(&sb, lengths[i]);
	for (i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++)
		assert_int_equal(feed(f, &sb, pieces[i]), FRAMES);
	strbuf_fini(&sb);
	free(f);
}

static void
the_head_is_as_qemu_has_it(void **state)
{
	uint8_t head[FRAMING_HEAD];

	(void)state;
	framing_head(head, 0x01020304);
	assert_memory_equal(head, "\1\2\3\4", 4);
}

/* Nothing of it is copied, and it stays so. */
static void
a_length_that_nobody_sends_is_the_end(void **state)
{
	struct framing *f = mem_zero(1, sizeof(*f));
	uint8_t data[8] = { 0 };
	size_t used = 0;

	(void)state;
	framing_head(data, FRAMING_MAX + 1);
	assert_int_equal(framing_take(f, data, 8, &used), FRAMING_BROKEN);
	assert_int_equal(used, 4);
	assert_int_equal(framing_take(f, data, 8, &used), FRAMING_BROKEN);
	memset(f, 0, sizeof(*f));
	memset(data, 0xff, sizeof(data));
	used = 0;
	assert_int_equal(framing_take(f, data, 3, &used), FRAMING_MORE);
	assert_int_equal(framing_take(f, data, 8, &used), FRAMING_BROKEN);
	free(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_come_in_any_pieces),
		cmocka_unit_test(the_head_is_as_qemu_has_it),
		cmocka_unit_test(a_length_that_nobody_sends_is_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
