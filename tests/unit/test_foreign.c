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
#include "db/container.h"
#include "db/foreign.h"

/* The run of a log, whose findings go to *said; *tally may be NULL. */
static struct trace *
take(enum foreign_kind kind, const char *text, struct foreign_tally *tally,
    struct strbuf *said)
{
	struct strbuf nowhere = { 0 };
	struct diag d = { .emit = diag_emit_strbuf,
		.ctx = said == NULL ? &nowhere : said };
	struct foreign_tally count;
	struct trace *t = foreign_read(kind, "dir/x.log", text, strlen(text),
	    tally == NULL ? &count : tally, &d);

	strbuf_fini(&nowhere);
	return t;
}

/* The records, one a line: "8.5 IFNET x LINK_UP". */
static char *
records(const struct trace *t)
{
	struct strbuf out = { 0 };
	char at[DUR_TEXT], system[32], name[32], type[32];
	size_t i;

	for (i = 0; i < t->n_records; i++) {
		assert_int_equal(t->records[i].fate, TRACE_RECORD_NOBODY);
		assert_int_equal(sscanf(t->records[i].raw,
				     "!system=%31s subsystem=%31s type=%31s",
				     system, name, type),
		    3);
		strbuf_addf(&out, "%s %s %s %s\n",
		    dur_format(t->records[i].emit_ns, at), system, name, type);
	}
	return out.data == NULL ? mem_str("") : strbuf_take(&out);
}

static void
assert_records(const struct trace *t, const char *want)
{
	char *got = records(t);

	assert_string_equal(got, want);
	free(got);
}

static bool
has_note(const struct trace *t, const char *who, const char *begin)
{
	size_t i;

	for (i = 0; i < t->n_notes; i++)
		if (strcmp(t->notes[i].who, who) == 0 &&
		    strncmp(t->notes[i].text, begin, strlen(begin)) == 0)
			return true;
	return false;
}

static void
the_fixtures_are_known(void **state)
{
	static const struct {
		const char *path;
		enum foreign_kind kind;
		size_t records;
	} files[] = {
		{ "fixtures/logs/azure-multinic-boot.dmesg", FOREIGN_KERNEL,
		    15 },
		{ "fixtures/logs/azure-netvsc-reload.dmesg", FOREIGN_KERNEL,
		    37 },
		{ "fixtures/logs/azure-vf-loss.dmesg", FOREIGN_KERNEL, 11 },
		{ "fixtures/logs/bond-vf-loss.syslog", FOREIGN_KERNEL, 6 },
		{ "fixtures/logs/bond-unplug.rtnl", FOREIGN_RTNETLINK, 2 },
		{ "fixtures/logs/bond-replug.rtnl", FOREIGN_RTNETLINK, 2 },
		{ "fixtures/logs/devd-lagg.txt", FOREIGN_DEVD, 18 },
	};
	struct foreign_tally n;
	struct strbuf why = { 0 };
	struct container *c;
	struct diag d = { 0 };
	struct trace *t;
	bool several;
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		assert_int_equal(container_read(files[i].path, &c, &e), 0);
		assert_int_equal(foreign_detect(c->text, c->bytes, &several,
				     &why),
		    files[i].kind);
		t = foreign_read(files[i].kind, c->path, c->text, c->bytes, &n,
		    &d);
		assert_non_null(t);
		assert_int_equal(t->n_records, files[i].records);
		assert_int_equal(n.understood + n.kept + n.passed + n.damaged,
		    n.lines);
		assert_int_equal(d.errors + d.warnings, 0);
		trace_free(t);
		container_free(c);
	}
	assert_int_equal(why.bytes, 0);
	strbuf_fini(&why);
}

static void
kinds_are_told_apart(void **state)
{
	static const char records_text[] = "1.5 !system=A\n2 +a at b on c\n";
	static const char both[] = "Pushing table\nPopping table\n"
				   "[  1.0] a\n[  2.0] b\n";
	struct strbuf why = { 0 };
	bool several;

	(void)state;
	assert_int_equal(foreign_detect(records_text, sizeof(records_text) - 1,
			     &several, &why),
	    FOREIGN_RECORDS);
	assert_int_equal(foreign_detect(CONTAINER_MAGIC,
			     sizeof(CONTAINER_MAGIC) - 1, &several, &why),
	    FOREIGN_RECORDS);
	assert_int_equal(foreign_detect("hello\n", 6, &several, &why),
	    FOREIGN_UNKNOWN);
	assert_false(several);
	assert_non_null(strstr(strbuf_str(&why), "known are text recordings"));
	strbuf_reset(&why);
	assert_int_equal(foreign_detect(both, sizeof(both) - 1, &several, &why),
	    FOREIGN_UNKNOWN);
	assert_true(several);
	assert_non_null(strstr(strbuf_str(&why), "2 lines look like a"));
	assert_int_equal(foreign_detect("", 0, &several, &why),
	    FOREIGN_UNKNOWN);
	assert_int_equal(foreign_of_word("kernel"), FOREIGN_KERNEL);
	assert_int_equal(foreign_of_word("unknown"), FOREIGN_UNKNOWN);
	strbuf_fini(&why);
}

static void
a_renamed_vf_has_one_name(void **state)
{
	struct trace *t = take(FOREIGN_KERNEL,
	    "[ 1.0] hv_netvsc g eth0: VF registering: eth1\n"
	    "[ 1.1] mlx5_core 1:00:02.0 eth1: joined to eth0\n"
	    "[ 1.2] mlx5_core 1:00:02.0 enP1s1: renamed from eth1\n"
	    "[ 2.0] hv_netvsc g eth0: VF unregistering: enP1s1\n"
	    "[ 3.0] hv_netvsc g eth0: VF registering: eth1\n"
	    "[ 3.1] mlx5_core 1:00:02.0 rename4: renamed from eth1\n"
	    "[ 3.2] mlx5_core 1:00:02.0 enP2s1: renamed from rename4\n"
	    "[ 4.0] mlx5_core 1:00:02.0 enP2s1: Link up\n",
	    NULL, NULL);

	(void)state;
	assert_records(t,
	    "1s IFNET enP1s1 ATTACH\n1s ETHERNET enP1s1 IFATTACH\n"
	    "2s IFNET enP1s1 DETACH\n"
	    "3s IFNET enP2s1 ATTACH\n3s ETHERNET enP2s1 IFATTACH\n"
	    "4s IFNET enP2s1 LINK_UP\n");
	assert_string_equal(trace_get_state(t, "eth0", "vf"), "enP2s1");
	assert_string_equal(trace_get_state(t, "enP2s1", "driver"),
	    "mlx5_core");
	assert_null(trace_get_state(t, "enP1s1", "link"));
	trace_free(t);
}

static void
what_is_not_said_is_inferred_and_marked(void **state)
{
	struct foreign_tally n;
	struct trace *t = take(FOREIGN_KERNEL,
	    "[ 1.0] hv_netvsc 000d3a8e-51c4-000d-3a8e-51c4000d3a8e "
	    "(unnamed net_device) (uninitialized): VF slot 1 added\n"
	    "[ 5.0] hv_netvsc 000d3a8e-51c4-000d-3a8e-51c4000d3a8e eth0: "
	    "Data path switched to VF: v1\n"
	    "[ 6.0] hv_netvsc 000d3a8e-51c4-000d-3a8e-51c4000d3a8e eth0: "
	    "VF slot 1 removed\n",
	    &n, NULL);

	(void)state;
	assert_records(t,
	    "5s HYPERV_NIC_VF eth0 VF_UP\n"
	    "6s HYPERV_NIC_VF eth0 VF_DOWN\n6s IFNET v1 DETACH\n");
	assert_true(has_note(t, "import",
	    "inferred: v1 was there when the log began: line 2"));
	assert_true(
	    has_note(t, "import", "inferred: v1 goes with its slot (line 3)"));
	assert_true(has_note(t, "import",
	    "inferred: the data path leaves v1, which goes (line 3)"));
	assert_string_equal(trace_get_state(t, "eth0", "mac"),
	    "00:0d:3a:8e:51:c4");
	assert_int_equal(n.understood, 3);
	assert_string_equal(t->run.title, "x");
	assert_string_equal(t->run.kind, "import");
	assert_int_equal(t->run.start_ns, DUR_SEC);
	assert_int_equal(t->run.end_ns, 6 * DUR_SEC);
	trace_free(t);
}

/* bonding before and since Linux 5.3. */
static void
both_spellings_of_bonding(void **state)
{
	static const char *const logs[] = {
		"[ 1.0] bond0: Setting v as primary slave\n"
		"[ 2.0] bond0: Enslaving s as an active interface\n"
		"[ 3.0] bond0: Enslaving v as a backup interface\n"
		"[ 4.0] bond0: link status definitely down for interface v, "
		"disabling it\n"
		"[ 5.0] bonding: bond0: making interface s the new active "
		"one\n"
		"[ 6.0] bond0: link status definitely up for interface v, 1 "
		"Mbps\n"
		"[ 7.0] bond0: Releasing backup interface v\n"
		"[ 8.0] bond0: now running without any active interface!\n",
		"[ 1.0] bond0: (slave v): Setting as primary slave\n"
		"[ 2.0] bond0: (slave s): Enslaving as an active interface\n"
		"[ 3.0] bond0: (slave v): Enslaving as a backup interface\n"
		"[ 4.0] bond0: (slave v): link status definitely down, d\n"
		"[ 5.0] bond0: (slave s): making interface the new active "
		"one\n"
		"[ 6.0] bond0: (slave v): link status definitely up, 1 Mbps\n"
		"[ 7.0] bond0: (slave v): Releasing backup interface\n"
		"[ 8.0] bond0: now running without any active interface!\n",
	};
	struct foreign_tally n;
	struct trace *t;
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		t = take(FOREIGN_KERNEL, logs[i], &n, NULL);
		assert_int_equal(n.understood, 8);
		assert_records(t,
		    "4s IFNET v LINK_DOWN\n6s IFNET v LINK_UP\n"
		    "7s IFNET v DETACH\n");
		assert_string_equal(trace_get_state(t, "bond0", "active"),
		    "none");
		assert_string_equal(trace_get_state(t, "bond0", "ports"), "s");
		assert_string_equal(trace_get_state(t, "s", "vf"), "v");
		trace_free(t);
	}
}

static void
times_that_go_back_keep_their_order(void **state)
{
	struct strbuf said = { 0 };
	struct trace *t = take(FOREIGN_KERNEL,
	    "[ 2.0] mlx5_core 1:00:02.0 e1: Link up\n"
	    "[ 1.0] mlx5_core 1:00:02.0 e1: Link down\n"
	    "no time at all\n"
	    "[99999999999999.0] x\n",
	    NULL, &said);

	(void)state;
	assert_records(t, "2s IFNET e1 LINK_UP\n2s IFNET e1 LINK_DOWN\n");
	assert_string_equal(strbuf_str(&said),
	    "dir/x.log:2:1: warning: the time is before the one above: the "
	    "order of the lines is kept\n");
	assert_true(has_note(t, "kernel", "no time at all"));
	trace_free(t);
	strbuf_fini(&said);
}

static void
a_devd_record_may_have_several_lines(void **state)
{
	struct strbuf said = { 0 };
	struct foreign_tally n;
	struct trace *t = take(FOREIGN_DEVD,
	    "Processing event '!system=A subsystem=b\ntype=C'\n"
	    "setting timestamp=100.5\n"
	    "Executing 'logger $'x''\n"
	    "what it said\n"
	    "Processing event '!system=D subsystem=e type=F'\n"
	    "setting timestamp=x\n"
	    "Processing event '!cut\n"
	    "Pushing table\n"
	    "Processing event '-cut",
	    &n, &said);

	(void)state;
	assert_int_equal(t->n_records, 4);
	assert_string_equal(t->records[2].raw, "!cut");
	assert_non_null(
	    strstr(strbuf_str(&said), "dir/x.log:9: warning: the record a"));
	assert_string_equal(t->records[0].raw, "!system=A subsystem=b\ntype=C");
	assert_int_equal(t->records[0].emit_ns, DUR_SEC / 2);
	assert_int_equal(t->records[1].emit_ns, DUR_SEC / 2);
	assert_string_equal(t->records[3].raw, "-cut");
	assert_int_equal(t->n_commands, 1);
	assert_string_equal(t->commands[0].text, "logger $'x'");
	assert_int_equal(t->commands[0].record, 0);
	assert_int_equal(t->n_firings, 1);
	assert_true(has_note(t, "command", "what it said"));
	assert_true(has_note(t, "import", "the clock's 0 is 100 seconds"));
	assert_int_equal(n.understood + n.kept + n.passed, n.lines);
	assert_non_null(
	    strstr(strbuf_str(&said), "dir/x.log:7:19: warning: expected S"));
	assert_non_null(
	    strstr(strbuf_str(&said), "the last record has no end"));
	trace_free(t);
	strbuf_fini(&said);
}

static void
rtnetlink_tells_what_changed(void **state)
{
	struct trace *t = take(FOREIGN_RTNETLINK,
	    "100.0 1.0 RTM_NEWLINK idx=4 name=bond0 flags=0x3 mac=02:00:00:00:"
	    "00:01 master=0 carrier=1 event=0 kind=bond\n"
	    "100.0 1.0 RTM_NEWLINK idx=2 name=s flags=0x3 master=4 carrier=1\n"
	    "100.0 2.0 UEVENT add@/x SUBSYSTEM=net INTERFACE=v IFINDEX=5\n"
	    "100.0 2.1 RTM_NEWLINK idx=5 name=v flags=0x2 master=0 carrier=0\n"
	    "100.0 2.2 RTM_NEWLINK idx=5 name=v flags=0x3 master=4 carrier=0\n"
	    "100.0 2.3 RTM_NEWLINK idx=5 name=v flags=0x3 master=4 carrier=1\n"
	    "100.0 2.4 RTM_NEWLINK idx=4 name=bond0 flags=0x3 master=0 "
	    "carrier=1 event=3 kind=bond\n"
	    "100.0 9.0 RTM_DELLINK idx=5 name=v flags=0x2 master=4\n"
	    "100.0 9.1 RTM_type=20\n",
	    NULL, NULL);

	(void)state;
	assert_records(t,
	    "2.1s IFNET v ATTACH\n2.1s ETHERNET v IFATTACH\n"
	    "2.3s IFNET v LINK_UP\n9s IFNET v DETACH\n");
	assert_string_equal(trace_get_state(t, "bond0", "active"), "v");
	assert_string_equal(trace_get_state(t, "bond0", "ports"), "s");
	assert_string_equal(trace_get_state(t, "s", "vf"), "v");
	assert_true(has_note(t, "import", "inferred: bond0 changed over to v"));
	assert_true(has_note(t, "kernel", "RTM_type=20"));
	trace_free(t);
}

static void
a_log_of_nothing_is_told(void **state)
{
	struct strbuf said = { 0 };
	struct trace *t = take(FOREIGN_KERNEL,
	    "[ 0.0] Linux version 6.1\n[ 1.0] Hello\n", NULL, &said);

	(void)state;
	assert_non_null(t);
	assert_string_equal(strbuf_str(&said),
	    "dir/x.log: warning: no line of it tells of a VF or a link: there "
	    "is nothing to replay\n");
	trace_free(t);
	strbuf_fini(&said);
}

static void
what_is_nothing_of_the_kind_is_refused(void **state)
{
	static const enum foreign_kind all[] = { FOREIGN_DEVD, FOREIGN_KERNEL,
		FOREIGN_RTNETLINK };
	struct strbuf said = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		strbuf_reset(&said);
		assert_null(take(all[i],
		    "\x7f"
		    "ELF\x01\n\n1 2 3\n",
		    NULL, &said));
		assert_non_null(strstr(strbuf_str(&said),
		    "dir/x.log:1:1: error: no line of it is one of a"));
		assert_null(take(all[i], "", NULL, NULL));
	}
	strbuf_fini(&said);
}

/* Thousands of interfaces cost no more than time in proportion. */
static void
there_may_be_too_many_interfaces(void **state)
{
	struct strbuf text = { 0 };
	struct foreign_tally n;
	struct trace *t;
	unsigned i;

	(void)state;
	for (i = 0; i < 20000; i++)
		strbuf_addf(&text, "[ 1.0] mlx5_core 1:00:02.0 e%u: Link up\n",
		    i);
	t = take(FOREIGN_KERNEL, strbuf_str(&text), &n, NULL);
	assert_int_equal(n.lines, 20000);
	assert_int_equal(n.understood, 256);
	assert_int_equal(n.kept, 20000 - 256);
	assert_int_equal(t->n_notes, 20000);
	trace_free(t);
	strbuf_fini(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_fixtures_are_known),
		cmocka_unit_test(kinds_are_told_apart),
		cmocka_unit_test(a_renamed_vf_has_one_name),
		cmocka_unit_test(what_is_not_said_is_inferred_and_marked),
		cmocka_unit_test(both_spellings_of_bonding),
		cmocka_unit_test(times_that_go_back_keep_their_order),
		cmocka_unit_test(a_devd_record_may_have_several_lines),
		cmocka_unit_test(rtnetlink_tells_what_changed),
		cmocka_unit_test(a_log_of_nothing_is_told),
		cmocka_unit_test(what_is_nothing_of_the_kind_is_refused),
		cmocka_unit_test(there_may_be_too_many_interfaces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
