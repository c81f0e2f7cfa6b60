/* SPDX-License-Identifier: BSD-2-Clause */
/* The controller on a FreeBSD kernel that answers in bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/dur.h"
#include "failover/native.h"
#include "fake_bsd.h"
#include "world/bsdworld.h"

#define MAC   "00:15:5d:00:00:04"
#define OTHER "00:15:5d:00:00:99"
#define ETHER 6
#define VLAN  0x87

static struct fake_bsd bsd;
static struct bsdworld *world;
static struct native *planner;
static struct rcvars rc;
static int64_t now_ns;
static char told[4096];
static struct bsdpairs none;

static void
note(void *ctx, const char *text)
{
	size_t n = strlen(told);

	(void)ctx;
	snprintf(told + n, sizeof(told) - n, "%s\n", text);
}

static int
setup(void **state)
{
	struct fake_if *hn;

	(void)state;
	fake_bsd_init(&bsd);
	memset(&rc, 0, sizeof(rc));
	told[0] = '\0';
	now_ns = DUR_SEC;
	fake_bsd_add(&bsd, "lo0", 0x18, "00:00:00:00:00:00");
	hn = fake_bsd_add(&bsd, "hn0", ETHER, MAC);
	hn->flags = 0x8843;
	fake_bsd_follow(&bsd);
	world = bsdworld_new(&bsd.kernel, &none, note, NULL);
	planner = native_new(&(const struct native_config){ .rc = &rc });
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	native_free(planner);
	bsdworld_free(world);
	bsdworld_free(NULL);
	rcvars_fini(&rc);
	return 0;
}

/* Until nothing is to be done any more before so long has gone by. */
static void
settle_for(int64_t horizon_ns)
{
	int64_t until_ns = now_ns + horizon_ns, wake_ns;
	struct snapshot s = { 0 };
	struct operation op;
	const char *text;
	unsigned operations = 0;
	int result;

	for (;;) {
		snapshot_reset(&s);
		bsdworld_observe(world, &s);
		wake_ns = NATIVE_NEVER;
		memset(&op, 0, sizeof(op));
		if (native_plan(planner, &s, now_ns, &op, &wake_ns)) {
			assert_true(++operations < 200);
			result = bsdworld_apply(world, &op);
			native_result(planner, &op, result, now_ns);
			now_ns += DUR_MS;
			continue;
		}
		while ((text = native_note(planner)) != NULL)
			note(NULL, text);
		if (wake_ns > until_ns)
			break;
		now_ns = wake_ns > now_ns ? wake_ns : now_ns + DUR_MS;
	}
	now_ns = until_ns;
	snapshot_fini(&s);
}

static void
settle(void)
{
	settle_for(20 * DUR_SEC);
}

static void
set(const char *name, const char *value)
{
	rcvars_set(&rc, name, value, 1, 1);
}

static struct fake_if *
plug(const char *name, const char *parent)
{
	struct fake_if *vf = fake_bsd_add(&bsd, name, ETHER, MAC);

	snprintf(vf->parent, sizeof(vf->parent), "%s", parent);
	vf->link = 1;
	fake_bsd_follow(&bsd);
	return vf;
}

static void
configure(void)
{
	set("ifconfig_hn0", "inet 10.0.0.4/24");
	set("defaultrouter", "10.0.0.1");
	fake_bsd_put(&bsd, "hn0", "10.0.0.4/24");
	ipaddr_parse("10.0.0.1", &bsd.gateway);
	bsd.gateway_if = fake_bsd_find(&bsd, "hn0")->index;
}

static void
an_aggregate_takes_the_configuration(void **state)
{
	struct fake_if *lagg;

	(void)state;
	configure();
	settle();
	lagg = fake_bsd_find(&bsd, "lagg0");
	assert_non_null(lagg);
	assert_true(bsd.has_lagg);
	assert_string_equal(lagg->descr, "switchback hn0");
	assert_int_equal(lagg->flags & 1, 1);
	assert_int_equal(fake_bsd_find(&bsd, "hn0")->lagg, lagg->index);
	assert_true(fake_bsd_has(&bsd, "lagg0", "10.0.0.4/24"));
	assert_int_equal(fake_bsd_find(&bsd, "hn0")->n_addrs, 0);
	assert_int_equal(bsd.gateway_if, lagg->index);
	assert_int_equal(bsd.rx_all, 1);
	assert_string_equal(fake_bsd_active(&bsd, "lagg0"), "hn0");
}

static void
a_vf_comes_and_goes_and_comes_back(void **state)
{
	struct fake_if *vf;
	int round;

	(void)state;
	configure();
	settle();
	for (round = 0; round < 2; round++) {
		vf = plug("mce0", "");
		/* The device that hangs on the bus is mlx5_core0. */
		snprintf(vf->parent, sizeof(vf->parent), "pci1");
		fake_bsd_follow(&bsd);
		settle();
		assert_int_equal(vf->flags & 1, 1);
		assert_int_equal(vf->lagg, fake_bsd_find(&bsd, "lagg0")->index);
		assert_string_equal(fake_bsd_active(&bsd, "lagg0"), "mce0");
		fake_bsd_remove(&bsd, "mce0");
		settle();
		assert_string_equal(fake_bsd_active(&bsd, "lagg0"), "hn0");
	}
	assert_true(fake_bsd_has(&bsd, "lagg0", "10.0.0.4/24"));
}

static void
ipv6_moves_too_where_rc_had_disabled_it(void **state)
{
	(void)state;
	set("ifconfig_hn0", "inet 10.0.0.4/24");
	set("ifconfig_hn0_ipv6", "inet6 fd00::4/64");
	set("ipv6_defaultrouter", "fe80::1%hn0");
	fake_bsd_put(&bsd, "hn0", "10.0.0.4/24");
	fake_bsd_put(&bsd, "hn0", "fd00::4/64");
	settle();
	assert_true(fake_bsd_has(&bsd, "lagg0", "10.0.0.4/24"));
	assert_true(fake_bsd_has(&bsd, "lagg0", "fd00::4/64"));
	assert_int_equal(fake_bsd_find(&bsd, "lagg0")->nd6 & 0x8, 0);
	assert_int_equal(fake_bsd_find(&bsd, "lagg0")->nd6 & 0x100, 0x100);
}

static void
advertisements_are_taken_by_the_aggregate(void **state)
{
	(void)state;
	set("ifconfig_hn0", "inet 10.0.0.4/24");
	set("ifconfig_hn0_ipv6", "inet6 accept_rtadv");
	set("rtsold_enable", "YES");
	settle();
	/* Accepted, with a link-local address, and not disabled. */
	assert_int_equal(fake_bsd_find(&bsd, "lagg0")->nd6 & 0x2a, 0x22);
	assert_int_equal(fake_bsd_find(&bsd, "hn0")->nd6 & 0x2, 0);
}

static void
a_client_moves_with_its_flags(void **state)
{
	struct fake_if *hn = fake_bsd_find(&bsd, "hn0");

	(void)state;
	set("ifconfig_hn0", "DHCP");
	set("dhclient_flags", "-q  -c /etc/x.conf");
	fake_bsd_put(&bsd, "hn0", "10.0.0.9/24");
	ipaddr_parse("10.0.0.9/24", &bsd.server);
	hn->lease = bsd.server;
	hn->dhclient = true;
	settle();
	assert_string_equal(bsd.started,
	    "/sbin/dhclient -b -q -c /etc/x.conf lagg0");
	assert_false(hn->dhclient);
	assert_true(fake_bsd_find(&bsd, "lagg0")->dhclient);
	assert_true(fake_bsd_has(&bsd, "lagg0", "10.0.0.9/24"));
	assert_false(fake_bsd_has(&bsd, "hn0", "10.0.0.9/24"));
	assert_int_equal(bsd.gateway_if, fake_bsd_find(&bsd, "lagg0")->index);
}

/* dhclient-script(8) leaves its 0.0.0.0 behind when the address that it takes
 * away without a name is another one. */
static void
a_place_holder_of_the_client_goes(void **state)
{
	a_client_moves_with_its_flags(state);
	fake_bsd_put(&bsd, "lagg0", "0.0.0.0/8");
	fake_bsd_put(&bsd, "hn0", "0.0.0.0/8");
	settle();
	assert_false(fake_bsd_has(&bsd, "lagg0", "0.0.0.0/8"));
	assert_true(fake_bsd_has(&bsd, "lagg0", "10.0.0.9/24"));
	assert_int_equal(fake_bsd_find(&bsd, "hn0")->n_addrs, 0);
}

/* The hn was away, and does not list the VF that is still a port: that takes
 * what is sent, and leaves (FACTS.md B.12). */
static void
a_vf_that_its_hn_does_not_know_leaves(void **state)
{
	(void)state;
	configure();
	settle();
	plug("mce0", "pci1");
	settle();
	assert_string_equal(fake_bsd_active(&bsd, "lagg0"), "mce0");
	fake_bsd_remove(&bsd, "hn0");
	settle();
	fake_bsd_find(&bsd, "mce0")->unknown = true;
	fake_bsd_add(&bsd, "hn0", ETHER, MAC)->flags = 0x8843;
	fake_bsd_follow(&bsd);
	settle();
	assert_int_equal(fake_bsd_find(&bsd, "mce0")->lagg, 0);
	assert_string_equal(fake_bsd_active(&bsd, "lagg0"), "hn0");
}

static void
a_vlan_moves_with_its_tag(void **state)
{
	struct fake_if *vlan =
	    fake_bsd_add(&bsd, "hn0.10", VLAN, "00:15:5d:00:00:04");

	(void)state;
	snprintf(vlan->driver, sizeof(vlan->driver), "vlan0");
	snprintf(vlan->vlan_parent, sizeof(vlan->vlan_parent), "hn0");
	vlan->vlan_tag = 10;
	set("ifconfig_hn0", "inet 10.0.0.4/24");
	set("vlans_hn0", "10");
	set("ifconfig_hn0_10", "inet 10.1.0.4/24");
	settle();
	assert_string_equal(vlan->vlan_parent, "lagg0");
	assert_int_equal(vlan->vlan_tag, 10);
}

static void
what_is_not_ours_is_not_changed(void **state)
{
	struct operation op = { .kind = OP_LAGG_CREATE };
	struct snapshot s = { 0 };

	(void)state;
	snprintf(op.ifname, sizeof(op.ifname), "tun7");
	assert_int_equal(bsdworld_apply(world, &op), 1);
	assert_null(fake_bsd_find(&bsd, "tun7"));
	assert_string_equal(bsd.wanted, "");
	op.kind = OP_DOWN;
	fake_bsd_add(&bsd, "em0", ETHER, OTHER);
	snapshot_reset(&s);
	bsdworld_observe(world, &s);
	snprintf(op.ifname, sizeof(op.ifname), "em0");
	assert_int_equal(bsdworld_apply(world, &op), 1);
	op.kind = OP_VLAN;
	snprintf(op.other, sizeof(op.other), "em0");
	assert_int_equal(bsdworld_apply(world, &op), 1);
	op.other[0] = '\0';
	assert_int_equal(bsdworld_apply(world, &op), 1);
	op.kind = OP_PORT_ADD;
	snprintf(op.ifname, sizeof(op.ifname), "hn0");
	snprintf(op.other, sizeof(op.other), "em0");
	assert_int_equal(bsdworld_apply(world, &op), 1);
	op.kind = OP_SYSCTL;
	snprintf(op.text, sizeof(op.text), "kern.securelevel");
	assert_int_equal(bsdworld_apply(world, &op), 1);
	op.kind = OP_PROCESS;
	assert_int_equal(bsdworld_apply(world, &op), 0);
	snapshot_fini(&s);
}

static void
a_name_that_is_anothers_by_now_is_not_touched(void **state)
{
	struct operation op = { .kind = OP_DOWN, .ifname = "hn0" };
	struct snapshot s = { 0 };

	(void)state;
	assert_int_equal(bsdworld_apply(world, &op), 6);
	snapshot_reset(&s);
	bsdworld_observe(world, &s);
	fake_bsd_remove(&bsd, "hn0");
	assert_int_equal(bsdworld_apply(world, &op), 6);
	fake_bsd_add(&bsd, "hn0", ETHER, OTHER)->flags = 0x8843;
	assert_int_equal(bsdworld_apply(world, &op), 6);
	assert_int_equal(fake_bsd_find(&bsd, "hn0")->flags, 0x8843);
	snapshot_reset(&s);
	bsdworld_observe(world, &s);
	assert_int_equal(bsdworld_apply(world, &op), 0);
	assert_int_equal(fake_bsd_find(&bsd, "hn0")->flags & 1, 0);
	snapshot_fini(&s);
}

static void
a_kernel_that_does_not_answer_leaves_all_alone(void **state)
{
	(void)state;
	configure();
	bsd.blind = true;
	settle();
	assert_null(fake_bsd_find(&bsd, "lagg0"));
	assert_non_null(
	    strstr(told, "the interfaces cannot be looked at: errno 12\n"));
	bsd.blind = false;
	settle();
	assert_non_null(fake_bsd_find(&bsd, "lagg0"));
	assert_non_null(strstr(told, "works again"));
}

/* Half of an answer would be taken for a change: an aggregate without ports,
 * without our mark. */
static void
what_hangs_is_taken_as_it_was(void **state)
{
	static const uint32_t codes[] = { 0xc050698f, 0xc020692a, 0xc048698c,
		0xc020691f };
	size_t i;

	(void)state;
	configure();
	settle();
	told[0] = '\0';
	bsd.result = 60;
	for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		bsd.fails = codes[i];
		settle();
		assert_string_equal(told, "");
		assert_null(fake_bsd_find(&bsd, "lagg100"));
	}
	assert_true(fake_bsd_has(&bsd, "lagg0", "10.0.0.4/24"));
	/* What the table says of it counts nevertheless. */
	fake_bsd_find(&bsd, "lagg0")->flags &= ~1U;
	settle();
	assert_int_equal(fake_bsd_find(&bsd, "lagg0")->flags & 1, 1);
}

/* Somebody has set it down amid an operation, which has set it up again: of
 * two addresses one is without its route. */
static void
an_address_without_its_route_is_made_again(void **state)
{
	struct fake_if *lagg;

	(void)state;
	set("ifconfig_hn0_alias0", "inet 10.8.0.4/24");
	configure();
	settle();
	lagg = fake_bsd_find(&bsd, "lagg0");
	assert_int_equal(lagg->n_addrs, 2);
	lagg->unrouted = lagg->addrs[0];
	settle();
	assert_int_equal(lagg->n_addrs, 2);
	assert_int_equal(lagg->unrouted.family, 0);
	assert_true(fake_bsd_has(&bsd, "lagg0", "10.0.0.4/24"));
	assert_int_equal(bsd.gateway_if, lagg->index);
}

static void
transparent_mode_is_left_alone(void **state)
{
	(void)state;
	configure();
	bsd.transparent = 1;
	settle();
	assert_null(fake_bsd_find(&bsd, "lagg0"));
}

static void
devd_with_rules_for_hyperv_is_not_fought(void **state)
{
	(void)state;
	configure();
	bsd.devd = true;
	snprintf(bsd.custom, sizeof(bsd.custom), "/etc/devd/hyperv.conf");
	settle();
	assert_null(fake_bsd_find(&bsd, "lagg0"));
	bsd.custom[0] = '\0';
	settle();
	assert_non_null(fake_bsd_find(&bsd, "lagg0"));
}

/* The fake's devd is process 77. */
static void
our_own_pid_file_is_no_devd(void **state)
{
	(void)state;
	configure();
	bsd.devd = true;
	snprintf(bsd.custom, sizeof(bsd.custom), "/etc/devd/hyperv.conf");
	bsdworld_is_ours(world, 77);
	settle();
	assert_non_null(fake_bsd_find(&bsd, "lagg0"));
}

static void
the_administrators_script_is_seen(void **state)
{
	struct snapshot s = { 0 };

	(void)state;
	snprintf(bsd.custom, sizeof(bsd.custom),
	    "/usr/libexec/hyperv/hyperv_vfup.hn0");
	snapshot_reset(&s);
	bsdworld_observe(world, &s);
	assert_true(snapshot_find(&s, "hn0")->custom_vfup);
	snapshot_fini(&s);
}

static size_t
count(const char *text)
{
	const char *at = told;
	size_t n = 0;

	for (; (at = strstr(at, text)) != NULL; at++)
		n++;
	return n;
}

static void
what_a_person_has_to_see_to_is_told_once(void **state)
{
	(void)state;
	configure();
	bsd.no_modules = true;
	settle();
	assert_null(fake_bsd_find(&bsd, "lagg0"));
	assert_int_equal(count("its module if_lagg cannot be loaded"), 1);
	bsd.no_modules = false;
	bsd.fails = BSD_SIOCIFCREATE2;
	bsd.result = 1;
	settle();
	assert_int_equal(count("it must be root's"), 1);
	assert_int_equal(count("errno 1)"), 0);
	assert_true(count("errno 13)") > 0);
	bsd.fails = 0;
	settle_for(120 * DUR_SEC);
	assert_non_null(fake_bsd_find(&bsd, "lagg0"));
	assert_int_equal(count("module if_lagg"), 1);
}

static void
a_default_route_of_two_ways_goes_as_a_whole(void **state)
{
	struct operation op = { .kind = OP_DEFAULT_DEL, .ifname = "hn0" };

	(void)state;
	configure();
	ipaddr_parse("10.0.0.2", &bsd.gateway_too);
	assert_int_equal(bsdworld_apply(world, &op), 0);
	assert_int_equal(bsd.gateway.family, 0);
	assert_int_equal(bsd.gateway_too.family, 0);
	assert_int_equal(bsdworld_apply(world, &op), 3);
	/* Not those of others. */
	configure();
	ipaddr_parse("10.0.0.2", &bsd.gateway_too);
	bsd.gateway_if = fake_bsd_find(&bsd, "lo0")->index;
	assert_int_equal(bsdworld_apply(world, &op), 3);
	assert_int_equal(bsd.gateway.family, 4);
	/* No table, no way. */
	bsd.blind = true;
	assert_int_equal(bsdworld_apply(world, &op), 3);
}

/* --- stand-ins --- */

static void
stand_in(const char *fits)
{
	struct bsdpairs pairs = { .count = 1 };

	fake_bsd_remove(&bsd, "hn0");
	snprintf(pairs.pairs[0].synth, sizeof(pairs.pairs[0].synth), "vtnet0");
	snprintf(pairs.pairs[0].fits, sizeof(pairs.pairs[0].fits), "%s", fits);
	bsdworld_free(world);
	world = bsdworld_new(&bsd.kernel, &pairs, note, NULL);
	bsd.transparent = -1;
	set("ifconfig_vtnet0", "inet 10.0.0.4/24");
}

static struct fake_if *
add_synth(void)
{
	struct fake_if *synth = fake_bsd_add(&bsd, "vtnet0", ETHER, MAC);

	synth->flags = 0x8843;
	synth->link = 2;
	snprintf(synth->parent, sizeof(synth->parent), "virtio_pci0");
	return synth;
}

static void
a_stand_in_fails_over_without_an_hn(void **state)
{
	struct fake_if *vf;
	int round;

	(void)state;
	stand_in("vmx*");
	settle();
	assert_string_equal(told,
	    "stand-in: vtnet0, declared to be a synthetic NIC, is not "
	    "there\n");
	add_synth();
	settle();
	assert_non_null(strstr(told,
	    "stand-in: vtnet0 is taken for a synthetic NIC; it has no VF "
	    "now\n"));
	assert_true(fake_bsd_has(&bsd, "lagg0", "10.0.0.4/24"));
	for (round = 0; round < 2; round++) {
		vf = fake_bsd_add(&bsd, "vmx0", ETHER, OTHER);
		snprintf(vf->parent, sizeof(vf->parent), "pci3");
		vf->link = 1;
		settle();
		assert_string_equal(fake_bsd_active(&bsd, "lagg0"), "vmx0");
		fake_bsd_remove(&bsd, "vmx0");
		settle();
		assert_string_equal(fake_bsd_active(&bsd, "lagg0"), "vtnet0");
	}
	assert_non_null(strstr(told, "vmx0 for its VF"));
}

static void
a_stand_ins_vf_may_be_found_by_its_mac(void **state)
{
	struct fake_if *vf;

	(void)state;
	stand_in("");
	add_synth();
	vf = fake_bsd_add(&bsd, "ixv0", ETHER, OTHER);
	snprintf(vf->parent, sizeof(vf->parent), "pci3");
	settle();
	assert_int_equal(vf->lagg, 0);
	vf = fake_bsd_add(&bsd, "ixv1", ETHER, MAC);
	snprintf(vf->parent, sizeof(vf->parent), "pci4");
	settle();
	assert_string_equal(fake_bsd_active(&bsd, "lagg0"), "ixv1");
	/* Its driver tells nothing of a lost link until it is asked. */
	vf->media_down = true;
	settle_for(DUR_SEC);
	assert_non_null(strstr(told, "ixv1"));
	vf->media_down = false;
	vf->no_media = true;
	settle();
	fake_bsd_remove(&bsd, "vtnet0");
	settle_for(DUR_SEC);
	assert_non_null(strstr(told, "is not there"));
}

/* As GENERIC has it on any machine: hn(4)'s sysctls, its mode at 1, and devd
 * with the file that comes with every system. */
static void
a_stand_in_is_not_of_hns_mode_nor_of_devds_rules(void **state)
{
	struct fake_if *vf;

	(void)state;
	stand_in("vmx*");
	add_synth();
	bsd.transparent = 1;
	bsd.devd = true;
	snprintf(bsd.custom, sizeof(bsd.custom), "/etc/devd/hyperv.conf");
	vf = fake_bsd_add(&bsd, "vmx0", ETHER, OTHER);
	snprintf(vf->parent, sizeof(vf->parent), "pci3");
	settle();
	assert_true(fake_bsd_has(&bsd, "lagg0", "10.0.0.4/24"));
	assert_string_equal(fake_bsd_active(&bsd, "lagg0"), "vmx0");
	assert_null(strstr(told, "transparent"));
	assert_null(strstr(told, "devd"));
}

static void
a_transparent_hn_beside_a_stand_in_is_left_alone(void **state)
{
	struct snapshot s = { 0 };
	struct fake_if *hn, *vf;

	(void)state;
	stand_in("*");
	hn = fake_bsd_add(&bsd, "hn1", ETHER, OTHER);
	hn->flags = 0x8843;
	vf = fake_bsd_add(&bsd, "tap0", ETHER, OTHER);
	fake_bsd_put(&bsd, "hn1", "10.7.0.4/24");
	set("ifconfig_hn1", "inet 10.7.0.4/24");
	bsd.transparent = 1;
	add_synth();
	settle();
	assert_true(fake_bsd_has(&bsd, "lagg0", "10.0.0.4/24"));
	assert_true(fake_bsd_has(&bsd, "hn1", "10.7.0.4/24"));
	assert_int_equal(hn->lagg, 0);
	/* The pattern fits it, too. */
	assert_int_not_equal(vf->lagg, 0);
	snapshot_reset(&s);
	bsdworld_observe(world, &s);
	assert_int_equal(snapshot_find(&s, "hn1")->paired, PAIRED_JOINED);
	assert_int_equal(snapshot_find(&s, "hn1")->class, IF_OTHER);
	assert_string_equal(snapshot_find(&s, "vtnet0")->vf, "tap0");
	/* What hangs is as it was: an hn, and told as such a one. */
	bsd.fails = 0xc020691f;
	bsd.result = 60;
	snapshot_reset(&s);
	bsdworld_observe(world, &s);
	assert_int_equal(snapshot_find(&s, "hn1")->paired, PAIRED_JOINED);
	snapshot_fini(&s);
}

static void
devd_is_not_fought_over_an_hn_beside_a_stand_in(void **state)
{
	struct snapshot s = { 0 };

	(void)state;
	stand_in("vmx*");
	add_synth();
	fake_bsd_add(&bsd, "hn1", ETHER, OTHER);
	bsd.transparent = 0;
	bsd.devd = true;
	snprintf(bsd.custom, sizeof(bsd.custom), "/etc/devd/hyperv.conf");
	snapshot_reset(&s);
	bsdworld_observe(world, &s);
	assert_true(s.other_daemon);
	snapshot_fini(&s);
}

static void
a_stand_in_that_nothing_configures_is_told(void **state)
{
	(void)state;
	stand_in("vmx*");
	rcvars_fini(&rc);
	memset(&rc, 0, sizeof(rc));
	add_synth();
	settle();
	settle();
	assert_int_equal(count("vtnet0: no ifconfig_vtnet0 in rc.conf"), 1);
	assert_null(fake_bsd_find(&bsd, "lagg0"));
}

static void
an_hn_is_no_stand_in(void **state)
{
	struct bsdpairs pairs = { .count = 2 };
	struct snapshot s = { 0 };

	(void)state;
	snprintf(pairs.pairs[0].synth, sizeof(pairs.pairs[0].synth), "hn0");
	snprintf(pairs.pairs[1].synth, sizeof(pairs.pairs[1].synth), "lagg3");
	bsdworld_free(world);
	world = bsdworld_new(&bsd.kernel, &pairs, note, NULL);
	fake_bsd_add(&bsd, "lagg3", ETHER, OTHER);
	bsd.transparent = 1;
	snapshot_reset(&s);
	bsdworld_observe(world, &s);
	assert_string_equal(told,
	    "stand-in: hn0, declared to be a synthetic NIC, is one of hn(4), "
	    "which itself says what its VF is: it is no stand-in\n"
	    "stand-in: lagg3, declared to be a synthetic NIC, is no NIC\n");
	snapshot_fini(&s);
}

/* epair(4) and tap(4) hang on no bus. */
static void
a_vf_that_is_named_may_be_made_by_software(void **state)
{
	struct snapshot s = { 0 };
	struct fake_if *vf;

	(void)state;
	stand_in("*p*");
	add_synth();
	fake_bsd_add(&bsd, "lop1", 0x18, "00:00:00:00:00:00");
	fake_bsd_add(&bsd, "epair0b", ETHER, OTHER)->link = 2;
	settle();
	assert_string_equal(fake_bsd_active(&bsd, "lagg0"), "epair0b");
	assert_non_null(strstr(told, "epair0b for its VF"));
	assert_null(strstr(told, "hangs on no bus"));
	/* One on a bus is meant rather. */
	vf = fake_bsd_add(&bsd, "ppt0", ETHER, OTHER);
	snprintf(vf->parent, sizeof(vf->parent), "pci3");
	snapshot_reset(&s);
	bsdworld_observe(world, &s);
	assert_string_equal(snapshot_find(&s, "vtnet0")->vf, "ppt0");
	assert_string_equal(snapshot_find(&s, "epair0b")->parent, "");
	snapshot_fini(&s);
}

static void
a_pattern_fits_as_the_shell_has_it(void **state)
{
	(void)state;
	assert_true(bsdpair_fits("*", ""));
	assert_true(bsdpair_fits("vmx*", "vmx0"));
	assert_true(bsdpair_fits("v*0", "vmx10"));
	assert_true(bsdpair_fits("??x?", "vmx0"));
	assert_true(bsdpair_fits("*x*x*", "axbxc"));
	assert_false(bsdpair_fits("vmx", "vmx0"));
	assert_false(bsdpair_fits("vmx?0", "vmx0"));
	assert_false(bsdpair_fits("*y", "vmx0"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define WITH(t) cmocka_unit_test_setup_teardown(t, setup, teardown)
		WITH(an_aggregate_takes_the_configuration),
		WITH(a_vf_comes_and_goes_and_comes_back),
		WITH(ipv6_moves_too_where_rc_had_disabled_it),
		WITH(advertisements_are_taken_by_the_aggregate),
		WITH(a_client_moves_with_its_flags),
		WITH(a_place_holder_of_the_client_goes),
		WITH(a_vf_that_its_hn_does_not_know_leaves),
		WITH(a_vlan_moves_with_its_tag),
		WITH(what_is_not_ours_is_not_changed),
		WITH(a_name_that_is_anothers_by_now_is_not_touched),
		WITH(a_kernel_that_does_not_answer_leaves_all_alone),
		WITH(what_hangs_is_taken_as_it_was),
		WITH(an_address_without_its_route_is_made_again),
		WITH(transparent_mode_is_left_alone),
		WITH(devd_with_rules_for_hyperv_is_not_fought),
		WITH(our_own_pid_file_is_no_devd),
		WITH(the_administrators_script_is_seen),
		WITH(what_a_person_has_to_see_to_is_told_once),
		WITH(a_default_route_of_two_ways_goes_as_a_whole),
		WITH(a_stand_in_fails_over_without_an_hn),
		WITH(a_stand_ins_vf_may_be_found_by_its_mac),
		WITH(a_stand_in_is_not_of_hns_mode_nor_of_devds_rules),
		WITH(a_transparent_hn_beside_a_stand_in_is_left_alone),
		WITH(devd_is_not_fought_over_an_hn_beside_a_stand_in),
		WITH(a_stand_in_that_nothing_configures_is_told),
		WITH(an_hn_is_no_stand_in),
		WITH(a_vf_that_is_named_may_be_made_by_software),
		cmocka_unit_test(a_pattern_fits_as_the_shell_has_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
