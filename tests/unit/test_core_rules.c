/* SPDX-License-Identifier: BSD-2-Clause */
/* The core under CORE_RULES: devd's rules, every action a command. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/dur.h"
#include "core/core.h"
#include "rules/loader.h"

#define RULES                                                                  \
	"notify 10 { match \"type\" \"VF_UP\";\n"                              \
	"  action \"/usr/libexec/hyperv/hyperv_vfup $subsystem\"; };\n"        \
	"notify 10 { match \"type\" \"TWO\"; action \"one\"; action \"two\"; " \
	"};\n"                                                                 \
	"notify 0 { action \"$type $subsystem\"; };\n"                         \
	"attach 0 { action \"attach $device-name\"; };\n"

struct bench {
	struct core *core;
	struct ruleset *rules;
	struct intents out;
	int64_t now_ns;
	char log[1024]; /* what it asked for since the last step */
	uint32_t ids[16];
	size_t runs; /* INTENT_RUN ever; ids[runs - 1] is the newest */
};

static int
fetch(void *ctx, const char *path, struct strbuf *out, struct err *err)
{
	(void)path, (void)err;
	strbuf_adds(out, ctx);
	return 0;
}

static int
list(void *ctx, const char *path, void (*name)(void *arg, const char *entry),
    void *arg, struct err *err)
{
	(void)ctx, (void)path, (void)name, (void)arg;
	return err_set(err, ERR_NOTFOUND, "no directories here");
}

static struct ruleset *
load(const char *text)
{
	char copy[1024];
	struct rule_loader loader = { fetch, list, copy };
	struct ruleset_options opt = { .loader = &loader };
	struct diag diag = { 0 };
	struct ruleset *rules = NULL;

	snprintf(copy, sizeof(copy), "%s", text);
	assert_int_equal(ruleset_load("t.conf", &opt, &diag, &rules, NULL), 0);
	return rules;
}

static void
step(struct bench *b, struct input *in)
{
	const struct intent *i;
	size_t used = 0, k;

	in->now_ns = b->now_ns;
	b->log[0] = '\0';
	intents_reset(&b->out);
	core_step(b->core, in, &b->out);
	for (k = 0; k < b->out.count; k++) {
		i = &b->out.list[k];
		if (i->kind == INTENT_OBSERVE || i->kind == INTENT_APPLY)
			fail_msg("it asks for what this policy has not");
		if (i->kind == INTENT_RUN && b->runs < 16)
			b->ids[b->runs++] = i->id;
		if (i->kind == INTENT_RUN || i->kind == INTENT_CANCEL)
			used += (size_t)snprintf(b->log + used,
			    sizeof(b->log) - used, "%s%s;",
			    i->kind == INTENT_RUN ? "" : "cancel",
			    i->kind == INTENT_RUN ? i->text : "");
	}
}

static void
record(struct bench *b, const char *raw)
{
	struct input in = { .kind = INPUT_RECORD,
		.raw = raw,
		.raw_bytes = strlen(raw),
		.record = 1 };

	step(b, &in);
}

static void
exited(struct bench *b, size_t nth, int result)
{
	struct input in = { .kind = INPUT_EXITED,
		.id = b->ids[nth],
		.result = result };

	step(b, &in);
}

static void
tick(struct bench *b)
{
	struct input in = { .kind = INPUT_TIMER };

	step(b, &in);
}

static void
begin(struct bench *b, struct core_config config)
{
	struct input in = { .kind = INPUT_START };

	memset(b, 0, sizeof(*b));
	b->rules = load(RULES);
	config.rules = b->rules;
	config.policy = CORE_RULES;
	config.quoting = RULE_QUOTE_SAFE;
	b->core = core_new(&config);
	step(b, &in);
	assert_string_equal(b->log, "");
}

static void
end(struct bench *b)
{
	core_free(b->core);
	ruleset_free(b->rules);
	intents_fini(&b->out);
}

static void
the_hyperv_commands_go_to_the_shell(void **state)
{
	struct bench b;

	(void)state;
	begin(&b, (struct core_config){ 0 });
	record(&b, "!system=HYPERV_NIC_VF subsystem=hn0 type=VF_UP");
	assert_string_equal(b.log, "/usr/libexec/hyperv/hyperv_vfup 'hn0';");
	assert_string_equal(b.out.list[0].carried, "command");
	end(&b);
}

static void
one_interface_waits_for_its_own_commands_only(void **state)
{
	struct bench b;

	(void)state;
	begin(&b, (struct core_config){ 0 });
	record(&b, "!system=IFNET subsystem=em0 type=TWO");
	assert_string_equal(b.log, "one;");
	assert_true(core_wants_record(b.core));
	record(&b, "!system=IFNET subsystem=em1 type=UP");
	assert_string_equal(b.log, "'UP' 'em1';");
	record(&b, "!system=IFNET subsystem=em0 type=DOWN");
	assert_string_equal(b.log, "");
	exited(&b, 0, 7);
	assert_string_equal(b.log, "two;");
	exited(&b, 2, 0);
	assert_string_equal(b.log, "'DOWN' 'em0';");
	end(&b);
}

static void
a_device_is_in_line_with_its_interface(void **state)
{
	struct bench b;

	(void)state;
	begin(&b, (struct core_config){ 0 });
	record(&b, "!system=IFNET subsystem=em0 type=ATTACH");
	record(&b, "+em0 at slot=1 on pci0");
	assert_string_equal(b.log, "");
	record(&b, "+em1 at slot=2 on pci0");
	assert_string_equal(b.log, "attach 'em1';");
	exited(&b, 0, 0);
	assert_string_equal(b.log, "attach 'em0';");
	end(&b);
}

static void
serial_keeps_all_commands_in_one_line(void **state)
{
	struct bench b;

	(void)state;
	begin(&b, (struct core_config){ .serial = true });
	record(&b, "!system=IFNET subsystem=em0 type=UP");
	record(&b, "!system=IFNET subsystem=em1 type=UP");
	assert_string_equal(b.log, "");
	assert_true(core_wants_record(b.core));
	exited(&b, 0, 0);
	assert_string_equal(b.log, "'UP' 'em1';");
	end(&b);
}

static void
no_more_commands_run_at_a_time_than_allowed(void **state)
{
	struct bench b;

	(void)state;
	begin(&b, (struct core_config){ .parallel = 2 });
	record(&b, "!system=IFNET subsystem=em0 type=UP");
	record(&b, "!system=IFNET subsystem=em1 type=UP");
	assert_string_equal(b.log, "'UP' 'em1';");
	record(&b, "!system=IFNET subsystem=em2 type=UP");
	record(&b, "!system=IFNET subsystem=em3 type=UP");
	assert_string_equal(b.log, "");
	exited(&b, 1, 0);
	assert_string_equal(b.log, "'UP' 'em2';");
	end(&b);
}

static void
a_command_is_cancelled_once_its_deadline_is_over(void **state)
{
	struct bench b;

	(void)state;
	begin(&b, (struct core_config){ .deadline_ns = 5 * DUR_SEC });
	b.now_ns = DUR_SEC;
	record(&b, "!system=IFNET subsystem=em0 type=TWO");
	assert_int_equal(core_deadline(b.core), 6 * DUR_SEC);
	b.now_ns = 6 * DUR_SEC - 1;
	tick(&b);
	assert_string_equal(b.log, "");
	b.now_ns = 6 * DUR_SEC;
	tick(&b);
	assert_string_equal(b.log, "cancel;");
	assert_true(core_deadline(b.core) == CORE_NEVER);
	/* The next one waits until the cancelled one has really ended. */
	b.now_ns = 8 * DUR_SEC;
	exited(&b, 0, 128 + 15);
	assert_string_equal(b.log, "two;");
	assert_int_equal(core_deadline(b.core), 13 * DUR_SEC);
	end(&b);
}

static void
what_was_fired_outlives_its_interface(void **state)
{
	struct bench b;

	(void)state;
	begin(&b, (struct core_config){ 0 });
	record(&b, "!system=IFNET subsystem=em0 type=TWO");
	record(&b, "!system=IFNET subsystem=em0 type=DETACH");
	assert_string_equal(b.log, "");
	exited(&b, 0, 0);
	assert_string_equal(b.log, "two;");
	exited(&b, 1, 0);
	assert_string_equal(b.log, "'DETACH' 'em0';");
	end(&b);
}

static void
new_rules_leave_what_is_fired_alone(void **state)
{
	struct ruleset *fresh;
	struct bench b;

	(void)state;
	begin(&b, (struct core_config){ 0 });
	record(&b, "!system=IFNET subsystem=em0 type=TWO");
	fresh = load("notify 0 { action \"new $type\"; };");
	core_set_rules(b.core, fresh);
	ruleset_free(b.rules);
	b.rules = fresh;
	record(&b, "!system=IFNET subsystem=em0 type=UP");
	exited(&b, 0, 0);
	assert_string_equal(b.log, "two;");
	exited(&b, 1, 0);
	assert_string_equal(b.log, "new 'UP';");
	end(&b);
}

static void
too_many_waiting_commands_stop_the_reading(void **state)
{
	struct bench b;
	int i;

	(void)state;
	begin(&b, (struct core_config){ 0 });
	for (i = 0; i < CORE_JOBS_MAX; i++) {
		assert_true(core_wants_record(b.core));
		record(&b, "!system=IFNET subsystem=em0 type=UP");
	}
	assert_false(core_wants_record(b.core));
	exited(&b, 0, 0);
	assert_true(core_wants_record(b.core));
	end(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_hyperv_commands_go_to_the_shell),
		cmocka_unit_test(one_interface_waits_for_its_own_commands_only),
		cmocka_unit_test(a_device_is_in_line_with_its_interface),
		cmocka_unit_test(serial_keeps_all_commands_in_one_line),
		cmocka_unit_test(no_more_commands_run_at_a_time_than_allowed),
		cmocka_unit_test(
		    a_command_is_cancelled_once_its_deadline_is_over),
		cmocka_unit_test(what_was_fired_outlives_its_interface),
		cmocka_unit_test(new_rules_leave_what_is_fired_alone),
		cmocka_unit_test(too_many_waiting_commands_stop_the_reading),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
