/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/dur.h"
#include "report/fidelity.h"

#define FROM  (10 * DUR_SEC)
#define IFNET "!system=IFNET subsystem="

static struct recording *rec;
static struct trace *trace;

static int
set_up(void **state)
{
	(void)state;
	rec = recording_new("b_1", "b_1.log");
	rec->beside = witness_new();
	trace = trace_new();
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	recording_free(rec);
	trace_free(trace);
	return 0;
}

static void
recorded(int ms, const char *raw)
{
	recording_add(rec, FROM + ms * DUR_MS, raw, strlen(raw), false);
}

static void
emitted(int ms, const char *raw)
{
	trace_add_record(trace, FROM + ms * DUR_MS, raw, strlen(raw));
}

static struct fidelity *
compare(const struct known *known)
{
	return fidelity_compare(rec, trace, FROM, known);
}

static void
assert_difference(const struct fidelity *f, size_t i, enum fidelity_fault fault,
    const char *text)
{
	assert_true(i < f->n);
	assert_int_equal(f->list[i].fault, fault);
	assert_non_null(strstr(f->list[i].text, text));
}

static void
orders_that_the_kernel_leaves_open_are_equal(void **state)
{
	struct fidelity *f;

	(void)state;
	recorded(1, IFNET "hn0 type=LINK_DOWN");
	recorded(2, "!system=HYPERV_NIC_VF subsystem=hn0 type=VF_UP");
	emitted(1, "!system=HYPERV_NIC_VF subsystem=hn0 type=VF_UP");
	emitted(9, IFNET "hn0 type=LINK_DOWN");
	f = compare(NULL);
	assert_int_equal(f->n, 0);
	assert_int_equal(f->counts[FIDELITY_RECORD].equal, 2);
	fidelity_free(f);
}

static void
what_is_missing_and_what_is_too_much_is_told(void **state)
{
	struct fidelity *f;

	(void)state;
	recorded(1, IFNET "vmx0 type=LINK_UP");
	emitted(1, IFNET "vmx0 type=LINK_DOWN");
	/* The machine's preparation is of no account. */
	emitted(-500, IFNET "vmx0 type=LINK_UP");
	f = compare(NULL);
	assert_int_equal(f->n, 2);
	assert_difference(f, 0, FIDELITY_EXTRA, "LINK_DOWN");
	assert_int_equal(f->list[0].recorded_ns, TRACE_OPEN);
	assert_difference(f, 1, FIDELITY_MISSING, "LINK_UP");
	assert_int_equal(fidelity_unknown(f), 2);
	fidelity_free(f);
}

static void
an_order_that_no_kernel_keeps_is_told(void **state)
{
	struct fidelity *f;

	(void)state;
	recorded(1, "!system=HYPERV_NIC_VF subsystem=hn0 type=VF_DOWN");
	recorded(2, IFNET "vmx0 type=DETACH");
	recorded(3, "-vmx0 at slot=0 on pci1");
	emitted(1, "-vmx0 at slot=0 on pci1");
	emitted(2, IFNET "vmx0 type=DETACH");
	emitted(3, "!system=HYPERV_NIC_VF subsystem=hn0 type=VF_DOWN");
	f = compare(NULL);
	assert_int_equal(f->n, 2);
	assert_difference(f, 0, FIDELITY_ORDER, "VF_DOWN behind !system=IFNET");
	assert_difference(f, 1, FIDELITY_ORDER, "DETACH behind -vmx0");
	fidelity_free(f);
}

static void
the_kernel_may_swallow_a_change_before_another(void **state)
{
	struct fidelity *f;

	(void)state;
	recorded(1, IFNET "vmx0 type=LINK_DOWN");
	recorded(10, IFNET "vmx0 type=LINK_UP");
	emitted(10, IFNET "vmx0 type=LINK_UP");
	f = compare(NULL);
	assert_int_equal(f->n, 0);
	assert_int_equal(f->counts[FIDELITY_RECORD].folded, 1);
	fidelity_free(f);
	/* Not so when there was time to tell it. */
	emitted(300, IFNET "vmx0 type=LINK_DOWN");
	emitted(600, IFNET "vmx0 type=LINK_UP");
	f = compare(NULL);
	assert_int_equal(f->n, 1);
	fidelity_free(f);
}

static void
equal_texts_that_are_far_apart_are_not_paired(void **state)
{
	struct fidelity *f;

	(void)state;
	recorded(100, IFNET "vmx0 type=ATTACH");
	recorded(9000, IFNET "vmx0 type=DETACH");
	emitted(8000, IFNET "vmx0 type=ATTACH");
	emitted(8500, IFNET "vmx0 type=DETACH");
	f = compare(NULL);
	assert_int_equal(f->n, 2);
	assert_difference(f, 0, FIDELITY_MISSING, "ATTACH");
	assert_difference(f, 1, FIDELITY_EXTRA, "ATTACH");
	fidelity_free(f);
}

static void
what_came_after_the_last_reader_is_not_compared(void **state)
{
	static const char txt[] = "11 $ devctl_rec -n 9 > /data/rec/b_1.log\n";
	struct fidelity *f;

	(void)state;
	recorded(1000, IFNET "lo7 type=ATTACH");
	emitted(900, IFNET "lo7 type=ATTACH");
	trace->records[0].fate = TRACE_RECORD_READ;
	trace->records[0].read_ns = FROM + DUR_SEC;
	emitted(1100, IFNET "lo8 type=ATTACH");
	f = compare(NULL);
	assert_int_equal(f->n, 1);
	fidelity_free(f);
	witness_take(rec->beside, ".txt", txt, strlen(txt));
	f = compare(NULL);
	assert_int_equal(f->n, 0);
	assert_int_equal(f->counts[FIDELITY_RECORD].equal, 1);
	fidelity_free(f);
}

static void
who_only_looks_sets_nothing_going(void **state)
{
	static const char look[] = "20 $ ps ax\n21 $ ifconfig lagg0 | grep x\n";
	static const char deed[] = "21 $ ifconfig vmx0 up\n";
	struct fidelity *f;

	(void)state;
	/* Ten seconds after the beginning, five apart. */
	recorded(11000, IFNET "vmx0 type=LINK_DOWN");
	emitted(16000, IFNET "vmx0 type=LINK_DOWN");
	witness_take(rec->beside, ".txt", look, strlen(look));
	f = compare(NULL);
	assert_int_equal(f->n, 0);
	fidelity_free(f);
	witness_take(rec->beside, ".txt", deed, strlen(deed));
	f = compare(NULL);
	assert_true(f->n > 0);
	assert_difference(f, 0, FIDELITY_MISSING, "LINK_DOWN");
	fidelity_free(f);
}

static void
messages_without_news_count_once(void **state)
{
	static const char rt[] =
	    "10.1 RTM_IFINFO index=1 name=vmx0 flags=0x8c03 link_state=2(UP)\n"
	    "10.2 RTM_IFINFO index=1 name=vmx0 flags=0x8843 link_state=2(UP)\n"
	    "10.3 RTM_IFANNOUNCE index=1 name=vmx0 what=1(DEPARTURE)\n";
	struct fidelity *f;

	(void)state;
	witness_take(rec->beside, ".rt", rt, sizeof(rt) - 1);
	trace_add_hint(trace, FROM + 100 * DUR_MS, "IFINFO vmx0 up link-up");
	trace_add_hint(trace, FROM + 200 * DUR_MS, "NEWADDR vmx0 fe80::1/64");
	trace_add_hint(trace, FROM + 300 * DUR_MS, "ANNOUNCE vmx0 departure");
	f = compare(NULL);
	assert_int_equal(f->n, 0);
	fidelity_free(f);
}

static void
a_message_before_another_may_be_swallowed_too(void **state)
{
	static const char rt[] =
	    "10.1 RTM_IFINFO index=5 name=lagg0 flags=0x8843 "
	    "link_state=1(DOWN)\n"
	    "10.12 RTM_IFINFO index=5 name=lagg0 flags=0x8843 "
	    "link_state=2(UP)\n";
	struct fidelity *f;

	(void)state;
	witness_take(rec->beside, ".rt", rt, sizeof(rt) - 1);
	trace_add_hint(trace, FROM + 120 * DUR_MS, "IFINFO lagg0 up link-up");
	f = compare(NULL);
	assert_int_equal(f->n, 0);
	fidelity_free(f);
}

static void
looks_shorter_than_a_poll_may_be_missed(void **state)
{
	static const char lagg[] =
	    "10.0 proto=2 ports=2: vmx0=0x4 hn0=0x1 media_status=0x3\n"
	    "10.5 proto=2 ports=1: hn0=0x5 media_status=0x3\n";
	struct fidelity *f;

	(void)state;
	witness_take(rec->beside, ".lagg", lagg, sizeof(lagg) - 1);
	recorded(600, IFNET "vmx0 type=DETACH");
	emitted(600, IFNET "vmx0 type=DETACH");
	trace_set_state(trace, 0, "lagg0", "exists", "yes");
	trace_set_state(trace, 0, "lagg0", "ports", "vmx0 hn0");
	trace_set_state(trace, 0, "lagg0", "master", "hn0");
	trace_set_state(trace, 0, "lagg0", "active", "vmx0");
	trace_set_state(trace, FROM + 500 * DUR_MS, "lagg0", "ports", "hn0");
	trace_set_state(trace, FROM + 500 * DUR_MS, "lagg0", "active", "none");
	trace_set_state(trace, FROM + 510 * DUR_MS, "lagg0", "active", "hn0");
	f = compare(NULL);
	assert_int_equal(f->n, 0);
	assert_int_equal(f->counts[FIDELITY_AGGREGATE].equal, 2);
	fidelity_free(f);
	/* A longer one may not. */
	trace_set_state(trace, FROM + 700 * DUR_MS, "lagg0", "active", "none");
	trace_set_state(trace, FROM + 900 * DUR_MS, "lagg0", "active", "hn0");
	f = compare(NULL);
	assert_int_equal(f->n, 2);
	assert_difference(f, 0, FIDELITY_EXTRA, "hn0 MASTER");
	fidelity_free(f);
}

static const char table[] =
    "# Known\n\n"
    "| recordings | kind | difference | reason |\n|---|---|---|---|\n"
    "| `b_*` | record | `missing *vmx0 type=LINK_UP` | it is so |\n\n"
    "## Spread\n\n"
    "| recordings | missing probes | longest hole ms | source |\n|---|-|-|-|\n"
    "| `b_*` | 2..9 | 1..20 | measured |\n";

static struct known *
parse(const char *text, struct strbuf *said)
{
	struct diag d = { .emit = diag_emit_strbuf, .ctx = said };

	strbuf_reset(said);
	return known_parse("D.md", text, strlen(text), &d);
}

static void
a_known_difference_has_its_reason(void **state)
{
	struct strbuf said = { 0 };
	struct known *k = parse(table, &said);
	struct fidelity *f;

	(void)state;
	assert_non_null(k);
	recorded(1, IFNET "vmx0 type=LINK_UP");
	recorded(2, IFNET "hn0 type=LINK_UP");
	f = compare(k);
	assert_int_equal(f->n, 2);
	assert_int_equal(fidelity_unknown(f), 1);
	assert_string_equal(f->list[0].known->reason, "it is so");
	assert_int_equal(f->list[0].known->line, 5);
	fidelity_free(f);
	assert_null(known_find(k, "c_1", "record",
	    "missing " IFNET "vmx0 type=LINK_UP"));
	assert_non_null(known_find(k, "a_1+b_1", "record",
	    "missing " IFNET "vmx0 type=LINK_UP"));
	known_free(k);
	strbuf_fini(&said);
}

static void
packets_are_held_to_the_measured_spread(void **state)
{
	static const char flow[] =
	    "# hprobe 10.0.2.2 1000/s start 10.0\n"
	    "SUMMARY sent=1000 ok=994 lost=0 senderr=6 gap_ms=8.0 at=10.1\n";
	struct strbuf said = { 0 };
	struct known *k = parse(table, &said);
	struct fidelity *f;

	(void)state;
	witness_take(rec->beside, ".flow", flow, sizeof(flow) - 1);
	trace->probes = calloc(1, sizeof(*trace->probes));
	trace->n_probes = trace->cap_probes = 1;
	trace->probes[0].name = strdup("ping");
	trace->probes[0].way = strdup("echo");
	trace->probes[0].send_errors = 9;
	trace->probes[0].longest_gap_ns = 10 * DUR_MS;
	f = compare(k);
	assert_int_equal(f->n, 0);
	fidelity_free(f);
	trace->probes[0].lost = 1;
	trace->probes[0].longest_gap_ns = 22 * DUR_MS;
	f = compare(k);
	assert_int_equal(f->n, 2);
	assert_difference(f, 0, FIDELITY_SPREAD,
	    "10 probes missing, measured 6 (2..9)");
	assert_difference(f, 1, FIDELITY_SPREAD, "longest hole 0.022 s");
	fidelity_free(f);
	/* Without a row: half of it and 50 ms. */
	f = compare(NULL);
	assert_int_equal(f->n, 0);
	fidelity_free(f);
	known_free(k);
	strbuf_fini(&said);
}

static void
a_row_that_is_not_understood_is_told_with_its_line(void **state)
{
	static const struct {
		const char *text, *want;
	} bad[] = {
		{ "| `b` | record | `x` | y |\n", "D.md:1:1: error: a row be" },
		{ "| recordings | kind | d | r |\n| b | wire | x | y |\n",
		    "D.md:2:1: error: the kind is none" },
		{ "| recordings | kind | d | r |\n| b | record | x |  |\n",
		    "D.md:2:1: error: a difference without a reason" },
		{ "| recordings | kind | d | r |\n| b | record |\n",
		    "D.md:2:1: error: a row of four cells" },
		{ "| recordings | m | l | s |\n| b | 9..2 | 1..2 | y |\n",
		    "D.md:2:1: error: a spread is LOW..HIGH" },
	};
	struct strbuf said = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_null(parse(bad[i].text, &said));
		assert_int_equal(strncmp(strbuf_str(&said), bad[i].want,
				     strlen(bad[i].want)),
		    0);
	}
	strbuf_fini(&said);
}

static void
a_report_names_times_and_reasons(void **state)
{
	struct strbuf said = { 0 }, out = { 0 };
	struct known *k = parse(table, &said);
	struct fidelity *f;

	(void)state;
	recorded(1, IFNET "vmx0 type=LINK_UP");
	f = compare(k);
	fidelity_write(f, false, &out);
	assert_non_null(strstr(strbuf_str(&out),
	    "record    missing   10.001000000              -  "
	    "!system=IFNET"));
	assert_non_null(strstr(strbuf_str(&out), "known: line 5: it is so\n"));
	assert_non_null(
	    strstr(strbuf_str(&out), "1 difference, 0 of them unknown\n"));
	fidelity_free(f);
	known_free(k);
	strbuf_fini(&said);
	strbuf_fini(&out);
}

#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(orders_that_the_kernel_leaves_open_are_equal),
		T(what_is_missing_and_what_is_too_much_is_told),
		T(an_order_that_no_kernel_keeps_is_told),
		T(the_kernel_may_swallow_a_change_before_another),
		T(equal_texts_that_are_far_apart_are_not_paired),
		T(what_came_after_the_last_reader_is_not_compared),
		T(who_only_looks_sets_nothing_going),
		T(messages_without_news_count_once),
		T(a_message_before_another_may_be_swallowed_too),
		T(looks_shorter_than_a_poll_may_be_missed),
		T(a_known_difference_has_its_reason),
		T(packets_are_held_to_the_measured_spread),
		T(a_row_that_is_not_understood_is_told_with_its_line),
		T(a_report_names_times_and_reasons),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
