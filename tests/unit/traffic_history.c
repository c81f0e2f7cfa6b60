/* SPDX-License-Identifier: BSD-2-Clause */
#include "traffic_history.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "sim/machine/hn.h"
#include "sim/machine/ifdriver.h"
#include "sim/machine/lagg.h"

static void
thaw_fire(void *ctx, struct vevent *e)
{
	struct history *run = ctx;

	(void)e;
	machine_changed(run->rig.m, NULL);
}

static void
freeze(struct history *run, int64_t ns)
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
	struct history_action *a = ctx;
	struct history *run = a->run;
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
int64_t
history_moment(struct prng *p)
{
	int64_t at =
	    (int64_t)prng_below(p, (uint64_t)(HISTORY_LENGTH - DUR_SEC));

	if (prng_below(p, 3) == 0)
		at = at / DUR_MS * DUR_MS;
	else if (prng_below(p, 3) == 0)
		at = at / DUR_MS * DUR_MS + 70 * DUR_US;
	return DUR_SEC + at;
}

static void
arm_history(struct history *run, uint64_t seed)
{
	struct prng p;
	size_t i;

	prng_seed(&p, seed);
	for (i = 0; i < HISTORY_ACTIONS; i++) {
		struct history_action *a = &run->actions[i];

		a->run = run;
		a->what = (unsigned)prng_below(&p, 16);
		a->value = (unsigned)prng_below(&p, 3000);
		a->event.fire = act;
		a->event.ctx = a;
		a->event.domain = a->what > 6 ? VGUEST : VHOST;
		vclock_at(&run->rig.m->clock, &a->event, history_moment(&p));
	}
}

static void
add_probe(struct history *run, const char *name, enum scn_way way,
    int64_t period_ns, int64_t from_ns)
{
	struct scn_probe *p = &run->probes[run->scenario.n_probes++];

	p->name = mem_str(name);
	p->way = way;
	p->period_ns = period_ns;
	p->from_ns = from_ns;
	p->until_ns = -1;
}

void
history_begin(struct history *run, uint64_t seed, bool frames)
{
	struct traffic_nic nic = { 0 };
	struct traffic_setup setup = { .nics = &nic,
		.n_nics = 1,
		.end_ns = HISTORY_LENGTH,
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

void
history_finish(struct history *run)
{
	struct machine *m = run->rig.m;
	bool more;

	do {
		more = vclock_step(&m->clock, HISTORY_LENGTH);
		traffic_look(run->traffic);
		machine_settle(m);
	} while (more);
	traffic_report(run->traffic);
}

void
history_end(struct history *run)
{
	size_t i;

	traffic_free(run->traffic);
	rig_fini(&run->rig);
	for (i = 0; i < run->scenario.n_probes; i++)
		free(run->probes[i].name);
}
