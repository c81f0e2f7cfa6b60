/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Flag lagg.updown: the ports are set up and down with their lagg. Facts from
 * FreeBSD's sys/net/if_lagg.c: lagg_if_updown(), called by lagg_init_locked()
 * and lagg_stop(); sys/net/if.c: if_up(), if_down(), if_setlladdr().
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/dur.h"
#include "sim/machine/hn.h"
#include "sim/machine/lagg.h"
#include "sim_rig.h"

static struct rig r;
static struct ifnet *hn, *vf, *lagg;

static void
begin(const char *flags)
{
	rig_init(&r, flags);
	r.m->transparent = false;
	hn = rig_hn(&r, "hn0", 1);
	vf = rig_vf(&r, "mce0", 1);
	lagg = lagg_new(r.m, "lagg0");
	assert_int_equal(rig_do(&r, "ifconfig lagg0 laggport hn0"), 0);
	assert_int_equal(rig_do(&r, "ifconfig lagg0 laggport mce0"), 0);
}

static void
begin_up(void)
{
	begin("flag lagg.updown = yes\n");
	assert_int_equal(rig_do(&r, "ifconfig lagg0 up"), 0);
	rig_run(&r, 50 * DUR_MS);
}

static int
teardown(void **state)
{
	(void)state;
	rig_fini(&r);
	return 0;
}

/* The row of the first such message of the routing socket from row skip on. */
static size_t
told(size_t skip, const char *text)
{
	for (; skip < r.trace->n_hints; skip++)
		if (strncmp(r.trace->hints[skip].text, text, strlen(text)) == 0)
			return skip;
	fail_msg("nobody was told %s", text);
	return skip;
}

static void
both_are(bool up)
{
	assert_int_equal(hn->up, up);
	assert_int_equal(hn->running, up);
	assert_int_equal(vf->up, up);
	assert_int_equal(vf->running, up);
	assert_int_equal(hn->hn.rxvf, up);
}

static void
without_the_flag_the_ports_stay_as_they_are(void **state)
{
	(void)state;
	begin(NULL);
	assert_int_equal(rig_do(&r, "ifconfig lagg0 up"), 0);
	rig_run(&r, 50 * DUR_MS);
	both_are(false);
	assert_int_equal(rig_do(&r, "ifconfig hn0 up"), 0);
	assert_int_equal(rig_do(&r, "ifconfig lagg0 down"), 0);
	assert_true(hn->up);
}

static void
an_up_ups_every_port_before_it_is_told(void **state)
{
	(void)state;
	begin_up();
	both_are(true);
	assert_true(lagg->running);
	assert_ptr_equal(lagg_active(lagg), vf);
	assert_true(told(0, "IFINFO hn0 up") < told(0, "IFINFO mce0 up"));
	assert_true(told(0, "IFINFO mce0 up") < told(0, "IFINFO lagg0 up"));
	assert_int_equal(rig_count(&r, 0, "type=VF_UP"), 1);
}

static void
a_down_downs_every_port_after_it_is_told(void **state)
{
	size_t before, records;

	(void)state;
	begin_up();
	before = r.trace->n_hints;
	records = r.trace->n_records;
	assert_int_equal(rig_do(&r, "ifconfig lagg0 down"), 0);
	rig_run(&r, 50 * DUR_MS);
	both_are(false);
	assert_false(lagg->running);
	assert_true(told(before, "IFINFO lagg0 down") <
	    told(before, "IFINFO hn0 down"));
	assert_true(
	    told(before, "IFINFO hn0 down") < told(before, "IFINFO mce0 down"));
	assert_int_equal(rig_count(&r, records, "type=VF_DOWN"), 1);
}

static void
whoever_was_down_for_himself_is_upped_as_well(void **state)
{
	(void)state;
	begin_up();
	assert_int_equal(rig_do(&r, "ifconfig mce0 down"), 0);
	/* It is up already: nothing begins. */
	assert_int_equal(rig_do(&r, "ifconfig lagg0 up"), 0);
	assert_false(vf->up);
	assert_int_equal(rig_do(&r, "ifconfig lagg0 down"), 0);
	assert_int_equal(rig_do(&r, "ifconfig lagg0 up"), 0);
	rig_run(&r, 50 * DUR_MS);
	both_are(true);
}

static void
who_joins_one_that_is_up_stays_as_it_is(void **state)
{
	(void)state;
	begin_up();
	assert_int_equal(rig_do(&r, "ifconfig lagg0 -laggport mce0"), 0);
	assert_int_equal(rig_do(&r, "ifconfig mce0 down"), 0);
	assert_int_equal(rig_do(&r, "ifconfig lagg0 laggport mce0"), 0);
	rig_run(&r, 50 * DUR_MS);
	assert_false(vf->up);
	assert_true(hn->up);
}

static void
an_address_ups_the_ports_as_well(void **state)
{
	(void)state;
	begin("flag lagg.updown = yes\n");
	assert_int_equal(rig_do(&r, "ifconfig lagg0 inet 10.0.0.1/24"), 0);
	rig_run(&r, 50 * DUR_MS);
	both_are(true);
}

static void
who_destroys_it_leaves_its_ports_down(void **state)
{
	(void)state;
	begin_up();
	both_are(true);
	assert_int_equal(rig_do(&r, "ifconfig lagg0 destroy"), 0);
	rig_run(&r, 50 * DUR_MS);
	assert_null(ifnet_find(r.m, "lagg0"));
	both_are(false);
	assert_null(hn->member_of);
}

static void
another_mac_downs_and_ups_the_ports(void **state)
{
	size_t before;

	(void)state;
	begin_up();
	assert_int_equal(rig_do(&r, "ifconfig hn0 down"), 0);
	before = r.trace->n_hints;
	assert_int_equal(rig_do(&r, "ifconfig lagg0 ether 52:54:00:aa:00:09"),
	    0);
	rig_run(&r, 50 * DUR_MS);
	assert_true(hn->up && vf->up && lagg->running);
	assert_int_equal(hn->mac[5], 9);
	assert_int_equal(vf->mac[5], 9);
	assert_true(
	    told(before, "IFINFO mce0 down") < told(before, "IFINFO mce0 up"));
}

static void
who_takes_a_port_out_meanwhile_waits(void **state)
{
	int up = -1, out = -1;

	(void)state;
	begin("flag lagg.updown = yes\n");
	rig_begin(&r, "ifconfig lagg0 up", &up);
	rig_begin(&r, "ifconfig lagg0 -laggport mce0", &out);
	rig_run(&r, RIG_FILTER);
	assert_int_equal(out, -1);
	assert_ptr_equal(vf->member_of, lagg);
	rig_run(&r, 100 * DUR_MS);
	assert_int_equal(up, 0);
	assert_int_equal(out, 0);
	assert_true(vf->up && vf->running);
	assert_null(vf->member_of);
}

static void
a_port_that_leaves_for_good_meanwhile_holds_nobody_up(void **state)
{
	int up = -1;

	(void)state;
	begin("flag lagg.updown = yes\n");
	rig_begin(&r, "ifconfig lagg0 up", &up);
	rig_run(&r, RIG_SYSCALL + RIG_FILTER / 2); /* at hn0 */
	ifnet_remove(vf);
	rig_run(&r, 100 * DUR_MS);
	assert_int_equal(up, 0);
	assert_true(hn->up && lagg->running);
	assert_false(lagg_is_locked(lagg));
}

#define T(f) cmocka_unit_test_teardown(f, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(without_the_flag_the_ports_stay_as_they_are),
		T(an_up_ups_every_port_before_it_is_told),
		T(a_down_downs_every_port_after_it_is_told),
		T(whoever_was_down_for_himself_is_upped_as_well),
		T(who_joins_one_that_is_up_stays_as_it_is),
		T(an_address_ups_the_ports_as_well),
		T(who_destroys_it_leaves_its_ports_down),
		T(another_mac_downs_and_ups_the_ports),
		T(who_takes_a_port_out_meanwhile_waits),
		T(a_port_that_leaves_for_good_meanwhile_holds_nobody_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
