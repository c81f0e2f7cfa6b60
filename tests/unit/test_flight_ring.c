/* SPDX-License-Identifier: BSD-2-Clause */
/* The newest rows stay, in whole groups, in the room there is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/dur.h"
#include "base/prng.h"
#include "daemon/flight_ring.h"

struct seen {
	uint64_t next; /* the number that the next row has to have */
	size_t rows, groups;
	bool orphan; /* an answer without its input */
};

/* "17 xxxx": its number, and as many x as the number says. */
static size_t
length_of(uint64_t number)
{
	return (size_t)(number * 7919 % 500);
}

static void
add_row(struct flight_ring *r, enum flight_type type, int64_t at_ns)
{
	static char body[600];
	struct flight_row row = { .type = type, .at_ns = at_ns, .kind = "k" };
	uint64_t number = flight_ring_next(r);
	int n = snprintf(body, sizeof(body), "%ju ", (uintmax_t)number);

	memset(body + n, 'x', length_of(number));
	row.body = body;
	row.bytes = (size_t)n + length_of(number);
	flight_ring_add(r, &row);
}

static void
look(void *ctx, const struct flight_row *row)
{
	struct seen *s = ctx;
	uint64_t number = strtoull(row->body, NULL, 10);
	const char *x = strchr(row->body, 'x');

	if (s->rows++ == 0) {
		s->next = number;
		s->orphan = row->type == FLIGHT_OUT;
	}
	s->groups += row->type != FLIGHT_OUT;
	assert_string_equal(row->kind, "k");
	assert_int_equal(number, s->next++);
	if (length_of(number) == 0) {
		assert_null(x);
	} else {
		assert_non_null(x);
		assert_int_equal(strspn(x, "x"), length_of(number));
		assert_int_equal(row->body[row->bytes], 0);
		assert_ptr_equal(x + length_of(number), row->body + row->bytes);
	}
}

static void
the_newest_groups_stay(void **state)
{
	struct flight_ring *r = flight_ring_new(FLIGHT_RING_MIN, DUR_MAX);
	struct seen s;
	struct prng p;
	int i;

	(void)state;
	prng_seed(&p, 4);
	for (i = 0; i < 20000; i++) {
		add_row(r,
		    i == 0 || prng_below(&p, 3) == 0 ? FLIGHT_IN : FLIGHT_OUT,
		    i);
		assert_true(flight_ring_used(r) <= FLIGHT_RING_MIN);
		if (i % 97 != 0)
			continue;
		memset(&s, 0, sizeof(s));
		flight_ring_each(r, look, &s);
		assert_false(s.orphan);
		assert_int_equal(s.next, flight_ring_next(r));
		assert_int_equal(s.next - s.rows, flight_ring_first(r));
		if (i > 1000)
			assert_true(
			    flight_ring_used(r) > FLIGHT_RING_MIN - 20000);
	}
	flight_ring_free(r);
}

static void
what_is_old_goes(void **state)
{
	struct flight_ring *r = flight_ring_new(FLIGHT_RING_MIN, 10 * DUR_SEC);
	struct seen s = { 0 };
	int i;

	(void)state;
	for (i = 0; i < 50; i++) {
		add_row(r, FLIGHT_IN, i * DUR_SEC);
		add_row(r, FLIGHT_OUT, i * DUR_SEC);
	}
	flight_ring_each(r, look, &s);
	assert_int_equal(s.groups, 11);
	assert_int_equal(s.rows, 22);
	add_row(r, FLIGHT_LOG, 1000 * DUR_SEC);
	memset(&s, 0, sizeof(s));
	flight_ring_each(r, look, &s);
	assert_int_equal(s.rows, 1);
	while (flight_ring_drop(r))
		;
	assert_int_equal(flight_ring_used(r), 0);
	assert_int_equal(flight_ring_first(r), flight_ring_next(r));
	flight_ring_free(r);
}

/* A group that does not fit goes as a whole, and the next one is kept. */
static void
too_much_is_left_out(void **state)
{
	static char huge[FLIGHT_RING_MIN];
	struct flight_ring *r = flight_ring_new(FLIGHT_RING_MIN, DUR_MAX);
	struct flight_row row = { .type = FLIGHT_OUT,
		.kind = "k",
		.body = huge,
		.bytes = sizeof(huge) };
	struct seen s = { 0 };

	(void)state;
	memset(huge, 'h', sizeof(huge));
	add_row(r, FLIGHT_IN, 1);
	add_row(r, FLIGHT_IN, 1);
	flight_ring_add(r, &row);
	add_row(r, FLIGHT_OUT, 1);
	flight_ring_each(r, look, &s);
	assert_int_equal(s.rows, 0);
	assert_int_equal(flight_ring_first(r), 4);
	row.type = FLIGHT_IN;
	flight_ring_add(r, &row);
	add_row(r, FLIGHT_IN, 2);
	add_row(r, FLIGHT_OUT, 2);
	flight_ring_each(r, look, &s);
	assert_int_equal(s.rows, 2);
	/* Its answers push an input out, and are worth nothing then. */
	row.type = FLIGHT_OUT;
	row.bytes = sizeof(huge) - 100;
	flight_ring_add(r, &row);
	memset(&s, 0, sizeof(s));
	flight_ring_each(r, look, &s);
	assert_int_equal(s.rows, 0);
	flight_ring_free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_newest_groups_stay),
		cmocka_unit_test(what_is_old_goes),
		cmocka_unit_test(too_much_is_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
