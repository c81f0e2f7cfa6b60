/* SPDX-License-Identifier: BSD-2-Clause */
/* Fail-overs from sequences of records, looks and operations. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/dur.h"
#include "base/rowtext.h"
#include "daemon/seen_rows.h"
#include "daemon/status.h"

#define AT(ms) ((ms)*DUR_MS)

static struct failover_times *t;
static struct snapshot s;

static struct snap_if *
add(const char *name, enum if_class class)
{
	struct snap_if *i = snapshot_add(&s);

	snprintf(i->name, sizeof(i->name), "%s", name);
	i->class = class;
	return i;
}

/* hnN in laggN; with_vf: mceN, too; on_vf: which carries. */
static void
show(int n, bool with_vf, bool on_vf)
{
	struct snap_if *hn, *lagg;
	char name[3][IFNAME_MAX];

	snprintf(name[0], IFNAME_MAX, "hn%d", n);
	snprintf(name[1], IFNAME_MAX, "mce%d", n);
	snprintf(name[2], IFNAME_MAX, "lagg%d", n);
	hn = add(name[0], IF_HN);
	hn->unit = n;
	memcpy(hn->lagg, name[2], IFNAME_MAX);
	if (with_vf) {
		memcpy(hn->vf, name[1], IFNAME_MAX);
		add(name[1], IF_OTHER);
	}
	lagg = add(name[2], IF_LAGG);
	lagg->n_ports = with_vf ? 2 : 1;
	memcpy(lagg->ports[0].name, name[0], IFNAME_MAX);
	memcpy(lagg->ports[1].name, name[1], IFNAME_MAX);
	lagg->ports[on_vf ? 1 : 0].active = true;
}

static void
look(int64_t at_ns, bool with_vf, bool on_vf)
{
	snapshot_reset(&s);
	show(0, with_vf, on_vf);
	failover_times_look(t, at_ns, &s);
}

static void
operate(int64_t asked_ns, int64_t answered_ns, const char *ifname, int result)
{
	struct operation op = { .kind = OP_UP };

	snprintf(op.ifname, sizeof(op.ifname), "%s", ifname);
	failover_times_asked(t, asked_ns, &op);
	failover_times_answered(t, answered_ns, &op, result);
}

static int
set_up(void **state)
{
	(void)state;
	t = failover_times_new();
	look(AT(1), false, false);
	assert_false(failover_times_rest(t, AT(1)));
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	failover_times_free(t);
	snapshot_fini(&s);
	return 0;
}

static void
expect(const struct failover *f, enum failover_way way, int64_t total_ms,
    int64_t decide_ms, int64_t apply_ms, int64_t settle_ms)
{
	assert_non_null(f);
	assert_int_equal(f->way, way);
	assert_int_equal(f->total_ns, AT(total_ms));
	assert_int_equal(f->phase_ns[FAILOVER_DECIDE], AT(decide_ms));
	assert_int_equal(f->phase_ns[FAILOVER_APPLY], AT(apply_ms));
	assert_int_equal(f->phase_ns[FAILOVER_SETTLE], AT(settle_ms));
}

static uint64_t
count(enum failover_way way)
{
	return failover_times_totals(t)->ways[way].count;
}

/* The VF comes, joins, waits for its delay, is upped, and carries. */
static void
come(int64_t from_ms)
{
	failover_times_cause(t, AT(from_ms));
	failover_times_cause(t, AT(from_ms + 1));
	look(AT(from_ms + 2), true, false);
	operate(AT(from_ms + 3), AT(from_ms + 4), "lagg0", 0);
	look(AT(from_ms + 5), true, false);
	assert_false(failover_times_rest(t, AT(from_ms + 5)));
	assert_int_equal(failover_times_open(t, 0), AT(from_ms));
	look(AT(from_ms + 2000), true, false);
	operate(AT(from_ms + 2001), AT(from_ms + 2010), "mce0", 0);
	look(AT(from_ms + 2011), true, false);
	assert_false(failover_times_rest(t, AT(from_ms + 2011)));
	failover_times_cause(t, AT(from_ms + 2050));
	look(AT(from_ms + 2060), true, true);
	assert_true(failover_times_rest(t, AT(from_ms + 2061)));
	assert_int_equal(failover_times_open(t, 0), 0);
}

static void
test_to_vf(void **state)
{
	(void)state;
	come(1000);
	expect(failover_times_of(t, 0), FAILOVER_TO_VF, 2061, 3, 2007, 51);
	assert_string_equal(failover_times_of(t, 0)->port, "mce0");
	assert_int_equal(failover_times_of(t, 0)->operations, 2);
	assert_int_equal(count(FAILOVER_TO_VF), 1);
	assert_int_equal(count(FAILOVER_TO_SYNTHETIC), 0);
}

/* The bond takes the other port by itself. */
static void
test_to_synthetic_alone(void **state)
{
	(void)state;
	come(1000);
	failover_times_cause(t, AT(5000));
	look(AT(5007), false, false);
	assert_true(failover_times_rest(t, AT(5007)));
	expect(failover_times_of(t, 0), FAILOVER_TO_SYNTHETIC, 7, 0, 0, 7);
	assert_string_equal(failover_times_of(t, 0)->port, "hn0");
	assert_int_equal(count(FAILOVER_TO_SYNTHETIC), 1);
}

/* A link that is lost while the VF stays, and its end. */
static void
test_link(void **state)
{
	(void)state;
	come(1000);
	failover_times_cause(t, AT(5000));
	look(AT(5001), true, false);
	operate(AT(5002), AT(5003), "mce0", 0);
	look(AT(5004), true, false);
	assert_true(failover_times_rest(t, AT(5004)));
	expect(failover_times_of(t, 0), FAILOVER_TO_SYNTHETIC, 4, 2, 1, 1);
	failover_times_cause(t, AT(9000));
	look(AT(9001), true, true);
	assert_true(failover_times_rest(t, AT(9001)));
	expect(failover_times_of(t, 0), FAILOVER_TO_VF, 1, 0, 0, 1);
	failover_times_cause(t, AT(9500));
	look(AT(9501), true, true);
	assert_false(failover_times_rest(t, AT(9501)));
	assert_int_equal(count(FAILOVER_TO_SYNTHETIC), 1);
	assert_int_equal(count(FAILOVER_TO_VF), 2);
}

/* One that goes before it carried has moved nothing. */
static void
test_none(void **state)
{
	(void)state;
	failover_times_cause(t, AT(10));
	look(AT(11), true, false);
	operate(AT(12), AT(13), "lagg0", 0);
	look(AT(14), true, false);
	assert_false(failover_times_rest(t, AT(14)));
	failover_times_cause(t, AT(500));
	look(AT(501), false, false);
	assert_false(failover_times_rest(t, AT(501)));
	assert_int_equal(failover_times_open(t, 0), 0);
	assert_null(failover_times_of(t, 0));
	/* Nor has an operation alone; and what comes then begins anew. */
	operate(AT(600), AT(601), "hn0", 22);
	look(AT(602), false, false);
	assert_false(failover_times_rest(t, AT(602)));
	assert_int_equal(failover_times_totals(t)->operations, 2);
	assert_int_equal(failover_times_totals(t)->failed, 1);
	come(700);
	expect(failover_times_of(t, 0), FAILOVER_TO_VF, 2061, 3, 2007, 51);
}

/* A look at which nobody carries is on the way to one that counts. */
static void
test_gap(void **state)
{
	(void)state;
	come(1000);
	failover_times_cause(t, AT(5000));
	look(AT(5001), false, false);
	s.ifs[1].ports[0].active = false;
	failover_times_look(t, AT(5001), &s);
	assert_false(failover_times_rest(t, AT(5001)));
	look(AT(5100), false, false);
	assert_true(failover_times_rest(t, AT(5100)));
	expect(failover_times_of(t, 0), FAILOVER_TO_SYNTHETIC, 100, 0, 0, 100);
}

/* The first state that is found is no fail-over, whatever it took. */
static void
test_start(void **state)
{
	(void)state;
	failover_times_free(t);
	t = failover_times_new();
	snapshot_reset(&s);
	add("hn0", IF_HN);
	failover_times_look(t, AT(1), &s);
	operate(AT(2), AT(3), "lagg0", 0);
	look(AT(4), true, true);
	assert_false(failover_times_rest(t, AT(4)));
	assert_int_equal(count(FAILOVER_TO_VF), 0);
	assert_int_equal(failover_times_open(t, 0), 0);
}

static void
test_many(void **state)
{
	int k;

	(void)state;
	for (k = 0; k < 2; k++) {
		failover_times_cause(t, AT(100 + k * 100));
		snapshot_reset(&s);
		show(0, false, false);
		show(7, k > 0, k > 0);
		failover_times_look(t, AT(110 + k * 100), &s);
		assert_int_equal(failover_times_rest(t, AT(110 + k * 100)),
		    k > 0);
	}
	assert_null(failover_times_of(t, 0));
	expect(failover_times_of(t, 7), FAILOVER_TO_VF, 10, 0, 0, 10);
	assert_string_equal(failover_times_totals(t)->last.nic, "hn7");
}

/* --- what is told of them --- */

static int64_t
number(const char *text, const char *key)
{
	const char *at = strstr(text, key);
	int64_t n;

	assert_non_null(at);
	at += strlen(key);
	assert_true(num_parse(at, strcspn(at, " \n"), 0, INT64_MAX, &n));
	return n;
}

static void
test_status(void **state)
{
	struct status st = { .last_ago_ns = 5, .last_wall_ns = 1500000000 };
	struct strbuf out = { 0 };
	const char *text;

	(void)state;
	come(1000);
	st.failovers = failover_times_totals(t);
	snprintf(st.why_idle, sizeof(st.why_idle), "a reason");
	status_row(&st, &out);
	text = strbuf_str(&out);
	assert_non_null(strstr(text, "why_idle=\"a reason\""));
	assert_non_null(strstr(text, " last_way=to-vf last_carrier=mce0"));
	assert_int_equal(number(text, "failovers_to_vf="), 1);
	assert_int_equal(number(text, "last_total_ns="), AT(2061));
	assert_int_equal(number(text, "last_decide_ns=") +
		number(text, "last_apply_ns=") +
		number(text, "last_settle_ns="),
	    number(text, "last_total_ns="));
	strbuf_fini(&out);
}

/* Buckets are cumulative, sums are those of what was counted. */
static void
test_metrics(void **state)
{
	struct status st = { .last_wall_ns = 1500000000 };
	struct strbuf out = { 0 };
	const char *text;

	(void)state;
	st.failovers = failover_times_totals(t);
	status_metrics(&st, &out);
	assert_null(strstr(strbuf_str(&out), "failover_last_"));
	come(1000);
	failover_times_cause(t, AT(5000));
	look(AT(5007), false, false);
	failover_times_rest(t, AT(5007));
	come(6000);
	strbuf_reset(&out);
	status_metrics(&st, &out);
	text = strbuf_str(&out);
#define HAS(line) assert_non_null(strstr(text, "\nswitchbackd_" line "\n"))
	HAS("failovers_total{direction=\"to_vf\"} 2");
	HAS("failover_seconds_bucket{direction=\"to_vf\",le=\"1\"} 0");
	HAS("failover_seconds_bucket{direction=\"to_vf\",le=\"2.5\"} 2");
	HAS("failover_seconds_bucket{direction=\"to_vf\",le=\"10\"} 2");
	HAS("failover_seconds_bucket{direction=\"to_vf\",le=\"+Inf\"} 2");
	HAS("failover_seconds_bucket{direction=\"to_synthetic\",le=\"0.01\"} "
	    "1");
	HAS("failover_seconds_count{direction=\"to_vf\"} 2");
	HAS("failover_seconds_sum{direction=\"to_vf\"} 4.122000000");
	HAS("failover_phase_seconds_sum{direction=\"to_vf\",phase=\"apply\"} "
	    "4.014000000");
	HAS("failover_last_seconds{direction=\"to_vf\",phase=\"settle\"} "
	    "0.051000000");
	HAS("failover_last_timestamp_seconds 1.500000000");
	HAS("operations_total 4");
	strbuf_fini(&out);
}

static bool
say_why(void *ctx, const struct snap_if *hn, struct strbuf *out)
{
	if (hn == NULL || strcmp(hn->name, ctx) != 0)
		return false;
	strbuf_adds(out, "because \"x\"");
	return true;
}

static void
test_rows(void **state)
{
	static char who[] = "hn1";
	struct strbuf out = { 0 };

	(void)state;
	come(1000);
	snapshot_reset(&s);
	show(0, true, true);
	show(1, false, false);
	s.ifs[3].paired = PAIRED_AS_DECLARED;
	assert_true(ipaddr_parse("10.0.0.4/24", &s.ifs[2].addrs[0]));
	s.ifs[2].n_addrs = 1;
	seen_pair_rows(&s, t, AT(4061), say_why, who, &out);
	assert_string_equal(strbuf_str(&out),
	    "system os=freebsd pairs=2\n"
	    "pair=hn0 unit=0 paired_by=hn vf=mce0 aggregate=lagg0 active=mce0 "
	    "way=to-vf carrier=mce0 ago_ns=1000000000 total_ns=2061000000 "
	    "decide_ns=3000000 apply_ns=2007000000 settle_ns=51000000\n"
	    "pair=hn1 unit=1 paired_by=stand-in aggregate=lagg1 active=hn1 "
	    "why=\"because \\\"x\\\"\"\n");
	s.vf_transparent = 1;
	s.other_daemon = true;
	strbuf_reset(&out);
	seen_pair_rows(&s, t, AT(4061), say_why, who, &out);
	assert_non_null(strstr(strbuf_str(&out), "paired_by=transparent"));
	assert_non_null(strstr(strbuf_str(&out), "os=freebsd other_daemon"));
	strbuf_reset(&out);
	seen_state_rows(&s, &out);
	assert_non_null(strstr(strbuf_str(&out),
	    "\nif=lagg0 class=lagg ports=\"hn0 mce0\" active=mce0 "
	    "addrs=10.0.0.4/24\n"));
	assert_non_null(strstr(strbuf_str(&out), "\nif=mce0 class=other\n"));
	strbuf_fini(&out);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_to_vf),
		TEST(test_to_synthetic_alone),
		TEST(test_link),
		TEST(test_none),
		TEST(test_gap),
		TEST(test_start),
		TEST(test_many),
		TEST(test_status),
		TEST(test_metrics),
		TEST(test_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
