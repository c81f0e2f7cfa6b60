/* SPDX-License-Identifier: BSD-2-Clause */
/* Rows of decisions, taken apart and written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/prng.h"
#include "core/decision.h"

static struct prng rnd;

static uint32_t
below(uint32_t bound)
{
	return (uint32_t)prng_below(&rnd, bound);
}

static void
random_text(char *out, size_t size)
{
	size_t n = below((uint32_t)size), i;

	memset(out, 0, size);
	for (i = 0; i < n; i++)
		out[i] = (char)(1 + below(255));
}

static void
a_config_comes_back(void **state)
{
	struct decision_config c, back;
	struct strbuf text = { 0 };
	struct err e;
	int round;

	(void)state;
	prng_seed(&rnd, 1);
	for (round = 0; round < 500; round++) {
		memset(&c, 0, sizeof(c));
		c.policy = (enum core_policy)below(3);
		c.quoting = (enum rule_quoting)below(2);
		random_text(c.vm_guest, sizeof(c.vm_guest));
		c.deadline_ns = (int64_t)below(UINT32_MAX) * below(1000);
		c.resync_ns = below(2) == 0 ? 0 : (int64_t)below(UINT32_MAX);
		c.parallel = below(100);
		c.serial = below(2) == 0;
		c.keep_rx_all = below(2) == 0;
		c.rules = below(5);
		c.rc = below(5);
		c.last_id = (uint32_t)prng_next(&rnd);
		strbuf_reset(&text);
		decision_config_write(&c, &text);
		assert_int_equal(decision_config_read(&back, strbuf_str(&text),
				     text.bytes, &e),
		    0);
		assert_memory_equal(&c, &back, sizeof(c));
	}
	strbuf_fini(&text);
}

static void
inputs_come_back(void **state)
{
	char raw[DEVLINE_MAX + 1], stamp[32];
	struct input in = { .raw = raw, .timestamp = stamp };
	struct decision d = { 0 };
	struct strbuf body = { 0 };
	uint32_t core, set;
	struct err e;
	size_t i;
	int round;

	(void)state;
	prng_seed(&rnd, 2);
	for (round = 0; round < 3000; round++) {
		in.kind = (enum input_kind)below(INPUT_ORPHAN + 1);
		in.raw_bytes = below(below(10) == 0 ? DEVLINE_MAX + 1 : 80);
		for (i = 0; i < in.raw_bytes; i++)
			raw[i] = (char)below(256);
		random_text(stamp, sizeof(stamp));
		in.record = (int32_t)prng_next(&rnd);
		in.media = (enum rule_media)below(RULE_MEDIA_OTHER + 1);
		in.id = (uint32_t)prng_next(&rnd);
		in.result = (int)(uint32_t)prng_next(&rnd);
		core = below(3);
		set = below(9);
		strbuf_reset(&body);
		decision_write_in(&in, core, set, &body);
		if (decision_read(&d, true, decision_word(true, (int)in.kind),
			strbuf_str(&body), body.bytes, &e) < 0)
			fail_msg("%s", e.text);
		assert_int_equal(d.kind, in.kind);
		assert_int_equal(d.core, core);
		if (in.kind == INPUT_RECORD) {
			assert_int_equal(d.raw.bytes, in.raw_bytes);
			assert_memory_equal(strbuf_str(&d.raw), raw,
			    in.raw_bytes);
			assert_string_equal(d.timestamp, stamp);
			assert_int_equal(d.record, in.record);
			assert_int_equal(d.media, in.media);
		} else if (in.kind == INPUT_EXITED ||
		    in.kind == INPUT_APPLIED) {
			assert_int_equal(d.id, in.id);
			assert_int_equal(d.result, in.result);
		} else if (in.kind == INPUT_HINT) {
			assert_int_equal(d.result, in.result);
		} else if (in.kind == INPUT_RULES || in.kind == INPUT_RC) {
			assert_int_equal(d.set, set);
		}
	}
	decision_fini(&d);
	strbuf_fini(&body);
}

static void
random_operation(struct operation *op)
{
	size_t i;

	memset(op, 0, sizeof(*op));
	op->kind = (enum op_kind)below(OP_DHCP_STOP + 1);
	random_text(op->ifname, sizeof(op->ifname));
	random_text(op->other, sizeof(op->other));
	if (below(2) == 0) {
		op->addr.family = 6;
		op->addr.prefix = (uint8_t)below(129);
		for (i = 0; i < 16; i++)
			op->addr.bytes[i] = (uint8_t)below(256);
	}
	for (i = 0; i < 6; i++)
		op->mac[i] = (uint8_t)below(256);
	random_text(op->text, sizeof(op->text));
	op->value = (int)(uint32_t)prng_next(&rnd);
	random_text(op->program, sizeof(op->program));
	random_text(op->why, sizeof(op->why));
}

static void
assert_same_intent(const struct intent *i, const struct decision *d)
{
	assert_int_equal(d->kind, i->kind);
	switch (i->kind) {
	case INTENT_FIRED:
		assert_int_equal(d->record, i->record);
		assert_string_equal(strbuf_str(&d->file), i->rule_file);
		assert_int_equal(d->line, i->rule_line);
		assert_string_equal(decision_carried(d), i->carried);
		assert_string_equal(strbuf_str(&d->text), i->text);
		break;
	case INTENT_APPLY:
		assert_int_equal(d->id, i->id);
		assert_int_equal(d->record, i->record);
		assert_memory_equal(&d->op, &i->op, sizeof(i->op));
		break;
	case INTENT_RUN:
		assert_int_equal(d->id, i->id);
		assert_int_equal(d->record, i->record);
		assert_string_equal(strbuf_str(&d->text), i->text);
		break;
	case INTENT_CANCEL:
		assert_int_equal(d->id, i->id);
		break;
	case INTENT_NOTE:
		assert_string_equal(strbuf_str(&d->text), i->text);
		break;
	case INTENT_OBSERVE:
		break;
	}
}

static void
intents_come_back(void **state)
{
	static const char *const carried[] = { "controller", "command",
		"none" };
	char text[200], file[60];
	struct decision d = { 0 };
	struct strbuf body = { 0 };
	struct intent i;
	uint32_t core;
	struct err e;
	int round;

	(void)state;
	prng_seed(&rnd, 3);
	for (round = 0; round < 3000; round++) {
		memset(&i, 0, sizeof(i));
		i.kind = (enum intent_kind)below(INTENT_NOTE + 1);
		random_text(text, sizeof(text));
		random_text(file, sizeof(file));
		i.text = text;
		i.rule_file = file;
		i.rule_line = below(1000);
		i.carried = carried[below(3)];
		i.id = (uint32_t)prng_next(&rnd);
		i.record = (int32_t)below(1000) - 1;
		random_operation(&i.op);
		core = below(3);
		strbuf_reset(&body);
		decision_write_out(&i, core, &body);
		if (decision_read(&d, false, decision_word(false, (int)i.kind),
			strbuf_str(&body), body.bytes, &e) < 0)
			fail_msg("%s: %s", e.text, strbuf_str(&body));
		assert_int_equal(d.core, core);
		assert_same_intent(&i, &d);
	}
	decision_fini(&d);
	strbuf_fini(&body);
}

static const struct wrong {
	bool in;
	const char *kind, *body, *told;
} wrong[] = {
	{ true, "recrod", "", "\"recrod\" goes in; did you mean record" },
	{ true, "apply", "", "nothing of kind \"apply\" goes in" },
	{ false, "timer", "", "nothing of kind \"timer\" goes out" },
	{ true, "timer", "id=1", "id: there is no such word in \"timer\"" },
	{ true, "record", "raw", "raw: needs a value" },
	{ true, "exited", "id=1\nresult=0", "\"exited\" is one row" },
	{ true, "exited", "id=-1", "row 1, byte 1: id: a number from 0" },
	{ true, "record", "media=ether", "there is no ether" },
	{ false, "apply", "op=up text", "text: needs a value" },
	{ false, "apply", "op=upp", "did you mean up" },
	{ false, "fired", "carried=nobody", "there is no nobody" },
	{ false, "wait", "until=soon", "a number from" },
	{ true, "snapshot", "core=x", "core: a number from" },
};

static void
what_is_wrong_is_told(void **state)
{
	struct decision_config c;
	struct decision d = { 0 };
	struct strbuf raw = { 0 };
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		if (decision_read(&d, wrong[i].in, wrong[i].kind, wrong[i].body,
			strlen(wrong[i].body), &e) != ERR_INPUT ||
		    strstr(e.text, wrong[i].told) == NULL)
			fail_msg("%s %s: %s", wrong[i].kind, wrong[i].body,
			    e.text);
	strbuf_adds(&raw, "raw=");
	for (i = 0; i <= DEVLINE_MAX; i++)
		strbuf_addc(&raw, 'x');
	assert_int_equal(decision_read(&d, true, "record", strbuf_str(&raw),
			     raw.bytes, &e),
	    ERR_INPUT);
	assert_non_null(strstr(e.text, "more than 8191 bytes"));
	assert_int_equal(decision_config_read(&c, "deadline=-5", 11, &e),
	    ERR_INPUT);
	assert_int_equal(decision_config_read(&c, "policy=naive", 12, &e),
	    ERR_INPUT);
	assert_non_null(strstr(e.text, "did you mean native"));
	strbuf_fini(&raw);
	decision_fini(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_config_comes_back),
		cmocka_unit_test(inputs_come_back),
		cmocka_unit_test(intents_come_back),
		cmocka_unit_test(what_is_wrong_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
