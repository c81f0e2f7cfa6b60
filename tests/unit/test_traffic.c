/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packets in closed form and one by one are two models of the same thing. Over
 * hundreds of random histories they must give the same numbers and gaps.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/machine/netpath.h"
#include "sim/packets/traffic_parts.h"
#include "traffic_history.h"

#define HISTORIES 220

static void
closed_form_and_frame_by_frame_give_the_same_numbers_and_gaps(void **state)
{
	static struct history a, b;
	struct strbuf da = { 0 }, db = { 0 };
	uint64_t seed, lost = 0, gaps = 0, whys[PATH_KINDS] = { 0 };
	size_t i, k;

	(void)state;
	for (seed = 1; seed <= HISTORIES; seed++) {
		history_begin(&a, seed, false);
		history_begin(&b, seed, true);
		history_finish(&a);
		history_finish(&b);
		strbuf_reset(&da);
		strbuf_reset(&db);
		trace_dump(a.rig.trace, &da);
		trace_dump(b.rig.trace, &db);
		if (strcmp(strbuf_str(&da), strbuf_str(&db)) != 0)
			print_message("history %d\n", (int)seed);
		assert_string_equal(strbuf_str(&da), strbuf_str(&db));
		for (i = 0; i < a.rig.trace->n_probes; i++)
			lost += a.rig.trace->probes[i].lost +
			    a.rig.trace->probes[i].send_errors;
		gaps += a.rig.trace->n_gaps;
		for (i = 0; i < a.rig.trace->n_gaps; i++)
			for (k = 0; k < PATH_KINDS; k++)
				if (strcmp(a.rig.trace->gaps[i].why,
					path_text((enum path)k)) == 0)
					whys[k]++;
		history_end(&a);
		history_end(&b);
	}
	/* The histories are not empty ones. */
	assert_true(lost > 100000);
	assert_true(gaps > 1000);
	for (k = i = 0; k < PATH_KINDS; k++)
		i += whys[k] > 0;
	assert_true(i >= 10);
	strbuf_fini(&da);
	strbuf_fini(&db);
}

/* Both are asked for any window, too. */
static void
windows_give_the_same_numbers_both_ways(void **state)
{
	static struct history a, b;
	struct judge_probe pa, pb;
	struct prng p;
	uint64_t seed;
	int i;

	(void)state;
	for (seed = 1; seed <= 20; seed++) {
		history_begin(&a, seed, false);
		history_begin(&b, seed, true);
		history_finish(&a);
		history_finish(&b);
		prng_seed(&p, seed);
		for (i = 0; i < 20; i++) {
			int64_t from = history_moment(&p),
				until = history_moment(&p);

			assert_true(
			    traffic_judge(a.traffic, "echo", from, until, &pa));
			assert_true(
			    traffic_judge(b.traffic, "echo", from, until, &pb));
			assert_memory_equal(&pa, &pb, sizeof(pa));
		}
		history_end(&a);
		history_end(&b);
	}
}

static void
what_is_lost_is_counted_to_one_packet(void **state)
{
	static struct history a;
	struct judge_probe p;
	int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		history_begin(&a, 1, i == 1);
		for (size_t k = 0; k < HISTORY_ACTIONS; k++)
			vclock_cancel(&a.rig.m->clock, &a.actions[k].event);
		/* Frozen from 10 s to 10.5 s: a sender inside sends nothing,
		 * one outside loses 500 packets less what the phase takes. */
		a.actions[0].what = 0;
		a.actions[0].value = 500;
		vclock_at(&a.rig.m->clock, &a.actions[0].event, 10 * DUR_SEC);
		history_finish(&a);
		assert_true(traffic_judge(a.traffic, "echo", 10 * DUR_SEC,
		    11 * DUR_SEC, &p));
		assert_int_equal(p.sent, 499);
		assert_int_equal(p.lost, 0);
		assert_true(traffic_judge(a.traffic, "echo", 9 * DUR_SEC,
		    11 * DUR_SEC, &p));
		assert_int_equal(p.longest_gap_ns, 502 * DUR_MS);
		assert_int_equal(p.longest_gap_at_ns, 10 * DUR_SEC - DUR_MS);
		history_end(&a);
	}
}

static void
a_probe_nobody_has_is_not_found(void **state)
{
	static struct history a;
	struct judge_probe p;

	(void)state;
	history_begin(&a, 1, false);
	assert_false(traffic_judge(a.traffic, "none", 0, HISTORY_LENGTH, &p));
	history_end(&a);
}

/* A day of packets must not stay in memory once they have come. */
static void
only_what_is_under_way_is_in_flight(void **state)
{
	static struct history a;
	const struct flight *f;
	size_t n, most = 0;

	(void)state;
	history_begin(&a, 1, true);
	while (vclock_step(&a.rig.m->clock, HISTORY_LENGTH)) {
		n = 0;
		TAILQ_FOREACH (f, &a.traffic->flights, entry)
			n++;
		most = n > most ? n : most;
		traffic_look(a.traffic);
		machine_settle(a.rig.m);
	}
	/* Four streams, none with a period below the way there and back. */
	assert_in_range(most, 1, 8);
	history_end(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    closed_form_and_frame_by_frame_give_the_same_numbers_and_gaps),
		cmocka_unit_test(windows_give_the_same_numbers_both_ways),
		cmocka_unit_test(what_is_lost_is_counted_to_one_packet),
		cmocka_unit_test(a_probe_nobody_has_is_not_found),
		cmocka_unit_test(only_what_is_under_way_is_in_flight),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
