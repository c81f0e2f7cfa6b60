/* SPDX-License-Identifier: BSD-2-Clause */
/* Delays that are measured in runs, and the profile made of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/dur.h"
#include "base/mem.h"
#include "sim/stage/calibrate.h"
#include "sim_rig.h"

#define MS DUR_MS
#define US DUR_US

static const char base_text[] = "# a comment\n"
				"machine \"bench\"\n"
				"delay kernel.syscall = 1ms from \"assumed\"\n"
				"  delay lagg.port=2ms..4ms\n"
				"delay lagg.portal = 5ms\n"
				"flag vf.linkstate = yes\n"
				"delay vm.downtime = 50ms";

static struct profile *profile;
static struct calibration *calibration;
static struct trace *trace;
static struct strbuf out;

static int
setup(void **state)
{
	(void)state;
	profile = rig_profile("machine \"bench\"\n"
			      "delay kernel.syscall = 1ms\n"
			      "delay lagg.port = 2ms..4ms\n"
			      "delay vf.open = one-of 9ms 5ms 7ms\n"
			      "delay host.offer = 30ms\n"
			      "delay vf.probe = 10ms..30ms..60ms\n"
			      "delay vf.close = 3ms\n");
	calibration = calibration_new(profile);
	trace = trace_new();
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	calibration_free(calibration);
	profile_free(profile);
	trace_free(trace);
	strbuf_fini(&out);
	return 0;
}

static void
operation(int64_t from_us, int64_t to_us, const char *text, int result)
{
	trace_end_operation(trace,
	    trace_begin_operation(trace, from_us * US, text, "", TRACE_NONE),
	    to_us * US, result);
}

static void
record(int64_t at_ns, const char *text)
{
	trace_add_record(trace, at_ns, text, strlen(text));
}

/* The line of a delay in the profile that comes of it. */
static void
expect_line(const char *line)
{
	strbuf_reset(&out);
	calibration_profile(calibration, base_text, strlen(base_text), "lab.db",
	    &out);
	if (strstr(strbuf_str(&out), line) == NULL)
		fail_msg("no \"%s\" in:\n%s", line, strbuf_str(&out));
}

static void
expect_row(const char *row)
{
	strbuf_reset(&out);
	calibration_table(calibration, &out);
	if (strstr(strbuf_str(&out), row) == NULL)
		fail_msg("no \"%s\" in:\n%s", row, strbuf_str(&out));
}

static void
the_likely_value_is_the_middle(void **state)
{
	(void)state;
	assert_int_equal(profile_likely(profile, "kernel.syscall"), MS);
	assert_int_equal(profile_likely(profile, "lagg.port"), 3 * MS);
	assert_int_equal(profile_likely(profile, "vf.probe"), 30 * MS);
	assert_int_equal(profile_likely(profile, "vf.open"), 7 * MS);
	assert_int_equal(profile_likely(profile, "no.such"), 0);
}

static void
nothing_measured_is_the_profile_as_it_was(void **state)
{
	(void)state;
	calibration_take(calibration, trace);
	assert_int_equal(calibration_count(calibration), 0);
	expect_line("\ndelay kernel.syscall = 1ms from \"assumed\"\n"
		    "  delay lagg.port=2ms..4ms\n");
	expect_line("# a comment\n"
		    "machine \"bench, calibrated by 1 run of lab.db\"\n");
}

static void
an_operation_is_a_system_call_and_what_it_does(void **state)
{
	(void)state;
	operation(1000, 3000, "bond0 description \"x y\"", 0);
	operation(1000, 9000, "bond0 up", 0);
	operation(1000, 9000, "bond0 description \"x\"", 22);
	operation(1000, 1000, "bond0 description \"x\"", 0);
	operation(1000, 8000, "bond0 port-add eth0", 0);
	operation(1000, 23000, "bond0 port-add eth1", 0);
	operation(1000, 8000, "bond0 address-add 10.0.0.4/24", 0);
	calibration_take(calibration, trace);
	assert_int_equal(calibration_count(calibration), 4);
	/* The measured 2 ms is taken off, not the profile's 1 ms; what is left
	 * of 20 ms is divided as 3 to 7. */
	expect_line("delay kernel.syscall       = 2ms ");
	expect_line("delay lagg.port            = 6ms  ");
	expect_line("less kernel.syscall, divided with vf.open; n=1\"\n"
		    "delay lagg.portal = 5ms\n");
	expect_row("vf.open                1  14ms  ");
	expect_row("inet.address           1  5ms  ");
	expect_row("\nhost.offer             0  as it was\n");
}

static void
without_a_measured_rest_the_profiles_is_taken_off(void **state)
{
	(void)state;
	operation(1000, 8000, "bond0 create failover", 0);
	operation(9000, 9500, "bond1 create failover", 0);
	calibration_take(calibration, trace);
	/* 7 ms and 0.5 ms, less 1 ms, which is never less than nothing. */
	expect_row("lagg.create            2  0s..6ms ");
}

static void
of_three_the_median_is_the_likeliest(void **state)
{
	(void)state;
	operation(0, 9000, "bond0 description \"x\"", 0);
	operation(0, 1000, "bond0 description \"x\"", 0);
	calibration_take(calibration, trace);
	trace_free(trace);
	trace = trace_new();
	operation(0, 2000, "bond0 description \"x\"", 0);
	calibration_take(calibration, trace);
	expect_line("delay kernel.syscall       = 1ms..2ms..9ms ");
	expect_line("machine \"bench, calibrated by 2 runs of lab.db\"\n");
}

static void
a_vf_comes_and_goes(void **state)
{
	(void)state;
	trace_add_stimulus(trace, 1000 * MS, "vf attach eth1", 1);
	trace_set_state(trace, 1090 * MS, "eth1", "exists", "yes");
	trace_add_stimulus(trace, 2000 * MS, "vf eject eth1", 2);
	trace_set_state(trace, 2025 * MS, "eth1", "link", "down");
	trace_set_state(trace, 2035 * MS, "eth1", "exists", "no");
	trace_add_stimulus(trace, 3000 * MS, "vf attach eth1 as eth7", 1);
	trace_set_state(trace, 3100 * MS, "eth1", "exists", "yes");
	trace_set_state(trace, 3130 * MS, "eth7", "exists", "yes");
	trace_add_stimulus(trace, 4000 * MS, "vf attach eth2", 1);
	trace_add_stimulus(trace, 5000 * MS, "mark", 1);
	trace_set_state(trace, 5001 * MS, "eth2", "exists", "yes");
	calibration_take(calibration, trace);
	/* 90 and 130 ms, of which the profile's are 30 each. */
	expect_row("host.offer             2  45ms..65ms ");
	expect_row("vf.probe               2  45ms..65ms ");
	expect_row("vf.grace               1  25ms ");
	expect_row("kernel.departure       1  7ms ");
}

static void
a_link_that_is_lost_is_told_by_its_record(void **state)
{
	(void)state;
	trace_add_stimulus(trace, 1000 * MS, "vf link eth1 down", 1);
	record(1001 * MS, "!system=IFNET subsystem=eth0 type=LINK_DOWN");
	record(1002 * MS, "!system=IFNET subsystem=eth1 type=LINK_UP");
	record(1004 * MS, "!system=IFNET subsystem=eth1 type=LINK_DOWN");
	trace_add_stimulus(trace, 2000 * MS, "vf link eth1 up", 1);
	record(2009 * MS, "!system=IFNET subsystem=eth1 type=LINK_DOWN");
	calibration_take(calibration, trace);
	expect_row("kernel.link_task       1  4ms ");
}

static void
a_migration_that_comes_to_its_end(void **state)
{
	(void)state;
	trace_add_stimulus(trace, 1000 * MS, "vm migrate", 1);
	trace_set_state(trace, 1000 * MS, "vm", "migrating", "yes");
	trace_set_state(trace, 1200 * MS, "vm", "frozen", "yes");
	trace_set_state(trace, 1270 * MS, "vm", "frozen", "no");
	trace_set_state(trace, 1270 * MS, "vm", "migrating", "no");
	trace_add_stimulus(trace, 2000 * MS, "vm migrate cancel after 20ms", 1);
	trace_set_state(trace, 2000 * MS, "vm", "migrating", "yes");
	trace_set_state(trace, 2020 * MS, "vm", "migrating", "no");
	trace_add_stimulus(trace, 3000 * MS, "vm freeze 5s", 1);
	trace_set_state(trace, 3000 * MS, "vm", "frozen", "yes");
	trace_set_state(trace, 8000 * MS, "vm", "frozen", "no");
	trace_add_stimulus(trace, 9000 * MS, "daemon start", 1);
	trace_set_state(trace, 9012 * MS, "daemon", "running", "yes");
	calibration_take(calibration, trace);
	assert_int_equal(calibration_count(calibration), 3);
	expect_row("vm.precopy             1  200ms ");
	expect_row("vm.downtime            1  70ms ");
	expect_row("daemon.start           1  12ms ");
	/* The last line of a text, without its end. */
	expect_line("delay vm.downtime          = 70ms ");
}

static void
a_name_cannot_break_the_line(void **state)
{
	(void)state;
	strbuf_reset(&out);
	calibration_profile(calibration, base_text, strlen(base_text),
	    "a\"\nflag b", &out);
	assert_non_null(strstr(strbuf_str(&out),
	    "machine \"bench, calibrated by 0 runs of a??flag b\"\n"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_likely_value_is_the_middle),
		TEST(nothing_measured_is_the_profile_as_it_was),
		TEST(an_operation_is_a_system_call_and_what_it_does),
		TEST(without_a_measured_rest_the_profiles_is_taken_off),
		TEST(of_three_the_median_is_the_likeliest),
		TEST(a_vf_comes_and_goes),
		TEST(a_link_that_is_lost_is_told_by_its_record),
		TEST(a_migration_that_comes_to_its_end),
		TEST(a_name_cannot_break_the_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
