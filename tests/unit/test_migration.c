/* SPDX-License-Identifier: BSD-2-Clause */
/* The simulated machine moves to another host. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "mem_loader.h"
#include "sim/stage/simstage.h"
#include "sim_rig.h"

static const char head[] =
    "scenario \"s\"\n"
    "machine bench\n"
    "system linux\n"
    "rc.conf ifconfig_hn0=\"inet 10.0.0.4/24\" defaultrouter=\"10.0.0.1\"\n"
    "nic hn0 mac 52:54:00:aa:00:01\n"
    "vf mce0 of hn0 driver vf present\n"
    "probe p udp both-ways rate 1000/s from 8s\n";

static const struct mem_file files[] = { { "devd.conf",
					     "notify 10 { match \"system\" "
					     "\"A\"; action \"true\"; };\n" },
	{ NULL, NULL } };

static struct ruleset *rules;
static struct profile *profile;
static struct trace *trace;

static int
setup(void **state)
{
	struct ruleset_options opt = { .loader = NULL };
	struct strbuf told = { 0 };

	(void)state;
	rules = mem_load(files, &opt, &told);
	assert_string_equal(strbuf_str(&told), "");
	profile = rig_profile(NULL);
	trace = trace_new();
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	ruleset_free(rules);
	profile_free(profile);
	trace_free(trace);
	return 0;
}

/* "bench": the copy takes 300 ms, the machine stands for 50 ms. */
static bool
run(const char *more)
{
	struct strbuf text = { 0 }, told = { 0 };
	struct diag d = { .emit = diag_emit_strbuf, .ctx = &told };
	struct simstage s = { .profile = profile,
		.rules = rules,
		.policy = CORE_NATIVE,
		.seed = 1 };
	struct scenario *scenario;
	bool good;
	size_t i;

	strbuf_adds(&text, head);
	strbuf_adds(&text, more);
	scenario = scenario_parse("t.scn", strbuf_str(&text), text.bytes, &d);
	s.scenario = scenario;
	if (scenario == NULL || !simstage_check(&s, &d))
		fail_msg("%s", strbuf_str(&told));
	trace_free(trace);
	trace = trace_new();
	good = simstage_run(&s, trace);
	for (i = 0; i < trace->n_checks; i++)
		if (trace->checks[i].verdict != TRACE_PASS)
			print_message("%s: %s\n", trace->checks[i].text,
			    trace->checks[i].happened);
	scenario_free(scenario);
	strbuf_fini(&text);
	strbuf_fini(&told);
	return good;
}

static size_t
notes(const char *text)
{
	size_t i, n = 0;

	for (i = 0; i < trace->n_notes; i++)
		if (strstr(trace->notes[i].text, text) != NULL)
			n++;
	return n;
}

static void
all_goes_on_while_the_memory_is_copied(void **state)
{
	(void)state;
	assert_true(run("at 20s vm migrate mark move\n"
			"at move+300ms mark stop\n"
			"at move+350ms mark there\n"
			"at 25s end\n"
			"expect p lost == 0 between move and stop\n"
			"expect p lost == 50 gap == 50ms between stop and "
			"end\n"
			"expect vm migrating yes always from move until there\n"
			"expect vm host 1 always from start until there\n"
			"expect vm frozen no always from move until stop\n"
			"expect vm frozen yes always from stop until there\n"
			"expect vm frozen no always from there\n"
			"expect vm migrating no always from there\n"
			"expect vm host 2 always from there\n"));
}

static void
the_other_host_announces_each_nic_of_the_machine(void **state)
{
	(void)state;
	run("at 20s vm migrate\nat 25s end\n");
	assert_int_equal(notes("host 2 announces 52:54:00:aa:00:01 of hn0"), 1);
	assert_int_equal(notes("host 2 announces 52:54:00:aa:00:01 of mce0"),
	    1);
	run("at 19s vf eject mce0\nat 20s vm migrate\nat 25s end\n");
	assert_int_equal(notes("of hn0"), 1);
	assert_int_equal(notes("of mce0"), 0);
}

static void
one_that_is_cancelled_costs_nothing(void **state)
{
	(void)state;
	assert_true(run("at 20s vm migrate cancel after 299ms mark move\n"
			"at move+299ms mark given-up\n"
			"at 25s end\n"
			"expect p lost == 0\n"
			"expect vm migrating yes always from move until "
			"given-up\n"
			"expect vm migrating no always from given-up\n"
			"expect vm frozen no always\n"
			"expect vm host 1 always\n"
			"expect count note \"is cancelled\" == 1\n"));
}

static void
a_cancellation_may_come_too_late(void **state)
{
	(void)state;
	assert_true(run("at 20s vm migrate cancel after 301ms mark move\n"
			"at 25s end\n"
			"expect vm host 2\n"
			"expect vm migrating no\n"
			"expect count note \"is cancelled\" == 0\n"));
}

static void
there_is_one_at_a_time(void **state)
{
	(void)state;
	assert_true(run("at 20s vm migrate\n"
			"at +100ms vm migrate\n" /* the copy */
			"at +220ms vm migrate\n" /* the rest */
			"at +1s vm migrate\n"
			"at 25s end\n"
			"expect vm host 3\n"
			"expect count note \"is refused\" == 2\n"));
}

static void
a_frozen_machine_arrives_frozen(void **state)
{
	(void)state;
	assert_true(run("at 20s vm migrate mark move\n"
			"at +200ms vm freeze 1s mark freeze\n"
			"at 25s end\n"
			"expect vm host 2 within 350ms of move\n"
			"expect vm frozen yes for 1s after freeze\n"
			"expect vm frozen no\n"));
}

static void
without_one_nothing_is_said_of_hosts(void **state)
{
	(void)state;
	run("at 25s end\n");
	assert_null(trace_get_state(trace, "vm", "host"));
	assert_null(trace_get_state(trace, "vm", "migrating"));
}

static void
what_requires_a_real_kernel_is_refused(void **state)
{
	struct strbuf told = { 0 };
	struct diag d = { .emit = diag_emit_strbuf, .ctx = &told };
	static const char text[] =
	    "scenario \"s\"\nmachine bench\nrequires vm\n";
	struct scenario *scenario =
	    scenario_parse("t.scn", text, strlen(text), &d);
	struct simstage s = { .scenario = scenario,
		.profile = profile,
		.rules = rules };

	(void)state;
	assert_false(simstage_check(&s, &d));
	assert_string_equal(strbuf_str(&told),
	    "t.scn:3:10: error: it requires vm, and the machine is "
	    "simulated\n");
	scenario_free(scenario);
	strbuf_fini(&told);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_goes_on_while_the_memory_is_copied),
		cmocka_unit_test(
		    the_other_host_announces_each_nic_of_the_machine),
		cmocka_unit_test(one_that_is_cancelled_costs_nothing),
		cmocka_unit_test(a_cancellation_may_come_too_late),
		cmocka_unit_test(there_is_one_at_a_time),
		cmocka_unit_test(a_frozen_machine_arrives_frozen),
		cmocka_unit_test(without_one_nothing_is_said_of_hosts),
		cmocka_unit_test(what_requires_a_real_kernel_is_refused),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
