/* SPDX-License-Identifier: BSD-2-Clause */
/* The pump between a core and a world that answers at once, or later. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/dur.h"
#include "core/pump.h"
#include "mem_loader.h"

static const struct mem_file files[] = {
	{ "devd.conf",
	    "notify 5 { match \"system\" \"HOOK\"; action \"$type "
	    "$subsystem\"; };\n" },
	{ NULL, NULL }
};

#define ANSWERS 20 /* operations that are answered */

static struct rcvars rc;
static struct ruleset *rules;
static struct core *core;
static struct pump *pump;

static struct {
	const char *queue[16]; /* records that wait */
	size_t n_queue, next;
	bool at_once; /* operations and commands end within the call */
	uint32_t last_run;
	int64_t armed_ns;
	int64_t passed_ns; /* what operations have taken */
	unsigned observed, applied, runs, depth, deepest;
	char log[512];
} world;

static int64_t
world_now(void *ctx)
{
	(void)ctx;
	return DUR_SEC + world.passed_ns;
}

static bool
world_next_record(void *ctx, struct world_record *out)
{
	(void)ctx;
	if (world.next == world.n_queue)
		return false;
	memset(out, 0, sizeof(*out));
	strcpy(out->raw, world.queue[world.next]);
	out->bytes = strlen(out->raw);
	out->number = (int32_t)world.next++;
	return true;
}

/* One hn, and a lagg never, however often it is created. */
static void
world_observe(void *ctx, struct snapshot *s)
{
	struct snap_if *i = snapshot_add(s);

	(void)ctx;
	world.observed++;
	strcpy(i->name, "hn0");
	i->class = IF_HN;
	i->up = true;
	s->vf_transparent = 0;
	s->failover_rx_all = 1;
}

static void
world_apply(void *ctx, uint32_t id, const struct operation *op, int32_t record)
{
	(void)ctx;
	(void)record;
	world.applied++;
	/* So long that native does not think them pointless. */
	world.passed_ns += 3 * DUR_SEC;
	assert_int_equal(op->kind, OP_LAGG_CREATE);
	if (world.at_once && world.applied <= ANSWERS)
		pump_applied(pump, id, 0);
}

static void
world_run(void *ctx, uint32_t id, const char *command,
    const struct world_cause *cause)
{
	size_t used = strlen(world.log);

	(void)ctx;
	world.depth++;
	if (world.depth > world.deepest)
		world.deepest = world.depth;
	world.runs++;
	world.last_run = id;
	snprintf(world.log + used, sizeof(world.log) - used, "%d:%s;",
	    (int)cause->record, command);
	if (world.at_once)
		pump_exited(pump, id, 0);
	world.depth--;
}

static void
world_cancel(void *ctx, uint32_t id)
{
	(void)ctx;
	(void)id;
	strcat(world.log, "cancel;");
}

static void
world_arm(void *ctx, int64_t deadline_ns)
{
	(void)ctx;
	world.armed_ns = deadline_ns;
}

static const struct world_ops ops = { .now = world_now,
	.next_record = world_next_record,
	.observe = world_observe,
	.apply = world_apply,
	.run = world_run,
	.cancel = world_cancel,
	.arm = world_arm };

static void
begin(enum core_policy policy, bool at_once)
{
	struct core_config config = { .rules = rules,
		.rc = &rc,
		.vm_guest = "hv",
		.policy = policy };
	struct world w = { .ops = &ops };

	memset(&world, 0, sizeof(world));
	world.at_once = at_once;
	pump_free(pump);
	core_free(core);
	core = core_new(&config);
	pump = pump_new(core, &w);
}

static int
setup(void **state)
{
	struct ruleset_options opt = { .loader = NULL };
	struct strbuf found = { 0 };

	(void)state;
	rules = mem_load(files, &opt, &found);
	strbuf_fini(&found);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	pump_free(pump);
	core_free(core);
	pump = NULL;
	core = NULL;
	ruleset_free(rules);
	rcvars_fini(&rc);
	return 0;
}

static void
queue(const char *raw)
{
	world.queue[world.n_queue++] = raw;
}

static void
at_start_everything_that_waits_is_read_in_order(void **state)
{
	(void)state;
	begin(CORE_NATIVE, false);
	queue("!system=HOOK subsystem=a type=ONE");
	queue("!system=HOOK subsystem=b type=TWO");
	pump_start(pump);
	assert_string_equal(world.log, "0:$'ONE' $'a';1:$'TWO' $'b';");
}

static void
under_stock_the_next_record_waits_for_the_command(void **state)
{
	(void)state;
	begin(CORE_STOCK, false);
	queue("!system=HOOK subsystem=a type=ONE");
	queue("!system=HOOK subsystem=b type=TWO");
	pump_start(pump);
	assert_int_equal(world.next, 1);
	pump_exited(pump, world.last_run, 0);
	assert_int_equal(world.next, 2);
	assert_int_equal(world.runs, 2);
}

static void
a_world_that_answers_at_once_does_not_nest(void **state)
{
	int i;

	(void)state;
	begin(CORE_STOCK, true);
	for (i = 0; i < 16; i++)
		queue("!system=HOOK subsystem=a type=ONE");
	pump_start(pump);
	assert_int_equal(world.runs, 16);
	assert_int_equal(world.deepest, 1);
	assert_true(core_is_idle(core));
}

static void
every_operation_is_followed_by_another_look(void **state)
{
	(void)state;
	rcvars_set(&rc, "ifconfig_hn0", "inet 10.0.0.4/24", 1, 1);
	begin(CORE_NATIVE, true);
	pump_start(pump);
	assert_int_equal(world.applied, ANSWERS + 1);
	assert_int_equal(world.observed, ANSWERS + 1);
}

static void
the_deadline_is_armed_anew_after_every_input(void **state)
{
	(void)state;
	begin(CORE_NATIVE, false);
	pump_start(pump);
	assert_int_equal(world.armed_ns, DUR_SEC + CORE_RESYNC);
	world.armed_ns = 0;
	pump_hint(pump);
	assert_int_equal(world.armed_ns, DUR_SEC + CORE_RESYNC);
	begin(CORE_STOCK, false);
	pump_start(pump);
	assert_true(world.armed_ns == CORE_NEVER);
}

static void
records_that_come_later_are_read_when_told(void **state)
{
	(void)state;
	begin(CORE_NATIVE, false);
	pump_start(pump);
	queue("!system=HOOK subsystem=a type=ONE");
	assert_int_equal(world.runs, 0);
	pump_readable(pump);
	assert_int_equal(world.runs, 1);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(at_start_everything_that_waits_is_read_in_order),
		T(under_stock_the_next_record_waits_for_the_command),
		T(a_world_that_answers_at_once_does_not_nest),
		T(every_operation_is_followed_by_another_look),
		T(the_deadline_is_armed_anew_after_every_input),
		T(records_that_come_later_are_read_when_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
