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
#include "sim/stage/reenact.h"
#include "sim/stage/reenact_parts.h"

static struct reenact again;

/* Each is NULL or the text of NAME.txt, .lagg, .rt. */
static struct scenario *
play(const char *txt, const char *lagg, const char *rt)
{
	struct recording *r = recording_new("r", "r.log");

	r->beside = witness_new();
	witness_take(r->beside, ".txt", txt, strlen(txt));
	if (lagg != NULL)
		witness_take(r->beside, ".lagg", lagg, strlen(lagg));
	if (rt != NULL)
		witness_take(r->beside, ".rt", rt, strlen(rt));
	assert_true(reenact_is_possible(r));
	reenact(r, &again);
	recording_free(r);
	return again.scenario;
}

static void
done(void)
{
	scenario_free(again.scenario);
	strbuf_fini(&again.left_out);
}

/* The steps from a time on, as "SECONDS WORDS" lines. */
static void
assert_steps(const struct scenario *s, int64_t from, int64_t until,
    const char *want)
{
	struct strbuf out = { 0 };
	char stamp[DUR_TEXT];
	size_t i;

	for (i = 0; i < s->n_steps; i++) {
		if (s->steps[i].at_ns < from || s->steps[i].at_ns >= until)
			continue;
		strbuf_addf(&out, "%s ", dur_short(s->steps[i].at_ns, stamp));
		scn_step_text(&s->steps[i], &out);
		strbuf_addc(&out, '\n');
	}
	assert_string_equal(strbuf_str(&out), want);
	strbuf_fini(&out);
}

static void
collect(void *ctx, const char *command)
{
	strbuf_addf(ctx, "[%s]", command);
}

static void
assert_commands(const char *line, const char *want)
{
	struct strbuf out = { 0 };

	shell_each(line, collect, &out);
	assert_string_equal(strbuf_str(&out), want);
	strbuf_fini(&out);
}

static void
a_command_line_is_taken_apart_as_sh_would(void **state)
{
	(void)state;
	assert_commands("ifconfig lagg0 | grep -E \"a|b\"; sysctl "
			"dev.hn.0.rxvf",
	    "[ifconfig lagg0][sysctl dev.hn.0.rxvf]");
	assert_commands("timeout 20 dhclient lagg0 > /tmp/x",
	    "[dhclient lagg0]");
	assert_commands("devd (in the background)", "[devd]");
	assert_commands("sh -c \"a; b\"; c", "[sh -c \"a; b\"][c]");
	assert_commands("for i in 7 8; do ifconfig lo$i create; x $in; done; y",
	    "[ifconfig lo7 create][x $in][ifconfig lo8 create][x $in][y]");
	assert_commands("i=0; while [ $i -lt 2 ]; do ifconfig lo$i up; done",
	    "[i=0][ifconfig lo0 up][ifconfig lo1 up]");
	assert_commands("for x; while; ;;", "[for x][while]");
}

static void
deeds_become_steps_at_their_times(void **state)
{
	struct scenario *s =
	    play("# r: no devd; vmxnet3 (vmx0) plays the VF\n"
		 "30 QMP> device_del VF (native)\n"
		 "40 QMP> device_add vmxnet3 mac=52:54:00:aa:00:07\n"
		 "41 $ ifconfig lagg0 laggport vmx0; ifconfig vmx0 up\n"
		 "42 QMP> set_link vf0 off\n"
		 "43 QMP> set_link syn0 off\n"
		 "44 $ ping -c 1 10.0.2.2\n"
		 "45 QMP> info network\n"
		 "50 QMP> 2x (set_link syn0 off; on) back to back\n",
		"29 proto=2 ports=2: vmx0=0x4,ACTIVE hn0=0x1,MASTER\n", NULL);

	(void)state;
	assert_int_equal(again.from_ns, 29 * DUR_SEC);
	assert_steps(s, 29 * DUR_SEC, INT64_MAX,
	    "35.000 vf eject vmx0\n"
	    "40.000 vf attach vmx0\n"
	    "41.000 user \"ifconfig lagg0 laggport vmx0\\nifconfig vmx0 up\"\n"
	    "42.000 vf link vmx0 down\n"
	    "43.000 host media hn0 disconnect\n"
	    "50.000 host media hn0 disconnect\n"
	    "50.006 host media hn0 connect\n"
	    "50.012 host media hn0 disconnect\n"
	    "50.018 host media hn0 connect\n");
	assert_non_null(strstr(strbuf_str(&again.left_out), "ping -c 1"));
	assert_non_null(strstr(strbuf_str(&again.left_out), "info network"));
	assert_int_equal(s->n_vfs, 1);
	assert_true(s->vfs[0].present);
	assert_int_equal(s->vfs[0].mac[5], 0x07);
	done();
}

static void
the_guest_is_brought_to_where_the_recording_begins(void **state)
{
	struct scenario *s =
	    play("# r: stock: VF unplugged\n"
		 "# virtio-net plays hn0, vmxnet3 (vmx0) plays the VF\n"
		 "30 QMP> device_del VF\n",
		"29 proto=2 ports=2: vmx0=0x4,ACTIVE hn0=0x1,MASTER\n", NULL);

	(void)state;
	assert_steps(s, 0, 29 * DUR_SEC,
	    "1.500 user \"ifconfig lagg0 create\"\n"
	    "2.200 user \"ifconfig lagg0 laggproto failover\"\n"
	    "2.900 user \"ifconfig lagg0 laggport hn0\"\n"
	    "3.600 user \"ifconfig lagg0 laggport vmx0\"\n"
	    "4.300 user \"ifconfig hn0 inet 10.0.2.15 -alias\"\n"
	    "5.000 user \"ifconfig lagg0 inet 10.0.2.15/24 up\"\n"
	    "5.700 user \"ifconfig vmx0 up\"\n"
	    "28.700 records read\n"
	    "28.701 daemon start\n");
	done();
}

static void
what_was_typed_before_the_first_look_is_undone(void **state)
{
	struct scenario *s = play("# r\n"
				  "20 $ ifconfig lagg0 -laggport vtnet0\n"
				  "21 $ ifconfig lagg0 laggport em0\n"
				  "22 $ ifconfig em0 down\n",
	    "21.5 proto=2 ports=2: vmx0=0x5,MASTER,ACTIVE em0=0x0\n", NULL);

	(void)state;
	assert_steps(s, 0, 19 * DUR_SEC,
	    "0.600 user \"ifconfig em0 up\"\n"
	    "1.300 user \"ifconfig vmx0 up\"\n"
	    "2.000 user \"ifconfig vtnet0 up\"\n"
	    "2.700 user \"ifconfig lagg0 create\"\n"
	    "3.400 user \"ifconfig lagg0 laggproto failover\"\n"
	    "4.100 user \"ifconfig lagg0 laggport vmx0\"\n"
	    "4.800 user \"ifconfig lagg0 laggport vtnet0\"\n"
	    "5.500 user \"ifconfig lagg0 up\"\n");
	done();
}

static void
the_first_sign_of_a_flag_counts(void **state)
{
	struct scenario *s = play("# r\n"
				  "20 $ ifconfig em0 up\n"
				  "21 $ ifconfig vtnet0 down\n"
				  "22 $ ifconfig vmx0\n"
				  "vmx0: flags=8843<UP>\n"
				  "\tether 52:54:00:aa:00:42\n"
				  "23 $ ifconfig lo7 create\n"
				  "24 $ ifconfig vlan5 create\n",
	    NULL,
	    "25 RTM_IFINFO index=1 name=em0 flags=0x8843 link_state=2(UP)\n");

	(void)state;
	assert_steps(s, 0, 19 * DUR_SEC,
	    "0.600 user \"ifconfig vtnet0 up\"\n"
	    "1.300 user \"ifconfig vmx0 up\"\n");
	assert_int_equal(s->n_vfs, 3);
	assert_int_equal(s->n_nics, 0);
	done();
}

static void
a_client_that_is_older_than_the_recorder_runs_already(void **state)
{
	struct scenario *s =
	    play("# r: DHCP: VF plugged again, stock\n"
		 "# virtio-net plays hn0, vmxnet3 (vmx0) plays the VF\n"
		 "60 QMP> device_add vmxnet3 mac=52:54:00:aa:00:01\n"
		 "70 $ ps axo pid,command\n"
		 "407 dhclient: hn0 (dhclient)\n"
		 "449 dhclient: lagg0 (dhclient)\n"
		 "616 devdlog\n",
		"59 proto=2 ports=1: hn0=0x5,MASTER,ACTIVE\n", NULL);

	(void)state;
	assert_steps(s, 4 * DUR_SEC, 50 * DUR_SEC,
	    "4.300 user \"ifconfig lagg0 up\"\n"
	    "5.000 user \"dhclient lagg0\"\n"
	    "9.900 user \"dhclient hn0\"\n");
	assert_string_equal(s->rc[0].value, "DHCP");
	done();
}

static void
the_stand_ins_knobs_are_delays(void **state)
{
	struct scenario *s =
	    play("# r: devd stopped, hw.hnsim.linkdelay_ms=500: hn0\n"
		 "20 $ sysctl net.link.lagg.failover_rx_all=1 "
		 "hw.hnsim.switch_ms=20\n",
		NULL, NULL);

	(void)state;
	assert_int_equal(s->n_delays, 2);
	assert_string_equal(s->delays[0].name, "hn.switch_window");
	assert_string_equal(s->delays[0].value, "21ms..22ms..33ms");
	assert_string_equal(s->delays[1].name, "hn.link_query");
	assert_string_equal(s->delays[1].value, "504ms..506ms..509ms");
	assert_steps(s, 20 * DUR_SEC, INT64_MAX,
	    "20.000 user \"sysctl net.link.lagg.failover_rx_all=1\"\n");
	done();
}

static void
a_boots_queue_is_there_when_devd_comes(void **state)
{
	static const char *const records[] = { "+ram0 at   on nexus0",
		"!system=IFNET subsystem=vmx0 type=ATTACH",
		"+vmx0 at slot=0 on pci1",
		"!system=IFNET subsystem=lo0 type=LINK_UP",
		"!system=IFNET subsystem=hn0 type=LINK_UP",
		"!system=IFNET subsystem=vmx0 type=LINK_UP" };
	static const char txt[] = "# r: virtio-net plays hn0, vmxnet3 (vmx0) "
				  "plays the VF; stock\n12 $ devd\n";
	static const char state_before[] =
	    "10 # SNAPSHOT before\n"
	    "hn0: flags=8843<UP,BROADCAST> metric 0\n"
	    "vmx0: flags=8802<BROADCAST> metric 0\n";
	struct recording *r = recording_new("r", "r.log");
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(records) / sizeof(records[0]); i++)
		recording_add(r, (13 + (int64_t)i) * DUR_SEC, records[i],
		    strlen(records[i]), false);
	r->beside = witness_new();
	witness_take(r->beside, ".txt", txt, strlen(txt));
	witness_take(r->beside, ".before.state", state_before,
	    strlen(state_before));
	reenact(r, &again);
	recording_free(r);
	/* The machine's own queue is taken away; what came after the link of
	 * those that were up is a consequence. */
	assert_int_equal(again.scenario->steps[0].kind, SCN_RECORDS_READ);
	assert_steps(again.scenario, 12 * DUR_SEC + 1, INT64_MAX, "");
	assert_int_equal(again.scenario->n_steps, 7);
	assert_string_equal(again.scenario->steps[1].text, records[0]);
	assert_string_equal(again.scenario->steps[5].text, records[4]);
	assert_int_equal(again.scenario->steps[6].kind, SCN_DAEMON_START);
	done();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_command_line_is_taken_apart_as_sh_would),
		cmocka_unit_test(deeds_become_steps_at_their_times),
		cmocka_unit_test(
		    the_guest_is_brought_to_where_the_recording_begins),
		cmocka_unit_test(
		    what_was_typed_before_the_first_look_is_undone),
		cmocka_unit_test(the_first_sign_of_a_flag_counts),
		cmocka_unit_test(
		    a_client_that_is_older_than_the_recorder_runs_already),
		cmocka_unit_test(the_stand_ins_knobs_are_delays),
		cmocka_unit_test(a_boots_queue_is_there_when_devd_comes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
