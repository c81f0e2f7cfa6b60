/* SPDX-License-Identifier: BSD-2-Clause */
/* A Linux guest's bond, and its netvsc: FACTS.md G.1, G.2 and G.4. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/dur.h"
#include "sim/machine/bond.h"
#include "sim/machine/hn.h"
#include "sim/machine/lagg.h"
#include "sim/machine/sysops.h"
#include "sim_rig.h"

#define MIIMON	 (100 * DUR_MS)
#define SWITCHED (30 * DUR_MS) /* longer than any switch on the bench */

static struct rig r;
static struct ifnet *bond;

static void
new_bond(const char *miimon)
{
	char command[64];

	snprintf(command, sizeof(command),
	    "ip link add bond0 type bond mode active-backup%s", miimon);
	assert_int_equal(rig_do(&r, command), 0);
	bond = ifnet_find(r.m, "bond0");
	assert_int_equal(rig_do(&r, "ip link set bond0 up"), 0);
}

static void
linux_rig(const char *more, const char *miimon)
{
	rig_init(&r, more);
	r.m->os = SNAP_LINUX;
	new_bond(miimon);
}

static int
setup(void **state)
{
	(void)state;
	linux_rig(NULL, " miimon 100");
	return 0;
}

static int
setup_deaf(void **state)
{
	(void)state;
	linux_rig(NULL, "");
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	rig_fini(&r);
	return 0;
}

static int
enslave(const char *name)
{
	char command[64];

	snprintf(command, sizeof(command), "ip link set %s master bond0", name);
	return rig_do(&r, command);
}

static struct ifnet *
slave(const char *name, uint8_t mac)
{
	struct ifnet *vf = rig_vf(&r, name, mac);

	assert_int_equal(enslave(name), 0);
	return vf;
}

static void
note_errno(struct ktask *k)
{
	*(int *)k->ctx = k->result;
}

static int
prefer(const char *name)
{
	struct operation op = { .kind = OP_PRIMARY, .ifname = "bond0" };
	int result = -1;

	snprintf(op.other, sizeof(op.other), "%s", name);
	sysop_begin(r.m, &op, note_errno, &result);
	rig_run(&r, DUR_MS);
	return result;
}

/* What physically happens to the link of one that is open. */
static void
carrier(struct ifnet *vf, bool on)
{
	ifnet_set_link(vf, on ? LINK_UP : LINK_DOWN);
}

static int64_t
until_next_poll(void)
{
	return MIIMON - (r.m->clock.now_ns - bond->bond.born_ns) % MIIMON;
}

static void
past_a_poll(void)
{
	rig_run(&r, until_next_poll() + DUR_MS);
}

static void
active_is(const char *name)
{
	assert_string_equal(rig_active(&r, "bond0"), name);
}

static size_t
notes(const char *text)
{
	size_t i, n = 0;

	for (i = 0; i < r.trace->n_notes; i++)
		n += strstr(r.trace->notes[i].text, text) != NULL;
	return n;
}

#define ARPS "gratuitous ARP"

/* --- enslaving ------------------------------------------------------------ */

static void
one_that_is_up_is_refused_and_nothing_changes(void **state)
{
	struct ifnet *vf = rig_vf(&r, "eth1", 1);
	uint8_t mac[6];
	size_t before, noted, had;

	(void)state;
	assert_int_equal(rig_do(&r, "ip link set eth1 up"), 0);
	assert_int_equal(rig_do(&r, "ip addr add fd00::1/64 dev eth1"), 0);
	rig_run(&r, 2 * DUR_SEC);
	memcpy(mac, vf->mac, sizeof(mac));
	had = vf->n_addrs;
	assert_true(had > 0);
	before = r.trace->n_records;
	noted = r.trace->n_notes;
	assert_int_equal(enslave("eth1"), SIM_EPERM);
	assert_null(vf->member_of);
	assert_int_equal(bond->lagg.n_ports, 0);
	assert_int_equal(vf->n_addrs, had);
	assert_memory_equal(vf->mac, mac, 6);
	assert_true(vf->up && vf->running);
	assert_int_equal(r.trace->n_records, before);
	assert_int_equal(r.trace->n_notes, noted);
}

static void
one_that_comes_up_while_it_is_enslaved_is_refused_too(void **state)
{
	struct ifnet *vf = slave("eth1", 1), *other = rig_vf(&r, "eth2", 2);
	int result;

	(void)state;
	rig_begin(&r, "ip link set eth2 master bond0", &result);
	rig_run(&r, RIG_SYSCALL + RIG_LAGG_PORT / 2);
	other->up = true;
	rig_run(&r, SWITCHED);
	assert_int_equal(result, SIM_EPERM);
	assert_null(other->member_of);
	assert_memory_equal(other->mac, other->own_mac, 6);
	assert_ptr_equal(vf->member_of, bond);
}

static void
enslaving_opens_it(void **state)
{
	struct ifnet *vf = rig_vf(&r, "eth1", 1);
	int64_t began = r.m->clock.now_ns;

	(void)state;
	assert_false(vf->up);
	assert_int_equal(enslave("eth1"), 0);
	assert_ptr_equal(vf->member_of, bond);
	assert_true(vf->up && vf->running);
	assert_int_equal(vf->link, LINK_UP);
	assert_true(r.m->clock.now_ns - began >= RIG_LAGG_PORT + RIG_VF_OPEN);
}

static void
a_synthetic_nic_is_opened_too(void **state)
{
	struct ifnet *hn = rig_hn(&r, "eth0", 1);

	(void)state;
	assert_int_equal(enslave("eth0"), 0);
	assert_true(hn->up && hn->running && hn->hn.filter_open);
	active_is("eth0");
}

static void
addresses_stay_where_they_are(void **state)
{
	struct ifnet *vf = rig_vf(&r, "eth1", 1);
	size_t had;

	(void)state;
	assert_int_equal(rig_do(&r, "ip addr add 10.0.0.9/24 dev eth1"), 0);
	assert_int_equal(rig_do(&r, "ip addr add fd00::1/64 dev eth1"), 0);
	assert_int_equal(rig_do(&r, "ip link set eth1 down"), 0);
	had = vf->n_addrs;
	assert_int_equal(enslave("eth1"), 0);
	assert_true(had > 1);
	assert_int_equal(vf->n_addrs, had);
	assert_int_equal(notes("have been removed"), 0);
}

static void
one_that_leaves_is_closed_and_has_its_own_mac(void **state)
{
	struct ifnet *vf;

	(void)state;
	slave("eth1", 1);
	vf = slave("eth2", 2);
	assert_memory_equal(vf->mac, bond->mac, 6);
	assert_int_equal(rig_do(&r, "ip link set eth2 nomaster"), 0);
	rig_run(&r, SWITCHED);
	assert_null(vf->member_of);
	assert_int_equal(vf->mac[5], 2);
	assert_false(vf->up || vf->running);
	assert_int_equal(enslave("eth2"), 0);
	assert_true(vf->up && vf->running);
}

static void
one_that_leaves_may_be_enslaved_again_at_once(void **state)
{
	struct ifnet *hn = rig_hn(&r, "eth0", 1), *vf = slave("eth1", 1);

	(void)state;
	assert_int_equal(enslave("eth0"), 0);
	assert_int_equal(rig_do(&r, "ip link set eth1 nomaster"), 0);
	assert_int_equal(enslave("eth1"), 0);
	rig_run(&r, SWITCHED);
	assert_true(vf->up && vf->running && hn->hn.host_path_vf);
}

static void
one_that_is_enslaved_again_is_not_closed_by_its_release(void **state)
{
	struct ifnet *vf;

	(void)state;
	linux_rig("delay hn.filter = 20ms\n", " miimon 100");
	rig_hn(&r, "eth0", 1);
	vf = slave("eth1", 1);
	assert_int_equal(rig_do(&r, "ip link set eth1 nomaster"), 0);
	assert_int_equal(enslave("eth1"), 0); /* the path still moves away */
	rig_run(&r, DUR_SEC);
	assert_true(vf->up && vf->running);
	assert_int_equal(vf->link, LINK_UP);
	rig_fini(&r);
}

static void
one_is_not_looked_at_before_it_is_open(void **state)
{
	int result;

	(void)state;
	linux_rig("delay hn.filter = 250ms\n", " miimon 100");
	rig_hn(&r, "eth0", 1); /* its link is up without that */
	rig_begin(&r, "ip link set eth0 master bond0", &result);
	rig_run(&r, 240 * DUR_MS);
	active_is("none");
	rig_run(&r, 20 * DUR_MS);
	assert_int_equal(result, 0);
	active_is("eth0");
	rig_fini(&r);
}

static void
one_that_goes_while_its_path_is_switched_leaves_no_lock(void **state)
{
	struct ifnet *hn = rig_hn(&r, "eth0", 1), *vf = rig_vf(&r, "eth1", 1);
	int result, tries = 0;

	(void)state;
	rig_begin(&r, "ip link set eth1 master bond0", &result);
	while (hn->hn.holder == NULL && tries++ < 10000)
		rig_run(&r, 10 * DUR_US);
	assert_non_null(hn->hn.holder);
	ifnet_remove(vf);
	rig_run(&r, SWITCHED);
	assert_int_equal(result, 0);
	assert_null(hn->hn.holder);
	assert_int_equal(enslave("eth0"), 0);
	active_is("eth0");
}

/* --- who is active --- */

static void
the_first_usable_one_is_active_at_once(void **state)
{
	(void)state;
	active_is("none");
	assert_int_equal(bond->link, LINK_DOWN);
	slave("eth1", 1);
	active_is("eth1");
	assert_int_equal(bond->link, LINK_UP);
	slave("eth2", 2);
	active_is("eth1");
}

static void
one_without_link_waits_for_it(void **state)
{
	struct ifnet *vf = rig_vf(&r, "eth1", 1);

	(void)state;
	vf->vf.carrier = false;
	assert_int_equal(enslave("eth1"), 0);
	active_is("none");
	assert_int_equal(bond->link, LINK_DOWN);
	assert_int_equal(notes(ARPS), 0);
	carrier(vf, true);
	past_a_poll();
	active_is("eth1");
	assert_int_equal(bond->link, LINK_UP);
}

static void
who_is_active_stays_so_when_a_better_placed_one_returns(void **state)
{
	struct ifnet *a = slave("eth1", 1);

	(void)state;
	slave("eth2", 2);
	carrier(a, false);
	past_a_poll();
	active_is("eth2");
	carrier(a, true);
	past_a_poll();
	active_is("eth2");
}

static void
the_primary_is_active_at_once_and_whenever_it_can_be(void **state)
{
	struct ifnet *b;

	(void)state;
	slave("eth1", 1);
	b = slave("eth2", 2);
	assert_int_equal(prefer("eth2"), 0);
	active_is("eth2");
	assert_string_equal(bond_primary_name(bond), "eth2");
	assert_true(bond_is_primary(bond, b));
	carrier(b, false);
	past_a_poll();
	active_is("eth1");
	carrier(b, true); /* primary_reselect is always */
	past_a_poll();
	active_is("eth2");
}

static void
a_primary_that_has_no_link_is_not_active(void **state)
{
	struct ifnet *b;

	(void)state;
	slave("eth1", 1);
	b = slave("eth2", 2);
	carrier(b, false);
	past_a_poll();
	assert_int_equal(prefer("eth2"), 0);
	active_is("eth1");
}

static void
only_a_slave_can_be_made_the_primary(void **state)
{
	(void)state;
	slave("eth1", 1);
	rig_vf(&r, "eth2", 2);
	assert_int_equal(prefer("eth2"), SIM_EINVAL);
	assert_int_equal(prefer("eth9"), SIM_EINVAL);
	assert_string_equal(bond_primary_name(bond), "none");
}

static void
a_lagg_has_no_primary_to_set(void **state)
{
	(void)state;
	slave("eth1", 1);
	r.m->os = SNAP_FREEBSD;
	assert_int_equal(prefer("eth1"), SIM_EOPNOTSUPP);
}

static void
the_primary_returns_under_its_name_only(void **state)
{
	(void)state;
	slave("eth1", 1);
	ifnet_remove(slave("eth2", 2));
	assert_int_equal(prefer("eth1"), 0);
	ifnet_remove(ifnet_find(r.m, "eth1"));
	active_is("none");
	slave("eth2", 2);
	slave("eth3", 1); /* the same device, named otherwise */
	active_is("eth2");
	assert_string_equal(bond_primary_name(bond), "none");
	slave("eth1", 1);
	active_is("eth1");
	assert_string_equal(bond_primary_name(bond), "eth1");
}

/* --- what the poll sees --- */

static void
a_lost_link_is_noticed_by_the_next_poll_and_not_before(void **state)
{
	struct ifnet *a = slave("eth1", 1);
	size_t i;

	(void)state;
	slave("eth2", 2);
	for (i = 1; i <= 3; i++) {
		past_a_poll();
		rig_run(&r, (int64_t)i * 17 * DUR_MS);
		carrier(a, false);
		rig_run(&r, until_next_poll() - 1);
		active_is("eth1");
		assert_int_equal(notes(ARPS), 2 * i - 1);
		rig_run(&r, 1);
		active_is("eth2");
		assert_int_equal((r.m->clock.now_ns - bond->bond.born_ns) %
			MIIMON,
		    0);
		carrier(a, true);
		assert_int_equal(prefer("eth1"), 0);
		past_a_poll();
		active_is("eth1");
	}
}

static void
a_flap_between_two_polls_is_not_seen(void **state)
{
	struct ifnet *a = slave("eth1", 1);

	(void)state;
	slave("eth2", 2);
	past_a_poll();
	carrier(a, false);
	rig_run(&r, 20 * DUR_MS);
	carrier(a, true);
	past_a_poll();
	active_is("eth1");
	assert_int_equal(notes(ARPS), 1);
}

static void
what_happens_meanwhile_does_not_make_it_look_earlier(void **state)
{
	struct ifnet *a = slave("eth1", 1);

	(void)state;
	past_a_poll();
	carrier(a, false);
	rig_run(&r, DUR_MS);
	slave("eth2", 2); /* 10 ms and some */
	assert_true(until_next_poll() < 90 * DUR_MS);
	active_is("eth1");
	past_a_poll();
	active_is("eth2");
}

static void
without_miimon_no_lost_link_is_ever_noticed(void **state)
{
	struct ifnet *a = slave("eth1", 1);

	(void)state;
	slave("eth2", 2);
	carrier(a, false);
	rig_run(&r, 60 * DUR_SEC);
	active_is("eth1");
	slave("eth3", 3);
	active_is("eth1");
	assert_int_equal(bond->link, LINK_UP);
}

static void
without_miimon_one_without_link_is_taken_for_usable(void **state)
{
	struct ifnet *vf = rig_vf(&r, "eth1", 1);

	(void)state;
	vf->vf.carrier = false;
	assert_int_equal(enslave("eth1"), 0);
	active_is("eth1");
}

static void
without_miimon_one_that_goes_is_replaced_all_the_same(void **state)
{
	struct ifnet *a = slave("eth1", 1);

	(void)state;
	slave("eth2", 2);
	ifnet_remove(a);
	active_is("eth2");
}

static void
one_that_is_closed_is_noticed_by_the_poll_and_when_it_is_back(void **state)
{
	struct ifnet *hn = rig_hn(&r, "eth0", 1);

	(void)state;
	assert_int_equal(enslave("eth0"), 0);
	slave("eth2", 2);
	assert_int_equal(prefer("eth0"), 0);
	assert_int_equal(rig_do(&r, "ip link set eth0 down"), 0);
	assert_int_equal(hn->link, LINK_UP); /* and no report of it */
	rig_run(&r, MIIMON);
	active_is("eth2");
	assert_int_equal(rig_do(&r, "ip link set eth0 up"), 0);
	rig_run(&r, MIIMON);
	active_is("eth0");
}

static void
one_that_is_unregistered_is_replaced_at_once(void **state)
{
	struct ifnet *a = slave("eth1", 1);

	(void)state;
	slave("eth2", 2);
	ifnet_remove(a);
	active_is("eth2");
	assert_int_equal(bond->link, LINK_UP);
	assert_int_equal(notes(ARPS), 2);
	assert_int_equal(rig_do(&r, "ip link set eth2 nomaster"), 0);
	active_is("none");
	assert_int_equal(bond->link, LINK_DOWN);
}

/* --- what it tells --- */

static void
peers_are_told_once_a_change(void **state)
{
	struct ifnet *a = slave("eth1", 1);

	(void)state;
	assert_int_equal(notes(ARPS), 1);
	slave("eth2", 2);
	assert_int_equal(notes(ARPS), 1);
	carrier(a, false);
	rig_run(&r, DUR_SEC);
	assert_int_equal(notes(ARPS), 2);
	assert_int_equal(notes("interface eth2 the new active"), 1);
	assert_int_equal(prefer("eth2"), 0);
	assert_int_equal(notes(ARPS), 2);
	carrier(ifnet_find(r.m, "eth2"), false);
	rig_run(&r, DUR_SEC);
	active_is("none");
	assert_int_equal(notes(ARPS), 2); /* to whom? */
}

static void
its_link_is_told_when_the_first_comes_and_the_last_goes(void **state)
{
	struct ifnet *a;
	size_t before = r.trace->n_records;

	(void)state;
	rig_run(&r, DUR_MS);
	assert_int_equal(rig_count(&r, 0, "bond0 type=LINK"), 0);
	a = slave("eth1", 1);
	rig_run(&r, DUR_MS);
	assert_int_equal(rig_count(&r, before, "subsystem=bond0 type=LINK_UP"),
	    1);
	slave("eth2", 2);
	carrier(a, false);
	rig_run(&r, DUR_SEC);
	assert_int_equal(rig_count(&r, before, "bond0 type=LINK"), 1);
	carrier(ifnet_find(r.m, "eth2"), false);
	rig_run(&r, DUR_SEC);
	assert_int_equal(rig_count(&r, before,
			     "subsystem=bond0 type=LINK_DOWN"),
	    1);
}

/* --- what is received --- */

static void
a_backups_frames_are_dropped(void **state)
{
	struct ifnet *a = slave("eth1", 1), *b = slave("eth2", 2);

	(void)state;
	assert_int_equal(prefer("eth2"), 0);
	assert_true(lagg_accepts(bond, b));
	assert_false(lagg_accepts(bond, a)); /* lagg's first is taken always */
	r.m->failover_rx_all = 1;
	assert_true(lagg_accepts(bond, a));
	assert_int_equal(rig_do(&r, "ip link set bond0 down"), 0);
	assert_false(lagg_accepts(bond, b));
}

/* --- life --- */

static void
a_kernel_without_bonding_makes_none(void **state)
{
	(void)state;
	rig_init(&r, "flag bond.none = yes\n");
	r.m->os = SNAP_LINUX;
	assert_int_equal(rig_do(&r, "ip link add bond0 type bond miimon 100"),
	    SIM_EOPNOTSUPP);
	assert_null(ifnet_find(r.m, "bond0"));
	assert_int_equal(r.trace->n_records, 0);
	rig_fini(&r);
}

static void
one_that_is_there_is_not_made_again(void **state)
{
	(void)state;
	assert_int_equal(rig_do(&r, "ip link add bond0 type bond"), SIM_EEXIST);
}

static void
destroying_it_releases_the_slaves_and_forgets_its_poll(void **state)
{
	struct ifnet *a = slave("eth1", 1), *b = slave("eth2", 2);

	(void)state;
	past_a_poll();
	carrier(a, false);
	rig_run(&r, DUR_MS);
	assert_true(timer_is_armed(&bond->bond.poll.timer));
	assert_int_equal(rig_do(&r, "ip link del bond0"), 0);
	assert_false(timer_is_armed(&bond->bond.poll.timer));
	assert_null(ifnet_find(r.m, "bond0"));
	rig_run(&r, DUR_SEC);
	assert_null(a->member_of);
	assert_null(b->member_of);
	assert_false(a->up || b->up);
	new_bond(" miimon 100");
	assert_int_equal(enslave("eth2"), 0);
	active_is("eth2");
}

/* --- its netvsc --- */

static void
the_host_path_follows_the_vf_and_nothing_is_told_of_it(void **state)
{
	struct ifnet *hn = rig_hn(&r, "eth0", 1), *vf;
	size_t before;

	(void)state;
	assert_int_equal(enslave("eth0"), 0);
	rig_run(&r, SWITCHED);
	before = r.trace->n_records;
	vf = slave("eth1", 1);
	rig_run(&r, SWITCHED);
	assert_true(hn->hn.host_path_vf);
	assert_ptr_equal(hn->hn.rewrite, vf);
	assert_int_equal(hn->link, LINK_UP);
	assert_null(hn->hn.holder);
	assert_int_equal(rig_do(&r, "ip link set eth1 down"), 0);
	rig_run(&r, 10 * DUR_SEC);
	assert_false(hn->hn.host_path_vf);
	assert_int_equal(hn->link, LINK_UP);
	assert_null(hn->hn.holder);
	assert_int_equal(rig_count(&r, before, "HYPERV_NIC_VF"), 0);
	assert_int_equal(rig_count(&r, before, "subsystem=eth0"), 0);
}

static void
the_host_path_returns_when_the_vf_leaves_the_bond(void **state)
{
	struct ifnet *hn = rig_hn(&r, "eth0", 1);

	(void)state;
	assert_int_equal(enslave("eth0"), 0);
	slave("eth1", 1);
	assert_true(hn->hn.host_path_vf);
	assert_int_equal(rig_do(&r, "ip link set eth1 nomaster"), 0);
	rig_run(&r, SWITCHED);
	assert_false(hn->hn.host_path_vf);
	active_is("eth0");
}

static void
a_lost_medium_of_the_host_is_seen_under_a_vf_too(void **state)
{
	struct ifnet *hn = rig_hn(&r, "eth0", 1);

	(void)state;
	assert_int_equal(enslave("eth0"), 0);
	slave("eth1", 1);
	rig_run(&r, SWITCHED);
	assert_int_equal(hn->link, LINK_UP);
	hn_host_media(hn, false); /* FreeBSD's hn would not manage it now */
	rig_run(&r, SWITCHED);
	assert_int_equal(hn->link, LINK_DOWN);
}

static void
a_transparent_netvsc_opens_its_vf_and_needs_no_bond(void **state)
{
	struct ifnet *hn = rig_hn(&r, "eth0", 1), *vf;
	size_t before;

	(void)state;
	r.m->transparent = true;
	assert_int_equal(rig_do(&r, "ip link set eth0 up"), 0);
	rig_run(&r, SWITCHED);
	before = r.trace->n_records;
	vf = rig_vf(&r, "eth1", 1);
	assert_false(vf->up);
	rig_run(&r, 3 * DUR_SEC); /* hn.xt_wait of the bench: 2 s */
	assert_true(vf->up && hn->hn.host_path_vf);
	assert_int_equal(enslave("eth1"), SIM_EPERM); /* it is up now */
	assert_int_equal(hn->link, LINK_UP);
	assert_int_equal(rig_count(&r, before, "HYPERV_NIC_VF"), 0);
	assert_int_equal(rig_count(&r, before, "subsystem=eth0"), 0);
}

#define T(name)	     cmocka_unit_test_setup_teardown(name, setup, teardown)
#define T_DEAF(name) cmocka_unit_test_setup_teardown(name, setup_deaf, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(one_that_is_up_is_refused_and_nothing_changes),
		T(one_that_comes_up_while_it_is_enslaved_is_refused_too),
		T(enslaving_opens_it),
		T(a_synthetic_nic_is_opened_too),
		T(addresses_stay_where_they_are),
		T(one_that_leaves_is_closed_and_has_its_own_mac),
		T(one_that_leaves_may_be_enslaved_again_at_once),
		cmocka_unit_test(
		    one_that_is_enslaved_again_is_not_closed_by_its_release),
		cmocka_unit_test(one_is_not_looked_at_before_it_is_open),
		T(one_that_goes_while_its_path_is_switched_leaves_no_lock),
		T(the_first_usable_one_is_active_at_once),
		T(one_without_link_waits_for_it),
		T(who_is_active_stays_so_when_a_better_placed_one_returns),
		T(the_primary_is_active_at_once_and_whenever_it_can_be),
		T(a_primary_that_has_no_link_is_not_active),
		T(only_a_slave_can_be_made_the_primary),
		T(a_lagg_has_no_primary_to_set),
		T(the_primary_returns_under_its_name_only),
		T(a_lost_link_is_noticed_by_the_next_poll_and_not_before),
		T(a_flap_between_two_polls_is_not_seen),
		T(what_happens_meanwhile_does_not_make_it_look_earlier),
		T_DEAF(without_miimon_no_lost_link_is_ever_noticed),
		T_DEAF(without_miimon_one_without_link_is_taken_for_usable),
		T_DEAF(without_miimon_one_that_goes_is_replaced_all_the_same),
		T(one_that_is_closed_is_noticed_by_the_poll_and_when_it_is_back),
		T(one_that_is_unregistered_is_replaced_at_once),
		T(peers_are_told_once_a_change),
		T(its_link_is_told_when_the_first_comes_and_the_last_goes),
		T(a_backups_frames_are_dropped),
		cmocka_unit_test(a_kernel_without_bonding_makes_none),
		T(one_that_is_there_is_not_made_again),
		T(destroying_it_releases_the_slaves_and_forgets_its_poll),
		T(the_host_path_follows_the_vf_and_nothing_is_told_of_it),
		T(the_host_path_returns_when_the_vf_leaves_the_bond),
		T(a_transparent_netvsc_opens_its_vf_and_needs_no_bond),
		T(a_lost_medium_of_the_host_is_seen_under_a_vf_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
