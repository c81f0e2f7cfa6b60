/* SPDX-License-Identifier: BSD-2-Clause */
/* The numbers of the FNV reference (draft-eastlake-fnv). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/hash128.h"

static const char *
hash_of(const char *s)
{
	static char buf[HASH128_TEXT];

	return hash128_text(hash128_bytes(HASH128_START, s, strlen(s)), buf);
}

static void
it_is_fnv_1a(void **state)
{
	(void)state;
	assert_string_equal(hash_of(""), "6c62272e07bb014262b821756295c58d");
	assert_string_equal(hash_of("a"), "d228cb696f1a8caf78912b704e4a8964");
	assert_string_equal(hash_of("foobar"),
	    "343e1662793c64bf6f0d3597ba446f18");
}

static void
it_goes_on(void **state)
{
	struct hash128 h = hash128_bytes(HASH128_START, "foo", 3);
	char buf[HASH128_TEXT];

	(void)state;
	assert_string_equal(hash128_text(hash128_bytes(h, "bar", 3), buf),
	    hash_of("foobar"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_fnv_1a),
		cmocka_unit_test(it_goes_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
