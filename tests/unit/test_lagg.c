/* SPDX-License-Identifier: BSD-2-Clause */
/* FACTS.md D.1 to D.5, row by row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/dur.h"
#include "sim/machine/ifdriver.h"
#include "sim/machine/inet.h"
#include "sim/machine/lagg.h"
#include "sim_rig.h"

static struct rig r;
static struct ifnet *lagg;

static int
setup(void **state)
{
	(void)state;
	rig_init(&r, NULL);
	lagg = lagg_new(r.m, "lagg0");
	assert_int_equal(rig_do(&r, "ifconfig lagg0 up"), 0);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	rig_fini(&r);
	return 0;
}

/* A bare NIC of that state as a port, without any delay. */
static struct ifnet *
port(const char *name, uint8_t mac, bool up, enum link_state link)
{
	struct ifnet *p = rig_vf(&r, name, mac);
	char command[64];

	snprintf(command, sizeof(command), "ifconfig lagg0 laggport %s", name);
	assert_int_equal(rig_do(&r, command), 0);
	p->up = p->running = up;
	p->link = link;
	return p;
}

static void
only_a_port_that_is_up_and_has_link_up_is_active(void **state)
{
	struct ifnet *p = port("vmx0", 1, true, LINK_UP);

	(void)state;
	assert_ptr_equal(lagg_active(lagg), p);
	p->link = LINK_UNKNOWN;
	assert_null(lagg_active(lagg));
	p->link = LINK_DOWN;
	assert_null(lagg_active(lagg));
	p->link = LINK_UP;
	p->up = false;
	assert_null(lagg_active(lagg));
}

static void
a_lagg_without_ports_has_no_active_one(void **state)
{
	(void)state;
	assert_null(lagg_active(lagg));
	assert_null(lagg->lagg.primary);
}

static void
the_first_port_added_is_the_primary_and_stays_so(void **state)
{
	struct ifnet *a, *b;

	(void)state;
	a = port("vmx0", 1, true, LINK_UP);
	b = port("vmx1", 1, true, LINK_UP);
	assert_ptr_equal(lagg->lagg.primary, a);
	a->link = LINK_DOWN;
	assert_ptr_equal(lagg_active(lagg), b);
	assert_ptr_equal(lagg->lagg.primary, a);
	a->link = LINK_UP; /* preempts at once */
	assert_ptr_equal(lagg_active(lagg), a);
}

static void
ports_are_sorted_by_index_and_not_by_their_joining(void **state)
{
	struct ifnet *a = rig_vf(&r, "vmx0", 1), *b = rig_vf(&r, "vmx1", 1);

	(void)state;
	assert_true(a->index < b->index);
	assert_int_equal(rig_do(&r, "ifconfig lagg0 laggport vmx1"), 0);
	assert_int_equal(rig_do(&r, "ifconfig lagg0 laggport vmx0"), 0);
	assert_ptr_equal(lagg->lagg.ports[0], a);
	assert_ptr_equal(lagg->lagg.ports[1], b);
	assert_ptr_equal(lagg->lagg.primary, b);
}

static void
the_primarys_successor_comes_before_the_first_of_the_list(void **state)
{
	struct ifnet *a = rig_vf(&r, "vmx0", 1), *b, *c;

	(void)state;
	b = port("vmx1", 1, true, LINK_DOWN); /* primary, in the middle */
	c = port("vmx2", 1, true, LINK_UP);
	assert_int_equal(rig_do(&r, "ifconfig lagg0 laggport vmx0"), 0);
	a->up = a->running = true;
	a->link = LINK_UP;
	assert_ptr_equal(lagg->lagg.ports[0], a);
	assert_ptr_equal(lagg->lagg.primary, b);
	assert_ptr_equal(lagg_active(lagg), c);
	c->up = false;
	assert_ptr_equal(lagg_active(lagg), a);
}

static void
its_link_is_up_when_any_port_has_link_even_one_that_is_not_up(void **state)
{
	struct ifnet *p = port("vmx0", 1, false, LINK_UP);

	(void)state;
	lagg_port_link(lagg);
	assert_int_equal(lagg->link, LINK_UP);
	assert_null(lagg_active(lagg));
	p->link = LINK_UNKNOWN;
	lagg_port_link(lagg);
	assert_int_equal(lagg->link, LINK_DOWN);
}

/* --- D.2, the table of what is taken ---------------------------------------
 */

static const struct input_row {
	enum link_state hn;
	bool vf;
	bool from_hn, from_vf;
	const char *sends;
} input_rows[] = {
	{ LINK_UP, false, true, false, "hn0" },
	{ LINK_UP, true, true, false, "hn0" },
	{ LINK_DOWN, true, true, true, "vmx0" },
	{ LINK_DOWN, false, true, true, "none" },
};

static void
what_is_taken_follows_the_input_rule_in_all_four_rows(void **state)
{
	struct ifnet *hn = rig_hn(&r, "hn0", 1), *vf;
	const struct input_row *row;
	size_t i;

	(void)state;
	assert_int_equal(rig_do(&r, "ifconfig lagg0 laggport hn0"), 0);
	hn->up = hn->running = true;
	vf = port("vmx0", 1, true, LINK_UP);
	for (i = 0; i < sizeof(input_rows) / sizeof(input_rows[0]); i++) {
		row = &input_rows[i];
		hn->link = row->hn;
		vf->up = row->vf;
		vf->link = row->vf ? LINK_UP : LINK_DOWN;
		assert_int_equal(lagg_accepts(lagg, hn), row->from_hn);
		assert_int_equal(lagg_accepts(lagg, vf), row->from_vf);
		assert_string_equal(rig_active(&r, "lagg0"), row->sends);
	}
}

static void
failover_rx_all_takes_frames_from_every_port(void **state)
{
	struct ifnet *b;

	(void)state;
	port("vmx0", 1, true, LINK_UP);
	b = port("vmx1", 1, true, LINK_UP);
	assert_false(lagg_accepts(lagg, b));
	r.m->failover_rx_all = 1;
	assert_true(lagg_accepts(lagg, b));
}

static void
a_lagg_that_is_down_takes_nothing(void **state)
{
	struct ifnet *p = port("vmx0", 1, true, LINK_UP);

	(void)state;
	assert_true(lagg_accepts(lagg, p));
	assert_int_equal(rig_do(&r, "ifconfig lagg0 down"), 0);
	assert_false(lagg_accepts(lagg, p));
}

static void
of_two_backups_only_the_active_one_is_taken(void **state)
{
	struct ifnet *b, *c;

	(void)state;
	port("vmx0", 1, true, LINK_DOWN);
	b = port("vmx1", 1, true, LINK_UP);
	c = port("vmx2", 1, true, LINK_UP);
	assert_true(lagg_accepts(lagg, b));
	assert_false(lagg_accepts(lagg, c));
}

/* --- D.3, adding ------------------------------------------------------------
 */

static void
the_first_port_gives_its_mac_and_mtu(void **state)
{
	struct ifnet *p = rig_vf(&r, "vmx0", 7);

	(void)state;
	p->mtu = 9000;
	assert_int_equal(rig_do(&r, "ifconfig lagg0 laggport vmx0"), 0);
	assert_memory_equal(lagg->mac, p->mac, 6);
	assert_int_equal(lagg->mtu, 9000);
}

static void
a_later_port_takes_the_laggs_mac_and_mtu(void **state)
{
	struct ifnet *p;

	(void)state;
	port("vmx0", 7, true, LINK_UP)->mtu = 1500;
	p = rig_vf(&r, "vmx1", 8);
	p->mtu = 9000;
	assert_int_equal(rig_do(&r, "ifconfig lagg0 laggport vmx1"), 0);
	assert_memory_equal(p->mac, lagg->mac, 6);
	assert_int_equal(p->own_mac[5], 8);
	assert_int_equal(p->mtu, 1500);
}

static void
a_port_that_runs_is_restarted_even_for_the_same_mac(void **state)
{
	struct ifnet *p;
	int64_t began;
	size_t before;

	(void)state;
	port("vmx0", 1, true, LINK_UP);
	p = rig_vf(&r, "vmx1", 1);
	assert_int_equal(rig_do(&r, "ifconfig vmx1 up"), 0);
	rig_run(&r, DUR_MS);
	before = r.trace->n_records;
	began = r.m->clock.now_ns;
	assert_int_equal(rig_do(&r, "ifconfig lagg0 laggport vmx1"), 0);
	assert_true(r.m->clock.now_ns - began >=
	    RIG_LAGG_PORT + RIG_VF_STOP + RIG_VF_OPEN);
	rig_run(&r, DUR_MS);
	assert_true(p->running && p->up);
	assert_int_equal(rig_count(&r, before, "subsystem=vmx1 type=LINK_DOWN"),
	    1);
	assert_int_equal(rig_count(&r, before, "subsystem=vmx1 type=LINK_UP"),
	    1);
}

static void
a_port_that_is_down_is_not_restarted(void **state)
{
	int64_t began;
	size_t before;

	(void)state;
	port("vmx0", 1, true, LINK_UP);
	rig_vf(&r, "vmx1", 1);
	before = r.trace->n_records;
	began = r.m->clock.now_ns;
	assert_int_equal(rig_do(&r, "ifconfig lagg0 laggport vmx1"), 0);
	assert_true(r.m->clock.now_ns - began < RIG_LAGG_PORT + RIG_VF_OPEN);
	assert_int_equal(rig_count(&r, before, "subsystem=vmx1"), 0);
}

static void
joining_does_not_bring_a_port_up(void **state)
{
	(void)state;
	assert_false(port("vmx0", 1, false, LINK_UP)->up);
	assert_false(ifnet_find(r.m, "vmx0")->up);
}

static void
refusals_have_the_kernels_errnos(void **state)
{
	(void)state;
	rig_vf(&r, "vmx0", 1);
	lagg_new(r.m, "lagg1");
	assert_int_equal(rig_do(&r, "ifconfig lagg0 laggport nic0"),
	    SIM_EINVAL);
	assert_int_equal(rig_do(&r, "ifconfig lagg0 laggport lagg0"),
	    SIM_EINVAL);
	assert_int_equal(rig_do(&r, "ifconfig lagg0 laggport lagg1"),
	    SIM_EINVAL);
	assert_int_equal(rig_do(&r, "ifconfig lagg9 laggport vmx0"), SIM_ENXIO);
	assert_int_equal(rig_do(&r, "ifconfig lagg0 laggport vmx0"), 0);
	assert_int_equal(rig_do(&r, "ifconfig lagg0 laggport vmx0"),
	    SIM_EEXIST);
	assert_int_equal(rig_do(&r, "ifconfig lagg1 laggport vmx0"), SIM_EBUSY);
	assert_int_equal(rig_do(&r, "ifconfig lagg1 -laggport vmx0"),
	    SIM_ENOENT);
	assert_int_equal(rig_do(&r, "ifconfig lagg0 -laggport nic0"),
	    SIM_EINVAL);
	assert_int_equal(rig_do(&r, "ifconfig lagg0 create"), SIM_EEXIST);
	assert_int_equal(rig_do(&r, "ifconfig lagg9 destroy"), SIM_ENXIO);
	assert_int_equal(rig_do(&r, "ifconfig vmx0 destroy"), SIM_EINVAL);
}

static void
only_ethernet_becomes_a_port(void **state)
{
	static const char *const refused[] = { "lo7", "tun0", "bridge0" };
	static const char *const taken[] = { "tap0", "epair0a", "em0.20" };
	char command[64];
	size_t i;

	(void)state;
	rig_vf(&r, "em0", 1);
	for (i = 0; i < 3; i++) {
		snprintf(command, sizeof(command), "ifconfig %s create",
		    refused[i]);
		assert_int_equal(rig_do(&r, command), 0);
		snprintf(command, sizeof(command), "ifconfig lagg0 laggport %s",
		    refused[i]);
		assert_int_equal(rig_do(&r, command), SIM_EPROTONOSUPPORT);
	}
	assert_int_equal(rig_do(&r, "ifconfig epair0 create"), 0);
	assert_int_equal(rig_do(&r, "ifconfig tap0 create"), 0);
	assert_int_equal(rig_do(&r, "ifconfig em0.20 create"), 0);
	for (i = 0; i < 3; i++) {
		snprintf(command, sizeof(command), "ifconfig lagg0 laggport %s",
		    taken[i]);
		assert_int_equal(rig_do(&r, command), 0);
	}
}

static void
a_thirty_third_port_finds_no_room(void **state)
{
	char name[IFNAME_MAX];
	int i;

	(void)state;
	for (i = 0; i < SNAP_PORTS; i++) {
		snprintf(name, sizeof(name), "vmx%d", i);
		port(name, 1, false, LINK_DOWN);
	}
	rig_vf(&r, "vmx32", 1);
	assert_int_equal(rig_do(&r, "ifconfig lagg0 laggport vmx32"),
	    SIM_ENOSPC);
	assert_int_equal(lagg->lagg.n_ports, SNAP_PORTS);
}

static void
a_vf_that_is_dying_cannot_join(void **state)
{
	(void)state;
	rig_vf(&r, "vmx0", 1)->dying = true;
	assert_int_equal(rig_do(&r, "ifconfig lagg0 laggport vmx0"), SIM_ENXIO);
}

static void
of_two_who_add_the_same_port_at_once_one_is_told_it_exists(void **state)
{
	int first, second;

	(void)state;
	rig_vf(&r, "vmx0", 1);
	rig_begin(&r, "ifconfig lagg0 laggport vmx0", &first);
	rig_begin(&r, "ifconfig lagg0 laggport vmx0", &second);
	rig_run(&r, 20 * DUR_MS);
	assert_int_equal(first, 0);
	assert_int_equal(second, SIM_EEXIST);
	assert_int_equal(lagg->lagg.n_ports, 1);
}

static void
of_two_who_destroy_it_at_once_one_finds_it_gone(void **state)
{
	int first, second;

	(void)state;
	rig_begin(&r, "ifconfig lagg0 destroy", &first);
	rig_begin(&r, "ifconfig lagg0 destroy", &second);
	rig_run(&r, 20 * DUR_MS);
	assert_int_equal(first, 0);
	assert_int_equal(second, SIM_ENXIO);
	assert_int_equal(rig_count(&r, 0, "subsystem=lagg0 type=DETACH"), 1);
}

static void
a_port_that_goes_while_it_joins_is_no_port(void **state)
{
	struct ifnet *p = rig_vf(&r, "vmx0", 1);
	int result;

	(void)state;
	rig_begin(&r, "ifconfig lagg0 laggport vmx0", &result);
	rig_run(&r, DUR_MS);
	ifnet_remove(p);
	rig_run(&r, 20 * DUR_MS);
	assert_int_equal(result, SIM_ENXIO);
	assert_int_equal(lagg->lagg.n_ports, 0);
}

static void
a_port_that_becomes_the_first_while_it_joins_gives_its_mac(void **state)
{
	struct ifnet *p;
	int result;

	(void)state;
	port("vmx0", 7, true, LINK_UP);
	p = rig_vf(&r, "vmx1", 8);
	rig_begin(&r, "ifconfig lagg0 laggport vmx1", &result);
	rig_run(&r, DUR_MS);
	assert_int_equal(rig_do(&r, "ifconfig lagg0 -laggport vmx0"), 0);
	rig_run(&r, 20 * DUR_MS);
	assert_int_equal(result, 0);
	assert_ptr_equal(lagg->lagg.primary, p);
	assert_int_equal(lagg->mac[5], 8);
	assert_int_equal(p->mac[5], 8);
}

static void
link_state_routes_need_the_capability_of_all_ports(void **state)
{
	struct ifnet *b;

	(void)state;
	port("vmx0", 1, true, LINK_UP);
	assert_true(lagg->cap_linkstate);
	b = rig_vf(&r, "vmx1", 1);
	ifnet_set_caps(b, 0, 0);
	assert_int_equal(rig_do(&r, "ifconfig lagg0 laggport vmx1"), 0);
	assert_false(lagg->cap_linkstate);
	assert_int_equal(rig_do(&r, "ifconfig lagg0 -laggport vmx1"), 0);
	assert_true(lagg->cap_linkstate);
}

/* --- D.4, removing ----------------------------------------------------------
 */

static void
a_removed_port_gets_its_own_mac_back(void **state)
{
	struct ifnet *p;

	(void)state;
	port("vmx0", 7, true, LINK_UP);
	p = port("vmx1", 8, false, LINK_DOWN);
	assert_int_equal(rig_do(&r, "ifconfig lagg0 -laggport vmx1"), 0);
	assert_int_equal(p->mac[5], 8);
	assert_null(p->member_of);
	assert_int_equal(lagg->mac[5], 7);
}

static void
the_first_of_the_list_inherits_the_primary_and_gives_its_mac(void **state)
{
	struct ifnet *b, *c;

	(void)state;
	port("vmx0", 7, true, LINK_UP);
	b = port("vmx1", 8, true, LINK_UP);
	c = port("vmx2", 9, true, LINK_UP);
	assert_int_equal(rig_do(&r, "ifconfig lagg0 -laggport vmx0"), 0);
	assert_ptr_equal(lagg->lagg.primary, b);
	assert_int_equal(lagg->mac[5], 8);
	assert_int_equal(c->mac[5], 8);
	rig_run(&r, DUR_MS); /* the bounce has begun */
	assert_false(b->running);
	rig_run(&r, 20 * DUR_MS);
	assert_true(b->running);
}

static void
the_primary_is_not_given_back_to_who_returns(void **state)
{
	struct ifnet *b;

	(void)state;
	port("vmx0", 1, true, LINK_UP);
	b = port("vmx1", 1, true, LINK_UP);
	assert_int_equal(rig_do(&r, "ifconfig lagg0 -laggport vmx0"), 0);
	assert_int_equal(rig_do(&r, "ifconfig lagg0 laggport vmx0"), 0);
	assert_ptr_equal(lagg->lagg.primary, b);
}

static void
the_last_port_takes_link_and_mac_with_it_and_leaves_the_addresses(void **state)
{
	static const uint8_t none[6];
	struct ifnet *p;
	size_t before;

	(void)state;
	assert_int_equal(rig_do(&r, "ifconfig lagg0 inet 10.0.0.4/24"), 0);
	p = port("vmx0", 7, true, LINK_UP);
	lagg_port_link(lagg);
	rig_run(&r, DUR_MS);
	before = r.trace->n_records;
	ifnet_remove(p);
	assert_null(lagg->lagg.primary);
	assert_int_equal(lagg->lagg.n_ports, 0);
	assert_memory_equal(lagg->mac, none, 6);
	rig_run(&r, DUR_MS);
	assert_int_equal(rig_count(&r, before,
			     "subsystem=lagg0 type=LINK_DOWN"),
	    1);
	assert_int_equal(lagg->n_addrs, 2); /* the link-local one too */
}

static void
changes_of_ports_make_no_record_while_another_one_has_link(void **state)
{
	size_t before;

	(void)state;
	port("vmx0", 1, true, LINK_UP);
	/* A driver whose restart shows in no link record, as vmx(4)'s. */
	strcpy(port("vmx1", 1, true, LINK_UP)->vf.driver, "quiet");
	lagg_port_link(lagg);
	rig_run(&r, DUR_MS);
	before = r.trace->n_records;
	ifnet_remove(ifnet_find(r.m, "vmx0"));
	rig_run(&r, 50 * DUR_MS);
	assert_int_equal(rig_count(&r, before, "lagg0"), 0);
}

static void
destroying_releases_the_ports_and_takes_the_addresses(void **state)
{
	struct ifnet *p = port("vmx0", 7, true, LINK_UP);

	(void)state;
	lagg_port_link(lagg);
	rig_run(&r, DUR_MS);
	assert_int_equal(rig_do(&r, "ifconfig lagg0 inet 10.0.0.4/24"), 0);
	assert_int_equal(rig_do(&r, "ifconfig lagg0 destroy"), 0);
	assert_null(ifnet_find(r.m, "lagg0"));
	assert_null(p->member_of);
	assert_null(inet_lookup(r.m,
	    &(struct ipaddr){ .family = 4,
		.prefix = 32,
		.bytes = { 10, 0, 0, 1 } }));
	assert_true(rig_row(&r, 0, "lagg0 type=LINK_DOWN") <
	    rig_row(&r, 0, "lagg0 type=DETACH"));
}

static void
creating_tells_attach_and_ifattach_and_leaves_the_link_unknown(void **state)
{
	(void)state;
	assert_int_equal(rig_do(&r, "ifconfig lagg5 create"), 0);
	assert_int_equal(ifnet_find(r.m, "lagg5")->link, LINK_UNKNOWN);
	assert_true(rig_row(&r, 0, "IFNET subsystem=lagg5 type=ATTACH") >= 0);
	assert_true(rig_row(&r, 0, "IFNET subsystem=lagg5 type=ATTACH") <
	    rig_row(&r, 0, "ETHERNET subsystem=lagg5 type=IFATTACH"));
	assert_int_equal(rig_count(&r, 0, "lagg5 type=LINK"), 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(only_a_port_that_is_up_and_has_link_up_is_active),
		T(a_lagg_without_ports_has_no_active_one),
		T(the_first_port_added_is_the_primary_and_stays_so),
		T(ports_are_sorted_by_index_and_not_by_their_joining),
		T(the_primarys_successor_comes_before_the_first_of_the_list),
		T(its_link_is_up_when_any_port_has_link_even_one_that_is_not_up),
		T(what_is_taken_follows_the_input_rule_in_all_four_rows),
		T(failover_rx_all_takes_frames_from_every_port),
		T(a_lagg_that_is_down_takes_nothing),
		T(of_two_backups_only_the_active_one_is_taken),
		T(the_first_port_gives_its_mac_and_mtu),
		T(a_later_port_takes_the_laggs_mac_and_mtu),
		T(a_port_that_runs_is_restarted_even_for_the_same_mac),
		T(a_port_that_is_down_is_not_restarted),
		T(joining_does_not_bring_a_port_up),
		T(refusals_have_the_kernels_errnos),
		T(only_ethernet_becomes_a_port),
		T(a_thirty_third_port_finds_no_room),
		T(a_vf_that_is_dying_cannot_join),
		T(of_two_who_add_the_same_port_at_once_one_is_told_it_exists),
		T(of_two_who_destroy_it_at_once_one_finds_it_gone),
		T(a_port_that_goes_while_it_joins_is_no_port),
		T(a_port_that_becomes_the_first_while_it_joins_gives_its_mac),
		T(link_state_routes_need_the_capability_of_all_ports),
		T(a_removed_port_gets_its_own_mac_back),
		T(the_first_of_the_list_inherits_the_primary_and_gives_its_mac),
		T(the_primary_is_not_given_back_to_who_returns),
		T(the_last_port_takes_link_and_mac_with_it_and_leaves_the_addresses),
		T(changes_of_ports_make_no_record_while_another_one_has_link),
		T(destroying_releases_the_ports_and_takes_the_addresses),
		T(creating_tells_attach_and_ifattach_and_leaves_the_link_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
