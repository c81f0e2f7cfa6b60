/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The flight recorder beside a core that works for a long time: what it holds
 * is bounded, and what it gives is true.
 */
#include <sys/resource.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/dur.h"
#include "core/replayer.h"
#include "daemon/flight.h"
#include "daemon/flight_ring.h"
#include "mem_loader.h"

#define ROOM FLIGHT_RING_MIN

static char conf[20000];
static const struct mem_file files[] = { { "devd.conf", conf },
	{ NULL, NULL } };

struct rig {
	struct ruleset *rules;
	struct flight *flight;
	struct core *core;
	int64_t now_ns;
	int32_t records;
	struct rcvars rc;
};

/* Rules whose text is n bytes longer than they need be. */
static struct ruleset *
rules_of(const char *word, size_t n)
{
	struct ruleset_options how = { .version = RULE_NEWEST };
	struct strbuf found = { 0 };
	struct ruleset *rules;
	int bytes;

	bytes = snprintf(conf, sizeof(conf),
	    "notify 1 { match \"type\" \"GO\"; action \"%s $n\"; };\n#", word);
	memset(conf + bytes, '-', n);
	conf[(size_t)bytes + n] = '\n';
	conf[(size_t)bytes + n + 1] = '\0';
	rules = mem_load(files, &how, &found);
	assert_non_null(rules);
	strbuf_fini(&found);
	return rules;
}

static void step(struct rig *g, struct input *in);

/* A synthetic NIC, for which native wants an aggregate. */
static void
look(struct rig *g)
{
	struct snapshot s = { .failover_rx_all = 1 };
	struct input in = { .kind = INPUT_SNAPSHOT, .snapshot = &s };
	struct snap_if *hn = snapshot_add(&s);

	strcpy(hn->name, "hn0");
	hn->index = 1;
	hn->class = IF_HN;
	hn->mac[5] = 1;
	hn->up = true;
	step(g, &in);
	snapshot_fini(&s);
}

static void
refuse(struct rig *g, uint32_t id)
{
	struct input in = { .kind = INPUT_APPLIED, .id = id, .result = 12 };

	step(g, &in);
}

static void
step(struct rig *g, struct input *in)
{
	struct intents out = { 0 };
	struct input end = { .kind = INPUT_EXITED };
	size_t i;

	in->now_ns = ++g->now_ns;
	core_step(g->core, in, &out);
	for (i = 0; i < out.count; i++) {
		if (out.list[i].kind == INTENT_OBSERVE)
			look(g);
		else if (out.list[i].kind == INTENT_APPLY)
			refuse(g, out.list[i].id);
		if (out.list[i].kind != INTENT_RUN)
			continue;
		end.id = out.list[i].id;
		flight_output(g->flight, g->now_ns, end.id, "out\nput\n", 8);
		step(g, &end);
	}
	intents_fini(&out);
}

static void
begin_under(struct rig *g, enum core_policy policy, size_t room)
{
	struct core_config config = { .policy = policy, .vm_guest = "hv" };

	memset(g, 0, sizeof(*g));
	rcvars_set(&g->rc, "ifconfig_hn0", "inet 10.0.0.4/24", 1, 1);
	config.rc = &g->rc;
	g->now_ns = DUR_SEC;
	g->rules = rules_of("run", 0);
	config.rules = g->rules;
	g->flight = flight_new(room, DUR_MAX);
	g->core = core_new(&config);
	flight_watch(g->flight, g->core, &config, g->now_ns);
	step(g, &(struct input){ .kind = INPUT_START });
}

static void
begin(struct rig *g, size_t room)
{
	begin_under(g, CORE_RULES, room);
}

static void
end(struct rig *g)
{
	rcvars_fini(&g->rc);
	core_free(g->core);
	flight_free(g->flight);
	ruleset_free(g->rules);
}

static void
record(struct rig *g, const char *text)
{
	struct input in = { .kind = INPUT_RECORD,
		.raw = text,
		.raw_bytes = strlen(text),
		.record = ++g->records,
		.timestamp = "1.5" };

	step(g, &in);
}

static void
difference(void *ctx, const struct replay_difference *d)
{
	(void)d;
	++*(size_t *)ctx;
}

/* What can be verified of it is equal. */
static struct replay_counts
verify(const struct trace *t)
{
	struct replay_counts counts;
	size_t differences = 0, i;
	struct replayer *r = replayer_new(difference, &differences);
	struct replay_row row;
	struct err e = { 0 };

	for (i = 0; i < t->n_setups; i++)
		assert_int_equal(replayer_setup(r, t->setups[i].name,
				     t->setups[i].body, t->setups[i].bytes, &e),
		    0);
	for (i = 0; i < t->n_decisions; i++) {
		row.number = i;
		row.at_ns = t->decisions[i].at_ns;
		row.in = t->decisions[i].in;
		row.kind = t->decisions[i].kind;
		row.body = t->decisions[i].body;
		row.bytes = t->decisions[i].bytes;
		if (replayer_row(r, &row, &e) < 0)
			fail_msg("decision %zu: %s", i, e.text);
	}
	replayer_end(r, &counts);
	replayer_free(r);
	assert_int_equal(differences, 0);
	return counts;
}

static void
a_run_tells_what_was(void **state)
{
	struct replay_counts counts;
	struct trace *t;
	struct rig g;

	(void)state;
	begin(&g, ROOM);
	record(&g, "!type=GO n=5");
	record(&g, "!type=OTHER");
	flight_log(g.flight, g.now_ns, "daemon: warning: a line");
	t = flight_trace(g.flight, g.now_ns, "asked for", "/etc/devd.conf");
	assert_string_equal(t->run.kind, "flight");
	assert_string_equal(t->run.note, "asked for");
	assert_string_equal(t->run.source, "/etc/devd.conf");
	assert_int_equal(t->n_records, 2);
	assert_string_equal(t->records[1].raw, "!type=OTHER");
	assert_int_equal(t->records[1].fate, TRACE_RECORD_READ);
	assert_int_equal(t->n_firings, 1);
	assert_string_equal(t->firings[0].action, "run $'5'");
	assert_int_equal(t->firings[0].record, 0);
	assert_int_equal(t->n_commands, 1);
	assert_string_equal(t->commands[0].outcome, "exit 0");
	assert_int_equal(t->n_notes, 3);
	assert_string_equal(t->notes[0].text, "command 1 wrote: out");
	assert_string_equal(t->notes[2].who, "log");
	counts = verify(t);
	assert_int_equal(counts.passed, 0);
	assert_int_equal(counts.inputs, 4);
	trace_free(t);
	end(&g);
}

static void
operations_are_told(void **state)
{
	struct replay_counts counts;
	struct trace *t;
	struct rig g;

	(void)state;
	begin_under(&g, CORE_NATIVE, ROOM);
	t = flight_trace(g.flight, g.now_ns, "asked for", "");
	assert_true(t->n_operations >= 1);
	assert_string_equal(t->operations[0].text, "lagg0 create failover");
	assert_int_equal(t->operations[0].result, 12);
	assert_true(t->operations[0].end_ns > t->operations[0].start_ns);
	assert_int_equal(t->operations[0].record, TRACE_NONE);
	counts = verify(t);
	assert_int_equal(counts.passed, 0);
	assert_true(counts.inputs >= 3);
	trace_free(t);
	end(&g);
}

/* A ring that has lost its beginning is verified from its first rest on. */
static void
a_million_records_are_bounded(void **state)
{
	const char *variant = getenv("V");
	struct rusage before, after;
	struct replay_counts counts;
	struct trace *t;
	struct rig g;
	char text[60];
	int i;

	(void)state;
	begin(&g, 1024 * 1024);
	for (i = 0; i < 20000; i++)
		record(&g, "!type=GO n=1 subsystem=em0");
	getrusage(RUSAGE_SELF, &before);
	for (i = 0; i < 1000000; i++) {
		snprintf(text, sizeof(text), "!type=%s n=%d",
		    i % 10 == 0 ? "GO" : "OTHER", i);
		record(&g, text);
		if (i % 1000 == 0)
			assert_true(flight_bytes(g.flight) <= 1024 * 1024);
	}
	getrusage(RUSAGE_SELF, &after);
	/* A sanitizer keeps what was freed. */
	if (variant == NULL || strcmp(variant, "asan") != 0)
		assert_true(after.ru_maxrss - before.ru_maxrss < 1024);
	t = flight_trace(g.flight, g.now_ns, "asked for", "");
	assert_true(t->n_records > 4000);
	assert_non_null(strstr(t->run.note, "no longer held the first"));
	counts = verify(t);
	assert_true(counts.passed > 0);
	assert_true(counts.passed < 600);
	assert_true(counts.inputs > 4000);
	trace_free(t);
	end(&g);
}

static size_t
count_setups(const struct trace *t, const char *class)
{
	size_t i, n = 0;

	for (i = 0; i < t->n_setups; i++)
		n += strncmp(t->setups[i].name, class, strlen(class)) == 0;
	return n;
}

/* Rules that nothing in the ring needs any more have gone, and what is in the
 * ring has the rules that it needs. */
static void
reloads_are_bounded(void **state)
{
	struct replay_counts counts;
	struct ruleset *fresh;
	struct trace *t;
	struct rig g;
	char word[20];
	int i, k;

	(void)state;
	begin(&g, ROOM);
	for (i = 0; i < 300; i++) {
		snprintf(word, sizeof(word), "run%d", i);
		fresh = rules_of(word, 5000);
		core_set_rules(g.core, fresh);
		ruleset_free(g.rules);
		g.rules = fresh;
		for (k = 0; k < 40; k++)
			record(&g, "!type=GO n=1");
		assert_true(flight_bytes(g.flight) <= ROOM);
		if (i % 20 != 19)
			continue;
		t = flight_trace(g.flight, g.now_ns, "asked for", "");
		counts = verify(t);
		assert_true(counts.inputs > 0);
		assert_in_range(count_setups(t, "rules "), 2, 2 * 13);
		assert_int_equal(count_setups(t, "core 0"), 1);
		trace_free(t);
	}
	/* The same text again is no other set. */
	fresh = rules_of(word, 5000);
	t = flight_trace(g.flight, g.now_ns, "asked for", "");
	i = (int)count_setups(t, "rules ");
	trace_free(t);
	core_set_rules(g.core, fresh);
	t = flight_trace(g.flight, g.now_ns, "asked for", "");
	assert_int_equal(count_setups(t, "rules "), i);
	trace_free(t);
	ruleset_free(g.rules);
	g.rules = fresh;
	end(&g);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_run_tells_what_was),
		cmocka_unit_test(operations_are_told),
		cmocka_unit_test(a_million_records_are_bounded),
		cmocka_unit_test(reloads_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
