/* SPDX-License-Identifier: BSD-2-Clause */
/* Which record or state explains a gap, in the fail-over's own stories. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/dur.h"
#include "base/mem.h"
#include "report/beside.h"
#include "report/blame.h"

static struct trace *t;

static int
setup(void **state)
{
	struct trace_probe *p;

	(void)state;
	t = trace_new();
	p = MEM_PUSH(t->probes, t->n_probes, t->cap_probes);
	p->name = mem_str("p4");
	p->way = mem_str("out");
	p->period_ns = DUR_MS;
	p->sent = 100000;
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	trace_free(t);
	return 0;
}

static void
record(int64_t at_us, const char *text)
{
	trace_add_record(t, at_us * DUR_US, text, strlen(text));
}

static void
ifnet(int64_t at_us, const char *name, const char *type)
{
	struct strbuf s = { 0 };

	strbuf_addf(&s, "!system=IFNET subsystem=%s type=%s", name, type);
	record(at_us, strbuf_str(&s));
	strbuf_fini(&s);
}

static void
vf(int64_t at_us, const char *type)
{
	struct strbuf s = { 0 };

	strbuf_addf(&s, "!system=HYPERV_NIC_VF subsystem=hn0 type=%s", type);
	record(at_us, strbuf_str(&s));
	strbuf_fini(&s);
}

static const char *
why(int64_t from_ms, int64_t to_ms)
{
	struct trace_gap *g = MEM_PUSH(t->gaps, t->n_gaps, t->cap_gaps);

	g->first_seq = (uint64_t)from_ms + 1;
	g->count = (uint64_t)(to_ms - from_ms - 1);
	g->from_ns = from_ms * DUR_MS;
	g->to_ns = to_ms * DUR_MS;
	g->why = mem_str("");
	blame_gaps(t);
	return t->gaps[t->n_gaps - 1].why;
}

static void
the_synthetic_links_delay_is_blamed(void **state)
{
	(void)state;
	ifnet(500000, "hn0", "LINK_UP");
	vf(10000200, "VF_DOWN");
	ifnet(10000300, "mce0", "DETACH");
	ifnet(10011000, "hn0", "LINK_UP");
	ifnet(10011100, "lagg0", "LINK_UP");
	assert_string_equal(why(10000, 10012),
	    "because hn0's link came 10.8ms after VF_DOWN");
	assert_int_equal(t->gaps[0].record, 1);
}

static void
a_vf_that_died_first_is_told(void **state)
{
	(void)state;
	ifnet(10000100, "mce0", "LINK_DOWN");
	vf(11000100, "VF_DOWN");
	ifnet(11010100, "hn0", "LINK_UP");
	assert_string_equal(why(10000, 11011),
	    "because mce0 lost its link 1s before VF_DOWN, and hn0's link "
	    "came 10ms after VF_DOWN");
}

static void
a_vf_that_is_up_and_not_active_is_blamed(void **state)
{
	(void)state;
	trace_set_state(t, 0, "lagg0", "ports", "hn0");
	trace_set_state(t, 0, "lagg0", "active", "hn0");
	trace_set_state(t, 10 * DUR_SEC, "lagg0", "active", "none");
	vf(10000100, "VF_UP");
	trace_set_state(t, 10172 * DUR_MS + 100 * DUR_US, "lagg0", "active",
	    "mce0");
	assert_string_equal(why(10000, 10173),
	    "because mce0 became lagg0's active port only 172ms after VF_UP");
}

static void
a_flap_is_told_with_its_end(void **state)
{
	(void)state;
	ifnet(20000100, "mce0", "LINK_DOWN");
	ifnet(22100100, "mce0", "LINK_UP");
	assert_string_equal(why(20000, 22101),
	    "because mce0 lost its link, until LINK_UP 2.1s later");
}

static void
states_alone_explain_too(void **state)
{
	(void)state;
	trace_set_state(t, 0, "lagg0", "active", "hn0");
	trace_set_state(t, 5 * DUR_SEC + 1, "lagg0", "active", "none");
	trace_set_state(t, 5203 * DUR_MS + 1, "lagg0", "active", "hn0");
	assert_string_equal(why(5000, 5204),
	    "because lagg0 had no active port for 203ms");
	trace_set_state(t, 9 * DUR_SEC, "vm", "frozen", "yes");
	trace_set_state(t, 9300 * DUR_MS, "vm", "frozen", "no");
	assert_string_equal(why(9000, 9300),
	    "because the VM was frozen for 300ms");
}

static void
the_nearer_of_two_stories_is_told(void **state)
{
	(void)state;
	vf(10000100, "VF_DOWN");
	ifnet(10010100, "hn0", "LINK_UP");
	trace_set_state(t, 10990 * DUR_MS, "lagg0", "active", "mce0");
	vf(10900000, "VF_UP");
	assert_string_equal(why(10900, 11000),
	    "because mce0 became lagg0's active port only 90ms after VF_UP");
	assert_string_equal(why(10000, 10011),
	    "because hn0's link came 10ms after VF_DOWN");
}

static void
a_state_that_was_over_is_not_blamed(void **state)
{
	(void)state;
	trace_set_state(t, 4500 * DUR_MS, "lagg0", "active", "none");
	trace_set_state(t, 4600 * DUR_MS, "lagg0", "active", "hn0");
	assert_string_equal(why(5000, 5010), "401ms after lagg0 active hn0");
}

static void
what_merely_happened_is_put_beside(void **state)
{
	(void)state;
	record(7989000, "-mlx5_core0 at slot=2 on pci1");
	assert_string_equal(why(8000, 8002), "12ms after -mlx5_core0");
	assert_string_equal(why(60000, 60002),
	    "with nothing recorded for 5s before: look at the host, the wire "
	    "or the sender");
	assert_int_equal(t->gaps[1].record, TRACE_NONE);
}

static void
another_storys_records_are_not_blamed(void **state)
{
	(void)state;
	vf(1000000, "VF_DOWN");
	ifnet(1010000, "hn0", "LINK_UP");
	assert_string_equal(why(4000, 4010), "2.991s after IFNET hn0 LINK_UP");
}

static void
without_a_recording_nothing_is_said(void **state)
{
	(void)state;
	assert_string_equal(why(4000, 4010), "");
}

/* --- clocks --- */

static void
a_recording_is_found_on_its_clock(void **state)
{
	const int64_t epoch = 1700000000 * DUR_SEC;
	struct trace *run = trace_new(), *made = trace_new();
	int64_t shift;

	(void)state;
	run->run.start_ns = epoch;
	run->run.end_ns = epoch + 60 * DUR_SEC;
	assert_true(beside_clock(run, epoch, epoch + DUR_SEC,
	    epoch + 2 * DUR_SEC, &shift));
	assert_true(shift == 0);
	assert_false(beside_clock(run, epoch, 2 * epoch, 2 * epoch, &shift));
	made->run.end_ns = 60 * DUR_SEC;
	assert_false(beside_clock(made, epoch, epoch, epoch, &shift));
	free(made->run.kind);
	made->run.kind = mem_str("simulated");
	assert_true(beside_clock(made, epoch, epoch, epoch, &shift));
	assert_true(shift == epoch);
	trace_add_record(made, 5, "x", 1);
	trace_set_state(made, 6, "hn0", "up", "yes");
	beside_take(made, epoch, t);
	assert_true(t->records[0].emit_ns == epoch + 5);
	assert_true(t->records[0].read_ns == TRACE_OPEN);
	assert_true(t->states[0].at_ns == epoch + 6);
	trace_free(run);
	trace_free(made);
}

static void
the_aggregate_beside_a_recording_becomes_states(void **state)
{
	static const char lines[] =
	    "1.0 proto=2 ports=2: vmx0=0x0 hn0=0x5 media_status=0x3\n"
	    "2.0 proto=2 ports=2: vmx0=0x4 hn0=0x1 media_status=0x3\n"
	    "3.0 proto=2 ports=2: vmx0=0x0 hn0=0x1 media_status=0x3\n";
	struct recording *r = recording_new("x", "x");

	(void)state;
	r->beside = witness_new();
	assert_true(witness_take(r->beside, ".lagg", lines, sizeof(lines) - 1));
	beside_witness(r, t);
	assert_int_equal(t->n_states, 3);
	assert_string_equal(t->states[0].value, "hn0");
	assert_string_equal(t->states[1].value, "vmx0");
	assert_string_equal(t->states[2].value, "none");
	recording_free(r);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_synthetic_links_delay_is_blamed),
		T(a_vf_that_died_first_is_told),
		T(a_vf_that_is_up_and_not_active_is_blamed),
		T(a_flap_is_told_with_its_end),
		T(states_alone_explain_too),
		T(the_nearer_of_two_stories_is_told),
		T(a_state_that_was_over_is_not_blamed),
		T(what_merely_happened_is_put_beside),
		T(another_storys_records_are_not_blamed),
		T(without_a_recording_nothing_is_said),
		T(a_recording_is_found_on_its_clock),
		T(the_aggregate_beside_a_recording_becomes_states),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
