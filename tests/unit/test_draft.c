/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "db/foreign.h"
#include "db/recording.h"
#include "sim/stage/draft.h"

/* The draft of a log, as text; "error: ..." when there is none. The caller
 * frees. */
static char *
draft(enum foreign_kind kind, const char *text, const char *title)
{
	struct foreign_tally tally;
	struct strbuf out = { 0 };
	struct draft *d = NULL;
	struct diag quiet = { 0 };
	struct recording *r = NULL;
	struct trace *t;
	struct err e;

	if (kind == FOREIGN_RECORDS) {
		r = recording_new("x", "x.log");
		assert_true(
		    recording_parse(r, "x.log", 1, text, strlen(text), &quiet));
		t = recording_trace(r);
	} else {
		t = foreign_read(kind, "x", text, strlen(text), &tally, &quiet);
	}
	assert_non_null(t);
	if (draft_make(t, title, &d, &e) < 0)
		strbuf_addf(&out, "error: %s", e.text);
	else
		assert_int_equal(draft_write(d, &out, &e), 0);
	draft_free(d);
	trace_free(t);
	recording_free(r);
	return strbuf_take(&out);
}

static void
assert_has(const char *text, const char *line)
{
	if (strstr(text, line) == NULL)
		fail_msg("no \"%s\" in:\n%s", line, text);
}

static void
a_stranger_does_nothing(void **state)
{
	char *s = draft(FOREIGN_KERNEL,
	    "[ 100.0] hv_netvsc g eth0: VF registering: v1\n"
	    "[ 110.0] mlx5_core 1:00:02.0 other: Link down\n"
	    "[ 120.0] mlx5_core 1:00:02.0 v1: Link down\n"
	    "[ 130.0] mlx5_core 1:00:02.0 v1: Link up\n"
	    "[ 140.0] hv_netvsc g eth0: VF unregistering: v1\n",
	    "t");

	(void)state;
	assert_has(s, "scenario \"t\"\n");
	assert_has(s,
	    "at 30s  vf attach mce0 mark back.1\n"
	    "at 50s  vf link mce0 down mark flap.1\n"
	    "at 60s  vf link mce0 up mark mend.1\n"
	    "at 70s  vf eject mce0 mark gone.1\n"
	    "at 100s end\n");
	assert_has(s, "vf       mce0 of hn0 driver mlx5\n");
	assert_has(s, "# the address of hn0 stands in: none was seen\n");
	assert_has(s, "# the MAC address of hn0 stands in");
	assert_null(strstr(s, "other"));
	free(s);
}

/* What came while the machine booted is there; the rest is what happens. */
static void
a_boot_is_no_stimulus(void **state)
{
	static const char log[] =
	    "[ 1.0] hv_netvsc g eth0: VF registering: v1\n"
	    "[ 900.0] hv_netvsc g eth0: VF unregistering: v1\n";
	char *s = draft(FOREIGN_KERNEL, log, NULL);

	(void)state;
	assert_has(s, "driver mlx5 present\n");
	assert_has(s, "at 30s vf eject mce0 mark gone.1\nat 60s end\n");
	free(s);
	/* A log of the bring-up alone is one. */
	s = draft(FOREIGN_KERNEL,
	    "[ 1.0] hv_netvsc g eth0: VF registering: v\n", NULL);
	assert_has(s, "driver mlx5\n");
	assert_has(s, "at 30s vf attach mce0 mark back.1\n");
	free(s);
}

static void
names_that_no_scenario_can_have(void **state)
{
	char *s = draft(FOREIGN_RTNETLINK,
	    "9.0 1.0 RTM_NEWLINK idx=4 name=bond0 flags=0x3 carrier=1\n"
	    "9.0 1.0 RTM_NEWLINK idx=2 name=en-s0 flags=0x3 master=4 "
	    "carrier=1\n"
	    "9.0 1.0 RTM_NEWLINK idx=3 name=en-v0 flags=0x3 master=4 "
	    "carrier=1\n"
	    "9.0 5.0 RTM_DELLINK idx=3 name=en-v0\n",
	    "a \"b\"\x01\n\xff");

	(void)state;
	assert_has(s, "scenario \"a \\\"b\\\"???\"\n");
	assert_has(s, "system   linux\n");
	assert_has(s, "# nic0 is the log's en-s0\n");
	assert_has(s, "vf       vf0 of nic0 driver vmxnet3 present\n");
	assert_has(s, "at 30s vf eject vf0 mark gone.1\n");
	free(s);
}

/* Two NICs cannot have one MAC address. */
static void
every_nic_has_its_own_address(void **state)
{
	char *s = draft(FOREIGN_KERNEL,
	    "[ 1.0] hv_netvsc 000d3a8e-51c4-000d-3a8e-51c4000d3a8e eth0: VF "
	    "registering: v1\n"
	    "[ 2.0] hv_netvsc 000d3a8e-51c4-000d-3a8e-51c4000d3a8e eth1: VF "
	    "registering: v2\n",
	    NULL);

	(void)state;
	assert_has(s, "nic      hn0 mac 00:0d:3a:8e:51:c4\n");
	assert_has(s, "nic      hn1 mac 02:00:5e:00:53:01\n");
	assert_has(s, "vf       mce1 of hn1 driver mlx5\n");
	free(s);
}

static void
a_year_is_no_scenario(void **state)
{
	char *s = draft(FOREIGN_RECORDS,
	    "100.0 !system=IFNET subsystem=vmx0 type=DETACH\n"
	    "200.0 !system=IFNET subsystem=vmx0 type=ATTACH\n"
	    "99999999.0 !system=IFNET subsystem=vmx0 type=DETACH\n",
	    NULL);

	(void)state;
	assert_has(s, "# only the first 2 of 3 stimuli are here\n");
	assert_has(s, "at 160s end\n");
	free(s);
}

static void
nothing_that_a_machine_could_do(void **state)
{
	char *s = draft(FOREIGN_RECORDS,
	    "1.0 !system=DEVFS subsystem=CDEV type=CREATE\n", NULL);

	(void)state;
	assert_has(s, "error: x: x.log: no VF comes, goes or loses its link");
	free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stranger_does_nothing),
		cmocka_unit_test(a_boot_is_no_stimulus),
		cmocka_unit_test(names_that_no_scenario_can_have),
		cmocka_unit_test(every_nic_has_its_own_address),
		cmocka_unit_test(a_year_is_no_scenario),
		cmocka_unit_test(nothing_that_a_machine_could_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
