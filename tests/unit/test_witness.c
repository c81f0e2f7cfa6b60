/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/dur.h"
#include "db/recording.h"
#include "db/witness.h"

static struct witness *
take(const char *suffix, const char *text)
{
	struct witness *w = witness_new();

	assert_true(witness_take(w, suffix, text, strlen(text)));
	return w;
}

static void
commands_have_their_outputs_and_the_host_its_actions(void **state)
{
	struct witness *w = take(".txt",
	    "# r: what it is about\n"
	    "# who plays what\n"
	    "1.5 $ ifconfig vmx0\n"
	    "vmx0: flags=8843<UP>\n"
	    "\tether 52:54:00:aa:00:01\n"
	    "[rc=0]\n"
	    "2.000000001 QMP> device_del VF (native)\n"
	    "2.1 QMP< {'return': {}}\n"
	    "# a remark\n"
	    "3 # watcher: ifconfig vmx0 down done\n"
	    "# ---- kernel messages\n"
	    "4 $ ls\n");

	(void)state;
	assert_string_equal(w->about,
	    "# r: what it is about\n# who plays what\n");
	assert_int_equal(w->n_deeds, 4);
	assert_int_equal(w->deeds[0].at_ns, 1500 * DUR_MS);
	assert_string_equal(w->deeds[0].text, "ifconfig vmx0");
	assert_string_equal(w->deeds[0].output,
	    "vmx0: flags=8843<UP>\n\tether 52:54:00:aa:00:01\n");
	assert_int_equal(w->deeds[1].kind, WITNESS_HOST);
	assert_int_equal(w->deeds[1].at_ns, 2 * DUR_SEC + 1);
	assert_string_equal(w->deeds[1].text, "device_del VF (native)");
	assert_string_equal(w->deeds[2].text, "ifconfig vmx0 down");
	assert_true(w->deeds[2].ended);
	assert_false(w->deeds[3].ended);
	witness_free(w);
}

static void
routing_messages_are_in_the_machines_words(void **state)
{
	static const char *const want[] = { "IFINFO hn0 up link-down",
		"IFINFO vmx0 down link-up", "ANNOUNCE vmx0 departure",
		"NEWADDR lagg0 10.0.2.15", "ADD 10.0.2.0/24 lagg0",
		"ADD default lagg0" };
	struct witness *w = take(".rt",
	    "1.0 RTM_IFINFO len=168 index=2 name=hn0 flags=0x8843,UP,RUNNING "
	    "link_state=1(DOWN) baud=1\n"
	    "1.1 RTM_IFINFO len=168 index=1 name=<gone> flags=0x208c02 "
	    "link_state=2(UP)\n"
	    "1.2 RTM_MISS len=1 dst=10.0.2.3\n"
	    "1.3 RTM_NEWMADDR len=1 index=1 name=vmx0\n"
	    "1.4 RTM_IFANNOUNCE len=24 index=1 name=vmx0 what=1(DEPARTURE)\n"
	    "1.5 RTM_NEWADDR len=1 index=5 name=lagg0 mask=link:0:: "
	    "ifa=10.0.2.15 brd=10.0.2.255\n"
	    "1.6 RTM_NEWADDR len=1 index=5 name=lagg0 ifa=fe80::1%5\n"
	    "1.7 RTM_ADD index=5 flags=0x100001 errno=0 dst=10.0.2.0 "
	    "gw=link:5:: mask=255.255.255.0\n"
	    "1.8 RTM_ADD index=5 flags=0x805 errno=0 dst=10.0.2.15 "
	    "mask=255.255.255.255\n"
	    "1.9 RTM_ADD index=5 flags=0x843 errno=0 dst=0.0.0.0 gw=10.0.2.2 "
	    "mask=0.0.0.0\n"
	    "2.0 RTM_GET index=5 flags=0x843 errno=0 dst=0.0.0.0 "
	    "mask=0.0.0.0\n"
	    "2.1 RTM_ADD index=5 flags=0x843 errno=17 dst=0.0.0.0 "
	    "mask=0.0.0.0\n");
	size_t i;

	(void)state;
	assert_true(w->has_routes);
	for (i = 0; i < w->routes.count; i++)
		assert_string_equal(w->routes.list[i].text, want[i]);
	assert_int_equal(i, sizeof(want) / sizeof(want[0]));
	witness_free(w);
}

static void
the_aggregate_is_told_by_its_ports_names(void **state)
{
	struct witness *w = take(".lagg",
	    "6.6 SIOCGLAGG: Device not configured\n"
	    "11.4 proto=2 ports=0: media_status=0x1\n"
	    "11.5 proto=2 ports=2: vmx0=0x4,ACTIVE hn0=0x1,MASTER "
	    "media_status=0x3\n"
	    "11.6 proto=2 ports=2: hn0=0x1,MASTER vmx0=0x4,ACTIVE "
	    "media_status=0x1\n");

	(void)state;
	assert_int_equal(w->aggregate.count, 3);
	assert_string_equal(w->aggregate.list[0].text, "none");
	assert_string_equal(w->aggregate.list[1].text, "no ports");
	assert_string_equal(w->aggregate.list[2].text,
	    "hn0 MASTER, vmx0 ACTIVE");
	witness_free(w);
}

static void
a_flow_has_its_sums_and_holes(void **state)
{
	struct witness *w = take(".flow",
	    "# hprobe 10.0.2.2 1000/s start 20.5\n"
	    "SUMMARY sent=8968 ok=8962 lost=1 senderr=5 dup=0 gap_ms=14.8 "
	    "at=27.5 sender_stall_ms=13.5\n"
	    "HOLE seq=1..6 n=6 lost=1 senderr=5 from=27.510545 to=27.510682 "
	    "gap_ms=14.8 [5:Network is down]\n"
	    "HOLE seq=7..9 n=3 lost=3 senderr=0 from=28.0 to=29.0 gap_ms=0.5 "
	    "(to the end)\n");

	(void)state;
	assert_int_equal(w->n_flows, 1);
	assert_int_equal(w->flows[0].period_ns, DUR_MS);
	assert_int_equal(w->flows[0].start_ns, 20500 * DUR_MS);
	assert_int_equal(w->flows[0].lost + w->flows[0].refused, 6);
	assert_int_equal(w->flows[0].stall_ns, 13500 * DUR_US);
	assert_int_equal(w->n_holes, 2);
	assert_int_equal(w->holes[0].gap_ns, 14800 * DUR_US);
	assert_int_equal(w->flows[0].gap_ns, DUR_SEC);
	witness_free(w);
}

static void
packets_one_by_one_give_the_same_sums_and_holes(void **state)
{
	struct witness *w = take(".flow",
	    "1.0 seq=1 OK rtt=1ms\n"
	    "1.1 seq=2 LOST rtt=104ms\n"
	    "1.2 seq=3 SENDERR Network is down\n"
	    "1.3 seq=4 OK rtt=1ms\n"
	    "1.4 seq=5 LOST rtt=104ms\n");

	(void)state;
	assert_int_equal(w->n_flows, 1);
	assert_int_equal(w->flows[0].sent, 5);
	assert_int_equal(w->flows[0].lost, 2);
	assert_int_equal(w->flows[0].refused, 1);
	assert_int_equal(w->n_holes, 2);
	assert_int_equal(w->holes[0].gap_ns, 300 * DUR_MS);
	assert_int_equal(w->flows[0].gap_ns, 300 * DUR_MS);
	witness_free(w);
}

static void
odd_lines_are_passed_over(void **state)
{
	static const char text[] = "\n#\n1.2\nx $ y\n99999999999999999999 $ z\n"
				   "1. RTM_IFINFO name= flags= link_state=9\n"
				   "1 proto=2\n1 a:b\nHOLE\nSUMMARY sent=1\n"
				   "# hprobe x 0/s start y\n1 seq=";
	struct witness *w;
	size_t i, k;

	(void)state;
	for (i = 0; witness_suffixes[i] != NULL; i++)
		for (k = 0; k <= sizeof(text) - 1; k++) {
			w = witness_new();
			assert_true(
			    witness_take(w, witness_suffixes[i], text, k));
			assert_int_equal(w->routes.count, 0);
			assert_int_equal(w->n_deeds, 0);
			witness_free(w);
		}
	w = witness_new();
	assert_false(witness_take(w, ".pcap", text, 3));
	witness_free(w);
}

static void
a_recording_brings_what_lies_beside_it(void **state)
{
	struct recording *r = NULL;
	struct err e;

	(void)state;
	assert_int_equal(recording_load("fixtures/recordings/freebsd-hn.rec"
					"#b_unplug_1+c_stock_replug_1",
			     &r, &e),
	    0);
	assert_non_null(r->beside);
	assert_int_equal(r->beside->n_flows, 2);
	assert_true(r->beside->has_routes);
	assert_true(r->beside->aggregate.count > 2);
	assert_int_equal(recording_boot_end(r), 0);
	recording_free(r);
}

static void
a_boots_queue_ends_with_the_last_of_the_bus(void **state)
{
	struct recording *r = recording_new("r", "r");
	static const char *const raw[] = { "+ram0 at   on nexus0",
		"!system=IFNET subsystem=vmx0 type=ATTACH",
		"!system=DEVFS subsystem=CDEV type=CREATE cdev=cd0",
		"!system=IFNET subsystem=lo0 type=LINK_UP",
		"!system=IFNET subsystem=hn0 type=LINK_UP" };
	size_t i;

	(void)state;
	for (i = 0; i < 5; i++)
		recording_add(r, (int64_t)i, raw[i], strlen(raw[i]), false);
	assert_int_equal(recording_boot_end(r), 4);
	recording_free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    commands_have_their_outputs_and_the_host_its_actions),
		cmocka_unit_test(routing_messages_are_in_the_machines_words),
		cmocka_unit_test(the_aggregate_is_told_by_its_ports_names),
		cmocka_unit_test(a_flow_has_its_sums_and_holes),
		cmocka_unit_test(
		    packets_one_by_one_give_the_same_sums_and_holes),
		cmocka_unit_test(odd_lines_are_passed_over),
		cmocka_unit_test(a_recording_brings_what_lies_beside_it),
		cmocka_unit_test(a_boots_queue_ends_with_the_last_of_the_bus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
