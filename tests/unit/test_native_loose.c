/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two processes that up and down a VF at once can leave it down while its hn
 * hands over to it: on the simulated machine as on the kernel. And what else
 * others leave behind that native must undo there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/dur.h"
#include "failover/native.h"
#include "sim/machine/hn.h"
#include "sim/machine/inet6.h"
#include "sim/machine/lagg.h"
#include "sim/machine/sysops.h"
#include "sim_rig.h"

static struct rig r;
static struct ifnet *hn;
static struct rcvars rc;
static struct native *n;

static int
setup(void **state)
{
	struct native_config config = { .rc = &rc };

	(void)state;
	rig_init(&r, NULL);
	hn = rig_hn(&r, "hn0", 1);
	memset(&rc, 0, sizeof(rc));
	rcvars_set(&rc, "ifconfig_hn0", "inet 10.0.0.4/24", 1, 1);
	n = native_new(&config);
	rig_vf(&r, "mce0", 1);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	native_free(n);
	rcvars_fini(&rc);
	rig_fini(&r);
	return 0;
}

static void
note_result(struct ktask *k)
{
	*(int *)k->ctx = k->result;
}

/* Native at work for so long; gives the number of its operations. */
static unsigned
work(int64_t ns)
{
	int64_t until = r.m->clock.now_ns + ns, wake;
	struct snapshot s = { 0 };
	struct operation op;
	unsigned count = 0;
	int result;

	while (r.m->clock.now_ns < until) {
		snapshot_reset(&s);
		machine_observe(r.m, &s);
		if (!native_plan(n, &s, r.m->clock.now_ns, &op, &wake)) {
			rig_run(&r, 10 * DUR_MS);
			continue;
		}
		count++;
		result = -1;
		sysop_begin(r.m, &op, note_result, &result)->engine = true;
		while (result == -1)
			rig_run(&r, DUR_MS);
		native_result(n, &op, result, r.m->clock.now_ns);
	}
	snapshot_fini(&s);
	return count;
}

/* The user's up waits for HN_LOCK, his down overtakes it. */
static void
make_loose(void)
{
	int up, down, hn_down;

	/* Both ask for the lock every ms; the down is next when it is given
	 * back. */
	rig_begin(&r, "ifconfig hn0 down", &hn_down);
	rig_run(&r, 1300 * DUR_US);
	rig_begin(&r, "ifconfig mce0 up", &up);
	rig_run(&r, 99800 * DUR_US);
	rig_begin(&r, "ifconfig mce0 down", &down);
	rig_run(&r, 300 * DUR_MS);
}

static void
a_down_that_overtakes_an_up_leaves_the_hn_with_a_vf_that_is_down(void **state)
{
	(void)state;
	assert_int_equal(rig_do(&r, "ifconfig hn0 up"), 0);
	make_loose();
	assert_false(ifnet_find(r.m, "mce0")->up);
	assert_true(hn->hn.rxvf);
	assert_int_equal(hn->link, LINK_DOWN);
}

static void
native_brings_the_two_together_again(void **state)
{
	struct ifnet *vf = ifnet_find(r.m, "mce0");

	(void)state;
	work(10 * DUR_SEC);
	assert_string_equal(rig_active(&r, "lagg0"), "mce0");
	/* As the overtaking leaves it. */
	ifnet_set_up(vf, false);
	vf->running = false;
	ifnet_set_link(vf, LINK_DOWN);
	assert_string_equal(rig_active(&r, "lagg0"), "none");
	work(1500 * DUR_MS); /* a kernel that hands over later gets its time */
	assert_string_equal(rig_active(&r, "lagg0"), "mce0");
}

static void
with_the_vfs_link_gone_it_ends_on_the_synthetic_nic(void **state)
{
	struct ifnet *vf = ifnet_find(r.m, "mce0");

	(void)state;
	work(10 * DUR_SEC);
	ifnet_set_up(vf, false);
	vf->running = vf->vf.carrier = false;
	ifnet_set_link(vf, LINK_DOWN);
	work(1500 * DUR_MS);
	assert_string_equal(rig_active(&r, "lagg0"), "hn0");
	assert_false(hn->hn.rxvf);
}

static void
a_vf_that_has_just_come_has_its_delay_first(void **state)
{
	struct ifnet *vf = ifnet_find(r.m, "mce0");

	(void)state;
	assert_int_equal(rig_do(&r, "ifconfig hn0 up"), 0);
	hn->hn.rxvf = true;
	ifnet_set_link(hn, LINK_DOWN);
	work(1900 * DUR_MS);
	assert_false(vf->up);
	assert_true(hn->hn.rxvf);
	work(1 * DUR_SEC);
	assert_string_equal(rig_active(&r, "lagg0"), "mce0");
}

static void
a_vf_set_down_by_its_user_stays_down(void **state)
{
	(void)state;
	work(10 * DUR_SEC);
	assert_int_equal(rig_do(&r, "ifconfig mce0 down"), 0);
	assert_int_equal(work(60 * DUR_SEC), 0);
	assert_string_equal(rig_active(&r, "lagg0"), "hn0");
}

/* As rc disables it on an aggregate that nobody knows yet. */
static void
ipv6_that_rc_has_disabled_is_enabled_again(void **state)
{
	struct ifnet *lagg = lagg_new(r.m, "lagg0");
	bool learned = false;
	size_t i;

	(void)state;
	rcvars_set(&rc, "ifconfig_hn0_ipv6", "inet6 accept_rtadv", 3, 1);
	inet6_set_disabled(lagg, true);
	work(10 * DUR_SEC);
	for (i = 0; i < lagg->n_addrs; i++)
		learned =
		    learned || (lagg->addr_flags[i] & SNAP_ADDR_AUTOCONF) != 0;
	assert_true(learned);
	/* And once more when it was there already. */
	inet6_set_disabled(lagg, true);
	assert_int_equal(work(10 * DUR_SEC), 1);
	assert_false(lagg->ifdisabled);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_down_that_overtakes_an_up_leaves_the_hn_with_a_vf_that_is_down),
		T(native_brings_the_two_together_again),
		T(with_the_vfs_link_gone_it_ends_on_the_synthetic_nic),
		T(a_vf_that_has_just_come_has_its_delay_first),
		T(ipv6_that_rc_has_disabled_is_enabled_again),
		T(a_vf_set_down_by_its_user_stays_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
