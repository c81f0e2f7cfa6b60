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
#include "base/strbuf.h"
#include "scn_text.h"
#include "sim/judge/judge.h"

#define MS DUR_MS

/* What the stage says of p4: 172 lost at a gap between 34.9 and 35.2 s. */
static bool
stage(void *ctx, const char *name, int64_t from_ns, int64_t until_ns,
    struct judge_probe *out)
{
	int *asked = ctx;

	(*asked)++;
	if (strcmp(name, "p4") != 0)
		return false;
	memset(out, 0, sizeof(*out));
	if (from_ns >= 50000 * MS)
		return true; /* nothing was sent any more */
	out->sent = (uint64_t)((until_ns - from_ns) / MS);
	if (from_ns > 34900 * MS || until_ns < 35200 * MS)
		return true;
	out->lost = 172;
	out->refused = 3;
	out->duplicated = 2;
	out->reordered = 1;
	out->longest_gap_ns = 175 * MS;
	out->longest_gap_at_ns = 35148 * MS;
	return true;
}

static struct trace *
rows(void)
{
	static const char queued[] = "!system=IFNET type=LINK_UP\0subsystem=x";
	struct trace *t = trace_new();
	struct trace_probe *p;
	int i;

	t->run.end_ns = 60000 * MS;
	trace_add_mark(t, 10000 * MS, "gone");
	trace_add_mark(t, 50000 * MS, "quiet");
	for (i = 1; i <= 3; i++)
		trace_add_record(t, i * 10000 * MS, queued, sizeof(queued) - 1);
	trace_begin_operation(t, 10000 * MS, "lagg0 port-add mce0", "", 0);
	trace_begin_operation(t, 30000 * MS, "mce0 up", "", 0);
	trace_begin_command(t, 20000 * MS, "/sbin/ifconfig mce0 up", 0);
	trace_add_firing(t, 30000 * MS, 0, "hyperv.conf", 12, "vfattach mce0",
	    "command");
	trace_add_note(t, 40000 * MS, "engine", "mce0's link is lost");
	trace_add_note(t, 60000 * MS, "kernel", "hn0: link state changed");
	for (i = 0; i < 2; i++) {
		p = MEM_PUSH(t->probes, t->n_probes, t->cap_probes);
		p->name = mem_str("p4");
		p->way = mem_str(i == 0 ? "out" : "in");
		p->sent = 1000;
		p->lost = 5;
		p->send_errors = 2;
		p->longest_gap_ns = (i + 1) * 10 * MS;
		p->longest_gap_at_ns = (i + 1) * 1000 * MS;
	}
	return t;
}

static void
expect_with(judge_probe_fn *probe, const char *line, enum trace_verdict verdict,
    int64_t at_ns, const char *happened)
{
	struct trace *t = rows();
	struct strbuf text = { 0 };
	struct trace_check *c;
	struct scenario *s;
	int asked = 0;

	strbuf_addf(&text,
	    "probe other udp rate 1/s\n"
	    "at 10s mark gone\nat 50s mark quiet\nat 60s end\nexpect %s\n",
	    line);
	s = scn_text_parse(text.data);
	judge_run(s, "native", t, probe, &asked);
	c = &t->checks[0];
	if (c->verdict != verdict || c->at_ns != at_ns ||
	    strcmp(c->happened, happened) != 0)
		print_error("%s\n\tverdict %d at %lld: %s\n", line,
		    (int)c->verdict, (long long)c->at_ns, c->happened);
	assert_string_equal(c->happened, happened);
	assert_int_equal(c->verdict, verdict);
	assert_int_equal(c->at_ns, at_ns);
	strbuf_fini(&text);
	scenario_free(s);
	trace_free(t);
}

static void
passes(const char *line, int64_t at_ns, const char *happened)
{
	expect_with(stage, line, TRACE_PASS, at_ns, happened);
}

static void
fails(const char *line, int64_t at_ns, const char *happened)
{
	expect_with(stage, line, TRACE_FAIL, at_ns, happened);
}

static void
a_probe_says_each_number_and_what_was_allowed(void **state)
{
	(void)state;
	passes("p4 lost <= 172 gap <= 175ms", 35148 * MS,
	    "lost 172; gap 175ms; 60000 sent; longest gap 175ms at 35.148");
	fails("p4 lost <= 171 gap < 175ms duplicated == 2", 35148 * MS,
	    "lost 172, allowed at most 171; gap 175ms, allowed less than "
	    "175ms; duplicated 2; 60000 sent; longest gap 175ms at 35.148");
	passes("p4 lost 100..172 refused == 3 reordered != 0 sent > 0",
	    35148 * MS,
	    "lost 172; refused 3; reordered 1; sent 60000; 60000 sent; "
	    "longest gap 175ms at 35.148");
	fails("p4 lost 173..200", 35148 * MS,
	    "lost 172, allowed at least 173; 60000 sent; longest gap 175ms "
	    "at 35.148");
	fails("p4 lost 100..171", 35148 * MS,
	    "lost 172, allowed at most 171; 60000 sent; longest gap 175ms at "
	    "35.148");
}

static void
a_probe_is_asked_for_the_window_only(void **state)
{
	(void)state;
	passes("p4 lost == 0 between start and gone", TRACE_OPEN,
	    "lost 0; 10000 sent");
	fails("p4 lost == 0 between gone and end", 35148 * MS,
	    "lost 172, allowed exactly 0; 50000 sent; longest gap 175ms at "
	    "35.148");
}

static void
a_probe_that_sent_nothing_proves_nothing(void **state)
{
	(void)state;
	fails("p4 lost == 0 between quiet and end", TRACE_OPEN,
	    "probe p4 sent nothing between the marks");
	passes("p4 lost == 0 sent == 0 between quiet and end", TRACE_OPEN,
	    "lost 0; sent 0; 0 sent");
	fails("other lost == 0", TRACE_OPEN, "no probe other was sent");
	fails("other lost == 0 known-fault native: \"x\"", TRACE_OPEN,
	    "no probe other was sent");
}

static void
without_a_stage_the_rows_of_the_trace_are_summed_up(void **state)
{
	(void)state;
	expect_with(NULL, "p4 lost == 14 refused == 4 gap == 20ms", TRACE_PASS,
	    2000 * MS,
	    "lost 14; refused 4; gap 20ms; 2000 sent; longest gap 20ms at "
	    "2.000");
	expect_with(NULL, "p4 lost < 14", TRACE_FAIL, 2000 * MS,
	    "lost 14, allowed less than 14; 2000 sent; longest gap 20ms at "
	    "2.000");
	expect_with(NULL, "p4 lost < 99 between gone and end", TRACE_FAIL,
	    TRACE_OPEN, "this run has no probe numbers between marks");
}

static void
rows_are_counted_inside_the_window(void **state)
{
	(void)state;
	passes("count record \"LINK_UP\" == 3", 30000 * MS,
	    "counted 3; the first at 10.000, the last at 30.000");
	fails("count record \"LINK_UP\" > 3", 30000 * MS,
	    "counted 3, expected more than 3; the first at 10.000, the last "
	    "at 30.000");
	passes("count record \"LINK_UP\" 2..3", 30000 * MS,
	    "counted 3; the first at 10.000, the last at 30.000");
	fails("count record \"LINK_UP\" 0..2", 30000 * MS,
	    "counted 3, expected at most 2; the first at 10.000, the last at "
	    "30.000");
	fails("count record \"LINK_UP\" 4..9", 30000 * MS,
	    "counted 3, expected at least 4; the first at 10.000, the last "
	    "at 30.000");
	passes("count note \"link state\" == 1", 60000 * MS,
	    "counted 1; at 60.000");
	/* The kernel raises none. */
	passes("no alarm \"link state\"", TRACE_OPEN, "counted 0");
	fails("alarm \"link state\"", TRACE_OPEN,
	    "counted 0, expected at least 1");
	passes("alarm \"is lost\"", 40000 * MS, "counted 1; at 40.000");
	passes("count record \"subsystem=x\" == 3", 30000 * MS,
	    "counted 3; the first at 10.000, the last at 30.000");
	passes("count record \"LINK_UP\" == 0 between start and gone",
	    TRACE_OPEN, "counted 0");
	passes("count record \"LINK_UP\" == 3 between gone and quiet",
	    30000 * MS, "counted 3; the first at 10.000, the last at 30.000");
	passes("count record \"LINK_UP\" == 0 between quiet and end",
	    TRACE_OPEN, "counted 0");
	fails("count record \"LINK_DOWN\" >= 1", TRACE_OPEN,
	    "counted 0, expected at least 1");
}

static void
every_kind_of_row_is_looked_through(void **state)
{
	(void)state;
	passes("count operation \"lagg0 port-add\" == 1", 10000 * MS,
	    "counted 1; at 10.000");
	passes("count command \"ifconfig mce0\" == 1", 20000 * MS,
	    "counted 1; at 20.000");
	passes("count rule \"hyperv.conf:12 vfattach\" == 1", 30000 * MS,
	    "counted 1; at 30.000");
	passes("count note \"kernel: hn0: link\" == 1", 60000 * MS,
	    "counted 1; at 60.000");
	fails("count operation \"ifconfig\" == 1", TRACE_OPEN,
	    "counted 0, expected exactly 1");
}

static void
an_order_takes_each_row_behind_the_one_before(void **state)
{
	(void)state;
	passes("order operation \"port-add\" then command \"ifconfig\" then "
	       "operation \"mce0 up\" then rule \"vfattach\"",
	    30000 * MS,
	    "operation at 10.000, then command at 20.000, then operation at "
	    "30.000, then rule at 30.000");
	fails("order operation \"mce0 up\" then operation \"port-add\"",
	    30000 * MS, "operation at 30.000; then no operation \"port-add\"");
	fails("order operation \"mce0 up\" then command \"ifconfig\"",
	    30000 * MS, "operation at 30.000; then no command \"ifconfig\"");
	passes("order record \"LINK_UP\" then record \"LINK_UP\" then record "
	       "\"LINK_UP\"",
	    30000 * MS,
	    "record at 10.000, then record at 20.000, then record at 30.000");
	fails("order note \"nothing\" then note \"link\"", TRACE_OPEN,
	    "no note \"nothing\"");
}

/* A long trace against many expectations: each is a search and a walk over
 * its own rows. Quadratic work would take minutes here. */
static void
a_long_trace_is_judged_in_a_moment(void **state)
{
	struct trace *t = trace_new();
	struct strbuf text = { 0 };
	struct scenario *s;
	char object[16];
	int i;

	(void)state;
	for (i = 0; i < 100000; i++) {
		snprintf(object, sizeof(object), "hn%d", i % 500);
		trace_set_state(t, i * MS, object, "active",
		    i / 500 % 2 == 0 ? "mce0" : "none");
	}
	t->run.end_ns = 100000 * MS;
	for (i = 0; i < 2000; i++)
		strbuf_addf(&text, "expect hn%d active none %s\n", i % 500,
		    i % 2 == 0 ? "eventually" : "finally");
	s = scn_text_parse(text.data);
	assert_true(judge_run(s, "native", t, NULL, NULL));
	assert_int_equal(t->n_checks, 2000);
	strbuf_fini(&text);
	scenario_free(s);
	trace_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_probe_says_each_number_and_what_was_allowed),
		cmocka_unit_test(a_probe_is_asked_for_the_window_only),
		cmocka_unit_test(a_probe_that_sent_nothing_proves_nothing),
		cmocka_unit_test(
		    without_a_stage_the_rows_of_the_trace_are_summed_up),
		cmocka_unit_test(rows_are_counted_inside_the_window),
		cmocka_unit_test(every_kind_of_row_is_looked_through),
		cmocka_unit_test(an_order_takes_each_row_behind_the_one_before),
		cmocka_unit_test(a_long_trace_is_judged_in_a_moment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
