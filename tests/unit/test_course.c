/* SPDX-License-Identifier: BSD-2-Clause */
/* Histories made of choices, and their text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "search_hand.h"
#include "base/diag.h"
#include "base/mem.h"
#include "sim/search/course_text.h"

/* --- choices --- */

static void
what_was_drawn_can_be_followed(void **state)
{
	static const uint32_t weights[] = { 0, 3, 1 };
	struct choices c = { 0 };
	uint32_t drawn[64], *list;
	size_t i, n;

	(void)state;
	choices_draw(&c, 7);
	for (i = 0; i < 60; i += 3) {
		drawn[i] = choices_below(&c, 1000);
		drawn[i + 1] = choices_weighted(&c, weights, 3);
		drawn[i + 2] = choices_chance(&c, 50);
		assert_int_not_equal(drawn[i + 1], 0);
	}
	n = c.n_made;
	list = mem_copy(c.made, n * sizeof(*list));
	choices_follow(&c, list, n);
	for (i = 0; i < 60; i += 3) {
		assert_int_equal(choices_below(&c, 1000), drawn[i]);
		assert_int_equal(choices_weighted(&c, weights, 3),
		    drawn[i + 1]);
		assert_int_equal(choices_chance(&c, 50), drawn[i + 2]);
	}
	/* Behind its end all is simplest, and what is too great fits in. */
	assert_int_equal(choices_below(&c, 9), 0);
	list[0] = 1000000;
	choices_follow(&c, list, n);
	assert_int_equal(choices_below(&c, 10), 9);
	free(list);
	choices_fini(&c);
}

static void
spans_cover_what_was_decided_in_them(void **state)
{
	struct choices c = { 0 };

	(void)state;
	choices_draw(&c, 1);
	choices_below(&c, 2);
	choices_open(&c);
	choices_below(&c, 2);
	choices_below(&c, 2);
	choices_close(&c);
	choices_open(&c);
	choices_close(&c);
	assert_int_equal(c.n_spans, 2);
	assert_int_equal(c.spans[0].first, 1);
	assert_int_equal(c.spans[0].end, 3);
	assert_int_equal(c.spans[1].first, 3);
	assert_int_equal(c.spans[1].end, 3);
	choices_fini(&c);
}

/* --- courses --- */

/* Its text is a scenario that the machine can do, and the run from there is
 * the same run. */
static void
same_from_its_text(uint64_t seed)
{
	struct trace *direct = trace_new(), *read = trace_new();
	struct simstage stage = { .rules = search_hand.rules,
		.policy = CORE_NATIVE };
	struct strbuf text = { 0 };
	struct diag quiet = { 0 };
	struct choices c = { 0 };
	struct trial_result r;
	struct course h;
	size_t i;

	choices_draw(&c, seed);
	trial_run(&search_hand, &c, direct, &r);
	choices_draw(&c, seed);
	course_make(&h, &c, CORE_NATIVE, 0);
	course_text(&h, NULL, CORE_NATIVE, "", &text);
	stage.scenario =
	    scenario_parse("x", strbuf_str(&text), text.bytes, &quiet);
	assert_non_null(stage.scenario);
	stage.profile = profile_copy(search_hand.profiles[h.machine]);
	stage.seed = stage.scenario->seed;
	assert_true(simstage_check(&stage, &quiet));
	assert_true(simstage_run(&stage, read));
	assert_int_equal(read->n_states, direct->n_states);
	for (i = 0; i < read->n_states; i++) {
		assert_int_equal(read->states[i].at_ns,
		    direct->states[i].at_ns);
		assert_string_equal(read->states[i].value,
		    direct->states[i].value);
	}
	profile_free(stage.profile);
	scenario_free((struct scenario *)(uintptr_t)stage.scenario);
	course_fini(&h);
	choices_fini(&c);
	strbuf_fini(&text);
	trace_free(direct);
	trace_free(read);
}

static void
its_text_is_the_same_history(void **state)
{
	uint64_t seed;

	(void)state;
	for (seed = 1; seed <= 60; seed++)
		same_from_its_text(seed);
}

/* What people said that a search must come through is in some history. */
static void
all_kinds_are_drawn(void **state)
{
	static const char *const words[] = { "machine  azure-mlx5",
		"system   linux", "policies native because", "driver em ",
		"driver iavf", "driver e1000e", "vf       vmx7 of hn0", "icmp6",
		"vlans_hn0=", "accept_rtadv",
		"cloned_interfaces=", "daemon   serial=yes",
		"daemon   resync=30s", "flag     bond.none",
		"flag     netvsc.transparent", "vm migrate\n",
		"vm migrate cancel after", "custom hn0 hangs",
		"custom hn0 missing", "netlink overflow", "devd-socket close",
		"\\nsleep ", "\\nifconfig ", "user \"ip link set eth0",
		"netns n1", "rc.conf ifconfig_hn0=\"inet 10.0.2.14/24\"",
		"service netif restart hn0", "pkill -x dhclient",
		"ifconfig_DEFAULT=\"SYNCDHCP\"", "\"dhclient -b v",
		"\"ifconfig hn0 mtu ", "\"ifconfig hn0 -txcsum",
		"fault    may " };
	bool seen[sizeof(words) / sizeof(words[0])] = { false };
	struct strbuf text = { 0 };
	struct choices c = { 0 };
	struct course h;
	uint64_t seed;
	size_t i;

	(void)state;
	for (seed = 1; seed <= 3000; seed++) {
		choices_draw(&c, seed);
		course_make(&h, &c, CORE_NATIVE, 0);
		strbuf_reset(&text);
		course_text(&h, NULL, CORE_NATIVE, "", &text);
		for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
			seen[i] = seen[i] ||
			    strstr(strbuf_str(&text), words[i]) != NULL;
		course_fini(&h);
	}
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!seen[i])
			fail_msg("no history has %s", words[i]);
	choices_fini(&c);
	strbuf_fini(&text);
}

static void
none_is_of_linux_under_stock(void **state)
{
	struct choices c = { 0 };
	struct course h;
	uint64_t seed;

	(void)state;
	for (seed = 1; seed <= 100; seed++) {
		choices_draw(&c, seed);
		course_make(&h, &c, CORE_STOCK, 1);
		assert_false(h.on_linux);
		course_fini(&h);
	}
	choices_fini(&c);
}

static void
any_choices_make_a_scenario(void **state)
{
	struct strbuf text = { 0 };
	uint32_t list[400];
	struct choices c = { 0 };
	struct course h;
	struct prng prng;
	size_t i, k;

	(void)state;
	prng_seed(&prng, 3);
	for (i = 0; i < 300; i++) {
		for (k = 0; k < 400; k++)
			list[k] = (uint32_t)prng_next(&prng) >> (i % 32);
		choices_follow(&c, list, i + 100);
		course_make(&h, &c, CORE_NATIVE, 0);
		strbuf_reset(&text);
		course_text(&h, NULL, CORE_NATIVE, "", &text); /* asserts */
		course_fini(&h);
	}
	choices_follow(&c, NULL, 0);
	course_make(&h, &c, CORE_NATIVE, 0);
	strbuf_reset(&text);
	course_text(&h, NULL, CORE_NATIVE, "", &text);
	assert_int_equal(course_lines(strbuf_str(&text)), 6);
	course_fini(&h);
	choices_fini(&c);
	strbuf_fini(&text);
}

static void
faults_end_when_the_quiet_time_begins(void **state)
{
	struct choices c = { 0 };
	struct course h;
	uint64_t seed;
	size_t i, faults = 0;

	(void)state;
	for (seed = 1; seed <= 50; seed++) {
		choices_draw(&c, seed);
		course_make(&h, &c, CORE_NATIVE, 20);
		for (i = 0; i < h.scn->n_injections; i++, faults++)
			assert_int_equal(h.scn->injections[i].until_ns,
			    h.quiet_ns);
		for (i = 1; i < h.scn->n_steps; i++)
			assert_true(
			    h.scn->steps[i - 1].at_ns <= h.scn->steps[i].at_ns);
		assert_true(h.scn->n_steps >= 12);
		assert_true(h.quiet_ns < h.calm_ns);
		course_fini(&h);
	}
	assert_true(faults > 20);
	choices_fini(&c);
}

/* --- shrinking --- */

static void
what_is_shrunk_still_breaks_and_is_short(void **state)
{
	struct shrink s = { .trial = &search_hand,
		.broken = INVARIANT_ROUTE,
		.most_tries = SHRINK_TRIES };
	struct strbuf text = { 0 };
	struct choices c = { 0 };
	struct trial_result r;
	uint64_t seed = 0;
	struct course h;
	uint32_t *list;
	size_t n;

	(void)state;
	search_hand.policy = CORE_STOCK;
	do {
		choices_draw(&c, ++seed);
		trial_run(&search_hand, &c, NULL, &r);
	} while ((r.broken & 1u << INVARIANT_ROUTE) == 0);
	n = c.n_made;
	shrink_run(&s, &c, &r);
	assert_true((r.broken & 1u << INVARIANT_ROUTE) != 0);
	assert_true(c.n_made < n);
	assert_true(s.tries > 0 && s.tries <= SHRINK_TRIES);
	list = mem_copy(c.made, c.n_made * sizeof(*list));
	n = c.n_made;
	choices_follow(&c, list, n);
	course_make(&h, &c, CORE_STOCK, 0);
	course_text(&h, NULL, CORE_STOCK, "", &text);
	assert_true(course_lines(strbuf_str(&text)) <= 8);
	assert_int_equal(h.scn->n_injections, 0);
	assert_int_equal(h.scn->seed, 1);
	search_hand.policy = CORE_NATIVE;
	course_fini(&h);
	choices_fini(&c);
	strbuf_fini(&text);
	free(list);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_drawn_can_be_followed),
		cmocka_unit_test(spans_cover_what_was_decided_in_them),
		cmocka_unit_test(its_text_is_the_same_history),
		cmocka_unit_test(all_kinds_are_drawn),
		cmocka_unit_test(none_is_of_linux_under_stock),
		cmocka_unit_test(any_choices_make_a_scenario),
		cmocka_unit_test(faults_end_when_the_quiet_time_begins),
		cmocka_unit_test(what_is_shrunk_still_breaks_and_is_short),
	};

	return cmocka_run_group_tests(tests, search_hand_open,
	    search_hand_close);
}
