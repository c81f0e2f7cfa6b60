/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/dur.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "scn_text.h"
#include "sim/judge/judge.h"

#define MS DUR_MS

/*
 * One migration: lagg0 runs over mce0 until it goes at 10 s, over hn0 from
 * 10.05 s, and over mce0 again from 20.5 s. The run ends at 30 s.
 */
static struct trace *
migration(void)
{
	struct trace *t = trace_new();

	t->run.end_ns = 30000 * MS;
	trace_set_state(t, 0, "mce0", "exists", "yes");
	trace_set_state(t, 0, "mce0", "inet", "");
	trace_set_state(t, 0, "mce0", "up", "yes");
	trace_set_state(t, 1000 * MS, "lagg0", "exists", "yes");
	trace_set_state(t, 1000 * MS, "lagg0", "active", "none");
	trace_set_state(t, 1000 * MS, "lagg0", "ports", "");
	trace_set_state(t, 1000 * MS, "lagg0", "ports", "hn0 mce0");
	trace_set_state(t, 1000 * MS, "lagg0", "active", "mce0");
	trace_set_state(t, 1000 * MS, "lagg0", "inet", "10.0.0.4/24");
	trace_set_state(t, 1000 * MS, "route", "default", "10.0.0.1 via lagg0");
	trace_set_state(t, 1000 * MS, "sysctl", "net.x", "1");
	trace_set_state(t, 1000 * MS, "lagg0", "dhclient", "bound");
	trace_set_state(t, 0, "mce0", "dhclient", "none");
	trace_set_state(t, 1000 * MS, "route", "default6", "fe80::1 via lagg0");
	trace_add_mark(t, 1000 * MS, "cut.1");
	trace_add_mark(t, 5000 * MS, "round.1");
	trace_add_mark(t, 10000 * MS, "round.2");
	trace_add_mark(t, 20000 * MS, "round.3");
	trace_add_mark(t, 5000 * MS, "early");
	trace_add_mark(t, 10000 * MS, "gone");
	trace_set_state(t, 10000 * MS, "mce0", "exists", "no");
	trace_set_state(t, 10000 * MS, "lagg0", "active", "none");
	trace_set_state(t, 10000 * MS, "lagg0", "ports", "hn0");
	trace_set_state(t, 10050 * MS, "lagg0", "active", "hn0");
	trace_add_mark(t, 20000 * MS, "back");
	trace_set_state(t, 20000 * MS, "mce0", "exists", "yes");
	trace_set_state(t, 20100 * MS, "mce0", "inet", "10.0.0.4/24");
	trace_set_state(t, 20300 * MS, "mce0", "inet", "");
	/* Bounces at one instant: only the last value counts. */
	trace_set_state(t, 20400 * MS, "lagg0", "active", "none");
	trace_set_state(t, 20400 * MS, "lagg0", "active", "hn0");
	trace_set_state(t, 20500 * MS, "lagg0", "ports", "hn0 mce0");
	trace_set_state(t, 20500 * MS, "lagg0", "active", "mce0");
	return t;
}

static const char *run_kind; /* NULL: none is said */

/* What became of one expectation; *c is valid as long as the trace. */
static struct trace *
judge_line_of(const char *line, bool *good)
{
	struct trace *t = migration();
	struct strbuf text = { 0 };
	struct scenario *s;

	if (run_kind != NULL) {
		free(t->run.kind);
		t->run.kind = mem_str(run_kind);
	}
	strbuf_addf(&text,
	    "at 5s mark early\nat 10s mark gone\nat 20s mark back\n"
	    "at 29s mark unreached\nat 30s end\n"
	    "repeat 3 every 5s from 5s {\nat +0s mark round\n}\n"
	    "repeat 2 every 5s from 1s {\nat +0s mark cut\n}\nexpect %s\n",
	    line);
	s = scn_text_parse(text.data);
	*good = judge_run(s, "native", t, NULL, NULL);
	assert_int_equal(t->n_checks, 1);
	strbuf_fini(&text);
	scenario_free(s);
	return t;
}

static void
expect(const char *line, enum trace_verdict verdict, int64_t at_ns,
    const char *happened)
{
	bool good;
	struct trace *t = judge_line_of(line, &good);
	const struct trace_check *c = &t->checks[0];

	if (c->verdict != verdict || c->at_ns != at_ns ||
	    strcmp(c->happened, happened) != 0)
		print_error("%s\n\tverdict %d at %lld: %s\n", line,
		    (int)c->verdict, (long long)c->at_ns, c->happened);
	assert_string_equal(c->happened, happened);
	assert_int_equal(c->verdict, verdict);
	assert_int_equal(c->at_ns, at_ns);
	assert_int_equal(good,
	    verdict != TRACE_FAIL && verdict != TRACE_MENDED);
	trace_free(t);
}

static void
passes(const char *line, int64_t at_ns, const char *happened)
{
	expect(line, TRACE_PASS, at_ns, happened);
}

static void
fails(const char *line, int64_t at_ns, const char *happened)
{
	expect(line, TRACE_FAIL, at_ns, happened);
}

static void
finally_looks_at_the_end(void **state)
{
	(void)state;
	passes("lagg0 active mce0", 20500 * MS, "so since 20.500");
	fails("lagg0 active hn0 finally", 20500 * MS,
	    "lagg0 active was mce0, not as expected since 20.500");
}

static void
always_breaks_at_the_first_moment_that_lasts(void **state)
{
	(void)state;
	passes("lagg0 active mce0 always from early until gone", TRACE_OPEN,
	    "held all the time");
	fails("lagg0 active mce0 always from early", 10000 * MS,
	    "at 10.000: lagg0 active was none for 10.5s");
	fails("lagg0 active mce0 always", 0,
	    "at 0.000: lagg0 did not exist for 1s");
	fails("lagg0 active hn0 always from back", 20500 * MS,
	    "at 20.500: lagg0 active was mce0 until the end");
}

static void
a_value_of_no_duration_does_not_count(void **state)
{
	(void)state;
	passes("lagg0 active hn0 for 450ms after back", TRACE_OPEN,
	    "held all the time after back");
	passes("lagg0 active none never from back", TRACE_OPEN, "never");
}

static void
never_breaks_at_the_first_moment_it_holds(void **state)
{
	(void)state;
	passes("lagg0 active none never from early until gone", TRACE_OPEN,
	    "never");
	fails("lagg0 active none never", 10000 * MS,
	    "at 10.000: lagg0 active was none for 50ms");
}

static void
eventually_wants_one_moment(void **state)
{
	(void)state;
	passes("lagg0 active hn0 eventually", 10050 * MS, "first at 10.050");
	passes("lagg0 active hn0 eventually from back", 20000 * MS,
	    "first at 20.000");
	fails("lagg0 active hn0 eventually until gone", TRACE_OPEN,
	    "never; at the last lagg0 active was mce0");
	fails("lagg0 active ix0 eventually", TRACE_OPEN,
	    "never; at the last lagg0 active was mce0");
}

static void
within_says_when_it_became_true(void **state)
{
	(void)state;
	passes("lagg0 active hn0 within 50ms of gone", 10050 * MS,
	    "became true 50ms after gone (at 10.050)");
	fails("lagg0 active hn0 within 49.999999ms of gone", 10050 * MS,
	    "not until 50ms after gone (at 10.050)");
	passes("lagg0 active mce0 within 0s of early", 5000 * MS,
	    "so already at early");
	fails("lagg0 active ix0 within 5s of back", TRACE_OPEN,
	    "never after back; at the end lagg0 active was mce0");
	fails("lagg0 active ix0 within 11s of back", TRACE_OPEN,
	    "never after back; at the end lagg0 active was mce0 (the run "
	    "ended 10s after back)");
}

static void
for_wants_no_break(void **state)
{
	(void)state;
	passes("lagg0 active mce0 for 5s after early", TRACE_OPEN,
	    "held all the time after early");
	fails("lagg0 active mce0 for 5000000001ns after early", 10000 * MS,
	    "broke 5s after early (at 10.000): lagg0 active was none for "
	    "10.5s");
	fails("lagg0 active mce0 for 1s after gone", 10000 * MS,
	    "not so at gone: lagg0 active was none for 10.5s");
	fails("lagg0 exists for 20.1s after gone", TRACE_OPEN,
	    "held, but the run ended 20s after gone; let it run longer");
}

/* Rounds at 5 s (mce0), 10 s (hn0 after 50 ms) and 20 s (hn0 already). */
static void
a_mark_of_all_rounds_must_hold_in_each(void **state)
{
	(void)state;
	passes("lagg0 ports \"hn0\" within 5s of round.*", 10000 * MS,
	    "in all 3 rounds; slowest: became true 5s after round.1 (at "
	    "10.000)");
	fails("lagg0 active hn0 within 1s of round.*", 10050 * MS,
	    "not in 1 of 3 rounds; first: not until 5.05s after round.1 (at "
	    "10.050)");
	fails("lagg0 active hn0 for 100ms after round.*", 5000 * MS,
	    "not in 2 of 3 rounds; first: not so at round.1: lagg0 active was "
	    "mce0 for 5.05s");
	passes("lagg0 exists for 1s after round.*", TRACE_OPEN,
	    "held in all 3 rounds");
	fails("lagg0 exists within 1s of cut.* known-fault native: \"x\"",
	    TRACE_OPEN,
	    "not in 1 of 2 rounds; first: mark cut.2 was never reached");
}

static void
what_is_gone_has_no_value_and_gets_its_old_one_back(void **state)
{
	(void)state;
	passes("mce0 absent within 0s of gone", 10000 * MS,
	    "so already at gone");
	passes("mce0 absent for 10s after gone", TRACE_OPEN,
	    "held all the time after gone");
	fails("mce0 absent always from gone", 20000 * MS,
	    "at 20.000: mce0 exists was yes until the end");
	fails("mce0 up always from early", 10000 * MS,
	    "at 10.000: mce0 did not exist for 10s");
	fails("mce0 down for 1s after gone", 10000 * MS,
	    "not so at gone: mce0 did not exist until the end");
	passes("mce0 up within 0s of back", 20000 * MS, "so already at back");
	passes("ix0 absent always", TRACE_OPEN, "held all the time");
	fails("ix0 exists", 0,
	    "ix0 exists was no, not as expected since 0.000");
	fails("ix0 down eventually", TRACE_OPEN,
	    "never; at the last ix0 did not exist");
	passes("ix0 up never", TRACE_OPEN, "never");
}

static void
ports_are_a_list_in_order(void **state)
{
	(void)state;
	passes("lagg0 ports \"hn0 mce0\"", 20500 * MS, "so since 20.500");
	fails("lagg0 ports \"mce0 hn0\"", 0,
	    "lagg0 ports was hn0 mce0, not as expected since 0.000");
	passes("lagg0 port hn0 always from early", TRACE_OPEN,
	    "held all the time");
	fails("lagg0 port mce always from early", 5000 * MS,
	    "at 5.000: lagg0 ports was hn0 mce0 until the end");
	passes("lagg0 no port mce0 for 10s after gone", TRACE_OPEN,
	    "held all the time after gone");
	fails("lagg0 no port mce0", 20500 * MS,
	    "lagg0 ports was hn0 mce0, not as expected since 20.500");
}

static void
an_address_can_be_on_one_interface_only(void **state)
{
	(void)state;
	passes("address 10.0.0.4/24 on lagg0 always from early", TRACE_OPEN,
	    "held all the time");
	fails("address 10.0.0.4/25 on lagg0", 0,
	    "lagg0 inet was 10.0.0.4/24, not as expected since 0.000");
	passes("address 10.0.0.4/24 only on lagg0", 20300 * MS,
	    "so since 20.300");
	fails("address 10.0.0.4/24 only on lagg0 always from early", 20100 * MS,
	    "at 20.100: mce0 has it too for 200ms");
	passes("no address 10.0.0.4/24 on mce0 for 100ms after back",
	    TRACE_OPEN, "held all the time after back");
	fails("no address 10.0.0.4/24 on mce0 always", 20100 * MS,
	    "at 20.100: mce0 inet was 10.0.0.4/24 for 200ms");
	passes("no address 10.0.0.4/24 on ix0 always", TRACE_OPEN,
	    "held all the time");
}

static void
the_default_route_is_none_until_it_is_set(void **state)
{
	(void)state;
	fails("no default route always until early", 1000 * MS,
	    "at 1.000: route default was 10.0.0.1 via lagg0 until the end");
	passes("no default route within 0s of start", 0, "so already at start");
}

static void
a_route_is_known_by_interface_with_or_without_gateway(void **state)
{
	(void)state;
	passes("default route via lagg0", 1000 * MS, "so since 1.000");
	passes("default route 10.0.0.1 via lagg0", 1000 * MS, "so since 1.000");
	fails("default route 10.0.0.2 via lagg0", 0,
	    "route default was 10.0.0.1 via lagg0, not as expected since "
	    "0.000");
	fails("default route via agg0", 0,
	    "route default was 10.0.0.1 via lagg0, not as expected since "
	    "0.000");
	passes("sysctl net.x 1", 1000 * MS, "so since 1.000");
	fails("sysctl net.x 0", 0,
	    "sysctl net.x was 1, not as expected since 0.000");
}

static void
a_mark_that_was_not_reached_fails_whatever_is_known(void **state)
{
	(void)state;
	fails("lagg0 up within 5s of unreached", TRACE_OPEN,
	    "mark unreached was never reached");
	fails("lagg0 active none never from unreached", TRACE_OPEN,
	    "mark unreached was never reached");
	fails("lagg0 up within 5s of unreached known-fault native: \"x\"",
	    TRACE_OPEN, "mark unreached was never reached");
	fails("lagg0 up always from back until gone", TRACE_OPEN,
	    "the window is empty: it ends when it begins, or before");
}

static void
a_known_fault_must_fail(void **state)
{
	(void)state;
	expect("lagg0 active hn0 known-fault native: \"why\"",
	    TRACE_KNOWN_FAULT, 20500 * MS,
	    "lagg0 active was mce0, not as expected since 20.500");
	expect("lagg0 active mce0 known-fault native: \"why\"", TRACE_MENDED,
	    20500 * MS,
	    "so since 20.500; it holds, so remove known-fault native from "
	    "the line");
	passes("lagg0 active mce0 known-fault stock: \"why\"", 20500 * MS,
	    "so since 20.500");
	fails("lagg0 active hn0 known-fault stock: \"why\"", 20500 * MS,
	    "lagg0 active was mce0, not as expected since 20.500");
}

static void
an_expectation_for_another_policy_is_skipped(void **state)
{
	(void)state;
	expect("lagg0 active hn0 under stock", TRACE_SKIP, TRACE_OPEN,
	    "not judged: it is for stock");
	passes("lagg0 active mce0 under native", 20500 * MS, "so since 20.500");
}

static void
an_expectation_for_another_stage_is_skipped(void **state)
{
	(void)state;
	expect("lagg0 active hn0 on vm", TRACE_SKIP, TRACE_OPEN,
	    "not judged: it is for a real kernel (vm)");
	passes("lagg0 active mce0 on sim", 20500 * MS, "so since 20.500");
	expect("lagg0 active hn0 on sim under stock", TRACE_SKIP, TRACE_OPEN,
	    "not judged: it is for stock");
	run_kind = TRACE_KIND_VM;
	expect("lagg0 active hn0 on sim known-fault native: \"x\"", TRACE_SKIP,
	    TRACE_OPEN, "not judged: it is for the simulated machine (sim)");
	passes("lagg0 active mce0 on vm", 20500 * MS, "so since 20.500");
	fails("lagg0 active hn0 on vm", 20500 * MS,
	    "lagg0 active was mce0, not as expected since 20.500");
	run_kind = NULL;
}

static void
a_check_says_where_it_comes_from(void **state)
{
	bool good;
	struct trace *t = judge_line_of("lagg0   active hn0 within 50ms of "
					"gone known-fault native: \"slow\"",
	    &good);
	const struct trace_check *c = &t->checks[0];

	(void)state;
	assert_false(good);
	assert_string_equal(c->file, "t.scn");
	assert_int_equal(c->line, 16);
	assert_string_equal(c->text, "lagg0 active hn0 within 50ms of gone");
	assert_string_equal(c->expected,
	    "lagg0 active hn0 within 50ms of gone (10.000)");
	assert_string_equal(c->reason, "slow");
	trace_free(t);
	t = judge_line_of("lagg0 active none never from early until gone",
	    &good);
	assert_string_equal(t->checks[0].expected,
	    "lagg0 active none never from early until gone (5.000 to "
	    "10.000)");
	trace_free(t);
}

static void
a_client_runs_whatever_its_state(void **state)
{
	(void)state;
	passes("lagg0 dhclient running", 1000 * MS, "so since 1.000");
	passes("lagg0 dhclient bound", 1000 * MS, "so since 1.000");
	fails("lagg0 dhclient none", 0,
	    "lagg0 dhclient was bound, not as expected since 0.000");
	fails("mce0 dhclient running", 0,
	    "mce0 dhclient was none, not as expected since 0.000");
	passes("mce0 dhclient none", 20000 * MS, "so since 20.000");
	fails("hn7 dhclient running", 0,
	    "hn7 did not exist, not as expected since 0.000");
}

static void
each_family_has_its_default_route(void **state)
{
	(void)state;
	passes("default route6 via lagg0", 1000 * MS, "so since 1.000");
	passes("default route6 fe80::1 via lagg0", 1000 * MS, "so since 1.000");
	fails("no default route6", 1000 * MS,
	    "route default6 was fe80::1 via lagg0, not as expected since "
	    "1.000");
	passes("no default route6 always until cut.1", TRACE_OPEN,
	    "held all the time");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finally_looks_at_the_end),
		cmocka_unit_test(always_breaks_at_the_first_moment_that_lasts),
		cmocka_unit_test(a_value_of_no_duration_does_not_count),
		cmocka_unit_test(never_breaks_at_the_first_moment_it_holds),
		cmocka_unit_test(eventually_wants_one_moment),
		cmocka_unit_test(within_says_when_it_became_true),
		cmocka_unit_test(for_wants_no_break),
		cmocka_unit_test(a_mark_of_all_rounds_must_hold_in_each),
		cmocka_unit_test(
		    what_is_gone_has_no_value_and_gets_its_old_one_back),
		cmocka_unit_test(ports_are_a_list_in_order),
		cmocka_unit_test(an_address_can_be_on_one_interface_only),
		cmocka_unit_test(the_default_route_is_none_until_it_is_set),
		cmocka_unit_test(
		    a_route_is_known_by_interface_with_or_without_gateway),
		cmocka_unit_test(
		    a_mark_that_was_not_reached_fails_whatever_is_known),
		cmocka_unit_test(a_known_fault_must_fail),
		cmocka_unit_test(an_expectation_for_another_policy_is_skipped),
		cmocka_unit_test(an_expectation_for_another_stage_is_skipped),
		cmocka_unit_test(a_check_says_where_it_comes_from),
		cmocka_unit_test(a_client_runs_whatever_its_state),
		cmocka_unit_test(each_family_has_its_default_route),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
