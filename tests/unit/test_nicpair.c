/* SPDX-License-Identifier: BSD-2-Clause */
/* Who is a synthetic NIC on Linux, and who its VF. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/strbuf.h"
#include "world/nicpair.h"

static struct linklook look;
static struct nicpairs pairs;
static struct strbuf told;

static int
set_up(void **state)
{
	(void)state;
	memset(&pairs, 0, sizeof(pairs));
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	linklook_fini(&look);
	strbuf_fini(&told);
	return 0;
}

/* mac is the last byte of both its MACs. */
static struct ifevent *
put(uint32_t index, const char *name, unsigned mac, const char *bus,
    const char *device)
{
	struct ifevent e = { .kind = IFEVENT_LINK, .index = index };
	size_t i;

	e.has = IFHAS_NAME | IFHAS_MAC;
	snprintf(e.name, sizeof(e.name), "%s", name);
	snprintf(e.bus, sizeof(e.bus), "%s", bus);
	snprintf(e.device, sizeof(e.device), "%s", device);
	e.mac[5] = e.permanent_mac[5] = (uint8_t)mac;
	e.permanent = true;
	linklook_take(&look, &e);
	linklook_sort(&look);
	for (i = 0; look.links[i].index != index; i++)
		;
	return &look.links[i];
}

static void
note(void *ctx, const char *text)
{
	(void)ctx;
	strbuf_addf(&told, "%s\n", text);
}

static const struct nicpair *
update(void)
{
	strbuf_reset(&told);
	nicpair_update(&pairs, &look, note, NULL);
	return &pairs.pairs[0];
}

static void
assert_told(const char *part)
{
	if (strstr(strbuf_str(&told), part) == NULL)
		fail_msg("\"%s\" is not told: %s", part, strbuf_str(&told));
}

static void
declare(const char *text)
{
	assert_int_equal(nicpair_declare(&pairs, text, NULL), 0);
}

static void
the_pci_device_with_its_mac_is_its_vf(void **state)
{
	const struct nicpair *p;

	(void)state;
	declare("eth0");
	put(2, "eth0", 1, "virtio", "virtio0");
	put(3, "eth1", 2, "pci", "0000:01:00.0"); /* another MAC */
	put(4, "eth2", 1, "virtio", "virtio3");	  /* on no PCI */
	put(5, "v5", 1, "", "")->has &= ~(unsigned)IFHAS_MAC;
	p = update();
	assert_int_equal(p->state, NICPAIR_OURS);
	assert_int_equal(p->vf, 0);
	assert_told("stand-in");
	put(6, "eth3", 1, "pci", "0000:02:00.0");
	p = update();
	assert_int_equal(p->vf, 6);
	assert_told("eth3 on pci 0000:02:00.0 is the VF of eth0");
	update();
	assert_string_equal(strbuf_str(&told), ""); /* once */
	/* One more of that MAC does not take its place. */
	put(1, "eth9", 1, "pci", "0000:03:00.0");
	assert_int_equal(update()->vf, 6);
	assert_ptr_equal(nicpair_of_vf(&pairs, 6), p);
	assert_null(nicpair_of_vf(&pairs, 1));
	assert_ptr_equal(nicpair_of(&pairs, 2), p);
	assert_null(nicpair_of(&pairs, 0));
}

static void
its_permanent_mac_counts(void **state)
{
	struct ifevent *vf;

	(void)state;
	declare("eth0");
	put(2, "eth0", 1, "virtio", "virtio0");
	vf = put(3, "eth1", 2, "pci", "0000:01:00.0");
	vf->mac[5] = 1; /* somebody gave it the address */
	assert_int_equal(update()->vf, 0);
}

static void
a_pattern_is_for_its_name_or_its_place(void **state)
{
	(void)state;
	declare("eth0=ens*");
	put(2, "eth0", 1, "virtio", "virtio0");
	put(3, "eth1", 1, "pci", "0000:01:00.0");
	assert_int_equal(update()->vf, 0);
	put(4, "ens5", 1, "usb", "1-1"); /* whatever the bus */
	assert_int_equal(update()->vf, 4);
	memset(&pairs, 0, sizeof(pairs));
	declare("eth0=0000:01:*");
	assert_int_equal(update()->vf, 3);
}

static void
a_renamed_one_is_the_same_and_its_name_means_nothing(void **state)
{
	struct ifevent *hn;

	(void)state;
	declare("eth0");
	hn = put(2, "eth0", 1, "virtio", "virtio0");
	update();
	memcpy(hn->name, "lan0", 5);
	put(3, "eth0", 7, "virtio", "virtio1");
	assert_int_equal(update()->index, 2);
	/* It goes, and comes back elsewhere, with its name and MAC. */
	linklook_reset(&look);
	put(3, "eth0", 7, "virtio", "virtio1");
	assert_int_equal(update()->state, NICPAIR_ABSENT);
	assert_told("gone");
	linklook_reset(&look);
	put(9, "eth0", 1, "virtio", "virtio4");
	assert_int_equal(update()->index, 9);
	assert_int_equal(update()->unit, 0);
}

static void
an_aggregate_with_its_mac_is_not_it(void **state)
{
	struct ifevent *bond;

	(void)state;
	declare("syn0");
	bond = put(1, "bond0", 1, "", "");
	memcpy(bond->link_kind, "bond", 5);
	put(5, "syn0", 1, "", "");
	assert_int_equal(update()->index, 5);
	assert_int_equal(update()->index, 5);
	memset(&pairs, 0, sizeof(pairs));
	declare("bond0");
	assert_int_equal(update()->state, NICPAIR_ABSENT);
	assert_told("no interface bond0");
}

static void
hyper_vs_own_is_transparent(void **state)
{
	(void)state;
	assert_int_equal(nicpair_transparent(&pairs), -1);
	put(2, "eth0", 1, "vmbus", "f8615163-1111");
	put(3, "eth1", 1, "pci", "9c3d:00:02.0");
	assert_int_equal(update()->state, NICPAIR_JOINED);
	assert_int_equal(pairs.pairs[0].vf, 0);
	assert_told("transparent");
	assert_int_equal(nicpair_transparent(&pairs), 1);
	/* Another one is declared: there is something to do. */
	declare("ens9");
	assert_int_equal(nicpair_transparent(&pairs), 0);
}

static void
a_pair_that_a_driver_has_joined_is_left_alone(void **state)
{
	struct ifevent *vf;

	(void)state;
	declare("eth0");
	put(2, "eth0", 1, "vmbus", "f8615163-1111");
	vf = put(3, "eth1", 1, "pci", "9c3d:00:02.0");
	/* An old kernel's driver, which does not: by declaration. */
	assert_int_equal(update()->state, NICPAIR_OURS);
	assert_int_equal(pairs.count, 1);
	vf->master = 2;
	assert_int_equal(update()->state, NICPAIR_JOINED);
	/* net_failover: the synthetic one is a port without a kind. */
	vf->master = 0;
	look.links[0].master = 7;
	assert_int_equal(update()->state, NICPAIR_JOINED);
	memcpy(look.links[0].port_kind, "bond", 5);
	assert_int_equal(update()->state, NICPAIR_OURS);
}

static void
a_vlan_on_it_is_told_once(void **state)
{
	struct ifevent *vlan;

	(void)state;
	declare("eth0");
	put(2, "eth0", 1, "virtio", "virtio0");
	vlan = put(3, "eth0.7", 1, "", "");
	vlan->has |= IFHAS_PARENT;
	vlan->parent = 2;
	memcpy(vlan->link_kind, "vlan", 5);
	update();
	assert_told("eth0.7 is a VLAN on eth0");
	update();
	assert_string_equal(strbuf_str(&told), "");
}

static void
what_cannot_be_declared_is_refused(void **state)
{
	static const char *const bad[] = { "", "=x",
		"eth0=", "a-name-of-sixteen", "eth0" };
	struct err err;
	size_t i;

	(void)state;
	declare("eth0");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(nicpair_declare(&pairs, bad[i], &err),
		    ERR_INPUT);
	assert_int_equal(pairs.count, 1);
	for (i = 1; i < NICPAIR_MOST; i++) {
		char name[16];

		snprintf(name, sizeof(name), "e%zu", i);
		declare(name);
	}
	assert_int_equal(nicpair_declare(&pairs, "more", &err), ERR_INPUT);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(the_pci_device_with_its_mac_is_its_vf),
		T(its_permanent_mac_counts),
		T(a_pattern_is_for_its_name_or_its_place),
		T(a_renamed_one_is_the_same_and_its_name_means_nothing),
		T(an_aggregate_with_its_mac_is_not_it),
		T(hyper_vs_own_is_transparent),
		T(a_pair_that_a_driver_has_joined_is_left_alone),
		T(a_vlan_on_it_is_told_once),
		T(what_cannot_be_declared_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
