/* SPDX-License-Identifier: BSD-2-Clause */
/* Scenarios on the simulated machine; what a recording says as stimuli, and as
 * facts to follow. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/dur.h"
#include "mem_loader.h"
#include "sim/scenario/scn_cursor.h"
#include "sim/stage/simstage.h"
#include "sim/stage/stimuli.h"
#include "sim_rig.h"

static const struct mem_file files[] = {
	{ "devd.conf",
	    "notify 10 { match \"system\" \"ETHERNET\"; match \"type\" "
	    "\"IFATTACH\";\n"
	    "  action \"/usr/libexec/hyperv/hyperv_vfattach $subsystem 0\"; "
	    "};\n"
	    "notify 10 { match \"system\" \"HYPERV_NIC_VF\"; match \"type\" "
	    "\"VF_UP\";\n"
	    "  action \"/usr/libexec/hyperv/hyperv_vfup $subsystem\"; };\n" },
	{ NULL, NULL }
};

static const char head[] =
    "scenario \"s\"\n"
    "machine bench\n"
    "rc.conf ifconfig_hn0=\"inet 10.0.0.4/24\" defaultrouter=\"10.0.0.1\"\n"
    "sysctl hw.hn.vf_transparent=0\n"
    "nic hn0 mac 52:54:00:aa:00:01\n"
    "vf mce0 of hn0 driver vf present\n"
    "probe p icmp rate 1000/s from 8s\n";

static struct ruleset *rules;
static struct profile *profile;
static struct scenario *scenario;
static struct trace *trace;
static struct recording *recording;
static struct strbuf told;

static int
setup(void **state)
{
	struct ruleset_options opt = { .loader = NULL };

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
	scenario_free(scenario);
	trace_free(trace);
	recording_free(recording);
	scenario = NULL;
	recording = NULL;
	strbuf_fini(&told);
	return 0;
}

static struct simstage
stage_of(const char *more, enum core_policy policy)
{
	struct diag d = { .emit = diag_emit_strbuf, .ctx = &told };
	struct simstage s = { .profile = profile,
		.rules = rules,
		.policy = policy,
		.seed = 1 };
	struct strbuf text = { 0 };

	strbuf_adds(&text, head);
	strbuf_adds(&text, more);
	scenario_free(scenario);
	scenario = scenario_parse("t.scn", strbuf_str(&text), text.bytes, &d);
	if (scenario == NULL)
		fail_msg("%s", strbuf_str(&told));
	strbuf_fini(&text);
	s.scenario = scenario;
	return s;
}

static bool
run(const char *more, enum core_policy policy)
{
	struct simstage s = stage_of(more, policy);
	struct diag d = { .emit = diag_emit_strbuf, .ctx = &told };

	if (!simstage_check(&s, &d))
		fail_msg("%s", strbuf_str(&told));
	trace_free(trace);
	trace = trace_new();
	return simstage_run(&s, trace);
}

/* --- checking --- */

static void
what_the_machine_cannot_do_is_told_before_it_runs(void **state)
{
	static const struct {
		const char *line, *told;
	} rows[] = {
		{ "sysctl kern.hz=1", "t.scn:8:8: error: " },
		{ "sysctl hw.hn.vf_transparen=1", "did you mean" },
		{ "sysctl hw.bus.devctl_queue=many", "t.scn:8:8: error: " },
		{ "daemon strat=3s", "did you mean start" },
		{ "daemon colour=red", "t.scn:8:8: error: " },
		{ "daemon start=3", "t.scn:8:8: error: " },
		{ "daemon serial=maybe", "t.scn:8:8: error: " },
		{ "daemon rx-all=off", "t.scn:8:8: error: " },
		{ "delay vf.opn = 3ms", "did you mean vf.open" },
		{ "delay vf.open = 3", "t.scn:8:" },
		{ "at 1s user \"reboot\"", "the machine does not know" },
		{ "at 1s user \"ifconfig mce0 up; ifconfig hn0 up\"",
		    "write user sh" },
		{ "at 1s user \"ifconfig 'mce0\"", "write user sh" },
		{ "at 1s user \"ifconfig mce0 sideways\"", "t.scn:8:" },
	};
	struct diag d = { .emit = diag_emit_strbuf, .ctx = &told };
	struct simstage s;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[160];

		snprintf(text, sizeof(text), "%s\nat 20s end\n", rows[i].line);
		strbuf_reset(&told);
		s = stage_of(text, CORE_NATIVE);
		if (simstage_check(&s, &d))
			fail_msg("\"%s\" is taken", rows[i].line);
		if (strstr(strbuf_str(&told), rows[i].told) == NULL ||
		    strncmp(strbuf_str(&told), "t.scn:8:", 8) != 0)
			fail_msg("\"%s\" is told as %s", rows[i].line,
			    strbuf_str(&told));
	}
}

/* --- running --- */

static void
a_boot_with_a_vf_ends_with_the_vf_carrying_under_both_policies(void **state)
{
	static const char more[] = "at 20s end\n"
				   "expect lagg0 active mce0\n"
				   "expect lagg0 ports \"hn0 mce0\"\n"
				   "expect address 10.0.0.4/24 only on lagg0\n";

	(void)state;
	assert_true(run(more, CORE_STOCK));
	assert_true(run(more, CORE_NATIVE));
	assert_string_equal(trace_get_state(trace, "route", "default"),
	    "10.0.0.1 via lagg0");
	assert_string_equal(trace->run.policy, "native");
	assert_int_equal(trace->run.end_ns, 20 * DUR_SEC);
}

static void
an_expectation_that_does_not_hold_fails_the_run(void **state)
{
	(void)state;
	assert_false(run("at 20s end\nexpect lagg0 active hn0\n", CORE_NATIVE));
	assert_int_equal(trace->checks[0].verdict, TRACE_FAIL);
}

static void
the_same_seed_gives_the_same_trace_and_another_one_need_not(void **state)
{
	static const char more[] = "delay vf.open = 1ms..50ms\n"
				   "at 10s vf eject mce0\n"
				   "at +2s vf attach mce0\n"
				   "at +8s end\n";
	uint64_t first;
	struct simstage s;

	(void)state;
	run(more, CORE_STOCK);
	first = trace_hash(trace);
	run(more, CORE_STOCK);
	assert_true(trace_hash(trace) == first);
	s = stage_of(more, CORE_STOCK);
	s.seed = 2;
	trace_free(trace);
	trace = trace_new();
	simstage_run(&s, trace);
	assert_true(trace_hash(trace) != first);
}

static void
a_stimulus_and_its_mark_are_in_the_trace_with_their_time_and_line(void **state)
{
	(void)state;
	run("at 10s vf eject mce0 mark gone\nat 12s end\n", CORE_NATIVE);
	assert_int_equal(trace->n_stimuli, 1);
	assert_int_equal(trace->stimuli[0].at_ns, 10 * DUR_SEC);
	assert_int_equal(trace->stimuli[0].line, 8);
	assert_string_equal(trace->stimuli[0].text, "vf eject mce0");
	assert_int_equal(trace->marks[0].at_ns, 10 * DUR_SEC);
}

static void
a_run_that_ends_in_the_middle_of_everything_ends(void **state)
{
	char more[128];
	int ms;

	(void)state;
	/* A VF that is just arriving, switching, or leaving. */
	for (ms = 10000; ms < 12200; ms += 37) {
		snprintf(more, sizeof(more),
		    "at 10s vf eject mce0\nat 10500ms vf attach mce0\n"
		    "at %dms end\n",
		    ms < 10500 ? 10501 : ms);
		run(more, ms % 2 == 0 ? CORE_STOCK : CORE_NATIVE);
		assert_int_equal(trace->run.kind == NULL, 0);
	}
}

static void
what_the_host_said_to_a_frozen_guest_happens_in_its_order(void **state)
{
	(void)state;
	assert_true(run("at 20s vm freeze 5s\n"
			"at +1s vf rescind mce0\n"
			"at +1s vf attach mce0\n"
			"at +40s end\n"
			"expect mce0 exists\n"
			"expect lagg0 active mce0\n"
			"expect count record \"mce0 type=DETACH\" == 1\n",
	    CORE_NATIVE));
}

static void
a_vf_that_came_once_under_another_name_has_its_own_again(void **state)
{
	(void)state;
	assert_true(run("at 20s vf eject mce0\n"
			"at +5s vf attach mce0 as mce7 mark other\n"
			"at +5s vf eject mce0\n"
			"at +5s vf attach mce0 mark own\n"
			"at +5s vf eject mce0 mark gone\n"
			"at +5s end\n"
			"expect mce7 exists within 1s of other\n"
			"expect mce0 exists within 1s of own\n"
			"expect mce0 absent\n"
			"expect mce7 absent\n",
	    CORE_NATIVE));
}

static void
users_commands_are_carried_out_and_told(void **state)
{
	(void)state;
	assert_true(run("at 10s user \"ifconfig mce0 down\"\n"
			"at 11s user \"ifconfig mce7 up\"\n"
			"at 20s end\n"
			"expect mce0 down\n"
			"expect lagg0 active hn0\n",
	    CORE_NATIVE));
	assert_true(trace->n_commands >= 2);
	assert_string_equal(trace->commands[trace->n_commands - 1].outcome,
	    "exit 1: ifconfig: interface mce7 does not exist");
}

/* An address ups the interface too, without the routes that a down took. */
static void
an_aggregate_is_upped_before_it_gets_an_address_again(void **state)
{
	(void)state;
	assert_true(
	    run("rc.conf ifconfig_hn0_ipv6=\"inet6 2001:db8::4/64\"\n"
		"at 20s daemon kill\n"
		"at +0s user \"ifconfig lagg0 inet6 2001:db8::4/64 -alias\"\n"
		"at +1s user \"ifconfig lagg0 down\"\n"
		"at +1s user \"route delete default\"\n"
		"at +1s daemon start mark started\n"
		"at +10s end\n"
		"expect address 2001:db8::4/64 on lagg0\n"
		"expect default route via lagg0 within 1s of started\n",
		CORE_NATIVE));
}

static void
a_reload_is_not_lost_on_a_daemon_that_is_being_started(void **state)
{
	(void)state;
	assert_true(run("at 20s daemon restart\n"
			"at +0s rc.conf ifconfig_hn0=\"inet 10.0.0.9/24\"\n"
			"at +0s daemon reload\n"
			"at +10s end\n"
			"expect address 10.0.0.9/24 on lagg0\n",
	    CORE_NATIVE));
}

static void
a_daemon_that_is_killed_does_nothing_until_it_is_started(void **state)
{
	assert_true(run("at 8s daemon kill mark killed\n"
			"at 9s vf eject mce0\n"
			"at 11s vf attach mce0\n"
			"at 20s daemon start mark again\n"
			"at 30s end\n"
			"expect daemon running no for 11s after killed\n"
			"expect count operation \" \" == 0 "
			"between killed and again\n"
			"expect lagg0 active mce0\n",
	    CORE_NATIVE));
	(void)state;
}

/* --- a recording as stimuli --- */

static void
record(int64_t ms, const char *text)
{
	if (recording == NULL)
		recording = recording_new("r", "r.log");
	recording_add(recording, ms * DUR_MS, text, strlen(text), false);
}

static const struct scn_step *
find_step(enum scn_stimulus kind)
{
	size_t i;

	for (i = 0; i < scenario->n_steps; i++)
		if (scenario->steps[i].kind == kind)
			return &scenario->steps[i];
	return NULL;
}

static int
derive(void)
{
	struct err e;

	scenario = stimuli_scenario(recording);
	return stimuli_add(scenario, recording, &e);
}

static void
a_detach_is_an_eject_and_an_attach_a_return(void **state)
{
	(void)state;
	record(10000, "!system=HYPERV_NIC_VF subsystem=hn0 type=VF_DOWN");
	record(10001, "!system=IFNET subsystem=mce0 type=DETACH");
	record(10005, "!system=IFNET subsystem=hn0 type=LINK_UP");
	record(20000, "!system=IFNET subsystem=mce0 type=ATTACH");
	record(20001, "!system=ETHERNET subsystem=mce0 type=IFATTACH");
	record(22000, "!system=IFNET subsystem=hn0 type=LINK_DOWN");
	record(22001, "!system=HYPERV_NIC_VF subsystem=hn0 type=VF_UP");
	assert_int_equal(derive(), 0);
	assert_int_equal(scenario->n_steps, 2);
	assert_int_equal(find_step(SCN_VF_EJECT)->at_ns, 10001 * DUR_MS);
	assert_string_equal(find_step(SCN_VF_EJECT)->mark, "gone.1");
	assert_int_equal(find_step(SCN_VF_ATTACH)->at_ns, 20000 * DUR_MS);
	assert_string_equal(find_step(SCN_VF_ATTACH)->mark, "back.1");
	assert_string_equal(scenario->vfs[0].driver, "mlx5");
	assert_true(scenario->vfs[0].present);
	assert_int_equal(scenario->end_ns, 22001 * DUR_MS + STIMULI_TAIL);
}

static void
a_link_lost_without_a_detach_is_a_flap(void **state)
{
	(void)state;
	record(10000, "!system=IFNET subsystem=mce0 type=LINK_DOWN");
	record(13000, "!system=IFNET subsystem=mce0 type=LINK_UP");
	assert_int_equal(derive(), 0);
	assert_int_equal(scenario->n_steps, 2);
	assert_false(find_step(SCN_VF_LINK)->up);
	assert_string_equal(scenario->steps[1].mark, "mend.1");
}

static void
five_seconds_of_hns_link_loss_are_a_network_change(void **state)
{
	(void)state;
	record(10000, "!system=IFNET subsystem=hn0 type=LINK_DOWN");
	record(15003, "!system=IFNET subsystem=hn0 type=LINK_UP");
	record(30000, "!system=IFNET subsystem=hn0 type=LINK_DOWN");
	record(31000, "!system=IFNET subsystem=hn0 type=LINK_UP");
	assert_int_equal(derive(), 0);
	assert_non_null(find_step(SCN_HOST_NETCHANGE));
	assert_int_equal(find_step(SCN_HOST_NETCHANGE)->at_ns, 10 * DUR_SEC);
	assert_int_equal(find_step(SCN_HOST_MEDIA)->at_ns, 30 * DUR_SEC);
	assert_int_equal(scenario->n_steps, 3);
}

static void
a_recording_without_any_stimulus_is_refused(void **state)
{
	struct err e;

	(void)state;
	record(10000, "!system=DEVFS subsystem=CDEV type=CREATE cdev=tap0");
	record(11000, "garbage");
	scenario = stimuli_scenario(recording);
	assert_int_equal(stimuli_add(scenario, recording, &e), ERR_INPUT);
	assert_non_null(strstr(e.text, "nothing to replay"));
}

static void
marks_of_stimuli_are_told_from_others(void **state)
{
	(void)state;
	assert_true(scn_is_recorded_mark("gone.1"));
	assert_true(scn_is_recorded_mark("plug.12"));
	assert_false(scn_is_recorded_mark("gone"));
	assert_false(scn_is_recorded_mark("gone."));
	assert_false(scn_is_recorded_mark("gone.1a"));
	assert_false(scn_is_recorded_mark("begone.1"));
}

/* --- a recording as facts --- */

static void
a_machine_that_follows_shows_the_recordings_states_and_no_others(void **state)
{
	struct simstage s = stage_of("at 40s end\n", CORE_NATIVE);
	size_t i;

	(void)state;
	record(1000, "!system=IFNET subsystem=hn0 type=LINK_UP");
	record(10000, "!system=HYPERV_NIC_VF subsystem=hn0 type=VF_DOWN");
	record(10001, "!system=IFNET subsystem=mce0 type=DETACH");
	record(20000, "!system=IFNET subsystem=mce0 type=ATTACH");
	record(20001, "!system=ETHERNET subsystem=mce0 type=IFATTACH");
	record(22050, "!system=IFNET subsystem=mce0 type=LINK_UP");
	s.follow = recording;
	simstage_run(&s, trace);
	assert_int_equal(trace->n_records, 6);
	for (i = 0; i < 6; i++) {
		assert_int_equal(trace->records[i].emit_ns,
		    recording->records[i].at_ns);
		assert_string_equal(trace->records[i].raw,
		    recording->records[i].raw);
	}
	assert_string_equal(trace->run.kind, "replay-open");
	assert_string_equal(trace_get_state(trace, "hn0", "vf"), "mce0");
	/* Native ups the VF; nobody answers with a VF_UP of its own. */
	assert_string_equal(trace_get_state(trace, "mce0", "up"), "yes");
	assert_string_equal(trace_get_state(trace, "hn0", "rxvf"), "no");
	assert_int_equal(trace->n_probes, 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(what_the_machine_cannot_do_is_told_before_it_runs),
		T(a_boot_with_a_vf_ends_with_the_vf_carrying_under_both_policies),
		T(an_expectation_that_does_not_hold_fails_the_run),
		T(the_same_seed_gives_the_same_trace_and_another_one_need_not),
		T(a_stimulus_and_its_mark_are_in_the_trace_with_their_time_and_line),
		T(a_run_that_ends_in_the_middle_of_everything_ends),
		T(what_the_host_said_to_a_frozen_guest_happens_in_its_order),
		T(a_vf_that_came_once_under_another_name_has_its_own_again),
		T(users_commands_are_carried_out_and_told),
		T(an_aggregate_is_upped_before_it_gets_an_address_again),
		T(a_reload_is_not_lost_on_a_daemon_that_is_being_started),
		T(a_daemon_that_is_killed_does_nothing_until_it_is_started),
		T(a_detach_is_an_eject_and_an_attach_a_return),
		T(a_link_lost_without_a_detach_is_a_flap),
		T(five_seconds_of_hns_link_loss_are_a_network_change),
		T(a_recording_without_any_stimulus_is_refused),
		T(marks_of_stimuli_are_told_from_others),
		T(a_machine_that_follows_shows_the_recordings_states_and_no_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
