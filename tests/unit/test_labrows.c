/* SPDX-License-Identifier: BSD-2-Clause */
/* sim/lab/labrows.h: two clocks, two observers, a killed daemon. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "db/trace.h"
#include "sim/lab/labrows.h"

/* The guest's clock is 1000 behind, and the run begins at 5000. */
static int64_t
host_of(void *ctx, int64_t ns)
{
	(void)ctx;
	return ns + 1000;
}

static struct trace *
end(struct labrows *r)
{
	struct trace *t = trace_new();

	labrows_end(r, host_of, NULL, 5000, t);
	labrows_free(r);
	return t;
}

static void
test_one_clock(void **state)
{
	struct labrows *r = labrows_new();
	struct trace *t;

	(void)state;
	labrows_state(r, LABROWS_GUEST, 4500, "eth1", "exists", "yes");
	labrows_state(r, LABROWS_HOST, 5400, "vm", "frozen", "yes");
	labrows_state(r, LABROWS_GUEST, 3000, "eth0", "exists", "yes");
	labrows_note(r, LABROWS_HOST, 5450, "host", "STOP");
	t = end(r);
	assert_int_equal(t->n_states, 3);
	assert_string_equal(t->states[0].object, "eth0"); /* before the run */
	assert_int_equal(t->states[0].at_ns, 0);
	assert_string_equal(t->states[1].object, "vm");
	assert_int_equal(t->states[1].at_ns, 400);
	assert_int_equal(t->states[2].at_ns, 500);
	assert_int_equal(t->notes[0].at_ns, 450);
	trace_free(t);
}

static struct trace *
flight(void)
{
	struct trace *f = trace_new();
	int32_t first = trace_add_record(f, 4600, "!a", 2), second, op;

	f->records[first].read_ns = 4600;
	second = trace_add_record(f, 4700, "!mine", 5);
	f->records[second].read_ns = 4700;
	trace_add_firing(f, 4710, second, "rules", 3, "echo", "command");
	op = trace_begin_operation(f, 4720, "bond0 port-add eth1", "it is back",
	    second);
	trace_end_operation(f, op, 4730, 16);
	op = trace_begin_command(f, 4740, "echo", first);
	trace_end_command(f, op, 4750, "exit 0");
	trace_begin_operation(f, 4760, "bond0 up", "open", TRACE_NONE);
	return f;
}

/* What both have heard is one record; what only one has, is there too. */
static void
test_two_observers(void **state)
{
	struct labrows *r = labrows_new();
	struct trace *t;

	(void)state;
	labrows_daemon(r, LABROWS_GUEST, 4100, true);
	labrows_record(r, 4590, "!a", 2);
	labrows_record(r, 4595, "!theirs", 7);
	labrows_record(r, 4800, "!a", 2);
	labrows_log(r, 4725, "failover: bond0 port-add eth1 (it is back)");
	labrows_flight(r, flight());
	t = end(r);
	assert_int_equal(t->n_records, 4);
	assert_int_equal(t->records[0].emit_ns, 590);
	assert_int_equal(t->records[0].read_ns, 600);
	assert_int_equal(t->records[0].fate, TRACE_RECORD_READ);
	assert_int_equal(t->records[1].fate, TRACE_RECORD_NOBODY);
	assert_string_equal(t->records[2].raw, "!mine");
	assert_int_equal(t->records[3].fate, TRACE_RECORD_NOBODY);
	assert_int_equal(t->n_operations, 2);
	assert_int_equal(t->operations[0].record, 2);
	assert_int_equal(t->operations[0].result, 16);
	assert_int_equal(t->operations[0].end_ns, 730);
	assert_int_equal(t->operations[1].end_ns, TRACE_OPEN);
	assert_int_equal(t->n_firings, 1);
	assert_int_equal(t->firings[0].record, 2);
	assert_int_equal(t->n_commands, 1);
	assert_int_equal(t->commands[0].record, 0);
	assert_string_equal(t->commands[0].outcome, "exit 0");
	trace_free(t);
}

/* A life without a recording is known by its log. */
static void
test_killed(void **state)
{
	struct labrows *r = labrows_new();
	struct trace *t;

	(void)state;
	labrows_daemon(r, LABROWS_GUEST, 4100, true);
	labrows_log(r, 4200, "failover: bond0 create (it has (two) ports)");
	labrows_log(r, 4210,
	    "failover: bond0 up (open): refused, errno 19 of FreeBSD's");
	labrows_log(r, 4220, "failover: 7 looks, 2 operations, 1 refused");
	labrows_log(r, 4230, "daemon: ready (all)");
	labrows_daemon(r, LABROWS_HOST, 5300, false);
	labrows_daemon(r, LABROWS_GUEST, 4400, true);
	labrows_flight(r, flight());
	t = end(r);
	assert_int_equal(t->n_operations, 4);
	assert_string_equal(t->operations[0].text, "bond0 create");
	assert_string_equal(t->operations[0].why, "it has (two) ports");
	assert_int_equal(t->operations[0].result, 0);
	assert_string_equal(t->operations[1].text, "bond0 up");
	assert_int_equal(t->operations[1].result, 19);
	assert_string_equal(t->operations[2].text, "bond0 port-add eth1");
	assert_int_equal(t->n_notes, 4);
	assert_string_equal(t->states[1].value, "no");
	assert_int_equal(t->states[1].at_ns, 300);
	assert_int_equal(t->n_states, 3);
	trace_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_clock),
		cmocka_unit_test(test_two_observers),
		cmocka_unit_test(test_killed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
