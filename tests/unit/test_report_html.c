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
#include "markup_rig.h"
#include "report/html.h"
#include "report_rig.h"
#include "sample_trace.h"

/* The page; takes the traces. */
static char *
page_of(struct trace *a, struct trace *b)
{
	const struct trace *both[] = { a, b };
	struct strbuf out = { 0 };

	html_write(both, b == NULL ? 1 : 2, &out);
	trace_free(a);
	trace_free(b);
	markup_rig_expect(strbuf_str(&out));
	return strbuf_take(&out);
}

static struct trace *
migration(const char *policy)
{
	struct trace *t = rig_migration(policy);

	t->probes[0].first_ns = 0;
	t->probes[0].last_ns = 9999 * DUR_MS;
	return t;
}

static void
expect_part(const char *page, const char *part)
{
	if (strstr(page, part) == NULL)
		fail_msg("the page lacks: %s", part);
}

static void
expect_attribute(const char *page, const char *with, size_t n, const char *name,
    const char *value)
{
	const char *have = markup_rig_attribute(page, with, n, name);

	if (have == NULL)
		fail_msg("no %s in %s number %zu", name, with, n);
	assert_string_equal(have, value);
}

static void
numbers_stand_on_top(void **state)
{
	char *page = page_of(migration("stock"), NULL);

	(void)state;
	expect_part(page, "<h1>VF ejected</h1>");
	expect_part(page, "<b>10</b> <small>of 10000</small>");
	expect_part(page, "<b>11ms</b> <small>from 5.000 s</small>");
	/* From the deed until hn0 carries. */
	expect_part(page, "<b>10.5ms</b> <small>after vf eject mce0</small>");
	free(page);
}

static void
bars_stand_at_their_times(void **state)
{
	char *page = page_of(migration("stock"), NULL);

	(void)state;
	/* The whole run is 10 s on 1056 pixels, and 1 % at each side. */
	expect_attribute(page, "b b-none\"", 0, "data-a", "5000300000");
	expect_attribute(page, "b b-none\"", 0, "data-b", "5010500000");
	expect_attribute(page, "b b-none\"", 0, "x", "528.0");
	expect_attribute(page, "b b-lost\"", 0, "data-a", "5001000000");
	free(page);
}

static void
a_gap_is_where_packets_were_not_sent(void **state)
{
	struct trace *t = migration("stock");
	char *page;

	(void)state;
	t->gaps[0].send_errors = 10;
	page = page_of(t, NULL);
	expect_attribute(page, "b b-refused\"", 0, "data-a", "5001000000");
	expect_attribute(page, "b b-refused\"", 0, "data-b", "5011000000");
	expect_attribute(page, "q q-there\"", 0, "data-n", "0");
	expect_attribute(page, "q q-there\"", 0, "data-m", "5000");
	expect_attribute(page, "q q-there\"", 0, "data-b", "5000000000");
	expect_attribute(page, "q q-missing\"", 0, "data-n", "5001");
	expect_attribute(page, "q q-missing\"", 0, "data-m", "5010");
	/* The last of them would have been sent 1 ms before the next one. */
	expect_attribute(page, "q q-missing\"", 0, "data-b", "5010000000");
	expect_attribute(page, "q q-there\"", 1, "data-a", "5011000000");
	expect_attribute(page, "q q-there\"", 1, "data-m", "9999");
	expect_part(page, "10 refused, 11ms: lagg0 has no active port");
	expect_part(page,
	    "700us after lagg0 active none; record IFNET mce0 DETACH");
	free(page);
}

/* Runs of stores before schema 2 do not say when their packets were sent. */
static void
an_old_run_is_placed_by_its_first_gap(void **state)
{
	struct trace *t = rig_migration("stock");
	char *page;

	(void)state;
	t->gaps[0].from_ns = 6 * DUR_SEC;
	t->gaps[0].to_ns = 6011 * DUR_MS;
	page = page_of(t, NULL);
	expect_attribute(page, "q q-there\"", 0, "data-a", "1000000000");
	expect_attribute(page, "q q-there\"", 1, "data-b", "10999000000");
	free(page);
	t = rig_migration("stock");
	t->gaps[0].probe = 7; /* of another stream */
	page = page_of(t, NULL);
	assert_null(strstr(page, "class=\"q "));
	expect_part(page, "the run does not say when packets were sent");
	free(page);
}

static void
single_packets_have_marks(void **state)
{
	static const char *const kinds[] = { "duplicated", "reordered",
		"late" };
	struct trace *t = migration("native");
	char *page, symbol[32];
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++)
		trace_add_oddity(t, 0, (1 + (int64_t)i) * DUR_SEC,
		    1000 * (i + 1), kinds[i]);
	page = page_of(t, NULL);
	for (i = 0; i < 3; i++) {
		snprintf(symbol, sizeof(symbol), "class=\"m m-%s\" data-a",
		    kinds[i]);
		assert_int_equal(rig_times(page, symbol), 1);
	}
	expect_attribute(page, "m-reordered\" data-a", 0, "data-n", "2000");
	expect_attribute(page, "m-reordered\" data-a", 0, "data-a",
	    "2000000000");
	free(page);
}

static void
expectations_stand_in_order_of_their_trouble(void **state)
{
	struct trace *t = migration("stock");
	const char *bad, *known, *good;
	char *page;

	(void)state;
	rig_check(t, TRACE_PASS, "one", 5 * DUR_SEC);
	rig_check(t, TRACE_KNOWN_FAULT, "two", 6 * DUR_SEC);
	rig_check(t, TRACE_FAIL, "three", TRACE_OPEN);
	page = page_of(t, NULL);
	bad = strstr(page, "<tr class=\"fail\">");
	known = strstr(page, "<tr class=\"known\">");
	good = strstr(page, "<tr class=\"pass\">");
	assert_true(bad != NULL && bad < known && known < good);
	expect_part(page, "known: the reason");
	expect_part(page, "1 held, 1 failed, 1 known fault<");
	/* The one without a moment has no place on the time line. */
	assert_int_equal(rig_times(page,
			     "href=\"#m-fail\" class=\"m m-fail\" "
			     "data-a"),
	    0);
	free(page);
}

static void
two_runs_share_an_axis_and_say_their_difference(void **state)
{
	struct trace *a = migration("stock"), *b = migration("native");
	char *page;

	(void)state;
	b->probes[0].lost = 4;
	b->run.end_ns = 12 * DUR_SEC;
	page = page_of(a, b);
	expect_part(page,
	    "\xe2\x88\x92"
	    "6 (\xe2\x88\x92"
	    "60.0&#160;%) <span>better</span>");
	expect_attribute(page, "id=\"whole\"", 0, "data-until", "12120000000");
	/* The same moment is at the same place in both. */
	expect_attribute(page, "b b-none\"", 0, "x", "441.8");
	expect_attribute(page, "b b-none\"", 1, "x", "441.8");
	expect_part(page, ">A stock</text>");
	expect_part(page, ">B native</text>");
	free(page);
}

static void
runs_with_clocks_of_their_own_begin_together(void **state)
{
	struct trace *a = migration("stock"), *b = migration("native");
	char *page;
	size_t i;

	(void)state;
	b->run.start_ns = 100 * DUR_SEC;
	b->run.end_ns += 100 * DUR_SEC;
	for (i = 0; i < b->n_states; i++)
		b->states[i].at_ns += 100 * DUR_SEC;
	page = page_of(a, b);
	expect_part(page, "times count from each run&#39;s beginning");
	expect_attribute(page, "b b-none\"", 0, "x", "528.0");
	expect_attribute(page, "b b-none\"", 1, "x", "528.0");
	free(page);
}

#define EVIL                                                                   \
	"</script></title><script>alert(1)</script>\" onload=\"x' <img src=x " \
	"onerror=alert(1)> &lt; \x1b]0;\x07\xe2\x80\xae"

static void
make_evil(struct trace *t)
{
	size_t i;

	rig_set(&t->run.title, EVIL);
	rig_set(&t->run.kind, EVIL);
	rig_set(&t->run.machine, EVIL);
	rig_set(&t->run.source, EVIL);
	rig_set(&t->run.version, EVIL);
	rig_set(&t->run.note, EVIL);
	trace_set_state(t, 6 * DUR_SEC, EVIL, "exists", "yes");
	trace_set_state(t, 6 * DUR_SEC, EVIL, "link", "up");
	trace_set_state(t, 6 * DUR_SEC, EVIL, "active", EVIL);
	trace_set_state(t, 6 * DUR_SEC, EVIL, "inet", EVIL);
	trace_set_state(t, 6 * DUR_SEC, "route", "default", EVIL);
	trace_add_record(t, 6 * DUR_SEC, EVIL, sizeof(EVIL) - 1);
	trace_add_record(t, 6 * DUR_SEC,
	    "!system=<b> subsystem=\"><i> type=</td>", 38);
	trace_add_firing(t, 6 * DUR_SEC, 0, EVIL, 1, EVIL, EVIL);
	trace_begin_operation(t, 6 * DUR_SEC, EVIL, EVIL, 0);
	trace_begin_command(t, 6 * DUR_SEC, EVIL, 0);
	trace_add_mark(t, 6 * DUR_SEC, EVIL);
	trace_add_stimulus(t, 6 * DUR_SEC, EVIL, 1);
	trace_add_note(t, 6 * DUR_SEC, EVIL, EVIL);
	trace_add_oddity(t, 0, 6 * DUR_SEC, 6000, EVIL);
	rig_set(&t->probes[0].name, EVIL);
	rig_set(&t->probes[0].way, EVIL);
	rig_set(&t->gaps[0].why, EVIL);
	rig_check(t, TRACE_FAIL, EVIL, 6 * DUR_SEC);
	for (i = 0; i < t->n_checks; i++) {
		rig_set(&t->checks[i].file, EVIL);
		rig_set(&t->checks[i].expected, EVIL);
		rig_set(&t->checks[i].happened, EVIL);
		rig_set(&t->checks[i].reason, EVIL);
	}
}

static void
hostile_text_stays_text(void **state)
{
	struct trace *a = migration(EVIL), *b = migration(EVIL);
	char *page;

	(void)state;
	make_evil(a);
	make_evil(b);
	page = page_of(a, b);
	assert_int_equal(rig_times(page, "<script"), 1);
	assert_int_equal(rig_times(page, "<img"), 0);
	assert_int_equal(rig_times(page, "\" onload"), 0);
	assert_null(strchr(page, '\x1b'));
	assert_null(strstr(page, "\xe2\x80\xae"));
	expect_part(page, "&lt;script&gt;alert(1)");
	free(page);
}

/* Rows of a damaged store may hold anything. */
static void
odd_times_and_numbers_are_survived(void **state)
{
	static const int64_t odd[] = { INT64_MIN, -1, 0, 1, INT64_MAX };
	struct trace *t;
	size_t i, k;

	(void)state;
	for (i = 0; i < 5; i++)
		for (k = 0; k < 5; k++) {
			t = sample_trace();
			t->run.start_ns = odd[i];
			t->run.end_ns = odd[k];
			t->probes[0].first_ns = odd[k];
			t->probes[0].last_ns = odd[i];
			t->probes[0].period_ns = odd[(i + k) % 5];
			t->gaps[0].from_ns = odd[i];
			t->gaps[0].to_ns = odd[k];
			t->gaps[0].count = UINT64_MAX - k;
			t->gaps[0].first_seq = i == 0 ? 0 : UINT64_MAX - i;
			t->gaps[0].probe = (int32_t)k - 1;
			t->records[0].emit_ns = odd[k];
			t->operations[0].start_ns = odd[i];
			t->operations[0].end_ns = odd[k];
			t->states[1].at_ns = odd[i];
			t->stimuli[0].at_ns = odd[k];
			t->checks[0].at_ns = odd[i];
			free(page_of(t, NULL));
		}
	free(page_of(trace_new(), NULL));
	free(page_of(sample_trace(), trace_new()));
}

static void
add_pair(struct trace *t, size_t n)
{
	char hn[16], vf[16], lagg[16], raw[80];
	size_t i;

	snprintf(hn, sizeof(hn), "hn%zu", n);
	snprintf(vf, sizeof(vf), "mce%zu", n);
	snprintf(lagg, sizeof(lagg), "lagg%zu", n);
	trace_set_state(t, 0, hn, "exists", "yes");
	trace_set_state(t, 0, hn, "link", "up");
	trace_set_state(t, 0, vf, "exists", "yes");
	trace_set_state(t, 0, vf, "link", "up");
	trace_set_state(t, 0, lagg, "active", vf);
	rig_probe(t, lagg, "echo")->last_ns = 9 * DUR_SEC;
	for (i = 0; i < 500; i++) {
		snprintf(raw, sizeof(raw),
		    "!system=IFNET subsystem=mce%zu type=LINK_UP", n);
		trace_add_record(t, (int64_t)(i * 64 + n) * 300 * DUR_US, raw,
		    strlen(raw));
		trace_set_state(t, (int64_t)i * 20 * DUR_MS, lagg, "active",
		    i % 2 == 0 ? hn : vf);
		rig_gap(t, (int32_t)t->n_probes - 1, i * 20, 1,
		    (int64_t)i * 20 * DUR_MS, (int64_t)i * 20 * DUR_MS + 2);
	}
}

static void
a_large_run_stays_small_and_says_so(void **state)
{
	struct trace *t = migration("stock");
	char *page;
	size_t i;

	(void)state;
	for (i = 1; i < 65; i++)
		add_pair(t, i);
	for (i = 0; i < 300; i++)
		trace_add_stimulus(t, (int64_t)i * 30 * DUR_MS, "vf eject", 1);
	page = page_of(t, NULL);
	assert_in_range(strlen(page), 100000, 4000000);
	expect_part(page, "Not drawn, because less happened to them: 53 ");
	expect_part(page, "events are left out to keep this page small");
	expect_part(page, "that would lie on others");
	free(page);
}

/* Of many those are drawn with which a gap has to do. */
static void
what_made_trouble_is_drawn(void **state)
{
	struct trace *t = migration("stock");
	char name[16], *page;
	size_t i;

	(void)state;
	for (i = 1; i < 40; i++) {
		snprintf(name, sizeof(name), "lagg%zu", i);
		trace_set_state(t, 0, name, "active", "none");
		trace_set_state(t, 0, name, "link", "up");
		trace_set_state(t, (int64_t)i, name, "active", "hn7");
		snprintf(name, sizeof(name), "hn%zu", i);
		trace_set_state(t, 0, name, "link", "up");
	}
	trace_set_state(t, 0, "hn38", "member-of", "lagg39");
	t->gaps[0].state = trace_set_state(t, 9, "lagg39", "link", "unknown");
	page = page_of(t, NULL);
	expect_part(page, "data-name=\"lagg39 port\"");
	expect_part(page, "data-name=\"hn38\"");
	assert_null(strstr(page, "data-name=\"lagg38 port\""));
	assert_null(strstr(page, "data-name=\"hn37\""));
	free(page);
}

static void
one_page_asks_for_nothing(void **state)
{
	char *page = page_of(migration("stock"), NULL);

	(void)state;
	expect_part(page, "default-src &#39;none&#39;; style-src &#39;sha256-");
	assert_null(strstr(page, "http:"));
	assert_null(strstr(page, "https:"));
	assert_null(strstr(page, "@import"));
	assert_null(strstr(page, "unsafe-"));
	assert_null(strstr(page, "://"));
	free(page);
}

static void
equal_runs_give_equal_pages(void **state)
{
	char *a = page_of(migration("stock"), migration("native"));
	char *b = page_of(migration("stock"), migration("native"));

	(void)state;
	assert_string_equal(a, b);
	free(a);
	free(b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_stand_on_top),
		cmocka_unit_test(bars_stand_at_their_times),
		cmocka_unit_test(a_gap_is_where_packets_were_not_sent),
		cmocka_unit_test(an_old_run_is_placed_by_its_first_gap),
		cmocka_unit_test(single_packets_have_marks),
		cmocka_unit_test(expectations_stand_in_order_of_their_trouble),
		cmocka_unit_test(
		    two_runs_share_an_axis_and_say_their_difference),
		cmocka_unit_test(runs_with_clocks_of_their_own_begin_together),
		cmocka_unit_test(hostile_text_stays_text),
		cmocka_unit_test(odd_times_and_numbers_are_survived),
		cmocka_unit_test(a_large_run_stays_small_and_says_so),
		cmocka_unit_test(what_made_trouble_is_drawn),
		cmocka_unit_test(one_page_asks_for_nothing),
		cmocka_unit_test(equal_runs_give_equal_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
