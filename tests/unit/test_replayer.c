/* SPDX-License-Identifier: BSD-2-Clause */
/* A core whose life at random was written down gives the same again; what was
 * changed in it is found, and where. */
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
#include "base/prng.h"
#include "core/replayer.h"
#include "core/scribe.h"
#include "mem_loader.h"

static const struct mem_file files[] = {
	{ "devd.conf",
	    "options { directory \"more\"; directory \"more\"; };\n"
	    "notify 5 { match \"type\" \"RUN\"; action \"run $n\"; };\n"
	    "notify 5 { match \"type\" \"VF\"; action "
	    "\"/usr/libexec/hyperv/hyperv_vfattach $subsystem 0\"; };\n" },
	{ "more/a.conf",
	    "notify 9 { match \"type\" \"TWO\"; action \"one $n\"; "
	    "action \"two\"; };\n" },
	{ NULL, NULL },
};
static const struct mem_file others[] = {
	{ "devd.conf",
	    "notify 5 { match \"type\" \"RUN\"; action \"other $n\"; };\n" },
	{ NULL, NULL },
};

struct entry {
	int64_t at_ns;
	bool in;
	char *kind, *body;
	size_t bytes;
};

static struct {
	struct entry *rows, *setups;
	size_t n_rows, cap_rows, n_setups, cap_setups;
} told;

static void
keep(struct entry *e, int64_t at_ns, bool in, const char *kind,
    const char *body, size_t bytes)
{
	e->at_ns = at_ns;
	e->in = in;
	e->kind = mem_str(kind);
	e->body = mem_strn(body, bytes);
	e->bytes = bytes;
}

static void
take_setup(void *ctx, const char *name, const char *body, size_t bytes)
{
	(void)ctx;
	keep(MEM_PUSH(told.setups, told.n_setups, told.cap_setups), 0, false,
	    name, body, bytes);
}

static void
take_row(void *ctx, int64_t at_ns, bool in, const char *kind, const char *body,
    size_t bytes)
{
	(void)ctx;
	keep(MEM_PUSH(told.rows, told.n_rows, told.cap_rows), at_ns, in, kind,
	    body, bytes);
}

/* --- a life --- */

struct life {
	struct ruleset *rules[2];
	struct rcvars rc;
	struct scribe *scribe;
	struct core *core;
	struct core_config config;
	struct prng rnd;
	int64_t now_ns;
	uint32_t running[64];
	size_t n_running;
};

static void step(struct life *l, struct input *in);

/* A look at a machine on which something changes now and then. */
static void
observe(struct life *l)
{
	struct snapshot s = { .vf_transparent = 0, .failover_rx_all = 1 };
	struct input in = { .kind = INPUT_SNAPSHOT, .snapshot = &s };
	struct snap_if *i;
	uint32_t k;

	for (k = 0; k < 3; k++) {
		i = snapshot_add(&s);
		snprintf(i->name, sizeof(i->name), "em%u", k);
		i->index = k + 1;
		i->class = k == 0 ? IF_HN : IF_OTHER;
		i->mac[5] = 7;
		i->up = prng_below(&l->rnd, 9) == 0;
	}
	step(l, &in);
	snapshot_fini(&s);
}

static void
carry_out(struct life *l, const struct intent *i)
{
	struct input applied = { .kind = INPUT_APPLIED, .id = i->id };

	if (i->kind == INTENT_OBSERVE)
		observe(l);
	else if (i->kind == INTENT_APPLY)
		step(l, &applied);
	else if (i->kind == INTENT_RUN && l->n_running < 64)
		l->running[l->n_running++] = i->id;
}

static void
step(struct life *l, struct input *in)
{
	struct intents out = { 0 };
	size_t i;

	in->now_ns = l->now_ns;
	core_step(l->core, in, &out);
	for (i = 0; i < out.count; i++)
		carry_out(l, &out.list[i]);
	intents_fini(&out);
}

static void
something_happens(struct life *l)
{
	static const char *const types[] = { "RUN", "TWO", "NONE", "VF" };
	struct input in = { .kind = INPUT_TIMER };
	char raw[80];
	size_t at;

	l->now_ns += (int64_t)prng_below(&l->rnd, 30) * DUR_SEC / 10;
	switch (prng_below(&l->rnd, 8)) {
	case 0:
	case 1:
	case 2:
		snprintf(raw, sizeof(raw), "!subsystem=em%u type=%s n=\"a b\"",
		    (unsigned)prng_below(&l->rnd, 3),
		    types[prng_below(&l->rnd, 4)]);
		in.kind = INPUT_RECORD;
		in.raw = raw;
		in.raw_bytes = strlen(raw);
		in.timestamp = "1.5";
		break;
	case 3:
	case 4:
	case 5:
		if (l->n_running == 0)
			break;
		at = (size_t)prng_below(&l->rnd, l->n_running);
		in.kind = INPUT_EXITED;
		in.id = l->running[at];
		in.result = (int)prng_below(&l->rnd, 2);
		l->running[at] = l->running[--l->n_running];
		break;
	case 6:
		in.kind = INPUT_HINT;
		break;
	default:
		if (prng_below(&l->rnd, 20) == 0)
			core_set_rules(l->core,
			    l->rules[prng_below(&l->rnd, 2)]);
		break;
	}
	step(l, &in);
}

static void
begin_core(struct life *l)
{
	l->core = core_new(&l->config);
	l->n_running = 0;
	scribe_begin(l->scribe, l->core, &l->config, l->now_ns);
	step(l, &(struct input){ .kind = INPUT_START });
}

static void
live_under(enum core_policy policy, uint64_t seed, bool rests, int turns)
{
	struct ruleset_options how = { .version = RULE_NEWEST };
	const struct scribe_sink sink = { take_setup, take_row, NULL, rests };
	struct life l = { .now_ns = DUR_SEC };
	struct strbuf found = { 0 };
	int i;

	prng_seed(&l.rnd, seed);
	l.rules[0] = mem_load(files, &how, &found);
	l.rules[1] = mem_load(others, &how, &found);
	assert_non_null(l.rules[0]);
	assert_non_null(l.rules[1]);
	rcvars_set(&l.rc, "ifconfig_hn0", "DHCP", 1, 1);
	l.scribe = scribe_new(&sink);
	l.config.rules = l.rules[0];
	l.config.rc = &l.rc;
	l.config.policy = policy;
	l.config.vm_guest = "hv";
	l.config.deadline_ns = 20 * DUR_SEC;
	l.config.parallel = 4;
	begin_core(&l);
	for (i = 0; i < turns; i++)
		something_happens(&l);
	core_orphan(l.core);
	for (i = 0; i < 20; i++)
		something_happens(&l);
	core_free(l.core);
	begin_core(&l);
	for (i = 0; i < 20; i++)
		something_happens(&l);
	core_free(l.core);
	scribe_free(l.scribe);
	ruleset_free(l.rules[0]);
	ruleset_free(l.rules[1]);
	rcvars_fini(&l.rc);
	strbuf_fini(&found);
}

static void
live(uint64_t seed, bool rests, int turns)
{
	live_under(CORE_RULES, seed, rests, turns);
}

static void
forget(struct entry *list, size_t count)
{
	while (count > 0) {
		count--;
		free(list[count].kind);
		free(list[count].body);
	}
	free(list);
}

static int
tear_down(void **state)
{
	(void)state;
	forget(told.rows, told.n_rows);
	forget(told.setups, told.n_setups);
	memset(&told, 0, sizeof(told));
	return 0;
}

/* --- again --- */

static struct {
	size_t count, input, first, n_recorded, n_replayed;
	uint32_t core;
} found;

static void
difference(void *ctx, const struct replay_difference *d)
{
	(void)ctx;
	if (found.count++ > 0)
		return;
	found.input = d->input.number;
	found.first = d->first;
	found.n_recorded = d->n_recorded;
	found.n_replayed = d->n_replayed;
	found.core = d->core;
}

/* The rows from `from` on, without the one at `without`. */
static int
again(size_t from, size_t without, struct replay_counts *counts, struct err *e)
{
	struct replayer *r = replayer_new(difference, NULL);
	struct replay_row row;
	int rc = 0;
	size_t i;

	memset(&found, 0, sizeof(found));
	for (i = 0; i < told.n_setups && rc == 0; i++)
		rc = replayer_setup(r, told.setups[i].kind, told.setups[i].body,
		    told.setups[i].bytes, e);
	for (i = from; i < told.n_rows && rc == 0; i++) {
		row.number = i;
		row.at_ns = told.rows[i].at_ns;
		row.in = told.rows[i].in;
		row.kind = told.rows[i].kind;
		row.body = told.rows[i].body;
		row.bytes = told.rows[i].bytes;
		if (i != without)
			rc = replayer_row(r, &row, e);
	}
	replayer_end(r, counts);
	replayer_free(r);
	return rc;
}

static void
the_same_inputs_give_the_same(void **state)
{
	struct replay_counts counts;
	struct err e;
	uint64_t seed;

	(void)state;
	for (seed = 1; seed <= 30; seed++) {
		live_under((enum core_policy)(seed % 3), seed, seed % 2 == 0,
		    300);
		if (again(0, SIZE_MAX, &counts, &e) < 0)
			fail_msg("%s", e.text);
		assert_int_equal(found.count, 0);
		assert_int_equal(counts.cores, 2);
		assert_int_equal(counts.passed, 0);
		assert_true(counts.inputs > 300);
		assert_true(counts.intents > 100);
		tear_down(NULL);
	}
}

static size_t
input_of(size_t row)
{
	while (!told.rows[row].in)
		row--;
	return row;
}

static void
a_changed_answer_is_found(void **state)
{
	struct replay_counts counts;
	size_t i, tried = 0;
	struct err e;
	char *body;

	(void)state;
	live(5, false, 200);
	for (i = 0; i < told.n_rows; i += 7) {
		if (told.rows[i].in || strcmp(told.rows[i].kind, "wait") == 0 ||
		    told.rows[i].bytes == 0)
			continue;
		body = told.rows[i].body;
		body[told.rows[i].bytes - 2] ^= 1;
		tried++;
		if (again(0, SIZE_MAX, &counts, &e) == 0) {
			assert_int_equal(found.count, 1);
			assert_int_equal(found.input, input_of(i));
			assert_int_equal(found.first, i - input_of(i) - 1);
			assert_int_equal(found.n_recorded, found.n_replayed);
		}
		body[told.rows[i].bytes - 2] ^= 1;
	}
	assert_true(tried > 20);
}

static void
a_missing_answer_is_found(void **state)
{
	struct replay_counts counts;
	size_t i, tried = 0;
	struct err e;

	(void)state;
	live(6, false, 100);
	for (i = 0; i < told.n_rows; i += 5) {
		if (told.rows[i].in)
			continue;
		assert_int_equal(again(0, i, &counts, &e), 0);
		assert_int_equal(found.count, 1);
		assert_int_equal(found.input, input_of(i));
		assert_int_equal(found.n_recorded + 1, found.n_replayed);
		tried++;
	}
	assert_true(tried > 10);
}

static size_t
find_setup(const char *name)
{
	size_t i;

	for (i = 0; strcmp(told.setups[i].kind, name) != 0; i++)
		assert_true(i + 1 < told.n_setups);
	return i;
}

static void
replace(struct entry *entry, const char *what, const char *with)
{
	char *at = strstr(entry->body, what);

	assert_non_null(at);
	assert_int_equal(strlen(what), strlen(with));
	memcpy(at, with, strlen(with));
}

static void
another_rule_or_setting_is_found(void **state)
{
	struct replay_counts counts;
	struct err e;

	(void)state;
	live(7, false, 100);
	replace(&told.setups[find_setup("rules 1 more/a.conf")], "\"one $n\"",
	    "\"two $n\"");
	assert_int_equal(again(0, SIZE_MAX, &counts, &e), 0);
	assert_true(found.count >= 1);
	assert_true(counts.differences == found.count);
	tear_down(NULL);
	live(7, false, 100);
	replace(&told.setups[find_setup("core 0")], "deadline=2", "deadline=1");
	assert_int_equal(again(0, SIZE_MAX, &counts, &e), 0);
	assert_int_equal(found.count, 1);
	assert_int_equal(found.core, 0);
}

/* Behind a rest nothing of what was before is needed. */
static size_t
begin_at_rests(void)
{
	struct replay_counts counts;
	size_t i, rests = 0;
	struct err e;

	for (i = 1; i < told.n_rows; i++) {
		if (strcmp(told.rows[i].kind, "rest") != 0 || rests++ % 9 != 0)
			continue;
		if (again(i, SIZE_MAX, &counts, &e) < 0)
			fail_msg("%s", e.text);
		assert_int_equal(found.count, 0);
		assert_int_equal(counts.passed, 0);
		/* Its own beginning is one row too late. */
		assert_int_equal(again(i + 1, SIZE_MAX, &counts, &e), 0);
		assert_int_equal(found.count, 0);
		assert_true(counts.passed > 0);
	}
	return rests;
}

static void
a_rest_is_a_beginning(void **state)
{
	struct replay_counts counts;
	struct err e;
	size_t i;

	(void)state;
	live_under(CORE_STOCK, 8, true, 20000);
	assert_true(begin_at_rests() > 9);
	tear_down(NULL);
	live(8, true, 20000);
	assert_true(begin_at_rests() > 9);
	/* And one that is none is told. */
	for (i = 0; strcmp(told.rows[i].kind, "rest") != 0; i++)
		;
	assert_non_null(strstr(told.rows[i].body, "last_id="));
	told.rows[i].body[told.rows[i].bytes - 1] ^= 1;
	assert_int_equal(again(0, SIZE_MAX, &counts, &e), 0);
	assert_int_equal(found.count, 1);
	assert_int_equal(found.input, i);
}

static void
what_is_missing_is_told(void **state)
{
	static const struct {
		const char *setup, *told;
	} missing[] = {
		{ "core 0", "the setup \"core 0\" is missing" },
		{ "rules 1", "the setup \"rules 1\" is missing" },
		{ "rules 1 more/a.conf",
		    "the setup \"rules 1 more/a.conf\" is missing" },
		{ "rc 1", "the setup \"rc 1\" is missing" },
	};
	struct replay_counts counts;
	struct err e;
	size_t i, at;

	(void)state;
	live(9, false, 10);
	for (i = 0; i < sizeof(missing) / sizeof(*missing); i++) {
		at = find_setup(missing[i].setup);
		told.setups[at].kind[0] ^= 1;
		assert_int_equal(again(0, SIZE_MAX, &counts, &e), ERR_INPUT);
		if (strstr(e.text, missing[i].told) == NULL)
			fail_msg("%s: %s", missing[i].setup, e.text);
		told.setups[at].kind[0] ^= 1;
	}
	at = find_setup("rules 1 devd.conf");
	replace(&told.setups[at], "notify", "notifi");
	assert_int_equal(again(0, SIZE_MAX, &counts, &e), ERR_INPUT);
	assert_non_null(strstr(e.text, "setup \"rules 1\": devd.conf:2:"));
	/* It begins twice; a time is out of bounds. */
	replace(&told.setups[at], "notifi", "notify");
	told.rows[3].at_ns = INT64_MAX;
	assert_int_equal(again(0, SIZE_MAX, &counts, &e), ERR_INPUT);
	assert_non_null(strstr(e.text, "its time"));
	told.rows[3].at_ns = told.rows[2].at_ns;
	free(told.rows[3].kind);
	free(told.rows[3].body);
	told.rows[3].kind = mem_str("begin");
	told.rows[3].body = mem_str("");
	told.rows[3].bytes = 0;
	told.rows[3].in = true;
	assert_int_equal(again(0, SIZE_MAX, &counts, &e), ERR_INPUT);
	assert_non_null(strstr(e.text, "core 0 has begun before"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(the_same_inputs_give_the_same,
		    tear_down),
		cmocka_unit_test_teardown(a_changed_answer_is_found, tear_down),
		cmocka_unit_test_teardown(a_missing_answer_is_found, tear_down),
		cmocka_unit_test_teardown(another_rule_or_setting_is_found,
		    tear_down),
		cmocka_unit_test_teardown(a_rest_is_a_beginning, tear_down),
		cmocka_unit_test_teardown(what_is_missing_is_told, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
