/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sim/lab/labprobes.h: two logs give what the simulated machine says of the
 * same packets, and what only a real kernel does to packets.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "sim/lab/labprobes.h"
#include "sim/packets/traffic_parts.h"
#include "traffic_history.h"

#define HISTORIES 40
#define ORIGIN	  (INT64_C(777) * DUR_SEC + 3)

/* --- the simulated machine's packets, as logs --- */

static void
add_simulated(struct labprobes *l, const struct stream *s)
{
	struct labprobes_sent *sent = mem_zero(s->n_frames + 1, sizeof(*sent));
	struct labprobes_got *got = mem_zero(s->n_frames + 1, sizeof(*got));
	struct labprobes_stream out = { .name = s->probe->name,
		.way = s->way,
		.period_ns = s->probe->period_ns,
		.sent = sent,
		.n_sent = s->n_frames,
		.got = got };
	int64_t takes = s->t->latency_ns * (s->echo ? 2 : 1);
	size_t i;

	for (i = 0; i < s->n_frames; i++) {
		sent[i].seq = i;
		sent[i].at_ns = ORIGIN + s->frames[i].sent_ns;
		if (path_is_refusal(s->frames[i].path))
			sent[i].refused = ENETDOWN;
		if (s->frames[i].path != PATH_OK)
			continue;
		got[out.n_got].seq = i;
		got[out.n_got++].at_ns = sent[i].at_ns + takes;
	}
	labprobes_add(l, &out);
	free(sent);
	free(got);
}

static struct labprobes *
logs_of(const struct traffic *t)
{
	struct labprobes *l = labprobes_new(ORIGIN);
	size_t i;

	for (i = 0; i < t->n_streams; i++)
		add_simulated(l, &t->streams[i]);
	return l;
}

static void
same_probe(const struct trace_probe *a, const struct trace_probe *b)
{
	assert_string_equal(a->name, b->name);
	assert_string_equal(a->way, b->way);
	assert_int_equal(a->period_ns, b->period_ns);
	assert_int_equal(a->first_ns, b->first_ns);
	assert_int_equal(a->last_ns, b->last_ns);
	assert_int_equal(a->sent, b->sent);
	assert_int_equal(a->delivered, b->delivered);
	assert_int_equal(a->lost, b->lost);
	assert_int_equal(a->send_errors, b->send_errors);
	assert_int_equal(a->duplicated, b->duplicated);
	assert_int_equal(a->reordered, b->reordered);
	assert_int_equal(a->late, b->late);
	assert_int_equal(a->longest_gap_ns, b->longest_gap_ns);
	assert_int_equal(a->longest_gap_at_ns, b->longest_gap_at_ns);
}

/* Why is the one thing that a real kernel does not say. */
static void
same_gap(const struct trace_gap *a, const struct trace_gap *b, size_t probes)
{
	assert_int_equal(a->probe + (int32_t)probes, b->probe);
	assert_int_equal(a->first_seq, b->first_seq);
	assert_int_equal(a->count, b->count);
	assert_int_equal(a->send_errors, b->send_errors);
	assert_int_equal(a->from_ns, b->from_ns);
	assert_int_equal(a->to_ns, b->to_ns);
	assert_int_equal(a->state, b->state);
	assert_int_equal(a->record, b->record);
}

static void
logs_of_a_simulated_run_give_its_rows(void **state)
{
	static struct history run;
	struct labprobes *l;
	struct trace *t;
	uint64_t seed, all_gaps = 0, refused = 0, pauses = 0;
	size_t probes, gaps, i;

	(void)state;
	for (seed = 1; seed <= HISTORIES; seed++) {
		history_begin(&run, seed, true);
		history_finish(&run);
		t = run.rig.trace;
		probes = t->n_probes;
		gaps = t->n_gaps;
		l = logs_of(run.traffic);
		labprobes_report(l, t);
		assert_int_equal(t->n_probes, 2 * probes);
		assert_int_equal(t->n_gaps, 2 * gaps);
		assert_int_equal(t->n_oddities, 0);
		assert_int_equal(labprobes_strays(l), 0);
		for (i = 0; i < probes; i++) {
			same_probe(&t->probes[i], &t->probes[probes + i]);
			refused += t->probes[i].send_errors;
		}
		for (i = 0; i < gaps; i++) {
			same_gap(&t->gaps[i], &t->gaps[gaps + i], probes);
			pauses += t->gaps[i].count == 0;
		}
		all_gaps += gaps;
		labprobes_free(l);
		history_end(&run);
	}
	assert_true(all_gaps > 200 && refused > 1000 && pauses > 10);
}

static void
windows_of_logs_give_the_simulated_numbers(void **state)
{
	static struct history run;
	const char *const names[] = { "echo", "both", "far" };
	struct judge_probe a, b;
	struct labprobes *l;
	int64_t from, until;
	struct prng p;
	uint64_t seed;
	int i;

	(void)state;
	for (seed = 1; seed <= 20; seed++) {
		history_begin(&run, seed, true);
		history_finish(&run);
		l = logs_of(run.traffic);
		prng_seed(&p, seed);
		for (i = 0; i < 30; i++) {
			from = history_moment(&p);
			until = history_moment(&p);
			assert_true(traffic_judge(run.traffic, names[i % 3],
			    from, until, &a));
			assert_true(
			    labprobes_judge(l, names[i % 3], from, until, &b));
			assert_memory_equal(&a, &b, sizeof(a));
		}
		assert_false(labprobes_judge(l, "none", 0, INT64_MAX, &b));
		labprobes_free(l);
		history_end(&run);
	}
}

/* --- what a real kernel does --- */

#define MANY 100

struct logs { /* one packet every 10 ms, each takes 1 ms */
	struct labprobes_sent sent[MANY];
	struct labprobes_got got[MANY + 10];
	struct labprobes_stream s;
};

static void
fill(struct logs *g)
{
	size_t i;

	memset(g, 0, sizeof(*g));
	g->s.name = "p";
	g->s.way = "in";
	g->s.period_ns = 10 * DUR_MS;
	g->s.sent = g->sent;
	g->s.got = g->got;
	g->s.n_sent = g->s.n_got = MANY;
	for (i = 0; i < MANY; i++) {
		g->sent[i].seq = g->got[i].seq = i;
		g->sent[i].at_ns = ORIGIN + (int64_t)i * 10 * DUR_MS;
		g->got[i].at_ns = g->sent[i].at_ns + DUR_MS;
	}
}

/* Packets first to last do not arrive. */
static void
lose(struct logs *g, size_t first, size_t last)
{
	memmove(&g->got[first], &g->got[last + 1],
	    (g->s.n_got - last - 1) * sizeof(g->got[0]));
	g->s.n_got -= last - first + 1;
}

static struct trace *
report(const struct logs *g, struct labprobes *l)
{
	struct trace *t = trace_new();

	labprobes_add(l, &g->s);
	labprobes_report(l, t);
	labprobes_free(l);
	return t;
}

/* Up to LABPROBES_PAUSE late is no pause. */
static void
a_sender_is_late_and_that_is_no_gap(void **state)
{
	struct logs g;
	struct trace *t;
	size_t i;

	(void)state;
	fill(&g);
	for (i = 0; i < MANY; i++)
		g.sent[i].at_ns += (int64_t)(i * 7919 % 5) * DUR_MS;
	t = report(&g, labprobes_new(ORIGIN));
	assert_int_equal(t->n_gaps, 0);
	assert_int_equal(t->probes[0].longest_gap_ns, 0);
	assert_int_equal(t->probes[0].delivered, MANY);
	trace_free(t);
	/* Standing still for longer is one: nothing is missing in it. */
	fill(&g);
	for (i = 50; i < MANY; i++)
		g.sent[i].at_ns += LABPROBES_PAUSE;
	t = report(&g, labprobes_new(ORIGIN));
	assert_int_equal(t->n_gaps, 0);
	trace_free(t);
	for (i = 50; i < MANY; i++)
		g.sent[i].at_ns += DUR_MS;
	t = report(&g, labprobes_new(ORIGIN));
	assert_int_equal(t->n_gaps, 1);
	assert_int_equal(t->gaps[0].count, 0);
	assert_int_equal(t->gaps[0].first_seq, 50);
	assert_int_equal(t->gaps[0].to_ns - t->gaps[0].from_ns,
	    LABPROBES_PAUSE + 11 * DUR_MS);
	assert_string_equal(t->gaps[0].why, "the sender stood still");
	trace_free(t);
}

static void
duplicated_and_reordered_ones_are_told(void **state)
{
	struct labprobes *l = labprobes_new(ORIGIN);
	struct judge_probe n;
	struct trace *t = trace_new();
	struct logs g;

	(void)state;
	fill(&g);
	/* 20 comes behind 22, and is told so in any order of the log. */
	g.got[20].at_ns = g.got[22].at_ns + 1;
	/* 30 comes three times, the last after 31. */
	g.got[MANY] = g.got[MANY + 1] = g.got[30];
	g.got[MANY].at_ns++;
	g.got[MANY + 1].at_ns = g.got[31].at_ns + 5;
	g.s.n_got += 2;
	labprobes_add(l, &g.s);
	labprobes_report(l, t);
	assert_int_equal(t->probes[0].delivered, MANY);
	assert_int_equal(t->probes[0].reordered, 1);
	assert_int_equal(t->probes[0].duplicated, 2);
	assert_int_equal(t->probes[0].late, 0);
	assert_int_equal(t->n_oddities, 3);
	assert_string_equal(t->oddities[0].kind, "reordered");
	assert_int_equal(t->oddities[0].number, 20);
	assert_int_equal(t->oddities[0].at_ns, 221 * DUR_MS + 1);
	assert_string_equal(t->oddities[1].kind, "duplicated");
	assert_int_equal(t->oddities[2].number, 30);
	assert_int_equal(t->oddities[2].at_ns, 311 * DUR_MS + 5);
	/* They count in the window in which they were sent. */
	assert_true(labprobes_judge(l, "p", 200 * DUR_MS, 201 * DUR_MS, &n));
	assert_int_equal(n.sent, 1);
	assert_int_equal(n.reordered, 1);
	assert_int_equal(n.duplicated, 0);
	assert_true(labprobes_judge(l, "p", 201 * DUR_MS, DUR_SEC, &n));
	assert_int_equal(n.reordered, 0);
	assert_int_equal(n.duplicated, 2);
	labprobes_free(l);
	trace_free(t);
}

static void
late_ones_are_delivered_and_late(void **state)
{
	struct logs g;
	struct trace *t;
	size_t i;

	(void)state;
	fill(&g);
	/* Held back by a queue while the VM stood, then all at once. */
	for (i = 40; i < 60; i++)
		g.got[i].at_ns = ORIGIN + 601 * DUR_MS;
	t = report(&g, labprobes_new(ORIGIN));
	assert_int_equal(t->probes[0].delivered, MANY);
	assert_int_equal(t->probes[0].lost, 0);
	assert_int_equal(t->n_gaps, 0);
	/* 1 ms is the fastest: the one that took 101 ms is in time. */
	assert_int_equal(t->probes[0].late, 10);
	assert_int_equal(t->n_oddities, 10);
	assert_string_equal(t->oddities[0].kind, "late");
	assert_int_equal(t->oddities[9].number, 49);
	trace_free(t);
}

static void
refused_ones_have_numbers(void **state)
{
	struct labprobes *l = labprobes_new(ORIGIN);
	struct trace *t = trace_new();
	struct judge_probe n;
	struct logs g;

	(void)state;
	fill(&g);
	g.sent[10].refused = g.sent[11].refused = EHOSTUNREACH;
	lose(&g, 10, 12);
	labprobes_add(l, &g.s);
	labprobes_report(l, t);
	assert_int_equal(t->probes[0].sent, MANY - 2);
	assert_int_equal(t->probes[0].lost, 1);
	assert_int_equal(t->probes[0].send_errors, 2);
	assert_int_equal(t->n_gaps, 1);
	assert_int_equal(t->gaps[0].count, 3);
	assert_int_equal(t->gaps[0].send_errors, 2);
	assert_int_equal(t->gaps[0].from_ns, 90 * DUR_MS);
	assert_int_equal(t->gaps[0].to_ns, 130 * DUR_MS);
	assert_memory_equal(t->gaps[0].why, "refused: ", 9);
	assert_true(labprobes_judge(l, "p", 0, INT64_MAX, &n));
	assert_int_equal(n.sent, MANY - 2);
	assert_int_equal(n.lost, 3);
	assert_int_equal(n.refused, 2);
	labprobes_free(l);
	trace_free(t);
}

/* A sender that slept through turns leaves their numbers out, or not. */
static void
numbers_that_were_not_tried_are_not_lost(void **state)
{
	struct logs g;
	struct trace *t;
	size_t i;

	(void)state;
	fill(&g);
	for (i = 60; i < MANY; i++) {
		g.sent[i].seq += 5;
		g.sent[i].at_ns += 50 * DUR_MS;
		g.got[i].seq += 5;
		g.got[i].at_ns += 50 * DUR_MS;
	}
	lose(&g, 60, 60);
	/* Told twice, and one that nobody sent. */
	g.sent[99] = g.sent[98];
	g.got[98].seq = 1000;
	t = trace_new();
	{
		struct labprobes *l = labprobes_new(ORIGIN);

		labprobes_add(l, &g.s);
		labprobes_report(l, t);
		assert_int_equal(labprobes_strays(l), 1);
		labprobes_free(l);
	}
	assert_int_equal(t->probes[0].sent, MANY - 1);
	assert_int_equal(t->probes[0].lost, 1);
	assert_int_equal(t->n_gaps, 1);
	assert_int_equal(t->gaps[0].first_seq, 65);
	assert_int_equal(t->gaps[0].count, 1);
	assert_int_equal(t->gaps[0].from_ns, 590 * DUR_MS);
	assert_int_equal(t->gaps[0].to_ns, 660 * DUR_MS);
	trace_free(t);
}

/* A clock whose stretches overlap does not make a gap of negative length. */
static void
times_do_not_run_back(void **state)
{
	struct logs g;
	struct trace *t;

	(void)state;
	fill(&g);
	g.sent[41].at_ns = g.sent[39].at_ns;
	lose(&g, 40, 40);
	t = report(&g, labprobes_new(ORIGIN));
	assert_int_equal(t->n_gaps, 1);
	assert_int_equal(t->gaps[0].from_ns, 390 * DUR_MS);
	assert_int_equal(t->gaps[0].to_ns, 400 * DUR_MS);
	trace_free(t);
}

static void
a_gap_is_split_by_when_the_vm_stood(void **state)
{
	struct labprobes *l = labprobes_new(ORIGIN);
	struct labprobes_gap gap;
	struct trace *t = trace_new();
	struct logs g;

	(void)state;
	fill(&g);
	lose(&g, 50, 64);
	lose(&g, 20, 21);
	labprobes_add(l, &g.s);
	/* What there was at the moment of the first that is missing. */
	trace_set_state(t, 485 * DUR_MS, "bond0", "active", "eth1");
	trace_set_state(t, 495 * DUR_MS, "bond0", "active", "none");
	trace_set_state(t, 505 * DUR_MS, "bond0", "active", "eth0");
	trace_add_record(t, 480 * DUR_MS, "a", 1);
	trace_add_record(t, 640 * DUR_MS, "b", 1);
	/* Source and destination of a migration, told in any order; two that
	 * overlap, one outside. */
	labprobes_add_stop(l, ORIGIN + 600 * DUR_MS, ORIGIN + 620 * DUR_MS);
	labprobes_add_stop(l, ORIGIN + 520 * DUR_MS, ORIGIN + 570 * DUR_MS);
	labprobes_add_stop(l, ORIGIN + 540 * DUR_MS, ORIGIN + 580 * DUR_MS);
	labprobes_add_stop(l, ORIGIN + 645 * DUR_MS, ORIGIN + 700 * DUR_MS);
	labprobes_add_stop(l, ORIGIN + 800 * DUR_MS, ORIGIN + 900 * DUR_MS);
	assert_true(labprobes_longest(l, "p", "in", 0, INT64_MAX, &gap));
	assert_int_equal(gap.from_ns, 490 * DUR_MS);
	assert_int_equal(gap.to_ns, 650 * DUR_MS);
	assert_int_equal(gap.missing, 15);
	assert_int_equal(gap.stopped_ns, (60 + 20 + 5) * DUR_MS);
	assert_int_equal(gap.rest_ns, (160 - 85) * DUR_MS);
	assert_true(labprobes_longest(l, "p", "in", 0, 400 * DUR_MS, &gap));
	assert_int_equal(gap.missing, 2);
	assert_int_equal(gap.stopped_ns, 0);
	assert_int_equal(gap.rest_ns, 30 * DUR_MS);
	assert_false(labprobes_longest(l, "p", "out", 0, INT64_MAX, &gap));
	assert_false(labprobes_longest(l, "p", "in", 0, DUR_MS, &gap));
	labprobes_report(l, t);
	assert_int_equal(t->gaps[0].state, TRACE_NONE);
	assert_int_equal(t->gaps[0].record, TRACE_NONE);
	assert_int_equal(t->gaps[1].state, 1);
	assert_int_equal(t->gaps[1].record, 1);
	assert_string_equal(t->gaps[0].why, "lost on the way");
	assert_string_equal(t->gaps[1].why,
	    "lost on the way; the VM was frozen for 85ms of it");
	trace_free(t);
	labprobes_free(l);
}

static void
a_stream_without_packets_is_a_row(void **state)
{
	struct labprobes *l = labprobes_new(0);
	struct labprobes_stream s = { .name = "p",
		.way = "echo",
		.period_ns = DUR_MS };
	struct judge_probe n;
	struct trace *t = trace_new();

	(void)state;
	labprobes_add(l, &s);
	labprobes_report(l, t);
	assert_int_equal(t->n_probes, 1);
	assert_int_equal(t->probes[0].sent, 0);
	assert_int_equal(t->n_gaps, 0);
	assert_true(labprobes_judge(l, "p", 0, INT64_MAX, &n));
	assert_int_equal(n.sent, 0);
	trace_free(t);
	labprobes_free(l);
	labprobes_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(logs_of_a_simulated_run_give_its_rows),
		cmocka_unit_test(windows_of_logs_give_the_simulated_numbers),
		cmocka_unit_test(a_sender_is_late_and_that_is_no_gap),
		cmocka_unit_test(duplicated_and_reordered_ones_are_told),
		cmocka_unit_test(late_ones_are_delivered_and_late),
		cmocka_unit_test(refused_ones_have_numbers),
		cmocka_unit_test(numbers_that_were_not_tried_are_not_lost),
		cmocka_unit_test(times_do_not_run_back),
		cmocka_unit_test(a_gap_is_split_by_when_the_vm_stood),
		cmocka_unit_test(a_stream_without_packets_is_a_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
