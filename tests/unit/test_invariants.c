/* SPDX-License-Identifier: BSD-2-Clause */
/* Each invariant, with a fault that is planted for it: a history in which all
 * hold is run to its end, the fault is put into the machine or into what the
 * engine is said to have done, and the invariant must tell. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "search_hand.h"
#include "base/dur.h"
#include "base/mem.h"
#include "sim/machine/dhclient.h"
#include "sim/machine/ifnet.h"
#include "sim/machine/inet.h"
#include "sim/machine/lagg.h"

/* --- the faults --- */

struct scene { /* a run at its end */
	struct watch w;
	struct trace *t;
	struct course *h;
	const struct course_pair *p;
	struct ifnet *hn, *home, *vf;
};

static void
say(struct scene *s, int64_t at_ns, const char *operation)
{
	trace_begin_operation(s->t, at_ns, operation, "planted", TRACE_NONE);
}

static void
plant_panic(struct scene *s)
{
	machine_panic(s->w.m, "planted");
}

static void
plant_foreign(struct scene *s)
{
	say(s, s->h->quiet_ns, "tap0 up");
}

static void
plant_delay(struct scene *s)
{
	char up[32];

	snprintf(up, sizeof(up), "%s up", s->p->vf);
	say(s, s->w.came_ns[0] + s->h->vf_delay_ns - 1, up);
}

static void
plant_aloof(struct scene *s)
{
	say(s, s->h->quiet_ns, "hn0 up");
}

static void
plant_joined(struct scene *s)
{
	lagg_del(s->home, s->hn);
}

static void
plant_up(struct scene *s)
{
	s->hn->up = false;
}

static void
plant_port(struct scene *s)
{
	s->hn->link = LINK_DOWN;
	if (s->vf != NULL)
		s->vf->link = LINK_DOWN;
}

static void
plant_vf(struct scene *s)
{
	s->vf->link = LINK_DOWN;
	s->hn->link = LINK_UP;
}

static void
plant_path(struct scene *s)
{
	lagg_del(s->home, s->vf);
}

static void
plant_address(struct scene *s)
{
	inet_del(s->home, &s->p->addrs[0]);
}

static void
plant_alias(struct scene *s)
{
	inet_del(s->home, &s->p->addrs[1]);
}

static void
plant_stale(struct scene *s)
{
	struct course_pair *p = &s->h->pairs[0];

	ipaddr_parse("10.8.0.1/32", &p->extra);
	inet_add(s->home, &p->extra);
	p->edited_ns = s->h->died_ns;
}

static void
plant_address6(struct scene *s)
{
	size_t i;

	for (i = 0; i < s->p->n_addrs; i++)
		if (s->p->addrs[i].family == 6)
			inet_del(s->home, &s->p->addrs[i]);
}

static void
plant_twice(struct scene *s)
{
	inet_add(s->hn, &s->p->addrs[0]);
}

static void
plant_route(struct scene *s)
{
	inet_default_del(s->w.m, 4);
}

static void
plant_lease(struct scene *s)
{
	size_t i;

	for (i = s->home->n_addrs; i-- > 0;)
		if ((s->home->addr_flags[i] & SNAP_ADDR_LEASED) != 0)
			inet_del(s->home, &s->home->addrs[i]);
}

static void
plant_client(struct scene *s)
{
	dhclient_stop(s->w.m, s->home->name);
}

static void
plant_calm(struct scene *s)
{
	say(s, s->h->calm_ns + 1, "sysctl net.link.lagg.failover_rx_all=1");
}

static void
plant_vlan(struct scene *s)
{
	ifnet_find(s->w.m, s->p->vlan)->vlan.parent = s->hn;
}

static void
plant_slaac(struct scene *s)
{
	s->home->accept_rtadv = false;
}

static void
plant_mtu(struct scene *s)
{
	s->hn->mtu = 1400;
}

/* The kernel, which the watch reads record for record. */
static void
plant_alternate(struct scene *s)
{
	int i;

	for (i = 0; i < 2; i++)
		devctl_emit(s->w.m,
		    "!system=HYPERV_NIC_VF subsystem=%s type=VF_UP",
		    s->hn->name);
}

static void
plant_pretend(struct scene *s)
{
	s->hn->hn.managed = true;
}

static void
plant_relink(struct scene *s)
{
	s->hn->hn.rxvf = false;
	s->hn->hn.managed = true;
	s->hn->hn.host_connected = true;
	s->hn->link = LINK_DOWN;
	watch_step(&s->w);
	s->w.m->clock.now_ns += 7 * DUR_SEC;
}

static void
plant_enabled(struct scene *s)
{
	s->hn->hn.xen = true;
	s->hn->running = false;
}

static void
plant_attached(struct scene *s)
{
	ifnet_detached(s->home);
}

static void
plant_unjoined(struct scene *s)
{
	char up[32];

	snprintf(up, sizeof(up), "%s up", s->p->vf);
	lagg_del(s->home, s->vf);
	say(s, s->h->quiet_ns, up);
}

/* A route without its address, a client whose link goes and comes. */
static void
plant_outlived(struct scene *s)
{
	s->home->n_addrs = 0;
}

static void
plant_reasked(struct scene *s)
{
	s->home->link = LINK_DOWN;
	watch_step(&s->w);
	s->w.m->clock.now_ns += 2 * DUR_SEC;
	s->home->link = LINK_UP;
	watch_step(&s->w);
	s->w.m->clock.now_ns += 2 * DUR_SEC;
}

static void
plant_prompt(struct scene *s)
{
	s->w.hurries = s->w.daemon_runs = true;
	s->hn->up = false;
	watch_step(&s->w);
	s->w.m->clock.now_ns += 6 * DUR_SEC;
}

static void
plant_offered(struct scene *s)
{
	s->h->pairs[0].offered = s->vf == NULL;
}

static void
plant_alone(struct scene *s)
{
	struct ifnet *lagg = lagg_new(s->w.m, "lagg7");

	memcpy(lagg->descr, "switchback hn7", sizeof("switchback hn7"));
}

static void
plant_caps(struct scene *s)
{
	if (s->vf != NULL)
		lagg_del(s->home, s->vf);
	s->hn->hn.vf = NULL;
	s->hn->capenable = 0;
}

static void
plant_rxall(struct scene *s)
{
	s->w.m->failover_rx_all = 0;
}

/* What a history must have for it. */
static bool
any(const struct course *h)
{
	return h->n_foreign == 0 && !h->pairs[0].dhcp &&
	    h->pairs[0].vf[0] == 'v';
}

static bool
with_foreign(const struct course *h)
{
	return h->n_foreign > 0;
}

static bool
with_alias(const struct course *h)
{
	return any(h) && h->pairs[0].has_alias;
}

static bool
with_address6(const struct course *h)
{
	const struct course_pair *p = &h->pairs[0];

	return any(h) && p->n_addrs > 1 && p->addrs[p->n_addrs - 1].family == 6;
}

static bool
with_router(const struct course *h)
{
	return any(h) && h->pairs[0].router.family != 0;
}

static bool
with_dhcp(const struct course *h)
{
	return h->pairs[0].dhcp && h->n_foreign == 0 && !h->transparent;
}

static bool
with_vlan(const struct course *h)
{
	return any(h) && h->pairs[0].vlan[0] != '\0';
}

static bool
with_slaac(const struct course *h)
{
	return any(h) && h->pairs[0].slaac;
}

/* And another one has read what was there before it was edited. */
static bool
that_died(const struct course *h)
{
	return any(h) && h->died_ns != 0 && h->died_ns != INT64_MAX &&
	    h->pairs[0].extra.family == 0;
}

static bool
with_all_caps(const struct course *h)
{
	return any(h) && h->pairs[0].caps_off == 0;
}

static bool
without_restart(const struct course *h)
{
	return any(h) && !h->anew;
}

static bool
with_restart(const struct course *h)
{
	return any(h) && h->anew && !h->pairs[0].vf_excused;
}

static bool
transparent(const struct course *h)
{
	return h->transparent;
}

static const struct planted {
	bool (*fits)(const struct course *h);
	void (*plant)(struct scene *s);
	bool vf; /* one must carry at the end */
} faults[INVARIANTS] = {
	[INVARIANT_PANIC] = { any, plant_panic, false },
	[INVARIANT_FOREIGN] = { with_foreign, plant_foreign, false },
	[INVARIANT_DELAY] = { any, plant_delay, true },
	[INVARIANT_ALOOF] = { transparent, plant_aloof, false },
	[INVARIANT_JOINED] = { any, plant_joined, false },
	[INVARIANT_UP] = { any, plant_up, false },
	[INVARIANT_PORT] = { without_restart, plant_port, false },
	[INVARIANT_VF] = { any, plant_vf, true },
	[INVARIANT_PATH] = { any, plant_path, true },
	[INVARIANT_ADDRESS] = { any, plant_address, false },
	[INVARIANT_ALIAS] = { with_alias, plant_alias, false },
	[INVARIANT_STALE] = { that_died, plant_stale, false },
	[INVARIANT_ADDRESS6] = { with_address6, plant_address6, false },
	[INVARIANT_TWICE] = { any, plant_twice, false },
	[INVARIANT_ROUTE] = { with_router, plant_route, false },
	[INVARIANT_LEASE] = { with_dhcp, plant_lease, false },
	[INVARIANT_CLIENT] = { with_dhcp, plant_client, false },
	/* Packets were lost already when it is looked at: see below. */
	[INVARIANT_LOST] = { NULL, NULL, false },
	[INVARIANT_CALM] = { without_restart, plant_calm, false },
	[INVARIANT_ANEW] = { with_restart, plant_calm, false },
	[INVARIANT_VLAN] = { with_vlan, plant_vlan, false },
	[INVARIANT_SLAAC] = { with_slaac, plant_slaac, false },
	[INVARIANT_MTU] = { any, plant_mtu, false },
	[INVARIANT_ALTERNATE] = { any, plant_alternate, false },
	[INVARIANT_PRETEND] = { any, plant_pretend, true },
	[INVARIANT_RELINK] = { any, plant_relink, false },
	[INVARIANT_ENABLED] = { transparent, plant_enabled, false },
	[INVARIANT_ATTACHED] = { any, plant_attached, false },
	[INVARIANT_UNJOINED] = { any, plant_unjoined, true },
	[INVARIANT_OUTLIVED] = { with_router, plant_outlived, false },
	[INVARIANT_REASKED] = { with_dhcp, plant_reasked, false },
	[INVARIANT_PROMPT] = { any, plant_prompt, false },
	[INVARIANT_SEAMLESS] = { NULL, NULL, false }, /* see below, too */
	[INVARIANT_OFFERED] = { any, plant_offered, false },
	[INVARIANT_ALONE] = { any, plant_alone, false },
	[INVARIANT_CAPS] = { with_all_caps, plant_caps, false },
	[INVARIANT_RXALL] = { any, plant_rxall, false },
};

/* --- the runs --- */

static struct ifnet *
nic_of(struct machine *m, const struct course_pair *p)
{
	struct ifnet *ifp;

	TAILQ_FOREACH (ifp, &m->ifs, entry)
		if (ifp->kind == KIND_HN && memcmp(ifp->hw_mac, p->mac, 6) == 0)
			return ifp;
	return NULL;
}

static bool
is_fit(const struct scene *s, const struct planted *f)
{
	return s->hn != NULL && (s->h->transparent || s->home != NULL) &&
	    (!f->vf ||
		(s->vf != NULL && s->vf->member_of == s->home &&
		    s->hn->hn.rxvf && !s->p->vf_excused && !s->p->upped &&
		    s->w.came_ns[0] > 0));
}

/* Runs the history to its end, and plants. False when it does not fit. */
static bool
try(struct course *h, const struct planted *f, struct watch *out)
{
	struct simstage stage = { .scenario = h->scn,
		.profile = search_hand.profiles[h->machine],
		.rules = search_hand.rules,
		.policy = CORE_NATIVE,
		.seed = h->scn->seed };
	struct scene s = { .t = trace_new(), .h = h, .p = &h->pairs[0] };
	struct simwalk *walk;
	bool fits;

	s.t->sparse = true;
	walk = simwalk_open(&stage, s.t);
	watch_begin(&s.w, h, CORE_NATIVE, walk, s.t);
	while (simwalk_advance(walk) != STAGE_END)
		watch_step(&s.w);
	assert_int_equal(s.w.broken, 0);
	s.hn = nic_of(s.w.m, s.p);
	s.home = s.hn == NULL ? NULL : s.hn->member_of;
	s.vf = s.hn == NULL ? NULL : s.hn->hn.vf;
	fits = is_fit(&s, f);
	if (fits) {
		f->plant(&s);
		watch_end(&s.w);
	}
	*out = s.w;
	simwalk_close(walk);
	trace_free(s.t);
	return fits;
}

static void
plant(enum invariant i)
{
	const struct planted *f = &faults[i];
	struct choices c = { 0 };
	struct trial_result r;
	struct course h;
	uint64_t seed = 0;
	bool done = false;
	struct watch w;

	assert_non_null(f->plant);
	while (!done) {
		choices_draw(&c, ++seed);
		course_make(&h, &c, CORE_NATIVE, 0);
		if (f->fits(&h) && !simstage_overrides(h.scn) &&
		    h.n_pairs == 1 && !h.on_linux) {
			choices_draw(&c, seed);
			trial_run(&search_hand, &c, NULL, &r);
			assert_int_equal(r.broken, 0);
			done = try(&h, f, &w);
		}
		course_fini(&h);
		assert_true(seed < 5000);
	}
	choices_fini(&c);
	if ((w.broken & INVARIANT_BIT(i)) == 0)
		fail_msg("%s: seed %llu: not told", invariant_name(i),
		    (unsigned long long)seed);
}

static void
each_tells_of_its_fault(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < INVARIANTS; i++)
		if (faults[i].plant != NULL)
			plant((enum invariant)i);
}

/* It is looked at when the run is over; so here the media go away while the
 * time is quiet. */
static void
lost_packets_are_told(void **state)
{
	struct simstage stage = { .rules = search_hand.rules,
		.policy = CORE_NATIVE };
	struct trace *t = trace_new();
	struct choices c = { 0 };
	struct scn_step *step;
	struct simwalk *walk;
	struct course h;
	struct watch w;
	size_t n_steps;

	(void)state;
	choices_follow(&c, NULL, 0);
	course_make(&h, &c, CORE_NATIVE, 0);
	step = MEM_PUSH(h.scn->steps, h.scn->n_steps, h.scn->cap_steps);
	step->kind = SCN_VM_FREEZE;
	step->at_ns = h.calm_ns + DUR_SEC;
	step->duration_ns = DUR_SEC;
	stage.scenario = h.scn;
	stage.profile = search_hand.profiles[h.machine];
	walk = simwalk_open(&stage, t);
	watch_begin(&w, &h, CORE_NATIVE, walk, t);
	while (simwalk_advance(walk) != STAGE_END)
		watch_step(&w);
	watch_end(&w);
	assert_int_equal(w.broken, 0); /* who sends stands still as well */
	simwalk_close(walk);
	trace_free(t);
	t = trace_new();
	step->kind = SCN_USER;
	step->text = mem_str("ifconfig vmx0 down");
	walk = simwalk_open(&stage, t);
	watch_begin(&w, &h, CORE_NATIVE, walk, t);
	while (simwalk_advance(walk) != STAGE_END)
		watch_step(&w);
	/* As if that were a VF's being brought up, and nobody's deed. */
	w.nics[0].join_ns = step->at_ns;
	w.nics[0].joined_ns = step->at_ns + 50 * DUR_MS;
	n_steps = h.scn->n_steps;
	h.scn->n_steps = 0;
	watch_end(&w);
	h.scn->n_steps = n_steps;
	assert_true((w.broken & INVARIANT_BIT(INVARIANT_LOST)) != 0);
	assert_true((w.broken & INVARIANT_BIT(INVARIANT_SEAMLESS)) != 0);
	simwalk_close(walk);
	trace_free(t);
	course_fini(&h);
	choices_fini(&c);
}

/* Without our mark it is a person's, who has the say over the VF then. */
static void
a_vf_in_somebodys_aggregate_is_his(void **state)
{
	struct simstage stage = { .rules = search_hand.rules,
		.policy = CORE_NATIVE,
		.seed = 1 };
	struct trace *t = trace_new();
	struct choices c = { 0 };
	struct ifnet *vf, *wan;
	struct simwalk *walk;
	struct course h;
	struct watch w;

	(void)state;
	choices_follow(&c, NULL, 0);
	course_make(&h, &c, CORE_NATIVE, 0);
	stage.scenario = h.scn;
	stage.profile = search_hand.profiles[h.machine];
	walk = simwalk_open(&stage, t);
	watch_begin(&w, &h, CORE_NATIVE, walk, t);
	while (simwalk_advance(walk) != STAGE_END)
		watch_step(&w);
	vf = ifnet_find(w.m, h.pairs[0].vf);
	assert_non_null(vf);
	lagg_del(vf->member_of, vf);
	wan = lagg_new(w.m, "wan0");
	vf->member_of = wan;
	watch_end(&w);
	assert_int_equal(w.broken & INVARIANT_BIT(INVARIANT_PATH), 0);
	snprintf(wan->descr, sizeof(wan->descr), "switchback hn0");
	watch_end(&w);
	assert_true((w.broken & INVARIANT_BIT(INVARIANT_PATH)) != 0);
	simwalk_close(walk);
	trace_free(t);
	course_fini(&h);
	choices_fini(&c);
}

static void
each_has_a_name_and_a_sentence(void **state)
{
	enum invariant found;
	int i;

	(void)state;
	for (i = 0; i < INVARIANTS; i++) {
		assert_true(
		    invariant_find(invariant_name((enum invariant)i), &found));
		assert_int_equal(found, i);
		assert_non_null(
		    strchr(invariant_sentence((enum invariant)i), ' '));
		assert_true(
		    invariant_holds_under((enum invariant)i, CORE_NATIVE));
	}
	assert_false(invariant_find("nothing", &found));
}

static void
step(struct course *h, int64_t at_ns, enum scn_stimulus kind, const char *text)
{
	struct scenario *s = h->scn;
	struct scn_step *p = MEM_PUSH(s->steps, s->n_steps, s->cap_steps);

	p->kind = kind;
	p->at_ns = at_ns;
	if (kind == SCN_USER)
		p->text = mem_str(text);
	else
		p->name = mem_str(text);
	p->times = 1;
}

/* What the NIC has lost when these are done in a row, and its VF is gone. */
static bool
loses(enum scn_stimulus first, enum scn_stimulus second)
{
	static const char lose[] = "ifconfig hn0 -vlanmtu";
	struct simstage stage = { .rules = search_hand.rules,
		.policy = CORE_NATIVE };
	struct trace *t = trace_new();
	struct choices c = { 0 };
	struct simwalk *walk;
	struct course h;
	struct watch w;

	choices_follow(&c, NULL, 0);
	course_make(&h, &c, CORE_NATIVE, 0);
	while (h.scn->n_steps > 0)
		scn_step_fini(&h.scn->steps[--h.scn->n_steps]);
	step(&h, 20 * DUR_SEC, SCN_VF_EJECT, "vmx0");
	step(&h, 40 * DUR_SEC, first, first == SCN_USER ? lose : NULL);
	step(&h, 50 * DUR_SEC, second, second == SCN_USER ? lose : NULL);
	stage.scenario = h.scn;
	stage.profile = search_hand.profiles[h.machine];
	walk = simwalk_open(&stage, t);
	watch_begin(&w, &h, CORE_NATIVE, walk, t);
	while (simwalk_advance(walk) != STAGE_END)
		watch_step(&w);
	watch_end(&w);
	simwalk_close(walk);
	trace_free(t);
	course_fini(&h);
	choices_fini(&c);
	return (w.broken & INVARIANT_BIT(INVARIANT_CAPS)) != 0;
}

/* What it could before, a new engine does not know. */
static void
capabilities_are_those_that_the_engine_found(void **state)
{
	(void)state;
	assert_true(loses(SCN_USER, SCN_DAEMON_RELOAD));
	assert_true(loses(SCN_DAEMON_RESTART, SCN_USER));
	assert_false(loses(SCN_USER, SCN_DAEMON_RESTART));
}

/* Another look after so much of quiet time: whether the engine is late. */
static bool
is_late_after(struct scene *s, int64_t ns)
{
	s->w.m->clock.now_ns += ns;
	watch_step(&s->w);
	return (s->w.broken & INVARIANT_BIT(INVARIANT_PROMPT)) != 0;
}

static void
wait_for_the_vf(struct scene *s)
{
	s->h->vf_delay_ns = 20 * DUR_SEC;
	lagg_del(s->home, s->vf);
	assert_false(is_late_after(s, 0));
	assert_false(is_late_after(s, 6 * DUR_SEC));
	s->hn->up = false;
	assert_false(is_late_after(s, 0));
}

static void
let_a_script_go_on(struct scene *s)
{
	int64_t now = s->w.m->clock.now_ns;

	s->w.n_steps = s->h->scn->n_steps;
	step(s->h, now, SCN_USER, "sleep 9\nifconfig hn0 down");
	step(s->h, now + DUR_SEC, SCN_DAEMON_START, NULL);
	s->hn->up = false;
	assert_false(is_late_after(s, 2 * DUR_SEC));
	assert_false(is_late_after(s, 58 * DUR_SEC));
}

static void
route_by_one_that_goes(struct scene *s)
{
	struct route *r;

	ipaddr_parse("10.0.2.2", &s->h->pairs[0].router);
	if (inet_default(s->w.m) == NULL)
		inet_default_add(s->w.m, &s->p->router, s->home);
	TAILQ_FOREACH (r, &s->w.m->routes, entry)
		if (r == inet_default(s->w.m))
			r->ifp = s->vf;
	s->vf->dying = true;
	assert_false(is_late_after(s, 0));
	assert_false(is_late_after(s, 6 * DUR_SEC));
	s->vf->dying = false;
	assert_false(is_late_after(s, 0));
}

/* A late engine is told six seconds later, and not before. */
static void
judge_promptness(void (*disturb)(struct scene *s))
{
	struct simstage stage = { .rules = search_hand.rules,
		.policy = CORE_NATIVE };
	struct trace *t = trace_new();
	struct choices c = { 0 };
	struct simwalk *walk;
	struct course h;
	struct scene s = { .t = t, .h = &h, .p = &h.pairs[0] };

	choices_follow(&c, NULL, 0);
	course_make(&h, &c, CORE_NATIVE, 0);
	stage.scenario = h.scn;
	stage.profile = search_hand.profiles[h.machine];
	walk = simwalk_open(&stage, t);
	watch_begin(&s.w, &h, CORE_NATIVE, walk, t);
	while (simwalk_advance(walk) != STAGE_END)
		watch_step(&s.w);
	assert_int_equal(s.w.broken, 0);
	s.hn = nic_of(s.w.m, s.p);
	s.home = s.hn->member_of;
	s.vf = s.hn->hn.vf;
	s.w.hurries = s.w.daemon_runs = true;
	disturb(&s);
	assert_true(is_late_after(&s, 6 * DUR_SEC));
	simwalk_close(walk);
	trace_free(t);
	course_fini(&h);
	choices_fini(&c);
}

static void
what_cannot_be_done_yet_is_not_late(void **state)
{
	(void)state;
	judge_promptness(wait_for_the_vf);
	judge_promptness(let_a_script_go_on);
	judge_promptness(route_by_one_that_goes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_cannot_be_done_yet_is_not_late),
		cmocka_unit_test(each_has_a_name_and_a_sentence),
		cmocka_unit_test(each_tells_of_its_fault),
		cmocka_unit_test(lost_packets_are_told),
		cmocka_unit_test(capabilities_are_those_that_the_engine_found),
		cmocka_unit_test(a_vf_in_somebodys_aggregate_is_his),
	};

	return cmocka_run_group_tests(tests, search_hand_open,
	    search_hand_close);
}
