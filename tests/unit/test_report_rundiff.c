/* SPDX-License-Identifier: BSD-2-Clause */
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
#include "report/rundiff.h"
#include "report_rig.h"

#define RUNS_MAX 16

/* Facts of the runs of both sides. */
struct rig {
	struct rundiff_facts *before[RUNS_MAX], *after[RUNS_MAX];
	size_t n_before, n_after;
	struct rundiff *diff;
	struct strbuf out;
};

static int
make_rig(void **state)
{
	*state = mem_zero(1, sizeof(struct rig));
	return 0;
}

static int
free_rig(void **state)
{
	struct rig *r = *state;
	size_t i;

	rundiff_free(r->diff);
	for (i = 0; i < r->n_before; i++)
		rundiff_facts_free(r->before[i]);
	for (i = 0; i < r->n_after; i++)
		rundiff_facts_free(r->after[i]);
	strbuf_fini(&r->out);
	free(r);
	return 0;
}

/* A run in virtual time. */
static struct trace *
simulated(const char *policy)
{
	struct trace *t = rig_migration(policy);

	rig_set(&t->run.kind, "simulated");
	return t;
}

/* Both take the trace. */
static void
add_before(struct rig *r, struct trace *t)
{
	r->before[r->n_before] =
	    rundiff_facts_new(t, (int64_t)r->n_before + 1, trace_hash(t));
	r->n_before++;
	trace_free(t);
}

static void
add_after(struct rig *r, struct trace *t)
{
	r->after[r->n_after] =
	    rundiff_facts_new(t, (int64_t)r->n_after + 1, trace_hash(t));
	r->n_after++;
	trace_free(t);
}

static const struct rundiff_case *
compare(struct rig *r)
{
	r->diff = rundiff_new(r->before, r->n_before, r->after, r->n_after,
	    &rundiff_default_rule);
	return &r->diff->cases[0];
}

static const char *
write(struct rig *r, enum rundiff_format format)
{
	const struct rundiff_side before = { "a.db", r->n_before };
	const struct rundiff_side after = { "b.db", r->n_after };

	strbuf_reset(&r->out);
	rundiff_write(format, r->diff, &before, &after, false, &r->out);
	return strbuf_str(&r->out);
}

static void
assert_told(struct rig *r, const char *text)
{
	if (strstr(write(r, RUNDIFF_TEXT), text) == NULL)
		fail_msg("not in\n%s", strbuf_str(&r->out));
	rig_expect_lines(strbuf_str(&r->out), 120, false);
}

static void
assert_grade(struct rig *r, enum rundiff_grade grade)
{
	assert_int_equal(compare(r)->grade, grade);
	assert_int_equal(r->diff->grades[grade], 1);
}

static struct trace *
measured(uint64_t lost, int64_t gap_ns)
{
	struct trace *t = rig_migration("native");

	rig_set(&t->run.kind, "recorded");
	t->probes[0].lost = lost;
	t->probes[0].longest_gap_ns = gap_ns;
	return t;
}

static void
equal_runs_are_the_same(void **state)
{
	struct rig *r = *state;
	struct trace *t = simulated("native");

	/* Neither the version nor the place of the source counts. */
	rig_set(&t->run.version, "9");
	rig_set(&t->run.source, "/elsewhere/a.scn");
	add_before(r, simulated("native"));
	add_after(r, t);
	assert_grade(r, RUNDIFF_SAME);
	assert_int_equal(r->diff->compared, 1);
	assert_int_equal(r->diff->cases[0].n_findings, 0);
	assert_told(r,
	    "1 case compared: 0 worse, 0 still failing, 0 better, "
	    "0 changed, 1 the same\n");
}

static void
a_failure_is_new_still_there_or_mended(void **state)
{
	struct rig *r = *state;
	struct trace *a = simulated("native"), *b = simulated("native");

	rig_check(a, TRACE_PASS, "turns bad", 1);
	rig_check(b, TRACE_FAIL, "turns bad", 1);
	rig_check(a, TRACE_FAIL, "stays bad", 1);
	rig_check(b, TRACE_FAIL, "stays bad", 1);
	rig_check(a, TRACE_MENDED, "turns good", 1);
	rig_check(b, TRACE_PASS, "turns good", 1);
	rig_check(a, TRACE_FAIL, "goes", 1);
	rig_check(b, TRACE_SKIP, "goes", 1);
	rig_check(a, TRACE_KNOWN_FAULT, "known", 1);
	rig_check(b, TRACE_PASS, "known", 1);
	add_before(r, a);
	add_after(r, b);
	assert_grade(r, RUNDIFF_WORSE);
	assert_int_equal(r->diff->cases[0].n_findings, 4);
	assert_told(r,
	    "  new failure    a.scn:20 turns bad: held -> what happened\n"
	    "  still failing  a.scn:21 stays bad: what happened -> what "
	    "happened\n"
	    "  mended         a.scn:22 turns good: what happened -> held\n"
	    "  not asked now  a.scn:23 goes: what happened -> not asked\n");
}

/* The second of two equal expectations is compared with the second. */
static void
equal_expectations_are_told_apart(void **state)
{
	struct rig *r = *state;
	struct trace *a = simulated("native"), *b = simulated("native");

	rig_check(a, TRACE_PASS, "x", 1);
	rig_check(a, TRACE_FAIL, "x", 1);
	rig_check(b, TRACE_PASS, "x", 1);
	rig_check(b, TRACE_FAIL, "x", 1);
	add_before(r, a);
	add_after(r, b);
	assert_grade(r, RUNDIFF_STILL);
	assert_int_equal(r->diff->cases[0].n_findings, 1);
	assert_told(r, "a.scn:21 x #2: what happened -> what happened\n");
}

static void
virtual_time_is_compared_exactly(void **state)
{
	struct rig *r = *state;
	struct trace *t = simulated("native");
	struct rundiff_case *c;
	struct trace *a = simulated("native");

	t->states[t->n_states - 1].at_ns += DUR_US;
	t->probes[0].lost++;
	t->probes[0].longest_gap_ns -= DUR_US;
	add_before(r, simulated("native"));
	add_after(r, t);
	assert_grade(r, RUNDIFF_WORSE);
	assert_told(r,
	    "worse: VF ejected [native, seed 7], run 1 -> run 1\n"
	    "  slower         hn0 after vf eject mce0: 10.5ms -> 10.501ms\n"
	    "  more lost      p1: 10 -> 11\n"
	    "  shorter gap    p1: 11ms -> 10.999ms\n"
	    "  other course   trace hash: ");
	/* Where they part. */
	t = simulated("native");
	t->states[t->n_states - 1].at_ns += DUR_US;
	c = &r->diff->cases[0];
	rundiff_note_course(rundiff_course(c), a, t);
	assert_told(r,
	    "                 first before  state 15 5.010500000 \"lagg0\" "
	    "\"active\" \"hn0\"\n"
	    "                 first after   state 15 5.010501000 \"lagg0\" "
	    "\"active\" \"hn0\"\n");
	trace_free(a);
	trace_free(t);
}

static void
better_is_not_worse(void **state)
{
	struct rig *r = *state;
	struct trace *t = simulated("native");

	t->states[t->n_states - 1].at_ns -= DUR_MS;
	t->probes[0].lost = 0;
	t->probes[0].send_errors = 9;
	add_before(r, simulated("native"));
	add_after(r, t);
	assert_grade(r, RUNDIFF_BETTER);
	assert_told(r,
	    "  faster         hn0 after vf eject mce0: 10.5ms -> "
	    "9.5ms\n");
	assert_told(r, "  fewer lost     p1: 10 -> 9\n");
}

static void
another_end_is_worse_and_another_port_on_the_way_is_not(void **state)
{
	struct rig *r = *state;
	struct trace *t = simulated("native");

	trace_set_state(t, 6 * DUR_SEC, "lagg0", "active", "none");
	trace_set_state(t, 7 * DUR_SEC, "route", "default", "none");
	add_before(r, simulated("native"));
	add_after(r, t);
	assert_grade(r, RUNDIFF_WORSE);
	assert_told(r,
	    "  other end      aggregates: lagg0: active hn0 of hn0 mce0 -> "
	    "lagg0: active none of hn0 mce0\n"
	    "  other end      default route: 10.0.0.1 via lagg0 -> none\n"
	    "  other port     vf eject mce0: hn0 -> none\n");
}

static void
work_and_odd_packets_are_changes(void **state)
{
	struct rig *r = *state;
	struct trace *t = simulated("native");

	trace_begin_operation(t, 6 * DUR_SEC, "lagg0 up", "", TRACE_NONE);
	t->probes[0].duplicated = UINT64_MAX;
	t->run.cut = true;
	add_before(r, simulated("native"));
	add_after(r, t);
	assert_grade(r, RUNDIFF_CHANGED);
	assert_told(r,
	    "  packets        p1 duplicated: 0 -> 9.22337203685478e"
	    "+18\n  other work     operations: 1 -> 2\n");
	assert_told(r, "recording: finished -> not finished\n");
}

/* One run on a side tells nothing of the spread: half as much again. */
static void
a_single_measurement_needs_a_large_difference(void **state)
{
	struct rig *r = *state;

	add_before(r, measured(100, 100 * DUR_MS));
	add_after(r, measured(149, 149 * DUR_MS));
	assert_grade(r, RUNDIFF_SAME);
	assert_told(r, "50 % while neither side has 3 runs");
	rundiff_free(r->diff);
	add_before(r, measured(100, 100 * DUR_MS));
	add_after(r, measured(155, 155 * DUR_MS));
	assert_grade(r, RUNDIFF_WORSE); /* of 149 and 155, half is 152 */
	assert_told(r,
	    "  more lost      p1: 100 -> 152 (noise 50, of 2 and 2)"
	    "\n  longer gap     p1: 100ms -> 152ms (noise 50ms, of 2 "
	    "and 2)\n");
}

static void
of_a_sample_the_median_counts_and_the_spread_is_noise(void **state)
{
	static const uint64_t before[] = { 100, 90, 110, 100, 500 };
	struct rig *r = *state;
	const struct rundiff_case *c;
	size_t i;

	/* Median 100, deviations 0 0 10 10 400: spread 10. */
	for (i = 0; i < 5; i++)
		add_before(r, measured(before[i], 0));
	for (i = 0; i < 3; i++)
		add_after(r, measured(144, 0)); /* 3 * 1.4826 * 10 = 44.478 */
	assert_grade(r, RUNDIFF_SAME);
	rundiff_free(r->diff);
	for (i = 0; i < 4; i++)
		add_after(r, measured(145, 0));
	c = compare(r);
	assert_int_equal(c->grade, RUNDIFF_WORSE);
	assert_int_equal(c->n_findings, 1);
	assert_true(c->findings[0].value_before == 100);
	assert_true(c->findings[0].value_after == 145);
	assert_true(c->findings[0].noise > 44.4 && c->findings[0].noise < 44.5);
}

/* The spread after counts as well as that before. */
static void
the_larger_spread_of_both_sides_is_the_noise(void **state)
{
	struct rig *r = *state;
	size_t i;

	for (i = 0; i < 3; i++)
		add_before(r, measured(100, 0));
	for (i = 0; i < 3; i++)
		add_after(r, measured(120 + 10 * i, 0));
	assert_grade(r, RUNDIFF_SAME);
}

static void
small_numbers_have_a_floor(void **state)
{
	struct rig *r = *state;
	size_t i;

	for (i = 0; i < 3; i++)
		add_before(r, measured(0, 2 * DUR_MS));
	for (i = 0; i < 3; i++)
		add_after(r, measured(2, 7 * DUR_MS));
	assert_grade(r, RUNDIFF_SAME);
	rundiff_free(r->diff);
	for (i = 0; i < 4; i++)
		add_after(r, measured(3, 7001 * DUR_US));
	assert_grade(r, RUNDIFF_WORSE);
	assert_int_equal(r->diff->cases[0].n_findings, 2);
}

/* Two packets of a slow stream cannot be told apart. */
static void
a_gap_is_not_known_better_than_two_periods(void **state)
{
	struct rig *r = *state;
	struct trace *a = measured(0, DUR_MS), *b = measured(0, 200 * DUR_MS);

	a->probes[0].period_ns = b->probes[0].period_ns = 100 * DUR_MS;
	add_before(r, a);
	add_after(r, b);
	assert_grade(r, RUNDIFF_SAME);
}

static void
failures_of_a_sample_are_counted(void **state)
{
	struct rig *r = *state;
	struct trace *t;
	int i;

	for (i = 0; i < 3; i++) {
		t = measured(0, 0);
		rig_check(t, TRACE_PASS, "x", 1);
		add_before(r, t);
		t = measured(0, 0);
		rig_check(t, i == 1 ? TRACE_FAIL : TRACE_PASS, "x", 1);
		add_after(r, t);
	}
	assert_grade(r, RUNDIFF_WORSE);
	assert_told(r, "a.scn:20 x: held -> 1 of 3 failed: what happened\n");
}

static void
an_end_that_came_before_too_is_no_other_end(void **state)
{
	struct rig *r = *state;
	struct trace *t;
	int i;

	for (i = 0; i < 3; i++) {
		t = measured(0, 0);
		if (i == 2)
			trace_set_state(t, 6 * DUR_SEC, "route", "default",
			    "none");
		add_before(r, t);
	}
	t = measured(0, 0);
	trace_set_state(t, 6 * DUR_SEC, "route", "default", "none");
	add_after(r, t);
	assert_grade(r, RUNDIFF_SAME);
}

/* Kind, title, policy and seed make a case; of virtual time, the newest run
 * stands for it. */
static void
runs_are_matched_by_what_they_are_of(void **state)
{
	struct rig *r = *state;
	struct trace *t;
	size_t i;

	add_before(r, simulated("stock"));
	add_before(r, simulated("native"));
	t = simulated("native");
	t->run.seed = 8;
	add_before(r, t);
	t = simulated("native");
	t->probes[0].lost = 99; /* an older one: it does not count */
	add_after(r, t);
	add_after(r, simulated("native"));
	t = simulated("native");
	rig_set(&t->run.kind, "replay-open");
	add_after(r, t);
	t = simulated("stock");
	rig_set(&t->run.title, "new one");
	add_after(r, t);
	compare(r);
	assert_int_equal(r->diff->n_cases, 5);
	assert_int_equal(r->diff->compared, 1);
	assert_int_equal(r->diff->only_before, 2);
	assert_int_equal(r->diff->only_after, 2);
	assert_int_equal(r->diff->grades[RUNDIFF_SAME], 1);
	for (i = 1; i < RUNDIFF_GRADES; i++)
		assert_int_equal(r->diff->grades[i], 0);
	assert_told(r,
	    "\nmissing: VF ejected [stock, seed 7], run 1\n"
	    "missing: VF ejected [native, seed 8], run 3\n"
	    "new: VF ejected [replay-open, native, seed 7], run 3\n"
	    "new: new one [stock, seed 7], run 4\n");
}

static struct trace *
of_source(const char *source, uint64_t lost)
{
	struct trace *t = simulated("native");

	rig_set(&t->run.source, source);
	t->probes[0].lost = lost;
	return t;
}

/* Two scenarios of one title are two cases. */
static void
a_source_tells_runs_of_one_title_apart(void **state)
{
	struct rig *r = *state;

	add_before(r, of_source("a.scn", 1));
	add_before(r, of_source("b.scn", 2));
	add_after(r, of_source("b.scn", 2));
	add_after(r, of_source("/moved/a.scn", 1));
	compare(r);
	assert_int_equal(r->diff->compared, 2);
	assert_int_equal(r->diff->grades[RUNDIFF_SAME], 2);
	rundiff_free(r->diff);
	/* Which of them was moved where? Nobody knows. */
	add_after(r, of_source("c.scn", 3));
	add_before(r, of_source("d.scn", 3));
	compare(r);
	assert_int_equal(r->diff->compared, 1);
	assert_int_equal(r->diff->only_before, 2);
	assert_int_equal(r->diff->only_after, 2);
}

static void
a_new_case_that_fails_is_worse(void **state)
{
	struct rig *r = *state;
	struct trace *t = simulated("stock");

	rig_check(t, TRACE_FAIL, "x", 1);
	add_before(r, simulated("native"));
	add_after(r, simulated("native"));
	add_after(r, t);
	compare(r);
	assert_int_equal(r->diff->grades[RUNDIFF_WORSE], 1);
	assert_int_equal(r->diff->compared, 1);
	assert_told(r,
	    "\nnew, and fails: VF ejected [stock, seed 7], run 2\n"
	    "  new failure    a.scn:20 x: not asked -> what happened\n");
}

static void
nothing_is_like_nothing(void **state)
{
	struct rig *r = *state;

	r->diff = rundiff_new(NULL, 0, NULL, 0, &rundiff_default_rule);
	assert_int_equal(r->diff->compared, 0);
	assert_told(r, "0 cases compared: ");
	rundiff_free(r->diff);
	add_before(r, simulated("stock"));
	compare(r);
	assert_int_equal(r->diff->only_before, 1);
}

static void
two_chosen_runs_are_one_case(void **state)
{
	struct rig *r = *state;
	struct trace *t = simulated("stock");

	t->probes[0].lost = 200;
	add_before(r, simulated("native"));
	add_after(r, t);
	r->diff =
	    rundiff_pair(r->before[0], r->after[0], &rundiff_default_rule);
	assert_int_equal(r->diff->compared, 1);
	assert_int_equal(r->diff->grades[RUNDIFF_WORSE], 1);
	assert_told(r,
	    "worse: VF ejected [native, seed 7] -> VF ejected "
	    "[stock, seed 7], run 1 -> run 1\n"
	    "  more lost      p1: 10 -> 200\n");
}

/* A case with more to say than anybody reads, in odd characters. */
static void
every_form_survives_hostile_text(void **state)
{
	static const char *const odd = "a|b\n\033[31m`<x>` \xff\xe2\x80\xae";
	struct rig *r = *state;
	struct trace *a = simulated(odd), *b = simulated(odd);
	json_error_t error;
	json_t *j;
	int i;

	rig_set(&a->run.title, odd);
	rig_set(&b->run.title, odd);
	for (i = 0; i < 40; i++) {
		rig_check(a, TRACE_PASS, odd, 1);
		rig_check(b, TRACE_FAIL, odd, 1);
	}
	rig_set(&b->checks[0].happened, odd);
	add_before(r, a);
	add_after(r, b);
	compare(r);
	assert_told(r, "  and 28 more (--json has all)\n");
	write(r, RUNDIFF_MARKDOWN);
	assert_null(strchr(strbuf_str(&r->out), '\033'));
	assert_int_equal(rig_times(strbuf_str(&r->out), "\n| worse | "), 12);
	assert_non_null(strstr(strbuf_str(&r->out), "a\\|b"));
	assert_null(strstr(strbuf_str(&r->out), "<x>"));
	j = json_loads(write(r, RUNDIFF_JSON), 0, &error);
	assert_non_null(j);
	assert_int_equal(json_array_size(
			     json_object_get(json_array_get(json_object_get(j,
								"cases"),
						 0),
				 "findings")),
	    40);
	json_decref(j);
}

/* Times that only a damaged store has. */
static void
numbers_at_the_edges_do_no_harm(void **state)
{
	struct rig *r = *state;
	struct trace *a = measured(UINT64_MAX, INT64_MAX);
	struct trace *b = measured(1, INT64_MIN);

	a->probes[0].send_errors = UINT64_MAX;
	a->probes[0].period_ns = INT64_MAX;
	b->probes[0].period_ns = INT64_MIN;
	b->states[b->n_states - 1].at_ns = INT64_MIN;
	a->states[a->n_states - 1].at_ns = INT64_MAX;
	add_before(r, a);
	add_after(r, b);
	compare(r);
	assert_told(r, "1 case compared");
	write(r, RUNDIFF_JSON);
	write(r, RUNDIFF_MARKDOWN);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make_rig, free_rig)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(equal_runs_are_the_same),
		TEST(a_failure_is_new_still_there_or_mended),
		TEST(equal_expectations_are_told_apart),
		TEST(virtual_time_is_compared_exactly),
		TEST(better_is_not_worse),
		TEST(another_end_is_worse_and_another_port_on_the_way_is_not),
		TEST(work_and_odd_packets_are_changes),
		TEST(a_single_measurement_needs_a_large_difference),
		TEST(of_a_sample_the_median_counts_and_the_spread_is_noise),
		TEST(the_larger_spread_of_both_sides_is_the_noise),
		TEST(small_numbers_have_a_floor),
		TEST(a_gap_is_not_known_better_than_two_periods),
		TEST(failures_of_a_sample_are_counted),
		TEST(an_end_that_came_before_too_is_no_other_end),
		TEST(runs_are_matched_by_what_they_are_of),
		TEST(a_source_tells_runs_of_one_title_apart),
		TEST(a_new_case_that_fails_is_worse),
		TEST(nothing_is_like_nothing),
		TEST(two_chosen_runs_are_one_case),
		TEST(every_form_survives_hostile_text),
		TEST(numbers_at_the_edges_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
