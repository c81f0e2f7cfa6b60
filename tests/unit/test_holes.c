/* SPDX-License-Identifier: BSD-2-Clause */
/* Holes in blocks are the same as in one plain row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/prng.h"
#include "packet/holes.h"

#define MOST 3000

static struct {
	struct hole row[MOST];
	size_t n;
} plain;

static struct hole_place
nth(const struct holes *h, size_t i)
{
	struct hole_place p = { 0, 0 };

	while (i > 0 && holes_get(h, &p) != NULL) {
		p.at++;
		i--;
	}
	holes_get(h, &p);
	return p;
}

static void
assert_same(const struct holes *h)
{
	struct hole_place p = { 0, 0 };
	const struct hole *one;
	size_t i, cap = 0;

	assert_int_equal(h->n, plain.n);
	for (i = 0; i < plain.n; i++, p.at++) {
		one = holes_get(h, &p);
		assert_non_null(one);
		assert_memory_equal(one, &plain.row[i], sizeof(*one));
	}
	assert_null(holes_get(h, &p));
	for (i = 0; i < h->n_blocks; i++) {
		assert_in_range(h->blocks[i].n, 1, h->blocks[i].cap);
		cap += h->blocks[i].cap;
	}
	assert_int_equal(h->cap, cap);
}

/* Between its neighbours, which leave room for it or not. */
static void
insert(struct holes *h, struct prng *p)
{
	struct hole new = { .seen_at = prng_below(p, 1000) };
	size_t at = prng_below(p, 3) == 0 ? plain.n
					  : (size_t)prng_below(p, plain.n + 1);
	uint64_t low = at > 0 ? plain.row[at - 1].end + 1 : 1;
	uint64_t high =
	    at < plain.n ? plain.row[at].first - 1 : low + (1 << 20);
	struct hole_place place;
	size_t growth, cap = h->cap;

	if (plain.n == MOST || low >= high)
		return;
	new.first = low + prng_below(p, high - low);
	new.end = new.first + 1;
	place = holes_find(h, new.first);
	growth = holes_growth(h, place);
	holes_insert(h, place, &new);
	assert_int_equal(h->cap, cap + growth);
	memmove(plain.row + at + 1, plain.row + at,
	    (plain.n - at) * sizeof(new));
	plain.row[at] = new;
	plain.n++;
}

static void
drop(struct holes *h, size_t at, size_t count)
{
	size_t i;

	if (at == 0 && count > 1)
		holes_drop(h, count);
	else
		for (i = 0; i < count; i++)
			holes_remove(h, nth(h, at));
	plain.n -= count;
	memmove(plain.row + at, plain.row + at + count,
	    (plain.n - at) * sizeof(plain.row[0]));
}

static void
change(struct holes *h, struct prng *p)
{
	size_t i, at;

	switch (prng_below(p, 5)) {
	case 0:
	case 1:
	case 2:
		for (i = 0; i < 100; i++)
			insert(h, p);
		break;
	case 3:
		at = (size_t)prng_below(p, plain.n + 1);
		drop(h, at,
		    (size_t)prng_below(p,
			plain.n - at < 200 ? plain.n - at + 1 : 200));
		break;
	default:
		if (prng_below(p, 4) == 0)
			drop(h, 0, (size_t)prng_below(p, plain.n + 1));
		break;
	}
}

static void
find_is_the_first_that_ends_behind(const struct holes *h, struct prng *p)
{
	uint64_t number =
	    prng_below(p, plain.n > 0 ? plain.row[plain.n - 1].end + 2 : 2);
	struct hole_place place = holes_find(h, number);
	const struct hole *got = holes_get(h, &place);
	size_t i = 0;

	while (i < plain.n && plain.row[i].end <= number)
		i++;
	if (i == plain.n)
		assert_null(got);
	else
		assert_memory_equal(got, &plain.row[i], sizeof(*got));
}

static void
blocks_are_as_one_row(void **state)
{
	struct holes h = { 0 }, copy;
	struct prng p;
	size_t i, most = 0;

	(void)state;
	prng_seed(&p, 1);
	for (i = 0; i < 600; i++) {
		change(&h, &p);
		assert_same(&h);
		find_is_the_first_that_ends_behind(&h, &p);
		most = h.n_blocks > most ? h.n_blocks : most;
		if (i % 50 == 0) {
			holes_copy(&copy, &h);
			holes_fini(&h);
			h = copy;
			assert_same(&h);
		}
	}
	assert_true(most > 8);
	holes_fini(&h);
	assert_int_equal(h.cap, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_are_as_one_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
