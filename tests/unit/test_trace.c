/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "db/trace.h"
#include "sample_trace.h"

static char *
dump(const struct trace *t)
{
	struct strbuf out = { 0 };

	trace_dump(t, &out);
	return strbuf_take(&out);
}

static void
a_dump_has_one_line_for_each_row(void **state)
{
	struct trace *t = sample_trace();
	char *text = dump(t), *p;
	size_t lines = 0;

	(void)state;
	for (p = text; (p = strchr(p, '\n')) != NULL; p++)
		lines++;
	assert_int_equal(lines,
	    2 + t->n_records + t->n_firings + t->n_operations + t->n_commands +
		t->n_states + t->n_marks + t->n_stimuli + t->n_notes +
		t->n_probes + t->n_gaps + t->n_oddities + t->n_checks +
		t->n_hints + t->n_reached + t->n_setups + t->n_decisions);
	free(text);
	trace_free(t);
}

static void
a_dump_escapes_what_would_break_its_lines(void **state)
{
	struct trace *t = sample_trace();
	char *text = dump(t);

	(void)state;
	assert_non_null(strstr(text,
	    "record 1 0.002000000 dropped - "
	    "\"!a\\x00b\\nc\\\\n \\\"q\\\" \xff\xc3\xa4\"\n"));
	assert_non_null(strstr(text, "on pci1\" cut\n"));
	assert_non_null(strstr(text, "seed 18446744073709551615"));
	free(text);
	trace_free(t);
}

static void
a_dump_prints_a_dash_for_what_has_not_come(void **state)
{
	struct trace *t = sample_trace();
	char *text = dump(t);

	(void)state;
	assert_non_null(
	    strstr(text, "operation 1 0.004000000 - 0 - \"mce0 up\" \"\"\n"));
	assert_non_null(strstr(text, "check 4 skip - \"a.scn\" 24"));
	free(text);
	trace_free(t);
}

static void
equal_runs_have_equal_dumps_and_hashes(void **state)
{
	struct trace *a = sample_trace(), *b = sample_trace();
	char *da = dump(a), *db = dump(b);

	(void)state;
	assert_string_equal(da, db);
	assert_int_equal(trace_hash(a), trace_hash(b));
	free(da);
	free(db);
	trace_free(a);
	trace_free(b);
}

static void
the_hash_changes_with_any_row_but_not_with_the_folder(void **state)
{
	struct trace *a = sample_trace(), *b = sample_trace();
	uint64_t before = trace_hash(a);

	(void)state;
	free(b->run.source);
	b->run.source = mem_str("/elsewhere/a.scn");
	free(b->run.version);
	b->run.version = mem_str("9");
	assert_int_equal(trace_hash(b), before);
	b->records[0].read_ns++;
	assert_int_not_equal(trace_hash(b), before);
	b->records[0].read_ns--;
	b->checks[1].verdict = TRACE_PASS;
	assert_int_not_equal(trace_hash(b), before);
	trace_free(a);
	trace_free(b);
}

static void
a_state_is_a_row_only_when_it_changes(void **state)
{
	struct trace *t = trace_new();

	(void)state;
	assert_int_equal(trace_set_state(t, 0, "hn0", "up", "no"), 0);
	assert_int_equal(trace_set_state(t, 1, "hn0", "up", "no"), TRACE_NONE);
	assert_int_equal(trace_set_state(t, 2, "hn0", "up", "yes"), 1);
	assert_string_equal(trace_get_state(t, "hn0", "up"), "yes");
	assert_null(trace_get_state(t, "hn1", "up"));
	trace_set_state(t, 3, "hn0", "exists", "no");
	assert_null(trace_get_state(t, "hn0", "up"));
	assert_string_equal(trace_get_state(t, "hn0", "exists"), "no");
	trace_free(t);
}

static void
objects_and_fields_that_read_alike_when_joined_are_not_mixed(void **state)
{
	struct trace *t = trace_new();

	(void)state;
	trace_set_state(t, 0, "a", "bc", "1");
	trace_set_state(t, 0, "ab", "c", "2");
	assert_string_equal(trace_get_state(t, "a", "bc"), "1");
	assert_string_equal(trace_get_state(t, "ab", "c"), "2");
	trace_free(t);
}

static void
what_is_forgotten_leaves_the_newest_states(void **state)
{
	struct trace *t = sample_trace();
	size_t kept = 0;

	(void)state;
	trace_forget(t, &kept);
	assert_int_equal(kept, 3); /* lagg0 exists, lagg0 active, mce0 exists */
	assert_int_equal(t->n_states, kept);
	assert_string_equal(t->states[1].value, "hn0");
	assert_int_equal(t->n_records + t->n_firings + t->n_operations +
		t->n_commands + t->n_marks + t->n_stimuli + t->n_notes +
		t->n_probes + t->n_gaps + t->n_oddities + t->n_checks +
		t->n_hints + t->n_reached + t->n_setups + t->n_decisions,
	    0);
	assert_int_equal(trace_set_state(t, 9, "lagg0", "active", "hn0"),
	    TRACE_NONE);
	assert_int_equal(trace_set_state(t, 9, "lagg0", "active", "mce0"), 3);
	trace_forget(t, &kept);
	assert_int_equal(kept, 3);
	assert_string_equal(trace_get_state(t, "lagg0", "active"), "mce0");
	assert_null(trace_get_state(t, "mce0", "up"));
	assert_int_equal(trace_add_mark(t, 9, "again"), 0);
	trace_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_dump_has_one_line_for_each_row),
		cmocka_unit_test(a_dump_escapes_what_would_break_its_lines),
		cmocka_unit_test(a_dump_prints_a_dash_for_what_has_not_come),
		cmocka_unit_test(equal_runs_have_equal_dumps_and_hashes),
		cmocka_unit_test(
		    the_hash_changes_with_any_row_but_not_with_the_folder),
		cmocka_unit_test(a_state_is_a_row_only_when_it_changes),
		cmocka_unit_test(what_is_forgotten_leaves_the_newest_states),
		cmocka_unit_test(
		    objects_and_fields_that_read_alike_when_joined_are_not_mixed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
