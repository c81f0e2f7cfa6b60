/* SPDX-License-Identifier: BSD-2-Clause */
/* Two runs of one scenario side by side: the end, sequences, phases. */
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/dur.h"
#include "base/mem.h"
#include "report/seqdiff.h"
#include "report/stagediff.h"
#include "report_rig.h"

#define MS DUR_MS

struct rig {
	struct trace *a, *b;
	struct stagediff *d;
	struct strbuf out;
};

static int
make_rig(void **state)
{
	struct rig *r = mem_zero(1, sizeof(*r));

	r->a = trace_new();
	r->b = trace_new();
	*state = r;
	return 0;
}

static int
free_rig(void **state)
{
	struct rig *r = *state;

	stagediff_free(r->d);
	trace_free(r->a);
	trace_free(r->b);
	strbuf_fini(&r->out);
	free(r);
	return 0;
}

static void
compare(struct rig *r)
{
	const struct stagediff_run a = { "sim", r->a, 1 };
	const struct stagediff_run b = { "vm", r->b, 2 };

	stagediff_free(r->d);
	r->d = stagediff_new(&a, &b);
}

/* What the two differ in, a line each, in r->out. */
static const char *
differences(struct rig *r)
{
	const struct stagediff_difference *e;
	size_t i;

	strbuf_reset(&r->out);
	for (i = 0; i < r->d->n; i++) {
		e = &r->d->list[i];
		strbuf_addf(&r->out, "%s [%s] %s: %s | %s\n",
		    stagediff_topic_word(e->topic), e->after, e->what, e->a,
		    e->b);
	}
	return strbuf_str(&r->out);
}

static void
operation(struct trace *t, int64_t from_ms, int64_t to_ms, const char *text)
{
	trace_end_operation(t,
	    trace_begin_operation(t, from_ms * MS, text, "", TRACE_NONE),
	    to_ms * MS, 0);
}

static void
record(struct trace *t, int64_t at_ms, const char *name, const char *type)
{
	struct strbuf raw = { 0 };

	strbuf_addf(&raw, "!system=IFNET subsystem=%s type=%s", name, type);
	trace_add_record(t, at_ms * MS, raw.data, raw.bytes);
	strbuf_fini(&raw);
}

/* --- sequences --- */

static void
tell(void *ctx, size_t a, size_t b, bool moved)
{
	struct strbuf *out = ctx;

	if (a != SEQDIFF_NONE && b != SEQDIFF_NONE)
		strbuf_addf(out, "=%zu%zu ", a, b);
	else if (a != SEQDIFF_NONE)
		strbuf_addf(out, "-%zu%s ", a, moved ? "m" : "");
	else
		strbuf_addf(out, "+%zu%s ", b, moved ? "m" : "");
}

/* Each letter is a text. */
static void
sequences(const char *a, const char *b, const char *want)
{
	static const char *const texts[] = { "a", "b", "c", "d", "e" };
	const char *x[8], *y[8];
	struct strbuf out = { 0 };
	size_t i;

	for (i = 0; a[i] != '\0'; i++)
		x[i] = texts[a[i] - 'a'];
	for (i = 0; b[i] != '\0'; i++)
		y[i] = texts[b[i] - 'a'];
	seqdiff(x, strlen(a), y, strlen(b), tell, &out);
	assert_string_equal(strbuf_str(&out), want);
	strbuf_fini(&out);
}

static void
the_longest_common_sequence_stays(void **state)
{
	(void)state;
	sequences("", "", "");
	sequences("abc", "abc", "=00 =11 =22 ");
	sequences("abc", "ac", "=00 -1 =21 ");
	sequences("ac", "abc", "=00 +1 =12 ");
	sequences("ab", "", "-0 -1 ");
	sequences("", "ab", "+0 +1 ");
	sequences("ab", "cd", "-0 -1 +0 +1 ");
	sequences("abcd", "bcda", "-0m =10 =21 =32 +3m ");
	sequences("aab", "ab", "=00 -1 =21 ");
}

static void
a_sequence_without_end_is_cut(void **state)
{
	const char *x[SEQDIFF_MAX + 10];
	struct strbuf out = { 0 };
	size_t i, n = 0;

	(void)state;
	for (i = 0; i < SEQDIFF_MAX + 10; i++)
		x[i] = "x";
	seqdiff(x, SEQDIFF_MAX + 10, x, SEQDIFF_MAX + 10, tell, &out);
	for (i = 0; i < out.bytes; i++)
		n += out.data[i] == '=';
	assert_int_equal(n, SEQDIFF_MAX);
	strbuf_fini(&out);
}

/* --- the end --- */

static void
fields_that_both_know_are_compared(void **state)
{
	struct rig *r = *state;

	trace_set_state(r->a, 0, "bond0", "exists", "yes");
	trace_set_state(r->a, 0, "bond0", "master", "eth1");
	trace_set_state(r->a, 0, "bond0", "datapath", "vf");
	trace_set_state(r->b, 0, "bond0", "exists", "yes");
	trace_set_state(r->b, 0, "bond0", "master", "eth1");
	trace_set_state(r->b, 5 * MS, "bond0", "master", "eth0");
	trace_set_state(r->b, 0, "bond0", "alias", "x");
	trace_set_state(r->b, 0, "bond0", "slow", "y");
	compare(r);
	assert_string_equal(differences(r),
	    "final [] bond0 master: eth1 | eth0\n");
	assert_false(stagediff_same_end(r->d));
	assert_int_equal(r->d->end.equal, 1);
	assert_int_equal(r->d->end.only_a, 1);
	assert_int_equal(r->d->end.only_b, 2);
}

static void
what_one_never_saw_does_not_exist(void **state)
{
	struct rig *r = *state;

	trace_set_state(r->a, 0, "eth9", "exists", "yes");
	trace_set_state(r->a, 0, "eth9", "exists", "no");
	trace_set_state(r->b, 0, "lo", "exists", "yes");
	trace_set_state(r->b, 0, "lo", "inet", "127.0.0.1/8");
	compare(r);
	assert_string_equal(differences(r), "");
	assert_true(stagediff_same_end(r->d));
	trace_set_state(r->b, 0, "bond1", "exists", "yes");
	trace_set_state(r->b, 0, "bond1", "up", "yes");
	trace_set_state(r->a, 0, "eth9", "exists", "yes");
	compare(r);
	assert_string_equal(differences(r),
	    "final [] bond1 exists: no | yes\n"
	    "final [] eth9 exists: yes | no\n");
}

static void
order_and_link_local_addresses_do_not_count(void **state)
{
	struct rig *r = *state;

	trace_set_state(r->a, 0, "bond0", "inet",
	    "10.0.0.4/24 fe80::1:2/64 10.0.0.5/24");
	trace_set_state(r->b, 0, "bond0", "inet",
	    "10.0.0.5/24 10.0.0.4/24 fe80::3/64");
	trace_set_state(r->a, 0, "bond0", "ports", "eth0 eth1");
	trace_set_state(r->b, 0, "bond0", "ports", "eth1 eth0");
	trace_set_state(r->a, 0, "vlan1", "inet", "fe80::1/64");
	trace_set_state(r->b, 0, "vlan1", "inet", "");
	compare(r);
	assert_string_equal(differences(r), "");
	assert_int_equal(r->d->end.equal, 3);
	trace_set_state(r->b, 0, "bond0", "inet", "10.0.0.4/24 fd00::3/64");
	compare(r);
	assert_string_equal(differences(r),
	    "final [] bond0 inet: 10.0.0.4/24 10.0.0.5/24 | 10.0.0.4/24 "
	    "fd00::3/64\n");
}

static void
expectations_go_by_their_words(void **state)
{
	struct rig *r = *state;
	struct trace_check *c;

	rig_check(r->a, TRACE_PASS, "x up", TRACE_OPEN);
	rig_check(r->a, TRACE_SKIP, "only vm", TRACE_OPEN);
	rig_check(r->a, TRACE_PASS, "y up", TRACE_OPEN);
	rig_check(r->a, TRACE_FAIL, "y up", TRACE_OPEN);
	rig_check(r->b, TRACE_FAIL, "only vm", TRACE_OPEN);
	rig_check(r->b, TRACE_PASS, "y up", TRACE_OPEN);
	rig_check(r->b, TRACE_FAIL, "y up", TRACE_OPEN);
	c = rig_check(r->b, TRACE_FAIL, "x up", TRACE_OPEN);
	rig_set(&c->happened, "x was down");
	compare(r);
	assert_string_equal(differences(r),
	    "check [] x up: holds | x was down\n");
	assert_true(r->d->failed);
}

/* --- the course --- */

static void
operations_have_one_order_within_a_deed(void **state)
{
	struct rig *r = *state;

	operation(r->a, 1, 2, "bond0 create");
	operation(r->a, 3, 4, "bond0 up");
	trace_add_stimulus(r->a, 100 * MS, "vf eject eth1", 1);
	operation(r->a, 101, 102, "bond0 up");
	operation(r->b, 1, 2, "bond0 up");
	operation(r->b, 3, 4, "bond0 create");
	trace_add_stimulus(r->b, 200 * MS, "vf eject eth1", 1);
	operation(r->b, 203, 204, "bond0 up");
	operation(r->b, 205, 206, "bond0 port-del eth1");
	compare(r);
	assert_string_equal(differences(r),
	    "operation [bring-up] bond0 create: at +1ms | elsewhere\n"
	    "operation [bring-up] bond0 create: elsewhere | at +3ms\n"
	    "operation [vf eject eth1] bond0 port-del eth1: - | at +5ms\n");
}

static void
records_have_an_order_within_their_interface(void **state)
{
	struct rig *r = *state;
	static const char other[] = "!system=GEOM subsystem=DEV type=CREATE";

	record(r->a, 1, "eth0", "LINK_UP");
	record(r->a, 2, "eth1", "ATTACH");
	record(r->a, 3, "eth1", "LINK_UP");
	record(r->b, 1, "eth1", "LINK_UP");
	record(r->b, 2, "eth1", "ATTACH");
	record(r->b, 3, "eth0", "LINK_UP");
	record(r->b, 4, "lo", "LINK_UP");
	trace_add_record(r->b, 5 * MS, other, strlen(other));
	record(r->b, 0, "eth2", "ATTACH"); /* before the engine ran */
	trace_set_state(r->b, 0, "daemon", "running", "no");
	trace_set_state(r->b, MS, "daemon", "running", "yes");
	compare(r);
	assert_string_equal(differences(r),
	    "record [bring-up] IFNET eth1 ATTACH: at +2ms | elsewhere\n"
	    "record [bring-up] IFNET eth1 ATTACH: elsewhere | at +2ms\n");
}

static void
another_course_ends_the_comparison(void **state)
{
	struct rig *r = *state;

	trace_add_stimulus(r->a, 100 * MS, "vf eject eth1", 1);
	trace_add_stimulus(r->b, 100 * MS, "vf attach eth1", 1);
	operation(r->a, 110, 120, "bond0 up");
	compare(r);
	assert_string_equal(differences(r),
	    "course [] the outside world did something else; what follows "
	    "is not compared: vf eject eth1 | vf attach eth1\n");
	assert_int_equal(r->d->n_common, 1);
}

static void
ports_and_phases_are_those_of_a_deed(void **state)
{
	const struct phases *p;
	struct rig *r = *state;
	int32_t row;

	r->a->run.end_ns = 10000 * MS;
	trace_set_state(r->a, 10 * MS, "bond0", "active", "eth1");
	trace_add_stimulus(r->a, 1000 * MS, "vf eject eth1", 1);
	record(r->a, 1002, "eth1", "LINK_DOWN");
	row = (int32_t)r->a->n_records - 1;
	r->a->records[row].read_ns = 1003 * MS;
	operation(r->a, 1005, 1009, "eth1 down");
	operation(r->a, 1010, 1020, "bond0 up");
	trace_set_state(r->a, 1004 * MS, "bond0", "active", "none");
	trace_set_state(r->a, 1007 * MS, "bond0", "active", "eth0");
	trace_set_state(r->a, 1500 * MS, "vm", "frozen", "yes");
	trace_set_state(r->a, 1600 * MS, "vm", "frozen", "no");
	trace_set_state(r->b, 10 * MS, "bond0", "active", "eth1");
	trace_add_stimulus(r->b, 1000 * MS, "vf eject eth1", 1);
	trace_set_state(r->b, 1000 * MS, "vm", "frozen", "no");
	trace_set_state(r->b, 1100 * MS, "bond0", "active", "eth0");
	compare(r);
	p = &r->d->phases[0][1];
	assert_int_equal(p->since_ns[PHASE_EMITTED], 2 * MS);
	assert_int_equal(p->since_ns[PHASE_READ], 3 * MS);
	assert_int_equal(p->since_ns[PHASE_DECIDED], 5 * MS);
	assert_int_equal(p->since_ns[PHASE_APPLIED], 20 * MS);
	assert_int_equal(p->since_ns[PHASE_SETTLED], 7 * MS);
	assert_string_equal(p->active, "eth0");
	assert_int_equal(p->stood_ns, 100 * MS);
	p = &r->d->phases[1][1];
	assert_int_equal(p->since_ns[PHASE_DECIDED], TRACE_OPEN);
	assert_int_equal(p->since_ns[PHASE_SETTLED], 100 * MS);
	assert_int_equal(rig_times(differences(r),
			     "time [vf eject eth1] settled: 7ms | 100ms\n"),
	    1);
	trace_set_state(r->b, 1200 * MS, "bond0", "active", "none");
	compare(r);
	assert_int_equal(rig_times(differences(r),
			     "port [vf eject eth1] active port in the end: "
			     "eth0 | none\n"),
	    1);
}

/* A wait of two seconds does not hide what comes behind it. */
static void
a_phase_counts_from_the_one_before(void **state)
{
	struct rig *r = *state;

	operation(r->a, 2000, 2010, "bond0 up");
	operation(r->b, 2100, 2200, "bond0 up");
	compare(r);
	assert_string_equal(differences(r),
	    "time [bring-up] applied after decided: 10ms | 100ms\n");
}

/* --- packets --- */

static void
the_time_it_stood_still_is_no_fault_of_a_gap(void **state)
{
	struct trace_probe *p;
	struct rig *r = *state;

	p = rig_probe(r->a, "p1", "out");
	p->longest_gap_ns = 75 * MS;
	p->longest_gap_at_ns = 5000 * MS;
	trace_set_state(r->a, 5005 * MS, "vm", "frozen", "yes");
	trace_set_state(r->a, 5074 * MS, "vm", "frozen", "no");
	p = rig_probe(r->b, "p1", "out");
	p->longest_gap_ns = 205 * MS;
	p->longest_gap_at_ns = 6000 * MS;
	trace_set_state(r->b, 6000 * MS, "vm", "frozen", "yes");
	trace_set_state(r->b, 6190 * MS, "vm", "frozen", "no");
	compare(r);
	assert_string_equal(differences(r), "");
	assert_int_equal(r->d->streams[0].stood_ns[0], 69 * MS);
	assert_int_equal(r->d->streams[0].stood_ns[1], 190 * MS);
	p->longest_gap_ns = 305 * MS;
	p = rig_probe(r->b, "p2", "in");
	p->longest_gap_ns = MS;
	compare(r);
	assert_string_equal(differences(r),
	    "gap [] p1 out, longest gap while the machine ran: 6ms | 115ms\n"
	    "gap [] p2 in, longest gap while the machine ran: - | 1ms\n");
}

/* Stored ones may be. */
static void
times_may_be_anything(void **state)
{
	static const int64_t times[] = { INT64_MIN, INT64_MAX, -1, 0 };
	struct rig *r = *state;
	struct trace_probe *p;
	struct trace *t;
	size_t i, k;

	for (k = 0; k < 2; k++) {
		t = k == 0 ? r->a : r->b;
		t->run.start_ns = k == 0 ? INT64_MIN : INT64_MAX;
		t->run.end_ns = k == 0 ? INT64_MAX : INT64_MIN;
		for (i = 0; i < 4; i++) {
			trace_add_stimulus(t, times[(i + k) % 4], "x", 1);
			trace_set_state(t, times[i], "vm", "frozen",
			    i % 2 == 0 ? "yes" : "no");
			trace_set_state(t, times[(i + k) % 4], "bond0",
			    "active", i % 2 == 0 ? "a" : "b");
			operation(t, 0, 0, "x");
			t->operations[i].start_ns = times[i];
			t->operations[i].end_ns = times[(i + 1) % 4];
			record(t, 0, "eth0", "LINK_UP");
			t->records[i].emit_ns = times[(i + 2) % 4];
			t->records[i].read_ns = times[(i + 3) % 4];
			p = rig_probe(t, i % 2 == 0 ? "p" : "q", "out");
			p->longest_gap_ns = times[i];
			p->longest_gap_at_ns = times[(i + k) % 4];
		}
	}
	compare(r);
	strbuf_reset(&r->out);
	stagediff_write(r->d, &r->out);
	rig_expect_lines(strbuf_str(&r->out), 120, false);
}

/* --- forms --- */

static void
text_is_printable_and_narrow(void **state)
{
	struct rig *r = *state;
	char long_text[300];

	memset(long_text, 'x', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	rig_set(&r->a->run.title, "a\033[31mtitle\nof two lines");
	rig_set(&r->b->run.note, long_text);
	trace_add_stimulus(r->a, MS, long_text, 1);
	trace_add_stimulus(r->b, MS, long_text, 1);
	operation(r->a, 2, 3, "evil\033[0m\ttext");
	operation(r->b, 2, 3, long_text);
	rig_probe(r->a, long_text, "out");
	compare(r);
	strbuf_reset(&r->out);
	stagediff_write(r->d, &r->out);
	rig_expect_lines(strbuf_str(&r->out), 120, false);
}

static void
json_has_all_of_it(void **state)
{
	struct rig *r = *state;
	json_t *o, *c;

	trace_free(r->a);
	trace_free(r->b);
	r->a = rig_migration("native");
	r->b = rig_migration("native");
	operation(r->b, 6000, 6001, "lagg0 up");
	compare(r);
	strbuf_reset(&r->out);
	stagediff_write_json(&r->d, 1, &r->out);
	o = json_loads(strbuf_str(&r->out), 0, NULL);
	assert_non_null(o);
	assert_int_equal(json_integer_value(json_object_get(o, "compared")), 1);
	assert_int_equal(json_integer_value(json_object_get(o, "same_end")), 1);
	assert_int_equal(json_integer_value(json_object_get(o, "failed")), 0);
	c = json_array_get(json_object_get(o, "cases"), 0);
	assert_string_equal(json_string_value(json_object_get(
				json_array_get(json_object_get(c, "runs"), 1),
				"stage")),
	    "vm");
	assert_int_equal(json_array_size(json_object_get(c, "failovers")), 2);
	assert_int_equal(json_array_size(json_object_get(c, "streams")), 1);
	c = json_array_get(json_object_get(c, "differences"), 0);
	assert_string_equal(json_string_value(json_object_get(c, "topic")),
	    "operation");
	assert_string_equal(json_string_value(json_object_get(c, "what")),
	    "lagg0 up");
	json_decref(o);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_rig, free_rig)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_longest_common_sequence_stays),
		TEST(a_sequence_without_end_is_cut),
		TEST(fields_that_both_know_are_compared),
		TEST(what_one_never_saw_does_not_exist),
		TEST(order_and_link_local_addresses_do_not_count),
		TEST(expectations_go_by_their_words),
		TEST(operations_have_one_order_within_a_deed),
		TEST(records_have_an_order_within_their_interface),
		TEST(another_course_ends_the_comparison),
		TEST(ports_and_phases_are_those_of_a_deed),
		TEST(a_phase_counts_from_the_one_before),
		TEST(the_time_it_stood_still_is_no_fault_of_a_gap),
		TEST(times_may_be_anything),
		TEST(text_is_printable_and_narrow),
		TEST(json_has_all_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
