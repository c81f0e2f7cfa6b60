/* SPDX-License-Identifier: BSD-2-Clause */
/* Faults that strike what the engine reads and asks for, and what befalls the
 * engine itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/dur.h"
#include "mem_loader.h"
#include "sim/stage/simstage.h"
#include "sim_rig.h"

static const struct mem_file files[] = {
	{ "devd.conf",
	    "notify 10 { match \"system\" \"ETHERNET\"; match \"type\" "
	    "\"IFATTACH\";\n"
	    "  action \"/usr/libexec/hyperv/hyperv_vfattach $subsystem 0\"; "
	    "};\n"
	    "notify 10 { match \"system\" \"HYPERV_NIC_VF\"; match \"type\" "
	    "\"VF_UP\";\n"
	    "  action \"/usr/libexec/hyperv/hyperv_vfup $subsystem\"; };\n"
	    "notify 10 { match \"system\" \"TEST\"; action \"/bin/act "
	    "$subsystem\"; };\n" },
	{ NULL, NULL }
};

static const char head[] =
    "scenario \"s\"\n"
    "machine bench\n"
    "rc.conf ifconfig_hn0=\"inet 10.0.0.4/24\" defaultrouter=\"10.0.0.1\"\n"
    "sysctl hw.hn.vf_transparent=0\n"
    "nic hn0 mac 52:54:00:aa:00:01\n"
    "vf mce0 of hn0 driver vf\n"
    "at 10s vf attach mce0 mark a\n"
    "at 30s end\n";

static struct ruleset *rules;
static struct profile *profile;
static struct scenario *scenario;
static struct trace *trace;
static struct strbuf told;

static int
setup(void **state)
{
	struct ruleset_options opt = { .loader = NULL };

	(void)state;
	rules = mem_load(files, &opt, &told);
	assert_string_equal(strbuf_str(&told), "");
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	ruleset_free(rules);
	profile_free(profile);
	scenario_free(scenario);
	trace_free(trace);
	strbuf_fini(&told);
	return 0;
}

/* True when every expectation held and every fault struck. */
static bool
run(const char *more, enum core_policy policy)
{
	struct diag d = { .emit = diag_emit_strbuf, .ctx = &told };
	struct simstage s = { .rules = rules, .policy = policy, .seed = 1 };
	struct strbuf text = { 0 };

	profile_free(profile);
	scenario_free(scenario);
	trace_free(trace);
	s.profile = profile = rig_profile(NULL);
	strbuf_adds(&text, head);
	strbuf_adds(&text, more);
	s.scenario = scenario =
	    scenario_parse("t.scn", strbuf_str(&text), text.bytes, &d);
	trace = trace_new();
	strbuf_fini(&text);
	if (scenario == NULL || !simstage_check(&s, &d))
		fail_msg("%s", strbuf_str(&told));
	return simstage_run(&s, trace);
}

static size_t
notes(const char *who, const char *text)
{
	size_t i, n = 0;

	for (i = 0; i < trace->n_notes; i++)
		n += strcmp(trace->notes[i].who, who) == 0 &&
		    strstr(trace->notes[i].text, text) != NULL;
	return n;
}

/* Row of the nth firing, operation or command with this text; -1: none. */
static int
firing(const char *text, int nth)
{
	size_t i;

	for (i = 0; i < trace->n_firings; i++)
		if (strstr(trace->firings[i].action, text) != NULL &&
		    nth-- == 0)
			return (int)i;
	return -1;
}

static int
operation(const char *text, int nth)
{
	size_t i;

	for (i = 0; i < trace->n_operations; i++)
		if (strstr(trace->operations[i].text, text) != NULL &&
		    nth-- == 0)
			return (int)i;
	return -1;
}

static int
command(const char *text, int nth)
{
	size_t i;

	for (i = 0; i < trace->n_commands; i++)
		if (strstr(trace->commands[i].text, text) != NULL && nth-- == 0)
			return (int)i;
	return -1;
}

#define TEST_RECORD(n) "!system=TEST subsystem=t" #n " type=X"

/* --- records --- */

static void
a_lost_record_fires_nothing(void **state)
{
	(void)state;
	assert_true(run("at 20s record \"" TEST_RECORD(
			    1) "\"\n"
			       "at 20s record \"" TEST_RECORD(
				   2) "\"\n"
				      "fault record lose \"subsystem=t1\"\n",
	    CORE_NATIVE));
	assert_int_equal(firing("t1'", 0), -1);
	assert_int_not_equal(firing("t2'", 0), -1);
	assert_int_equal(notes("fault", "line 11: record lose"), 1);
}

static void
a_doubled_record_fires_twice(void **state)
{
	(void)state;
	assert_true(run("at 20s record \"" TEST_RECORD(
			    1) "\" times 3\n"
			       "fault record double \"subsystem=t1\" nth 2\n",
	    CORE_NATIVE));
	assert_int_not_equal(firing("t1'", 3), -1);
	assert_int_equal(firing("t1'", 4), -1);
}

static void
a_late_record_is_passed_by_those_behind_it(void **state)
{
	int late, other;

	(void)state;
	assert_true(
	    run("at 20s record \"" TEST_RECORD(
		    1) "\"\n"
		       "at 20s record \"" TEST_RECORD(
			   2) "\"\n"
			      "fault record delay \"subsystem=t1\" by 3s\n",
		CORE_NATIVE));
	late = firing("t1'", 0);
	other = firing("t2'", 0);
	assert_true(other >= 0 && late > other);
	assert_true(trace->firings[late].at_ns >= 23 * DUR_SEC);
	assert_true(trace->firings[late].at_ns < 23 * DUR_SEC + DUR_MS);
	assert_true(trace->firings[other].at_ns < 21 * DUR_SEC);
}

static void
a_record_out_of_order_comes_behind_the_next(void **state)
{
	(void)state;
	assert_true(
	    run("at 20s record \"" TEST_RECORD(
		    1) "\"\n"
		       "at 25s record \"" TEST_RECORD(
			   2) "\"\n"
			      "at 26s record \"" TEST_RECORD(
				  3) "\"\n"
				     "fault record reorder \"subsystem=t1\"\n",
		CORE_NATIVE));
	assert_int_equal(firing("t1'", 0), firing("t2'", 0) + 1);
	assert_int_equal(firing("t3'", 0), firing("t2'", 0) + 2);
	assert_true(trace->firings[firing("t1'", 0)].at_ns < 26 * DUR_SEC);
}

static void
a_fault_strikes_in_its_window_and_so_often(void **state)
{
	(void)state;
	assert_true(
	    run("at 12s record \"" TEST_RECORD(
		    1) "\"\n"
		       "at 20s record \"" TEST_RECORD(
			   1) "\" times 5\n"
			      "at 28s record \"" TEST_RECORD(
				  1) "\"\n"
				     "fault record lose \"subsystem=t1\" nth 2 "
				     "times 2 from 15s "
				     "until 25s\n",
		CORE_NATIVE));
	assert_int_not_equal(firing("t1'", 4), -1);
	assert_int_equal(firing("t1'", 5), -1);
	assert_int_equal(notes("fault", "strikes"), 2);
}

static void
the_nth_that_matches_is_the_one_struck(void **state)
{
	(void)state;
	assert_true(run("at 20s record \"" TEST_RECORD(
			    1) "\"\n"
			       "at 20s record \"" TEST_RECORD(
				   2) "\"\n"
				      "at 20s record \"" TEST_RECORD(
					  3) "\"\n"
					     "fault record lose "
					     "\"system=TEST\" nth 2\n",
	    CORE_NATIVE));
	assert_int_not_equal(firing("t1'", 0), -1);
	assert_int_equal(firing("t2'", 0), -1);
	assert_int_not_equal(firing("t3'", 0), -1);
}

static void
a_fault_that_never_struck_fails_the_run_unless_it_may(void **state)
{
	const struct trace_check *c;

	(void)state;
	assert_false(run("fault record lose \"nothing\"\n", CORE_NATIVE));
	assert_int_equal(trace->n_checks, 1);
	c = &trace->checks[0];
	assert_int_equal(c->verdict, TRACE_FAIL);
	assert_int_equal(c->line, 9);
	assert_non_null(strstr(c->happened, "fault of line 9 never struck"));
	assert_true(run("fault may record lose \"nothing\"\n", CORE_NATIVE));
	assert_true(
	    run("fault record lose \"nothing\" under stock\n", CORE_NATIVE));
	assert_int_equal(trace->checks[0].verdict, TRACE_SKIP);
}

/* --- operations and commands --- */

static void
a_failing_operation_changes_nothing_and_is_tried_again(void **state)
{
	int first, second;

	(void)state;
	assert_true(run("fault operation fails \"port-add mce0\" errno EBUSY\n"
			"expect lagg0 active mce0\n",
	    CORE_NATIVE));
	first = operation("port-add mce0", 0);
	second = operation("port-add mce0", 1);
	assert_true(first >= 0 && second > first);
	assert_int_equal(trace->operations[first].result, 16);
	assert_int_equal(trace->operations[first].end_ns -
		trace->operations[first].start_ns,
	    RIG_SYSCALL);
	assert_int_equal(trace->operations[second].result, 0);
}

static void
a_slow_operation_takes_effect_later(void **state)
{
	int up;

	(void)state;
	assert_true(run("fault operation slow \"mce0 up\" by 5s\n"
			"expect lagg0 active hn0 for 7s after a\n"
			"expect lagg0 active mce0 within 8s of a\n",
	    CORE_NATIVE));
	up = operation("mce0 up", 0);
	assert_true(trace->operations[up].start_ns >= 17 * DUR_SEC);
}

static void
commands_fail_hang_and_are_slow(void **state)
{
	const struct trace_command *c;

	(void)state;
	assert_true(
	    run("daemon deadline=2s\n"
		"at 15s record \"" TEST_RECORD(
		    1) "\"\n"
		       "at 15s record \"" TEST_RECORD(
			   2) "\"\n"
			      "at 15s record \"" TEST_RECORD(
				  3) "\"\n"
				     "fault command fails \"t1'\" with 7\n"
				     "fault command hangs \"t2'\"\n"
				     "fault command slow \"t3'\" by 1s\n"
				     "expect alarm \"deadline over, cancelled: "
				     "/bin/act\"\n",
		CORE_NATIVE));
	c = &trace->commands[command("t1'", 0)];
	assert_string_equal(c->outcome, "exit 7");
	c = &trace->commands[command("t2'", 0)];
	assert_string_equal(c->outcome, "cancelled");
	assert_int_equal(c->end_ns - c->start_ns, 2 * DUR_SEC);
	c = &trace->commands[command("t3'", 0)];
	assert_string_equal(c->outcome, "exit 0");
	assert_true(c->start_ns >= 16 * DUR_SEC);
}

/* --- the daemon's death --- */

static void
a_daemon_dies_before_during_or_after_an_operation(void **state)
{
	(void)state;
	assert_true(
	    run("fault daemon killed before operation \"port-add mce0\"\n"
		"expect daemon running no\nexpect mce0 member-of none\n",
		CORE_NATIVE));
	assert_int_equal(operation("port-add mce0", 0), -1);
	assert_true(
	    run("fault daemon killed during operation \"port-add mce0\"\n"
		"expect daemon running no\nexpect mce0 member-of lagg0\n"
		"expect mce0 down\n",
		CORE_NATIVE));
	assert_true(run("fault daemon killed after operation \"port-add mce0\" "
			"restart after 4s\n"
			"expect daemon running no within 1s of a\n"
			"expect daemon running yes\n"
			"expect lagg0 active mce0\n",
	    CORE_NATIVE));
	assert_int_equal(operation("port-add mce0", 1), -1);
}

static void
the_scripts_of_a_killed_stock_daemon_go_on(void **state)
{
	(void)state;
	assert_true(
	    run("fault daemon killed before operation \"port-add hn0\"\n"
		"expect daemon running no\nexpect lagg0 port hn0\n",
		CORE_STOCK));
}

/* --- what befalls the engine otherwise --- */

static void
an_edited_file_counts_when_it_is_read_again(void **state)
{
	static const char edit[] =
	    "at 15s rc.conf ifconfig_hn0=\"inet 10.0.0.5/24\" mark e\n"
	    "expect address 10.0.0.4/24 on lagg0 for 5s after e\n";
	char more[512];

	(void)state;
	snprintf(more, sizeof(more), "%sexpect address 10.0.0.4/24 on lagg0\n",
	    edit);
	assert_true(run(more, CORE_NATIVE));
	snprintf(more, sizeof(more),
	    "%sat 21s daemon reload mark r\n"
	    "expect address 10.0.0.5/24 only on lagg0 within 1s of r\n"
	    "expect no address 10.0.0.4/24 on lagg0\n",
	    edit);
	assert_true(run(more, CORE_NATIVE));
	snprintf(more, sizeof(more),
	    "%sat 21s daemon restart mark r\n"
	    "expect address 10.0.0.5/24 on lagg0 within 1s of r\n",
	    edit);
	assert_true(run(more, CORE_NATIVE));
}

static void
without_its_connection_records_pass_it_by(void **state)
{
	(void)state;
	assert_true(run("at 20s devd-socket close\n"
			"at 20.05s record \"" TEST_RECORD(
			    1) "\"\n"
			       "at 20.2s record \"" TEST_RECORD(2) "\"\n",
	    CORE_NATIVE));
	assert_int_equal(firing("t1'", 0), -1);
	assert_int_not_equal(firing("t2'", 0), -1);
	/* devd itself is nobody's client. */
	assert_true(run("at 20s devd-socket close\n"
			"at 20.05s record \"" TEST_RECORD(1) "\"\n",
	    CORE_STOCK));
	assert_int_not_equal(firing("t1'", 0), -1);
}

static void
connected_again_it_looks_for_what_it_missed(void **state)
{
	(void)state;
	/* Nobody tells of a sysctl. */
	assert_true(
	    run("daemon resync=1h\n"
		"at 20s devd-socket close\n"
		"at 20.05s user \"sysctl "
		"net.link.lagg.failover_rx_all=0\" mark s\n"
		"expect sysctl net.link.lagg.failover_rx_all 1 finally\n",
		CORE_NATIVE));
}

static void
of_lost_messages_it_hears_and_looks(void **state)
{
	(void)state;
	assert_true(run("daemon resync=1h\n"
			"at 20s user \"sysctl "
			"net.link.lagg.failover_rx_all=0\"\n"
			"at 25s netlink overflow\n"
			"expect sysctl net.link.lagg.failover_rx_all 1\n",
	    CORE_NATIVE));
}

static void
the_administrators_script_exits_hangs_or_is_missing(void **state)
{
	const struct trace_command *c;

	(void)state;
	assert_true(run("custom hn0 exits 3\n", CORE_STOCK));
	c = &trace->commands[command("hyperv_vfup.hn0", 0)];
	assert_string_equal(c->outcome, "exit 3");
	assert_int_equal(operation("lagg0 create", 0), -1);
	assert_true(run("custom hn0 takes 5s\n", CORE_STOCK));
	c = &trace->commands[command("hyperv_vfup.hn0", 0)];
	assert_int_equal(c->end_ns - c->start_ns, 5 * DUR_SEC);
	assert_true(run("custom hn0 not-executable\n", CORE_NATIVE));
	c = &trace->commands[command("hyperv_vfup.hn0", 0)];
	assert_string_equal(c->outcome, "exit 126");
	assert_true(
	    run("custom hn0 hangs\nat 5s custom hn0 missing\n", CORE_STOCK));
	assert_int_equal(command("hyperv_vfup.hn0", 0), -1);
	assert_int_not_equal(operation("lagg0 create", 0), -1);
}

static void
a_stock_devd_beside_hands_its_records_on(void **state)
{
	(void)state;
	assert_true(
	    run("daemon devd=active\n"
		"at 20s record \"" TEST_RECORD(
		    1) "\"\n"
		       "expect devd running yes\nexpect daemon running yes\n",
		CORE_NATIVE));
	/* Both fire for it, devd first. */
	assert_int_not_equal(firing("t1'", 1), -1);
	assert_int_equal(firing("t1'", 2), -1);
	assert_true(run("daemon devd=active\nexpect devd absent\n"
			"expect daemon running yes\n",
	    CORE_STOCK));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_lost_record_fires_nothing),
		cmocka_unit_test(a_doubled_record_fires_twice),
		cmocka_unit_test(a_late_record_is_passed_by_those_behind_it),
		cmocka_unit_test(a_record_out_of_order_comes_behind_the_next),
		cmocka_unit_test(a_fault_strikes_in_its_window_and_so_often),
		cmocka_unit_test(the_nth_that_matches_is_the_one_struck),
		cmocka_unit_test(
		    a_fault_that_never_struck_fails_the_run_unless_it_may),
		cmocka_unit_test(
		    a_failing_operation_changes_nothing_and_is_tried_again),
		cmocka_unit_test(a_slow_operation_takes_effect_later),
		cmocka_unit_test(commands_fail_hang_and_are_slow),
		cmocka_unit_test(
		    a_daemon_dies_before_during_or_after_an_operation),
		cmocka_unit_test(the_scripts_of_a_killed_stock_daemon_go_on),
		cmocka_unit_test(an_edited_file_counts_when_it_is_read_again),
		cmocka_unit_test(without_its_connection_records_pass_it_by),
		cmocka_unit_test(connected_again_it_looks_for_what_it_missed),
		cmocka_unit_test(of_lost_messages_it_hears_and_looks),
		cmocka_unit_test(
		    the_administrators_script_exits_hangs_or_is_missing),
		cmocka_unit_test(a_stock_devd_beside_hands_its_records_on),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
