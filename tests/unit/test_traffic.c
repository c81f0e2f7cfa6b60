/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packets in closed form and one by one are two models of the same thing. Over
 * hundreds of random histories they must give the same numbers and gaps.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/dur.h"
#include "base/mem.h"
#include "base/prng.h"
#include "sim/machine/hn.h"
#include "sim/machine/ifdriver.h"
#include "sim/machine/lagg.h"
#include "sim/machine/netpath.h"
#include "sim/packets/traffic.h"
#include "sim_rig.h"

#define HISTORIES 220
#define ACTIONS	  30
#define LENGTH	  (20 * DUR_SEC)

struct run;

struct action {
	struct vevent event;
	struct run *run;
	unsigned what, value;
};

struct run {
	struct rig rig;
	struct ifnet *hn;
	struct traffic *traffic;
	struct scenario scenario;
	struct scn_probe probes[3];
	struct action actions[ACTIONS];
	struct vevent thaw;
	int results[ACTIONS];
	size_t n_results;
};

static void
thaw_fire(void *ctx, struct vevent *e)
{
	struct run *run = ctx;

	(void)e;
	machine_changed(run->rig.m, NULL);
}

static void
freeze(struct run *run, int64_t ns)
{
	struct machine *m = run->rig.m;

	vclock_freeze(&m->clock, ns);
	machine_changed(m, NULL);
	run->thaw.fire = thaw_fire;
	run->thaw.ctx = run;
	run->thaw.domain = VHOST;
	vclock_at(&m->clock, &run->thaw, m->clock.frozen_until_ns);
}

static const char *const commands[] = { "ifconfig mce0 up",
	"ifconfig mce0 down", "ifconfig mce0 up", "ifconfig hn0 down",
	"ifconfig hn0 up", "ifconfig hn0 up", "ifconfig lagg0 create",
	"ifconfig lagg0 up", "ifconfig lagg0 laggport hn0",
	"ifconfig lagg0 laggport mce0", "ifconfig lagg0 -laggport mce0",
	"ifconfig lagg0 -laggport hn0", "ifconfig lagg0 inet 10.0.0.4/24",
	"ifconfig hn0 inet 10.0.0.4/24 -alias", "ifconfig hn0 inet 10.0.0.4/24",
	"route add default 10.0.0.1", "route delete default",
	"ifconfig lagg0 destroy", "sysctl net.link.lagg.failover_rx_all=1",
	"sysctl net.link.lagg.failover_rx_all=0" };
#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void
act(void *ctx, struct vevent *e)
{
	struct action *a = ctx;
	struct run *run = a->run;
	struct machine *m = run->rig.m;
	struct vf_arrival vf = { .name = "mce0" };

	(void)e;
	switch (a->what) {
	case 0:
		freeze(run, a->value * DUR_MS + a->value);
		break;
	case 1:
		hn_host_media(run->hn, a->value % 2 == 0);
		break;
	case 2:
		hn_host_network_change(run->hn);
		break;
	case 3:
		vf_set_carrier(m, "mce0", a->value % 2 == 0);
		break;
	case 4:
		vf_eject(m, "mce0");
		break;
	case 5:
		vf_rescind(m, "mce0");
		break;
	case 6:
		strcpy(vf.driver, a->value % 2 == 0 ? "vf" : "drops");
		memcpy(vf.mac, run->hn->mac, sizeof(vf.mac));
		if (ifnet_find(m, "mce0") == NULL)
			vf_offer(m, &vf);
		break;
	default:
		rig_begin(&run->rig, commands[a->value % COMMANDS],
		    &run->results[run->n_results++]);
	}
}

/* Some moments coincide with packets, to the nanosecond. */
static int64_t
moment(struct prng *p)
{
	int64_t at = (int64_t)prng_below(p, (uint64_t)(LENGTH - DUR_SEC));

	if (prng_below(p, 3) == 0)
		at = at / DUR_MS * DUR_MS;
	else if (prng_below(p, 3) == 0)
		at = at / DUR_MS * DUR_MS + 70 * DUR_US;
	return DUR_SEC + at;
}

static void
arm_history(struct run *run, uint64_t seed)
{
	struct prng p;
	size_t i;

	prng_seed(&p, seed);
	for (i = 0; i < ACTIONS; i++) {
		struct action *a = &run->actions[i];

		a->run = run;
		a->what = (unsigned)prng_below(&p, 16);
		a->value = (unsigned)prng_below(&p, 3000);
		a->event.fire = act;
		a->event.ctx = a;
		a->event.domain = a->what > 6 ? VGUEST : VHOST;
		vclock_at(&run->rig.m->clock, &a->event, moment(&p));
	}
}

static void
add_probe(struct run *run, const char *name, enum scn_way way,
    int64_t period_ns, int64_t from_ns)
{
	struct scn_probe *p = &run->probes[run->scenario.n_probes++];

	p->name = mem_str(name);
	p->way = way;
	p->period_ns = period_ns;
	p->from_ns = from_ns;
	p->until_ns = -1;
}

static void
begin(struct run *run, uint64_t seed, bool frames)
{
	struct traffic_nic nic = { 0 };
	struct traffic_setup setup = { .nics = &nic,
		.n_nics = 1,
		.end_ns = LENGTH,
		.frames = frames };
	struct machine *m;

	memset(run, 0, sizeof(*run));
	rig_init(&run->rig, NULL);
	m = setup.m = run->rig.m;
	nic.hn = run->hn = rig_hn(&run->rig, "hn0", 1);
	assert_int_equal(rig_do(&run->rig, "ifconfig hn0 inet 10.0.0.4/24"), 0);
	rig_vf(&run->rig, "mce0", 1);
	ipaddr_parse("10.0.0.4/24", &nic.guest[0]);
	ipaddr_parse("10.0.0.1/24", &nic.peer[0]);
	add_probe(run, "echo", SCN_ECHO, DUR_MS, 0);
	add_probe(run, "both", SCN_BOTH, 3 * DUR_MS, 2 * DUR_SEC + 7);
	add_probe(run, "far", SCN_OUT, 7 * DUR_MS + 1, 0);
	run->probes[2].to[0] = 192;
	run->scenario.probes = run->probes;
	/* The machine has had its first milliseconds already. */
	run->probes[0].from_ns = run->probes[2].from_ns =
	    (m->clock.now_ns / DUR_MS + 1) * DUR_MS;
	setup.s = &run->scenario;
	run->traffic = traffic_new(&setup);
	traffic_look(run->traffic);
	arm_history(run, seed);
}

static void
finish(struct run *run)
{
	struct machine *m = run->rig.m;
	bool more;

	do {
		more = vclock_step(&m->clock, LENGTH);
		traffic_look(run->traffic);
		machine_settle(m);
	} while (more);
	traffic_report(run->traffic);
}

static void
end(struct run *run)
{
	size_t i;

	traffic_free(run->traffic);
	rig_fini(&run->rig);
	for (i = 0; i < run->scenario.n_probes; i++)
		free(run->probes[i].name);
}

static void
closed_form_and_frame_by_frame_give_the_same_numbers_and_gaps(void **state)
{
	static struct run a, b;
	struct strbuf da = { 0 }, db = { 0 };
	uint64_t seed, lost = 0, gaps = 0, whys[PATH_KINDS] = { 0 };
	size_t i, k;

	(void)state;
	for (seed = 1; seed <= HISTORIES; seed++) {
		begin(&a, seed, false);
		begin(&b, seed, true);
		finish(&a);
		finish(&b);
		strbuf_reset(&da);
		strbuf_reset(&db);
		trace_dump(a.rig.trace, &da);
		trace_dump(b.rig.trace, &db);
		if (strcmp(strbuf_str(&da), strbuf_str(&db)) != 0)
			print_message("history %d\n", (int)seed);
		assert_string_equal(strbuf_str(&da), strbuf_str(&db));
		for (i = 0; i < a.rig.trace->n_probes; i++)
			lost += a.rig.trace->probes[i].lost +
			    a.rig.trace->probes[i].send_errors;
		gaps += a.rig.trace->n_gaps;
		for (i = 0; i < a.rig.trace->n_gaps; i++)
			for (k = 0; k < PATH_KINDS; k++)
				if (strcmp(a.rig.trace->gaps[i].why,
					path_text((enum path)k)) == 0)
					whys[k]++;
		end(&a);
		end(&b);
	}
	/* The histories are not empty ones. */
	assert_true(lost > 100000);
	assert_true(gaps > 1000);
	for (k = i = 0; k < PATH_KINDS; k++)
		i += whys[k] > 0;
	assert_true(i >= 10);
	strbuf_fini(&da);
	strbuf_fini(&db);
}

/* Both are asked for any window, too. */
static void
windows_give_the_same_numbers_both_ways(void **state)
{
	static struct run a, b;
	struct judge_probe pa, pb;
	struct prng p;
	uint64_t seed;
	int i;

	(void)state;
	for (seed = 1; seed <= 20; seed++) {
		begin(&a, seed, false);
		begin(&b, seed, true);
		finish(&a);
		finish(&b);
		prng_seed(&p, seed);
		for (i = 0; i < 20; i++) {
			int64_t from = moment(&p), until = moment(&p);

			assert_true(
			    traffic_judge(a.traffic, "echo", from, until, &pa));
			assert_true(
			    traffic_judge(b.traffic, "echo", from, until, &pb));
			assert_memory_equal(&pa, &pb, sizeof(pa));
		}
		end(&a);
		end(&b);
	}
}

static void
what_is_lost_is_counted_to_one_packet(void **state)
{
	static struct run a;
	struct judge_probe p;
	int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		begin(&a, 1, i == 1);
		for (size_t k = 0; k < ACTIONS; k++)
			vclock_cancel(&a.rig.m->clock, &a.actions[k].event);
		/* Frozen from 10 s to 10.5 s: a sender inside sends nothing,
		 * one outside loses 500 packets less what the phase takes. */
		a.actions[0].what = 0;
		a.actions[0].value = 500;
		vclock_at(&a.rig.m->clock, &a.actions[0].event, 10 * DUR_SEC);
		finish(&a);
		assert_true(traffic_judge(a.traffic, "echo", 10 * DUR_SEC,
		    11 * DUR_SEC, &p));
		assert_int_equal(p.sent, 499);
		assert_int_equal(p.lost, 0);
		assert_true(traffic_judge(a.traffic, "echo", 9 * DUR_SEC,
		    11 * DUR_SEC, &p));
		assert_int_equal(p.longest_gap_ns, 502 * DUR_MS);
		assert_int_equal(p.longest_gap_at_ns, 10 * DUR_SEC - DUR_MS);
		end(&a);
	}
}

static void
a_probe_nobody_has_is_not_found(void **state)
{
	static struct run a;
	struct judge_probe p;

	(void)state;
	begin(&a, 1, false);
	assert_false(traffic_judge(a.traffic, "none", 0, LENGTH, &p));
	end(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    closed_form_and_frame_by_frame_give_the_same_numbers_and_gaps),
		cmocka_unit_test(windows_give_the_same_numbers_both_ways),
		cmocka_unit_test(what_is_lost_is_counted_to_one_packet),
		cmocka_unit_test(a_probe_nobody_has_is_not_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
