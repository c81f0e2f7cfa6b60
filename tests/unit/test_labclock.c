/* SPDX-License-Identifier: BSD-2-Clause */
/* A guest's clock on the host's: what it was made of is what comes out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/prng.h"
#include "sim/lab/labclock.h"

#define MS INT64_C(1000000)
#define S  (1000 * MS)

/* A guest that was started at 5 s of the host, runs ppm too fast, and stood
 * from then to then, once. */
struct guest {
	int64_t ppm, from_ns, to_ns;
};

static int64_t
guest_at(const struct guest *g, int64_t host_ns)
{
	int64_t ran = host_ns - 5 * S;

	if (host_ns >= g->to_ns)
		ran -= g->to_ns - g->from_ns;
	else if (host_ns > g->from_ns)
		ran = g->from_ns - 5 * S;
	return ran + ran / 1000000 * g->ppm;
}

static void
ask(struct labclock *c, const struct guest *g, int64_t sent_ns, int64_t there,
    int64_t back)
{
	labclock_sample(c, sent_ns, guest_at(g, sent_ns + there),
	    sent_ns + there + back);
}

static void
holds(const struct labclock *c, const struct guest *g, int64_t host_ns,
    int64_t within_ns)
{
	struct labclock_moment m;

	assert_true(labclock_host(c, guest_at(g, host_ns), &m));
	assert_in_range(m.within_ns, 0, within_ns);
	assert_in_range(llabs(m.ns - host_ns), 0, m.within_ns);
	assert_true(labclock_guest(c, host_ns, &m));
	assert_in_range(m.within_ns, 0, within_ns);
	assert_in_range(llabs(m.ns - guest_at(g, host_ns)), 0, m.within_ns);
}

static void
nothing_is_known_without_a_sample(void **state)
{
	struct labclock *c = labclock_new();
	struct labclock_moment m;

	(void)state;
	labclock_stop(c, 2 * S, 3 * S);
	labclock_sample(c, 9 * S, 1 * S, 8 * S);
	assert_false(labclock_host(c, 1, &m));
	assert_false(labclock_guest(c, 1, &m));
	labclock_free(c);
	labclock_free(NULL);
}

static void
the_shortest_way_counts(void **state)
{
	const struct guest g = { 0, INT64_MAX, INT64_MAX };
	struct labclock *c = labclock_new();

	(void)state;
	ask(c, &g, 6 * S, 40 * MS, 1 * MS);
	holds(c, &g, 6 * S, 21 * MS);
	ask(c, &g, 7 * S, 1 * MS, 1 * MS);
	holds(c, &g, 7 * S, 1 * MS + 1000);
	holds(c, &g, 7 * S + 500 * MS, 1 * MS + 251000);
	holds(c, &g, 5 * S, 2 * MS + 1000); /* before the first, too */
	labclock_free(c);
}

/* Each bounds the other: one came late there, one came late back. */
static void
two_bad_ways_make_a_good_one(void **state)
{
	const struct guest g = { 0, INT64_MAX, INT64_MAX };
	struct labclock *c = labclock_new();

	(void)state;
	ask(c, &g, 6 * S, 40 * MS, 0);
	ask(c, &g, 6 * S + 50 * MS, 0, 40 * MS);
	holds(c, &g, 6 * S + 50 * MS, 1 * MS);
	labclock_free(c);
}

static void
a_migration_takes_its_time(void **state)
{
	const struct guest g = { 200, 8 * S, 8 * S + 100 * MS };
	struct labclock *c = labclock_new();
	struct labclock_moment m;
	int64_t at;

	(void)state;
	for (at = 6 * S; at < 11 * S; at += 250 * MS)
		if (at != 8 * S)
			ask(c, &g, at, 1 * MS, 2 * MS);
	labclock_sample(c, 8 * S - MS, guest_at(&g, 8 * S), 8 * S + 101 * MS);
	labclock_stop(c, g.from_ns, g.to_ns);
	for (at = 5 * S; at < 11 * S; at += 7 * MS)
		if (at < 7996 * MS || at > 8104 * MS)
			holds(c, &g, at, 3 * MS);
	/* When it stood: at one end of that. */
	assert_true(labclock_host(c, guest_at(&g, g.from_ns), &m));
	assert_true(llabs(m.ns - g.from_ns) <= m.within_ns ||
	    llabs(m.ns - g.to_ns) <= m.within_ns);
	labclock_free(c);
}

/* Its length alone tells of what was after it, or before it. */
static void
a_stop_without_samples_behind_it_is_bridged(void **state)
{
	const struct guest g = { 0, 8 * S, 13 * S };
	struct labclock *c = labclock_new();

	(void)state;
	ask(c, &g, 7 * S, 1 * MS, 1 * MS);
	labclock_stop(c, g.from_ns, g.to_ns);
	holds(c, &g, 7 * S, 2 * MS);
	holds(c, &g, 14 * S, 3 * MS);
	labclock_free(c);

	c = labclock_new();
	ask(c, &g, 14 * S, 1 * MS, 1 * MS);
	labclock_stop(c, g.from_ns, g.to_ns);
	holds(c, &g, 7 * S, 3 * MS);
	labclock_free(c);
}

static void
stops_may_be_told_in_any_order_and_twice(void **state)
{
	struct labclock *c = labclock_new();
	struct labclock_moment m;

	(void)state;
	labclock_sample(c, 0, 0, 0);
	labclock_stop(c, 30 * MS, 40 * MS);
	labclock_stop(c, 10 * MS, 20 * MS);
	labclock_stop(c, 10 * MS, 20 * MS);
	labclock_stop(c, 15 * MS, 22 * MS);
	labclock_stop(c, 5 * MS, 4 * MS);
	assert_true(labclock_host(c, 5 * MS, &m));
	assert_in_range(m.ns, 5 * MS - 10000, 5 * MS + 10000);
	assert_true(labclock_host(c, 12 * MS, &m));
	assert_in_range(m.ns, 24 * MS - 10000, 24 * MS + 10000);
	assert_true(labclock_host(c, 20 * MS, &m));
	assert_in_range(m.ns, 42 * MS - 20000, 42 * MS + 20000);
	labclock_free(c);
}

/* The clock was worse than it is trusted to be: the nearest is believed. */
static void
samples_that_disagree_give_the_surest(void **state)
{
	struct labclock *c = labclock_new();
	struct labclock_moment m;

	(void)state;
	labclock_sample(c, 1 * S, 0, 1 * S);
	labclock_sample(c, 2 * S, 1 * S + 20 * MS, 2 * S);
	assert_true(labclock_host(c, 1 * S + 21 * MS, &m));
	assert_in_range(m.ns, 2 * S, 2 * S + 2 * MS);
	labclock_free(c);
}

/* Whatever the ways are, the truth is within what it says. */
static void
the_truth_is_within(void **state)
{
	struct guest g;
	struct labclock *c;
	struct prng p;
	int round, i;
	int64_t at;

	(void)state;
	prng_seed(&p, 11);
	for (round = 0; round < 300; round++) {
		c = labclock_new();
		g.ppm = (int64_t)prng_below(&p, 800) - 400;
		g.from_ns = 10 * S + (int64_t)prng_below(&p, 1000) * MS;
		g.to_ns = g.from_ns + (int64_t)prng_below(&p, 3000) * MS;
		labclock_stop(c, g.from_ns, g.to_ns);
		for (i = 0; i < 8; i++) {
			at = 6 * S + (int64_t)prng_below(&p, 12000) * MS;
			ask(c, &g, at, (int64_t)prng_below(&p, 9) * MS,
			    (int64_t)prng_below(&p, 9) * MS);
		}
		ask(c, &g, 9 * S, 1 * MS, 1 * MS);
		ask(c, &g, 15 * S, 1 * MS, 1 * MS);
		for (at = 6 * S; at < 18 * S; at += 211 * MS)
			if (llabs(at - g.from_ns) > 50 * MS &&
			    llabs(at - g.to_ns) > 50 * MS &&
			    (at < g.from_ns || at > g.to_ns))
				holds(c, &g, at, 20 * MS);
		labclock_free(c);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_known_without_a_sample),
		cmocka_unit_test(the_shortest_way_counts),
		cmocka_unit_test(two_bad_ways_make_a_good_one),
		cmocka_unit_test(a_migration_takes_its_time),
		cmocka_unit_test(a_stop_without_samples_behind_it_is_bridged),
		cmocka_unit_test(stops_may_be_told_in_any_order_and_twice),
		cmocka_unit_test(samples_that_disagree_give_the_surest),
		cmocka_unit_test(the_truth_is_within),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
