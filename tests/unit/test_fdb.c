/* SPDX-License-Identifier: BSD-2-Clause */
/* sim/lab/fdb.h: learning, moving, forgetting, and room for so many. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sim/lab/fdb.h"

static const uint8_t a[6] = { 2, 0, 0, 0, 0, 1 };
static const uint8_t b[6] = { 2, 0, 0, 0, 0, 2 };
static const uint8_t group[6] = { 1, 0, 0x5e, 0, 0, 1 };
static const uint8_t all[6] = { 255, 255, 255, 255, 255, 255 };

static void
an_address_is_where_it_was_heard_last(void **state)
{
	struct fdb f = { 0 };

	(void)state;
	assert_int_equal(fdb_find(&f, a), FDB_NONE);
	assert_int_equal(fdb_learn(&f, a, 3), FDB_NONE);
	assert_int_equal(fdb_learn(&f, b, 4), FDB_NONE);
	assert_int_equal(fdb_find(&f, a), 3);
	assert_int_equal(fdb_find(&f, b), 4);
	/* Where it was before is told once. */
	assert_int_equal(fdb_learn(&f, a, 4), 3);
	assert_int_equal(fdb_learn(&f, a, 4), FDB_NONE);
	assert_int_equal(fdb_find(&f, a), 4);
	assert_int_equal(fdb_learn(&f, a, 0), 4);
	assert_int_equal(fdb_learn(&f, a, 3), 0);
}

static void
groups_are_nobodys(void **state)
{
	struct fdb f = { 0 };

	(void)state;
	assert_int_equal(fdb_learn(&f, group, 1), FDB_NONE);
	assert_int_equal(fdb_learn(&f, all, 1), FDB_NONE);
	assert_int_equal(fdb_find(&f, group), FDB_NONE);
	assert_int_equal(f.n, 0);
}

static void
a_port_that_is_gone_has_no_addresses(void **state)
{
	struct fdb f = { 0 };

	(void)state;
	fdb_learn(&f, a, 1);
	fdb_learn(&f, b, 2);
	fdb_forget(&f, 1);
	assert_int_equal(fdb_find(&f, a), FDB_NONE);
	assert_int_equal(fdb_find(&f, b), 2);
	/* It is new then, and has not moved. */
	assert_int_equal(fdb_learn(&f, a, 2), FDB_NONE);
}

static void
invented_addresses_drive_out_the_quietest(void **state)
{
	struct fdb f = { 0 };
	uint8_t mac[6] = { 2, 1 };
	int i;

	(void)state;
	fdb_learn(&f, b, 2);
	fdb_learn(&f, a, 1);
	for (i = 0; i < 3 * FDB_MAX; i++) {
		mac[4] = (uint8_t)(i >> 8);
		mac[5] = (uint8_t)i;
		fdb_learn(&f, mac, 9);
		assert_int_equal(fdb_find(&f, a), 1);
		if (i % 100 == 0)
			fdb_learn(&f, a, 1);
	}
	for (i -= FDB_MAX - 1; i < 3 * FDB_MAX; i++) {
		mac[4] = (uint8_t)(i >> 8);
		mac[5] = (uint8_t)i;
		assert_int_equal(fdb_find(&f, mac), 9);
	}
	assert_int_equal(f.n, FDB_MAX);
	assert_int_equal(fdb_find(&f, a), 1);
	assert_int_equal(fdb_find(&f, b), FDB_NONE);
	assert_int_equal(f.driven_out, 3 * FDB_MAX + 2 - FDB_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_is_where_it_was_heard_last),
		cmocka_unit_test(groups_are_nobodys),
		cmocka_unit_test(a_port_that_is_gone_has_no_addresses),
		cmocka_unit_test(invented_addresses_drive_out_the_quietest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
