/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/dur.h"
#include "scn_text.h"

#define SEC DUR_SEC

static void
a_title_alone_is_a_scenario_with_defaults(void **state)
{
	struct scenario *s = scn_text_parse_all("scenario \"only\"\n");

	(void)state;
	assert_string_equal(s->title, "only");
	assert_string_equal(s->origin, "");
	assert_string_equal(s->machine, "qemu-freebsd");
	assert_string_equal(s->path, "t.scn");
	assert_null(s->recording);
	assert_int_equal(s->seed, 1);
	assert_int_equal(s->end_ns, 10 * SEC);
	assert_int_equal(s->n_steps, 1);
	assert_int_equal(s->steps[0].kind, SCN_END);
	scenario_free(s);
}

static void
settings_are_kept_as_they_are_given(void **state)
{
	struct scenario *s = scn_text_parse_all(
	    "scenario \"all\"\n"
	    "origin \"a \\\"book\\\"\\t\\x41\\$\"\n"
	    "machine azure-mlx5\nseed 42\nreplay night.rec\n"
	    "rules a.conf \"b c.conf\"\n"
	    "rc.conf ifconfig_hn0=\"inet 10.1.19.4/24\" gateway=no empty=\n"
	    "rc.conf more=\"1\"\n"
	    "sysctl net.link.lagg.0.x=1 hw.mlx5.%desc=\"two words\"\n"
	    "daemon policy=native serial=yes\n"
	    "delay vf-attach = normal 20ms 5ms \"from \\\"it\\\"\" min=1ms\n"
	    "delay host.x = 20ms from \"\\$5\"\n");

	(void)state;
	assert_string_equal(s->origin, "a \"book\"\tA$");
	assert_string_equal(s->machine, "azure-mlx5");
	assert_int_equal(s->seed, 42);
	assert_string_equal(s->recording, "night.rec");
	assert_int_equal(s->n_rules, 2);
	assert_string_equal(s->rules[1].name, "b c.conf");
	assert_int_equal(s->rules[1].col, 14);
	assert_int_equal(s->n_rc, 4);
	assert_string_equal(s->rc[0].name, "ifconfig_hn0");
	assert_string_equal(s->rc[0].value, "inet 10.1.19.4/24");
	assert_string_equal(s->rc[1].value, "no");
	assert_string_equal(s->rc[2].value, "");
	assert_int_equal(s->rc[3].line, 8);
	assert_int_equal(s->rc[3].col, 9);
	assert_string_equal(s->sysctls[0].name, "net.link.lagg.0.x");
	assert_string_equal(s->sysctls[1].value, "two words");
	assert_int_equal(s->n_options, 2);
	assert_string_equal(s->options[1].value, "yes");
	assert_string_equal(s->delays[0].value,
	    "normal 20ms 5ms \"from \\\"it\\\"\" min=1ms");
	assert_string_equal(s->delays[1].name, "host.x");
	assert_string_equal(s->delays[1].value, "20ms from \"\\$5\"");
	scenario_free(s);
}

static void
nics_and_vfs_have_their_properties(void **state)
{
	struct scenario *s = scn_text_parse_all(
	    "scenario \"o\"\n"
	    "vf mce0 of hn1\n"
	    "nic hn0 mac 00:0d:3a:f5:76:bd mtu 9000 disconnected\n"
	    "nic hn1 mac 00:0D:3A:00:00:01\n"
	    "vf ixv1 of hn0 driver iavf mac 02:00:00:00:00:01 present\n"
	    "vf mana0 of hn0 driver mana absent\n");

	(void)state;
	assert_int_equal(s->nics[0].mtu, 9000);
	assert_true(s->nics[0].disconnected);
	assert_memory_equal(s->nics[1].mac,
	    ((uint8_t[]){ 0, 0x0d, 0x3a, 0, 0, 1 }), 6);
	assert_int_equal(s->nics[1].mtu, 0);
	assert_string_equal(s->vfs[0].driver, "mlx5");
	assert_false(s->vfs[0].present);
	assert_memory_equal(s->vfs[0].mac, s->nics[1].mac, 6);
	assert_string_equal(s->vfs[1].of, "hn0");
	assert_true(s->vfs[1].present);
	assert_int_equal(s->vfs[1].mac[0], 2);
	assert_string_equal(s->vfs[2].driver, "mana");
	assert_memory_equal(s->vfs[2].mac, s->nics[0].mac, 6);
	scenario_free(s);
}

static void
probes_have_a_direction_a_rate_and_bounds(void **state)
{
	struct scenario *s = scn_text_parse_all(
	    "scenario \"p\"\n"
	    "probe a icmp rate 3/s\n"
	    "probe b udp rate 1000000/s to 10.1.19.1\n"
	    "probe c udp out rate 1/s from go-1s until go+500ms\n"
	    "probe d udp in rate 1/s from 250ms\n"
	    "probe e udp echo rate 1/s until 7s\n"
	    "at 5s mark go\n");

	(void)state;
	assert_int_equal(s->probes[0].proto, SCN_ICMP);
	assert_int_equal(s->probes[0].way, SCN_ECHO);
	assert_int_equal(s->probes[0].period_ns, 333333333);
	assert_int_equal(s->probes[0].until_ns, -1);
	assert_int_equal(s->probes[1].proto, SCN_UDP);
	assert_int_equal(s->probes[1].way, SCN_BOTH);
	assert_int_equal(s->probes[1].period_ns, 1000);
	assert_memory_equal(s->probes[1].to, ((uint8_t[]){ 10, 1, 19, 1 }), 4);
	assert_int_equal(s->probes[2].way, SCN_OUT);
	assert_int_equal(s->probes[2].from_ns, 4 * SEC);
	assert_int_equal(s->probes[2].until_ns, 5500 * DUR_MS);
	assert_int_equal(s->probes[3].way, SCN_IN);
	assert_int_equal(s->probes[3].from_ns, 250 * DUR_MS);
	assert_int_equal(s->probes[4].way, SCN_ECHO);
	assert_int_equal(s->probes[4].until_ns, 7 * SEC);
	scenario_free(s);
}

static void
repetition_unrolls_with_numbered_marks(void **state)
{
	struct scenario *s =
	    scn_text_parse("at 2s mark base\n"
			   "repeat 3 every 20s from base+1s {\n"
			   "\tat +1s vf eject mce0 mark gone\n"
			   "\tat gone+3s vf attach mce0 mark back\n"
			   "\tat base mark again\n"
			   "}\n"
			   "at +5s mark after\n");

	(void)state;
	assert_int_equal(s->n_steps, 1 + 9 + 1 + 1);
	/* Three rounds' worth of "again" stand at the base's own time. */
	assert_string_equal(s->steps[0].mark, "base");
	assert_string_equal(s->steps[1].mark, "again.1");
	assert_string_equal(s->steps[3].mark, "again.3");
	assert_string_equal(s->steps[4].mark, "gone.1");
	assert_int_equal(s->steps[4].at_ns, 4 * SEC);
	assert_int_equal(s->steps[4].kind, SCN_VF_EJECT);
	assert_string_equal(s->steps[4].name, "mce0");
	/* At one time with back.1, and written behind it. */
	assert_string_equal(s->steps[5].mark, "back.1");
	assert_int_equal(s->steps[5].at_ns, 7 * SEC);
	assert_string_equal(s->steps[6].mark, "after");
	assert_int_equal(s->steps[6].at_ns, 7 * SEC);
	assert_string_equal(s->steps[10].mark, "back.3");
	assert_int_equal(s->steps[10].at_ns, 47 * SEC);
	assert_int_equal(s->end_ns, 57 * SEC);
	scenario_free(s);
}

static void
without_from_rounds_begin_at_the_step_before(void **state)
{
	struct scenario *s = scn_text_parse("at 4s mark a\n"
					    "repeat 2 every 2s {\n"
					    "at +1s vm freeze 10ms\n"
					    "at +500ms daemon kill\n"
					    "}\n"
					    "at +1s daemon start\n");

	(void)state;
	assert_int_equal(s->steps[1].at_ns, 5 * SEC);
	assert_int_equal(s->steps[2].at_ns, 5 * SEC + 500 * DUR_MS);
	assert_int_equal(s->steps[3].at_ns, 7 * SEC);
	assert_int_equal(s->steps[5].kind, SCN_DAEMON_START);
	assert_int_equal(s->steps[5].at_ns, 8 * SEC + 500 * DUR_MS);
	scenario_free(s);
}

static void
every_stimulus_is_understood(void **state)
{
	static const enum scn_stimulus kinds[] = { SCN_VF_ATTACH, SCN_VF_ATTACH,
		SCN_VF_EJECT, SCN_VF_RESCIND, SCN_VF_LINK, SCN_VF_LINK,
		SCN_HOST_NETCHANGE, SCN_HOST_MEDIA, SCN_HOST_MEDIA,
		SCN_VM_FREEZE, SCN_DAEMON_KILL, SCN_DAEMON_START,
		SCN_DAEMON_RESTART, SCN_USER, SCN_RECORD, SCN_RECORD, SCN_MARK,
		SCN_END };
	struct scenario *s =
	    scn_text_parse("at 1s vf attach mce0\n"
			   "at 1s vf attach mce0 as mce1\n"
			   "at 1s vf eject mce0\n"
			   "at 1s vf rescind mce0\n"
			   "at 1s vf link mce0 up\n"
			   "at 1s vf link mce0 down\n"
			   "at 1s host network-change hn0\n"
			   "at 1s host media hn0 connect\n"
			   "at 1s host media hn0 disconnect\n"
			   "at 1s vm freeze 1.5s\n"
			   "at 1s daemon kill\n"
			   "at 1s daemon start\n"
			   "at 1s daemon restart\n"
			   "at 1s user \"ifconfig lagg0 \\\"x\\\"\"\n"
			   "at 1s record \"!system=A\"\n"
			   "at 1s record \"!system=B\\n\" times 5\n"
			   "at 1s mark x\n"
			   "at 1s end mark y\n");
	size_t i;

	(void)state;
	assert_int_equal(s->n_steps, 18);
	for (i = 0; i < s->n_steps; i++)
		assert_int_equal(s->steps[i].kind, kinds[i]);
	assert_null(s->steps[0].as);
	assert_string_equal(s->steps[1].as, "mce1");
	assert_true(s->steps[4].up);
	assert_false(s->steps[5].up);
	assert_true(s->steps[7].up);
	assert_false(s->steps[8].up);
	assert_int_equal(s->steps[9].duration_ns, 1500 * DUR_MS);
	assert_string_equal(s->steps[13].text, "ifconfig lagg0 \"x\"");
	assert_int_equal(s->steps[14].times, 1);
	assert_int_equal(s->steps[15].times, 5);
	assert_string_equal(s->steps[15].text, "!system=B\n");
	assert_string_equal(s->steps[16].mark, "x");
	assert_string_equal(s->steps[17].mark, "y");
	scenario_free(s);
}

static void
steps_are_sorted_and_equal_times_stay_as_written(void **state)
{
	struct scenario *s = scn_text_parse("at 9s end\n"
					    "at 5s mark a\n"
					    "at +1s mark b\n"
					    "at a-2s mark c\n"
					    "at start+5s mark d\n"
					    "at 9s mark e\n"
					    "at b mark f\n");
	const char *order = "cadbfe";
	size_t i;

	(void)state;
	assert_int_equal(s->n_steps, 7);
	for (i = 0; i < 6; i++)
		assert_int_equal(s->steps[i].mark[0], order[i]);
	assert_int_equal(s->steps[0].at_ns, 3 * SEC);
	/* Nothing comes after the end, even at its own time. */
	assert_int_equal(s->steps[6].kind, SCN_END);
	assert_int_equal(s->end_ns, 9 * SEC);
	scenario_free(s);
}

static void
parameters_stand_in_words_strings_and_names(void **state)
{
	struct scenario *s =
	    scn_text_parse("param IF = hn0\n"
			   "param AWAY = 64.6s\n"
			   "param LINE = \"inet 10.0.0.4/24 on $IF\"\n"
			   "rc.conf ifconfig_$IF=\"$LINE alias\" ${IF}_x=$IF\n"
			   "at $AWAY mark a\n"
			   "at +${AWAY} record \"\\$IF $IF $ 5$\"\n");

	(void)state;
	assert_string_equal(s->rc[0].name, "ifconfig_hn0");
	assert_string_equal(s->rc[0].value, "inet 10.0.0.4/24 on hn0 alias");
	assert_string_equal(s->rc[1].name, "hn0_x");
	assert_string_equal(s->rc[1].value, "hn0");
	assert_int_equal(s->steps[0].at_ns, 64600 * DUR_MS);
	assert_int_equal(s->steps[1].at_ns, 2 * 64600 * DUR_MS);
	assert_string_equal(s->steps[1].text, "$IF hn0 $ 5$");
	scenario_free(s);
}

static void
lines_continue_and_comments_end_them(void **state)
{
	struct scenario *s =
	    scn_text_parse_all("# first\r\n"
			       "scenario \\\r\n\t\"a # b\" # c \\\r\n"
			       "\r\n"
			       "nic hn0 \\\n mac \\\n"
			       "00:0d:3a:f5:76:bd#close\n"
			       "# \xc3\xa4\n"
			       "seed 7");

	(void)state;
	assert_string_equal(s->title, "a # b");
	assert_int_equal(s->nics[0].line, 5);
	assert_int_equal(s->nics[0].mac[5], 0xbd);
	assert_int_equal(s->seed, 7);
	scenario_free(s);
}

static void
a_place_on_a_continued_line_is_the_physical_one(void **state)
{
	const char *text = "scenario \"t\"\nnic hn0 \\\n  mca x\n";
	char *found = scn_text_findings(text, strlen(text));

	(void)state;
	assert_non_null(strstr(found, "t.scn:3:3: error: "));
	free(found);
}

static void
all_mistakes_are_told_in_the_order_of_lines(void **state)
{
	/* The undeclared mark is found last and told first. */
	const char *text = "scenario \"t\"\n"
			   "expect lagg0 up within 5s of nowhere\n"
			   "sede 1\n"
			   "nic hn0 mac x\n";
	char *found = scn_text_findings(text, strlen(text));
	const char *a = strstr(found, "t.scn:2:30: "),
		   *b = strstr(found, "t.scn:3:1: "),
		   *c = strstr(found, "t.scn:4:13: ");

	(void)state;
	assert_true(a != NULL && b != NULL && c != NULL);
	assert_true(a < b && b < c);
	free(found);
}

static void
one_mistake_does_not_make_others_of_good_lines(void **state)
{
	/* Names and marks of the bad lines are known to the good ones. */
	const char *text = "scenario \"t\"\n"
			   "nic hn0 mac x\n"
			   "vf mce0 of hn0 colour red\n"
			   "probe p4 upd\n"
			   "param X = \"\\q\"\n"
			   "at 5s vf jump mce0 mark go\n"
			   "at go+1s vf eject mce0 mark $X\x01n\n"
			   "at +1s host network-change hn0\n"
			   "machine \x01\n"
			   "expect p4 lost <= 0 between go and end\n";
	char *found = scn_text_findings(text, strlen(text)), *p;
	size_t lines = 0;

	(void)state;
	for (p = found; (p = strchr(p, '\n')) != NULL; p++)
		lines++;
	if (lines != 7)
		print_error("%s", found);
	assert_int_equal(lines, 7);
	free(found);
}

static void
no_prefix_and_no_changed_byte_of_a_file_is_fatal(void **state)
{
	static const char text[] =
	    "scenario \"t\"\nparam A = 5s\n"
	    "nic hn0 mac 00:0d:3a:f5:76:bd\nvf mce0 of hn0 present\n"
	    "probe p4 udp rate 1000/s from a-1s\n"
	    "at $A vf eject mce0 mark a\n"
	    "repeat 2 every 5s {\nat +1s record \"\\x41${A}\" times 2\n}\n"
	    "expect lagg0 ports \"hn0 mce0\" within 5s of a \\\n"
	    " known-fault stock: \"x\"\n"
	    "expect p4 lost 1..2 gap <= 12ms between start and a\n"
	    "expect order record \"a\" then rule \"b\"\n";
	static const char poison[] = "\0\"\\\n\r #$={}\x80\xff-+9";
	char copy[sizeof(text)];
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(text); i++)
		free(scn_text_findings(text, i));
	for (i = 0; i < sizeof(text) - 1; i++)
		for (k = 0; k < sizeof(poison) - 1; k++) {
			memcpy(copy, text, sizeof(text));
			copy[i] = poison[k];
			free(scn_text_findings(copy, sizeof(text) - 1));
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_title_alone_is_a_scenario_with_defaults),
		cmocka_unit_test(settings_are_kept_as_they_are_given),
		cmocka_unit_test(nics_and_vfs_have_their_properties),
		cmocka_unit_test(probes_have_a_direction_a_rate_and_bounds),
		cmocka_unit_test(every_stimulus_is_understood),
		cmocka_unit_test(
		    steps_are_sorted_and_equal_times_stay_as_written),
		cmocka_unit_test(repetition_unrolls_with_numbered_marks),
		cmocka_unit_test(without_from_rounds_begin_at_the_step_before),
		cmocka_unit_test(parameters_stand_in_words_strings_and_names),
		cmocka_unit_test(lines_continue_and_comments_end_them),
		cmocka_unit_test(
		    a_place_on_a_continued_line_is_the_physical_one),
		cmocka_unit_test(all_mistakes_are_told_in_the_order_of_lines),
		cmocka_unit_test(
		    one_mistake_does_not_make_others_of_good_lines),
		cmocka_unit_test(
		    no_prefix_and_no_changed_byte_of_a_file_is_fatal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
