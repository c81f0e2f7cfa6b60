/* SPDX-License-Identifier: BSD-2-Clause */
/* A guest's bond as Debian's kernel told it, as the snapshot that the
 * controller decides on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "failover/adopt.h"
#include "netmsg.h"
#include "world/linuxsnap.h"
#include "world/rtnetlink.h"

#define BOND "fixtures/routing/linux-bond.hex"

static struct linklook look;
static struct nicpairs pairs;
static struct linuxsnap maker;
static struct snapshot snap;
static bool dhclient;

static void
take_file(const char *path)
{
	struct strbuf sb = { 0 };
	struct ifevent e;
	size_t line, at, step;

	linklook_reset(&look);
	for (line = 0; netmsg_line(path, line, &sb); line++) {
		for (at = 0; at < sb.bytes; at += step) {
			step = rtnetlink_next(sb.data + at, sb.bytes - at, &e);
			assert_true(step > 0);
			linklook_take(&look, &e);
		}
		strbuf_reset(&sb);
	}
	assert_true(line > 3);
	linklook_sort(&look);
	strbuf_fini(&sb);
}

static void
more(void *ctx, const struct snap_if *i, struct linuxsnap_more *out)
{
	(void)ctx;
	assert_true(strcmp(i->name, "lo") != 0); /* nobody's */
	out->accept_rtadv = out->no_dad = i->class == IF_LAGG;
	out->dhclient = dhclient && i->class == IF_HN;
}

static const struct snapshot *
see(void)
{
	nicpair_update(&pairs, &look, NULL, NULL);
	snapshot_reset(&snap);
	linuxsnap_fill(&maker, &look, &pairs, more, NULL, &snap);
	return &snap;
}

static const struct snap_if *
get(const char *name)
{
	const struct snap_if *i = snapshot_find(&snap, name);

	assert_non_null(i);
	return i;
}

static struct ifevent *
told(const char *name)
{
	size_t i;

	for (i = 0; i < look.n_links; i++)
		if (strcmp(look.links[i].name, name) == 0)
			return &look.links[i];
	fail_msg("no %s", name);
	return NULL;
}

static int
set_up(void **state)
{
	(void)state;
	memset(&pairs, 0, sizeof(pairs));
	dhclient = false;
	take_file(BOND);
	return nicpair_declare(&pairs, "eth0", NULL);
}

static int
tear_down(void **state)
{
	(void)state;
	linklook_fini(&look);
	linuxsnap_fini(&maker);
	snapshot_fini(&snap);
	return 0;
}

static void
a_bond_its_synthetic_nic_and_its_vf_are_seen(void **state)
{
	const struct snapshot *s = see();
	const struct snap_if *bond = get("bond0"), *hn = get("eth0");
	const struct snap_if *vf = get("eth1");
	struct ipaddr addr;

	(void)state;
	assert_int_equal(s->os, SNAP_LINUX);
	assert_int_equal(s->vf_transparent, 0);
	assert_int_equal(bond->class, IF_LAGG);
	assert_string_equal(bond->descr, "switchback hn0");
	assert_int_equal(bond->n_ports, 2);
	assert_string_equal(bond->ports[0].name, "eth0");
	assert_false(bond->ports[0].master || bond->ports[0].active);
	assert_string_equal(bond->ports[1].name, "eth1");
	assert_true(bond->ports[1].master && bond->ports[1].active);
	assert_true(bond->up && bond->link == LINK_UP && bond->no_dad);
	assert_true(bond->accept_rtadv);
	assert_true(ipaddr_parse("10.0.2.15/24", &addr));
	assert_true(snap_if_has_addr(bond, &addr));

	assert_int_equal(hn->class, IF_HN);
	assert_int_equal(hn->unit, 0);
	assert_string_equal(hn->vf, "eth1");
	assert_string_equal(hn->lagg, "bond0");
	assert_int_equal(hn->n_addrs, 0);
	assert_false(hn->accept_rtadv);

	assert_int_equal(vf->class, IF_OTHER);
	assert_string_equal(vf->parent, "0000:02:00.0");
	assert_memory_equal(vf->mac, hn->mac, 6);
	assert_int_equal(vf->mtu, 1500);
	assert_string_equal(s->default_if, "bond0");
	assert_true(ipaddr_parse("10.0.2.2", &addr));
	assert_true(ipaddr_same_host(&s->default_gateway, &addr));
}

static void
what_is_as_it_was_keeps_its_version(void **state)
{
	uint64_t bond, hn;

	(void)state;
	see();
	bond = get("bond0")->version;
	hn = get("eth0")->version;
	assert_true(bond != 0 && hn != 0 && bond != hn);
	see();
	assert_int_equal(get("bond0")->version, bond);
	assert_int_equal(get("eth0")->version, hn);
	told("eth0")->link = IFEVENT_DOWN;
	see();
	assert_int_equal(get("bond0")->version, bond);
	assert_true(get("eth0")->version > hn);
	assert_int_equal(get("eth0")->link, LINK_DOWN);
	/* What it had once, it has not again. */
	told("eth0")->link = IFEVENT_UP;
	see();
	assert_true(get("eth0")->version > hn + 1);
}

static void
who_is_primary_need_not_carry(void **state)
{
	const struct snap_if *bond;

	(void)state;
	told("bond0")->active = told("eth0")->index;
	see();
	bond = get("bond0");
	assert_true(bond->ports[0].active && !bond->ports[0].master);
	assert_true(bond->ports[1].master && !bond->ports[1].active);
}

static void
a_bond_of_another_mode_is_a_stranger(void **state)
{
	(void)state;
	told("bond0")->mode = 0;
	see();
	assert_int_equal(get("bond0")->class, IF_OTHER);
}

static void
an_address_that_ends_is_leased_or_a_routers(void **state)
{
	struct linklook_addr *a = look.addrs;
	const struct snap_if *bond;
	size_t i;

	(void)state;
	for (i = 0; i < look.n_addrs; i++)
		a[i].is = IFADDR_ENDS;
	see();
	bond = get("bond0");
	for (i = 0; i < bond->n_addrs; i++)
		assert_int_equal(bond->addr_flags[i],
		    bond->addrs[i].family == 6 ? SNAP_ADDR_AUTOCONF
					       : SNAP_ADDR_LEASED);
	assert_true(i > 1);
}

/* --- what there is, carried over --- */

static const char *
adopted(const struct rcvars *rc, const char *name)
{
	const char *value = rcvars_get(rc, name);

	return value != NULL ? value : "";
}

static void
what_the_bond_has_is_adopted(void **state)
{
	struct rcvars rc = { 0 };

	(void)state;
	assert_int_equal(adopt_all(see(), &rc), 1);
	assert_string_equal(adopted(&rc, "ifconfig_eth0"), "up");
	assert_string_equal(adopted(&rc, "ifconfig_eth0_alias0"),
	    "inet 10.0.2.15/24");
	assert_string_equal(adopted(&rc, "ifconfig_eth0_alias1"),
	    "inet6 fec0::15/64");
	assert_string_equal(adopted(&rc, "ifconfig_eth0_ipv6"),
	    "inet6 accept_rtadv");
	assert_string_equal(adopted(&rc, "defaultrouter"), "10.0.2.2");
	rcvars_fini(&rc);
}

static void
a_client_means_dhcp_and_its_route_is_not_written_down(void **state)
{
	struct rcvars rc = { 0 };

	(void)state;
	dhclient = true;
	assert_int_equal(adopt_all(see(), &rc), 1);
	assert_string_equal(adopted(&rc, "ifconfig_eth0"), "DHCP");
	assert_null(rcvars_get(&rc, "defaultrouter"));
	rcvars_fini(&rc);
}

static void
of_nothing_nothing_is_adopted(void **state)
{
	struct rcvars rc = { 0 };

	(void)state;
	look.n_addrs = 0;
	assert_int_equal(adopt_all(see(), &rc), 0);
	assert_int_equal(rc.n_vars, 0);
	rcvars_fini(&rc);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(a_bond_its_synthetic_nic_and_its_vf_are_seen),
		T(what_is_as_it_was_keeps_its_version),
		T(who_is_primary_need_not_carry),
		T(a_bond_of_another_mode_is_a_stranger),
		T(an_address_that_ends_is_leased_or_a_routers),
		T(what_the_bond_has_is_adopted),
		T(a_client_means_dhcp_and_its_route_is_not_written_down),
		T(of_nothing_nothing_is_adopted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
