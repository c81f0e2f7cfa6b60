/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/digest.h"
#include "cmd/inputs.h"
#include "sim/search/exhaustive.h"
#include "sim/search/smallworld.h"
#include "sim/search/states.h"

static struct exhaustive
search_of(enum core_policy policy, unsigned events, unsigned faults)
{
	struct exhaustive e = { .rules = input_rules(NULL),
		.profile = input_profile(smallworld_machine("mlx5")),
		.policy = policy,
		.world = "mlx5",
		.events = events,
		.faults = faults,
		.overlap = 2 };

	assert_non_null(e.rules);
	assert_non_null(e.profile);
	return e;
}

static struct profile *
profile_of(const struct exhaustive *e)
{
	union {
		const struct profile *in;
		struct profile *out;
	} profile = { .in = e->profile };

	return profile.out;
}

static void
forget(struct exhaustive *e)
{
	union {
		const void *in;
		void *out;
	} rules = { .in = e->rules };

	ruleset_free(rules.out);
	profile_free(profile_of(e));
}

static void
native_holds_in_every_history(void **state)
{
	struct exhaustive e = search_of(CORE_NATIVE, 1, 1);
	struct exhaustive_result r;

	(void)state;
	exhaustive_run(&e, &r);
	assert_true(r.complete);
	assert_int_equal(r.n_found, 0);
	assert_int_equal(r.restless, 0);
	assert_true(r.states > 500);
	assert_in_range(r.rests, 2, 100);
	assert_int_equal(r.moves, r.states + r.folded);
	exhaustive_result_fini(&r);
	forget(&e);
}

static void
assert_alike(const char *world, const char *alphabet, unsigned events,
    unsigned faults, unsigned overlap)
{
	struct exhaustive e = search_of(CORE_NATIVE, events, faults);
	struct exhaustive_result r;

	profile_free(profile_of(&e));
	e.world = world;
	e.profile = input_profile(smallworld_machine(world));
	e.twice = true;
	e.overlap = overlap;
	e.alphabet = alphabet;
	exhaustive_run(&e, &r);
	assert_true(r.complete);
	assert_true(r.states > 500);
	assert_int_equal(r.unlike, 0);
	exhaustive_result_fini(&r);
	forget(&e);
}

/* A digest that leaves out what decides makes a search too small. */
static void
of_the_same_state_comes_the_same(void **state)
{
	(void)state;
	assert_alike("mlx5", "vf,restart", 4, 0, 2);
	assert_alike("mlx5", "vf,network,restart", 3, 1, 1);
	assert_alike("mlx5", "vf,rescind,association,media,nic,kill", 3, 0, 1);
	assert_alike("vmx", "vf,network,media,restart", 3, 0, 1);
}

/* A NIC that is detached amid a switch to its VF, or just before. */
static void
a_nic_may_go_at_any_time(void **state)
{
	struct exhaustive e = search_of(CORE_NATIVE, 3, 0);
	struct exhaustive_result r;

	(void)state;
	e.alphabet = "vf,nic";
	exhaustive_run(&e, &r);
	assert_true(r.complete);
	assert_int_equal(r.n_found, 0);
	assert_int_equal(r.restless, 0);
	exhaustive_result_fini(&r);
	forget(&e);
}

static void
a_world_can_be_closed(void **state)
{
	struct exhaustive e = search_of(CORE_NATIVE, 1000, 1);
	struct exhaustive_result r, other;

	(void)state;
	e.overlap = 1;
	e.alphabet = "nic,restart";
	exhaustive_run(&e, &r);
	assert_true(r.closed);
	assert_int_equal(r.n_found, 0);
	e.events = 10;
	exhaustive_run(&e, &other);
	assert_true(other.closed);
	assert_int_equal(other.states, r.states);
	e.events = 2;
	exhaustive_run(&e, &other);
	assert_true(other.complete);
	assert_false(other.closed);
	assert_true(other.states < r.states);
	forget(&e);
}

static void
words_that_are_not_known_are_refused(void **state)
{
	struct exhaustive e = search_of(CORE_NATIVE, 1, 0);
	struct exhaustive_result r;

	(void)state;
	e.alphabet = "vf,hail";
	assert_false(exhaustive_run(&e, &r));
	e.alphabet = "";
	assert_false(exhaustive_run(&e, &r));
	forget(&e);
}

static void
a_search_is_the_same_each_time(void **state)
{
	struct exhaustive e = search_of(CORE_NATIVE, 2, 0);
	struct exhaustive_result a, b;

	(void)state;
	exhaustive_run(&e, &a);
	exhaustive_run(&e, &b);
	assert_int_equal(a.states, b.states);
	assert_int_equal(a.moves, b.moves);
	assert_int_equal(a.histories, b.histories);
	exhaustive_result_fini(&a);
	exhaustive_result_fini(&b);
	forget(&e);
}

static void
remember(void *ctx, const struct trace *t)
{
	*(size_t *)ctx = t->n_stimuli;
}

/* FACTS.md E.5: the scripts lose the default route. */
static void
stock_loses_the_route_and_the_path_shows_it(void **state)
{
	struct exhaustive e = search_of(CORE_STOCK, 1, 0);
	struct trace *t = trace_new();
	static const uint16_t nowhere[] = { 999 };
	struct exhaustive_result r;
	size_t stimuli = 0;

	(void)state;
	exhaustive_run(&e, &r);
	assert_true((r.broken & 1u << INVARIANT_ROUTE) != 0);
	assert_true(exhaustive_tell(&e, r.found[0].path, r.found[0].n_path, t,
	    remember, &stimuli));
	trace_free(t);
	t = trace_new();
	assert_false(exhaustive_tell(&e, nowhere, 1, t, remember, &stimuli));
	trace_free(t);
	exhaustive_result_fini(&r);
	forget(&e);
}

static bool
at_once(void *ctx, uint64_t states, uint64_t histories)
{
	(void)ctx;
	(void)states;
	return histories > 10;
}

static void
what_is_cut_off_is_not_complete(void **state)
{
	struct exhaustive e = search_of(CORE_NATIVE, 2, 1);
	struct exhaustive_result r;

	(void)state;
	e.enough = at_once;
	exhaustive_run(&e, &r);
	assert_false(r.complete);
	assert_int_equal(r.histories, 11);
	exhaustive_result_fini(&r);
	forget(&e);
}

static uint32_t
meet(struct states *s, uint64_t number, bool rests)
{
	struct digest d;
	bool is_new;
	uint32_t at;

	digest_begin(&d, 0);
	digest_number(&d, number);
	at = states_meet(s, &d, &is_new);
	if (is_new)
		s->rests[at] = rests;
	return at;
}

static void
a_state_from_which_no_rest_is_reached_is_restless(void **state)
{
	struct states s = { 0 };
	uint32_t one;

	(void)state;
	states_edge(&s, meet(&s, 1, false), meet(&s, 2, false));
	states_edge(&s, meet(&s, 2, false), meet(&s, 3, true));
	states_edge(&s, meet(&s, 2, false), meet(&s, 4, false));
	states_edge(&s, meet(&s, 4, false), meet(&s, 5, false));
	states_edge(&s, meet(&s, 5, false), meet(&s, 4, false));
	assert_int_equal(s.n, 5);
	assert_int_equal(states_restless(&s, &one), 2);
	assert_int_equal(one, meet(&s, 4, false));
	states_edge(&s, meet(&s, 5, false), meet(&s, 1, false));
	assert_int_equal(states_restless(&s, &one), 0);
	states_fini(&s);
}

static void
what_comes_back_again_and_again_returns(void **state)
{
	struct states s = { 0 };
	uint32_t i;

	(void)state;
	for (i = 0; i < 6; i++)
		assert_int_equal(meet(&s, i, false), i);
	states_edge(&s, 3, 1);
	states_edge(&s, 0, 1);
	states_edge(&s, 2, 3);
	states_edge(&s, 1, 2);
	states_edge(&s, 2, 4);
	states_edge(&s, 5, 5);
	states_sort(&s);
	assert_false(states_returns(&s, 0));
	assert_true(states_returns(&s, 1));
	assert_true(states_returns(&s, 3));
	assert_false(states_returns(&s, 4));
	assert_true(states_returns(&s, 5));
	states_fini(&s);
}

static uint64_t
due_in(int64_t now_ns, int64_t at_ns)
{
	struct digest d;

	digest_begin(&d, now_ns);
	digest_due(&d, at_ns);
	return d.low;
}

static void
a_digest_knows_times_from_now_on(void **state)
{
	struct digest a, b, one, two;

	(void)state;
	assert_true(due_in(5, 7) == due_in(105, 107));
	assert_true(due_in(5, 7) != due_in(5, 8));
	assert_true(due_in(5, 3) == due_in(5, 5)); /* over is over */
	assert_true(due_in(5, INT64_MAX) != due_in(5, 5));
	digest_begin(&one, 0);
	digest_text(&one, "one");
	digest_begin(&two, 0);
	digest_text(&two, "two");
	digest_begin(&a, 0);
	digest_begin(&b, 0);
	digest_one_of(&a, &one);
	digest_one_of(&a, &two);
	digest_one_of(&b, &two);
	digest_one_of(&b, &one);
	assert_true(a.low == b.low && a.high == b.high);
	digest_number(&b, 1);
	assert_true(a.low != b.low && a.high != b.high);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(native_holds_in_every_history),
		cmocka_unit_test(of_the_same_state_comes_the_same),
		cmocka_unit_test(a_nic_may_go_at_any_time),
		cmocka_unit_test(a_world_can_be_closed),
		cmocka_unit_test(words_that_are_not_known_are_refused),
		cmocka_unit_test(a_search_is_the_same_each_time),
		cmocka_unit_test(stock_loses_the_route_and_the_path_shows_it),
		cmocka_unit_test(what_is_cut_off_is_not_complete),
		cmocka_unit_test(
		    a_state_from_which_no_rest_is_reached_is_restless),
		cmocka_unit_test(what_comes_back_again_and_again_returns),
		cmocka_unit_test(a_digest_knows_times_from_now_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
