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
#include "report/timeline.h"
#include "report_rig.h"
#include "sample_trace.h"

/* The caller frees. */
static char *
timeline(const struct trace *t, const struct timeline_options *o)
{
	static const struct timeline_options none = { 0 };
	struct strbuf out = { 0 };

	timeline_write(t, o == NULL ? &none : o, &out);
	return strbuf_take(&out);
}

static void
expect_in(const struct trace *t, const struct timeline_options *o,
    const char *part)
{
	char *text = timeline(t, o);

	if (strstr(text, part) == NULL)
		fail_msg("no \"%s\" in\n%s", part, text);
	free(text);
}

/* Frees the trace. */
static void
expect_once(struct trace *t, const char *part)
{
	char *text = timeline(t, NULL);

	if (rig_times(text, part) != 1)
		fail_msg("%d times \"%s\" in\n%s", rig_times(text, part), part,
		    text);
	free(text);
	trace_free(t);
}

static void
one_run_gives_exactly_this_text(void **state)
{
	static const char want[] =
	    "    seconds  what happened                            hn0       "
	    " mce0       lagg0      active\n"
	    "   5.000000  -- gone                                  up/link   "
	    " up/link    up/link    mce0\n"
	    "   5.000000  >> vf eject mce0                         up/link   "
	    " up/link    up/link    mce0\n"
	    "   5.000200    = mce0 exists no                       up/link   "
	    " -          up/link    mce0\n"
	    "   5.000300    = lagg0 active none                    up/link   "
	    " -          up/link    none\n"
	    "   5.000400  IFNET mce0 DETACH                        up/link   "
	    " -          up/link    none\n"
	    "   5.000500    > hyperv.conf:12 controller: vfdown .. up/link   "
	    " -          up/link    none\n"
	    "   5.000500    * lagg0 port-del mce0 (400us): it is.. up/link   "
	    " -          up/link    none\n"
	    "   5.000600    $ dhclient hn0 (200us) exit 1          up/link   "
	    " -          up/link    none\n"
	    "   5.000700    # engine: mce0 has left                up/link   "
	    " -          up/link    none\n"
	    "   5.001000! !! p1 stops: lagg0 has no active port    up/link   "
	    " -          up/link    none\n"
	    "           !    700us after lagg0 active none; record IFNET mce0 "
	    "DETACH\n"
	    "   5.010500!   = lagg0 active hn0                     up/link   "
	    " -          up/link    hn0\n"
	    "   5.011000  !! p1 flows again: 10 missing, 11ms      up/link   "
	    " -          up/link    hn0\n";
	struct timeline_options o = { .width = 93 };
	struct trace *t = rig_migration("stock");
	char *text = timeline(t, &o);

	(void)state;
	assert_string_equal(text, want);
	free(text);
	trace_free(t);
}

static void
no_line_is_wider_than_asked_for(void **state)
{
	struct timeline_options o = { .all = true, .legend = true };
	struct trace *list[3] = { sample_trace(), rig_migration("native"),
		rig_migration("native") };
	char name[24], *text;
	size_t i;

	(void)state;
	for (i = 0; i < 30; i++) {
		snprintf(name, sizeof(name), "interface%06zu", i);
		trace_set_state(list[2], DUR_SEC, name, "exists", "yes");
		trace_set_state(list[2], DUR_SEC, name, "active", name);
	}
	for (i = 0; i < 3; i++)
		for (o.width = 0; o.width <= 200; o.width += 40) {
			text = timeline(list[i], &o);
			rig_expect_lines(text,
			    o.width == 0       ? 120
				: o.width < 80 ? 80
					       : o.width,
			    false);
			free(text);
		}
	for (i = 0; i < 3; i++)
		trace_free(list[i]);
}

static void
interfaces_without_room_are_said(void **state)
{
	struct trace *t = rig_migration("native");
	char name[24];
	int i;

	(void)state;
	for (i = 0; i < 10; i++) {
		snprintf(name, sizeof(name), "em%d", i);
		trace_set_state(t, DUR_SEC, name, "exists", "yes");
	}
	expect_once(t, "(no room for 8 interfaces more)");
}

static void
colour_is_added_only_where_it_is_wanted(void **state)
{
	struct timeline_options o = { .color = true };
	struct trace *t = rig_migration("native");
	char *plain = timeline(t, NULL), *painted = timeline(t, &o), *from, *to;

	(void)state;
	assert_null(strchr(plain, '\033'));
	rig_expect_lines(painted, 120, true);
	assert_true(rig_times(painted, "\033[31m") >= 2);
	/* Without its codes it is the same text. */
	for (from = to = painted; *from != '\0';)
		if (*from == '\033')
			from = strchr(from, 'm') + 1;
		else
			*to++ = *from++;
	*to = '\0';
	assert_string_equal(plain, painted);
	free(plain);
	free(painted);
	trace_free(t);
}

static void
hostile_bytes_never_reach_the_terminal(void **state)
{
	static const char bad[] = "\033[2J\r\n\t\x7f\xff\xc2\x9b";
	struct timeline_options o = { .all = true, .here = bad };
	struct trace *t = rig_migration(bad);
	char *text;

	(void)state;
	trace_add_mark(t, 1, bad);
	trace_add_stimulus(t, 2, bad, 1);
	trace_set_state(t, 3, bad, "exists", "yes");
	trace_set_state(t, 3, bad, "active", bad);
	trace_set_state(t, 3, "lagg0", bad, bad);
	trace_add_record(t, 4, bad, sizeof(bad));
	trace_add_record(t, 4, "?\0\033", 3);
	trace_add_record(t, 4, "", 0);
	trace_add_firing(t, 5, 0, bad, 1, bad, bad);
	trace_begin_operation(t, 6, bad, bad, TRACE_NONE);
	trace_begin_command(t, 7, bad, TRACE_NONE);
	trace_add_note(t, 8, bad, bad);
	rig_probe(t, bad, bad);
	rig_set(&rig_gap(t, 1, 5, 5, 9, 10)->why, bad);
	text = timeline(t, &o);
	rig_expect_lines(text, 120, false);
	assert_true(rig_times(text, "?[2J???") >= 10);
	free(text);
	trace_free(t);
}

static void
an_outage_is_marked_from_its_first_missing_packet_to_its_end(void **state)
{
	struct trace *t = rig_migration("native");

	(void)state;
	expect_in(t, NULL, "   5.000700    # engine");
	expect_in(t, NULL, "   5.001000! !! p1 stops: lagg0 has no active");
	expect_in(t, NULL, "   5.010500!   = lagg0 active hn0");
	expect_in(t, NULL, "   5.011000  !! p1 flows again: 10 missing, 11ms");
	trace_free(t);
}

static void
an_outage_that_began_before_the_window_is_marked_in_it(void **state)
{
	struct timeline_options o = { .from_ns = 5002 * DUR_MS };
	struct trace *t = rig_migration("native");
	char *text;

	(void)state;
	expect_in(t, &o, "   5.010500!   = lagg0 active hn0");
	expect_in(t, &o, "   5.011000  !! p1 flows again");
	text = timeline(t, &o);
	assert_null(strstr(text, "5.0010"));
	assert_null(strstr(text, "vf eject"));
	free(text);
	trace_free(t);
}

static void
a_gap_names_what_explains_it_once_for_both_directions(void **state)
{
	struct trace *t = rig_migration("native");
	struct trace_gap *g;

	(void)state;
	rig_probe(t, "p4", "in");
	g = rig_gap(t, 1, 5001, 10, 5 * DUR_SEC, 5011 * DUR_MS);
	g->state = t->gaps[0].state;
	g->record = t->gaps[0].record;
	expect_in(t, NULL, "   5.001000! !! p4 in stops: ");
	expect_once(t,
	    "   700us after lagg0 active none; record IFNET mce0 "
	    "DETACH");
}

static void
a_stream_that_never_comes_back_is_told_so(void **state)
{
	struct trace *t = rig_migration("native");

	(void)state;
	rig_gap(t, 0, 9990, 10, 9990 * DUR_MS, 9999 * DUR_MS);
	expect_once(t, "!! p1 never comes back: 10 missing, 9ms");
}

static void
a_sender_that_stood_still_loses_nothing(void **state)
{
	struct trace *t = rig_migration("native");

	(void)state;
	rig_gap(t, 0, 8000, 0, 8 * DUR_SEC, 9 * DUR_SEC);
	rig_gap(t, 0, 10000, 0, 9 * DUR_SEC, 12 * DUR_SEC);
	expect_in(t, NULL, "!! p1 flows again after 3s, none missing");
	expect_once(t, "!! p1 flows again after 1s, none missing");
}

static void
a_gap_of_a_probe_that_is_not_there_is_told_all_the_same(void **state)
{
	struct trace *t = rig_migration("native");

	(void)state;
	rig_gap(t, 99, 1, 1, DUR_SEC, 2 * DUR_SEC);
	rig_gap(t, -7, 1, 1, DUR_SEC, 2 * DUR_SEC)->state = 1 << 30;
	t->gaps[2].record = 1 << 30;
	rig_set(&t->gaps[2].why, "not the same");
	expect_in(t, NULL, "!! a stream stops: not the same");
	expect_once(t, "!! a stream flows again: 1 missing, 1s  x 2");
}

static void
a_new_interface_is_one_row(void **state)
{
	struct trace *t = rig_migration("native");
	char *text;

	(void)state;
	trace_set_state(t, DUR_SEC, "mce1", "exists", "yes");
	trace_set_state(t, DUR_SEC, "mce1", "up", "no");
	trace_set_state(t, DUR_SEC, "mce1", "inet", "");
	trace_set_state(t, 2 * DUR_SEC, "mce1", "up", "yes");
	text = timeline(t, NULL);
	assert_int_equal(rig_times(text, "= mce1 exists yes"), 1);
	assert_int_equal(rig_times(text, "= mce1 up no"), 0);
	assert_int_equal(rig_times(text, "= mce1 inet"), 0);
	assert_int_equal(rig_times(text, "= mce1 up yes"), 1);
	assert_non_null(strstr(text, "mce1 up yes"));
	free(text);
	trace_free(t);
}

static void
all_shows_every_field_from_the_start(void **state)
{
	struct timeline_options o = { .all = true };
	struct trace *t = rig_migration("native");
	char *some = timeline(t, NULL), *every = timeline(t, &o);

	(void)state;
	assert_null(strstr(some, "= lagg0 ports"));
	assert_non_null(strstr(every, "   0.000000    = lagg0 ports hn0 mce0"));
	free(some);
	free(every);
	trace_free(t);
}

static void
rows_that_say_the_same_become_one(void **state)
{
	struct trace *t = rig_migration("native");
	int i;

	(void)state;
	for (i = 0; i < 5; i++)
		trace_add_note(t, (6 + i) * DUR_SEC, "kernel", "again");
	expect_once(t, "# kernel: again  x 5");
}

static void
a_long_silence_is_said(void **state)
{
	struct trace *t = rig_migration("native");

	(void)state;
	trace_add_mark(t, 5 * DUR_SEC + 20 * DUR_SEC, "late");
	expect_once(t, "... 19.989 s without an event");
}

static void
a_failed_operation_and_a_lost_record_say_so(void **state)
{
	struct trace *t = rig_migration("native");
	int32_t op = trace_begin_operation(t, DUR_SEC, "mce0 up", "", 0);

	(void)state;
	trace_end_operation(t, op, 2 * DUR_SEC, 6);
	trace_begin_operation(t, DUR_SEC, "hn0 up", "", 0);
	trace_add_record(t, DUR_SEC, "!system=A subsystem=B type=C", 28);
	t->records[1].fate = TRACE_RECORD_DROPPED;
	trace_add_record(t, DUR_SEC, "+mce0 at slot=2", 15);
	t->records[2].fate = TRACE_RECORD_QUEUED;
	expect_in(t, NULL, "* mce0 up (1s) failed: errno 6");
	expect_in(t, NULL, "* hn0 up ...");
	expect_in(t, NULL, "A B C  (lost: queue overflow)");
	expect_once(t, "+mce0  (never read)");
}

static void
the_moment_asked_for_has_its_line_behind_all_of_that_instant(void **state)
{
	struct timeline_options o = { .here = "^^ look",
		.here_ns = 5000500 * DUR_US };
	struct trace *t = rig_migration("native");
	char *text = timeline(t, &o), *look = strstr(text, "^^ look");

	(void)state;
	assert_int_equal(rig_times(text, "^^ look"), 1);
	assert_memory_equal(look - 13, "   5.000500  ", 13);
	assert_true(look > strstr(text, "port-del"));
	assert_true(look < strstr(text, "dhclient"));
	free(text);
	trace_free(t);
}

static void
of_many_rows_those_nearest_the_moment_stay(void **state)
{
	struct timeline_options o = { .here = "^^ look",
		.here_ns = 50 * DUR_SEC,
		.rows = 9 };
	struct trace *t = rig_migration("native");
	char note[24], *text;
	int i;

	(void)state;
	for (i = 20; i < 80; i++) {
		snprintf(note, sizeof(note), "note %d.", i);
		trace_add_note(t, i * DUR_SEC, "kernel", note);
	}
	text = timeline(t, &o);
	assert_int_equal(rig_times(text, "# kernel: note "), 9);
	assert_non_null(strstr(text, "note 45."));
	assert_non_null(strstr(text, "note 50."));
	assert_non_null(strstr(text, "note 53."));
	assert_non_null(strstr(text, "... 37 more before\n"));
	assert_non_null(strstr(text, "... 26 more behind\n"));
	free(text);
	trace_free(t);
}

static void
a_moment_at_which_nothing_happened_is_shown_alone(void **state)
{
	struct timeline_options o = { .from_ns = 8 * DUR_SEC,
		.until_ns = 9 * DUR_SEC,
		.here = "^^ look",
		.here_ns = 8500 * DUR_MS };
	struct trace *t = rig_migration("native");

	(void)state;
	expect_in(t, &o, "\n   8.500000  ^^ look");
	expect_in(t, &o, "up/link    -          up/link    hn0\n");
	trace_free(t);
}

static void
two_aggregates_have_a_column_each(void **state)
{
	struct trace *t = rig_migration("native");

	(void)state;
	trace_set_state(t, DUR_SEC, "lagg1", "exists", "yes");
	trace_set_state(t, DUR_SEC, "lagg1", "active", "hn1");
	trace_set_state(t, 6 * DUR_SEC, "lagg1", "active", "mce1");
	expect_in(t, NULL, " lagg0  lagg1\n");
	expect_in(t, NULL, "   6.000000    = lagg1 active mce1 ");
	expect_in(t, NULL, " hn0    mce1\n");
	trace_free(t);
}

static void
a_port_with_a_long_name_is_cut_and_keeps_its_column(void **state)
{
	struct trace *t = rig_migration("native");

	(void)state;
	trace_set_state(t, 6 * DUR_SEC, "lagg0", "active",
	    "port0123456789abcdefghijklmnopqrstuvwxyzport0123456789");
	expect_once(t, " up/link    port012345678..\n");
}

static void
times_at_their_limits_do_no_harm(void **state)
{
	struct timeline_options o = { .from_ns = INT64_MIN,
		.until_ns = INT64_MAX,
		.all = true };
	struct trace *t = rig_migration("native");
	char *text;

	(void)state;
	trace_add_mark(t, INT64_MIN, "first");
	trace_add_mark(t, INT64_MAX, "last");
	trace_end_operation(t,
	    trace_begin_operation(t, INT64_MIN, "a", "", TRACE_NONE), INT64_MAX,
	    0);
	t->probes[0].period_ns = INT64_MAX;
	rig_gap(t, 0, UINT64_MAX, UINT64_MAX, INT64_MIN, INT64_MAX)->state = 0;
	rig_gap(t, 0, 1, 1, INT64_MAX, INT64_MIN)->state = 0;
	text = timeline(t, &o);
	rig_expect_lines(text, 120, false);
	free(text);
	trace_free(t);
}

static void
an_empty_run_has_a_head_and_nothing_below(void **state)
{
	struct trace *t = trace_new();
	char *text = timeline(t, NULL);

	(void)state;
	assert_string_equal(text, "    seconds  what happened\n");
	free(text);
	trace_free(t);
}

/* Compared pair by pair this would take minutes. */
static void
many_changes_at_one_instant_take_no_time(void **state)
{
	struct trace *t = trace_new();
	char name[24], *text;
	int i;

	(void)state;
	for (i = 0; i < 100000; i++) {
		snprintf(name, sizeof(name), "if%d", i);
		trace_set_state(t, DUR_SEC, name, "up", "yes");
	}
	trace_set_state(t, DUR_SEC, "hn0", "exists", "yes");
	trace_set_state(t, DUR_SEC, "hn0", "up", "yes");
	text = timeline(t, NULL);
	assert_int_equal(rig_times(text, "up yes"), 100000);
	free(text);
	trace_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_run_gives_exactly_this_text),
		cmocka_unit_test(no_line_is_wider_than_asked_for),
		cmocka_unit_test(interfaces_without_room_are_said),
		cmocka_unit_test(colour_is_added_only_where_it_is_wanted),
		cmocka_unit_test(hostile_bytes_never_reach_the_terminal),
		cmocka_unit_test(
		    an_outage_is_marked_from_its_first_missing_packet_to_its_end),
		cmocka_unit_test(
		    an_outage_that_began_before_the_window_is_marked_in_it),
		cmocka_unit_test(
		    a_gap_names_what_explains_it_once_for_both_directions),
		cmocka_unit_test(a_stream_that_never_comes_back_is_told_so),
		cmocka_unit_test(a_sender_that_stood_still_loses_nothing),
		cmocka_unit_test(
		    a_gap_of_a_probe_that_is_not_there_is_told_all_the_same),
		cmocka_unit_test(a_new_interface_is_one_row),
		cmocka_unit_test(all_shows_every_field_from_the_start),
		cmocka_unit_test(rows_that_say_the_same_become_one),
		cmocka_unit_test(a_long_silence_is_said),
		cmocka_unit_test(a_failed_operation_and_a_lost_record_say_so),
		cmocka_unit_test(
		    the_moment_asked_for_has_its_line_behind_all_of_that_instant),
		cmocka_unit_test(of_many_rows_those_nearest_the_moment_stay),
		cmocka_unit_test(
		    a_moment_at_which_nothing_happened_is_shown_alone),
		cmocka_unit_test(two_aggregates_have_a_column_each),
		cmocka_unit_test(
		    a_port_with_a_long_name_is_cut_and_keeps_its_column),
		cmocka_unit_test(times_at_their_limits_do_no_harm),
		cmocka_unit_test(an_empty_run_has_a_head_and_nothing_below),
		cmocka_unit_test(many_changes_at_one_instant_take_no_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
