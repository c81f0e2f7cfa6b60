/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A host that takes its VF away and gives it back 900 times an hour, as one
 * that is serviced does, under native control: what is in use after so many
 * cycles is what was in use after few.
 *
 * The trace of a run is what grows by nature, so it is emptied at each moment
 * at which nothing is under way (trace_forget()). With a number as argument:
 * only so many cycles, and one line that says what was measured.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "base/dur.h"
#include "mem_loader.h"
#include "sim/machine/hn.h"
#include "sim/machine/ifdriver.h"
#include "sim/machine/lagg.h"
#include "sim/stage/simdaemon.h"
#include "sim_rig.h"
#include "variant.h"

#define CYCLE	    (4 * DUR_SEC) /* 900 an hour */
#define STAYS	    (2500 * DUR_MS)
#define CYCLES	    20000
#define CYCLES_ASAN 6000
#define EARLY	    2000 /* by then all has its size */

static const struct mem_file files[] = {
	{ "devd.conf",
	    "notify 10 { match \"system\" \"ETHERNET\"; match \"type\" "
	    "\"IFATTACH\";\n"
	    "  action \"/usr/libexec/hyperv/hyperv_vfattach $subsystem 0\"; "
	    "};\n"
	    "notify 10 { match \"system\" \"HYPERV_NIC_VF\"; match \"type\" "
	    "\"VF_UP\";\n"
	    "  action \"/usr/libexec/hyperv/hyperv_vfup $subsystem\"; };\n" },
	{ NULL, NULL }
};

struct storm {
	struct rig rig;
	struct ruleset *rules;
	struct rcvars rc;
	struct simdaemon *daemon;
	unsigned carried, fell_back; /* cycles in which it was so */
};

/* With what malloc() itself needs for it. */
#define ALLOCATED(of) ((sizeof(*(of)) + 8 + 15) / 16 * 16)

struct use {	       /* at a moment at which nothing is under way */
	size_t bytes;  /* allocated; 0: this system does not say */
	size_t timers; /* armed, of machine and daemon */
	size_t lines;  /* of what the daemon is about */
	size_t interfaces, states;
	size_t gone_bytes; /* of bytes: the machine keeps every interface that
			    * there was until its end */
};

static void
begin(struct storm *m)
{
	struct core_config config = { .policy = CORE_NATIVE,
		.vm_guest = "hv",
		.quoting = RULE_QUOTE_SAFE };
	struct simdaemon_setup setup = { .config = &config,
		.policy = "native" };
	struct ruleset_options opt = { .loader = NULL };
	struct strbuf found = { 0 };

	memset(m, 0, sizeof(*m));
	m->rules = mem_load(files, &opt, &found);
	assert_non_null(m->rules);
	strbuf_fini(&found);
	rcvars_set(&m->rc, "ifconfig_hn0", "inet 10.0.0.4/24", 1, 1);
	rcvars_set(&m->rc, "defaultrouter", "10.0.0.1", 2, 1);
	rig_init(&m->rig, NULL);
	m->rig.m->rc = &m->rc;
	m->rig.m->transparent = false;
	rig_hn(&m->rig, "hn0", 1);
	config.rules = m->rules;
	config.rc = &m->rc;
	setup.m = m->rig.m;
	m->daemon = simdaemon_new(&setup);
	simdaemon_start(m->daemon);
	rig_run(&m->rig, 30 * DUR_SEC);
	assert_string_equal(rig_active(&m->rig, "lagg0"), "hn0");
}

static void
end(struct storm *m)
{
	simdaemon_free(m->daemon);
	rig_fini(&m->rig);
	ruleset_free(m->rules);
	rcvars_fini(&m->rc);
}

/* Nothing is under way that would end a row of the trace, or read one. */
static bool
is_quiet(const struct storm *m)
{
	return TAILQ_EMPTY(&m->rig.m->tasks) && m->rig.m->devctl_queued == 0;
}

static void
cycle(struct storm *m)
{
	struct vf_arrival vf = { .name = "mce0", .driver = "vf" };
	struct rig *r = &m->rig;

	memcpy(vf.mac, ifnet_find(r->m, "hn0")->mac, sizeof(vf.mac));
	vf_offer(r->m, &vf);
	rig_run(r, STAYS);
	m->carried += strcmp(rig_active(r, "lagg0"), "mce0") == 0;
	vf_eject(r->m, "mce0");
	rig_run(r, CYCLE - STAYS);
	m->fell_back += strcmp(rig_active(r, "lagg0"), "hn0") == 0;
	if (is_quiet(m))
		trace_forget(r->trace, NULL);
}

static size_t
bytes_in_use(void)
{
#if defined(__SANITIZE_ADDRESS__) || !defined(__GLIBC__)
	return 0;
#else
	return mallinfo2().uordblks;
#endif
}

static struct use
measure(struct storm *m)
{
	const struct machine *machine = m->rig.m;
	struct strbuf about = { 0 };
	const struct ifnet *ifp;
	struct use u = { 0 };
	const char *s;

	assert_true(is_quiet(m));
	simdaemon_describe(m->daemon, &about);
	for (s = strbuf_str(&about); *s != '\0'; s++)
		u.lines += *s == '\n';
	strbuf_fini(&about);
	TAILQ_FOREACH (ifp, &machine->ifs, entry)
		u.interfaces++;
	TAILQ_FOREACH (ifp, &machine->gone, entry)
		u.gone_bytes += ALLOCATED(ifp);
	u.timers =
	    machine->clock.queue[0].count + machine->clock.queue[1].count;
	u.states = m->rig.trace->n_states;
	u.bytes = bytes_in_use();
	u.bytes -= u.bytes > 0 ? u.gone_bytes : 0;
	return u;
}

static void
nothing_grows(void **state)
{
	const unsigned cycles = variant_times(CYCLES, CYCLES_ASAN);
	struct storm m;
	struct use early, late;
	unsigned i;

	(void)state;
	begin(&m);
	for (i = 0; i < EARLY; i++)
		cycle(&m);
	early = measure(&m);
	for (; i < cycles; i++)
		cycle(&m);
	late = measure(&m);
	assert_int_equal(m.carried, cycles);
	assert_int_equal(m.fell_back, cycles);
	assert_int_equal(late.timers, early.timers);
	assert_int_equal(late.lines, early.lines);
	assert_int_equal(late.interfaces, early.interfaces);
	assert_int_equal(late.states, early.states);
	/* A buffer may still have grown, but nothing with each cycle. */
	assert_in_range(late.bytes, 0, early.bytes + 1024);
	end(&m);
}

static int
print_storm(unsigned cycles)
{
	struct use early = { 0 }, late;
	struct storm m;
	unsigned i;

	begin(&m);
	for (i = 0; i < cycles; i++) {
		if (i == EARLY)
			early = measure(&m);
		cycle(&m);
	}
	late = measure(&m);
	printf("%u cycles, %u carried, %u fell back; after %d and at the end: "
	       "%zu and %zu bytes, %zu and %zu timers\n",
	    cycles, m.carried, m.fell_back, EARLY, early.bytes, late.bytes,
	    early.timers, late.timers);
	end(&m);
	return 0;
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(nothing_grows) };
	int64_t cycles;

	if (argc == 2 &&
	    num_parse(argv[1], strlen(argv[1]), EARLY + 1, 10000000, &cycles))
		return print_storm((unsigned)cycles);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
