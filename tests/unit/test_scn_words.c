/* SPDX-License-Identifier: BSD-2-Clause */
/* The words for what may happen, go wrong or be there besides. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/dur.h"
#include "base/strbuf.h"
#include "scn_text.h"

/* In canonical words, which the parser must give back. */
static const char *const stimuli[] = {
	"vf attach mce0",
	"vf attach mce0 as mce1",
	"vf eject mce0",
	"vf rescind mce0",
	"vf link mce0 up",
	"vf link mce0 down",
	"nic detach hn0",
	"nic attach hn0",
	"host network-change hn0",
	"host media hn0 connect",
	"host media hn0 disconnect",
	"host association hn0 granted",
	"host association hn0 withdrawn",
	"vm freeze 1.5s",
	"vm migrate",
	"vm migrate cancel after 20ms",
	"dhcp answers",
	"dhcp silent",
	"dhcp naks",
	"dhcp offers 10.0.0.9/24",
	"router advertises",
	"router silent",
	"rc.conf ifconfig_hn0=\"DHCP\" defaultrouter=\"\"",
	"custom hn0 exits 3",
	"custom hn0 takes 5s",
	"custom hn0 hangs",
	"custom hn0 missing",
	"custom hn0 not-executable",
	"daemon kill",
	"daemon start",
	"daemon restart",
	"daemon reload",
	"devd-socket close",
	"netlink overflow",
	"user \"ifconfig mce0 up\"",
	"record \"!system=A\" times 5",
};
#define N_STIMULI (sizeof(stimuli) / sizeof(stimuli[0]))

static void
every_stimulus_is_told_in_the_words_that_made_it(void **state)
{
	struct strbuf line = { 0 }, words = { 0 };
	struct scenario *s;
	size_t i;

	(void)state;
	for (i = 0; i < N_STIMULI; i++) {
		strbuf_reset(&line);
		strbuf_reset(&words);
		strbuf_addf(&line, "at 1s %s mark m\n", stimuli[i]);
		s = scn_text_parse(strbuf_str(&line));
		assert_string_equal(s->steps[0].mark, "m");
		scn_step_text(&s->steps[0], &words);
		assert_string_equal(strbuf_str(&words), stimuli[i]);
		scenario_free(s);
	}
	strbuf_fini(&line);
	strbuf_fini(&words);
}

static void
an_edit_is_repeated_with_all_its_variables(void **state)
{
	struct scenario *s =
	    scn_text_parse("repeat 2 every 5s from 1s {\n"
			   "at +0s rc.conf a=\"1 2\" b= mark e\n}\n");
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		assert_int_equal(s->steps[i].kind, SCN_RC_CONF);
		assert_int_equal(s->steps[i].n_pairs, 2);
		assert_string_equal(s->steps[i].pairs[0].value, "1 2");
		assert_string_equal(s->steps[i].pairs[1].name, "b");
	}
	assert_string_equal(s->steps[1].mark, "e.2");
	scenario_free(s);
}

static void
variables_know_the_file_they_stand_in(void **state)
{
	struct scenario *s = scn_text_parse("rc.conf a=1\n"
					    "rc.conf.local a=2\n"
					    "rc.conf.d/netif a=3 b=4\n"
					    "rc.conf.d/network a=5\n"
					    "rc.conf-file my.rc\n");

	(void)state;
	assert_int_equal(s->n_rc, 5);
	assert_int_equal(s->rc[0].source, SCN_RC_MAIN);
	assert_null(s->rc[0].file);
	assert_int_equal(s->rc[1].source, SCN_RC_LOCAL);
	assert_int_equal(s->rc[3].source, SCN_RC_D);
	assert_string_equal(s->rc[3].file, "netif");
	assert_string_equal(s->rc[4].file, "network");
	assert_int_equal(s->n_rc_files, 1);
	assert_string_equal(s->rc_files[0].name, "my.rc");
	assert_int_equal(s->rc_files[0].col, 14);
	scenario_free(s);
}

static void
the_machine_has_a_system_flags_limits_and_scripts(void **state)
{
	struct scenario *s =
	    scn_text_parse("system linux\n"
			   "policies native because \"no FreeBSD here\"\n"
			   "flag hn.async = yes\nlimit vf.mtu = 9000\n"
			   "custom hn0 takes 3s\n"
			   "probe q icmp6 rate 5/s of hn0\n"
			   "probe r udp out rate 5/s of hn0 to 10.0.0.9\n");

	(void)state;
	assert_int_equal(s->system, SCN_LINUX);
	assert_string_equal(s->only_policy, "native");
	assert_string_equal(s->only_because, "no FreeBSD here");
	assert_string_equal(s->flags[0].name, "hn.async");
	assert_string_equal(s->flags[0].value, "yes");
	assert_string_equal(s->limits[0].name, "vf.mtu");
	assert_string_equal(s->limits[0].value, "9000");
	assert_int_equal(s->customs[0].script, SCN_SCRIPT_TAKES);
	assert_int_equal(s->customs[0].takes_ns, 3 * DUR_SEC);
	assert_true(s->probes[1].v6);
	assert_string_equal(s->probes[1].of, "hn0");
	assert_int_equal(s->probes[1].way, SCN_ECHO);
	assert_false(s->probes[2].v6);
	assert_int_equal(s->probes[2].way, SCN_OUT);
	assert_string_equal(s->probes[0].of, "");
	scenario_free(s);
}

static void
a_scenario_may_require_a_stage(void **state)
{
	struct scenario *s = scn_text_parse("at 1s end\n");

	(void)state;
	assert_int_equal(s->requires, SCN_ON_ANY);
	assert_null(scenario_why_not(s, SCN_ON_SIM));
	assert_null(scenario_why_not(s, SCN_ON_VM));
	scenario_free(s);
	s = scn_text_parse("requires sim\n");
	assert_null(scenario_why_not(s, SCN_ON_SIM));
	assert_string_equal(scenario_why_not(s, SCN_ON_VM),
	    "it requires sim: only the simulated machine does what it asks "
	    "for");
	scenario_free(s);
	s = scn_text_parse("requires vm\n");
	assert_false(s->enlightenments);
	assert_int_equal(s->requires_col, 10);
	assert_null(scenario_why_not(s, SCN_ON_VM));
	assert_string_equal(scenario_why_not(s, SCN_ON_SIM),
	    "it requires vm, and the machine is simulated");
	scenario_free(s);
	s = scn_text_parse("requires vm\nrequires enlightenments\n");
	assert_true(s->enlightenments);
	assert_null(scenario_why_not(s, SCN_ON_VM));
	assert_string_equal(scenario_why_not(s, SCN_ON_SIM),
	    "it requires enlightenments, and the machine is simulated");
	scenario_free(s);
}

static void
faults_have_a_kind_a_text_and_a_number(void **state)
{
	static const struct {
		const char *line;
		enum scn_break what;
		unsigned nth, times;
		int64_t by_ns;
		int number;
	} rows[] = {
		{ "record lose \"x\"", SCN_RECORD_LOSE, 1, 1, 0, 0 },
		{ "record double \"x\" nth 3", SCN_RECORD_DOUBLE, 3, 1, 0, 0 },
		{ "record delay \"x\" by 2s", SCN_RECORD_DELAY, 1, 1,
		    2 * DUR_SEC, 0 },
		{ "record reorder \"x\" times 2", SCN_RECORD_REORDER, 1, 2, 0,
		    0 },
		{ "command fails \"x\" with 3", SCN_COMMAND_FAILS, 1, 1, 0, 3 },
		{ "command hangs \"x\" for ever", SCN_COMMAND_HANGS, 1, 0, 0,
		    0 },
		{ "command slow \"x\" by 1ms", SCN_COMMAND_SLOW, 1, 1, DUR_MS,
		    0 },
		{ "operation fails \"x\" errno EBUSY", SCN_OPERATION_FAILS, 1,
		    1, 0, 16 },
		{ "operation fails \"x\" errno EAGAIN nth 2 times 3",
		    SCN_OPERATION_FAILS, 2, 3, 0, 35 },
		{ "operation fails \"x\" errno 12 for ever",
		    SCN_OPERATION_FAILS, 1, 0, 0, 12 },
		{ "operation slow \"x\" by 1s", SCN_OPERATION_SLOW, 1, 1,
		    DUR_SEC, 0 },
		{ "daemon killed before operation \"x\"",
		    SCN_DAEMON_KILLED_BEFORE, 1, 1, -1, 0 },
		{ "daemon killed during operation \"x\" nth 2 restart after 3s",
		    SCN_DAEMON_KILLED_DURING, 2, 1, 3 * DUR_SEC, 0 },
		{ "daemon killed after operation \"x\" restart after 0s",
		    SCN_DAEMON_KILLED_AFTER, 1, 1, 0, 0 },
	};
	struct strbuf line = { 0 };
	const struct scn_injection *f;
	struct scenario *s;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		strbuf_reset(&line);
		strbuf_addf(&line,
		    "at 5s mark b\nfault %s%s from b until b+1s\n",
		    i % 2 == 1 ? "may " : "", rows[i].line);
		s = scn_text_parse(strbuf_str(&line));
		assert_int_equal(s->n_injections, 1);
		f = &s->injections[0];
		assert_int_equal(f->what, rows[i].what);
		assert_string_equal(f->text, "x");
		assert_int_equal(f->nth, rows[i].nth);
		assert_int_equal(f->times, rows[i].times);
		assert_int_equal(f->by_ns, rows[i].by_ns);
		assert_int_equal(f->number, rows[i].number);
		assert_int_equal(f->may, i % 2 == 1);
		assert_int_equal(f->from_ns, 5 * DUR_SEC);
		assert_int_equal(f->until_ns, 6 * DUR_SEC);
		scenario_free(s);
	}
	strbuf_fini(&line);
}

static void
a_fault_lasts_the_whole_run_and_keeps_its_words(void **state)
{
	struct scenario *s = scn_text_parse(
	    "fault may  record   delay \"type=VF_UP\" by 2s nth 4\n");

	(void)state;
	assert_string_equal(s->injections[0].words,
	    "record delay \"type=VF_UP\" by 2s");
	assert_int_equal(s->injections[0].from_ns, 0);
	assert_int_equal(s->injections[0].until_ns, -1);
	assert_int_equal(s->injections[0].line, 5);
	scenario_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    every_stimulus_is_told_in_the_words_that_made_it),
		cmocka_unit_test(an_edit_is_repeated_with_all_its_variables),
		cmocka_unit_test(variables_know_the_file_they_stand_in),
		cmocka_unit_test(
		    the_machine_has_a_system_flags_limits_and_scripts),
		cmocka_unit_test(a_scenario_may_require_a_stage),
		cmocka_unit_test(faults_have_a_kind_a_text_and_a_number),
		cmocka_unit_test(
		    a_fault_lasts_the_whole_run_and_keeps_its_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
