/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/strbuf.h"
#include "report/spans.h"

static void
note(void *ctx, const char *text, int64_t from_ns, int64_t until_ns)
{
	strbuf_addf(ctx, "%d-%d %s;", (int)from_ns, (int)until_ns, text);
}

static void
expect(const struct trace *t, const char *object, const char *active,
    const char *states)
{
	struct strbuf out = { 0 };

	spans_active(t, object, note, &out);
	assert_string_equal(strbuf_str(&out), active);
	strbuf_reset(&out);
	spans_interface(t, object, note, &out);
	assert_string_equal(strbuf_str(&out), states);
	strbuf_fini(&out);
}

static void
a_state_lasts_until_the_next_one(void **state)
{
	struct trace *t = trace_new();

	(void)state;
	t->run.end_ns = 100;
	trace_set_state(t, 0, "x", "exists", "yes");
	trace_set_state(t, 0, "x", "up", "no");
	trace_set_state(t, 0, "x", "link", "down");
	trace_set_state(t, 0, "x", "active", "none");
	trace_set_state(t, 10, "x", "up", "yes");
	trace_set_state(t, 20, "x", "link", "up");
	trace_set_state(t, 20, "x", "active", "hn0");
	trace_set_state(t, 25, "y", "active", "hn9");
	trace_set_state(t, 30, "x", "link", "unknown");
	trace_set_state(t, 40, "x", "up", "no");
	trace_set_state(t, 50, "x", "link", "up");
	expect(t, "x", "0-20 none;20-100 hn0;",
	    "0-10 down, no link;10-20 up, no link;20-30 up, link;"
	    "30-40 up, link unknown;40-50 down, no link;50-100 down, link;");
	trace_free(t);
}

static void
what_is_gone_has_no_state(void **state)
{
	struct trace *t = trace_new();

	(void)state;
	t->run.end_ns = 100;
	trace_set_state(t, 10, "x", "exists", "yes");
	trace_set_state(t, 10, "x", "up", "yes");
	trace_set_state(t, 10, "x", "link", "up");
	trace_set_state(t, 10, "x", "active", "mce0");
	trace_set_state(t, 20, "x", "exists", "no");
	trace_set_state(t, 30, "x", "exists", "yes");
	trace_set_state(t, 40, "x", "exists", "no");
	expect(t, "x", "10-20 mce0;", "10-20 up, link;30-40 down, no link;");
	trace_free(t);
}

static void
objects_come_once_in_their_first_order(void **state)
{
	struct trace *t = trace_new();
	struct spans_names names;

	(void)state;
	trace_set_state(t, 0, "b", "link", "up");
	trace_set_state(t, 0, "c", "up", "yes");
	trace_set_state(t, 0, "a", "link", "up");
	trace_set_state(t, 1, "b", "link", "down");
	spans_objects(t, "link", &names);
	assert_int_equal(names.n, 2);
	assert_string_equal(names.list[0], "b");
	assert_string_equal(names.list[1], "a");
	free(names.list);
	trace_free(t);
}

static void
work_of_one_row_does_not_overlap(void **state)
{
	static const int times[][2] = { { 0, 10 }, { 5, 8 }, { 8, 20 },
		{ 10, 12 }, { 11, -1 } };
	static const size_t rows[] = { 0, 1, 1, 0, 2 };
	struct trace *t = trace_new();
	struct spans_rows out;
	int32_t op;
	size_t i;

	(void)state;
	t->run.end_ns = 100;
	for (i = 0; i < 5; i++) {
		op = trace_begin_operation(t, times[i][0], "x", "", TRACE_NONE);
		if (times[i][1] >= 0)
			trace_end_operation(t, op, times[i][1], 0);
	}
	spans_pack(t, false, 9, &out);
	assert_int_equal(out.n, 5);
	assert_int_equal(out.rows, 3);
	for (i = 0; i < 5; i++)
		assert_int_equal(out.list[i].row, rows[i]);
	assert_int_equal(out.list[4].until_ns, 100);
	free(out.list);
	/* With two rows the last one takes what is left. */
	spans_pack(t, false, 2, &out);
	assert_int_equal(out.rows, 2);
	assert_int_equal(out.list[4].row, 1);
	free(out.list);
	trace_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_state_lasts_until_the_next_one),
		cmocka_unit_test(what_is_gone_has_no_state),
		cmocka_unit_test(objects_come_once_in_their_first_order),
		cmocka_unit_test(work_of_one_row_does_not_overlap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
