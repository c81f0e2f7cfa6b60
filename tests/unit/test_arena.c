/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "sim/search/arena.h"

#define MOST ((size_t)1 << 20)

struct list {
	char **texts; /* owned, as each of them */
	size_t n, cap;
};

static void
add(struct list *l, const char *text)
{
	*MEM_PUSH(l->texts, l->n, l->cap) = mem_str(text);
}

static void
what_was_kept_comes_back(void **state)
{
	struct arena *a = arena_new(MOST);
	struct arena_image first = { 0 }, second = { 0 }, base = { 0 };
	struct list *l;
	char text[32];
	unsigned i;

	(void)state;
	arena_enter(a);
	l = mem_zero(1, sizeof(*l));
	add(l, "base");
	arena_leave();
	arena_set_base(a);
	for (i = 0; i < 1000; i++) {
		arena_enter(a);
		text[0] = (char)('a' + i % 26);
		text[1] = '\0';
		add(l, text);
		arena_leave();
		if (i == 9)
			arena_keep(a, &first);
	}
	arena_keep(a, &second);
	arena_bring_back(a, &first);
	assert_int_equal(l->n, 11);
	assert_string_equal(l->texts[10], "j");
	arena_enter(a);
	free(l->texts[10]);
	l->n--;
	add(l, "other");
	arena_leave();
	arena_bring_back(a, &second);
	assert_int_equal(l->n, 1001);
	assert_string_equal(l->texts[10], "j");
	assert_string_equal(l->texts[1000], "l");
	arena_bring_back(a, &base);
	assert_int_equal(l->n, 1);
	assert_string_equal(l->texts[0], "base");
	arena_image_fini(&first);
	arena_image_fini(&second);
	arena_free(a);
}

static void
what_is_freed_is_given_again_and_is_zero(void **state)
{
	struct arena *a = arena_new(MOST);
	char *p, *outside = mem_str("outside");
	size_t i;

	(void)state;
	/* More in all than there is room for. */
	for (i = 0; i < 4096; i++) {
		arena_enter(a);
		p = mem_zero(1, 1 + i);
		assert_int_equal((uintptr_t)p % 16, 0);
		assert_int_equal(p[0], 0);
		assert_int_equal(p[i], 0);
		memset(p, 1, 1 + i);
		free(p);
		arena_leave();
	}
	assert_string_equal(outside, "outside");
	free(outside);
	arena_free(a);
}

/* A pool outlives being full, and what it could not take is freed as well. */
static void
a_full_pool_asks_the_system(void **state)
{
	struct arena *a = arena_new_pool((size_t)64 << 10);
	char *p[64], *outside = mem_str("outside");
	size_t i, k;

	(void)state;
	arena_enter(a); /* NULL under a sanitizer: all comes from the system */
	for (i = 0; i < 64; i++) {
		p[i] = mem_zero(1, 4096);
		for (k = 0; k < 4096; k++)
			assert_int_equal(p[i][k], 0);
		memset(p[i], (int)i, 4096);
	}
	arena_leave();
	for (i = 0; i < 64; i++) {
		assert_int_equal(p[i][0], i);
		assert_int_equal(p[i][4095], i);
		free(p[i]);
	}
	free(outside);
	arena_free(a);
	arena_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_kept_comes_back),
		cmocka_unit_test(what_is_freed_is_given_again_and_is_zero),
		cmocka_unit_test(a_full_pool_asks_the_system),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
