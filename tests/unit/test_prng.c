/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/hash.h"
#include "base/prng.h"

/* Numbers of the published algorithms: splitmix64 from seed 0 gives
 * e220a8397b1dcdaf, 6e789e6aa1b965f4, 06c45d188009454f, f88bb8a8724c81ec, and
 * xoshiro256** goes on from these. */
static void
the_numbers_are_those_of_the_published_algorithms(void **state)
{
	struct prng p;

	(void)state;
	prng_seed(&p, 0);
	assert_true(p.s[0] == UINT64_C(0xe220a8397b1dcdaf));
	assert_true(p.s[1] == UINT64_C(0x6e789e6aa1b965f4));
	assert_true(p.s[2] == UINT64_C(0x06c45d188009454f));
	assert_true(p.s[3] == UINT64_C(0xf88bb8a8724c81ec));
	assert_true(prng_next(&p) == UINT64_C(0x99ec5f36cb75f2b4));
}

static void
a_seed_repeats_its_numbers_and_another_has_others(void **state)
{
	struct prng a, b, c;
	int i, same = 0;

	(void)state;
	prng_seed(&a, 42);
	prng_seed(&b, 42);
	prng_seed(&c, 43);
	for (i = 0; i < 1000; i++) {
		uint64_t x = prng_next(&a);

		assert_true(x == prng_next(&b));
		same += x == prng_next(&c);
	}
	assert_int_equal(same, 0);
}

static void
each_name_has_a_stream_of_its_own(void **state)
{
	struct prng a, b, again;

	(void)state;
	prng_seed_named(&a, 1, "vf.open");
	prng_seed_named(&b, 1, "vf.stop");
	prng_seed_named(&again, 1, "vf.open");
	assert_true(prng_next(&a) == prng_next(&again));
	assert_true(prng_next(&a) != prng_next(&b));
}

static void
a_bound_is_kept_and_every_number_below_it_is_met(void **state)
{
	unsigned seen[7] = { 0 };
	struct prng p;
	int i;

	(void)state;
	prng_seed(&p, 9);
	for (i = 0; i < 70000; i++)
		seen[prng_below(&p, 7)]++;
	for (i = 0; i < 7; i++)
		assert_in_range(seen[i], 9500, 10500);
	for (i = 0; i < 100; i++)
		assert_int_equal(prng_below(&p, 1), 0);
	for (i = 0; i < 1000; i++)
		assert_true(prng_below(&p, UINT64_MAX) < UINT64_MAX);
}

static void
the_hash_is_fnv_1a_and_goes_on_where_it_stopped(void **state)
{
	uint64_t h;

	(void)state;
	assert_true(hash_str(HASH_START, "") == HASH_START);
	assert_true(hash_str(HASH_START, "a") == UINT64_C(0xaf63dc4c8601ec8c));
	assert_true(
	    hash_str(HASH_START, "foobar") == UINT64_C(0x85944171f73967e8));
	h = hash_bytes(HASH_START, "foo", 3);
	assert_true(hash_bytes(h, "bar", 3) == hash_str(HASH_START, "foobar"));
	assert_true(hash_step(HASH_START, 'a') == hash_str(HASH_START, "a"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    the_numbers_are_those_of_the_published_algorithms),
		cmocka_unit_test(
		    a_seed_repeats_its_numbers_and_another_has_others),
		cmocka_unit_test(each_name_has_a_stream_of_its_own),
		cmocka_unit_test(
		    a_bound_is_kept_and_every_number_below_it_is_met),
		cmocka_unit_test(
		    the_hash_is_fnv_1a_and_goes_on_where_it_stopped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
