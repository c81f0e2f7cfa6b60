/* SPDX-License-Identifier: BSD-2-Clause */
/* The core under stock and native: the same inputs, the same intents. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/dur.h"
#include "base/prng.h"
#include "core/core.h"
#include "failover/native.h"
#include "mem_loader.h"

static const struct mem_file files[] = {
	{ "devd.conf",
	    "notify 10 { match \"system\" \"ETHERNET\"; match \"type\" "
	    "\"IFATTACH\";\n"
	    "  action \"/usr/libexec/hyperv/hyperv_vfattach $subsystem 0\"; "
	    "};\n"
	    "notify 10 { match \"system\" \"HYPERV_NIC_VF\"; match \"type\" "
	    "\"VF_UP\";\n"
	    "  action \"/usr/libexec/hyperv/hyperv_vfup $subsystem\"; };\n"
	    "notify 5 { match \"system\" \"HOOK\"; action \"$type "
	    "$subsystem\"; };\n"
	    "notify 5 { match \"type\" \"DETACH\"; action \"gone $subsystem\"; "
	    "};\n"
	    "notify 1 { match \"system\" \"NONE\"; };\n"
	    "notify 1 { match \"system\" \"LINK\"; action \"first "
	    "$subsystem\";\n"
	    "  action \"service dhclient quietstart $subsystem\"; action "
	    "\"last $subsystem\"; };\n"
	    "notify 1 { match \"system\" \"NEW\";\n"
	    "  action \"/etc/pccard_ether $subsystem start\"; };\n" },
	{ NULL, NULL }
};

#define IDS 64

static struct ruleset *rules;
static struct rcvars rc;
static struct core *core;
static struct intents out;
static struct snapshot snap;
static struct strbuf story; /* every intent, as text */
static int64_t now_ns;
static uint32_t ids[IDS]; /* of commands, in the order of their start */
static size_t runs, looks;

static void
tell(const struct intent *i)
{
	static const char *const words[] = { "fired", "observe", "apply", "run",
		"cancel", "note" };

	strbuf_addf(&story, "%s %u %d", words[i->kind], i->id, i->record);
	if (i->kind == INTENT_APPLY) {
		strbuf_addc(&story, ' ');
		operation_text(&i->op, &story);
	}
	strbuf_addf(&story, " %s\n", i->text == NULL ? "" : i->text);
	if (i->kind == INTENT_RUN && runs < IDS)
		ids[runs++] = i->id;
	if (i->kind == INTENT_OBSERVE)
		looks++;
}

static void
step(struct input *in)
{
	size_t i;

	in->now_ns = now_ns;
	intents_reset(&out);
	core_step(core, in, &out);
	for (i = 0; i < out.count; i++)
		tell(&out.list[i]);
}

static void
input(enum input_kind kind, uint32_t id, int result)
{
	struct input in = { .kind = kind,
		.id = id,
		.result = result,
		.snapshot = &snap };

	step(&in);
}

static void
record(const char *raw)
{
	struct input in = { .kind = INPUT_RECORD,
		.raw = raw,
		.raw_bytes = strlen(raw),
		.record = 7,
		.timestamp = "1.0" };

	step(&in);
}

static bool
told(const char *text)
{
	return strstr(strbuf_str(&story), text) != NULL;
}

static void
begin(enum core_policy policy, bool serial)
{
	struct core_config config = { .rules = rules,
		.rc = &rc,
		.vm_guest = "hv",
		.policy = policy,
		.serial = serial,
		.deadline_ns = 20 * DUR_SEC };

	core_free(core);
	core = core_new(&config);
	strbuf_reset(&story);
	now_ns = DUR_SEC;
	runs = looks = 0;
	input(INPUT_START, 0, 0);
}

static int
setup(void **state)
{
	struct ruleset_options opt = { .loader = NULL };
	struct strbuf found = { 0 };
	struct snap_if *hn;

	(void)state;
	rules = mem_load(files, &opt, &found);
	assert_string_equal(strbuf_str(&found), "");
	strbuf_fini(&found);
	rcvars_set(&rc, "ifconfig_hn0", "inet 10.0.0.4/24", 1, 1);
	hn = snapshot_add(&snap);
	strcpy(hn->name, "hn0");
	hn->class = IF_HN;
	strcpy(hn->vf, "mce0");
	strcpy(snapshot_add(&snap)->name, "mce0");
	strcpy(snap.ifs[1].parent, "pci1");
	strcpy(snapshot_add(&snap)->name, "em0");
	strcpy(snap.ifs[2].parent, "pci2");
	snap.ifs[2].mac[0] = 2;
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	core_free(core);
	core = NULL;
	ruleset_free(rules);
	rcvars_fini(&rc);
	snapshot_fini(&snap);
	intents_fini(&out);
	strbuf_fini(&story);
	return 0;
}

/* --- stock ------------------------------------------------------------------
 */

static void
under_stock_nothing_is_read_while_a_command_runs(void **state)
{
	(void)state;
	begin(CORE_STOCK, false);
	assert_true(core_wants_record(core));
	record("!system=HOOK subsystem=a type=ONE");
	assert_int_equal(runs, 1);
	assert_false(core_wants_record(core));
	input(INPUT_EXITED, ids[0], 0);
	assert_true(core_wants_record(core));
}

static void
under_stock_nothing_is_read_while_a_script_runs(void **state)
{
	(void)state;
	begin(CORE_STOCK, false);
	record("!system=HYPERV_NIC_VF subsystem=hn0 type=VF_UP");
	assert_false(core_wants_record(core));
	assert_int_equal(looks, 1);
	input(INPUT_SNAPSHOT, 0, 0);
	assert_true(told("hyperv_vfup"));
	assert_false(core_wants_record(core));
}

static void
under_stock_the_sleeper_of_vfattach_blocks_nobody(void **state)
{
	int i;

	(void)state;
	begin(CORE_STOCK, false);
	record("!system=ETHERNET subsystem=mce0 type=IFATTACH");
	for (i = 0; i < 20 && core_deadline(core) == CORE_NEVER; i++) {
		input(INPUT_SNAPSHOT, 0, 0);
		if (out.count > 0 && out.list[0].kind == INTENT_APPLY)
			input(INPUT_APPLIED, out.list[0].id, 0);
	}
	assert_true(core_wants_record(core));
	assert_false(core_is_idle(core));
	now_ns = core_deadline(core);
	assert_int_equal(now_ns, 3 * DUR_SEC);
	input(INPUT_TIMER, 0, 0);
	input(INPUT_SNAPSHOT, 0, 0);
	assert_true(told("mce0 up"));
}

static void
under_stock_a_command_has_no_deadline(void **state)
{
	(void)state;
	begin(CORE_STOCK, false);
	record("!system=HOOK subsystem=a type=ONE");
	assert_true(core_deadline(core) == CORE_NEVER);
	record("!system=IFNET subsystem=a type=DETACH");
	assert_false(told("cancel"));
}

static void
a_killed_stock_brings_to_its_end_what_it_began_and_starts_nothing(void **state)
{
	(void)state;
	begin(CORE_STOCK, false);
	record("!system=HOOK subsystem=a type=ONE");
	record("!system=HOOK subsystem=b type=TWO");
	assert_int_equal(runs, 1);
	core_orphan(core);
	assert_false(core_wants_record(core));
	input(INPUT_EXITED, ids[0], 0);
	assert_int_equal(runs, 1);
	assert_true(core_is_idle(core));
}

static void
a_script_of_a_killed_stock_goes_on(void **state)
{
	(void)state;
	begin(CORE_STOCK, false);
	record("!system=HYPERV_NIC_VF subsystem=hn0 type=VF_UP");
	input(INPUT_SNAPSHOT, 0, 0);
	core_orphan(core);
	input(INPUT_APPLIED, out.list[0].id, 0);
	input(INPUT_SNAPSHOT, 0, 0);
	assert_true(told("dev.hn.N.vf"));
	assert_false(core_wants_record(core));
}

/* --- native -----------------------------------------------------------------
 */

static void
under_native_records_are_read_while_commands_run(void **state)
{
	(void)state;
	begin(CORE_NATIVE, false);
	record("!system=HOOK subsystem=a type=ONE");
	assert_int_equal(runs, 1);
	assert_true(core_wants_record(core));
}

static void
commands_of_one_interface_keep_their_order(void **state)
{
	(void)state;
	begin(CORE_NATIVE, false);
	record("!system=HOOK subsystem=a type=ONE");
	record("!system=HOOK subsystem=a type=TWO");
	record("!system=HOOK subsystem=b type=THREE");
	assert_int_equal(runs, 2);
	assert_true(told("run") && told("THREE"));
	assert_false(told("run 3 7 TWO"));
	input(INPUT_EXITED, ids[0], 0);
	assert_int_equal(runs, 3);
}

static void
with_serial_all_commands_keep_their_order(void **state)
{
	(void)state;
	begin(CORE_NATIVE, true);
	record("!system=HOOK subsystem=a type=ONE");
	record("!system=HOOK subsystem=b type=TWO");
	assert_int_equal(runs, 1);
	input(INPUT_EXITED, ids[0], 0);
	assert_int_equal(runs, 2);
}

static void
a_command_that_misses_its_deadline_is_cancelled_and_told(void **state)
{
	(void)state;
	begin(CORE_NATIVE, false);
	record("!system=HOOK subsystem=a type=ONE");
	now_ns += 20 * DUR_SEC - 1;
	input(INPUT_TIMER, 0, 0);
	assert_false(told("cancel"));
	now_ns++;
	input(INPUT_TIMER, 0, 0);
	assert_true(told("cancel"));
	assert_true(told("deadline over"));
	/* It is told once, and its end is still awaited. */
	strbuf_reset(&story);
	now_ns += 60 * DUR_SEC;
	input(INPUT_TIMER, 0, 0);
	assert_false(told("cancel"));
	record("!system=HOOK subsystem=a type=TWO");
	assert_int_equal(runs, 1);
	input(INPUT_EXITED, ids[0], 137);
	assert_int_equal(runs, 2);
}

static void
a_detach_cancels_what_runs_and_drops_what_waits_for_the_interface(void **state)
{
	(void)state;
	begin(CORE_NATIVE, false);
	record("!system=HOOK subsystem=a type=ONE");
	record("!system=HOOK subsystem=a type=TWO");
	record("!system=HOOK subsystem=b type=THREE");
	record("!system=IFNET subsystem=a type=DETACH");
	assert_true(told("cancel"));
	input(INPUT_EXITED, ids[0], 137);
	assert_false(told("run 3 7 TWO"));
	assert_true(told("gone a") || told("gone"));
	assert_int_equal(runs, 3); /* ONE, THREE and the DETACH's own */
}

static void
a_failed_command_is_told_with_its_status(void **state)
{
	(void)state;
	begin(CORE_NATIVE, false);
	record("!system=HOOK subsystem=a type=ONE");
	input(INPUT_EXITED, ids[0], 3);
	assert_true(told("command failed (status 3)"));
}

static void
under_stock_nobody_looks_at_the_status_of_a_command(void **state)
{
	(void)state;
	begin(CORE_STOCK, false);
	record("!system=HOOK subsystem=a type=ONE");
	input(INPUT_EXITED, ids[0], 3);
	assert_false(told("command failed"));
}

static void
every_record_is_a_reason_to_look(void **state)
{
	(void)state;
	begin(CORE_NATIVE, false);
	snap.vf_transparent = 1; /* nothing to do: it may rest */
	input(INPUT_SNAPSHOT, 0, 0);
	looks = 0;
	record("!system=NOBODY subsystem=knows type=THIS");
	assert_int_equal(looks, 1);
	record("!system=NOBODY subsystem=knows type=THIS");
	assert_int_equal(looks, 1); /* one look is out already */
	input(INPUT_SNAPSHOT, 0, 0);
	input(INPUT_HINT, 0, 0);
	assert_int_equal(looks, 2);
	snap.vf_transparent = 0;
}

static void
it_looks_now_and_then_without_any_reason(void **state)
{
	(void)state;
	begin(CORE_NATIVE, false);
	snap.vf_transparent = 1;
	input(INPUT_SNAPSHOT, 0, 0);
	looks = 0;
	assert_int_equal(core_deadline(core), now_ns + CORE_RESYNC);
	now_ns = core_deadline(core);
	input(INPUT_TIMER, 0, 0);
	assert_int_equal(looks, 1);
	snap.vf_transparent = 0;
}

static void
it_looks_again_after_each_operation(void **state)
{
	(void)state;
	begin(CORE_NATIVE, false);
	input(INPUT_SNAPSHOT, 0, 0);
	assert_true(told("lagg0 create"));
	looks = 0;
	record("!system=HOOK subsystem=x type=ONE");
	assert_int_equal(looks, 0); /* not while one is under way */
	input(INPUT_APPLIED, 1, 0);
	assert_int_equal(looks, 1);
}

static void
the_commands_of_the_hyper_v_rules_are_the_controllers(void **state)
{
	size_t i;
	bool seen = false;

	(void)state;
	begin(CORE_NATIVE, false);
	record("!system=ETHERNET subsystem=mce0 type=IFATTACH");
	for (i = 0; i < out.count; i++)
		if (out.list[i].kind == INTENT_FIRED) {
			assert_string_equal(out.list[i].carried, "controller");
			seen = true;
		}
	assert_true(seen);
	assert_int_equal(runs, 0);
}

static void
a_rule_without_action_is_told_as_fired(void **state)
{
	(void)state;
	begin(CORE_NATIVE, false);
	record("!system=NONE subsystem=a type=b");
	assert_true(told("fired 0 7"));
	assert_int_equal(runs, 0);
}

/* --- the same inputs, the same intents --------------------------------------
 */

static void
random_inputs(uint64_t seed)
{
	static const char *const records[] = {
		"!system=HOOK subsystem=a type=ONE",
		"!system=HOOK subsystem=b type=TWO",
		"!system=IFNET subsystem=a type=DETACH",
		"!system=ETHERNET subsystem=mce0 type=IFATTACH",
		"!system=HYPERV_NIC_VF subsystem=hn0 type=VF_UP", "garbage", ""
	};
	struct prng p;
	int i;

	prng_seed(&p, seed);
	for (i = 0; i < 400; i++) {
		now_ns += (int64_t)prng_below(&p, 3 * DUR_SEC);
		switch (prng_below(&p, 5)) {
		case 0:
			record(records[prng_below(&p, 7)]);
			break;
		case 1:
			input(INPUT_SNAPSHOT, 0, 0);
			break;
		case 2:
			input(INPUT_APPLIED, (uint32_t)prng_below(&p, 60),
			    (int)prng_below(&p, 2) * 22);
			break;
		case 3:
			input(INPUT_EXITED, (uint32_t)prng_below(&p, 60),
			    (int)prng_below(&p, 3));
			break;
		default:
			input(prng_below(&p, 2) == 0 ? INPUT_HINT : INPUT_TIMER,
			    0, 0);
		}
		strbuf_addf(&story, "wants %d until %lld\n",
		    core_wants_record(core), (long long)core_deadline(core));
	}
}

static void
the_same_inputs_give_the_same_intents(void **state)
{
	struct strbuf first = { 0 };
	uint64_t seed;
	int policy;

	(void)state;
	for (seed = 1; seed <= 50; seed++)
		for (policy = CORE_STOCK; policy <= CORE_NATIVE; policy++) {
			begin((enum core_policy)policy, seed % 2 == 0);
			random_inputs(seed);
			strbuf_reset(&first);
			strbuf_add(&first, story.data, story.bytes);
			begin((enum core_policy)policy, seed % 2 == 0);
			random_inputs(seed);
			assert_string_equal(strbuf_str(&first),
			    strbuf_str(&story));
			assert_true(first.bytes > 5000);
		}
	strbuf_fini(&first);
}

/* --- what native configures --- */

static void
what_sets_up_an_interface_of_native_is_not_run(void **state)
{
	(void)state;
	begin(CORE_NATIVE, false);
	record("!system=NEW subsystem=mce0 type=X");
	assert_false(told("fired"));
	assert_false(core_wants_record(core)); /* not before it is decided */
	input(INPUT_SNAPSHOT, 0, 0);
	assert_true(told("fired 0 7 /etc/pccard_ether $'mce0' start"));
	assert_true(core_wants_record(core));
	assert_int_equal(runs, 0);
	/* Native is busy with an operation, and there is a look all the
	 * same. */
	assert_true(told("apply"));
	looks = 0;
	record("!system=NEW subsystem=em0 type=X");
	assert_int_equal(looks, 1);
	input(INPUT_SNAPSHOT, 0, 0);
	assert_int_equal(runs, 1);
}

static void
the_actions_of_a_record_keep_their_order_around_it(void **state)
{
	const char *first, *between, *last;

	(void)state;
	begin(CORE_NATIVE, false);
	record("!system=LINK subsystem=em0 type=X");
	input(INPUT_SNAPSHOT, 0, 0);
	input(INPUT_EXITED, ids[0], 0);
	input(INPUT_EXITED, ids[1], 0);
	assert_int_equal(runs, 3);
	first = strstr(strbuf_str(&story), "first $'em0'\n");
	between = strstr(strbuf_str(&story), "quietstart $'em0'\n");
	last = strstr(strbuf_str(&story), "last $'em0'\n");
	assert_true(first != NULL && first < between && between < last);
	begin(CORE_NATIVE, false);
	record("!system=LINK subsystem=hn0 type=X");
	input(INPUT_SNAPSHOT, 0, 0);
	input(INPUT_EXITED, ids[0], 0);
	assert_int_equal(runs, 2);
	assert_true(told("fired 0 7 service dhclient quietstart $'hn0'"));
}

/* All is in order, and the VF's delay runs. */
static void
put_in_order(void)
{
	struct snap_if *lagg = snapshot_add(&snap), *hn = &snap.ifs[0];

	strcpy(lagg->name, "lagg0");
	strcpy(lagg->descr, NATIVE_MARK "hn0");
	lagg->class = IF_LAGG;
	lagg->index = 4;
	lagg->up = hn->up = hn->running = true;
	lagg->link = hn->link = LINK_UP;
	lagg->n_ports = 2;
	strcpy(lagg->ports[0].name, "hn0");
	lagg->ports[0].master = lagg->ports[0].active = true;
	strcpy(lagg->ports[1].name, "mce0");
	strcpy(hn->lagg, "lagg0");
	strcpy(snap.ifs[1].lagg, "lagg0");
	snap.ifs[1].index = 2;
	ipaddr_parse("10.0.0.4/24", &lagg->addrs[lagg->n_addrs++]);
	snap.failover_rx_all = 1;
}

static bool
ups_it_two_seconds_after(int64_t ns)
{
	now_ns += ns - 100 * DUR_MS;
	input(INPUT_TIMER, 0, 0);
	input(INPUT_SNAPSHOT, 0, 0);
	if (told("mce0 up"))
		return false;
	now_ns += 200 * DUR_MS;
	input(INPUT_TIMER, 0, 0);
	input(INPUT_SNAPSHOT, 0, 0);
	return told("mce0 up");
}

/* The snapshot is the same: only a record can say that it is another VF, and
 * the kernel drops the oldest of them. */
static void
each_record_of_a_coming_or_going_begins_the_delay_anew(void **state)
{
	static const char *const records[] = {
		"!system=IFNET subsystem=mce0 type=DETACH",
		"!system=IFNET subsystem=mce0 type=ATTACH",
		"!system=ETHERNET subsystem=mce0 type=IFATTACH",
	};
	size_t i;

	(void)state;
	put_in_order();
	begin(CORE_NATIVE, false);
	input(INPUT_SNAPSHOT, 0, 0);
	assert_true(ups_it_two_seconds_after(2 * DUR_SEC));
	for (i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
		begin(CORE_NATIVE, false);
		input(INPUT_SNAPSHOT, 0, 0);
		now_ns += DUR_SEC;
		record(records[i]);
		input(INPUT_SNAPSHOT, 0, 0);
		assert_true(ups_it_two_seconds_after(2 * DUR_SEC));
	}
	begin(CORE_NATIVE, false);
	input(INPUT_SNAPSHOT, 0, 0);
	now_ns += DUR_SEC;
	record("!system=IFNET subsystem=em0 type=ATTACH");
	input(INPUT_SNAPSHOT, 0, 0);
	assert_true(ups_it_two_seconds_after(DUR_SEC));
}

static void
who_carried_it_is_said(void **state)
{
	(void)state;
	begin(CORE_NATIVE, false);
	record("!system=NEW subsystem=hn0 type=X");
	input(INPUT_SNAPSHOT, 0, 0);
	assert_string_equal(out.list[0].carried, "controller");
	record("!system=NEW subsystem=em0 type=X");
	input(INPUT_SNAPSHOT, 0, 0);
	assert_string_equal(out.list[0].carried, "command");
	begin(CORE_STOCK, false);
	record("!system=NEW subsystem=hn0 type=X");
	assert_string_equal(out.list[0].carried, "command");
	assert_int_equal(runs, 1);
}

static void
a_new_configuration_is_looked_at(void **state)
{
	struct rcvars fresh = { 0 };

	(void)state;
	begin(CORE_NATIVE, false);
	input(INPUT_SNAPSHOT, 0, 0);
	assert_true(told("apply"));
	begin(CORE_NATIVE, false);
	core_set_rc(core, &fresh);
	input(INPUT_SNAPSHOT, 0, 0);
	assert_false(told("apply"));
	looks = 0;
	core_set_rc(core, &rc);
	input(INPUT_TIMER, 0, 0);
	assert_int_equal(looks, 1);
	input(INPUT_SNAPSHOT, 0, 0);
	assert_true(told("lagg0 create"));
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(under_stock_nothing_is_read_while_a_command_runs),
		T(under_stock_nothing_is_read_while_a_script_runs),
		T(under_stock_the_sleeper_of_vfattach_blocks_nobody),
		T(under_stock_a_command_has_no_deadline),
		T(under_stock_nobody_looks_at_the_status_of_a_command),
		T(a_killed_stock_brings_to_its_end_what_it_began_and_starts_nothing),
		T(a_script_of_a_killed_stock_goes_on),
		T(under_native_records_are_read_while_commands_run),
		T(commands_of_one_interface_keep_their_order),
		T(with_serial_all_commands_keep_their_order),
		T(a_command_that_misses_its_deadline_is_cancelled_and_told),
		T(a_detach_cancels_what_runs_and_drops_what_waits_for_the_interface),
		T(a_failed_command_is_told_with_its_status),
		T(every_record_is_a_reason_to_look),
		T(it_looks_now_and_then_without_any_reason),
		T(it_looks_again_after_each_operation),
		T(the_commands_of_the_hyper_v_rules_are_the_controllers),
		T(a_rule_without_action_is_told_as_fired),
		T(the_same_inputs_give_the_same_intents),
		T(what_sets_up_an_interface_of_native_is_not_run),
		T(the_actions_of_a_record_keep_their_order_around_it),
		T(each_record_of_a_coming_or_going_begins_the_delay_anew),
		T(who_carried_it_is_said),
		T(a_new_configuration_is_looked_at),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
