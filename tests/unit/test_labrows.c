/* SPDX-License-Identifier: BSD-2-Clause */
/* sim/lab/labrows.h: two clocks, two observers, a killed daemon. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
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

/* --- many records, few texts --- */

#define TEXTS  5
#define LIVE   300
#define FLIGHT 200

struct model { /* what take_record() is to do, in the plainest way */
	struct {
		unsigned text;
		int64_t at, until;
	} list[LIVE + 2 * FLIGHT];
	size_t n;
};

static unsigned
next_number(uint32_t *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 16;
}

static void
model_read(struct model *m, unsigned text, int64_t read_ns)
{
	size_t i;

	for (i = 0; i < m->n; i++)
		if (m->list[i].text == text && m->list[i].until == TRACE_OPEN)
			break;
	if (i == m->n) {
		m->list[i].text = text;
		m->list[i].at = read_ns;
		m->n++;
	}
	m->list[i].until = read_ns;
	if (m->list[i].at > read_ns)
		m->list[i].at = read_ns;
}

static struct trace *
many_read(struct model *m, uint32_t *state, int64_t from_ns)
{
	struct trace *f = trace_new();
	char text[16];
	int64_t read_ns;
	int32_t row;
	unsigned i, k;

	for (i = 0; i < FLIGHT; i++) {
		k = next_number(state) % TEXTS;
		snprintf(text, sizeof(text), "!%u", k);
		/* Some are in a recording that were not read. */
		read_ns = next_number(state) % 7 == 0 ? TRACE_OPEN
						      : from_ns + (int64_t)i;
		row = trace_add_record(f, from_ns, text, strlen(text));
		f->records[row].read_ns = read_ns;
		model_read(m, k, read_ns);
	}
	return f;
}

/* As labrows_end() does it: by time, then as told. */
static void
model_end(const struct model *m, struct trace *t)
{
	bool put[LIVE + 2 * FLIGHT] = { false };
	size_t done, best, i;
	char text[16];
	int64_t at, least;
	int32_t row;

	for (done = 0; done < m->n; done++) {
		best = SIZE_MAX;
		least = 0;
		for (i = 0; i < m->n; i++) {
			at = m->list[i].at + 1000 - 5000;
			at = at < 0 ? 0 : at;
			if (!put[i] && (best == SIZE_MAX || at < least)) {
				best = i;
				least = at;
			}
		}
		put[best] = true;
		snprintf(text, sizeof(text), "!%u", m->list[best].text);
		row = trace_add_record(t, least, text, strlen(text));
		at = m->list[best].until;
		t->records[row].read_ns =
		    at == TRACE_OPEN ? at : at + 1000 - 5000;
		t->records[row].fate =
		    at == TRACE_OPEN ? TRACE_RECORD_NOBODY : TRACE_RECORD_READ;
	}
}

static void
test_equal_records_are_read_oldest_first(void **state)
{
	struct labrows *r = labrows_new();
	struct trace *t, *wanted = trace_new();
	struct strbuf got = { 0 }, want = { 0 };
	struct model m = { .n = 0 };
	uint32_t seed = 7;
	size_t states;
	char text[16];
	unsigned i, k;

	(void)state;
	for (i = 0; i < LIVE; i++) {
		k = next_number(&seed) % TEXTS;
		snprintf(text, sizeof(text), "!%u", k);
		m.list[m.n].text = k;
		m.list[m.n].at = 5000 + next_number(&seed) % 1000;
		m.list[m.n].until = TRACE_OPEN;
		labrows_record(r, m.list[m.n++].at, text, strlen(text));
	}
	for (i = 0; i < 2; i++) {
		labrows_daemon(r, LABROWS_HOST, 0, true);
		labrows_flight(r, many_read(&m, &seed, 5300 + 300 * i));
		labrows_daemon(r, LABROWS_HOST, 0, false);
	}
	t = end(r);
	model_end(&m, wanted);
	states = t->n_states; /* the daemon's are left out */
	t->n_states = 0;
	trace_dump(t, &got);
	t->n_states = states;
	trace_dump(wanted, &want);
	assert_string_equal(strbuf_str(&got), strbuf_str(&want));
	assert_true(m.n > LIVE);
	strbuf_fini(&got);
	strbuf_fini(&want);
	trace_free(wanted);
	trace_free(t);
}

/* --- a flood --- */

static void
test_a_flood_is_counted_and_not_kept(void **state)
{
	struct labrows *r = labrows_new();
	struct trace *t;
	size_t i;

	(void)state;
	for (i = 0; i < LABROWS_MOST; i++)
		labrows_log(r, 4200, "x");
	assert_int_equal(labrows_left_out(r), 0);
	labrows_log(r, 4200, "x");
	labrows_record(r, 4200, "!a", 2);
	labrows_note(r, LABROWS_HOST, 4200, "host", "x");
	labrows_state(r, LABROWS_GUEST, 4200, "eth0", "exists", "yes");
	assert_int_equal(labrows_left_out(r), 4);
	t = end(r);
	assert_int_equal(t->n_notes, LABROWS_MOST);
	assert_int_equal(t->n_records + t->n_states, 0);
	trace_free(t);
}

static void
test_nor_are_few_but_long_rows(void **state)
{
	static char raw[32768];
	struct labrows *r = labrows_new();
	const size_t n = LABROWS_BYTES / sizeof(raw);
	struct trace *t;
	size_t i;

	(void)state;
	memset(raw, 'x', sizeof(raw));
	for (i = 0; i < n; i++)
		labrows_record(r, 4200, raw, sizeof(raw));
	assert_int_equal(labrows_left_out(r), 0);
	labrows_record(r, 4200, raw, 1);
	labrows_record(r, 4200, raw, SIZE_MAX);
	assert_int_equal(labrows_left_out(r), 2);
	t = end(r);
	assert_int_equal(t->n_records, n);
	trace_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_clock),
		cmocka_unit_test(test_two_observers),
		cmocka_unit_test(test_killed),
		cmocka_unit_test(test_equal_records_are_read_oldest_first),
		cmocka_unit_test(test_a_flood_is_counted_and_not_kept),
		cmocka_unit_test(test_nor_are_few_but_long_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
