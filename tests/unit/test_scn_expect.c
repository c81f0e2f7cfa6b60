/* SPDX-License-Identifier: BSD-2-Clause */
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

static struct scenario *
parse_expect(const char *line)
{
	struct strbuf text = { 0 };
	struct scenario *s;

	strbuf_addf(&text,
	    "at 1s mark a\nat 2s mark b\n"
	    "repeat 2 every 3s {\nat +1s mark m\n}\nexpect %s\n",
	    line);
	s = scn_text_parse(text.data);
	strbuf_fini(&text);
	assert_int_equal(s->n_expects, 1);
	return s;
}

static void
every_claim_about_an_object_names_its_field(void **state)
{
	static const struct {
		const char *line, *object, *field, *value;
		bool negate, contains;
	} cases[] = {
		{ "lagg0 active mce0", "lagg0", "active", "mce0", 0, 0 },
		{ "lagg0 active none", "lagg0", "active", "none", 0, 0 },
		{ "hn0 up", "hn0", "up", "yes", 0, 0 },
		{ "hn0 down", "hn0", "up", "no", 0, 0 },
		{ "hn0 link up", "hn0", "link", "up", 0, 0 },
		{ "hn0 link unknown", "hn0", "link", "unknown", 0, 0 },
		{ "mce0 exists", "mce0", "exists", "yes", 0, 0 },
		{ "mce0 absent", "mce0", "exists", "no", 0, 0 },
		{ "lagg0 port hn0", "lagg0", "ports", "hn0", 0, 1 },
		{ "lagg0 no port hn0", "lagg0", "ports", "hn0", 1, 1 },
		{ "lagg0 ports \" hn0  mce0 \"", "lagg0", "ports", "hn0 mce0",
		    0, 0 },
		{ "lagg0 ports \"\"", "lagg0", "ports", "", 0, 0 },
		{ "lagg0 master hn0", "lagg0", "master", "hn0", 0, 0 },
		{ "hn0 vf mce0", "hn0", "vf", "mce0", 0, 0 },
		{ "hn0 rxvf yes", "hn0", "rxvf", "yes", 0, 0 },
		{ "hn0 datapath synthetic", "hn0", "datapath", "synthetic", 0,
		    0 },
		{ "hn0 mtu 01500", "hn0", "mtu", "1500", 0, 0 },
		{ "hn0 mac 00:0D:3A:F5:76:BD", "hn0", "mac",
		    "00:0d:3a:f5:76:bd", 0, 0 },
		{ "mce0 member-of lagg0", "mce0", "member-of", "lagg0", 0, 0 },
		{ "vlan0 parent lagg0", "vlan0", "parent", "lagg0", 0, 0 },
		{ "hn0 accept-rtadv yes", "hn0", "accept-rtadv", "yes", 0, 0 },
		{ "hn0 capability tso4 on", "hn0", "capabilities", "tso4", 0,
		    1 },
		{ "hn0 capability tso4 off", "hn0", "capabilities", "tso4", 1,
		    1 },
		{ "hn0 dhclient none", "hn0", "dhclient", "none", 0, 0 },
		{ "hn0 dhclient bound", "hn0", "dhclient", "bound", 0, 0 },
		{ "vm panicked no", "vm", "panicked", "no", 0, 0 },
		{ "default route6 via lagg0", "route", "default6", "via lagg0",
		    0, 0 },
		{ "default route6 fd00::1 via lagg0", "route", "default6",
		    "fd00::1 via lagg0", 0, 0 },
		{ "no default route6", "route", "default6", "none", 0, 0 },
		{ "daemon running yes", "daemon", "running", "yes", 0, 0 },
		{ "vm frozen no", "vm", "frozen", "no", 0, 0 },
		{ "default route via lagg0", "route", "default", "via lagg0", 0,
		    0 },
		{ "default route 10.0.0.1 via hn0", "route", "default",
		    "10.0.0.1 via hn0", 0, 0 },
		{ "no default route", "route", "default", "none", 0, 0 },
		{ "sysctl net.link.lagg.x 1", "sysctl", "net.link.lagg.x", "1",
		    0, 0 },
	};
	const struct scn_expect *e;
	struct scenario *s;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		s = parse_expect(cases[i].line);
		e = &s->expects[0];
		assert_int_equal(e->kind, SCN_EXPECT_STATE);
		assert_int_equal(e->when, SCN_FINALLY);
		assert_string_equal(e->text, cases[i].line);
		assert_string_equal(e->object, cases[i].object);
		assert_string_equal(e->field, cases[i].field);
		assert_string_equal(e->value, cases[i].value);
		assert_int_equal(e->negate, cases[i].negate);
		assert_int_equal(e->contains, cases[i].contains);
		scenario_free(s);
	}
}

static void
addresses_may_be_there_only_there_or_not_there(void **state)
{
	static const struct {
		const char *line;
		bool negate, only;
	} cases[] = {
		{ "address 10.1.19.4/24 on lagg0", false, false },
		{ "address 10.1.19.4/24 only on lagg0", false, true },
		{ "no address 10.1.19.4/24 on lagg0", true, false },
	};
	const struct scn_expect *e;
	struct scenario *s;
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		s = parse_expect(cases[i].line);
		e = &s->expects[0];
		assert_int_equal(e->kind, SCN_EXPECT_ADDRESS);
		assert_string_equal(e->object, "lagg0");
		assert_string_equal(e->value, "10.1.19.4/24");
		assert_int_equal(e->negate, cases[i].negate);
		assert_int_equal(e->only, cases[i].only);
		scenario_free(s);
	}
}

static void
an_expectation_may_be_for_one_stage(void **state)
{
	struct scenario *s =
	    scn_text_parse("expect hn0 up\n"
			   "expect hn0 up always on sim under native\n"
			   "expect address 10.0.0.4/24 on hn0 on vm\n"
			   "expect count note \"x\" == 1 on vm known-fault "
			   "stock: \"y\"\n"
			   "expect vm host 2 on vm\n"
			   "expect vm migrating no\n");

	(void)state;
	assert_int_equal(s->expects[0].on, SCN_ON_ANY);
	assert_int_equal(s->expects[1].on, SCN_ON_SIM);
	assert_string_equal(s->expects[1].under, "native");
	assert_string_equal(s->expects[1].text, "hn0 up always");
	assert_int_equal(s->expects[2].on, SCN_ON_VM);
	assert_string_equal(s->expects[2].object, "hn0");
	assert_string_equal(s->expects[2].text, "address 10.0.0.4/24 on hn0");
	assert_int_equal(s->expects[3].on, SCN_ON_VM);
	assert_int_equal(s->expects[3].n_faults, 1);
	assert_string_equal(s->expects[4].field, "host");
	assert_string_equal(s->expects[4].value, "2");
	assert_string_equal(s->expects[5].field, "migrating");
	scenario_free(s);
}

static void
every_when_is_understood(void **state)
{
	static const struct {
		const char *when;
		enum scn_when kind;
		int64_t limit;
		const char *mark, *from, *until;
	} cases[] = {
		{ "", SCN_FINALLY, 0, NULL, NULL, NULL },
		{ " finally", SCN_FINALLY, 0, NULL, NULL, NULL },
		{ " always", SCN_ALWAYS, 0, NULL, NULL, NULL },
		{ " always from a", SCN_ALWAYS, 0, NULL, "a", NULL },
		{ " never until b", SCN_NEVER, 0, NULL, NULL, "b" },
		{ " eventually from a until b", SCN_EVENTUALLY, 0, NULL, "a",
		    "b" },
		{ " within 50ms of a", SCN_WITHIN, 50 * DUR_MS, "a", NULL,
		    NULL },
		{ " within 2s of m.*", SCN_WITHIN, 2 * DUR_SEC, "m.*", NULL,
		    NULL },
		{ " for 1.5s after start", SCN_FOR, 1500 * DUR_MS, "start",
		    NULL, NULL },
	};
	struct strbuf line = { 0 };
	const struct scn_expect *e;
	struct scenario *s;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		strbuf_reset(&line);
		strbuf_addf(&line, "lagg0 up%s under native", cases[i].when);
		s = parse_expect(line.data);
		e = &s->expects[0];
		assert_int_equal(e->when, cases[i].kind);
		assert_int_equal(e->limit_ns, cases[i].limit);
		assert_string_equal(e->mark == NULL ? "" : e->mark,
		    cases[i].mark == NULL ? "" : cases[i].mark);
		assert_string_equal(e->from == NULL ? "" : e->from,
		    cases[i].from == NULL ? "" : cases[i].from);
		assert_string_equal(e->until == NULL ? "" : e->until,
		    cases[i].until == NULL ? "" : cases[i].until);
		assert_string_equal(e->under, "native");
		scenario_free(s);
	}
	strbuf_fini(&line);
}

static void
probe_numbers_have_bounds_and_ranges(void **state)
{
	struct scenario *s = parse_expect(
	    "p4   lost 209..458 gap < 1.5s gap >= 0s refused == 0 "
	    "duplicated != 3 reordered > 1 sent <= 7 between a and b");
	static const struct scn_bound want[] = {
		{ SCN_LOST, SCN_GE, 209 },
		{ SCN_LOST, SCN_LE, 458 },
		{ SCN_GAP, SCN_LT, 1500 * DUR_MS },
		{ SCN_GAP, SCN_GE, 0 },
		{ SCN_REFUSED, SCN_EQ, 0 },
		{ SCN_DUPLICATED, SCN_NE, 3 },
		{ SCN_REORDERED, SCN_GT, 1 },
		{ SCN_SENT, SCN_LE, 7 },
	};
	const struct scn_expect *e = &s->expects[0];
	size_t i;

	(void)state;
	assert_int_equal(e->kind, SCN_EXPECT_PROBE);
	assert_string_equal(e->probe, "p4");
	assert_int_equal(e->n_bounds, 8);
	for (i = 0; i < 8; i++) {
		assert_int_equal(e->bounds[i].metric, want[i].metric);
		assert_int_equal(e->bounds[i].cmp, want[i].cmp);
		assert_int_equal(e->bounds[i].value, want[i].value);
	}
	assert_string_equal(e->from, "a");
	assert_string_equal(e->until, "b");
	assert_memory_equal(e->text, "p4 lost 209..458 gap", 20);
	scenario_free(s);
}

static void
rows_are_counted_and_put_in_order(void **state)
{
	struct scenario *s = parse_expect(
	    "count record \"type=LINK_UP\" >= 2 between start and b");
	const struct scn_expect *e = &s->expects[0];

	(void)state;
	assert_int_equal(e->kind, SCN_EXPECT_COUNT);
	assert_int_equal(e->n_items, 1);
	assert_int_equal(e->items[0].row, SCN_ROW_RECORD);
	assert_string_equal(e->items[0].text, "type=LINK_UP");
	assert_int_equal(e->cmp, SCN_GE);
	assert_int_equal(e->count, 2);
	assert_string_equal(e->from, "start");
	scenario_free(s);
	s = parse_expect("order operation \"a\" then command \"b\" then rule "
			 "\"c\" then note \"d\"");
	e = &s->expects[0];
	assert_int_equal(e->kind, SCN_EXPECT_ORDER);
	assert_int_equal(e->n_items, 4);
	assert_int_equal(e->items[0].row, SCN_ROW_OPERATION);
	assert_int_equal(e->items[1].row, SCN_ROW_COMMAND);
	assert_int_equal(e->items[2].row, SCN_ROW_RULE);
	assert_int_equal(e->items[3].row, SCN_ROW_NOTE);
	assert_string_equal(e->items[3].text, "d");
	scenario_free(s);
}

static void
faults_are_known_by_policy_and_left_out_of_the_text(void **state)
{
	struct scenario *s = parse_expect(
	    "lagg0   up \\\n always known-fault stock: \"it falls\" "
	    "known-fault native: \"it too\"");
	const struct scn_expect *e = &s->expects[0];

	(void)state;
	assert_string_equal(e->text, "lagg0 up always");
	assert_null(e->under);
	assert_int_equal(e->n_faults, 2);
	assert_string_equal(e->faults[0].policy, "stock");
	assert_string_equal(e->faults[0].reason, "it falls");
	assert_string_equal(e->faults[1].policy, "native");
	scenario_free(s);
	s = parse_expect("lagg0 up under stock known-fault stock: \"x\"");
	assert_string_equal(s->expects[0].under, "stock");
	assert_int_equal(s->expects[0].n_faults, 1);
	scenario_free(s);
}

static void
a_running_client_is_one_in_any_state(void **state)
{
	struct scenario *s = parse_expect("hn0 dhclient running");

	(void)state;
	assert_true(s->expects[0].differs);
	assert_string_equal(s->expects[0].value, "none");
	scenario_free(s);
}

static void
a_link_local_address_may_be_on_several(void **state)
{
	struct scenario *s = parse_expect("address fe80::1/64 only on lagg0");

	(void)state;
	assert_false(s->expects[0].only);
	scenario_free(s);
	s = parse_expect("address fd00::1/64 only on lagg0");
	assert_true(s->expects[0].only);
	assert_string_equal(s->expects[0].value, "fd00::1/64");
	scenario_free(s);
}

static void
alarms_are_counted_notes_and_counts_may_be_ranges(void **state)
{
	struct scenario *s = parse_expect("alarm \"lost\" between a and b");
	const struct scn_expect *e = &s->expects[0];

	(void)state;
	assert_int_equal(e->kind, SCN_EXPECT_COUNT);
	assert_int_equal(e->items[0].row, SCN_ROW_ALARM);
	assert_int_equal(e->cmp, SCN_GE);
	assert_int_equal(e->count, 1);
	assert_int_equal(e->most, -1);
	assert_string_equal(e->from, "a");
	scenario_free(s);
	s = parse_expect("no alarm \"lost\"");
	assert_int_equal(s->expects[0].cmp, SCN_EQ);
	assert_int_equal(s->expects[0].count, 0);
	scenario_free(s);
	s = parse_expect("count record \"x\" 2..5 between a and b");
	assert_int_equal(s->expects[0].cmp, SCN_GE);
	assert_int_equal(s->expects[0].count, 2);
	assert_int_equal(s->expects[0].most, 5);
	assert_string_equal(s->expects[0].until, "b");
	scenario_free(s);
}

static void
a_place_of_the_model_is_asked_for(void **state)
{
	struct scenario *s =
	    scn_text_parse("sometimes devctl-overflow under native\n"
			   "sometimes N2 known-fault stock: \"why\"\n");

	(void)state;
	assert_int_equal(s->n_expects, 2);
	assert_int_equal(s->expects[0].kind, SCN_EXPECT_REACH);
	assert_string_equal(s->expects[0].place, "devctl-overflow");
	assert_string_equal(s->expects[0].text, "sometimes devctl-overflow");
	assert_string_equal(s->expects[0].under, "native");
	assert_string_equal(s->expects[1].faults[0].reason, "why");
	scenario_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_claim_about_an_object_names_its_field),
		cmocka_unit_test(
		    addresses_may_be_there_only_there_or_not_there),
		cmocka_unit_test(an_expectation_may_be_for_one_stage),
		cmocka_unit_test(every_when_is_understood),
		cmocka_unit_test(probe_numbers_have_bounds_and_ranges),
		cmocka_unit_test(rows_are_counted_and_put_in_order),
		cmocka_unit_test(
		    faults_are_known_by_policy_and_left_out_of_the_text),
		cmocka_unit_test(a_running_client_is_one_in_any_state),
		cmocka_unit_test(a_link_local_address_may_be_on_several),
		cmocka_unit_test(
		    alarms_are_counted_notes_and_counts_may_be_ranges),
		cmocka_unit_test(a_place_of_the_model_is_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
